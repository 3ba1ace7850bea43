//! The clock of a real run.

use antipode_safety::Timestamp;

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
}
