//! The latest date that the journal has seen, against a clock that stepped back.
//!
//! Limits a day count by the date. A machine whose battery died wakes up in the past, and would
//! give the same person a second day's dose today. So the date is believed only while it does not
//! lie before a date already recorded; otherwise a person confirms it, and a record of that
//! ([`crate::Kind::DATE_CONFIRMED`]) lets the count begin again from there.

use crate::record::WallTime;
use crate::tally::ClockFold;

/// Dates before this one mean that the clock was never set: 2026-01-01, when the program was new.
pub const EARLIEST: WallTime = WallTime::from_unix_millis(1_767_225_600_000);
/// Time services and two clocks of one machine step by seconds; a day's count does not care.
pub const TOLERANCE_MS: u64 = 60_000;

/// Whether today's date can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum ClockVerdict {
    /// It does not lie before anything recorded.
    Good,
    /// It lies before a date already recorded: no head-down until a person confirms the date, and
    /// day limits count whichever of the two days is stricter.
    Earlier {
        /// The latest date recorded.
        latest: WallTime,
        /// The date now.
        now: WallTime,
        /// How far it lies before, in milliseconds.
        behind_ms: u64,
    },
    /// The clock was never set: no head-down until a person sets or confirms the date.
    Unset {
        /// The date now.
        now: WallTime,
    },
}

impl ClockVerdict {
    /// Whether a person has to confirm the date before anybody goes head-down.
    #[must_use]
    pub const fn needs_person(self) -> bool {
        match self {
            Self::Good => false,
            Self::Earlier { .. } | Self::Unset { .. } => true,
        }
    }
}

/// Judges the date `now` by the latest date recorded, `None` for a journal without sessions.
pub const fn check_clock(latest: Option<WallTime>, now: WallTime) -> ClockVerdict {
    if now.unix_millis() < EARLIEST.unix_millis() {
        return ClockVerdict::Unset { now };
    }
    match latest {
        Some(latest) if now.behind(latest) > TOLERANCE_MS => {
            ClockVerdict::Earlier { latest, now, behind_ms: now.behind(latest) }
        }
        Some(_) | None => ClockVerdict::Good,
    }
}

/// The latest date over sessions in order.
pub(crate) fn fold(clocks: impl Iterator<Item = ClockFold>) -> Option<WallTime> {
    let mut all = ClockFold::default();
    clocks.for_each(|clock| all.then(clock));
    all.latest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Kind;

    fn date(ms: i64) -> WallTime {
        WallTime::from_unix_millis(EARLIEST.unix_millis() + ms)
    }

    #[test]
    fn a_clock_that_stepped_back_needs_a_person() {
        let verdict = check_clock(Some(date(100_000)), date(39_999));
        let expected =
            ClockVerdict::Earlier { latest: date(100_000), now: date(39_999), behind_ms: 60_001 };
        assert_eq!(verdict, expected);
        assert!(verdict.needs_person());
    }

    #[test]
    fn a_step_of_seconds_is_no_step() {
        assert_eq!(check_clock(Some(date(100_000)), date(40_000)), ClockVerdict::Good);
        assert_eq!(check_clock(Some(date(0)), date(86_400_000)), ClockVerdict::Good);
        assert_eq!(check_clock(None, date(0)), ClockVerdict::Good);
        assert!(!ClockVerdict::Good.needs_person());
    }

    #[test]
    fn a_clock_that_was_never_set_needs_a_person_even_in_an_empty_journal() {
        assert_eq!(check_clock(None, date(-1)), ClockVerdict::Unset { now: date(-1) });
        assert!(check_clock(None, date(-1)).needs_person());
    }

    #[test]
    fn a_confirmed_date_starts_the_count_again() {
        let session = |walls: &[(Kind, i64)]| {
            let mut clock = ClockFold::default();
            walls.iter().for_each(|&(kind, ms)| clock.add(kind, date(ms)));
            clock
        };
        let wild = session(&[(Kind::START, 9_000_000), (Kind::END, 1)]);
        let plain = session(&[(Kind::START, 5)]);
        let confirmed = session(&[(Kind::DATE_CONFIRMED, 3), (Kind::END, 4)]);
        assert_eq!(fold([wild, plain].into_iter()), Some(date(9_000_000)));
        assert_eq!(fold([wild, confirmed].into_iter()), Some(date(4)));
        assert_eq!(fold([wild, confirmed, plain].into_iter()), Some(date(5)));
        assert_eq!(fold([confirmed, wild].into_iter()), Some(date(9_000_000)));
        assert_eq!(fold([].into_iter()), None);
    }
}
