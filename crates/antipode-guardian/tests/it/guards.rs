//! Guards that nothing else here would miss.

use antipode_guardian::{AngleFrom, Following, GuardianConfig, Order, Sample};
use antipode_link::{AckResult, Message};
use antipode_safety::{Angle, FaultSet, Millis, Rate, Timestamp};

use crate::bench::{Bench, TIMEOUT, config, to};

#[test]
fn an_arming_takes_off_what_silence_brought_about_and_nothing_that_came_with_it() {
    let mut bench = Bench::at(-3_000);
    bench.with(|device| device.rest_feeds = false);
    bench.idle(TIMEOUT.get() + 500);
    bench.greet();
    let faults = FaultSet::from_bits(u16::MAX);
    assert_eq!(bench.send(Message::ClearFaults { faults }), AckResult::Accepted);
    bench.idle(2_000);
    assert!(bench.with(|device| device.faults.timed_out));
    bench.with(|device| device.forgotten = 0);
    assert_eq!(bench.arm(), AckResult::Accepted);
    bench.with(|device| device.faults.over_current = true);
    bench.idle(2_000);
    assert_eq!(bench.with(|device| device.forgotten), 0, "that is a person's to clear");
}

#[test]
fn a_drive_that_gave_up_and_then_timed_out_is_not_asked_again_and_again() {
    let mut bench = Bench::lowered(30_000);
    bench.with(|device| {
        device.faults.over_current = true;
        device.faults.timed_out = true;
        device.forgets = false;
    });
    bench.run(120_000, true);
    assert!(bench.guardian.inspect().back_blocked, "people go on");
    assert!(bench.with(|device| device.forgotten) <= 4, "{}", bench.with(|d| d.forgotten));
}

#[test]
fn a_guardian_that_knows_no_angle_stays() {
    let mut bench = Bench::at(-3_000);
    assert!(!bench.guardian.may_leave(), "nothing is known yet");
    bench.idle(500);
    assert!(bench.guardian.may_leave());
    let mut bench = Bench::lowered(20_000);
    bench.with(|device| device.silent = true);
    bench.run(60_000, true);
    assert_eq!(bench.guardian.inspect().tilt_mdeg, None);
    assert!(!bench.guardian.may_leave(), "a person may hang there");
}

#[test]
fn under_stop_a_drive_that_holds_a_place_is_told_none() {
    let config = GuardianConfig { following: Following::Position, ..config() };
    let mut bench = Bench::with_config(20_000, config);
    bench.idle(200);
    bench.greet();
    bench.idle(1_000);
    let places = |bench: &Bench| {
        let is_place = |(_, order): &&(_, Order)| matches!(order, Order::Position(_));
        bench.with(|device| device.orders.iter().filter(is_place).count())
    };
    assert!(places(&bench) > 10, "head-down it is kept from its own timeout");
    bench.send(Message::Stop);
    let before = places(&bench);
    bench.idle(5_000);
    assert_eq!(places(&bench), before, "STOP means that nothing is asked of the motor");
}

#[test]
fn a_position_that_stands_still_in_its_answers_is_used_once() {
    let mut bench = Bench::lowered(20_000);
    bench.send(to(50_000, Rate::clamped(3_000)));
    bench.run(100, true);
    bench.with(|device| device.stale = true);
    let from = bench.now;
    while bench.guardian.inspect().tilt_mdeg.is_some() {
        bench.keep(to(50_000, Rate::clamped(3_000)), 40);
        assert!(bench.now.since(from) <= Millis::new(160), "an old angle is taken for a new one");
    }
}

#[test]
fn a_sensor_that_tells_of_long_ago_tells_nothing() {
    let config = GuardianConfig { angle: AngleFrom::Sensor, ..config() };
    for (age, counts) in [(90, true), (110, false)] {
        let mut bench = Bench::with_config(-3_000, config);
        for _ in 0..200 {
            bench.run(5, true);
            let at = Timestamp::from_millis(bench.now.as_millis() - age);
            bench.guardian.sensed(Sample { at, value: Angle::clamped(-3_000) });
        }
        bench.run(5, true);
        assert_eq!(bench.guardian.inspect().tilt_mdeg.is_some(), counts, "{age}");
    }
}
