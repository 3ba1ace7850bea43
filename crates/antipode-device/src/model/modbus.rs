//! A drive described by its Modbus registers.

use antipode_safety::Millis;
use core::num::{NonZeroU8, NonZeroU32};

use super::Counter;

/// The registers of a drive and the rules for using them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModbusProfile {
    /// Its address on the line, 1 to 247.
    pub unit: u8,
    /// The times of its line.
    pub timing: ModbusTiming,
    /// What it does when nobody speaks to it.
    pub host_loss: HostLoss,
    /// Whether every write must be read back.
    pub require_readback: bool,
    /// By what it is told from another device; may be empty.
    pub identity: Vec<IdentityRead>,
    /// What can be asked of it.
    pub reads: ModbusReads,
    /// How it is moved.
    pub motion: ModbusMotion,
    /// What stops it.
    pub stop: CommandWrite,
    /// Nobody knows yet that this stops it: register or value stand there for want of a better one.
    pub stop_is_placeholder: bool,
    /// What takes off a latched fault, where it has such a thing.
    pub clear: Option<CommandWrite>,
}

impl ModbusProfile {
    /// Why this drive may only be read; `None` where it is known what stops it, and something does when
    /// its host is lost.
    #[must_use]
    pub const fn read_only(&self) -> Option<&'static str> {
        if self.stop_is_placeholder {
            return Some(
                "its profile calls its stop a placeholder: nobody knows that this stops it. It is only \
                 read, until the stop of its manual stands there and `placeholder` is taken out",
            );
        }
        match self.host_loss {
            HostLoss::None => Some(
                "its profile knows nothing that stops it when its computer is lost; it is only \
                 read, until a relay of its own cuts it (host_loss kind \"external\")",
            ),
            HostLoss::Register { .. } | HostLoss::JogRepeat { .. } | HostLoss::External { .. } => {
                None
            }
        }
    }
}

/// A register by which a device is told from another: a product code, a version, a serial number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentityRead {
    /// Where it is.
    pub register: Register,
    /// What stands there on the device that this profile describes.
    pub value: u16,
}

/// The times of a Modbus line, as the master of the line takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModbusTiming {
    /// From handing a request over to the last byte of its answer.
    pub reply_timeout: Millis,
    /// Silence that ends an answer and comes before the next request.
    pub turnaround: Millis,
    /// Silence that ends a drain.
    pub drain_quiet: Millis,
    /// How long a STOP waits for a request under way.
    pub stop_patience: Millis,
    /// How often a STOP is written before it is reported as failed.
    pub stop_attempts: NonZeroU8,
    /// Reads a second at most.
    pub max_reads_per_s: NonZeroU8,
}

/// What a drive does when nobody speaks to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostLoss {
    /// It goes on, or nobody knows.
    None,
    /// Registers say after which time it does what.
    Register {
        /// The time in milliseconds; zero means off.
        timeout: NumberRead,
        /// What it does then, where that can be chosen.
        action: Option<LossAction>,
        /// What it takes for a sign of life.
        fed_by: FedBy,
    },
    /// It moves only while the command to move is repeated. This cannot be read back.
    JogRepeat {
        /// The longest that it goes on after one command.
        within: Millis,
    },
    /// A relay outside the drive cuts it. This cannot be read back.
    External {
        /// The longest that the relay holds.
        within: Millis,
        /// What the relay takes for a sign of life.
        fed_by: FedBy,
    },
}

impl HostLoss {
    /// The words for them in model files.
    pub const KEYS: [&'static str; 4] = ["none", "register", "jog_repeat", "external"];
}

/// What counts as a sign of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FedBy {
    /// Every request, questions among them.
    AnyRequest,
    /// A write alone.
    Writes,
}

impl FedBy {
    /// Both.
    pub const ALL: [Self; 2] = [Self::AnyRequest, Self::Writes];

    /// The words that a model file uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::AnyRequest => "any request",
            Self::Writes => "writes",
        }
    }
}

/// What a drive does when its timeout is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LossAction {
    /// Where that is written.
    pub register: Register,
    /// The values with which it stops and holds. Any other means that it does not.
    pub stops: Vec<u16>,
}

/// Which registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegisterBank {
    /// Those that can be written, read by function 3.
    Holding,
    /// Those that cannot, read by function 4.
    Input,
}

/// One register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Register {
    /// Of which bank.
    pub bank: RegisterBank,
    /// Its address as sent, counted from 0.
    pub addr: u16,
}

/// How a number lies in registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NumberKind {
    /// One register, never negative.
    U16,
    /// One register.
    I16,
    /// Two registers, the higher half first, never negative.
    U32,
    /// Two registers, the higher half first.
    I32,
    /// Two registers, the lower half first, never negative.
    U32LowFirst,
    /// Two registers, the lower half first.
    I32LowFirst,
}

impl NumberKind {
    /// Every one.
    pub const ALL: [Self; 6] =
        [Self::U16, Self::I16, Self::U32, Self::I32, Self::U32LowFirst, Self::I32LowFirst];

    /// The word that a model file uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::U16 => "u16",
            Self::I16 => "i16",
            Self::U32 => "u32",
            Self::I32 => "i32",
            Self::U32LowFirst => "u32-low-first",
            Self::I32LowFirst => "i32-low-first",
        }
    }

    /// How many registers it takes.
    #[must_use]
    pub const fn registers(self) -> u16 {
        match self {
            Self::U16 | Self::I16 => 1,
            Self::U32 | Self::I32 | Self::U32LowFirst | Self::I32LowFirst => 2,
        }
    }

    /// The number in `registers`, `None` where they are too few or too many.
    #[must_use]
    pub fn read(self, registers: &[u16]) -> Option<i64> {
        let pair = |high: u16, low: u16| (u32::from(high) << 16) | u32::from(low);
        Some(match (self, registers) {
            (Self::U16, &[one]) => i64::from(one),
            (Self::I16, &[one]) => i64::from(one.cast_signed()),
            (Self::U32, &[high, low]) | (Self::U32LowFirst, &[low, high]) => {
                i64::from(pair(high, low))
            }
            (Self::I32, &[high, low]) | (Self::I32LowFirst, &[low, high]) => {
                i64::from(pair(high, low).cast_signed())
            }
            (
                Self::U16
                | Self::I16
                | Self::U32
                | Self::I32
                | Self::U32LowFirst
                | Self::I32LowFirst,
                _,
            ) => return None,
        })
    }

    /// The registers of `number`, the second one idle for kinds of one; `None` where it does not
    /// fit.
    #[must_use]
    pub fn write(self, number: i64) -> Option<[u16; 2]> {
        let halves = |bits: u32| [(bits >> 16) as u16, (bits & 0xffff) as u16];
        Some(match self {
            Self::U16 => [u16::try_from(number).ok()?, 0],
            Self::I16 => [i16::try_from(number).ok()?.cast_unsigned(), 0],
            Self::U32 => halves(u32::try_from(number).ok()?),
            Self::I32 => halves(i32::try_from(number).ok()?.cast_unsigned()),
            Self::U32LowFirst => {
                let [high, low] = halves(u32::try_from(number).ok()?);
                [low, high]
            }
            Self::I32LowFirst => {
                let [high, low] = halves(i32::try_from(number).ok()?.cast_unsigned());
                [low, high]
            }
        })
    }
}

/// What one count of a register means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Thousandths of the unit for so many counts,
    pub thousandths: NonZeroU32,
    /// as stand here.
    pub counts: NonZeroU32,
}

impl Scale {
    /// One count is one unit.
    pub const ONE: Self =
        Self { thousandths: NonZeroU32::MIN.saturating_add(999), counts: NonZeroU32::MIN };

    /// Thousandths of the unit in `counts`, cut toward zero; `None` beyond what is held.
    #[must_use]
    pub fn to_thousandths(self, counts: i64) -> Option<i32> {
        let value = counts.checked_mul(i64::from(self.thousandths.get()))?;
        i32::try_from(value / i64::from(self.counts.get())).ok()
    }

    /// Counts of `thousandths`, cut toward zero.
    #[must_use]
    pub fn to_counts(self, thousandths: i32) -> i64 {
        i64::from(thousandths) * i64::from(self.counts.get()) / i64::from(self.thousandths.get())
    }
}

/// A number that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberRead {
    /// Its first register.
    pub register: Register,
    /// How it lies there.
    pub kind: NumberKind,
    /// What it means.
    pub scale: Scale,
}

/// A bit that says whether a number is to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValidBit {
    /// Its register, of the same bank as the number.
    pub addr: u16,
    /// The bit, 0 the lowest. Set means valid.
    pub bit: u8,
}

/// The place on the stroke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionRead {
    /// The number.
    pub number: NumberRead,
    /// The bit that must be set for it to count. Read with the number, in one question.
    pub valid: Option<ValidBit>,
    /// What its counts start from.
    pub counter: Counter,
}

/// A register with meanings. A value that is not listed is a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumRead<T> {
    /// The register.
    pub register: Register,
    /// Values and what they mean; no value twice.
    pub map: Vec<(u16, T)>,
}

impl<T: Copy> EnumRead<T> {
    /// What `value` means; `None` for one that is not listed.
    #[must_use]
    pub fn meaning(&self, value: u16) -> Option<T> {
        self.map.iter().find(|(known, _)| *known == value).map(|(_, means)| *means)
    }
}

/// Whether a drive moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunState {
    /// It stands.
    Idle,
    /// Toward larger positions.
    Out,
    /// Toward smaller positions.
    In,
}

impl RunState {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Idle, Self::Out, Self::In];

    /// The word that a model file uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Out => "out",
            Self::In => "in",
        }
    }
}

/// How a drive is, or why it stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DriveCondition {
    /// Nothing is wrong: it got there, or was told to stop.
    Well,
    /// Nobody spoke to it.
    TimedOut,
    /// A stop that is wired to its own input is open: STOP, latched.
    StopOpen,
    /// No motor power, or too little. A table comes home once it is back; a stop is something else.
    NoPower,
    /// Its current limit was passed.
    OverCurrent,
    /// It is too hot.
    TooHot,
    /// It does not know its position.
    NoPosition,
    /// It understood something of the line wrongly.
    Line,
    /// Something else is wrong.
    Fault,
}

impl DriveCondition {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::Well,
        Self::TimedOut,
        Self::StopOpen,
        Self::NoPower,
        Self::OverCurrent,
        Self::TooHot,
        Self::NoPosition,
        Self::Line,
        Self::Fault,
    ];

    /// The words that a model file uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::TimedOut => "timed out",
            Self::StopOpen => "stop open",
            Self::NoPower => "no power",
            Self::OverCurrent => "over-current",
            Self::TooHot => "too hot",
            Self::NoPosition => "no position",
            Self::Line => "line",
            Self::Fault => "fault",
        }
    }
}

/// What can be asked of a drive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModbusReads {
    /// Place on the stroke.
    pub position: PositionRead,
    /// Whether it moves.
    pub run_state: Option<EnumRead<RunState>>,
    /// Why it last stopped.
    pub stop_reason: Option<EnumRead<DriveCondition>>,
    /// What is wrong with it.
    pub fault: Option<EnumRead<DriveCondition>>,
    /// Motor current in amperes.
    pub current: Option<NumberRead>,
    /// Supply in volts.
    pub supply: Option<NumberRead>,
}

/// The function that writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WriteFunction {
    /// One bit, function 5.
    Coil,
    /// One register, function 6.
    Register,
    /// Several registers, function 16.
    Registers,
}

/// What proves that a write took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WriteProof {
    /// The device repeated it.
    Echo,
    /// The device repeated it, and a read shows it.
    ReadBack,
}

impl WriteProof {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Echo, Self::ReadBack];

    /// The word that a model file uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Echo => "echo",
            Self::ReadBack => "readback",
        }
    }
}

/// A fixed value for a fixed register or bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandWrite {
    /// The function that writes it.
    pub function: WriteFunction,
    /// Where.
    pub addr: u16,
    /// What; 0 or 1 for a bit.
    pub value: u16,
    /// What proves that it took.
    pub proof: WriteProof,
}

/// A place to go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetWrite {
    /// The function that writes it; never [`WriteFunction::Coil`].
    pub function: WriteFunction,
    /// Where.
    pub addr: u16,
    /// How it lies there.
    pub kind: NumberKind,
    /// What one count means.
    pub scale: Scale,
    /// Nearest and farthest place that is ever written, in thousandths of the unit.
    pub bounds: [i32; 2],
    /// The farthest from the measured place that a target may lie, in thousandths of the unit: as
    /// far as the drive goes on by itself when its host is lost.
    pub horizon: NonZeroU32,
    /// What proves that it took.
    pub proof: WriteProof,
}

/// How a drive is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModbusMotion {
    /// A target, then the command to go there.
    Position {
        /// The target.
        target: TargetWrite,
        /// The command.
        run: CommandWrite,
    },
    /// One command for each way, repeated for as long as it is to move.
    Jog {
        /// Toward larger positions.
        out: CommandWrite,
        /// Toward smaller positions.
        inward: CommandWrite,
    },
}

impl ModbusMotion {
    /// What proves the writes that move.
    #[must_use]
    pub fn proofs(&self) -> [WriteProof; 2] {
        match self {
            Self::Position { target, run } => [target.proof, run.proof],
            Self::Jog { out, inward } => [out.proof, inward.proof],
        }
    }
}
