//! Every point of a script, every way a disk can fail there: what was acknowledged survives (I-15)
//! and every session that may have moved has an end (I-14).

use std::sync::Arc;

use antipode_records::disk::{CrashFault, Disk as _, IoFault, MemoryDisk};
use antipode_records::history::{self, read_session};
use antipode_records::segment::{End, EndedBy};
use antipode_records::{Durability, Flags, JournalWriter, Kind, NewRecord, Store, verify};

use crate::fixture::{CRASHES, ROOM, end_payload, new_session, open, records, session, stamp};

const FAULTS: [IoFault; 5] =
    [IoFault::Write, IoFault::ShortWrite, IoFault::Sync, IoFault::NoSpace, IoFault::Gone];

/// A seeded sequence of numbers; the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) % sides
    }
}

/// What the author of a journal knows: what it wrote, and from which operation on how much of it
/// was acknowledged.
#[derive(Default)]
struct Told {
    written: Vec<(Kind, Vec<u8>)>,
    acknowledged: Vec<(usize, usize)>,
}

impl Told {
    fn acknowledged_by(&self, op: usize) -> usize {
        self.acknowledged
            .iter()
            .filter(|(at, _)| *at <= op)
            .map(|(_, count)| *count)
            .max()
            .unwrap_or(0)
    }
}

struct Author<'a> {
    disk: &'a MemoryDisk,
    writer: JournalWriter,
    told: Told,
}

impl Author<'_> {
    fn append(&mut self, ms: u64, kind: Kind, payload: &[u8]) {
        let record = NewRecord {
            stamp: stamp(ms),
            kind,
            flags: Flags::NONE,
            durability: Durability::Now,
            payload,
        };
        if self.writer.append(&record).is_ok() {
            self.told.written.push((kind, payload.to_vec()));
        }
    }

    fn commit(&mut self) {
        if let Ok(ticket) = self.writer.commit() {
            self.told.acknowledged.push((self.disk.op_count(), ticket.count() as usize));
        }
    }

    fn finish(mut self) -> Told {
        self.commit();
        if let Ok(closed) = self.writer.finish() {
            self.told.acknowledged.push((self.disk.op_count(), closed.last.count() as usize));
        }
        self.told
    }
}

/// Two sessions, the first with an end, the second with one on every other seed. Answers what each
/// was told; fewer where the disk did not let one begin.
fn run(disk: &MemoryDisk, seed: u64) -> Vec<Told> {
    let mut dice = Dice(seed);
    let mut all = Vec::new();
    let Ok((store, _)) = Store::open(Arc::new(disk.clone()), ROOM, stamp(0)) else { return all };
    for number in 1..=2 {
        let Ok(writer) = store.begin(new_session(number)) else { break };
        let mut author = Author { disk, writer, told: Told::default() };
        author.append(1, Kind::START, b"plan and limits");
        author.commit();
        for ms in 2..6 + dice.roll(6) {
            let len = [0, 40, 300, 700][dice.roll(4) as usize] + dice.roll(40);
            let payload: Vec<u8> = (0..len).map(|_| dice.roll(256) as u8).collect();
            author.append(ms, Kind::FIRST_OF_SESSION, &payload);
            if dice.roll(3) == 0 {
                author.commit();
            }
        }
        if number == 1 || seed.is_multiple_of(2) {
            author.append(99, Kind::END, &end_payload(b"completed"));
        }
        all.push(author.finish());
    }
    all
}

/// Opens what a crash left and holds it against what was told by operation `op`.
fn check(image: &MemoryDisk, told: &[Told], op: usize, crashes: usize, what: &dyn Fn() -> String) {
    let (_, recovery) = open(image);
    for (number, told) in (1..).zip(told) {
        check_session(image, told, number, op, what);
    }
    for interrupted in &recovery.interrupted {
        // One torn place for each failure: the session's own, and a segment or recovery after it.
        assert!(interrupted.torn.len() <= crashes, "{:?}: {}", interrupted.torn, what());
    }
    let report = verify(image).unwrap();
    assert!(report.is_clean(), "{:?}: {}", report.findings, what());
    assert!(report.open.is_empty(), "a session without an end: {}", what());

    // A second start finds nothing to do and reads nothing again.
    let (_, again) = open(image);
    assert_eq!((again.read, again.interrupted.len()), (0, 0), "{}", what());
    assert_eq!(again.closed, recovery.closed, "{}", what());
}

fn check_session(
    image: &MemoryDisk,
    told: &Told,
    number: u8,
    op: usize,
    what: &dyn Fn() -> String,
) {
    let mut found = records(image, session(number));
    let acknowledged = told.acknowledged_by(op);
    if acknowledged > 0 {
        let last = found.last().map(|(kind, _)| *kind);
        assert_eq!(last, Some(Kind::END), "session {number} has no end: {}", what());
    }
    let by_recovery = End { by: EndedBy::Recovery, summary: &[] }.encode();
    found.retain(|(kind, payload)| *kind != Kind::GAP && *payload != by_recovery);
    assert!(
        found.len() >= acknowledged,
        "session {number}: {} of {acknowledged} acknowledged records: {}",
        found.len(),
        what()
    );
    assert!(told.written.starts_with(&found), "session {number} is no prefix: {}", what());
}

#[test]
fn acknowledged_records_survive_a_crash_at_every_operation() {
    let mut images = 0;
    for seed in 0..20 {
        let disk = MemoryDisk::new();
        let told = run(&disk, seed);
        for op in 0..=disk.op_count() {
            for fault in CRASHES {
                let what = || format!("seed {seed}, crash after operation {op}, {fault:?}");
                check(&disk.crashed(op, fault), &told, op, 1, &what);
                images += 1;
            }
        }
    }
    println!("{images} images");
    assert!(images > 3_000);
}

#[test]
fn acknowledged_records_survive_a_failing_disk_and_a_crash_after_it() {
    let mut images = 0;
    for seed in 0..8 {
        let quiet = MemoryDisk::new();
        run(&quiet, seed);
        for at in 0..quiet.op_count() {
            for fault in FAULTS {
                let disk = MemoryDisk::new();
                disk.fail(at, fault);
                let told = run(&disk, seed);
                let end = disk.op_count();
                for op in [(at + 2).min(end), (at + 6).min(end), end] {
                    for crash in CRASHES {
                        let what = || {
                            format!("seed {seed}, {fault:?} at {at}, crash after {op}, {crash:?}")
                        };
                        check(&disk.crashed(op, crash), &told, op, 2, &what);
                        images += 1;
                    }
                }
            }
        }
    }
    println!("{images} images");
    assert!(images > 10_000);
}

#[test]
fn a_crash_while_recovering_loses_nothing_either() {
    let mut images = 0;
    for seed in [1, 3] {
        let disk = MemoryDisk::new();
        let told = run(&disk, seed);
        for op in (0..=disk.op_count()).step_by(3) {
            for first in CRASHES {
                let image = disk.crashed(op, first);
                open(&image);
                // What a start has done needs no doing again, whatever happens to the disk.
                let done = image.crashed(image.op_count(), CrashFault::Lost);
                let (_, again) = open(&done);
                assert!(again.interrupted.is_empty(), "seed {seed}, {op} {first:?}");
                for second_op in 0..=image.op_count() {
                    for second in [CrashFault::Lost, CrashFault::Torn { granule: 1 }] {
                        let what = || {
                            format!("seed {seed}, {op} {first:?}, recovery {second_op} {second:?}")
                        };
                        check(&image.crashed(second_op, second), &told, op, 2, &what);
                        images += 1;
                    }
                }
            }
        }
    }
    println!("{images} images");
    assert!(images > 1_000);
}

/// The harness itself: a disk whose flush lies must be caught by it.
#[test]
fn a_disk_that_forgets_flushed_data_is_caught() {
    let disk = MemoryDisk::new();
    let told = run(&disk, 0);
    let image = disk.crashed(disk.op_count(), CrashFault::Kept);
    let names: Vec<String> = image.list().unwrap().into_iter().map(|file| file.name).collect();
    let segment = names.iter().find(|name| name.ends_with(".ajl")).unwrap();
    image.remove(segment).unwrap();
    open(&image);
    assert!(read_session(&image, session(1), &mut |_| {}).unwrap().is_none());
    assert!(told[0].acknowledged_by(disk.op_count()) > records(&image, session(1)).len());
    assert_eq!(history::sessions(&image).unwrap().len(), 1);
    assert!(!verify(&image).unwrap().is_clean());
}
