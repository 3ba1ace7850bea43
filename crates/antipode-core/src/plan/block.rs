//! The vocabulary of a plan: what can be asked for between lying down and getting up.

use antipode_safety::{Angle, Millis, Rate};
use std::num::NonZeroU16;

/// One entry of a plan. Each kind but the last three is a bout, or several alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Lower, hold, raise, rest.
    Static(StaticBout),
    /// One bout that goes to and fro between two tilts.
    Alternating(Alternation),
    /// One bout through several tilts, each held.
    Steps(Steps),
    /// One bout in which the person's own button decides how far down the bed goes.
    SelfPaced(SelfPaced),
    /// Say something, in the rest band.
    Say(Cue),
    /// Wait in the rest band until the person presses OK.
    WaitForPerson {
        /// Longest wait; then the session goes to its final rest.
        limit: Millis,
    },
    /// The same blocks several times over.
    Repeat {
        /// How often.
        times: NonZeroU16,
        /// What.
        blocks: Vec<Block>,
    },
}

/// The speeds of travel, both above zero and without direction.
///
/// # Example
/// ```
/// use antipode_core::plan::Travel;
/// use antipode_safety::Rate;
/// let slow = Rate::from_millideg_per_s(1_000).unwrap();
/// assert!(Travel::new(slow, slow).is_some());
/// assert!(Travel::new(slow, Rate::ZERO).is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Travel {
    lower: Rate,
    raise: Rate,
}

impl Travel {
    /// Lower at `lower`, raise at `raise`; `None` unless both are above zero.
    #[must_use]
    pub const fn new(lower: Rate, raise: Rate) -> Option<Self> {
        if lower.millideg_per_s() > 0 && raise.millideg_per_s() > 0 {
            Some(Self { lower, raise })
        } else {
            None
        }
    }

    /// Speed toward head-down.
    #[must_use]
    pub const fn lower(self) -> Rate {
        self.lower
    }

    /// Speed toward the rest band.
    #[must_use]
    pub const fn raise(self) -> Rate {
        self.raise
    }
}

/// Equal bouts that each lower, hold and raise, with a rest after each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StaticBout {
    /// How many.
    pub repeat: NonZeroU16,
    /// Tilt of the hold.
    pub tilt: Angle,
    /// Time at that tilt.
    pub hold: Millis,
    /// Time in the rest band after each bout.
    pub rest: Millis,
    /// Speeds.
    pub travel: Travel,
}

/// Bouts that go to and fro between a low and a high tilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Alternation {
    /// Which of the four patterns of the literature this is; it decides where `low` may lie.
    pub pattern: Pattern,
    /// How many bouts.
    pub repeat: NonZeroU16,
    /// Times at `high` in one bout.
    pub cycles: NonZeroU16,
    /// The deeper tilt.
    pub high: Angle,
    /// Time at `high` in each cycle; may be zero.
    pub hold: Millis,
    /// The other tilt.
    pub low: Angle,
    /// Time at `low` between two cycles; may be zero.
    pub ease: Millis,
    /// Speeds between `low` and `high`.
    pub within: Travel,
    /// Speeds of the first lowering and the last raising.
    pub travel: Travel,
    /// Time in the rest band after each bout.
    pub rest: Millis,
}

/// The four ways to go to and fro within one bout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pattern {
    /// Hold, ease to a smaller head-down tilt, hold again, as in intermittent traction.
    Intermittent,
    /// Keep turning between a head-down base and a deeper tilt, down and up each at its own speed.
    Cyclic,
    /// Swing between level and a tilt.
    Oscillation,
    /// A few shallow dips before the first real bout.
    WarmUp,
}

impl Pattern {
    /// Every pattern.
    pub const ALL: [Self; 4] = [Self::Intermittent, Self::Cyclic, Self::Oscillation, Self::WarmUp];

    /// Whether `low` lies head-down (as against in the rest band).
    #[must_use]
    pub const fn low_is_head_down(self) -> bool {
        match self {
            Self::Intermittent | Self::Cyclic => true,
            Self::Oscillation | Self::WarmUp => false,
        }
    }
}

/// Bouts through several tilts: progressive where each is deeper than the one before, regressive
/// where each is shallower.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Steps {
    /// How many bouts.
    pub repeat: NonZeroU16,
    /// The tilts in order.
    pub steps: Vec<Step>,
    /// Speeds.
    pub travel: Travel,
    /// Time in the rest band after each bout.
    pub rest: Millis,
}

/// One tilt of a stepped bout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// Tilt of the hold.
    pub tilt: Angle,
    /// Time at that tilt.
    pub hold: Millis,
}

/// Bouts in which the person decides: hold the button to lower, let go to stay, one press to come
/// up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SelfPaced {
    /// How many bouts.
    pub repeat: NonZeroU16,
    /// As far down as the button can take the bed.
    pub ceiling: Angle,
    /// Longest time from the first press until the bed comes up by itself.
    pub limit: Millis,
    /// Speeds.
    pub travel: Travel,
    /// Time in the rest band after each bout.
    pub rest: Millis,
}

/// What a plan may have said to the person in the rest band. A closed list, so that every text is
/// in the catalogue, can be spoken in every language and was read by someone who cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum Cue {
    /// Breathe slowly and evenly.
    BreatheSlowly = 0,
    /// Let shoulders and jaw go soft.
    RelaxShoulders = 1,
    /// Arms beside the body: raised arms shift the balance.
    ArmsBesideBody = 2,
    /// Eyes open, look at one point.
    LookAtOnePoint = 3,
    /// Feel whether the feet are held firmly.
    FeelYourFeet = 4,
    /// Name any new feeling in a leg or foot.
    NoticeYourLegs = 5,
    /// Half of the bouts are done.
    HalfWay = 6,
    /// The next bout is the last.
    LastBoutNext = 7,
}

impl Cue {
    /// Every cue, by number.
    pub const ALL: [Self; 8] = [
        Self::BreatheSlowly,
        Self::RelaxShoulders,
        Self::ArmsBesideBody,
        Self::LookAtOnePoint,
        Self::FeelYourFeet,
        Self::NoticeYourLegs,
        Self::HalfWay,
        Self::LastBoutNext,
    ];

    /// The number of the cue in records and in the text catalogue.
    #[must_use]
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// The word that a plan file uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::BreatheSlowly => "breathe slowly",
            Self::RelaxShoulders => "relax shoulders",
            Self::ArmsBesideBody => "arms beside body",
            Self::LookAtOnePoint => "look at one point",
            Self::FeelYourFeet => "feel your feet",
            Self::NoticeYourLegs => "notice your legs",
            Self::HalfWay => "half way",
            Self::LastBoutNext => "last bout next",
        }
    }
}
