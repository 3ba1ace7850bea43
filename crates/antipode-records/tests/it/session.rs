//! Sessions written step by step, and run again from the disk.

use std::sync::Arc;

use antipode_core::event::{Act, Event, LinkEvent, Source, StopEvent};
use antipode_core::fixture;
use antipode_core::orders::Orders;
use antipode_core::plan::{Program, Segment, SegmentKind};
use antipode_core::session::Session;
use antipode_core::step::Record;
use antipode_records::disk::MemoryDisk;
use antipode_records::history::read_session;
use antipode_records::keys::{KeyStore, person_of};
use antipode_records::segment::{EndedBy, Gap, GapCause, Header, Link, SegmentReader};
use antipode_records::session::{
    BLOCK, Differs, EVENT, FAULT, Floors, NotReplayable, ORDERS, RECORD, Replay, SessionWriter,
    Start, decode_fault, open_name, replay_segment, replay_session, seal_name,
};
use antipode_records::{
    Durability, Flags, Journal, Kind, MemoryJournal, NewRecord, PersonId, Refused, Stamp, Ticket,
    spawn,
};
use antipode_safety::{
    Angle, DriveState, Fault, FaultBegan, FaultSet, Latches, Millis, Rate, Reading, Switch,
    Switches, Timestamp,
};

use crate::fixture::{new_session, open, session, stamp};

const PERSON: PersonId = PersonId::from_bytes([8; 16]);

fn start() -> Start {
    let segment = |bout, kind| Segment { bout, kind };
    let turn = |to| SegmentKind::Move { to: Angle::clamped(to), rate: Rate::clamped(1_000) };
    let segments = vec![
        segment(Some(0), turn(20_000)),
        segment(Some(0), SegmentKind::Hold { time: Millis::from_secs(30) }),
        segment(Some(0), turn(-3_000)),
        segment(None, SegmentKind::FinalRest { time: Millis::from_secs(120) }),
    ];
    Start {
        config: fixture::config(Program::from_segments(segments, Millis::ZERO).unwrap()),
        plan: "test".to_owned(),
        table: "sim".to_owned(),
        program_version: "0".to_owned(),
        seed: None,
    }
}

fn reading(ms: u64) -> Event {
    let closed = Switches::NONE.with(Switch::StopLoopClosed, true).with(Switch::HandControl, true);
    Event::Reading(Reading {
        at: stamp(ms).at,
        seq: ms as u32 / 50 + 1,
        table_ms: ms as u32,
        tilt: Some(Angle::REST_AIM),
        tilt_second: Some(Angle::REST_AIM),
        rate: Rate::ZERO,
        drive: DriveState::Disarmed,
        latches: Latches { fitted: 2, first_closed: true, second_closed: true },
        switches: closed,
        faults: FaultSet::NONE,
        accepted: 0,
        current_ma: 0,
        supply_mv: 24_000,
        temperature_c: 20,
    })
}

/// Five seconds of a session: it connects, is asked and answered, and STOP is tried.
fn events() -> Vec<(u64, Event)> {
    let act = |act| Event::Act(act, Source::Terminal);
    let mut events: Vec<(u64, Event)> =
        (0..100).flat_map(|i| [(i * 50, reading(i * 50)), (i * 50 + 20, Event::Tick)]).collect();
    events.extend([
        (1, Event::Link(LinkEvent::Connected)),
        (1_010, act(Act::ConfirmPerson)),
        (2_010, act(Act::ConfirmAreaClear)),
        (3_010, Event::Stop(StopEvent::Pressed, Source::Hand)),
    ]);
    events.sort_by_key(|(ms, _)| *ms);
    events
}

/// Runs the session and writes it.
fn run<J: Journal>(writer: &mut SessionWriter<J>) -> Vec<Record> {
    run_telling(writer, |orders| orders)
}

/// The same, but writes what `tell` makes of the orders.
fn run_telling<J: Journal>(
    writer: &mut SessionWriter<J>,
    tell: impl Fn(Orders) -> Orders,
) -> Vec<Record> {
    let mut session = Session::new(start().config);
    let (mut orders, mut records) = (Orders::NONE, Vec::new());
    for (ms, event) in events() {
        let step = session.step(stamp(ms).at, event);
        orders = orders.after(stamp(ms).at, &step.commands);
        writer.event(stamp(ms), event, tell(orders)).unwrap();
        for record in step.records {
            writer.record(stamp(ms), record).unwrap();
            records.push(record);
        }
    }
    assert_ne!(orders, Orders::NONE);
    assert!(!records.is_empty());
    records
}

fn segment(journal: &MemoryJournal, part: u32) -> Vec<u8> {
    journal.to_segment(&Header {
        journal: [1; 16],
        session: session(1),
        ordinal: 1,
        part,
        first_seq: 1,
        created: stamp(0),
        previous: Link::NONE,
        simulated: true,
        bench: false,
    })
}

fn replay(journal: &MemoryJournal) -> Result<Replay, NotReplayable> {
    replay_segment("test", segment(journal, 0).as_slice())
}

fn append(journal: &mut MemoryJournal, kind: Kind, payload: &[u8]) {
    let (flags, durability) = (Flags::NONE, Durability::Now);
    journal.append(&NewRecord { stamp: stamp(9), kind, flags, durability, payload }).unwrap();
}

/// A journal in memory with a start.
fn begun() -> SessionWriter<MemoryJournal> {
    SessionWriter::begin(MemoryJournal::new(), stamp(0), &start(), None).unwrap()
}

#[test]
fn a_session_on_the_disk_replays_and_its_person_can_be_wiped() {
    let (disk, keys) = (MemoryDisk::new(), KeyStore::new(Arc::new(MemoryDisk::new())));
    let key = keys.load_or_make(PERSON).unwrap();
    let sealed = seal_name(&key, session(1), "Ada Lovelace").unwrap();
    let (store, _) = open(&disk);
    let (handle, thread) = spawn(store.begin(new_session(1)).unwrap()).unwrap();
    let mut writer =
        SessionWriter::begin(handle, stamp(0), &start(), Some(sealed.as_slice())).unwrap();
    let records = run(&mut writer);
    writer.end(stamp(5_000), b"{}").unwrap();
    drop(writer);
    assert!(thread.join().unwrap().sealed);

    let again = replay_session(&disk, session(1)).unwrap();
    assert!(again.is_same(), "{:?} {:?}", again.first_difference, again.damage);
    assert_eq!((again.compared, again.steps), (records.len() as u64, events().len() as u64));
    assert_eq!(again.ended_by, Some(EndedBy::Session));

    let mut name = None;
    read_session(&disk, session(1), &mut |record| {
        if record.kind == Kind::PERSON {
            assert!(record.flags.is_sealed());
            assert_eq!(person_of(record.payload).unwrap(), PERSON);
            name = Some(open_name(&key, session(1), record.payload).unwrap());
        } else {
            assert!(!record.payload.windows(3).any(|window| window == b"Ada"));
        }
    })
    .unwrap();
    assert_eq!(name.as_deref(), Some("Ada Lovelace"));

    keys.wipe(PERSON).unwrap();
    assert!(keys.load(PERSON).is_err());
    assert_eq!(replay_session(&disk, session(1)).unwrap(), again, "the record stands");
}

#[test]
fn an_interrupted_session_replays_up_to_its_last_record() {
    let disk = MemoryDisk::new();
    let (store, _) = open(&disk);
    let (handle, thread) = spawn(store.begin(new_session(1)).unwrap()).unwrap();
    let mut writer = SessionWriter::begin(handle, stamp(0), &start(), None).unwrap();
    run(&mut writer);
    // The program dies: what is gathered and not written is gone.
    drop(writer);
    thread.join().unwrap();
    drop(store);
    let (_store, recovery) = open(&disk);
    assert_eq!(recovery.interrupted.len(), 1);
    let again = replay_session(&disk, session(1)).unwrap();
    assert!(again.is_same(), "{:?} {:?}", again.first_difference, again.damage);
    assert_eq!(again.ended_by, Some(EndedBy::Recovery));
    assert!(again.steps > 150 && again.steps < events().len() as u64, "{}", again.steps);
}

/// What comes several times a second is gathered; what counts stands alone, behind it.
#[test]
fn a_block_spans_less_than_a_second_and_goes_before_what_comes_after_it() {
    let mut writer = begun();
    run(&mut writer);
    let journal = writer.into_journal();
    let kinds: Vec<Kind> = journal.records().map(|record| record.kind).collect();
    assert_eq!(kinds.first(), Some(&Kind::START));
    assert_eq!(kinds.iter().filter(|kind| **kind == EVENT).count(), 4);
    assert!(kinds.iter().filter(|kind| **kind == BLOCK).count() <= 12, "{kinds:?}");
    assert!(kinds.contains(&RECORD));
    let times: Vec<Timestamp> = journal.records().map(|record| record.stamp.at).collect();
    assert!(times.is_sorted(), "{times:?}");
    let mut last = Timestamp::ZERO;
    for record in journal.records() {
        assert!(record.stamp.at.since(last) <= Millis::from_secs(1), "{:?}", record.stamp);
        last = record.stamp.at;
    }
}

/// Takes records and remembers how urgent they were.
#[derive(Default)]
struct Urgent(Vec<(Kind, Durability)>);

impl Journal for Urgent {
    fn append(&mut self, record: &NewRecord<'_>) -> Result<Ticket, Refused> {
        self.0.push((record.kind, record.durability));
        Ok(Ticket::new(self.0.len() as u64))
    }

    fn durable(&self) -> Ticket {
        Ticket::new(3)
    }

    fn health(&self) -> antipode_records::Health {
        antipode_records::Health::Working
    }

    fn lost(&self) -> u64 {
        0
    }
}

#[test]
fn start_stop_state_and_end_go_to_the_disk_at_once_and_readings_soon() {
    let now: Stamp = stamp(5);
    let mut writer = SessionWriter::begin(Urgent::default(), now, &start(), None).unwrap();
    writer.event(now, reading(5), Orders::NONE).unwrap();
    writer.event(now, Event::Stop(StopEvent::Pressed, Source::Hand), Orders::NONE).unwrap();
    writer.record(now, Record::Asked).unwrap();
    assert!(!writer.is_start_durable(), "not started");
    writer.record(now, Record::SessionStart).unwrap();
    assert!(!writer.is_start_durable(), "the third of five records is on the disk");
    writer.end(now, b"").unwrap();
    let (soon, at_once) = (Durability::Soon, Durability::Now);
    let expected = [
        (Kind::START, at_once),
        (BLOCK, soon),
        (EVENT, at_once),
        (RECORD, soon),
        (RECORD, at_once),
        (ORDERS, soon),
        (Kind::END, at_once),
    ];
    assert_eq!(writer.journal().0, expected);
}

#[test]
fn how_a_fault_began_is_kept_in_its_place_and_a_replay_passes_it_over() {
    let began = FaultBegan {
        fault: Fault::BrakeSlip,
        table_ms: 77,
        tilt: Some(Angle::clamped(12_000)),
        current_ma: 3_100,
        count: 2,
    };
    let mut writer = begun();
    run(&mut writer);
    writer.fault(stamp(5_010), &began).unwrap();
    let journal = writer.into_journal();
    let bytes = segment(&journal, 0);
    let mut reader = SegmentReader::open(&bytes[..]).unwrap();
    let mut kinds = Vec::new();
    while let Some(record) = reader.next_record() {
        kinds.push(record.kind);
        if record.kind == FAULT {
            assert_eq!(decode_fault(record.payload), Ok(began));
        }
    }
    assert!(kinds.ends_with(&[BLOCK, FAULT]), "what came before it stands before it: {kinds:?}");
    assert_eq!(replay(&journal).unwrap().first_difference, None);
    let mut broken = journal;
    append(&mut broken, FAULT, &[99]);
    assert!(matches!(
        replay(&broken).unwrap().first_difference.unwrap().what,
        Differs::Unreadable(_)
    ));
}

#[test]
fn missing_and_unknown_records_end_a_replay_where_they_stand() {
    let mut writer = begun();
    run(&mut writer);
    let whole = writer.into_journal();
    assert!(replay(&whole).unwrap().is_same());

    let seq = whole.len() + 1;
    let gap = |lost| Gap { cause: GapCause::Overflow, lost, ordinal: 0, offset: 0 }.encode();
    let with = |kind, payload: &[u8]| {
        let mut journal = whole.clone();
        append(&mut journal, kind, payload);
        append(&mut journal, EVENT, &[2, 7, 1]);
        replay(&journal).unwrap()
    };
    let missing = with(Kind::GAP, &gap(3)).first_difference.unwrap();
    assert_eq!((missing.seq, missing.what), (seq, Differs::Missing { lost: 3 }));
    assert!(with(Kind::GAP, &gap(0)).is_same(), "a fresh file that took everything over");
    for (kind, payload) in [(Kind::new(99), &[][..]), (EVENT, &[99]), (RECORD, &[]), (BLOCK, &[0])]
    {
        let found = with(kind, payload).first_difference.unwrap();
        assert!(matches!(found.what, Differs::Unreadable(_)), "{found:?}");
        assert_eq!(found.seq, seq);
    }
}

#[test]
fn a_line_at_another_time_is_a_difference() {
    let mut writer = begun();
    writer.event(stamp(1), Event::Link(LinkEvent::Connected), Orders::NONE).unwrap();
    let mut session = Session::new(start().config);
    let step = session.step(stamp(1).at, Event::Link(LinkEvent::Connected));
    assert!(step.records.is_empty());
    let before = Orders::NONE.after(stamp(1).at, &step.commands);
    let step = session.step(stamp(50).at, reading(50));
    let orders = before.after(stamp(50).at, &step.commands);
    writer.event(stamp(50), reading(50), orders).unwrap();
    let record = *step.records.iter().next().unwrap();
    writer.record(stamp(51), record).unwrap();
    let found = replay(writer.journal()).unwrap().first_difference.unwrap();
    assert_eq!(found.what, Differs::Time { record, got: stamp(50).at });
}

#[test]
fn a_line_that_the_journal_lacks_is_a_difference() {
    let mut writer = begun();
    let mut session = Session::new(start().config);
    let (mut due, mut orders) = (None, Orders::NONE);
    for (ms, event) in [(1, Event::Link(LinkEvent::Connected)), (50, reading(50))] {
        let step = session.step(stamp(ms).at, event);
        orders = orders.after(stamp(ms).at, &step.commands);
        writer.event(stamp(ms), event, orders).unwrap();
        due = step.records.iter().next().copied();
    }
    assert!(due.is_some());
    writer.event(stamp(60), Event::Act(Act::Ok, Source::Hand), orders).unwrap();
    let found = replay(writer.journal()).unwrap().first_difference.unwrap();
    assert_eq!(found.what, Differs::Record { expected: None, got: due });
    assert_eq!(found.at, stamp(50).at, "the step that gave it");

    // The same at the end of a session that wrote its own end.
    let mut writer = begun();
    for (ms, event) in [(1, Event::Link(LinkEvent::Connected)), (50, reading(50))] {
        writer.event(stamp(ms), event, orders).unwrap();
    }
    writer.end(stamp(60), b"").unwrap();
    let found = replay(writer.journal()).unwrap().first_difference.unwrap();
    assert_eq!(found.what, Differs::Record { expected: None, got: due });
}

/// The lines are the same in each case: only the orders tell the sessions apart.
#[test]
fn a_session_that_gave_other_orders_to_the_table_does_not_replay() {
    let mut writer = begun();
    run(&mut writer);
    writer.end(stamp(5_000), b"").unwrap();
    assert!(replay(writer.journal()).unwrap().is_same());

    // No order at all: the first block that ends behind one shows it.
    let mut writer = begun();
    run_telling(&mut writer, |_| Orders::NONE);
    let found = replay(writer.journal()).unwrap().first_difference.unwrap();
    assert_eq!(found.what, Differs::Orders);

    // Behind the last block: the end shows it.
    let mut writer = begun();
    run(&mut writer);
    let stop = Event::Stop(StopEvent::Pressed, Source::Network);
    writer.event(stamp(5_000), stop, Orders::NONE).unwrap();
    writer.end(stamp(5_000), b"").unwrap();
    let found = replay(writer.journal()).unwrap().first_difference.unwrap();
    assert_eq!((found.what, found.at), (Differs::Orders, stamp(5_000).at));
}

#[test]
fn what_cannot_be_replayed_says_why() {
    let empty = MemoryJournal::new();
    assert!(matches!(replay(&empty), Err(NotReplayable::NoStart(_))));
    let mut garbled = MemoryJournal::new();
    append(&mut garbled, Kind::START, b"plan");
    assert!(matches!(replay(&garbled), Err(NotReplayable::Start(..))));
    let later = replay_segment("test", segment(begun().journal(), 2).as_slice());
    assert!(matches!(later, Err(NotReplayable::LaterPart { part: 2, .. })));
    assert!(matches!(replay_segment("test", &b""[..]), Err(NotReplayable::NotAJournal(_))));
    let disk = MemoryDisk::new();
    assert!(matches!(replay_session(&disk, session(1)), Err(NotReplayable::NoSession(_))));
}

#[test]
fn readings_give_a_floor_of_head_down_time_and_depth() {
    let journal = MemoryJournal::new();
    let mut writer = SessionWriter::begin(journal, stamp(0), &start(), None).unwrap();
    let mut tilt = |from: u64, to: u64, first: i64, second: i64| {
        for ms in (from..to).step_by(50) {
            let Event::Reading(level) = reading(ms) else { panic!("a reading") };
            let turned = Reading {
                tilt: Some(Angle::clamped(first)),
                tilt_second: Some(Angle::clamped(second)),
                ..level
            };
            writer.event(stamp(ms), Event::Reading(turned), Orders::NONE).unwrap();
        }
    };
    tilt(0, 2_000, 4_900, 5_100);
    tilt(2_000, 5_050, 20_000, 21_000);
    // Nothing is known of the two seconds between.
    tilt(7_000, 8_050, 12_000, 12_000);
    writer.flush().unwrap();
    let journal = writer.into_journal();
    let mut floors = Floors::NONE;
    let bytes = segment(&journal, 0);
    let mut reader = antipode_records::segment::SegmentReader::open(bytes.as_slice()).unwrap();
    while let Some(record) = reader.next_record() {
        floors.take(&record);
    }
    assert_eq!(floors.head_down(), Millis::new(3_000 + 1_000));
    assert_eq!(floors.deepest(), Some(Angle::clamped(20_000)));
}
