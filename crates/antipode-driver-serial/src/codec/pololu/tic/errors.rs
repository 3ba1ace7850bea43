//! The reasons for which a Tic stops its motor, and what happened to its line.

use core::fmt;

/// One error; the number is its bit. Bits 0 to 8 stop the motor; those from 16 on only occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ErrorFlag {
    /// De-energized on command: the motor holds nothing.
    IntentionallyDeenergized = 0,
    /// The motor driver reports a fault.
    MotorDriver = 1,
    /// Motor supply too low.
    LowVin = 2,
    /// The kill switch is open.
    KillSwitch = 3,
    /// A needed input is invalid.
    RequiredInputInvalid = 4,
    /// A damaged or malformed command came.
    Serial = 5,
    /// No feeding command for the timeout.
    CommandTimeout = 6,
    /// Safe start keeps the motor from starting until a person says so.
    SafeStart = 7,
    /// The error line is held high from outside.
    ErrLineHigh = 8,
    /// A byte without stop bit.
    SerialFraming = 16,
    /// The UART lost a byte.
    SerialRxOverrun = 17,
    /// A malformed command.
    SerialFormat = 18,
    /// A command's check did not match.
    SerialCrc = 19,
    /// Encoder pulses were missed.
    EncoderSkip = 20,
}

impl ErrorFlag {
    /// Every error, in the order of bits.
    pub const ALL: [Self; 14] = [
        Self::IntentionallyDeenergized,
        Self::MotorDriver,
        Self::LowVin,
        Self::KillSwitch,
        Self::RequiredInputInvalid,
        Self::Serial,
        Self::CommandTimeout,
        Self::SafeStart,
        Self::ErrLineHigh,
        Self::SerialFraming,
        Self::SerialRxOverrun,
        Self::SerialFormat,
        Self::SerialCrc,
        Self::EncoderSkip,
    ];

    const fn bit(self) -> u32 {
        1 << self as u8
    }
}

impl fmt::Display for ErrorFlag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IntentionallyDeenergized => "de-energized on command",
            Self::MotorDriver => "motor driver fault",
            Self::LowVin => "motor supply too low",
            Self::KillSwitch => "kill switch",
            Self::RequiredInputInvalid => "input invalid",
            Self::Serial => "serial error",
            Self::CommandTimeout => "command timeout",
            Self::SafeStart => "safe start",
            Self::ErrLineHigh => "error line held high",
            Self::SerialFraming => "serial framing error",
            Self::SerialRxOverrun => "serial overrun",
            Self::SerialFormat => "malformed command",
            Self::SerialCrc => "serial check error",
            Self::EncoderSkip => "encoder pulses missed",
        })
    }
}

/// A set of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ErrorFlags(u32);

impl ErrorFlags {
    /// None.
    pub const NONE: Self = Self(0);
    /// Bits that have a meaning.
    const KNOWN: u32 = 0x001f_01ff;

    /// What stops the motor now, by its wire word. A bit without meaning may be a reason to stop, so
    /// it is kept and told ([`Self::unknown`]); what else the report says is true all the same.
    #[must_use]
    pub fn from_status(bits: u16) -> Self {
        Self(u32::from(bits))
    }

    /// What occurred since it was last forgotten, by its wire word.
    #[must_use]
    pub const fn from_occurred(bits: u32) -> Self {
        Self(bits)
    }

    /// The bits that have no meaning here.
    #[must_use]
    pub const fn unknown(self) -> u32 {
        self.0 & !Self::KNOWN
    }

    /// The wire bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The bits of the status word.
    #[must_use]
    pub const fn status_bits(self) -> u16 {
        (self.0 & 0xffff) as u16
    }

    /// Whether `flag` is in the set.
    #[must_use]
    pub const fn has(self, flag: ErrorFlag) -> bool {
        self.0 & flag.bit() != 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The errors in the order of bits.
    pub fn iter(self) -> impl Iterator<Item = ErrorFlag> {
        ErrorFlag::ALL.into_iter().filter(move |&flag| self.has(flag))
    }
}

impl fmt::Display for ErrorFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("no error");
        }
        let mut between = "";
        for flag in self.iter() {
            write!(f, "{between}{flag}")?;
            between = ", ";
        }
        Ok(())
    }
}
