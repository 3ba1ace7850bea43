//! A hand-driven run for tests: a bed that follows its setpoint, a wire that delivers, sensors that agree.

use crate::invariant::Invariant;
use crate::monitor::Monitor;
use crate::profile::Profile;
use crate::trace::{Event, Firmware, Host, Limits, Motion, People, Plant, Source, Tick, Wire};

/// Length of a step, ms.
pub(crate) const STEP_MS: u64 = 10;

/// One run under a monitor. Every step first fills in a faithful world, then lets the test bend it.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) monitor: Monitor,
    pub(crate) tick: Tick,
}

impl Run {
    /// A session in the middle of a bout: standing at `tilt_mdeg`, everything ready, a human start behind it.
    pub(crate) fn at(tilt_mdeg: i32) -> Self {
        Self::with(Profile::home_serial(), tilt_mdeg)
    }

    pub(crate) fn with(profile: Profile, tilt_mdeg: i32) -> Self {
        let mut run = Self { monitor: Monitor::new(profile), tick: standing(0) };
        run.monitor.observe_event(&Event::SessionStarted);
        run.monitor.observe_event(&Event::HumanStart);
        run.monitor.observe(&run.tick);
        // The bed is put where the test wants it, without a way there.
        run.tick.plant.tilt_mdeg = tilt_mdeg;
        run.step(|_| {});
        run
    }

    pub(crate) fn event(&mut self, event: Event) -> &mut Self {
        self.monitor.observe_event(&event);
        self
    }

    /// One step. What `edit` changes stays, except what the world fills in again.
    pub(crate) fn step(&mut self, edit: impl FnOnce(&mut Tick)) -> &mut Self {
        let tick = &mut self.tick;
        tick.t_ms += STEP_MS;
        if tick.plant.drive_able {
            tick.plant.tilt_mdeg += tick.firmware.setpoint_mdeg_s / 100;
        }
        tick.plant.rate_mdeg_s = tick.firmware.setpoint_mdeg_s;
        for tilt in [
            &mut tick.firmware.tilt_mdeg,
            &mut tick.firmware.second_tilt_mdeg,
            &mut tick.host.tilt_mdeg,
            &mut tick.host.second_tilt_mdeg,
        ] {
            *tilt = Some(tick.plant.tilt_mdeg);
        }
        tick.host.reading_seq = tick.host.reading_seq.wrapping_add(1);
        let delivered = tick.wire.up && tick.host.alive;
        tick.wire.fresh_frames = u8::from(delivered);
        tick.firmware.frame_accepted = delivered && tick.firmware.setpoint_mdeg_s != 0;
        tick.firmware.accepted_rate_mdeg_s = tick.firmware.setpoint_mdeg_s;
        let spent = tick.firmware.lease_ms_left.saturating_sub(10);
        tick.firmware.lease_ms_left = if delivered { 250 } else { spent };
        edit(tick);
        self.monitor.observe(&self.tick);
        self
    }

    /// Steps for `ms`, bending every one.
    pub(crate) fn steps(&mut self, ms: u64, mut edit: impl FnMut(&mut Tick)) -> &mut Self {
        for _ in 0..ms / STEP_MS {
            self.step(&mut edit);
        }
        self
    }

    /// Lets the world run for `ms`.
    pub(crate) fn pass(&mut self, ms: u64) -> &mut Self {
        self.steps(ms, |_| {})
    }

    /// Ramps to `rate_mdeg_s` at 2 degrees/s^2 (to zero at once) as `motion`, and holds it for `ms`.
    pub(crate) fn drive(&mut self, motion: Motion, rate_mdeg_s: i32, ms: u64) -> &mut Self {
        self.steps(ms, |tick| {
            let from = tick.firmware.setpoint_mdeg_s;
            let base = if i64::from(from) * i64::from(rate_mdeg_s) > 0 { from } else { 0 };
            tick.firmware.motion = motion;
            let ramped = (base - 20).max(rate_mdeg_s).min(base + 20);
            let slower = rate_mdeg_s.abs() < base.abs();
            tick.firmware.setpoint_mdeg_s = if slower { rate_mdeg_s } else { ramped };
        })
    }

    /// The invariants broken so far, in order, without repeats.
    pub(crate) fn broken(&self) -> Vec<Invariant> {
        let mut broken: Vec<_> = self.monitor.violations().iter().map(|v| v.invariant).collect();
        broken.dedup();
        broken
    }

    /// Asserts that no rule was broken.
    #[track_caller]
    pub(crate) fn clean(&self) {
        let found: Vec<_> = self.monitor.violations().iter().map(ToString::to_string).collect();
        assert!(found.is_empty(), "expected no violation, found {found:#?}");
    }

    /// Asserts that exactly the rule that says `what` was broken.
    #[track_caller]
    pub(crate) fn breaks(&self, invariant: Invariant, what: &str) {
        let found: Vec<_> = self.monitor.violations().iter().map(ToString::to_string).collect();
        let said = self.monitor.violations().iter().all(|v| v.what.contains(what));
        assert!(
            said && self.broken() == [invariant],
            "expected only {invariant}: {what}; found {found:#?}"
        );
    }
}

/// The same world, as an empty canvas: standing, session running, all well.
pub(crate) fn standing(tilt_mdeg: i32) -> Tick {
    Tick {
        t_ms: 1_000,
        plant: Plant {
            tilt_mdeg,
            rate_mdeg_s: 0,
            day: 1,
            powered: true,
            drive_able: true,
            drive_mc: 25_000,
            current_ma: 2_000,
            current_reads_high: false,
            obstructed: false,
            runaway: false,
            brake_slipping: false,
            primary_source: Source::Healthy,
            second_source: Source::Healthy,
            person_on_table: true,
        },
        people: People {
            wired_stop_pressed: false,
            stop_pressed: false,
            return_held: false,
            wired_return_held: false,
            upright_held: false,
            jog_held: false,
            releasing: false,
            nobody_answers: false,
        },
        wire: Wire {
            up: true,
            lossy: false,
            fresh_frames: 1,
            stale_frames: 0,
            stop_delivered: false,
        },
        firmware: firmware(tilt_mdeg),
        host: host(tilt_mdeg),
    }
}

fn firmware(tilt_mdeg: i32) -> Firmware {
    Firmware {
        alive: true,
        boot_count: 1,
        setpoint_mdeg_s: 0,
        brake_set: true,
        relay_closed: true,
        motion: Motion::None,
        tilt_mdeg: Some(tilt_mdeg),
        tilt_age_ms: 10,
        second_tilt_mdeg: Some(tilt_mdeg),
        second_tilt_age_ms: 10,
        tilt_limit_mdeg: 60_000,
        lease_ms_left: 250,
        lease_epoch: 1,
        frame_accepted: false,
        accepted_epoch: 1,
        accepted_rate_mdeg_s: 0,
        stale_frames_accepted: 0,
        stop_latched: false,
        motion_locked: false,
        boot_hold: false,
        hands_on: false,
        stall_latched: false,
        direction_checked: true,
        latches_fitted: 2,
        latches_open: 0,
        reaction: 0,
        alarm_on: false,
    }
}

fn host(tilt_mdeg: i32) -> Host {
    Host {
        alive: true,
        away: false,
        start_count: 1,
        link_open: true,
        session_active: true,
        session_state: 0,
        person_confirmed: true,
        self_test_age_ms: 0,
        journal_acknowledged: true,
        tilt_mdeg: Some(tilt_mdeg),
        second_tilt_mdeg: Some(tilt_mdeg),
        reading_age_ms: 20,
        reading_seq: 0,
        commanded_mdeg_s: 0,
        sent_motion: false,
        sent_return: false,
        sent_stop: false,
        sent_heartbeat: true,
        frames_ahead_of_stop: 0,
        stop_latched: false,
        stop_acknowledged: false,
        paused: false,
        at_rest: false,
        plan_tilt_mdeg: None,
        bout_target_mdeg: None,
        limits: Limits {
            tilt_mdeg: 60_000,
            lower_mdeg_s: 3_000,
            raise_mdeg_s: 3_000,
            hold_ms: 300_000,
            bout_ms: 420_000,
            session_ms: 1_500_000,
            day_ms: 1_500_000,
        },
        reaction: 0,
        alarm_priority: 0,
        alarm_causes: 0,
        alarm_silenced: false,
    }
}
