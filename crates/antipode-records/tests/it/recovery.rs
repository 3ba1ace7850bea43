//! What a start makes of a folder, and what a check finds in it.

use std::io::Read as _;

use antipode_records::disk::{CrashFault, Disk as _, IoFault, MemoryDisk};
use antipode_records::history::{self, Closing, read_session, session_of};
use antipode_records::latest::{ClockVerdict, check_clock};
use antipode_records::segment::{EndedBy, GapCause, HEADER_LEN, HeaderError, Trouble};
use antipode_records::{BeginError, Health, Kind, NewSession, Store, verify};

use proptest::prelude::*;

use crate::fixture::{
    end_payload, event, new_session, open, record, records, session, stamp, whole_session,
};

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
    let mut writer = store.begin(new_session(1)).unwrap();
    writer.append(&record(1, Kind::START, b"plan")).unwrap();
    writer.commit().unwrap();
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
    let mut running = store.begin(new_session(2)).unwrap();
    running.append(&record(1, Kind::START, b"plan")).unwrap();
    running.commit().unwrap();

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
    let mut running = store.begin(new_session(4)).unwrap();
    running.append(&record(1, Kind::START, b"plan")).unwrap();
    running.commit().unwrap();

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

#[test]
fn the_list_of_sessions_can_be_thrown_away() {
    let disk = interrupted();
    let (store, _) = open(&disk);
    for number in 2..5 {
        assert!(whole_session(&store, number).finish().unwrap().listed);
    }
    let before = history::sessions(&disk).unwrap();
    assert_eq!(before.len(), 4);
    assert_eq!(before[0].session, session(4));
    assert_eq!(before[0].summary, b"completed");

    for damage in [Vec::new(), b"junk".to_vec(), bytes(&disk, "sessions.idx")[1..].to_vec()] {
        replace(&disk, "sessions.idx", &damage);
        assert_eq!(history::sessions(&disk).unwrap(), before);
        let (_, recovery) = open(&disk);
        assert_eq!((recovery.read, recovery.closed, recovery.listed), (4, 4, true));
        let (_, recovery) = open(&disk);
        assert_eq!((recovery.read, recovery.closed), (0, 4));
        assert_eq!(history::sessions(&disk).unwrap(), before);
    }
}

#[test]
fn a_listed_session_whose_file_changed_is_read_again() {
    let disk = MemoryDisk::new();
    let (store, _) = open(&disk);
    whole_session(&store, 1).finish().unwrap();
    let name = segments(&disk).remove(0);
    let whole = bytes(&disk, &name);
    replace(&disk, &name, &whole[..whole.len() - 1]);
    let (_, recovery) = open(&disk);
    assert_eq!((recovery.read, recovery.interrupted.len()), (1, 1));
    assert_eq!(history::sessions(&disk).unwrap()[0].ended_by, EndedBy::Recovery);
}

#[test]
fn the_date_of_every_session_counts_until_a_person_confirms_another() {
    let disk = MemoryDisk::new();
    let (store, recovery) = open(&disk);
    assert_eq!(recovery.latest, None);
    whole_session(&store, 1).finish().unwrap();
    assert_eq!(store.latest().unwrap(), Some(stamp(3).wall));
    // The clock of the next start lies an hour before.
    let hour_before =
        antipode_records::WallTime::from_unix_millis(stamp(3).wall.unix_millis() - 3_600_000);
    let (store, recovery) = open(&disk);
    let verdict = check_clock(recovery.latest, hour_before);
    assert!(matches!(verdict, ClockVerdict::Earlier { behind_ms: 3_600_000, .. }));

    let mut now = stamp(5);
    now.wall = hour_before;
    let new = NewSession { session: session(2), now, simulated: false };
    let mut writer = store.begin(new).unwrap();
    let mut confirmed = record(5, Kind::DATE_CONFIRMED, b"");
    confirmed.stamp = now;
    writer.append(&confirmed).unwrap();
    writer.commit().unwrap();
    drop(writer);
    let (_, recovery) = open(&disk);
    // The end that recovery wrote carries the date of that start, which proves nothing.
    assert_eq!(recovery.latest, Some(hour_before));
}

#[test]
fn the_made_up_date_of_a_simulation_does_not_count() {
    let disk = MemoryDisk::new();
    let (store, _) = open(&disk);
    let new = NewSession { simulated: true, ..new_session(1) };
    let mut writer = store.begin(new).unwrap();
    writer.append(&record(1, Kind::START, b"plan")).unwrap();
    writer.append(&record(2, Kind::END, &end_payload(b"completed"))).unwrap();
    assert!(writer.finish().unwrap().sealed);
    assert_eq!(store.latest().unwrap(), None);
    let before = history::sessions(&disk).unwrap();
    assert!(before[0].simulated);
    disk.remove("sessions.idx").unwrap();
    assert_eq!(open(&disk).1.latest, None);
    assert_eq!(history::sessions(&disk).unwrap(), before);
}

#[test]
fn a_check_does_not_take_a_record_on_its_way_for_damage() {
    let disk = MemoryDisk::new();
    let (store, _) = open(&disk);
    let mut writer = store.begin(new_session(1)).unwrap();
    writer.append(&record(1, Kind::START, b"plan")).unwrap();
    disk.fail(disk.op_count(), IoFault::Write);
    // Half of it is in the file when the write fails.
    writer.append(&event(2, b"lowering")).unwrap();
    let report = verify(&disk).unwrap();
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(report.open, [session(1)]);
    drop(writer);
    assert_eq!(verify(&disk).unwrap().findings.len(), 1);
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

#[test]
fn a_check_names_the_first_bad_byte() {
    let disk = MemoryDisk::new();
    let (store, _) = open(&disk);
    for number in 1..4 {
        whole_session(&store, number).finish().unwrap();
    }
    let report = verify(&disk).unwrap();
    assert_eq!((report.sessions, report.records, report.is_clean()), (3, 9, true));
    assert_eq!(report.head, Some(history::sessions(&disk).unwrap()[0].head));

    let name = segments(&disk)[1].clone();
    let mut changed = bytes(&disk, &name);
    let second_record = HEADER_LEN + 1 + usize::from(changed[HEADER_LEN]);
    changed[second_record + 10] ^= 1;
    replace(&disk, &name, &changed);
    let report = verify(&disk).unwrap();
    let first = &report.findings[0];
    assert_eq!((first.name.as_str(), first.offset), (name.as_str(), second_record as u64));
    assert_eq!(
        first.to_string(),
        format!("{name}, byte {second_record}: the checksum of a record is wrong")
    );
    // The session after it no longer continues what it names.
    assert_eq!(report.findings[1].trouble, Trouble::Link { ordinal: 2 });
}

#[test]
fn a_removed_session_is_missed() {
    let disk = MemoryDisk::new();
    let (store, _) = open(&disk);
    for number in 1..4 {
        whole_session(&store, number).finish().unwrap();
    }
    disk.remove(&segments(&disk)[1]).unwrap();
    let (_, recovery) = open(&disk);
    assert_eq!(recovery.closed, 2);
    assert_eq!(verify(&disk).unwrap().findings[0].trouble, Trouble::Missing { ordinal: 2 });
}

#[test]
fn a_segment_in_another_format_is_left_alone() {
    for found in [1, 3] {
        let disk = interrupted();
        let name = segments(&disk).remove(0);
        let mut other = bytes(&disk, &name);
        other[8] = found;
        replace(&disk, &name, &other);
        let (_, recovery) = open(&disk);
        assert_eq!(recovery.other_format, [session(1)]);
        assert_eq!((segments(&disk).len(), bytes(&disk, &name)), (1, other));
        let trouble = verify(&disk).unwrap().findings[0].trouble;
        assert_eq!(trouble, Trouble::Header(HeaderError::OtherFormat { found: found.into() }));
    }
}

#[test]
fn a_copy_under_another_name_is_not_believed() {
    let disk = MemoryDisk::new();
    let (store, _) = open(&disk);
    whole_session(&store, 1).finish().unwrap();
    let name = segments(&disk).remove(0);
    let copy = name.replace("0000000001", "0000000007");
    disk.append(&copy, &bytes(&disk, &name)).unwrap();
    disk.remove(&name).unwrap();
    let trouble = verify(&disk).unwrap().findings[0].trouble;
    assert_eq!(trouble, Trouble::Misnamed { ordinal: 1, session: session(1) });
}

#[test]
fn no_session_begins_without_room() {
    let disk = MemoryDisk::new();
    let shared = std::sync::Arc::new(disk.clone());
    let (store, _) = Store::open(shared, antipode_records::Room::NORMAL, stamp(0)).unwrap();
    disk.set_free_bytes(72 << 20);
    store.preflight().unwrap();
    // The reserve is in place now, and not asked for again.
    disk.set_free_bytes(64 << 20);
    store.preflight().unwrap();
    disk.set_free_bytes((64 << 20) - 1);
    let refused = store.begin(new_session(1)).map(|_| ());
    assert!(matches!(refused, Err(BeginError::NoRoom { need: 67_108_864, free: 67_108_863 })));
    assert!(segments(&disk).is_empty());
}

#[test]
fn a_full_disk_does_not_cost_the_end_of_a_session() {
    let disk = MemoryDisk::new();
    let (store, _) = open(&disk);
    let mut writer = store.begin(new_session(1)).unwrap();
    writer.append(&record(1, Kind::START, b"plan")).unwrap();
    writer.commit().unwrap();
    disk.fail(disk.op_count(), IoFault::NoSpace);
    writer.append(&event(2, b"full")).unwrap();
    assert_eq!(writer.health(), Health::OnReserve);
    writer.append(&record(3, Kind::END, &end_payload(b"completed"))).unwrap();
    assert!(writer.finish().unwrap().sealed);
    assert!(disk.list().unwrap().iter().all(|file| file.name != "reserve"));
    assert_eq!(records(&disk, session(1)).len(), 3);
    assert!(verify(&disk).unwrap().is_clean());
    // The next session puts the reserve back first.
    store.preflight().unwrap();
    assert!(disk.list().unwrap().iter().any(|file| file.name == "reserve"));
}

#[test]
fn a_failed_flush_is_never_asked_again_and_leaves_a_gap_record() {
    let disk = MemoryDisk::new();
    let (store, _) = open(&disk);
    let mut writer = store.begin(new_session(1)).unwrap();
    writer.append(&record(1, Kind::START, b"plan")).unwrap();
    writer.commit().unwrap();
    writer.append(&event(2, b"one")).unwrap();
    disk.fail(disk.op_count(), IoFault::Sync);
    assert_eq!(writer.commit().unwrap().count(), 2);
    assert_eq!(writer.health(), Health::Working);
    drop(writer);

    // Even a disk that forgot all it was not told to keep has both records.
    let image = disk.crashed(disk.op_count(), CrashFault::Lost);
    let kinds: Vec<Kind> = records(&image, session(1)).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [Kind::START, Kind::GAP, Kind::FIRST_OF_SESSION]);
    assert_eq!(segments(&image).len(), 2);
}

#[test]
fn a_fresh_segment_that_fails_too_is_told_of_as_well() {
    let disk = MemoryDisk::new();
    let (store, _) = open(&disk);
    let mut writer = store.begin(new_session(1)).unwrap();
    writer.append(&record(1, Kind::START, b"plan")).unwrap();
    writer.commit().unwrap();
    writer.append(&event(2, b"one")).unwrap();
    disk.fail(disk.op_count(), IoFault::Sync);
    disk.fail(disk.op_count(), IoFault::Sync);
    assert!(writer.commit().is_err());
    assert_eq!(writer.commit().unwrap().count(), 2);
    drop(writer);

    let image = disk.crashed(disk.op_count(), CrashFault::Lost);
    open(&image);
    let report = verify(&image).unwrap();
    assert!(report.is_clean(), "{report:?}");
    let told: Vec<u64> = report.gaps.iter().map(|(_, gap)| gap.ordinal).collect();
    assert_eq!(told, [1, 2]);
}

#[test]
fn a_disk_that_is_gone_keeps_the_records_in_memory_until_it_is_given_up() {
    let disk = MemoryDisk::new();
    let (store, _) = open(&disk);
    let mut writer = store.begin(new_session(1)).unwrap();
    let start = writer.append(&record(1, Kind::START, b"plan")).unwrap();
    writer.commit().unwrap();
    disk.fail(disk.op_count(), IoFault::Gone);
    writer.append(&event(2, b"one")).unwrap();
    assert!(writer.commit().is_err());
    assert_eq!((writer.health(), writer.durable()), (Health::Failing, start));
    assert!(writer.commit().is_err());
    drop(writer);
    disk.release_locks();
    let image = disk.crashed(disk.op_count(), CrashFault::Kept);
    let (_, recovery) = open(&image);
    assert_eq!(recovery.interrupted.len(), 1);
}

#[test]
fn an_unknown_session_is_not_found() {
    let disk = MemoryDisk::new();
    assert_eq!(read_session(&disk, session(9), &mut |_| {}).unwrap(), None);
    assert_eq!(session_of("lock"), None);
}
