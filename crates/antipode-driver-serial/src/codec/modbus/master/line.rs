//! The wire: when it was last heard, and whether it can be trusted.

use antipode_safety::{Millis, Timestamp};

use super::config::{JAMMED_AFTER, Timing};

/// What is known of the silence on the line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// The last byte either way.
    last: Timestamp,
    /// Since when nobody is asked.
    free: Timestamp,
    /// Since when old bytes may be under way; ends with the first request after a whole drain.
    spoilt: Option<Timestamp>,
}

impl Line {
    pub(super) const fn new(now: Timestamp) -> Self {
        Self { last: now, free: now, spoilt: Some(now) }
    }

    pub(super) const fn last(&self) -> Timestamp {
        self.last
    }

    /// A byte of what may be an answer.
    pub(super) fn heard(&mut self, now: Timestamp) {
        self.last = now;
    }

    /// A byte that nobody waits for: others may follow it.
    pub(super) fn stray(&mut self, now: Timestamp, timing: &Timing) {
        if now >= self.ready_at(timing) {
            self.spoilt = None;
        }
        self.last = now;
        self.spoilt = self.spoilt.or(Some(now));
    }

    /// A request goes out. A STOP does not wait for a drain, so it does not end one either.
    pub(super) fn sent(&mut self, now: Timestamp, timing: &Timing) {
        if now >= self.ready_at(timing) {
            self.spoilt = None;
        }
        self.last = now;
    }

    /// The request that was out is over: answered, or its answer may still come.
    pub(super) fn freed(&mut self, now: Timestamp, answered: bool) {
        self.free = now;
        if !answered {
            self.spoilt = self.spoilt.or(Some(now));
        }
    }

    /// When the line will have been silent for long enough.
    pub(super) fn ready_at(&self, timing: &Timing) -> Timestamp {
        match self.spoilt {
            Some(_) => self.last.max(self.free).plus(timing.drain_quiet),
            None => self.last.plus(timing.turnaround),
        }
    }

    /// When a STOP that waits since `since` may go: in the first silence, or without one.
    pub(super) fn stop_at(&self, since: Timestamp, timing: &Timing) -> Timestamp {
        let without = since.plus(timing.stop_patience).plus(timing.turnaround);
        self.last.plus(timing.turnaround).min(without)
    }

    /// When a drain will have taken too long: counted from the last request, too, since a STOP goes
    /// out before the drain is over, and its own answer must not count as another's babble.
    pub(super) fn jammed(&self, timing: &Timing) -> Timestamp {
        let limit = Millis::new(timing.drain_quiet.get().saturating_mul(JAMMED_AFTER));
        self.spoilt.unwrap_or(self.last).max(self.free).plus(limit)
    }
}
