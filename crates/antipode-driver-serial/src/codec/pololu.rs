//! Pololu's serial protocols, as the Jrk G2 and the Tic speak them: how a command is laid on the
//! wire, with or without device number and check, and how it is found again in a stream.
//!
//! ```text
//!   compact:        command  data ...  [crc7]        command has the top bit, data has not
//!   device number:  AA  device  command & 7F  data ...  [crc7]
//! ```
//! Three facts of these protocols shape everything above them:
//!
//! - **Answers carry no check** (Jrk: never; Tic: only if a setting says so). A number read once is
//!   a rumour: read settings twice ([`same_twice`]), and hold a reading against what was commanded.
//! - **An answer does not say what it answers.** After a timeout the line is drained, or each answer
//!   is taken for the next question's.
//! - **Nothing is acknowledged.** A command has arrived when the device reports its effect.
//!
//! # Source
//! Jrk G2 user's guide (pololu.com/docs/0J73) section 12, Tic user's guide (0J71) section 9; the
//! vendor's Arduino libraries, whose output the golden tests repeat. No hardware was touched.

mod answer;
pub mod crc7;
pub mod jrk;
mod stream;
pub mod tic;
mod unfit;

#[cfg(test)]
mod tests;

use core::fmt;

pub use answer::{AnswerError, HostTimeout, ReadsDiffer, Reset, same_twice};
use crc7::crc7;
pub use unfit::{Ground, Unfit};

/// Starts a command with a device number.
const ADDRESSED: u8 = 0xaa;
/// The top bit, which only the first byte of a command has.
const TOP: u8 = 0x80;
/// Longest data of a command: offset, length, seven bytes and their top bits.
const MAX_DATA: usize = 10;
/// Longest command: `AA`, device, command, data, check.
pub const MAX_COMMAND: usize = 3 + MAX_DATA + 1;

/// The number of one device among several on a line. The vendor's 14-bit numbers are not spoken:
/// they are off by default, and a device that wants them is refused before arming.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceNumber(u8);

impl DeviceNumber {
    /// The number, or `None` above 127.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number < TOP { Some(Self(number)) } else { None }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// Whom a command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Addressing {
    /// Whoever listens: one device alone on the line.
    Compact,
    /// One device among several.
    Device(DeviceNumber),
}

impl Addressing {
    /// Bytes up to and with the command byte.
    const fn header_len(self) -> usize {
        match self {
            Self::Compact => 1,
            Self::Device(_) => 3,
        }
    }
}

/// How commands are laid on one wire. Both ends must agree: a device that expects a check takes the
/// first byte of the next command for it, and one that does not takes the check for data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Framing {
    /// Whom commands are for.
    pub addressing: Addressing,
    /// Whether a CRC-7 ends each command.
    pub crc: bool,
}

/// One command without address and check. Only the codecs of this module make one, so that no
/// stray byte can be framed as a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RawCommand {
    command: u8,
    data: [u8; MAX_DATA],
    len: usize,
}

impl RawCommand {
    /// A command of `command` and `data`; the top bits of data are cleared, what is too long is cut:
    /// the callers here give seven-bit data that fits.
    pub(in crate::codec::pololu) fn new(command: u8, data: &[u8]) -> Self {
        let mut held = [0; MAX_DATA];
        for (slot, byte) in held.iter_mut().zip(data) {
            *slot = byte & !TOP;
        }
        Self { command: command | TOP, data: held, len: data.len().min(MAX_DATA) }
    }

    /// The command byte, with its top bit.
    #[must_use]
    pub const fn command(&self) -> u8 {
        self.command
    }

    /// The data bytes, all without top bit.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        self.data.get(..self.len).unwrap_or_default()
    }
}

/// A command as bytes for the wire, held inline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandBuf {
    bytes: [u8; MAX_COMMAND],
    len: usize,
}

impl CommandBuf {
    const fn new() -> Self {
        Self { bytes: [0; MAX_COMMAND], len: 0 }
    }

    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }

    /// The bytes held.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl AsRef<[u8]> for CommandBuf {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

/// Why bytes are no command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameError {
    /// The next command began, or the bytes ended, before this one was whole.
    Truncated,
    /// More bytes than the command has.
    TooLong,
    /// A data byte where a command must begin.
    Stray(u8),
    /// A byte with the top bit where data must stand.
    NotData(u8),
    /// The check does not match.
    Crc {
        /// What the bytes give.
        expected: u8,
        /// What was sent.
        seen: u8,
    },
    /// For another device.
    OtherDevice(u8),
    /// The device has no such command.
    Unknown(u8),
    /// A command of the device with a value that it does not take.
    Value(u8),
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => write!(f, "command cut short"),
            Self::TooLong => write!(f, "command longer than it can be"),
            Self::Stray(byte) => write!(f, "byte 0x{byte:02x} outside any command"),
            Self::NotData(byte) => write!(f, "byte 0x{byte:02x} where data must stand"),
            Self::Crc { expected, seen } => {
                write!(f, "command with check 0x{seen:02x} where its bytes give 0x{expected:02x}")
            }
            Self::OtherDevice(byte) => write!(f, "command for device {byte}"),
            Self::Unknown(byte) => write!(f, "unknown command 0x{byte:02x}"),
            Self::Value(byte) => write!(f, "command 0x{byte:02x} with an impossible value"),
        }
    }
}

impl core::error::Error for FrameError {}

impl Framing {
    /// The bytes of `raw` on this wire.
    pub(in crate::codec::pololu) fn close(self, raw: &RawCommand) -> CommandBuf {
        let mut out = CommandBuf::new();
        match self.addressing {
            Addressing::Compact => out.push(raw.command),
            Addressing::Device(device) => {
                out.push(ADDRESSED);
                out.push(device.get());
                out.push(raw.command & !TOP);
            }
        }
        for &byte in raw.data() {
            out.push(byte);
        }
        if self.crc {
            out.push(crc7(out.as_bytes()));
        }
        out
    }

    /// The command that `bytes` are on this wire.
    ///
    /// # Errors
    /// Says why they are none.
    pub fn open(self, bytes: &[u8]) -> Result<RawCommand, FrameError> {
        let body = if self.crc {
            let (&seen, body) = bytes.split_last().ok_or(FrameError::Truncated)?;
            let expected = crc7(body);
            if seen != expected {
                return Err(FrameError::Crc { expected, seen });
            }
            body
        } else {
            bytes
        };
        let (command, data) = self.split_header(body)?;
        if data.len() > MAX_DATA {
            return Err(FrameError::TooLong);
        }
        match data.iter().find(|&&byte| byte >= TOP) {
            Some(&byte) => Err(FrameError::NotData(byte)),
            None => Ok(RawCommand::new(command, data)),
        }
    }

    fn split_header(self, body: &[u8]) -> Result<(u8, &[u8]), FrameError> {
        let (&first, rest) = body.split_first().ok_or(FrameError::Truncated)?;
        if first < TOP {
            return Err(FrameError::Stray(first));
        }
        match self.addressing {
            Addressing::Compact if first == ADDRESSED => Err(FrameError::Unknown(first)),
            Addressing::Compact => Ok((first, rest)),
            Addressing::Device(ours) => {
                if first != ADDRESSED {
                    return Err(FrameError::Unknown(first));
                }
                let (&[device, command], data) =
                    rest.split_first_chunk::<2>().ok_or(FrameError::Truncated)?;
                if device != ours.get() {
                    return Err(FrameError::OtherDevice(device));
                }
                if command >= TOP {
                    return Err(FrameError::NotData(command));
                }
                Ok((command | TOP, data))
            }
        }
    }
}
