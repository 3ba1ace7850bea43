//! RoboClaw and Modbus drives behind a guardian, against devices that were written apart from our
//! codecs. Judged by the true tilt of the bed.

mod deep;
mod frozen;
pub(crate) mod kinds;
mod known;
mod late;
mod loops;
mod power;
mod restarts;
pub(crate) mod rig;
mod supply;
mod wire;

use antipode_link::AckResult;
use antipode_safety::Millis;
use antipode_sim::device::DeviceFault;

use kinds::kinds;
use rig::{Rig, back, to};

/// Slowing, the age of an order, and what a wire takes.
const SLACK: Millis = Millis::new(250);

/// The true tilt must not change from `after_ms` on, for a second.
#[track_caller]
fn stands_after(rig: &mut Rig, after: Millis, runs: bool, what: &str) {
    let before = rig.tilt();
    rig.run(after.get(), runs);
    let settled = rig.tilt();
    assert!((settled - before).abs() < 2_500, "{what}: from {before} to {settled}");
    for _ in 0..20 {
        rig.run(50, runs);
        assert!((rig.tilt() - settled).abs() < 60, "{what}: {settled} to {}", rig.tilt());
    }
}

#[test]
fn the_bed_goes_where_its_host_says_and_comes_back() {
    for kind in kinds() {
        let mut rig = Rig::lowered(&kind, 12_000);
        assert!(rig.tilt() < 13_000, "{}: {}", kind.name, rig.tilt());
        let until = rig.ms + 30_000;
        while rig.tilt() > -500 && rig.ms < until {
            rig.keep(back(), 80);
        }
        rig.idle(2_000);
        assert!((-10_000..=0).contains(&rig.tilt()), "{}: {}", kind.name, rig.tilt());
        assert!(rig.wrong.is_empty(), "{}: {:?}", kind.name, rig.wrong.first());
    }
}

#[test]
fn the_end_of_a_lease_stops_the_bed() {
    for kind in kinds() {
        let mut rig = Rig::lowered(&kind, 5_000);
        rig.keep(to(15_000), 1_000);
        for _ in 0..10 {
            rig.idle(50);
        }
        let settled = rig.tilt();
        rig.idle(1_000);
        assert!((rig.tilt() - settled).abs() < 60, "{}: {settled} {}", kind.name, rig.tilt());
        assert!(settled < 9_500, "{}: {settled}", kind.name);
    }
}

#[test]
fn a_guardian_that_dies_leaves_a_bed_that_stands_within_the_drives_own_timeout() {
    for kind in kinds() {
        for after in [0, 3, 11, 29, 53] {
            let mut rig = Rig::lowered(&kind, 5_000);
            rig.keep(to(15_000), 400);
            rig.run(after, true);
            stands_after(&mut rig, kind.timeout.plus(SLACK), false, kind.name);
        }
    }
}

#[test]
fn a_guardian_that_hung_does_not_let_the_bed_go_on_by_being_back() {
    for kind in kinds() {
        let mut rig = Rig::lowered(&kind, 5_000);
        rig.keep(to(15_000), 400);
        rig.run(1_500, false);
        let stood = rig.tilt();
        for _ in 0..25 {
            rig.keep(to(15_000), 80);
        }
        assert!(rig.tilt() < stood + 100, "{}: {stood} {}", kind.name, rig.tilt());
    }
}

#[test]
fn a_timeout_that_is_off_is_never_armed() {
    for kind in kinds().into_iter().filter(|kind| kind.name != "jog") {
        let mut rig = Rig::new(&kind);
        rig.table.set_device_fault(DeviceFault::TimeoutOff, true);
        rig.run(1_500, true);
        rig.greet();
        rig.idle(200);
        assert_ne!(rig.arm(), AckResult::Accepted, "{}", kind.name);
        let before = rig.tilt();
        rig.keep(to(15_000), 1_000);
        assert_eq!(rig.tilt(), before, "{}", kind.name);
    }
}

#[test]
fn no_answer_that_is_late_long_double_foreign_damaged_or_nonsense_gives_a_wrong_angle() {
    for kind in kinds() {
        for fault in [
            DeviceFault::LateAnswer,
            DeviceFault::DoubleAnswer,
            DeviceFault::OverLongAnswer,
            DeviceFault::WrongUnit,
            DeviceFault::BadCheck,
            DeviceFault::Garbage,
            DeviceFault::Mute,
        ] {
            let what = format!("{} {fault:?}", kind.name);
            let mut rig = Rig::lowered(&kind, 5_000);
            rig.keep(to(15_000), 400);
            rig.table.set_device_fault(fault, true);
            // The host goes on asking; the guardian sees no angle and stops.
            for _ in 0..20 {
                rig.keep(to(15_000), 80);
            }
            stands_after(&mut rig, Millis::new(1), true, &what);
            assert!(rig.tilt() < 8_500, "{what}: {}", rig.tilt());
            assert!(rig.wrong.is_empty(), "{what}: {:?}", rig.wrong.first());
        }
    }
}

#[test]
fn a_bed_that_lost_its_angle_is_brought_back_once_the_line_is_well() {
    for kind in kinds() {
        let mut rig = Rig::lowered(&kind, 5_000);
        rig.table.set_device_fault(DeviceFault::Mute, true);
        rig.idle(3_000);
        rig.table.heal();
        rig.idle(1_500);
        let until = rig.ms + 30_000;
        while rig.tilt() > -500 && rig.ms < until {
            rig.keep(back(), 80);
        }
        assert!((-10_000..=0).contains(&rig.tilt()), "{}: {}", kind.name, rig.tilt());
    }
}

#[test]
fn a_host_that_is_lost_head_down_is_followed_by_a_return() {
    for kind in kinds() {
        let mut rig = Rig::lowered(&kind, 10_000);
        rig.run(45_000, true);
        assert!((-10_000..=0).contains(&rig.tilt()), "{}: {}", kind.name, rig.tilt());
        assert!(rig.wrong.is_empty(), "{}: {:?}", kind.name, rig.wrong.first());
    }
}
