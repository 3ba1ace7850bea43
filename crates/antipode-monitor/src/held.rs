//! A RETURN that a person holds: nobody and nothing may block it. I8, C-01, C-05, C-13.

use crate::home::moves;
use crate::motion::millis;
use crate::row::{Clock, Row};
use crate::violation::{Report, Rule};

/// A held RETURN shows an effect of this much in this time: creep takes a second for it, a controller that looks into
/// its current sensor first waits 1.3 s, and a table that was just stopped 1 s.
const HELD_MS: u64 = 5_000;
const HELD_GAIN_MDEG: i32 = 1_000;

/// One control and what it has brought since it is held.
#[derive(Clone, Debug, Default)]
struct Held {
    clock: Clock,
    from_mdeg: i32,
}

impl Held {
    /// Judges a control that is held with the way open (`counts`), as `rule`.
    fn judge(&mut self, row: &Row<'_>, counts: bool, rule: Rule, report: &mut Report) {
        let for_ms = self.clock.run(row.now.t_ms, counts);
        if for_ms == 0 {
            self.from_mdeg = row.tilt();
        }
        let gained = self.from_mdeg - row.tilt();
        let blocked = for_ms > HELD_MS && gained < HELD_GAIN_MDEG;
        let numbers = [row.tilt().into(), millis(for_ms), gained.into(), 0];
        report.judge(rule, blocked, numbers);
        if for_ms > HELD_MS && !blocked {
            self.clock = Clock::default();
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct HeldRules {
    any: Held,
    wired: Held,
    /// The button was down when STOP or a stall came: pushing on takes a new press.
    spent: bool,
}

impl HeldRules {
    pub(crate) fn check(&mut self, row: &Row<'_>, ran_away: bool, report: &mut Report) {
        let people = &row.now.people;
        // Who works the release or the crank meanwhile has taken the bed off the drive.
        let by_drive = moves(row) && !people.releasing;
        let open = by_drive && !ran_away && !row.back.pushes && row.head_down();
        let held = people.return_held && !people.wired_stop_pressed && open;

        // At the terminal it takes the way over the host, which moves on what the host knows.
        let heard = row.now.host.alive && !row.cut;
        let over_host = held && heard && row.all_truthful() && !row.able.looping;
        self.any.judge(row, over_host && !self.spent, Rule::HeldReturnBlocked, report);

        // The table's own control needs nobody and nothing but the table, one source and the drive.
        self.spend(row);
        let wired = held && people.wired_return_held && row.truthful() && !self.spent;
        self.wired.judge(row, wired, Rule::WiredReturnBlocked, report);
    }

    fn spend(&mut self, row: &Row<'_>) {
        let (now, before) = (&row.now.firmware, &row.before.firmware);
        let stopped = now.stop_latched && !before.stop_latched;
        let stalled = now.stall_latched && !before.stall_latched && row.back.balked;
        let ended = stopped || stalled || row.now.people.wired_stop_pressed;
        self.spent = row.now.people.wired_return_held && (self.spent || ended);
    }
}

#[cfg(test)]
mod tests;
