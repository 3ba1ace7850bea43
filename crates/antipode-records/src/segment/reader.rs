//! Reading a segment back, record by record, trusting nothing.

use std::io::{self, Read};

use antipode_safety::Timestamp;

use super::{
    Fields, HEADER_LEN, Hash, Header, HeaderError, LEAST_LEN, LEN_LEN, MAX_RECORD, TAG_LEN, Tip,
    stepped,
};
use crate::crc32c::Crc32c;
use crate::record::{Flags, Kind, SessionId, Stamp, WallTime};
use crate::varint::{self, NotANumber};

/// Bytes held at a time, whatever the file claims (I-23).
const BUFFER_LEN: usize = 64 * 1024;

/// Why reading stopped before the end of what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The header cannot be read, so nothing after it can.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The file ends inside a record.
    #[error("the file ends inside a record")]
    CutShort,
    /// A length that no record has.
    #[error("a record claims {len} bytes")]
    Length {
        /// Bytes claimed.
        len: u64,
    },
    /// The checksum is wrong: torn or damaged.
    #[error("the checksum of a record is wrong")]
    Checksum,
    /// Whole, but not the record that belongs here: written twice, or in the wrong place.
    #[error("record {found} stands where record {expected} belongs")]
    Sequence {
        /// Number that belongs here.
        expected: u64,
        /// Number found.
        found: u64,
    },
    /// Whole and in place, but it does not continue the chain: it or one before it was changed.
    #[error("record {seq} does not continue the hash chain")]
    Chain {
        /// Its number.
        seq: u64,
    },
    /// Whole by its checksum, but not spelled like any record.
    #[error("record {expected} belongs here, and what stands here does not read as a record")]
    Spelling {
        /// Number that belongs here.
        expected: u64,
    },
    /// Bytes stand behind a place where nothing was written.
    #[error("bytes stand behind an empty place")]
    BehindEmpty,
    /// A whole segment under a name that is not its own, or of another journal's order.
    #[error("the segment says that it is number {ordinal} of session {session}")]
    Misnamed {
        /// Ordinal in the header.
        ordinal: u64,
        /// Session in the header.
        session: SessionId,
    },
    /// The segment does not continue the record that it names.
    #[error("the segment does not continue segment {ordinal}, which it names as the one before")]
    Link {
        /// The segment named.
        ordinal: u64,
    },
    /// The segment named as the one before is not there.
    #[error("segment {ordinal}, named as the one before, is missing")]
    Missing {
        /// The segment named.
        ordinal: u64,
    },
    /// The disk did not give the bytes.
    #[error("the disk could not be read: {0}")]
    Unreadable(io::ErrorKind),
}

/// A record as it stands in a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordView<'a> {
    /// Its number within the session, from 1.
    pub seq: u64,
    /// Its two clocks.
    pub stamp: Stamp,
    /// What the payload means.
    pub kind: Kind,
    /// Marks.
    pub flags: Flags,
    /// The payload.
    pub payload: &'a [u8],
    /// Its hash.
    pub hash: Hash,
    /// Its first byte in the segment.
    pub offset: u64,
}

/// Gives the records of one segment in order, up to the first byte that cannot be trusted.
pub struct SegmentReader<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    header: Header,
    offset: u64,
    tip: Tip,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    AtEnd,
    Stopped(Trouble),
}

impl<R: Read> SegmentReader<R> {
    /// Reads the header of the segment in `source`.
    ///
    /// # Errors
    /// [`Trouble::Header`] or [`Trouble::Unreadable`] when there is none to be read.
    pub fn open(source: R) -> Result<Self, Trouble> {
        let mut reader = Self {
            source,
            buffer: vec![0; BUFFER_LEN],
            start: 0,
            end: 0,
            header: EMPTY,
            offset: HEADER_LEN as u64,
            tip: Tip { seq: 0, hash: Hash::NONE, stamp: EMPTY.created },
            state: State::Reading,
        };
        let have = reader.fill(HEADER_LEN).map_err(|error| Trouble::Unreadable(error.kind()))?;
        reader.header = Header::decode(reader.held(have.min(HEADER_LEN)))?;
        reader.start += HEADER_LEN;
        reader.tip = Tip::of(&reader.header);
        Ok(reader)
    }

    /// The header.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The hash of the last record read, of the header before the first.
    #[must_use]
    pub const fn head(&self) -> Hash {
        self.tip.hash
    }

    /// The first byte after the last record read.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// The number that the next record must have.
    #[must_use]
    pub const fn next_seq(&self) -> u64 {
        self.tip.next_seq()
    }

    /// What stopped the reading; `None` while it goes on and at a clean end.
    #[must_use]
    pub const fn trouble(&self) -> Option<Trouble> {
        match self.state {
            State::Reading | State::AtEnd => None,
            State::Stopped(trouble) => Some(trouble),
        }
    }

    /// The next record, `None` at the end or at the first byte that cannot be trusted.
    pub fn next_record(&mut self) -> Option<RecordView<'_>> {
        if self.state != State::Reading {
            return None;
        }
        match self.check_next() {
            Ok(Some(place)) => self.take(place),
            Ok(None) => {
                self.state = State::AtEnd;
                None
            }
            Err(trouble) => {
                self.state = State::Stopped(trouble);
                None
            }
        }
    }

    /// Brings the next record into the buffer and checks it.
    fn check_next(&mut self) -> Result<Option<Checked>, Trouble> {
        let have = self.want(LEN_LEN)?;
        let mut rest = self.held(have);
        if rest.first().is_none_or(|&byte| byte == 0) {
            return self.only_zeros().map(|()| None);
        }
        let len = match varint::take(&mut rest) {
            Ok(len) => len,
            Err(NotANumber::Short) if have < LEN_LEN => return Err(Trouble::CutShort),
            // No record has a length of so many bytes.
            Err(NotANumber::Short | NotANumber::Long) => {
                return Err(Trouble::Length { len: u64::MAX });
            }
        };
        let prefix = have - rest.len();
        let most = (MAX_RECORD - prefix) as u64;
        if !(LEAST_LEN as u64..=most).contains(&len) {
            return Err(Trouble::Length { len });
        }
        let size = prefix + len as usize;
        if self.want(size)? < size {
            return Err(Trouble::CutShort);
        }
        check_record(self.held(size), prefix, &self.tip).map(Some)
    }

    /// Hands out the checked record at the front of the buffer.
    fn take(&mut self, record: Checked) -> Option<RecordView<'_>> {
        let (from, offset) = (self.start, self.offset);
        self.start += record.size;
        self.offset += record.size as u64;
        self.tip = record.tip;
        let payload = self.buffer.get(from + record.payload_at..from + record.payload_end)?;
        Some(RecordView {
            seq: record.tip.seq,
            stamp: record.tip.stamp,
            kind: record.kind,
            flags: record.flags,
            payload,
            hash: record.tip.hash,
            offset,
        })
    }

    /// Makes sure that nothing but zeros follows: room that was set aside and never used.
    fn only_zeros(&mut self) -> Result<(), Trouble> {
        loop {
            let have = self.want(BUFFER_LEN)?;
            if have == 0 {
                return Ok(());
            }
            if self.held(have).iter().any(|&byte| byte != 0) {
                return Err(Trouble::BehindEmpty);
            }
            self.start += have;
        }
    }

    fn want(&mut self, len: usize) -> Result<usize, Trouble> {
        self.fill(len).map_err(|error| Trouble::Unreadable(error.kind()))
    }

    /// Reads until `len` bytes are held or the file ends; gives how many of them are.
    fn fill(&mut self, len: usize) -> io::Result<usize> {
        if self.end - self.start < len {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        while self.end - self.start < len {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok((self.end - self.start).min(len))
    }

    /// The first `len` bytes held; callers ask for no more than [`Self::fill`] gave.
    fn held(&self, len: usize) -> &[u8] {
        self.buffer.get(self.start..self.start + len).unwrap_or(&[])
    }
}

/// A record that was checked, and where its payload stands in it.
struct Checked {
    size: usize,
    payload_at: usize,
    payload_end: usize,
    kind: Kind,
    flags: Flags,
    /// The chain with it.
    tip: Tip,
}

/// Checks a whole record, whose length takes `prefix` bytes, against the place where it stands.
fn check_record(record: &[u8], prefix: usize, before: &Tip) -> Result<Checked, Trouble> {
    let (len, rest) = record.split_at_checked(prefix).ok_or(Trouble::CutShort)?;
    let mut fields = Fields(rest);
    let crc = fields.u32().ok_or(Trouble::CutShort)?;
    let covered = fields.rest();
    if Crc32c::new().update(len).update(covered).finish() != crc {
        return Err(Trouble::Checksum);
    }
    let (body, tag) = covered.split_last_chunk::<TAG_LEN>().ok_or(Trouble::CutShort)?;
    let expected = before.next_seq();
    let misspelled = |_| Trouble::Spelling { expected };
    let mut rest = body;
    let found = varint::take(&mut rest).map_err(misspelled)?;
    if found != expected {
        return Err(Trouble::Sequence { expected, found });
    }
    let hash = Hash::of_record(before.hash, len, body);
    if hash.tag() != tag {
        return Err(Trouble::Chain { seq: found });
    }
    let mono = varint::take_signed(&mut rest).map_err(misspelled)?;
    let wall = varint::take_signed(&mut rest).map_err(misspelled)?.wrapping_add(mono);
    let mut short = || {
        let number = varint::take(&mut rest).ok().and_then(|number| u16::try_from(number).ok());
        number.ok_or(Trouble::Spelling { expected })
    };
    let (kind, flags) = (Kind::new(short()?), Flags::from_bits(short()?));
    let payload_end = record.len() - TAG_LEN;
    Ok(Checked {
        size: record.len(),
        payload_at: payload_end - rest.len(),
        payload_end,
        kind,
        flags,
        tip: Tip { seq: found, hash, stamp: stepped(&before.stamp, (mono, wall)) },
    })
}

/// Stands in the reader until the header is read.
const EMPTY: Header = Header {
    journal: [0; 16],
    session: SessionId::from_bytes([0; 16]),
    ordinal: 0,
    part: 0,
    first_seq: 0,
    created: Stamp { at: Timestamp::ZERO, wall: WallTime::from_unix_millis(0) },
    previous: super::Link::NONE,
    simulated: false,
    bench: false,
};

#[cfg(test)]
mod tests;
