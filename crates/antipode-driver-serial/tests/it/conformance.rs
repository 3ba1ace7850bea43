//! Every driver of this crate before the suite that every driver must pass.

use antipode_device::conformance::{Rig, Trouble, publish, run};
use antipode_driver_serial::LinkDriver;
use antipode_guardian::AngleFrom;
use antipode_sim::faults::{Fault, FaultKind};
use antipode_sim::person::PersonConfig;
use antipode_sim::world::{Served, World, WorldSetup};

use crate::drives::kinds;
use crate::drives::rig::Kind;
use crate::guarded;
use crate::rig::guarded::GuardedRig;
use crate::rig::plugged::{Device, PluggedRig};
use crate::rig::program::{ProgramRig, compiled, example};

/// Checks side by side: each has a device of its own, and mostly waits for its bed.
const AT_ONCE: usize = 14;

impl Device for Served {
    fn true_tilt_mdeg(&self) -> i32 {
        self.world().plant().true_tilt_mdeg()
    }

    fn trouble(&mut self, trouble: Trouble) {
        let now = self.world().now_ms();
        self.world_mut().heal();
        let (kind, value) = match trouble {
            Trouble::None => return,
            Trouble::AnswersLost => (FaultKind::MuteTable, None),
            Trouble::Late(ms) => (FaultKind::Delay, Some(i64::from(ms) * 1_000)),
            Trouble::Twice => (FaultKind::Duplicate, None),
            Trouble::Garbage => (FaultKind::BurstNoise, None),
        };
        self.world_mut().add_fault(Fault { value, ..Fault::at(kind, now) });
    }

    fn restart(&mut self) {
        // It strikes as it begins, so it must begin in the world's next turn.
        let now = self.world().now_ms();
        self.world_mut().add_fault(Fault::at(FaultKind::TableReset, now + 10));
    }
}

fn conforms<R: Rig>(driver: &str, rig: impl Fn() -> R + Sync) {
    // One at a time: a device that gets no turn for a lease stops, as it should.
    let turn = guarded::turn();
    let report = run(driver, rig, AT_ONCE);
    drop(turn);
    publish(&report);
    assert!(report.conforms(), "{report}");
}

/// A report of 30.12 degrees on the way down in session C0FFEE11, and half of another.
const STALE_LINK: &[u8] = &[
    0x00, 0x04, 0x01, 0xb0, 0x10, 0x0e, 0x11, 0xee, 0xff, 0xc0, 0x04, 0x03, 0x02, 0x01, 0x02, 0x50,
    0x1e, 0x15, 0x20, 0x03, 0xc4, 0x0b, 0x09, 0x80, 0x6a, 0xff, 0xa9, 0x01, 0x68, 0x09, 0xfb, 0x07,
    0x06, 0x05, 0xe6, 0x17, 0xc8, 0x0d, 0x00, 0x04, 0x01, 0xb0, 0x10, 0x0e,
];

#[test]
fn link() {
    conforms("link", || {
        let world = World::new(&WorldSetup::reference(PersonConfig::reference()), 1);
        PluggedRig::new(LinkDriver, Served::new(world), "", STALE_LINK)
    });
}

#[test]
fn process() {
    let table = example("python-driver").join("table.py");
    let program = format!("python3 \"{}\"", table.display());
    conforms("process", || ProgramRig::new(&program));
}

#[test]
fn process_c() {
    let Some(table) = compiled("firmware-c", &["table.c", "session.c", "watch.c", "bed.c"]) else {
        println!("SKIPPED: no C compiler `cc` here, so the C controller is NOT tried by this run");
        return;
    };
    let program = format!("\"{}\"", table.display());
    conforms("process-c", || ProgramRig::new(&program));
}

/// Guarded tables: the suite stands where the program does, before the guardian's socket, and the
/// trouble is on the drive's own line, where it is said.
#[test]
fn jrk() {
    conforms("jrk", || {
        let kind = kinds::jrk("jrk", AngleFrom::Drive);
        GuardedRig::new(Kind { setup: guarded::jrk_table(), ..kind })
    });
}

#[test]
fn tic() {
    conforms("tic", || GuardedRig::new(kinds::tic()));
}

#[test]
fn roboclaw() {
    conforms("roboclaw", || GuardedRig::new(kinds::duty()));
}

#[test]
fn modbus() {
    conforms("modbus", || GuardedRig::new(kinds::place()));
}
