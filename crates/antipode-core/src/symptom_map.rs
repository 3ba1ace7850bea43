//! Where a person feels what: taken at the screening, compared with today before every session.
//!
//! Sources: the gate's four answers follow directional-preference practice in physiotherapy
//! (McKenzie: pain that leaves the leg is a good sign even where the back hurts more); saddle and
//! two-sided signs are those of the cauda equina (BMJ Best Practice, GIRFT pathway).

use std::collections::BTreeSet;

/// A place of the body, from the head down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Head or neck.
    Neck,
    /// Shoulder, arm or hand.
    Arm,
    /// Upper or middle back.
    UpperBack,
    /// Lower back.
    LowerBack,
    /// Buttock or hip.
    Buttock,
    /// Between the legs.
    Saddle,
    /// Thigh.
    Thigh,
    /// Knee or calf.
    Calf,
    /// Ankle or foot.
    Foot,
}

impl Place {
    /// Every place, in record order.
    pub const ALL: [Self; 9] = [
        Self::Neck,
        Self::Arm,
        Self::UpperBack,
        Self::LowerBack,
        Self::Buttock,
        Self::Saddle,
        Self::Thigh,
        Self::Calf,
        Self::Foot,
    ];

    /// Whether it is part of a leg.
    #[must_use]
    pub const fn is_leg(self) -> bool {
        self.reach().is_leg()
    }

    /// How far down the leg it is.
    #[must_use]
    pub const fn reach(self) -> Reach {
        match self {
            Self::Neck | Self::Arm | Self::UpperBack | Self::LowerBack | Self::Saddle => {
                Reach::Back
            }
            Self::Buttock => Reach::Buttock,
            Self::Thigh => Reach::Thigh,
            Self::Calf => Reach::Calf,
            Self::Foot => Reach::Foot,
        }
    }
}

/// How far down the leg a symptom goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Not beyond the back.
    Back,
    /// To the buttock.
    Buttock,
    /// Into the thigh.
    Thigh,
    /// Below the knee.
    Calf,
    /// Into the foot.
    Foot,
}

impl Reach {
    /// Every length, the shortest first.
    pub const ALL: [Self; 5] = [Self::Back, Self::Buttock, Self::Thigh, Self::Calf, Self::Foot];

    /// Whether it goes into the leg.
    #[must_use]
    pub const fn is_leg(self) -> bool {
        match self {
            Self::Back | Self::Buttock => false,
            Self::Thigh | Self::Calf | Self::Foot => true,
        }
    }
}

/// Which side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Left.
    Left,
    /// Right.
    Right,
    /// In the middle.
    Middle,
    /// Both sides.
    Both,
}

impl Side {
    /// Every side, in record order.
    pub const ALL: [Self; 4] = [Self::Left, Self::Right, Self::Middle, Self::Both];
}

/// What is felt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feeling {
    /// Pain.
    Pain,
    /// Pins and needles.
    Tingling,
    /// Numbness.
    Numbness,
    /// Weakness.
    Weakness,
}

impl Feeling {
    /// Every feeling, in record order.
    pub const ALL: [Self; 4] = [Self::Pain, Self::Tingling, Self::Numbness, Self::Weakness];
}

/// How strong, 0 to 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u8);

impl Score {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// The worst that can be imagined.
    pub const WORST: Self = Self(10);

    /// A score of 0 to 10.
    #[must_use]
    pub const fn new(score: u8) -> Option<Self> {
        if score <= Self::WORST.0 { Some(Self(score)) } else { None }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// How much more it is than `before`; 0 where it is less.
    #[must_use]
    pub const fn rise(self, before: Self) -> u8 {
        self.0.saturating_sub(before.0)
    }
}

/// One mark on the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// Where.
    pub place: Place,
    /// Which side.
    pub side: Side,
    /// What.
    pub feeling: Feeling,
    /// How strong.
    pub score: Score,
}

/// The marks of one person.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SymptomMap {
    marks: BTreeSet<Mark>,
}

impl SymptomMap {
    /// A map of these marks; a mark of score 0 is none.
    #[must_use]
    pub fn of(marks: impl IntoIterator<Item = Mark>) -> Self {
        Self { marks: marks.into_iter().filter(|mark| mark.score > Score::NONE).collect() }
    }

    /// The marks in record order.
    pub fn marks(&self) -> impl Iterator<Item = &Mark> {
        self.marks.iter()
    }

    /// How far down a leg anything is felt.
    #[must_use]
    pub fn reach(&self) -> Reach {
        self.marks.iter().map(|mark| mark.place.reach()).max().unwrap_or(Reach::Back)
    }

    /// Whether anything is felt between the legs.
    #[must_use]
    pub fn has_saddle(&self) -> bool {
        self.marks.iter().any(|mark| mark.place == Place::Saddle)
    }

    /// Whether anything is felt in both legs: one mark on both, or marks on each.
    #[must_use]
    pub fn has_both_legs(&self) -> bool {
        let legs = || self.marks.iter().filter(|mark| mark.place.is_leg());
        let on = |side| legs().any(|mark| mark.side == side);
        // A leg has no middle: whoever marks one there means both.
        on(Side::Both) || on(Side::Middle) || (on(Side::Left) && on(Side::Right))
    }

    /// This map with `more` marks.
    #[must_use]
    pub fn with(&self, more: &[Mark]) -> Self {
        Self::of(self.marks.iter().chain(more).copied())
    }
}

/// Today, compared with the map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// The same.
    Same,
    /// Better.
    Better,
    /// Worse, in the places of the map.
    Worse,
    /// In a place that the map does not have.
    NewPlace(Vec<Mark>),
}

/// What a map and today's answer come to, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MapVerdict {
    /// Nothing in the way.
    Fine,
    /// Both legs, known and no worse: a clinician has to have said so in writing.
    KnownBothLegs,
    /// Worse, or a new place: not today, and a clinician should know.
    NotToday,
    /// Between the legs, or both legs new or worse: an emergency.
    RedFlag,
}

impl MapVerdict {
    /// Scope of a clearance for symptoms in both legs.
    pub const BOTH_LEGS_SCOPE: &'static str = "both-legs";
}

/// Holds today's answer against `map`.
#[must_use]
pub fn compare(map: &SymptomMap, today: &Compared) -> MapVerdict {
    match today {
        Compared::Same | Compared::Better => {
            if map.has_saddle() {
                MapVerdict::RedFlag
            } else if map.has_both_legs() {
                MapVerdict::KnownBothLegs
            } else {
                MapVerdict::Fine
            }
        }
        Compared::Worse => alarm(map),
        Compared::NewPlace(marks) => alarm(&map.with(marks)),
    }
}

fn alarm(map: &SymptomMap) -> MapVerdict {
    if map.has_saddle() || map.has_both_legs() { MapVerdict::RedFlag } else { MapVerdict::NotToday }
}

/// How far pain went down the leg, and how strong it was in the back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PainReach {
    /// How far down.
    pub reach: Reach,
    /// In the back.
    pub back: Score,
}

/// Which way pain moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Centralisation {
    /// It left the leg, and the back rose by no more than [`BACK_RISE`]: the step is held.
    Held,
    /// It went further down: a step back.
    FurtherDown,
    /// Neither: the other rules decide.
    Unmoved,
}

/// How much the back may rise while pain leaves the leg.
pub const BACK_RISE: u8 = 2;

/// Which way pain moved from `before` to `now`.
#[must_use]
pub fn centralisation(before: PainReach, now: PainReach) -> Centralisation {
    let left = before.reach.is_leg() && !now.reach.is_leg();
    if now.reach > before.reach {
        Centralisation::FurtherDown
    } else if left && now.back.rise(before.back) <= BACK_RISE {
        Centralisation::Held
    } else {
        Centralisation::Unmoved
    }
}

#[cfg(test)]
mod tests;
