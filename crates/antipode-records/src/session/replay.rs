//! Running a recorded session again: the same events at the same times through the same machine,
//! and every line that it puts on record, and its orders to the table, compared with the journal.

use std::collections::VecDeque;
use std::io::Read;

use antipode_core::event::Event;
use antipode_core::orders::Orders;
use antipode_core::session::{EndCause, Outcome, Session};
use antipode_core::step::Record;
use antipode_safety::Timestamp;

use super::block::decode_block;
use super::event::Seldom;
use super::fault::decode_fault;
use super::record::decode_record;
use super::start::Start;
use super::wire::DecodeError;
use super::{BLOCK, CLEARED, EVENT, FAULT, ORDERS, RECORD};
use crate::disk::{Disk, DiskError};
use crate::history::read_session;
use crate::record::{Kind, SessionId};
use crate::segment::{End, EndedBy, Gap, RecordView, SegmentReader, Trouble};
use crate::walk::Finding;

/// What running a session again gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    /// The session.
    pub session: SessionId,
    /// What it was told before it began.
    pub start: Start,
    /// Time of its start on record.
    pub begun: Timestamp,
    /// Events that were handed to it again.
    pub steps: u64,
    /// Lines on record that came out the same.
    pub compared: u64,
    /// Time of its last step.
    pub last: Timestamp,
    /// How and why it ended, by its own record; `None` when it did not get so far.
    pub outcome: Option<(Outcome, EndCause)>,
    /// Who wrote the end of the journal; `None` without one.
    pub ended_by: Option<EndedBy>,
    /// Where the replay and the journal part; nothing behind it was run.
    pub first_difference: Option<Difference>,
    /// Where the files stop being readable.
    pub damage: Vec<Finding>,
}

impl Replay {
    /// Whether everything that the journal should hold is there and came out the same.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.first_difference.is_none() && self.damage.is_empty()
    }
}

/// Where a replay and its journal part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Time of the step.
    pub at: Timestamp,
    /// Number of the journal's record at which it was seen.
    pub seq: u64,
    /// What is different.
    pub what: Differs,
}

/// What is different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differs {
    /// The session put something else on record.
    Record {
        /// What the journal holds; `None` for nothing.
        expected: Option<Record>,
        /// What the replay gave; `None` for nothing.
        got: Option<Record>,
    },
    /// The same line, in a step of another time.
    Time {
        /// The line.
        record: Record,
        /// The time of the step that gave it now.
        got: Timestamp,
    },
    /// The session gave other orders to the table, or at other times, since the last place at which
    /// they agreed.
    Orders,
    /// The journal says itself that records are missing here.
    Missing {
        /// How many.
        lost: u64,
    },
    /// A record cannot be read.
    Unreadable(DecodeError),
}

/// There is nothing to run again.
#[derive(Debug, thiserror::Error)]
pub enum NotReplayable {
    /// Not a journal.
    #[error("this is no journal that could be replayed: {0}")]
    NotAJournal(Trouble),
    /// A later part of a session that has several files.
    #[error(
        "this is part {part} of session {session}, which begins in another file; replay the \
         session by its identifier"
    )]
    LaterPart {
        /// The session.
        session: SessionId,
        /// Which part, counted from 0.
        part: u32,
    },
    /// It holds no start.
    #[error("session {0} has no start on record: it ended before anything could move")]
    NoStart(SessionId),
    /// Its start cannot be read.
    #[error("the start of session {0} cannot be read: {1}")]
    Start(SessionId, DecodeError),
    /// The journal has no such session.
    #[error("there is no session {0} in this journal")]
    NoSession(SessionId),
    /// The disk.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// Replays the session in one file called `name`, whole or cut short.
///
/// # Errors
/// [`NotReplayable`] when there is nothing to run again. Damage and differences are in the answer.
pub fn replay_segment(name: &str, source: impl Read) -> Result<Replay, NotReplayable> {
    let mut reader = SegmentReader::open(source).map_err(NotReplayable::NotAJournal)?;
    let header = *reader.header();
    if header.part > 0 {
        return Err(NotReplayable::LaterPart { session: header.session, part: header.part });
    }
    let mut replayer = Replayer::new(header.session);
    while let Some(record) = reader.next_record() {
        replayer.take(&record);
        if record.kind == Kind::END {
            break;
        }
    }
    let damage = reader.trouble().map(|trouble| Finding {
        name: name.to_owned(),
        ordinal: header.ordinal,
        offset: reader.offset(),
        trouble,
    });
    replayer.finish(damage.into_iter().collect())
}

/// Replays a session of a journal folder through all its files; changes nothing.
///
/// # Errors
/// [`NotReplayable`] when there is nothing to run again. Damage and differences are in the answer.
pub fn replay_session(disk: &dyn Disk, session: SessionId) -> Result<Replay, NotReplayable> {
    let mut replayer = Replayer::new(session);
    let read = read_session(disk, session, &mut |record| replayer.take(record))?;
    let read = read.ok_or(NotReplayable::NoSession(session))?;
    replayer.finish(read.findings)
}

/// Takes the records of one session in order and runs it again.
struct Replayer {
    id: SessionId,
    run: Option<Run>,
    /// The start could not be read.
    broken: Option<DecodeError>,
}

/// A session that runs again.
struct Run {
    session: Session,
    /// What the last step put on record and the journal has not shown yet.
    due: VecDeque<Record>,
    /// All orders up to now.
    orders: Orders,
    replay: Replay,
}

impl Replayer {
    const fn new(id: SessionId) -> Self {
        Self { id, run: None, broken: None }
    }

    fn take(&mut self, record: &RecordView<'_>) {
        if let Some(run) = &mut self.run {
            run.take(record);
        } else if record.kind == Kind::START && self.broken.is_none() {
            match Start::decode(record.payload) {
                Ok(start) => self.run = Some(Run::new(self.id, start, record.stamp.at)),
                Err(error) => self.broken = Some(error),
            }
        }
    }

    fn finish(self, damage: Vec<Finding>) -> Result<Replay, NotReplayable> {
        match (self.run, self.broken) {
            (Some(run), _) => Ok(Replay { damage, ..run.replay }),
            (None, Some(error)) => Err(NotReplayable::Start(self.id, error)),
            (None, None) => match damage.first() {
                Some(found) => Err(NotReplayable::NotAJournal(found.trouble)),
                None => Err(NotReplayable::NoStart(self.id)),
            },
        }
    }
}

impl Run {
    fn new(id: SessionId, start: Start, at: Timestamp) -> Self {
        let replay = Replay {
            session: id,
            start,
            begun: at,
            steps: 0,
            compared: 0,
            last: at,
            outcome: None,
            ended_by: None,
            first_difference: None,
            damage: Vec::new(),
        };
        let session = Session::new(replay.start.config.clone());
        Self { session, due: VecDeque::new(), orders: Orders::NONE, replay }
    }

    fn take(&mut self, record: &RecordView<'_>) {
        if record.kind == Kind::END {
            self.end(record);
        } else if self.replay.first_difference.is_none()
            && let Err(what) = self.run(record)
        {
            self.differs(record, what);
        }
    }

    fn differs(&mut self, record: &RecordView<'_>, what: Differs) {
        let at = match what {
            // It was due in the step before this record.
            Differs::Record { expected: None, .. } => self.replay.last,
            Differs::Record { .. }
            | Differs::Time { .. }
            | Differs::Orders
            | Differs::Missing { .. }
            | Differs::Unreadable(_) => record.stamp.at,
        };
        self.replay.first_difference = Some(Difference { at, seq: record.seq, what });
    }

    fn run(&mut self, record: &RecordView<'_>) -> Result<(), Differs> {
        match record.kind {
            EVENT => {
                let event = Seldom::decode(record.payload).map_err(Differs::Unreadable)?;
                self.step(record.stamp.at, event.into())
            }
            BLOCK => {
                let block = decode_block(record.stamp.at, record.payload);
                let block = block.map_err(Differs::Unreadable)?;
                block.steps.iter().try_for_each(|(at, event)| self.step(*at, (*event).into()))?;
                if block.agrees(self.orders) { Ok(()) } else { Err(Differs::Orders) }
            }
            ORDERS if record.payload == self.orders.number().to_le_bytes() => Ok(()),
            ORDERS => Err(Differs::Orders),
            RECORD => {
                let found = decode_record(record.payload).map_err(Differs::Unreadable)?;
                self.compare(record.stamp.at, found)
            }
            Kind::GAP => match Gap::decode(record.payload) {
                // A fresh file after a failure took over everything that waited.
                Some(Gap { lost: 0, .. }) => Ok(()),
                Some(Gap { lost, .. }) => Err(Differs::Missing { lost }),
                None => Err(Differs::Unreadable(DecodeError::Short)),
            },
            FAULT => decode_fault(record.payload).map(|_| ()).map_err(Differs::Unreadable),
            Kind::PERSON | Kind::DATE_CONFIRMED | CLEARED => Ok(()),
            kind => {
                let tag = kind.number().into();
                Err(Differs::Unreadable(DecodeError::Tag { what: "record of a session", tag }))
            }
        }
    }

    fn step(&mut self, now: Timestamp, event: Event) -> Result<(), Differs> {
        self.nothing_due()?;
        let step = self.session.step(now, event);
        self.due.extend(step.records.iter().copied());
        self.orders = self.orders.after(now, &step.commands);
        self.replay.steps += 1;
        self.replay.last = now;
        Ok(())
    }

    fn compare(&mut self, at: Timestamp, expected: Record) -> Result<(), Differs> {
        let got = self.due.pop_front();
        if got != Some(expected) {
            return Err(Differs::Record { expected: Some(expected), got });
        }
        if at != self.replay.last {
            return Err(Differs::Time { record: expected, got: self.replay.last });
        }
        self.replay.compared += 1;
        if let Record::SessionEnd { outcome, cause, .. } = expected {
            self.replay.outcome = Some((outcome, cause));
        }
        Ok(())
    }

    /// Everything that the last step put on record must have been in the journal by now.
    fn nothing_due(&self) -> Result<(), Differs> {
        match self.due.front() {
            None => Ok(()),
            Some(&got) => Err(Differs::Record { expected: None, got: Some(got) }),
        }
    }

    fn end(&mut self, record: &RecordView<'_>) {
        let by = End::decode(record.payload).map_or(EndedBy::Session, |end| end.by);
        self.replay.ended_by = Some(by);
        // A session that was cut off may have been cut off between a step and its lines.
        if by == EndedBy::Session
            && self.replay.first_difference.is_none()
            && let Err(what) = self.nothing_due()
        {
            self.differs(record, what);
        }
    }
}
