//! The disk of this machine.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use antipode_records::disk::{Disk as _, RealDisk};
use antipode_records::keys::{KeyError, KeyStore};
use antipode_records::{Kind, PersonId, Recovery, Room, Store, history, verify};

use crate::fixture::{begun, event, new_session, record, session, stamp, whole_session};

/// A process that is being started holds every file of this one for a moment, their locks too, so
/// tests that look at locks do not run beside the one that starts processes.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The room of a test must not depend on how full the disk of the machine is.
const ROOM: Room = Room { free: 0, reserve: 64 << 10, segment: 16 << 10 };

fn open(path: &Path) -> (Store, Recovery) {
    Store::open(Arc::new(RealDisk::open(path).unwrap()), ROOM, stamp(500)).unwrap()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_session_survives_on_a_real_disk_and_is_private() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data").join("journal");
    let (store, _) = open(&path);
    let closed = whole_session(&store, 1).finish().unwrap();
    assert!(closed.sealed && closed.listed);

    let (_, recovery) = open(&path);
    assert_eq!((recovery.closed, recovery.read), (1, 0));
    let disk = RealDisk::open(&path).unwrap();
    assert!(verify(&disk).unwrap().is_clean());
    let entry = history::sessions(&disk).unwrap().remove(0);
    assert_eq!((entry.head, entry.journal_name()), (closed.head, closed.name));
    // What was set aside for the segment was given back.
    let len = std::fs::metadata(path.join(entry.journal_name())).unwrap().len();
    assert!(len < 1_000, "{len}");

    assert_eq!((mode(&path), mode(&folder.path().join("data"))), (0o700, 0o700));
    for file in std::fs::read_dir(&path).unwrap() {
        let file = file.unwrap().path();
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn a_running_session_is_seen_through_its_lock() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(folder.path());
    let writer = begun(&store, 1);
    let (_, recovery) = open(folder.path());
    assert_eq!(recovery.live, [session(1)]);
    drop(writer);
    let (_, recovery) = open(folder.path());
    assert_eq!(recovery.interrupted.len(), 1);
    assert!(verify(&RealDisk::open(folder.path()).unwrap()).unwrap().is_clean());
}

#[test]
fn a_wiped_key_is_gone_from_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyStore::new(Arc::new(RealDisk::open(folder.path()).unwrap()));
    let person = PersonId::from_bytes([1; 16]);
    keys.load_or_make(person).unwrap();
    let file = folder.path().join(format!("{person}.key"));
    assert_eq!(mode(&file), 0o600);
    keys.wipe(person).unwrap();
    assert!(!file.exists());
    assert!(matches!(keys.load_or_make(person), Err(KeyError::Wiped(_))));
}

#[test]
fn a_name_cannot_leave_the_folder_and_a_link_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let disk = RealDisk::open(&folder.path().join("journal")).unwrap();
    assert!(disk.create("../outside").is_err());
    std::fs::write(folder.path().join("target"), b"x").unwrap();
    std::os::unix::fs::symlink(folder.path().join("target"), disk.path().join("link")).unwrap();
    assert!(disk.read("link").is_err());
    assert!(disk.free_bytes().unwrap() > 0);
}

/// Where the killed writer of the test below works; set only in its child.
const CHILD_FOLDER: &str = "ANTIPODE_TEST_JOURNAL";

/// Writes and commits until it is killed, and says each record that is durable.
fn write_until_killed(path: &Path) {
    let (store, _) = open(path);
    let mut writer = store.begin(new_session(1)).unwrap();
    writer.append(&record(1, Kind::START, b"plan")).unwrap();
    let mut out = std::io::stdout();
    for ms in 2.. {
        let durable = writer.commit().unwrap();
        writeln!(out, "durable {}", durable.count()).unwrap();
        out.flush().unwrap();
        for _ in 0..ms % 4 {
            writer.append(&event(ms, &[7; 333])).unwrap();
        }
    }
}

#[test]
fn a_killed_writer_leaves_all_that_it_acknowledged() {
    if let Some(path) = std::env::var_os(CHILD_FOLDER) {
        write_until_killed(Path::new(&path));
    }
    let _alone = alone();
    for lines in [1, 2, 5, 23] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "real_disk::a_killed_writer_leaves_all_that_it_acknowledged"])
            .arg("--nocapture")
            .env(CHILD_FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        let durable: u64 = said
            .filter_map(|line| line.unwrap().rsplit_once("durable ")?.1.parse().ok())
            .take(lines)
            .last()
            .unwrap();
        child.kill().unwrap();
        child.wait().unwrap();

        let (_, recovery) = open(folder.path());
        let [found] = &recovery.interrupted[..] else { panic!("{recovery:?}") };
        assert!(found.last_seq >= durable, "{found:?} after {durable}");
        let report = verify(&RealDisk::open(folder.path()).unwrap()).unwrap();
        assert!(report.is_clean() && report.open.is_empty(), "{report:?}");
    }
}
