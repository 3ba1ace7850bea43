//! Where the bed is.

use core::fmt;

use super::thousandths;

/// Tilt of the bed in whole millidegrees: 0 is horizontal, positive is head-down, negative head-up.
///
/// Makers differ (some count from upright, some call full inversion 180 degrees); a driver converts
/// at its own edge and nowhere else.
///
/// # Example
/// ```
/// use antipode_safety::Angle;
/// let a = Angle::from_deg(30).unwrap();
/// assert_eq!(a.millideg(), 30_000);
/// assert_eq!(a.to_string(), "30.000°");
/// assert!(Angle::from_deg(200).is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Angle(i32);

impl Angle {
    /// Largest magnitude that an [`Angle`] can hold: half a turn.
    const BOUND: i32 = 180_000;
    /// Horizontal.
    pub const LEVEL: Self = Self(0);
    /// The head-up edge of the rest band, where every automatic motion ends (-10 degrees).
    pub const REST_LOW: Self = Self(-10_000);
    /// Where a return aims inside the rest band (-3 degrees).
    pub const REST_AIM: Self = Self(-3_000);
    /// The pose for getting on and off (-75 degrees), reached only by an attended act.
    pub const UPRIGHT: Self = Self(-75_000);

    /// An angle of `millideg` millidegrees, or `None` beyond half a turn either way.
    #[must_use]
    pub const fn from_millideg(millideg: i32) -> Option<Self> {
        if millideg >= -Self::BOUND && millideg <= Self::BOUND {
            Some(Self(millideg))
        } else {
            None
        }
    }

    /// An angle of `deg` whole degrees, or `None` beyond half a turn either way.
    #[must_use]
    pub const fn from_deg(deg: i32) -> Option<Self> {
        match deg.checked_mul(1_000) {
            Some(millideg) => Self::from_millideg(millideg),
            None => None,
        }
    }

    /// The angle nearest to `millideg` that can be held.
    #[must_use]
    pub const fn clamped(millideg: i64) -> Self {
        if millideg > Self::BOUND as i64 {
            Self(Self::BOUND)
        } else if millideg < -(Self::BOUND as i64) {
            Self(-Self::BOUND)
        } else {
            Self(millideg as i32)
        }
    }

    /// The angle in millidegrees.
    #[must_use]
    pub const fn millideg(self) -> i32 {
        self.0
    }

    /// Whether the head is below the feet, however little.
    #[must_use]
    pub const fn is_head_down(self) -> bool {
        self.0 > 0
    }

    /// Whether the angle lies in the rest band, -10 to 0 degrees, both ends included.
    #[must_use]
    pub const fn in_rest_band(self) -> bool {
        self.0 <= 0 && self.0 >= Self::REST_LOW.0
    }

    /// This angle moved by `by` millidegrees, held at half a turn.
    #[must_use]
    pub const fn moved(self, by: i64) -> Self {
        Self::clamped((self.0 as i64).saturating_add(by))
    }

    /// Millidegrees from `other` to this angle; positive when this one is more head-down.
    #[must_use]
    pub const fn minus(self, other: Self) -> i32 {
        self.0 - other.0
    }

    /// Distance to `other` in millidegrees, never negative.
    #[must_use]
    pub const fn distance(self, other: Self) -> u32 {
        self.0.abs_diff(other.0)
    }
}

impl fmt::Display for Angle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        thousandths(f, i64::from(self.0), "°")
    }
}
