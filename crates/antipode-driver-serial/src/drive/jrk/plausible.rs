//! Whether a report of the position can be one: it carries no check, so it is held against what is
//! known of the device.

use crate::codec::pololu::jrk::{FeedbackSettings, Motion};

/// Scaled feedback may differ from what raw feedback gives by this much: the two are rounded, and
/// may be of two rounds of averaging.
const ROUNDING: i64 = 12;
/// The whole range.
const FULL: i64 = 4_095;

/// What the settings say of every report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    min: i64,
    max: i64,
}

impl Known {
    pub(super) fn new(feedback: &FeedbackSettings) -> Self {
        Self { min: feedback.min.get().into(), max: feedback.max.get().into() }
    }

    /// Whether `motion` agrees with itself: the input is the target where commands set it, and the
    /// scaled position is the raw one over the configured range, either way round.
    pub(super) fn believes(self, motion: &Motion) -> bool {
        if motion.input.get() != motion.target.counts() || self.max <= self.min {
            return false;
        }
        let raw = i64::from(motion.feedback.get()).clamp(self.min, self.max);
        let scaled = (raw - self.min) * FULL / (self.max - self.min);
        let seen = i64::from(motion.scaled_feedback.get());
        let agrees = |value: i64| (value - seen).abs() <= ROUNDING;
        agrees(scaled) || agrees(FULL - scaled)
    }
}
