//! Where motion ends: I19.

use crate::motion::millis;
use crate::row::{Clock, REST_BOTTOM_MDEG, REST_TOP_MDEG, Row, Stopping};
use crate::trace::Motion;
use crate::violation::{Report, Rule};

/// Rest that must precede the way to upright, ms, and what the controller's clock may be ahead of the true one.
const REST_MS: u64 = 60_000;
const REST_CLOCK_MS: u64 = 1_000;
/// The rest clock runs up to here: a controller whose healthy source reads 0.3 degree low may count this, millidegree.
const REST_CLOCK_TOP_MDEG: i32 = 1_000;
/// Beyond this the bed is upright and a later visit to the rest band counts anew, millidegree.
const UPRIGHT_MDEG: i32 = -60_000;
/// What a faulty source may add to the edges of the band while another tells the truth, millidegree.
const FAULT_MDEG: i32 = 1_000;
/// A claim of rest may precede or outlast the truth by this, ms.
const FALSE_REST_MS: u64 = 1_000;

#[derive(Clone, Debug, Default)]
pub(crate) struct RestRules {
    /// The bed came to the rest band, or head-down of it, since it was last upright.
    visited: bool,
    rested_ms: u64,
    claim: Clock,
    let_go: Stopping,
}

impl RestRules {
    pub(crate) fn check(&mut self, row: &Row<'_>, report: &mut Report) {
        self.dwell(row);
        self.way_up(row, report);
        self.held(row, report);
        self.claim(row, report);
    }

    /// Counts the rest. Beyond the band toward upright the count is kept: letting go on the way just waits.
    fn dwell(&mut self, row: &Row<'_>) {
        let tilt = row.tilt();
        if tilt < UPRIGHT_MDEG {
            self.visited = false;
            self.rested_ms = 0;
        } else if tilt > REST_CLOCK_TOP_MDEG {
            self.visited = true;
            self.rested_ms = 0;
        } else if tilt >= REST_BOTTOM_MDEG {
            self.visited = true;
            self.rested_ms += u64::from(row.dt_ms);
        }
    }

    /// Beyond the rest band toward upright: only held, only rested. Not judged when no source tells the truth. A bed
    /// that never came to the rest band since upright may go back at once.
    fn way_up(&self, row: &Row<'_>, report: &mut Report) {
        let edge = REST_BOTTOM_MDEG - if row.all_truthful() { 0 } else { FAULT_MDEG };
        let beyond = row.truthful() && row.tilt() < edge && row.setpoint() < 0;
        let held = row.now.people.upright_held || row.motion() == Motion::Upright;
        let numbers = [row.tilt().into(), row.setpoint().into(), 0, 0];
        report.judge(Rule::AutomaticPastRest, beyond && !held, numbers);

        let short = self.rested_ms + REST_CLOCK_MS < REST_MS;
        let early = beyond && held && self.visited && short;
        let numbers = [millis(self.rested_ms), millis(REST_MS), row.tilt().into(), 0];
        report.judge(Rule::UprightTooEarly, early, numbers);
    }

    /// The attended act is hold-to-run.
    fn held(&mut self, row: &Row<'_>, report: &mut Report) {
        let speed = if row.motion() == Motion::Upright { row.speed() } else { 0 };
        let let_go = !row.now.people.upright_held;
        let allowed = self.let_go.exceeded(row, let_go, speed, row.via_host_ms());
        let numbers = [row.setpoint().into(), allowed.unwrap_or_default().into(), 0, 0];
        report.judge(Rule::UprightNotHeld, allowed.is_some(), numbers);
    }

    /// "Arrived" must be true, and idle must keep looking.
    fn claim(&mut self, row: &Row<'_>, report: &mut Report) {
        let slack = if row.all_truthful() { 0 } else { FAULT_MDEG };
        let band = (REST_BOTTOM_MDEG - slack)..=(REST_TOP_MDEG + slack);
        let host = &row.now.host;
        let wrong = host.alive && host.at_rest && row.truthful() && !band.contains(&row.tilt());
        let for_ms = self.claim.run(row.now.t_ms, wrong);
        let numbers = [row.tilt().into(), millis(for_ms), 0, 0];
        report.judge(Rule::FalseRest, for_ms > FALSE_REST_MS, numbers);
    }
}

#[cfg(test)]
mod tests;
