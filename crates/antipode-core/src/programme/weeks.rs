//! Weeks of a programme, and what follows its end.

use super::{Programme, SessionResult};
use crate::day::Day;

/// Pauses from this on are not counted as weeks of the programme, in days.
pub(super) const PAUSE: i32 = 14;

/// A week of a programme, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week(pub u16);

/// The week that `today` is in. A pause of 14 days or more does not count.
#[must_use]
pub(super) fn week(history: &[&SessionResult], today: Day) -> Week {
    let Some(first) = history.first() else { return Week(1) };
    let days = history.iter().map(|session| session.day).chain([today]);
    let (mut last, mut counted) = (first.day, 0_i32);
    for day in days {
        let gap = day.since(last);
        // A day that lies before the last one is a clock that was set back: no time has passed.
        if gap > 0 {
            counted = counted.saturating_add(if gap >= PAUSE { 1 } else { gap });
            last = day;
        }
    }
    Week(u16::try_from(counted / 7 + 1).unwrap_or(u16::MAX))
}

/// The lowest useful dose after a programme's end, with the name of the clinician who asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maintenance {
    clinician: String,
    from: Day,
    until: Day,
    rung: usize,
}

impl Maintenance {
    /// Maintenance of `programme` at `rung`, counted from 0, for `weeks` from `from`.
    ///
    /// `None` without a clinician's name, for more weeks than the programme has, none at all, or a
    /// rung that it does not have.
    #[must_use]
    pub fn new(
        programme: &Programme,
        clinician: &str,
        from: Day,
        weeks: u8,
        rung: usize,
    ) -> Option<Self> {
        let named = !clinician.trim().is_empty();
        let within = (1..=programme.parts().maintenance_weeks).contains(&weeks);
        if !named || !within || rung > programme.top() {
            return None;
        }
        let until = from.plus(i32::from(weeks) * 7)?;
        Some(Self { clinician: clinician.trim().to_owned(), from, until, rung })
    }

    /// Who asks for it.
    #[must_use]
    pub fn clinician(&self) -> &str {
        &self.clinician
    }

    /// The highest rung of it.
    #[must_use]
    pub const fn rung(&self) -> usize {
        self.rung
    }

    /// Whether `day` is one of its days.
    #[must_use]
    pub fn covers(&self, day: Day) -> bool {
        self.from <= day && day < self.until
    }
}
