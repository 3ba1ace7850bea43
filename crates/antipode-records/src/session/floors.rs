//! What a session has measured at the very least, from its readings: for sessions that were cut off
//! before they could write their own summary.

use antipode_core::dose::HEAD_DOWN_FROM;
use antipode_safety::{Angle, Millis, Reading, Timestamp};

use super::BLOCK;
use super::block::decode_block;
use super::event::Often;
use crate::segment::RecordView;

/// Between two readings further apart nothing is known, so nothing counts.
const GAP: Millis = Millis::from_secs(1);

/// Bounds that the truth does not lie below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floors {
    head_down: Millis,
    deepest: Option<Angle>,
    before: Option<(Timestamp, Angle)>,
    last: Option<Angle>,
}

impl Floors {
    /// Nothing measured.
    pub const NONE: Self =
        Self { head_down: Millis::ZERO, deepest: None, before: None, last: None };

    /// Takes the next record of the session. What cannot be read measures nothing.
    pub fn take(&mut self, record: &RecordView<'_>) {
        if record.kind != BLOCK {
            return;
        }
        let Ok(block) = decode_block(record.stamp.at, record.payload) else { return };
        for (_, step) in block.steps {
            match step {
                Often::Reading(reading) => self.reading(&reading),
                Often::Tick | Often::Vital(_) => {}
            }
        }
    }

    fn reading(&mut self, reading: &Reading) {
        // Where the person may hang it is the source that says more.
        self.last = reading.tilt.max(reading.tilt_second);
        // Of two sources the one that says less.
        let tilt = match (reading.tilt, reading.tilt_second) {
            (Some(first), Some(second)) => first.min(second),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => {
                self.before = None;
                return;
            }
        };
        if let Some((then, before)) = self.before {
            let passed = reading.at.since(then);
            if before.min(tilt) >= HEAD_DOWN_FROM && passed <= GAP {
                self.head_down = self.head_down.plus(passed);
            }
        }
        self.deepest = self.deepest.max(Some(tilt));
        self.before = Some((reading.at, tilt));
    }

    /// Time at 5 degrees head-down and more.
    #[must_use]
    pub const fn head_down(&self) -> Millis {
        self.head_down
    }

    /// The tilt that was read last, of two sources the deeper; `None` when none was known then.
    #[must_use]
    pub const fn last(&self) -> Option<Angle> {
        self.last
    }

    /// The deepest tilt that was read; `None` without a reading.
    #[must_use]
    pub const fn deepest(&self) -> Option<Angle> {
        self.deepest
    }
}
