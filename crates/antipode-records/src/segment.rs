//! The bytes of a segment: one file that holds one session, or one part of it.
//!
//! ```text
//! header  128 bytes, see `header`
//! record  len u32 | crc32c u32 | seq u64 | mono_ms u64 | wall_ms i64 | kind u16 | flags u16
//!         | payload | sha-256 32
//! ```
//! All numbers are little-endian. `len` counts the whole record, so that a zero can only mean
//! "nothing written yet". The hash covers the previous hash and every byte of the record but the
//! checksum; the checksum covers every byte but itself, the hash included. A bad checksum is
//! therefore a torn or damaged record, and a good checksum with a bad hash is a changed one.
//!
//! The chain starts from the hash of the header, which names the segment before it. It makes a
//! change *evident*, it does not prevent one: whoever can rewrite every file can rewrite the chain,
//! which is why the head is printed on reports.

mod header;
mod payload;
mod reader;

use core::fmt;

use sha2::{Digest as _, Sha256};

use crate::crc32c::Crc32c;
use crate::record::{Flags, Kind, Stamp};

pub use header::{FORMAT, HEADER_LEN, Header, HeaderError, Link};
pub use payload::{End, EndedBy, Gap, GapCause};
pub use reader::{RecordView, SegmentReader, Trouble};

/// Bytes of a record without its payload.
pub const RECORD_OVERHEAD: usize = FIXED_LEN + HASH_LEN;
/// The largest payload of a record; a reader never holds more than two such records (I-23).
pub const MAX_PAYLOAD: usize = 32 * 1024 - RECORD_OVERHEAD;
/// The largest record.
pub(crate) const MAX_RECORD: usize = RECORD_OVERHEAD + MAX_PAYLOAD;
/// Bytes before the payload.
pub(crate) const FIXED_LEN: usize = 36;
const HASH_LEN: usize = 32;

/// A SHA-256 hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; HASH_LEN]);

impl Hash {
    /// Stands where there is nothing before.
    pub const NONE: Self = Self([0; HASH_LEN]);

    /// The hash with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; HASH_LEN]) -> Self {
        Self(bytes)
    }

    /// The bytes of the hash.
    #[must_use]
    pub const fn bytes(self) -> [u8; HASH_LEN] {
        self.0
    }

    /// The hash of `bytes`.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The hash of a record: of the one before it, its length, and all between checksum and hash.
    fn of_record(previous: Self, len: &[u8], body: &[u8]) -> Self {
        Self(
            Sha256::new()
                .chain_update(previous.0)
                .chain_update(len)
                .chain_update(body)
                .finalize()
                .into(),
        )
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// What a record says apart from its place in the chain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Body<'a> {
    pub(crate) stamp: Stamp,
    pub(crate) kind: Kind,
    pub(crate) flags: Flags,
    pub(crate) payload: &'a [u8],
}

/// Appends the record `seq` to `out` and gives its hash. The payload must fit [`MAX_PAYLOAD`].
pub(crate) fn encode_record(out: &mut Vec<u8>, previous: Hash, seq: u64, body: &Body<'_>) -> Hash {
    debug_assert!(body.payload.len() <= MAX_PAYLOAD, "callers refuse larger payloads");
    let start = out.len();
    let len = (RECORD_OVERHEAD + body.payload.len()) as u32;
    out.extend_from_slice(&len.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&seq.to_le_bytes());
    out.extend_from_slice(&body.stamp.at.as_millis().to_le_bytes());
    out.extend_from_slice(&body.stamp.wall.unix_millis().to_le_bytes());
    out.extend_from_slice(&body.kind.number().to_le_bytes());
    out.extend_from_slice(&body.flags.bits().to_le_bytes());
    out.extend_from_slice(body.payload);
    let hash = Hash::of_record(previous, &len.to_le_bytes(), &out[start + 8..]);
    out.extend_from_slice(&hash.0);
    let crc = Crc32c::new().update(&len.to_le_bytes()).update(&out[start + 8..]).finish();
    out[start + 4..start + 8].copy_from_slice(&crc.to_le_bytes());
    hash
}

/// Reads little-endian numbers off the front of `bytes`; `None` once they run out.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }

    pub(crate) fn rest(self) -> &'a [u8] {
        self.0
    }
}
