//! A drive that is set otherwise, or is another one, than when its guardian met it: whoever is head-down
//! on it comes home, and nobody goes down further (H-01, H-08).

use antipode_device::{Dialect, IdentityRead, Register, RegisterBank};
use antipode_guardian::{AngleFrom, line_of};
use antipode_link::AckResult;
use antipode_sim::device::DeviceFault;
use antipode_sim::pty::LineEnd;

use super::kinds::{jrk, place, tic};
use super::rig::{Kind, Rig, back, to};

/// Somebody changes the drive of a lowered bed; its `what` is named.
fn comes_home_only(kind: &Kind, what: &str, change: fn(&mut Rig)) {
    let mut rig = Rig::lowered(kind, 6_000);
    assert_eq!(rig.guardian.only_home(), None, "{}", kind.name);
    change(&mut rig);
    // While it is told to stand it is asked again.
    let until = rig.ms + 20_000;
    while rig.guardian.only_home().is_none_or(|why| !why.contains(what)) {
        assert!(rig.ms < until, "{}: {:?}", kind.name, rig.guardian.only_home());
        rig.idle(100);
    }
    let stood = rig.tilt();
    for _ in 0..50 {
        rig.keep(to(15_000), 80);
    }
    assert!(rig.tilt() < stood + 300, "{}: {stood} {}", kind.name, rig.tilt());
    assert_ne!(rig.arm(), AckResult::Accepted, "{}", kind.name);
    let until = rig.ms + 60_000;
    while rig.tilt() > 0 {
        assert!(rig.ms < until, "{}: {}", kind.name, rig.tilt());
        rig.keep(back(), 80);
    }
    assert_eq!(rig.wrong, [], "{}", kind.name);
}

/// Another board was put in its place, and its line opened again.
fn replugged(rig: &mut Rig) {
    rig.table.set_device_fault(DeviceFault::WrongIdentity, true);
    rig.guardian.drive_opened();
}

#[test]
fn a_pololu_drive_that_was_changed_under_a_lowered_bed_only_brings_it_home() {
    for kind in [jrk("jrk", AngleFrom::DriveAndSensor), tic()] {
        comes_home_only(&kind, "`device number`", replugged);
    }
}

/// The actuator with a register by which it is known.
fn known_by(value: u16) -> Kind {
    let kind = place();
    let Dialect::Modbus(profile) = &kind.dialect else { panic!("{:?}", kind.dialect) };
    let register = Register { bank: RegisterBank::Holding, addr: 30 };
    let mut profile = profile.clone();
    profile.identity = vec![IdentityRead { register, value }];
    Kind { dialect: Dialect::Modbus(profile), ..kind }
}

#[test]
fn an_actuator_whose_identity_changes_under_a_lowered_bed_only_brings_it_home() {
    comes_home_only(&known_by(0), "holding register 30: 5, and its model expects 0", |rig| {
        // Another master writes it.
        rig.table.hear(0, &[0x01, 0x06, 0x00, 0x1e, 0x00, 0x05, 0x29, 0xcf]);
    });
}

#[test]
fn an_actuator_that_is_not_the_one_of_its_model_is_never_armed() {
    let mut rig = Rig::new(&known_by(7));
    rig.run(3_000, true);
    rig.greet();
    rig.idle(400);
    let facts = line_of(rig.guardian.facts());
    assert!(facts.contains("holding register 30: 0, and its model expects 7"), "{facts}");
    assert_eq!(rig.arm(), AckResult::Faulted);
}

#[test]
fn every_kind_of_drive_says_the_same_of_itself_after_every_start() {
    for kind in super::kinds::kinds().into_iter().chain(super::kinds::pololu()) {
        let say = || {
            let mut rig = Rig::new(&kind);
            rig.run(3_000, true);
            line_of(rig.guardian.facts())
        };
        let said = say();
        assert!(said.contains("time-out: "), "{}: {said}", kind.name);
        assert_eq!(say(), said, "{}", kind.name);
    }
}
