//! A drive whose word is always the same, and one whose timeout only says that it is there.

use antipode_guardian::AngleFrom;
use antipode_sim::device::DeviceFault;

use super::kinds::kinds;
use super::rig::{Kind, Rig, to};

/// A bed whose angle stands still may go no further than this before it is stopped.
const UNSEEN_MDEG: i32 = 6_000;

#[test]
fn a_position_that_stands_still_stops_the_bed_that_moves() {
    for kind in kinds() {
        for angle in [AngleFrom::Drive, AngleFrom::DriveAndSensor] {
            let kind = Kind { angle, ..kind.clone() };
            let mut rig = Rig::lowered(&kind, 5_000);
            rig.keep(to(18_000), 1_000);
            let from = rig.tilt();
            rig.table.set_device_fault(DeviceFault::StaleAnswer, true);
            rig.keep(to(18_000), 8_000);
            let what = format!("{} {angle:?}", kind.name);
            assert!(rig.tilt() < from + UNSEEN_MDEG, "{what}: {from} {}", rig.tilt());
            let stands = rig.tilt();
            rig.keep(to(18_000), 4_000);
            assert!(rig.tilt() < stands + 60, "{what}: {stands} {}", rig.tilt());
        }
    }
}

/// No question finds it, so nothing here refuses it: this is why the cable is pulled when a table is
/// commissioned (hazards H-01).
#[test]
fn a_timeout_that_is_only_said_to_be_there_is_found_by_nothing_but_a_pulled_cable() {
    for kind in kinds().into_iter().filter(|kind| ["duty", "speed"].contains(&kind.name)) {
        let mut rig = Rig::new(&kind);
        rig.table.set_device_fault(DeviceFault::TimeoutDead, true);
        rig.run(1_500, true);
        rig.greet();
        rig.idle(200);
        rig.clear_and_arm(&kind);
        rig.lower(3_000);
        rig.keep(to(15_000), 400);
        let pulled = rig.tilt();
        rig.run(4_000, false);
        assert!(rig.tilt() > pulled + 3_000, "{}: {pulled} {}", kind.name, rig.tilt());
    }
}
