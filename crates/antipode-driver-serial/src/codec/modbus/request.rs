//! What a master asks, and what it tells a device to write.

use core::fmt;

use super::reply::Reply;
use super::{Frame, Registers, Unit, intact};

/// Most bits in one read.
pub const MAX_BITS: u16 = 2_000;
/// Most registers in one read.
pub const MAX_READ: u16 = 125;
/// Most registers in one write.
pub const MAX_WRITE: usize = 123;

/// The function codes that this master speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Function {
    /// Read coils.
    ReadCoils = 1,
    /// Read discrete inputs.
    ReadDiscreteInputs = 2,
    /// Read holding registers.
    ReadHoldingRegisters = 3,
    /// Read input registers.
    ReadInputRegisters = 4,
    /// Write one coil.
    WriteCoil = 5,
    /// Write one register.
    WriteRegister = 6,
    /// Write several registers.
    WriteRegisters = 16,
}

impl Function {
    /// The function of a byte, `None` for one that this master does not speak.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            1 => Self::ReadCoils,
            2 => Self::ReadDiscreteInputs,
            3 => Self::ReadHoldingRegisters,
            4 => Self::ReadInputRegisters,
            5 => Self::WriteCoil,
            6 => Self::WriteRegister,
            16 => Self::WriteRegisters,
            _ => return None,
        })
    }

    /// The wire byte.
    #[must_use]
    pub const fn byte(self) -> u8 {
        self as u8
    }
}

/// One to `MAX` neighbouring addresses, none past the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span<const MAX: u16> {
    start: u16,
    count: u16,
}

/// Bits that one read can ask for.
pub type BitSpan = Span<MAX_BITS>;
/// Registers that one read can ask for.
pub type RegisterSpan = Span<MAX_READ>;

impl<const MAX: u16> Span<MAX> {
    /// `count` addresses from `start`, `None` for none, too many, or past the last address.
    #[must_use]
    pub const fn new(start: u16, count: u16) -> Option<Self> {
        if count == 0 || count > MAX || start.checked_add(count - 1).is_none() {
            return None;
        }
        Some(Self { start, count })
    }

    /// The first address.
    #[must_use]
    pub const fn start(self) -> u16 {
        self.start
    }

    /// How many addresses.
    #[must_use]
    pub const fn count(self) -> u16 {
        self.count
    }

    fn from_bytes([a, b, c, d]: [u8; 4]) -> Result<Self, RequestError> {
        Self::new(u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])).ok_or(RequestError::Field)
    }

    fn put(self, frame: &mut Frame) {
        frame.put(&self.start.to_be_bytes()).put(&self.count.to_be_bytes());
    }
}

/// A question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// Bits that can be written.
    Coils(BitSpan),
    /// Bits that cannot.
    DiscreteInputs(BitSpan),
    /// Registers that can be written.
    HoldingRegisters(RegisterSpan),
    /// Registers that cannot.
    InputRegisters(RegisterSpan),
}

/// Neighbouring registers to be written at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    start: u16,
    values: Registers<MAX_WRITE>,
}

impl Block {
    /// `values` from `start` on, `None` for none, too many, or past the last address.
    #[must_use]
    pub fn new(start: u16, values: &[u16]) -> Option<Self> {
        let values = Registers::new(values)?;
        let block = Self { start, values };
        Span::<MAX_READ>::new(start, block.count())?;
        Some(block)
    }

    /// The first address.
    #[must_use]
    pub const fn start(&self) -> u16 {
        self.start
    }

    /// What is to be written.
    #[must_use]
    pub fn values(&self) -> &[u16] {
        self.values.as_slice()
    }

    fn count(&self) -> u16 {
        u16::try_from(self.values().len()).unwrap_or(u16::MAX)
    }
}

/// An order to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "nothing here allocates, so the block lies inline")]
pub enum Write {
    /// One bit.
    Coil {
        /// Its address.
        at: u16,
        /// Its new state.
        on: bool,
    },
    /// One register.
    Register {
        /// Its address.
        at: u16,
        /// Its new value.
        value: u16,
    },
    /// Several registers at once.
    Registers(Block),
}

impl Write {
    /// The question whose answer shows whether this write took.
    #[must_use]
    pub fn read_back(&self) -> Read {
        // One address, or a block that was checked when it was made: it always fits.
        match self {
            Self::Coil { at, .. } => Read::Coils(Span { start: *at, count: 1 }),
            Self::Register { at, .. } => Read::HoldingRegisters(Span { start: *at, count: 1 }),
            Self::Registers(block) => {
                Read::HoldingRegisters(Span { start: block.start, count: block.count() })
            }
        }
    }

    /// Whether the answer to [`Write::read_back`] shows what was written.
    #[must_use]
    pub fn is_shown_by(&self, reply: &Reply) -> bool {
        match (self, reply) {
            (Self::Coil { on, .. }, Reply::Bits(bits)) => bits.get(0) == Some(*on),
            (Self::Register { value, .. }, Reply::Registers(read)) => read.as_slice() == [*value],
            (Self::Registers(block), Reply::Registers(read)) => read.as_slice() == block.values(),
            (
                Self::Coil { .. } | Self::Register { .. } | Self::Registers(_),
                Reply::Bits(_) | Reply::Registers(_) | Reply::Written | Reply::Refused(_),
            ) => false,
        }
    }
}

/// Everything that a master says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "nothing here allocates, so the block lies inline")]
pub enum Request {
    /// A question.
    Read(Read),
    /// An order.
    Write(Write),
}

/// Why bytes are no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// Fewer bytes than the request has.
    Truncated,
    /// More bytes than the request has.
    TooLong,
    /// The check does not match.
    Crc,
    /// No device has this address: a broadcast or a reserved one.
    Unit(u8),
    /// Not a function of this master.
    Function(u8),
    /// A count, address or value that no master may send.
    Field,
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => write!(f, "Modbus request that ends too early"),
            Self::TooLong => write!(f, "Modbus request with bytes after its end"),
            Self::Crc => write!(f, "Modbus request whose CRC-16 does not match"),
            Self::Unit(byte) => write!(f, "Modbus unit {byte} outside 1 to 247"),
            Self::Function(byte) => write!(f, "Modbus function {byte} is not one of ours"),
            Self::Field => write!(f, "Modbus request with an impossible count, address or value"),
        }
    }
}

impl core::error::Error for RequestError {}

const COIL_ON: u16 = 0xff00;
const COIL_OFF: u16 = 0x0000;

impl Request {
    /// The function that asks this.
    #[must_use]
    pub const fn function(&self) -> Function {
        match self {
            Self::Read(Read::Coils(_)) => Function::ReadCoils,
            Self::Read(Read::DiscreteInputs(_)) => Function::ReadDiscreteInputs,
            Self::Read(Read::HoldingRegisters(_)) => Function::ReadHoldingRegisters,
            Self::Read(Read::InputRegisters(_)) => Function::ReadInputRegisters,
            Self::Write(Write::Coil { .. }) => Function::WriteCoil,
            Self::Write(Write::Register { .. }) => Function::WriteRegister,
            Self::Write(Write::Registers(_)) => Function::WriteRegisters,
        }
    }

    /// The bytes of this request.
    #[must_use]
    pub fn encode(&self, to: Unit) -> Frame {
        let mut frame = Frame::begin(to, self.function().byte());
        self.put_target(&mut frame);
        if let Self::Write(Write::Registers(block)) = self {
            frame.put(&[u8::try_from(block.values().len() * 2).unwrap_or(u8::MAX)]);
            block.values.put(&mut frame);
        }
        frame.seal()
    }

    /// Address, and count or value: the part that the answer to a write repeats.
    pub(super) fn put_target(&self, frame: &mut Frame) {
        match self {
            Self::Read(Read::Coils(span) | Read::DiscreteInputs(span)) => span.put(frame),
            Self::Read(Read::HoldingRegisters(span) | Read::InputRegisters(span)) => {
                span.put(frame);
            }
            Self::Write(Write::Coil { at, on }) => {
                let value = if *on { COIL_ON } else { COIL_OFF };
                frame.put(&at.to_be_bytes()).put(&value.to_be_bytes());
            }
            Self::Write(Write::Register { at, value }) => {
                frame.put(&at.to_be_bytes()).put(&value.to_be_bytes());
            }
            Self::Write(Write::Registers(block)) => {
                frame.put(&block.start.to_be_bytes()).put(&block.count().to_be_bytes());
            }
        }
    }

    /// Reads one whole request, as a device does.
    ///
    /// # Errors
    /// Says why the bytes are no request of ours.
    pub fn decode(bytes: &[u8]) -> Result<(Unit, Self), RequestError> {
        let (&[unit, function], rest) =
            bytes.split_first_chunk::<2>().ok_or(RequestError::Truncated)?;
        let unit = Unit::new(unit).ok_or(RequestError::Unit(unit))?;
        let function = Function::from_byte(function).ok_or(RequestError::Function(function))?;
        let (&target, data) = rest.split_first_chunk::<4>().ok_or(RequestError::Truncated)?;
        let data_len = match function {
            Function::WriteRegisters => {
                1 + usize::from(*data.first().ok_or(RequestError::Truncated)?)
            }
            Function::ReadCoils
            | Function::ReadDiscreteInputs
            | Function::ReadHoldingRegisters
            | Function::ReadInputRegisters
            | Function::WriteCoil
            | Function::WriteRegister => 0,
        };
        match bytes.len().cmp(&(6 + data_len + 2)) {
            core::cmp::Ordering::Less => return Err(RequestError::Truncated),
            core::cmp::Ordering::Greater => return Err(RequestError::TooLong),
            core::cmp::Ordering::Equal => {}
        }
        let body = intact(bytes).ok_or(RequestError::Crc)?;
        let request = Self::parse(function, target, body.get(7..).unwrap_or_default())?;
        Ok((unit, request))
    }

    fn parse(function: Function, target: [u8; 4], data: &[u8]) -> Result<Self, RequestError> {
        let [a, b, c, d] = target;
        let (at, value) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        Ok(match function {
            Function::ReadCoils => Self::Read(Read::Coils(Span::from_bytes(target)?)),
            Function::ReadDiscreteInputs => {
                Self::Read(Read::DiscreteInputs(Span::from_bytes(target)?))
            }
            Function::ReadHoldingRegisters => {
                Self::Read(Read::HoldingRegisters(Span::from_bytes(target)?))
            }
            Function::ReadInputRegisters => {
                Self::Read(Read::InputRegisters(Span::from_bytes(target)?))
            }
            Function::WriteCoil => {
                let on = match value {
                    COIL_ON => true,
                    COIL_OFF => false,
                    _ => return Err(RequestError::Field),
                };
                Self::Write(Write::Coil { at, on })
            }
            Function::WriteRegister => Self::Write(Write::Register { at, value }),
            Function::WriteRegisters => {
                let values = Registers::<MAX_WRITE>::from_bytes(data).ok_or(RequestError::Field)?;
                let block = Block::new(at, values.as_slice()).ok_or(RequestError::Field)?;
                if block.count() != value {
                    return Err(RequestError::Field);
                }
                Self::Write(Write::Registers(block))
            }
        })
    }
}
