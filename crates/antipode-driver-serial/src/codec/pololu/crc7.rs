//! CRC-7 of the Pololu protocols: polynomial 0x91, least significant bit first, start value 0.
//!
//! Seven bits are a weak check: one damaged frame in 128 passes. It guards commands only, and only
//! where the device has it switched on, so a command is never *known* to have arrived; the target
//! that the device reports back is what counts (H-02).
//!
//! # Source
//! Pololu Jrk G2 user's guide (0J73) section 12 and Tic user's guide (0J71) section 9, which give
//! the example `83 01` -> `17`.

/// The reflected polynomial with its eighth bit; that bit brings each step back under seven bits.
const POLYNOMIAL: u8 = 0x91;

static TABLE: [u8; 256] = table();

const fn table() -> [u8; 256] {
    let mut table = [0u8; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc ^ POLYNOMIAL) >> 1 } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
}

/// The CRC-7 of `bytes`; never above 0x7F, so that it can be sent as a data byte.
///
/// # Example
/// ```
/// use antipode_driver_serial::codec::pololu::crc7::crc7;
/// assert_eq!(crc7(&[0x83, 0x01]), 0x17);
/// ```
#[must_use]
pub fn crc7(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| TABLE[usize::from(crc ^ byte)])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The manual's own recipe as an independent second implementation: divide the whole message,
    /// least significant bit first, and keep the remainder.
    fn long_division(bytes: &[u8]) -> u8 {
        let mut bits: Vec<bool> = Vec::new();
        for byte in bytes {
            bits.extend((0..8).map(|bit| byte >> bit & 1 == 1));
        }
        let message = bits.len();
        bits.extend([false; 7]);
        for at in 0..message {
            if bits[at] {
                for (bit, slot) in bits[at..at + 8].iter_mut().enumerate() {
                    *slot ^= POLYNOMIAL >> bit & 1 == 1;
                }
            }
        }
        (0..7).fold(0, |crc, bit| crc | u8::from(bits[message + bit]) << bit)
    }

    #[test]
    fn the_manuals_example_holds() {
        assert_eq!(crc7(&[0x83, 0x01]), 0x17);
        assert_eq!(crc7(&[]), 0);
    }

    #[test]
    fn the_table_equals_the_manuals_long_division() {
        let bytes: [u8; 31] = core::array::from_fn(|i| (i * 73 + 29) as u8);
        for n in 0..=bytes.len() {
            assert_eq!(crc7(&bytes[..n]), long_division(&bytes[..n]), "{n} bytes");
        }
        for byte in 0..=255 {
            assert_eq!(crc7(&[byte]), long_division(&[byte]), "{byte:#04x}");
            assert!(crc7(&[byte]) < 0x80);
        }
    }
}
