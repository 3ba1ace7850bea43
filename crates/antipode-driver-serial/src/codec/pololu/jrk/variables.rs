//! What a Jrk measures and does, as it answers.
//!
//! All numbers are little-endian and unchecked on the wire; one out of range is refused, one within
//! it is still only a rumour. The variables of one block are read at one moment (`JrkG2.h`).

use antipode_safety::Millis;

use super::{AnswerError, Counts, Duty, ErrorFlags, Target};
use crate::codec::pololu::answer::{Reset, exactly};

/// One variable, read by a one-byte command that changes nothing on the device. The two error words
/// are not here: their one-byte commands clear what they read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Variable {
    /// Raw input; in serial mode the target.
    Input = 0xa1,
    /// Where the device holds.
    Target = 0xa3,
    /// Raw feedback.
    Feedback = 0xa5,
    /// Feedback over the configured range.
    ScaledFeedback = 0xa7,
    /// The integral of the control loop.
    Integral = 0xa9,
    /// The duty that the loop asks for; may lie beyond full speed.
    DutyTarget = 0xab,
    /// The duty at which the motor is driven.
    Duty = 0xad,
    /// How many PID periods have passed; wraps.
    PidPeriods = 0xb1,
    /// Motor supply.
    Supply = 0xb8,
    /// Motor current.
    Current = 0xba,
}

impl Variable {
    /// Every variable.
    pub const ALL: [Self; 10] = [
        Self::Input,
        Self::Target,
        Self::Feedback,
        Self::ScaledFeedback,
        Self::Integral,
        Self::DutyTarget,
        Self::Duty,
        Self::PidPeriods,
        Self::Supply,
        Self::Current,
    ];
    /// Bytes of each answer.
    pub const LEN: usize = 2;

    /// The variable of a one-byte command.
    #[must_use]
    pub fn from_command(command: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|&variable| variable as u8 == command)
    }

    /// The variable's value in `answer`.
    ///
    /// # Errors
    /// Not two bytes, or a value that the variable cannot have.
    pub fn parse(self, answer: &[u8]) -> Result<Value, AnswerError> {
        let bytes = exactly::<{ Self::LEN }>(answer)?;
        let (word, signed) = (u16::from_le_bytes(bytes), i16::from_le_bytes(bytes));
        Ok(match self {
            Self::Input => Value::Input(Counts::parse("input", word)?),
            Self::Target => Value::Target(Target::parse("target", word)?),
            Self::Feedback => Value::Feedback(Counts::parse("feedback", word)?),
            Self::ScaledFeedback => Value::ScaledFeedback(Counts::parse("scaled feedback", word)?),
            Self::Integral => Value::Integral(signed),
            Self::DutyTarget => Value::DutyTarget(signed),
            Self::Duty => Value::Duty(Duty::parse("duty cycle", signed)?),
            Self::PidPeriods => Value::PidPeriods(word),
            Self::Supply => Value::SupplyMv(word),
            Self::Current => Value::CurrentMa(word),
        })
    }
}

/// The value of a [`Variable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Raw input.
    Input(Counts),
    /// Where the device holds.
    Target(Target),
    /// Raw feedback.
    Feedback(Counts),
    /// Feedback over the configured range.
    ScaledFeedback(Counts),
    /// The integral of the control loop.
    Integral(i16),
    /// The duty that the loop asks for, six hundredths of full speed, not limited to it.
    DutyTarget(i16),
    /// The duty at which the motor is driven.
    Duty(Duty),
    /// PID periods passed.
    PidPeriods(u16),
    /// Motor supply in millivolts.
    SupplyMv(u16),
    /// Motor current in milliamperes.
    CurrentMa(u16),
}

impl Value {
    /// The answer that says this.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 2] {
        match self {
            Self::Input(counts) | Self::Feedback(counts) | Self::ScaledFeedback(counts) => {
                counts.get().to_le_bytes()
            }
            Self::Target(target) => target.counts().to_le_bytes(),
            Self::Integral(value) | Self::DutyTarget(value) => value.to_le_bytes(),
            Self::Duty(duty) => duty.get().to_le_bytes(),
            Self::PidPeriods(word) | Self::SupplyMv(word) | Self::CurrentMa(word) => {
                word.to_le_bytes()
            }
        }
    }
}

/// Where the device is, where it was sent and how it drives: variables 0x00 to 0x0E.
///
/// `target` is the only sign that a command arrived: compare it with the one sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Motion {
    /// Raw input; in serial mode the target.
    pub input: Counts,
    /// Where the device holds.
    pub target: Target,
    /// Raw feedback.
    pub feedback: Counts,
    /// Feedback over the configured range.
    pub scaled_feedback: Counts,
    /// The integral of the control loop.
    pub integral: i16,
    /// The duty that the loop asks for, six hundredths of full speed, not limited to it.
    pub duty_target: i16,
    /// The duty at which the motor is driven.
    pub duty: Duty,
    /// Motor current in units of 256 mA.
    pub current_coarse: u8,
}

impl Motion {
    /// Offset of the first variable.
    pub const OFFSET: u8 = 0x00;
    /// Bytes of the answer: the longest that a Jrk gives.
    pub const LEN: usize = 15;

    /// Reads the answer to [`super::Read::Motion`].
    ///
    /// # Errors
    /// Not [`Self::LEN`] bytes, or a value that a variable cannot have.
    pub fn parse(answer: &[u8]) -> Result<Self, AnswerError> {
        let [i0, i1, t0, t1, f0, f1, s0, s1, e0, e1, u0, u1, d0, d1, current_coarse] =
            exactly::<{ Self::LEN }>(answer)?;
        Ok(Self {
            input: Counts::parse("input", u16::from_le_bytes([i0, i1]))?,
            target: Target::parse("target", u16::from_le_bytes([t0, t1]))?,
            feedback: Counts::parse("feedback", u16::from_le_bytes([f0, f1]))?,
            scaled_feedback: Counts::parse("scaled feedback", u16::from_le_bytes([s0, s1]))?,
            integral: i16::from_le_bytes([e0, e1]),
            duty_target: i16::from_le_bytes([u0, u1]),
            duty: Duty::parse("duty cycle", i16::from_le_bytes([d0, d1]))?,
            current_coarse,
        })
    }

    /// The answer that says this.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let [i0, i1] = self.input.get().to_le_bytes();
        let [t0, t1] = self.target.counts().to_le_bytes();
        let [f0, f1] = self.feedback.get().to_le_bytes();
        let [s0, s1] = self.scaled_feedback.get().to_le_bytes();
        let [e0, e1] = self.integral.to_le_bytes();
        let [u0, u1] = self.duty_target.to_le_bytes();
        let [d0, d1] = self.duty.get().to_le_bytes();
        [i0, i1, t0, t1, f0, f1, s0, s1, e0, e1, u0, u1, d0, d1, self.current_coarse]
    }
}

/// Whether the control loop is overridden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Forced {
    /// The loop drives.
    No,
    /// The duty that the loop asks for is forced: limits and errors still hold.
    DutyTarget,
    /// The duty is forced: only the largest duty limits it, and torn feedback does not stop it.
    Duty,
}

/// Why the motor is stopped, what happened, and the supply: variables 0x0F to 0x1A.
///
/// Reads the error words without clearing them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Health {
    /// The last PID period was too short for its work.
    pub period_exceeded: bool,
    /// PID periods passed, wrapping. Standing still between two reads: the loop is dead.
    pub pid_periods: u16,
    /// What stops the motor now.
    pub halting: ErrorFlags,
    /// What happened since it was last cleared, enabled or not. The vendor's own screen clears it.
    pub occurred: ErrorFlags,
    /// Whether the control loop is overridden.
    pub forced: Forced,
    /// The bits beside it that have no documented meaning.
    pub unknown_flags: u8,
    /// Motor supply in millivolts.
    pub supply_mv: u16,
    /// Motor current in milliamperes.
    pub current_ma: u16,
}

impl Health {
    /// Offset of the first variable.
    pub const OFFSET: u8 = 0x0f;
    /// Bytes of the answer.
    pub const LEN: usize = 12;

    /// Reads the answer to [`super::Read::Health`].
    ///
    /// # Errors
    /// Not [`Self::LEN`] bytes, an error bit without meaning, or an impossible value.
    pub fn parse(answer: &[u8]) -> Result<Self, AnswerError> {
        let [exceeded, p0, p1, h0, h1, o0, o1, flags, v0, v1, c0, c1] =
            exactly::<{ Self::LEN }>(answer)?;
        Ok(Self {
            period_exceeded: parse_bool("PID period exceeded", exceeded)?,
            pid_periods: u16::from_le_bytes([p0, p1]),
            halting: ErrorFlags::from_bits(u16::from_le_bytes([h0, h1])),
            occurred: ErrorFlags::from_bits(u16::from_le_bytes([o0, o1])),
            forced: parse_forced(flags)?,
            unknown_flags: flags & !FORCED_BITS,
            supply_mv: u16::from_le_bytes([v0, v1]),
            current_ma: u16::from_le_bytes([c0, c1]),
        })
    }

    /// The answer that says this.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let [p0, p1] = self.pid_periods.to_le_bytes();
        let [h0, h1] = self.halting.bits().to_le_bytes();
        let [o0, o1] = self.occurred.bits().to_le_bytes();
        let forced = match self.forced {
            Forced::No => 0,
            Forced::DutyTarget => 1,
            Forced::Duty => 2,
        };
        let [v0, v1] = self.supply_mv.to_le_bytes();
        let [c0, c1] = self.current_ma.to_le_bytes();
        let flags = forced | self.unknown_flags;
        [u8::from(self.period_exceeded), p0, p1, h0, h1, o0, o1, flags, v0, v1, c0, c1]
    }
}

fn parse_bool(of: &'static str, byte: u8) -> Result<bool, AnswerError> {
    match byte {
        0 => Ok(false),
        1 => Ok(true),
        2.. => Err(AnswerError::OutOfRange { of, value: i64::from(byte) }),
    }
}

/// The vendor's library looks at two bits; the other six have no documented meaning, and are told.
const FORCED_BITS: u8 = 3;

fn parse_forced(flags: u8) -> Result<Forced, AnswerError> {
    match flags & FORCED_BITS {
        0 => Ok(Forced::No),
        1 => Ok(Forced::DutyTarget),
        2 => Ok(Forced::Duty),
        3.. => Err(AnswerError::UnknownBits { of: "flag byte 1", bits: u32::from(flags) }),
    }
}

/// Since when the device runs: variables 0x1F to 0x23. A time that went back means that the device
/// restarted, and with it every limit that was only in its memory is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Life {
    /// Why it last started.
    pub last_reset: Reset,
    /// How long it runs; wraps after 49 days.
    pub up: Millis,
}

impl Life {
    /// Offset of the first variable.
    pub const OFFSET: u8 = 0x1f;
    /// Bytes of the answer.
    pub const LEN: usize = 5;

    /// Reads the answer to [`super::Read::Life`].
    ///
    /// # Errors
    /// Not [`Self::LEN`] bytes, or an unknown cause.
    pub fn parse(answer: &[u8]) -> Result<Self, AnswerError> {
        let [reset, up @ ..] = exactly::<{ Self::LEN }>(answer)?;
        Ok(Self {
            last_reset: Reset::from_byte(reset)?,
            up: Millis::new(u64::from(u32::from_le_bytes(up))),
        })
    }

    /// The answer that says this; a time is wrapped as the device does.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let [u0, u1, u2, u3, ..] = self.up.get().to_le_bytes();
        [self.last_reset as u8, u0, u1, u2, u3]
    }
}
