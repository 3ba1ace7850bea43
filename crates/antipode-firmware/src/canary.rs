//! Seeded defects: each turns one control of this crate off, to prove that the tests, the simulator
//! and the monitor around it can fail.
//!
//! Without the feature `canary` the check is a constant `false` and the defects are not in the
//! build. With it, one relaxed static selects at most one defect; hardware drivers refuse to
//! compile.

/// A seeded defect of this crate. Numbers 201 to 299 belong to `antipode-firmware`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
pub enum Canary {
    /// A motion frame counts for ever (H-01).
    LeaseIgnored = 201,
    /// A lost host leaves the person where they are (H-01, I8).
    HostLossNeverReturns = 202,
    /// STOP halts but does not latch (I3, I18).
    StopNotLatched = 203,
    /// Turning faster than the command is never noticed (H-09).
    RunawayUnseen = 204,
    /// Ankle latches are never looked at (H-33).
    LatchesIgnored = 205,
    /// Frames act in whatever order and however often they come (H-17, I13).
    SequenceUnchecked = 206,
    /// The table's own head-down end is not kept (I2).
    RangeIgnored = 207,
    /// A blocked bed is pushed on (H-11).
    StallUnseen = 208,
    /// Head-down time has no end (H-26).
    HeadDownCapIgnored = 209,
    /// Two angle sources that disagree are never noticed (H-07).
    DisagreementUnseen = 210,
    /// A held return goes on when the button is let go (I3).
    HeldReturnLatches = 211,
    /// Frames of any session move the table (H-19, I12).
    SessionUnchecked = 212,
    /// A return on doubtful angles, latches or current goes at full speed (C-05, C-06, C-14).
    CreepIgnored = 213,
}

impl Canary {
    /// Every seeded defect of this crate.
    pub const ALL: [Self; 13] = [
        Self::LeaseIgnored,
        Self::HostLossNeverReturns,
        Self::StopNotLatched,
        Self::RunawayUnseen,
        Self::LatchesIgnored,
        Self::SequenceUnchecked,
        Self::RangeIgnored,
        Self::StallUnseen,
        Self::HeadDownCapIgnored,
        Self::DisagreementUnseen,
        Self::HeldReturnLatches,
        Self::SessionUnchecked,
        Self::CreepIgnored,
    ];

    /// The number that `select` takes.
    #[must_use]
    pub const fn number(self) -> u32 {
        self as u32
    }
}

#[cfg(feature = "canary")]
mod selected {
    use core::sync::atomic::{AtomicU32, Ordering};

    use super::Canary;

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
