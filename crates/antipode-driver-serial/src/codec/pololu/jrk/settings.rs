//! How a Jrk is set, as it answers. Settings are written over USB with the vendor's tool when the
//! table is commissioned; over the serial line they can only be read, but for the few of
//! [`super::Limit`], which a restart undoes.
//!
//! # Source
//! 0J73 section 9 and `jrk_protocol.h`. Offsets above 0x37 differ between the vendor's header and
//! his library in the versions read; none of those is used below 0x50.

use antipode_safety::Millis;

use super::{AnswerError, Counts, DutyLimit, ErrorFlags, Ramp};
use crate::codec::pololu::answer::{HostTimeout, exactly};

/// Settings that are read together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SettingsBlock {
    /// [`ModeSettings`].
    Modes,
    /// [`FeedbackSettings`].
    Feedback,
    /// [`HostLossSettings`].
    HostLoss,
    /// [`OffSettings`].
    Off,
    /// [`LoopSettings`].
    Loop,
    /// [`LimitSettings`].
    Limits,
}

impl SettingsBlock {
    /// Every block.
    pub const ALL: [Self; 6] =
        [Self::Modes, Self::Feedback, Self::HostLoss, Self::Off, Self::Loop, Self::Limits];

    /// Offset of the first setting and bytes of the answer.
    #[must_use]
    pub const fn span(self) -> (u8, u8) {
        match self {
            Self::Modes => (0x01, ModeSettings::LEN as u8),
            Self::Feedback => (0x18, FeedbackSettings::LEN as u8),
            Self::HostLoss => (0x26, HostLossSettings::LEN as u8),
            Self::Off => (0x50, OffSettings::LEN as u8),
            Self::Loop => (0x51, LoopSettings::LEN as u8),
            Self::Limits => (0x5e, LimitSettings::LEN as u8),
        }
    }

    /// Reads the answer.
    ///
    /// # Errors
    /// Another length, a bit without meaning, or an impossible value.
    pub fn parse(self, answer: &[u8]) -> Result<Setting, AnswerError> {
        Ok(match self {
            Self::Modes => Setting::Modes(ModeSettings::parse(answer)?),
            Self::Feedback => Setting::Feedback(FeedbackSettings::parse(answer)?),
            Self::HostLoss => Setting::HostLoss(HostLossSettings::parse(answer)?),
            Self::Off => Setting::Off(OffSettings::parse(answer)?),
            Self::Loop => Setting::Loop(LoopSettings::parse(answer)?),
            Self::Limits => Setting::Limits(LimitSettings::parse(answer)?),
        })
    }
}

/// A block of settings with its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Setting {
    /// What the device obeys.
    Modes(ModeSettings),
    /// What it measures.
    Feedback(FeedbackSettings),
    /// What it does when the host is silent.
    HostLoss(HostLossSettings),
    /// What it does with a stopped motor.
    Off(OffSettings),
    /// How it follows its target.
    Loop(LoopSettings),
    /// How hard it drives.
    Limits(LimitSettings),
}

/// What sets the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum InputMode {
    /// Commands: the only mode in which this program commands.
    Serial = 0,
    /// A voltage.
    Analog = 1,
    /// A hobby radio.
    Rc = 2,
}

/// What the device obeys: settings 0x01 to 0x03.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ModeSettings {
    /// Options byte 1; all eight bits have a meaning.
    pub options1: u8,
    /// Options byte 2, six bits.
    options2: u8,
    /// What sets the target.
    pub input_mode: InputMode,
}

impl ModeSettings {
    /// Bytes of the answer.
    pub const LEN: usize = 3;

    /// Reads the answer.
    ///
    /// # Errors
    /// Another length, a bit without meaning, or an impossible value.
    pub fn parse(answer: &[u8]) -> Result<Self, AnswerError> {
        let [options1, options2, input] = exactly::<{ Self::LEN }>(answer)?;
        let input_mode = match input {
            0 => InputMode::Serial,
            1 => InputMode::Analog,
            2 => InputMode::Rc,
            3.. => return Err(out_of_range("input mode", input)),
        };
        no_more_bits("options byte 2", options2, 0x3f)?;
        Ok(Self { options1, options2, input_mode })
    }

    /// The answer that says this.
    #[must_use]
    pub const fn to_bytes(&self) -> [u8; Self::LEN] {
        [self.options1, self.options2, self.input_mode as u8]
    }

    /// Whether commands must carry a CRC-7.
    #[must_use]
    pub const fn checks_commands(&self) -> bool {
        self.options1 & 1 << 1 != 0
    }

    /// Whether device numbers are of 14 bits, which this codec does not speak.
    #[must_use]
    pub const fn wide_device_number(&self) -> bool {
        self.options1 & 1 << 2 != 0
    }

    /// Whether commands without a device number are refused.
    #[must_use]
    pub const fn refuses_compact(&self) -> bool {
        self.options1 & 1 << 3 != 0
    }

    /// Whether the device tests for a torn feedback wire by cutting its supply.
    #[must_use]
    pub const fn detects_torn_feedback(&self) -> bool {
        self.options2 & 1 << 3 != 0
    }

    /// Whether feedback is taken for a turning one, for which the ends of the range are neighbours:
    /// an actuator would drive into its end to reach the other.
    #[must_use]
    pub const fn feedback_wraps(&self) -> bool {
        self.options2 & 1 << 4 != 0
    }
}

/// How the device measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum FeedbackMode {
    /// It does not: the target is a duty.
    None = 0,
    /// A potentiometer: the target is a position.
    Analog = 1,
    /// Pulses: the target is a speed.
    Frequency = 2,
}

/// Which port the device obeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum SerialMode {
    /// USB command port; the second USB port is wired to the pins.
    UsbDualPort = 0,
    /// USB command port, passed on to the pins.
    UsbChained = 1,
    /// The pins.
    Uart = 2,
}

/// What the device measures: settings 0x18 to 0x25.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FeedbackSettings {
    /// How.
    pub mode: FeedbackMode,
    /// Raw feedback below this is the error "feedback disconnected"; 0 never is.
    pub error_min: Counts,
    /// Raw feedback above this is; 4095 never is.
    pub error_max: Counts,
    /// Raw feedback that counts as scaled 0.
    pub min: Counts,
    /// Raw feedback that counts as scaled 4095.
    pub max: Counts,
    /// Scaled distance to the target within which the motor rests.
    pub dead_zone: u8,
    /// Samples averaged, as a power of four.
    pub samples_exponent: u8,
    /// Which port it obeys.
    pub serial_mode: SerialMode,
    /// Baud rate of the pins as 12 MHz over this.
    pub baud_generator: u16,
}

impl FeedbackSettings {
    /// Bytes of the answer.
    pub const LEN: usize = 14;

    /// Reads the answer.
    ///
    /// # Errors
    /// Another length, or an impossible value.
    pub fn parse(answer: &[u8]) -> Result<Self, AnswerError> {
        let [mode, e0, e1, x0, x1, n0, n1, m0, m1, dead_zone, samples_exponent, serial, b0, b1] =
            exactly::<{ Self::LEN }>(answer)?;
        Ok(Self {
            mode: match mode {
                0 => FeedbackMode::None,
                1 => FeedbackMode::Analog,
                2 => FeedbackMode::Frequency,
                3.. => return Err(out_of_range("feedback mode", mode)),
            },
            error_min: Counts::parse("feedback error minimum", u16::from_le_bytes([e0, e1]))?,
            error_max: Counts::parse("feedback error maximum", u16::from_le_bytes([x0, x1]))?,
            min: Counts::parse("feedback minimum", u16::from_le_bytes([n0, n1]))?,
            max: Counts::parse("feedback maximum", u16::from_le_bytes([m0, m1]))?,
            dead_zone,
            samples_exponent,
            serial_mode: match serial {
                0 => SerialMode::UsbDualPort,
                1 => SerialMode::UsbChained,
                2 => SerialMode::Uart,
                3.. => return Err(out_of_range("serial mode", serial)),
            },
            baud_generator: u16::from_le_bytes([b0, b1]),
        })
    }

    /// The answer that says this.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let [e0, e1] = self.error_min.get().to_le_bytes();
        let [x0, x1] = self.error_max.get().to_le_bytes();
        let [n0, n1] = self.min.get().to_le_bytes();
        let [m0, m1] = self.max.get().to_le_bytes();
        let [b0, b1] = self.baud_generator.to_le_bytes();
        let (mode, serial) = (self.mode as u8, self.serial_mode as u8);
        let (zone, samples) = (self.dead_zone, self.samples_exponent);
        [mode, e0, e1, x0, x1, n0, n1, m0, m1, zone, samples, serial, b0, b1]
    }
}

/// What the device does when the host is silent, and what stops it: settings 0x26 to 0x2F.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HostLossSettings {
    /// Silence after which "serial timeout" occurs; it stops the motor only where it is enabled. On
    /// the wire in units of 10 ms; a new device has it off.
    pub timeout: HostTimeout,
    /// The device's number, which the Pololu protocol uses.
    pub device_number: u16,
    /// Errors that stop the motor; bits 0 to 3 do in any case.
    pub enabled: ErrorFlags,
    /// Errors that stop it until forgotten, besides those that always do.
    pub latched: ErrorFlags,
    /// Errors that stop it at once, without the deceleration limit.
    pub hard: ErrorFlags,
}

impl HostLossSettings {
    /// Bytes of the answer.
    pub const LEN: usize = 10;
    /// Length of one unit of the timeout.
    pub const TIMEOUT_UNIT: Millis = Millis::new(10);

    /// Reads the answer.
    ///
    /// # Errors
    /// Another length, or an error bit without meaning.
    pub fn parse(answer: &[u8]) -> Result<Self, AnswerError> {
        let [t0, t1, d0, d1, e0, e1, l0, l1, h0, h1] = exactly::<{ Self::LEN }>(answer)?;
        let units = u16::from_le_bytes([t0, t1]);
        Ok(Self {
            timeout: match units {
                0 => HostTimeout::Off,
                1.. => HostTimeout::After(Millis::new(u64::from(units) * Self::TIMEOUT_UNIT.get())),
            },
            device_number: u16::from_le_bytes([d0, d1]),
            enabled: ErrorFlags::of_settings("enabled errors", u16::from_le_bytes([e0, e1]))?,
            latched: ErrorFlags::of_settings("latched errors", u16::from_le_bytes([l0, l1]))?,
            hard: ErrorFlags::of_settings("hard errors", u16::from_le_bytes([h0, h1]))?,
        })
    }

    /// The answer that says this; a timeout is cut to whole units and held at the largest.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let units = match self.timeout {
            HostTimeout::Off => 0,
            HostTimeout::After(time) => {
                u16::try_from(time.get() / Self::TIMEOUT_UNIT.get()).unwrap_or(u16::MAX)
            }
        };
        let [t0, t1] = units.to_le_bytes();
        let [d0, d1] = self.device_number.to_le_bytes();
        let [e0, e1] = self.enabled.bits().to_le_bytes();
        let [l0, l1] = self.latched.bits().to_le_bytes();
        let [h0, h1] = self.hard.bits().to_le_bytes();
        [t0, t1, d0, d1, e0, e1, l0, l1, h0, h1]
    }
}

/// What the device does with a stopped motor: setting 0x50.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OffSettings {
    /// The loop forgets its integral when far from the target.
    pub resets_integral: bool,
    /// A stopped motor is let go. With a person on the bed it must brake: coasting is a bed that
    /// may turn by its load.
    pub coasts: bool,
}

impl OffSettings {
    /// Bytes of the answer.
    pub const LEN: usize = 1;

    /// Reads the answer.
    ///
    /// # Errors
    /// Another length, or a bit without meaning.
    pub fn parse(answer: &[u8]) -> Result<Self, AnswerError> {
        let [options] = exactly::<{ Self::LEN }>(answer)?;
        no_more_bits("options byte 3", options, 0x03)?;
        Ok(Self { resets_integral: options & 1 != 0, coasts: options & 2 != 0 })
    }

    /// The answer that says this.
    #[must_use]
    pub const fn to_bytes(&self) -> [u8; Self::LEN] {
        [self.resets_integral as u8 | (self.coasts as u8) << 1]
    }
}

/// How the device follows its target: settings 0x51 to 0x5D. What they are is the maker's of the bed;
/// that they are the same as when its speed was measured is what counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LoopSettings([u8; Self::LEN]);

impl LoopSettings {
    /// Bytes of the answer.
    pub const LEN: usize = 13;

    /// Reads the answer.
    ///
    /// # Errors
    /// Another length.
    pub fn parse(answer: &[u8]) -> Result<Self, AnswerError> {
        Ok(Self(exactly::<{ Self::LEN }>(answer)?))
    }

    /// Multiplier and exponent of two of the proportional, the integral and the derivative part, then
    /// the period in milliseconds and the limit of the integral.
    #[must_use]
    pub fn values(&self) -> [u16; 8] {
        let [p0, p1, pe, i0, i1, ie, d0, d1, de, t0, t1, l0, l1] = self.0;
        let word = |low, high| u16::from_le_bytes([low, high]);
        [
            word(p0, p1),
            pe.into(),
            word(i0, i1),
            ie.into(),
            word(d0, d1),
            de.into(),
            word(t0, t1),
            word(l0, l1),
        ]
    }

    /// The answer that says this.
    #[must_use]
    pub const fn to_bytes(&self) -> [u8; Self::LEN] {
        self.0
    }
}

/// How hard the device drives: settings 0x5E to 0x6B. Which way is forward is the wiring's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LimitSettings {
    /// Largest duty while feedback is out of its range.
    pub duty_out_of_range: DutyLimit,
    /// Largest rise of duty, forward and reverse.
    pub acceleration: [Ramp; 2],
    /// Largest fall of duty, forward and reverse.
    pub deceleration: [Ramp; 2],
    /// Largest duty, forward and reverse.
    pub duty: [DutyLimit; 2],
}

impl LimitSettings {
    /// Bytes of the answer.
    pub const LEN: usize = 14;

    /// Reads the answer.
    ///
    /// # Errors
    /// Another length, or an impossible value.
    pub fn parse(answer: &[u8]) -> Result<Self, AnswerError> {
        let [o0, o1, a0, a1, b0, b1, c0, c1, d0, d1, f0, f1, r0, r1] =
            exactly::<{ Self::LEN }>(answer)?;
        let duty = |of, low, high| DutyLimit::parse(of, u16::from_le_bytes([low, high]));
        let ramp = |of, low, high| Ramp::parse(of, u16::from_le_bytes([low, high]));
        Ok(Self {
            duty_out_of_range: duty("duty while feedback is out of range", o0, o1)?,
            acceleration: [ramp("acceleration", a0, a1)?, ramp("acceleration", b0, b1)?],
            deceleration: [ramp("deceleration", c0, c1)?, ramp("deceleration", d0, d1)?],
            duty: [duty("largest duty", f0, f1)?, duty("largest duty", r0, r1)?],
        })
    }

    /// The answer that says this.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let [[a0, a1], [b0, b1]] = self.acceleration.map(|ramp| ramp.get().to_le_bytes());
        let [[c0, c1], [d0, d1]] = self.deceleration.map(|ramp| ramp.get().to_le_bytes());
        let [[f0, f1], [r0, r1]] = self.duty.map(|duty| duty.get().to_le_bytes());
        let [o0, o1] = self.duty_out_of_range.get().to_le_bytes();
        [o0, o1, a0, a1, b0, b1, c0, c1, d0, d1, f0, f1, r0, r1]
    }
}

fn out_of_range(of: &'static str, byte: u8) -> AnswerError {
    AnswerError::OutOfRange { of, value: i64::from(byte) }
}

fn no_more_bits(of: &'static str, byte: u8, known: u8) -> Result<(), AnswerError> {
    match byte & !known {
        0 => Ok(()),
        unknown => Err(AnswerError::UnknownBits { of, bits: u32::from(unknown) }),
    }
}
