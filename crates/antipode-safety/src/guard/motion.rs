//! What is asked of the guard, and what it needs to know to judge it.

use super::Refusal;
use crate::canary::{Canary, active};
use crate::reading::Latches;
use crate::units::{Angle, Millis, Rate};

/// A motion that somebody proposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Motion {
    /// Where to.
    pub target: Angle,
    /// How fast; positive lowers (more head-down), negative raises.
    pub rate: Rate,
}

impl Motion {
    /// The motion from `from` to `target` at `speed`, whose sign is dropped.
    ///
    /// # Example
    /// ```
    /// use antipode_safety::{Angle, Motion, Rate};
    /// let up = Motion::between(Angle::clamped(30_000), Angle::REST_AIM, Rate::clamped(1_500));
    /// assert_eq!(up.rate, Rate::clamped(-1_500));
    /// ```
    #[must_use]
    pub fn between(from: Angle, target: Angle, speed: Rate) -> Self {
        let speed = speed.magnitude();
        let rate = if target > from { speed } else { reversed(speed) };
        Self { target, rate }
    }
}

/// What the table and the link make of a command: how long it runs on unheard, and how it stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// How long one command holds without the next (250 ms, over BLE 400).
    pub lease: Millis,
    /// How fast the table slows down when it stops, in millidegrees per second squared.
    pub stop_decel_millideg_per_s2: u32,
    /// The fastest that the table can turn.
    pub max_rate: Rate,
}

impl Envelope {
    /// Millidegrees that the bed turns at `rate` after the last command is heard: the lease and
    /// then the stop, rounded up (I7). Without a known deceleration there is no bound.
    pub(super) fn run_on(&self, rate: Rate) -> i64 {
        rate.magnitude().travel(self.lease).saturating_add(self.stop(rate))
    }

    /// Millidegrees kept free below a limit while lowering at `rate` (I2). The wire may hold a
    /// command back for up to one lease (the table refuses what comes later), the table then runs
    /// on for a lease, and in its last moment there must still be room for a lease and the stop.
    pub(super) fn room(&self, rate: Rate) -> i64 {
        if active(Canary::StoppingDistanceIgnored) {
            return 0;
        }
        let leases = self.lease.plus(self.lease).plus(self.lease);
        rate.magnitude().travel(leases).saturating_add(self.stop(rate))
    }

    /// Millidegrees of a stop from `rate`, rounded up.
    fn stop(&self, rate: Rate) -> i64 {
        let speed = i64::from(rate.magnitude().millideg_per_s());
        let twice_decel = i64::from(self.stop_decel_millideg_per_s2).saturating_mul(2);
        let squared = speed.saturating_mul(speed);
        let rounded_up = squared.saturating_add(twice_decel.saturating_sub(1));
        rounded_up.checked_div(twice_decel).unwrap_or(i64::MAX)
    }
}

/// What else a motion needs, as the session knows it in this very step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leave {
    /// The session is armed: self-test, person and start act are done (I9).
    pub armed: bool,
    /// STOP is not latched, here or at the table.
    pub stop_clear: bool,
    /// A RETURN control on the spot (hand control or this machine's terminal) is held down now.
    pub return_held: bool,
    /// The ankle latches.
    pub latches: Latches,
    /// The start of the session is durably on record (I14).
    pub journal_ready: bool,
    /// Time left at 5 degrees and more: the least of bout, session and day (I10).
    pub dose_left: Millis,
}

/// Who stands by an upright motion (I19).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attended {
    /// The hold-to-run control is held down now.
    pub held: bool,
    /// Time in the rest band since the bed was last out of it.
    pub rested: Millis,
}

/// The same speed toward head-up.
pub(super) fn reversed(speed: Rate) -> Rate {
    Rate::clamped(i64::from(speed.magnitude().millideg_per_s()).saturating_neg())
}

/// Refuses a motion whose rate and target point different ways from `tilt`: a table that follows
/// the target would turn against the sign that was judged.
pub(super) fn along(motion: Motion, tilt: Angle) -> Result<(), Refusal> {
    let lowering = motion.rate > Rate::ZERO;
    let against = if lowering { motion.target < tilt } else { motion.target > tilt };
    if against {
        Err(Refusal::WrongWay { tilt, target: motion.target, rate: motion.rate })
    } else {
        Ok(())
    }
}
