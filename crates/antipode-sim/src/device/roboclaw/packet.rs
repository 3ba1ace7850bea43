//! Bytes to packets. A read ends with its code, a write with its check.

use crate::device::crc;

/// A packet that stands still for longer is forgotten, milliseconds.
const GAP_MS: u64 = 10;

/// Bytes that wait to become a packet.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    heard_ms: u64,
}

impl Buffer {
    pub(super) fn take(&mut self, now_ms: u64, bytes: &[u8]) {
        if now_ms.saturating_sub(self.heard_ms) > GAP_MS {
            self.bytes.clear();
        }
        self.heard_ms = now_ms;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole packet: address, code and data, its check seen to and taken off.
    pub(super) fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            let skipped = self.bytes.iter().take_while(|byte| !(0x80..=0x87).contains(*byte));
            let skipped = skipped.count();
            self.bytes.drain(..skipped);
            let &code = self.bytes.get(1)?;
            let Some(data) = data_len(code) else {
                self.bytes.drain(..1);
                continue;
            };
            let check = if is_write(code) { 2 } else { 0 };
            let whole = 2 + data + check;
            if self.bytes.len() < whole {
                return None;
            }
            let (body, seal) = self.bytes.get(..whole)?.split_at(2 + data);
            if !is_write(code) || crc::packet_serial(body).to_be_bytes() == *seal {
                let packet = body.to_vec();
                self.bytes.drain(..whole);
                return Some(packet);
            }
            self.bytes.drain(..1);
        }
    }
}

/// Whether a command carries a check and is acknowledged.
pub(super) const fn is_write(code: u8) -> bool {
    matches!(code, 0 | 1 | 4..=7 | 14 | 20 | 22 | 23 | 32..=37 | 65 | 66)
}

/// Bytes of data of a command that the board knows.
const fn data_len(code: u8) -> Option<usize> {
    Some(match code {
        15..=19 | 20 | 21 | 24 | 25 | 49 | 82 | 83 | 90 => 0,
        0 | 1 | 4..=7 | 14 => 1,
        32 | 33 => 2,
        22 | 23 | 34..=36 => 4,
        37 => 8,
        65 | 66 => 17,
        _ => return None,
    })
}
