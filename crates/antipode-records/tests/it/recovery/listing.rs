//! The list of sessions, and the dates that count.

use super::*;

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
    let new = NewSession { session: session(2), now, simulated: false, bench: false };
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
fn an_unknown_session_is_not_found() {
    let disk = MemoryDisk::new();
    assert_eq!(read_session(&disk, session(9), &mut |_| {}).unwrap(), None);
    assert_eq!(session_of("lock"), None);
}
