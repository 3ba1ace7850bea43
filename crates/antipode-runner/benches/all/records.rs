//! The record of a session: what it costs to take, how large it is, and how long the disk takes.

use std::fs::File;
use std::hint::black_box;
use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use antipode_core::event::Event;
use antipode_engine::SessionLine;
use antipode_records::disk::RealDisk;
use antipode_records::segment::{Header, Link};
use antipode_records::session::{EVENT, SessionWriter, Start};
use antipode_records::{
    Durability, Flags, Journal, MemoryJournal, NewRecord, NewSession, Room, SessionId, Stamp,
    Store, WallTime, telemetry,
};
use antipode_safety::{Reading, Timestamp};

use crate::report::{Budget, Row};
use crate::session::Recording;
use crate::{Rows, measure};

/// Readings of a little under a second, as the journal gathers them.
const BLOCK: usize = 19;
const APPENDS: u32 = 20_000;
/// Commits to the real disk.
const COMMITS: usize = 300;
/// A quarter of an hour, milliseconds.
const QUARTER_MS: f64 = 900_000.0;

pub(crate) fn rows(recording: &Recording, hinge_ns: f64) -> Rows {
    let (write_ns, bytes) = whole_session(recording)?;
    let readings = readings(recording);
    let block = readings.get(..BLOCK).ok_or("the recorded session has hardly any reading")?;
    let packed = telemetry::encode(block).ok_or("no block of readings")?;
    let encode = measure::ns_each(5_000, || {
        black_box(telemetry::encode(black_box(block)));
    });
    let reading_bytes = packed.payload.len() as f64 / BLOCK as f64;
    let quarter_kb = bytes as f64 * QUARTER_MS / recording.lasted_ms as f64 / 1_000.0;
    let (own_us, bare_us) = durable()?;
    Ok(vec![
        Row::new("append to a journal in memory, 32 bytes", append_ns(), "ns")
            .against("bare hinge step", hinge_ns),
        Row::new("record a session, each line", write_ns, "ns")
            .against("bare hinge step", hinge_ns),
        Row::new("pack telemetry, each reading", encode / BLOCK as f64, "ns")
            .against("bare hinge step", hinge_ns),
        Row::new("packed telemetry, each reading", reading_bytes, "bytes"),
        Row::new("record of 15 minutes", quarter_kb, "kB").held_to(Budget::AtMost(100.0)),
        Row::new("durable record, p50, wall", own_us, "us")
            .against("growing append, fdatasync", bare_us)
            .aimed_at(Budget::AtMost(1.5 * bare_us.round())),
    ])
}

const fn stamp(at: Timestamp) -> Stamp {
    let passed = at.as_millis().cast_signed();
    Stamp { at, wall: WallTime::from_unix_millis(1_780_000_000_000 + passed) }
}

const fn record(at: Timestamp, payload: &[u8]) -> NewRecord<'_> {
    NewRecord {
        stamp: stamp(at),
        kind: EVENT,
        flags: Flags::NONE,
        durability: Durability::Now,
        payload,
    }
}

fn append_ns() -> f64 {
    let mut journal = MemoryJournal::new();
    measure::ns_each(APPENDS, || {
        black_box(journal.append(&record(Timestamp::ZERO, &[0x5a; 32])).is_ok());
    })
}

fn readings(recording: &Recording) -> Vec<Reading> {
    let moving = recording.lines.iter().filter_map(|(_, line)| match line {
        SessionLine::Event(Event::Reading(reading), _) => Some(*reading),
        SessionLine::Event(..) | SessionLine::Record(_) | SessionLine::FaultBegan(_) => None,
    });
    // From the middle of a motion, where every column changes.
    moving.skip_while(|reading| reading.rate.millideg_per_s() == 0).collect()
}

/// Processor time of each line, and bytes of the whole record on the disk.
fn whole_session(recording: &Recording) -> Result<(f64, usize), Box<dyn std::error::Error>> {
    let start = Start {
        config: recording.config.clone(),
        plan: "first-week".into(),
        table: "simulated".into(),
        program_version: env!("CARGO_PKG_VERSION").into(),
        seed: Some(7),
    };
    let mut written: Result<MemoryJournal, String> = Err("no run".into());
    let ns = measure::ns_of(|| written = write(recording, &start).map_err(|e| e.to_string()));
    let journal = written?;
    let header = Header {
        journal: [0; 16],
        session: SessionId::new(stamp(Timestamp::ZERO).wall),
        ordinal: 1,
        part: 0,
        first_seq: 1,
        created: stamp(Timestamp::ZERO),
        previous: Link::NONE,
        simulated: true,
        bench: false,
    };
    Ok((ns / recording.lines.len() as f64, journal.to_segment(&header).len()))
}

fn write(
    recording: &Recording,
    start: &Start,
) -> Result<MemoryJournal, Box<dyn std::error::Error>> {
    let journal = MemoryJournal::new();
    let mut writer = SessionWriter::begin(journal, stamp(Timestamp::ZERO), start, None)?;
    for (at, line) in &recording.lines {
        match line {
            SessionLine::Event(event, orders) => writer.event(stamp(*at), *event, *orders)?,
            SessionLine::Record(record) => writer.record(stamp(*at), *record)?,
            SessionLine::FaultBegan(began) => writer.fault(stamp(*at), began)?,
        }
    }
    writer.flush()?;
    Ok(writer.into_journal())
}

/// Wall time of one durable record and of the least that is durable, in microseconds, in turn.
fn durable() -> Result<(f64, f64), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let now = stamp(Timestamp::ZERO);
    let disk = Arc::new(RealDisk::open(&folder.path().join("journal"))?);
    let (store, _recovery) = Store::open(disk, Room::NORMAL, now)?;
    let session = SessionId::new(now.wall);
    let mut journal = store.begin(NewSession { session, now, simulated: true, bench: false })?;
    let mut bare = File::create(folder.path().join("bare"))?;
    let (mut own_us, mut bare_us) = (Vec::new(), Vec::new());
    for at in 0..COMMITS as u64 {
        let began = Instant::now();
        journal.append(&record(Timestamp::from_millis(at), &[0x5a; 32]))?;
        journal.commit()?;
        own_us.push(began.elapsed().as_nanos() as f64 / 1_000.0);
        let began = Instant::now();
        bare.write_all(&[0x5a; 20])?;
        bare.sync_data()?;
        bare_us.push(began.elapsed().as_nanos() as f64 / 1_000.0);
    }
    Ok((measure::middle(own_us), measure::middle(bare_us)))
}
