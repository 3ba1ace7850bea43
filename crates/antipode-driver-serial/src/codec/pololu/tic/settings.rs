//! How a Tic is set, as it answers. Settings are written over USB when the table is commissioned.
//!
//! # Source
//! 0J71 section 6, `tic_protocol.h`, `tic_settings_fix.c`. Not verified: whether a setting written
//! over USB and not yet reinitialised is answered before it holds.

use antipode_safety::Millis;

use super::AnswerError;
use crate::codec::pololu::answer::{HostTimeout, exactly};

/// Settings that are read together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SettingsBlock {
    /// [`ControlSettings`].
    Control,
    /// [`SoftErrorSettings`].
    SoftError,
    /// [`ErrorCurrent`].
    ErrorCurrent,
    /// [`MotorSettings`].
    Motor,
}

impl SettingsBlock {
    /// Every block.
    pub const ALL: [Self; 4] = [Self::Control, Self::SoftError, Self::ErrorCurrent, Self::Motor];

    /// Offset of the first setting and bytes of the answer.
    #[must_use]
    pub const fn span(self) -> (u8, u8) {
        match self {
            Self::Control => (0x01, ControlSettings::LEN as u8),
            Self::SoftError => (0x53, SoftErrorSettings::LEN as u8),
            Self::ErrorCurrent => (0x31, ErrorCurrent::LEN as u8),
            Self::Motor => (0x40, MotorSettings::LEN as u8),
        }
    }

    /// Reads the answer.
    ///
    /// # Errors
    /// Another length, a bit without meaning, or an impossible value.
    pub fn parse(self, answer: &[u8]) -> Result<Setting, AnswerError> {
        Ok(match self {
            Self::Control => Setting::Control(ControlSettings::parse(answer)?),
            Self::SoftError => Setting::SoftError(SoftErrorSettings::parse(answer)?),
            Self::ErrorCurrent => Setting::ErrorCurrent(ErrorCurrent::parse(answer)?),
            Self::Motor => Setting::Motor(MotorSettings::parse(answer)?),
        })
    }
}

/// A block of settings with its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Setting {
    /// What the device obeys and how long it waits.
    Control(ControlSettings),
    /// What it does on an error.
    SoftError(SoftErrorSettings),
    /// How strongly it then holds.
    ErrorCurrent(ErrorCurrent),
    /// How it feeds its motor.
    Motor(MotorSettings),
}

/// What sets the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ControlMode {
    /// Commands: the only mode in which this program commands.
    Serial = 0,
    /// Step and direction pins.
    StepDir = 1,
    /// A hobby radio, position.
    RcPosition = 2,
    /// A hobby radio, speed.
    RcSpeed = 3,
    /// A voltage, position.
    AnalogPosition = 4,
    /// A voltage, speed.
    AnalogSpeed = 5,
    /// An encoder knob, position.
    EncoderPosition = 6,
    /// An encoder knob, speed.
    EncoderSpeed = 7,
}

impl ControlMode {
    /// Every mode.
    pub const ALL: [Self; 8] = [
        Self::Serial,
        Self::StepDir,
        Self::RcPosition,
        Self::RcSpeed,
        Self::AnalogPosition,
        Self::AnalogSpeed,
        Self::EncoderPosition,
        Self::EncoderSpeed,
    ];
}

/// What the device obeys and how long it waits: settings 0x01 to 0x0B.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ControlSettings {
    /// What sets the target.
    pub mode: ControlMode,
    /// Options byte 1, three bits.
    options1: u8,
    /// Whether the motor may start without a person saying so.
    pub safe_start_disabled: bool,
    /// Whether the error line does not stop the motor.
    pub ignores_err_line: bool,
    /// Baud rate of the pins as 12 MHz over this.
    pub baud_generator: u16,
    /// The device's number, its low seven bits.
    pub device_number: u8,
    /// Whether a fault of the motor driver is cleared by itself.
    pub clears_driver_error: bool,
    /// Silence after which "command timeout" stops the motor. 1000 ms on a new device.
    pub timeout: HostTimeout,
    /// Serial options, four bits.
    serial_options: u8,
}

impl ControlSettings {
    /// Bytes of the answer.
    pub const LEN: usize = 11;
    /// The longest timeout that the device can have.
    pub const TIMEOUT_MAX: Millis = Millis::from_secs(60);

    /// Reads the answer.
    ///
    /// # Errors
    /// Another length, a bit without meaning, or an impossible value.
    pub fn parse(answer: &[u8]) -> Result<Self, AnswerError> {
        let [mode, options1, safe, err, b0, b1, device, driver, t0, t1, serial_options] =
            exactly::<{ Self::LEN }>(answer)?;
        no_more_bits("options byte 1", options1, 0x07)?;
        no_more_bits("serial options", serial_options, 0x0f)?;
        no_more_bits("device number", device, 0x7f)?;
        let unknown = out_of_range("control mode", i64::from(mode));
        Ok(Self {
            mode: ControlMode::ALL.into_iter().find(|&m| m as u8 == mode).ok_or(unknown)?,
            options1,
            safe_start_disabled: parse_bool("disable safe start", safe)?,
            ignores_err_line: parse_bool("ignore ERR line high", err)?,
            baud_generator: u16::from_le_bytes([b0, b1]),
            device_number: device,
            clears_driver_error: parse_bool("clear driver errors", driver)?,
            timeout: parse_timeout(u16::from_le_bytes([t0, t1]))?,
            serial_options,
        })
    }

    /// The answer that says this; a timeout is held at the largest.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let [b0, b1] = self.baud_generator.to_le_bytes();
        let timeout = match self.timeout {
            HostTimeout::Off => 0,
            HostTimeout::After(time) => time.shorter(Self::TIMEOUT_MAX).get(),
        };
        let [t0, t1, ..] = timeout.to_le_bytes();
        [
            self.mode as u8,
            self.options1,
            u8::from(self.safe_start_disabled),
            u8::from(self.ignores_err_line),
            b0,
            b1,
            self.device_number,
            u8::from(self.clears_driver_error),
            t0,
            t1,
            self.serial_options,
        ]
    }

    /// Whether the device homes by itself when it loses its position: a motion that nobody asked for.
    #[must_use]
    pub const fn homes_by_itself(&self) -> bool {
        self.options1 & 1 << 1 != 0
    }

    /// Whether commands must carry a CRC-7.
    #[must_use]
    pub const fn checks_commands(&self) -> bool {
        self.serial_options & 1 != 0
    }

    /// Whether answers carry a CRC-7.
    #[must_use]
    pub const fn checks_answers(&self) -> bool {
        self.serial_options & 1 << 1 != 0
    }

    /// Whether answers are of seven-bit bytes, which this codec does not speak.
    #[must_use]
    pub const fn seven_bit_answers(&self) -> bool {
        self.serial_options & 1 << 2 != 0
    }

    /// Whether device numbers are of 14 bits, which this codec does not speak.
    #[must_use]
    pub const fn wide_device_number(&self) -> bool {
        self.serial_options & 1 << 3 != 0
    }
}

/// What the device does when an error stops it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ErrorResponse {
    /// Lets the motor go.
    Deenergize = 0,
    /// Stops at once and holds.
    HaltAndHold = 1,
    /// Slows down and holds.
    DecelerateToHold = 2,
    /// Goes to a set position by itself.
    GoToPosition = 3,
}

/// What the device does on an error: settings 0x53 to 0x57.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SoftErrorSettings {
    /// What it does.
    pub response: ErrorResponse,
    /// Where it goes for [`ErrorResponse::GoToPosition`], in steps.
    pub position: i32,
}

impl SoftErrorSettings {
    /// Bytes of the answer.
    pub const LEN: usize = 5;

    /// Reads the answer.
    ///
    /// # Errors
    /// Another length, or an unknown response.
    pub fn parse(answer: &[u8]) -> Result<Self, AnswerError> {
        let [response, position @ ..] = exactly::<{ Self::LEN }>(answer)?;
        Ok(Self {
            response: match response {
                0 => ErrorResponse::Deenergize,
                1 => ErrorResponse::HaltAndHold,
                2 => ErrorResponse::DecelerateToHold,
                3 => ErrorResponse::GoToPosition,
                4.. => return Err(out_of_range("soft error response", i64::from(response))),
            },
            position: i32::from_le_bytes(position),
        })
    }

    /// The answer that says this.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let [p0, p1, p2, p3] = self.position.to_le_bytes();
        [self.response as u8, p0, p1, p2, p3]
    }
}

/// How strongly the device holds while an error stops it: setting 0x31.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCurrent {
    /// As when it runs.
    AsUsual,
    /// With another current, by the device's own code: less than it takes to hold the bed, perhaps.
    Code(u8),
}

impl ErrorCurrent {
    /// Bytes of the answer.
    pub const LEN: usize = 1;
    /// Stands for [`ErrorCurrent::AsUsual`] (`tic_settings.c`).
    const AS_USUAL: u8 = 0xff;

    /// Reads the answer.
    ///
    /// # Errors
    /// Another length.
    pub fn parse(answer: &[u8]) -> Result<Self, AnswerError> {
        let [code] = exactly::<{ Self::LEN }>(answer)?;
        Ok(if code == Self::AS_USUAL { Self::AsUsual } else { Self::Code(code) })
    }

    /// The answer that says this.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; Self::LEN] {
        match self {
            Self::AsUsual => [Self::AS_USUAL],
            Self::Code(code) => [code],
        }
    }
}

/// How the device feeds its motor: settings 0x40 to 0x42, by its own codes. What they are is the
/// maker's of the bed; that they are the same as when its speed was measured is what counts: with another
/// step mode it turns twice as fast, or half.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MotorSettings {
    /// Largest current.
    pub current_code: u8,
    /// Parts of a step.
    pub step_mode: u8,
    /// How the current falls.
    pub decay_mode: u8,
}

impl MotorSettings {
    /// Bytes of the answer.
    pub const LEN: usize = 3;

    /// Reads the answer.
    ///
    /// # Errors
    /// Another length.
    pub fn parse(answer: &[u8]) -> Result<Self, AnswerError> {
        let [current_code, step_mode, decay_mode] = exactly::<{ Self::LEN }>(answer)?;
        Ok(Self { current_code, step_mode, decay_mode })
    }

    /// The answer that says this.
    #[must_use]
    pub const fn to_bytes(&self) -> [u8; Self::LEN] {
        [self.current_code, self.step_mode, self.decay_mode]
    }
}

fn parse_timeout(ms: u16) -> Result<HostTimeout, AnswerError> {
    let time = Millis::new(u64::from(ms));
    match ms {
        0 => Ok(HostTimeout::Off),
        1.. if time <= ControlSettings::TIMEOUT_MAX => Ok(HostTimeout::After(time)),
        1.. => Err(out_of_range("command timeout", i64::from(ms))),
    }
}

fn parse_bool(of: &'static str, byte: u8) -> Result<bool, AnswerError> {
    match byte {
        0 => Ok(false),
        1 => Ok(true),
        2.. => Err(out_of_range(of, i64::from(byte))),
    }
}

const fn out_of_range(of: &'static str, value: i64) -> AnswerError {
    AnswerError::OutOfRange { of, value }
}

fn no_more_bits(of: &'static str, byte: u8, known: u8) -> Result<(), AnswerError> {
    match byte & !known {
        0 => Ok(()),
        unknown => Err(AnswerError::UnknownBits { of, bits: u32::from(unknown) }),
    }
}
