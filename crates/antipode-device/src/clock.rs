//! The clock of a real run.

use antipode_safety::{Millis, Timestamp};

/// The machine's monotonic clock that counts suspended time.
///
/// Every driver stamps its readings with it and the control loop reads it, so that a reading's age
/// is the difference of two stamps of one clock, and a lid closed for an hour makes a reading an
/// hour old (H-03).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BootClock;

impl BootClock {
    /// The present moment, in milliseconds since the machine started.
    #[must_use]
    pub fn now(self) -> Timestamp {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let secs = u64::try_from(time.tv_sec).unwrap_or(0);
        let millis = u64::try_from(time.tv_nsec / 1_000_000).unwrap_or(0);
        Timestamp::from_millis(secs.saturating_mul(1_000).saturating_add(millis))
    }

    /// How long the machine has slept since it started: what this clock counts and the one that
    /// stands still in sleep does not (H-03).
    #[must_use]
    pub fn asleep(self) -> Millis {
        let awake = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        let all = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let nanos = |time: rustix::time::Timespec| {
            i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec)
        };
        // Read a moment later, so never less.
        let asleep = (nanos(all) - nanos(awake)).max(0) / 1_000_000;
        Millis::new(u64::try_from(asleep).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::BootClock;

    #[test]
    fn it_never_goes_back() {
        let first = BootClock.now();
        assert!(BootClock.now() >= first);
        assert!(first.as_millis() > 0);
    }

    #[test]
    fn sleep_is_a_part_of_its_time() {
        assert!(BootClock.asleep().get() <= BootClock.now().as_millis());
    }
}
