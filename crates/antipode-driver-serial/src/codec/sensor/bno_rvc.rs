//! BNO080, BNO085 and BNO086 in UART-RVC mode: 115200 baud, 100 frames a second of 19 bytes.
//!
//! ```text
//!   AA AA | index u8 | yaw | pitch | roll | x | y | z i16 LE | 3 reserved | sum of index to reserved
//!                      1/100 degree         1/1000 g
//! ```
//! The sensor listens to nothing in this mode; pins choose it.
//!
//! # Axes
//! The datasheet says in words that roll turns about X and pitch about Y. Its own example says
//! otherwise: roll 20.85, pitch -1.10 with x -371, y -20, z 977 is within a thousandth of g what
//! pitch about X and then roll about Y gives; the words would need x 20, y 372. The example decides
//! here. Should a chip follow the words, its angles contradict its acceleration and no tilt is
//! believed ([`super::plausible`]).

use antipode_safety::Timestamp;

use super::plausible::Sighting;
use super::stream::{After, Finder, FixedFrame, FrameError, sum};
use super::tilt::Up;
use super::{MicroG, SensorAngle, field, scaled};

/// Length of a frame.
pub const FRAME_LEN: usize = 19;
/// The byte that a frame begins with, twice.
const SYNC: u8 = 0xaa;
/// Pitch ends here and comes back.
const PITCH_MAX_MILLIDEG: i32 = 90_000;

/// Finds frames in the bytes of a port.
pub type Decoder = Finder<Frame>;

/// One frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Rises by one with every frame; wraps.
    pub index: u8,
    /// About Z since the start.
    pub yaw: SensorAngle,
    /// About X; ends at 90 degrees and comes back. One beyond is a frame that is not read back.
    pub pitch: SensorAngle,
    /// About Y; goes all the way round.
    pub roll: SensorAngle,
    /// What the accelerometer feels along X, Y and Z, gravity included.
    pub acceleration: [MicroG; 3],
    /// Zero on the BNO080; without meaning here.
    pub reserved: [u8; 3],
}

impl Frame {
    /// The frame as bytes. Numbers are rounded to the nearest that the frame can say.
    #[must_use]
    pub fn encode(&self) -> [u8; FRAME_LEN] {
        let mut bytes = [0; FRAME_LEN];
        let angles = [self.yaw, self.pitch, self.roll].map(|a| field(scaled(a.millideg(), 1, 10)));
        let felt = self.acceleration.map(|axis| field(scaled(axis.get(), 1, 1_000)));
        bytes[..3].copy_from_slice(&[SYNC, SYNC, self.index]);
        let (fields, rest) = bytes[3..].split_at_mut(12);
        for (field, value) in fields.chunks_exact_mut(2).zip(angles.into_iter().chain(felt)) {
            field.copy_from_slice(&value.to_le_bytes());
        }
        rest[..3].copy_from_slice(&self.reserved);
        bytes[FRAME_LEN - 1] = sum(&bytes[2..FRAME_LEN - 1]);
        bytes
    }

    /// Reads one frame.
    ///
    /// # Errors
    /// Says why the bytes are no frame.
    pub fn decode(bytes: &[u8]) -> Result<Self, FrameError> {
        let bytes = <&[u8; FRAME_LEN]>::try_from(bytes).map_err(|_| FrameError::Header)?;
        let &[SYNC, SYNC, index, y0, y1, p0, p1, r0, r1, a0, a1, b0, b1, c0, c1, res @ .., check] =
            bytes
        else {
            return Err(FrameError::Header);
        };
        if sum(&bytes[2..FRAME_LEN - 1]) != check {
            return Err(FrameError::Check);
        }
        let angle = |raw: [u8; 2]| {
            SensorAngle::from_millideg(i32::from(i16::from_le_bytes(raw)) * 10)
                .ok_or(FrameError::Range)
        };
        let pitch = angle([p0, p1])?;
        if pitch.millideg().abs() > PITCH_MAX_MILLIDEG {
            return Err(FrameError::Range);
        }
        Ok(Self {
            index,
            yaw: angle([y0, y1])?,
            pitch,
            roll: angle([r0, r1])?,
            acceleration: [[a0, a1], [b0, b1], [c0, c1]]
                .map(|raw| MicroG(i32::from(i16::from_le_bytes(raw)) * 1_000)),
            reserved: res,
        })
    }

    /// What the frame says about where up is.
    #[must_use]
    pub fn sighting(&self, at: Timestamp) -> Sighting {
        let attitude = Up::from_roll_about_y(self.roll, self.pitch);
        Sighting { acceleration: self.acceleration, attitude, at }
    }
}

impl FixedFrame for Frame {
    const LEN: usize = FRAME_LEN;
    const SYNC: u8 = SYNC;

    fn begins(bytes: &[u8]) -> bool {
        bytes.iter().take(2).all(|byte| *byte == SYNC)
    }

    fn parse(bytes: &[u8]) -> Result<Self, FrameError> {
        Self::decode(bytes)
    }

    fn found(frame: &[u8], after: &[u8]) -> After {
        match *after {
            [] | [SYNC] | [SYNC, SYNC] => After::More,
            [SYNC, SYNC, index, ..] if index == next_index(frame) => After::Confirms,
            [_, ..] => After::Denies,
        }
    }

    fn doubted(frame: &[u8], after: &[u8]) -> After {
        let next = next_index(frame);
        match *after {
            [] | [SYNC] => After::More,
            // Two headers are possible only where the next index looks like one more byte of it.
            [SYNC, SYNC] if next == SYNC => After::More,
            [SYNC, SYNC, index, ..] if next == SYNC && index != SYNC => After::Denies,
            [SYNC, SYNC, ..] => After::Confirms,
            // The last byte begins the next frame: a byte of this one was lost.
            [SYNC, ..] => After::Denies,
            [_, ..] => After::Confirms,
        }
    }
}

fn next_index(frame: &[u8]) -> u8 {
    frame.get(2).map_or(0, |index| index.wrapping_add(1))
}

/// What an index says about the frames before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The first one, or the one that should come.
    Next,
    /// So many are missing, or 256 more for each turn of the index.
    Missed(u8),
    /// The same once more: a sensor or adapter that repeats itself.
    Repeated,
}

/// Counts frames that were sent and never came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IndexWatch {
    last: Option<u8>,
    /// How many are missing; holds at its largest.
    pub missed: u32,
    /// How many came twice; holds at its largest.
    pub repeated: u32,
}

impl IndexWatch {
    /// Takes the index of the newest frame.
    pub fn take(&mut self, index: u8) -> Step {
        let step = self.last.map_or(1, |last| index.wrapping_sub(last));
        self.last = Some(index);
        match step {
            0 => {
                self.repeated = self.repeated.saturating_add(1);
                Step::Repeated
            }
            1 => Step::Next,
            2.. => {
                self.missed = self.missed.saturating_add(u32::from(step - 1));
                Step::Missed(step - 1)
            }
        }
    }
}
