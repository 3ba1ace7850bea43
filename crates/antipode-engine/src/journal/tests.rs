use antipode_core::event::{Act, Event, Source};
use antipode_core::fixture;
use antipode_core::orders::Orders;
use antipode_core::plan::{Program, Segment, SegmentKind};
use antipode_core::step::Record;
use antipode_records::segment::{End, EndedBy};
use antipode_records::{Kind, MemoryFault, MemoryJournal, NewRecord};
use antipode_safety::{Angle, Rate};

use super::*;

const DATES: Dates = Dates::From { zero: WallTime::from_unix_millis(1_780_272_000_000) };

fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn start() -> Start {
    let home = SegmentKind::Move { to: Angle::REST_AIM, rate: Rate::clamped(1_000) };
    let rest = SegmentKind::FinalRest { time: Millis::from_secs(120) };
    let segments = vec![Segment { bout: Some(0), kind: home }, Segment { bout: None, kind: rest }];
    Start {
        config: fixture::config(Program::from_segments(segments, Millis::ZERO).unwrap()),
        plan: "test".to_owned(),
        table: "sim".to_owned(),
        program_version: "0".to_owned(),
        seed: Some(1),
    }
}

/// A journal in memory that a test can break from outside.
#[derive(Clone, Debug, Default)]
struct Shared(Arc<std::sync::Mutex<MemoryJournal>>);

impl Shared {
    fn fault(&self, fault: Option<MemoryFault>) {
        self.0.lock().unwrap().set_fault(fault);
    }

    fn kinds(&self) -> Vec<Kind> {
        self.0.lock().unwrap().records().map(|record| record.kind).collect()
    }
}

impl Journal for Shared {
    fn append(&mut self, record: &NewRecord<'_>) -> Result<Ticket, Refused> {
        self.0.lock().unwrap().append(record)
    }

    fn durable(&self) -> Ticket {
        self.0.lock().unwrap().durable()
    }

    fn health(&self) -> Health {
        self.0.lock().unwrap().health()
    }

    fn lost(&self) -> u64 {
        self.0.lock().unwrap().lost()
    }
}

fn begin() -> (Shared, SessionJournal<Shared>) {
    let memory = Shared::default();
    let journal = SessionJournal::begin(memory.clone(), DATES, at(0), &start(), None).unwrap();
    (memory, journal)
}

const OK: SessionLine = SessionLine::Event(Event::Act(Act::Ok, Source::Hand), Orders::NONE);
const STARTED: SessionLine = SessionLine::Record(Record::SessionStart);

fn line(journal: &mut SessionJournal<Shared>, ms: u64, line: &SessionLine) -> bool {
    JournalPort::line(journal, at(ms), line)
}

#[test]
fn the_start_is_told_once_and_only_when_it_is_on_the_disk() {
    let (memory, mut journal) = begin();
    memory.fault(None);
    assert!(line(&mut journal, 10, &OK));
    assert_eq!(journal.poll_answer(), None, "the session has not started");
    memory.fault(Some(MemoryFault::Stalled));
    assert!(line(&mut journal, 20, &STARTED));
    assert_eq!(journal.poll_answer(), None, "not on the disk yet");
    memory.fault(None);
    assert_eq!(journal.poll_answer(), Some(JournalEvent::StartDurable));
    assert_eq!(journal.poll_answer(), None);
}

#[test]
fn a_disk_that_stays_bad_is_told_after_two_seconds_and_its_recovery_once() {
    let (memory, mut journal) = begin();
    memory.fault(Some(MemoryFault::Stalled));
    assert!(line(&mut journal, 100, &OK));
    assert!(line(&mut journal, 2_100, &OK));
    assert_eq!(journal.poll_answer(), None, "two seconds are allowed");
    assert!(line(&mut journal, 2_101, &OK));
    assert_eq!(journal.poll_answer(), Some(JournalEvent::Failed));
    assert_eq!(journal.poll_answer(), None);
    memory.fault(None);
    assert_eq!(journal.poll_answer(), Some(JournalEvent::Recovered));
    assert_eq!(journal.poll_answer(), None);
}

#[test]
fn a_dead_journal_is_told_at_once() {
    let (memory, mut journal) = begin();
    memory.fault(Some(MemoryFault::Dead));
    assert_eq!(journal.poll_answer(), Some(JournalEvent::Failed));
    assert!(!line(&mut journal, 10, &OK));
    assert_eq!(journal.poll_answer(), None);
}

#[test]
fn a_refused_line_is_answered_by_its_recovery() {
    let (memory, mut journal) = begin();
    memory.fault(Some(MemoryFault::Full));
    assert!(!line(&mut journal, 10, &OK));
    assert_eq!(journal.poll_answer(), None, "whoever was refused knows it already");
    memory.fault(None);
    assert_eq!(journal.poll_answer(), Some(JournalEvent::Recovered));
}

#[test]
fn the_end_is_written_when_the_loop_is_gone_and_only_with_a_summary() {
    let (memory, journal) = begin();
    let ending = journal.ending();
    ending.set(b"{}".to_vec()).unwrap();
    assert_eq!(ending.set(Vec::new()), Err(NotASummary::Second));
    drop(journal);
    let journal = memory.0.lock().unwrap();
    let last = journal.records().last().unwrap();
    assert_eq!(last.kind, Kind::END);
    let end = End { by: EndedBy::Session, summary: b"{}" };
    assert_eq!(End::decode(last.payload), Some(end));
    assert_eq!(last.stamp, DATES.stamp(at(0)));

    let (memory, journal) = begin();
    drop(journal);
    assert_eq!(memory.kinds(), [Kind::START], "interrupted");
    assert_eq!(
        Ending::default().set(vec![0; End::MAX_SUMMARY + 1]),
        Err(NotASummary::TooLong { len: End::MAX_SUMMARY + 1 })
    );
}
