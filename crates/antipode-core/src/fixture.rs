//! A session for the tests of other crates: one place to say what their reference table can do.

use std::sync::Arc;

use antipode_safety::{
    Millis, Rate,
    guard::Envelope,
    limits::{Limits, Setting},
};

use crate::plan::Program;
use crate::session::{Company, SessionConfig, TableFacts};

/// What a session is told that runs `program` at home, on a table that can do everything, with a
/// spotter, on a day without a session before.
#[must_use]
pub fn config(program: Program) -> SessionConfig {
    SessionConfig {
        program: Arc::new(program),
        limits: Limits::hard(Setting::Home),
        envelope: Envelope {
            lease: Millis::new(250),
            stop_decel_millideg_per_s2: 8_000,
            max_rate: Rate::clamped(3_000),
        },
        table: TableFacts {
            latch_sensors: 2,
            second_angle: true,
            returns_without_host: true,
            hand_control: true,
            rescue_without_power: true,
        },
        company: Company::Spotter,
        day_before: Millis::ZERO,
        dead_man: false,
        date_certain: true,
    }
}
