//! The host is gone (H-01 to H-03): zero at lease end, five seconds, then home.

use antipode_firmware::{Config, HostLossPolicy};
use antipode_link::{AckResult, Message, TableFlag};
use antipode_safety::{DriveState, Fault, Rate, Switch};

use crate::bench::{Bench, back, lease, only, target};

#[test]
fn silence_stops_the_bed_at_the_end_of_the_lease_and_not_before() {
    for ms in [20, 100, 250, 1_000] {
        let mut bench = Bench::armed();
        bench.keep(target(30, 3_000), 2_000);
        let frame = Message::SetTarget {
            target: crate::bench::deg(30),
            rate: Rate::clamped(3_000),
            lease: lease(ms),
        };
        bench.send(frame);
        let counts = u32::try_from(ms).unwrap().min(250);
        bench.run(counts - 10);
        assert!(bench.setpoint() > 0, "{ms}");
        bench.run(10);
        assert_eq!(bench.setpoint(), 0, "{ms}: a longer lease counts as 250 ms");
        assert!(bench.faults().has(Fault::LeaseExpired));
    }
}

#[test]
fn travel_after_the_last_frame_is_bounded() {
    let mut bench = Bench::armed();
    bench.keep(target(45, 3_000), 5_000);
    bench.send(target(45, 3_000));
    let at = bench.tilt();
    bench.run(3_000);
    // I7: r x lease + r^2 / 2a + 0.2 degrees.
    assert!(bench.tilt() - at <= 750 + 563 + 200, "{}", bench.tilt() - at);
}

#[test]
fn the_table_returns_by_itself_five_seconds_after_the_host_is_lost() {
    let mut bench = Bench::lowered(60);
    bench.beat();
    let hold = bench.until(6_000, |bench| bench.setpoint() < 0);
    assert_eq!(hold, 5_240, "250 ms of presence and 5 s of hold, counted in ticks");
    assert_eq!(bench.state(), DriveState::HostLossReturn);
    assert!(bench.outputs.buzzer);
    let way = bench.until(40_000, |bench| bench.tilt() <= 0);
    assert!(hold + way <= 45_000, "{way}");
    bench.run(5_000);
    assert!((-3_100..=-2_900).contains(&bench.tilt()), "{}", bench.tilt());
    assert!(bench.outputs.brake && !bench.outputs.buzzer);
    assert_eq!(bench.state(), DriveState::Disarmed);
}

#[test]
fn losing_the_host_under_way_reaches_rest_within_forty_five_seconds_at_any_moment() {
    let mut bench = Bench::armed();
    for _ in 0..60 {
        bench.keep(target(60, 3_000), 400);
        let mut lost = bench.clone();
        let took = lost.until(45_000, |bench| bench.tilt() <= 0 && bench.setpoint() == 0);
        assert!(took <= 45_000);
        lost.run(2_000);
        assert!(lost.tilt() <= 0 && lost.tilt() > -10_000);
    }
}

#[test]
fn a_held_tilt_needs_only_heartbeats() {
    let mut bench = Bench::lowered(30);
    bench.idle(60_000);
    assert!((bench.tilt() - 30_000).abs() < 50);
    assert_eq!(bench.state(), DriveState::Holding);
    assert!(bench.flag(TableFlag::HostPresent));
    assert!(bench.outputs.brake && !bench.outputs.buzzer);
}

#[test]
fn an_ended_lease_latches_against_motion_and_never_against_return() {
    let mut bench = Bench::armed();
    bench.keep(target(30, 3_000), 5_000);
    bench.run(300);
    assert_eq!(bench.send(target(30, 3_000)), AckResult::Faulted);
    let jog = Message::Jog { rate: Rate::clamped(500), lease: lease(250) };
    assert_eq!(bench.send(jog), AckResult::Faulted);
    assert_eq!(bench.send(back(3_000)), AckResult::Accepted);
    bench.keep(back(3_000), 10_000);
    assert!(bench.tilt() <= 0);
    let clear = Message::ClearFaults { faults: only(&[Fault::LeaseExpired]) };
    assert_eq!(bench.send(target(30, 3_000)), AckResult::Faulted);
    assert_eq!(bench.send(clear), AckResult::Accepted);
    bench.run(10);
    assert_eq!(bench.send(target(30, 3_000)), AckResult::NotArmed);
    assert_eq!(bench.arm(), AckResult::Accepted);
    assert_eq!(bench.send(target(30, 3_000)), AckResult::Accepted);
}

#[test]
fn an_ended_lease_of_a_return_holds_and_then_goes_on_by_itself() {
    let mut bench = Bench::lowered(50);
    bench.keep(back(3_000), 3_000);
    bench.run(250);
    assert_eq!(bench.setpoint(), 0);
    assert_eq!(bench.state(), DriveState::HostLossHold);
    bench.run(6_000);
    assert_eq!(bench.state(), DriveState::HostLossReturn);
}

#[test]
fn a_host_that_comes_back_in_time_keeps_the_bed_where_it_is() {
    let mut bench = Bench::lowered(30);
    bench.run(4_000);
    assert_eq!(bench.state(), DriveState::HostLossHold);
    bench.idle(20_000);
    assert!((bench.tilt() - 30_000).abs() < 50);
    assert_eq!(bench.state(), DriveState::Holding);
}

#[test]
fn a_host_that_comes_and_goes_does_not_put_the_return_off_for_ever() {
    let mut bench = Bench::lowered(30);
    for _ in 0..10 {
        bench.run(4_000);
        bench.beat();
    }
    bench.run(10_000);
    assert!(bench.tilt() <= 0, "{}", bench.tilt());
}

#[test]
fn a_new_greeting_without_a_heartbeat_does_not_put_the_return_off() {
    let mut bench = Bench::lowered(30);
    for _ in 0..30 {
        bench.run(500);
        bench.greet();
    }
    assert!(bench.tilt() < 25_000);
    bench.run(10_000);
    assert!(bench.tilt() <= 0);
}

#[test]
fn a_table_commissioned_to_hold_holds_and_sounds() {
    let config = Config { host_loss: HostLossPolicy::Hold, ..Config::reference() };
    let mut bench = Bench::lowered_with(config, 30);
    bench.run(60_000);
    assert!((bench.tilt() - 30_000).abs() < 50);
    assert!(bench.outputs.buzzer && bench.outputs.brake);
    assert!(!bench.info.unwrap().capabilities.returns_without_host);
}

#[test]
fn with_few_latch_sensors_the_return_is_a_commissioned_choice() {
    for (returns_with_few_latches, returns) in [(false, false), (true, true)] {
        for latches_fitted in [0, 1] {
            let config = Config { latches_fitted, returns_with_few_latches, ..Config::reference() };
            let mut bench = Bench::lowered_with(config, 20);
            assert_eq!(bench.info.unwrap().capabilities.returns_without_host, returns);
            bench.run(20_000);
            assert_eq!(bench.tilt() <= 0, returns);
            assert_eq!(bench.outputs.buzzer, !returns);
        }
    }
}

#[test]
fn a_latched_stop_outranks_the_return() {
    let mut bench = Bench::lowered(30);
    bench.press(Switch::Stop, true);
    bench.run(60_000);
    assert!((bench.tilt() - 30_000).abs() < 50);
    assert!(bench.outputs.buzzer);
}

#[test]
fn a_halt_does_not_end_the_tables_own_return() {
    let mut bench = Bench::lowered(50);
    bench.run(6_000);
    assert_eq!(bench.send(Message::Hold), AckResult::Returning);
    assert_eq!(bench.send(target(50, 3_000)), AckResult::Returning);
    bench.greet();
    assert_eq!(bench.send(back(3_000)), AckResult::Accepted);
    bench.run(300);
    assert!(bench.setpoint() < 0);
}

#[test]
fn at_level_silence_disarms() {
    let mut bench = Bench::armed();
    bench.beat();
    bench.run(4_900);
    assert!(bench.flag(TableFlag::Armed));
    bench.run(100);
    assert!(!bench.flag(TableFlag::Armed));
    assert_eq!(bench.send(target(10, 1_000)), AckResult::NotArmed);
}

#[test]
fn everything_holds_across_the_wrap_of_the_clock() {
    let mut early = Bench::lowered(60);
    let mut late = Bench::new(Config::reference(), crate::bench::boot(), u32::MAX - 27_000);
    late.run(100);
    late.greet();
    late.run(10);
    late.arm();
    late.keep(target(60, 3_000), 30_000);
    assert!(late.now < 10_000, "wrapped");
    early.beat();
    late.beat();
    for _ in 0..4_000 {
        early.step(10);
        late.step(10);
        assert_eq!(early.outputs, late.outputs);
    }
    assert!(late.tilt() <= 0);
    // And a lease that spans the wrap.
    let mut bench = Bench::new(Config::reference(), crate::bench::boot(), u32::MAX - 500);
    bench.run(100);
    bench.greet();
    bench.run(10);
    bench.arm();
    bench.keep(target(30, 3_000), 300);
    bench.send(target(30, 3_000));
    bench.run(240);
    assert!(bench.setpoint() > 0 && bench.now < 1_000);
    bench.run(10);
    assert_eq!(bench.setpoint(), 0);
}
