#![cfg(not(loom))]

use super::*;
use crate::angle::AngleState;
use crate::limits::Setting;
use crate::reading::{DriveState, Fault, Switches};

mod home;
mod lowering;
mod upright;
mod words;

const fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms)
}

const fn mdeg(millideg: i64) -> Angle {
    Angle::clamped(millideg)
}

const fn rate(millideg_per_s: i64) -> Rate {
    Rate::clamped(millideg_per_s)
}

const fn motion(target: i64, millideg_per_s: i64) -> Motion {
    Motion { target: mdeg(target), rate: rate(millideg_per_s) }
}

const CLOSED: Latches = Latches { fitted: 2, first_closed: true, second_closed: true };

/// Everything that a motion can need.
const LEAVE: Leave = Leave {
    armed: true,
    stop_clear: true,
    return_held: false,
    latches: CLOSED,
    journal_ready: true,
    dose_left: Millis::from_secs(420),
};

/// A 250-ms link, a stop at 8 degrees per second squared, 3 degrees a second at most.
const ENVELOPE: Envelope =
    Envelope { lease: Millis::new(250), stop_decel_millideg_per_s2: 8_000, max_rate: rate(3_000) };

fn guard() -> Guard {
    Guard::new(Limits::hard(Setting::Home), ENVELOPE)
}

fn reading(ms: u64, tilt: Option<i64>, second: Option<i64>) -> Reading {
    let stamp = u32::try_from(ms).unwrap();
    Reading {
        at: at(ms),
        seq: stamp + 1,
        table_ms: stamp,
        tilt: tilt.map(mdeg),
        tilt_second: second.map(mdeg),
        rate: Rate::ZERO,
        drive: DriveState::Holding,
        latches: CLOSED,
        switches: Switches::NONE,
        faults: FaultSet::NONE,
        accepted: 0,
        current_ma: 0,
        supply_mv: 24_000,
        temperature_c: 25,
    }
}

/// A guard that read `tilt` at 1000 ms.
fn guard_at(tilt: i64) -> Guard {
    let mut guard = guard();
    assert_eq!(guard.observe(at(1_000), &reading(1_000, Some(tilt), None)), None);
    guard
}

/// Asks at 1000 ms.
fn ask(guard: &Guard, motion: Motion, leave: &Leave) -> Result<Permit, Refusal> {
    guard.permit(at(1_000), motion, leave)
}
