//! Turns a step of a simulated run into the row that the independent monitor judges.
//!
//! The monitor knows nothing of ours; this is the only place that translates. Truth comes from the
//! plant, the wire and the people; claims come from the firmware and the session.

use antipode_core::event::{Act, StopEvent};
use antipode_core::session::{Audit, EndCause, Outcome};
use antipode_core::step::Record;
use antipode_engine::VirtualShell;
use antipode_firmware::{Inspection, Request};
use antipode_monitor::trace::{self, Event, Motion, Source, Tick};
use antipode_safety::{Angle, Fault, Millis, Switch, Switches};
use antipode_sim::faults::FaultKind;
use antipode_sim::world::World;

use super::people::{Spotter, SpotterMode};
use super::recorder::Recorder;

mod world;

use world::{dark, plant, wire};

/// How long one tap of a hold-to-run key counts as held, milliseconds.
const TAP_MS: u64 = 700;

/// Whether this build watches its runs: always. Named so that reports can say it.
#[must_use]
pub const fn watched() -> bool {
    true
}

/// What must be remembered from row to row.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    switches: Switches,
    sessions: Vec<u32>,
    session: u32,
    commands: u32,
    accepted: u16,
    durable: u64,
    upright_until_ms: u64,
    held_until_ms: u64,
    /// A STOP that the host serves is pressed.
    stop_served: bool,
    /// The hand control's RETURN counts as held until then.
    hand_until_ms: u64,
    /// A start that somebody pressed: the table's locks come off in its wake.
    start_ms: Option<u64>,
    /// What each source was when it last was faulty, and when that ends to count.
    lately: [(Source, u64); 2],
    locked: bool,
    away_since_ms: Option<u64>,
    /// The board has been dark since then.
    dark_since_ms: Option<u64>,
    /// For how long it was dark, until people have asked for a motion since.
    was_dark_ms: u64,
    /// It started head-down, and nobody has asked for the way home since.
    started_down: bool,
    asked_home: bool,
    events: Vec<Event>,
}

/// A button that was let go is known to the host only after the report that tells it, milliseconds.
/// Reports may be lost, so the host lets a held button count for 250 ms.
const HAND_MS: u64 = 320;
/// A sensor that has come right counts as faulty for this much longer, milliseconds: the table waits
/// a second for it to jump no more, and believes it after another (H-06).
const SETTLE_MS: u64 = 2_200;
/// A host that completes no tick for this long is away, milliseconds.
const AWAY_MS: u64 = 150;
/// A board that was dark for so long may, and for so long must, be taken to have somebody at its
/// crank (C-11), milliseconds. The host counts from the last report, which may be a report and its
/// way on the wire older.
const HANDS_ON_AFTER_MS: (u64, u64) = (4_000, 5_000);
/// Locks come off within this long after the start that asks for it, milliseconds.
const UNLOCK_MS: u64 = 3_000;

impl Rows {
    pub(super) const fn new() -> Self {
        Self {
            switches: Switches::NONE,
            sessions: Vec::new(),
            session: 0,
            commands: 0,
            accepted: 0,
            durable: 0,
            upright_until_ms: 0,
            held_until_ms: 0,
            stop_served: false,
            hand_until_ms: 0,
            start_ms: None,
            lately: [(Source::Healthy, 0); 2],
            locked: false,
            away_since_ms: None,
            dark_since_ms: None,
            was_dark_ms: 0,
            started_down: false,
            asked_home: false,
            events: Vec::new(),
        }
    }

    /// The next number of a durable record.
    pub(super) const fn next_durable(&mut self) -> u64 {
        self.durable += 1;
        self.durable
    }

    /// Notes what somebody at the terminal holds or presses. What comes from elsewhere is nobody's
    /// hand there, and one press of RETURN is no hold.
    pub(super) fn note_act(&mut self, act: Act, local: bool, now_ms: u64) {
        if !local {
            return;
        }
        if matches!(act, Act::HoldUpright | Act::HoldLevel) {
            self.upright_until_ms = now_ms + TAP_MS;
        } else if act == Act::HoldReturn {
            self.held_until_ms = now_ms + TAP_MS;
            self.was_dark_ms = 0;
        } else if act == Act::Return {
            self.was_dark_ms = 0;
        } else if matches!(act, Act::Start | Act::Ok) {
            self.start_ms = Some(now_ms);
        }
    }

    /// Notes what becomes of a STOP that the host serves.
    pub(super) const fn note_stop(&mut self, stop: StopEvent) {
        match stop {
            StopEvent::Pressed => self.stop_served = true,
            StopEvent::Released => self.stop_served = false,
            StopEvent::Acknowledged => {}
        }
    }

    /// Events seen in the last row: presses of the hand control.
    pub(super) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// The row of this step.
    pub(super) fn row(
        &mut self,
        shell: &VirtualShell<World>,
        recorder: &Recorder,
        spotter: &Spotter,
        host_starts: u32,
        host_down: bool,
    ) -> Tick {
        let world = shell.table();
        let now_ms = world.now_ms();
        let audit = shell.core().session().audit();
        let inspected = world.controller().map(antipode_firmware::Controller::inspect);
        let head_down = world.plant().true_tilt_mdeg() > 0;
        self.darkness(inspected.is_none(), head_down, now_ms);
        self.asked_home |= recorder.sent.home;
        let heard = world.arrived().fresh > 0 && !world.has_fault(FaultKind::DeafTable);
        if self.asked_home && heard {
            (self.started_down, self.asked_home) = (false, false);
        }
        self.presses(world);
        let away_since = if shell.host_is_alive() && !host_down {
            self.away_since_ms = None;
            None
        } else {
            Some(*self.away_since_ms.get_or_insert(now_ms))
        };
        // Shorter than the watchdog's patience nobody can tell it from a busy machine.
        let away = Away {
            now: away_since.is_some(),
            gone: away_since.is_some_and(|since| now_ms - since >= AWAY_MS),
        };
        self.unlock(inspected.as_ref(), now_ms);
        Tick {
            t_ms: now_ms,
            plant: self.with_lately(plant(world), inspected.as_ref(), now_ms),
            people: self.people(world, spotter, now_ms),
            wire: wire(world),
            firmware: self.firmware(world, inspected.as_ref()),
            host: host(&audit, recorder, shell, host_starts, away),
        }
    }

    /// A source that has just come right still tells of before through filters and ramps. One that
    /// was found out to be faulty stays out until people at level clear the fault.
    fn with_lately(
        &mut self,
        plant: trace::Plant,
        inspected: Option<&Inspection>,
        now_ms: u64,
    ) -> trace::Plant {
        let out = inspected
            .map_or([false; 2], |seen| [seen.tilt_mdeg.is_none(), seen.second_tilt_mdeg.is_none()]);
        let mut settle = |index: usize, now: Source| {
            let Some((was, until_ms)) = self.lately.get_mut(index) else { return now };
            let faulty = |source| matches!(source, Source::FaultShowing | Source::FaultSilent);
            if faulty(now) {
                (*was, *until_ms) = (now, now_ms + SETTLE_MS);
                return now;
            }
            let stays_out = out.get(index).is_some_and(|out| *out);
            if faulty(*was) && (now_ms < *until_ms || stays_out) {
                return *was;
            }
            *was = now;
            now
        };
        trace::Plant {
            primary_source: settle(0, plant.primary_source),
            second_source: settle(1, plant.second_source),
            ..plant
        }
    }

    fn hands_off(&mut self) {
        (self.was_dark_ms, self.started_down) = (0, false);
    }

    fn darkness(&mut self, dark: bool, head_down: bool, now_ms: u64) {
        if !head_down {
            self.hands_off();
        }
        if dark {
            self.dark_since_ms.get_or_insert(now_ms);
        } else if let Some(since) = self.dark_since_ms.take() {
            (self.started_down, self.asked_home) = (head_down, false);
            self.was_dark_ms = self.was_dark_ms.max(now_ms - since);
        }
    }

    fn presses(&mut self, world: &World) {
        let now = world.person().switches();
        let pressed = now.pressed_since(self.switches);
        if now.has(Switch::Return) {
            self.hand_until_ms = world.now_ms() + HAND_MS;
        }
        self.switches = now;
        if pressed.has(Switch::Return) {
            self.hands_off();
            self.events.push(Event::ReturnPressed { wired: true });
        }
        if pressed.has(Switch::Ok) {
            self.events.push(Event::HumanStart);
        }
    }

    /// A start is a person's act on a table that is still locked; it counts from the moment that
    /// the lock comes off because of it.
    fn unlock(&mut self, inspected: Option<&Inspection>, now_ms: u64) {
        let locked = inspected.is_none_or(|seen| !seen.faults.is_empty());
        let opened = self.locked && !locked;
        self.locked = locked;
        if opened && self.start_ms.is_some_and(|at| now_ms.saturating_sub(at) <= UNLOCK_MS) {
            self.events.push(Event::HumanStart);
        }
    }

    fn people(&self, world: &World, spotter: &Spotter, now_ms: u64) -> trace::People {
        let hands = world.person().switches();
        let gone = match spotter.mode {
            SpotterMode::Gone | SpotterMode::Nobody => true,
            SpotterMode::Helpful => false,
        };
        trace::People {
            stop_pressed: self.stop_served || hands.has(Switch::Stop) || world.fixed_stop(),
            wired_stop_pressed: hands.has(Switch::Stop) || world.fixed_stop(),
            wired_return_held: hands.has(Switch::Return),
            return_held: now_ms < self.hand_until_ms || now_ms < self.held_until_ms,
            upright_held: now_ms < self.upright_until_ms,
            jog_held: false,
            releasing: spotter.works_by_hand(),
            nobody_answers: gone && !world.person().is_conscious(),
        }
    }

    fn firmware(&mut self, world: &World, inspected: Option<&Inspection>) -> trace::Firmware {
        let outputs = world.outputs();
        let Some(seen) = inspected else { return dark(world) };
        let epoch = self.epoch(seen.session);
        let new = seen.commands_accepted.wrapping_sub(self.commands);
        let forward = seen.last_accepted.wrapping_sub(self.accepted);
        // Commands that acted without their number moving forward acted twice or out of turn.
        let backward = forward > u16::MAX / 2;
        let again = if backward { new } else { new.saturating_sub(u32::from(forward)) };
        // A new session counts anew.
        let restarted = seen.commands_accepted < self.commands || seen.session != self.session;
        self.session = seen.session;
        self.commands = seen.commands_accepted;
        self.accepted = seen.last_accepted;
        let faults = seen.faults;
        let [first, second] = world.plant().true_ages_ms();
        trace::Firmware {
            alive: !world.has_fault(FaultKind::TableFreeze),
            boot_count: u32::from(world.boots()),
            setpoint_mdeg_s: seen.setpoint_mdeg_s,
            brake_set: outputs.brake,
            relay_closed: outputs.relay,
            motion: motion(seen),
            tilt_mdeg: seen.tilt_mdeg,
            tilt_age_ms: age_ms(first),
            second_tilt_mdeg: seen.second_tilt_mdeg,
            second_tilt_age_ms: age_ms(second),
            tilt_limit_mdeg: world.firmware().tilt_max.millideg(),
            lease_ms_left: seen.lease_ms_left,
            lease_epoch: epoch,
            frame_accepted: new > 0 && !restarted && seen.lease_ms_left > 0,
            accepted_epoch: epoch,
            accepted_rate_mdeg_s: seen.asked_mdeg_s,
            stale_frames_accepted: if restarted {
                0
            } else {
                u8::try_from(again).unwrap_or(u8::MAX)
            },
            stop_latched: seen.stop_latched,
            motion_locked: !faults.is_empty(),
            boot_hold: !seen.host_seen
                || seen.reset_loop
                || self.was_dark_ms >= HANDS_ON_AFTER_MS.0
                || self.started_down,
            hands_on: self.was_dark_ms >= HANDS_ON_AFTER_MS.1,
            stall_latched: seen.back_blocked
                || faults.has(Fault::StallBack)
                || faults.has(Fault::StallDown)
                || faults.has(Fault::OverCurrent),
            direction_checked: true,
            latches_fitted: seen.latches.fitted,
            latches_open: seen.latches.open(),
            reaction: reaction(seen, outputs.relay),
            alarm_on: outputs.buzzer,
        }
    }

    /// The ordinal of a link session, in the order of issue.
    fn epoch(&mut self, session: u32) -> u32 {
        if session == 0 {
            return 0;
        }
        let place = self.sessions.iter().position(|known| *known == session);
        let place = place.unwrap_or_else(|| {
            self.sessions.push(session);
            self.sessions.len() - 1
        });
        u32::try_from(place + 1).unwrap_or(u32::MAX)
    }
}

fn age_ms(age: Option<u64>) -> u32 {
    age.and_then(|ms| u32::try_from(ms).ok()).unwrap_or(u32::MAX)
}

const fn motion(seen: &Inspection) -> Motion {
    match seen.request {
        Request::None => Motion::None,
        Request::Target => {
            // The attended act and the program use the same frame; which it is shows in the side
            // of level that it works on.
            if seen.asked_mdeg_s != 0
                && matches!(seen.tilt_mdeg, Some(tilt) if tilt < Angle::REST_LOW.millideg())
            {
                Motion::Upright
            } else {
                Motion::Plan
            }
        }
        Request::Jog => Motion::Jog,
        Request::HostReturn if seen.creep => Motion::Creep,
        Request::HostReturn => Motion::Return,
        Request::HeldReturn => Motion::HeldReturn,
        Request::OwnReturn => {
            if seen.creep {
                Motion::Creep
            } else {
                Motion::OwnReturn
            }
        }
    }
}

fn reaction(seen: &Inspection, relay: bool) -> u8 {
    if !relay {
        return 5;
    }
    match (seen.request, seen.creep) {
        // Somebody pressed the hand control: a person's act is no reaction.
        (Request::OwnReturn, _) if !seen.automatic => 0,
        (Request::OwnReturn, true) => 3,
        (Request::OwnReturn, false) => 2,
        (Request::None, _) if seen.stop_latched => 1,
        (
            Request::None
            | Request::Target
            | Request::Jog
            | Request::HostReturn
            | Request::HeldReturn,
            _,
        ) => 0,
    }
}

/// Whether the host runs.
#[derive(Clone, Copy)]
struct Away {
    /// Not at this moment.
    now: bool,
    /// For longer than a busy machine would.
    gone: bool,
}

fn host(
    audit: &Audit,
    recorder: &Recorder,
    shell: &VirtualShell<World>,
    host_starts: u32,
    away: Away,
) -> trace::Host {
    let millideg = |angle: Option<Angle>| angle.map(Angle::millideg);
    let limits = &audit.limits;
    trace::Host {
        alive: !away.gone,
        away: away.now,
        start_count: host_starts,
        link_open: shell.table().port().is_connected(),
        session_active: audit.live,
        session_state: audit.state as u8,
        person_confirmed: audit.person_confirmed,
        self_test_age_ms: audit.self_test_age.map_or(u32::MAX, short),
        journal_acknowledged: audit.start_durable,
        tilt_mdeg: millideg(audit.tilt),
        second_tilt_mdeg: millideg(audit.tilt_second),
        reading_age_ms: audit.reading_age.map_or(u32::MAX, short),
        reading_seq: audit.reading_seq,
        commanded_mdeg_s: audit.commanded.millideg_per_s(),
        sent_motion: recorder.sent.motion,
        sent_return: recorder.sent.home,
        sent_stop: recorder.sent.stop,
        sent_heartbeat: recorder.sent.heartbeat,
        frames_ahead_of_stop: recorder.ahead_of_stop.unwrap_or(0),
        stop_latched: audit.stop_latched,
        stop_acknowledged: audit.stop_at_table,
        paused: audit.paused,
        at_rest: audit.at_rest,
        plan_tilt_mdeg: Some(audit.plan_tilt.millideg().max(3_000)),
        bout_target_mdeg: millideg(audit.bout_target),
        limits: trace::Limits {
            tilt_mdeg: audit.tilt_limit.millideg(),
            lower_mdeg_s: limits.lower_rate().value().millideg_per_s(),
            raise_mdeg_s: limits.raise_rate().value().millideg_per_s(),
            hold_ms: short(audit.hold_limit),
            bout_ms: short(audit.bout_limit),
            session_ms: short(limits.session().value()),
            day_ms: short(limits.day().value()),
        },
        reaction: audit.reaction,
        alarm_priority: audit.alarm_priority,
        alarm_causes: u8::try_from(audit.alarms.count_ones()).unwrap_or(u8::MAX),
        alarm_silenced: audit.silenced,
    }
}

fn short(time: Millis) -> u32 {
    u32::try_from(time.get()).unwrap_or(u32::MAX)
}

/// A number for a record, for the hash of the trace.
pub(super) fn record_code(record: &Record) -> i64 {
    match *record {
        Record::SessionStart => 1,
        Record::State { from, to } => 0x100 + from as i64 * 16 + to as i64,
        Record::Segment(index) => 0x1_0000 + i64::from(index),
        Record::BoutDone { bout, head_down } => {
            0x2_0000 + i64::from(bout) + head_down.get().cast_signed() * 0x10_0000
        }
        Record::Alarm(cause) => 0x3_0000 + cause as i64,
        Record::AlarmAgain(cause, times) => 0x8_0000 + cause as i64 + i64::from(times) * 0x10_0000,
        Record::Refused(code) => 0x4_0000 + i64::from(code),
        Record::Asked => 2,
        Record::Answered => 3,
        Record::Symptom(symptom, severity, grade) => {
            0x5_0000 + symptom as i64 * 64 + severity as i64 * 8 + grade as i64
        }
        Record::Eased(angle) => 0x6_0000 + i64::from(angle.millideg()) * 0x10_0000,
        Record::Shortened => 4,
        Record::LockedOut => 5,
        Record::SessionEnd { outcome, cause, bouts, head_down } => {
            0x7_0000
                + outcome_number(outcome) * 0x1000
                + i64::from(cause_code(cause))
                + i64::from(bouts) * 0x10_0000
                + head_down.get().cast_signed() * 0x100_0000
        }
    }
}

const fn outcome_number(outcome: Outcome) -> i64 {
    outcome as i64
}

/// A number for an end cause; never 0.
pub(super) fn cause_code(cause: EndCause) -> u16 {
    match cause {
        EndCause::PlanDone => 1,
        EndCause::ReturnPressed => 2,
        EndCause::StopPressed => 3,
        EndCause::StopLoopOpen => 4,
        EndCause::Symptom(symptom) => 100 + symptom as u16,
        EndCause::FeetSlipping => 6,
        EndCause::NoAnswer => 7,
        EndCause::DeadManReleased => 8,
        EndCause::PausedTooLong => 9,
        EndCause::VitalsOut => 10,
        EndCause::VitalsLost => 11,
        EndCause::DoseSpent => 12,
        EndCause::LinkLost => 13,
        EndCause::TableRestarted => 14,
        EndCause::ForeignMotion => 15,
        EndCause::AngleLost => 16,
        EndCause::AnglesDisagree => 17,
        EndCause::Stalled => 18,
        EndCause::Hot => 19,
        EndCause::SupplyLost => 20,
        EndCause::LatchOpen => 21,
        EndCause::LatchesOpen => 22,
        EndCause::Runaway => 23,
        EndCause::BrakeSlip => 24,
        EndCause::JournalLost => 25,
        EndCause::LoopLate => 26,
        EndCause::GuardRefused => 27,
        EndCause::TableRefused => 28,
        EndCause::ProofFailed => 29,
        EndCause::StartNotCompleted => 30,
        EndCause::ProgramEnding => 31,
        EndCause::ProcessDied => 32,
        EndCause::TableNotSeen => 33,
        EndCause::HostSuspended => 34,
        EndCause::Mismatch => 35,
    }
}

#[cfg(test)]
mod tests;
