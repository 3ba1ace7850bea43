//! What every answer has in common: a length that was asked for, and no check.

use core::fmt;

use antipode_safety::Millis;

/// Why bytes are no answer to what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerError {
    /// Another number of bytes than was asked for.
    Length {
        /// Bytes asked for.
        expected: usize,
        /// Bytes that came.
        seen: usize,
    },
    /// The check does not match.
    Crc {
        /// What the bytes give.
        expected: u8,
        /// What was sent.
        seen: u8,
    },
    /// Bits that have no meaning are set: another firmware, or a damaged answer.
    UnknownBits {
        /// Of what.
        of: &'static str,
        /// Those bits.
        bits: u32,
    },
    /// A number outside its range: another firmware, or a damaged answer.
    OutOfRange {
        /// Of what.
        of: &'static str,
        /// That number.
        value: i64,
    },
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { expected, seen } => {
                write!(f, "answer of {seen} bytes where {expected} were asked for")
            }
            Self::Crc { expected, seen } => {
                write!(f, "answer with check 0x{seen:02x} where its bytes give 0x{expected:02x}")
            }
            Self::UnknownBits { of, bits } => write!(f, "unknown bits 0x{bits:x} in the {of}"),
            Self::OutOfRange { of, value } => write!(f, "impossible value {value} of the {of}"),
        }
    }
}

impl core::error::Error for AnswerError {}

/// The bytes of an answer of exactly `N`.
pub(super) fn exactly<const N: usize>(answer: &[u8]) -> Result<[u8; N], AnswerError> {
    answer.try_into().map_err(|_| AnswerError::Length { expected: N, seen: answer.len() })
}

/// When the device stops by itself because no command came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HostTimeout {
    /// Never. A table must not be armed over such a device.
    Off,
    /// After this long.
    After(Millis),
}

/// Two readings of what cannot have changed between them are not the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadsDiffer;

impl fmt::Display for ReadsDiffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "two readings of the same setting differ")
    }
}

impl core::error::Error for ReadsDiffer {}

/// The value that two readings agree on. Answers carry no check, so that a setting counts only when
/// it was read twice, with the line drained between.
///
/// # Errors
/// The readings differ: neither counts.
pub fn same_twice<T: PartialEq>(first: T, second: T) -> Result<T, ReadsDiffer> {
    if first == second { Ok(first) } else { Err(ReadsDiffer) }
}

/// Why the device last started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Reset {
    /// Power came.
    PowerUp = 0,
    /// The supply sagged.
    Brownout = 1,
    /// The reset line was pulled.
    ResetLine = 2,
    /// Its own watchdog fired.
    Watchdog = 4,
    /// By software.
    Software = 8,
    /// Its stack overflowed.
    StackOverflow = 16,
    /// Its stack underflowed.
    StackUnderflow = 32,
}

impl Reset {
    /// Every cause.
    pub const ALL: [Self; 7] = [
        Self::PowerUp,
        Self::Brownout,
        Self::ResetLine,
        Self::Watchdog,
        Self::Software,
        Self::StackOverflow,
        Self::StackUnderflow,
    ];

    /// The cause of the wire byte `byte`.
    ///
    /// # Errors
    /// No such cause.
    pub fn from_byte(byte: u8) -> Result<Self, AnswerError> {
        let unknown = AnswerError::OutOfRange { of: "cause of reset", value: i64::from(byte) };
        Self::ALL.into_iter().find(|&reset| reset as u8 == byte).ok_or(unknown)
    }
}
