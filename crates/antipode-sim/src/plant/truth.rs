//! What is true of the table and no controller can see: for instruments that judge controllers.

use super::Plant;
use super::sensor::Source;
use crate::number::{milli, whole};

impl Plant {
    /// True temperature of the drive, in thousandths of a degree Celsius.
    #[must_use]
    pub fn true_drive_mc(&self) -> i32 {
        milli(self.warmth.celsius())
    }

    /// True current of the motor without direction, whatever its sensor reads, in milliamperes.
    #[must_use]
    pub fn true_current_ma(&self) -> u32 {
        whole(self.drive.current_ma()).unsigned_abs()
    }

    /// How long ago encoder and inclinometer last gave the controller a value that measures
    /// something, in milliseconds; `None` where none is fitted. A value that is repeated, late or
    /// wrong counts: no controller can tell it from a good one by itself.
    #[must_use]
    pub fn true_ages_ms(&self) -> [Option<u64>; 2] {
        let age = |source: &Source| self.now_ms.saturating_sub(source.given_ms());
        [Some(age(&self.encoder)), self.inclinometer.as_ref().map(age)]
    }
}
