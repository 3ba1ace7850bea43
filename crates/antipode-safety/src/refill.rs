//! A delay that a flapping cause cannot start afresh.

use crate::canary::{Canary, active};
use crate::units::{Millis, Timestamp};

/// Counts how long a cause has stood: due once it stood for the whole delay, and forgetting at a
/// quarter of the speed while it is away.
///
/// A plain timer restarts each time the cause clears for one tick, so a fault that flaps twenty
/// times a second would never be acted on. Here the time that has run comes back at 1/4 speed (the
/// rule of PX4's failsafe), so that any cause present more than a fifth of the time is acted on.
///
/// # Example
/// ```
/// use antipode_safety::{Millis, RefillDelay, Timestamp};
/// let mut delay = RefillDelay::new(Millis::new(300));
/// assert!(!delay.update(Timestamp::from_millis(0), true));
/// assert!(!delay.update(Timestamp::from_millis(299), true));
/// assert!(delay.update(Timestamp::from_millis(300), true));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefillDelay {
    /// Whole delay in quarters of a millisecond, so that the slow way back needs no rounding.
    full: u64,
    /// What is left of it, in the same unit.
    left: u64,
    /// The last update and whether the cause stood from then on.
    last: Option<(Timestamp, bool)>,
}

impl RefillDelay {
    /// Quarters that run out per millisecond while the cause stands; one comes back while it is
    /// away.
    const SPEED: u64 = 4;

    /// A delay of `delay` that nothing has used yet.
    #[must_use]
    pub const fn new(delay: Millis) -> Self {
        let full = delay.get().saturating_mul(Self::SPEED);
        Self { full, left: full, last: None }
    }

    /// Tells whether the cause stands from `now` on, and answers whether the delay has run out.
    ///
    /// The time since the last update counts for what was told then. A `now` before the last update
    /// counts as no time.
    pub fn update(&mut self, now: Timestamp, stands: bool) -> bool {
        self.left = self.left_at(now);
        if active(Canary::FlappingResetsDelay) && !stands {
            self.left = self.full;
        }
        self.last = Some((now, stands));
        self.left == 0
    }

    /// Whether the delay has run out by `now`, if nothing changed since the last update.
    #[must_use]
    pub fn due(&self, now: Timestamp) -> bool {
        self.left_at(now) == 0
    }

    /// What is left of the delay by `now`, rounded up: zero only when it is due.
    #[must_use]
    pub fn left(&self, now: Timestamp) -> Millis {
        Millis::new(self.left_at(now).div_ceil(Self::SPEED))
    }

    fn left_at(&self, now: Timestamp) -> u64 {
        match self.last {
            None => self.left,
            Some((then, true)) => {
                self.left.saturating_sub(now.since(then).get().saturating_mul(Self::SPEED))
            }
            Some((then, false)) => self.left.saturating_add(now.since(then).get()).min(self.full),
        }
    }
}

#[cfg(test)]
mod tests;
