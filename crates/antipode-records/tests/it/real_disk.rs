//! The disk of this machine.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use antipode_records::disk::{Disk as _, RealDisk};
use antipode_records::keys::{KeyError, KeyStore};
use antipode_records::{Kind, PersonId, Recovery, Room, Store, history, verify};

use crate::fixture::{new_session, record, session, stamp, whole_session};

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
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(folder.path());
    let mut writer = store.begin(new_session(1)).unwrap();
    writer.append(&record(1, Kind::START, b"plan")).unwrap();
    writer.commit().unwrap();
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
