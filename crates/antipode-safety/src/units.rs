//! Tilt, rate and time as whole numbers.
//!
//! Integers order and compare exactly, print the same on every machine, and cannot be "not a
//! number". The fields are private, so a value out of range cannot be built.

use core::fmt;

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

/// A length of time in whole milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(u64);

impl Millis {
    /// No time.
    pub const ZERO: Self = Self(0);

    /// `ms` milliseconds.
    #[must_use]
    pub const fn new(ms: u64) -> Self {
        Self(ms)
    }

    /// `s` seconds, held at the largest length.
    #[must_use]
    pub const fn from_secs(s: u64) -> Self {
        Self(s.saturating_mul(1_000))
    }

    /// The length in milliseconds.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Whole seconds, rounded down.
    #[must_use]
    pub const fn whole_secs(self) -> u64 {
        self.0 / 1_000
    }

    /// Both lengths together, held at the largest length.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What remains of this length after `other`, never negative.
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The shorter of two lengths.
    #[must_use]
    pub const fn shorter(self, other: Self) -> Self {
        if self.0 <= other.0 { self } else { other }
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}

/// A moment on the monotonic clock of this run, in milliseconds from its start. It counts suspended
/// time and never goes back; it says nothing about the date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The start of the run.
    pub const ZERO: Self = Self(0);

    /// The moment `ms` milliseconds after the start of the run.
    #[must_use]
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the start of the run.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Time since `earlier`, or `None` when `earlier` lies in the future: a future stamp is a
    /// fault, never an age of zero.
    #[must_use]
    pub const fn checked_since(self, earlier: Self) -> Option<Millis> {
        match self.0.checked_sub(earlier.0) {
            Some(ms) => Some(Millis(ms)),
            None => None,
        }
    }

    /// Time since `earlier`, zero when `earlier` lies in the future. For clocks of our own only;
    /// stamps from outside go through [`Timestamp::checked_since`].
    #[must_use]
    pub const fn since(self, earlier: Self) -> Millis {
        Millis(self.0.saturating_sub(earlier.0))
    }

    /// The moment `after` later, held at the end of time.
    #[must_use]
    pub const fn plus(self, after: Millis) -> Self {
        Self(self.0.saturating_add(after.0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        thousandths(f, i64::try_from(self.0).unwrap_or(i64::MAX), " s")
    }
}

/// Writes a count of thousandths as a decimal with its unit, without floating point.
fn thousandths(f: &mut fmt::Formatter<'_>, value: i64, unit: &str) -> fmt::Result {
    let sign = if value < 0 { "-" } else { "" };
    let magnitude = value.unsigned_abs();
    write!(f, "{sign}{}.{:03}{unit}", magnitude / 1_000, magnitude % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_beyond_half_a_turn_cannot_be_built() {
        assert_eq!(Angle::from_millideg(180_000).map(Angle::millideg), Some(180_000));
        assert_eq!(Angle::from_millideg(-180_000).map(Angle::millideg), Some(-180_000));
        assert_eq!(Angle::from_millideg(180_001), None);
        assert_eq!(Angle::from_millideg(-180_001), None);
        assert_eq!(Angle::from_deg(i32::MAX), None);
        assert_eq!(Angle::from_deg(-10), Some(Angle::REST_LOW));
    }

    #[test]
    fn clamping_holds_at_half_a_turn() {
        assert_eq!(Angle::clamped(180_001).millideg(), 180_000);
        assert_eq!(Angle::clamped(-180_001).millideg(), -180_000);
        assert_eq!(Angle::clamped(7).millideg(), 7);
        assert_eq!(Angle::from_deg(170).unwrap().moved(20_000).millideg(), 180_000);
        assert_eq!(Angle::LEVEL.moved(i64::MIN).millideg(), -180_000);
        assert_eq!(Angle::LEVEL.moved(-5).millideg(), -5);
    }

    #[test]
    fn the_rest_band_runs_from_minus_ten_to_level() {
        for (millideg, inside) in [(-10_001, false), (-10_000, true), (0, true), (1, false)] {
            assert_eq!(
                Angle::from_millideg(millideg).unwrap().in_rest_band(),
                inside,
                "{millideg}"
            );
        }
        assert!(Angle::REST_AIM.in_rest_band());
        assert!(!Angle::UPRIGHT.in_rest_band());
    }

    #[test]
    fn head_down_begins_just_past_level() {
        assert!(!Angle::LEVEL.is_head_down());
        assert!(Angle::from_millideg(1).unwrap().is_head_down());
        assert!(!Angle::from_millideg(-1).unwrap().is_head_down());
    }

    #[test]
    fn differences_and_distances_keep_their_sign_rules() {
        let (a, b) = (Angle::from_deg(20).unwrap(), Angle::from_deg(-5).unwrap());
        assert_eq!(a.minus(b), 25_000);
        assert_eq!(b.minus(a), -25_000);
        assert_eq!(a.distance(b), 25_000);
        assert_eq!(b.distance(a), 25_000);
    }

    #[test]
    fn travel_is_never_short() {
        let slow = Rate::from_millideg_per_s(1).unwrap();
        assert_eq!(slow.travel(Millis::new(1)), 1);
        assert_eq!(Rate::from_millideg_per_s(-1).unwrap().travel(Millis::new(1)), -1);
        assert_eq!(slow.travel(Millis::ZERO), 0);
        assert_eq!(slow.travel(Millis::new(1_000)), 1);
        assert_eq!(slow.travel(Millis::new(1_001)), 2);
        assert!(slow.travel(Millis::new(u64::MAX)) > 1_000_000_000);
    }

    #[test]
    fn rates_clamp_and_compare_without_direction() {
        assert_eq!(Rate::from_millideg_per_s(180_001), None);
        assert_eq!(Rate::from_millideg_per_s(-180_001), None);
        assert_eq!(Rate::clamped(i64::MAX).millideg_per_s(), 180_000);
        assert_eq!(Rate::clamped(i64::MIN).millideg_per_s(), -180_000);
        assert_eq!(Rate::clamped(-7).millideg_per_s(), -7);
        let (fast, slow) = (Rate::clamped(-3_000), Rate::clamped(1_000));
        assert_eq!(fast.slower(slow).millideg_per_s(), 1_000);
        assert_eq!(slow.slower(fast).millideg_per_s(), 1_000);
        assert_eq!(fast.slower(fast).millideg_per_s(), 3_000);
        assert_eq!(fast.magnitude().millideg_per_s(), 3_000);
    }

    #[test]
    fn a_stamp_from_the_future_has_no_age() {
        let (early, late) = (Timestamp::from_millis(10), Timestamp::from_millis(25));
        assert_eq!(late.checked_since(early), Some(Millis::new(15)));
        assert_eq!(early.checked_since(late), None);
        assert_eq!(early.since(late), Millis::ZERO);
        assert_eq!(late.since(early), Millis::new(15));
        assert_eq!(early.plus(Millis::new(15)), late);
        assert_eq!(early.as_millis(), 10);
    }

    #[test]
    fn lengths_of_time_saturate() {
        let long = Millis::new(u64::MAX);
        assert_eq!(long.plus(Millis::new(1)), long);
        assert_eq!(Millis::new(1).less(Millis::new(2)), Millis::ZERO);
        assert_eq!(Millis::new(5).less(Millis::new(2)), Millis::new(3));
        assert_eq!(Millis::from_secs(u64::MAX), long);
        assert_eq!(Millis::from_secs(2).get(), 2_000);
        assert_eq!(Millis::new(2_999).whole_secs(), 2);
        assert_eq!(Millis::new(5).shorter(Millis::new(3)), Millis::new(3));
        assert_eq!(Millis::new(3).shorter(Millis::new(5)), Millis::new(3));
    }

    #[test]
    fn values_print_with_their_unit() {
        assert_eq!(Angle::clamped(-1_005).to_string(), "-1.005°");
        assert_eq!(Angle::clamped(999).to_string(), "0.999°");
        assert_eq!(Rate::clamped(3_000).to_string(), "3.000°/s");
        assert_eq!(Millis::new(250).to_string(), "250 ms");
        assert_eq!(Timestamp::from_millis(1_500).to_string(), "1.500 s");
    }
}
