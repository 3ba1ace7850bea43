//! A drive that starts anew while it moves somebody: what it was told is gone, its timeout with it where
//! that is kept in memory only.

use antipode_link::Message;
use antipode_safety::Fault;
use antipode_sim::faults::{self, FaultKind};

use super::kinds::{kinds, pololu, restarting};
use super::rig::{Kind, Rig, back, to};
use super::{SLACK, stands_after};

/// From the loss of the host to the rest band.
const HOME_MS: u64 = 45_000;

/// The drive's board starts anew.
fn restart(rig: &mut Rig) {
    rig.table.add_fault(faults::Fault::at(FaultKind::TableReset, rig.ms + 1));
}

fn under_way(kind: &Kind, message: Message) -> Rig {
    let mut rig = Rig::lowered(kind, if message == back() { 10_000 } else { 5_000 });
    rig.keep(message, 600);
    restart(&mut rig);
    rig
}

#[test]
fn a_guardian_that_dies_after_its_drive_started_anew_leaves_a_bed_that_stands() {
    let claws = restarting().into_iter().map(|(_, kind)| kind);
    for kind in kinds().into_iter().chain(pololu()).chain(claws) {
        for message in [to(15_000), back()] {
            for after in [40, 120, 160, 200, 280, 400, 800, 1_600] {
                let mut rig = under_way(&kind, message);
                rig.keep(message, after);
                let what = format!("{} {:?} {after}: {message:?}", kind.name, kind.setup.drive);
                stands_after(&mut rig, kind.timeout.plus(SLACK), false, &what);
            }
        }
    }
}

#[test]
fn a_drive_that_forgot_its_timeout_lowers_nobody_on() {
    for (_, kind) in restarting() {
        let mut rig = under_way(&kind, to(15_000));
        let from = rig.tilt();
        rig.keep(to(15_000), 4_000);
        let what = format!("{} {:?}", kind.name, kind.setup.drive);
        assert!(rig.tilt() < from + 1_000, "{what}: {from} {}", rig.tilt());
        let seen = rig.guardian.inspect();
        assert!(seen.faults.has(Fault::LeaseExpired) && !seen.armed, "{what}: {seen:?}");
        assert!(rig.wrong.is_empty(), "{what}: {:?}", rig.wrong.first());
    }
}

#[test]
fn nobody_stays_head_down_because_a_drive_forgot_its_timeout() {
    for (claw, kind) in restarting() {
        for after in [0, 1_000, 5_000, 20_000] {
            let mut rig = Rig::lowered(&kind, 10_000);
            let lost = rig.ms;
            rig.run(after, true);
            restart(&mut rig);
            while rig.tilt() > 0 && rig.ms < lost + HOME_MS {
                rig.run(100, true);
            }
            let what = format!("{} {after} {claw:?}: {}", kind.name, rig.tilt());
            let sees = claw.keeps_place || kind.angle != antipode_guardian::AngleFrom::Drive;
            // One that counts from 0 and has nothing beside it knows no way; people bring it up.
            if sees {
                rig.run(3_000, true);
                assert!((-10_000..=0).contains(&rig.tilt()), "{what}");
            } else {
                let stands = rig.tilt();
                rig.run(5_000, true);
                assert!((rig.tilt() - stands).abs() < 60, "{what} {stands}");
            }
            assert!(rig.wrong.is_empty(), "{what}: {:?}", rig.wrong.first());
        }
    }
}

#[test]
fn a_drive_that_forgot_its_timeout_is_armed_again_by_a_person() {
    for (claw, kind) in restarting().into_iter().filter(|(claw, _)| claw.keeps_place) {
        let mut rig = under_way(&kind, to(15_000));
        rig.keep(to(15_000), 2_000);
        for _ in 0..200 {
            rig.keep(back(), 80);
        }
        assert!(rig.tilt() <= 0, "{} {claw:?}: {}", kind.name, rig.tilt());
        rig.clear_and_arm(&kind);
        rig.lower(5_000);
        assert!(rig.tilt() > 4_000, "{} {claw:?}: {}", kind.name, rig.tilt());
    }
}
