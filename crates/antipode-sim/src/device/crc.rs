//! The checks of the three protocols, bit by bit: slow, short, and nothing in common with the tables
//! of the codecs that they stand against.

/// CRC-7 of the Pololu protocols: 0x91 from the lowest bit on.
pub(super) fn pololu(bytes: &[u8]) -> u8 {
    let mut crc = 0_u8;
    for byte in bytes {
        crc ^= byte;
        for _ in 0..8 {
            if crc & 1 == 1 {
                crc ^= 0x91;
            }
            crc >>= 1;
        }
    }
    crc
}

/// CRC-16 of packet serial: 0x1021 from the highest bit on, start 0.
pub(super) fn packet_serial(bytes: &[u8]) -> u16 {
    let mut crc = 0_u16;
    for byte in bytes {
        crc ^= u16::from(*byte) << 8;
        for _ in 0..8 {
            crc = if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 };
        }
    }
    crc
}

/// CRC-16 of Modbus RTU: 0xA001 from the lowest bit on, start 0xFFFF; its low byte goes first.
pub(super) fn modbus(bytes: &[u8]) -> u16 {
    let mut crc = 0xffff_u16;
    for byte in bytes {
        crc ^= u16::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 0 { crc >> 1 } else { crc >> 1 ^ 0xa001 };
        }
    }
    crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checks_are_those_of_the_makers_own_examples() {
        assert_eq!(pololu(&[0x83, 0x01]), 0x17);
        assert_eq!(packet_serial(&[0x80, 0x0e, 0x05]), 0x48f0);
        assert_eq!(modbus(&[0x01, 0x03, 0x00, 0x0a, 0x00, 0x04]).to_le_bytes(), [0x64, 0x0b]);
    }
}
