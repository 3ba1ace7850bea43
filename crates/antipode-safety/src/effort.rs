//! Does what the motor needs in the small test tilt fit the weight that is said to lie there? (H-29)
//!
//! Two means of the motor current are compared, over the same tilts: of lowering and of coming up.
//! Friction, cold grease and the losses of the gear are in both and leave with the difference; what
//! stays is the weight that pulls the feet down. It grows with the mass and with how far the height
//! setting puts the hinge from where the person's weight is, so another person, and the same one on
//! another setting, are seen before anybody is lowered further.

#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::as_conversions))]

use core::fmt;

use crate::reading::{DriveState, Reading};
use crate::units::Angle;

/// Only readings within this tilt of level count: the bed turns steadily there, both ways (1.5
/// degrees of the 3 of the test tilt).
const WINDOW_MILLIDEG: u32 = 1_500;
/// So many readings make a mean; at 20 a second and a degree a second about 60 come.
const LEAST_READINGS: u32 = 10;
/// A fifth more or less than expected is another weight, or another setting.
const SHARE: i32 = 5;
/// Less than this is no difference: what sensors of motor currents are apart by themselves.
const LEAST_MA: i32 = 100;

/// The bounds of an [`Effort`], as wide as what is held within them.
const MOST_MA: i64 = 200_000;
const LEAST_EFFORT_MA: i64 = -200_000;

/// Motor current of lowering less that of coming up, in milliamperes: how much the weight pulls the
/// feet down. Below zero it pulls the head down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Effort(i32);

impl Effort {
    /// The largest that is told apart; no motor of a table draws more.
    pub const MOST_MA: i32 = 200_000;

    /// An effort, held within [`Effort::MOST_MA`] on either side.
    #[must_use]
    pub const fn clamped(ma: i64) -> Self {
        if ma > MOST_MA {
            return Self(Self::MOST_MA);
        }
        if ma < LEAST_EFFORT_MA {
            return Self(Self::MOST_MA.wrapping_neg());
        }
        #[expect(clippy::as_conversions, reason = "held within bounds that an i32 has")]
        Self(ma as i32)
    }

    /// In milliamperes.
    #[must_use]
    pub const fn ma(self) -> i32 {
        self.0
    }

    /// How far a measured effort may lie from this expected one.
    #[must_use]
    pub const fn within_ma(self) -> i32 {
        let share = self.0.saturating_abs() / SHARE;
        if share > LEAST_MA { share } else { LEAST_MA }
    }

    /// Whether `measured` is what is expected here. What could not be measured is not.
    #[must_use]
    pub const fn fits(self, measured: Option<Self>) -> bool {
        match measured {
            Some(measured) => {
                self.0.saturating_sub(measured.0).saturating_abs() <= self.within_ma()
            }
            None => false,
        }
    }
}

impl fmt::Display for Effort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} mA", self.0)
    }
}

/// What the motor of one table needs, as measured on it.
///
/// # Example
/// ```
/// use antipode_safety::{Effort, EffortFigure};
/// let figure = EffortFigure { empty_ma: 20, microamps_per_kg: 9_800 };
/// let expected = figure.expected(80);
/// assert_eq!(expected.ma(), 804);
/// assert!(expected.fits(Some(Effort::clamped(700))));
/// assert!(!expected.fits(Some(Effort::clamped(600))), "20 kg less, or another height setting");
/// assert!(!expected.fits(None));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EffortFigure {
    /// The effort of the empty bed, in milliamperes.
    pub empty_ma: i32,
    /// What each kilogram at the right height setting adds, in microamperes.
    pub microamps_per_kg: u32,
}

impl EffortFigure {
    /// The effort with a person of that mass, height setting right.
    #[must_use]
    pub fn expected(self, mass_kg: u16) -> Effort {
        let weight = i64::from(self.microamps_per_kg).saturating_mul(i64::from(mass_kg)) / 1_000;
        Effort::clamped(weight.saturating_add(i64::from(self.empty_ma)))
    }
}

/// The mean of one direction, while it is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Mean {
    readings: u32,
    sum_ma: u64,
}

impl Mean {
    const fn add(&mut self, ma: u32) {
        self.readings = self.readings.saturating_add(1);
        #[expect(clippy::as_conversions, reason = "widens")]
        let ma = ma as u64;
        self.sum_ma = self.sum_ma.saturating_add(ma);
    }

    /// `None` from too few readings.
    fn ma(self) -> Option<i64> {
        if self.readings < LEAST_READINGS {
            return None;
        }
        let mean = self.sum_ma.checked_div(u64::from(self.readings))?;
        i64::try_from(mean).ok()
    }
}

/// Gathers the effort of one test tilt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EffortWatch {
    lowering: Mean,
    raising: Mean,
}

impl EffortWatch {
    /// Nothing gathered yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { lowering: Mean { readings: 0, sum_ma: 0 }, raising: Mean { readings: 0, sum_ma: 0 } }
    }

    /// Takes a reading of a bed that was told to lower, or to come up. What does not turn that way
    /// near level says nothing.
    pub fn observe(&mut self, lowers: bool, reading: &Reading) {
        let near = reading.tilt.is_some_and(|tilt| tilt.distance(Angle::LEVEL) <= WINDOW_MILLIDEG);
        let rate = reading.rate.millideg_per_s();
        let turns = if lowers { rate > 0 } else { rate < 0 };
        if reading.drive != DriveState::Moving || !near || !turns {
            return;
        }
        if lowers {
            self.lowering.add(reading.current_ma)
        } else {
            self.raising.add(reading.current_ma)
        }
    }

    /// The effort; `None` from too few readings, and from a sensor that showed no current at all: a
    /// motor that turns draws some.
    #[must_use]
    pub fn effort(&self) -> Option<Effort> {
        let (lowering, raising) = (self.lowering.ma()?, self.raising.ma()?);
        if lowering == 0 && raising == 0 {
            return None;
        }
        Some(Effort::clamped(lowering.saturating_sub(raising)))
    }
}

#[cfg(test)]
mod tests;
