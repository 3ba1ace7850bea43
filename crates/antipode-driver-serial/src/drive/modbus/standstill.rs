//! Whether a drive that was told to stop stands.
//!
//! A stop that reads back is a register that holds a value: a drive may hold it and run on, above all
//! one whose stop register was taken from the wrong page. What shows that it stands is its own run state
//! or its place (H-09).

use antipode_guardian::Sample;
use antipode_safety::{Millis, Timestamp};

/// Two places so far apart in time tell a slow drive from one that stands ...
const APART: Millis = Millis::new(200);
/// ... and a drive that has not shown by then that it stands does not obey its stop.
const PATIENCE: Millis = Millis::new(1_500);

/// What was seen since the stop.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Standstill {
    /// When the first stop was written and proved; `None` before, and once it is seen to stand.
    since: Option<Timestamp>,
    /// The place that the next one is held against.
    place: Option<Sample<i32>>,
    /// It has shown that it stands, and nothing that moves was said since.
    stands: bool,
    overdue: bool,
}

impl Standstill {
    /// Something that moves was said. That a stop went unheeded is not forgotten with it.
    pub(super) const fn moved(&mut self) {
        *self = Self { since: None, place: None, stands: false, overdue: self.overdue };
    }

    /// A stop was written and proved at `at`.
    pub(super) fn told(&mut self, at: Timestamp) {
        if !self.stands {
            self.since.get_or_insert(at);
        }
    }

    /// Its run state said at `at` whether it stands.
    pub(super) fn run_state(&mut self, at: Timestamp, idle: bool) {
        if idle && self.since.is_some_and(|since| at > since) {
            self.shown();
        }
    }

    /// It was seen at `place`; places that differ by no more than `count` are one.
    pub(super) fn seen(&mut self, place: Sample<i32>, count: u32) {
        if self.since.is_none_or(|since| place.at <= since) {
            return;
        }
        let Some(before) = self.place else {
            self.place = Some(place);
            return;
        };
        if place.at.since(before.at) < APART {
            return;
        }
        if place.value.abs_diff(before.value) <= count {
            self.shown();
        } else {
            self.place = Some(place);
        }
    }

    const fn shown(&mut self) {
        *self = Self { since: None, place: None, stands: true, overdue: false };
    }

    /// Looks at the clock.
    pub(super) fn look(&mut self, now: Timestamp) {
        self.overdue |= self.since.is_some_and(|since| now.since(since) >= PATIENCE);
    }

    /// Whether it has been told to stop and does not show that it stands.
    pub(super) const fn is_overdue(&self) -> bool {
        self.overdue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    fn place(ms: u64, value: i32) -> Sample<i32> {
        Sample { at: at(ms), value }
    }

    fn told() -> Standstill {
        let mut still = Standstill::default();
        still.told(at(1_000));
        still
    }

    fn overdue(mut still: Standstill) -> bool {
        still.look(at(10_000));
        still.is_overdue()
    }

    #[test]
    fn only_what_is_seen_after_the_stop_shows_that_it_stands() {
        assert!(overdue(told()));
        let mut still = told();
        still.run_state(at(1_000), true);
        still.run_state(at(1_200), false);
        still.seen(place(900, 5), 1);
        still.seen(place(1_300, 5), 1);
        assert!(overdue(still), "one place, and an idle from before");
        still.run_state(at(1_400), true);
        assert!(!overdue(still));
    }

    #[test]
    fn two_places_agree_only_when_time_lies_between_them() {
        for (later, value, shows) in
            [(1_150, 500, false), (1_310, 500, true), (1_310, 600, true), (1_310, 601, false)]
        {
            let mut still = told();
            still.seen(place(1_100, 500), 100);
            still.seen(place(later, value), 100);
            assert_eq!(!overdue(still), shows, "{later} {value}");
        }
    }

    #[test]
    fn a_stop_that_went_unheeded_is_forgotten_only_by_one_that_is_shown() {
        let mut still = told();
        still.look(at(2_500));
        still.moved();
        assert!(still.is_overdue());
        still.told(at(3_000));
        still.run_state(at(3_100), true);
        assert!(!still.is_overdue());
    }
}
