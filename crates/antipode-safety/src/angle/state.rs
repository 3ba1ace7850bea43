//! What can be believed of the angle, and why a reading was not.

use core::fmt;

use super::DISAGREE_GAP_MILLIDEG;
use crate::units::{Angle, Millis, Timestamp};

/// What can be believed of the angle right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AngleState {
    /// No good angle has come since the link opened.
    Never,
    /// Fresh, and every source that there is agrees.
    Good {
        /// The angle; of two sources the more head-down one.
        tilt: Angle,
        /// Age of the older source.
        age: Millis,
    },
    /// Fresh, but the sources are more than 3 degrees apart, or more than 5 for less than 300 ms.
    Warn {
        /// The more head-down of the two.
        larger: Angle,
        /// Distance in millidegrees.
        gap: u32,
    },
    /// The sources have been more than 5 degrees apart for 300 ms.
    Disagrees {
        /// The more head-down of the two.
        larger: Angle,
        /// Distance in millidegrees.
        gap: u32,
        /// Both say head-down, or both say level or up: the direction home is known.
        same_side: bool,
    },
    /// The drive's angle is good; the second source was there and is not usable now.
    FirstOnly {
        /// The drive's angle.
        tilt: Angle,
        /// Its age.
        age: Millis,
        /// What is wrong with the second.
        second: SourceFault,
    },
    /// Only the second source is good.
    SecondOnly {
        /// The second source's angle.
        tilt: Angle,
        /// Its age.
        age: Millis,
        /// What is wrong with the drive's.
        first: SourceFault,
    },
    /// The newest good angle is older than the lease.
    Stale {
        /// The last good angle.
        tilt: Angle,
        /// Its age.
        age: Millis,
    },
    /// Impossible values keep coming.
    Garbage,
    /// The bed is driven and the angle stands still.
    Flat {
        /// Where it stands.
        tilt: Angle,
    },
    /// The table itself says that it does not know, or the stamp lies in the future.
    Invalid,
}

impl AngleState {
    /// The angle, where it is fresh and no source contradicts it: what lowering needs (I5).
    #[must_use]
    pub const fn agreed(&self) -> Option<Angle> {
        match *self {
            Self::Good { tilt, .. } => Some(tilt),
            Self::Warn { larger, gap } => {
                if gap <= DISAGREE_GAP_MILLIDEG {
                    Some(larger)
                } else {
                    None
                }
            }
            Self::Disagrees { .. }
            | Self::FirstOnly { .. }
            | Self::SecondOnly { .. }
            | Self::Never
            | Self::Stale { .. }
            | Self::Garbage
            | Self::Flat { .. }
            | Self::Invalid => None,
        }
    }

    /// The angle to steer by on the way home at full rate: agreed, or the drive's own alone.
    #[must_use]
    pub const fn steerable(&self) -> Option<Angle> {
        match *self {
            Self::FirstOnly { tilt, .. } => Some(tilt),
            Self::Good { .. } | Self::Warn { .. } => self.agreed(),
            Self::Disagrees { .. }
            | Self::SecondOnly { .. }
            | Self::Never
            | Self::Stale { .. }
            | Self::Garbage
            | Self::Flat { .. }
            | Self::Invalid => None,
        }
    }
}

impl fmt::Display for AngleState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Never => f.write_str("no angle has come yet"),
            Self::Good { tilt, age } => write!(f, "{tilt}, {age} old"),
            Self::Warn { larger, gap } => {
                write!(f, "{larger} by one angle sensor, {} apart", Apart(gap))
            }
            Self::Disagrees { larger, gap, .. } => {
                write!(f, "the angle sensors are {} apart, the deeper says {larger}", Apart(gap))
            }
            Self::FirstOnly { tilt, second, .. } => {
                write!(f, "{tilt} by the drive alone, the second angle sensor {second}")
            }
            Self::SecondOnly { tilt, first, .. } => {
                write!(f, "{tilt} by the second angle sensor alone, the drive's {first}")
            }
            Self::Stale { tilt, age } => write!(f, "{tilt} was the last angle, {age} ago"),
            Self::Garbage => f.write_str("the angle sensor sends impossible values"),
            Self::Flat { tilt } => {
                write!(f, "the angle stands at {tilt} although the bed is driven")
            }
            Self::Invalid => f.write_str("the table does not know its angle"),
        }
    }
}

/// A distance between two angles, worded as an angle.
struct Apart(u32);

impl fmt::Display for Apart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Angle::clamped(i64::from(self.0)).fmt(f)
    }
}

/// What is wrong with one source of the angle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceFault {
    /// It has never given a good angle.
    Absent,
    /// It says itself that it does not know, or its stamp lies in the future.
    Invalid,
    /// Its last good angle is older than the lease.
    Stale,
    /// It sends impossible values.
    Garbage,
    /// It stands still although the bed is driven.
    Flat,
}

impl fmt::Display for SourceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "has never answered",
            Self::Invalid => "gives no angle",
            Self::Stale => "is silent",
            Self::Garbage => "sends impossible values",
            Self::Flat => "stands still although the bed is driven",
        })
    }
}

/// Why a reading, or one angle of it, was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reject {
    /// Its stamp lies in the future.
    Future {
        /// The stamp.
        at: Timestamp,
    },
    /// Its sequence number does not rise: a repeat or an old one. Dropped without effect, so that
    /// doubled frames do no more harm than lost ones.
    NotNewer {
        /// Its number.
        seq: u32,
        /// The newest number so far.
        newest: u32,
    },
    /// Beyond 95 degrees either way.
    OutOfRange {
        /// The angle.
        tilt: Angle,
    },
    /// Faster than 12 degrees a second from the last good one.
    Jump {
        /// The last good angle.
        from: Angle,
        /// The angle.
        to: Angle,
        /// Time in between.
        within: Millis,
    },
}
