//! Two neighbouring ticks, and the questions that several rules ask of them.

use crate::balk::Back;
use crate::drive::Able;
use crate::profile::Profile;
use crate::trace::{Motion, Source, Tick};

/// Upper edge of the rest band plus what a healthy source and braking may add, millidegree of true tilt.
pub(crate) const REST_TOP_MDEG: i32 = 500;
/// Lower edge of the rest band with the same tolerance, millidegree of true tilt.
pub(crate) const REST_BOTTOM_MDEG: i32 = -10_500;
/// Age from which a tilt is stale (I5, I6), ms.
pub(crate) const FRESH_MS: u32 = 250;
/// Difference at which two sources disagree, millidegree, and how long it may last before the reaction, ms (H-07).
pub(crate) const DISAGREE_MDEG: i32 = 5_000;
pub(crate) const DISAGREE_MS: u32 = 300;
/// Difference under which two sources that disagreed agree again, millidegree (H-07: the warning's).
const AGREE_MDEG: i32 = 3_000;

/// Whether the two sources of a row contradict each other; `before` is the answer for the row before.
pub(crate) fn apart(now: &Tick, before: bool) -> bool {
    let (first, second) = (now.firmware.tilt_mdeg, now.firmware.second_tilt_mdeg);
    let limit = if before { AGREE_MDEG } else { DISAGREE_MDEG };
    matches!((first, second), (Some(a), Some(b)) if a.saturating_sub(b).saturating_abs() > limit)
}

/// The step under judgement.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) now: &'a Tick,
    pub(crate) before: &'a Tick,
    pub(crate) dt_ms: u32,
    pub(crate) profile: &'a Profile,
    pub(crate) able: Able,
    pub(crate) back: Back,
    /// Alone under STOP, the bed may come up by itself.
    pub(crate) alone: bool,
    /// The host is not heard at the table: the wire is cut, or a bad one has let nothing through for a lease.
    pub(crate) cut: bool,
    /// The two sources contradict each other, or did and have not come together again.
    pub(crate) apart: bool,
}

impl Row<'_> {
    pub(crate) fn tilt(&self) -> i32 {
        self.now.plant.tilt_mdeg
    }

    pub(crate) fn setpoint(&self) -> i32 {
        self.now.firmware.setpoint_mdeg_s
    }

    pub(crate) fn speed(&self) -> i32 {
        self.setpoint().saturating_abs()
    }

    /// By how much the bed truly turns faster than its command, either way.
    pub(crate) fn excess(&self) -> i32 {
        self.now.plant.rate_mdeg_s.saturating_abs() - self.speed()
    }

    /// The part of the setpoint toward head-down.
    pub(crate) fn lowering(&self) -> i32 {
        self.setpoint().max(0)
    }

    pub(crate) fn motion(&self) -> Motion {
        self.now.firmware.motion
    }

    pub(crate) fn head_down(&self) -> bool {
        self.tilt() > REST_TOP_MDEG
    }

    /// One control tick, as seen through rows: a period may end just after a row.
    pub(crate) fn tick_ms(&self) -> u32 {
        self.profile.control_period_ms + self.dt_ms
    }

    /// Time until a change at the host must show at the table whatever the link does: the last lease granted before
    /// the change, which may have been a time-to-live on its way.
    pub(crate) fn via_host_ms(&self) -> u32 {
        2 * self.profile.ttl_ms + self.tick_ms()
    }

    /// The drive would turn the bed for a controller that runs steadily.
    pub(crate) fn drive_acts(&self) -> bool {
        self.able.drive && !self.able.looping
    }

    /// At least one source tells the truth: without one no controller can know where the bed is.
    pub(crate) fn truthful(&self) -> bool {
        let plant = &self.now.plant;
        plant.primary_source == Source::Healthy || plant.second_source == Source::Healthy
    }

    /// No fitted source is faulty.
    pub(crate) fn all_truthful(&self) -> bool {
        let plant = &self.now.plant;
        let good = |source| matches!(source, Source::Healthy | Source::NotFitted);
        good(plant.primary_source) && good(plant.second_source) && self.truthful()
    }

    /// The same controller was running at both ends of the step.
    pub(crate) fn same_boot(&self) -> bool {
        let (now, before) = (&self.now.firmware, &self.before.firmware);
        now.alive && before.alive && now.boot_count == before.boot_count
    }

    /// The same host process was running at both ends of the step.
    pub(crate) fn same_host(&self) -> bool {
        let (now, before) = (&self.now.host, &self.before.host);
        now.alive && before.alive && now.start_count == before.start_count
    }

    /// Most severe reaction that any living controller has in force.
    pub(crate) fn reaction(&self) -> u8 {
        let (firmware, host) = (&self.now.firmware, &self.now.host);
        let of = |alive: bool, reaction: u8| if alive { reaction } else { 0 };
        of(firmware.alive, firmware.reaction).max(of(host.alive, host.reaction))
    }

    pub(crate) fn stop_latched(&self) -> bool {
        let (firmware, host) = (&self.now.firmware, &self.now.host);
        firmware.stop_latched || host.stop_latched || self.now.people.wired_stop_pressed
    }
}

/// A clock that runs while something holds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    since_ms: Option<u64>,
}

impl Clock {
    /// For how long `holds` has been true at the end of this row, ms; 0 in the first row that shows it.
    pub(crate) fn run(&mut self, t_ms: u64, holds: bool) -> u64 {
        if !holds {
            self.since_ms = None;
            return 0;
        }
        t_ms - *self.since_ms.get_or_insert(t_ms)
    }
}

/// Follows a speed that must come down to zero once a condition holds: free for a grace time, then below the stop
/// ramp, and never up again. A jump to zero is always allowed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stopping {
    clock: Clock,
    last: i32,
    ceiling: i32,
    least: Option<i32>,
}

impl Stopping {
    /// The speed still allowed when `speed` exceeds it; `None` while all is well.
    pub(crate) fn exceeded(
        &mut self,
        row: &Row<'_>,
        must_stop: bool,
        speed: i32,
        grace_ms: u32,
    ) -> Option<i32> {
        if !must_stop {
            *self = Self { last: speed, ..Self::default() };
            return None;
        }
        let elapsed_ms = self.clock.run(row.now.t_ms, true);
        self.ceiling = match elapsed_ms {
            0 => self.last.max(speed),
            _ => self.ceiling,
        };
        self.last = speed;
        let Some(ramp_ms) = elapsed_ms.checked_sub(u64::from(grace_ms)) else {
            self.ceiling = self.ceiling.max(speed);
            return None;
        };
        let ramp_ms = i64::try_from(ramp_ms.min(60_000)).unwrap_or(60_000);
        let shed = i64::from(row.profile.stop_decel_mdeg_s2) * ramp_ms / 1_000;
        let ramp = i64::from(self.ceiling).saturating_sub(shed).max(0);
        let ramp = i32::try_from(ramp).unwrap_or(0);
        let allowed = ramp.min(self.least.unwrap_or(i32::MAX));
        self.least = Some(self.least.unwrap_or(i32::MAX).min(speed));
        (speed > allowed).then_some(allowed)
    }
}
