//! What the fuzz targets share: a line that hands bytes over in pieces, with time between them, and
//! whole guarded tables.

mod guarded;

use antipode_link::Frame;
use antipode_safety::{Millis, Timestamp};

pub use guarded::{Scene, Start};

/// One piece of a stream.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    /// When it arrives.
    pub at: Timestamp,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// Cuts `data` into pieces: each begins with its length and with the time before it, in steps of
/// 4 ms. So a fuzzer chooses where a stream is cut and where it falls silent.
pub fn pieces(mut data: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    let mut at = Timestamp::from_millis(1_000);
    std::iter::from_fn(move || {
        let (&[len, gap], rest) = data.split_first_chunk::<2>()?;
        let (bytes, rest) = rest.split_at(usize::from(len).min(rest.len()));
        data = rest;
        at = at.plus(Millis::new(u64::from(gap) * 4));
        Some(Piece { at, bytes })
    })
}

/// The frame of table link that `bytes` are once their check is put right: one of 32 bits is not
/// guessed, and what lies behind it is to be reached too.
#[must_use]
pub fn checked(bytes: &[u8]) -> Option<Frame> {
    let mut packet = bytes.to_vec();
    packet.extend_from_slice(&crc32c(bytes).to_le_bytes());
    Frame::decode_packet(&packet).ok()
}

fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0x82f6_3b78 & (crc & 1).wrapping_neg())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_is_that_of_the_codec() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    }
}
