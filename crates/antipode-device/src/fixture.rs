//! A table for the tests of this crate and of others: one place to say what the reference table
//! states of itself.

use antipode_safety::{Angle, Millis, Rate};

use crate::{Capabilities, Rates, Rescue};

/// A simulated table that has everything a session can ask for; take away from it what a test is
/// about: `Capabilities { hand_control: false, ..fixture::table() }`.
#[must_use]
pub const fn table() -> Capabilities {
    Capabilities {
        simulated: true,
        rescue: Rescue::Gravity,
        returns_without_host: true,
        latch_sensors: 2,
        second_angle: true,
        hand_control: true,
        rates: Rates::Range { slowest: Rate::clamped(100), fastest: Rate::clamped(6_000) },
        tilt_min: Angle::UPRIGHT,
        tilt_max: Angle::clamped(60_000),
        lease: Millis::new(250),
        stop_decel: 8_000,
        report_every: Millis::new(50),
        serial: 1,
        firmware: 1,
        config_hash: 1,
        boot_count: 1,
    }
}
