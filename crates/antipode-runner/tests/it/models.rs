//! Golden bytes of the example models: what a drive made of each file says on its line.
//!
//! A model file is data that moves a bed. A change of a file, of its reader or of a drive that
//! changes a byte is seen here, and is either meant or a wrong register.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by ending")]

use antipode_driver_serial::codec::modbus::{Read, Registers, Reply, Request};
use antipode_driver_serial::drive::{drive_of, following_of, stroke_of};
use antipode_files::{Source, example_models, read_model};
use antipode_guardian::{Direction, Drive, Fitness, Order};
use antipode_safety::{Millis, Timestamp};

fn drive(name: &str, changes: &[(&str, &str)]) -> Box<dyn Drive> {
    let (_, text) = example_models().iter().find(|(known, _)| *known == name).unwrap();
    let mut text = (*text).to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let model = read_model(&Source::new(name, text)).unwrap().value;
    stroke_of(&model).unwrap();
    following_of(&model).unwrap();
    drive_of(&model).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every different thing that `drive` says within `ms`, in order, to a line that `answer`s.
fn says(
    drive: &mut dyn Drive,
    ms: u64,
    order: Option<Order>,
    mut answer: impl FnMut(&[u8]) -> Vec<u8>,
) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    let mut coming: Option<(u64, Vec<u8>)> = None;
    for step in 10_000..10_000 + ms {
        let now = Timestamp::from_millis(step);
        if let Some((_, bytes)) = coming.take_if(|(at, _)| *at <= step) {
            drive.receive(now, &bytes);
        }
        let mut out = Vec::new();
        if let Some(order) = order.filter(|_| step % 10 == 0) {
            drive.order(now, order, &mut out);
        }
        if now >= drive.next_poll() {
            drive.poll(now, &mut out);
        }
        if out.is_empty() {
            continue;
        }
        coming = Some((step + 3, answer(&out)));
        let text = hex(&out);
        if !said.contains(&text) {
            said.push(text);
        }
    }
    said
}

/// What a device says whose every register is 0, but for those that were written and the input
/// registers of `known`.
fn registers(known: &'static [(u16, u16)]) -> impl FnMut(&[u8]) -> Vec<u8> {
    let mut held: Vec<(u16, u16)> = Vec::new();
    move |frame| {
        let (unit, request) = Request::decode(frame).unwrap();
        let reply = match &request {
            Request::Read(Read::HoldingRegisters(span) | Read::InputRegisters(span)) => {
                let input = matches!(request, Request::Read(Read::InputRegisters(_)));
                let bank = if input { known } else { held.as_slice() };
                let value = |at| bank.iter().rev().find(|(known, _)| *known == at);
                let values: Vec<u16> = (span.start()..span.start() + span.count())
                    .map(|at| value(at).map_or(0, |(_, value)| *value))
                    .collect();
                Reply::Registers(Registers::new(&values).unwrap())
            }
            Request::Read(Read::Coils(_) | Read::DiscreteInputs(_)) => panic!("{request:?}"),
            Request::Write(write) => {
                if let antipode_driver_serial::codec::modbus::Write::Register { at, value } = write
                {
                    held.push((*at, *value));
                }
                Reply::Written
            }
        };
        reply.encode(unit, &request).unwrap().as_bytes().to_vec()
    }
}

/// A maker has found the stop of the drive in its manual.
const STOP_KNOWN: (&str, &str) = ("placeholder = \"yes\"", "placeholder = \"no\"");

const QUIET: fn(&[u8]) -> Vec<u8> = |_| Vec::new();

#[test]
fn linak_is_only_read_as_its_file_stands() {
    let mut drive = drive("linak-la36", &[]);
    let said = says(&mut *drive, 2_000, Some(Order::Position(101_000)), registers(&[(2, 1)]));
    // Position with its valid bit, run status, reason of the last stop.
    assert_eq!(said, ["010400000003b00b", "010400030001c1ca", "01040005000121cb"]);
    assert!(matches!(drive.fitness(), Fitness::Unfit { .. }));
}

#[test]
fn linak_with_a_relay_of_its_own_goes_to_targets_and_never_runs_in_or_out() {
    let relay = "kind = \"external\"\nwithin = \"300ms\"\nfed_by = \"writes\"";
    let mut drive = drive("linak-la36", &[("kind = \"none\"", relay), STOP_KNOWN]);
    // At 50.0 mm, to 51.0 mm.
    let order = Some(Order::Position(51_000));
    let said = says(&mut *drive, 2_000, order, registers(&[(0, 500), (2, 1)]));
    assert_eq!(drive.fitness(), Fitness::Fit { timeout: Millis::new(300) });
    for frame in [
        "0106000101fe581a", // target 51.0 mm
        "010300010001d5ca", // ... read back
        "010600020001e9ca", // run, as in the guide
        "01030002000125ca", // ... read back
        "010600020000280a", // stop
    ] {
        assert!(said.contains(&frame.to_owned()), "{frame}: {said:?}");
    }
    let writes = said.iter().filter(|frame| frame.starts_with("0106") || frame.starts_with("0110"));
    assert_eq!(writes.count(), 3, "stop, target, run and nothing else: {said:?}");
}

#[test]
fn leadshine_jogs_and_nothing_else() {
    for (way, frame) in [(Direction::Out, "010618014001"), (Direction::In, "010618014002")] {
        let mut drive = drive("leadshine-cs2rs-jog", &[STOP_KNOWN]);
        let said = says(&mut *drive, 2_000, Some(Order::Jog(way)), registers(&[]));
        let starts: Vec<&str> = said.iter().filter_map(|frame| frame.get(..12)).collect();
        // Quick stop, feedback position, alarm, JOG.
        let mut expect = vec!["010660020040", "010310140002", "010322030001", frame];
        expect.sort_unstable();
        let mut found = starts.clone();
        found.sort_unstable();
        assert_eq!(found, expect);
        assert_eq!(drive.fitness(), Fitness::Fit { timeout: Millis::new(100) });
    }
}

#[test]
fn roboclaw_says_stand_until_it_is_heard() {
    let mut drive = drive("roboclaw", &[]);
    let said = says(&mut *drive, 1_000, Some(Order::Duty(500)), QUIET);
    assert_eq!(said, ["802000005bfe"]);
}

#[test]
fn pololu_devices_that_say_nothing_are_told_no_motion() {
    for name in ["pololu-jrk", "pololu-tic"] {
        let mut drive = drive(name, &[]);
        let said = says(&mut *drive, 1_000, Some(Order::Hold), QUIET);
        assert!(!said.is_empty(), "{name}");
        assert_eq!(drive.fitness(), Fitness::Unknown, "{name}");
        // Neither "set target" of a Jrk (c0 to df) nor target and velocity of a Tic (e0, e3).
        let moves = |frame: &String| {
            let first = u8::from_str_radix(&frame[..2], 16).unwrap();
            match name {
                "pololu-jrk" => (0xc0..=0xdf).contains(&first),
                _ => matches!(first, 0xe0 | 0xe3),
            }
        };
        assert!(!said.iter().any(moves), "{name}: {said:?}");
    }
}
