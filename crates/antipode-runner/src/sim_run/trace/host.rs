//! What the host of a row claims: its session, its limits, and what it sent.

use antipode_core::session::Audit;
use antipode_engine::VirtualShell;
use antipode_monitor::trace;
use antipode_safety::{Angle, Millis};
use antipode_sim::world::World;

use super::super::recorder::Recorder;

/// Whether the host runs.
#[derive(Clone, Copy)]
pub(super) struct Away {
    /// Not at this moment.
    pub(super) now: bool,
    /// For longer than a busy machine would.
    pub(super) gone: bool,
}

pub(super) fn host(
    audit: &Audit,
    recorder: &Recorder,
    shell: &VirtualShell<World>,
    host_starts: u32,
    away: Away,
) -> trace::Host {
    let millideg = |angle: Option<Angle>| angle.map(Angle::millideg);
    let limits = &audit.limits;
    trace::Host {
        alive: !away.gone,
        away: away.now,
        start_count: host_starts,
        link_open: shell.table().port().is_connected(),
        session_active: audit.live,
        session_state: audit.state as u8,
        person_confirmed: audit.person_confirmed,
        self_test_age_ms: audit.self_test_age.map_or(u32::MAX, short),
        journal_acknowledged: audit.start_durable,
        tilt_mdeg: millideg(audit.tilt),
        second_tilt_mdeg: millideg(audit.tilt_second),
        reading_age_ms: audit.reading_age.map_or(u32::MAX, short),
        reading_seq: audit.reading_seq,
        commanded_mdeg_s: audit.commanded.millideg_per_s(),
        sent_motion: recorder.sent.motion,
        sent_return: recorder.sent.home,
        sent_stop: recorder.sent.stop,
        sent_heartbeat: recorder.sent.heartbeat,
        frames_ahead_of_stop: recorder.ahead_of_stop.unwrap_or(0),
        stop_latched: audit.stop_latched,
        stop_acknowledged: audit.stop_at_table,
        paused: audit.paused,
        at_rest: audit.at_rest,
        plan_tilt_mdeg: Some(audit.plan_tilt.millideg().max(3_000)),
        bout_target_mdeg: millideg(audit.bout_target),
        limits: trace::Limits {
            tilt_mdeg: audit.tilt_limit.millideg(),
            lower_mdeg_s: limits.lower_rate().value().millideg_per_s(),
            raise_mdeg_s: limits.raise_rate().value().millideg_per_s(),
            hold_ms: short(audit.hold_limit),
            bout_ms: short(audit.bout_limit),
            session_ms: short(limits.session().value()),
            day_ms: short(limits.day().value()),
        },
        reaction: audit.reaction,
        alarm_priority: audit.alarm_priority,
        alarm_causes: u8::try_from(audit.alarms.count_ones()).unwrap_or(u8::MAX),
        alarm_silenced: audit.silenced,
    }
}

fn short(time: Millis) -> u32 {
    u32::try_from(time.get()).unwrap_or(u32::MAX)
}
