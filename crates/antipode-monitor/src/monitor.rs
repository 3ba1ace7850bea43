//! The monitor itself: feeds neighbouring rows to every rule.

use crate::alarm::AlarmRules;
use crate::alone::AloneRules;
use crate::balk::Balk;
use crate::dose::DoseRules;
use crate::drive::Drive;
use crate::held::HeldRules;
use crate::home::HomeRules;
use crate::lease::LeaseRules;
use crate::motion::MotionRules;
use crate::profile::Profile;
use crate::record::RecordRules;
use crate::rest::RestRules;
use crate::row::{Clock, Row, apart};
use crate::sensing::SensingRules;
use crate::stop::StopRules;
use crate::trace::{Event, Tick};
use crate::violation::{Report, Verdict, Violation};

/// A longer gap between rows counts as this: no trace has one, and sums stay small.
const GAP_MAX_MS: u64 = 3_600_000;

/// Judges a run, row by row. A copy judges a fork of the run.
///
/// Give the events of a step first, then its row. Rows must rise in time; a row that does not is ignored. Observing
/// allocates nothing as long as no rule is broken.
#[derive(Clone, Debug)]
pub struct Monitor {
    profile: Profile,
    last: Option<Tick>,
    started: bool,
    report: Report,
    drive: Drive,
    balk: Balk,
    alone: AloneRules,
    /// Since the last frame of a living host that came through.
    unheard: Clock,
    apart: bool,
    motion: MotionRules,
    stop: StopRules,
    sensing: SensingRules,
    lease: LeaseRules,
    record: RecordRules,
    dose: DoseRules,
    home: HomeRules,
    held: HeldRules,
    rest: RestRules,
    alarm: AlarmRules,
}

impl Monitor {
    /// A monitor for one run judged by `profile`.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        Self {
            profile,
            last: None,
            started: false,
            report: Report::default(),
            drive: Drive::default(),
            balk: Balk::default(),
            alone: AloneRules::default(),
            unheard: Clock::default(),
            apart: false,
            motion: MotionRules::default(),
            stop: StopRules::default(),
            sensing: SensingRules::default(),
            lease: LeaseRules::default(),
            record: RecordRules::default(),
            dose: DoseRules::default(),
            home: HomeRules::default(),
            held: HeldRules::default(),
            rest: RestRules::default(),
            alarm: AlarmRules::default(),
        }
    }

    /// Takes note of something that happened in the step whose row comes next.
    pub fn observe_event(&mut self, event: &Event) {
        self.drive.event(event);
        self.balk.event(event);
        self.alone.event(event);
        self.stop.event(event);
        self.record.event(event);
        self.dose.event(event);
        self.home.event(event);
        self.alarm.event(event);
    }

    /// Judges one step. The first row only sets the scene: it is compared with itself.
    pub fn observe(&mut self, now: &Tick) {
        let now = tamed(now);
        let before = self.last.get_or_insert(now);
        if now.t_ms < before.t_ms || (now.t_ms == before.t_ms && self.started) {
            return;
        }
        self.started = true;
        let gap_ms = (now.t_ms - before.t_ms).min(GAP_MAX_MS);
        let dt_ms = u32::try_from(gap_ms).unwrap_or(u32::MAX);
        let alone = self.alone.may_come(&now, &self.profile);
        let back = self.balk.update(&now, &self.profile);
        let able = self.drive.update(&now, &self.profile);
        let unheard_ms = self.unheard.run(now.t_ms, now.wire.fresh_frames == 0);
        let lost = now.wire.lossy && unheard_ms > u64::from(self.profile.ttl_ms);
        let cut = !now.wire.up || lost;
        let profile = &self.profile;
        self.apart = apart(&now, self.apart);
        let apart = self.apart;
        let row = Row { now: &now, before, dt_ms, profile, able, back, alone, cut, apart };
        let report = &mut self.report;
        report.t_ms = now.t_ms;
        self.motion.check(&row, report);
        self.stop.check(&row, report);
        self.sensing.check(&row, report);
        self.lease.check(&row, report);
        self.record.check(&row, report);
        self.home.check(&row, report);
        self.alone.check(&row, self.home.way_but_for_stop(&row), report);
        self.held.check(&row, self.home.ran_away(), report);
        let way = self.home.way(&row);
        self.dose.check(&row, way, report);
        self.rest.check(&row, report);
        self.alarm.check(&row, report);
        self.last = Some(now);
    }

    /// Everything found so far, in order, at most [`Verdict::KEPT_MAX`].
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        self.report.violations()
    }

    /// Ends the run: judges what can only be judged at its end and sorts the findings. Call it once.
    #[must_use]
    pub fn finish(&mut self) -> Verdict {
        let idle = self.last.is_some_and(|tick| tick.host.alive && !tick.host.session_active);
        self.record.finish(idle, &mut self.report);
        let healed = self.last.and_then(|tick| self.home.healed_for_ms(tick.t_ms));
        self.report.verdict(healed)
    }
}

/// The row with its largest numbers cut to +-1000 degrees (per second): far beyond every bound, so that nothing is
/// hidden, and small enough that no sum overflows.
fn tamed(tick: &Tick) -> Tick {
    let cut = |number: &mut i32| *number = (*number).clamp(-1_000_000, 1_000_000);
    let mut tick = *tick;
    cut(&mut tick.plant.tilt_mdeg);
    cut(&mut tick.plant.rate_mdeg_s);
    cut(&mut tick.firmware.setpoint_mdeg_s);
    cut(&mut tick.firmware.accepted_rate_mdeg_s);
    cut(&mut tick.firmware.tilt_limit_mdeg);
    tick
}

#[cfg(test)]
mod tests;
