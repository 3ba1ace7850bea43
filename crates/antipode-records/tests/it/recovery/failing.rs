//! A disk that is full or fails (H-37).

use super::*;

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
    let mut writer = begun(&store, 1);
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
    let mut writer = begun(&store, 1);
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
    let mut writer = begun(&store, 1);
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
    let mut writer = begun(&store, 1);
    let start = writer.durable();
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
