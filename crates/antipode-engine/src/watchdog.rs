//! When a loop counts as frozen.

use antipode_safety::{Millis, Timestamp};

use crate::timing::WATCHDOG;

/// The watchdog's rule: without a completed tick for [`WATCHDOG`] it asks for one halt and is
/// silent from then on, until ticks complete again (H-01).
///
/// It never asks for a STOP, which would forbid the table's own return, and it renews nothing.
#[derive(Clone, Copy, Debug)]
pub struct Watchdog {
    ticks: u64,
    since: Timestamp,
    fired: bool,
}

impl Watchdog {
    /// A watchdog that starts to count at `now`.
    #[must_use]
    pub const fn new(now: Timestamp) -> Self {
        Self { ticks: 0, since: now, fired: false }
    }

    /// Looks at the count of completed ticks; true when the table is to be halted, once.
    #[must_use = "a halt that is dropped is a table that runs on"]
    pub fn look(&mut self, now: Timestamp, ticks: u64) -> bool {
        if ticks != self.ticks {
            *self = Self { ticks, since: now, fired: false };
            return false;
        }
        if self.fired || self.since_last(now) < WATCHDOG {
            return false;
        }
        self.fired = true;
        true
    }

    /// Whether the loop counts as frozen.
    #[must_use]
    pub const fn has_fired(&self) -> bool {
        self.fired
    }

    fn since_last(&self, now: Timestamp) -> Millis {
        now.since(self.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    #[test]
    fn a_frozen_loop_is_halted_once_and_then_left_alone() {
        let mut dog = Watchdog::new(at(0));
        assert!(!dog.look(at(20), 1));
        assert!(!dog.look(at(169), 1));
        assert!(dog.look(at(170), 1));
        assert!(dog.has_fired());
        for ms in 171..100_000 {
            assert!(!dog.look(at(ms), 1), "{ms}");
        }
    }

    #[test]
    fn it_is_armed_again_by_a_completed_tick() {
        let mut dog = Watchdog::new(at(0));
        assert!(dog.look(at(150), 0));
        assert!(!dog.look(at(1_000), 1));
        assert!(!dog.has_fired());
        assert!(!dog.look(at(1_149), 1));
        assert!(dog.look(at(1_150), 1));
    }

    #[test]
    fn a_loop_that_never_ticked_is_halted_too() {
        assert!(Watchdog::new(at(5)).look(at(155), 0));
    }
}
