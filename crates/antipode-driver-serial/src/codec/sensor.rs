//! Sensors that stand beside a table: where the bed is, and how the person on it is.
//!
//! | module | |
//! |-|-|
//! | [`witmotion`] | WitMotion inclinometers: frames of 11 bytes, and the commands that set them up |
//! | [`bno_rvc`] | BNO080, BNO085 and BNO086 in UART-RVC mode: frames of 19 bytes |
//! | [`nonin`] | Nonin pulse oximeters: lines of text |
//! | [`stream`] | frames of a fixed length, found again in any stream of bytes |
//! | [`tilt`] | from the direction of gravity to the tilt of the bed |
//! | [`plausible`] | what of it can be believed |
//!
//! None of these devices carries a check that deserves the name (H-06): a sum of eight bits lets one
//! broken frame in 256 pass. So a frame counts where frames are expected, and an angle counts when
//! two measurements agree on it.

pub mod bno_rvc;
pub mod nonin;
pub mod plausible;
pub mod stream;
pub mod tilt;
mod trig;
pub mod witmotion;

#[cfg(test)]
mod tests;

/// An angle of the sensor itself in millidegrees, as it reports it: not yet a tilt of the bed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SensorAngle(i32);

impl SensorAngle {
    /// Half a turn.
    const BOUND: i32 = 180_000;
    /// No turn.
    pub const ZERO: Self = Self(0);

    /// An angle of `millideg` millidegrees, or `None` beyond half a turn either way.
    #[must_use]
    pub const fn from_millideg(millideg: i32) -> Option<Self> {
        if millideg >= -Self::BOUND && millideg <= Self::BOUND {
            Some(Self(millideg))
        } else {
            None
        }
    }

    /// The angle in millidegrees.
    #[must_use]
    pub const fn millideg(self) -> i32 {
        self.0
    }
}

/// An acceleration along one axis in millionths of the earth's, gravity included: an axis that
/// points up at rest reads one million.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MicroG(i32);

impl MicroG {
    /// More than any of these sensors can say: 32.768 g.
    const BOUND: i32 = 32_768_000;

    /// An acceleration of `micro_g` millionths, or `None` beyond what a sensor can say.
    #[must_use]
    pub const fn new(micro_g: i32) -> Option<Self> {
        if micro_g >= -Self::BOUND && micro_g <= Self::BOUND { Some(Self(micro_g)) } else { None }
    }

    /// The acceleration in millionths of the earth's.
    #[must_use]
    pub const fn get(self) -> i32 {
        self.0
    }
}

/// A rate of turn about one axis of the sensor in millidegrees a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SensorRate(i32);

impl SensorRate {
    /// What the fastest of these sensors can say: 2,000 degrees a second.
    const BOUND: i32 = 2_000_000;

    /// A rate of `millideg_per_s`, or `None` beyond what a sensor can say.
    #[must_use]
    pub const fn from_millideg_per_s(millideg_per_s: i32) -> Option<Self> {
        if millideg_per_s >= -Self::BOUND && millideg_per_s <= Self::BOUND {
            Some(Self(millideg_per_s))
        } else {
            None
        }
    }

    /// The rate in millidegrees a second.
    #[must_use]
    pub const fn millideg_per_s(self) -> i32 {
        self.0
    }
}

/// `value * times / over` to the nearest, halves away from zero. `over` is never zero.
const fn scaled(value: i32, times: i32, over: i32) -> i32 {
    let product = value as i64 * times as i64;
    let half = over as i64 / 2;
    let nearest = if product < 0 { product - half } else { product + half } / over as i64;
    // Held at the ends: the units above are far narrower.
    if nearest > i32::MAX as i64 {
        i32::MAX
    } else if nearest < i32::MIN as i64 {
        i32::MIN
    } else {
        nearest as i32
    }
}

/// A number for a field of 16 bits, held at its ends.
fn field(value: i32) -> i16 {
    i16::try_from(value).unwrap_or(if value < 0 { i16::MIN } else { i16::MAX })
}
