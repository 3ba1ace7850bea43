//! How long a step may be.

use super::Plant;

/// Length of the steps that the present state allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// 1 ms.
    Fine,
    /// 5 ms: nothing but a known rate.
    Steady,
    /// 20 ms: the brake holds a bed at rest.
    Still,
}

impl Plant {
    /// The longest step that loses nothing now.
    #[inline]
    pub(super) fn pace(&self) -> Pace {
        let quiet = !self.always_fine
            && self.homing.is_idle()
            && !self.brake.is_changing()
            && self.supply.powered()
            && !self.arms_move();
        if !quiet {
            return Pace::Fine;
        }
        if self.brake.should_be_closed() {
            let held = self.input.brake || !self.input.relay;
            let load = (self.moment_nm * self.heading.cos()).abs();
            let still =
                held && !self.rest_fault && self.rate == 0.0 && load <= self.brake.grip_nm(None);
            return if still { Pace::Still } else { Pace::Fine };
        }
        let driven = self.input.relay && !self.input.brake && self.settling_ms == 0;
        let steady = driven
            && !self.motion_fault
            && (self.rate - self.setpoint).abs() < 0.05
            && !self.near_contact();
        if steady { Pace::Steady } else { Pace::Fine }
    }

    /// Whether the bed moves close to something that it could hit.
    #[inline]
    fn near_contact(&self) -> bool {
        self.rate != 0.0
            && (self.stops.iter().any(|s| s.is_near(self.tilt))
                || self.obstacle.is_some_and(|o| o.is_near(self.tilt)))
    }
}
