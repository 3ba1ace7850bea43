//! WitMotion inclinometers on a serial line: frames of 11 bytes, little-endian.
//!
//! ```text
//!   55 | type | i16 | i16 | i16 | i16 | sum of the ten bytes before, modulo 256
//! ```
//! | type | | unit |
//! |-|-|-|
//! | 51 | acceleration x y z, temperature | 16 g / 32768, 1/100 degree Celsius |
//! | 52 | rate of turn x y z, nothing sure | 2,000 degrees a second / 32768 |
//! | 53 | roll about X, pitch about Y, yaw about Z, version | 180 degrees / 32768 |
//! | 59 | quaternion w x y z | 1 / 32768 |
//!
//! Source: the maker's protocol pages and C kit. Roll goes round to 180 degrees, pitch only to 90.

use antipode_safety::{Millis, Timestamp};

use super::plausible::Sighting;
use super::stream::{After, Finder, FixedFrame, FrameError, sum};
use super::tilt::Up;
use super::{MicroG, SensorAngle, SensorRate, field, scaled};

mod command;

pub use command::{COMMAND_LEN, Command, CommandError, Content, OutputRate};

/// Length of a frame.
pub const FRAME_LEN: usize = 11;
/// The byte that begins a frame.
const SYNC: u8 = 0x55;
/// Every type that the maker gives frames.
const TYPES: core::ops::RangeInclusive<u8> = 0x50..=0x5f;

/// Finds frames in the bytes of a port.
pub type Decoder = Finder<Frame>;

/// One frame of the kinds that are of use here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// What the accelerometer feels, gravity included.
    Acceleration {
        /// Along X, Y and Z.
        axes: [MicroG; 3],
        /// Temperature of the sensor, hundredths of a degree Celsius.
        temperature: i16,
    },
    /// How fast the sensor turns.
    Rate {
        /// About X, Y and Z.
        axes: [SensorRate; 3],
        /// Temperature on some models, voltage or nothing on others; not to be used.
        other: i16,
    },
    /// How the sensor is turned.
    Angles {
        /// About X; goes all the way round.
        roll: SensorAngle,
        /// About Y; ends at 90 degrees and comes back.
        pitch: SensorAngle,
        /// About Z.
        yaw: SensorAngle,
        /// Version of its firmware; on some models of no meaning.
        version: u16,
    },
    /// How the sensor is turned: w, x, y, z in units of 1/32768.
    Quaternion([i16; 4]),
}

impl Frame {
    /// The frame as bytes. Numbers are rounded to the nearest that the frame can say.
    #[must_use]
    pub fn encode(&self) -> [u8; FRAME_LEN] {
        let (kind, [a, b, c, d]) = match *self {
            Self::Acceleration { axes, temperature } => {
                let [x, y, z] = axes.map(|axis| field(scaled(axis.get(), 32, 15_625)));
                (0x51, [x, y, z, temperature])
            }
            Self::Rate { axes, other } => {
                let [x, y, z] = axes.map(|axis| field(scaled(axis.millideg_per_s(), 256, 15_625)));
                (0x52, [x, y, z, other])
            }
            Self::Angles { roll, pitch, yaw, version } => {
                let [roll, pitch, yaw] =
                    [roll, pitch, yaw].map(|angle| field(scaled(angle.millideg(), 1_024, 5_625)));
                (0x53, [roll, pitch, yaw, version.cast_signed()])
            }
            Self::Quaternion(parts) => (0x59, parts),
        };
        let [[a, b], [c, d], [e, f], [g, h]] = [a, b, c, d].map(i16::to_le_bytes);
        let mut bytes = [SYNC, kind, a, b, c, d, e, f, g, h, 0];
        bytes[FRAME_LEN - 1] = sum(&bytes[..FRAME_LEN - 1]);
        bytes
    }

    /// Reads one frame.
    ///
    /// # Errors
    /// Says why the bytes are no frame of use.
    pub fn decode(bytes: &[u8]) -> Result<Self, FrameError> {
        let Ok(&[sync, kind, a, b, c, d, e, f, g, h, check]) = <&[u8; FRAME_LEN]>::try_from(bytes)
        else {
            return Err(FrameError::Header);
        };
        if sync != SYNC || !TYPES.contains(&kind) {
            return Err(FrameError::Header);
        }
        if sum(&[sync, kind, a, b, c, d, e, f, g, h]) != check {
            return Err(FrameError::Check);
        }
        let fields = [[a, b], [c, d], [e, f], [g, h]].map(i16::from_le_bytes);
        let [x, y, z, last] = fields;
        match kind {
            0x51 => Ok(Self::Acceleration {
                axes: [x, y, z].map(|raw| MicroG(scaled(raw.into(), 15_625, 32))),
                temperature: last,
            }),
            0x52 => Ok(Self::Rate {
                axes: [x, y, z].map(|raw| SensorRate(scaled(raw.into(), 15_625, 256))),
                other: last,
            }),
            0x53 => {
                let [roll, pitch, yaw] =
                    [x, y, z].map(|raw| SensorAngle(scaled(raw.into(), 5_625, 1_024)));
                Ok(Self::Angles { roll, pitch, yaw, version: last.cast_unsigned() })
            }
            0x59 => Ok(Self::Quaternion(fields)),
            _ => Err(FrameError::Unused),
        }
    }
}

impl FixedFrame for Frame {
    const LEN: usize = FRAME_LEN;
    const SYNC: u8 = SYNC;

    fn begins(bytes: &[u8]) -> bool {
        bytes.first() == Some(&SYNC) && bytes.get(1).is_none_or(|kind| TYPES.contains(kind))
    }

    fn parse(bytes: &[u8]) -> Result<Self, FrameError> {
        Self::decode(bytes)
    }

    fn found(_: &[u8], after: &[u8]) -> After {
        match *after {
            [] | [SYNC] => After::More,
            [SYNC, kind, ..] if TYPES.contains(&kind) => After::Confirms,
            [_, ..] => After::Denies,
        }
    }

    fn doubted(_: &[u8], after: &[u8]) -> After {
        match *after {
            [] => After::More,
            // The last byte begins the next frame: a byte of this one was lost. Or a byte of the
            // next one was, which its neighbour then stands in for. One frame is lost either way.
            [kind, ..] if TYPES.contains(&kind) && kind != SYNC => After::Denies,
            [_, ..] => After::Confirms,
        }
    }
}

/// An acceleration and angles further apart than this are not of one moment.
const ONE_MOMENT: Millis = Millis::new(100);

/// Puts an acceleration and the angles after it together, since only both can be believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pairing {
    acceleration: Option<([MicroG; 3], Timestamp)>,
    /// Angles without an acceleration of the same moment; holds at its largest. The sensor's
    /// content does not contain both, or frames are lost.
    pub alone: u32,
}

impl Pairing {
    /// Takes a frame that arrived at `at`. Each acceleration serves once.
    pub fn take(&mut self, frame: &Frame, at: Timestamp) -> Option<Sighting> {
        match *frame {
            Frame::Acceleration { axes, .. } => {
                self.acceleration = Some((axes, at));
                None
            }
            Frame::Angles { roll, pitch, .. } => {
                let attitude = Up::from_roll_about_x(roll, pitch);
                match self.acceleration.take() {
                    Some((acceleration, felt)) if at.since(felt) <= ONE_MOMENT => {
                        Some(Sighting { acceleration, attitude, at })
                    }
                    Some(_) | None => {
                        self.alone = self.alone.saturating_add(1);
                        None
                    }
                }
            }
            Frame::Rate { .. } | Frame::Quaternion(_) => None,
        }
    }
}
