//! The writer on its own thread: the caller never waits, and learns what became of its records.

use std::io::{self, Read};
use std::sync::{Arc, Condvar, Mutex};

use antipode_records::disk::{Disk, FileEntry, FileLock, MemoryDisk, SegmentFile};
use antipode_records::segment::{Gap, GapCause};
use antipode_records::{
    Health, JoinError, Journal, JournalHandle, Kind, Refused, Store, Ticket, spawn, verify,
};

use crate::fixture::{
    ROOM, end_payload, event, new_session, open, record, records, session, stamp,
};

/// Waits until the journal has acknowledged `ticket`.
fn until_durable(handle: &JournalHandle, ticket: Ticket) {
    while handle.durable() < ticket {
        std::thread::yield_now();
    }
}

#[test]
fn a_session_is_acknowledged_record_by_record_and_ends_sealed() {
    let disk = MemoryDisk::new();
    let (store, _) = open(&disk);
    let (mut handle, thread) = spawn(store.begin(new_session(1)).unwrap()).unwrap();
    assert_eq!(handle.durable(), Ticket::NONE);
    let start = handle.append(&record(1, Kind::START, b"plan")).unwrap();
    until_durable(&handle, start);
    assert_eq!(handle.health(), Health::Working);
    for ms in 2..50 {
        handle.append(&event(ms, b"event")).unwrap();
    }
    let end = handle.append(&record(50, Kind::END, &end_payload(b"completed"))).unwrap();
    until_durable(&handle, end);
    drop(handle);
    let closed = thread.join().unwrap();
    assert_eq!((closed.sealed, closed.listed, closed.records), (true, true, 50));
    assert_eq!(records(&disk, session(1)).len(), 50);
    assert!(verify(&disk).unwrap().is_clean());
}

#[test]
fn a_record_that_may_wait_is_durable_soon_without_another() {
    let disk = MemoryDisk::new();
    let (store, _) = open(&disk);
    let (mut handle, thread) = spawn(store.begin(new_session(1)).unwrap()).unwrap();
    let mut readings = record(1, Kind::READINGS, b"block");
    readings.durability = antipode_records::Durability::Soon;
    let ticket = handle.append(&readings).unwrap();
    until_durable(&handle, ticket);
    drop(handle);
    assert!(!thread.join().unwrap().sealed);
}

#[test]
fn a_stuck_disk_never_blocks_the_caller_and_what_is_lost_is_counted() {
    let disk = SlowDisk::new();
    let (store, _) = Store::open(Arc::new(disk.clone()), ROOM, stamp(0)).unwrap();
    let (mut handle, thread) = spawn(store.begin(new_session(1)).unwrap()).unwrap();
    disk.set(Flush::Stuck);
    handle.append(&record(1, Kind::START, b"plan")).unwrap();
    let mut refused = 0;
    for ms in 2..4_000 {
        match handle.append(&event(ms, b"event")) {
            Ok(_) => {}
            Err(error) => {
                assert!(matches!(error, Refused::Overflow { .. }));
                refused += 1;
            }
        }
    }
    assert!(refused > 1_000);
    assert_eq!((handle.lost(), handle.durable()), (refused, Ticket::NONE));
    disk.set(Flush::Works);
    // The next record finds room sooner or later, and the gap is told with it.
    let last = loop {
        if let Ok(ticket) = handle.append(&record(5_000, Kind::new(77), b"")) {
            break ticket;
        }
    };
    until_durable(&handle, last);
    let lost = handle.lost();
    drop(handle);
    thread.join().unwrap();
    let told: u64 = records(&disk.memory, session(1))
        .iter()
        .filter(|(kind, _)| *kind == Kind::GAP)
        .filter_map(|(_, payload)| Gap::decode(payload))
        .filter(|gap| gap.cause == GapCause::Overflow)
        .map(|gap| gap.lost)
        .sum();
    assert_eq!(told, lost);
}

#[test]
fn a_writer_that_panics_is_dead_and_says_so() {
    let disk = SlowDisk::new();
    let (store, _) = Store::open(Arc::new(disk.clone()), ROOM, stamp(0)).unwrap();
    let (mut handle, thread) = spawn(store.begin(new_session(1)).unwrap()).unwrap();
    disk.set(Flush::Panics);
    handle.append(&record(1, Kind::START, b"plan")).unwrap();
    while handle.health() != Health::Dead {
        std::thread::yield_now();
    }
    assert!(matches!(thread.join(), Err(JoinError::Panicked)));
    assert_eq!(handle.append(&event(2, b"late")), Err(Refused::Ended));
    assert_eq!((handle.durable(), handle.lost()), (Ticket::NONE, 1));
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flush {
    Works,
    Stuck,
    Panics,
}

/// A disk in memory whose flushes can be held up.
#[derive(Clone)]
struct SlowDisk {
    memory: MemoryDisk,
    flush: Arc<(Mutex<Flush>, Condvar)>,
}

impl SlowDisk {
    fn new() -> Self {
        let flush = Arc::new((Mutex::new(Flush::Works), Condvar::new()));
        Self { memory: MemoryDisk::new(), flush }
    }

    fn set(&self, flush: Flush) {
        *self.flush.0.lock().unwrap() = flush;
        self.flush.1.notify_all();
    }
}

struct SlowFile {
    file: Box<dyn SegmentFile>,
    disk: SlowDisk,
}

impl SegmentFile for SlowFile {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_at(offset, bytes)
    }

    fn sync_data(&mut self) -> io::Result<()> {
        let (flush, changed) = &*self.disk.flush;
        let state =
            *changed.wait_while(flush.lock().unwrap(), |flush| *flush == Flush::Stuck).unwrap();
        assert!(state != Flush::Panics, "a flush that panics, as the test asks");
        self.file.sync_data()
    }

    fn allocate(&mut self, len: u64) -> io::Result<()> {
        self.file.allocate(len)
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.file.truncate(len)
    }
}

impl Disk for SlowDisk {
    fn list(&self) -> io::Result<Vec<FileEntry>> {
        self.memory.list()
    }

    fn read(&self, name: &str) -> io::Result<Box<dyn Read + Send>> {
        self.memory.read(name)
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn SegmentFile>> {
        Ok(Box::new(SlowFile { file: self.memory.create(name)?, disk: self.clone() }))
    }

    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.memory.append(name, bytes)
    }

    fn try_lock(&self, name: &str) -> io::Result<Option<Box<dyn FileLock>>> {
        self.memory.try_lock(name)
    }

    fn is_locked(&self, name: &str) -> io::Result<bool> {
        self.memory.is_locked(name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.memory.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.memory.remove(name)
    }

    fn destroy(&self, name: &str) -> io::Result<()> {
        self.memory.destroy(name)
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.memory.sync_dir()
    }

    fn free_bytes(&self) -> io::Result<u64> {
        self.memory.free_bytes()
    }
}
