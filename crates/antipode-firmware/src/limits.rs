//! The limits of the board: commissioned once, and narrowed by whoever stands at the table.
//!
//! A host can only tighten, and not even that by itself: it takes a person who holds OK at a
//! disarmed table. What was narrowed counts until the next start. Until then nothing widens it, so
//! that no frame, however it came about, gives a bed more room than it had.

use antipode_link::{AckResult, LimitsReport, TableLimits};
use antipode_safety::{Angle, Millis, Rate, Switch, Switches};

use crate::config::Config;
use crate::controller::Controller;

/// Slowest rate that a motion frame may be limited to, millidegrees a second: under it progress
/// cannot be told from noise, and the watch over stalls is blind.
const SLOWEST_MDEG_PER_S: i32 = 100;
/// Shortest time head-down that is one.
const SHORTEST_HEAD_DOWN: Millis = Millis::new(1_000);

/// OK at the hand control. A button that was down when the board started is stuck, or leaned on,
/// and counts only after it was let go.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OkButton {
    seen_up: bool,
    down: bool,
}

impl OkButton {
    pub(crate) fn update(&mut self, switches: Switches) {
        self.down = switches.has(Switch::Ok) && switches.has(Switch::HandControl);
        self.seen_up |= !switches.has(Switch::Ok);
    }

    const fn held(self) -> bool {
        self.seen_up && self.down
    }
}

impl Config {
    pub(crate) fn limits(&self) -> TableLimits {
        TableLimits {
            tilt_min: self.tilt_min,
            tilt_max: self.tilt_max,
            max_rate: self.max_rate,
            head_down: Millis::new(u64::from(self.head_down_cap_ms)),
        }
    }

    /// These settings inside `limits`; why not, where `limits` are wider or would leave no way home.
    pub(crate) fn tightened(self, limits: &TableLimits) -> Result<Self, AckResult> {
        if !limits.is_within(&self.limits()) {
            return Err(AckResult::WouldWiden);
        }
        // The rest band stays inside, and a rate or a time of nothing would be no limit but a lock.
        let usable = limits.tilt_min <= Angle::REST_LOW
            && limits.tilt_max >= Angle::LEVEL
            && limits.max_rate.magnitude() >= Rate::clamped(i64::from(SLOWEST_MDEG_PER_S))
            && limits.head_down >= SHORTEST_HEAD_DOWN;
        let head_down_cap_ms = u32::try_from(limits.head_down.get());
        match head_down_cap_ms {
            Ok(head_down_cap_ms) if usable => Ok(Self {
                tilt_min: limits.tilt_min,
                tilt_max: limits.tilt_max,
                max_rate: limits.max_rate.magnitude(),
                head_down_cap_ms,
                ..self
            }),
            Ok(_) | Err(_) => Err(AckResult::OutOfRange),
        }
    }
}

impl Controller {
    pub(crate) fn limits(&self) -> LimitsReport {
        LimitsReport {
            in_force: self.config.limits(),
            commissioned: self.commissioned.limits(),
            config_hash: self.commissioned.hash(),
        }
    }

    pub(crate) fn set_limits(&mut self, limits: &TableLimits) -> AckResult {
        if self.session.armed() {
            return AckResult::StillArmed;
        }
        if self.at.is_none() {
            return AckResult::NoAngle;
        }
        if !self.level_or_up() {
            return AckResult::NotInRest;
        }
        if !self.ok.held() {
            return AckResult::ButtonNotHeld;
        }
        match self.config.tightened(limits) {
            Ok(config) => {
                self.config = config;
                AckResult::Accepted
            }
            Err(refusal) => refusal,
        }
    }
}
