//! When a drive is asked to forget what it has latched: after a person cleared the faults, or at the
//! beginning of a return. Never because somebody looked, and never for a motion.

use antipode_safety::{Millis, Timestamp};

/// The drive is first told where it is, for so long, so that its timer runs anew before its latch is
/// taken off: a drive that judges by the timer would latch again at once.
const SETTLE: Millis = Millis::new(30);
/// Within this the latch must be gone from what it reports.
const GRACE: Millis = Millis::new(800);

/// An act of forgetting.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Forget {
    since: Option<Timestamp>,
    said: bool,
}

impl Forget {
    /// Somebody asked.
    pub(super) fn begin(&mut self, now: Timestamp) {
        *self = Self { since: Some(now), said: false };
    }

    /// Whether what the drive still reports is about to go.
    pub(super) fn is_under_way(&self, now: Timestamp) -> bool {
        self.since.is_some_and(|since| now.since(since) < GRACE)
    }

    /// Whether the drive is to be told now; true once for each time asked.
    pub(super) fn is_due(&mut self, now: Timestamp) -> bool {
        let due = !self.said
            && self.is_under_way(now)
            && self.since.is_some_and(|since| now.since(since) >= SETTLE);
        self.said |= due;
        due
    }
}
