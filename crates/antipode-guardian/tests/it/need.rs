//! A guardian that holds somebody alone says so, and for what it needs people (H-39).

use antipode_guardian::{AngleFrom, Following, GuardianConfig, Need, Sample};
use antipode_link::{AckResult, Message};
use antipode_safety::{Angle, Fault, Rate};

use crate::bench::{Bench, back, config, to};

#[test]
fn with_a_host_that_speaks_or_with_nobody_head_down_it_needs_nobody() {
    let mut bench = Bench::lowered(20_000);
    bench.idle(1_000);
    assert_eq!(bench.guardian.need(true), None, "its host has alarms of its own");
    bench.run(60_000, true);
    assert_eq!(bench.guardian.need(true), None, "the bed is level");
    assert!(bench.guardian.may_leave());
}

#[test]
fn a_host_that_falls_silent_is_missed_within_its_lease_until_the_bed_is_level() {
    let mut bench = Bench::lowered(20_000);
    bench.run(300, true);
    assert_eq!(bench.guardian.need(true), Some(Need::Holds));
    bench.run(6_000, true);
    assert_eq!(bench.guardian.need(true), Some(Need::ComesUp));
}

#[test]
fn under_stop_without_power_and_blocked_it_says_which() {
    let mut bench = Bench::lowered(20_000);
    bench.send(Message::Stop);
    bench.run(30_000, true);
    assert_eq!(bench.guardian.need(true), Some(Need::Stopped));
    let mut bench = Bench::lowered(20_000);
    bench.with(|device| device.powered = false);
    bench.run(30_000, true);
    assert_eq!(bench.guardian.need(true), Some(Need::CannotRun));
    let mut bench = Bench::lowered(20_000);
    bench.with(|device| device.held_from_udeg = Some(20_000_000));
    bench.run(30_000, true);
    assert_eq!(bench.guardian.need(true), Some(Need::Blocked));
}

#[test]
fn a_line_that_is_lost_head_down_keeps_it_and_one_that_is_lost_level_does_not() {
    let mut bench = Bench::lowered(20_000);
    bench.with(|device| device.silent = true);
    bench.run(60_000, true);
    assert_eq!(bench.guardian.need(true), Some(Need::NoAngle));
    assert!(!bench.guardian.may_leave());
    // On the way through level it is not known either.
    let mut bench = Bench::armed();
    bench.keep(to(20_000, Rate::clamped(1_000)), 800);
    bench.with(|device| device.silent = true);
    bench.run(60_000, true);
    assert_eq!(bench.guardian.need(true), Some(Need::NoAngle));
    assert!(!bench.guardian.may_leave());
    let mut bench = Bench::armed();
    bench.idle(1_000);
    bench.with(|device| device.silent = true);
    bench.run(60_000, true);
    assert_eq!(bench.guardian.need(true), None, "it stood level, and nothing has turned it");
    assert!(bench.guardian.may_leave());
}

#[test]
fn a_drive_that_was_never_fit_moved_nobody() {
    let mut bench = Bench::at(-3_000);
    bench.with(|device| device.silent = true);
    bench.run(5_000, true);
    assert_eq!(bench.guardian.need(false), None);
}

/// Head-down on a drive that goes to places, with an inclinometer beside it.
fn goes_to_places() -> Bench {
    let config = GuardianConfig {
        following: Following::Position,
        angle: AngleFrom::DriveAndSensor,
        ..config()
    };
    Bench::with_config(20_000, config)
}

/// Time passes while the inclinometer speaks; what the guardian needs at the end.
fn sensed(bench: &mut Bench, ms: u64) -> Option<Need> {
    for _ in 0..ms / 20 {
        let value = Angle::clamped(bench.tilt().into());
        bench.guardian.sensed(Sample { at: bench.now, value });
        bench.run(20, true);
    }
    bench.guardian.need(true)
}

#[test]
fn a_drive_that_has_lost_its_place_needs_people_at_once_and_promises_nothing() {
    let mut bench = goes_to_places();
    sensed(&mut bench, 200);
    bench.greet();
    bench.beat();
    sensed(&mut bench, 1_000);
    let stood = bench.tilt();
    bench.with(|device| device.faults.no_position = true);
    assert_eq!(sensed(&mut bench, 2_500), Some(Need::Astray));
    // A host that asks for the way home is not told that it comes.
    assert!(bench.guardian.has(Fault::HotHard));
    assert_eq!(bench.send(back()), AckResult::Faulted);
    for _ in 0..30 {
        assert_eq!(sensed(&mut bench, 1_000), Some(Need::Astray));
    }
    assert_eq!(bench.tilt(), stood);
    bench.with(|device| device.faults.no_position = false);
    sensed(&mut bench, 200);
    assert!(!bench.guardian.has(Fault::HotHard), "it knows its place again");
}

#[test]
fn a_bed_that_is_said_to_come_up_and_does_not_needs_people_within_moments() {
    let mut bench = Bench::lowered(20_000);
    let stood = bench.tilt();
    // Whenever it is told to come up its line says that it stood by itself, and begins anew.
    let mut told = Vec::new();
    for _ in 0..12_000 / 20 {
        bench.run(20, true);
        bench.with(|device| (device.deaf, device.faults.line) = (true, true));
        told.push(bench.guardian.need(true));
    }
    assert!((bench.tilt() - stood).abs() < 100);
    let says_so = told.iter().filter(|need| **need == Some(Need::ComesUp)).count();
    assert!(says_so * 20 <= 3_000, "{says_so}");
    let last = told.last().copied().flatten();
    assert!(matches!(last, Some(Need::CannotRun | Need::Blocked)), "{last:?}");
}
