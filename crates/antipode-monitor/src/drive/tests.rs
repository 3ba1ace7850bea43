use crate::invariant::Invariant;
use crate::testing::Run;
use crate::trace::{Event, Tick};

/// Host lost head-down: what the table's own return is due for.
fn lost(ms: u64, mut edit: impl FnMut(&mut Tick)) -> Run {
    let mut run = Run::at(30_000);
    run.tick.firmware.alarm_on = true;
    run.tick.wire.up = false;
    run.steps(ms, |tick| edit(tick));
    run
}

#[test]
fn a_controller_that_stands_because_it_claims_heat_is_caught() {
    // What it does for heat: relay open, its own reaction in force, nothing moves.
    let claims = |true_mc: i32| {
        lost(45_280, move |tick| {
            tick.plant.drive_mc = true_mc;
            tick.firmware.relay_closed = false;
            tick.firmware.reaction = 5;
        })
    };
    claims(83_999).breaks(Invariant::I8, "way home was open");
    claims(84_000).clean();
}

#[test]
fn a_drive_that_was_too_hot_is_excused_until_it_has_cooled() {
    let cools_to = |true_mc: i32| {
        let mut run = lost(100, |tick| tick.plant.drive_mc = 86_000);
        run.tick.plant.drive_mc = true_mc;
        run.pass(45_280);
        run
    };
    cools_to(80_000).clean();
    cools_to(79_999).breaks(Invariant::I8, "way home was open");
}

#[test]
fn a_controller_that_claims_a_runaway_which_never_was_is_caught() {
    let cut = |edit: fn(&mut Tick)| lost(45_280, edit);
    cut(|tick| tick.firmware.relay_closed = false).breaks(Invariant::I8, "way home was open");
}

#[test]
fn after_a_true_runaway_the_relay_may_stay_open_until_people_start_anew_at_level() {
    let cut_after = |ms: u64| {
        let mut run = lost(20, |tick| tick.plant.runaway = true);
        run.tick.plant.runaway = false;
        run.pass(ms);
        run.event(Event::ReturnPressed { wired: true });
        run.tick.firmware.relay_closed = false;
        run.pass(130_000);
        run
    };
    cut_after(1_480).clean();
    cut_after(1_500).breaks(Invariant::I8, "way home was open");
    // Once it is closed again it is no cut-off any more.
    let mut closed = cut_after(0);
    closed.event(Event::ReturnPressed { wired: true });
    closed.tick.firmware.relay_closed = true;
    closed.pass(10);
    closed.tick.firmware.relay_closed = false;
    closed.pass(2_000).clean();
    closed.pass(43_020).breaks(Invariant::I8, "way home was open");
    let mut cleared = cut_after(0);
    cleared.tick.plant.tilt_mdeg = -3_000;
    cleared.event(Event::HumanStart).pass(20);
    cleared.tick.plant.tilt_mdeg = 30_000;
    cleared.event(Event::ReturnPressed { wired: true }).pass(45_020);
    cleared.breaks(Invariant::I8, "way home was open");
}

#[test]
fn the_third_start_within_a_minute_excuses_for_a_minute_and_two_do_not() {
    let restarts = |starts: u32, ms: u64| {
        let mut run = Run::at(30_000);
        run.tick.firmware.alarm_on = true;
        for _ in 1..starts {
            run.pass(1_000);
            run.tick.firmware.boot_count += 1;
        }
        run.event(Event::ReturnPressed { wired: true }).pass(ms);
        run
    };
    restarts(2, 45_020).breaks(Invariant::I8, "way home was open");
    restarts(3, 60_000).clean();
    let mut later = restarts(3, 60_020);
    later.event(Event::ReturnPressed { wired: true }).pass(45_020);
    later.breaks(Invariant::I8, "way home was open");
}
