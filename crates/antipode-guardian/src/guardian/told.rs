//! What a drive tells of its motor now and then, and what it has stopped telling.

use antipode_safety::{Millis, Timestamp};

use crate::{Sample, Status};

/// Current, supply and temperature change slowly enough for this.
const STILL_TRUE: Millis = Millis::new(1_000);
/// What was told once and then not for so long is not told any more. A slow line asks for it seldom.
const MISSING: Millis = Millis::new(3_000);

/// Which of them the drive has told since its line was opened.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told {
    current: bool,
    heat: bool,
}

impl Told {
    /// Looks at what the drive has said; whether something that it used to tell is missing. Without
    /// it nobody would notice what the bed runs against, or how hot the motor is: that is not zero,
    /// and not zero degrees (H-11, H-12).
    pub(super) fn misses(&mut self, status: &Status, now: Timestamp) -> bool {
        let known = |at: Option<Timestamp>| at.is_some_and(|at| now.since(at) <= MISSING);
        let current = known(status.current_ma.map(|sample| sample.at));
        let heat = known(status.temperature_c.map(|sample| sample.at));
        self.current |= current;
        self.heat |= heat;
        self.current && !current || self.heat && !heat
    }
}

/// The value, if it is still true.
pub(super) fn still_true<T: Copy>(sample: Option<Sample<T>>, now: Timestamp) -> Option<T> {
    sample.filter(|value| now.since(value.at) <= STILL_TRUE).map(|sample| sample.value)
}
