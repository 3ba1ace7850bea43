//! Pololu Tic: a stepper motor controller. It counts steps; it does not measure.
//!
//! # What a driver must know
//! - **The timeout is on** (1000 ms on a new device, 0 is off, at most 60 s), and read back with
//!   [`SettingsBlock::Control`]. It is fed by the commands for which [`Command::feeds_timeout`]
//!   holds, and by nothing else (0J71 section 5.4). A feeding command also *ends* the timeout's
//!   error; what keeps the motor from starting again is safe start, which must not be disabled.
//! - **What it does then** is the soft error response: it must be "halt and hold" or "decelerate to
//!   hold". "De-energize" lets the bed go; "go to position" turns it by itself.
//! - **Position is where the steps went**, not where the bed is. A stepper that slipped, or was let
//!   go, says nothing: "position uncertain" is the only hint. The inclinometer has the tilt.
//! - **It lets the bed go by itself** when its supply sags or its driver faults: the operation state
//!   is then "reset", whatever the soft error response. Only a gear that holds by itself may carry a
//!   bed here.
//! - **Half a command is an error.** A command byte that comes before the last command is whole is a
//!   "serial error", which stops the motor and brings safe start with it. Finish what was begun, then
//!   send the halt.
//! - **The vendor's Control Center feeds the timeout** for as long as it is connected over USB: with
//!   it open, silence of this program stops nothing.
//! - **Acts of a person** have types of their own: [`ExitSafeStart`], [`ForgetErrorsOccurred`],
//!   [`ClearDriverError`], [`Deenergize`]. No poll makes one.
//! - [`Command::ResetCommandTimeout`] keeps a motion alive without saying which. Only a completed
//!   control tick may send it; repeating the target or the hold is better, for it says what is meant.
//!
//! # Source
//! Commands, offsets, bits: the vendor's `tic_protocol.h`, `tic.h`, `Tic.cpp`; meaning: user's guide
//! 0J71 sections 5.4, 6, 8, 9. Not verified: anything on hardware, and what a check on answers covers.

mod command;
mod errors;
pub mod fitness;
mod settings;
mod variables;

pub use command::{
    Answer, ClearDriverError, Command, CommandReader, Deenergize, ExitSafeStart,
    ForgetErrorsOccurred, Heard, Read,
};
pub use errors::{ErrorFlag, ErrorFlags};
pub use fitness::Fit;
pub use settings::{
    ControlMode, ControlSettings, ErrorCurrent, ErrorResponse, MotorSettings, Setting,
    SettingsBlock, SoftErrorSettings,
};
pub use variables::{
    Limits, MiscFlags, Motion, OperationState, Planning, State, Supply, Targets, Variables,
};

use super::AnswerError;
use super::crc7::crc7;

/// A speed with direction, in ten-thousandths of a step pulse a second: up to 50 kHz either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Velocity(i32);

impl Velocity {
    /// Standing still.
    pub const ZERO: Self = Self(0);
    /// The fastest either way.
    pub const MAX: i32 = 500_000_000;

    /// The velocity, or `None` beyond [`Velocity::MAX`].
    ///
    /// # Example
    /// ```
    /// use antipode_driver_serial::codec::pololu::tic::Velocity;
    /// assert!(Velocity::new(2_000_000).is_some()); // 200 pulses a second
    /// assert!(Velocity::new(-500_000_001).is_none());
    /// ```
    #[must_use]
    pub const fn new(ten_thousandths: i32) -> Option<Self> {
        if ten_thousandths >= -Self::MAX && ten_thousandths <= Self::MAX {
            Some(Self(ten_thousandths))
        } else {
            None
        }
    }

    /// Ten-thousandths of a pulse a second.
    #[must_use]
    pub const fn get(self) -> i32 {
        self.0
    }

    fn parse(of: &'static str, value: i32) -> Result<Self, AnswerError> {
        Self::new(value).ok_or(AnswerError::OutOfRange { of, value: i64::from(value) })
    }
}

/// A largest speed, in ten-thousandths of a step pulse a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Speed(u32);

impl Speed {
    /// The speed, or `None` beyond [`Velocity::MAX`].
    #[must_use]
    pub const fn new(ten_thousandths: u32) -> Option<Self> {
        if ten_thousandths <= Velocity::MAX as u32 { Some(Self(ten_thousandths)) } else { None }
    }

    /// Ten-thousandths of a pulse a second.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    fn parse(of: &'static str, value: u32) -> Result<Self, AnswerError> {
        Self::new(value).ok_or(AnswerError::OutOfRange { of, value: i64::from(value) })
    }
}

/// A largest change of speed, in hundredths of a step pulse a second, each second: 100 to 2^31 - 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Acceleration(u32);

impl Acceleration {
    /// The smallest that the device takes.
    pub const MIN: u32 = 100;
    /// The largest that the device takes.
    pub const MAX: u32 = 0x7fff_ffff;

    /// The acceleration, or `None` outside its range. A deceleration of zero, which for the device
    /// means "as the acceleration", is not spoken.
    #[must_use]
    pub const fn new(hundredths: u32) -> Option<Self> {
        if hundredths >= Self::MIN && hundredths <= Self::MAX {
            Some(Self(hundredths))
        } else {
            None
        }
    }

    /// Hundredths of a pulse a second, each second.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    fn parse(of: &'static str, value: u32) -> Result<Self, AnswerError> {
        Self::new(value).ok_or(AnswerError::OutOfRange { of, value: i64::from(value) })
    }
}

/// Whether answers end with a CRC-7. Off on a new device, and not known to firmware before 1.05.
///
/// Taken to cover the answer's own bytes, as on the vendor's Motoron; not verified on a Tic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnswerCheck {
    /// They do not.
    None,
    /// They do. Only answers under 14 bytes carry one, and none here is longer.
    Crc7,
}

impl AnswerCheck {
    /// Bytes on the wire for `len` bytes of answer.
    #[must_use]
    pub const fn wire_len(self, len: usize) -> usize {
        match self {
            Self::None => len,
            Self::Crc7 => len + 1,
        }
    }

    /// The answer without its check.
    ///
    /// # Errors
    /// The check does not match, or there is none.
    pub fn open(self, wire: &[u8]) -> Result<&[u8], AnswerError> {
        match self {
            Self::None => Ok(wire),
            Self::Crc7 => {
                let (&seen, answer) =
                    wire.split_last().ok_or(AnswerError::Length { expected: 1, seen: 0 })?;
                let expected = crc7(answer);
                if seen == expected { Ok(answer) } else { Err(AnswerError::Crc { expected, seen }) }
            }
        }
    }
}
