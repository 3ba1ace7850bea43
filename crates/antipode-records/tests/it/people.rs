//! A person can be forgotten, and nothing names anybody in clear.

use std::io::Read as _;
use std::sync::Arc;

use antipode_records::disk::{Disk as _, MemoryDisk};
use antipode_records::history::read_session;
use antipode_records::keys::{KeyError, KeyStore, person_of};
use antipode_records::{Durability, Flags, Kind, NewRecord, PersonId, verify};

use crate::fixture::{CRASHES, end_payload, new_session, open, record, session, stamp};

const NAME: &[u8] = b"Ada Lovelace, spondylolysis";

/// A session of a person, and the folder of keys.
fn person_on_the_table(disk: &MemoryDisk, person: PersonId) -> KeyStore {
    let keys = KeyStore::new(Arc::new(MemoryDisk::new()));
    let key = keys.load_or_make(person).unwrap();
    let (store, _) = open(disk);
    let mut writer = store.begin(new_session(1)).unwrap();
    writer.append(&record(1, Kind::START, b"plan")).unwrap();
    let sealed = key.seal(session(1), Kind::PERSON, NAME).unwrap();
    let about_person = NewRecord {
        stamp: stamp(1),
        kind: Kind::PERSON,
        flags: Flags::SEALED,
        durability: Durability::Now,
        payload: &sealed,
    };
    writer.append(&about_person).unwrap();
    writer.append(&record(2, Kind::END, &end_payload(b"completed"))).unwrap();
    assert!(writer.finish().unwrap().sealed);
    keys
}

fn sealed_payload(disk: &MemoryDisk) -> Vec<u8> {
    let mut found = Vec::new();
    read_session(disk, session(1), &mut |record| {
        if record.flags.is_sealed() {
            found = record.payload.to_vec();
        }
    })
    .unwrap();
    found
}

#[test]
fn a_wiped_person_cannot_be_read_and_the_chain_still_verifies() {
    let (disk, person) = (MemoryDisk::new(), PersonId::new(stamp(0).wall));
    let keys = person_on_the_table(&disk, person);
    let sealed = sealed_payload(&disk);
    assert_eq!(person_of(&sealed).unwrap(), person);
    let key = keys.load(person).unwrap();
    assert_eq!(key.open(session(1), Kind::PERSON, &sealed).unwrap(), NAME);

    keys.wipe(person).unwrap();
    assert!(matches!(keys.load(person), Err(KeyError::Wiped(id)) if id == person));
    assert!(verify(&disk).unwrap().is_clean());
    assert_eq!(sealed_payload(&disk), sealed);
}

#[test]
fn no_file_of_the_journal_names_the_person() {
    let disk = MemoryDisk::new();
    person_on_the_table(&disk, PersonId::new(stamp(0).wall));
    for file in disk.list().unwrap() {
        let mut bytes = Vec::new();
        disk.read(&file.name).unwrap().read_to_end(&mut bytes).unwrap();
        let shows = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
        assert!(!shows(b"Ada Lovelace") && !shows(b"spondylolysis"), "{}", file.name);
    }
}

#[test]
fn a_key_is_there_or_gone_after_any_crash() {
    let disk = MemoryDisk::new();
    let keys = KeyStore::new(Arc::new(disk.clone()));
    let person = PersonId::new(stamp(0).wall);
    let key = keys.load_or_make(person).unwrap();
    let sealed = key.seal(session(1), Kind::PERSON, NAME).unwrap();
    let made = disk.op_count();
    keys.wipe(person).unwrap();
    for op in made..=disk.op_count() {
        for fault in CRASHES {
            let keys = KeyStore::new(Arc::new(disk.crashed(op, fault)));
            let found = keys.load(person);
            if op == made {
                let key = found.unwrap();
                assert_eq!(key.open(session(1), Kind::PERSON, &sealed).unwrap(), NAME);
            } else if op == disk.op_count() {
                assert!(matches!(found, Err(KeyError::Wiped(_))), "{fault:?}");
            }
            // A wipe that a crash cut short can be done again.
            keys.wipe(person).unwrap();
            assert!(matches!(keys.load(person), Err(KeyError::Wiped(_))), "{op} {fault:?}");
        }
    }
}
