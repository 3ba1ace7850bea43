//! Ankle latches (H-33).

use antipode_firmware::Config;
use antipode_link::{AckResult, Message};
use antipode_safety::{DriveState, Fault, Switch};

use crate::bench::{Bench, back, held_back, only, target};

#[test]
fn both_open_is_hold_and_nothing_by_itself() {
    let mut bench = Bench::lowered(40);
    bench.inputs.latches.first_closed = false;
    bench.inputs.latches.second_closed = false;
    bench.idle(100);
    assert!(bench.outputs.buzzer);
    assert_eq!(bench.send(back(3_000)), AckResult::Faulted);
    assert_eq!(bench.send(target(0, 3_000)), AckResult::Faulted);
    bench.run(60_000);
    assert!((bench.tilt() - 40_000).abs() < 50);
    assert_eq!(bench.state(), DriveState::Faulted);
}

#[test]
fn both_open_lets_a_person_creep_the_bed_back() {
    let mut bench = Bench::lowered(20);
    bench.inputs.latches.first_closed = false;
    bench.inputs.latches.second_closed = false;
    bench.run(100);
    bench.press(Switch::Return, true);
    bench.run(2_000);
    assert_eq!(bench.setpoint(), -1_000);
    bench.press(Switch::Return, false);
    bench.step(10);
    assert_eq!(bench.setpoint(), 0);
    assert_eq!(bench.send(held_back()), AckResult::Accepted);
    bench.keep(held_back(), 2_000);
    assert_eq!(bench.setpoint(), -1_000);
}

/// Holds RETURN for `ms` with a drive that needs 9.4 A to turn the bed; how often it was halted.
fn lift(bench: &mut Bench, ms: u32) -> u32 {
    let mut halts = 0;
    for tick in 0..ms / 10 {
        if tick % 10 == 0 {
            bench.send(held_back());
            bench.beat();
        }
        let before = bench.setpoint();
        bench.inputs.current_ma = if before != 0 { 9_400 } else { 0 };
        bench.step(10);
        halts += u32::from(before != 0 && bench.setpoint() == 0);
    }
    halts
}

fn slid_out(to: i32) -> Bench {
    let mut bench = Bench::lowered(to);
    bench.inputs.latches.first_closed = false;
    bench.inputs.latches.second_closed = false;
    bench.run(100);
    bench
}

#[test]
fn who_slid_out_of_both_latches_is_lifted_home_by_a_held_return_after_one_halt() {
    let mut bench = slid_out(20);
    assert_eq!(lift(&mut bench, 1_000), 1, "the first time it may be an obstacle");
    assert!(bench.tilt() > 19_500);
    assert_eq!(lift(&mut bench, 22_000), 0);
    assert!(bench.tilt() <= 0, "{}", bench.tilt());
    assert!(bench.highest <= 20_030);
}

/// The latches closed again behind somebody who slid: nothing but the latched fault tells.
fn slid_and_closed(to: i32) -> Bench {
    let mut bench = slid_out(to);
    bench.inputs.latches.first_closed = true;
    bench.inputs.latches.second_closed = true;
    bench.run(100);
    bench
}

#[test]
fn who_slid_is_lifted_home_also_when_the_latches_have_closed_again() {
    let mut bench = slid_and_closed(20);
    assert_eq!(lift(&mut bench, 1_000), 1);
    assert_eq!(lift(&mut bench, 22_000), 0);
    assert!(bench.tilt() <= 0, "{}", bench.tilt());
    assert!(bench.highest <= 20_030);
}

#[test]
fn the_hand_control_lifts_who_slid_while_it_is_held_after_one_halt() {
    let mut bench = slid_and_closed(20);
    let heavy = |bench: &mut Bench, ms: u32| {
        for _ in 0..ms / 10 {
            bench.inputs.current_ma = if bench.setpoint() != 0 { 9_400 } else { 0 };
            bench.step(10);
        }
    };
    bench.press(Switch::Return, true);
    heavy(&mut bench, 3_000);
    assert!(bench.setpoint() == 0 && bench.tilt() > 19_000, "the first time it may be an obstacle");
    bench.press(Switch::Return, false);
    heavy(&mut bench, 200);
    bench.press(Switch::Return, true);
    heavy(&mut bench, 3_000);
    assert_eq!(bench.setpoint(), -1_000, "at creep");
    bench.press(Switch::Return, false);
    heavy(&mut bench, 300);
    assert_eq!(bench.setpoint(), 0, "only while it is held");
}

#[test]
fn a_lift_never_goes_faster_than_creep_and_ends_when_the_hand_lets_go() {
    let mut bench = slid_out(20);
    lift(&mut bench, 1_500);
    for _ in 0..500 {
        lift(&mut bench, 10);
        assert!((-1_000..=0).contains(&bench.setpoint()), "{}", bench.setpoint());
    }
    assert_eq!(bench.setpoint(), -1_000);
    bench.run(700);
    assert_eq!(bench.setpoint(), 0);
    // A new hold is warned again.
    assert_eq!(lift(&mut bench, 1_000), 1);
}

#[test]
fn a_lift_that_gains_nothing_is_blocked() {
    let mut bench = slid_out(20);
    lift(&mut bench, 3_000);
    bench.blocked_above = Some(bench.tilt() - 100);
    assert!(lift(&mut bench, 1_000) >= 1);
    assert!(bench.faults().has(Fault::StallBack));
}

#[test]
fn with_a_latch_closed_too_much_current_always_halts_a_held_return() {
    let mut bench = Bench::lowered(20);
    let from = bench.tilt();
    let halts = lift(&mut bench, 20_000);
    assert!(halts >= 10, "{halts}");
    assert!(from - bench.tilt() < 20_000 * 3 / 4, "{}", bench.tilt());
}

#[test]
fn a_latch_that_opens_under_way_stops_the_bed_within_a_tenth_of_a_second() {
    let mut bench = Bench::armed();
    bench.keep(target(40, 3_000), 6_000);
    bench.inputs.latches.second_closed = false;
    bench.keep(target(40, 3_000), 50);
    assert_eq!(bench.setpoint(), 0);
    assert!(bench.faults().has(Fault::OneLatchOpen));
    assert_eq!(bench.send(target(40, 3_000)), AckResult::Faulted);
}

#[test]
fn one_of_two_open_holds_five_seconds_and_creeps_home() {
    let mut bench = Bench::lowered(50);
    bench.idle(1_000);
    bench.inputs.latches.first_closed = false;
    bench.idle(5_000);
    assert_eq!(bench.setpoint(), 0);
    bench.idle(100);
    assert!(bench.setpoint() < 0);
    bench.idle(1_000);
    assert_eq!(bench.setpoint(), -1_000);
    bench.idle(60_000);
    assert!(bench.tilt() <= 0);
}

#[test]
fn an_open_latch_at_level_refuses_and_is_forgotten_when_it_closes() {
    let mut bench = Bench::armed();
    bench.inputs.latches.first_closed = false;
    bench.idle(100);
    assert_eq!(bench.send(target(10, 1_000)), AckResult::Faulted);
    bench.inputs.latches.first_closed = true;
    bench.idle(100);
    assert!(bench.faults().is_empty());
    assert_eq!(bench.send(target(10, 1_000)), AckResult::Accepted);
}

#[test]
fn an_open_latch_head_down_stays_on_record_until_cleared_at_level() {
    let mut bench = Bench::lowered(10);
    bench.inputs.latches.first_closed = false;
    bench.idle(100);
    bench.inputs.latches.first_closed = true;
    bench.idle(100);
    let clear = Message::ClearFaults { faults: only(&[Fault::OneLatchOpen]) };
    assert_eq!(bench.send(clear), AckResult::NotInRest);
    bench.keep(back(3_000), 10_000);
    assert!(bench.faults().has(Fault::OneLatchOpen));
    assert_eq!(bench.send(clear), AckResult::Accepted);
}

#[test]
fn a_single_fitted_sensor_that_opens_is_both() {
    let config =
        Config { latches_fitted: 1, returns_with_few_latches: true, ..Config::reference() };
    let mut bench = Bench::lowered_with(config, 20);
    bench.inputs.latches.first_closed = false;
    bench.run(30_000);
    assert!((bench.tilt() - 20_000).abs() < 50);
    assert!(bench.faults().has(Fault::LatchesOpen));
}
