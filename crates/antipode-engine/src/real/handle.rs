//! What every other thread holds of a running engine: commands in, snapshots and prompts out.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use antipode_core::event::{Act, Source, Vital};
use antipode_core::session::View;
use antipode_core::step::Prompt;
use antipode_core::symptom::{Severity, Symptom};
use antipode_safety::Timestamp;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::realtime::Realtime;
use super::shared::{Ended, Shared, Snapshot};

/// Something that somebody does and that may wait its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Message {
    Act(Act, Source),
    /// With the count of the STOP word that the person saw.
    Acknowledge(Source, u32),
    Symptom(Symptom, Severity),
    Vital(Vital),
}

/// A command that was not taken. STOP and RETURN never give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// The control loop is behind.
    #[error(
        "the control loop has not taken earlier commands yet; this one had no effect; try again"
    )]
    Full,
    /// There is no control loop any more.
    #[error(
        "the control loop has ended; this command had no effect; STOP and the table's own controls \
         still work"
    )]
    Ended,
}

/// A prompt as it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// When.
    pub at: Timestamp,
    /// What.
    pub prompt: Prompt,
}

/// The prompts of a run from now on, at a reader's own pace.
///
/// A reader that is too slow loses the oldest ones and learns how many; it never holds up the
/// control loop or another reader.
#[derive(Clone, Debug)]
pub struct Prompts {
    shared: Arc<Shared>,
    next: u64,
    missed: u64,
}

impl Prompts {
    /// The next prompt, or `None` while there is none. Never waits; a screen or a voice asks
    /// twenty times a second.
    pub fn try_next(&mut self) -> Option<Said> {
        loop {
            let newest = self.shared.prompts.newest();
            if self.next > newest {
                return None;
            }
            let oldest = newest.saturating_sub(self.shared.prompts.size() - 1).max(1);
            if self.next < oldest {
                self.missed += oldest - self.next;
                self.next = oldest;
            }
            let found = self.shared.prompts.get(self.next);
            self.next += 1;
            match found {
                Some(said) => return Some(said),
                // Overwritten while it was looked for.
                None => self.missed += 1,
            }
        }
    }

    /// Prompts lost so far because this reader was too slow.
    #[must_use]
    pub const fn missed(&self) -> u64 {
        self.missed
    }
}

/// A handle to a running engine. Cheap to clone; any thread may use it; no method waits.
#[derive(Clone, Debug)]
pub struct Handle {
    shared: Arc<Shared>,
    local: mpsc::Sender<Message>,
    remote: mpsc::Sender<Message>,
}

impl Handle {
    pub(super) const fn new(
        shared: Arc<Shared>,
        local: mpsc::Sender<Message>,
        remote: mpsc::Sender<Message>,
    ) -> Self {
        Self { shared, local, remote }
    }

    /// STOP: the next frame on the link is a STOP, whatever the control loop is doing. Anyone may,
    /// at any time; it can neither be refused nor queued.
    ///
    /// Hand control and terminal follow it with [`Handle::release_stop`]. A page or a signal has
    /// nothing to let go: it counts as released at once, so that one that went away cannot bar the
    /// people at the table from acknowledging.
    pub fn stop(&self, source: Source) {
        self.shared.lane.press(source);
        if !source.is_local() {
            self.shared.lane.release(source);
        }
    }

    /// The STOP control of `source` was let go. STOP stays latched until acknowledged.
    pub fn release_stop(&self, source: Source) {
        self.shared.lane.release(source);
    }

    /// Somebody at the table acknowledges the STOP that is latched at this moment; one that is
    /// pressed later stays.
    ///
    /// # Errors
    /// [`NotTaken`]; STOP stays latched then.
    pub fn acknowledge_stop(&self, source: Source) -> Result<(), NotTaken> {
        self.send(source, Message::Acknowledge(source, self.shared.lane.generation()))
    }

    /// RETURN to the rest band. Anyone may, at any time; it can neither be refused nor queued. With
    /// STOP latched it needs [`Act::HoldReturn`] instead.
    pub fn request_return(&self, source: Source) {
        self.shared.lane.home(source);
    }

    /// An act of a person. [`Act::Return`] goes the way of [`Handle::request_return`].
    ///
    /// # Errors
    /// [`NotTaken`]; the act had no effect then.
    pub fn act(&self, act: Act, source: Source) -> Result<(), NotTaken> {
        if act == Act::Return {
            self.request_return(source);
            return Ok(());
        }
        self.send(source, Message::Act(act, source))
    }

    /// A symptom that the person or the spotter reports.
    ///
    /// # Errors
    /// [`NotTaken`]; RETURN is the way out then.
    pub fn symptom(&self, symptom: Symptom, severity: Severity) -> Result<(), NotTaken> {
        self.send(Source::Terminal, Message::Symptom(symptom, severity))
    }

    /// A measurement of a body sensor.
    ///
    /// # Errors
    /// [`NotTaken`]; a sensor measures again.
    pub fn vital(&self, vital: Vital) -> Result<(), NotTaken> {
        self.send(Source::Network, Message::Vital(vital))
    }

    /// What is known now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        loop {
            // The writer may lap a reader that was put to sleep here; then the newest is newer.
            if let Some(snapshot) = self.shared.snapshots.get(self.shared.snapshots.newest()) {
                return snapshot;
            }
        }
    }

    /// The session as it is known now. Its values carry their times; a frozen loop shows by an old
    /// `now` and by [`Handle::is_frozen`].
    #[must_use]
    pub fn view(&self) -> View {
        self.snapshot().view
    }

    /// The prompts from now on.
    #[must_use]
    pub fn prompts(&self) -> Prompts {
        Prompts {
            shared: Arc::clone(&self.shared),
            next: self.shared.prompts.newest() + 1,
            missed: 0,
        }
    }

    /// Whether the watchdog has found the control loop frozen and halted the table. Alarm: the
    /// table comes back by itself where it can; a person must help where it cannot.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        self.shared.frozen.load(Ordering::Acquire)
    }

    /// Why the control thread has ended, once it has.
    #[must_use]
    pub fn ended(&self) -> Option<Ended> {
        self.shared.ended()
    }

    /// What the system granted the control thread.
    #[must_use]
    pub fn realtime(&self) -> Realtime {
        self.shared.realtime()
    }

    /// Whether the control thread runs under a real-time priority.
    #[must_use]
    pub fn realtime_granted(&self) -> bool {
        self.realtime().priority
    }

    /// Lets the control thread end as soon as the bed is level or head-up; head-down it stays,
    /// and goes on to take STOP and RETURN.
    ///
    /// It moves nothing: [`Handle::request_return`] brings the person up. Called before
    /// `view().live` is false it leaves a record without an end, which the next start finds.
    pub fn shutdown(&self) {
        self.shared.shutdown.store(true, Ordering::Release);
        self.shared.lane.wake();
    }

    /// There is no control thread after all.
    pub(super) fn abandon(&self) {
        self.shared.set_ended(Ended::Shutdown);
    }

    fn send(&self, source: Source, message: Message) -> Result<(), NotTaken> {
        if self.ended().is_some() {
            return Err(NotTaken::Ended);
        }
        // Whoever is at the table never waits behind what comes from elsewhere.
        let queue = if source.is_local() { &self.local } else { &self.remote };
        queue.try_send(message).map_err(|error| match error {
            TrySendError::Full(_) => NotTaken::Full,
            TrySendError::Closed(_) => NotTaken::Ended,
        })
    }
}
