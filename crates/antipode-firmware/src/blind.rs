//! The way home when no angle is left (C-05): nothing moves by itself, but a hand may creep.
//!
//! Which way is up needs no angle: back is a negative rate. How far it is, does: counted from the
//! last angle known, by what was driven since. The rest switch ends it earlier, so that even a bed
//! whose switch is dead stops in the rest band and never comes near upright.

use antipode_safety::Angle;

use crate::angle::Estimate;
use crate::controller::Controller;
use crate::demand::Demand;

/// The least head-down source must say at most this, for the rest switch to be believed.
pub(crate) const RESTED_LEAST_MDEG: i32 = 5_000;
/// The rest switch counts once it has been closed for so long: well inside the band, not at its
/// edge.
pub(crate) const RESTED_MS: u32 = 1_500;
/// An angle that comes back may differ by so much from what was counted meanwhile.
const COUNTED_WITHIN_MDEG: i64 = 1_000;

/// What is left of the way home.
#[derive(Clone, Debug, Default)]
pub(crate) struct Blind {
    /// Millionths of a degree down to the aim of a return; 0 before any angle was known.
    left_udeg: i64,
    /// The rest switch was closed where it must be open.
    switch_lies: bool,
    /// There was no angle in the last tick.
    lost: bool,
    /// The angle was lost head-down and says level since it came back, without a way that led there.
    doubts_level: bool,
}

impl Blind {
    /// Keeps what the angle says while there is one. `rested_ms`: how long the rest switch has been
    /// closed.
    pub(crate) fn see(&mut self, at: &Estimate, rested_ms: u32) {
        let counted = self.left_udeg / 1_000 + i64::from(Angle::REST_AIM.millideg());
        let level = at.worst <= 0;
        let jumped = counted > 0 && counted - i64::from(at.worst) > COUNTED_WITHIN_MDEG;
        self.doubts_level |= self.lost && jumped;
        self.doubts_level &= level && !self.rests(rested_ms);
        self.lost = false;
        let left = at.worst - Angle::REST_AIM.millideg();
        self.left_udeg = i64::from(left.max(0)) * 1_000;
        if at.least > RESTED_LEAST_MDEG {
            self.switch_lies = rested_ms >= RESTED_MS;
        }
    }

    /// Counts a tick without an angle in which the drive followed `setpoint`.
    pub(crate) fn reckon(&mut self, setpoint: i32, rested_ms: u32, dt_ms: u32) {
        self.lost = true;
        let moved = i64::from(setpoint) * i64::from(dt_ms);
        self.left_udeg = (self.left_udeg + moved).max(0);
        if self.rests(rested_ms) {
            // From here on the aim is no further than from level.
            let from_level = i64::from(-Angle::REST_AIM.millideg()) * 1_000;
            self.left_udeg = self.left_udeg.min(from_level);
        }
    }

    /// Whether somebody may hang although the angle says level: it was lost head-down, distrusted,
    /// and started over where the drive has not brought the bed (H-06, H-08). Only for telling people
    /// (I17): what says nothing about the way moves nothing. The rest switch settles it, or a person
    /// who clears the fault.
    pub(crate) const fn doubts_level(&self) -> bool {
        self.doubts_level
    }

    /// A person says that the angle is in order.
    pub(crate) const fn forgive(&mut self) {
        self.doubts_level = false;
    }

    fn rests(&self, rested_ms: u32) -> bool {
        rested_ms >= RESTED_MS && !self.switch_lies
    }

    /// Whether there is nothing more to creep.
    pub(crate) fn is_home(&self, rested_ms: u32) -> bool {
        self.left_udeg == 0 || self.rests(rested_ms)
    }
}

impl Controller {
    /// Whether a person who holds RETURN may creep on without any angle: the motor current is all
    /// that is left to notice what the bed runs against.
    pub(crate) fn may_creep_blind(&self) -> bool {
        !self.current.is_false() && !self.blind.is_home(self.rested.ms())
    }

    /// The rate without any angle. What was faster stops first (C-05).
    pub(crate) fn wanted_blind(&self) -> i32 {
        let creep = -self.config.creep_rate.millideg_per_s();
        let held = match self.demand {
            Demand::HandReturn { held } | Demand::HostReturn { held, .. } => held,
            Demand::Hold
            | Demand::Target { .. }
            | Demand::Jog { .. }
            | Demand::AutoReturn { .. } => false,
        };
        if held && self.setpoint >= creep { creep } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::angle::Quality;

    fn at(mdeg: i32) -> Estimate {
        Estimate { quality: Quality::Full, control: mdeg, worst: mdeg, least: mdeg }
    }

    #[test]
    fn before_any_angle_there_is_no_way() {
        assert!(Blind::default().is_home(0));
    }

    #[test]
    fn the_way_is_counted_from_the_last_angle_down_to_the_aim() {
        let mut blind = Blind::default();
        blind.see(&at(20_000), 0);
        blind.reckon(-1_000, 0, 22_999);
        assert!(!blind.is_home(0));
        blind.reckon(-1_000, 0, 1);
        assert!(blind.is_home(0));
        blind.see(&at(20_000), 0);
        blind.reckon(500, 0, 2_000);
        blind.reckon(-1_000, 0, 23_999);
        assert!(!blind.is_home(0), "what was still lowered counts too");
    }

    #[test]
    fn the_rest_switch_ends_it_unless_it_was_closed_head_down() {
        for lies in [false, true] {
            let mut blind = Blind::default();
            blind.see(&at(20_000), if lies { RESTED_MS } else { 0 });
            blind.see(&at(4_000), RESTED_MS);
            assert!(!blind.is_home(RESTED_MS - 1));
            assert_eq!(blind.is_home(RESTED_MS), !lies, "closed near level is where it may be");
        }
    }

    #[test]
    fn a_bed_that_rested_once_has_three_degrees_left_at_most() {
        let mut blind = Blind::default();
        blind.see(&at(60_000), 0);
        blind.reckon(0, RESTED_MS, 10);
        assert!(!blind.is_home(0), "moved out of the band by hand");
        blind.reckon(-1_000, 0, 3_000);
        assert!(blind.is_home(0));
    }
}
