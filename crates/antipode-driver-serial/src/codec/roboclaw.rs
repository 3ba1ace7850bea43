//! RoboClaw packet serial: a drive for one or two motors with encoder or potentiometer.
//!
//! ```text
//!   write:  address code data.. crc16                ->  FF
//!   read:   address code                             ->  data.. crc16(address code data..)
//! ```
//! Big-endian throughout. Two weak places of this protocol are the driver's to cover:
//!
//! - **An acknowledgement is one bare byte.** `FF` names no command, so the `FF` of an earlier write
//!   acknowledges a later one. Write only on a quiet line, and believe a reading, not the `FF`.
//! - **An answer names no request.** Its check covers address and code, so it cannot pass for the
//!   answer to another command, but a late one passes for the next answer to the same command.
//!   After a timeout the line must be drained before anything is asked again (H-04, H-17).
//!
//! What the drive does on silence is held in the drive and can be off: see [`TimeoutSetting`].
//!
//! # Source
//! Basicmicro's user manual and its Python package 2.0.10, against which the vectors of the tests
//! were run both ways.

pub mod answer;
pub mod command;
pub mod status;

pub use answer::{Answer, AnswerError, Current, Encoder, Supply, Temperature, Version};
pub use command::{Command, CommandError, Duty, Motor, PositionMove, Sensor};
pub use status::{Status, StatusBit, Weight};

use core::num::NonZeroU8;

#[cfg(test)]
mod tests;

/// Address of one drive on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(u8);

impl Address {
    /// The lowest address, as delivered.
    pub const FIRST: Self = Self(0x80);

    /// The address of a byte, `None` outside 0x80..=0x87.
    #[must_use]
    pub const fn new(byte: u8) -> Option<Self> {
        match byte {
            0x80..=0x87 => Some(Self(byte)),
            _ => None,
        }
    }

    /// The wire byte.
    #[must_use]
    pub const fn byte(self) -> u8 {
        self.0
    }
}

/// How long the drive runs on without hearing a host: 0.1 s to 25.5 s. Never zero, which would
/// switch the watch off, so that no host of ours can do that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timeout(NonZeroU8);

impl Timeout {
    /// The shortest that the drive knows, 100 ms.
    pub const SHORTEST: Self = Self(NonZeroU8::MIN);

    /// A timeout of `tenths` tenths of a second, `None` for zero.
    #[must_use]
    pub const fn from_tenths(tenths: u8) -> Option<Self> {
        match NonZeroU8::new(tenths) {
            Some(tenths) => Some(Self(tenths)),
            None => None,
        }
    }

    /// Tenths of a second.
    #[must_use]
    pub const fn tenths(self) -> u8 {
        self.0.get()
    }

    /// Milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> u16 {
        self.0.get() as u16 * 100
    }
}

/// What a drive says of its timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeoutSetting {
    /// The drive runs on for ever when the host is gone: it must not be armed (H-01).
    Off,
    /// Both motors stop after this silence.
    After(Timeout),
}

impl TimeoutSetting {
    /// The setting of a wire byte.
    #[must_use]
    pub const fn from_byte(tenths: u8) -> Self {
        match Timeout::from_tenths(tenths) {
            Some(timeout) => Self::After(timeout),
            None => Self::Off,
        }
    }

    /// The wire byte.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Off => 0,
            Self::After(timeout) => timeout.tenths(),
        }
    }
}

/// The check of this protocol: polynomial 0x1021, start 0, most significant bit first.
#[must_use]
pub fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, &byte| crc16_next(crc, byte))
}

fn crc16_next(crc: u16, byte: u8) -> u16 {
    (0..8).fold(crc ^ (u16::from(byte) << 8), |crc, _| {
        if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
    })
}

/// Longest text of a version answer, with its closing zero.
pub(crate) const MAX_VERSION: usize = 48;
/// Longest packet: a version answer.
const MAX_PACKET: usize = MAX_VERSION + 2;

/// A packet as bytes, held inline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    bytes: [u8; MAX_PACKET],
    len: usize,
}

impl Packet {
    const EMPTY: Self = Self { bytes: [0; MAX_PACKET], len: 0 };

    /// The bytes held.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Appends a field. The buffer holds the longest packet, so the field always fits.
    fn put(&mut self, field: &[u8]) -> &mut Self {
        let end = self.len + field.len();
        if let Some(to) = self.bytes.get_mut(self.len..end) {
            to.copy_from_slice(field);
            self.len = end;
        }
        self
    }
}

impl AsRef<[u8]> for Packet {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}
