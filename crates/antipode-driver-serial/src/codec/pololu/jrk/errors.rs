//! The reasons for which a Jrk stops its motor.

use core::fmt;

use super::AnswerError;

/// One reason; the number is its bit.
///
/// Bits 0 to 3 are always enabled. The others do nothing until they are switched on, over USB.
/// "Latching" below: once enabled, it stops the motor until it is forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ErrorFlag {
    /// No target since the start, or since a stop.
    AwaitingCommand = 0,
    /// Motor supply too low.
    NoPower = 1,
    /// The motor driver reports a fault.
    MotorDriver = 2,
    /// The RC or analog input is invalid.
    InputInvalid = 3,
    /// The analog input left its range.
    InputDisconnect = 4,
    /// The feedback left its range: a torn potentiometer wire.
    FeedbackDisconnect = 5,
    /// Current over the soft limit.
    SoftOvercurrent = 6,
    /// A byte without stop bit. Latching.
    SerialSignal = 7,
    /// The UART lost a byte. Latching by the vendor's screen, not by its diagnosis: read the setting.
    SerialOverrun = 8,
    /// The receive buffer is full. Latching.
    SerialBufferFull = 9,
    /// A command's check did not match; the command was ignored. Latching.
    SerialCrc = 10,
    /// A malformed or unknown command. Latching.
    SerialProtocol = 11,
    /// No feeding command for the timeout. Latching.
    SerialTimeout = 12,
    /// Hard current limiting for too long.
    HardOvercurrent = 13,
}

impl ErrorFlag {
    /// Every reason, in the order of bits.
    pub const ALL: [Self; 14] = [
        Self::AwaitingCommand,
        Self::NoPower,
        Self::MotorDriver,
        Self::InputInvalid,
        Self::InputDisconnect,
        Self::FeedbackDisconnect,
        Self::SoftOvercurrent,
        Self::SerialSignal,
        Self::SerialOverrun,
        Self::SerialBufferFull,
        Self::SerialCrc,
        Self::SerialProtocol,
        Self::SerialTimeout,
        Self::HardOvercurrent,
    ];

    const fn bit(self) -> u16 {
        1 << self as u8
    }
}

impl fmt::Display for ErrorFlag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AwaitingCommand => "awaiting command",
            Self::NoPower => "no motor power",
            Self::MotorDriver => "motor driver fault",
            Self::InputInvalid => "input invalid",
            Self::InputDisconnect => "input disconnected",
            Self::FeedbackDisconnect => "feedback disconnected",
            Self::SoftOvercurrent => "current over the soft limit",
            Self::SerialSignal => "serial signal error",
            Self::SerialOverrun => "serial overrun",
            Self::SerialBufferFull => "serial buffer full",
            Self::SerialCrc => "serial check error",
            Self::SerialProtocol => "serial protocol error",
            Self::SerialTimeout => "serial timeout",
            Self::HardOvercurrent => "current over the hard limit",
        })
    }
}

/// A set of reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ErrorFlags(u16);

impl ErrorFlags {
    /// None.
    pub const NONE: Self = Self(0);
    /// Bits 0 to 3, which no setting switches off.
    pub const ALWAYS_ENABLED: Self = Self(0x000f);
    /// Bits 4 to 13: what a table wants switched on (hardware notes of the project).
    pub const OPTIONAL: Self = Self(0x3ff0);
    /// Every bit that has a meaning.
    const KNOWN: u16 = 0x3fff;

    /// The set with the wire bits `bits`. A bit without meaning may be a reason to stop, so it is
    /// kept and told ([`Self::unknown`]); what else the report says is true all the same.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// The same for settings, which are ours to understand whole.
    ///
    /// # Errors
    /// A bit without meaning is set.
    pub const fn of_settings(of: &'static str, bits: u16) -> Result<Self, AnswerError> {
        match bits & !Self::KNOWN {
            0 => Ok(Self(bits)),
            unknown => Err(AnswerError::UnknownBits { of, bits: unknown as u32 }),
        }
    }

    /// The bits that have no meaning here.
    #[must_use]
    pub const fn unknown(self) -> u16 {
        self.0 & !Self::KNOWN
    }

    /// The wire bits.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether `flag` is in the set.
    #[must_use]
    pub const fn has(self, flag: ErrorFlag) -> bool {
        self.0 & flag.bit() != 0
    }

    /// This set and `flag`.
    #[must_use]
    pub const fn with(self, flag: ErrorFlag) -> Self {
        Self(self.0 | flag.bit())
    }

    /// The reasons here that are not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The reasons in the order of bits.
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
