//! The control loop's end of a journal.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use antipode_core::event::JournalEvent;
use antipode_core::step::Record;
use antipode_safety::Timestamp;

use crate::core::SessionLine;

/// Takes the lines of a session and says when they are on the disk.
///
/// Both methods are called by the control loop and must not wait: not for a disk, not for a lock
/// that a slow party holds. One that does is a frozen loop, which the watchdog ends.
pub trait JournalPort: Send {
    /// Takes a line. False when it could not be taken: the session then comes back to the rest band
    /// unless the port says [`JournalEvent::Recovered`] in time (H-37).
    fn line(&mut self, now: Timestamp, line: &SessionLine) -> bool;

    /// The next answer of the journal, oldest first. Motion begins only after
    /// [`JournalEvent::StartDurable`], which says that [`Record::SessionStart`] is on the disk (I-14).
    fn poll_answer(&mut self) -> Option<JournalEvent>;
}

/// A journal in memory: for runs that keep no record, and for tests. It answers at once.
#[derive(Clone, Debug, Default)]
pub struct MemoryJournal {
    lines: Arc<Mutex<Vec<(Timestamp, SessionLine)>>>,
    answers: VecDeque<JournalEvent>,
}

impl MemoryJournal {
    /// A journal with nothing in it. Clones share its lines.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything that was written, oldest first.
    #[must_use]
    pub fn lines(&self) -> Vec<(Timestamp, SessionLine)> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl JournalPort for MemoryJournal {
    fn line(&mut self, now: Timestamp, line: &SessionLine) -> bool {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push((now, *line));
        if *line == SessionLine::Record(Record::SessionStart) {
            self.answers.push_back(JournalEvent::StartDurable);
        }
        true
    }

    fn poll_answer(&mut self) -> Option<JournalEvent> {
        self.answers.pop_front()
    }
}

/// A journal port and whether it is trusted.
pub(super) struct Keeper {
    port: Box<dyn JournalPort>,
    failed: bool,
    tell: Option<JournalEvent>,
    refused: u32,
}

impl Keeper {
    pub(super) fn new(port: Box<dyn JournalPort>) -> Self {
        Self { port, failed: false, tell: None, refused: 0 }
    }

    pub(super) fn line(&mut self, now: Timestamp, line: &SessionLine) {
        if self.port.line(now, line) {
            return;
        }
        self.refused = self.refused.saturating_add(1);
        if !self.failed {
            self.failed = true;
            self.tell = Some(JournalEvent::Failed);
        }
    }

    /// What the session is to be told next.
    pub(super) fn answer(&mut self) -> Option<JournalEvent> {
        if let Some(told) = self.tell.take() {
            return Some(told);
        }
        let answer = self.port.poll_answer()?;
        match answer {
            JournalEvent::StartDurable => {}
            JournalEvent::Failed => self.failed = true,
            JournalEvent::Recovered => self.failed = false,
        }
        Some(answer)
    }

    /// Lines that were not taken.
    pub(super) const fn refused(&self) -> u32 {
        self.refused
    }
}
