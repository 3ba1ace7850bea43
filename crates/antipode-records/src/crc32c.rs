//! CRC-32C (Castagnoli), the checksum that tells a torn record from a whole one.

/// The reflected Castagnoli polynomial.
const POLYNOMIAL: u32 = 0x82f6_3b78;

const TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ POLYNOMIAL } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
}

/// A checksum that is being built over several pieces.
#[derive(Clone, Copy)]
pub(crate) struct Crc32c(u32);

impl Crc32c {
    pub(crate) const fn new() -> Self {
        Self(!0)
    }

    pub(crate) fn update(mut self, bytes: &[u8]) -> Self {
        for &byte in bytes {
            // The index is a byte, so it is always inside the table.
            self.0 = (self.0 >> 8) ^ TABLE[usize::from((self.0 as u8) ^ byte)];
        }
        self
    }

    pub(crate) const fn finish(self) -> u32 {
        !self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_check_value_holds() {
        // RFC 3720, appendix B.4, and the catalogue's "123456789".
        assert_eq!(Crc32c::new().update(b"123456789").finish(), 0xe306_9283);
        assert_eq!(Crc32c::new().update(&[0; 32]).finish(), 0x8a91_36aa);
        assert_eq!(Crc32c::new().update(&[0xff; 32]).finish(), 0x62a8_ab43);
    }

    #[test]
    fn pieces_give_the_checksum_of_the_whole() {
        let whole = Crc32c::new().update(b"head-down").finish();
        assert_eq!(Crc32c::new().update(b"head").update(b"-down").finish(), whole);
    }
}
