//! What a drive reports, and what the host is told of it.
//!
//! | the drive | the host sees | what it means |
//! |-|-|-|
//! | not fit, silent, too hot, broken | `HotHard` ("must not run") | no arming, no motion, no return, as long as it lasts |
//! | another device than it was, or is to be; something that nobody knows; a current or a temperature that it no longer tells | `HotSoft` ("start nothing") | no arming, no motion; a return goes on, as long as it lasts |
//! | a stop wired to its own input is open | `StopLoopOpen` | STOP, latched |
//! | no motor power | `SupplyLow` | nothing turns; once it is back a return goes on, the table's own after a rest |
//! | stood by its own timeout under an order, or misheard the line | `LeaseExpired` | no motion until a start clears it; a return clears it by itself |
//! | stood by its own timeout while nobody ordered anything | nothing | the next arming clears it (see [`Timeout`]) |
//! | its own current limit | `OverCurrent` | on the way down: it comes back, once; on the way back: people |
//! | no position | `AngleInvalid` | the angle of the drive is gone |
//!
//! The words for these are those of every table; which of several causes it was stands in the
//! guardian's log, and a driver that opens the table names it.

use antipode_firmware::DriveNotes;
use antipode_safety::{Fault, FaultSet, Millis, Timestamp};

use super::forget::Forget;
use crate::{Drive, Fitness};

/// A drive that has said nothing intact for so long is not there.
const SILENT: Millis = Millis::new(400);

/// What one look at a drive says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// It must not run.
    pub(super) unfit: bool,
    /// STOP.
    pub(super) stop_open: bool,
    /// Nothing starts; a return is tried.
    pub(super) doubtful: bool,
    /// Its motor has no power.
    pub(super) no_power: bool,
    /// Its position may be believed.
    pub(super) position_holds: bool,
    /// It stands, and nothing is wrong but what silence brings about.
    pub(super) only_silence: bool,
    /// It stood by its own timeout.
    pub(super) timed_out: bool,
    /// Its own current limit has stopped it.
    over_current: bool,
    misheard: bool,
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
            unfit: !fit || !heard || faults.broken || faults.too_hot,
            stop_open: fit && faults.stop_open,
            doubtful: faults.unknown,
            no_power: fit && faults.no_power,
            position_holds: fit && !faults.no_position,
            only_silence: stood && !faults.over_current && !faults.no_power && !faults.stop_open,
            timed_out: faults.timed_out,
            misheard: faults.line,
            over_current: faults.over_current,
        }
    }

    /// What the controller is told; not what the drive is being asked to forget.
    pub(super) fn notes(self, timeout: Timeout, forget: &Forget, now: Timestamp) -> DriveNotes {
        let silence = !self.unfit && !forget.is_under_way(now);
        let rest = !self.unfit && !forget.is_of_all(now);
        let stood = self.misheard || timeout == Timeout::UnderOrder;
        let over_current = rest && self.over_current;
        DriveNotes {
            unfit: self.unfit,
            doubtful: self.doubtful,
            unpowered: self.no_power,
            over_current,
            latch: FaultSet::NONE
                .with(Fault::LeaseExpired, silence && stood)
                .with(Fault::OverCurrent, over_current),
        }
    }
}

/// Whether the drive stood by its own timeout, and what that says.
///
/// A drive whose rest does not feed its timeout runs it out whenever nobody has ordered anything for a
/// while; that is what the timeout is for, and no fault of the host (H-01). What ran out while an order
/// stood was one: the bed stood still without the controller. Armed, the drive is kept fed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Timeout {
    /// It did not.
    #[default]
    Runs,
    /// While nobody ordered anything.
    AtRest,
    /// While an order stood; stays so until the drive has forgotten it.
    UnderOrder,
}

/// What is known of the drive's orders when its timeout is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ordered {
    /// The host has armed it.
    pub(super) armed: bool,
    /// When it was last told anything but to rest.
    pub(super) last: Option<Timestamp>,
    /// That is its newest order.
    pub(super) stands: bool,
    /// Its own timeout, where known.
    pub(super) timeout: Option<Millis>,
}

impl Timeout {
    /// The next state, from what the drive reports.
    pub(super) fn next(self, now: Timestamp, timed_out: bool, ordered: Ordered) -> Self {
        // What was said last counts for one timeout: what is seen earlier ran out under it.
        let recent = match (ordered.last, ordered.timeout) {
            (Some(last), Some(timeout)) => now.since(last) < timeout,
            (Some(_), None) => true,
            (None, _) => false,
        };
        match self {
            Self::Runs | Self::AtRest | Self::UnderOrder if !timed_out => Self::Runs,
            Self::UnderOrder => Self::UnderOrder,
            Self::Runs | Self::AtRest if ordered.armed || ordered.stands || recent => {
                Self::UnderOrder
            }
            Self::Runs | Self::AtRest => Self::AtRest,
        }
    }
}
