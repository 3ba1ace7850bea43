//! Pololu Jrk G2: a DC motor controller that closes the loop on a potentiometer.
//!
//! # What a driver must know
//! - **The timeout is off on a new device**, and so is every optional error. [`fitness`] says from
//!   the device's own settings whether silence stops the motor; without a [`Fit`] nothing is armed.
//! - **Feeding.** "Set target" clears the timeout's timer (0J73 section 11). Which other commands do
//!   is in section 7.7, whose list was not retrieved: [`Command::feeds_timeout`] says so. Only a
//!   completed control tick may send a target; polls are sent in any case.
//! - **Stop** (`FF`) sets "awaiting command": the motor slows at the deceleration limit, then brakes,
//!   or coasts if so set. **It does not latch: the next target moves again.** STOP must latch above.
//! - **Latched errors** end only when they are forgotten, by `B3`. Reading "error flags halting" that
//!   way is that act, so no poll here does it: [`Read::Health`] reads the same flags and changes
//!   nothing. [`ForgetLatchedErrors`] is made when a person asked, once for each time asked.
//! - **Half a command is an error** ("serial protocol"), which latches where it is enabled: finish what
//!   was begun, then send the stop.
//! - **The vendor's utility** clears "errors occurred" for as long as it is open over USB.
//! - **Position is not tilt.** Feedback is the actuator's stroke; the inclinometer has the tilt.
//!
//! # Source
//! Commands, offsets, bits: the vendor's `jrk_protocol.h`, `JrkG2.h` and `JrkG2.cpp`; meaning: user's
//! guide 0J73 sections 7.7, 9, 11, 12. Not verified: anything on hardware.

mod command;
mod errors;
pub mod fitness;
mod settings;
mod variables;

pub use command::{
    Answer, Command, CommandReader, Feeds, ForceDutyTarget, ForgetLatchedErrors, Heard, Limit,
    Memory, Read,
};
pub use errors::{ErrorFlag, ErrorFlags};
pub use fitness::Fit;
pub use settings::{
    FeedbackMode, FeedbackSettings, HostLossSettings, InputMode, LimitSettings, LoopSettings,
    ModeSettings, OffSettings, SerialMode, Setting, SettingsBlock,
};
pub use variables::{Forced, Health, Life, Motion, Value, Variable};

use super::AnswerError;

/// Where the device is to hold: 0 to 4095 of its feedback range. What that means in degrees is the
/// table's geometry, not the device's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target(u16);

impl Target {
    /// The largest target.
    pub const MAX: u16 = 4_095;

    /// The target, or `None` above [`Target::MAX`].
    ///
    /// # Example
    /// ```
    /// use antipode_driver_serial::codec::pololu::jrk::Target;
    /// assert!(Target::new(4_095).is_some());
    /// assert!(Target::new(4_096).is_none());
    /// ```
    #[must_use]
    pub const fn new(counts: u16) -> Option<Self> {
        if counts <= Self::MAX { Some(Self(counts)) } else { None }
    }

    /// Counts, 0 to 4095.
    #[must_use]
    pub const fn counts(self) -> u16 {
        self.0
    }

    /// The target of the five low bits of a command byte and the seven of its data byte: there are
    /// no others.
    const fn from_wire(command: u8, data: u8) -> Self {
        Self((command & 0x1f) as u16 | ((data & 0x7f) as u16) << 5)
    }

    fn parse(of: &'static str, counts: u16) -> Result<Self, AnswerError> {
        Self::new(counts).ok_or(AnswerError::OutOfRange { of, value: i64::from(counts) })
    }
}

/// A measured position in counts, 0 to 4095. Raw feedback is 0 to 4092 of the potentiometer's
/// supply; scaled feedback runs over the whole range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Counts(u16);

impl Counts {
    /// The position, or `None` above 4095.
    #[must_use]
    pub const fn new(counts: u16) -> Option<Self> {
        if counts <= Target::MAX { Some(Self(counts)) } else { None }
    }

    /// Counts, 0 to 4095.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    fn parse(of: &'static str, counts: u16) -> Result<Self, AnswerError> {
        Self::new(counts).ok_or(AnswerError::OutOfRange { of, value: i64::from(counts) })
    }
}

/// How hard and which way the motor is driven: -600 is full speed reverse, 600 full speed forward,
/// 0 stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duty(i16);

impl Duty {
    /// Full speed.
    pub const MAX: i16 = 600;

    /// The duty, or `None` beyond full speed.
    #[must_use]
    pub const fn new(six_hundredths: i16) -> Option<Self> {
        if six_hundredths >= -Self::MAX && six_hundredths <= Self::MAX {
            Some(Self(six_hundredths))
        } else {
            None
        }
    }

    /// Six hundredths of full speed, forward positive.
    #[must_use]
    pub const fn get(self) -> i16 {
        self.0
    }

    fn parse(of: &'static str, value: i16) -> Result<Self, AnswerError> {
        Self::new(value).ok_or(AnswerError::OutOfRange { of, value: i64::from(value) })
    }
}

/// A limit on duty without direction, 0 to 600.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DutyLimit(u16);

impl DutyLimit {
    /// The limit, or `None` above 600.
    #[must_use]
    pub const fn new(six_hundredths: u16) -> Option<Self> {
        if six_hundredths <= 600 { Some(Self(six_hundredths)) } else { None }
    }

    /// Six hundredths of full speed.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    fn parse(of: &'static str, value: u16) -> Result<Self, AnswerError> {
        Self::new(value).ok_or(AnswerError::OutOfRange { of, value: i64::from(value) })
    }
}

/// How much the duty may change in one PID period: 1 to 600, where 600 is at once, which is how a
/// new device is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ramp(u16);

impl Ramp {
    /// No ramp at all.
    pub const AT_ONCE: Self = Self(600);

    /// The ramp, or `None` for zero, which would never move nor stop, or above 600.
    #[must_use]
    pub const fn new(six_hundredths: u16) -> Option<Self> {
        if six_hundredths >= 1 && six_hundredths <= 600 { Some(Self(six_hundredths)) } else { None }
    }

    /// Six hundredths of full speed for each PID period.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    fn parse(of: &'static str, value: u16) -> Result<Self, AnswerError> {
        Self::new(value).ok_or(AnswerError::OutOfRange { of, value: i64::from(value) })
    }
}
