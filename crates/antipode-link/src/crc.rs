//! CRC-32C (Castagnoli, reflected polynomial 0x82F63B78), the check of every frame.
//!
//! Thirty-two bits and not sixteen: over tens of millions of command frames with one to four
//! damaged bytes a 16-bit check lets hundreds through, and a frame that gets through can be a
//! motion command (H-02).

/// The reflected Castagnoli polynomial.
const POLYNOMIAL: u32 = 0x82f6_3b78;

/// `TABLES[0]` is the ordinary byte table; `TABLES[k]` advances a byte by `k` more zero bytes, so
/// that eight bytes fold in one step. A small controller may keep only `TABLES[0]`: same result.
static TABLES: [[u32; 256]; 8] = tables();

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0u32; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ POLYNOMIAL } else { crc >> 1 };
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut k = 1;
    while k < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[k - 1][byte];
            tables[k][byte] = (before >> 8) ^ tables[0][(before & 0xff) as usize];
            byte += 1;
        }
        k += 1;
    }
    tables
}

/// The CRC-32C of `bytes`.
///
/// # Example
/// ```
/// assert_eq!(antipode_link::crc::crc32c(b"123456789"), 0xe306_9283);
/// ```
#[must_use]
pub fn crc32c(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    let (eights, rest) = bytes.as_chunks::<8>();
    for eight in eights {
        let [a, b, c, d, e, f, g, h] = *eight;
        let [a, b, c, d] = (crc ^ u32::from_le_bytes([a, b, c, d])).to_le_bytes();
        crc = entry(7, a)
            ^ entry(6, b)
            ^ entry(5, c)
            ^ entry(4, d)
            ^ entry(3, e)
            ^ entry(2, f)
            ^ entry(1, g)
            ^ entry(0, h);
    }
    for &byte in rest {
        crc = (crc >> 8) ^ entry(0, crc.to_le_bytes()[0] ^ byte);
    }
    !crc
}

/// One table entry; a byte always indexes a table of 256.
#[inline(always)]
fn entry(table: usize, byte: u8) -> u32 {
    TABLES[table][usize::from(byte)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, bit by bit, as an independent second implementation.
    fn bit_by_bit(bytes: &[u8]) -> u32 {
        let mut crc = u32::MAX;
        for &byte in bytes {
            crc ^= u32::from(byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ POLYNOMIAL } else { crc >> 1 };
            }
        }
        !crc
    }

    #[test]
    fn published_vectors_hold() {
        // RFC 3720, appendix B.4.
        assert_eq!(crc32c(&[0x00; 32]), 0x8a91_36aa);
        assert_eq!(crc32c(&[0xff; 32]), 0x62a8_ab43);
        let rising: [u8; 32] = core::array::from_fn(|i| i as u8);
        assert_eq!(crc32c(&rising), 0x46dd_794e);
        assert_eq!(crc32c(b""), 0);
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    }

    #[test]
    fn eight_at_a_time_equals_the_definition_at_every_length() {
        let bytes: [u8; 67] = core::array::from_fn(|i| (i * 37 + 11) as u8);
        for n in 0..=bytes.len() {
            assert_eq!(crc32c(&bytes[..n]), bit_by_bit(&bytes[..n]), "{n} bytes");
        }
    }
}
