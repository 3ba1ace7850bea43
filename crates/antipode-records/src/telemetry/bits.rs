//! Bits in order, most significant first.

/// Appends bits to bytes.
pub(crate) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits of the last byte that are still free.
    free: u32,
}

impl BitWriter {
    pub(crate) const fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, free: 0 }
    }

    /// Appends the lowest `count` bits of `value`, at most 64.
    pub(crate) fn put(&mut self, value: u64, count: u32) {
        let mut left = count;
        while left > 0 {
            if self.free == 0 {
                self.bytes.push(0);
                self.free = 8;
            }
            let now = left.min(self.free);
            left -= now;
            self.free -= now;
            if let Some(last) = self.bytes.last_mut() {
                *last |= (low_bits(value >> left, now) as u8) << self.free;
            }
        }
    }

    /// Appends a number of any size in groups of four bits, each with a mark for "more".
    pub(crate) fn put_number(&mut self, value: i64) {
        let mut rest = zigzag(value);
        while rest > 0xf {
            self.put(0x10 | (rest & 0xf), 5);
            rest >>= 4;
        }
        self.put(rest, 5);
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Takes bits from bytes; `None` once they run out.
pub(crate) struct BitReader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> BitReader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn take(&mut self, count: u32) -> Option<u64> {
        let mut value = 0;
        let mut left = count;
        while left > 0 {
            let byte = self.bytes.get(self.at / 8)?;
            let ahead = 8 - (self.at % 8) as u32;
            let now = left.min(ahead);
            value = value << now | low_bits(u64::from(*byte) >> (ahead - now), now);
            self.at += now as usize;
            left -= now;
        }
        Some(value)
    }

    pub(crate) fn take_number(&mut self) -> Option<i64> {
        let mut value = 0;
        let mut shift = 0;
        loop {
            let group = self.take(5)?;
            // Sixteen groups hold 64 bits.
            if shift > 60 {
                return None;
            }
            value |= (group & 0xf) << shift;
            if group & 0x10 == 0 {
                return Some(unzigzag(value));
            }
            shift += 4;
        }
    }

    /// Whether nothing is left but zero bits that fill the last byte.
    pub(crate) fn ends_here(mut self) -> bool {
        let left = self.bytes.len() * 8 - self.at;
        left < 8 && self.take(left as u32) == Some(0)
    }
}

/// The lowest `count` bits, at most 8.
const fn low_bits(value: u64, count: u32) -> u64 {
    value & ((1 << count) - 1)
}

/// Small numbers of either sign as small numbers without one.
pub(crate) const fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}

pub(crate) const fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}
