//! How the motor is driven: I1 rate and acceleration, I2 room to stop, I7 lease and travel, I20 effect of a return.

use crate::row::{Clock, FRESH_MS, Row, Stopping};
use crate::trace::Motion;
use crate::violation::{Report, Rule};

/// How far above a bound of the way home the bed may pass zero tilt, millidegree: the controller slows by its own
/// tilt, which lags by up to 60 ms at 6 degrees/s and may be wrong by 0.3 degree.
const CROSSING_MDEG: i32 = -1_000;
/// H-09: excess of the true rate over the setpoint, millidegree/s; detection 150 ms and cut-off 200 ms.
const RUNAWAY_MDEG_S: i32 = 2_000;
const RUNAWAY_CUT_MS: u64 = 350;
/// H-05: a source that does not follow is found out within this.
const SOURCE_FOUND_MS: u64 = 1_000;
/// I7: what gear play and the body add to the travel, millidegree.
const TRAVEL_PLAY_MDEG: i64 = 200;
/// I20: a return that ran this long may not have risen by this much.
const WRONG_WAY_AFTER_MS: u64 = 1_000;
const WRONG_WAY_MDEG: i32 = 2_000;
/// I20: gain demanded of each 3 s of return, millidegree; only where twice as much was commanded, so that the slow
/// end of a return is no stall.
const STALL_WINDOW_MS: u64 = 3_000;
const STALL_GAIN_MDEG: i32 = 1_000;
const STALL_COMMANDED_MDEG: i64 = 2_000;
/// I20, H-11: time from the proof of no effect to the reaction (500 ms of detection are over by then).
const EFFECT_REACTION_MS: u64 = 500;

#[derive(Clone, Debug, Default)]
pub(crate) struct MotionRules {
    runaway: Clock,
    slowing: bool,
    too_fast: Stopping,
    no_room: Stopping,
    no_lease: Stopping,
    limits_steady: Clock,
    last_frame: Option<LastFrame>,
    effect: Option<Effect>,
    wrong_way: Clock,
    stalled: Clock,
}

/// Where the bed was when the last valid frame took effect.
#[derive(Clone, Copy, Debug)]
struct LastFrame {
    t_ms: u64,
    tilt_mdeg: i32,
    rate_mdeg_s: i32,
}

/// What a return has been told and has done since it began, and in its current 3 s.
#[derive(Clone, Copy, Debug)]
struct Effect {
    began_ms: u64,
    lowest_mdeg: i32,
    window_ms: u64,
    window_tilt_mdeg: i32,
    /// Commanded travel in this window, millidegree * 1000.
    commanded: i64,
    failed: Option<(i32, i64)>,
}

impl MotionRules {
    pub(crate) fn check(&mut self, row: &Row<'_>, report: &mut Report) {
        acceleration(row, report);
        self.rate(row, report);
        self.true_rate(row, report);
        self.room(row, report);
        self.lease(row, report);
        self.travel(row, report);
        self.effect(row, report);
    }

    /// I1: a motion keeps to its own bound; the host's limits count once they have been steady for long enough that
    /// every frame sent under wider ones has run out.
    fn rate(&mut self, row: &Row<'_>, report: &mut Report) {
        let (now, profile) = (row.now, row.profile);
        let same = row.same_host() && now.host.limits == row.before.host.limits;
        let steady = self.limits_steady.run(now.t_ms, same && now.host.session_active) > 1_000
            && now.host.alive;
        let lower = profile.lower_mdeg_s();
        let home = profile.hard_return_mdeg_s.min(profile.device_mdeg_s);
        let plan = |limit: i32, hard: i32| if steady { limit.min(hard) } else { hard };
        let down = row.setpoint() > 0;
        let mut bound = match (row.motion(), down) {
            (Motion::Plan, true) => plan(now.host.limits.lower_mdeg_s, lower),
            (Motion::Plan, false) => plan(now.host.limits.raise_mdeg_s, home),
            (Motion::Jog | Motion::Creep, _) => profile.creep_mdeg_s,
            (Motion::Upright, _) => profile.hard_upright_mdeg_s,
            (_, true) => lower,
            (_, false) => home,
        };
        // A controller that hangs does not see the bed pass level; its watchdog cuts it.
        if !down && row.tilt() < CROSSING_MDEG && row.all_truthful() && now.firmware.alive {
            bound = bound.min(profile.hard_upright_mdeg_s);
        }
        // A change of motion may have to ramp down from the faster one before it, and a controller
        // that turns slowly holds each step of that ramp for a tick.
        let over = row.speed() > bound;
        self.slowing = over && (self.slowing || row.motion() != row.before.firmware.motion);
        let late = self.too_fast.exceeded(row, self.slowing, row.speed(), row.tick_ms()).is_some();
        let ramping = row.speed() < row.before.firmware.setpoint_mdeg_s.saturating_abs();
        let broken = over && !ramping && (late || !self.slowing);
        let numbers = [row.setpoint().into(), bound.into(), row.tilt().into(), 0];
        report.judge(Rule::RateTooHigh, broken, numbers);
    }

    /// I1 and H-09 on the truth: a bed that outruns its command is cut off. Not judged while the brake slips or a
    /// person works the release (cutting power would not stop that), or when no source tells the truth.
    fn true_rate(&mut self, row: &Row<'_>, report: &mut Report) {
        let (plant, firmware) = (&row.now.plant, &row.now.firmware);
        let cut = !firmware.relay_closed && firmware.brake_set;
        let fast = row.excess() > RUNAWAY_MDEG_S;
        let free = plant.brake_slipping || row.now.people.releasing;
        let judged = firmware.alive && !free && row.truthful();
        let for_ms = self.runaway.run(row.now.t_ms, fast && judged && !cut);
        // One source alone is no proof: while one lies, the other has to be told from it first.
        let told_ms = if row.all_truthful() { 0 } else { SOURCE_FOUND_MS };
        let limit = RUNAWAY_CUT_MS + told_ms + u64::from(row.dt_ms);
        let numbers = [plant.rate_mdeg_s.into(), row.setpoint().into(), millis(for_ms), 0];
        report.judge(Rule::TrueRateRunsAway, for_ms > limit, numbers);
    }

    /// I2: lowering leaves room for lease and ramp before the limit, from the deepest valid source at its worst.
    fn room(&mut self, row: &Row<'_>, report: &mut Report) {
        let firmware = &row.now.firmware;
        let rate = row.lowering();
        let worst = deepest_mdeg(row);
        let travel = row.profile.loss_travel_mdeg(rate);
        let limit = firmware.tilt_limit_mdeg.min(row.profile.tilt_limit_mdeg);
        let tight = worst.is_some_and(|worst| i64::from(worst) + travel > i64::from(limit));
        let grace = row.tick_ms();
        // A motor that runs away takes the bed where no command meant it; that it is cut off in time
        // is judged above.
        let taken = row.now.plant.runaway && row.excess() > RUNAWAY_MDEG_S;
        let over = self.no_room.exceeded(row, rate > 0 && tight && !taken, rate, grace).is_some();
        let worst = worst.unwrap_or_default();
        let numbers = [rate.into(), worst.into(), travel, limit.into()];
        report.judge(Rule::NoRoomToStop, over, numbers);
    }

    /// I7: the host's motion ends with its lease.
    fn lease(&mut self, row: &Row<'_>, report: &mut Report) {
        let leased = matches!(row.motion(), Motion::Plan | Motion::Jog | Motion::SelfTest);
        // A controller that hangs is its watchdog's.
        let speed = if leased && row.now.firmware.alive { row.speed() } else { 0 };
        let out = row.now.firmware.lease_ms_left == 0;
        let allowed = self.no_lease.exceeded(row, out, speed, row.tick_ms());
        let numbers = [row.setpoint().into(), allowed.unwrap_or_default().into(), 0, 0];
        report.judge(Rule::DrivenWithoutLease, allowed.is_some(), numbers);
    }

    /// I7 on the truth. Not judged for motion that needs no frame (own return, held controls, release),
    /// nor while brake, motor or power fail: then the bed does not follow the controller.
    fn travel(&mut self, row: &Row<'_>, report: &mut Report) {
        let (plant, firmware) = (&row.now.plant, &row.now.firmware);
        let framed = matches!(
            row.motion(),
            Motion::None | Motion::Plan | Motion::Jog | Motion::SelfTest | Motion::Return
        );
        let follows = plant.powered && row.drive_acts() && !plant.brake_slipping && !plant.runaway;
        if !(framed && follows && firmware.alive) || row.now.people.releasing {
            self.last_frame = None;
        } else if firmware.frame_accepted || row.now.wire.fresh_frames > 0 {
            let told = match firmware.frame_accepted || row.speed() > 0 {
                true => firmware.accepted_rate_mdeg_s.saturating_abs(),
                false => 0,
            };
            let true_rate = plant.rate_mdeg_s.saturating_abs().min(row.profile.hard_return_mdeg_s);
            let rate_mdeg_s = told.max(row.speed()).max(true_rate);
            self.last_frame =
                Some(LastFrame { t_ms: row.now.t_ms, tilt_mdeg: row.tilt(), rate_mdeg_s });
        }
        let Some(last) = self.last_frame else {
            report.judge(Rule::TravelAfterLastFrame, false, [0; 4]);
            return;
        };
        let travel = i64::from(row.tilt() - last.tilt_mdeg).abs();
        let allowed = row.profile.loss_travel_mdeg(last.rate_mdeg_s)
            + TRAVEL_PLAY_MDEG
            + i64::from(last.rate_mdeg_s) * i64::from(row.profile.control_period_ms) / 1_000;
        let since = millis(row.now.t_ms - last.t_ms);
        let numbers = [travel, allowed, since, last.rate_mdeg_s.into()];
        report.judge(Rule::TravelAfterLastFrame, travel > allowed, numbers);
    }

    /// I20 on the truth: a return without effect must stop driving. Not judged when no source tells the truth.
    fn effect(&mut self, row: &Row<'_>, report: &mut Report) {
        let driving = row.setpoint() < 0
            && row.truthful()
            && row.now.firmware.alive
            && row.now.firmware.relay_closed;
        if !driving {
            self.effect = None;
        }
        let t_ms = row.now.t_ms;
        let tilt = row.tilt();
        let mut rise = 0;
        let mut for_ms = 0;
        let mut failed = None;
        if driving {
            let effect = self.effect.get_or_insert(Effect::new(t_ms, tilt));
            effect.update(row);
            rise = tilt - effect.lowest_mdeg;
            for_ms = t_ms - effect.began_ms;
            failed = effect.failed;
        }
        let wrong = for_ms >= WRONG_WAY_AFTER_MS && rise > WRONG_WAY_MDEG;
        let wrong_ms = self.wrong_way.run(t_ms, wrong);
        let numbers = [rise.into(), millis(for_ms), row.setpoint().into(), 0];
        report.judge(Rule::WrongWayReturn, wrong_ms > EFFECT_REACTION_MS, numbers);

        // Of two sources the one that moves is believed (H-05): while one lies, it may hide a stall.
        let stalled_ms = self.stalled.run(t_ms, failed.is_some() && row.all_truthful());
        let (gained, commanded) = failed.unwrap_or_default();
        let numbers = [gained.into(), commanded, millis(stalled_ms), 0];
        report.judge(Rule::StalledReturn, stalled_ms > EFFECT_REACTION_MS, numbers);
    }
}

impl Effect {
    fn new(t_ms: u64, tilt_mdeg: i32) -> Self {
        Self {
            began_ms: t_ms,
            lowest_mdeg: tilt_mdeg,
            window_ms: t_ms,
            window_tilt_mdeg: tilt_mdeg,
            commanded: 0,
            failed: None,
        }
    }

    fn update(&mut self, row: &Row<'_>) {
        self.lowest_mdeg = self.lowest_mdeg.min(row.tilt());
        self.commanded += i64::from(row.speed()) * i64::from(row.dt_ms);
        if row.now.t_ms - self.window_ms < STALL_WINDOW_MS {
            return;
        }
        let gained = self.window_tilt_mdeg - row.tilt();
        let commanded = self.commanded / 1_000;
        let failed = commanded >= STALL_COMMANDED_MDEG && gained < STALL_GAIN_MDEG;
        self.failed = failed.then_some((gained, commanded));
        self.window_ms = row.now.t_ms;
        self.window_tilt_mdeg = row.tilt();
        self.commanded = 0;
    }
}

/// I1: away from zero the setpoint grows within the slope; a reversal counts from zero, a jump toward zero is free.
fn acceleration(row: &Row<'_>, report: &mut Report) {
    let from = row.before.firmware.setpoint_mdeg_s;
    let to = row.setpoint();
    let base = if i64::from(from) * i64::from(to) > 0 { from.saturating_abs() } else { 0 };
    let grown = i64::from(to).abs() - i64::from(base);
    let allowed = i64::from(row.profile.accel_mdeg_s2) * i64::from(row.tick_ms()) / 1_000;
    let numbers = [from.into(), to.into(), allowed, row.dt_ms.into()];
    report.judge(Rule::AccelerationTooHigh, grown > allowed, numbers);
}

/// The deepest the bed may be by the controller's fresh sources, and by the truth where a source tells it.
fn deepest_mdeg(row: &Row<'_>) -> Option<i32> {
    let firmware = &row.now.firmware;
    let worst = |tilt: Option<i32>, age_ms: u32| {
        let aged = row.lowering().saturating_mul(i32::try_from(age_ms).unwrap_or(i32::MAX)) / 1_000;
        tilt.filter(|_| age_ms <= FRESH_MS)
            .map(|tilt| tilt.saturating_add(aged).saturating_add(row.profile.source_margin_mdeg))
    };
    let truth = row.truthful().then(|| row.tilt());
    worst(firmware.tilt_mdeg, firmware.tilt_age_ms)
        .max(worst(firmware.second_tilt_mdeg, firmware.second_tilt_age_ms))
        .max(truth)
}

/// A time for a violation's numbers.
pub(crate) fn millis(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
