//! What is known of the tilt, and by which of the sources the session goes.

use antipode_safety::{Angle, AngleState, DriveState, Fault, Rate, Reading, Switch};

use super::Session;
use super::drive::Order;
use super::state::fixed;

impl Session {
    /// The tilt to go by: the more head-down of the sources that the last reading holds valid.
    pub(super) fn tilt(&self) -> Option<Angle> {
        let reading = self.facts.reading?;
        let said = self.tilt_said(&reading)?;
        // A table that doubts its own angle, and says level where it was head-down, is believed
        // only with its rest switch or by two sensors that agree: one that jumped may have jumped to
        // the other side, and the table goes on doubting until a person clears it.
        let doubts = reading.faults.has(Fault::AngleInvalid) && !self.two_sources_agree(&reading);
        let unconfirmed = !said.is_head_down() && !reading.switches.has(Switch::Rest);
        if doubts && unconfirmed && self.facts.last_sure.is_head_down() {
            return Some(self.facts.last_sure);
        }
        Some(said)
    }

    /// Whether both sources are there, fresh and believed, and say the same.
    fn two_sources_agree(&self, reading: &Reading) -> bool {
        let both = reading.tilt.is_some() && reading.tilt_second.is_some();
        both && self.angle_is_good()
    }

    /// The source that the table steers by: the drive's where it is believed, else the second.
    pub(super) fn steering_tilt(&self, reading: &Reading) -> Option<Angle> {
        match self.guard.angle().state(self.now) {
            AngleState::SecondOnly { tilt, .. } => Some(tilt),
            AngleState::Good { .. }
            | AngleState::Warn { .. }
            | AngleState::Disagrees { .. }
            | AngleState::FirstOnly { .. } => reading.tilt,
            AngleState::Never
            | AngleState::Stale { .. }
            | AngleState::Garbage
            | AngleState::Flat { .. }
            | AngleState::Invalid => None,
        }
    }

    /// The more head-down of the sources, as the last reading has them.
    pub(super) fn tilt_said(&self, reading: &Reading) -> Option<Angle> {
        match self.guard.angle().state(self.now) {
            AngleState::Good { tilt, .. } => Some(tilt),
            AngleState::Stale { tilt, .. } => Some(self.at_most_by_rest_switch(tilt)),
            AngleState::Warn { larger, .. } => Some(larger),
            // A source that is doubted may still be the one that is right: what it says counts as
            // long as it says more head-down, and only the rest switch can outvote it.
            AngleState::FirstOnly { tilt, .. }
            | AngleState::SecondOnly { tilt, .. }
            | AngleState::Flat { tilt }
            | AngleState::Disagrees { larger: tilt, .. } => {
                let said = reading.tilt.max(reading.tilt_second);
                Some(self.at_most_by_rest_switch(said.map_or(tilt, |said| said.max(tilt))))
            }
            AngleState::Never | AngleState::Garbage | AngleState::Invalid => {
                // Not to be believed; still better than nothing for showing which side of level.
                if self.guard.angle().last_good().is_some() {
                    self.guard.angle().last_good()
                } else {
                    reading.tilt.max(reading.tilt_second)
                }
            }
        }
    }

    /// Where two sources disagree the rest switch decides at the end of the way home, as it does for
    /// the table itself; it is not believed against a source that still says clearly head-down.
    pub(super) fn at_most_by_rest_switch(&self, larger: Angle) -> Angle {
        let Some(reading) = self.facts.reading else { return larger };
        let near = |tilt: Angle| tilt.millideg() <= fixed::REST_SWITCH_LEAST;
        let least = reading.tilt.into_iter().chain(reading.tilt_second).min();
        if reading.switches.has(Switch::Rest) && least.is_some_and(near) {
            larger.min(Angle::LEVEL)
        } else {
            larger
        }
    }

    pub(super) fn angle_is_good(&self) -> bool {
        self.guard.angle().state(self.now).agreed().is_some()
    }

    /// Whether the table should be reporting at its full rate: head-down always, and armed for long
    /// enough that the first such report must have come. An idle table reports twice a second, and
    /// one that says faulted may have disarmed itself.
    pub(super) fn expects_fast_reports(&self) -> bool {
        let down = self.facts.reading.is_some_and(|reading| {
            reading.tilt.or(reading.tilt_second).is_none_or(Angle::is_head_down)
        });
        let faulted = self.facts.reading.is_some_and(|r| r.drive == DriveState::Faulted);
        let settled = |armed| self.now.since(armed) >= fixed::FIRST_REPORT;
        down || self.facts.armed && !faulted && self.facts.armed_at.is_some_and(settled)
    }

    /// Good enough to begin with: an idle table's last report may be a second old.
    pub(super) fn angle_is_good_when_idle(&self) -> bool {
        match self.guard.angle().state(self.now) {
            AngleState::Stale { age, .. } => {
                !self.expects_fast_reports() && age <= fixed::IDLE_REPORT
            }
            AngleState::Good { .. } | AngleState::Warn { .. } => true,
            AngleState::FirstOnly { .. }
            | AngleState::SecondOnly { .. }
            | AngleState::Disagrees { .. }
            | AngleState::Flat { .. }
            | AngleState::Never
            | AngleState::Garbage
            | AngleState::Invalid => false,
        }
    }

    pub(super) fn worst_case(&self) -> Option<Angle> {
        self.guard.angle().worst_case(self.now)
    }

    /// The rate that the bed should really turn at: near its target a table slows by itself.
    pub(super) fn effective(&self, commanded: Rate, tilt: Angle) -> Rate {
        let near = |target: Angle| tilt.distance(target) <= 1_500;
        let over = match self.drive.order() {
            Order::Move { target, .. } | Order::Attended { target } => near(target),
            Order::Return(_) => tilt.millideg() <= 1_500,
            Order::Nothing | Order::Hold | Order::Stop => false,
        };
        if over { Rate::ZERO } else { commanded }
    }
}
