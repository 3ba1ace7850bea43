//! Writing one session, in order, onto a disk that may fail at any moment.
//!
//! A file whose flush failed is never flushed again: the system may have thrown the data away and
//! may answer "done" the next time. What was not yet durable is still in memory, so it goes into a
//! fresh segment behind a record of the gap.

mod failing;
mod finish;
mod thread;
mod waiting;

use std::io;

pub use finish::Closed;
pub use thread::{JoinError, JournalHandle, JournalThread, spawn};

use crate::disk::{DiskError, SegmentFile};
use crate::index::MAX_PARTS;
use crate::record::{
    Durability, Flags, Health, Kind, NewRecord, Refused, SessionId, Stamp, Ticket,
};
use crate::segment::{Gap, GapCause, Link, MAX_PAYLOAD, Tip, encode_record};
use crate::store::{Fresh, NewSession, Store};
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
}
