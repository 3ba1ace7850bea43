//! The list of closed sessions: a cache of what the segments say, so that a start and a history of
//! ten thousand sessions read one file. It is never the truth: an entry counts only while the files
//! it names have the lengths it names, and the whole list can be thrown away.
//!
//! Entry: `len u32 | crc32c u32 | fields`, see [`SessionEntry::encode`].

use std::collections::BTreeMap;
use std::io;

use antipode_safety::Timestamp;

use crate::crc32c::Crc32c;
use crate::disk::{self, Disk};
use crate::names::{self, Group};
use crate::record::{SessionId, Stamp, WallTime};
use crate::segment::{End, EndedBy, Fields, Hash};
use crate::tally::{ClockFold, Tally};
use crate::walk::Walk;

/// Files that one session can have; bounds an entry.
pub(crate) const MAX_PARTS: usize = 48;
const MAX_ENTRY: usize = 160 + MAX_PARTS * 16 + End::MAX_SUMMARY;

const SIMULATED: u8 = 1;
const BY_RECOVERY: u8 = 2;
const CONFIRMED: u8 = 4;
const DAMAGED: u8 = 8;
const BENCH: u8 = 16;

/// What the journal knows of a closed session without opening its segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionEntry {
    /// The session.
    pub session: SessionId,
    /// The table was simulated.
    pub simulated: bool,
    /// The table carried ballast and nobody: it counts in nobody's ledger.
    pub bench: bool,
    /// Who wrote its end.
    pub ended_by: EndedBy,
    /// Some of what was written cannot be read back; a check says where.
    pub damaged: bool,
    /// Date of its first record.
    pub started: WallTime,
    /// Date of the last record that it wrote itself.
    pub ended: WallTime,
    /// Milliseconds from the first record to the last that it wrote itself.
    pub lasted_ms: u64,
    /// Number of its last record.
    pub records: u64,
    /// Hash of its last record: the head of its chain.
    pub head: Hash,
    /// Ordinal of the file that holds it.
    pub(crate) head_ordinal: u64,
    /// Its files in order: ordinal and length in bytes.
    pub(crate) parts: Vec<(u64, u64)>,
    /// The latest date over its records.
    pub(crate) clock: ClockFold,
    /// The summary that the session wrote with its end; empty after an interruption.
    pub summary: Vec<u8>,
}

impl SessionEntry {
    /// The entry of a session that was read through; `None` while it has no end.
    pub(crate) fn from_walk(group: &Group, walk: &Walk) -> Option<Self> {
        let chain = Chain { records: walk.last_seq, head: walk.head, ordinal: walk.last_ordinal };
        let what = (walk.is_simulated(), walk.is_bench());
        let mut entry = Self::new(group, what, &walk.tally, chain)?;
        entry.damaged = !walk.findings.is_empty();
        Some(entry)
    }

    /// Ordinal of its first file: sessions began in this order.
    pub(crate) fn first_ordinal(&self) -> u64 {
        self.parts.first().map_or(self.head_ordinal, |(ordinal, _)| *ordinal)
    }

    /// The entry of a session, simulated and with ballast or not, with these files and records;
    /// `None` while it has no end.
    pub(crate) fn new(
        group: &Group,
        (simulated, bench): (bool, bool),
        tally: &Tally,
        chain: Chain,
    ) -> Option<Self> {
        let ended = tally.ended.clone()?;
        // A session of which not even START can be read still has the stamp of its end.
        let first = tally.first.unwrap_or(ended.stamp);
        let last = tally.last.unwrap_or(first);
        Some(Self {
            session: group.session,
            simulated,
            bench,
            ended_by: ended.by,
            damaged: false,
            started: first.wall,
            ended: last.wall,
            lasted_ms: last.at.since(first.at).get(),
            records: chain.records,
            head: chain.head,
            head_ordinal: chain.ordinal,
            parts: group.parts.iter().map(|part| (part.ordinal, part.len)).collect(),
            clock: tally.clock(simulated),
            summary: ended.summary,
        })
    }

    /// What is known of a session that has no end: what its readable records say.
    pub(crate) fn without_end(group: &Group, walk: &Walk) -> Self {
        let unknown = Stamp { at: Timestamp::ZERO, wall: WallTime::from_unix_millis(0) };
        let created = walk.header.map_or(unknown, |header| header.created);
        let first = walk.tally.first.unwrap_or(created);
        let last = walk.tally.last.unwrap_or(first);
        Self {
            session: group.session,
            simulated: walk.is_simulated(),
            bench: walk.is_bench(),
            ended_by: EndedBy::Recovery,
            damaged: false,
            started: first.wall,
            ended: last.wall,
            lasted_ms: last.at.since(first.at).get(),
            records: walk.last_seq,
            head: walk.head,
            head_ordinal: walk.last_ordinal,
            parts: group.parts.iter().map(|part| (part.ordinal, part.len)).collect(),
            clock: walk.tally.clock(walk.is_simulated()),
            summary: Vec::new(),
        }
    }

    /// The name of the segment that holds its end; the first segment has it too, unless the disk
    /// failed or the session was interrupted.
    #[must_use]
    pub fn journal_name(&self) -> String {
        names::segment_name(self.head_ordinal, self.session)
    }

    /// Whether it speaks of exactly the files of `group`.
    fn covers(&self, group: &Group) -> bool {
        let files = group.parts.iter().map(|part| (part.ordinal, part.len));
        self.parts.iter().copied().eq(files)
    }

    /// The bytes of the entry.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = vec![0; 8];
        out.extend_from_slice(&self.session.bytes());
        let flag = |on, bit| if on { bit } else { 0 };
        out.push(
            flag(self.simulated, SIMULATED)
                | flag(self.bench, BENCH)
                | flag(self.ended_by == EndedBy::Recovery, BY_RECOVERY)
                | flag(self.clock.confirmed, CONFIRMED)
                | flag(self.damaged, DAMAGED),
        );
        let latest = self.clock.latest.map_or(i64::MIN, WallTime::unix_millis);
        for number in [self.started.unix_millis(), self.ended.unix_millis(), latest] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&self.lasted_ms.to_le_bytes());
        out.extend_from_slice(&self.records.to_le_bytes());
        out.extend_from_slice(&self.head.bytes());
        out.extend_from_slice(&self.head_ordinal.to_le_bytes());
        out.push(self.parts.len().min(MAX_PARTS) as u8);
        for (ordinal, len) in self.parts.iter().take(MAX_PARTS) {
            out.extend_from_slice(&ordinal.to_le_bytes());
            out.extend_from_slice(&len.to_le_bytes());
        }
        out.extend_from_slice(&self.summary);
        let len = out.len() as u32;
        out[..4].copy_from_slice(&len.to_le_bytes());
        let crc = Crc32c::new().update(&out[8..]).finish();
        out[4..8].copy_from_slice(&crc.to_le_bytes());
        out
    }

    /// Reads the fields of an entry, after its length and checksum.
    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let session = SessionId::from_bytes(fields.array()?);
        let flags = fields.u8()?;
        let mut wall = || fields.i64().map(WallTime::from_unix_millis);
        let (started, ended, latest) = (wall()?, wall()?, wall()?);
        let (lasted_ms, records) = (fields.u64()?, fields.u64()?);
        let (head, head_ordinal) = (Hash::from_bytes(fields.array()?), fields.u64()?);
        let mut parts = Vec::new();
        for _ in 0..fields.u8()? {
            parts.push((fields.u64()?, fields.u64()?));
        }
        let by = if flags & BY_RECOVERY != 0 { EndedBy::Recovery } else { EndedBy::Session };
        Some(Self {
            session,
            simulated: flags & SIMULATED != 0,
            bench: flags & BENCH != 0,
            ended_by: by,
            damaged: flags & DAMAGED != 0,
            started,
            ended,
            lasted_ms,
            records,
            head,
            head_ordinal,
            parts,
            clock: ClockFold {
                latest: Some(latest).filter(|latest| latest.unix_millis() != i64::MIN),
                confirmed: flags & CONFIRMED != 0,
            },
            summary: fields.rest().to_vec(),
        })
    }
}

/// Where the chain of a session ends.
pub(crate) struct Chain {
    pub(crate) records: u64,
    pub(crate) head: Hash,
    /// Segment of the last record.
    pub(crate) ordinal: u64,
}

/// A folder as its list of sessions and its file names show it.
pub(crate) struct Survey {
    /// Closed sessions whose entry counts, by rising ordinal of their first file.
    pub(crate) closed: Vec<SessionEntry>,
    /// Sessions that have to be read.
    pub(crate) open: Vec<Group>,
    /// The list holds something that does not count any more.
    pub(crate) stale: bool,
}

/// Looks at the folder without opening a segment that the list covers.
pub(crate) fn survey(disk: &dyn Disk) -> io::Result<Survey> {
    let (groups, _) = names::groups(disk)?;
    let (mut listed, mut stale) = read(disk)?;
    let mut survey = Survey { closed: Vec::new(), open: Vec::new(), stale: false };
    for group in groups {
        match listed.remove(&group.session) {
            Some(entry) if entry.covers(&group) => survey.closed.push(entry),
            Some(_) => {
                stale = true;
                survey.open.push(group);
            }
            None => survey.open.push(group),
        }
    }
    survey.stale = stale || !listed.is_empty();
    Ok(survey)
}

/// The list; true when a part of it could not be read.
fn read(disk: &dyn Disk) -> io::Result<(BTreeMap<SessionId, SessionEntry>, bool)> {
    let mut entries = BTreeMap::new();
    let mut source = match disk.read(names::INDEX) {
        Ok(source) => io::BufReader::with_capacity(32 * 1024, source),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((entries, false)),
        Err(error) => return Err(error),
    };
    loop {
        match read_entry(&mut source) {
            Ok(Some(entry)) => {
                // The later entry of a session counts.
                entries.insert(entry.session, entry);
            }
            Ok(None) => return Ok((entries, false)),
            // It is only a cache: whatever is wrong with it, the segments know better.
            Err(_) => return Ok((entries, true)),
        }
    }
}

fn read_entry(source: &mut impl io::Read) -> io::Result<Option<SessionEntry>> {
    let mut head = [0; 8];
    if source.read(&mut head[..1])? == 0 {
        return Ok(None);
    }
    source.read_exact(&mut head[1..])?;
    let invalid = || io::Error::from(io::ErrorKind::InvalidData);
    let mut fields = Fields(&head);
    let (len, crc) = (fields.u32().ok_or_else(invalid)?, fields.u32().ok_or_else(invalid)?);
    let len = (len as usize).checked_sub(8).filter(|len| *len <= MAX_ENTRY).ok_or_else(invalid)?;
    let mut bytes = vec![0; len];
    source.read_exact(&mut bytes)?;
    if Crc32c::new().update(&bytes).finish() != crc {
        return Err(invalid());
    }
    SessionEntry::decode(&bytes).ok_or_else(invalid).map(Some)
}

/// Writes the whole list anew.
pub(crate) fn rewrite(disk: &dyn Disk, entries: &[SessionEntry]) -> io::Result<()> {
    let bytes: Vec<u8> = entries.iter().flat_map(SessionEntry::encode).collect();
    disk::replace(disk, names::INDEX, &bytes)
}

/// Adds entries to the list.
pub(crate) fn add(disk: &dyn Disk, entries: &[SessionEntry]) -> io::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let bytes: Vec<u8> = entries.iter().flat_map(SessionEntry::encode).collect();
    disk.append(names::INDEX, &bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry() -> SessionEntry {
        SessionEntry {
            session: SessionId::from_bytes([1; 16]),
            simulated: true,
            bench: true,
            ended_by: EndedBy::Recovery,
            damaged: true,
            started: WallTime::from_unix_millis(1),
            ended: WallTime::from_unix_millis(-2),
            lasted_ms: 3,
            records: 4,
            head: Hash::from_bytes([5; 32]),
            head_ordinal: 8,
            parts: vec![(6, 7), (8, 9)],
            clock: ClockFold { latest: Some(WallTime::from_unix_millis(10)), confirmed: true },
            summary: b"summary".to_vec(),
        }
    }

    #[test]
    fn an_entry_reads_back_as_written() {
        let blank = SessionEntry {
            simulated: false,
            bench: false,
            ended_by: EndedBy::Session,
            damaged: false,
            clock: ClockFold::default(),
            summary: Vec::new(),
            ..entry()
        };
        let mut bytes = entry().encode();
        bytes.extend(blank.encode());
        let mut source = bytes.as_slice();
        assert_eq!(read_entry(&mut source).unwrap(), Some(entry()));
        assert_eq!(read_entry(&mut source).unwrap(), Some(blank));
        assert_eq!(read_entry(&mut source).unwrap(), None);
    }

    proptest! {
        #[test]
        fn no_bytes_are_ever_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            prop_assert!(!matches!(read_entry(&mut bytes.as_slice()), Ok(Some(_))));
            SessionEntry::decode(&bytes);
        }
    }
}
