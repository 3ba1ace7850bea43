//! Why a step was chosen: enums with numbers, worded elsewhere.

use antipode_safety::{Angle, Millis};

use super::history::{LegReach, NotClean};
use super::weeks::Week;
use crate::day::Day;

/// One reason for the next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Nothing was done yet.
    FirstSession,
    /// So many clean sessions on this step: one further.
    CleanSessions {
        /// How many.
        count: u8,
    },
    /// Not enough clean sessions on this step yet.
    NotYet {
        /// How many.
        clean: u8,
        /// Of so many.
        needed: u8,
    },
    /// The last session was not clean.
    NotClean(NotClean),
    /// Two early returns one after the other.
    EarlyReturns,
    /// Leg pain moved up toward the back: held.
    Centralised {
        /// Before.
        from: LegReach,
        /// After.
        to: LegReach,
    },
    /// The last session says nothing about its step.
    Neutral,
    /// The last time was too short to be a session.
    TooShort {
        /// Its time head-down.
        head_down: Millis,
    },
    /// Days since the last session: one step back from 7, the first week from 14.
    Gap {
        /// How many.
        days: i32,
    },
    /// The tilt may rise by five degrees in seven days until 30.
    TiltThisWeek {
        /// Shallowest of the last seven days.
        from: Angle,
        /// What the next step asks for.
        to: Angle,
    },
    /// The first seven days stay at 20 degrees.
    FirstWeek {
        /// What the next step asks for.
        to: Angle,
    },
    /// No step lies above.
    Top,
    /// More pain today than last time: one step gentler.
    PainToday {
        /// Last time.
        last: u8,
        /// Today.
        today: u8,
    },
    /// A shorter session was asked for: it starts there.
    Shorter {
        /// Bouts.
        bouts: u16,
    },
    /// Two clean shorter sessions: all the bouts again.
    FullAgain {
        /// Bouts.
        bouts: u16,
    },
    /// Somebody felt sick or dizzy: slower travel.
    Slowed {
        /// Halved so often.
        times: u8,
        /// Clean sessions since.
        clean: u8,
    },
    /// Three clean sessions: the speeds are as they were.
    SpeedRestored,
    /// The limits of today refuse the step: the deepest that they allow.
    TodaysLimits {
        /// The step that they refuse, counted from 0.
        refused: usize,
    },
    /// Maintenance: never above its step.
    Maintenance {
        /// That step, counted from 0.
        rung: usize,
    },
}

/// Why there is no session of this programme now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stop {
    /// 28 days or more since the last session: the screening comes first.
    ScreenAgain {
        /// How many.
        days: i32,
    },
    /// Its weeks are over: stop, review, or maintenance with a named clinician.
    Ended {
        /// The week now.
        week: Week,
    },
    /// Days with a session in the last seven: as many as the programme has.
    EnoughThisWeek {
        /// How many.
        days: u16,
    },
    /// Much more pain than last time, or nearly the worst there is: not today.
    PainToday {
        /// Last time, where it was asked.
        last: Option<u8>,
        /// Today.
        today: u8,
    },
    /// Today lies before the last session: the date must be confirmed first.
    DateBehind {
        /// The last session's.
        last: Day,
    },
    /// Not even the first step is within today's limits.
    NothingFits,
}

/// A time at which it is asked whether it helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Checkpoint {
    /// Worse or not worse.
    Week2,
    /// Better, or not.
    Week4,
    /// The end.
    Week6,
}

impl Checkpoint {
    /// The latest that `weeks` whole weeks have reached.
    #[must_use]
    pub const fn after(weeks: u16) -> Option<Self> {
        match weeks {
            0 | 1 => None,
            2 | 3 => Some(Self::Week2),
            4 | 5 => Some(Self::Week4),
            6.. => Some(Self::Week6),
        }
    }
}
