//! What commissioning writes down for one table. Placeholders: measure yours.

use antipode_firmware::Config;
use antipode_firmware::backend::RelayPairConfig;
use antipode_safety::{Angle, Rate};

/// Degrees a second, thousandths: the actuator's one speed at the fastest point of its stroke.
const SPEED: Rate = Rate::clamped(2_000);
/// How far the bed runs on after the contacts opened, with the heaviest person's weight.
const COAST: Angle = Angle::clamped(150);
/// Between the two contacts.
const DEAD_MS: u32 = 200;

/// The controller's settings: the reference table, with one speed and one angle source.
pub const fn config() -> Config {
    Config {
        serial: 1,
        max_rate: SPEED,
        return_rate: SPEED,
        return_max_rate: SPEED,
        second_angle: false,
        battery: false,
        ..Config::reference()
    }
}

/// The relay pair's settings.
pub fn relay_pair() -> RelayPairConfig {
    let accel = config().accel_mdeg_per_s2;
    // A constant of this file: it either always fits or never, and a board that never starts is safe.
    RelayPairConfig::new(SPEED, DEAD_MS, COAST, accel).expect("a drive that contacts can run")
}

/// What the sensors on the pins mean.
#[cfg(not(feature = "simulated-bed"))]
pub mod pins {
    use core::ops::RangeInclusive;

    /// Potentiometer on the hinge: the converter's value at the head-up end and at the head-down end,
    /// and the angles there, in millidegrees.
    pub const POT: [(i32, i32); 2] = [(100, -90_000), (900, 60_000)];
    /// Outside, the wire is broken or shorted.
    pub const POT_WHOLE: RangeInclusive<i32> = 60..=960;
    /// Milliamperes for each step of the converter behind the current sensor.
    pub const MA_PER_STEP: u32 = 20;
    /// Millivolts of supply for each step of the converter behind the divider.
    pub const MV_PER_STEP: u32 = 30;
    /// The supply from mains is above this.
    pub const MAINS_MV: u32 = 21_000;
}
