//! The hand control: RETURN is one press, and hold-to-run where nobody else may move the bed.

use antipode_link::{AckResult, Message, TableFlag};
use antipode_safety::{DriveState, Switch};

use crate::bench::{Bench, back, target};

#[test]
fn one_press_runs_to_the_rest_band_without_any_host() {
    let mut bench = Bench::lowered(60);
    bench.press(Switch::Return, true);
    bench.run(50);
    bench.press(Switch::Return, false);
    let way = bench.until(30_000, |bench| bench.tilt() <= 0);
    assert!(way <= 25_000, "{way}");
    assert_eq!(bench.state(), DriveState::Returning);
    bench.run(5_000);
    assert!((-3_100..=-2_900).contains(&bench.tilt()));
    assert_eq!(bench.state(), DriveState::Disarmed);
}

#[test]
fn the_host_yields_to_a_press() {
    let mut bench = Bench::armed();
    bench.keep(target(40, 3_000), 6_000);
    bench.press(Switch::Return, true);
    bench.step(10);
    bench.press(Switch::Return, false);
    assert_eq!(bench.send(target(40, 3_000)), AckResult::Yielded);
    assert_eq!(bench.send(Message::Hold), AckResult::Yielded);
    assert_eq!(bench.send(back(1_000)), AckResult::Accepted);
    assert!(bench.flag(TableFlag::HandReturn));
    assert!(!bench.flag(TableFlag::Armed));
    bench.keep(target(40, 3_000), 15_000);
    assert!(bench.tilt() <= 0);
    assert_eq!(bench.send(target(40, 3_000)), AckResult::NotArmed);
}

#[test]
fn at_level_a_press_is_a_hold() {
    let mut bench = Bench::armed();
    bench.keep(target(-8, 3_000), 200);
    assert!(bench.setpoint() < 0);
    bench.press(Switch::Return, true);
    bench.step(10);
    assert_eq!(bench.setpoint(), 0);
    let at = bench.tilt();
    bench.run(5_000);
    assert!((bench.tilt() - at).abs() < 100);
    assert_eq!(bench.state(), DriveState::Disarmed);
}

#[test]
fn stop_ends_a_running_return() {
    let mut bench = Bench::lowered(40);
    bench.press(Switch::Return, true);
    bench.run(1_000);
    bench.press(Switch::Stop, true);
    bench.step(10);
    assert_eq!(bench.setpoint(), 0);
    bench.run(5_000);
    assert_eq!(bench.setpoint(), 0, "a button held through STOP is not a new press");
}

#[test]
fn under_stop_return_runs_only_while_held() {
    let mut bench = Bench::lowered(40);
    bench.press(Switch::Stop, true);
    bench.run(500);
    bench.press(Switch::Return, true);
    bench.run(1_000);
    assert!(bench.setpoint() < 0, "even with STOP stuck");
    assert!((-3_000..0).contains(&bench.setpoint()));
    bench.press(Switch::Return, false);
    bench.step(10);
    assert_eq!(bench.setpoint(), 0);
    assert!(bench.outputs.brake);
    bench.run(5_000);
    assert_eq!(bench.setpoint(), 0);
}

#[test]
fn a_stuck_button_is_one_press() {
    let mut bench = Bench::lowered(20);
    bench.press(Switch::Return, true);
    bench.run(15_000);
    assert!(bench.tilt() <= 0);
    bench.greet();
    bench.beat();
    assert_eq!(bench.arm(), AckResult::Accepted);
    bench.keep(target(20, 3_000), 12_000);
    assert!((bench.tilt() - 20_000).abs() < 50);
}
