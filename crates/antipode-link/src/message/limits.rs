//! The limits that a host may read, and narrow.

use antipode_safety::{Angle, Millis, Rate};

/// What a table keeps inside of whatever it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TableLimits {
    /// Head-up end of the range.
    pub tilt_min: Angle,
    /// Head-down end of the range.
    pub tilt_max: Angle,
    /// Fastest rate of a motion frame, without direction. A return has its own.
    pub max_rate: Rate,
    /// Longest time head-down before the table returns by itself; whole seconds on the wire.
    pub head_down: Millis,
}

impl TableLimits {
    /// Whether nothing in `self` is wider than in `other`.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.tilt_min >= other.tilt_min
            && self.tilt_max <= other.tilt_max
            && self.max_rate.magnitude() <= other.max_rate.magnitude()
            && self.head_down <= other.head_down
    }
}

/// A table's answer about its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LimitsReport {
    /// What counts now.
    pub in_force: TableLimits,
    /// What was commissioned into the board, and counts again after its next start.
    pub commissioned: TableLimits,
    /// Hash of every commissioned setting, as in [`crate::TableInfo`].
    pub config_hash: u32,
}
