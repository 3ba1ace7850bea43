//! Writing a session into a journal, step by step.

use antipode_core::event::{Event, StopEvent};
use antipode_core::orders::Orders;
use antipode_core::step::Record;
use antipode_safety::FaultBegan;

use super::block::Gathering;
use super::event::{Seldom, Sorted};
use super::fault::encode_fault;
use super::record::encode_record;
use super::start::{NotRecordable, Start};
use super::{BLOCK, EVENT, FAULT, ORDERS, RECORD};
use crate::record::{Durability, Flags, Health, Journal, Kind, NewRecord, Refused, Stamp, Ticket};
use crate::segment::{End, EndedBy};

/// A session's record could not be begun, so the session must not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotBegin {
    /// What it was told cannot be written down.
    #[error(transparent)]
    Start(#[from] NotRecordable),
    /// The journal did not take it.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// The end of a session did not reach the journal as it was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotEnd {
    /// The end is written, with an empty summary.
    #[error(
        "the summary has {len} bytes, a record keeps {max}; the end is written without a summary",
        max = End::MAX_SUMMARY
    )]
    Summary {
        /// Bytes of the summary.
        len: usize,
    },
    /// The journal did not take it: the next start finds the session interrupted.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// Writes what reaches a session and what it puts on record.
///
/// What comes several times a second is gathered for less than a second; everything else first
/// lets go what was gathered, so that the order of the records is the order of the steps.
#[derive(Debug)]
pub struct SessionWriter<J> {
    journal: J,
    block: Gathering,
    /// All orders up to now.
    orders: Orders,
    /// Stamp of the last step gathered.
    gathered: Stamp,
    last: Ticket,
    start: Option<Ticket>,
}

impl<J: Journal> SessionWriter<J> {
    /// Begins the record of a session. `person` is the name of who is on the table, sealed by
    /// [`super::seal_name`].
    ///
    /// # Errors
    /// [`CannotBegin`]; then nothing may move.
    pub fn begin(
        journal: J,
        stamp: Stamp,
        start: &Start,
        person: Option<&[u8]>,
    ) -> Result<Self, CannotBegin> {
        let payload = start.encode()?;
        let mut writer = Self {
            journal,
            block: Gathering::new(),
            orders: Orders::NONE,
            gathered: stamp,
            last: Ticket::NONE,
            start: None,
        };
        writer.append(stamp, Kind::START, Flags::NONE, Durability::Now, &payload)?;
        if let Some(sealed) = person {
            writer.append(stamp, Kind::PERSON, Flags::SEALED, Durability::Now, sealed)?;
        }
        Ok(writer)
    }

    /// A clinician agreed that the person may go on, sealed by [`super::seal_clearance`]. It is on
    /// the disk before anything moves, since the start of the session comes after it.
    ///
    /// # Errors
    /// [`Refused`] when it is lost; then the session must not begin.
    pub fn cleared(&mut self, stamp: Stamp, sealed: &[u8]) -> Result<(), Refused> {
        self.append(stamp, super::CLEARED, Flags::SEALED, Durability::Now, sealed).map(|_| ())
    }

    /// An event was handed to the session; `stamp.at` is the time of that step, `orders` are all
    /// that it has given to the table, those of this step included.
    ///
    /// # Errors
    /// [`Refused`] when it, or what was gathered before it, is lost.
    pub fn event(&mut self, stamp: Stamp, event: Event, orders: Orders) -> Result<(), Refused> {
        self.orders = orders;
        match Sorted::from(event) {
            Sorted::Often(step) => {
                let flushed = if self.block.is_full(stamp.at) { self.flush() } else { Ok(()) };
                self.block.push(stamp.at, step, orders);
                self.gathered = stamp;
                flushed
            }
            Sorted::Seldom(event) => {
                let flushed = self.flush();
                self.append(stamp, EVENT, Flags::NONE, urgency(event), &event.encode())?;
                flushed
            }
        }
    }

    /// The session put something on record in the step of the last event.
    ///
    /// # Errors
    /// [`Refused`] when it, or what was gathered before it, is lost.
    pub fn record(&mut self, stamp: Stamp, record: Record) -> Result<(), Refused> {
        let flushed = self.flush();
        let payload = encode_record(record);
        let ticket =
            self.append(stamp, RECORD, Flags::NONE, urgency_of_record(record), &payload)?;
        if record == Record::SessionStart {
            self.start = Some(ticket);
        }
        flushed
    }

    /// A fault of the table began, as it told it.
    ///
    /// # Errors
    /// [`Refused`] when it, or what was gathered before it, is lost.
    pub fn fault(&mut self, stamp: Stamp, began: &FaultBegan) -> Result<(), Refused> {
        let flushed = self.flush();
        self.append(stamp, FAULT, Flags::NONE, Durability::Soon, &encode_fault(began))?;
        flushed
    }

    /// Writes what was gathered.
    ///
    /// # Errors
    /// [`Refused`] when it is lost.
    pub fn flush(&mut self) -> Result<(), Refused> {
        let Some((at, payload)) = self.block.flush() else { return Ok(()) };
        let stamp = Stamp { at, ..self.gathered };
        self.append(stamp, BLOCK, Flags::NONE, Durability::Soon, &payload).map(|_| ())
    }

    /// Ends the record of the session. The summary lies in clear, so it must name nobody.
    ///
    /// # Errors
    /// [`CannotEnd`].
    pub fn end(&mut self, stamp: Stamp, summary: &[u8]) -> Result<(), CannotEnd> {
        let flushed = self.flush();
        let orders = self.orders.number().to_le_bytes();
        let told = self.append(stamp, ORDERS, Flags::NONE, Durability::Soon, &orders);
        let fits = summary.len() <= End::MAX_SUMMARY;
        let summary_kept = if fits { summary } else { &[] };
        let end = End { by: EndedBy::Session, summary: summary_kept }.encode();
        self.append(stamp, Kind::END, Flags::NONE, Durability::Now, &end)?;
        flushed?;
        told?;
        if fits { Ok(()) } else { Err(CannotEnd::Summary { len: summary.len() }) }
    }

    /// Whether the session's start, and with it everything that a replay needs, is on the disk
    /// (I-14).
    #[must_use]
    pub fn is_start_durable(&self) -> bool {
        self.start.is_some_and(|start| self.journal.durable() >= start)
    }

    /// The last record that the journal took.
    #[must_use]
    pub const fn last(&self) -> Ticket {
        self.last
    }

    /// Every record up to and with this one is on the disk.
    #[must_use]
    pub fn durable(&self) -> Ticket {
        self.journal.durable()
    }

    /// How the journal is doing.
    #[must_use]
    pub fn health(&self) -> Health {
        self.journal.health()
    }

    /// The journal.
    #[must_use]
    pub const fn journal(&self) -> &J {
        &self.journal
    }

    /// The journal back; what was gathered and not written is gone.
    #[must_use]
    pub fn into_journal(self) -> J {
        self.journal
    }

    fn append(
        &mut self,
        stamp: Stamp,
        kind: Kind,
        flags: Flags,
        durability: Durability,
        payload: &[u8],
    ) -> Result<Ticket, Refused> {
        self.last = self.journal.append(&NewRecord { stamp, kind, flags, durability, payload })?;
        Ok(self.last)
    }
}

/// What a crash must not take back: who pressed STOP, and what a person felt.
const fn urgency(event: Seldom) -> Durability {
    match event {
        Seldom::Stop(StopEvent::Pressed | StopEvent::Released | StopEvent::Acknowledged, _)
        | Seldom::Symptom(..) => Durability::Now,
        Seldom::Link(_)
        | Seldom::Act(..)
        | Seldom::Journal(_)
        | Seldom::LoopWasLate(_)
        | Seldom::HostSuspended(_) => Durability::Soon,
    }
}

const fn urgency_of_record(record: Record) -> Durability {
    match record {
        Record::SessionStart
        | Record::State { .. }
        | Record::Symptom(..)
        | Record::LockedOut
        | Record::SessionEnd { .. } => Durability::Now,
        Record::Segment(_)
        | Record::BoutDone { .. }
        | Record::Alarm(_)
        | Record::AlarmAgain(..)
        | Record::Refused(_)
        | Record::Asked
        | Record::Answered
        | Record::Eased(_)
        | Record::Shortened => Durability::Soon,
    }
}
