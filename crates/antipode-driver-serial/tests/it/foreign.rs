//! What other devices say, on a line where one of ours was meant to be: nobody takes it for an angle
//! or a place. These are devices that are not driven (hardware.md 2.5), asked and unasked.

mod swapped;

use antipode_device::{LinkPort, TableEvent};
use antipode_driver_serial::codec::sensor::nonin;
use antipode_driver_serial::codec::sensor::stream::Finder;
use antipode_driver_serial::codec::sensor::{bno_rvc, witmotion};
use antipode_guardian::{AngleFrom, Fitness};
use antipode_safety::Timestamp;

use crate::drives::kinds::{kinds, pololu};
use swapped::Swapped;

/// What devices say, and what hosts of theirs say to them: a bus may carry both.
const FOREIGN: &[(&str, &[u8])] = &[
    ("Roboteq, motion", b"^RWD 500\r!G 1 0\r?FF\r"),
    ("Roboteq, answers", b"+\rFF=0\rC=12345\rFF=16\r-\r"),
    ("ODrive, commands", b"t 0 -2.5 *96\nu 0 *69\nf 0 *86\nr vbus_voltage *93\n"),
    ("ODrive, answers", b"-2.500000 0.000000\n24.087744\n0.000000 1.250000\n"),
    ("VESC, questions", &[0x02, 0x01, 0x04, 0x40, 0x84, 0x03, 0x02, 0x01, 0x1e, 0xf3, 0xff, 0x03]),
    ("VESC, position", &[0x02, 0x05, 0x09, 0x05, 0x5d, 0x4a, 0x80, 0x7b, 0x29, 0x03]),
    ("TMCL, answer", &[0x02, 0x01, 0x64, 0x06, 0x00, 0x00, 0x07, 0xd0, 0x44]),
    ("TMCL, question", &[0x01, 0x06, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08]),
    ("Grbl, report", b"<Jog|MPos:12.500,0.000,0.000|FS:60,0|Pn:P>\r\nok\r\n"),
    ("Grbl, motion", b"$J=G91 X0.5 F60\n?!\x85\x18"),
    ("Jiecang, stop", &[0xf1, 0xf1, 0x2b, 0x00, 0x2b, 0x7e]),
    ("Jiecang, go to 100 cm", &[0xf1, 0xf1, 0x1b, 0x02, 0x03, 0xe8, 0x08, 0x7e]),
    ("Jiecang, height", &[0xf2, 0xf2, 0x01, 0x03, 0x03, 0xe8, 0x07, 0xf6, 0x7e]),
];

/// How the bytes come: one by one, and in every length that an answer may have.
const PIECES: std::ops::RangeInclusive<usize> = 1..=48;

/// How long each talks where a drive was, milliseconds: several questions.
const TALKS: u64 = 600;
/// An honest drive has been set up and read by then, milliseconds.
const KNOWN_WITHIN: u64 = 4_000;

/// All of them, one after another, as often as makes any answer's length.
fn streams() -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    let together = FOREIGN.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
    FOREIGN.iter().map(|(name, bytes)| (*name, bytes.repeat(8))).chain([("all of them", together)])
}

fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms)
}

#[test]
fn no_sensor_and_no_table_hears_anything_in_what_another_device_says() {
    for (name, bytes) in streams() {
        for size in PIECES {
            let mut port = LinkPort::new(1, true);
            let (mut wit, mut bno) = (Finder::<witmotion::Frame>::new(), Finder::new());
            let mut oximeter = nonin::Decoder::new();
            let mut heard = Vec::new();
            let mut ms = 0;
            for piece in bytes.chunks(size) {
                ms += 1;
                port.receive(at(ms), piece);
                wit.feed(at(ms), piece, |frame, _| heard.push(format!("{frame:?}")));
                bno.feed(at(ms), piece, |frame: bno_rvc::Frame, _| {
                    heard.push(format!("{frame:?}"))
                });
                oximeter.feed(at(ms), piece, |reading| heard.push(format!("{reading:?}")));
            }
            assert!(heard.is_empty(), "{name} in pieces of {size}: {heard:?}");
            let told: Option<TableEvent> = port.next_event();
            assert_eq!(told, None, "{name} in pieces of {size}");
        }
    }
}

#[test]
fn no_drive_takes_what_another_device_says_for_its_own_settings() {
    for kind in kinds().into_iter().chain(pololu()) {
        for (name, bytes) in streams() {
            for size in PIECES {
                let mut line = Swapped::new(&kind, size);
                line.hears(2_000, &bytes);
                let what = format!("{}: {name} by {size}", kind.name);
                assert!(!matches!(line.drive.fitness(), Fitness::Fit { .. }), "{what}");
                assert_eq!(line.drive.status().position, None, "{what}");
            }
        }
    }
}

#[test]
fn no_drive_takes_what_another_device_says_for_its_own_place_and_each_takes_its_own_again() {
    let placed = pololu().into_iter().filter(|kind| kind.angle != AngleFrom::Sensor);
    for kind in kinds().into_iter().chain(placed) {
        for (name, bytes) in streams() {
            let mut line = Swapped::new(&kind, 1);
            for size in PIECES {
                let what = format!("{}: {name} by {size}", kind.name);
                line.size = size;
                assert!(line.is_known_within(KNOWN_WITHIN), "{what}: {:?}", line.drive.status());
                let before = line.drive.status();
                let asked = line.hears(TALKS, &bytes);
                assert!(asked > 1, "{what}: it was not asked");
                assert_eq!(line.took, [], "{what}: {before:?}");
            }
        }
    }
}

#[test]
fn no_drive_whose_answers_bear_a_check_takes_them_with_the_check_turned_round() {
    for kind in kinds() {
        for size in PIECES {
            let mut line = Swapped::new(&kind, size);
            let what = format!("{} by {size}", kind.name);
            assert!(line.is_known_within(KNOWN_WITHIN), "{what}: {:?}", line.drive.status());
            assert!(line.hears_turned(TALKS) > 1, "{what}: it was not answered");
            assert_eq!(line.took, [], "{what}");
        }
    }
}
