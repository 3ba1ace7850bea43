//! A line that hangs and lets go, and one that is full (F-09, F-11): by the true tilt of the bed.

use antipode_guardian::{AngleFrom, Following, Need};
use antipode_sim::faults::{Fault, FaultKind};

use super::kinds::{kinds, pololu};
use super::rig::{Kind, Rig, to};

fn all() -> impl Iterator<Item = Kind> {
    kinds().into_iter().chain(pololu())
}

/// Lowering, with `kind` of fault on the drive's line from the next millisecond on.
fn struck(of: &Kind, kind: FaultKind, for_ms: u64) -> Rig {
    let mut rig = Rig::lowered(of, 8_000);
    rig.keep(to(18_000), 400);
    let fault = Fault::at(kind, rig.table.now_ms() + 1);
    rig.table.add_fault(fault.lasting(for_ms));
    rig
}

/// The host is gone; the table's own way home takes it to the rest band.
#[track_caller]
fn comes_home(rig: &mut Rig, name: &str) {
    rig.run(60_000, true);
    assert!((-10_000..=0).contains(&rig.tilt()), "{name}: {}", rig.tilt());
    assert!(rig.wrong.is_empty(), "{name}: {:?}", rig.wrong.first());
}

/// The same, but a drive to a place whose own position was found to stand still while it was told to
/// turn, and that has no other angle, has no way home that anybody may trust: it stands, and says so.
#[track_caller]
fn comes_home_or_calls(rig: &mut Rig, kind: &Kind) {
    if kind.following != Following::Position || kind.angle != AngleFrom::Drive {
        return comes_home(rig, kind.name);
    }
    let stood = rig.tilt();
    rig.run(60_000, true);
    let home = (-10_000..=0).contains(&rig.tilt());
    let stands = (rig.tilt() - stood).abs() < 600 && rig.guardian.need(true) == Some(Need::NoAngle);
    assert!(home || stands, "{}: {} and {:?}", kind.name, rig.tilt(), rig.guardian.need(true));
    assert!(rig.wrong.is_empty(), "{}: {:?}", kind.name, rig.wrong.first());
}

#[test]
fn what_a_half_open_line_held_back_lowers_nobody_when_it_arrives() {
    for kind in all() {
        let mut rig = struck(&kind, FaultKind::HalfOpen, 3_000);
        // The guardian goes on asking and ordering; the device hears nothing of it.
        rig.run(2_000, true);
        let stood = rig.tilt();
        assert!(stood < 14_000, "{}: its own timeout ended it: {stood}", kind.name);
        // Three seconds of orders arrive in one moment.
        let mut deepest = stood;
        for _ in 0..300 {
            rig.run(10, true);
            deepest = deepest.max(rig.tilt());
        }
        assert!(deepest - stood < 600, "{}: from {stood} to {deepest}", kind.name);
        comes_home(&mut rig, kind.name);
    }
}

#[test]
fn a_drives_flooded_line_lowers_nobody_further_and_the_bed_comes_home_when_it_ends() {
    for kind in all() {
        let mut rig = struck(&kind, FaultKind::Flood, 5_000);
        // The host is gone in the same moment: what is repeated on the line must not stand in for it.
        let from = rig.tilt();
        let mut deepest = from;
        for _ in 0..500 {
            rig.run(10, true);
            deepest = deepest.max(rig.tilt());
        }
        assert!(deepest - from < 3_000, "{}: from {from} to {deepest}", kind.name);
        comes_home_or_calls(&mut rig, &kind);
    }
}
