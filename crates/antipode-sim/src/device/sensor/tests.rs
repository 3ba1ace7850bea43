//! The makers' frames, and that what they say is where the bed is.

use antipode_safety::Timestamp;

use super::frames::{Bno, nonin, wit_frame};
use super::*;
use crate::device::tests::bytes;
use crate::device::{DeviceSetup, SerialTable};
use crate::faults::{Fault, FaultKind};
use crate::pty::LineEnd;

#[test]
fn frames_are_the_makers_bytes() {
    for (kind, values, hex) in [
        (0x53, [-10_922, 91, 0, 0x4602], "55 53 56 D5 5B 00 00 00 02 46 76"),
        (0x51, [0, -1_773, 1_024, 2_500], "55 51 00 00 13 F9 00 04 C4 09 83"),
        (0x59, [31_651, 8_481, 0, 0], "55 59 A3 7B 21 21 00 00 00 00 0E"),
    ] {
        assert_eq!(wit_frame(kind, values), bytes(hex));
    }
    let bno = Bno { index: 0xde, values: [1, -110, 2_085, -371, -20, 977] };
    let frame = bytes("AA AA DE 01 00 92 FF 25 08 8D FE EC FF D1 03 00 00 00 E7");
    assert_eq!(bno.frame(), frame);
    assert_eq!(nonin(Some(97), Some(72)), "SPO2=097 HR=072\r\n");
    assert_eq!(nonin(None, None), "SPO2=--- HR=---\r\n");
}

#[test]
fn a_tilt_is_said_as_the_makers_example_says_it() {
    let wit = frames::Wit::of(-60_000, 0, Quarter::of(-60_000), 25);
    assert_eq!(wit.acceleration, [0, -1_774, 1_024, 2_500]);
    assert_eq!(wit.angle[0], -10_923);
    let turned = frames::Wit::of(30_000, 0, Quarter::of(30_000), 25);
    assert_eq!(turned.quaternion, [31_651, 8_481, 0, 0]);
}

fn said(table: &mut SerialTable, for_ms: u64) -> Vec<u8> {
    let mut said = Vec::new();
    table.say(0, &mut said);
    said.clear();
    table.advance(Timestamp::from_millis(table.now_ms() + for_ms));
    table.say(0, &mut said);
    said
}

#[test]
fn each_sensor_says_its_frames_at_its_rate_and_falls_silent_with_its_source() {
    for (model, len, in_a_second) in [
        (SensorModel::WitMotion, 44, 50),
        (SensorModel::BnoRvc, 19, 100),
        (SensorModel::Nonin, 17, 1),
    ] {
        let mut table = SerialTable::new(&DeviceSetup::only(model), 1);
        assert_eq!(table.lines(), 1);
        table.advance(Timestamp::from_millis(1_005));
        let heard = said(&mut table, 1_000).len();
        assert!(heard.abs_diff(len * in_a_second) <= len, "{model:?}: {heard}");
        if model != SensorModel::Nonin {
            table.add_fault(Fault::at(FaultKind::InclinometerOff, table.now_ms()));
            said(&mut table, 100);
            assert!(said(&mut table, 500).is_empty(), "{model:?}");
        }
    }
}

#[test]
fn an_inclinometer_says_where_the_bed_is() {
    let mut table = SerialTable::new(&DeviceSetup::only(SensorModel::BnoRvc), 1);
    table.advance(Timestamp::from_millis(500));
    let heard = said(&mut table, 30);
    let at = heard.windows(2).position(|pair| pair == [0xaa, 0xaa]).unwrap();
    let roll = i16::from_le_bytes([heard[at + 7], heard[at + 8]]);
    assert!((i32::from(roll) * 10 - table.plant().true_tilt_mdeg()).abs() < 300, "{roll}");
}

#[test]
fn a_witmotion_changes_its_rate_once_it_is_unlocked() {
    let mut table = SerialTable::new(&DeviceSetup::only(SensorModel::WitMotion), 1);
    table.advance(Timestamp::from_millis(100));
    table.hear(0, &bytes("FF AA 03 09 00"));
    assert!(said(&mut table, 1_000).len() < 60 * 44, "locked");
    table.hear(0, &bytes("FF AA 69 88 B5 FF AA 03 09 00 FF AA 00 00 00"));
    said(&mut table, 100);
    assert!(said(&mut table, 1_000).len() > 95 * 44);
}
