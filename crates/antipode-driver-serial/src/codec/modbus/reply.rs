//! What a device says back, held to what it was asked.

use core::fmt;

use super::request::{MAX_BITS, MAX_READ, Read, Request, Write};
use super::{Frame, Registers, Unit, intact};

/// Bit of the function byte that marks a refusal.
const REFUSED: u8 = 0x80;
/// Bytes of a refusal, the shortest answer there is.
pub(crate) const SHORTEST: usize = 5;
/// Bytes that hold the most bits of one answer.
const BIT_BYTES: usize = (MAX_BITS as usize).div_ceil(8);

/// Why a device refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Exception {
    /// It does not know the function.
    IllegalFunction = 1,
    /// It has no such address.
    IllegalAddress = 2,
    /// It does not take this value or count.
    IllegalValue = 3,
    /// It failed while doing it: how far it got is not known.
    DeviceFailure = 4,
    /// It took the order and is not done with it.
    Acknowledge = 5,
    /// It is at work on something longer.
    Busy = 6,
    /// It cannot do that in its present state.
    NegativeAcknowledge = 7,
    /// Its memory is damaged.
    MemoryParity = 8,
    /// A gateway has no way to the device.
    GatewayPath = 10,
    /// The device behind a gateway does not answer.
    GatewayTarget = 11,
}

impl Exception {
    /// Every exception.
    pub const ALL: [Self; 10] = [
        Self::IllegalFunction,
        Self::IllegalAddress,
        Self::IllegalValue,
        Self::DeviceFailure,
        Self::Acknowledge,
        Self::Busy,
        Self::NegativeAcknowledge,
        Self::MemoryParity,
        Self::GatewayPath,
        Self::GatewayTarget,
    ];

    /// The exception of a byte, `None` for one without meaning.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|exception| exception.byte() == byte)
    }

    /// The wire byte.
    #[must_use]
    pub const fn byte(self) -> u8 {
        self as u8
    }

    /// Whether the device may have done all or part of what it refused.
    #[must_use]
    pub const fn may_have_acted(self) -> bool {
        match self {
            Self::IllegalFunction | Self::IllegalAddress | Self::IllegalValue => false,
            Self::DeviceFailure
            | Self::Acknowledge
            | Self::Busy
            | Self::NegativeAcknowledge
            | Self::MemoryParity
            | Self::GatewayPath
            | Self::GatewayTarget => true,
        }
    }
}

/// Bits as read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Bits {
    /// Invariant: zeros after the first `count` bits.
    bytes: [u8; BIT_BYTES],
    count: u16,
}

impl Bits {
    /// These bits, `None` for none or more than one answer holds.
    #[must_use]
    pub fn new(bits: &[bool]) -> Option<Self> {
        let count =
            u16::try_from(bits.len()).ok().filter(|count| (1..=MAX_BITS).contains(count))?;
        let mut bytes = [0; BIT_BYTES];
        for (byte, bits) in bytes.iter_mut().zip(bits.chunks(8)) {
            *byte = bits.iter().rev().fold(0, |byte, &bit| (byte << 1) | u8::from(bit));
        }
        Some(Self { bytes, count })
    }

    /// How many bits.
    #[must_use]
    pub const fn count(&self) -> u16 {
        self.count
    }

    /// The bit at `index` from the first address asked for, `None` past the last.
    #[must_use]
    pub fn get(&self, index: u16) -> Option<bool> {
        let byte = self.bytes.get(usize::from(index / 8)).filter(|_| index < self.count)?;
        Some(byte >> (index % 8) & 1 == 1)
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.count.div_ceil(8))).unwrap_or_default()
    }

    /// `count` bits of exactly the bytes that they need. What fills the last byte up means nothing.
    fn from_bytes(count: u16, from: &[u8]) -> Option<Self> {
        let mut bits = Self { bytes: [0; BIT_BYTES], count };
        let needed = usize::from(count.div_ceil(8));
        bits.bytes.get_mut(..needed).filter(|to| to.len() == from.len())?.copy_from_slice(from);
        if let (Some(last), rest @ 1..) = (bits.bytes.get_mut(needed - 1), count % 8) {
            *last &= (1 << rest) - 1;
        }
        Some(bits)
    }
}

impl fmt::Debug for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries((0..self.count).map(|index| self.get(index) == Some(true))).finish()
    }
}

/// Everything that a device answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The bits asked for, all of them and no more.
    Bits(Bits),
    /// The registers asked for, all of them and no more.
    Registers(Registers<{ MAX_READ as usize }>),
    /// The write repeated, exactly. An adapter that echoes what it sends gives the same bytes.
    Written,
    /// The device will not.
    Refused(Exception),
}

/// Why bytes are not the answer to the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyError {
    /// Fewer bytes than the answer has; more may still come.
    Truncated {
        /// Bytes seen.
        got: usize,
    },
    /// Whole, but less than was asked for.
    TooShort {
        /// Bytes of the right answer.
        need: usize,
        /// Bytes seen.
        got: usize,
    },
    /// More than was asked for, or bytes after the answer.
    TooLong {
        /// Bytes of the right answer.
        need: usize,
        /// Bytes seen.
        got: usize,
    },
    /// The check does not match.
    Crc,
    /// Whole, but from another unit.
    OtherUnit(u8),
    /// Whole, but the answer to another function.
    OtherFunction(u8),
    /// Whole, but the answer to a write of something else.
    OtherTarget,
    /// Whole, but its byte count contradicts its length.
    ByteCount(u8),
    /// A refusal with a code that has no meaning.
    UnknownException(u8),
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { got } => {
                write!(f, "Modbus answer that ends after {got} bytes, too early")
            }
            Self::TooShort { need, got } => {
                write!(f, "Modbus answer of {got} bytes, less than the {need} asked for")
            }
            Self::TooLong { need, got } => {
                write!(f, "Modbus answer of {got} bytes, more than the {need} asked for")
            }
            Self::Crc => write!(f, "Modbus answer whose CRC-16 does not match"),
            Self::OtherUnit(unit) => write!(f, "Modbus answer from another unit, {unit}"),
            Self::OtherFunction(byte) => {
                write!(f, "Modbus answer to another function, 0x{byte:02x}")
            }
            Self::OtherTarget => write!(f, "Modbus answer to a write of something else"),
            Self::ByteCount(count) => {
                write!(f, "Modbus answer whose byte count {count} contradicts its length")
            }
            Self::UnknownException(code) => {
                write!(f, "Modbus refusal with the unknown code {code}")
            }
        }
    }
}

impl core::error::Error for ReplyError {}

impl Request {
    /// Bytes of the answer to this, unless it is refused.
    #[must_use]
    pub fn reply_len(&self) -> usize {
        match self {
            Self::Read(read) => 5 + usize::from(read.data_len()),
            Self::Write(Write::Coil { .. } | Write::Register { .. } | Write::Registers(_)) => 8,
        }
    }
}

impl Read {
    /// Bytes of data in the answer.
    fn data_len(&self) -> u8 {
        let bytes = match self {
            Self::Coils(span) | Self::DiscreteInputs(span) => span.count().div_ceil(8),
            Self::HoldingRegisters(span) | Self::InputRegisters(span) => span.count() * 2,
        };
        u8::try_from(bytes).unwrap_or(u8::MAX)
    }
}

impl Reply {
    /// Reads the whole answer of `unit` to `request`.
    ///
    /// # Errors
    /// Says why the bytes are not that answer. Only [`ReplyError::Truncated`] can be mended by more
    /// bytes.
    pub fn decode(unit: Unit, request: &Request, bytes: &[u8]) -> Result<Self, ReplyError> {
        let got = bytes.len();
        let function = request.function().byte();
        let need = match bytes.get(1) {
            Some(&said) if said == function | REFUSED => SHORTEST,
            Some(_) | None => request.reply_len(),
        };
        let Some(body) = intact(bytes) else {
            return Err(if got < need {
                ReplyError::Truncated { got }
            } else if got > need && bytes.get(..need).and_then(intact).is_some() {
                ReplyError::TooLong { need, got }
            } else {
                ReplyError::Crc
            });
        };
        let Some((&[by, said], data)) = body.split_first_chunk::<2>() else {
            return Err(ReplyError::Truncated { got });
        };
        if by != unit.byte() {
            return Err(ReplyError::OtherUnit(by));
        }
        if said & !REFUSED != function {
            return Err(ReplyError::OtherFunction(said));
        }
        match got.cmp(&need) {
            core::cmp::Ordering::Less => return Err(ReplyError::TooShort { need, got }),
            core::cmp::Ordering::Greater => return Err(ReplyError::TooLong { need, got }),
            core::cmp::Ordering::Equal => {}
        }
        if said == function {
            Self::parse(request, data)
        } else {
            let code = data.first().copied().unwrap_or_default();
            let exception = Exception::from_byte(code);
            exception.map(Self::Refused).ok_or(ReplyError::UnknownException(code))
        }
    }

    /// Reads the data of an answer of the right length.
    fn parse(request: &Request, data: &[u8]) -> Result<Self, ReplyError> {
        let read = match request {
            Request::Read(read) => read,
            Request::Write(_) => {
                let mut target = Frame { bytes: [0; super::MAX_FRAME], len: 0 };
                request.put_target(&mut target);
                let same = target.as_bytes() == data;
                return if same { Ok(Self::Written) } else { Err(ReplyError::OtherTarget) };
            }
        };
        let (&count, values) = data.split_first().unwrap_or((&0, &[]));
        if count != read.data_len() {
            return Err(ReplyError::ByteCount(count));
        }
        let reply = match read {
            Read::Coils(span) | Read::DiscreteInputs(span) => {
                Bits::from_bytes(span.count(), values).map(Self::Bits)
            }
            Read::HoldingRegisters(_) | Read::InputRegisters(_) => {
                Registers::from_bytes(values).map(Self::Registers)
            }
        };
        reply.ok_or(ReplyError::ByteCount(count))
    }

    /// The bytes with which `unit` answers `request`; `None` when this is no answer to it.
    #[must_use]
    pub fn encode(&self, unit: Unit, request: &Request) -> Option<Frame> {
        let function = request.function().byte();
        let mut frame = Frame::begin(unit, function);
        match (self, request) {
            (Self::Refused(exception), Request::Read(_) | Request::Write(_)) => {
                frame = Frame::begin(unit, function | REFUSED);
                frame.put(&[exception.byte()]);
            }
            (Self::Written, Request::Write(_)) => request.put_target(&mut frame),
            (
                Self::Bits(bits),
                Request::Read(read @ (Read::Coils(span) | Read::DiscreteInputs(span))),
            ) if bits.count == span.count() => {
                frame.put(&[read.data_len()]).put(bits.as_bytes());
            }
            (
                Self::Registers(values),
                Request::Read(read @ (Read::HoldingRegisters(span) | Read::InputRegisters(span))),
            ) if values.as_slice().len() == usize::from(span.count()) => {
                frame.put(&[read.data_len()]);
                values.put(&mut frame);
            }
            (
                Self::Bits(_) | Self::Registers(_) | Self::Written,
                Request::Read(_) | Request::Write(_),
            ) => return None,
        }
        Some(frame.seal())
    }
}
