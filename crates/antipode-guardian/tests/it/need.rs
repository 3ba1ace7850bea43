//! A guardian that holds somebody alone says so, and for what it needs people (H-39).

use antipode_guardian::Need;
use antipode_link::Message;
use antipode_safety::Rate;

use crate::bench::{Bench, to};

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
