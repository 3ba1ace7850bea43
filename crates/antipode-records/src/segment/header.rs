//! The first 128 bytes of a segment.

use antipode_safety::Timestamp;

use super::{Fields, Hash};
use crate::crc32c::Crc32c;
use crate::record::{SessionId, Stamp, WallTime};

/// Bytes of a header.
pub const HEADER_LEN: usize = 128;
/// The format that this program writes.
pub const FORMAT: u16 = 2;

const MAGIC: [u8; 8] = *b"ANTIPODE";
/// Where the checksum stands; it covers all other bytes of the header.
const CRC_AT: usize = 12;
const SIMULATED: u32 = 1;
const BENCH: u32 = 2;

/// What the chain of a segment continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Ordinal of the segment that holds the record before; 0 when there is none.
    pub ordinal: u64,
    /// Hash of that record.
    pub hash: Hash,
}

impl Link {
    /// The very first segment of a journal.
    pub const NONE: Self = Self { ordinal: 0, hash: Hash::NONE };
}

/// What a segment says of itself before its first record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The journal that the segment belongs to: random, one for each data folder.
    pub journal: [u8; 16],
    /// The session.
    pub session: SessionId,
    /// Place among all segments of the journal, from 1; rises even when the date steps back.
    pub ordinal: u64,
    /// Place among the segments of the session, from 0.
    pub part: u32,
    /// Sequence number of the first record; later parts start after the last durable record.
    pub first_seq: u64,
    /// When the segment was created.
    pub created: Stamp,
    /// The record that the chain continues: of the session's last part, or of the session before.
    pub previous: Link,
    /// The table was simulated: nobody lay on it.
    pub simulated: bool,
    /// The table carried ballast: nobody lay on it.
    pub bench: bool,
}

/// A header cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// The file ends inside it.
    #[error("the file ends after {have} of {HEADER_LEN} header bytes")]
    Short {
        /// Bytes that are there.
        have: usize,
    },
    /// Not a segment.
    #[error("the file does not begin like a journal segment")]
    Magic,
    /// Written by a newer program, or before the first release; it must be left alone.
    #[error(
        "the segment has format {found}, this program reads format {FORMAT}; read it with the \
         program that wrote it or a newer one"
    )]
    OtherFormat {
        /// Its format.
        found: u16,
    },
    /// Damaged.
    #[error("the checksum of the header is wrong")]
    Checksum,
}

impl Header {
    /// The hash that the first record continues.
    pub(crate) fn hash(&self) -> Hash {
        Hash::of(&self.encode())
    }

    /// The bytes of the header.
    pub(crate) fn encode(&self) -> [u8; HEADER_LEN] {
        let mut out = Vec::with_capacity(HEADER_LEN);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&FORMAT.to_le_bytes());
        out.extend_from_slice(&(HEADER_LEN as u16).to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&self.journal);
        out.extend_from_slice(&self.session.bytes());
        out.extend_from_slice(&self.ordinal.to_le_bytes());
        out.extend_from_slice(&self.first_seq.to_le_bytes());
        out.extend_from_slice(&self.created.at.as_millis().to_le_bytes());
        out.extend_from_slice(&self.created.wall.unix_millis().to_le_bytes());
        out.extend_from_slice(&self.previous.ordinal.to_le_bytes());
        out.extend_from_slice(&self.previous.hash.bytes());
        out.extend_from_slice(&self.part.to_le_bytes());
        let flag = |on, bit| if on { bit } else { 0 };
        let flags = flag(self.simulated, SIMULATED) | flag(self.bench, BENCH);
        out.extend_from_slice(&flags.to_le_bytes());
        let mut bytes = [0; HEADER_LEN];
        bytes.copy_from_slice(&out);
        let crc = checksum(&bytes);
        bytes[CRC_AT..CRC_AT + 4].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Reads a header.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, HeaderError> {
        let Some(bytes) = bytes.first_chunk::<HEADER_LEN>() else {
            return Err(HeaderError::Short { have: bytes.len() });
        };
        let mut fields = Fields(bytes);
        if fields.array() != Some(MAGIC) {
            return Err(HeaderError::Magic);
        }
        Self::fields(fields, checksum(bytes)).unwrap_or(Err(HeaderError::Short { have: 0 }))
    }

    /// The fields after the magic; `None` cannot happen for a whole header.
    fn fields(mut fields: Fields<'_>, crc: u32) -> Option<Result<Self, HeaderError>> {
        let format = fields.u16()?;
        // Another format may be longer, so its checksum cannot be judged here.
        if format != FORMAT {
            return Some(Err(HeaderError::OtherFormat { found: format }));
        }
        let _len = fields.u16()?;
        if fields.u32()? != crc {
            return Some(Err(HeaderError::Checksum));
        }
        let mut header = Self {
            journal: fields.array()?,
            session: SessionId::from_bytes(fields.array()?),
            ordinal: fields.u64()?,
            first_seq: fields.u64()?,
            created: Stamp {
                at: Timestamp::from_millis(fields.u64()?),
                wall: WallTime::from_unix_millis(fields.i64()?),
            },
            previous: Link { ordinal: fields.u64()?, hash: Hash::from_bytes(fields.array()?) },
            part: fields.u32()?,
            simulated: false,
            bench: false,
        };
        let flags = fields.u32()?;
        header.simulated = flags & SIMULATED != 0;
        header.bench = flags & BENCH != 0;
        Some(Ok(header))
    }
}

fn checksum(bytes: &[u8; HEADER_LEN]) -> u32 {
    Crc32c::new().update(&bytes[..CRC_AT]).update(&bytes[CRC_AT + 4..]).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            journal: [7; 16],
            session: SessionId::from_bytes([9; 16]),
            ordinal: 42,
            part: 1,
            first_seq: 17,
            created: Stamp {
                at: Timestamp::from_millis(5),
                wall: WallTime::from_unix_millis(1_767_225_600_000),
            },
            previous: Link { ordinal: 41, hash: Hash::of(b"x") },
            simulated: true,
            bench: false,
        }
    }

    #[test]
    fn a_header_reads_back_as_written() {
        for (simulated, bench) in [(true, false), (false, true), (true, true), (false, false)] {
            let header = Header { simulated, bench, ..header() };
            assert_eq!(Header::decode(&header.encode()), Ok(header));
        }
    }

    #[test]
    fn any_changed_byte_is_seen() {
        for at in 0..HEADER_LEN {
            let mut bytes = header().encode();
            bytes[at] ^= 0x10;
            assert!(Header::decode(&bytes).is_err(), "byte {at}");
        }
    }

    #[test]
    fn another_format_is_not_taken_for_damage() {
        for found in [1, 3] {
            let mut bytes = header().encode();
            bytes[8] = found;
            let found = found.into();
            assert_eq!(Header::decode(&bytes), Err(HeaderError::OtherFormat { found }));
        }
    }

    /// The layout is a promise to every journal already written: do not change this test.
    #[test]
    fn format_2_keeps_its_bytes() {
        let bytes = header().encode();
        assert_eq!(&bytes[..12], b"ANTIPODE\x02\0\x80\0");
        assert_eq!(bytes[12..16], 0x74ae_ea67_u32.to_le_bytes());
        assert_eq!(bytes[48..56], 42_u64.to_le_bytes());
        assert_eq!(bytes[120..128], [1, 0, 0, 0, 1, 0, 0, 0]);
    }
}
