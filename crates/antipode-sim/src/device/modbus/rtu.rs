//! Bytes to requests. A real slave tells them apart by silence, which USB and a pseudo-terminal do
//! not keep; this one goes by their length, and by silence where it cannot.

use crate::device::crc;

/// A request that stands still for longer is over, milliseconds: 3.5 characters are 2 ms at 19200
/// baud, and an adapter may hold bytes back for longer.
const GAP_MS: u64 = 10;

/// Bytes that wait to become a request.
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

    /// The next whole request with a check that fits, without that check.
    pub(super) fn next(&mut self) -> Option<Vec<u8>> {
        while self.bytes.len() >= 4 {
            match len(&self.bytes) {
                Some(len) if self.bytes.len() < len => return None,
                Some(len) if fits(self.bytes.get(..len)?) => {
                    let request = self.bytes.get(..len - 2)?.to_vec();
                    self.bytes.drain(..len);
                    return Some(request);
                }
                // A function that is not known: as long as its check says.
                None if fits(&self.bytes) => {
                    let request = self.bytes.get(..self.bytes.len() - 2)?.to_vec();
                    self.bytes.clear();
                    return Some(request);
                }
                // The rest may still come.
                None if self.bytes.len() < 256 => return None,
                Some(_) | None => {
                    self.bytes.drain(..1);
                }
            }
        }
        None
    }
}

fn fits(frame: &[u8]) -> bool {
    frame
        .split_last_chunk::<2>()
        .is_some_and(|(body, check)| crc::modbus(body).to_le_bytes() == *check)
}

/// How long a request is, its check included, where its function tells.
fn len(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [_, 1..=6, ..] => Some(8),
        [_, 15 | 16, _, _, _, _, count, ..] => Some(9 + usize::from(*count)),
        [_, 15 | 16, ..] => Some(9),
        _ => None,
    }
}
