//! The invariants by number, and where each is shown.

use std::fmt;

/// An invariant of HAZARDS.md. Most are judged here; four cannot be seen in a trace, see [`Invariant::shown_by`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Invariant {
    /// Rate and acceleration stay within hard, table and person bounds.
    I1,
    /// The worst-case tilt after loss of the host stays within the limit.
    I2,
    /// STOP means zero rate, or a held local RETURN toward the rest band.
    I3,
    /// After a STOP the next frame on every link is STOP.
    I4,
    /// Lowering only on a fresh, rising, agreed tilt.
    I5,
    /// A stale tilt stops the table within one tick, except creep; then the way home in time.
    I6,
    /// After the last valid frame the table travels no further than the lease allows.
    I7,
    /// The rest band is reached whenever it can be reached (liveness).
    I8,
    /// Head-down motion starts only when everything is ready.
    I9,
    /// Head-down time stays within the limits of bout, session and day.
    I10,
    /// Limits do not widen before the rest band.
    I11,
    /// One lease at a time; its number is never used again.
    I12,
    /// Duplicate, late, reordered and replayed frames have no effect.
    I13,
    /// No motion before the start record is durable; every session that moved has an end.
    I14,
    /// Acknowledged records survive.
    I15,
    /// STOP and zero rate depend on no disk, allocator, lock, network or screen. Not judged here.
    I16,
    /// Every reaction head-down has its alarm, latched and with a cause.
    I17,
    /// After STOP, fault, reset or lease change nothing lowers before a new human act in the rest band.
    I18,
    /// Automatic motion ends in the rest band; upright is an attended act.
    I19,
    /// A return that gets nowhere, or the wrong way, is noticed.
    I20,
    /// The same seed gives the same trace. Not judged here.
    I21,
    /// The core step neither allocates nor panics. Not judged here.
    I22,
    /// Any byte string is rejected or in range. Not judged here.
    I23,
    /// Every refusal, cap and stop names its rule.
    I24,
    /// The true tilt stays within the plan.
    PlanLimit,
}

impl Invariant {
    /// Every invariant, in order.
    pub const ALL: [Self; 25] = [
        Self::I1,
        Self::I2,
        Self::I3,
        Self::I4,
        Self::I5,
        Self::I6,
        Self::I7,
        Self::I8,
        Self::I9,
        Self::I10,
        Self::I11,
        Self::I12,
        Self::I13,
        Self::I14,
        Self::I15,
        Self::I16,
        Self::I17,
        Self::I18,
        Self::I19,
        Self::I20,
        Self::I21,
        Self::I22,
        Self::I23,
        Self::I24,
        Self::PlanLimit,
    ];

    /// Where the invariant is shown when a trace cannot show it; `None` = judged by this monitor.
    #[must_use]
    pub const fn shown_by(self) -> Option<&'static str> {
        match self {
            Self::I16 => Some(
                "loom model of the STOP word in antipode-safety, and the dependency rules of xtask tidy",
            ),
            Self::I21 => Some("equal trace hashes over seeds, builds and thread counts"),
            Self::I22 => Some(
                "counting-allocator tests and instruction counts of the step; no_std and lints in antipode-safety",
            ),
            Self::I23 => Some("fuzz targets and property tests of every parser"),
            Self::I1
            | Self::I2
            | Self::I3
            | Self::I4
            | Self::I5
            | Self::I6
            | Self::I7
            | Self::I8
            | Self::I9
            | Self::I10
            | Self::I11
            | Self::I12
            | Self::I13
            | Self::I14
            | Self::I15
            | Self::I17
            | Self::I18
            | Self::I19
            | Self::I20
            | Self::I24
            | Self::PlanLimit => None,
        }
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::PlanLimit { f.write_str("plan limit") } else { write!(f, "{self:?}") }
    }
}
