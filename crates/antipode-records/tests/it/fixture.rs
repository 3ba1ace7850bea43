//! What the tests share.

use std::sync::Arc;

use antipode_records::disk::{CrashFault, Disk, MemoryDisk};
use antipode_records::history::read_session;
use antipode_records::segment::{End, EndedBy};
use antipode_records::{
    Durability, Flags, JournalWriter, Kind, NewRecord, NewSession, Recovery, Room, SessionId,
    Stamp, Store, WallTime,
};
use antipode_safety::Timestamp;

/// 2026-06-01, in milliseconds.
pub(crate) const TODAY: i64 = 1_780_272_000_000;

/// Small enough to keep thousands of disks in memory.
pub(crate) const ROOM: Room = Room { free: 0, reserve: 1 << 20, segment: 4 << 10 };

/// Everything that a crash can leave of what was not flushed.
pub(crate) const CRASHES: [CrashFault; 6] = [
    CrashFault::Kept,
    CrashFault::Lost,
    CrashFault::Torn { granule: 512 },
    CrashFault::Torn { granule: 1 },
    CrashFault::Reordered,
    CrashFault::Duplicated,
];

pub(crate) fn stamp(ms: u64) -> Stamp {
    Stamp { at: Timestamp::from_millis(ms), wall: WallTime::from_unix_millis(TODAY + ms as i64) }
}

pub(crate) fn session(number: u8) -> SessionId {
    SessionId::from_bytes([number; 16])
}

pub(crate) fn new_session(number: u8) -> NewSession {
    NewSession { session: session(number), now: stamp(0), simulated: false, bench: false }
}

pub(crate) fn open(disk: &MemoryDisk) -> (Store, Recovery) {
    Store::open(Arc::new(disk.clone()), ROOM, stamp(1_000_000)).unwrap()
}

pub(crate) fn record(ms: u64, kind: Kind, payload: &[u8]) -> NewRecord<'_> {
    let durability = Durability::Now;
    NewRecord { stamp: stamp(ms), kind, flags: Flags::NONE, durability, payload }
}

pub(crate) fn event(ms: u64, payload: &[u8]) -> NewRecord<'_> {
    record(ms, Kind::FIRST_OF_SESSION, payload)
}

pub(crate) fn end_payload(summary: &[u8]) -> Vec<u8> {
    End { by: EndedBy::Session, summary }.encode()
}

/// A session whose start is on the disk.
pub(crate) fn begun(store: &Store, number: u8) -> JournalWriter {
    let mut writer = store.begin(new_session(number)).unwrap();
    writer.append(&record(1, Kind::START, b"plan")).unwrap();
    writer.commit().unwrap();
    writer
}

/// Writes a whole small session.
pub(crate) fn whole_session(store: &Store, number: u8) -> JournalWriter {
    let mut writer = begun(store, number);
    writer.append(&event(2, b"lowering")).unwrap();
    writer.append(&record(3, Kind::END, &end_payload(b"completed"))).unwrap();
    writer
}

/// Kinds and payloads of a session, in order.
pub(crate) fn records(disk: &dyn Disk, session: SessionId) -> Vec<(Kind, Vec<u8>)> {
    let mut found = Vec::new();
    read_session(disk, session, &mut |record| found.push((record.kind, record.payload.to_vec())))
        .unwrap();
    found
}
