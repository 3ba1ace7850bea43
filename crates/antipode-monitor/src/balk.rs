//! Whether the way back is blocked, by the truth: a stall that a controller claims counts only where something could
//! make it stall (C-07, C-08, H-11).

use crate::profile::Profile;
use crate::row::REST_TOP_MDEG;
use crate::trace::{Event, Source, Tick};

/// A stall is noticed within this after what caused it: 500 ms without progress or 200 ms over the current limit, and a
/// slow loop.
const NOTICED_MS: u64 = 1_000;
/// A current sensor that was wrong is believed again after a second, and one that is looked into takes 1.3 s.
const UNFELT_MS: u64 = 1_500;

/// What a row needs to know of the way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Back {
    /// A stall on the way back is latched for a reason: nothing automatic may push on until people ask (C-08).
    pub(crate) balked: bool,
    /// Something in the mechanics has just stopped it.
    pub(crate) pushes: bool,
    /// Nothing would feel what the bed runs against: only a hold may move it (H-11).
    pub(crate) unfelt: bool,
}

/// The way back, row by row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Balk {
    balked: bool,
    asked: bool,
    pushed_ms: Option<u64>,
    misread_ms: Option<u64>,
    unfelt_ms: Option<u64>,
}

impl Balk {
    pub(crate) fn event(&mut self, event: &Event) {
        self.asked |= matches!(event, Event::ReturnPressed { wired: true });
    }

    pub(crate) fn update(&mut self, now: &Tick, profile: &Profile) -> Back {
        let (plant, firmware, t_ms) = (&now.plant, &now.firmware, now.t_ms);
        let driven = firmware.alive && firmware.relay_closed && firmware.setpoint_mdeg_s < 0;
        let heavy = plant.current_ma > profile.current_limit_ma;
        if driven && (plant.obstructed || !plant.drive_able || plant.runaway || heavy) {
            self.pushed_ms = Some(t_ms);
        }
        let lies = |source| matches!(source, Source::FaultShowing | Source::FaultSilent);
        let misread = lies(plant.primary_source) || lies(plant.second_source);
        if driven && (misread || plant.current_reads_high) {
            self.misread_ms = Some(t_ms);
        }
        if plant.current_reads_high {
            self.unfelt_ms = Some(t_ms);
        }
        let within = |at: Option<u64>, ms: u64| at.is_some_and(|at| t_ms - at <= ms);
        let pushes = within(self.pushed_ms, NOTICED_MS);
        let reason = pushes || within(self.misread_ms, NOTICED_MS);
        let asked = std::mem::take(&mut self.asked);
        let down = plant.tilt_mdeg > REST_TOP_MDEG;
        self.balked = firmware.stall_latched && down && (reason || self.balked && !asked);
        Back { balked: self.balked, pushes, unfelt: within(self.unfelt_ms, UNFELT_MS) }
    }
}

#[cfg(test)]
mod tests;
