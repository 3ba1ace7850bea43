//! What of an inclinometer can be believed.
//!
//! The frames have a weak check, so the values must vouch for each other (H-06, H-07): what is felt
//! is gravity, the sensor is where it was mounted, what it computed agrees with what it feels, and
//! the bed did not get there faster than any table turns.

use core::fmt;

use antipode_safety::angle::{DISAGREE_GAP_MILLIDEG, JUMP_RATE, SENSOR_MARGIN_MILLIDEG};
use antipode_safety::{Angle, Millis, Timestamp};

use super::MicroG;
use super::tilt::{Mounting, MountingError, Up};

/// What is felt may differ from gravity by this part in a hundred.
pub const GRAVITY_PERCENT: i32 = 10;
/// The earth's, in [`MicroG`].
const GRAVITY: i64 = 1_000_000;

/// What a sensor said about one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// What it feels.
    pub acceleration: [MicroG; 3],
    /// Where it has computed up to be.
    pub attitude: Up,
    /// When that arrived.
    pub at: Timestamp,
}

/// Why a sighting is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Implausible {
    /// What it feels is not gravity alone.
    Gravity {
        /// How much it feels.
        felt: MicroG,
    },
    /// The sensor is not where it was mounted.
    Mounting(MountingError),
    /// What it computed and what it feels contradict each other.
    Disagrees {
        /// The tilt as felt.
        felt: Angle,
        /// The tilt as computed.
        computed: Angle,
    },
    /// No table turns so fast.
    Jump {
        /// The tilt believed last.
        from: Angle,
        /// The tilt now.
        to: Angle,
        /// The time between.
        within: Millis,
    },
}

impl fmt::Display for Implausible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gravity { felt } => write!(
                f,
                "the sensor feels {} thousandths of gravity, believed are {} to {}",
                felt.get() / 1_000,
                (100 - GRAVITY_PERCENT) * 10,
                (100 + GRAVITY_PERCENT) * 10
            ),
            Self::Mounting(error) => error.fmt(f),
            Self::Disagrees { felt, computed } => {
                write!(f, "the sensor feels a tilt of {felt} and computes {computed}")
            }
            Self::Jump { from, to, within } => {
                write!(
                    f,
                    "the tilt went from {from} to {to} within {within}, faster than any table"
                )
            }
        }
    }
}

impl core::error::Error for Implausible {}

/// Turns what one mounted sensor says into tilts that can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inclinometer {
    mounting: Mounting,
    last: Option<(Angle, Timestamp)>,
}

impl Inclinometer {
    /// A sensor that has said nothing yet. A reopened port takes a new one.
    #[must_use]
    pub const fn new(mounting: Mounting) -> Self {
        Self { mounting, last: None }
    }

    /// The tilt of the bed as computed by the sensor, once all else vouches for it.
    ///
    /// # Errors
    /// Says why it is not believed; the tilt is then unknown, never the last one again.
    pub fn sight(&mut self, sighting: &Sighting) -> Result<Angle, Implausible> {
        let up = felt(sighting.acceleration)?;
        let felt = self.mounting.tilt(up).map_err(Implausible::Mounting)?;
        let computed = self.mounting.tilt(sighting.attitude).map_err(Implausible::Mounting)?;
        if round_gap(felt, computed) > DISAGREE_GAP_MILLIDEG {
            return Err(Implausible::Disagrees { felt, computed });
        }
        if let Some((from, at)) = self.last {
            let within = sighting.at.since(at);
            // The margin allows for noise and for an adapter that hands several frames over at once.
            let most = JUMP_RATE.travel(within).saturating_add(SENSOR_MARGIN_MILLIDEG);
            if i64::from(round_gap(from, computed)) > most {
                return Err(Implausible::Jump { from, to: computed, within });
            }
        }
        self.last = Some((computed, sighting.at));
        Ok(computed)
    }
}

/// Up as felt, where that is gravity and nothing else.
fn felt(acceleration: [MicroG; 3]) -> Result<Up, Implausible> {
    let square: i64 = acceleration.iter().map(|a| i64::from(a.get()) * i64::from(a.get())).sum();
    let length = square.isqrt();
    let most = GRAVITY / 100 * i64::from(GRAVITY_PERCENT);
    let gravity = (length - GRAVITY).abs() <= most;
    let up = Up::from_acceleration(acceleration).filter(|_| gravity);
    let length = i32::try_from(length).unwrap_or(i32::MAX);
    up.ok_or(Implausible::Gravity { felt: MicroG(length) })
}

/// Millidegrees between two angles, the shorter way round.
fn round_gap(one: Angle, other: Angle) -> u32 {
    let gap = one.distance(other);
    gap.min(360_000 - gap)
}
