//! Whether the drive can turn the bed, by the truth: what a controller says of its drive excuses nothing by itself.

use crate::profile::Profile;
use crate::trace::{Event, Tick};

/// What a healthy temperature sensor may be wrong by, thousandths of a degree Celsius.
const HEAT_ERROR_MC: i32 = 1_000;
/// A relay that opened while the motor ran away, or so soon after, opened for it (H-09, and H-11 for a motor fed against
/// its brake: 1 s over the limit and 300 ms of looking), ms.
const CUT_FOR_RUNAWAY_MS: u64 = 1_500;
/// A controller that started this often within a minute stays put until it has run for a minute (H-15).
const STARTS: usize = 3;
const MINUTE_MS: u64 = 60_000;

/// What a row needs to know of the drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Able {
    /// It would turn the bed: not jammed, not too hot, not rightly cut off.
    pub(crate) drive: bool,
    /// The controller restarts again and again.
    pub(crate) looping: bool,
}

/// The state of the drive, row by row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drive {
    hot: bool,
    ran_away_ms: Option<u64>,
    /// De-energised after a true runaway, until people at level start anew (C-15).
    cut_off: bool,
    started_now: bool,
    boot_count: Option<u32>,
    /// When the controller last started, newest first.
    starts_ms: [Option<u64>; STARTS],
}

impl Drive {
    pub(crate) fn event(&mut self, event: &Event) {
        self.started_now |= matches!(event, Event::HumanStart);
    }

    pub(crate) fn update(&mut self, now: &Tick, profile: &Profile) -> Able {
        self.heat(now, profile);
        self.cut(now);
        let looping = self.loops(now);
        Able { drive: now.plant.drive_able && !self.hot && !self.cut_off, looping }
    }

    /// H-12: above the hard limit nothing runs; below it a return is finished.
    fn heat(&mut self, now: &Tick, profile: &Profile) {
        let limit =
            if self.hot { profile.hot_over_mc } else { profile.hot_hard_mc - HEAT_ERROR_MC };
        self.hot = now.plant.drive_mc >= limit;
    }

    /// H-09: only a motor that truly ran away may be left cut off, and only for as long as it is.
    fn cut(&mut self, now: &Tick) {
        if now.plant.runaway {
            self.ran_away_ms = Some(now.t_ms);
        }
        let lately = self.ran_away_ms.is_some_and(|at| now.t_ms - at <= CUT_FOR_RUNAWAY_MS);
        let open = !now.firmware.relay_closed;
        let level = now.plant.tilt_mdeg <= crate::row::REST_TOP_MDEG;
        let cleared = std::mem::take(&mut self.started_now) && level && !now.plant.runaway;
        self.cut_off = open && !cleared && (self.cut_off || lately);
    }

    /// H-15, by the monitor's own count.
    fn loops(&mut self, now: &Tick) -> bool {
        let count = now.firmware.boot_count;
        if self.boot_count != Some(count) {
            self.boot_count = Some(count);
            self.starts_ms.rotate_right(1);
            self.starts_ms[0] = Some(now.t_ms);
        }
        let (Some(newest), Some(oldest)) = (self.starts_ms[0], self.starts_ms[STARTS - 1]) else {
            return false;
        };
        newest - oldest <= MINUTE_MS && now.t_ms - newest <= MINUTE_MS
    }
}

#[cfg(test)]
mod tests;
