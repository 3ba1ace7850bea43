//! A plan and a session for tests, of this crate and of others: one place to say what their
//! reference table can do.

use std::num::NonZeroU16;
use std::sync::Arc;

use antipode_safety::{
    Angle, Millis, Rate,
    guard::Envelope,
    limits::{Limits, Setting},
};

use crate::plan::{Attendance, Block, EvidenceStrength, Finish, Plan, Program, StaticBout, Travel};
use crate::session::{Company, SessionConfig, TableFacts};

/// A plan of `bouts` that each hold `tilt_deg` for `hold_s` seconds, a minute of rest after each.
#[must_use]
#[expect(clippy::unwrap_used, reason = "a test that asks for what cannot be has failed")]
pub fn plan(bouts: u16, tilt_deg: i32, hold_s: u64) -> Plan {
    let (lower, raise) = (Rate::clamped(1_500), Rate::clamped(1_000));
    Plan {
        name: "test".into(),
        title: "Test".into(),
        evidence: "none".into(),
        strength: EvidenceStrength::Proposal,
        attendance: Attendance::Spotter,
        blocks: vec![Block::Static(StaticBout {
            repeat: NonZeroU16::new(bouts).unwrap(),
            tilt: Angle::from_deg(tilt_deg).unwrap(),
            hold: Millis::from_secs(hold_s),
            rest: Millis::from_secs(60),
            travel: Travel::new(lower, raise).unwrap(),
        })],
        finish: Finish::DEFAULT,
    }
}

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
        effort: None,
        date_certain: true,
    }
}
