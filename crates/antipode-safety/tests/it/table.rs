//! A table read over a 250-ms link.

use antipode_safety::{
    Angle, DriveState, Envelope, FaultSet, Guard, Latches, Leave, Limits, Millis, Rate, Reading,
    Setting, Switches, Timestamp,
};

pub(crate) const CLOSED: Latches = Latches { fitted: 2, first_closed: true, second_closed: true };

/// Everything that a motion can need.
pub(crate) const LEAVE: Leave = Leave {
    armed: true,
    stop_clear: true,
    return_held: false,
    latches: CLOSED,
    journal_ready: true,
    dose_left: Millis::from_secs(420),
};

pub(crate) const ENVELOPE: Envelope = Envelope {
    lease: Millis::new(250),
    stop_decel_millideg_per_s2: 8_000,
    max_rate: Rate::clamped(3_000),
};

pub(crate) fn guard(setting: Setting) -> Guard {
    Guard::new(Limits::hard(setting), ENVELOPE)
}

pub(crate) fn reading(at: u64, seq: u32, tilt: Option<Angle>, second: Option<Angle>) -> Reading {
    Reading {
        at: Timestamp::from_millis(at),
        seq,
        table_ms: u32::try_from(at).unwrap_or(u32::MAX),
        tilt,
        tilt_second: second,
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
