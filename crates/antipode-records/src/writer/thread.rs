//! The writer on a thread of its own, so that the control loop never waits for a disk (I-16).

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{Closed, CommitError, JournalWriter};
use crate::record::{Durability, Flags, Health, Journal, Kind, NewRecord, Refused, Stamp, Ticket};
use crate::segment::MAX_PAYLOAD;

/// Records that may wait for the thread: minutes of a session, since a second of it is a block of
/// readings and seldom more than a few events.
const QUEUE: usize = 1_024;
/// A block holds up to 0.95 s of readings, so they are durable within the second that may be lost.
const SOON: Duration = Duration::from_millis(50);
/// Between two attempts on a failing disk.
const RETRY: Duration = Duration::from_secs(1);

/// A record on its way to the thread.
struct Queued {
    stamp: Stamp,
    kind: Kind,
    flags: Flags,
    durability: Durability,
    payload: Vec<u8>,
}

/// What the thread tells the loop.
#[derive(Default)]
struct Shared {
    durable: AtomicU64,
    health: AtomicU8,
    /// Refused by the queue and not yet written as a gap.
    overflow: AtomicU64,
    /// Refused in all, counted where the refusal happens.
    refused: AtomicU64,
    /// Dropped from memory while the disk failed.
    dropped: AtomicU64,
}

const WORKING: u8 = 0;
const ON_RESERVE: u8 = 1;
const FAILING: u8 = 2;
const DEAD: u8 = 3;

impl Shared {
    fn publish(&self, writer: &JournalWriter) {
        self.durable.store(writer.durable().count(), Ordering::Release);
        self.dropped.store(writer.dropped(), Ordering::Release);
        let health = match writer.health() {
            Health::Working => WORKING,
            Health::OnReserve => ON_RESERVE,
            Health::Failing => FAILING,
            Health::Dead => DEAD,
        };
        self.health.store(health, Ordering::Release);
    }
}

/// Says that the journal is dead however the thread ends, a panic included.
struct SaysDead(Arc<Shared>);

impl Drop for SaysDead {
    fn drop(&mut self) {
        self.0.health.store(DEAD, Ordering::Release);
    }
}

/// The control loop's end of a journal. Dropping it lets the thread commit and end.
pub struct JournalHandle {
    queue: SyncSender<Queued>,
    shared: Arc<Shared>,
    accepted: u64,
}

impl Journal for JournalHandle {
    fn append(&mut self, record: &NewRecord<'_>) -> Result<Ticket, Refused> {
        if record.payload.len() > MAX_PAYLOAD {
            return Err(Refused::TooLarge { len: record.payload.len(), max: MAX_PAYLOAD });
        }
        let queued = Queued {
            stamp: record.stamp,
            kind: record.kind,
            flags: record.flags,
            durability: record.durability,
            payload: record.payload.to_vec(),
        };
        let refused = match self.queue.try_send(queued) {
            Ok(()) => {
                self.accepted += 1;
                return Ok(Ticket::new(self.accepted));
            }
            Err(TrySendError::Full(_)) => {
                self.shared.overflow.fetch_add(1, Ordering::AcqRel);
                Refused::Overflow { capacity: QUEUE }
            }
            Err(TrySendError::Disconnected(_)) => Refused::Ended,
        };
        self.shared.refused.fetch_add(1, Ordering::AcqRel);
        Err(refused)
    }

    fn durable(&self) -> Ticket {
        Ticket::new(self.shared.durable.load(Ordering::Acquire))
    }

    fn health(&self) -> Health {
        match self.shared.health.load(Ordering::Acquire) {
            WORKING => Health::Working,
            ON_RESERVE => Health::OnReserve,
            FAILING => Health::Failing,
            DEAD.. => Health::Dead,
        }
    }

    fn lost(&self) -> u64 {
        let refused = self.shared.refused.load(Ordering::Acquire);
        refused + self.shared.dropped.load(Ordering::Acquire)
    }
}

/// The thread that writes. It ends after its handle was dropped.
pub struct JournalThread {
    thread: JoinHandle<Result<Closed, CommitError>>,
}

/// The writer ended without an answer.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// Its last commit failed.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// It panicked: a mistake in this program.
    #[error(
        "the journal's writer panicked; assume that only acknowledged records are on the disk; the \
         next start closes the session as interrupted"
    )]
    Panicked,
}

impl JournalThread {
    /// Whether the thread has ended, so that [`JournalThread::join`] does not wait.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }

    /// Waits for the thread to end. Never call it from the control loop.
    ///
    /// # Errors
    /// When the last records are not durable.
    pub fn join(self) -> Result<Closed, JoinError> {
        self.thread.join().map_err(|_| JoinError::Panicked)?.map_err(JoinError::Commit)
    }
}

/// Puts `writer` on a thread of its own.
///
/// # Errors
/// When the system gives no thread.
pub fn spawn(writer: JournalWriter) -> io::Result<(JournalHandle, JournalThread)> {
    let (queue, records) = sync_channel(QUEUE);
    let shared = Arc::new(Shared::default());
    let theirs = Arc::clone(&shared);
    let thread = std::thread::Builder::new().name("journal".to_owned()).spawn(move || {
        let says_dead = SaysDead(theirs);
        run(writer, &records, &says_dead.0)
    })?;
    Ok((JournalHandle { queue, shared, accepted: 0 }, JournalThread { thread }))
}

/// Takes records and commits them until the handle is gone.
fn run(
    mut writer: JournalWriter,
    records: &Receiver<Queued>,
    shared: &Shared,
) -> Result<Closed, CommitError> {
    // When what waits has to be committed, and before when a failing disk is left alone.
    let mut due: Option<Instant> = None;
    let mut latest = writer.session.now;
    loop {
        let next = match due {
            None => records.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(due) => records.recv_timeout(due.saturating_duration_since(Instant::now())),
        };
        let mut now = false;
        match next {
            Ok(record) => {
                latest = record.stamp;
                now = take(&mut writer, &record, shared);
                // Whatever has gathered goes with the same flush.
                while let Ok(record) = records.try_recv() {
                    latest = record.stamp;
                    now |= take(&mut writer, &record, shared);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                writer.note_lost(shared.overflow.swap(0, Ordering::AcqRel), latest);
                let closed = writer.finish();
                if let Ok(closed) = &closed {
                    shared.durable.fetch_max(closed.last.count(), Ordering::AcqRel);
                }
                return closed;
            }
        }
        writer.note_lost(shared.overflow.swap(0, Ordering::AcqRel), latest);
        due = commit_when_due(&mut writer, due, now);
        shared.publish(&writer);
    }
}

/// Gives the record to the writer; true when it has to be durable at once.
fn take(writer: &mut JournalWriter, record: &Queued, shared: &Shared) -> bool {
    let taken = writer.append(&NewRecord {
        stamp: record.stamp,
        kind: record.kind,
        flags: record.flags,
        durability: record.durability,
        payload: &record.payload,
    });
    if taken.is_err() {
        // The journal is dead or ended: this ticket is never acknowledged.
        shared.refused.fetch_add(1, Ordering::AcqRel);
    }
    taken.is_ok() && record.durability == Durability::Now
}

/// Commits if it is time; gives the next time at which it will be.
fn commit_when_due(writer: &mut JournalWriter, due: Option<Instant>, now: bool) -> Option<Instant> {
    let time = Instant::now();
    let failing = writer.health() == Health::Failing;
    let reached = due.is_some_and(|due| due <= time);
    // A failing disk is tried once a second, however urgent the records: each try costs a segment.
    if reached || (now && !(failing && due.is_some())) {
        return match writer.commit() {
            Ok(_) => None,
            Err(CommitError::Failing(..)) => Some(time + RETRY),
            Err(CommitError::Dead { .. }) => None,
        };
    }
    if writer.is_waiting() { due.or(Some(time + SOON)) } else { None }
}
