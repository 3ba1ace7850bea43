//! Writing one session, in order, onto a disk that may fail at any moment.
//!
//! A file whose flush failed is never flushed again: the system may have thrown the data away and
//! may answer "done" the next time. What was not yet durable is still in memory, so it goes into a
//! fresh segment behind a record of the gap.

mod thread;
mod waiting;

use std::io;

pub use thread::{JoinError, JournalHandle, JournalThread, spawn};

use crate::disk::{DiskError, Doing, SegmentFile};
use crate::index::{self, Chain, MAX_PARTS, SessionEntry};
use crate::names;
use crate::record::{
    Durability, Flags, Health, Kind, NewRecord, Refused, SessionId, Stamp, Ticket,
};
use crate::segment::{Body, Gap, GapCause, Hash, Link, MAX_PAYLOAD, Tip, encode_record};
use crate::store::{Fresh, NewSession, Opening, Store};
use crate::tally::Tally;
use waiting::{Waiting, WaitingRoom};

/// Segments that one session may use up; recovery needs room for one more.
const SEGMENTS_MAX: usize = MAX_PARTS - 8;

/// A commit did not reach the disk.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// This time; the records wait in memory and the next commit tries a fresh segment.
    #[error(
        "the journal is not on the disk: {0}; {1} records wait in memory; only motion toward the \
         rest band until a commit succeeds"
    )]
    Failing(DiskError, usize),
    /// For good.
    #[error("the journal has given up after {segments} segments; only motion toward the rest band")]
    Dead {
        /// Segments tried.
        segments: usize,
    },
}

/// How a session's journal was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The session.
    pub session: SessionId,
    /// Its END is durable. If not, the next start finds it interrupted.
    pub sealed: bool,
    /// Its last file.
    pub name: String,
    /// The head of its chain.
    pub head: Hash,
    /// Number of its last record.
    pub records: u64,
    /// The last record that it accepted.
    pub last: Ticket,
    /// The list of sessions could be brought up to date; if not, the next start does it.
    pub listed: bool,
}

/// The segment in use.
struct Open {
    name: String,
    ordinal: u64,
    file: Box<dyn SegmentFile>,
    offset: u64,
    /// The folder knows its name for good.
    named: bool,
}

/// The last record that is durable.
#[derive(Clone, Copy)]
struct Durable {
    seq: u64,
    link: Link,
    /// First byte behind it.
    offset: u64,
    /// What had been accepted by then.
    ticket: u64,
}

/// Writes the journal of one session. Every method may wait for the disk, so it belongs to a
/// thread of its own; see [`spawn`].
pub struct JournalWriter {
    store: Store,
    session: NewSession,
    open: Option<Open>,
    /// Failed segments, kept open so that their locks show that the session is alive.
    failed: Vec<Box<dyn SegmentFile>>,
    segments: usize,
    /// Failed segments that no gap record names yet, and their first byte that does not count.
    untold: Vec<(u64, u64)>,
    tip: Tip,
    accepted: u64,
    durable: Durable,
    waiting: WaitingRoom,
    /// Lost before they came here.
    lost: u64,
    health: Health,
    /// The room kept for the end of the session is being used up.
    on_reserve: bool,
    tally: Tally,
    scratch: Vec<u8>,
}

impl JournalWriter {
    pub(crate) fn new(store: Store, session: NewSession, fresh: Fresh) -> Self {
        let Fresh { name, ordinal, file, offset, tip, on_reserve } = fresh;
        Self {
            store,
            session,
            open: Some(Open { name, ordinal, file, offset, named: false }),
            failed: Vec::new(),
            segments: 1,
            untold: Vec::new(),
            tip,
            accepted: 0,
            // Not even the header is durable before the first commit.
            durable: Durable {
                seq: 0,
                link: Link { ordinal, hash: tip.hash },
                offset: 0,
                ticket: 0,
            },
            waiting: WaitingRoom::default(),
            lost: 0,
            health: if on_reserve { Health::OnReserve } else { Health::Working },
            on_reserve,
            tally: Tally::default(),
            scratch: Vec::new(),
        }
    }

    /// The session.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session.session
    }

    /// Every record up to and with this ticket is durable, or counted as lost.
    #[must_use]
    pub const fn durable(&self) -> Ticket {
        Ticket::new(self.durable.ticket)
    }

    /// How it is doing.
    #[must_use]
    pub const fn health(&self) -> Health {
        self.health
    }

    /// Records lost so far, because memory or the queue was full. Never one that had to be durable
    /// at once.
    #[must_use]
    pub const fn lost(&self) -> u64 {
        self.lost + self.waiting.dropped()
    }

    /// Those of them that were dropped from memory while the disk failed.
    pub(crate) const fn dropped(&self) -> u64 {
        self.waiting.dropped()
    }

    /// Whether a record waits for a commit.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Takes a record. It is written at once where the disk lets it be, and durable after the next
    /// [`JournalWriter::commit`]. A disk that fails now shows at that commit.
    ///
    /// # Errors
    /// [`Refused`] when it was not taken: too large, after END, or the journal is dead.
    pub fn append(&mut self, record: &NewRecord<'_>) -> Result<Ticket, Refused> {
        if record.payload.len() > MAX_PAYLOAD {
            return Err(Refused::TooLarge { len: record.payload.len(), max: MAX_PAYLOAD });
        }
        if self.tally.ended.is_some() || self.health == Health::Dead {
            return Err(Refused::Ended);
        }
        self.take(Waiting {
            stamp: record.stamp,
            kind: record.kind,
            flags: record.flags,
            durability: record.durability,
            payload: record.payload.to_vec(),
        });
        self.accepted += 1;
        Ok(Ticket::new(self.accepted))
    }

    /// Counts `count` records that were lost on their way here; a gap is written for them.
    pub fn note_lost(&mut self, count: u64, stamp: Stamp) {
        if count == 0 || self.tally.ended.is_some() {
            return;
        }
        self.lost += count;
        let payload = Gap { cause: GapCause::Overflow, lost: count, ordinal: 0, offset: 0 };
        self.take(Waiting {
            stamp,
            kind: Kind::GAP,
            flags: Flags::NONE,
            durability: Durability::Now,
            payload: payload.encode(),
        });
    }

    /// Puts a record behind those that wait, and writes it while there is a segment.
    fn take(&mut self, record: Waiting) {
        self.tally.add(record.kind, record.stamp, &record.payload);
        self.waiting.push(record);
        if self.open.is_some() {
            if self.write_newest().is_err() {
                self.bury();
            }
        } else {
            self.waiting.make_room();
        }
    }

    /// Writes the record that was taken last into the open segment.
    fn write_newest(&mut self) -> io::Result<()> {
        let (Some(open), Some(record)) = (self.open.as_mut(), self.waiting.newest()) else {
            return Ok(());
        };
        self.scratch.clear();
        encode_record(&mut self.scratch, &mut self.tip, &record.body());
        if self.store.write_or_spend(open.file.as_mut(), open.offset, &self.scratch)? {
            self.on_reserve = true;
            self.health = Health::OnReserve;
        }
        open.offset += self.scratch.len() as u64;
        Ok(())
    }

    /// Gives the open segment up; what it holds beyond the last durable record does not count.
    fn bury(&mut self) {
        if let Some(open) = self.open.take() {
            self.failed.push(open.file);
            let durable = self.durable.link.ordinal == open.ordinal;
            self.untold.push((open.ordinal, if durable { self.durable.offset } else { 0 }));
        }
        self.health = Health::Failing;
        self.waiting.make_room();
    }

    /// Makes every record taken so far durable.
    ///
    /// # Errors
    /// [`CommitError`]; nothing is lost by it yet, but only motion toward the rest band may go on.
    pub fn commit(&mut self) -> Result<Ticket, CommitError> {
        if self.health == Health::Dead {
            return Err(CommitError::Dead { segments: self.segments });
        }
        if self.open.is_some() {
            if self.waiting.is_empty() {
                return Ok(self.durable());
            }
            match self.flush() {
                Ok(()) => {
                    self.settle();
                    return Ok(self.durable());
                }
                Err(_) => self.bury(),
            }
        }
        match self.fail_over() {
            Ok(()) => {
                self.settle();
                Ok(self.durable())
            }
            Err(_) if self.segments >= SEGMENTS_MAX => {
                self.health = Health::Dead;
                Err(CommitError::Dead { segments: self.segments })
            }
            Err(error) => Err(CommitError::Failing(error, self.waiting.len())),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        let Some(open) = self.open.as_mut() else { return Ok(()) };
        open.file.sync_data()?;
        if !open.named {
            self.store.disk.sync_dir()?;
            open.named = true;
        }
        Ok(())
    }

    /// Everything that waited is durable.
    fn settle(&mut self) {
        if let Some(open) = &self.open {
            let link = Link { ordinal: open.ordinal, hash: self.tip.hash };
            let ticket = self.accepted;
            self.durable = Durable { seq: self.tip.seq, link, offset: open.offset, ticket };
        }
        self.waiting.clear();
    }

    /// Writes everything that waits into a fresh segment, behind a record of the gap.
    fn fail_over(&mut self) -> Result<(), DiskError> {
        let created = self.tally.last.unwrap_or(self.session.now);
        let opening = Opening {
            session: self.session.session,
            part: self.segments as u32,
            first_seq: self.durable.seq + 1,
            previous: self.durable.link,
            created,
            simulated: self.session.simulated,
        };
        let busy = || io::Error::from(io::ErrorKind::WouldBlock);
        let Fresh { name, ordinal, mut file, offset, tip, on_reserve } = self
            .store
            .create_segment(&opening)?
            .ok_or_else(|| DiskError::new(Doing::Lock, "the journal", busy()))?;
        self.segments += 1;
        self.on_reserve |= on_reserve;
        let (tip, bytes) = self.encode_waiting(created, tip);
        let write = self
            .store
            .write_or_spend(file.as_mut(), offset, &bytes)
            .map_err(|error| DiskError::new(Doing::Write, &name, error));
        let sync = write.and_then(|spent| {
            self.on_reserve |= spent;
            file.sync_data().map_err(|error| DiskError::new(Doing::Sync, &name, error))?;
            let folder = "the journal's folder";
            self.store.disk.sync_dir().map_err(|error| DiskError::new(Doing::Sync, folder, error))
        });
        if let Err(error) = sync {
            self.failed.push(file);
            self.untold.push((ordinal, 0));
            return Err(error);
        }
        self.tip = tip;
        self.untold.clear();
        self.health = if self.on_reserve { Health::OnReserve } else { Health::Working };
        let offset = offset + bytes.len() as u64;
        self.open = Some(Open { name, ordinal, file, offset, named: true });
        Ok(())
    }

    /// The gaps and everything that waits, as records after the last durable one.
    fn encode_waiting(&self, stamp: Stamp, mut tip: Tip) -> (Tip, Vec<u8>) {
        let mut lost = self.waiting.dropped_since_clear();
        let mut gaps = Vec::new();
        for &(ordinal, offset) in &self.untold {
            gaps.push(Gap { cause: GapCause::WriteFailed, lost, ordinal, offset }.encode());
            lost = 0;
        }
        let gaps =
            gaps.iter().map(|payload| Body { stamp, kind: Kind::GAP, flags: Flags::NONE, payload });
        let mut bytes = Vec::new();
        for body in gaps.chain(self.waiting.iter().map(Waiting::body)) {
            encode_record(&mut bytes, &mut tip, &body);
        }
        (tip, bytes)
    }

    /// Commits, and if END was written gives unused room back and lists the session.
    ///
    /// # Errors
    /// [`CommitError`] when the last records are not durable; the next start then finds the session
    /// interrupted.
    pub fn finish(mut self) -> Result<Closed, CommitError> {
        self.commit()?;
        let sealed = self.tally.ended.is_some();
        let mut listed = false;
        let mut name = String::new();
        if let Some(mut open) = self.open.take() {
            // Best effort: unused room is zeros, and both lengths read the same.
            let trimmed = !sealed || open.file.truncate(open.offset).is_ok();
            listed = sealed && trimmed && self.list().is_ok();
            name = open.name;
        }
        Ok(Closed {
            session: self.session.session,
            sealed,
            name,
            head: self.tip.hash,
            records: self.tip.seq,
            last: self.durable(),
            listed,
        })
    }

    /// Adds the session to the list of closed ones.
    fn list(&self) -> io::Result<()> {
        let disk = self.store.disk.as_ref();
        let (groups, _) = names::groups(disk)?;
        let group = groups.iter().find(|group| group.session == self.session.session);
        let chain = Chain {
            records: self.tip.seq,
            head: self.tip.hash,
            ordinal: self.durable.link.ordinal,
        };
        let entry = group
            .and_then(|group| SessionEntry::new(group, self.session.simulated, &self.tally, chain));
        index::add(disk, &[entry.ok_or(io::ErrorKind::NotFound)?])
    }
}
