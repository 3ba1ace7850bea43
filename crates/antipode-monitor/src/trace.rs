//! What the monitor sees: one [`Tick`] per simulation step and a sparse list of [`Event`]s.
//!
//! Every field is a plain integer, a flag or a small closed enum of this crate, with its unit in the name. The row is
//! split by **who fills it**: [`Plant`] and [`People`] are the truth, which the controller cannot see; [`Wire`] is the
//! truth about frames; [`Firmware`] and [`Host`] are what each controller knows, claims or puts out.
//!
//! Signs: tilt 0 = horizontal, + = head-down; a positive rate moves more head-down. Rest band: -10..0 degrees.
//! Nothing here has a `Default`: a field that nobody filled would silently switch a check off.

/// One row of the trace: the state at the **end** of a simulation step of 10 or 20 ms.
///
/// Rows come in order of time. Events that happened during the step are given to the monitor before its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Virtual time that never stops or jumps (suspend included) since the run began, in ms. Filled by the simulator.
    pub t_ms: u64,
    /// True state of table and drive. Filled by the plant.
    pub plant: Plant,
    /// What people really do. Filled by the scenario or the behaviour model.
    pub people: People,
    /// What really happened to frames in this step. Filled by the simulated wire.
    pub wire: Wire,
    /// State and output of the table controller. Filled by the firmware model.
    pub firmware: Firmware,
    /// State and output of the host. Filled by the engine.
    pub host: Host,
}

/// How truthful one tilt source is right now. Filled by the fault injector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The table has no such source.
    NotFitted,
    /// Reports the true tilt within its specified error (0.3 degree and 60 ms).
    Healthy,
    /// Faulty in a way that one source alone can show: off, stuck, garbage, jumping, intermittent, delayed.
    FaultShowing,
    /// Faulty in a way that only another source or a known pose can show: slow drift, bias, scale, mirrored sign.
    FaultSilent,
}

/// True state of the table. Filled by the plant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plant {
    /// True tilt, millidegree.
    pub tilt_mdeg: i32,
    /// True tilt rate, millidegree/s.
    pub rate_mdeg_s: i32,
    /// True calendar day (any origin); a new number starts a new day of dose.
    pub day: u32,
    /// Mains or battery feeds the drive.
    pub powered: bool,
    /// Motor, driver and gear would turn the bed if commanded: not jammed, burnt out, or held by a brake that will not
    /// open. Heat and cut-off are not in here: the monitor judges them itself, by `drive_mc` and `runaway`.
    pub drive_able: bool,
    /// True temperature of the drive, thousandths of a degree Celsius.
    pub drive_mc: i32,
    /// True current of the motor without direction, mA, whatever its sensor reads.
    pub current_ma: u32,
    /// The sensor of the motor current reads more than its limit, whatever flows.
    pub current_reads_high: bool,
    /// Something stands in the way of the bed's return, or a person has slid out of the clamp: a load that no drive is
    /// built for. What stands in the way down is not in the way back.
    pub obstructed: bool,
    /// The motor turns without or against its setpoint (shorted bridge).
    pub runaway: bool,
    /// The brake does not hold.
    pub brake_slipping: bool,
    /// Truth about the first tilt source.
    pub primary_source: Source,
    /// Truth about the second tilt source.
    pub second_source: Source,
    /// A person lies on the table.
    pub person_on_table: bool,
}

/// What people really do; levels, not edges (edges are [`Event`]s). Filled by the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct People {
    /// The STOP button that is wired to the table controller is pressed.
    pub wired_stop_pressed: bool,
    /// A STOP of any kind is pressed: that one, or one that the host serves.
    pub stop_pressed: bool,
    /// A person holds a local RETURN control (hand control or this machine's terminal). A terminal key counts for
    /// the 700 ms that one tap grants; the button of the hand control for as long as it takes to be known as let go.
    pub return_held: bool,
    /// The RETURN button that is wired to the table controller is down.
    pub wired_return_held: bool,
    /// A person holds the attended upright act (both ways between upright and the rest band).
    pub upright_held: bool,
    /// A person holds a jog control (hold-to-run, either way).
    pub jog_held: bool,
    /// A person works the crank or the mechanical release: the bed moves without the drive.
    pub releasing: bool,
    /// Nobody, neither the strapped person nor a spotter, would answer a check-in or touch a control.
    pub nobody_answers: bool,
}

/// What happened to frames from host to table in this step. Filled by the simulated wire, which knows every original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wire {
    /// Frames can pass in both directions.
    pub up: bool,
    /// It loses or spoils some of them: the truth of the wire, which neither end sees.
    pub lossy: bool,
    /// Intact, first-time, in-order frames of the lease in force that reached the table within the time-to-live and
    /// may renew its lease (motion, return, heartbeat).
    pub fresh_frames: u8,
    /// Frames that reached the table and must have no effect: duplicate, late, reordered, replayed, foreign lease.
    pub stale_frames: u8,
    /// An intact STOP frame reached the table (STOP needs no session, no lease and any sequence number).
    pub stop_delivered: bool,
}

/// Which request the table controller is carrying out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// None: zero rate is wanted (the setpoint may still ramp down).
    None,
    /// A motion frame of the host's plan.
    Plan,
    /// A jog: hold-to-run, at most 1 degree/s.
    Jog,
    /// The direction nudge of the self-test: at most 3 degrees.
    SelfTest,
    /// A return that the host commands by frames with a lease.
    Return,
    /// A return that runs only while a person holds a local control.
    HeldReturn,
    /// The table controller's own return, without a lease: after loss of the host, or after one press of a RETURN
    /// control that is wired to it.
    OwnReturn,
    /// S3: a slow return on a second tilt source.
    Creep,
    /// The attended act between upright and the rest band, either way.
    Upright,
}

/// State and output of the table controller. Filled by the firmware model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Firmware {
    /// Powered, out of reset, its loop turns.
    pub alive: bool,
    /// Number of starts so far.
    pub boot_count: u32,
    /// Motor rate setpoint put out, millidegree/s, + = more head-down.
    pub setpoint_mdeg_s: i32,
    /// The brake is commanded to hold.
    pub brake_set: bool,
    /// The relay that feeds the motor is closed.
    pub relay_closed: bool,
    /// The request being carried out.
    pub motion: Motion,
    /// First tilt source as the controller has it, millidegree; `None` = none valid.
    pub tilt_mdeg: Option<i32>,
    /// True time since the first source last gave the controller a value that measures something, ms; not the
    /// controller's own count. Values that are repeated or late inside the source count as given: only another source or
    /// the motion shows those (H-05, H-07), and [`Source`] tells of them.
    pub tilt_age_ms: u32,
    /// Second tilt source as the controller has it, millidegree; `None` = not fitted or not valid.
    pub second_tilt_mdeg: Option<i32>,
    /// The same of the second source, ms.
    pub second_tilt_age_ms: u32,
    /// Head-down limit in force at the controller, millidegree.
    pub tilt_limit_mdeg: i32,
    /// Lease left, ms; 0 = run out or none.
    pub lease_ms_left: u32,
    /// Ordinal of the lease in force, 0 = none. Where the link uses random session numbers the simulator numbers them
    /// in the order of issue and gives a number that comes back its first ordinal again, so that reuse shows.
    pub lease_epoch: u32,
    /// A motion or return frame took effect in this step.
    pub frame_accepted: bool,
    /// Ordinal of the lease that the accepted frame carried; meaningful with `frame_accepted`.
    pub accepted_epoch: u32,
    /// Rate that the last accepted motion or return frame asked for, millidegree/s.
    pub accepted_rate_mdeg_s: i32,
    /// Frames counted in [`Wire::stale_frames`] that the controller nevertheless executed.
    pub stale_frames_accepted: u8,
    /// STOP is latched here.
    pub stop_latched: bool,
    /// Plan and jog motion are locked out until a human act (lease ran out, fault, reset); return is not.
    pub motion_locked: bool,
    /// Holding after a start from reset or power loss until a human RETURN or start.
    pub boot_hold: bool,
    /// It was without power for so long that people may be at work on the bed, and none of them has asked for a motion.
    pub hands_on: bool,
    /// A stall or too much current is latched here, either way. A claim: alone it excuses nothing.
    pub stall_latched: bool,
    /// The direction self-check has passed since this start.
    pub direction_checked: bool,
    /// Ankle-latch sensors fitted, 0..=2.
    pub latches_fitted: u8,
    /// Fitted ankle-latch sensors that read open (debounced).
    pub latches_open: u8,
    /// Reaction in force here: 0 none, 1 hold, 2 return, 3 creep, 4 people, 5 de-energise. A latched STOP is a hold;
    /// a person's RETURN is not a reaction.
    pub reaction: u8,
    /// The buzzer or lamp of the table itself is on.
    pub alarm_on: bool,
}

/// Limits in force at the host, already narrowed by every layer. Filled by the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest tilt, millidegree.
    pub tilt_mdeg: i32,
    /// Largest rate toward head-down, millidegree/s.
    pub lower_mdeg_s: i32,
    /// Largest rate of a plan's raise, millidegree/s (return has its own).
    pub raise_mdeg_s: i32,
    /// Longest hold within 2 degrees of the bout's target, ms.
    pub hold_ms: u32,
    /// Longest time at 5 degrees or more in one bout, travel included, ms.
    pub bout_ms: u32,
    /// Longest time at 5 degrees or more in one session, ms.
    pub session_ms: u32,
    /// Longest time at 5 degrees or more in one calendar day, ms.
    pub day_ms: u32,
}

/// State and output of the host. Filled by the engine (or by the simulator while the host is down).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Host {
    /// Its control loop completes ticks: not crashed, frozen or suspended. While false the other fields are the last.
    pub alive: bool,
    /// It does not run at this moment, however short: busy elsewhere, frozen, suspended or dead.
    pub away: bool,
    /// Number of starts so far.
    pub start_count: u32,
    /// The host has the port to the table open.
    pub link_open: bool,
    /// A session is running (started, not ended).
    pub session_active: bool,
    /// Session state code, for the message only; no rule reads it.
    pub session_state: u8,
    /// Person confirmed on this table for this session.
    pub person_confirmed: bool,
    /// Time since the last complete self-test, ms.
    pub self_test_age_ms: u32,
    /// The start record of this session is known to be durable.
    pub journal_acknowledged: bool,
    /// First tilt source as known to the host, millidegree.
    pub tilt_mdeg: Option<i32>,
    /// Second tilt source as known to the host, millidegree.
    pub second_tilt_mdeg: Option<i32>,
    /// Age of the reading as the host computes it, ms.
    pub reading_age_ms: u32,
    /// Sequence number of the reading as the host has it (may wrap).
    pub reading_seq: u32,
    /// Rate that the host commands, millidegree/s, + = more head-down; 0 = none.
    pub commanded_mdeg_s: i32,
    /// A plan or jog motion frame was sent in this step.
    pub sent_motion: bool,
    /// A return frame was sent in this step.
    pub sent_return: bool,
    /// A STOP frame was sent in this step.
    pub sent_stop: bool,
    /// A heartbeat was sent in this step.
    pub sent_heartbeat: bool,
    /// Frames put on the link since STOP was pressed and ahead of the first STOP frame; 0 when none is due.
    pub frames_ahead_of_stop: u8,
    /// STOP is latched at the host.
    pub stop_latched: bool,
    /// The table has acknowledged the latched STOP.
    pub stop_acknowledged: bool,
    /// The plan is paused by a person.
    pub paused: bool,
    /// The host holds that the bed has arrived in the rest band and stands.
    pub at_rest: bool,
    /// Largest tilt of the plan, millidegree; `None` = no plan loaded (then the controller's limit counts).
    pub plan_tilt_mdeg: Option<i32>,
    /// Target of the bout under way, millidegree; `None` = no bout.
    pub bout_target_mdeg: Option<i32>,
    /// Limits in force.
    pub limits: Limits,
    /// Reaction in force here: 0 none, 1 hold, 2 return, 3 creep, 4 people, 5 de-energise. A latched STOP
    /// is a hold; a person's pause or RETURN is not a reaction.
    pub reaction: u8,
    /// Highest priority of an active alarm: 0 none, 1 low, 2 medium, 3 high.
    pub alarm_priority: u8,
    /// Causes latched behind the alarm.
    pub alarm_causes: u8,
    /// Sound is paused by a person.
    pub alarm_silenced: bool,
}

/// Something that happened at one moment. Given to the monitor before the row of its step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The host opened a session.
    SessionStarted,
    /// The host closed a session. Also written for a session found unended at the next start (`interrupted`).
    SessionEnded {
        /// Code of the end cause; 0 = none given.
        cause: u16,
    },
    /// A person pressed a STOP that the host serves.
    StopPressed,
    /// A person pressed RETURN once.
    ReturnPressed {
        /// Wired to the table controller: needs neither link nor host.
        wired: bool,
    },
    /// A new human start act (edge).
    HumanStart,
    /// A request was refused.
    Refused {
        /// Code of the binding rule; 0 = none given.
        rule_code: u16,
    },
    /// Limits were narrowed, or widened in the rest band.
    LimitsChanged {
        /// Code of the binding rule; 0 = none given.
        rule_code: u16,
    },
    /// An alarm cause was latched.
    AlarmRaised {
        /// Code of the cause; 0 = none given.
        cause: u16,
        /// 1 low, 2 medium, 3 high.
        priority: u8,
    },
    /// A person acknowledged the alarms shown.
    AlarmAcknowledged,
    /// The journal reported a record as durable.
    RecordDurable {
        /// Its sequence number.
        seq: u64,
    },
    /// The journal was opened after a start or crash.
    JournalRecovered {
        /// Last sequence number that survived.
        last_seq: u64,
        /// Torn records found at the tail (and reported).
        torn_records: u32,
        /// The hash chain verified.
        chain_intact: bool,
    },
    /// All injected faults are off; people act sensibly again; the liveness phase begins.
    Healed,
}
