//! Numbers and texts of a payload. Each value has one spelling only, so that a payload that reads
//! back was written by this very code.

use antipode_core::plan::NotAProgram;
use antipode_safety::{Angle, Millis, Rate};

use crate::telemetry::BlockError;
use crate::varint::{self, NotANumber};

/// A payload is not what its record says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Written by a newer program.
    #[error("it has version {found}, this program reads {known}; use a newer program")]
    Version {
        /// The version that it states.
        found: u64,
        /// The newest that this program reads.
        known: u64,
    },
    /// It ends too early.
    #[error("it ends too early")]
    Short,
    /// Bytes follow that belong to nothing.
    #[error("bytes follow that belong to nothing")]
    Long,
    /// A number that stands for nothing.
    #[error("{tag} is no {what}")]
    Tag {
        /// What it should be.
        what: &'static str,
        /// What stands there.
        tag: u64,
    },
    /// A value out of its range.
    #[error("{value} is out of range for {what}")]
    Value {
        /// What it should be.
        what: &'static str,
        /// What stands there.
        value: i64,
    },
    /// A text that is none, or longer than it may be.
    #[error("the {what} is no text of at most {MAX_TEXT} bytes")]
    Text {
        /// Which one.
        what: &'static str,
    },
    /// Readings that are none.
    #[error(transparent)]
    Readings(#[from] BlockError),
    /// Segments that are no program.
    #[error(transparent)]
    Program(#[from] NotAProgram),
    /// The program is not the one that the record names.
    #[error("the program has the fingerprint {found:016x}, the record names {stated:016x}")]
    ProgramHash {
        /// The fingerprint in the record.
        stated: u64,
        /// The fingerprint of the segments.
        found: u64,
    },
    /// Limits that no narrowing of the hard ones gives.
    #[error("a limit is wider than the hard one, or does not follow from it")]
    Limits,
}

/// Longest text in a payload, in bytes.
pub(crate) const MAX_TEXT: usize = 200;

/// A payload that grows.
#[derive(Default)]
pub(crate) struct Out(Vec<u8>);

impl Out {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn u8(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(crate) fn flag(&mut self, flag: bool) {
        self.u8(u8::from(flag));
    }

    pub(crate) fn number(&mut self, value: u64) {
        varint::put(&mut self.0, value);
    }

    /// Small numbers of either sign take few bytes.
    pub(crate) fn signed(&mut self, value: i64) {
        varint::put_signed(&mut self.0, value);
    }

    pub(crate) fn time(&mut self, time: Millis) {
        self.number(time.get());
    }

    pub(crate) fn angle(&mut self, angle: Angle) {
        self.signed(i64::from(angle.millideg()));
    }

    pub(crate) fn rate(&mut self, rate: Rate) {
        self.signed(i64::from(rate.millideg_per_s()));
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }
}

/// A payload that is read from its front.
pub(crate) struct In<'a>(pub(crate) &'a [u8]);

impl<'a> In<'a> {
    /// Everything must have been read.
    pub(crate) const fn end(self) -> Result<(), DecodeError> {
        if self.0.is_empty() { Ok(()) } else { Err(DecodeError::Long) }
    }

    pub(crate) fn u8(&mut self) -> Result<u8, DecodeError> {
        let (&byte, rest) = self.0.split_first().ok_or(DecodeError::Short)?;
        self.0 = rest;
        Ok(byte)
    }

    pub(crate) fn flag(&mut self, what: &'static str) -> Result<bool, DecodeError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            tag => Err(DecodeError::Tag { what, tag: tag.into() }),
        }
    }

    pub(crate) fn number(&mut self) -> Result<u64, DecodeError> {
        varint::take(&mut self.0).map_err(no_number)
    }

    pub(crate) fn signed(&mut self) -> Result<i64, DecodeError> {
        varint::take_signed(&mut self.0).map_err(no_number)
    }

    pub(crate) fn small<T: TryFrom<u64>>(&mut self, what: &'static str) -> Result<T, DecodeError> {
        let value = self.number()?;
        let wrong = DecodeError::Value { what, value: value.cast_signed() };
        T::try_from(value).map_err(|_| wrong)
    }

    pub(crate) fn time(&mut self) -> Result<Millis, DecodeError> {
        self.number().map(Millis::new)
    }

    pub(crate) fn angle(&mut self, what: &'static str) -> Result<Angle, DecodeError> {
        let value = self.signed()?;
        let angle = i32::try_from(value).ok().and_then(Angle::from_millideg);
        angle.ok_or(DecodeError::Value { what, value })
    }

    pub(crate) fn rate(&mut self, what: &'static str) -> Result<Rate, DecodeError> {
        let value = self.signed()?;
        let rate = i32::try_from(value).ok().and_then(Rate::from_millideg_per_s);
        rate.ok_or(DecodeError::Value { what, value })
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], DecodeError> {
        let len: usize = self.small("a length")?;
        let (bytes, rest) = self.0.split_at_checked(len).ok_or(DecodeError::Short)?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(crate) fn text(&mut self, what: &'static str) -> Result<String, DecodeError> {
        let bytes = self.bytes()?;
        match core::str::from_utf8(bytes) {
            Ok(text) if text.len() <= MAX_TEXT => Ok(text.to_owned()),
            Ok(_) | Err(_) => Err(DecodeError::Text { what }),
        }
    }
}

const fn no_number(error: NotANumber) -> DecodeError {
    match error {
        NotANumber::Short => DecodeError::Short,
        NotANumber::Long => DecodeError::Value { what: "a number of 64 bits", value: 0 },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_number_has_one_spelling(value: u64, bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            let mut out = Out::new();
            out.number(value);
            out.signed(value.cast_signed());
            let written = out.finish();
            let mut read = In(&written);
            prop_assert_eq!(read.number(), Ok(value));
            prop_assert_eq!(read.signed(), Ok(value.cast_signed()));
            prop_assert_eq!(read.end(), Ok(()));

            let mut read = In(&bytes);
            if let Ok(value) = read.number() {
                let used = bytes.len() - read.0.len();
                let mut again = Out::new();
                again.number(value);
                prop_assert_eq!(again.finish(), &bytes[..used]);
            }
        }
    }

    #[test]
    fn a_number_of_65_bits_is_refused() {
        let mut bytes = [0xff; 10];
        bytes[9] = 1;
        assert_eq!(In(&bytes).number(), Ok(u64::MAX));
        bytes[9] = 2;
        assert!(In(&bytes).number().is_err());
        assert_eq!(In(&bytes[..9]).number(), Err(DecodeError::Short));
        assert!(In(&[0x80, 0]).number().is_err());
    }
}
