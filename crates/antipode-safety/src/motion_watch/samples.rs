//! The newest angles, to measure a rate over a stretch that no single late reading can distort.

use crate::units::{Angle, Millis, Rate, Timestamp};

/// A rate is measured over at least this.
const STRETCH: Millis = Millis::new(100);
/// Angles closer than this are not kept, so that a quick table fills no more than its share.
const SPACING: Millis = Millis::new(10);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Samples {
    /// Newest first.
    kept: [Option<(Timestamp, Angle)>; 12],
}

impl Samples {
    pub(super) const NEW: Self = Self { kept: [None; 12] };

    pub(super) fn push(&mut self, now: Timestamp, tilt: Angle) {
        let [newest, ..] = self.kept;
        if newest.is_some_and(|(then, _)| now.since(then) < SPACING) {
            return;
        }
        self.kept.rotate_right(1);
        let [first, ..] = &mut self.kept;
        *first = Some((now, tilt));
    }

    /// The rate from the newest angle at least 100 ms old to `tilt`; `None` without one.
    pub(super) fn rate_to(&self, now: Timestamp, tilt: Angle) -> Option<Rate> {
        let old_enough = |&(then, _): &(Timestamp, Angle)| now.since(then) >= STRETCH;
        let (then, from) = self.kept.iter().flatten().copied().find(old_enough)?;
        let ms = i64::try_from(now.since(then).get()).unwrap_or(i64::MAX);
        let moved = i64::from(tilt.minus(from)).saturating_mul(1_000);
        Some(Rate::clamped(moved.checked_div(ms)?))
    }
}
