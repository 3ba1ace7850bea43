//! STOP and what may follow it: I3, I4, I18.

use crate::motion::millis;
use crate::row::{Clock, REST_BOTTOM_MDEG, REST_TOP_MDEG, Row, Stopping};
use crate::trace::{Event, Motion};
use crate::violation::{Report, Rule};

/// Debounce of a wired STOP (50 ms) and one slow firmware loop.
const WIRED_LATCH_MS: u64 = 100;
/// H-20: an unacknowledged STOP is sent again from 100 ms on each 20 ms; one more period may pass between rows.
const RESEND_MS: u64 = 140;
/// I4: one message may be under way already.
const AHEAD_OF_STOP_MAX: u8 = 1;
/// Rows in which the STOP frame must have gone out: that of the press, or the next.
const STOP_SENT_ROWS: u32 = 2;
/// A press of STOP at the table is known to the host by then, or its reading is stale (I5), ms.
const UNHEARD_MS: u64 = 350;
/// The direction nudge of the self-test may end here, millidegree of true tilt (3 degrees and a healthy error).
pub(crate) const NUDGE_TOP_MDEG: i32 = 3_500;

#[derive(Clone, Debug)]
pub(crate) struct StopRules {
    under_stop: Stopping,
    under_host_stop: Stopping,
    lowered: Stopping,
    lowered_via_host: Stopping,
    wired: Clock,
    unacknowledged_since_ms: Option<u64>,
    /// When somebody alone last might come up by themselves.
    alone_ms: Option<u64>,
    press: Option<Press>,
    /// A human act in the rest band is due before lowering: for a cause that the table, or the host, knows.
    act_due_at_table: bool,
    act_due_at_host: bool,
    started_now: bool,
    returned_now: bool,
    plan_moved: bool,
}

/// A STOP press that the host has yet to answer.
#[derive(Clone, Copy, Debug)]
struct Press {
    start_count: Option<u32>,
    rows: u32,
    sent: bool,
}

impl Default for StopRules {
    fn default() -> Self {
        Self {
            under_stop: Stopping::default(),
            under_host_stop: Stopping::default(),
            lowered: Stopping::default(),
            lowered_via_host: Stopping::default(),
            wired: Clock::default(),
            unacknowledged_since_ms: None,
            alone_ms: None,
            press: None,
            // Power-up is such a cause (I18).
            act_due_at_table: true,
            act_due_at_host: true,
            started_now: false,
            returned_now: false,
            plan_moved: false,
        }
    }
}

impl StopRules {
    pub(crate) fn event(&mut self, event: &Event) {
        match event {
            Event::StopPressed if self.press.is_none() => {
                self.press = Some(Press { start_count: None, rows: 0, sent: false });
            }
            Event::HumanStart => self.started_now = true,
            Event::ReturnPressed { .. } => self.returned_now = true,
            Event::StopPressed
            | Event::SessionStarted
            | Event::SessionEnded { .. }
            | Event::Refused { .. }
            | Event::LimitsChanged { .. }
            | Event::AlarmRaised { .. }
            | Event::AlarmAcknowledged
            | Event::RecordDurable { .. }
            | Event::JournalRecovered { .. }
            | Event::Healed => {}
        }
    }

    pub(crate) fn check(&mut self, row: &Row<'_>, report: &mut Report) {
        self.driven(row, report);
        self.latches(row, report);
        self.frames(row, report);
        self.press(row, report);
        self.human_act(row, report);
        after_darkness(row, report);
    }

    /// I3: with STOP latched only a held local RETURN drives, and only up, or where the site has so decided the slow
    /// return of somebody alone (C-01). A hold that was let go may take the way
    /// over the host to be noticed.
    fn driven(&mut self, row: &Row<'_>, report: &mut Report) {
        let (firmware, host) = (&row.now.firmware, &row.now.host);
        let by_itself = row.alone && row.speed() <= row.profile.creep_mdeg_s;
        let held_up = (row.now.people.return_held || by_itself) && row.setpoint() <= 0;
        let letting_go = row.motion() == Motion::HeldReturn && row.setpoint() < 0;
        let grace = if letting_go { row.via_host_ms() } else { row.tick_ms() };
        let at_table = firmware.stop_latched && !held_up;
        let allowed = self.under_stop.exceeded(row, at_table, row.speed(), grace);
        let numbers = [row.setpoint().into(), allowed.unwrap_or_default().into(), 0, 0];
        report.judge(Rule::DrivenUnderStop, allowed.is_some(), numbers);

        // A STOP that only the host knows ends what depends on the host. The table's own return after host loss may
        // run: it never heard of the STOP.
        let hosted = matches!(
            row.motion(),
            Motion::Plan | Motion::Jog | Motion::SelfTest | Motion::Return | Motion::Upright
        );
        let speed = if hosted { row.speed() } else { 0 };
        let latched = host.alive && host.stop_latched && !held_up;
        let allowed = self.under_host_stop.exceeded(row, latched, speed, row.via_host_ms());
        let numbers = [row.setpoint().into(), allowed.unwrap_or_default().into(), 0, 0];
        report.judge(Rule::DrivenUnderHostStop, allowed.is_some(), numbers);
    }

    /// I3: every STOP that reaches the table latches there. I18: the latch opens only in the rest band.
    fn latches(&mut self, row: &Row<'_>, report: &mut Report) {
        let (now, before) = (&row.now.firmware, &row.before.firmware);
        let open = row.now.people.wired_stop_pressed && !now.stop_latched;
        let pressed_ms = self.wired.run(row.now.t_ms, open && row.same_boot());
        let limit = WIRED_LATCH_MS + u64::from(row.dt_ms);
        let numbers = [millis(pressed_ms), 0, 0, 0];
        report.judge(Rule::WiredStopNotLatched, pressed_ms > limit, numbers);

        let arrived = row.before.wire.stop_delivered && row.same_boot();
        let lost = arrived && !now.stop_latched && !before.stop_latched;
        report.judge(Rule::StopFrameNotLatched, lost, [row.setpoint().into(), 0, 0, 0]);

        let at_table = row.same_boot() && before.stop_latched && !now.stop_latched;
        let (host, host_before) = (&row.now.host, &row.before.host);
        let at_host = row.same_host() && host_before.stop_latched && !host.stop_latched;
        // Where every source lies no controller can tell the rest band.
        let outside = row.truthful() && !in_rest_band(row);
        let opened = (at_table || at_host) && outside;
        report.judge(Rule::StopUnlatchedHeadDown, opened, [row.tilt().into(), 0, 0, 0]);
    }

    /// I3, I4: what the host sends while STOP is latched.
    fn frames(&mut self, row: &Row<'_>, report: &mut Report) {
        let host = &row.now.host;
        let latched = row.same_host() && host.stop_latched && row.before.host.stop_latched;
        if row.alone {
            self.alone_ms = Some(row.now.t_ms);
        }
        let by_itself = self.alone_ms.is_some_and(|at| row.now.t_ms - at <= UNHEARD_MS);
        let held = row.now.people.return_held || row.before.people.return_held || by_itself;
        let wrong = latched && (host.sent_motion || (host.sent_return && !held));
        report.judge(Rule::MotionFrameUnderStop, wrong, [host.commanded_mdeg_s.into(), 0, 0, 0]);

        let waiting = latched && host.link_open && !host.stop_acknowledged && !host.sent_stop;
        let since = self.unacknowledged_since_ms.get_or_insert(row.now.t_ms);
        if !waiting {
            *since = row.now.t_ms;
        } else if host.away {
            // What does not run cannot send; whether it may stand still so long is another rule's.
            *since += u64::from(row.dt_ms);
        }
        let quiet_ms = row.now.t_ms - *since;
        let limit = RESEND_MS + u64::from(row.dt_ms);
        report.judge(Rule::StopNotResent, quiet_ms > limit, [millis(quiet_ms), 0, 0, 0]);
    }

    /// I4: a press is latched and sent at once. It waits while the host is frozen or has no port open, and is lost
    /// with a host that dies before it answered (then the lease ends the motion).
    fn press(&mut self, row: &Row<'_>, report: &mut Report) {
        let host = &row.now.host;
        let ahead = host.frames_ahead_of_stop;
        report.judge(Rule::FramesAheadOfStop, ahead > AHEAD_OF_STOP_MAX, [ahead.into(), 0, 0, 0]);
        let Some(press) = &mut self.press else { return };
        if *press.start_count.get_or_insert(host.start_count) != host.start_count {
            self.press = None;
            return;
        }
        if !host.alive {
            return;
        }
        press.rows += 1;
        let rows = press.rows;
        press.sent |= host.sent_stop || !host.link_open;
        let sent = press.sent;
        if sent && host.stop_latched {
            self.press = None;
        } else if rows >= STOP_SENT_ROWS {
            self.press = None;
            if !sent {
                report.strike(Rule::StopNotSent, [rows.into(), 0, 0, 0]);
            }
            if !host.stop_latched {
                report.strike(Rule::HostStopNotLatched, [0; 4]);
            }
        }
    }

    /// I18: after a cause nothing lowers before a human act in the rest band. Exempt, because a person's hold is the
    /// act: jog at creep rate and the attended way between upright and rest; and the nudge of a self-test.
    fn human_act(&mut self, row: &Row<'_>, report: &mut Report) {
        self.take_causes(row);
        let people = &row.now.people;
        let attended = match row.motion() {
            Motion::Jog => people.jog_held,
            Motion::Upright => people.upright_held && !row.head_down(),
            Motion::SelfTest => row.tilt() <= NUDGE_TOP_MDEG,
            Motion::None
            | Motion::Plan
            | Motion::Return
            | Motion::HeldReturn
            | Motion::OwnReturn
            | Motion::Creep => false,
        };
        let rate = if attended { 0 } else { row.lowering() };
        let at_table = self.lowered.exceeded(row, self.act_due_at_table, rate, row.tick_ms());
        let at_host =
            self.lowered_via_host.exceeded(row, self.act_due_at_host, rate, row.via_host_ms());
        let allowed = at_table.or(at_host);
        let numbers =
            [row.setpoint().into(), allowed.unwrap_or_default().into(), row.tilt().into(), 0];
        report.judge(Rule::LoweredBeforeHumanAct, allowed.is_some(), numbers);
        self.plan_moved |= row.motion() == Motion::Plan && row.setpoint() != 0;
    }

    fn take_causes(&mut self, row: &Row<'_>) {
        let (now, before) = (&row.now.firmware, &row.before.firmware);
        let (host, host_before) = (&row.now.host, &row.before.host);
        if self.started_now && (in_rest_band(row) || !row.truthful()) {
            self.act_due_at_table = false;
            self.act_due_at_host = false;
            self.plan_moved = false;
        }
        // Run out, not given back by a halt.
        let cut_off = before.setpoint_mdeg_s > 0
            && before.motion == Motion::Plan
            && (1..=row.tick_ms()).contains(&before.lease_ms_left)
            && now.lease_ms_left == 0
            && row.now.wire.fresh_frames == 0;
        // A lease taken between the human act and its motion belongs to that act.
        let lease_changed = self.plan_moved && now.lease_epoch != before.lease_epoch;
        self.act_due_at_table |= now.boot_count != before.boot_count
            || (now.alive && (now.stop_latched || now.motion_locked || now.reaction >= 1))
            || cut_off
            || lease_changed;
        let resumed = host.alive && !host_before.alive;
        self.act_due_at_host |= host.start_count != host_before.start_count
            || (host.alive && (host.stop_latched || host.reaction >= 1))
            || resumed
            || self.returned_now;
        self.started_now = false;
        self.returned_now = false;
    }
}

fn in_rest_band(row: &Row<'_>) -> bool {
    (REST_BOTTOM_MDEG..=REST_TOP_MDEG).contains(&row.tilt())
}

/// I18, C-11: after a start from power loss nothing turns a head-down bed but a person's RETURN; hands may be at its
/// crank. The table's own motion at a press of its button is no reaction.
fn after_darkness(row: &Row<'_>, report: &mut Report) {
    let firmware = &row.now.firmware;
    let by_itself = match row.motion() {
        Motion::Plan | Motion::Return => true,
        Motion::OwnReturn => firmware.reaction >= 2,
        Motion::None
        | Motion::Jog
        | Motion::SelfTest
        | Motion::Upright
        | Motion::Creep
        | Motion::HeldReturn => false,
    };
    let moved = firmware.hands_on && by_itself && row.setpoint() != 0 && row.head_down();
    let numbers = [row.setpoint().into(), row.tilt().into(), 0, 0];
    report.judge(Rule::MovedAfterDarkness, moved, numbers);
}

#[cfg(test)]
mod tests;
