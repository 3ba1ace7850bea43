//! Is the motor current believable, and is it too high? (H-11)
//!
//! A sensor that shows too much for ever must not take away every way home: over-current is judged
//! only while the drive drives, and a motor that stands braked draws none.

use crate::canary::{self, Canary};
use crate::drive::Way;
use crate::timer::Held;

/// Over the current limit for so long is an obstacle.
const OVER_CURRENT_MS: u32 = 200;
/// Over the limit for so long with the brake set: it is the sensor that is wrong.
const FALSE_MS: u32 = 1_000;
/// A sensor that was wrong is believed again after so long within the limit.
const RECOVERY_MS: u32 = 1_000;

/// The watch over the motor current.
#[derive(Clone, Debug, Default)]
pub(crate) struct CurrentWatch {
    driven: Held,
    standing: Held,
    within: Held,
    is_false: bool,
}

impl CurrentWatch {
    /// Looks at one tick. `setpoint` and `braked` are what the drive followed since the last one;
    /// the way in which the drive pushes against something.
    pub(crate) fn update(
        &mut self,
        setpoint: i32,
        braked: bool,
        over: bool,
        dt_ms: u32,
    ) -> Option<Way> {
        if self.within.update(!over, dt_ms) >= RECOVERY_MS {
            self.is_false = false;
        }
        let standing = setpoint == 0 && braked;
        if self.standing.update(over && standing, dt_ms) >= FALSE_MS {
            self.is_false = true;
        }
        let pushes = over && setpoint != 0 && !self.is_false;
        let blocked = self.driven.update(pushes, dt_ms) >= OVER_CURRENT_MS;
        (blocked && !canary::active(Canary::StallUnseen)).then(|| Way::of(setpoint))
    }

    /// The sensor shows a current that cannot be: nothing watches what the drive pushes against.
    pub(crate) const fn is_false(&self) -> bool {
        self.is_false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_current_counts_only_while_the_drive_drives() {
        for (setpoint, braked, way) in [
            (1_000, false, Some(Way::Down)),
            (-1_000, false, Some(Way::Back)),
            // Ramped to zero, not braked yet; and a drive that holds in the brake's place.
            (0, false, None),
            (0, true, None),
        ] {
            let mut watch = CurrentWatch::default();
            assert_eq!(watch.update(setpoint, braked, true, 199), None);
            assert_eq!(watch.update(setpoint, braked, true, 1), way);
            assert_eq!(watch.update(setpoint, braked, false, 1), None);
            assert!(!watch.is_false());
        }
    }

    #[test]
    fn a_second_over_the_limit_with_the_brake_set_is_the_sensor_until_a_second_within() {
        let mut watch = CurrentWatch::default();
        watch.update(0, false, true, 5_000);
        assert!(!watch.is_false(), "a drive that holds may draw it");
        watch.update(0, true, true, 999);
        assert!(!watch.is_false());
        watch.update(0, true, true, 1);
        assert!(watch.is_false());
        assert_eq!(watch.update(-1_000, false, true, 60_000), None, "it proves no obstacle");
        watch.update(0, true, false, 999);
        watch.update(0, true, true, 1);
        watch.update(0, true, false, 999);
        assert!(watch.is_false(), "one good moment is not enough");
        watch.update(0, true, false, 1);
        assert!(!watch.is_false());
        assert_eq!(watch.update(-1_000, false, true, 200), Some(Way::Back));
    }
}
