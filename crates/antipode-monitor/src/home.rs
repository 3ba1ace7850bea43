//! The way home: when it is open, when it is due, and in what time the rest band must be reached. I6 (second half), I8.

use crate::motion::millis;
use crate::profile::Profile;
use crate::row::{Clock, FRESH_MS, Row};
use crate::trace::{Event, Motion, Source};
use crate::violation::{Report, Rule};

/// Time to the rest band by return (S2) and by creep (S3), ms.
const RETURN_MS: u64 = 45_000;
const CREEP_MS: u64 = 120_000;
/// The same after healing: creep, and time for people to notice and press.
const HEALED_MS: u64 = 150_000;
/// What a bed that was stopped on its way loses until it is as fast again: half of 3 degrees a second at 2 degrees a
/// second squared.
const AGAIN_MS: u64 = 750;
/// Hold after loss of host or tilt before the table moves by itself, ms.
const HOLD_MS: u64 = 5_000;
/// Nobody answers: longest time between check-ins, time to answer, and one second of slack, ms (H-24).
const UNANSWERED_MS: u64 = 60_000 + 15_000 + 1_000;
/// A pause head-down becomes a return after this, ms.
const PAUSE_MS: u64 = 30_000;

#[derive(Clone, Debug, Default)]
pub(crate) struct HomeRules {
    host_lost: Clock,
    stale: Clock,
    unanswered: Clock,
    paused: Clock,
    due: Clock,
    /// When the link went down, and what short losses of it have cost the return that is due.
    down_ms: Option<u64>,
    excused_ms: u64,
    /// The tilt was not known throughout, so creep's time applies; and it was the cause.
    creep: bool,
    by_stale: bool,
    /// One RETURN press under way; `true` = wired to the table.
    pressed: Option<bool>,
    pressed_now: Option<bool>,
    /// The motor ran away since the last RETURN press: de-energised until people act (H-09).
    ran_away: bool,
    healed_at_ms: Option<u64>,
    healed_now: bool,
    unhealed: Clock,
}

/// How the bed can come home by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Nothing automatic may move it, or nothing can.
    Closed,
    /// Only slowly, on one of two sources or with one of two latches open.
    Creep,
    /// Open.
    Open,
}

impl HomeRules {
    pub(crate) fn event(&mut self, event: &Event) {
        match *event {
            Event::ReturnPressed { wired } => self.pressed_now = Some(wired),
            Event::StopPressed | Event::HumanStart => self.pressed = None,
            Event::Healed => self.healed_now = true,
            Event::SessionStarted
            | Event::SessionEnded { .. }
            | Event::Refused { .. }
            | Event::LimitsChanged { .. }
            | Event::AlarmRaised { .. }
            | Event::AlarmAcknowledged
            | Event::RecordDurable { .. }
            | Event::JournalRecovered { .. } => {}
        }
    }

    pub(crate) fn healed_for_ms(&self, t_ms: u64) -> Option<u64> {
        self.healed_at_ms.map(|healed| t_ms - healed)
    }

    pub(crate) fn check(&mut self, row: &Row<'_>, report: &mut Report) {
        self.take_events(row);
        self.due(row, report);
        self.after_healing(row, report);
    }

    /// Whether automatic return is possible and allowed in this row, for the rules of other modules too.
    pub(crate) fn way(&self, row: &Row<'_>) -> Way {
        if self.ran_away { Way::Closed } else { automatic_way(row) }
    }

    /// The same where STOP does not close it.
    pub(crate) fn way_but_for_stop(&self, row: &Row<'_>) -> Way {
        if self.ran_away { Way::Closed } else { automatic_way_but_for_stop(row) }
    }

    pub(crate) const fn ran_away(&self) -> bool {
        self.ran_away
    }

    fn take_events(&mut self, row: &Row<'_>) {
        if std::mem::take(&mut self.healed_now) {
            self.healed_at_ms.get_or_insert(row.now.t_ms);
        }
        self.ran_away |= row.now.plant.runaway;
        if let Some(wired) = self.pressed_now.take() {
            self.ran_away &= row.now.plant.runaway;
            self.pressed = Some(wired);
        }
        let heard = |wired: bool| wired || (row.now.host.alive && row.now.wire.up);
        let keep = |wired: &bool| {
            row.head_down() && heard(*wired) && !self.ran_away && human_way(row) != Way::Closed
        };
        self.pressed = self.pressed.filter(keep);
    }

    /// I6, I8: from the moment a return is due and while the way is open without a break, the time runs.
    fn due(&mut self, row: &Row<'_>, report: &mut Report) {
        let asked = self.automatic_cause(row);
        let by_people = self.pressed.is_some();
        let way = if by_people { human_way(row) } else { self.way(row) };
        let runs = row.head_down() && way != Way::Closed && (asked || by_people);
        let for_ms = self.due.run(row.now.t_ms, runs);
        let stale = stale(row);
        self.creep = runs && (self.creep || way == Way::Creep || stale);
        self.by_stale = runs && (self.by_stale || stale);
        self.excuse(row, runs);
        let allowed = if self.creep { CREEP_MS } else { RETURN_MS } + self.excused_ms;
        let late = for_ms > allowed;
        let reaction = row.reaction().into();
        let numbers = [row.tilt().into(), millis(for_ms), millis(allowed), reaction];
        report.judge(Rule::RestNotReached, late && !self.by_stale, numbers);
        report.judge(Rule::RestNotReachedOnStaleTilt, late && self.by_stale, numbers);
    }

    /// A loss of the link ends the host's return with its lease (I7), and the table's own begins only after its hold: a
    /// link that comes back before that has cost the time of the loss, and a lease until a new frame can count.
    fn excuse(&mut self, row: &Row<'_>, runs: bool) {
        let t_ms = row.now.t_ms;
        if !runs {
            self.excused_ms = 0;
        }
        if row.cut || !row.now.host.link_open {
            self.down_ms.get_or_insert(t_ms);
        } else if let Some(down) = self.down_ms.take()
            && t_ms - down < HOLD_MS
        {
            // A wire that spoils frames stops the bed again and again, and each time it has to get going.
            let again = if row.now.wire.lossy { AGAIN_MS } else { 0 };
            self.excused_ms += t_ms - down + u64::from(row.profile.ttl_ms) + again;
            if row.now.wire.lossy {
                self.excused_ms = self.excused_ms.min(CREEP_MS - RETURN_MS);
            }
        }
    }

    /// Something has happened after which the bed comes home without being asked.
    fn automatic_cause(&mut self, row: &Row<'_>) -> bool {
        let (t_ms, host) = (row.now.t_ms, &row.now.host);
        let ttl = u64::from(row.profile.ttl_ms);
        let lost = self.host_lost.run(t_ms, !host.alive || !row.now.wire.up);
        let stale = self.stale.run(t_ms, stale(row));
        let silent = row.now.people.nobody_answers && host.session_active;
        let unanswered = self.unanswered.run(t_ms, silent && row.head_down());
        let paused = self.paused.run(t_ms, host.alive && host.paused && row.head_down());
        // Without a session only an empty bed may be left tilted (jogging, commissioning).
        let over = host.alive && !host.session_active && row.now.plant.person_on_table;
        // The 5 s of hold are part of the 45 s: the time runs from the end of the lease, not of the hold.
        let gone = lost > ttl;
        // A hold, or motion locked out, is no place to stay while the way home is open.
        let held = row.reaction() >= 1 || row.now.firmware.motion_locked;
        gone || held || stale > HOLD_MS || unanswered > UNANSWERED_MS || paused > PAUSE_MS || over
    }

    /// I8 after healing: no exemption is left but STOP, nobody awake to press anything (alone), a drive that is not able yet (it must cool first) and a person
    /// who slid out of the clamp, whom only people can lift back. A session that runs normally is bounded by I10.
    fn after_healing(&mut self, row: &Row<'_>, report: &mut Report) {
        let host = &row.now.host;
        let normal = host.alive
            && host.session_active
            && !host.paused
            && row.reaction() == 0
            && !row.now.firmware.motion_locked;
        let stuck = self.healed_at_ms.is_some() && row.head_down() && !normal;
        let able = row.drive_acts() && !row.now.plant.obstructed;
        // Where nobody is left to press anything, only what comes by itself can be asked for.
        let asked = !row.now.people.nobody_answers || self.way(row) != Way::Closed;
        let counts = stuck && able && asked && !row.stop_latched();
        let for_ms = self.unhealed.run(row.now.t_ms, counts);
        let reaction = row.reaction().into();
        let numbers = [row.tilt().into(), millis(for_ms), millis(HEALED_MS), reaction];
        report.judge(Rule::RestNotReachedAfterHealing, for_ms > HEALED_MS, numbers);
    }
}

/// The table can be moved at all: power, drive, controller, nothing in the way.
pub(crate) fn moves(row: &Row<'_>) -> bool {
    let plant = &row.now.plant;
    plant.powered && row.able.drive && !plant.obstructed && !plant.runaway && row.now.firmware.alive
}

fn latches_all_open(row: &Row<'_>) -> bool {
    let firmware = &row.now.firmware;
    firmware.latches_open > 0 && firmware.latches_open >= firmware.latches_fitted
}

/// No fresh valid first source at the table.
fn stale(row: &Row<'_>) -> bool {
    let firmware = &row.now.firmware;
    firmware.tilt_mdeg.is_none() || firmware.tilt_age_ms > FRESH_MS
}

/// The way after one press of RETURN. Closed, each for its reason: STOP latched (then only a hold moves); dead drive,
/// power or controller (H-09, H-12, H-15), or an obstacle; a stall that is latched for a reason (people ask, or jog), a current sensor that feels nothing; all latch sensors open (a person may be sliding);
/// no truthful source; two sources that disagree about the side (nobody knows which way is up).
fn human_way(row: &Row<'_>) -> Way {
    if row.stop_latched() { Way::Closed } else { way_but_for_stop(row) }
}

fn way_but_for_stop(row: &Row<'_>) -> Way {
    let firmware = &row.now.firmware;
    let (first, second) = (firmware.tilt_mdeg, firmware.second_tilt_mdeg);
    let apart = row.apart;
    let same_side = matches!((first, second), (Some(a), Some(b)) if a > 0 && b > 0);
    if !moves(row)
        || row.able.looping
        || row.back.balked
        || row.back.unfelt
        || latches_all_open(row)
        || !row.truthful()
        || (apart && !same_side)
    {
        return Way::Closed;
    }
    let doubtful = !row.all_truthful() || apart || firmware.latches_open > 0;
    if doubtful || row.motion() == Motion::Creep { Way::Creep } else { Way::Open }
}

/// The way without any human act. Closed, beyond [`human_way`]: after a reset until people act; before the direction
/// self-check; with fewer latch sensors than automatic return was commissioned for; host lost on a table that cannot
/// return without it; a lone faulty source.
fn automatic_way(row: &Row<'_>) -> Way {
    if row.stop_latched() { Way::Closed } else { automatic_way_but_for_stop(row) }
}

fn automatic_way_but_for_stop(row: &Row<'_>) -> Way {
    let (firmware, profile): (_, &Profile) = (&row.now.firmware, row.profile);
    let host_gone = !row.now.host.alive || !row.now.wire.up;
    let unfit = firmware.boot_hold
        || !firmware.direction_checked
        || firmware.latches_fitted < profile.auto_return_latches_min
        || (host_gone && !profile.returns_without_host);
    let blind = stale(row) && row.now.plant.second_source != Source::Healthy;
    if unfit || blind { Way::Closed } else { way_but_for_stop(row) }
}

#[cfg(test)]
mod tests;
