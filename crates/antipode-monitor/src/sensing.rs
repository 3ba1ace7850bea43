//! What is known of the tilt: I5, I6 (the stop), and the plan limit on the true tilt.

use crate::motion::millis;
use crate::row::{Clock, DISAGREE_MDEG, DISAGREE_MS, FRESH_MS, REST_TOP_MDEG, Row, Stopping};
use crate::trace::{Motion, Source};
use crate::violation::{Report, Rule};

/// Plan limit: what true tilt may exceed the plan by, millidegree.
const PLAN_TOLERANCE_MDEG: i32 = 500;
/// The same while one source is faulty and another tells the truth.
const PLAN_TOLERANCE_FAULT_MDEG: i32 = 1_500;
/// The same while no source tells the truth but the fault shows: 1 s of lowering at 3 degrees/s until the flat line
/// or the garbage is noticed (H-05, H-06), on top of the former.
const PLAN_TOLERANCE_BLIND_MDEG: i32 = 4_500;
/// The same for a motor that runs away and is cut off within 350 ms (H-09).
const PLAN_TOLERANCE_RUNAWAY_MDEG: i32 = 5_000;
/// Faster than its command by more than this, a bed still swings from a runaway that is over.
const SWINGS_MDEG_S: i32 = 500;
/// The same for a slipping brake under a living drive (H-10: noticed after 1 degree, then held by the drive).
const PLAN_TOLERANCE_SLIP_MDEG: i32 = 3_000;

#[derive(Clone, Debug, Default)]
pub(crate) struct SensingRules {
    stale: Stopping,
    stale_lowering: Stopping,
    disagree: Stopping,
    host_disagrees: Clock,
    seq_changed_ms: Option<u64>,
    /// The motor runs away, or the bed still swings from it.
    taken: bool,
    /// When a creep or a held return was last asked for.
    crept_ms: Option<u64>,
    /// The limit, or where a limit that narrowed has left the bed.
    base_mdeg: Option<i32>,
    allowed_mdeg: Option<i32>,
}

impl SensingRules {
    pub(crate) fn check(&mut self, row: &Row<'_>, report: &mut Report) {
        self.at_table(row, report);
        self.at_host(row, report);
        self.sequence(row, report);
        self.plan_limit(row, report);
    }

    /// I5, I6 at the table. Stale tilt: only creep toward the rest band may drive, or a held RETURN at its rate.
    fn at_table(&mut self, row: &Row<'_>, report: &mut Report) {
        let firmware = &row.now.firmware;
        // A controller that hangs is its watchdog's.
        let stale =
            firmware.alive && (firmware.tilt_mdeg.is_none() || firmware.tilt_age_ms > FRESH_MS);
        let age = i64::from(firmware.tilt_age_ms);
        let creep = row.setpoint() < 0 && row.speed() <= row.profile.creep_mdeg_s;
        if matches!(row.motion(), Motion::Creep | Motion::HeldReturn) {
            self.crept_ms = Some(row.now.t_ms);
        }
        // A creep that was just ended is driven until the controller's next tick.
        let tick_ms = u64::from(row.tick_ms());
        let creeping = creep && self.crept_ms.is_some_and(|crept| row.now.t_ms - crept <= tick_ms);
        let speed = if creeping { 0 } else { row.speed() };
        let allowed = self.stale.exceeded(row, stale, speed, row.tick_ms());
        let numbers = [row.setpoint().into(), allowed.unwrap_or_default().into(), age, 0];
        report.judge(Rule::DrivenOnStaleTilt, allowed.is_some(), numbers);

        let rate = row.lowering();
        let allowed = self.stale_lowering.exceeded(row, stale, rate, row.tick_ms());
        let numbers = [rate.into(), allowed.unwrap_or_default().into(), age, 0];
        report.judge(Rule::FirmwareLowersOnStaleTilt, allowed.is_some(), numbers);

        let apart = apart(firmware.tilt_mdeg, firmware.second_tilt_mdeg);
        let grace = DISAGREE_MS + row.tick_ms();
        let allowed = self.disagree.exceeded(row, apart, rate, grace);
        let numbers = [
            rate.into(),
            allowed.unwrap_or_default().into(),
            firmware.tilt_mdeg.unwrap_or_default().into(),
            firmware.second_tilt_mdeg.unwrap_or_default().into(),
        ];
        report.judge(Rule::LowersOnDisagreement, allowed.is_some(), numbers);
    }

    /// I5 at the host: no frame that lowers, or keeps lowering alive, on a stale or contested reading.
    fn at_host(&mut self, row: &Row<'_>, report: &mut Report) {
        let host = &row.now.host;
        let lowers = lowers(row);
        let bound = FRESH_MS + row.dt_ms;
        let stale = host.tilt_mdeg.is_none() || host.reading_age_ms > bound;
        let commanded = i64::from(host.commanded_mdeg_s);
        let numbers = [host.reading_age_ms.into(), bound.into(), commanded, 0];
        report.judge(Rule::HostLowersOnStaleReading, lowers && stale, numbers);

        let apart = apart(host.tilt_mdeg, host.second_tilt_mdeg);
        let for_ms = self.host_disagrees.run(row.now.t_ms, apart);
        let late = for_ms > u64::from(DISAGREE_MS + row.tick_ms());
        let numbers = [
            commanded,
            millis(for_ms),
            host.tilt_mdeg.unwrap_or_default().into(),
            host.second_tilt_mdeg.unwrap_or_default().into(),
        ];
        report.judge(Rule::HostLowersOnDisagreement, lowers && late, numbers);
    }

    /// I5: "strictly rises" by the monitor's own clock, so that a host that renews an age without a reading shows.
    fn sequence(&mut self, row: &Row<'_>, report: &mut Report) {
        let (now, before) = (&row.now.host, &row.before.host);
        let changed = now.reading_seq != before.reading_seq;
        let changed_ms = *self.seq_changed_ms.get_or_insert(row.now.t_ms);
        let changed_ms = if changed || !row.same_host() { row.now.t_ms } else { changed_ms };
        self.seq_changed_ms = Some(changed_ms);
        let unchanged_ms = row.now.t_ms - changed_ms;
        let frozen = unchanged_ms > u64::from(FRESH_MS + row.tick_ms());
        let numbers = [millis(unchanged_ms), now.reading_seq.into(), now.reading_age_ms.into(), 0];
        report.judge(Rule::HostLowersOnFrozenSequence, lowers(row) && frozen, numbers);

        // Serial arithmetic: half of the range is "newer". A new lease starts a new count.
        let ahead = now.reading_seq.wrapping_sub(before.reading_seq);
        let same_lease = row.now.firmware.lease_epoch == row.before.firmware.lease_epoch;
        let fell = changed && ahead > u32::MAX / 2 && row.same_host() && same_lease;
        let numbers = [before.reading_seq.into(), now.reading_seq.into(), 0, 0];
        report.judge(Rule::SequenceFell, fell && lowers(row), numbers);
    }

    /// The true tilt stays within the plan, whatever the sensors say.
    ///
    /// A tolerance that was in force, or a limit that narrowed under a tilted bed, leaves the bed where it is until it
    /// has come up: it may not go deeper than it was by more than the travel of the frame under way.
    fn plan_limit(&mut self, row: &Row<'_>, report: &mut Report) {
        let limit = limit_mdeg(row);
        // The bed may be below the old ceiling by now: what it left behind it does not get back.
        let travel = row.profile.loss_travel_mdeg(row.before.firmware.setpoint_mdeg_s.max(0));
        let travel = i32::try_from(travel).unwrap_or(i32::MAX);
        let here = row.before.plant.tilt_mdeg.saturating_add(travel);
        let base = match self.base_mdeg {
            Some(earlier) if limit < earlier => limit.max(earlier.min(here)),
            Some(_) | None => limit,
        };
        self.base_mdeg = Some(base);
        // A runaway is over only once the bed has stopped going where the motor took it.
        let swings = row.excess() > SWINGS_MDEG_S;
        self.taken = row.now.plant.runaway || (self.taken && swings);
        let Some(tolerance) = tolerance_mdeg(row, self.taken) else {
            // What happened meanwhile stays allowed, and so does the frame under way.
            let travel = i32::try_from(row.profile.loss_travel_mdeg(row.setpoint().max(0)));
            let here = row.tilt().saturating_add(travel.unwrap_or(i32::MAX));
            self.allowed_mdeg = Some(here.saturating_add(PLAN_TOLERANCE_MDEG));
            report.judge(Rule::DeeperThanPlan, false, [0; 4]);
            return;
        };
        // Where a tolerance that is over has left the bed, it may stay.
        let left = self.allowed_mdeg.unwrap_or(i32::MIN);
        let left = left.min(here.saturating_add(PLAN_TOLERANCE_MDEG));
        let allowed = base.saturating_add(tolerance).max(left);
        self.allowed_mdeg = Some(allowed);
        let broken = row.tilt() > allowed;
        let numbers = [row.tilt().into(), limit.into(), allowed.into(), 0];
        report.judge(Rule::DeeperThanPlan, broken, numbers);
    }
}

/// The host keeps lowering alive in this row.
fn lowers(row: &Row<'_>) -> bool {
    let host = &row.now.host;
    host.alive && host.commanded_mdeg_s > 0 && (host.sent_motion || host.sent_heartbeat)
}

fn apart(first: Option<i32>, second: Option<i32>) -> bool {
    matches!((first, second), (Some(a), Some(b)) if a.saturating_sub(b).saturating_abs() > DISAGREE_MDEG)
}

/// The narrowest limit that somebody has set; the rest band is always open.
fn limit_mdeg(row: &Row<'_>) -> i32 {
    let (firmware, host) = (&row.now.firmware, &row.now.host);
    let device = firmware.tilt_limit_mdeg.min(row.profile.tilt_limit_mdeg);
    let plan = host.plan_tilt_mdeg.unwrap_or(device);
    let session = if host.session_active { host.limits.tilt_mdeg } else { device };
    device.min(plan).min(session).max(0)
}

/// Which tolerance applies; the widest fault wins. `None` = not judged, because no controller could hold the bed or
/// know where it is: all sources lie without showing it, the motor runs away with no source left to see it, or the brake
/// slips while the drive cannot act (dead, without power, or itself running away).
fn tolerance_mdeg(row: &Row<'_>, taken: bool) -> Option<i32> {
    let plant = &row.now.plant;
    let shows =
        plant.primary_source == Source::FaultShowing || plant.second_source == Source::FaultShowing;
    let by_source = if row.all_truthful() {
        PLAN_TOLERANCE_MDEG
    } else if row.truthful() {
        PLAN_TOLERANCE_FAULT_MDEG
    } else if shows {
        PLAN_TOLERANCE_BLIND_MDEG
    } else {
        return None;
    };
    let drive_acts = plant.powered && row.drive_acts() && row.now.firmware.alive;
    let by_drive = match (taken, plant.brake_slipping) {
        (true, true) => return None,
        (true, false) if !row.truthful() => return None,
        (true, false) => PLAN_TOLERANCE_RUNAWAY_MDEG,
        (false, true) if drive_acts => PLAN_TOLERANCE_SLIP_MDEG,
        (false, true) => return None,
        (false, false) => 0,
    };
    Some(by_source.max(by_drive))
}

/// Plan limit and rest band share the healthy tolerance; a change of one is a change of the other.
const _: () = assert!(PLAN_TOLERANCE_MDEG == REST_TOP_MDEG);

#[cfg(test)]
mod tests;
