//! A Jrk closes its own loop, as softly or as stiffly as its maker set it.

use antipode_driver_serial::drive::jrk::{JrkDrive, JrkSetup};
use antipode_guardian::{AngleFrom, Following};
use antipode_link::{AckResult, Message};
use antipode_safety::{FaultSet, Millis};
use antipode_sim::device::{DeviceSetup, DriveSetup, JrkSetup as SimJrk};

use super::kinds::kinds;
use super::rig::{Kind, Rig, back, to};

/// Its own timeout, in tens of milliseconds.
const TIMEOUT: usize = 0x26;
/// Quarters of a step of duty for each count that it is away from its place.
const PROPORTIONAL: usize = 0x51;

/// A Jrk with this much of duty for each count.
fn jrk(quarters: u8) -> Kind {
    let board = SimJrk::fit().with_setting(TIMEOUT, &[50, 0]);
    let board = board.with_setting(PROPORTIONAL, &[quarters, 0, 2]);
    Kind {
        name: "jrk",
        setup: DeviceSetup { drive: DriveSetup::Jrk(board), ..DeviceSetup::jrk() },
        points: vec![(400_000, -75_000), (2_400_000, 0), (3_600_000, 30_000), (3_950_000, 38_000)],
        counts: 1,
        following: Following::Position,
        runs_on: Millis::ZERO,
        baud: 115_200,
        angle: AngleFrom::Drive,
        make: |_| Box::new(JrkDrive::new(JrkSetup::default())),
        timeout: Millis::new(500),
        // Its model is of no use to it: it is made from its setup.
        dialect: kinds().remove(0).dialect,
    }
}

fn cleared(rig: &mut Rig) {
    let faults = FaultSet::from_bits(u16::MAX);
    assert_eq!(rig.send(Message::ClearFaults { faults }), AckResult::Accepted);
}

#[test]
fn a_loop_that_is_soft_and_one_that_is_stiff_go_down_and_home_without_a_fault() {
    for quarters in [10, 20, 40, 80, 160, 250] {
        let kind = jrk(quarters);
        let mut rig = Rig::new(&kind);
        rig.run(1_500, true);
        rig.greet();
        cleared(&mut rig);
        assert_eq!(rig.arm(), AckResult::Accepted);
        rig.idle(1_000);
        for _ in 0..150 {
            rig.keep(to(5_000), 80);
        }
        let faults = rig.guardian.inspect().faults;
        assert_eq!(faults, FaultSet::NONE, "{quarters}: {faults}");
        assert!((4_700..=5_200).contains(&rig.tilt()), "{quarters}: {}", rig.tilt());
        for _ in 0..150 {
            rig.keep(back(), 80);
        }
        let faults = rig.guardian.inspect().faults;
        assert_eq!(faults, FaultSet::NONE, "{quarters}, on the way home: {faults}");
        assert!((-3_500..=-2_500).contains(&rig.tilt()), "{quarters}: {}", rig.tilt());
    }
}
