//! What a WitMotion sensor is told: five bytes, `FF AA` register low high.
//!
//! To set one up: [`Command::Unlock`], then the rest within ten seconds, [`Command::Save`] last.
//! No answer comes; what arrives afterwards shows whether it was obeyed.

use core::fmt;

/// Length of a command.
pub const COMMAND_LEN: usize = 5;

/// How often the sensor speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutputRate {
    /// 10 times a second, as it comes from the maker.
    Hz10,
    /// 20 times.
    Hz20,
    /// 50 times.
    Hz50,
    /// 100 times.
    Hz100,
}

impl OutputRate {
    /// Every rate of use here, slowest first. Slower ones are staler than an angle may be (H-04).
    pub const ALL: [Self; 4] = [Self::Hz10, Self::Hz20, Self::Hz50, Self::Hz100];

    /// Times a second.
    #[must_use]
    pub const fn hz(self) -> u16 {
        match self {
            Self::Hz10 => 10,
            Self::Hz20 => 20,
            Self::Hz50 => 50,
            Self::Hz100 => 100,
        }
    }

    const fn byte(self) -> u8 {
        match self {
            Self::Hz10 => 0x06,
            Self::Hz20 => 0x07,
            Self::Hz50 => 0x08,
            Self::Hz100 => 0x09,
        }
    }
}

/// Which frames the sensor sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Content(u16);

impl Content {
    /// Acceleration (51).
    pub const ACCELERATION: Self = Self(1 << 1);
    /// Rate of turn (52).
    pub const RATE: Self = Self(1 << 2);
    /// Angles (53).
    pub const ANGLES: Self = Self(1 << 3);
    /// Quaternion (59).
    pub const QUATERNION: Self = Self(1 << 9);
    /// The two that a tilt can be believed of.
    pub const TILT: Self = Self::ACCELERATION.and(Self::ANGLES);
    /// All four.
    pub const ALL: Self = Self::TILT.and(Self::RATE).and(Self::QUATERNION);

    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether every frame of `other` is among these.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Frames in each round.
    #[must_use]
    pub const fn frames(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether a line of `baud` bits a second carries these frames at `rate` with a fifth to spare.
    /// A sensor that must say more than its line carries leaves frames out or sends them late. As
    /// they come from the maker (9,600 baud) they cannot say all four even 20 times a second.
    #[must_use]
    pub fn fits(self, rate: OutputRate, baud: u32) -> bool {
        // A start bit, eight of data, a stop bit.
        let bits = 10 * u64::from(self.frames()) * super::FRAME_LEN as u64;
        bits * u64::from(rate.hz()) * 5 <= u64::from(baud) * 4
    }
}

/// One command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Takes the others for ten seconds.
    Unlock,
    /// How often it speaks.
    Rate(OutputRate),
    /// What it says.
    Content(Content),
    /// Keeps this over a loss of power.
    Save,
}

impl Command {
    /// The command as bytes.
    #[must_use]
    pub const fn encode(self) -> [u8; COMMAND_LEN] {
        let (register, value) = match self {
            Self::Save => (0x00, 0),
            Self::Content(content) => (0x02, content.0),
            Self::Rate(rate) => (0x03, rate.byte() as u16),
            Self::Unlock => (0x69, 0xb588),
        };
        let [low, high] = value.to_le_bytes();
        [0xff, 0xaa, register, low, high]
    }

    /// Reads a command, for a stand-in of the sensor. Everything that this crate never sends is
    /// refused: calibration and the factory's settings among it.
    ///
    /// # Errors
    /// Says what was seen.
    pub fn decode(bytes: &[u8]) -> Result<Self, CommandError> {
        let &[0xff, 0xaa, register, low, high] = bytes else {
            return Err(CommandError::NoCommand);
        };
        let value = u16::from_le_bytes([low, high]);
        let unknown = CommandError::Unknown { register, value };
        match (register, value) {
            (0x00, 0) => Ok(Self::Save),
            (0x02, 0) => Err(unknown),
            (0x02, bits) if Content::ALL.has(Content(bits)) => Ok(Self::Content(Content(bits))),
            (0x03, code) => {
                let rate = OutputRate::ALL.into_iter().find(|rate| u16::from(rate.byte()) == code);
                rate.map(Self::Rate).ok_or(unknown)
            }
            (0x69, 0xb588) => Ok(Self::Unlock),
            (_, _) => Err(unknown),
        }
    }
}

/// Why bytes are no command of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CommandError {
    /// Not `FF AA` and three bytes.
    NoCommand,
    /// A register or value that is never sent from here.
    Unknown {
        /// Which register.
        register: u8,
        /// What was to be written to it.
        value: u16,
    },
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCommand => write!(f, "no command of five bytes that begins with FF AA"),
            Self::Unknown { register, value } => {
                write!(f, "unknown value 0x{value:04x} for register 0x{register:02x}")
            }
        }
    }
}

impl core::error::Error for CommandError {}
