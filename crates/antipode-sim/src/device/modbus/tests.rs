//! The byte vectors of the bus, and the two drives.

use std::collections::BTreeMap;

use super::*;
use crate::device::board::Board;
use crate::device::tests::{answer as board_answer, bytes, felt};

/// Registers that keep what is written.
#[derive(Default)]
struct Plain(BTreeMap<u16, u16>);

impl Registers for Plain {
    fn knows(&self, function: u8) -> bool {
        matches!(function, 3 | 4 | 6 | 16)
    }

    fn read(&self, _bank: Bank, address: u16) -> Result<u16, Exception> {
        if address < 100 {
            Ok(self.0.get(&address).copied().unwrap_or(0))
        } else {
            Err(Exception::Address)
        }
    }

    fn write(&mut self, _now_ms: u64, address: u16, value: u16) -> Result<(), Exception> {
        self.0.insert(address, value);
        Ok(())
    }
}

/// What unit 1 answers to the frame `hex`, both with their checks.
fn said(registers: &mut Plain, hex: &str) -> Option<Vec<u8>> {
    let mut buffer = Buffer::default();
    buffer.take(0, &bytes(hex));
    let mut body = answer(registers, 0, 1, &buffer.next()?)?;
    body.extend(crate::device::crc::modbus(&body).to_le_bytes());
    Some(body)
}

#[test]
fn requests_and_answers_are_those_seen_on_the_wire() {
    let mut plain = Plain::default();
    for (ask, expected) in [
        ("01 06 00 0A 12 34 A4 BF", "01 06 00 0A 12 34 A4 BF"),
        ("01 10 00 0B 00 03 06 FF FF 80 00 00 01 7F 7E", "01 10 00 0B 00 03 F1 CA"),
        ("01 03 00 0A 00 04 64 0B", "01 03 08 12 34 FF FF 80 00 00 01 88 DA"),
        ("01 03 13 88 00 01 00 A4", "01 83 02 C0 F1"),
    ] {
        assert_eq!(said(&mut plain, ask), Some(bytes(expected)), "{ask}");
    }
    assert_eq!(said(&mut plain, "01 04 00 00 00 04 F1 C9").map(|answer| answer.len()), Some(13));
    assert_eq!(said(&mut plain, "50 03 00 3D 00 03 99 86"), None, "another unit");
    assert_eq!(said(&mut plain, "01 06 01 91 00 20 DD 7B"), None, "the maker's own wrong check");
    assert!(said(&mut plain, "01 06 01 91 00 20 D8 03").is_some());
}

#[test]
fn what_cannot_be_is_refused_by_its_exception() {
    let mut plain = Plain::default();
    let mut refused = |request: &[u8]| answer(&mut plain, 0, 1, request).unwrap();
    assert_eq!(refused(&[1, 0x2b, 0x0e]), [1, 0xab, 1]);
    assert_eq!(refused(&[1, 3, 0, 0, 0, 0]), [1, 0x83, 3]);
    assert_eq!(refused(&[1, 3, 0, 0, 0, 126]), [1, 0x83, 3]);
    assert_eq!(refused(&[1, 3, 0xff, 0xff, 0, 2]), [1, 0x83, 2]);
    assert_eq!(refused(&[1, 16, 0, 0, 0, 1, 3, 0, 0]), [1, 0x90, 3]);
    assert_eq!(answer(&mut plain, 0, 1, &[0, 6, 0, 5, 0, 9]), None, "a broadcast is not answered");
    assert_eq!(plain.0.get(&5), Some(&9), "and obeyed");
}

#[test]
fn noise_between_requests_is_passed_over() {
    let mut buffer = Buffer::default();
    buffer.take(0, &bytes("01 03 00 0A 00 04 64 0B 01 03 00 0A 00 04 64"));
    assert!(buffer.next().is_some());
    assert!(buffer.next().is_none());
    buffer.take(1, &[0x0b]);
    assert!(buffer.next().is_some());
    // What stood still too long is forgotten.
    buffer.take(2, &bytes("01 03 00 0A"));
    buffer.take(50, &bytes("01 03 00 0A 00 04 64 0B"));
    assert_eq!(buffer.next(), Some(bytes("01 03 00 0A 00 04")));
}

fn linak(timeout_ms: u16) -> Board {
    Board::Modbus(ModbusDrive::new(&ModbusSetup { timeout_ms, ..ModbusSetup::linak() }))
}

#[test]
fn an_actuator_runs_to_its_target_and_without_a_timeout_nothing_stops_it() {
    let mut drive = linak(0);
    drive.turn(&felt(0, 80_000));
    board_answer(&mut drive, &felt(0, 80_000), "01 06 00 01 13 88 D5 5C");
    assert_eq!(drive.turn(&felt(1, 80_000)), Push::Hold, "a target alone starts nothing");
    let run = "01 06 00 02 00 01 E9 CA";
    assert_eq!(board_answer(&mut drive, &felt(1, 80_000), run), bytes(run));
    assert_eq!(drive.turn(&felt(60_000, 80_000)), Push::Speed(5_000));
    let state = board_answer(&mut drive, &felt(60_000, 80_000), "01 04 00 03 00 03 40 0B");
    assert_eq!(state[3..9], [0, 1, 0, 0, 0, 0], "out, and no reason for a stop");
    assert_eq!(drive.turn(&felt(60_001, 500_000)), Push::Hold);
    let state = board_answer(&mut drive, &felt(60_001, 500_000), "01 04 00 03 00 03 40 0B");
    assert_eq!(state[3..9], [0; 6], "idle, reached");
}

#[test]
fn an_actuator_with_a_timeout_stops_by_it_and_says_so() {
    let mut drive = linak(300);
    drive.turn(&felt(0, 80_000));
    board_answer(&mut drive, &felt(0, 80_000), "01 06 00 01 13 88 D5 5C");
    board_answer(&mut drive, &felt(0, 80_000), "01 06 00 02 00 01 E9 CA");
    assert_eq!(drive.turn(&felt(299, 80_000)), Push::Speed(5_000));
    assert_eq!(drive.turn(&felt(300, 80_000)), Push::Hold);
    let state = board_answer(&mut drive, &felt(301, 80_000), "01 04 00 03 00 03 40 0B");
    assert_eq!(state[3..9], [0, 0, 0, 0, 0, 2]);
}

#[test]
fn jog_lasts_as_long_as_one_write_does_and_an_alarm_stays_until_power_is_cycled() {
    let mut drive = Board::Modbus(ModbusDrive::new(&ModbusSetup::leadshine()));
    let jog = "01 06 18 01 40 01 2E AA";
    assert_eq!(board_answer(&mut drive, &felt(0, 0), jog), bytes(jog));
    assert_eq!(drive.turn(&felt(49, 0)), Push::Speed(2_000));
    assert_eq!(drive.turn(&felt(50, 0)), Push::Hold);
    let mut faults = crate::device::DeviceFaults::NONE;
    faults.set(DeviceFault::LatchedFault, true);
    board_answer(&mut drive, &felt(60, 0), jog);
    assert_eq!(drive.turn(&Felt { faults, ..felt(61, 0) }), Push::Hold);
    board_answer(&mut drive, &felt(70, 0), jog);
    assert_eq!(drive.turn(&felt(71, 0)), Push::Hold, "the alarm holds it");
    drive.restart(100);
    board_answer(&mut drive, &felt(100, 0), jog);
    assert_eq!(drive.turn(&felt(101, 0)), Push::Speed(2_000));
    // Position is of 32 bits, the high word first; input registers it has none.
    drive.turn(&felt(102, 10_000));
    let place = board_answer(&mut drive, &felt(102, 10_000), "01 03 10 14 00 02 80 CF");
    assert_eq!(place[3..7], 100_000_i32.to_be_bytes());
    assert_eq!(board_answer(&mut drive, &felt(150, 0), "01 04 00 00 00 04 F1 C9")[1], 0x84);
}
