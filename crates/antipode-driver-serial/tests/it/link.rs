//! Table link over a real line discipline.

use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use antipode_device::{
    Address, LinkLoss, OpenTable, ReturnMotion, Table, TableDriver, TableError, TableEvent, Traced,
    WireTrace,
};
use antipode_driver_serial::LinkDriver;
use antipode_safety::{DriveState, FaultSet, Rate, Reading, Timestamp};
use antipode_sim::faults::{Fault, FaultKind};
use antipode_sim::person::PersonConfig;
use antipode_sim::pty::{Plugged, Pty};
use antipode_sim::world::{Served, World, WorldSetup};

use crate::served::{Table as Simulated, behind, reference};

/// Everything here happens within moments; a test that waits for longer has failed.
const PATIENCE: Duration = Duration::from_secs(20);

async fn open(path: &std::path::Path) -> Result<OpenTable, TableError> {
    LinkDriver.open(&Address(path.display().to_string())).await
}

/// The first event that `is` what is waited for.
async fn wait_for(table: &mut dyn Table, is: impl Fn(&TableEvent) -> bool) -> TableEvent {
    let waiting = async {
        loop {
            let event = table.next_event().await.unwrap();
            if is(&event) {
                return event;
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it never came")
}

async fn reading(table: &mut dyn Table, is: impl Fn(&Reading) -> bool) -> Reading {
    let found = wait_for(table, |event| matches!(event, TableEvent::Reading(r) if is(r))).await;
    let TableEvent::Reading(reading) = found else {
        unreachable!("only readings were let through")
    };
    reading
}

#[tokio::test]
async fn a_table_says_what_it_is_and_where_its_bed_is() {
    let served = reference();
    let (mut table, _stopper) = open(served.path()).await.unwrap();
    let stated = table.capabilities();
    assert!(stated.returns_without_host && stated.latch_sensors == 2);
    assert!(!stated.simulated, "for the driver every table carries a person");
    let seen = reading(&mut *table, |reading| reading.tilt.is_some()).await;
    let truth = served.with(|served| served.world().plant().true_tilt_mdeg());
    assert!((seen.tilt.unwrap().millideg() - truth).abs() < 500, "{seen:?} {truth}");
    assert_eq!(seen.drive, DriveState::Disarmed);
}

#[tokio::test]
async fn a_second_host_does_not_get_the_port() {
    let served = reference();
    let first = open(served.path()).await.unwrap();
    let second = open(served.path()).await;
    let Err(TableError::Open { cause, .. }) = second else { panic!("it got the port") };
    assert!(matches!(cause.kind(), std::io::ErrorKind::ResourceBusy), "{cause:?}");
    drop(first);
    // The thread lets the port go as soon as it notices; then it is free again.
    let again = async {
        while open(served.path()).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, again).await.expect("the port was never let go");
}

#[tokio::test]
async fn an_address_that_is_no_port_is_refused_before_anything_is_opened() {
    for address in ["", "ttyUSB0", "/dev/ttyUSB0@quick"] {
        let refused = LinkDriver.open(&Address(address.to_owned())).await;
        assert!(matches!(refused, Err(TableError::Unfit { .. })), "{address}");
    }
    let missing = LinkDriver.open(&Address("/dev/serial/by-id/no-such-table".to_owned())).await;
    assert!(matches!(missing, Err(TableError::Open { .. })));
}

#[tokio::test]
async fn a_line_without_a_table_is_named_in_time() {
    let pty = Pty::open().unwrap();
    let silent = open(pty.path()).await;
    let Err(error) = silent else { panic!("nobody is there") };
    assert!(error.to_string().contains("nothing was sent") || !error.may_have_acted());
}

#[tokio::test]
async fn bytes_from_before_the_port_was_opened_mean_nothing() {
    let mut pty = Pty::open().unwrap();
    // What another program's session left behind: a whole frame, and half of one.
    pty.master().write_all(&[3, 1, 0xb0, 1, 0, 0, 9, 9, 9, 0, 7, 7, 7]).unwrap();
    let served = behind(pty);
    let (mut table, _stopper) = open(served.path()).await.unwrap();
    reading(&mut *table, |reading| reading.tilt.is_some()).await;
}

#[tokio::test]
async fn the_stop_lane_reaches_the_table_past_a_control_loop_that_does_nothing() {
    let served = reference();
    let (mut table, stopper) = open(served.path()).await.unwrap();
    reading(&mut *table, |reading| reading.drive == DriveState::Disarmed).await;
    stopper.stop();
    reading(&mut *table, |reading| reading.drive == DriveState::Stopped).await;
    assert!(served.with(|served| served.world().controller().unwrap().inspect().stop_latched));
}

#[tokio::test]
async fn a_table_is_armed_once_it_says_so_and_disarmed_by_a_new_session() {
    let dir = tempfile::tempdir().unwrap();
    let name = dir.path().join("table");
    let served = reference();
    symlink(served.path(), &name).unwrap();
    let (mut table, _stopper) = open(&name).await.unwrap();
    table.arm().await.unwrap();
    wait_for(&mut *table, |event| *event == TableEvent::Armed).await;
    // Unplugged, and plugged in again under the name that somebody wrote down. The name goes first: the
    // system gives the number of a closed pseudo-terminal to the next one that asks.
    std::fs::remove_file(&name).unwrap();
    drop(served);
    wait_for(&mut *table, |event| *event == TableEvent::Lost(LinkLoss::HungUp)).await;
    let served = reference();
    symlink(served.path(), &name).unwrap();
    wait_for(&mut *table, |event| matches!(event, TableEvent::Connected(_))).await;
    let seen = reading(&mut *table, |_| true).await;
    assert_eq!(seen.drive, DriveState::Disarmed, "nothing that was said before holds");
}

/// A table `serial` whose bed is head-down.
fn lowered(serial: u32) -> Simulated {
    let mut setup = WorldSetup::reference(PersonConfig::reference());
    setup.firmware.serial = serial;
    setup.plant.start_mdeg = 10_000;
    Plugged::new(Served::new(World::new(&setup, 1))).unwrap()
}

#[tokio::test]
async fn a_name_that_another_table_got_moves_nothing_there_and_the_own_table_is_found_again() {
    let dir = tempfile::tempdir().unwrap();
    let name = dir.path().join("table");
    let (mut own, other) = (lowered(1), lowered(2));
    let leads_to = |path: &Path| {
        let new = dir.path().join("new");
        symlink(path, &new).unwrap();
        std::fs::rename(&new, &name).unwrap();
    };
    leads_to(own.path());
    let (mut table, stopper) = open(&name).await.unwrap();
    table.heartbeat().await.unwrap();
    reading(&mut *table, |_| true).await;
    leads_to(other.path());
    own.unplug();
    wait_for(&mut *table, |event| *event == TableEvent::Mismatch).await;
    // Whatever is said from here on: the session's way home, a person's clearing, STOP.
    let at = |table: &Simulated| {
        table.with(|table| (table.world().now_ms(), table.world().plant().true_tilt_mdeg()))
    };
    let (from, before) = at(&other);
    while at(&other).0 < from + 7_000 {
        let back = ReturnMotion { rate: Rate::clamped(3_000), held: true };
        table.heartbeat().await.unwrap();
        table.clear_faults(FaultSet::from_bits(u16::MAX)).await.unwrap();
        table.arm().await.unwrap();
        table.return_to_rest(back).await.unwrap();
        stopper.stop();
        // Its own reports end with the line; this waits as the control loop does.
        let event = tokio::time::timeout(Duration::from_millis(80), table.next_event()).await;
        let connected = matches!(event, Ok(Ok(TableEvent::Connected(_) | TableEvent::Reading(_))));
        assert!(!connected, "{event:?}");
    }
    assert!((at(&other).1 - before).abs() < 200, "{before} {}", at(&other).1);
    let inside = other.with(|table| table.world().controller().unwrap().inspect());
    assert!(!inside.stop_latched && !inside.armed, "{inside:?}");
    own.plug_in().unwrap();
    leads_to(own.path());
    let found = wait_for(&mut *table, |event| matches!(event, TableEvent::Connected(_))).await;
    assert!(matches!(found, TableEvent::Connected(stated) if stated.serial == 1));
}

#[tokio::test]
async fn a_stop_on_a_line_that_was_opened_again_reaches_the_table_once_that_is_known() {
    let dir = tempfile::tempdir().unwrap();
    let name = dir.path().join("table");
    let mut own = lowered(1);
    symlink(own.path(), &name).unwrap();
    let (mut table, stopper) = open(&name).await.unwrap();
    table.heartbeat().await.unwrap();
    reading(&mut *table, |_| true).await;
    std::fs::remove_file(&name).unwrap();
    own.unplug();
    wait_for(&mut *table, |event| *event == TableEvent::Lost(LinkLoss::HungUp)).await;
    own.plug_in().unwrap();
    symlink(own.path(), &name).unwrap();
    while !own.with(|table| table.world().controller().unwrap().inspect().stop_latched) {
        stopper.stop();
        let event = tokio::time::timeout(Duration::from_millis(20), table.next_event()).await;
        assert!(!matches!(event, Ok(Err(_))), "{event:?}");
    }
}

#[tokio::test]
async fn a_cut_line_is_told_and_greeted_anew() {
    let served = reference();
    let (mut table, _stopper) = open(served.path()).await.unwrap();
    reading(&mut *table, |_| true).await;
    served.with(|served| {
        let now = served.world().now_ms();
        let cut = Fault { for_ms: Some(2_500), ..Fault::at(FaultKind::LinkCut, now) };
        served.world_mut().add_fault(cut);
    });
    wait_for(&mut *table, |event| *event == TableEvent::Lost(LinkLoss::Silent)).await;
    wait_for(&mut *table, |event| matches!(event, TableEvent::Connected(_))).await;
}

#[tokio::test]
async fn a_return_at_level_moves_nothing() {
    let served = reference();
    let (mut table, _stopper) = open(served.path()).await.unwrap();
    let before = served.with(|served| served.world().plant().true_tilt_mdeg());
    let motion = ReturnMotion { rate: Rate::clamped(3_000), held: false };
    table.return_to_rest(motion).await.unwrap();
    for _ in 0..3 {
        reading(&mut *table, |_| true).await;
    }
    let after = served.with(|served| served.world().plant().true_tilt_mdeg());
    assert!((after - before).abs() < 100, "{before} {after}");
}

/// What went over a line, in order, as words.
#[derive(Clone, Default)]
struct Trace(Arc<Mutex<Vec<&'static str>>>);

impl WireTrace for Trace {
    fn note(&mut self, _at: Timestamp, seen: Traced<'_>) {
        self.0.lock().unwrap().push(match seen {
            Traced::Sent(_) => "sent",
            Traced::Heard(_) => "heard",
            Traced::Lost(_) => "lost",
            Traced::Opened => "opened",
        });
    }
}

#[tokio::test]
async fn a_trace_sees_both_ways_of_the_line_and_its_end() {
    let served = reference();
    let trace = Trace::default();
    let address = Address(served.path().display().to_string());
    let opening = LinkDriver.open_traced(&address, Box::new(trace.clone()));
    let (mut table, _stopper) = opening.await.unwrap();
    reading(&mut *table, |_| true).await;
    drop(served);
    wait_for(&mut *table, |event| *event == TableEvent::Lost(LinkLoss::HungUp)).await;
    let seen = trace.0.lock().unwrap().clone();
    assert_eq!((seen.first(), seen.last()), (Some(&"sent"), Some(&"lost")), "{seen:?}");
    assert!(seen.contains(&"heard"), "{seen:?}");
}
