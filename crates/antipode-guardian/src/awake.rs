//! Whether the computer of a guardian stays awake.

/// What keeps the computer of a guardian from sleeping.
///
/// A guardian that sleeps cannot bring anybody up: the drive's own timeout has stopped the bed, and the
/// person hangs there until the computer is woken (H-03). So it counts like power that will not last
/// (hazards, conflict table, "Mains lost, battery ok"): nobody is lowered, and whoever is head-down
/// comes up at once, while something can still bring them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awake {
    /// A lock against sleep is held, or whoever runs this computer has stated that it never sleeps.
    Kept,
    /// There is no lock, and there was none: nothing goes below level.
    NotKept,
    /// There was a lock, and it is gone: nothing starts at all until there is one again.
    Lost,
}

impl Awake {
    /// Whether the table counts as one whose power will not last, with the bed head-down as far as
    /// anyone can tell or not.
    pub(crate) const fn wanes(self, head_down: bool) -> bool {
        match self {
            Self::Kept => false,
            Self::NotKept => head_down,
            Self::Lost => true,
        }
    }
}
