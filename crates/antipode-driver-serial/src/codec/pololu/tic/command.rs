//! What is said to a Tic.

use super::{
    Acceleration, AnswerError, ErrorFlags, Limits, Motion, Setting, SettingsBlock, Speed, State,
    Supply, Targets, Variables, Velocity,
};
use crate::codec::pololu::answer::exactly;
use crate::codec::pololu::stream::Reader;
use crate::codec::pololu::{CommandBuf, FrameError, Framing, RawCommand};

const EXIT_SAFE_START: u8 = 0x83;
const ENERGIZE: u8 = 0x85;
const DEENERGIZE: u8 = 0x86;
const HALT_AND_HOLD: u8 = 0x89;
const CLEAR_DRIVER_ERROR: u8 = 0x8a;
const RESET_COMMAND_TIMEOUT: u8 = 0x8c;
const ENTER_SAFE_START: u8 = 0x8f;
const GET_VARIABLE: u8 = 0xa1;
const GET_VARIABLE_AND_CLEAR: u8 = 0xa2;
const GET_SETTING: u8 = 0xa8;
const SET_TARGET_POSITION: u8 = 0xe0;
const SET_TARGET_VELOCITY: u8 = 0xe3;
const SET_MAX_SPEED: u8 = 0xe6;
const SET_MAX_DECEL: u8 = 0xe9;
const SET_MAX_ACCEL: u8 = 0xea;

/// A question. None changes anything on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Read {
    /// What it counts and does.
    Variables(Variables),
    /// How it is set.
    Settings(SettingsBlock),
}

/// An answer, by the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// What it does and what stops it.
    State(State),
    /// What stops the motor now.
    ErrorStatus(ErrorFlags),
    /// Where it was sent.
    Targets(Targets),
    /// How fast it may be.
    Limits(Limits),
    /// Position in steps.
    Position(i32),
    /// Where the steps went and how fast.
    Motion(Motion),
    /// Its last start, its supply, since when it runs.
    Supply(Supply),
    /// Motor supply in millivolts.
    VinMv(u16),
    /// How it is set.
    Settings(Setting),
}

impl Read {
    /// Bytes of the answer, without a check.
    #[must_use]
    pub const fn answer_len(self) -> usize {
        match self {
            Self::Variables(block) => block.span().1 as usize,
            Self::Settings(block) => block.span().1 as usize,
        }
    }

    /// Reads the answer to this question, its check taken off.
    ///
    /// # Errors
    /// Another length, a bit without meaning, or an impossible value.
    pub fn parse(self, answer: &[u8]) -> Result<Answer, AnswerError> {
        let block = match self {
            Self::Settings(block) => return Ok(Answer::Settings(block.parse(answer)?)),
            Self::Variables(block) => block,
        };
        Ok(match block {
            Variables::State => Answer::State(State::parse(answer)?),
            Variables::ErrorStatus => {
                let bits = u16::from_le_bytes(exactly(answer)?);
                Answer::ErrorStatus(ErrorFlags::from_status(bits))
            }
            Variables::Targets => Answer::Targets(Targets::parse(answer)?),
            Variables::Limits => Answer::Limits(Limits::parse(answer)?),
            Variables::Position => Answer::Position(i32::from_le_bytes(exactly(answer)?)),
            Variables::Motion => Answer::Motion(Motion::parse(answer)?),
            Variables::Supply => Answer::Supply(Supply::parse(answer)?),
            Variables::Vin => Answer::VinMv(u16::from_le_bytes(exactly(answer)?)),
        })
    }

    fn raw(self) -> RawCommand {
        let (command, (offset, len)) = match self {
            Self::Variables(block) => (GET_VARIABLE, block.span()),
            Self::Settings(block) => (GET_SETTING, block.span()),
        };
        RawCommand::new(command, &[offset, len])
    }

    fn heard(raw: &RawCommand) -> Option<Self> {
        let variables = Variables::ALL.map(Self::Variables);
        let settings = SettingsBlock::ALL.map(Self::Settings);
        variables.into_iter().chain(settings).find(|read| read.raw() == *raw)
    }
}

/// What a driver says in the ordinary course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Go to a position in steps and hold there.
    SetTargetPosition(i32),
    /// Run at a velocity.
    SetTargetVelocity(Velocity),
    /// Stop at once and hold: no ramp. The position is uncertain after it.
    HaltAndHold,
    /// Keep the motion as it is for another timeout.
    ResetCommandTimeout,
    /// Hold the motor; begins no motion while safe start stands.
    Energize,
    /// Stop as on an error, until a person lets the motor start again.
    EnterSafeStart,
    /// Largest speed, until the device restarts.
    LimitSpeed(Speed),
    /// Largest slowing down, until the device restarts. Small means a long way to stand still.
    LimitDeceleration(Acceleration),
    /// Largest speeding up, until the device restarts.
    LimitAcceleration(Acceleration),
    /// A question.
    Read(Read),
}

impl Command {
    /// The command's bytes on this wire.
    #[must_use]
    pub fn encode(self, framing: Framing) -> CommandBuf {
        framing.close(&self.raw())
    }

    /// Whether it clears the timer of the command timeout, and that error with it: the list of 0J71
    /// section 5.4, which [`ExitSafeStart`] and the reset command are on too.
    #[must_use]
    pub const fn feeds_timeout(self) -> bool {
        match self {
            Self::SetTargetPosition(_)
            | Self::SetTargetVelocity(_)
            | Self::HaltAndHold
            | Self::ResetCommandTimeout
            | Self::Energize => true,
            Self::EnterSafeStart
            | Self::LimitSpeed(_)
            | Self::LimitDeceleration(_)
            | Self::LimitAcceleration(_)
            | Self::Read(_) => false,
        }
    }

    pub(in crate::codec::pololu) fn raw(self) -> RawCommand {
        match self {
            Self::SetTargetPosition(steps) => long(SET_TARGET_POSITION, steps.to_le_bytes()),
            Self::SetTargetVelocity(velocity) => {
                long(SET_TARGET_VELOCITY, velocity.get().to_le_bytes())
            }
            Self::HaltAndHold => quick(HALT_AND_HOLD),
            Self::ResetCommandTimeout => quick(RESET_COMMAND_TIMEOUT),
            Self::Energize => quick(ENERGIZE),
            Self::EnterSafeStart => quick(ENTER_SAFE_START),
            Self::LimitSpeed(speed) => long(SET_MAX_SPEED, speed.get().to_le_bytes()),
            Self::LimitDeceleration(limit) => long(SET_MAX_DECEL, limit.get().to_le_bytes()),
            Self::LimitAcceleration(limit) => long(SET_MAX_ACCEL, limit.get().to_le_bytes()),
            Self::Read(read) => read.raw(),
        }
    }
}

fn quick(command: u8) -> RawCommand {
    RawCommand::new(command, &[])
}

/// Thirty-two bits: first the four top bits, the lowest byte's lowest, then the bytes.
fn long(command: u8, [a, b, c, d]: [u8; 4]) -> RawCommand {
    let tops = a >> 7 | (b >> 7) << 1 | (c >> 7) << 2 | (d >> 7) << 3;
    RawCommand::new(command, &[tops, a, b, c, d])
}

/// The thirty-two bits of the data of such a command.
fn from_long(data: &[u8]) -> Option<[u8; 4]> {
    match *data {
        [tops @ 0..=0x0f, a, b, c, d] => {
            Some([a | tops << 7, b | (tops & 2) << 6, c | (tops & 4) << 5, d | (tops & 8) << 4])
        }
        _ => None,
    }
}

/// Lets the motor start within the next 200 ms if nothing else stops it: motion begins here. The
/// vendor too asks that it be sent only in answer to a person. Feeds the timeout.
///
/// # Example
/// ```
/// use antipode_driver_serial::codec::pololu::{Addressing, Framing, tic::ExitSafeStart};
/// let framing = Framing { addressing: Addressing::Compact, crc: true };
/// let act = ExitSafeStart::the_operator_asked();
/// assert_eq!(act.encode(framing).as_bytes(), [0x83, 0x1a]);
/// ```
/// Spent is spent:
/// ```compile_fail
/// use antipode_driver_serial::codec::pololu::{Addressing, Framing, tic::ExitSafeStart};
/// let framing = Framing { addressing: Addressing::Compact, crc: true };
/// let act = ExitSafeStart::the_operator_asked();
/// assert_eq!(act.encode(framing).as_bytes(), [0x83, 0x1a]); act.encode(framing);
/// ```
#[derive(Debug, PartialEq, Eq)]
#[must_use = "an operator's act that is not sent changes nothing"]
pub struct ExitSafeStart(());

impl ExitSafeStart {
    /// For the one place that hears a person ask for it.
    pub const fn the_operator_asked() -> Self {
        Self(())
    }

    /// The command's bytes on this wire.
    #[must_use]
    pub fn encode(self, framing: Framing) -> CommandBuf {
        framing.close(&quick(EXIT_SAFE_START))
    }
}

/// Reads what occurred and forgets it. It starts no motor, but the record of why one stopped is gone.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "an operator's act that is not sent changes nothing"]
pub struct ForgetErrorsOccurred(());

impl ForgetErrorsOccurred {
    /// Bytes of the answer, without a check: the errors, as [`ErrorFlags::from_occurred`] takes them.
    pub const ANSWER_LEN: usize = 4;

    /// For the one place that hears a person ask for it, after the errors were recorded.
    pub const fn the_operator_asked() -> Self {
        Self(())
    }

    /// The command's bytes on this wire.
    #[must_use]
    pub fn encode(self, framing: Framing) -> CommandBuf {
        framing.close(&RawCommand::new(GET_VARIABLE_AND_CLEAR, &[0x04, 4]))
    }
}

/// Forgets a fault of the motor driver, after which the motor may be driven again.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "an operator's act that is not sent changes nothing"]
pub struct ClearDriverError(());

impl ClearDriverError {
    /// For the one place that hears a person ask for it, after the cause was shown.
    pub const fn the_operator_asked() -> Self {
        Self(())
    }

    /// The command's bytes on this wire.
    #[must_use]
    pub fn encode(self, framing: Framing) -> CommandBuf {
        framing.close(&quick(CLEAR_DRIVER_ERROR))
    }
}

/// Lets the motor go. A bed that a gear does not hold turns by its load, so this is no stop.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "not sent, it changes nothing"]
pub struct Deenergize(());

impl Deenergize {
    /// For the setting-up screen, and for a table whose gear holds by itself.
    pub const fn the_bed_is_held_otherwise() -> Self {
        Self(())
    }

    /// The command's bytes on this wire.
    #[must_use]
    pub fn encode(self, framing: Framing) -> CommandBuf {
        framing.close(&quick(DEENERGIZE))
    }
}

/// A command as the device, or a trace, hears it. Hearing one makes no act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// In the ordinary course.
    Command(Command),
    /// [`ExitSafeStart`].
    ExitSafeStart,
    /// [`ForgetErrorsOccurred`].
    ForgetErrorsOccurred,
    /// [`ClearDriverError`].
    ClearDriverError,
    /// [`Deenergize`].
    Deenergize,
    /// A command of the device that this program never sends: homing, setting the position, the
    /// reset, step modes and currents, other reads.
    NeverSent(RawCommand),
}

impl Heard {
    /// The command that `bytes` are on this wire.
    ///
    /// # Errors
    /// Says why they are none.
    pub fn decode(framing: Framing, bytes: &[u8]) -> Result<Self, FrameError> {
        Self::from_raw(&framing.open(bytes)?)
    }

    fn from_raw(raw: &RawCommand) -> Result<Self, FrameError> {
        let command = raw.command();
        let wanted = data_len(command, raw.data()).ok_or(FrameError::Unknown(command))?;
        match raw.data().len() {
            seen if seen < wanted => return Err(FrameError::Truncated),
            seen if seen > wanted => return Err(FrameError::TooLong),
            _ => {}
        }
        let forgets_occurred = RawCommand::new(GET_VARIABLE_AND_CLEAR, &[0x04, 4]);
        Ok(match command {
            HALT_AND_HOLD => Self::Command(Command::HaltAndHold),
            RESET_COMMAND_TIMEOUT => Self::Command(Command::ResetCommandTimeout),
            ENERGIZE => Self::Command(Command::Energize),
            ENTER_SAFE_START => Self::Command(Command::EnterSafeStart),
            EXIT_SAFE_START => Self::ExitSafeStart,
            CLEAR_DRIVER_ERROR => Self::ClearDriverError,
            DEENERGIZE => Self::Deenergize,
            GET_VARIABLE | GET_SETTING => match Read::heard(raw) {
                Some(read) => Self::Command(Command::Read(read)),
                None => Self::NeverSent(*raw),
            },
            GET_VARIABLE_AND_CLEAR if *raw == forgets_occurred => Self::ForgetErrorsOccurred,
            SET_TARGET_POSITION | SET_TARGET_VELOCITY | SET_MAX_SPEED | SET_MAX_DECEL
            | SET_MAX_ACCEL => {
                let bytes = from_long(raw.data()).ok_or(FrameError::Value(command))?;
                Self::Command(long_command(command, bytes).ok_or(FrameError::Value(command))?)
            }
            _ => Self::NeverSent(*raw),
        })
    }
}

fn long_command(command: u8, bytes: [u8; 4]) -> Option<Command> {
    let (signed, unsigned) = (i32::from_le_bytes(bytes), u32::from_le_bytes(bytes));
    Some(match command {
        SET_TARGET_POSITION => Command::SetTargetPosition(signed),
        SET_TARGET_VELOCITY => Command::SetTargetVelocity(Velocity::new(signed)?),
        SET_MAX_SPEED => Command::LimitSpeed(Speed::new(unsigned)?),
        SET_MAX_DECEL => Command::LimitDeceleration(Acceleration::new(unsigned)?),
        SET_MAX_ACCEL => Command::LimitAcceleration(Acceleration::new(unsigned)?),
        _ => return None,
    })
}

/// How many data bytes a command takes.
fn data_len(command: u8, _data: &[u8]) -> Option<usize> {
    match command {
        EXIT_SAFE_START
        | ENERGIZE
        | DEENERGIZE
        | HALT_AND_HOLD
        | CLEAR_DRIVER_ERROR
        | RESET_COMMAND_TIMEOUT
        | ENTER_SAFE_START => Some(0),
        // The reset.
        0xb0 => Some(0),
        // Current limit, decay mode, step mode, homing, automatic gain: never sent.
        0x91 | 0x92 | 0x94 | 0x97 | 0x98 => Some(1),
        GET_VARIABLE | GET_VARIABLE_AND_CLEAR | GET_SETTING => Some(2),
        // Starting speed and setting the position: never sent.
        0xe5 | 0xec => Some(5),
        SET_TARGET_POSITION | SET_TARGET_VELOCITY | SET_MAX_SPEED | SET_MAX_DECEL
        | SET_MAX_ACCEL => Some(5),
        _ => None,
    }
}

/// Finds commands in a stream, as a device does: for a simulated one, and for traces.
#[derive(Clone, Debug)]
pub struct CommandReader(Reader);

impl CommandReader {
    /// Waits for a first command.
    #[must_use]
    pub const fn new(framing: Framing) -> Self {
        Self(Reader::new(framing))
    }

    /// Takes the next bytes and hands every command that they complete, or why they are none, to
    /// `sink`, in order.
    pub fn feed(&mut self, bytes: &[u8], mut sink: impl FnMut(Result<Heard, FrameError>)) {
        for &byte in bytes {
            self.0.push(byte, data_len, &mut |raw| {
                sink(raw.and_then(|raw| Heard::from_raw(&raw)));
            });
        }
    }
}
