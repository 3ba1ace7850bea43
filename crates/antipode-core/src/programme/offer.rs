//! Pain today against last time.

use super::history::Pain;

/// What the pain of today says about the session of today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PainToday {
    /// As far as is known, no worse.
    Steady,
    /// Higher by 2 or 3: one step gentler.
    Gentler {
        /// Last time.
        last: u8,
        /// Today.
        today: u8,
    },
    /// Higher by 4, or 9 and more: not today.
    NotToday {
        /// Last time, where it was asked.
        last: Option<u8>,
        /// Today.
        today: u8,
    },
}

/// The pain of `today` against that of the `last` session, back and leg each for itself; the worse
/// of both counts.
///
/// # Source
/// A change of 2 on 0 to 10 matters to people (Ostelo 2008); the rest is a proposal.
#[must_use]
pub fn pain_today(last: Pain, today: Pain) -> PainToday {
    let mut found = PainToday::Steady;
    for (last, today) in [(last.back, today.back), (last.leg, today.leg)] {
        let Some(today) = today else { continue };
        let rise = last.map_or(0, |last| today.saturating_sub(last));
        if today >= 9 || rise >= 4 {
            return PainToday::NotToday { last, today };
        }
        if rise >= 2
            && let Some(last) = last
            && !matches!(found, PainToday::Gentler { last: l, today: t } if t - l >= rise)
        {
            found = PainToday::Gentler { last, today };
        }
    }
    found
}
