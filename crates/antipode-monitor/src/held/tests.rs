use crate::invariant::Invariant;
use crate::testing::Run;
use crate::trace::{Motion, Source, Tick};

type Edit = fn(&mut Tick);
const AT_THE_TERMINAL: bool = false;
const WIRED: bool = true;

/// RETURN is held under STOP for `ms`, after `edit`; the bed gains `gain` in the end.
fn held(wired: bool, ms: u64, gain: i32, edit: Edit) -> Run {
    let mut run = Run::at(30_000);
    run.tick.firmware.stop_latched = true;
    run.tick.firmware.alarm_on = true;
    run.pass(10);
    run.tick.people.return_held = true;
    run.tick.people.wired_return_held = wired;
    run.tick.firmware.motion = Motion::HeldReturn;
    edit(&mut run.tick);
    run.pass(ms);
    run.step(|tick| tick.plant.tilt_mdeg -= gain);
    run
}

#[test]
fn a_held_return_moves_even_under_stop() {
    held(AT_THE_TERMINAL, 5_000, 0, |_| {}).clean();
    held(AT_THE_TERMINAL, 5_010, 1_000, |_| {}).clean();
    held(AT_THE_TERMINAL, 5_010, 999, |_| {}).breaks(Invariant::I8, "holds RETURN");
    // One open latch, or both on a person who has not slid, are no excuse (C-13).
    held(AT_THE_TERMINAL, 5_010, 0, |tick| tick.firmware.latches_open = 1)
        .breaks(Invariant::I8, "holds RETURN");
    held(AT_THE_TERMINAL, 5_010, 0, |tick| tick.firmware.latches_open = 2)
        .breaks(Invariant::I8, "holds RETURN");
}

#[test]
fn no_claim_of_a_stall_takes_a_held_return_away() {
    for wired in [AT_THE_TERMINAL, WIRED] {
        let claims = held(wired, 5_010, 0, |tick| tick.firmware.stall_latched = true);
        assert_eq!(claims.broken().first(), Some(&Invariant::I8));
    }
}

#[test]
fn a_held_return_is_excused_only_where_it_cannot_work() {
    let excuses: [Edit; 6] = [
        |tick| tick.people.wired_stop_pressed = true,
        |tick| tick.people.releasing = true,
        |tick| tick.plant.obstructed = true,
        |tick| tick.plant.powered = false,
        |tick| tick.plant.runaway = true,
        |tick| tick.plant.drive_mc = 90_000,
    ];
    for wired in [AT_THE_TERMINAL, WIRED] {
        for (place, excuse) in excuses.into_iter().enumerate() {
            let run = held(wired, 10_000, 0, excuse);
            assert!(run.broken().is_empty(), "excuse {place}: {:?}", run.monitor.violations());
        }
    }
}

#[test]
fn the_wired_control_needs_neither_host_nor_link_nor_the_second_source() {
    let without: [Edit; 4] = [
        |tick| tick.wire.up = false,
        |tick| tick.host.alive = false,
        |tick| tick.plant.second_source = Source::FaultShowing,
        |tick| tick.plant.primary_source = Source::FaultSilent,
    ];
    for (place, edit) in without.into_iter().enumerate() {
        let over_host = held(AT_THE_TERMINAL, 5_010, 0, edit);
        assert!(over_host.broken().is_empty(), "{place}: {:?}", over_host.monitor.violations());
        held(WIRED, 5_000, 0, edit).clean();
        held(WIRED, 5_010, 1_000, edit).clean();
        held(WIRED, 5_010, 999, edit).breaks(Invariant::I8, "RETURN wired to the table");
    }
    // Where every source lies nobody can tell the way to be gone.
    held(WIRED, 10_000, 0, |tick| {
        tick.plant.primary_source = Source::FaultSilent;
        tick.plant.second_source = Source::FaultShowing;
    })
    .clean();
}

#[test]
fn a_button_that_was_down_when_stop_came_is_pressed_anew() {
    let stopped = |let_go: bool| {
        let mut run = Run::at(30_000);
        run.tick.wire.up = false;
        run.tick.firmware.alarm_on = true;
        run.tick.people.return_held = true;
        run.tick.people.wired_return_held = true;
        run.pass(1_000);
        run.tick.firmware.stop_latched = true;
        run.pass(10);
        if let_go {
            run.step(|tick| tick.people.wired_return_held = false);
            run.tick.people.wired_return_held = true;
        }
        run.pass(5_020);
        run
    };
    stopped(false).clean();
    stopped(true).breaks(Invariant::I8, "RETURN wired to the table");
}
