//! The bed does not do what it is told (H-09 to H-11).

use antipode_link::{AckResult, Message};
use antipode_safety::{DriveState, Fault, Rate, Switch};

use crate::bench::{Bench, back, held_back, lease, only, target};

#[test]
fn a_runaway_loses_its_energy_within_a_quarter_second() {
    for rate in [-12_000, -6_000, 6_000, 12_000] {
        let mut bench = Bench::lowered(30);
        bench.idle(2_000);
        bench.runaway = Some(rate);
        let took = bench.until(300, |bench| !bench.outputs.relay);
        assert!((150..=250).contains(&took), "{rate}: {took}");
        assert!(bench.outputs.brake && bench.outputs.buzzer);
        bench.run(10_000);
        assert!(!bench.outputs.relay, "and does not get it back");
        assert!(bench.faults().has(Fault::Runaway));
        assert_eq!(bench.send(back(3_000)), AckResult::Faulted);
    }
}

#[test]
fn two_degrees_a_second_over_the_command_is_a_runaway() {
    for (rate, runaway) in [(4_500, false), (5_000, true)] {
        let mut bench = Bench::armed();
        bench.keep(target(55, 3_000), 6_000);
        bench.runaway = Some(rate);
        bench.keep(target(55, 3_000), 600);
        assert_eq!(!bench.outputs.relay, runaway, "{rate}");
    }
}

#[test]
fn stopping_from_full_speed_is_no_runaway() {
    let mut bench = Bench::armed();
    bench.keep(target(55, 3_000), 8_000);
    bench.send(Message::Hold);
    bench.idle(3_000);
    assert!(bench.outputs.relay);
    assert!(bench.faults().is_empty());
}

#[test]
fn turning_at_standstill_with_current_is_a_runaway_and_without_it_a_slip() {
    for (current_ma, fault) in [(1_001, Fault::Runaway), (1_000, Fault::BrakeSlip)] {
        let mut bench = Bench::lowered(30);
        bench.idle(2_000);
        bench.slip = 900;
        bench.inputs.current_ma = current_ma;
        bench.idle(1_500);
        assert_eq!(bench.faults(), only(&[fault]));
    }
}

#[test]
fn a_slip_toward_head_down_is_held_by_the_drive_and_brought_home() {
    let mut bench = Bench::lowered(30);
    bench.idle(2_000);
    bench.slip = 600;
    let took = bench.until(2_200, |bench| !bench.outputs.brake);
    assert!(took <= 2_200);
    assert_eq!(bench.setpoint(), 0, "the drive holds first");
    bench.until(600, |bench| bench.setpoint() < 0);
    assert!(bench.outputs.buzzer);
    bench.until(20_000, |bench| bench.tilt() <= 0);
}

#[test]
fn a_slip_toward_level_is_let_be() {
    let mut bench = Bench::lowered(10);
    bench.idle(2_000);
    bench.slip = -800;
    bench.idle(5_000);
    assert!(bench.outputs.buzzer && bench.outputs.brake && bench.outputs.relay);
    assert_eq!(bench.setpoint(), 0);
    assert_eq!(bench.faults(), only(&[Fault::BrakeSlip]));
}

/// A bed that stands at `from` degrees under STOP, on a brake that gives `slip` and a drive that,
/// where it holds in its place, gives `sink`.
fn slips_under_stop(from: i32, slip: i32, sink: i32) -> Bench {
    let mut bench = Bench::lowered(30);
    bench.place(from * 1_000);
    bench.idle(2_000);
    bench.press(Switch::StopLoopClosed, false);
    (bench.slip, bench.sink) = (slip, sink);
    bench
}

#[test]
fn under_stop_the_drive_holds_what_a_slipping_brake_does_not() {
    for from in [30, -20] {
        let mut bench = slips_under_stop(from, 600, 0);
        bench.run(20_000);
        assert!(bench.tilt() < from * 1_000 + 2_000, "{}", bench.tilt());
        assert_eq!(bench.setpoint(), 0);
        assert!(bench.faults().has(Fault::BrakeSlip));
    }
}

#[test]
fn a_drive_that_gets_too_hot_while_it_holds_gives_the_bed_back_to_the_brake() {
    for from in [30, -20] {
        let mut bench = slips_under_stop(from, 600, 0);
        bench.until(3_000, |bench| !bench.outputs.brake);
        bench.inputs.temperature_c = 100;
        bench.run(10);
        assert!(!bench.outputs.relay && bench.outputs.brake, "{:?}", bench.outputs);
    }
}

#[test]
fn a_drive_that_does_not_hold_gives_the_bed_back_to_the_brake() {
    for (from, slip, sink) in [(30, 300, 1_200), (-20, 300, 1_200), (30, 100, 400)] {
        let mut bench = slips_under_stop(from, slip, sink);
        bench.until(40_000, |bench| !bench.outputs.brake);
        bench.until(6_000, |bench| bench.outputs.brake);
        let sunk = bench.tilt();
        bench.run(10_000);
        assert!(bench.outputs.brake, "the brake holds more than nothing");
        assert!(bench.tilt() <= sunk + slip * 10 + 10, "{sunk} {}", bench.tilt());
        assert!(!bench.faults().has(Fault::Runaway), "people may still hold RETURN");
    }
}

#[test]
fn a_slow_slip_is_seen_too() {
    let mut bench = Bench::lowered(30);
    bench.idle(2_000);
    bench.slip = 100;
    bench.idle(30_000);
    assert!(bench.faults().has(Fault::BrakeSlip));
}

#[test]
fn blocked_on_the_way_down_holds_and_comes_back_once() {
    let mut bench = Bench::armed();
    bench.blocked_below = Some(20_000);
    bench.keep(target(30, 3_000), 8_500);
    let took = {
        let start = bench.now;
        while bench.setpoint() > 0 {
            bench.keep(target(30, 3_000), 50);
        }
        bench.now - start
    };
    assert!(took <= 600, "{took}");
    assert!(bench.faults().has(Fault::StallDown));
    assert_eq!(bench.send(target(30, 3_000)), AckResult::Faulted);
    let rest = {
        let start = bench.now;
        while bench.setpoint() == 0 {
            bench.idle(50);
        }
        bench.now - start
    };
    assert!(rest <= 600, "{rest}");
    bench.idle(15_000);
    assert!(bench.tilt() <= 0);
}

#[test]
fn blocked_on_the_way_back_holds_without_reversal_until_people_act() {
    let mut bench = Bench::lowered(40);
    bench.blocked_above = Some(25_000);
    bench.keep(back(3_000), 8_000);
    assert_eq!(bench.setpoint(), 0);
    assert!(bench.faults().has(Fault::StallBack));
    assert_eq!(bench.send(back(3_000)), AckResult::Faulted);
    bench.run(60_000);
    assert_eq!(bench.setpoint(), 0, "nor does the table push on by itself");
    assert!(bench.outputs.buzzer);
    bench.blocked_above = None;
    assert_eq!(bench.send(held_back()), AckResult::Accepted);
    bench.keep(held_back(), 15_000);
    assert!(bench.tilt() <= 0);
}

#[test]
fn blocked_again_under_the_button_takes_a_new_press() {
    let mut bench = Bench::lowered(40);
    bench.blocked_above = Some(39_000);
    bench.press(Switch::Return, true);
    bench.run(5_000);
    assert_eq!(bench.setpoint(), 0);
    bench.run(5_000);
    assert_eq!(bench.setpoint(), 0);
    bench.press(Switch::Return, false);
    bench.step(10);
    bench.press(Switch::Return, true);
    bench.run(100);
    assert!(bench.setpoint() < 0);
}

#[test]
fn a_person_may_jog_a_blocked_bed_free_slowly_both_ways() {
    let mut bench = Bench::lowered(40);
    bench.blocked_above = Some(30_000);
    bench.keep(back(3_000), 6_000);
    for rate in [2_000, -2_000] {
        let jog = Message::Jog { rate: Rate::clamped(rate), lease: lease(250) };
        assert_eq!(bench.send(jog), AckResult::Accepted);
        bench.blocked_above = None;
        bench.keep(jog, 1_000);
        assert_eq!(bench.setpoint(), if rate > 0 { 1_000 } else { -1_000 });
        bench.send(Message::Hold);
        bench.idle(500);
    }
}

#[test]
fn two_hundred_milliseconds_over_the_current_limit_is_an_obstacle() {
    let mut bench = Bench::armed();
    bench.keep(target(40, 3_000), 6_000);
    bench.inputs.current_ma = 8_000;
    bench.keep(target(40, 3_000), 1_000);
    assert!(bench.setpoint() > 0, "at the limit");
    bench.inputs.current_ma = 8_001;
    bench.keep(target(40, 3_000), 150);
    assert!(bench.setpoint() > 0);
    bench.keep(target(40, 3_000), 50);
    assert_eq!(bench.setpoint(), 0);
    assert!(bench.faults().has(Fault::OverCurrent));
    bench.inputs.current_ma = 0;
    bench.idle(20_000);
    assert!(bench.tilt() <= 0, "moving back frees");
}

#[test]
fn a_bed_turned_by_a_reversed_motor_is_stopped() {
    let mut bench = Bench::armed();
    bench.keep(target(30, 2_000), 3_000);
    bench.runaway = Some(-2_000);
    bench.keep(target(30, 2_000), 600);
    assert_eq!(bench.setpoint(), 0);
    assert!(bench.state() != DriveState::Moving);
}

#[test]
fn over_current_alone_also_slows_a_jog() {
    let mut bench = Bench::lowered(40);
    bench.inputs.current_ma = 9_000;
    bench.keep(back(3_000), 1_000);
    bench.inputs.current_ma = 0;
    assert_eq!(bench.faults(), only(&[Fault::OverCurrent]));
    let jog = Message::Jog { rate: Rate::clamped(-3_000), lease: lease(250) };
    bench.keep(jog, 1_500);
    assert_eq!(bench.setpoint(), -1_000);
}

#[test]
fn a_held_return_may_push_on_a_second_after_it_was_blocked() {
    let mut bench = Bench::lowered(40);
    bench.blocked_above = Some(39_000);
    bench.send(Message::Stop);
    bench.run(300);
    bench.send(held_back());
    let mut waited = 0;
    for _ in 0..500 {
        bench.step(10);
        let stalled = bench.heard.iter().any(
            |heard| matches!(heard, Message::FaultEntry(entry) if entry.fault == Fault::StallBack),
        );
        waited += u32::from(stalled);
        let result = bench.send(held_back());
        if stalled && waited < 101 {
            assert_eq!(result, AckResult::Faulted, "{waited}");
        } else {
            assert_eq!(result, AckResult::Accepted, "{waited}");
        }
        if waited == 101 {
            return;
        }
    }
    panic!("never blocked");
}

#[test]
fn a_current_sensor_stuck_over_its_limit_takes_no_held_return_away() {
    for stop in [false, true] {
        let mut bench = Bench::lowered(40);
        bench.run(300);
        if stop {
            bench.send(Message::Stop);
        }
        bench.inputs.current_ma = 12_000;
        bench.idle(1_500);
        assert_eq!(bench.faults(), only(&[Fault::OverCurrent]));
        assert_ne!(bench.send(target(10, 1_000)), AckResult::Accepted);
        assert_ne!(bench.send(back(3_000)), AckResult::Accepted, "nor by a press");
        bench.idle(60_000);
        assert!(bench.tilt() > 39_900, "nothing moves by itself");
        let mut by_host = bench.clone();
        by_host.keep(held_back(), 45_000);
        assert!((-3_100..=0).contains(&by_host.tilt()), "{}", by_host.tilt());
        bench.press(Switch::Return, true);
        bench.run(5_000);
        assert_eq!(bench.setpoint(), -1_000, "creep");
        bench.press(Switch::Return, false);
        bench.step(10);
        assert_eq!(bench.setpoint(), 0, "hold to run");
        bench.press(Switch::Return, true);
        bench.run(60_000);
        assert!((-3_100..=-2_900).contains(&bench.tilt()), "{}", bench.tilt());
        assert!(bench.highest < 40_100);
        bench.inputs.current_ma = 0;
        bench.idle(1_500);
        assert_eq!(
            bench.send(Message::ClearFaults { faults: only(&[Fault::OverCurrent]) }),
            AckResult::Accepted
        );
        assert!(bench.faults().is_empty());
    }
}

#[test]
fn a_motor_fed_against_its_brake_is_cut_off_before_anybody_opens_the_brake() {
    let mut bench = Bench::lowered(30);
    bench.idle(2_000);
    bench.highest = i32::MIN;
    let mut open = false;
    bench.send(Message::Stop);
    bench.run(300);
    for tick in 0..3_000 {
        // The short feeds the motor while the relay is closed, and the brake is stronger.
        bench.inputs.current_ma = if bench.outputs.relay { 11_000 } else { 0 };
        bench.runaway = (!bench.outputs.brake).then_some(5_000);
        bench.press(Switch::Return, tick >= 50);
        bench.step(10);
        open |= !bench.outputs.brake;
        assert!(bench.outputs.relay || bench.outputs.buzzer, "never cut off in silence");
    }
    assert!(!open && !bench.outputs.relay);
    assert!(bench.faults().has(Fault::Runaway));
    assert!(bench.highest <= 30_100, "never deeper: {}", bench.highest);
}

#[test]
fn a_current_sensor_that_sticks_on_the_way_home_costs_a_second_and_a_new_press() {
    let mut bench = Bench::lowered(40);
    bench.press(Switch::Return, true);
    bench.run(3_000);
    bench.inputs.current_ma = 12_000;
    bench.run(300);
    assert_eq!(bench.setpoint(), 0, "it may be an obstacle");
    bench.run(2_000);
    assert_eq!(bench.setpoint(), 0, "a button that is still down is no new press");
    bench.press(Switch::Return, false);
    bench.run(100);
    bench.press(Switch::Return, true);
    bench.run(60_000);
    assert!((-3_100..=-2_900).contains(&bench.tilt()), "{}", bench.tilt());
}
