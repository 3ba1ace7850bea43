//! Every drive whose motor loses its power, or whose own current limit stops it: it comes home all the
//! same, judged by the true tilt of the bed (H-01, H-11, H-13).

use antipode_sim::device::DeviceFault;

use super::kinds::{kinds, pololu};
use super::rig::{Kind, Rig, back, to};

fn all() -> Vec<Kind> {
    kinds().into_iter().chain(pololu()).collect()
}

/// On its way down while the motor's power goes for `ms`.
fn blinked(kind: &Kind, ms: u64) -> Rig {
    let mut rig = Rig::lowered(kind, 8_000);
    rig.keep(to(15_000), 400);
    rig.table.set_device_fault(DeviceFault::NoMotorPower, true);
    rig.run(ms, true);
    rig.table.heal();
    rig
}

#[test]
fn motor_power_that_blinks_leaves_every_drive_its_way_home_without_a_host() {
    for kind in all() {
        // An actuator whose registers say nothing of its power is blocked, for all that it tells: what
        // is away for longer than the table waits for its host is left to people.
        let tells = !["place", "jog"].contains(&kind.name);
        for ms in [40, 100, 300, 1_500, 20_000].into_iter().filter(|ms| tells || *ms < 5_000) {
            let mut rig = blinked(&kind, ms);
            rig.run(45_000, true);
            let tilt = rig.tilt();
            assert!((-10_000..=0).contains(&tilt), "{} {ms}: {tilt}", kind.name);
            assert!(!rig.guardian.inspect().stop_latched, "{} {ms}", kind.name);
            assert!(rig.wrong.is_empty(), "{}: {:?}", kind.name, rig.wrong.first());
        }
    }
}

#[test]
fn motor_power_that_blinks_leaves_every_drive_its_way_home_to_a_host() {
    for kind in all() {
        for ms in [100, 1_500] {
            let mut rig = blinked(&kind, ms);
            rig.idle(500);
            // Whoever let a stop button in its supply go has five seconds.
            let stood = rig.tilt();
            rig.keep(back(), 3_500);
            // A blink between two looks at a drive is none, and two registers tell of no power at all.
            let tells = ms > 1_000 && !["place", "jog"].contains(&kind.name);
            assert!(!tells || (rig.tilt() - stood).abs() < 100, "{} {ms}: at once", kind.name);
            let until = rig.ms + 30_000;
            while rig.tilt() > -500 && rig.ms < until {
                rig.keep(back(), 80);
            }
            assert!((-10_000..=0).contains(&rig.tilt()), "{} {ms}: {}", kind.name, rig.tilt());
        }
    }
}

#[test]
fn a_drive_that_gave_up_on_the_way_down_comes_back_without_a_host() {
    // The alarm of a Leadshine stays until its power is cycled: it refuses, and people go on.
    for kind in all().into_iter().filter(|kind| !["jog", "place"].contains(&kind.name)) {
        let mut rig = Rig::lowered(&kind, 8_000);
        rig.keep(to(15_000), 400);
        let claw = ["duty", "speed"].contains(&kind.name);
        for _ in 0..30 {
            // For a RoboClaw that bit is its stop; it has a limit of its own.
            if claw {
                rig.table.plant_mut().faults_mut().current_stuck_ma = Some(20_000);
            } else {
                rig.table.set_device_fault(DeviceFault::LatchedFault, true);
            }
            rig.keep(to(15_000), 10);
        }
        rig.table.plant_mut().faults_mut().current_stuck_ma = None;
        rig.table.heal();
        let deepest = rig.tilt();
        rig.run(60_000, true);
        assert!(deepest > 6_000, "{}: {deepest}", kind.name);
        assert!((-10_000..=0).contains(&rig.tilt()), "{}: {}", kind.name, rig.tilt());
    }
}

#[test]
fn a_dip_on_the_way_home_that_a_drive_latches_as_a_fault_of_its_power_stage_is_no_obstacle() {
    for kind in pololu() {
        for ms in [150, 1_000] {
            let mut rig = Rig::lowered(&kind, 15_000);
            rig.run(7_000, true);
            let from = rig.tilt();
            assert!((5_000..14_500).contains(&from), "{}: under way, {from}", kind.name);
            for fault in [DeviceFault::NoMotorPower, DeviceFault::LatchedFault] {
                rig.table.set_device_fault(fault, true);
            }
            rig.run(ms, true);
            rig.table.heal();
            let stood = rig.tilt();
            rig.run(3_000, true);
            assert!((rig.tilt() - stood).abs() < 100, "{} {ms}: at once", kind.name);
            rig.run(30_000, true);
            assert!((-10_000..=0).contains(&rig.tilt()), "{} {ms}: {}", kind.name, rig.tilt());
        }
    }
}

#[test]
fn a_drive_that_refuses_to_go_on_is_not_asked_for_ever() {
    for kind in pololu() {
        let mut rig = Rig::lowered(&kind, 8_000);
        rig.keep(to(15_000), 400);
        rig.table.set_device_fault(DeviceFault::LatchedFault, true);
        rig.run(60_000, true);
        let stood = rig.tilt();
        assert!(rig.guardian.inspect().back_blocked, "{}", kind.name);
        rig.table.heal();
        rig.run(30_000, true);
        assert!((rig.tilt() - stood).abs() < 100, "{}: people go on", kind.name);
    }
}

#[test]
fn a_stop_wired_to_a_drive_is_a_stop_however_short() {
    for kind in kinds().into_iter().filter(|kind| ["duty", "speed"].contains(&kind.name)) {
        let mut rig = Rig::lowered(&kind, 8_000);
        rig.table.set_device_fault(DeviceFault::LatchedFault, true);
        rig.run(150, true);
        rig.table.heal();
        let stood = rig.tilt();
        rig.run(30_000, true);
        assert!(rig.guardian.inspect().stop_latched, "{}", kind.name);
        assert!((rig.tilt() - stood).abs() < 300, "{}: {stood} {}", kind.name, rig.tilt());
    }
}
