//! Where the bed may be, at worst, right now.
//!
//! A reading is old when it arrives and older when it is used. [`AngleWatch`] keeps the last good
//! angle of each source, says what can be believed of it, and ages it to the furthest that the bed
//! can have turned since.

#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::as_conversions))]

use crate::canary::{Canary, active};
use crate::reading::Reading;
use crate::refill::RefillDelay;
use crate::units::{Angle, Millis, Rate, Timestamp};

mod source;
mod state;

pub use state::{AngleState, Reject, SourceFault};

use source::Source;

/// Faster than any table turns (12 degrees a second): a sensor that claims it is wrong (H-06).
pub const JUMP_RATE: Rate = Rate::clamped(12_000);
/// No table turns beyond this either way (95 degrees, H-06).
pub const ANGLE_RANGE: Angle = Angle::clamped(95_000);
/// Two sources further apart than this are worth a warning (3 degrees).
pub const WARN_GAP_MILLIDEG: u32 = 3_000;
/// Two sources further apart than this contradict each other (5 degrees, H-07).
pub const DISAGREE_GAP_MILLIDEG: u32 = 5_000;
/// How long they must do so before it counts.
pub const DISAGREE_FOR: Millis = Millis::new(300);
/// What every worst case adds for the sensor itself (1 degree, I2).
pub const SENSOR_MARGIN_MILLIDEG: i64 = 1_000;

/// Keeps the last good angle of each source and what can be believed of it.
///
/// # Example
/// ```
/// use antipode_safety::{AngleWatch, Millis, Rate};
/// let watch = AngleWatch::new(Millis::new(250), Rate::clamped(3_000));
/// assert_eq!(watch.worst_case(antipode_safety::Timestamp::ZERO), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AngleWatch {
    /// Age from which an angle is stale: 250 ms, over BLE 400.
    lease: Millis,
    /// The fastest that the table can turn, to age by.
    max_rate: Rate,
    first: Source,
    second: Source,
    /// Newest sequence number and the two clocks with it.
    newest: Option<Clocks>,
    /// How much later than the quickest ones readings arrive now.
    late: Lateness,
    /// Runs while the sources are more than 5 degrees apart.
    differ: RefillDelay,
}

/// The stamps of one reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Clocks {
    seq: u32,
    at: Timestamp,
    table_ms: u32,
}

impl Clocks {
    /// Time on the table's own clock since `earlier`, or `None` where it stood still or went back:
    /// a table without a clock, or one that restarted.
    fn table_since(self, earlier: Self) -> Option<Millis> {
        let ms = self.table_ms.wrapping_sub(earlier.table_ms);
        (1..=u32::MAX / 2).contains(&ms).then(|| Millis::new(u64::from(ms)))
    }
}

impl AngleWatch {
    /// A watch over a table that turns at most `max_rate`, on a link with this lease.
    #[must_use]
    pub const fn new(lease: Millis, max_rate: Rate) -> Self {
        Self {
            lease,
            max_rate: max_rate.magnitude(),
            first: Source::NEW,
            second: Source::NEW,
            newest: None,
            late: Lateness::NONE,
            differ: RefillDelay::new(DISAGREE_FOR),
        }
    }

    /// Forgets everything: a reopened link is a new session with new numbers.
    pub fn restart(&mut self) {
        *self = Self::new(self.lease, self.max_rate);
    }

    /// Tells what rate the bed is commanded to turn from `now` on, zero for a halt.
    pub fn commanded(&mut self, now: Timestamp, rate: Rate) {
        self.first.commanded(now, rate);
        self.second.commanded(now, rate);
    }

    /// Takes `reading`. Answers why it, or the first of its angles that was refused, was not taken.
    pub fn observe(&mut self, now: Timestamp, reading: &Reading) -> Option<Reject> {
        let clocks = Clocks { seq: reading.seq, at: reading.at, table_ms: reading.table_ms };
        if reading.at > now {
            self.first.reject(now);
            self.second.reject(now);
            return Some(Reject::Future { at: reading.at });
        }
        if let Some(newest) = self.newest {
            if clocks.seq <= newest.seq {
                return Some(Reject::NotNewer { seq: clocks.seq, newest: newest.seq });
            }
            self.late = self.late.after(newest, clocks);
        }
        self.newest = Some(clocks);
        let first = self.first.take(reading.tilt, clocks, self.late.whole(), self.lease);
        let second = self.second.take(reading.tilt_second, clocks, self.late.whole(), self.lease);
        let apart = match (self.first.fresh(), self.second.fresh()) {
            (Some(one), Some(other)) => one.distance(other) > DISAGREE_GAP_MILLIDEG,
            (Some(_) | None, None) | (None, Some(_)) => false,
        };
        self.differ.update(reading.at, apart);
        first.or(second)
    }

    /// What can be believed of the angle at `now`. A `now` before the newest reading is answered
    /// with [`AngleState::Invalid`]: one of the two clocks lies.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> AngleState {
        if self.is_before(now) {
            return AngleState::Invalid;
        }
        match (self.first.read(now, self.lease), self.second.read(now, self.lease)) {
            (Ok(one), Ok(other)) => self.compare(now, one, other),
            (Ok((tilt, age)), Err(SourceFault::Absent)) => AngleState::Good { tilt, age },
            (Ok((tilt, age)), Err(second)) => AngleState::FirstOnly { tilt, age, second },
            (Err(first), Ok((tilt, age))) => AngleState::SecondOnly { tilt, age, first },
            // The one that was good and is now silent says more than the one that was lost before.
            (Err(SourceFault::Absent), Err(second))
            | (Err(SourceFault::Invalid), Err(second @ SourceFault::Stale)) => {
                self.second.lost(now, second)
            }
            (Err(first), Err(_)) => self.first.lost(now, first),
        }
    }

    /// The furthest head-down that the bed may be at `now`: over the believable sources the last
    /// good angle, plus its age at the table's fastest, plus 1 degree (I2).
    ///
    /// Where no source is believable all last good angles count, as the best bound there is. `None`
    /// before the first good angle, and for a `now` before the newest reading.
    #[must_use]
    pub fn worst_case(&self, now: Timestamp) -> Option<Angle> {
        if self.is_before(now) {
            return None;
        }
        let (first, second) = (self.furthest(now, self.first), self.furthest(now, self.second));
        match (self.first.believed(), self.second.believed()) {
            (true, false) => first,
            (false, true) => second,
            (true, true) | (false, false) => first.max(second),
        }
    }

    /// Whether the newest reading lies after `now`.
    fn is_before(&self, now: Timestamp) -> bool {
        self.newest.is_some_and(|newest| newest.at > now)
    }

    fn furthest(&self, now: Timestamp, source: Source) -> Option<Angle> {
        let (tilt, age) = source.aged(now)?;
        let age = if active(Canary::WorstCaseIgnoresAge) { Millis::ZERO } else { age };
        let turned = self.max_rate.travel(age).saturating_add(SENSOR_MARGIN_MILLIDEG);
        Some(tilt.moved(turned))
    }

    /// The last good angle, believable or not; of two the more head-down one. For showing, with its
    /// age, never for deciding.
    #[must_use]
    pub fn last_good(&self) -> Option<Angle> {
        self.first.last_tilt().max(self.second.last_tilt())
    }

    fn compare(
        &self,
        now: Timestamp,
        (one, one_age): (Angle, Millis),
        (other, other_age): (Angle, Millis),
    ) -> AngleState {
        let (larger, gap) = (one.max(other), one.distance(other));
        if active(Canary::DisagreementUnseen) || gap <= WARN_GAP_MILLIDEG {
            AngleState::Good { tilt: larger, age: one_age.max(other_age) }
        } else if gap > DISAGREE_GAP_MILLIDEG && self.differ.due(now) {
            let same_side = one.is_head_down() == other.is_head_down();
            AngleState::Disagrees { larger, gap, same_side }
        } else {
            AngleState::Warn { larger, gap }
        }
    }
}

/// How much later than the quickest ones readings arrive, in hundredths of a millisecond.
///
/// A reading that waited in a queue is stamped on arrival, so its stamp hides its true age (H-04).
/// The table's clock shows it: time that passed here and not there is waiting. Two clocks differ by
/// up to a per cent, which is forgiven as it accrues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Lateness(u64);

impl Lateness {
    const NONE: Self = Self(0);

    /// The lateness of the reading stamped `newer`, if that of `older` is this. Without a clock of
    /// the table, or when it restarted, none is known.
    fn after(self, older: Clocks, newer: Clocks) -> Self {
        let here = newer.at.since(older.at).get();
        match newer.table_since(older) {
            Some(there) => Self(
                self.0
                    .saturating_add(here.saturating_mul(100))
                    .saturating_sub(there.get().saturating_mul(100))
                    .saturating_sub(here),
            ),
            None => Self::NONE,
        }
    }

    /// Whole milliseconds, rounded up.
    fn whole(self) -> Millis {
        Millis::new(self.0.div_ceil(100))
    }
}

#[cfg(test)]
mod tests;
