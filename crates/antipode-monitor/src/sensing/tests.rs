use crate::invariant::Invariant;
use crate::testing::Run;
use crate::trace::{Motion, Plant, Source};

fn lowering() -> Run {
    let mut run = Run::at(20_000);
    run.drive(Motion::Plan, 1_500, 1_000);
    run
}

#[test]
fn the_table_lowers_only_on_a_fresh_tilt() {
    let age = |ms: u32| {
        let mut run = lowering();
        run.steps(200, |tick| tick.firmware.tilt_age_ms = ms);
        run
    };
    age(250).clean();
    // Lowering on a stale tilt is both: no lowering (I5), and no drive at all (I6).
    assert_eq!(age(251).broken(), [Invariant::I6, Invariant::I5]);
}

#[test]
fn the_table_drives_on_a_stale_tilt_only_by_creep() {
    let drives = |motion: Motion, mdeg_s: i32, ms: u64| {
        let mut run = Run::at(20_000);
        run.drive(motion, mdeg_s, 1_000);
        run.steps(ms, |tick| tick.firmware.tilt_age_ms = 251).drive(Motion::None, 0, 100);
        run
    };
    drives(Motion::Creep, -1_000, 3_000).clean();
    drives(Motion::HeldReturn, -1_000, 3_000).clean();
    drives(Motion::Return, -1_500, 30).clean();
    drives(Motion::Return, -1_500, 100).breaks(Invariant::I6, "stale tilt");
    drives(Motion::Return, -900, 100).breaks(Invariant::I6, "stale tilt");
}

#[test]
fn a_controller_that_hangs_over_an_old_tilt_is_its_watchdogs() {
    let hangs = |alive: bool| {
        let mut run = lowering();
        run.steps(200, |tick| {
            tick.firmware.tilt_age_ms = 300;
            tick.firmware.alive = alive;
        });
        run
    };
    hangs(false).clean();
    assert_eq!(hangs(true).broken(), [Invariant::I6, Invariant::I5]);
}

#[test]
fn two_sources_that_disagree_stop_lowering() {
    let apart = |mdeg: i32, ms: u64| {
        let mut run = lowering();
        run.steps(ms, |tick| {
            tick.firmware.second_tilt_mdeg = tick.firmware.tilt_mdeg.map(|tilt| tilt - mdeg);
        });
        run
    };
    apart(5_000, 1_000).clean();
    apart(5_001, 330).clean();
    apart(5_001, 400).breaks(Invariant::I5, "two tilt sources disagree");
}

#[test]
fn the_host_lowers_only_on_a_fresh_reading() {
    let age = |ms: u32, commanded: i32| {
        let mut run = Run::at(20_000);
        run.steps(100, |tick| {
            tick.host.commanded_mdeg_s = commanded;
            tick.host.reading_age_ms = ms;
        });
        run
    };
    age(260, 1_000).clean();
    age(261, 0).clean();
    age(261, 1_000).breaks(Invariant::I5, "stale or missing reading");
}

#[test]
fn an_age_renewed_without_a_reading_shows() {
    let frozen_for = |ms: u64| {
        let mut run = Run::at(20_000);
        run.tick.host.commanded_mdeg_s = 1_000;
        run.pass(100);
        let seq = run.tick.host.reading_seq;
        run.steps(ms, |tick| tick.host.reading_seq = seq);
        run
    };
    frozen_for(280).clean();
    frozen_for(290).breaks(Invariant::I5, "no new reading");
}

#[test]
fn an_older_reading_is_no_new_reading() {
    let next = |from: u32, to: u32| {
        let mut run = Run::at(20_000);
        run.step(|tick| tick.host.reading_seq = from);
        run.step(|tick| {
            tick.host.commanded_mdeg_s = 1_000;
            tick.host.reading_seq = to;
        });
        run
    };
    next(7, 8).clean();
    next(u32::MAX, 0).clean();
    next(8, 7).breaks(Invariant::I5, "older reading");
}

#[test]
fn the_host_does_not_lower_on_disagreement() {
    let apart_for = |ms: u64| {
        let mut run = Run::at(20_000);
        run.tick.host.commanded_mdeg_s = 1_000;
        run.steps(ms, |tick| tick.host.second_tilt_mdeg = Some(14_999));
        run
    };
    apart_for(340).clean();
    apart_for(350).breaks(Invariant::I5, "host commands lowering although");
}

/// A bed at `tilt` under a plan of 30 degrees, where `plant` is what is wrong.
fn strays(tilt: i32, plant: impl FnOnce(&mut Plant)) -> Run {
    let mut run = Run::at(10_000);
    run.tick.host.plan_tilt_mdeg = Some(30_000);
    plant(&mut run.tick.plant);
    run.pass(20);
    run.tick.plant.tilt_mdeg = tilt;
    run.pass(20);
    run
}

/// The same with these sources.
fn over_plan(tilt: i32, primary: Source, second: Source) -> Run {
    strays(tilt, |plant| (plant.primary_source, plant.second_source) = (primary, second))
}

#[test]
fn the_true_tilt_stays_within_the_plan() {
    over_plan(30_500, Source::Healthy, Source::Healthy).clean();
    over_plan(30_501, Source::Healthy, Source::Healthy)
        .breaks(Invariant::PlanLimit, "deeper than the plan");
    over_plan(30_501, Source::Healthy, Source::NotFitted)
        .breaks(Invariant::PlanLimit, "deeper than the plan");
}

#[test]
fn tolerance_of_the_plan_depends_on_what_can_be_known() {
    let what = "deeper than the plan";
    over_plan(31_500, Source::FaultSilent, Source::Healthy).clean();
    over_plan(31_501, Source::FaultSilent, Source::Healthy).breaks(Invariant::PlanLimit, what);
    over_plan(34_500, Source::FaultShowing, Source::NotFitted).clean();
    over_plan(34_501, Source::FaultShowing, Source::NotFitted).breaks(Invariant::PlanLimit, what);
    over_plan(59_000, Source::FaultSilent, Source::FaultSilent).clean();
}

#[test]
fn drive_faults_widen_the_tolerance_only_as_far_as_the_cut_off_takes() {
    let faulty = |tilt: i32, runaway: bool, slip: bool, able: bool| {
        strays(tilt, |plant| {
            (plant.runaway, plant.brake_slipping, plant.drive_able) = (runaway, slip, able);
        })
    };
    let what = "deeper than the plan";
    faulty(35_000, true, false, true).clean();
    faulty(35_001, true, false, true).breaks(Invariant::PlanLimit, what);
    faulty(33_000, false, true, true).clean();
    faulty(33_001, false, true, true).breaks(Invariant::PlanLimit, what);
    faulty(59_000, false, true, false).clean();
    faulty(59_000, true, true, true).clean();
}

#[test]
fn a_runaway_is_over_once_the_bed_has_stopped_swinging() {
    let swings = |rate: i32, to: i32| {
        let mut run = Run::at(30_000);
        run.tick.host.plan_tilt_mdeg = Some(30_000);
        run.tick.plant.runaway = true;
        run.pass(20);
        run.tick.plant.runaway = false;
        run.steps(20, |tick| tick.plant.rate_mdeg_s = rate);
        run.step(|tick| (tick.plant.tilt_mdeg, tick.plant.rate_mdeg_s) = (to, rate));
        run.broken().contains(&Invariant::PlanLimit)
    };
    assert!(!swings(501, 31_000));
    assert!(swings(500, 31_000), "it follows its command again");
    assert!(swings(501, 35_001));
}

#[test]
fn a_runaway_is_judged_while_a_source_is_left_that_sees_it() {
    let runs_away = |tilt: i32, primary: Source, second: Source| {
        strays(tilt, |plant| {
            plant.runaway = true;
            (plant.primary_source, plant.second_source) = (primary, second);
        })
    };
    let what = "deeper than the plan";
    runs_away(35_001, Source::FaultShowing, Source::Healthy).breaks(Invariant::PlanLimit, what);
    runs_away(59_000, Source::FaultShowing, Source::NotFitted).clean();
}

#[test]
fn a_drive_fault_under_a_narrowed_limit_counts_from_where_the_bed_was() {
    let runs_away_to = |tilt: i32, then: i32| {
        let mut run = Run::at(30_000);
        run.tick.host.plan_tilt_mdeg = Some(30_000);
        run.pass(100);
        run.tick.host.plan_tilt_mdeg = Some(20_000);
        run.pass(100);
        run.tick.plant.runaway = true;
        run.tick.plant.tilt_mdeg = tilt;
        run.pass(20);
        run.tick.plant.runaway = false;
        run.pass(20);
        run.tick.plant.tilt_mdeg = then;
        run.pass(20);
        run
    };
    let what = "deeper than the plan";
    runs_away_to(35_000, 35_000).clean();
    runs_away_to(35_001, 35_000).breaks(Invariant::PlanLimit, what);
    // What it left behind it does not get back.
    runs_away_to(33_000, 33_500).clean();
    runs_away_to(33_000, 33_501).breaks(Invariant::PlanLimit, what);
}

#[test]
fn a_limit_that_narrows_under_the_bed_lets_it_stay_but_not_go_deeper() {
    let sinks_to = |tilt: i32| {
        let mut run = Run::at(30_000);
        run.tick.host.plan_tilt_mdeg = Some(30_000);
        run.pass(100);
        run.tick.host.plan_tilt_mdeg = Some(20_000);
        run.pass(100);
        run.tick.plant.tilt_mdeg = tilt;
        run.pass(20);
        run
    };
    sinks_to(30_500).clean();
    sinks_to(30_501).breaks(Invariant::PlanLimit, "deeper than the plan");
    // What it has left behind it does not get back.
    let mut back = sinks_to(25_000);
    back.pass(20);
    back.tick.plant.tilt_mdeg = 25_501;
    back.pass(20);
    back.breaks(Invariant::PlanLimit, "deeper than the plan");
}
