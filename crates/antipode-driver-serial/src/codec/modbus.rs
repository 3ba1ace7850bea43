//! Modbus RTU: frames both ways, and a master that never gives one request the answer of another.
//!
//! ```text
//!   unit u8 | function u8 | data.. | crc16, low byte first
//! ```
//! A frame has no number and no start mark. What ties an answer to its request is unit, function,
//! length and the time on the line; [`Reply::decode`] holds it to the first three and [`Master`] to
//! the last.
//!
//! # Source
//! Modbus application protocol 1.1b3 and Modbus over serial line 1.02; frames of `pymodbus` 3.16.1 in
//! the tests. Vendors' manuals print frames with wrong checks, so none was taken over unproved.

pub mod master;
pub mod reply;
pub mod request;

pub use master::{
    Done, Failure, Master, Refusal, Step, Success, Ticket, Timing, TimingError, Verify,
};
pub use reply::{Bits, Exception, Reply, ReplyError};
pub use request::{BitSpan, Block, Function, Read, RegisterSpan, Request, RequestError, Write};

#[cfg(test)]
mod tests;

/// Address of one device on the line. Never 0, which every device obeys and none answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit(u8);

impl Unit {
    /// The unit of a byte, `None` outside 1..=247.
    #[must_use]
    pub const fn new(byte: u8) -> Option<Self> {
        match byte {
            1..=247 => Some(Self(byte)),
            _ => None,
        }
    }

    /// The wire byte.
    #[must_use]
    pub const fn byte(self) -> u8 {
        self.0
    }
}

/// The check of this protocol: polynomial 0xa001 reflected, start 0xffff.
#[must_use]
pub fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |crc, &byte| {
        (0..8).fold(crc ^ u16::from(byte), |crc, _| {
            if crc & 1 == 0 { crc >> 1 } else { (crc >> 1) ^ 0xa001 }
        })
    })
}

/// The frame without its check, when the check is right.
pub(crate) fn intact(frame: &[u8]) -> Option<&[u8]> {
    let (body, crc) = frame.split_last_chunk::<2>()?;
    (crc16(body) == u16::from_le_bytes(*crc)).then_some(body)
}

/// Longest frame.
pub const MAX_FRAME: usize = 256;

/// A frame as bytes, held inline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    bytes: [u8; MAX_FRAME],
    len: usize,
}

impl Frame {
    fn begin(unit: Unit, function: u8) -> Self {
        let mut frame = Self { bytes: [0; MAX_FRAME], len: 0 };
        frame.put(&[unit.byte(), function]);
        frame
    }

    /// The bytes held.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Appends a field. The buffer holds the longest frame, so the field always fits.
    fn put(&mut self, field: &[u8]) -> &mut Self {
        let end = self.len + field.len();
        if let Some(to) = self.bytes.get_mut(self.len..end) {
            to.copy_from_slice(field);
            self.len = end;
        }
        self
    }

    fn seal(mut self) -> Self {
        let crc = crc16(self.as_bytes());
        self.put(&crc.to_le_bytes());
        self
    }
}

impl AsRef<[u8]> for Frame {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

/// One to `MAX` registers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Registers<const MAX: usize> {
    /// Invariant: zeros after the first `len`.
    values: [u16; MAX],
    len: usize,
}

impl<const MAX: usize> Registers<MAX> {
    /// These registers, `None` for none or more than `MAX`.
    #[must_use]
    pub fn new(values: &[u16]) -> Option<Self> {
        let mut held = [0; MAX];
        held.get_mut(..values.len()).filter(|to| !to.is_empty())?.copy_from_slice(values);
        Some(Self { values: held, len: values.len() })
    }

    /// The registers in the order of their addresses.
    #[must_use]
    pub fn as_slice(&self) -> &[u16] {
        self.values.get(..self.len).unwrap_or_default()
    }

    /// The registers of big-endian bytes.
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (pairs, odd) = bytes.as_chunks::<2>();
        let mut values = [0; MAX];
        let to = values.get_mut(..pairs.len()).filter(|to| odd.is_empty() && !to.is_empty())?;
        for (to, pair) in to.iter_mut().zip(pairs) {
            *to = u16::from_be_bytes(*pair);
        }
        Some(Self { values, len: pairs.len() })
    }

    fn put(&self, frame: &mut Frame) {
        for value in self.as_slice() {
            frame.put(&value.to_be_bytes());
        }
    }
}

impl<const MAX: usize> core::fmt::Debug for Registers<MAX> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.as_slice()).finish()
    }
}
