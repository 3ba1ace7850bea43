//! What a check finds in a folder.

use super::*;

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
