//! How fast the bed turns.

use core::fmt;

use super::{Millis, thousandths};

/// Rate of turn in whole millidegrees a second: positive turns more head-down.
///
/// # Example
/// ```
/// use antipode_safety::{Millis, Rate};
/// let r = Rate::from_millideg_per_s(-1_500).unwrap();
/// assert_eq!(r.to_string(), "-1.500°/s");
/// assert_eq!(r.travel(Millis::new(2_000)), -3_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(i32);

impl Rate {
    /// Faster than any table and any shock to a sensor that could still be believed.
    const BOUND: i32 = 180_000;
    /// Standing still.
    pub const ZERO: Self = Self(0);

    /// A rate of `value` millidegrees a second, or `None` beyond 180 degrees a second.
    #[must_use]
    pub const fn from_millideg_per_s(value: i32) -> Option<Self> {
        if value >= -Self::BOUND && value <= Self::BOUND { Some(Self(value)) } else { None }
    }

    /// The rate nearest to `value` millidegrees a second that can be held.
    #[must_use]
    pub const fn clamped(value: i64) -> Self {
        if value > Self::BOUND as i64 {
            Self(Self::BOUND)
        } else if value < -(Self::BOUND as i64) {
            Self(-Self::BOUND)
        } else {
            Self(value as i32)
        }
    }

    /// The rate in millidegrees a second.
    #[must_use]
    pub const fn millideg_per_s(self) -> i32 {
        self.0
    }

    /// The speed without its direction.
    #[must_use]
    pub const fn magnitude(self) -> Self {
        Self(self.0.abs())
    }

    /// The slower of two speeds; both are taken without direction.
    #[must_use]
    pub const fn slower(self, other: Self) -> Self {
        if self.0.abs() <= other.0.abs() { self.magnitude() } else { other.magnitude() }
    }

    /// Millidegrees turned in `time` at this rate, rounded away from zero, so that a bound made
    /// from it is never short.
    #[must_use]
    pub const fn travel(self, time: Millis) -> i64 {
        let time = if time.get() > 1 << 40 { 1 << 40 } else { time.get() as i64 };
        let product = self.0 as i64 * time;
        if product >= 0 { (product + 999) / 1_000 } else { (product - 999) / 1_000 }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        thousandths(f, i64::from(self.0), "°/s")
    }
}
