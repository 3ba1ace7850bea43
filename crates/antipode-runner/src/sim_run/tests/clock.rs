//! A wall clock that somebody sets anew under way changes dates and nothing else (H-28).

use antipode_engine::SessionJournal;
use antipode_engine::real::JournalPort;
use antipode_records::session::Start;
use antipode_records::{MemoryJournal, Stamp, WallTime};
use antipode_safety::{Millis, Timestamp};
use antipode_sim::faults::{Fault, FaultKind};

use super::setup;
use crate::sim_run::SimRun;
use crate::sim_run::live::session_config;

const ZERO: WallTime = WallTime::from_unix_millis(1_780_272_000_000);
/// In the middle of the first hold.
const STEP_AT_MS: u64 = 60_000;

/// What a run came to, and both clocks of each of its records.
#[derive(Debug, PartialEq)]
struct CameTo {
    trace: String,
    head_down: Millis,
    duration: Option<Millis>,
    bouts: u16,
}

/// A whole session whose wall clock steps by `step_ms`, and its record.
fn session(step_ms: Option<i64>) -> (CameTo, Vec<Stamp>) {
    let mut setup = setup("first-week", 7);
    if let Some(by) = step_ms {
        let step = Fault { value: Some(by), ..Fault::at(FaultKind::ClockStep, STEP_AT_MS) };
        setup.faults.push(step);
    }
    let mut run = SimRun::new(setup, true);
    run.recorder.keep_lines = true;
    let start = Start {
        config: session_config(&run),
        plan: "first-week".to_owned(),
        table: "sim".to_owned(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: Some(7),
    };
    let memory = MemoryJournal::new();
    let mut journal =
        SessionJournal::begin(memory, run.dates(ZERO), Timestamp::ZERO, &start, None).unwrap();
    while !run.is_over() {
        run.step();
        for (at, line) in run.recorder.lines.split_off(0) {
            assert!(journal.line(at, &line));
        }
        assert!(run.now_ms() < 3_600_000);
    }
    assert!(run.verdict().unwrap().is_clean());
    let (memory, ended) = journal.finish(b"{}");
    ended.unwrap();
    let stamps = memory.unwrap().records().map(|record| record.stamp).collect();
    let came_to = CameTo {
        trace: run.recorder.trace_hash(),
        head_down: run.head_down(),
        duration: run.duration(),
        bouts: run.bouts_done(),
    };
    (came_to, stamps)
}

#[test]
fn a_step_of_the_wall_clock_changes_dates_and_no_interval_no_dose_and_no_motion() {
    let (plain, stamps) = session(None);
    assert!(plain.head_down > Millis::from_secs(180), "{plain:?}");
    let years = 10 * 365 * 86_400_000;
    // Ten years either way, an hour, and the whole of the session.
    for step_ms in [years, -years, 3_600_000, -3_600_000, -600_000] {
        let (stepped, dated) = session(Some(step_ms));
        assert_eq!(stepped, plain, "{step_ms} ms");
        assert_eq!(dated.len(), stamps.len());
        for (dated, stamp) in dated.iter().zip(&stamps) {
            assert_eq!(dated.at, stamp.at);
            let jumped = dated.at >= Timestamp::from_millis(STEP_AT_MS);
            let by = dated.wall.unix_millis() - stamp.wall.unix_millis();
            assert_eq!(by, if jumped { step_ms } else { 0 }, "{step_ms} ms at {:?}", dated.at);
        }
        assert!(dated.iter().any(|stamp| stamp.at < Timestamp::from_millis(STEP_AT_MS)));
        assert!(dated.iter().any(|stamp| stamp.at > Timestamp::from_millis(STEP_AT_MS)));
    }
}
