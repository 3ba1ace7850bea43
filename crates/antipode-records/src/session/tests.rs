//! Payloads read back as they were written, and nothing else reads as a payload.

use std::sync::Arc;

use antipode_core::alarm::AlarmCause;
use antipode_core::event::{Act, Event, JournalEvent, LinkEvent, Source, StopEvent, Vital};
use antipode_core::inline::InlineList;
use antipode_core::orders::Orders;
use antipode_core::plan::{Cue, Program, Segment, SegmentKind};
use antipode_core::session::{
    AfterStopAlone, Company, EndCause, Outcome, SessionConfig, StateKind, TableFacts,
};
use antipode_core::step::{Command, Record};
use antipode_core::symptom::{Grade, Severity, Symptom};
use antipode_safety::{
    Angle, DriveState, Envelope, FaultSet, Latches, Layer, Limits, Millis, Narrowing, Rate,
    Reading, Setting, Switches, Timestamp, Why,
};
use proptest::prelude::*;
use proptest::sample::select;

use super::tags::Tagged;
use super::*;

fn time() -> impl Strategy<Value = Millis> {
    prop_oneof![Just(0), 0..2_000_000_u64, any::<u64>()].prop_map(Millis::new)
}

fn angle() -> impl Strategy<Value = Angle> {
    (-180_000_i64..=180_000).prop_map(Angle::clamped)
}

fn speed() -> impl Strategy<Value = Rate> {
    (1_i64..=180_000).prop_map(Rate::clamped)
}

fn any_rate() -> impl Strategy<Value = Rate> {
    (-180_000_i64..=180_000).prop_map(Rate::clamped)
}

fn within_bout() -> impl Strategy<Value = SegmentKind> {
    prop_oneof![
        (angle(), speed()).prop_map(|(to, rate)| SegmentKind::Move { to, rate }),
        time().prop_map(|time| SegmentKind::Hold { time }),
        (angle(), speed(), speed(), time()).prop_map(|(ceiling, lower, raise, limit)| {
            SegmentKind::SelfPaced { ceiling, lower, raise, limit }
        }),
    ]
}

fn between() -> impl Strategy<Value = SegmentKind> {
    prop_oneof![
        time().prop_map(|time| SegmentKind::Rest { time }),
        select(&Cue::ALL[..]).prop_map(SegmentKind::Say),
        time().prop_map(|limit| SegmentKind::WaitForPerson { limit }),
    ]
}

prop_compose! {
    fn program()(
        bouts in prop::collection::vec(
            (
                prop::collection::vec(between(), 0..3),
                prop::collection::vec(within_bout(), 0..5),
                speed(),
            ),
            1..8,
        ),
        rest in time(),
        dwell in time(),
    ) -> Program {
        let mut segments = Vec::new();
        for (number, (before, inside, rate)) in (0..).zip(bouts) {
            segments.extend(before.into_iter().map(|kind| Segment { bout: None, kind }));
            let home = SegmentKind::Move { to: Angle::REST_AIM, rate };
            let bout = Some(number);
            segments.extend(inside.into_iter().chain([home]).map(|kind| Segment { bout, kind }));
        }
        segments.push(Segment { bout: None, kind: SegmentKind::FinalRest { time: rest } });
        Program::from_segments(segments, dwell).unwrap()
    }
}

fn why() -> impl Strategy<Value = Why> {
    any::<u8>().prop_flat_map(|value| select(super::limits::rules(value)))
}

prop_compose! {
    fn narrowing()(
        tilt in prop::option::of(angle()),
        rates in prop::array::uniform4(prop::option::of(any_rate())),
        times in prop::array::uniform5(prop::option::of((0..2_000_000_u64).prop_map(Millis::new))),
        bouts_per_session in prop::option::of(0..9_u8),
    ) -> Narrowing {
        let [lower_rate, raise_rate, through_level_rate, return_rate] = rates;
        let [bout_hold, bout, session, day_hold, day] = times;
        Narrowing {
            tilt, lower_rate, raise_rate, through_level_rate, return_rate,
            bout_hold, bout, session, day_hold, day, bouts_per_session,
        }
    }
}

fn limits() -> impl Strategy<Value = Limits> {
    let rules = prop::collection::vec((select(<Layer as Tagged>::ALL), why(), narrowing()), 0..6);
    (select(<Setting as Tagged>::ALL), rules).prop_map(|(setting, rules)| {
        let hard = Limits::hard(setting);
        rules.into_iter().fold(hard, |limits, (layer, why, to)| limits.narrow(layer, why, to))
    })
}

prop_compose! {
    fn config()(
        program in program(),
        limits in limits(),
        lease in time(),
        stop_decel_millideg_per_s2: u32,
        max_rate in any_rate(),
        latch_sensors: u8,
        facts: [bool; 6],
        company in prop_oneof![
            Just(Company::Spotter),
            Just(Company::Alone(AfterStopAlone::Hold)),
            time().prop_map(|time| Company::Alone(AfterStopAlone::ReturnAfter(time))),
        ],
        day_before in time(),
    ) -> SessionConfig {
        let [
            second_angle,
            returns_without_host,
            hand_control,
            rescue_without_power,
            dead_man,
            date_certain,
        ] = facts;
        SessionConfig {
            program: Arc::new(program),
            limits,
            envelope: Envelope { lease, stop_decel_millideg_per_s2, max_rate },
            table: TableFacts {
                latch_sensors,
                second_angle,
                returns_without_host,
                hand_control,
                rescue_without_power,
            },
            company,
            day_before,
            dead_man,
            date_certain,
        }
    }
}

fn start() -> impl Strategy<Value = Start> {
    (config(), "[a-z0-9-]{0,20}", ".{0,40}", prop::option::of(any::<u64>())).prop_map(
        |(config, plan, table, seed)| Start {
            config,
            plan,
            table,
            program_version: "0.1.0".to_owned(),
            seed,
        },
    )
}

fn seldom() -> impl Strategy<Value = Seldom> {
    let source = || select(&Source::ALL[..]);
    prop_oneof![
        select(<LinkEvent as Tagged>::ALL).prop_map(Seldom::Link),
        (select(&Act::ALL[..]), source()).prop_map(|(act, from)| Seldom::Act(act, from)),
        (select(<StopEvent as Tagged>::ALL), source()).prop_map(|(s, from)| Seldom::Stop(s, from)),
        (select(&Symptom::ALL[..]), select(&Severity::ALL[..]))
            .prop_map(|(symptom, severity)| Seldom::Symptom(symptom, severity)),
        select(<JournalEvent as Tagged>::ALL).prop_map(Seldom::Journal),
        time().prop_map(Seldom::LoopWasLate),
        time().prop_map(Seldom::HostSuspended),
    ]
}

fn cause() -> impl Strategy<Value = EndCause> {
    prop_oneof![
        select(super::record::CAUSES),
        select(&Symptom::ALL[..]).prop_map(EndCause::Symptom),
    ]
}

fn record() -> impl Strategy<Value = Record> {
    let state = || select(&StateKind::ALL[..]);
    let symptom =
        (select(&Symptom::ALL[..]), select(&Severity::ALL[..]), select(<Grade as Tagged>::ALL));
    prop_oneof![
        Just(Record::SessionStart),
        (state(), state()).prop_map(|(from, to)| Record::State { from, to }),
        any::<u16>().prop_map(Record::Segment),
        (any::<u16>(), time()).prop_map(|(bout, head_down)| Record::BoutDone { bout, head_down }),
        select(&AlarmCause::ALL[..]).prop_map(Record::Alarm),
        any::<u8>().prop_map(Record::Refused),
        Just(Record::Asked),
        Just(Record::Answered),
        symptom.prop_map(|(symptom, severity, grade)| Record::Symptom(symptom, severity, grade)),
        angle().prop_map(Record::Eased),
        Just(Record::Shortened),
        Just(Record::LockedOut),
        (select(&Outcome::ALL[..]), cause(), any::<u16>(), time()).prop_map(
            |(outcome, cause, bouts, head_down)| {
                Record::SessionEnd { outcome, cause, bouts, head_down }
            }
        ),
    ]
}

prop_compose! {
    fn reading()(
        at: u64,
        numbers: (u32, u32, u16, u32, u32, i8),
        tilts in (prop::option::of(angle()), prop::option::of(angle())),
        rate in any_rate(),
        drive in select(&DriveState::ALL[..]),
        bits: (u8, bool, bool, u8, u16),
    ) -> Reading {
        let (seq, table_ms, accepted, current_ma, supply_mv, temperature_c) = numbers;
        let (fitted, first_closed, second_closed, switches, faults) = bits;
        Reading {
            at: Timestamp::from_millis(at),
            seq,
            table_ms,
            tilt: tilts.0,
            tilt_second: tilts.1,
            rate,
            drive,
            latches: Latches { fitted, first_closed, second_closed },
            switches: Switches::from_bits(switches),
            faults: FaultSet::from_bits(faults),
            accepted,
            current_ma,
            supply_mv,
            temperature_c,
        }
    }
}

fn vital() -> impl Strategy<Value = Vital> {
    prop_oneof![
        any::<u16>().prop_map(Vital::HeartRate),
        any::<(u16, u16)>()
            .prop_map(|(systolic, diastolic)| Vital::BloodPressure { systolic, diastolic }),
        any::<u8>().prop_map(Vital::OxygenSaturation),
        Just(Vital::Lost),
    ]
}

fn often() -> impl Strategy<Value = Often> {
    prop_oneof![
        reading().prop_map(Often::Reading),
        Just(Often::Tick),
        vital().prop_map(Often::Vital),
    ]
}

proptest! {
    #[test]
    fn a_start_reads_back_as_written(start in start()) {
        let payload = start.encode().unwrap();
        prop_assert!(payload.len() <= crate::segment::MAX_PAYLOAD);
        prop_assert_eq!(Start::decode(&payload), Ok(start));
    }

    #[test]
    fn an_event_reads_back_as_written(event in seldom()) {
        prop_assert_eq!(Seldom::decode(&event.encode()), Ok(event));
        prop_assert_eq!(Sorted::from(Event::from(event)), Sorted::Seldom(event));
    }

    #[test]
    fn a_line_on_record_reads_back_as_written(record in record()) {
        prop_assert_eq!(decode_record(&encode_record(record)), Ok(record));
    }

    #[test]
    fn a_block_reads_back_in_its_order(
        mut steps in prop::collection::vec((any::<u64>(), often()), 1..60),
        seconds: u64,
    ) {
        let mut commands = InlineList::<Command, 1>::new();
        commands.push(Command::Stop);
        let orders = Orders::NONE.after(Timestamp::from_millis(seconds), &commands);
        let mut gathering = Gathering::new();
        let mut pushed = Vec::new();
        for (ms, step) in steps.drain(..) {
            let now = Timestamp::from_millis(ms);
            gathering.push(now, step, orders);
            pushed.push((now, step));
        }
        let (at, payload) = gathering.flush().unwrap();
        prop_assert_eq!(Some(at), pushed.last().map(|(at, _)| *at));
        let read = decode_block(at, &payload).unwrap();
        prop_assert!(read.agrees(orders));
        prop_assert_eq!(read.steps, pushed);
        prop_assert_eq!(gathering.flush(), None);
    }

    /// I-23: any bytes are answered, and what is believed is written again as the same bytes.
    #[test]
    fn no_bytes_are_too_much(bytes in prop::collection::vec(any::<u8>(), 0..300), at: u64) {
        if let Ok(event) = Seldom::decode(&bytes) {
            prop_assert_eq!(event.encode(), &bytes[..]);
        }
        if let Ok(record) = decode_record(&bytes) {
            prop_assert_eq!(encode_record(record), &bytes[..]);
        }
        if let Ok(steps) = decode_block(Timestamp::from_millis(at), &bytes) {
            prop_assert!(!steps.steps.is_empty());
        }
        if let Ok(start) = Start::decode(&bytes) {
            prop_assert_eq!(start.encode(), Ok(bytes));
        }
    }

    /// I-23, close to what is really written: every byte of a start and of a block changed.
    #[test]
    fn a_changed_byte_gives_no_panic_and_no_wider_limit(
        start in start(),
        steps in prop::collection::vec((0..900_u64, often()), 1..8),
        change in 1..=255_u8,
    ) {
        let payload = start.encode().unwrap();
        for at in 0..payload.len() {
            let mut changed = payload.clone();
            changed[at] ^= change;
            if let Ok(read) = Start::decode(&changed) {
                let deepest = Limits::hard(Setting::Clinic).tilt().value();
                prop_assert!(read.config.limits.tilt().value() <= deepest);
                prop_assert_eq!(read.encode(), Ok(changed));
            }
            prop_assert!(Start::decode(&payload[..at]).is_err());
        }
        let mut gathering = Gathering::new();
        for (ms, step) in steps {
            gathering.push(Timestamp::from_millis(ms), step, Orders::NONE);
        }
        let (at, payload) = gathering.flush().unwrap();
        for byte in 0..payload.len() {
            let mut changed = payload.clone();
            changed[byte] ^= change;
            let read = decode_block(at, &changed);
            prop_assert!(read.is_ok() || read.is_err());
            prop_assert!(decode_block(at, &payload[..byte]).is_err());
        }
    }
}

#[test]
fn a_limit_wider_than_the_hard_one_is_refused() {
    let mut out = wire::Out::new();
    Setting::Home.put(&mut out);
    out.number(1);
    out.angle(Angle::clamped(70_000));
    Layer::Plan.put(&mut out);
    out.u8(25);
    let bytes = out.finish();
    let read = super::limits::take_limits(&mut wire::In(&bytes));
    assert_eq!(read, Err(DecodeError::Limits));
}

/// Of two equal limits the earlier rule keeps its reason, in the session and in its record.
#[test]
fn a_bout_keeps_its_own_reason_beside_a_hold_that_gives_the_same() {
    let site = Narrowing { bout: Some(Millis::from_secs(240)), ..Narrowing::NONE };
    let alone = Narrowing { bout_hold: Some(Millis::from_secs(120)), ..Narrowing::NONE };
    let limits = Limits::hard(Setting::Home).narrow(Layer::Site, Why::SiteRule, site).narrow(
        Layer::Session,
        Why::Alone,
        alone,
    );
    assert_eq!(
        (limits.bout().value(), limits.bout().why()),
        (Millis::from_secs(240), Why::SiteRule)
    );
    let mut out = wire::Out::new();
    super::limits::put_limits(&limits, &mut out);
    assert_eq!(super::limits::take_limits(&mut wire::In(&out.finish())), Ok(limits));
}

/// The payloads are a promise to every journal already written: do not change this test.
#[test]
fn format_2_keeps_its_bytes() {
    assert_eq!(FORMAT, 2);
    assert_eq!(Seldom::Act(Act::Start, Source::Terminal).encode(), [2, 2, 1]);
    assert_eq!(Seldom::Stop(StopEvent::Pressed, Source::Network).encode(), [3, 0, 2]);
    assert_eq!(Seldom::LoopWasLate(Millis::new(300)).encode(), [6, 0xac, 0x02]);
    assert_eq!(Seldom::HostSuspended(Millis::new(300)).encode(), [7, 0xac, 0x02]);
    let end = Record::SessionEnd {
        outcome: Outcome::Returned,
        cause: EndCause::Symptom(Symptom::Nausea),
        bouts: 2,
        head_down: Millis::new(1),
    };
    assert_eq!(encode_record(end), [13, 2, 0, 5, 2, 1]);
    assert_eq!(encode_record(Record::Eased(Angle::clamped(-1))), [10, 1]);
    assert_eq!(encode_record(Record::Alarm(AlarmCause::TableFault)), [5, 23]);
    let mut gathering = Gathering::new();
    let none = Orders::NONE;
    gathering.push(Timestamp::from_millis(1_000), Often::Tick, none);
    gathering.push(Timestamp::from_millis(1_020), Often::Tick, none);
    gathering.push(Timestamp::from_millis(1_030), Often::Vital(Vital::HeartRate(64)), none);
    let (at, payload) = gathering.flush().unwrap();
    assert_eq!(at, Timestamp::from_millis(1_030));
    assert_eq!(payload, [3, 0x1c, 0x81, 194, 6, 94, 97, 252, 24, 32]);
}
