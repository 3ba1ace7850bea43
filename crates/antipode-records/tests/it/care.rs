//! What people say between sessions: no acknowledged answer is lost, whatever becomes of the disk.

use std::io::Read as _;
use std::sync::Arc;

use antipode_records::care::{CareJournal, FIRST_ACT, KeepError, MAX_ACT, Sitting, acts, people};
use antipode_records::disk::{Disk as _, IoFault, MemoryDisk};
use antipode_records::keys::{KeyStore, PersonKey};
use antipode_records::{Kind, PersonId, verify};

use crate::fixture::{CRASHES, stamp};

const PAIN: Kind = Kind::new(513);
const SHEET: Kind = Kind::new(514);

fn keys() -> KeyStore {
    KeyStore::new(Arc::new(MemoryDisk::new()))
}

fn key(keys: &KeyStore, number: u8) -> PersonKey {
    keys.load_or_make(PersonId::from_bytes([number; 16])).unwrap()
}

fn open(disk: &MemoryDisk) -> CareJournal {
    CareJournal::open(Arc::new(disk.clone()), stamp(1_000_000)).unwrap().0
}

fn sit(disk: &MemoryDisk, keys: &KeyStore, number: u8) -> Sitting {
    open(disk).sit(key(keys, number), "ada", stamp(1)).unwrap()
}

/// What can be read of that person.
fn said(disk: &MemoryDisk, keys: &KeyStore, number: u8) -> Vec<(Kind, Vec<u8>)> {
    let found = acts(disk, &key(keys, number)).unwrap();
    assert!(found.is_whole(), "{found:?}");
    found.acts.into_iter().map(|act| (act.kind, act.plain)).collect()
}

#[test]
fn what_was_kept_is_read_back_in_order_by_its_person_alone() {
    let (disk, keys) = (MemoryDisk::new(), keys());
    let mut ada = sit(&disk, &keys, 1);
    ada.keep(stamp(2), PAIN, b"back 4, leg 2").unwrap();
    ada.keep(stamp(3), SHEET, b"").unwrap();
    ada.rise(stamp(4)).unwrap();
    let mut bob = open(&disk).sit(key(&keys, 2), "bob", stamp(5)).unwrap();
    bob.keep(stamp(6), PAIN, b"back 9").unwrap();
    bob.rise(stamp(7)).unwrap();
    let mut again = sit(&disk, &keys, 1);
    again.keep(stamp(8), PAIN, b"back 3").unwrap();
    again.rise(stamp(9)).unwrap();

    let ada = [(PAIN, b"back 4, leg 2".to_vec()), (SHEET, vec![]), (PAIN, b"back 3".to_vec())];
    assert_eq!(said(&disk, &keys, 1), ada);
    assert_eq!(said(&disk, &keys, 2), [(PAIN, b"back 9".to_vec())]);
    let names: Vec<_> = people(&disk, &keys).unwrap().into_values().map(|(name, _)| name).collect();
    assert_eq!(names, ["ada", "bob"]);
    assert!(verify(&disk).unwrap().is_clean());
}

#[test]
fn a_sitting_under_way_is_read_too_and_nothing_in_clear_names_anybody() {
    let (disk, keys) = (MemoryDisk::new(), keys());
    let mut sitting = sit(&disk, &keys, 1);
    sitting.keep(stamp(2), PAIN, b"spondylolysis").unwrap();
    assert_eq!(said(&disk, &keys, 1).len(), 1);
    for file in disk.list().unwrap() {
        let mut bytes = Vec::new();
        disk.read(&file.name).unwrap().read_to_end(&mut bytes).unwrap();
        let shows = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
        assert!(!shows(b"ada") && !shows(b"spondylolysis"), "{}", file.name);
    }
}

#[test]
fn a_wiped_person_has_no_acts_and_the_chain_still_verifies() {
    let (disk, keys) = (MemoryDisk::new(), keys());
    let mut sitting = sit(&disk, &keys, 1);
    sitting.keep(stamp(2), PAIN, b"back 4").unwrap();
    sitting.rise(stamp(3)).unwrap();
    keys.wipe(PersonId::from_bytes([1; 16])).unwrap();
    assert!(people(&disk, &keys).unwrap().is_empty());
    assert!(verify(&disk).unwrap().is_clean());
    assert!(keys.load(PersonId::from_bytes([1; 16])).is_err());
}

#[test]
fn only_acts_that_fit_are_kept() {
    let (disk, keys) = (MemoryDisk::new(), keys());
    let mut sitting = sit(&disk, &keys, 1);
    for kind in [Kind::START, Kind::PERSON, Kind::END, Kind::new(511)] {
        assert!(matches!(sitting.keep(stamp(2), kind, b"x"), Err(KeepError::NotAnAct(_))));
    }
    let large = vec![7; MAX_ACT + 1];
    assert!(matches!(sitting.keep(stamp(2), FIRST_ACT, &large), Err(KeepError::Refused(_))));
    sitting.keep(stamp(3), FIRST_ACT, &large[1..]).unwrap();
    sitting.rise(stamp(4)).unwrap();
    assert_eq!(said(&disk, &keys, 1).len(), 1);
}

/// The same files, with one bit of one byte changed.
fn flipped(disk: &MemoryDisk, name: &str, at: u64) -> MemoryDisk {
    let image = MemoryDisk::new();
    for file in disk.list().unwrap() {
        let mut bytes = Vec::new();
        disk.read(&file.name).unwrap().read_to_end(&mut bytes).unwrap();
        if file.name == name {
            bytes[at as usize] ^= 1;
        }
        if !bytes.is_empty() {
            let mut copy = image.create(&file.name).unwrap();
            assert_eq!(copy.write_at(0, &bytes).unwrap(), bytes.len());
        }
    }
    image
}

#[test]
fn a_changed_byte_is_no_answer_and_is_told() {
    let (disk, keys) = (MemoryDisk::new(), keys());
    let mut sitting = sit(&disk, &keys, 1);
    for text in [&b"first"[..], b"second", b"third"] {
        sitting.keep(stamp(2), PAIN, text).unwrap();
    }
    sitting.rise(stamp(3)).unwrap();
    let file = disk.list().unwrap().into_iter().find(|file| file.name.ends_with(".ajl")).unwrap();
    let whole = said(&disk, &keys, 1);
    for at in 0..file.len {
        let image = flipped(&disk, &file.name, at);
        let found = acts(&image, &key(&keys, 1)).unwrap();
        let kept: Vec<_> = found.acts.iter().map(|act| (act.kind, act.plain.clone())).collect();
        assert!(whole.starts_with(&kept), "byte {at}");
        assert!(kept == whole || !found.is_whole(), "byte {at}: an answer is gone in silence");
    }
}

/// Two sittings of five answers each; how many were acknowledged by which operation of the disk.
fn script(disk: &MemoryDisk, keys: &KeyStore) -> Vec<(usize, Vec<u8>)> {
    let mut told = Vec::new();
    let Ok((journal, _)) = CareJournal::open(Arc::new(disk.clone()), stamp(0)) else { return told };
    for sitting in 0..2_u8 {
        let now = u64::from(sitting) * 100;
        let Ok(mut open) = journal.sit(key(keys, 1), "ada", stamp(now)) else { continue };
        for answer in 0..5_u8 {
            let text = vec![sitting * 16 + answer; usize::from(answer) * 150 + 1];
            if open.keep(stamp(now + 1), PAIN, &text).is_ok() {
                told.push((disk.op_count(), text));
            }
        }
        // The second is left as a killed program leaves it.
        if sitting == 0 && open.rise(stamp(now + 9)).is_err() {
            continue;
        }
    }
    told
}

fn nothing_is_lost(
    image: &MemoryDisk,
    keys: &KeyStore,
    told: &[(usize, Vec<u8>)],
    by: usize,
    what: &str,
) {
    drop(open(image));
    let said = said(image, keys, 1);
    for (_, text) in told.iter().filter(|(at, _)| *at <= by) {
        assert!(said.contains(&(PAIN, text.clone())), "an acknowledged answer is gone: {what}");
    }
    assert!(verify(image).unwrap().is_clean(), "{what}");
}

#[test]
fn no_acknowledged_answer_is_lost_by_a_crash_at_any_write() {
    let (disk, keys) = (MemoryDisk::new(), keys());
    let told = script(&disk, &keys);
    assert_eq!(told.len(), 10);
    for by in 0..=disk.op_count() {
        for fault in CRASHES {
            let what = format!("crash after operation {by}, {fault:?}");
            nothing_is_lost(&disk.crashed(by, fault), &keys, &told, by, &what);
        }
    }
}

#[test]
fn no_acknowledged_answer_is_lost_by_a_failing_disk_and_a_crash_after_it() {
    let keys = keys();
    let quiet = MemoryDisk::new();
    script(&quiet, &keys);
    for at in 0..quiet.op_count() {
        for fault in
            [IoFault::Write, IoFault::ShortWrite, IoFault::Sync, IoFault::NoSpace, IoFault::Gone]
        {
            let disk = MemoryDisk::new();
            disk.fail(at, fault);
            let told = script(&disk, &keys);
            let end = disk.op_count();
            for by in [(at + 2).min(end), end] {
                for crash in CRASHES {
                    let what = format!("{fault:?} at {at}, crash after {by}, {crash:?}");
                    nothing_is_lost(&disk.crashed(by, crash), &keys, &told, by, &what);
                }
            }
        }
    }
}
