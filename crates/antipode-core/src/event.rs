//! Everything that can reach a session. A closed list: what is not here cannot move a table.

use antipode_safety::{Millis, Reading};

use crate::symptom::{Severity, Symptom};

/// One thing that happened, handed to the session with the moment it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Time passed; sent when the moment the session asked for has come. Harmless when spurious.
    Tick,
    /// The table reported.
    Reading(Reading),
    /// The link to the table changed.
    Link(LinkEvent),
    /// Somebody did something.
    Act(Act, Source),
    /// The STOP lane.
    Stop(StopEvent, Source),
    /// The person or the spotter reports a symptom.
    Symptom(Symptom, Severity),
    /// An independent body sensor measured.
    Vital(Vital),
    /// The journal answered.
    Journal(JournalEvent),
    /// The control loop was found late by this much: the watchdog has already sent one halt.
    LoopWasLate(Millis),
    /// The machine slept for this long and woke: nobody watched meanwhile (H-03).
    HostSuspended(Millis),
}

/// Where an act came from. Only a local source may start or resume motion, and only a local source
/// may move a table whose STOP is latched (H-35).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The buttons within reach of the strapped person.
    Hand,
    /// This machine's own terminal, screen or keyboard.
    Terminal,
    /// Another machine or program.
    Network,
    /// A signal to the process: an interrupt or a closed terminal.
    Signal,
}

impl Source {
    /// Every source, in record order.
    pub const ALL: [Self; 4] = [Self::Hand, Self::Terminal, Self::Network, Self::Signal];

    /// Whether a person stands or hangs at the table when this source speaks.
    #[must_use]
    pub const fn is_local(self) -> bool {
        match self {
            Self::Hand | Self::Terminal => true,
            Self::Network | Self::Signal => false,
        }
    }
}

/// A deliberate act of a person. "Hold" acts are pulses: each grants motion for
/// [`HOLD_GRANT`], since a terminal does not report a released key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// "It is me": the named person is the one on the table (H-29).
    ConfirmPerson,
    /// Nobody and nothing is under or beside the table (H-34).
    ConfirmAreaClear,
    /// Start the session. Local only; in the rest band only.
    Start,
    /// Bring me up, to the rest band. From anyone, at any time.
    Return,
    /// Hold-to-run return; the only motion while STOP is latched. Local only.
    HoldReturn,
    /// Pause where we are; head-down it becomes a return after 30 seconds.
    Pause,
    /// Go on after a pause or a rest. Local only.
    Resume,
    /// The OK button: yes, ready, still here.
    Ok,
    /// No, to the question just asked.
    No,
    /// Ten degrees less from now on.
    Easier,
    /// Half of what is left from now on.
    Shorter,
    /// The spotter's or person's dead-man switch is held.
    DeadManHeld,
    /// The dead-man switch was let go.
    DeadManReleased,
    /// Self-paced step: lower a little further while this is repeated. Local only.
    HoldLower,
    /// Attended: raise from the rest band toward upright while this is repeated. Local only.
    HoldUpright,
    /// Attended: lower from upright to the rest band while this is repeated. Local only.
    HoldLevel,
    /// I have seen the alarms.
    AcknowledgeAlarms,
    /// Silence the alarm sound for at most two minutes.
    SilenceAlarms,
    /// "My feet are slipping."
    FeetSlipping,
}

impl Act {
    /// Every act, in record order.
    pub const ALL: [Self; 19] = [
        Self::ConfirmPerson,
        Self::ConfirmAreaClear,
        Self::Start,
        Self::Return,
        Self::HoldReturn,
        Self::Pause,
        Self::Resume,
        Self::Ok,
        Self::No,
        Self::Easier,
        Self::Shorter,
        Self::DeadManHeld,
        Self::DeadManReleased,
        Self::HoldLower,
        Self::HoldUpright,
        Self::HoldLevel,
        Self::AcknowledgeAlarms,
        Self::SilenceAlarms,
        Self::FeetSlipping,
    ];

    /// Whether the act can only come from somebody at the table, because it starts, deepens or
    /// resumes motion (H-35).
    #[must_use]
    pub const fn needs_local(self) -> bool {
        match self {
            Self::ConfirmPerson
            | Self::ConfirmAreaClear
            | Self::Start
            | Self::HoldReturn
            | Self::Resume
            | Self::HoldLower
            | Self::HoldUpright
            | Self::HoldLevel
            | Self::DeadManHeld
            | Self::Ok => true,
            Self::Return
            | Self::Pause
            | Self::No
            | Self::Easier
            | Self::Shorter
            | Self::DeadManReleased
            | Self::AcknowledgeAlarms
            | Self::SilenceAlarms
            | Self::FeetSlipping => false,
        }
    }

    /// Whether motion away from the rest band begins or goes on because of it. The way home is none.
    #[must_use]
    pub const fn begins_motion(self) -> bool {
        match self {
            Self::Start
            | Self::Resume
            | Self::Ok
            | Self::HoldLower
            | Self::HoldUpright
            | Self::HoldLevel => true,
            Self::ConfirmPerson
            | Self::ConfirmAreaClear
            | Self::Return
            | Self::HoldReturn
            | Self::Pause
            | Self::No
            | Self::Easier
            | Self::Shorter
            | Self::DeadManHeld
            | Self::DeadManReleased
            | Self::AcknowledgeAlarms
            | Self::SilenceAlarms
            | Self::FeetSlipping => false,
        }
    }
}

/// How long one pulse of a hold-to-run act lets the table move.
pub const HOLD_GRANT: Millis = Millis::new(700);

/// How long one report of a held button of the hand control lets the table move: four reports may
/// be lost. The report that it was let go ends it at once.
pub const HAND_GRANT: Millis = Millis::new(250);

/// What happened on the STOP lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StopEvent {
    /// STOP was pressed.
    Pressed,
    /// The STOP control was let go or pulled out again.
    Released,
    /// Somebody acknowledged the STOP. Local only.
    Acknowledged,
}

/// What happened to the link to the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkEvent {
    /// A link session is open. The table is disarmed; its angle is not known yet.
    Connected,
    /// The table accepted the arming.
    Armed,
    /// The table refused a command.
    Refused,
    /// The link is gone: hang-up, unplugged, or the driver gave up.
    Lost,
    /// The table restarted in the middle of a link session.
    Restarted,
    /// Somebody else moves the table: another host or its own handset.
    Foreign,
    /// The table is not what the session was told, or takes a command for what it cannot be (H-36).
    Mismatch,
}

/// What an independent body sensor measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vital {
    /// Heart rate in beats a minute.
    HeartRate(u16),
    /// Blood pressure in mmHg.
    BloodPressure {
        /// Systolic.
        systolic: u16,
        /// Diastolic.
        diastolic: u16,
    },
    /// Oxygen saturation in percent.
    OxygenSaturation(u8),
    /// The sensor fell off or went silent.
    Lost,
}

/// What the journal answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JournalEvent {
    /// SESSION_START is on disk.
    StartDurable,
    /// The journal cannot be written.
    Failed,
    /// A new journal segment is open after a failure.
    Recovered,
}
