//! A drive whose own current limit stops it: on the way down something lies below the head, and moving
//! back frees it, once; on the way back it may be a limb, and only people go on (H-11).

use antipode_link::{AckResult, Message};
use antipode_safety::{Fault, Rate};

use crate::bench::{Bench, back, held_back, to};

/// Stopped by its drive on the way down: something lies below it at 31 degrees.
fn against_something() -> Bench {
    let mut bench = Bench::lowered(30_000);
    bench.with(|device| device.obstacle_udeg = Some(31_000_000));
    while !bench.with(|device| device.faults.over_current) {
        bench.keep(to(50_000, Rate::clamped(3_000)), 40);
    }
    assert!((31_000..31_100).contains(&bench.tilt()), "{}", bench.tilt());
    bench
}

/// How often it began to come back, in `ms`.
fn tries(bench: &mut Bench, ms: u64) -> u32 {
    let returns = |bench: &Bench| bench.guardian.inspect().setpoint_mdeg_s < 0;
    let mut tries = 0;
    for _ in 0..ms / 5 {
        let before = returns(bench);
        bench.run(5, true);
        tries += u32::from(!before && returns(bench));
    }
    tries
}

#[test]
fn a_bed_that_runs_against_something_on_the_way_down_comes_back_without_a_host() {
    for lost in [0, 1] {
        let mut bench = against_something();
        bench.with(|device| device.lose = lost);
        bench.run(60_000, true);
        assert!((-10_000..=0).contains(&bench.tilt()), "{lost}: {}", bench.tilt());
    }
}

#[test]
fn a_bed_that_runs_against_something_on_the_way_down_comes_back_at_once_with_a_host() {
    let mut bench = against_something();
    // Its host goes on asking for what is refused now.
    for _ in 0..60 {
        bench.keep(to(50_000, Rate::clamped(3_000)), 40);
    }
    assert!(bench.guardian.has(Fault::OverCurrent));
    assert!(bench.tilt() < 30_000, "{}", bench.tilt());
}

#[test]
fn what_holds_it_on_the_way_back_too_is_pushed_against_once_and_then_left_to_people() {
    let mut bench = against_something();
    bench.with(|device| device.held_from_udeg = Some(30_500_000));
    assert_eq!(tries(&mut bench, 120_000), 1);
    assert!(bench.guardian.inspect().back_blocked && bench.tilt() >= 30_450, "{}", bench.tilt());
    // Somebody has looked, and holds RETURN.
    bench.with(|device| device.held_from_udeg = None);
    bench.greet();
    for _ in 0..500 {
        bench.keep(held_back(), 40);
    }
    assert!((-10_000..=0).contains(&bench.tilt()), "{}", bench.tilt());
}

#[test]
fn a_drive_that_refuses_to_be_freed_is_asked_for_one_return_and_then_left_to_people() {
    let mut bench = against_something();
    bench.with(|device| device.forgets = false);
    bench.run(120_000, true);
    assert!(bench.guardian.inspect().back_blocked);
    assert_eq!(
        bench.with(|device| device.forgotten),
        2,
        "once, and once for a line that was disturbed"
    );
}

#[test]
fn return_pressed_at_once_is_not_taken_for_a_push_against_something_on_the_way_back() {
    let mut bench = Bench::lowered(30_000);
    bench.send(to(50_000, Rate::clamped(3_000)));
    bench.run(200, true);
    // It runs against something, and says so after the person has asked to come up.
    bench.with(|device| device.powered = false);
    bench.run(40, true);
    bench.send(back());
    bench.run(20, true);
    bench.with(|device| (device.powered, device.faults.over_current) = (true, true));
    bench.run(45_000, true);
    assert!((-10_000..=0).contains(&bench.tilt()), "{}", bench.tilt());
}

#[test]
fn an_over_current_while_the_bed_stands_moves_nobody_as_long_as_a_host_is_there() {
    let mut bench = Bench::lowered(30_000);
    bench.idle(5_000);
    let stood = bench.tilt();
    bench.with(|device| device.faults.over_current = true);
    bench.idle(5_000);
    assert_eq!(bench.tilt(), stood);
    assert_eq!(bench.send(back()), AckResult::Accepted);
    bench.run(60_000, true);
    assert!((-10_000..=0).contains(&bench.tilt()), "{}", bench.tilt());
}

#[test]
fn under_stop_nothing_frees_itself() {
    let mut bench = against_something();
    bench.run(20, true);
    bench.send(Message::Stop);
    let stood = bench.tilt();
    bench.run(60_000, true);
    assert!((bench.tilt() - stood).abs() < 500, "{stood} {}", bench.tilt());
}
