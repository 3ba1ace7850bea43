//! What a drive tells of its motor now and then, and what it has stopped telling.

use antipode_safety::{Millis, Timestamp};

use crate::{GuardianConfig, Sample, Status};

/// What was told once and then not for so long is not told any more; until then it is what it was. A slow
/// line asks for it seldom.
const MISSING: Millis = Millis::new(3_000);

/// One value, and when it was told.
#[derive(Clone, Copy, Debug)]
struct Newest<T>(Option<Sample<T>>);

impl<T: Copy> Newest<T> {
    /// Takes what is known now; an opening of the line makes nothing unsaid.
    fn take(&mut self, sample: Option<Sample<T>>) {
        self.0 = sample.or(self.0);
    }

    /// It was told once, and is too old.
    fn is_missing(self, now: Timestamp) -> bool {
        self.0.is_some_and(|sample| now.since(sample.at) > MISSING)
    }

    fn still_true(self, now: Timestamp) -> Option<T> {
        self.0.filter(|_| !self.is_missing(now)).map(|sample| sample.value)
    }
}

/// What the drive has told since this guardian started.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    current_ma: Newest<u32>,
    supply_mv: Newest<u32>,
    temperature_c: Newest<i8>,
}

impl Told {
    pub(super) const fn new() -> Self {
        Self { current_ma: Newest(None), supply_mv: Newest(None), temperature_c: Newest(None) }
    }

    /// Looks at what the drive has said; whether something that it used to tell is missing. Without
    /// it nobody would notice what the bed runs against, or how hot the motor is: that is not zero,
    /// and not zero degrees (H-11, H-12). A line that was opened again is no excuse.
    pub(super) fn misses(&mut self, status: &Status, now: Timestamp) -> bool {
        self.current_ma.take(status.current_ma);
        self.supply_mv.take(status.supply_mv);
        self.temperature_c.take(status.temperature_c);
        self.current_ma.is_missing(now)
            || self.supply_mv.is_missing(now)
            || self.temperature_c.is_missing(now)
    }

    /// The motor's current in milliamperes. A report has no word for unknown; what was told and is
    /// missing is in doubt by itself.
    pub(super) fn current_ma(&self, now: Timestamp) -> u32 {
        self.current_ma.still_true(now).unwrap_or(0)
    }

    /// The supply in millivolts, likewise.
    pub(super) fn supply_mv(&self, now: Timestamp) -> u32 {
        self.supply_mv.still_true(now).unwrap_or(0)
    }

    /// Whether it runs on its battery. A supply that was never told, or is missing, tells nothing of the
    /// mains: it counts as low, and nothing starts (H-13).
    pub(super) fn mains_lost(&self, now: Timestamp, config: &GuardianConfig) -> bool {
        let told = self.supply_mv.still_true(now);
        told.zip(config.mains_lost_mv).is_some_and(|(told, limit)| told < limit)
    }

    /// The temperature in degrees Celsius, likewise.
    pub(super) fn temperature_c(&self, now: Timestamp) -> i8 {
        self.temperature_c.still_true(now).unwrap_or(0)
    }
}
