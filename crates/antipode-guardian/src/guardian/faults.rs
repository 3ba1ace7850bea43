//! What a drive reports, and what the host is told of it.
//!
//! | the drive | the host sees | what it means |
//! |-|-|-|
//! | not fit, silent, too hot, a fault that nobody knows | `HotHard` ("must not run") | no arming, no motion, no return, as long as it lasts |
//! | no motor power, its hard-wired stop open | `StopLoopOpen` | STOP, latched |
//! | stood by its own timeout, or misheard the line | `LeaseExpired` | no motion until a start clears it; a return clears it by itself |
//! | its own current limit | `OverCurrent` | the same, cleared by a person |
//! | no position | `AngleInvalid` | the angle of the drive is gone |
//!
//! The words for these are those of every table; which of several causes it was stands in the
//! guardian's log, and a driver that opens the table names it.

use antipode_safety::{Fault, FaultSet, Millis, Timestamp};

use crate::{Drive, Fitness};

/// A drive that has said nothing intact for so long is not there.
const SILENT: Millis = Millis::new(400);

/// What one look at a drive says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// It must not run.
    pub(super) unfit: bool,
    /// STOP.
    pub(super) no_power: bool,
    /// Its position may be believed.
    pub(super) position_holds: bool,
    /// It stands, and nothing is wrong but what silence brings about.
    pub(super) only_silence: bool,
    stood: bool,
    over_current: bool,
}

impl Verdict {
    pub(super) fn of(drive: &dyn Drive, now: Timestamp) -> Self {
        let status = drive.status();
        let faults = status.faults;
        let fit = match drive.fitness() {
            Fitness::Fit { .. } => true,
            Fitness::Unknown | Fitness::Unfit { .. } => false,
        };
        let heard = status.heard.is_some_and(|heard| now.since(heard) <= SILENT);
        let stood = faults.timed_out || faults.line;
        Self {
            unfit: !fit || !heard || faults.unknown || faults.too_hot,
            no_power: fit && faults.no_power,
            position_holds: fit && !faults.no_position,
            only_silence: stood && !faults.over_current && !faults.no_power,
            stood,
            over_current: faults.over_current,
        }
    }

    /// What the controller latches too; nothing while the drive is being asked to forget.
    pub(super) fn to_latch(self, forgetting: bool) -> FaultSet {
        let counts = !forgetting && !self.unfit;
        FaultSet::NONE
            .with(Fault::LeaseExpired, counts && self.stood)
            .with(Fault::OverCurrent, counts && self.over_current)
    }
}
