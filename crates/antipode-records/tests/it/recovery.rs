//! What a start makes of a folder, what a check finds in it, and what a bad disk costs.

use std::io::Read as _;

use antipode_records::disk::{CrashFault, Disk as _, IoFault, MemoryDisk};
use antipode_records::history::{self, Closing, read_session, session_of};
use antipode_records::latest::{ClockVerdict, check_clock};
use antipode_records::segment::{EndedBy, GapCause, HEADER_LEN, HeaderError, Trouble};
use antipode_records::{BeginError, Health, Kind, NewSession, Store, verify};

use proptest::prelude::*;

use crate::fixture::{
    begun, end_payload, event, new_session, open, record, records, session, stamp, whole_session,
};

mod check;
mod failing;
mod listing;

fn bytes(disk: &MemoryDisk, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    disk.read(name).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

fn replace(disk: &MemoryDisk, name: &str, bytes: &[u8]) {
    disk.remove(name).unwrap();
    disk.append(name, bytes).unwrap();
}

/// The names of all segments in order.
fn segments(disk: &MemoryDisk) -> Vec<String> {
    let names = disk.list().unwrap().into_iter().map(|file| file.name);
    names.filter(|name| session_of(name).is_some()).collect()
}

/// A disk whose only session lost power before its end; the last record is torn.
fn interrupted() -> MemoryDisk {
    let disk = MemoryDisk::new();
    let (store, _) = open(&disk);
    let mut writer = begun(&store, 1);
    writer.append(&event(2, &[7; 900])).unwrap();
    disk.crashed(disk.op_count(), CrashFault::Torn { granule: 1 })
}

#[test]
fn an_interrupted_session_gets_its_end_and_its_file_stays_as_it_was() {
    let disk = interrupted();
    let name = segments(&disk).remove(0);
    let before = bytes(&disk, &name);
    let (_, recovery) = open(&disk);
    assert_eq!(bytes(&disk, &name), before);

    let [found] = &recovery.interrupted[..] else { panic!("{recovery:?}") };
    assert_eq!((found.session, found.last_seq, found.last), (session(1), 1, Some(stamp(1))));
    let [torn] = &found.torn[..] else { panic!("{found:?}") };
    assert_eq!((torn.name.as_str(), torn.trouble), (name.as_str(), Trouble::Checksum));

    let report = verify(&disk).unwrap();
    assert!(report.is_clean(), "{report:?}");
    let [(_, gap)] = report.gaps[..] else { panic!("{report:?}") };
    assert_eq!((gap.cause, gap.offset), (GapCause::TornTail, torn.offset));
    let entry = history::sessions(&disk).unwrap().remove(0);
    assert_eq!((entry.ended_by, entry.lasted_ms), (EndedBy::Recovery, 0));
    assert_eq!(entry.ended, stamp(1).wall);
}

#[test]
fn a_live_session_is_left_alone() {
    let disk = MemoryDisk::new();
    let (store, _) = open(&disk);
    let mut writer = whole_session(&store, 1);
    writer.commit().unwrap();
    let running = begun(&store, 2);

    let (_, recovery) = open(&disk);
    assert_eq!(recovery.live, [session(2)]);
    assert!(recovery.interrupted.is_empty());
    drop(running);
    let (_, recovery) = open(&disk);
    assert_eq!(recovery.interrupted.len(), 1);
}

#[test]
fn sessions_without_an_end_are_listed_and_looking_changes_nothing() {
    let disk = MemoryDisk::new();
    let (store, _) = open(&disk);
    whole_session(&store, 1).finish().unwrap();
    let mut left = store.begin(new_session(2)).unwrap();
    left.append(&record(1, Kind::START, b"plan")).unwrap();
    left.append(&record(7_001, Kind::FIRST_OF_SESSION, b"lowering")).unwrap();
    left.commit().unwrap();
    drop(left);
    // Begun, and nothing ever written: no session.
    drop(store.begin(new_session(3)).unwrap());
    let running = begun(&store, 4);

    let before = disk.list().unwrap();
    let all = history::all_sessions(&disk).unwrap();
    let seen: Vec<_> = all.iter().map(|one| (one.entry.session, one.closing)).collect();
    let expected = [
        (session(4), Closing::UnderWay),
        (session(2), Closing::Left),
        (session(1), Closing::Closed),
    ];
    assert_eq!(seen, expected);
    assert_eq!(all[1].entry.lasted_ms, 7_000);
    assert_eq!(disk.list().unwrap(), before);
    drop(running);
    // What a start writes about them, it says no other than the look before.
    let (_, recovery) = open(&disk);
    assert_eq!(recovery.interrupted.len(), 2);
    let closed = history::all_sessions(&disk).unwrap();
    let left = closed.iter().find(|one| one.entry.session == session(2)).unwrap();
    assert_eq!((left.closing, left.entry.lasted_ms), (Closing::Closed, 7_000));
}

#[test]
fn two_programs_do_not_recover_one_folder_at_once() {
    let disk = MemoryDisk::new();
    let held = disk.try_lock("lock").unwrap();
    let shared = std::sync::Arc::new(disk);
    let opened = Store::open(shared, crate::fixture::ROOM, stamp(0));
    assert!(matches!(opened, Err(antipode_records::OpenError::Busy)));
    drop(held);
}

#[test]
fn a_segment_without_a_record_is_set_aside_and_its_number_not_used_again() {
    let disk = MemoryDisk::new();
    let (store, _) = open(&disk);
    drop(store.begin(new_session(1)).unwrap());
    let (store, recovery) = open(&disk);
    assert_eq!(recovery.set_aside.len(), 1);
    assert!(recovery.interrupted.is_empty());
    whole_session(&store, 2).finish().unwrap();
    assert!(segments(&disk)[0].starts_with("0000000002-"));
}

#[test]
fn a_session_whose_first_record_cannot_be_read_may_have_moved_and_gets_an_end() {
    for at in [20, HEADER_LEN + 10] {
        let disk = interrupted();
        let name = segments(&disk).remove(0);
        let mut rotten = bytes(&disk, &name);
        rotten[at] ^= 1;
        replace(&disk, &name, &rotten);
        let (_, recovery) = open(&disk);
        assert!(recovery.set_aside.is_empty(), "byte {at}");
        assert_eq!(recovery.interrupted[0].last_seq, 0, "byte {at}");
        assert_eq!(bytes(&disk, &name), rotten, "byte {at}");
        let entry = history::sessions(&disk).unwrap().remove(0);
        assert_eq!(entry.ended_by, EndedBy::Recovery);
    }
}

proptest! {
    /// I-23, for every file that a start reads.
    #[test]
    fn no_bytes_in_any_file_stop_a_start(
        segment in proptest::collection::vec(any::<u8>(), 0..700),
        list in proptest::collection::vec(any::<u8>(), 0..200),
        id in proptest::collection::vec(any::<u8>(), 0..20),
        at in any::<prop::sample::Index>(),
    ) {
        // Once as it is, once laid over a file that was good.
        let disk = interrupted();
        let name = segments(&disk).remove(0);
        let mut changed = bytes(&disk, &name);
        let at = at.index(changed.len());
        for (place, byte) in changed[at..].iter_mut().zip(&segment) {
            *place = *byte;
        }
        replace(&disk, &name, &changed);
        disk.append(&name.replace("0000000001", "0000000009"), &segment).unwrap();
        disk.append("0000000003-09090909-0909-0909-0909-090909090909.ajl", &segment).unwrap();
        replace(&disk, "id", &id);
        disk.append("sessions.idx", &list).unwrap();
        open(&disk);
        let (_, again) = open(&disk);
        prop_assert!(again.interrupted.is_empty());
        verify(&disk).unwrap();
        history::sessions(&disk).unwrap();
    }
}
