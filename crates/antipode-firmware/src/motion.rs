//! How fast: from what is wanted to a setpoint inside this table's own limits (I1, I2, I19).

use antipode_safety::Angle;

use crate::angle::{Estimate, Quality};
use crate::canary::{self, Canary};
use crate::config::Config;

/// Closer than this counts as there. Wider than one tick of the slowest approach, so that the bed
/// does not step over it.
pub(crate) const ARRIVED_MDEG: i32 = 20;
/// Two healthy sources differ by less than this.
const LEAD_MDEG: i32 = 1_000;
/// Longest tick that speeds up the ramp; a later one counts as this, so that a loop that hung for a
/// moment does not jump (I1).
const MAX_DT_MS: u32 = 20;

/// The fastest rate from which planned slowing stops within `distance` millidegrees.
fn approach(distance: i32, accel: u32) -> i32 {
    if distance <= ARRIVED_MDEG {
        return 0;
    }
    let square = 2 * u64::from(accel) * u64::from(distance.unsigned_abs());
    i32::try_from(square.isqrt()).unwrap_or(i32::MAX)
}

/// Where the bed counts as being on the way to `target`: on the way down at the more head-down
/// source where that leads clearly, so that a drive whose angle lags never lowers past the target.
pub(crate) fn toward_from(at: &Estimate, target: i32) -> i32 {
    let leads = at.worst - at.control > LEAD_MDEG;
    if leads && target > at.control { at.worst.min(target) } else { at.control }
}

/// The rate toward `target` at most `speed`, inside the table's own range.
pub(crate) fn toward(config: &Config, at: &Estimate, target: i32, speed: i32) -> i32 {
    // Of two sources the more head-down one ends a lowering.
    let distance = target - toward_from(at, target);
    let rate = speed.min(approach(distance.abs(), config.accel_mdeg_per_s2));
    within_range(config, at, if distance < 0 { -rate } else { rate })
}

/// `rate`, slowed so that no source passes an end of the table's own range.
pub(crate) fn within_range(config: &Config, at: &Estimate, rate: i32) -> i32 {
    let accel = config.accel_mdeg_per_s2;
    if rate > 0 {
        if canary::active(Canary::RangeIgnored) {
            return rate;
        }
        rate.min(approach(config.tilt_max.millideg() - at.worst, accel))
    } else {
        -(-rate).min(approach(at.least - config.tilt_min.millideg(), accel))
    }
}

/// What slows a return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gently {
    /// Something about the angle or the latches is doubtful.
    pub(crate) creep: bool,
    /// The drive is hot.
    pub(crate) hot: bool,
}

/// Whether a return has nothing more to do.
pub(crate) fn returned(at: &Estimate) -> bool {
    // Doubtful sources may be far apart. Where none says head-down and one says above the rest
    // band, there is nothing to gain (I19).
    let above = at.worst <= 0 && at.least < Angle::REST_LOW.millideg();
    at.worst <= Angle::REST_AIM.millideg() + ARRIVED_MDEG || above
}

/// Whether one of two sources that contradict each other says above the rest band: nothing goes on
/// by itself toward upright on the word of the other alone (C-06, I19).
pub(crate) fn may_be_past_rest(at: &Estimate) -> bool {
    at.quality == Quality::Disagree && at.least < Angle::REST_LOW.millideg()
}

/// The rate of a return that asks for `speed`: never positive. Judged by the most head-down source.
pub(crate) fn back(config: &Config, at: &Estimate, speed: i32, gently: Gently) -> i32 {
    if returned(at) {
        return 0;
    }
    let level = config.level_rate.millideg_per_s();
    let accel = config.accel_mdeg_per_s2;
    let mut rate = speed;
    if at.worst > 45_000 {
        rate = rate.max(config.return_min_rate.millideg_per_s());
    }
    rate = rate.min(config.return_max_rate.millideg_per_s());
    if gently.hot {
        rate = rate.min(level);
    }
    if gently.creep {
        rate = rate.min(config.creep_rate.millideg_per_s());
    }
    let above_level = u64::from(at.worst.max(0).unsigned_abs());
    let passes_level =
        (u64::from(level.unsigned_abs()).pow(2) + 2 * u64::from(accel) * above_level).isqrt();
    rate = rate.min(i32::try_from(passes_level).unwrap_or(i32::MAX));
    rate = rate.min(approach(at.worst - Angle::REST_AIM.millideg(), accel));
    // A held return goes on where sources contradict each other: no further than the table turns.
    -rate.min(approach(at.least - config.tilt_min.millideg(), accel)).max(0)
}

/// The next setpoint on the way from `now` to `wanted`: speeding up at the configured rate, slowing
/// no faster than a stop, zero at once, and through zero when the direction changes.
pub(crate) fn ramp(config: &Config, now: i32, wanted: i32, dt_ms: u32) -> i32 {
    if wanted == 0 {
        return 0;
    }
    let from = if now.signum() == -wanted.signum() { 0 } else { now };
    let step =
        |per_s2: u32, ms: u32| i32::try_from(per_s2.saturating_mul(ms) / 1_000).unwrap_or(i32::MAX);
    let size = if wanted.abs() > from.abs() {
        let gained = step(config.accel_mdeg_per_s2, dt_ms.min(MAX_DT_MS));
        wanted.abs().min(from.abs() + gained)
    } else {
        let shed = step(config.stop_decel_mdeg_per_s2, dt_ms);
        wanted.abs().max(from.abs().saturating_sub(shed))
    };
    size * wanted.signum()
}

#[cfg(test)]
mod tests;
