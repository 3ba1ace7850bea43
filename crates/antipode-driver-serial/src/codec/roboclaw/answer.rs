//! What the drive says back. An answer can be read only by one who knows what was asked.

use core::fmt;

use super::{Address, Command, MAX_VERSION, Packet, Status, TimeoutSetting, crc16};

/// The byte that acknowledges a write.
const ACKNOWLEDGED: u8 = 0xff;

/// Position of a motor. An absolute encoder counts 0..=2047.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoder {
    /// Counts.
    pub count: i32,
    /// The counter passed its lower end since it was last read: the position is lost.
    pub underflow: bool,
    /// The last movement was backward.
    pub backward: bool,
    /// The counter passed its upper end since it was last read: the position is lost.
    pub overflow: bool,
}

const UNDERFLOW: u8 = 1 << 0;
const BACKWARD: u8 = 1 << 1;
const OVERFLOW: u8 = 1 << 2;

/// A supply, in tenths of a volt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Supply(u16);

impl Supply {
    /// A supply of `tenths` tenths of a volt.
    #[must_use]
    pub const fn from_tenths(tenths: u16) -> Self {
        Self(tenths)
    }

    /// Millivolts.
    #[must_use]
    pub const fn as_millivolts(self) -> u32 {
        self.0 as u32 * 100
    }
}

/// A motor's current, in units of 10 mA; the sign is the direction of power.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Current(i16);

impl Current {
    /// A current of `units` times 10 mA.
    #[must_use]
    pub const fn from_10ma(units: i16) -> Self {
        Self(units)
    }

    /// Milliamperes.
    #[must_use]
    pub const fn as_milliamperes(self) -> i32 {
        self.0 as i32 * 10
    }
}

/// A temperature, in tenths of a degree Celsius.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Temperature(i16);

impl Temperature {
    /// A temperature of `tenths` tenths of a degree Celsius.
    #[must_use]
    pub const fn from_tenths(tenths: i16) -> Self {
        Self(tenths)
    }

    /// Tenths of a degree Celsius.
    #[must_use]
    pub const fn as_tenths(self) -> i16 {
        self.0
    }
}

/// Name and version of a drive, as it writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Invariant: plain ASCII text without a zero in the first `len` bytes, zeros after them.
    text: [u8; MAX_VERSION - 1],
    len: usize,
}

impl Version {
    /// The version of a text, `None` when it is too long or not plain ASCII.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        Self::from_bytes(text.as_bytes())
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let plain = |&byte: &u8| matches!(byte, b' '..=b'~' | b'\r' | b'\n');
        let mut text = [0; MAX_VERSION - 1];
        let to = text.get_mut(..bytes.len())?;
        if !bytes.iter().all(plain) {
            return None;
        }
        to.copy_from_slice(bytes);
        Some(Self { text, len: bytes.len() })
    }

    /// The text without the end of line that the drive appends.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.raw()).unwrap_or_default().trim_end()
    }

    fn raw(&self) -> &[u8] {
        self.text.get(..self.len).unwrap_or_default()
    }
}

/// Everything that the drive answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A write arrived whole. Not that it was obeyed.
    Acknowledged,
    /// The timeout in force.
    Timeout(TimeoutSetting),
    /// Where a motor is.
    Encoder(Encoder),
    /// What the drive is.
    Version(Version),
    /// The supply that was asked for.
    Supply(Supply),
    /// The currents of motor 1 and motor 2.
    Currents([Current; 2]),
    /// The temperature that was asked for.
    Temperature(Temperature),
    /// The status word.
    Status(Status),
}

/// Why bytes are no answer to the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerError {
    /// Fewer bytes than the answer has; more may still come.
    Truncated {
        /// Bytes seen.
        got: usize,
    },
    /// More bytes than the answer has.
    TooLong {
        /// Bytes of the answer.
        need: usize,
        /// Bytes seen.
        got: usize,
    },
    /// The check does not match: damage, another address or the answer to another command.
    Crc,
    /// Not the acknowledgement of a write.
    NotAcknowledged(u8),
    /// A field that no drive may send.
    Field,
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { got } => {
                write!(f, "RoboClaw answer that ends after {got} bytes, too early")
            }
            Self::TooLong { need, got } => {
                write!(f, "RoboClaw answer of {got} bytes where {need} were due")
            }
            Self::Crc => write!(f, "RoboClaw answer whose CRC-16 does not fit the command"),
            Self::NotAcknowledged(byte) => {
                write!(f, "RoboClaw said 0x{byte:02x} where 0xff acknowledges a write")
            }
            Self::Field => write!(f, "RoboClaw answer with a field that no drive may send"),
        }
    }
}

impl core::error::Error for AnswerError {}

impl Answer {
    /// Reads the whole answer of `from` to `command`.
    ///
    /// # Errors
    /// Says why the bytes are not that answer. Only [`AnswerError::Truncated`] can be mended by
    /// more bytes.
    pub fn decode(from: Address, command: &Command, bytes: &[u8]) -> Result<Self, AnswerError> {
        let check = Check { from, command, bytes };
        match command {
            Command::SetTimeout(_)
            | Command::Duty(..)
            | Command::Speed(..)
            | Command::Position(..) => match *bytes {
                [ACKNOWLEDGED] => Ok(Self::Acknowledged),
                [] => Err(AnswerError::Truncated { got: 0 }),
                [ACKNOWLEDGED, ..] => Err(AnswerError::TooLong { need: 1, got: bytes.len() }),
                [other, ..] => Err(AnswerError::NotAcknowledged(other)),
            },
            Command::GetTimeout => {
                let [tenths] = check.data()?;
                Ok(Self::Timeout(TimeoutSetting::from_byte(tenths)))
            }
            Command::Encoder(_) => {
                let [a, b, c, d, status] = check.data()?;
                if status & !(UNDERFLOW | BACKWARD | OVERFLOW) != 0 {
                    return Err(AnswerError::Field);
                }
                Ok(Self::Encoder(Encoder {
                    count: i32::from_be_bytes([a, b, c, d]),
                    underflow: status & UNDERFLOW != 0,
                    backward: status & BACKWARD != 0,
                    overflow: status & OVERFLOW != 0,
                }))
            }
            Command::Version => check.version(),
            Command::MainBattery | Command::LogicBattery => {
                Ok(Self::Supply(Supply(u16::from_be_bytes(check.data()?))))
            }
            Command::Currents => {
                let [a, b, c, d] = check.data()?;
                let [first, second] = [[a, b], [c, d]].map(|raw| Current(i16::from_be_bytes(raw)));
                Ok(Self::Currents([first, second]))
            }
            Command::Temperature(_) => {
                Ok(Self::Temperature(Temperature(i16::from_be_bytes(check.data()?))))
            }
            Command::Status => {
                Ok(Self::Status(Status::from_bits(u32::from_be_bytes(check.data()?))))
            }
        }
    }

    /// The bytes with which `from` answers `command`; `None` when this is no answer to it.
    #[must_use]
    pub fn encode(&self, from: Address, command: &Command) -> Option<Packet> {
        let mut packet = Packet::EMPTY;
        match (*self, command) {
            (
                Self::Acknowledged,
                Command::SetTimeout(_)
                | Command::Duty(..)
                | Command::Speed(..)
                | Command::Position(..),
            ) => {
                packet.put(&[ACKNOWLEDGED]);
                return Some(packet);
            }
            (Self::Timeout(setting), Command::GetTimeout) => packet.put(&[setting.byte()]),
            (Self::Encoder(encoder), Command::Encoder(_)) => {
                let flag = |set: bool, bit: u8| if set { bit } else { 0 };
                let status = flag(encoder.underflow, UNDERFLOW)
                    | flag(encoder.backward, BACKWARD)
                    | flag(encoder.overflow, OVERFLOW);
                packet.put(&encoder.count.to_be_bytes()).put(&[status])
            }
            (Self::Version(version), Command::Version) => packet.put(version.raw()).put(&[0]),
            (Self::Supply(supply), Command::MainBattery | Command::LogicBattery) => {
                packet.put(&supply.0.to_be_bytes())
            }
            (Self::Currents([first, second]), Command::Currents) => {
                packet.put(&first.0.to_be_bytes()).put(&second.0.to_be_bytes())
            }
            (Self::Temperature(temperature), Command::Temperature(_)) => {
                packet.put(&temperature.0.to_be_bytes())
            }
            (Self::Status(status), Command::Status) => packet.put(&status.bits().to_be_bytes()),
            (
                Self::Acknowledged
                | Self::Timeout(_)
                | Self::Encoder(_)
                | Self::Version(_)
                | Self::Supply(_)
                | Self::Currents(_)
                | Self::Temperature(_)
                | Self::Status(_),
                _,
            ) => return None,
        };
        let crc = answer_crc(from, command, packet.as_bytes());
        packet.put(&crc.to_be_bytes());
        Some(packet)
    }
}

/// The check of an answer: over what was asked and what is said.
fn answer_crc(from: Address, command: &Command, data: &[u8]) -> u16 {
    data.iter()
        .fold(crc16(&[from.byte(), command.code()]), |crc, &byte| super::crc16_next(crc, byte))
}

/// An answer that is being checked.
struct Check<'a> {
    from: Address,
    command: &'a Command,
    bytes: &'a [u8],
}

impl Check<'_> {
    /// The data of an answer of `N` data bytes, when length and check are right.
    fn data<const N: usize>(&self) -> Result<[u8; N], AnswerError> {
        let got = self.bytes.len();
        let (data, crc) =
            self.bytes.split_first_chunk::<N>().ok_or(AnswerError::Truncated { got })?;
        self.compare(data, crc)?;
        Ok(*data)
    }

    /// A text up to its closing zero.
    fn version(&self) -> Result<Answer, AnswerError> {
        let got = self.bytes.len();
        let Some(end) = self.bytes.iter().take(MAX_VERSION).position(|&byte| byte == 0) else {
            let hopeless = got >= MAX_VERSION;
            return Err(if hopeless { AnswerError::Field } else { AnswerError::Truncated { got } });
        };
        let (data, crc) = self.bytes.split_at(end + 1);
        self.compare(data, crc)?;
        let text = data.get(..end).unwrap_or_default();
        Version::from_bytes(text).map(Answer::Version).ok_or(AnswerError::Field)
    }

    fn compare(&self, data: &[u8], crc: &[u8]) -> Result<(), AnswerError> {
        let (got, need) = (self.bytes.len(), data.len() + 2);
        let crc = match <[u8; 2]>::try_from(crc) {
            Ok(crc) => u16::from_be_bytes(crc),
            Err(_) if got < need => return Err(AnswerError::Truncated { got }),
            Err(_) => return Err(AnswerError::TooLong { need, got }),
        };
        if answer_crc(self.from, self.command, data) == crc {
            Ok(())
        } else {
            Err(AnswerError::Crc)
        }
    }
}
