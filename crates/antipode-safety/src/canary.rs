//! Seeded defects: each turns one control of this crate off, to prove that the tests, the simulator
//! and the monitor around it can fail.
//!
//! Without the feature `canary` the check is a constant `false` and the defects are not in the
//! build. With it, one relaxed static selects at most one defect; the
//! program then holds no driver of a real table.

/// Whether this build has the defects in it. A program that drives real tables refuses to compile
/// then.
pub const COMPILED_IN: bool = cfg!(feature = "canary");

/// A seeded defect of this crate. Numbers 1 to 99 belong to `antipode-safety`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
pub enum Canary {
    /// The angle watch never calls a source stale (H-04, I5).
    StaleUnseen = 1,
    /// The worst case leaves the age of the reading out (I2).
    WorstCaseIgnoresAge = 2,
    /// A narrowing is taken even when it widens (I11).
    LimitsWiden = 3,
    /// STOP answers with an automatic return (I3).
    StopReturns = 4,
    /// Two angle sources that disagree are never noticed (H-07).
    DisagreementUnseen = 5,
    /// A stuck angle is never noticed (H-05).
    FlatUnseen = 6,
    /// The guard forgets the lease and the stopping distance (I2).
    StoppingDistanceIgnored = 7,
    /// The guard compares whole degrees, so a part of a degree past the limit is let through.
    LimitOffByOne = 8,
    /// The guard lowers a person whose ankle latch is open (H-33).
    LatchesIgnored = 9,
    /// The guard gives leave to move while STOP is latched (I3).
    StopIgnored = 10,
    /// The guard refuses the way home while the angle is unknown (I8).
    HomeRefused = 11,
    /// The guard lowers a person who has no time left to come back in (I10).
    DoseIgnored = 12,
    /// Turning faster than the command is never noticed (H-09).
    RunawayUnseen = 13,
    /// Turning against the command is never noticed (I20).
    WrongWayUnseen = 14,
    /// A return that gains nothing is never noticed (H-11).
    StallUnseen = 15,
    /// STOP is acknowledged away while it is still pressed.
    AcknowledgeWhilePressed = 16,
    /// A cause that comes and goes starts its delay afresh each time.
    FlappingResetsDelay = 17,
    /// A jump of the angle is believed (H-06).
    JumpBelieved = 18,
    /// An automatic motion may end further head-up than the rest band (I19).
    UprightUnattended = 19,
    /// A brake that slips is never noticed (H-10).
    SlipUnseen = 20,
    /// The guard moves before the session is on record (I14).
    JournalIgnored = 21,
}

impl Canary {
    /// Every seeded defect of this crate.
    pub const ALL: [Self; 21] = [
        Self::StaleUnseen,
        Self::WorstCaseIgnoresAge,
        Self::LimitsWiden,
        Self::StopReturns,
        Self::DisagreementUnseen,
        Self::FlatUnseen,
        Self::StoppingDistanceIgnored,
        Self::LimitOffByOne,
        Self::LatchesIgnored,
        Self::StopIgnored,
        Self::HomeRefused,
        Self::DoseIgnored,
        Self::RunawayUnseen,
        Self::WrongWayUnseen,
        Self::StallUnseen,
        Self::AcknowledgeWhilePressed,
        Self::FlappingResetsDelay,
        Self::JumpBelieved,
        Self::UprightUnattended,
        Self::SlipUnseen,
        Self::JournalIgnored,
    ];

    /// The number that `select` takes.
    #[must_use]
    pub const fn number(self) -> u32 {
        self as u32
    }
}

#[cfg(feature = "canary")]
mod selected {
    use super::Canary;
    use core::sync::atomic::{AtomicU32, Ordering};

    static SELECTED: AtomicU32 = AtomicU32::new(0);

    /// Turns the defect with this number on and every other one off; 0 and numbers of other crates
    /// turn all of this crate's off.
    pub fn select(number: u32) {
        SELECTED.store(number, Ordering::Relaxed);
    }

    /// Whether `canary` is the selected defect.
    pub(crate) fn active(canary: Canary) -> bool {
        SELECTED.load(Ordering::Relaxed) == canary.number()
    }
}

#[cfg(feature = "canary")]
pub(crate) use selected::active;
#[cfg(feature = "canary")]
pub use selected::select;

/// Whether `canary` is the selected defect: never, in this build.
#[cfg(not(feature = "canary"))]
pub(crate) const fn active(_canary: Canary) -> bool {
    false
}
