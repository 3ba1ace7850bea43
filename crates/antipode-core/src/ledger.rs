//! How much of a day and a week is used, across plans, tables, restarts and clocks that step.
//!
//! A [`Ledger`] is fed what was done, as the wall clocks told it then, and asked what is left now.
//! Wall clocks lie, so every doubt counts against the allowance: whatever touches today by the time
//! zone of then or of now, lies ahead of now, or ended within [`APART`], is of today. Setting a
//! clock back therefore never gives anything back, and neither does crossing midnight or a border.
//! Travelling on a clock that jumps ahead past both midnight and [`APART`] cannot be told from
//! waiting, and is not tried.

use antipode_safety::{Limits, Millis};
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

/// Two stays that are not further apart count for one day, whatever the date says: a night. A
/// proposal of this project.
pub const APART: Millis = Millis::from_secs(8 * 3_600);

/// A stay shorter than this head-down is no session; its time counts.
const SHORTEST_SESSION: Millis = Millis::from_secs(60);
const DAY_S: i64 = 86_400;
/// Time zones lie within 26 hours of each other; what says otherwise is no time zone.
const OFFSET_MOST_S: i32 = 18 * 3_600;

/// A moment as a wall clock told it, and the time zone that it was in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Wall {
    /// Milliseconds since 1970-01-01 UTC.
    pub unix_ms: u64,
    /// Seconds that local time was ahead of UTC.
    pub offset_s: i32,
}

/// A stay on the wall clock. It may run backward where the clock was set back meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interval {
    /// When it began.
    pub from: Wall,
    /// When it ended.
    pub until: Wall,
}

/// One session, or another form of unloading, as far as it was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    /// Its intervals on the wall clock, more than one where a program was started again within it.
    pub intervals: Vec<Interval>,
    /// Time with the spine unloaded: the holds of a session.
    pub hold: Millis,
    /// Time at 5 degrees and more, on the clock that never steps.
    pub head_down: Millis,
    /// Tilt times that time, in degree-milliseconds.
    pub weighted: u64,
}

impl Stay {
    fn is_session(&self) -> bool {
        self.head_down.max(self.hold) >= SHORTEST_SESSION
    }
}

/// What may be used of a day and of seven days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Holds of a day.
    pub day_hold: Millis,
    /// Time at 5 degrees and more of a day.
    pub day_head_down: Millis,
    /// Holds of seven days.
    pub week_hold: Millis,
    /// Time at 5 degrees and more of seven days.
    pub week_head_down: Millis,
    /// Sessions of a day.
    pub sessions_per_day: u16,
    /// Sessions of seven days.
    pub sessions_per_week: u16,
    /// Days with a session in seven.
    pub days_per_week: u16,
}

impl Caps {
    /// What nothing exceeds.
    ///
    /// # Source
    /// 20 minutes of hold a day is the longest that people were followed with (Dimberg, 10 minutes
    /// once or twice daily); seven sessions a week. The week's hold is seven such days less a
    /// third, the week's head-down time the same with travel: proposals.
    pub const HARD: Self = Self {
        day_hold: Millis::from_secs(1_200),
        day_head_down: Millis::from_secs(1_500),
        week_hold: Millis::from_secs(5_600),
        week_head_down: Millis::from_secs(7_000),
        sessions_per_day: 2,
        sessions_per_week: 7,
        days_per_week: 7,
    };

    /// These caps, and those of `limits` for the day where they are tighter.
    #[must_use]
    pub fn within(self, limits: &Limits) -> Self {
        Self {
            day_hold: self.day_hold.shorter(limits.day_hold().value()),
            day_head_down: self.day_head_down.shorter(limits.day().value()),
            ..self
        }
    }

    /// These caps with at most `days` days with a session in seven; never more than now.
    #[must_use]
    pub fn on_days(self, days: u16) -> Self {
        Self { days_per_week: self.days_per_week.min(days), ..self }
    }
}

/// The present, as the machine tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// The wall clock.
    pub wall: Wall,
    /// The latest moment that any record ever had.
    pub latest_unix_ms: Option<u64>,
}

impl Now {
    /// Whether the clock stands before something that is on record: a person confirms the date
    /// before anything head-down.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.latest_unix_ms.is_some_and(|latest| self.wall.unix_ms < latest)
    }
}

/// What was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// Holds.
    pub hold: Millis,
    /// Time at 5 degrees and more.
    pub head_down: Millis,
    /// Tilt times that time, in degree-milliseconds.
    pub weighted: u64,
    /// Sessions of a minute and more.
    pub sessions: u16,
    /// Other days than today with a session; 0 for the day itself.
    pub other_days: u16,
}

/// What is left now. Nothing is left of anything where no session may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Of holds: of the day or of the week, whichever is less.
    pub hold: Millis,
    /// Of time at 5 degrees and more, likewise.
    pub head_down: Millis,
    /// Why no session may begin, where none may.
    pub closed: Option<Closed>,
}

/// Why no session may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Closed {
    /// So many sessions today.
    SessionsToday(u16),
    /// So many sessions in seven days.
    SessionsThisWeek(u16),
    /// So many other days with a session in seven.
    DaysThisWeek(u16),
    /// The time of the day is used.
    DayUsed,
    /// The time of seven days is used.
    WeekUsed,
}

/// Everything that one person did, each stay once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    stays: BTreeMap<u128, Stay>,
}

impl Ledger {
    /// Nothing was done.
    #[must_use]
    pub const fn new() -> Self {
        Self { stays: BTreeMap::new() }
    }

    /// Enters the stay called `id`. Entered twice, as after a restore from a copy, it counts once,
    /// and with the larger of both figures.
    pub fn enter(&mut self, id: u128, stay: Stay) {
        let Some(known) = self.stays.get_mut(&id) else {
            self.stays.insert(id, stay);
            return;
        };
        known.hold = known.hold.max(stay.hold);
        known.head_down = known.head_down.max(stay.head_down);
        known.weighted = known.weighted.max(stay.weighted);
        for interval in stay.intervals {
            if !known.intervals.contains(&interval) {
                known.intervals.push(interval);
            }
        }
    }

    /// Everything of `other` as well: nothing is lost and nothing counts twice.
    pub fn merge(&mut self, other: Self) {
        for (id, stay) in other.stays {
            self.enter(id, stay);
        }
    }

    /// What counts as used today.
    #[must_use]
    pub fn today(&self, now: Now) -> Used {
        let today = date(now.wall.unix_ms, now.wall.offset_s);
        self.used(now, |last, ended| {
            last >= today || ended.saturating_add(APART.get()) > now.wall.unix_ms
        })
    }

    /// What counts as used in the seven days that end today.
    #[must_use]
    pub fn week(&self, now: Now) -> Used {
        let first = date(now.wall.unix_ms, now.wall.offset_s) - 6;
        self.used(now, |last, _| last >= first)
    }

    /// What is left now under `caps`.
    ///
    /// A stay that keeps to it keeps every cap, also where it runs over midnight.
    #[must_use]
    pub fn left(&self, now: Now, caps: &Caps) -> Left {
        let (day, week) = (self.today(now), self.week(now));
        let hold = caps.day_hold.less(day.hold).shorter(caps.week_hold.less(week.hold));
        let head_down = caps
            .day_head_down
            .less(day.head_down)
            .shorter(caps.week_head_down.less(week.head_down));
        let used = |used: &Used, hold, head_down| used.hold >= hold || used.head_down >= head_down;
        let closed = if day.sessions >= caps.sessions_per_day {
            Some(Closed::SessionsToday(day.sessions))
        } else if used(&day, caps.day_hold, caps.day_head_down) {
            Some(Closed::DayUsed)
        } else if week.sessions >= caps.sessions_per_week {
            Some(Closed::SessionsThisWeek(week.sessions))
        } else if used(&week, caps.week_hold, caps.week_head_down) {
            Some(Closed::WeekUsed)
        } else if week.other_days >= caps.days_per_week {
            Some(Closed::DaysThisWeek(week.other_days))
        } else {
            None
        };
        if closed.is_some() {
            return Left { hold: Millis::ZERO, head_down: Millis::ZERO, closed };
        }
        Left { hold, head_down, closed }
    }

    fn used(&self, now: Now, counts: impl Fn(i64, u64) -> bool) -> Used {
        let mut sum = Used {
            hold: Millis::ZERO,
            head_down: Millis::ZERO,
            weighted: 0,
            sessions: 0,
            other_days: 0,
        };
        let today = date(now.wall.unix_ms, now.wall.offset_s);
        let mut other_days = Vec::new();
        for stay in self.stays.values() {
            // A stay that nobody can date may have been just now.
            let (last, ended) = last_of(stay, now).unwrap_or((i64::MAX, u64::MAX));
            if !counts(last, ended) {
                continue;
            }
            sum.hold = sum.hold.plus(stay.hold);
            sum.head_down = sum.head_down.plus(stay.head_down);
            sum.weighted = sum.weighted.saturating_add(stay.weighted);
            if stay.is_session() {
                sum.sessions = sum.sessions.saturating_add(1);
                if last != today && !other_days.contains(&last) {
                    other_days.push(last);
                }
            }
        }
        sum.other_days = u16::try_from(other_days.len()).unwrap_or(u16::MAX);
        sum
    }
}

/// The latest date that a stay touches, by the time zone of then and of now, and the latest moment
/// of it.
fn last_of(stay: &Stay, now: Now) -> Option<(i64, u64)> {
    let ends = || stay.intervals.iter().flat_map(|interval| [interval.from, interval.until]);
    let ended = ends().map(|wall| wall.unix_ms).max()?;
    let dates = ends().flat_map(|wall| {
        [date(wall.unix_ms, wall.offset_s), date(wall.unix_ms, now.wall.offset_s)]
    });
    Some((dates.max()?, ended))
}

/// Days since 1970-01-01 by local time.
fn date(unix_ms: u64, offset_s: i32) -> i64 {
    let seconds = i64::try_from(unix_ms / 1_000).unwrap_or(i64::MAX);
    let offset = offset_s.clamp(-OFFSET_MOST_S, OFFSET_MOST_S);
    seconds.saturating_add(i64::from(offset)).div_euclid(DAY_S)
}
