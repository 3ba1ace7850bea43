//! The rules that a plan is held against, each with its source.

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
}

impl Rule {
    /// What the rule speaks of, as the subject of a sentence.
    pub(super) const fn subject(self) -> &'static str {
        match self {
            Self::HasBout => "the number of bouts",
            Self::RepeatNotEmpty => "the number of blocks to repeat",
            Self::Nesting => "the depth of blocks inside blocks",
            Self::Segments => "the number of segments",
            Self::StepCount => "the number of steps",
            Self::HeadDown => "the tilt",
            Self::LowTilt => "the low tilt",
        }
    }

    /// How the value must stand to the limit.
    pub(super) const fn relation(self) -> &'static str {
        match self {
            Self::HasBout | Self::RepeatNotEmpty | Self::StepCount | Self::HeadDown => {
                "it must be at least"
            }
            Self::Nesting | Self::Segments => "it must be at most",
            Self::LowTilt => "it must lie within",
        }
    }

    /// Why the rule exists, in one phrase.
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
        }
    }
}
