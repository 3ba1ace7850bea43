//! From the direction of gravity to the tilt of the bed.
//!
//! A sensor's "pitch" ends at 90 degrees and comes back: past vertical, 100 degrees read 80
//! (hardware notes on the BNO08x). So no single reported angle is ever taken for the tilt. What
//! counts is where *up* points in the sensor's own frame: its angle about the table's axis goes
//! through the vertical without a fold, whichever axis of the sensor that is.

use core::fmt;

use antipode_device::Mount;
pub use antipode_device::{Axis, Sense};
use antipode_safety::Angle;

use super::trig::{HALF_TURN, UNIT_BITS, atan2, sin_cos, wrapped};
use super::{MicroG, SensorAngle};

/// How far the sensor's axis may point out of level, as seen in any one pose, in degrees. An axis
/// that is 15 degrees askew falsifies a tilt by 1 degree at most, which every worst case allows
/// for a sensor (`antipode_safety::angle::SENSOR_MARGIN_MILLIDEG`). More is a sensor that came loose,
/// or an axis written down wrong.
pub const ASKEW_MAX_DEG: u8 = 15;
/// The square of the sine of [`ASKEW_MAX_DEG`], in millionths.
const ASKEW_SQUARE: i128 = 66_987;
/// The square of the length of a quaternion may differ from one by this part in a hundred.
const QUATERNION_PERCENT: i64 = 3;

/// The direction of up in the sensor's frame. Its length means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Up {
    x: i64,
    y: i64,
    z: i64,
}

impl Up {
    /// Up as the accelerometer feels it; `None` where it feels nothing at all.
    #[must_use]
    pub fn from_acceleration(axes: [MicroG; 3]) -> Option<Self> {
        let [x, y, z] = axes.map(|axis| i64::from(axis.get()));
        (x != 0 || y != 0 || z != 0).then_some(Self { x, y, z })
    }

    /// Up of a sensor that turns by yaw about Z, then pitch about Y, then roll about X. Roll is the
    /// angle that goes all the way round (WitMotion).
    #[must_use]
    pub fn from_roll_about_x(roll: SensorAngle, pitch: SensorAngle) -> Self {
        let (sin_pitch, cos_pitch) = sin_cos(pitch.millideg());
        let (sin_roll, cos_roll) = sin_cos(roll.millideg());
        Self { x: -sin_pitch, y: part(sin_roll, cos_pitch), z: part(cos_roll, cos_pitch) }
    }

    /// Up of a sensor that turns by yaw about Z, then pitch about X, then roll about Y. Roll is the
    /// angle that goes all the way round (BNO08x, see [`super::bno_rvc`]).
    #[must_use]
    pub fn from_roll_about_y(roll: SensorAngle, pitch: SensorAngle) -> Self {
        let (sin_pitch, cos_pitch) = sin_cos(pitch.millideg());
        let (sin_roll, cos_roll) = sin_cos(roll.millideg());
        Self { x: -part(sin_roll, cos_pitch), y: sin_pitch, z: part(cos_roll, cos_pitch) }
    }

    /// Up of a sensor turned by the quaternion (w, x, y, z), each in units of 1/32768; `None` where
    /// that is no turn, since its length is not one.
    #[must_use]
    pub fn from_quaternion(quaternion: [i16; 4]) -> Option<Self> {
        let [w, x, y, z] = quaternion.map(i64::from);
        let (square, one) = (w * w + x * x + y * y + z * z, 1i64 << 30);
        let up = Self {
            x: 2 * (x * z - w * y),
            y: 2 * (y * z + w * x),
            z: square - 2 * (x * x + y * y),
        };
        ((square - one).abs() <= one * QUATERNION_PERCENT / 100).then_some(up)
    }

    const fn along(self, axis: Axis) -> i64 {
        match axis {
            Axis::X => self.x,
            Axis::Y => self.y,
            Axis::Z => self.z,
        }
    }

    /// Whether `axis` points further out of level than [`ASKEW_MAX_DEG`].
    fn is_askew(self, axis: Axis) -> bool {
        let square = |part: i64| i128::from(part) * i128::from(part);
        let whole = square(self.x) + square(self.y) + square(self.z);
        square(self.along(axis)) * 1_000_000 > whole * ASKEW_SQUARE
    }

    /// How far the sensor is turned about `axis`, by the right hand, in microdegrees. Zero where Z
    /// points up; about Z itself, where Y does.
    fn turned(self, axis: Axis) -> Option<i64> {
        match axis {
            Axis::X => atan2(self.y, self.z),
            Axis::Y => atan2(-self.x, self.z),
            Axis::Z => atan2(self.x, self.y),
        }
    }
}

/// The product of two numbers of [`sin_cos`], in the same units.
const fn part(a: i64, b: i64) -> i64 {
    (a * b) >> UNIT_BITS
}

/// How a sensor is fixed to the bed.
///
/// # Example
/// ```
/// use antipode_driver_serial::codec::sensor::SensorAngle;
/// use antipode_driver_serial::codec::sensor::tilt::{Axis, Mounting, Sense, Up};
/// let mounting = Mounting::new(Axis::X, Sense::Against, SensorAngle::ZERO);
/// let roll = SensorAngle::from_millideg(-60_000).unwrap();
/// let up = Up::from_roll_about_x(roll, SensorAngle::ZERO);
/// assert_eq!(mounting.tilt(up).unwrap().millideg() / 10, 6_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mounting {
    axis: Axis,
    sense: Sense,
    zero: SensorAngle,
}

impl Mounting {
    /// A sensor whose `axis` lies along the table's and that reads `zero` about it when the bed is
    /// level.
    #[must_use]
    pub const fn new(axis: Axis, sense: Sense, zero: SensorAngle) -> Self {
        Self { axis, sense, zero }
    }

    /// The same as it stands in a table file.
    #[must_use]
    pub const fn of(mount: Mount) -> Self {
        // Both kinds of angle end at half a turn.
        let zero = match SensorAngle::from_millideg(mount.zero.millideg()) {
            Some(zero) => zero,
            None => SensorAngle::ZERO,
        };
        Self::new(mount.axis, mount.sense, zero)
    }

    /// A mounting found by measurement: up with the bed level, and up with the bed turned some way
    /// head-down. A direction that was seen cannot be written down the wrong way round.
    ///
    /// # Errors
    /// Says why the two poses do not show how the sensor is mounted.
    pub fn measured(axis: Axis, level: Up, head_down: Up) -> Result<Self, MountingError> {
        let plain = Self::new(axis, Sense::Along, SensorAngle::ZERO);
        let (from, to) = (plain.turned(level)?, plain.turned(head_down)?);
        let by = wrapped(to - from);
        if !(LEAST_TURN..=MOST_TURN).contains(&by.abs()) {
            return Err(MountingError::Turn { millideg: nearest(by) });
        }
        let zero = SensorAngle::from_millideg(nearest(from)).unwrap_or(SensorAngle::ZERO);
        Ok(Self::new(axis, if by > 0 { Sense::Along } else { Sense::Against }, zero))
    }

    /// The sensor's axis that lies along the table's.
    #[must_use]
    pub const fn axis(self) -> Axis {
        self.axis
    }

    /// Which way it counts.
    #[must_use]
    pub const fn sense(self) -> Sense {
        self.sense
    }

    /// What it reads about its axis when the bed is level.
    #[must_use]
    pub const fn zero(self) -> SensorAngle {
        self.zero
    }

    /// The tilt of the bed, rounded away from level. Goes through the vertical, up to half a turn
    /// from level either way.
    ///
    /// # Errors
    /// [`MountingError::Askew`]: the sensor is not where it was mounted, or on another axis.
    pub fn tilt(self, up: Up) -> Result<Angle, MountingError> {
        let from_zero = wrapped(self.turned(up)? - i64::from(self.zero.millideg()) * 1_000);
        let microdeg = match self.sense {
            Sense::Along => from_zero,
            Sense::Against => -from_zero,
        };
        Ok(Angle::clamped((microdeg + 999 * microdeg.signum()) / 1_000))
    }

    fn turned(self, up: Up) -> Result<i64, MountingError> {
        if up.is_askew(self.axis) {
            return Err(MountingError::Askew { axis: self.axis });
        }
        up.turned(self.axis).ok_or(MountingError::Askew { axis: self.axis })
    }
}

/// Two poses closer than this say nothing sure about a direction: 5 degrees.
const LEAST_TURN: i64 = HALF_TURN / 36;
/// A bed that was turned further than this head-down was not the one being measured: 90 degrees.
const MOST_TURN: i64 = HALF_TURN / 2;

fn nearest(microdeg: i64) -> i32 {
    let millideg = (microdeg + 500 * microdeg.signum()) / 1_000;
    i32::try_from(millideg).unwrap_or(if millideg < 0 { i32::MIN } else { i32::MAX })
}

/// Why a direction of up says nothing about the bed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MountingError {
    /// The sensor's axis that should lie along the table's points up or down.
    Askew {
        /// The axis.
        axis: Axis,
    },
    /// Level and head-down were too close together, or too far apart, to tell a direction.
    Turn {
        /// From level to head-down, as measured.
        millideg: i32,
    },
}

impl fmt::Display for MountingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Askew { axis } => write!(
                f,
                "axis {axis:?} of the sensor points more than {ASKEW_MAX_DEG} degrees out of level; \
                 it should lie along the table's axis: check that the sensor is still fixed as it \
                 was and that the right axis is written down"
            ),
            Self::Turn { millideg } => write!(
                f,
                "level and head-down measured {millideg} millidegrees apart; turn the bed between \
                 5 and 90 degrees head-down and measure again"
            ),
        }
    }
}

impl core::error::Error for MountingError {}
