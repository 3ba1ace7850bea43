//! The bytes of a segment: one file that holds one session, or one part of it.
//!
//! ```text
//! header  128 bytes, see `header`
//! record  len | crc32c u32 | seq | mono_ms | wall_ms | kind | flags | payload | tag 12
//! ```
//! `crc32c` is little-endian; the other numbers take as few bytes as they need, see `varint`. `len`
//! counts what stands behind it and is never zero, so that a zero can only mean "nothing written
//! yet". `mono_ms` counts from the record before, the first one from the header. `wall_ms` is what
//! the other clock gained on it, of either sign, so that two clocks in step cost a byte.
//!
//! The hash of a record is the SHA-256 of the hash of the record before, all 32 bytes of it, and
//! of every byte of the record but checksum and tag. The tag is its first 12 bytes: the rest follows
//! from what is in the file, so storing it would prove nothing more. The checksum covers every byte
//! but itself, the tag included. A bad checksum is therefore a torn or damaged record, and a good
//! checksum with a bad tag is a changed one.
//!
//! The chain starts from the hash of the header, which names the segment before it. It makes a
//! change *evident*, it does not prevent one: whoever can rewrite every file can rewrite the chain,
//! which is why the head is printed on reports. The head, the list of sessions and the header of
//! the next segment keep all 32 bytes, so a change that is to go unseen has to find another record
//! with the same 256 bits. A change by somebody who leaves the rest of the file alone has to meet
//! 96 bits in this record and 96 others in every one behind it.

mod header;
mod payload;
mod reader;

use core::fmt;

use antipode_safety::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::crc32c::Crc32c;
use crate::record::{Flags, Kind, Stamp, WallTime};
use crate::varint::{self, LONGEST};

pub use header::{FORMAT, HEADER_LEN, Header, HeaderError, Link};
pub use payload::{End, EndedBy, Gap, GapCause};
pub use reader::{RecordView, SegmentReader, Trouble};

/// The largest payload of a record; a reader never holds more than two such records (I-23).
pub const MAX_PAYLOAD: usize = MAX_RECORD - LEN_LEN - CRC_LEN - 3 * LONGEST - 2 * U16_LEN - TAG_LEN;
/// The largest record.
const MAX_RECORD: usize = 32 * 1024;
/// What the smallest record counts as its length: five numbers of one byte and no payload.
const LEAST_LEN: usize = CRC_LEN + 5 + TAG_LEN;
/// The smallest record.
pub(crate) const MIN_RECORD: usize = 1 + LEAST_LEN;
/// The most bytes of a length and of a number of 16 bits.
const LEN_LEN: usize = 3;
const U16_LEN: usize = 3;
const CRC_LEN: usize = 4;
/// The part of a record's hash that stands in it.
const TAG_LEN: usize = 12;
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

    /// What of it stands in a record.
    fn tag(&self) -> &[u8] {
        self.0.split_at(TAG_LEN).0
    }

    /// The hash of a record: of the one before it, its length, and all between checksum and tag.
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

/// Where a chain stands: what the next record continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tip {
    /// Number of the last record.
    pub(crate) seq: u64,
    /// Its hash.
    pub(crate) hash: Hash,
    /// Its clocks, from which those of the next one count.
    stamp: Stamp,
}

impl Tip {
    /// The beginning of a segment.
    pub(crate) fn of(header: &Header) -> Self {
        let seq = header.first_seq.wrapping_sub(1);
        Self { seq, hash: header.hash(), stamp: header.created }
    }

    /// The number that the next record must have.
    const fn next_seq(&self) -> u64 {
        self.seq.wrapping_add(1)
    }
}

/// Appends the next record of the chain to `out`. The payload must fit [`MAX_PAYLOAD`].
pub(crate) fn encode_record(out: &mut Vec<u8>, tip: &mut Tip, body: &Body<'_>) {
    debug_assert!(body.payload.len() <= MAX_PAYLOAD, "callers refuse larger payloads");
    let (mono, wall) = steps(&tip.stamp, &body.stamp);
    let mut fields = Vec::with_capacity(32);
    varint::put(&mut fields, tip.next_seq());
    varint::put_signed(&mut fields, mono);
    varint::put_signed(&mut fields, wall.wrapping_sub(mono));
    varint::put(&mut fields, body.kind.number().into());
    varint::put(&mut fields, body.flags.bits().into());
    let start = out.len();
    let len = CRC_LEN + fields.len() + body.payload.len() + TAG_LEN;
    varint::put(out, len as u64);
    let crc_at = out.len();
    out.extend_from_slice(&[0; CRC_LEN]);
    let behind_crc = out.len();
    out.extend_from_slice(&fields);
    out.extend_from_slice(body.payload);
    let hash = Hash::of_record(tip.hash, &out[start..crc_at], &out[behind_crc..]);
    out.extend_from_slice(hash.tag());
    let crc = Crc32c::new().update(&out[start..crc_at]).update(&out[behind_crc..]).finish();
    out[crc_at..behind_crc].copy_from_slice(&crc.to_le_bytes());
    *tip = Tip { seq: tip.next_seq(), hash, stamp: body.stamp };
}

/// How far each clock went from one record to the next; wraps, so that any two stamps come back.
const fn steps(before: &Stamp, after: &Stamp) -> (i64, i64) {
    let mono = after.at.as_millis().wrapping_sub(before.at.as_millis()).cast_signed();
    (mono, after.wall.unix_millis().wrapping_sub(before.wall.unix_millis()))
}

/// The clocks after such steps.
const fn stepped(before: &Stamp, (mono, wall): (i64, i64)) -> Stamp {
    Stamp {
        at: Timestamp::from_millis(before.at.as_millis().wrapping_add(mono.cast_unsigned())),
        wall: WallTime::from_unix_millis(before.wall.unix_millis().wrapping_add(wall)),
    }
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
