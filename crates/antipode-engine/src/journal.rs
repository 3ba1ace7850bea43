//! The journal of a session on its way to the disk: the engine's lines in, records out, and what
//! the session must know about it back.

use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use antipode_core::event::JournalEvent;
use antipode_records::segment::End;
use antipode_records::session::{CannotBegin, CannotEnd, SessionWriter, Start};
use antipode_records::{Health, Journal, Refused, Stamp, Ticket, WallTime};
use antipode_safety::{Millis, Timestamp};

use crate::core::SessionLine;
use crate::real::JournalPort;
use crate::virtual_shell::Observer;

/// A journal that is not working for longer than this counts as lost (H-37).
pub const JOURNAL_PATIENCE: Millis = Millis::from_secs(2);

/// Where the dates of a session's records come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dates {
    /// This machine's own date.
    Machine,
    /// A made-up date that passes with the session's own time: simulations.
    From {
        /// The date at time zero.
        zero: WallTime,
    },
    /// The same from a clock that somebody sets anew under way (H-28).
    Stepped {
        /// The date at time zero.
        zero: WallTime,
        /// When the clock jumps.
        from: Timestamp,
        /// When it jumps back.
        until: Timestamp,
        /// By how many milliseconds.
        by_ms: i64,
    },
}

impl Dates {
    /// Both clocks at `now`.
    #[must_use]
    pub fn stamp(self, now: Timestamp) -> Stamp {
        let wall = match self {
            Self::Machine => machine_date(),
            Self::From { zero } => passed_since(zero, now, 0),
            Self::Stepped { zero, from, until, by_ms } => {
                let stepped = now >= from && now < until;
                passed_since(zero, now, if stepped { by_ms } else { 0 })
            }
        };
        Stamp { at: now, wall }
    }
}

fn passed_since(zero: WallTime, now: Timestamp, step_ms: i64) -> WallTime {
    let passed = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
    WallTime::from_unix_millis(zero.unix_millis().saturating_add(passed).saturating_add(step_ms))
}

/// Milliseconds since 1970, before it as negative ones.
fn machine_date() -> WallTime {
    let ms = |time: std::time::Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    let wall = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => ms(since),
        Err(before) => -ms(before.duration()),
    };
    WallTime::from_unix_millis(wall)
}

/// Where the summary of a session waits until its journal is closed. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Ending(Arc<OnceLock<Vec<u8>>>);

/// A summary was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotASummary {
    /// One is there already.
    #[error("the session has a summary already; the first one counts")]
    Second,
    /// It is too long.
    #[error("the summary has {len} bytes, a record keeps {}", End::MAX_SUMMARY)]
    TooLong {
        /// Its length in bytes.
        len: usize,
    },
}

impl Ending {
    /// Leaves the summary for the end of the journal, which is written when the control loop has
    /// ended. It lies in clear, so it must name nobody.
    ///
    /// # Errors
    /// [`NotASummary`].
    pub fn set(&self, summary: Vec<u8>) -> Result<(), NotASummary> {
        if summary.len() > End::MAX_SUMMARY {
            return Err(NotASummary::TooLong { len: summary.len() });
        }
        self.0.set(summary).map_err(|_| NotASummary::Second)
    }
}

/// A session's journal as the engine sees it, whatever journal is behind it.
///
/// Dropped with a summary in its [`Ending`] it writes the end of the session. Dropped without one,
/// after a panic, it writes none, and the next start finds the session interrupted.
#[derive(Debug)]
pub struct SessionJournal<J: Journal> {
    /// Gone only after [`SessionJournal::finish`].
    writer: Option<SessionWriter<J>>,
    dates: Dates,
    now: Timestamp,
    ending: Ending,
    start_told: bool,
    /// The session has been told, or knows from a refused line, that the journal is lost.
    failed: bool,
    bad_since: Option<Timestamp>,
    /// The oldest record that is not known to be on the disk, and since when it waits.
    waiting: Option<(Ticket, Timestamp)>,
}

impl<J: Journal> SessionJournal<J> {
    /// Begins the record of a session. `person` is the sealed name of who is on the table, see
    /// [`antipode_records::session::seal_name`].
    ///
    /// # Errors
    /// [`CannotBegin`]; then the session must not begin.
    pub fn begin(
        journal: J,
        dates: Dates,
        now: Timestamp,
        start: &Start,
        person: Option<&[u8]>,
    ) -> Result<Self, CannotBegin> {
        let writer = SessionWriter::begin(journal, dates.stamp(now), start, person)?;
        Ok(Self {
            writer: Some(writer),
            dates,
            now,
            ending: Ending::default(),
            start_told: false,
            failed: false,
            bad_since: None,
            waiting: None,
        })
    }

    /// A clinician agreed that the person may go on after a warning sign; sealed by
    /// [`antipode_records::session::seal_clearance`].
    ///
    /// # Errors
    /// [`Refused`]; then the session must not begin.
    pub fn cleared(&mut self, sealed: &[u8]) -> Result<(), Refused> {
        let stamp = self.dates.stamp(self.now);
        self.writer.as_mut().map_or(Err(Refused::Ended), |writer| writer.cleared(stamp, sealed))
    }

    /// Where to leave the summary of the session.
    #[must_use]
    pub fn ending(&self) -> Ending {
        self.ending.clone()
    }

    /// Ends the record now and gives the journal back: for shells that own their journal.
    ///
    /// # Errors
    /// [`CannotEnd`], with the journal.
    pub fn finish(mut self, summary: &[u8]) -> (Option<J>, Result<(), CannotEnd>) {
        let stamp = self.dates.stamp(self.now);
        let ended = self.writer.as_mut().map_or(Ok(()), |writer| writer.end(stamp, summary));
        (self.writer.take().map(SessionWriter::into_journal), ended)
    }

    fn take(&mut self, now: Timestamp, line: &SessionLine) -> Result<(), Refused> {
        self.now = self.now.max(now);
        // A step may be given a time before the last one; the record keeps what it was given.
        let stamp = self.dates.stamp(now);
        let Some(writer) = &mut self.writer else { return Err(Refused::Ended) };
        match line {
            SessionLine::Event(event, orders) => writer.event(stamp, *event, *orders),
            SessionLine::Record(record) => writer.record(stamp, *record),
            SessionLine::FaultBegan(began) => writer.fault(stamp, began),
        }
    }

    /// Looks at the journal and keeps when it began to be bad.
    fn look(&mut self) {
        let Some(writer) = &self.writer else { return };
        let durable = writer.durable();
        if self.waiting.is_none_or(|(ticket, _)| durable >= ticket) {
            let last = writer.last();
            self.waiting = (durable < last).then_some((last, self.now));
        }
        let bad = match writer.health() {
            Health::Working => false,
            // Enough to end a session on, not to begin one.
            Health::OnReserve => !self.start_told,
            Health::Failing | Health::Dead => true,
        };
        self.bad_since = if bad { self.bad_since.or(Some(self.now)) } else { None };
    }

    /// Whether the journal must count as lost: dead, or bad or silent for too long.
    fn is_lost(&self) -> bool {
        let too_long = |since: Timestamp| self.now.since(since) > JOURNAL_PATIENCE;
        self.writer.as_ref().is_none_or(|writer| writer.health() == Health::Dead)
            || self.bad_since.is_some_and(too_long)
            || self.waiting.is_some_and(|(_, since)| too_long(since))
    }
}

impl<J: Journal + Send> JournalPort for SessionJournal<J> {
    fn line(&mut self, now: Timestamp, line: &SessionLine) -> bool {
        let taken = self.take(now, line).is_ok();
        self.look();
        self.failed |= !taken;
        taken
    }

    fn poll_answer(&mut self) -> Option<JournalEvent> {
        self.look();
        if self.is_lost() {
            return if self.failed {
                None
            } else {
                self.failed = true;
                Some(JournalEvent::Failed)
            };
        }
        if self.bad_since.is_some() {
            return None;
        }
        if !self.start_told && self.writer.as_ref().is_some_and(SessionWriter::is_start_durable) {
            self.start_told = true;
            return Some(JournalEvent::StartDurable);
        }
        // Recovered means that everything taken so far is on the disk.
        if self.failed && self.waiting.is_none() {
            self.failed = false;
            return Some(JournalEvent::Recovered);
        }
        None
    }
}

/// The virtual shell's journal answers at once by itself, so nothing is asked back here; a line
/// that was not taken leaves a gap that a replay reports.
impl<J: Journal + Send> Observer for SessionJournal<J> {
    fn line(&mut self, now: Timestamp, line: &SessionLine) {
        self.failed |= !JournalPort::line(self, now, line);
    }
}

impl<J: Journal> Drop for SessionJournal<J> {
    fn drop(&mut self) {
        let Some(writer) = &mut self.writer else { return };
        // Nobody is left to be told: the next start finds what was refused here.
        match self.ending.0.get() {
            Some(summary) => writer.end(self.dates.stamp(self.now), summary).unwrap_or(()),
            None => writer.flush().unwrap_or(()),
        }
    }
}

#[cfg(test)]
mod tests;
