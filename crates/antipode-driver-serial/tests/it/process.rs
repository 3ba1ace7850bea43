//! A program as a table: the example that ships with the project, and programs that are none.

use std::path::{Path, PathBuf};
use std::time::Duration;

use antipode_device::{Address, LinkLoss, OpenTable, Table, TableDriver, TableError, TableEvent};
use antipode_driver_serial::ProcessDriver;
use antipode_safety::{DriveState, Reading};
use rustix::process::{Pid, Signal, getpgid, kill_process};

/// Everything here happens within moments; a test that waits for longer has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// The example's simulated bed: a file with its true tilt, of which there is one at a time.
struct Bed {
    _dir: tempfile::TempDir,
    path: PathBuf,
}

impl Bed {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bed");
        Self { _dir: dir, path }
    }

    fn address(&self) -> Address {
        let example = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../examples/python-driver/table.py")
            .canonicalize()
            .unwrap();
        Address(format!("python3 \"{}\" --bed {}", example.display(), self.path.display()))
    }

    fn tilt_mdeg(&self) -> i32 {
        let text = std::fs::read_to_string(&self.path).unwrap();
        text.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// The program that has this bed.
    fn program(&self) -> Pid {
        let named = |entry: &std::fs::DirEntry| {
            let words = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&words).contains(&*self.path.to_string_lossy())
        };
        let entry = std::fs::read_dir("/proc").unwrap().flatten().find(named).unwrap();
        Pid::from_raw(entry.file_name().to_string_lossy().parse().unwrap()).unwrap()
    }
}

async fn open(bed: &Bed) -> Result<OpenTable, TableError> {
    ProcessDriver.open(&bed.address()).await
}

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

async fn reading(table: &mut dyn Table) -> Reading {
    let found = wait_for(table, |event| matches!(event, TableEvent::Reading(_))).await;
    let TableEvent::Reading(reading) = found else {
        unreachable!("only readings were let through")
    };
    reading
}

#[tokio::test]
async fn the_example_says_what_it_is_and_where_its_bed_is() {
    let bed = Bed::new();
    let (mut table, _stopper) = open(&bed).await.unwrap();
    assert!(table.capabilities().returns_without_host && !table.capabilities().simulated);
    let seen = reading(&mut *table).await;
    assert_eq!(seen.tilt.unwrap().millideg(), bed.tilt_mdeg());
    assert_eq!(seen.drive, DriveState::Disarmed);
}

#[tokio::test]
async fn it_runs_in_a_process_group_of_its_own_and_a_second_one_does_not_get_its_bed() {
    let bed = Bed::new();
    let first = open(&bed).await.unwrap();
    let program = bed.program();
    assert_eq!(getpgid(Some(program)).unwrap(), program, "a Ctrl-C for the host would reach it");
    let Err(second) = open(&bed).await else { panic!("two hosts on one bed") };
    assert!(second.to_string().contains("ended"), "{second}");
    drop(first);
}

#[tokio::test]
async fn a_program_that_dies_is_told_and_a_new_one_is_a_new_session_disarmed() {
    let bed = Bed::new();
    let (mut table, _stopper) = open(&bed).await.unwrap();
    table.arm().await.unwrap();
    wait_for(&mut *table, |event| *event == TableEvent::Armed).await;
    let before = bed.program();
    kill_process(before, Signal::KILL).unwrap();
    wait_for(&mut *table, |event| *event == TableEvent::Lost(LinkLoss::HungUp)).await;
    wait_for(&mut *table, |event| matches!(event, TableEvent::Connected(_))).await;
    assert_ne!(bed.program(), before);
    assert_eq!(reading(&mut *table).await.drive, DriveState::Disarmed);
}

#[tokio::test]
async fn a_table_that_is_closed_ends_its_program_at_rest_without_killing_it() {
    let bed = Bed::new();
    let opened = open(&bed).await.unwrap();
    let program = bed.program();
    drop(opened);
    let ended = async {
        // A process that waits to be reaped still has its name; its end is that nobody holds it.
        while rustix::process::test_kill_process(program).is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, ended).await.expect("it runs on at rest with no host");
}

#[tokio::test]
async fn a_program_that_is_no_table_is_named_and_not_started_again() {
    for (address, why) in [
        ("true", "ended"),
        ("cat", "does not answer"),
        ("/no/such/program", "No such file"),
        ("./table.py", "relative path"),
    ] {
        let opened = ProcessDriver.open(&Address(address.to_owned())).await;
        let Err(error) = opened else { panic!("{address} is a table") };
        assert!(error.to_string().contains(why), "{address}: {error}");
        assert!(!error.may_have_acted());
    }
}
