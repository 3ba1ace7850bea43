//! What is said to a Jrk.

use super::{
    AnswerError, Duty, DutyLimit, Health, Life, Motion, Ramp, Setting, SettingsBlock, Target,
    Value, Variable,
};
use crate::codec::pololu::stream::Reader;
use crate::codec::pololu::{CommandBuf, FrameError, Framing, RawCommand};

const SET_TARGET: u8 = 0xc0;
const GET_EEPROM: u8 = 0xe3;
const GET_VARIABLES: u8 = 0xe5;
const SET_RAM: u8 = 0xe6;
const GET_RAM: u8 = 0xea;
const FORCE_DUTY_TARGET: u8 = 0xf2;
const STOP: u8 = 0xff;
const ERRORS_HALTING: u8 = 0xb3;

/// Which copy of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Memory {
    /// What the device starts with. Not what it does now, where it was changed over USB and not
    /// reinitialised.
    Eeprom,
    /// What it does now.
    Ram,
}

/// A question. None changes anything on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Read {
    /// One variable.
    Variable(Variable),
    /// Where it is and where it was sent.
    Motion,
    /// What stops it, what happened, supply and current; clears nothing.
    Health,
    /// Since when it runs.
    Life,
    /// How it is set.
    Settings(Memory, SettingsBlock),
}

/// An answer, by the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// One variable.
    Variable(Value),
    /// Where it is and where it was sent.
    Motion(Motion),
    /// What stops it, what happened, supply and current.
    Health(Health),
    /// Since when it runs.
    Life(Life),
    /// How it is set.
    Settings(Setting),
}

impl Read {
    /// Bytes of the answer: wait for just as many, and drain the line if they do not come.
    #[must_use]
    pub const fn answer_len(self) -> usize {
        match self {
            Self::Variable(_) => Variable::LEN,
            Self::Motion => Motion::LEN,
            Self::Health => Health::LEN,
            Self::Life => Life::LEN,
            Self::Settings(_, block) => block.span().1 as usize,
        }
    }

    /// Reads the answer to this question.
    ///
    /// # Errors
    /// Another length, a bit without meaning, or an impossible value.
    pub fn parse(self, answer: &[u8]) -> Result<Answer, AnswerError> {
        Ok(match self {
            Self::Variable(variable) => Answer::Variable(variable.parse(answer)?),
            Self::Motion => Answer::Motion(Motion::parse(answer)?),
            Self::Health => Answer::Health(Health::parse(answer)?),
            Self::Life => Answer::Life(Life::parse(answer)?),
            Self::Settings(_, block) => Answer::Settings(block.parse(answer)?),
        })
    }

    fn raw(self) -> RawCommand {
        match self {
            Self::Variable(variable) => RawCommand::new(variable as u8, &[]),
            Self::Motion => segment(GET_VARIABLES, (Motion::OFFSET, Motion::LEN as u8)),
            Self::Health => segment(GET_VARIABLES, (Health::OFFSET, Health::LEN as u8)),
            Self::Life => segment(GET_VARIABLES, (Life::OFFSET, Life::LEN as u8)),
            Self::Settings(Memory::Eeprom, block) => segment(GET_EEPROM, block.span()),
            Self::Settings(Memory::Ram, block) => segment(GET_RAM, block.span()),
        }
    }

    /// The question that `raw` is, if this codec asks it.
    fn heard(raw: &RawCommand) -> Option<Self> {
        if let Some(variable) = Variable::from_command(raw.command()) {
            return raw.data().is_empty().then_some(Self::Variable(variable));
        }
        let settings = [Memory::Eeprom, Memory::Ram]
            .into_iter()
            .flat_map(|memory| SettingsBlock::ALL.map(|block| Self::Settings(memory, block)));
        [Self::Motion, Self::Health, Self::Life]
            .into_iter()
            .chain(settings)
            .find(|read| read.raw() == *raw)
    }
}

fn segment(command: u8, (offset, len): (u8, u8)) -> RawCommand {
    RawCommand::new(command, &[offset, len])
}

/// A limit for this run of the device: a restart undoes it, so read [`Read::Life`] along with it,
/// and read it back ([`Memory::Ram`]) before it counts. Nothing here can make a stopped motor coast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Largest duty, both ways.
    Duty(DutyLimit),
    /// Largest rise of duty, both ways.
    Acceleration(Ramp),
    /// Largest fall of duty, both ways. Small means a long way to stand still.
    Deceleration(Ramp),
    /// A stopped motor brakes.
    BrakeWhenOff {
        /// The other option of the same byte, as it was read.
        resets_integral: bool,
    },
}

impl Limit {
    fn raw(self) -> RawCommand {
        match self {
            Self::Duty(limit) => both_ways(0x68, limit.get()),
            Self::Acceleration(ramp) => both_ways(0x60, ramp.get()),
            Self::Deceleration(ramp) => both_ways(0x64, ramp.get()),
            Self::BrakeWhenOff { resets_integral } => {
                RawCommand::new(SET_RAM, &[0x50, 1, u8::from(resets_integral), 0])
            }
        }
    }

    fn heard(raw: &RawCommand) -> Option<Self> {
        let limit = match *raw.data() {
            [0x50, 1, options, 0] => Self::BrakeWhenOff { resets_integral: options & 1 != 0 },
            [offset, 4, low, high, _, _, tops] => {
                let value = u16::from_le_bytes([low | tops << 7, high | (tops & 2) << 6]);
                match offset {
                    0x60 => Self::Acceleration(Ramp::new(value)?),
                    0x64 => Self::Deceleration(Ramp::new(value)?),
                    0x68 => Self::Duty(DutyLimit::new(value)?),
                    0x00.. => return None,
                }
            }
            _ => return None,
        };
        (limit.raw() == *raw).then_some(limit)
    }
}

/// Two equal numbers: four bytes, and then their top bits, the first byte's lowest.
fn both_ways(offset: u8, value: u16) -> RawCommand {
    let [low, high] = value.to_le_bytes();
    let tops = low >> 7 | (high >> 7) << 1;
    RawCommand::new(SET_RAM, &[offset, 4, low, high, low, high, tops | tops << 2])
}

/// Whether a command clears the timer of the serial timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Feeds {
    /// The vendor says that it does.
    Yes,
    /// Not known: neither count on it nor send it when the control loop is dead.
    NotKnown,
}

/// What a driver says in the ordinary course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Go to the target and hold there. Ends "awaiting command" and any forced duty.
    SetTarget(Target),
    /// Slow down and hold or coast as set. Not latched: the next target moves again.
    Stop,
    /// A question.
    Read(Read),
    /// A limit until the device restarts.
    Limit(Limit),
}

impl Command {
    /// The command's bytes on this wire.
    #[must_use]
    pub fn encode(self, framing: Framing) -> CommandBuf {
        framing.close(&self.raw())
    }

    /// Whether it clears the timer of the serial timeout.
    #[must_use]
    pub const fn feeds_timeout(self) -> Feeds {
        match self {
            Self::SetTarget(_) => Feeds::Yes,
            Self::Stop | Self::Read(_) | Self::Limit(_) => Feeds::NotKnown,
        }
    }

    pub(in crate::codec::pololu) fn raw(self) -> RawCommand {
        match self {
            Self::SetTarget(target) => {
                let (low, high) = (target.counts() & 0x1f, target.counts() >> 5);
                RawCommand::new(SET_TARGET | low.to_le_bytes()[0], &[high.to_le_bytes()[0]])
            }
            Self::Stop => RawCommand::new(STOP, &[]),
            Self::Read(read) => read.raw(),
            Self::Limit(limit) => limit.raw(),
        }
    }
}

/// Forgets the latched errors; answers with what was halting it. It leaves "awaiting command" as it
/// is, so that a device which was on its way may go on to its last target (not verified). Send
/// [`Command::Stop`] first, then this, see in [`Read::Health`] that only "awaiting command" is left,
/// and then send a target where the bed is.
///
/// Made once for each time that a person asked, and spent on sending: a program that polled this
/// would start a motor that a fault had stopped.
///
/// # Example
/// ```
/// use antipode_driver_serial::codec::pololu::{Addressing, Framing, jrk::ForgetLatchedErrors};
/// let framing = Framing { addressing: Addressing::Compact, crc: true };
/// let act = ForgetLatchedErrors::the_operator_asked();
/// assert_eq!(act.encode(framing).as_bytes(), [0xb3, 0x01]);
/// ```
/// Spent is spent:
/// ```compile_fail
/// use antipode_driver_serial::codec::pololu::{Addressing, Framing, jrk::ForgetLatchedErrors};
/// let framing = Framing { addressing: Addressing::Compact, crc: true };
/// let act = ForgetLatchedErrors::the_operator_asked();
/// assert_eq!(act.encode(framing).as_bytes(), [0xb3, 0x01]); act.encode(framing);
/// ```
#[derive(Debug, PartialEq, Eq)]
#[must_use = "an operator's act that is not sent changes nothing"]
pub struct ForgetLatchedErrors(());

impl ForgetLatchedErrors {
    /// Bytes of the answer: the errors halting, as they were.
    pub const ANSWER_LEN: usize = 2;

    /// For the one place that hears a person ask for it, after the cause was shown.
    pub const fn the_operator_asked() -> Self {
        Self(())
    }

    /// The command's bytes on this wire.
    #[must_use]
    pub fn encode(self, framing: Framing) -> CommandBuf {
        framing.close(&RawCommand::new(ERRORS_HALTING, &[]))
    }
}

/// Drives the motor at a duty past the control loop, within limits and errors. For setting up a
/// table with nobody on it: the device then holds no position.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "not sent, it changes nothing"]
pub struct ForceDutyTarget(Duty);

impl ForceDutyTarget {
    /// For the setting-up screen alone.
    pub const fn with_nobody_on_the_table(duty: Duty) -> Self {
        Self(duty)
    }

    /// The command's bytes on this wire.
    #[must_use]
    pub fn encode(self, framing: Framing) -> CommandBuf {
        let [low, high] = self.0.get().to_le_bytes();
        // Fourteen bits of the two's complement: seven low, seven high.
        let data = [low & 0x7f, (high << 1 | low >> 7) & 0x7f];
        framing.close(&RawCommand::new(FORCE_DUTY_TARGET, &data))
    }
}

/// A command as the device, or a trace, hears it. Hearing one makes no act: what forgets errors or
/// forces a duty is named here but cannot be sent from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// In the ordinary course.
    Command(Command),
    /// [`ForgetLatchedErrors`].
    ForgetLatchedErrors,
    /// [`ForceDutyTarget`].
    ForceDutyTarget(Duty),
    /// A command of the device that this program never sends: low-resolution targets, a forced
    /// duty, reads that clear, other settings.
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
        if let Some(read) = Read::heard(raw) {
            return Ok(Self::Command(Command::Read(read)));
        }
        Ok(match (command, raw.data()) {
            (0xc0..=0xdf, &[high]) => {
                Self::Command(Command::SetTarget(Target::from_wire(command, high)))
            }
            (STOP, _) => Self::Command(Command::Stop),
            (ERRORS_HALTING, _) => Self::ForgetLatchedErrors,
            (FORCE_DUTY_TARGET, &[low, high]) => {
                Self::ForceDutyTarget(duty(low, high).ok_or(FrameError::Value(command))?)
            }
            (SET_RAM, _) => match Limit::heard(raw) {
                Some(limit) => Self::Command(Command::Limit(limit)),
                None => Self::NeverSent(*raw),
            },
            (_, _) => Self::NeverSent(*raw),
        })
    }
}

/// Fourteen bits with sign.
fn duty(low: u8, high: u8) -> Option<Duty> {
    let bits = u16::from(low & 0x7f) | u16::from(high & 0x7f) << 7;
    let value = (i32::from(bits) << 18) >> 18;
    Duty::new(i16::try_from(value).ok()?)
}

/// How many data bytes a command takes, given the data so far.
fn data_len(command: u8, data: &[u8]) -> Option<usize> {
    match command {
        // Variables of one and two bytes, by offset + 1.
        0x8f | 0x90 | 0x97 => Some(0),
        0xa1 | 0xa3 | 0xa5 | 0xa7 | 0xa9 | 0xab | 0xad | 0xb1 | 0xb3 | 0xb5 | 0xb8 | 0xba => {
            Some(0)
        }
        // Targets, the last two in low resolution.
        0xc0..=0xe1 => Some(1),
        GET_EEPROM | GET_VARIABLES | GET_RAM => Some(2),
        SET_RAM => match *data {
            [] | [_] => Some(usize::MAX / 2),
            [_, len, ..] => (len <= 7).then_some(usize::from(len) + 3),
        },
        0xec | STOP => Some(0),
        FORCE_DUTY_TARGET | 0xf4 => Some(2),
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
