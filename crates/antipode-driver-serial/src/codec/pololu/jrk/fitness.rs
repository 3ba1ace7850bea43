//! Whether a Jrk, as it is set, may turn a table with a person on it.
//!
//! The device's defaults are those of a hobby servo: no timeout, no optional error, no ramp. What
//! protects the person when this program dies is the device's own setting alone (H-02), so it is
//! read back and judged, all findings at once, and only a judged device gives a [`Fit`].

use core::fmt;

use antipode_safety::Millis;

use super::{
    ErrorFlag, ErrorFlags, FeedbackMode, FeedbackSettings, HostLossSettings, InputMode,
    LimitSettings, ModeSettings, OffSettings, Ramp, Target,
};
use crate::codec::pololu::{Addressing, Framing, Ground, HostTimeout};

/// One reason against arming; the number is its bit in [`Unfit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Reason {
    /// The serial timeout is off.
    TimeoutOff = 0,
    /// The serial timeout is longer than the table allows.
    TimeoutTooLong = 1,
    /// The serial timeout occurs, but does not stop the motor.
    TimeoutDoesNotStop = 2,
    /// An error that the table wants to stop the motor does not.
    ErrorDoesNotStop = 3,
    /// A stopped motor coasts.
    Coasts = 4,
    /// Something else than commands sets the target.
    NotCommanded = 5,
    /// The target is no position.
    NoPosition = 6,
    /// The ends of the feedback range are taken for neighbours.
    FeedbackWraps = 7,
    /// A torn feedback wire would not be noticed.
    TornFeedbackUnseen = 8,
    /// Commands are not checked, or this wire and the device disagree on that.
    CommandsNotChecked = 9,
    /// The device expects numbers of 14 bits, another number, or a number at all.
    OtherNumber = 10,
    /// The motor starts or stops without a ramp.
    NoRamp = 11,
}

impl Reason {
    /// Every reason, in the order of bits.
    pub const ALL: [Self; 12] = [
        Self::TimeoutOff,
        Self::TimeoutTooLong,
        Self::TimeoutDoesNotStop,
        Self::ErrorDoesNotStop,
        Self::Coasts,
        Self::NotCommanded,
        Self::NoPosition,
        Self::FeedbackWraps,
        Self::TornFeedbackUnseen,
        Self::CommandsNotChecked,
        Self::OtherNumber,
        Self::NoRamp,
    ];
}

impl Reason {
    /// What was found and what is needed, in plain words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TimeoutOff => "its serial timeout is off: set one with jrk2cmd",
            Self::TimeoutTooLong => "its serial timeout is too long",
            Self::TimeoutDoesNotStop => "the error \"serial timeout\" is not enabled",
            Self::ErrorDoesNotStop => "an error that must stop the motor is not enabled",
            Self::Coasts => "a stopped motor coasts: switch \"coast when off\" off",
            Self::NotCommanded => "its input mode is not serial",
            Self::NoPosition => "its feedback mode is not analog: it holds no position",
            Self::FeedbackWraps => "feedback wraparound is on",
            Self::TornFeedbackUnseen => "a torn feedback wire would not be noticed",
            Self::CommandsNotChecked => "commands are not checked: enable CRC on device and driver",
            Self::OtherNumber => "it has another device number than the driver",
            Self::NoRamp => "it starts or stops without a ramp",
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
/// ([`same_twice`](crate::codec::pololu::same_twice)), once from each memory: what EEPROM says holds
/// after the next restart, what RAM says holds now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What it obeys.
    pub modes: ModeSettings,
    /// What it measures.
    pub feedback: FeedbackSettings,
    /// What it does when the host is silent.
    pub host_loss: HostLossSettings,
    /// What it does with a stopped motor.
    pub off: OffSettings,
    /// How hard it drives.
    pub limits: LimitSettings,
}

/// What the table asks of its device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// How this end frames commands.
    pub framing: Framing,
    /// Longest silence before the motor stops.
    pub longest_timeout: Millis,
    /// Errors that must stop the motor, besides "serial timeout" and "feedback disconnected".
    pub errors: ErrorFlags,
}

/// A device that stops by itself when this program goes silent, and holds a position until then.
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
        let Settings { modes, feedback, host_loss, off, limits } = settings;
        let mut unfit = Unfit::NONE;
        let timeout = match host_loss.timeout {
            HostTimeout::Off => {
                unfit.note(true, Reason::TimeoutOff);
                wanted.longest_timeout
            }
            HostTimeout::After(time) => time,
        };
        unfit.note(timeout > wanted.longest_timeout, Reason::TimeoutTooLong);
        let stops = |flag| host_loss.enabled.has(flag);
        unfit.note(!stops(ErrorFlag::SerialTimeout), Reason::TimeoutDoesNotStop);
        // Without an analog input there is none to lose; one version of the vendor's screen shows
        // that error as always enabled, so its bit need not be set.
        let not_asked = ErrorFlags::ALWAYS_ENABLED.with(ErrorFlag::InputDisconnect);
        let missing = wanted
            .errors
            .with(ErrorFlag::FeedbackDisconnect)
            .without(host_loss.enabled)
            .without(not_asked);
        unfit.note(!missing.is_empty(), Reason::ErrorDoesNotStop);
        unfit.note(off.coasts, Reason::Coasts);
        unfit.note(modes.input_mode != InputMode::Serial, Reason::NotCommanded);
        unfit.note(feedback.mode != FeedbackMode::Analog, Reason::NoPosition);
        unfit.note(modes.feedback_wraps(), Reason::FeedbackWraps);
        unfit.note(!sees_torn_feedback(modes, feedback), Reason::TornFeedbackUnseen);
        let checked = modes.checks_commands() && wanted.framing.crc;
        unfit.note(!checked, Reason::CommandsNotChecked);
        unfit.note(!same_number(modes, host_loss, wanted.framing), Reason::OtherNumber);
        let ramps = limits.acceleration.into_iter().chain(limits.deceleration);
        unfit.note(ramps.into_iter().any(|ramp| ramp == Ramp::AT_ONCE), Reason::NoRamp);
        unfit.or(Self { timeout })
    }

    /// How long the device waits for a target before it stops the motor; targets must come well
    /// within it.
    #[must_use]
    pub const fn timeout(self) -> Millis {
        self.timeout
    }
}

/// A torn wire shows at either end of the range if the ends are errors, or at the device's own test.
const fn sees_torn_feedback(modes: &ModeSettings, feedback: &FeedbackSettings) -> bool {
    let ends_are_errors = feedback.error_min.get() > 0 && feedback.error_max.get() < Target::MAX;
    ends_are_errors || modes.detects_torn_feedback()
}

fn same_number(modes: &ModeSettings, host_loss: &HostLossSettings, framing: Framing) -> bool {
    match framing.addressing {
        Addressing::Compact => !modes.refuses_compact(),
        Addressing::Device(ours) => {
            !modes.wide_device_number() && host_loss.device_number & 0x7f == u16::from(ours.get())
        }
    }
}
