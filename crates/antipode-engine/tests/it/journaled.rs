//! A whole session on the simulated table, journaled and run again from its journal.

use antipode_core::alarm::AlarmCause;
use antipode_core::event::{Act, Event, Source, Vital};
use antipode_core::plan::Plan;
use antipode_core::session::StateKind;
use antipode_core::step::Record;
use antipode_core::symptom::{Severity, Symptom};
use antipode_engine::{Dates, Input, SessionJournal, SessionLine};
use antipode_records::segment::{Header, Link, SegmentReader, Trouble};
use antipode_records::session::{Differs, NotReplayable, Replay, Start, replay_segment};
use antipode_records::{Kind, MemoryJournal, SessionId, WallTime};
use antipode_safety::Timestamp;

use crate::hands::{Run, config, plan};

const DATES: Dates = Dates::From { zero: WallTime::from_unix_millis(1_780_272_000_000) };

type Lines = Vec<(u64, SessionLine)>;

/// The lines of a whole session of `bouts` bouts, and what it was told. With `ease` the person
/// reports a symptom in the first hold.
fn session(seed: u64, bouts: u16, hold_s: u64, ease: bool) -> (Start, Lines) {
    let plan = plan(bouts, 20, hold_s);
    let mut run = Run::new(&plan, seed);
    run.notes.keep_events = true;
    let mut second = 0;
    let mut eased = !ease;
    while run.state() != StateKind::Finished {
        let now = run.shell.now().as_millis() / 1_000;
        if now > second {
            second = now;
            run.input(Input::Vital(Vital::HeartRate(60 + (now % 9) as u16)));
        }
        if !eased && run.tilt() > 19_000 {
            eased = true;
            run.input(Input::Symptom(Symptom::HeadPressure, Severity::Mild));
        }
        run.step();
        assert!(now < 2_400, "{:?}", run.shell.core().view());
    }
    (told(&plan, seed), run.notes.lines)
}

/// What a session of `plan` was told.
fn told(plan: &Plan, seed: u64) -> Start {
    Start {
        config: config(plan),
        plan: plan.name.clone(),
        table: "sim".to_owned(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: Some(seed),
    }
}

fn journal(start: &Start, lines: &Lines) -> MemoryJournal {
    let zero = Timestamp::ZERO;
    let mut journal =
        SessionJournal::begin(MemoryJournal::new(), DATES, zero, start, None).unwrap();
    for (ms, line) in lines {
        let now = Timestamp::from_millis(*ms);
        assert!(antipode_engine::real::JournalPort::line(&mut journal, now, line));
    }
    let (journal, ended) = journal.finish(b"{}");
    ended.unwrap();
    journal.unwrap()
}

fn header() -> Header {
    Header {
        journal: [1; 16],
        session: SessionId::from_bytes([2; 16]),
        ordinal: 1,
        part: 0,
        first_seq: 1,
        created: DATES.stamp(Timestamp::ZERO),
        previous: Link::NONE,
        simulated: true,
        bench: false,
    }
}

fn replay(start: &Start, lines: &Lines) -> Replay {
    let bytes = journal(start, lines).to_segment(&header());
    replay_segment("test", bytes.as_slice()).unwrap()
}

#[test]
fn a_journaled_session_replays_without_a_difference() {
    let (start, lines) = session(1, 3, 60, true);
    let replay = replay(&start, &lines);
    assert_eq!(replay.first_difference, None);
    assert!(replay.is_same(), "{:?}", replay.damage);
    let ended = lines.iter().find_map(|(_, line)| match line {
        SessionLine::Record(Record::SessionEnd { outcome, cause, .. }) => Some((*outcome, *cause)),
        SessionLine::Record(_) | SessionLine::Event(..) | SessionLine::FaultBegan(_) => None,
    });
    assert!(ended.is_some() && replay.outcome == ended, "{:?} {ended:?}", replay.outcome);
    assert_eq!(replay.start, start);
    let records = |line: &&(u64, SessionLine)| matches!(line.1, SessionLine::Record(_));
    let recorded = lines.iter().filter(records).count();
    assert_eq!(replay.compared, recorded as u64);
    assert_eq!(replay.steps, (lines.len() - recorded) as u64);
}

#[test]
fn the_call_for_the_contact_is_on_record_and_replays_without_a_difference() {
    let plan = plan(1, 20, 180);
    let mut run = Run::new(&plan, 3);
    run.notes.keep_events = true;
    run.until(120, |run| run.tilt() > 19_000);
    // She answers nothing any more.
    run.helpful = false;
    run.until(30 + 15 + 20, |run| run.tilt() <= 0);
    run.until(90, |run| run.state() == StateKind::Finished);
    let (start, lines) = (told(&plan, 3), run.notes.lines);
    let called = SessionLine::Record(Record::Alarm(AlarmCause::CallContact));
    assert_eq!(lines.iter().filter(|(_, line)| *line == called).count(), 1);
    let replay = replay(&start, &lines);
    assert_eq!(replay.first_difference, None);
    assert!(replay.is_same(), "{:?}", replay.damage);
    // Without that line the journal is not what the session said.
    let mut without = lines;
    without.retain(|(_, line)| *line != called);
    let difference = self::replay(&start, &without).first_difference.unwrap();
    assert!(matches!(difference.what, Differs::Record { got: Some(_), .. }), "{difference:?}");
}

#[test]
fn a_quarter_of_an_hour_takes_less_than_100_kb() {
    // The longest of a few: one that a fault ends early says little about a whole one.
    let sessions = (1..=8).map(|seed| session(seed, 4, 120, false));
    let (start, lines) = sessions.max_by_key(|(_, lines)| lines.last().unwrap().0).unwrap();
    let lasted = lines.last().unwrap().0;
    let bytes = journal(&start, &lines).to_segment(&header()).len() as u64;
    let quarter = bytes * 900_000 / lasted;
    println!("{bytes} bytes in {lasted} ms, {quarter} bytes in a quarter of an hour");
    assert!(lasted > 800_000, "{lasted}");
    assert!(quarter < 100_000, "{quarter}");
}

#[test]
fn a_flipped_byte_is_found_and_located() {
    let (start, lines) = session(1, 1, 20, true);
    let bytes = journal(&start, &lines).to_segment(&header());
    // The header names the file and everything behind it a record; both ends and a spread between.
    for at in (0..bytes.len()).step_by(997).chain([0, 130, bytes.len() - 1]) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x40;
        match replay_segment("test", changed.as_slice()) {
            Err(NotReplayable::NotAJournal(_)) => assert!(at < 1_000, "byte {at}"),
            Err(other) => panic!("byte {at}: {other}"),
            Ok(replay) => {
                assert!(!replay.is_same(), "byte {at}");
                let [found] = replay.damage.as_slice() else { panic!("byte {at}") };
                assert!(found.offset <= at as u64, "byte {at}: {found}");
                assert!(at as u64 - found.offset < 2_000, "byte {at}: {found}");
                assert!(!matches!(found.trouble, Trouble::Header(_)));
            }
        }
    }
}

#[test]
fn a_changed_event_is_found_where_its_first_line_is_missing() {
    let (start, lines) = session(1, 1, 20, true);
    let started = Event::Act(Act::Start, Source::Terminal);
    let is_start = |line: &(u64, SessionLine)| matches!(line.1, SessionLine::Event(event, _) if event == started);
    let at = lines.iter().position(is_start).unwrap();
    let SessionLine::Event(_, orders) = lines[at].1 else { panic!("no event") };
    let mut changed = lines.clone();
    changed[at].1 = SessionLine::Event(Event::Act(Act::Start, Source::Network), orders);
    let replay = replay(&start, &changed);
    let difference = replay.first_difference.unwrap();
    assert_eq!(difference.at.as_millis(), lines[at].0);
    let Differs::Record { expected: Some(expected), got: None } = difference.what else {
        panic!("{difference:?}")
    };
    assert_eq!(lines[at + 1].1, SessionLine::Record(expected));
}

#[test]
fn a_left_out_event_and_a_left_out_line_are_found() {
    let (start, lines) = session(1, 1, 20, true);
    let symptom =
        |line: &(u64, SessionLine)| matches!(line.1, SessionLine::Event(Event::Symptom(..), _));
    let at = lines.iter().position(symptom).unwrap();
    let mut without = lines.clone();
    without.remove(at);
    assert_eq!(replay(&start, &without).first_difference.unwrap().at.as_millis(), lines[at].0);

    let mut without = lines.clone();
    let (ms, SessionLine::Record(record)) = without.remove(at + 1) else { panic!("no line") };
    let difference = replay(&start, &without).first_difference.unwrap();
    assert_eq!(difference.at.as_millis(), ms);
    // The next line of the same step stands where it should.
    let Differs::Record { got: Some(got), .. } = difference.what else { panic!("{difference:?}") };
    assert_eq!(got, record);
}

#[test]
fn another_start_gives_another_session() {
    let (mut start, lines) = session(1, 1, 20, true);
    start.config.date_certain = false;
    let replay = replay(&start, &lines);
    assert!(replay.first_difference.is_some());
}

#[test]
fn a_journal_that_was_cut_off_replays_up_to_there() {
    let (start, lines) = session(1, 1, 20, true);
    let ended = |line: &(u64, SessionLine)| {
        matches!(line.1, SessionLine::Record(Record::SessionEnd { .. }))
    };
    let at = lines.iter().position(ended).unwrap();
    let cut: Lines = lines[..at].to_vec();
    let mut journal =
        SessionJournal::begin(MemoryJournal::new(), DATES, Timestamp::ZERO, &start, None).unwrap();
    for (ms, line) in &cut {
        antipode_engine::Observer::line(&mut journal, Timestamp::from_millis(*ms), line);
    }
    let ending = journal.ending();
    let (memory, _) = journal.finish(b"");
    let memory = memory.unwrap();
    assert!(ending.set(Vec::new()).is_ok());
    // Without its END: the last record is left out.
    let bytes = memory.to_segment(&header());
    let mut reader = SegmentReader::open(bytes.as_slice()).unwrap();
    let mut last = None;
    while let Some(record) = reader.next_record() {
        last = Some((record.kind, record.offset));
    }
    let (kind, without) = last.unwrap();
    assert_eq!(kind, Kind::END);
    let replay = replay_segment("test", &bytes[..without as usize]).unwrap();
    assert!(replay.is_same(), "{:?} {:?}", replay.first_difference, replay.damage);
    assert_eq!((replay.outcome, replay.ended_by), (None, None));
}
