//! Payloads read back as they were written, and nothing else reads as a payload.

use antipode_core::alarm::AlarmCause;
use antipode_core::event::{Act, Event, Source, StopEvent, Vital};
use antipode_core::inline::InlineList;
use antipode_core::orders::Orders;
use antipode_core::session::{EndCause, Outcome};
use antipode_core::step::{Command, Record};
use antipode_core::symptom::Symptom;
use antipode_safety::{Angle, Layer, Limits, Millis, Narrowing, Setting, Timestamp, Why};
use proptest::prelude::*;

use super::tags::Tagged;
use super::*;

mod strategies;

use strategies::{often, record, seldom, start};

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
