//! Whether a Tic, as it is set, may turn a table with a person on it.
//!
//! Its defaults are near: the timeout is on, safe start is on, an error makes it slow down and hold.
//! But it can be set to let the bed go, to hold it weakly, or to drive off by itself (H-02).

use core::fmt;

use antipode_safety::Millis;

use super::{
    AnswerCheck, ControlMode, ControlSettings, ErrorCurrent, ErrorResponse, SoftErrorSettings,
};
use crate::codec::pololu::{Addressing, Framing, Ground, HostTimeout};

/// One reason against arming; the number is its bit in [`Unfit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Reason {
    /// The command timeout is off.
    TimeoutOff = 0,
    /// The command timeout is longer than the table allows.
    TimeoutTooLong = 1,
    /// An error lets the motor go.
    LetsGo = 2,
    /// An error makes the device go to a position by itself.
    DrivesOff = 3,
    /// The motor may start without a person saying so.
    NoSafeStart = 4,
    /// Something else than commands sets the target.
    NotCommanded = 5,
    /// The device homes by itself.
    HomesByItself = 6,
    /// A fault of the motor driver is cleared by itself.
    ForgetsFaults = 7,
    /// Commands are not checked, or this wire and the device disagree on that.
    CommandsNotChecked = 8,
    /// The device checks its answers and this end does not, or the reverse, or in seven-bit bytes.
    OtherAnswers = 9,
    /// The device expects a number of 14 bits, or another one.
    OtherNumber = 10,
    /// While an error stands the motor is held with another current.
    HoldsOtherwise = 11,
}

impl Reason {
    /// Every reason, in the order of bits.
    pub const ALL: [Self; 12] = [
        Self::TimeoutOff,
        Self::TimeoutTooLong,
        Self::LetsGo,
        Self::DrivesOff,
        Self::NoSafeStart,
        Self::NotCommanded,
        Self::HomesByItself,
        Self::ForgetsFaults,
        Self::CommandsNotChecked,
        Self::OtherAnswers,
        Self::OtherNumber,
        Self::HoldsOtherwise,
    ];
}

impl Reason {
    /// What was found and what is needed, in plain words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TimeoutOff => "its command timeout is off: set one with ticcmd",
            Self::TimeoutTooLong => "its command timeout is too long",
            Self::LetsGo => "it lets the motor go on an error: set \"decelerate to hold\"",
            Self::DrivesOff => "it goes to a position by itself on an error",
            Self::NoSafeStart => "safe start is disabled: it would start again by itself",
            Self::NotCommanded => "its control mode is not serial",
            Self::HomesByItself => "automatic homing is on",
            Self::ForgetsFaults => "it clears faults of the motor driver by itself",
            Self::CommandsNotChecked => "commands are not checked: enable CRC on device and driver",
            Self::OtherAnswers => "it answers in another form than the driver expects",
            Self::OtherNumber => "it has another device number than the driver",
            Self::HoldsOtherwise => "it holds with another current while an error stands",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Ground for Reason {
    const ALL: &'static [Self] = &Self::ALL;

    fn bit(self) -> u8 {
        self as u8
    }
}

/// Why such a device must not be armed.
pub type Unfit = crate::codec::pololu::Unfit<Reason>;

/// How a device is set. Each part is to be read twice and agreed upon
/// ([`same_twice`](crate::codec::pololu::same_twice)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What it obeys and how long it waits.
    pub control: ControlSettings,
    /// What it does on an error.
    pub soft_error: SoftErrorSettings,
    /// How strongly it then holds.
    pub error_current: ErrorCurrent,
}

/// What the table asks of its device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// How this end frames commands.
    pub framing: Framing,
    /// How this end takes answers.
    pub answers: AnswerCheck,
    /// Longest silence before the motor stops.
    pub longest_timeout: Millis,
}

/// A device that stops and holds by itself when this program goes silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    timeout: Millis,
}

impl Fit {
    /// Judges `settings`.
    ///
    /// # Errors
    /// Everything that speaks against arming, at once.
    pub fn judge(settings: &Settings, wanted: &Wanted) -> Result<Self, Unfit> {
        let Settings { control, soft_error, error_current } = settings;
        let mut unfit = Unfit::NONE;
        let timeout = match control.timeout {
            HostTimeout::Off => {
                unfit.note(true, Reason::TimeoutOff);
                wanted.longest_timeout
            }
            HostTimeout::After(time) => time,
        };
        unfit.note(timeout > wanted.longest_timeout, Reason::TimeoutTooLong);
        match soft_error.response {
            ErrorResponse::Deenergize => unfit.note(true, Reason::LetsGo),
            ErrorResponse::GoToPosition => unfit.note(true, Reason::DrivesOff),
            ErrorResponse::HaltAndHold | ErrorResponse::DecelerateToHold => {}
        }
        unfit.note(control.safe_start_disabled, Reason::NoSafeStart);
        unfit.note(control.mode != ControlMode::Serial, Reason::NotCommanded);
        unfit.note(control.homes_by_itself(), Reason::HomesByItself);
        unfit.note(control.clears_driver_error, Reason::ForgetsFaults);
        let checked = control.checks_commands() && wanted.framing.crc;
        unfit.note(!checked, Reason::CommandsNotChecked);
        let check = if control.checks_answers() { AnswerCheck::Crc7 } else { AnswerCheck::None };
        let other = check != wanted.answers || control.seven_bit_answers();
        unfit.note(other, Reason::OtherAnswers);
        unfit.note(!same_number(control, wanted.framing), Reason::OtherNumber);
        unfit.note(*error_current != ErrorCurrent::AsUsual, Reason::HoldsOtherwise);
        unfit.or(Self { timeout })
    }

    /// How long the device waits for a feeding command before it stops the motor.
    #[must_use]
    pub const fn timeout(self) -> Millis {
        self.timeout
    }
}

const fn same_number(control: &ControlSettings, framing: Framing) -> bool {
    match framing.addressing {
        Addressing::Compact => true,
        Addressing::Device(ours) => {
            !control.wide_device_number() && control.device_number == ours.get()
        }
    }
}
