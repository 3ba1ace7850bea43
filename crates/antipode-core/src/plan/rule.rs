//! The rules that a plan is held against, each with its source.

use antipode_safety::{Angle, Millis, Rate};

/// One rule. The number it applies comes with the [`Finding`](super::Finding), because most of
/// them narrow with the person, the table and the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A plan has at least one bout.
    HasBout,
    /// A repeat block has something to repeat.
    RepeatNotEmpty,
    /// Blocks sit at most this deep inside one another.
    Nesting,
    /// A program has at most this many segments.
    Segments,
    /// A stepped bout has this many steps at least.
    StepCount,
    /// A bout goes head-down.
    HeadDown,
    /// The low tilt of a bout that goes to and fro lies where its pattern says.
    LowTilt,
    /// Deepest tilt.
    Tilt,
    /// Depth of warm-up dips.
    WarmUpTilt,
    /// Speed of lowering.
    LowerRate,
    /// Speed of raising that ends head-down.
    RaiseRate,
    /// Speed of raising that passes level.
    ThroughLevelRate,
    /// Slowest speed.
    LeastRate,
    /// Slowest speed of the table.
    TableSlowest,
    /// Fastest speed of the table.
    TableFastest,
    /// The only speed of the table.
    TableFixed,
    /// Hold of one bout.
    BoutHold,
    /// All head-down time of one bout.
    BoutHeadDown,
    /// All head-down time of the session.
    SessionHeadDown,
    /// Holds of the day.
    DayHold,
    /// All head-down time of the day.
    DayHeadDown,
    /// Bouts of the session.
    BoutCount,
    /// Rest after a bout.
    Rest,
    /// Longest rest after a bout.
    LongRest,
    /// Longest wait for the person.
    Wait,
    /// The final rest.
    FinalRest,
    /// Time from the first motion to the end.
    SessionTime,
    /// Who must be there.
    Attendance,
    /// Sessions of one day.
    SessionsPerDay,
    /// Sessions of seven days.
    SessionsPerWeek,
    /// How much deeper than last time.
    DeeperThanLast,
    /// How much longer than last time.
    LongerThanLast,
    /// Not both deeper and longer than last time.
    OneChange,
}

/// How a value must stand to a rule's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// No more.
    AtMost,
    /// No less.
    AtLeast,
    /// Within both ends.
    Within,
    /// The very number.
    Exactly,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 33] = [
        Self::HasBout,
        Self::RepeatNotEmpty,
        Self::Nesting,
        Self::Segments,
        Self::StepCount,
        Self::HeadDown,
        Self::LowTilt,
        Self::Tilt,
        Self::WarmUpTilt,
        Self::LowerRate,
        Self::RaiseRate,
        Self::ThroughLevelRate,
        Self::LeastRate,
        Self::TableSlowest,
        Self::TableFastest,
        Self::TableFixed,
        Self::BoutHold,
        Self::BoutHeadDown,
        Self::SessionHeadDown,
        Self::DayHold,
        Self::DayHeadDown,
        Self::BoutCount,
        Self::Rest,
        Self::LongRest,
        Self::Wait,
        Self::FinalRest,
        Self::SessionTime,
        Self::Attendance,
        Self::SessionsPerDay,
        Self::SessionsPerWeek,
        Self::DeeperThanLast,
        Self::LongerThanLast,
        Self::OneChange,
    ];

    /// A short fixed name, for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::HasBout => "has-bout",
            Self::RepeatNotEmpty => "repeat-not-empty",
            Self::Nesting => "nesting",
            Self::Segments => "segments",
            Self::StepCount => "step-count",
            Self::HeadDown => "head-down",
            Self::LowTilt => "low-tilt",
            Self::Tilt => "tilt",
            Self::WarmUpTilt => "warm-up-tilt",
            Self::LowerRate => "lower-rate",
            Self::RaiseRate => "raise-rate",
            Self::ThroughLevelRate => "through-level-rate",
            Self::LeastRate => "least-rate",
            Self::TableSlowest => "table-slowest",
            Self::TableFastest => "table-fastest",
            Self::TableFixed => "table-fixed",
            Self::BoutHold => "bout-hold",
            Self::BoutHeadDown => "bout-head-down",
            Self::SessionHeadDown => "session-head-down",
            Self::DayHold => "day-hold",
            Self::DayHeadDown => "day-head-down",
            Self::BoutCount => "bout-count",
            Self::Rest => "rest",
            Self::LongRest => "long-rest",
            Self::Wait => "wait",
            Self::FinalRest => "final-rest",
            Self::SessionTime => "session-time",
            Self::Attendance => "attendance",
            Self::SessionsPerDay => "sessions-per-day",
            Self::SessionsPerWeek => "sessions-per-week",
            Self::DeeperThanLast => "deeper-than-last",
            Self::LongerThanLast => "longer-than-last",
            Self::OneChange => "one-change",
        }
    }

    /// What the rule speaks of, as the subject of a sentence.
    pub(super) const fn subject(self) -> &'static str {
        match self {
            Self::HasBout | Self::BoutCount => "the number of bouts",
            Self::RepeatNotEmpty => "the number of blocks to repeat",
            Self::Nesting => "the depth of blocks inside blocks",
            Self::Segments => "the number of segments",
            Self::StepCount => "the number of steps",
            Self::HeadDown | Self::Tilt => "the tilt",
            Self::WarmUpTilt => "the tilt of the warm-up",
            Self::LowTilt => "the low tilt",
            Self::LowerRate => "the speed of lowering",
            Self::RaiseRate => "the speed of raising",
            Self::ThroughLevelRate => "the speed of raising through level",
            Self::LeastRate | Self::TableFastest | Self::TableFixed => "the speed",
            Self::TableSlowest => "the speed, slowed to what the limits allow,",
            Self::BoutHold => "the hold of one bout",
            Self::BoutHeadDown => "the head-down time of one bout, travel included,",
            Self::SessionHeadDown => "the head-down time of the session, travel included,",
            Self::DayHold => "the hold of the whole day",
            Self::DayHeadDown => "the head-down time of the whole day, travel included,",
            Self::Rest | Self::LongRest => "the rest after a bout",
            Self::Wait => "the longest wait for the person",
            Self::FinalRest => "the final rest",
            Self::SessionTime => "the time from the first motion to the end",
            Self::Attendance => "the company at the table",
            Self::SessionsPerDay => "with this one, the number of sessions today",
            Self::SessionsPerWeek => "with this one, the number of sessions in seven days",
            Self::DeeperThanLast => "the deepest tilt",
            Self::LongerThanLast => "the longest hold",
            Self::OneChange => "the number of changes since last time, deeper and longer,",
        }
    }

    /// How the value must stand to the number.
    pub(super) const fn relation(self) -> Relation {
        match self {
            Self::HasBout
            | Self::RepeatNotEmpty
            | Self::StepCount
            | Self::HeadDown
            | Self::LeastRate
            | Self::TableSlowest
            | Self::Rest
            | Self::FinalRest
            | Self::Attendance => Relation::AtLeast,
            Self::LowTilt => Relation::Within,
            Self::TableFixed => Relation::Exactly,
            Self::Nesting
            | Self::Segments
            | Self::Tilt
            | Self::WarmUpTilt
            | Self::LowerRate
            | Self::RaiseRate
            | Self::ThroughLevelRate
            | Self::TableFastest
            | Self::BoutHold
            | Self::BoutHeadDown
            | Self::SessionHeadDown
            | Self::DayHold
            | Self::DayHeadDown
            | Self::BoutCount
            | Self::LongRest
            | Self::Wait
            | Self::SessionTime
            | Self::SessionsPerDay
            | Self::SessionsPerWeek
            | Self::DeeperThanLast
            | Self::LongerThanLast
            | Self::OneChange => Relation::AtMost,
        }
    }

    /// Whether a narrower limit than the hard one only slows the plan down instead of refusing it.
    pub(super) const fn is_rate(self) -> bool {
        matches!(self, Self::LowerRate | Self::RaiseRate | Self::ThroughLevelRate)
    }

    /// Where the rule comes from, in one phrase.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::HasBout => "a plan without a bout does nothing",
            Self::RepeatNotEmpty => "an empty repeat does nothing",
            Self::Nesting => "deeper plans cannot be checked by reading them",
            Self::Segments => "a longer program is a mistake, not a session",
            Self::StepCount => "a stepped bout needs a step",
            Self::HeadDown => "a bout is a head-down stay",
            Self::LowTilt => "the pattern of the bout decides where it eases to",
            Self::Tilt => {
                "30° is where home use levels off; nothing beyond 60° was tried in a controlled \
                 trial, and blood and eye pressure climb"
            }
            Self::WarmUpTilt => "makers start people at 15°",
            Self::LowerRate => "pressure in the eye rises with the speed of tilting",
            Self::RaiseRate | Self::ThroughLevelRate => {
                "blood pressure dipped after a fast head-up tilt, and not at 1.5°/s"
            }
            Self::LeastRate => "slower travel is more time head-down and a longer way back",
            Self::TableSlowest | Self::TableFixed => {
                "this table turns at no such speed, and none is made up by starting and stopping"
            }
            Self::TableFastest => "the fastest that this table turns anywhere on its way",
            Self::BoutHold => {
                "3 min bouts in Kim 2013; makers advise 1 to 2 min held still and 5 min at most"
            }
            Self::BoutHeadDown => "the cap of the hold and two minutes of travel",
            Self::SessionHeadDown | Self::DayHeadDown => {
                "the cap of the day's holds and five minutes of travel"
            }
            Self::DayHold => {
                "guides end at 15 min a day; the longest followed was 20 min at 15° to 30°"
            }
            Self::BoutCount => "guides end at 5 bouts a session",
            Self::Rest => "eye pressure takes up to two minutes to settle",
            Self::LongRest => "longer than a rest: the person should not stay strapped",
            Self::Wait => "longer than a wait: the person should not stay strapped",
            Self::FinalRest => {
                "makers ask for a minute at level before getting up, and advise a few"
            }
            Self::SessionTime => "nobody should stay strapped for longer",
            Self::Attendance => "the plan says who must be there",
            Self::SessionsPerDay => "proposal of this project: at most two, usually one",
            Self::SessionsPerWeek => "trials and guides have 3 to 4 days a week",
            Self::DeeperThanLast | Self::LongerThanLast | Self::OneChange => {
                "makers raise the tilt or the time in small steps, one at a time"
            }
        }
    }
}

/// Numbers of rules that nothing narrows, all proposals for a clinician to review.
pub(super) mod numbers {
    use super::{Angle, Millis, Rate};

    /// Usual deepest tilt without a clinician.
    pub(in crate::plan) const TILT_ADVISED: Angle = Angle::clamped(30_000);
    /// Usual deepest tilt of a warm-up.
    pub(in crate::plan) const WARM_UP_ADVISED: Angle = Angle::clamped(15_000);
    /// Usual fastest travel.
    pub(in crate::plan) const RATE_ADVISED: Rate = Rate::clamped(1_500);
    /// Slowest travel.
    pub(in crate::plan) const RATE_LEAST: Rate = antipode_safety::limits::RAISE_FLOOR;
    /// Usual longest hold without a clinician.
    pub(in crate::plan) const HOLD_ADVISED: Millis = Millis::from_secs(180);
    /// Usual most hold of a day.
    pub(in crate::plan) const DAY_HOLD_ADVISED: Millis = Millis::from_secs(900);
    /// Usual most bouts without a clinician.
    pub(in crate::plan) const BOUTS_ADVISED: u64 = 5;
    /// Shortest rest between bouts.
    pub(in crate::plan) const REST_LEAST: Millis = Millis::from_secs(30);
    /// Usual shortest rest between bouts.
    pub(in crate::plan) const REST_ADVISED: Millis = Millis::from_secs(60);
    /// Longest rest between bouts.
    pub(in crate::plan) const REST_MOST: Millis = Millis::from_secs(15 * 60);
    /// Longest wait for the person.
    pub(in crate::plan) const WAIT_MOST: Millis = Millis::from_secs(10 * 60);
    /// Usual shortest final rest.
    pub(in crate::plan) const FINAL_REST_ADVISED: Millis = Millis::from_secs(120);
    /// Longest session, waits included.
    pub(in crate::plan) const SESSION_MOST: Millis = Millis::from_secs(90 * 60);
    /// Most sessions of one day.
    pub(in crate::plan) const SESSIONS_PER_DAY: u64 = 2;
    /// Usual most sessions of one day.
    pub(in crate::plan) const SESSIONS_PER_DAY_ADVISED: u64 = 1;
    /// Most sessions of seven days.
    pub(in crate::plan) const SESSIONS_PER_WEEK: u64 = 7;
    /// Usual most sessions of seven days.
    pub(in crate::plan) const SESSIONS_PER_WEEK_ADVISED: u64 = 4;
    /// How much deeper than last time, in millidegrees.
    pub(in crate::plan) const DEEPER_STEP: i64 = 5_000;
    /// How much longer than last time.
    pub(in crate::plan) const LONGER_STEP: Millis = Millis::from_secs(60);
}
