//! Numbers in as few bytes as they need: seven bits a byte, the lowest first; the eighth says that
//! more follow. Each number has one spelling only.

/// The most bytes that a number takes.
pub(crate) const LONGEST: usize = 10;

/// Bytes are no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotANumber {
    /// They end inside it.
    Short,
    /// More than 64 bits, or more bytes than it needs.
    Long,
}

/// Appends `value`.
pub(crate) fn put(out: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends `value`; small numbers of either sign take few bytes.
pub(crate) fn put_signed(out: &mut Vec<u8>, value: i64) {
    put(out, (value << 1 ^ value >> 63).cast_unsigned());
}

/// Takes a number off the front of `bytes`.
pub(crate) fn take(bytes: &mut &[u8]) -> Result<u64, NotANumber> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first().ok_or(NotANumber::Short)?;
        *bytes = rest;
        let bits = u64::from(byte & 0x7f);
        // The tenth byte holds the last bit, and no number ends in a byte without any.
        if bits << shift >> shift != bits || (byte == 0 && shift > 0) {
            return Err(NotANumber::Long);
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(NotANumber::Long)
}

/// Takes a number written by [`put_signed`].
pub(crate) fn take_signed(bytes: &mut &[u8]) -> Result<i64, NotANumber> {
    let code = take(bytes)?;
    Ok((code >> 1).cast_signed() ^ -((code & 1).cast_signed()))
}
