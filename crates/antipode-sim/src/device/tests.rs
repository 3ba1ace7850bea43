//! The table behind its line: what a host can do to it, and what breaks.

use antipode_safety::Timestamp;

use super::board::{Board, Felt};
use super::reply::Replies;
use super::{DeviceFault, DeviceFaults, DeviceSetup, DriveSetup, JrkSetup, SerialTable, crc};
use crate::chance::{Chance, Stream};
use crate::faults::{Fault, FaultKind};
use crate::pty::LineEnd;

/// The bytes of `hex`.
pub(super) fn bytes(hex: &str) -> Vec<u8> {
    hex.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

/// A board that measures `stroke` thousandths, a healthy supply, and nothing else of note.
pub(super) const fn felt(now_ms: u64, stroke: i32) -> Felt {
    Felt {
        now_ms,
        stroke: Some(stroke),
        current_ma: 0,
        supply_mv: 24_000,
        temperature_c: 25,
        faults: DeviceFaults::NONE,
    }
}

/// What `board` answers to the bytes `hex`.
pub(super) fn answer(board: &mut Board, felt: &Felt, hex: &str) -> Vec<u8> {
    let mut replies = Replies::new(Chance::new(1, Stream::Nonsense));
    let mut said = Vec::new();
    board.hear(felt, &bytes(hex), &mut replies);
    replies.deliver(felt.now_ms, |bytes| said.extend_from_slice(bytes));
    said
}

/// Lets `table` run for `for_ms`.
fn run(table: &mut SerialTable, for_ms: u64) {
    table.advance(Timestamp::from_millis(table.now_ms() + for_ms));
}

/// Says `command` and gives what came back on line 0 within `for_ms`.
fn ask(table: &mut SerialTable, command: &[u8], for_ms: u64) -> Vec<u8> {
    let mut said = Vec::new();
    table.say(0, &mut said);
    said.clear();
    table.hear(0, command);
    run(table, for_ms);
    table.say(0, &mut said);
    said
}

fn checked(mut command: Vec<u8>) -> Vec<u8> {
    command.push(crc::pololu(&command));
    command
}

fn target(counts: u16) -> Vec<u8> {
    checked(vec![0xc0 | (counts & 0x1f) as u8, (counts >> 5) as u8])
}

fn tilt(table: &SerialTable) -> i32 {
    table.plant().true_tilt_mdeg()
}

/// Says the target every 100 ms for `for_ms`.
fn drive(table: &mut SerialTable, counts: u16, for_ms: u64) {
    for _ in 0..for_ms / 100 {
        ask(table, &target(counts), 100);
    }
}

#[test]
fn a_jrk_turns_the_true_bed_to_its_target_and_holds_it_there() {
    let mut table = SerialTable::new(&DeviceSetup::jrk(), 1);
    drive(&mut table, 3_200, 20_000);
    assert!((tilt(&table) - 20_000).abs() < 1_000, "{}", tilt(&table));
    let scaled = ask(&mut table, &[0xa7, 0x2e], 20);
    let counts = i32::from(u16::from_le_bytes([scaled[0], scaled[1]]));
    assert!((counts - 3_200).abs() < 40, "{counts}");
    drive(&mut table, 2_400, 20_000);
    assert!(tilt(&table).abs() < 1_000, "{}", tilt(&table));
}

#[test]
fn every_drive_stands_within_its_own_timeout_once_the_host_is_gone() {
    let go_roboclaw: &[&[u8]] =
        &[&[0x80, 0x0e, 0x03, 0x28, 0x36], &[0x80, 0x20, 0x40, 0x00, 0x56, 0x32]];
    let go_tic = [checked(vec![0x85]), checked(vec![0x83]), checked(bytes("E3 03 00 2D 31 01"))];
    let go_tic: Vec<&[u8]> = go_tic.iter().map(Vec::as_slice).collect();
    let go_jrk = [target(3_600)];
    let go_jrk: Vec<&[u8]> = go_jrk.iter().map(Vec::as_slice).collect();
    let jog: &[&[u8]] = &[&[0x01, 0x06, 0x18, 0x01, 0x40, 0x01, 0x2e, 0xaa]];
    for (setup, go, timeout_ms) in [
        (DeviceSetup::jrk(), go_jrk.as_slice(), 250),
        (DeviceSetup::tic(), go_tic.as_slice(), 1_000),
        (DeviceSetup::roboclaw(), go_roboclaw, 300),
        (DeviceSetup::leadshine(), jog, 50),
    ] {
        let mut table = SerialTable::new(&setup, 1);
        run(&mut table, 100);
        for command in go {
            ask(&mut table, command, 10);
        }
        assert!(table.motor_speed() > 0, "{:?} does not go", setup.drive);
        // Its ramp comes after the timeout.
        run(&mut table, timeout_ms + 450);
        assert_eq!(table.motor_speed(), 0, "{:?}", setup.drive);
        let stands = tilt(&table);
        run(&mut table, 5_000);
        assert!((tilt(&table) - stands).abs() < 50, "{:?}", setup.drive);
    }
}

#[test]
fn with_its_timeout_off_a_drive_goes_on_without_its_host() {
    let mut table = SerialTable::new(&DeviceSetup::jrk(), 1);
    table.set_device_fault(DeviceFault::TimeoutOff, true);
    ask(&mut table, &target(3_600), 20_000);
    assert!(tilt(&table) > 25_000, "{}", tilt(&table));
}

#[test]
fn a_watching_host_feeds_a_timeout_only_where_any_command_does() {
    for (feeding, goes_on) in [(super::Feeding::Motion, false), (super::Feeding::Any, true)] {
        let mut jrk = JrkSetup::fit();
        jrk.feeding = feeding;
        let setup = DeviceSetup { drive: DriveSetup::Jrk(jrk), ..DeviceSetup::jrk() };
        let mut table = SerialTable::new(&setup, 1);
        ask(&mut table, &target(3_600), 50);
        for _ in 0..10 {
            ask(&mut table, &[0xa7, 0x2e], 100);
        }
        assert_eq!(table.motor_speed() > 0, goes_on, "{feeding:?}");
    }
}

#[test]
fn each_fault_of_the_device_shows_in_its_answers() {
    let question = bytes("01 03 10 14 00 02 80 CF");
    let healthy = {
        let mut table = SerialTable::new(&DeviceSetup::leadshine(), 1);
        run(&mut table, 20);
        ask(&mut table, &question, 50)
    };
    assert_eq!(healthy.len(), 9);
    let said_with = |fault: DeviceFault, for_ms: u64| {
        let mut table = SerialTable::new(&DeviceSetup::leadshine(), 1);
        run(&mut table, 20);
        table.set_device_fault(fault, true);
        ask(&mut table, &question, for_ms)
    };
    let fits = |answer: &[u8]| {
        let (body, check) = answer.split_last_chunk::<2>().unwrap();
        crc::modbus(body).to_le_bytes() == *check
    };
    assert!(said_with(DeviceFault::Mute, 1_000).is_empty());
    assert!(said_with(DeviceFault::WrongIdentity, 1_000).is_empty());
    assert!(said_with(DeviceFault::LateAnswer, 300).is_empty());
    assert_eq!(said_with(DeviceFault::LateAnswer, 600).len(), 9);
    assert_eq!(said_with(DeviceFault::DoubleAnswer, 100).len(), 18);
    let long = said_with(DeviceFault::OverLongAnswer, 100);
    assert!(long.len() == 11 && long[2] == 6 && fits(&long), "{long:02x?}");
    let other = said_with(DeviceFault::WrongUnit, 100);
    assert!(other[0] == 2 && fits(&other), "{other:02x?}");
    let bad = said_with(DeviceFault::BadCheck, 100);
    assert!(bad.len() == 9 && !fits(&bad));
    let garbage = said_with(DeviceFault::Garbage, 100);
    assert!(garbage.len() == 9 && garbage != healthy);
}

#[test]
fn a_stale_answer_repeats_what_was_true_once() {
    let mut table = SerialTable::new(&DeviceSetup::jrk(), 1);
    run(&mut table, 50);
    table.set_device_fault(DeviceFault::StaleAnswer, true);
    let before = ask(&mut table, &[0xa7, 0x2e], 20);
    drive(&mut table, 3_200, 5_000);
    assert!(tilt(&table) > 5_000);
    assert_eq!(ask(&mut table, &[0xa7, 0x2e], 20), before);
    table.set_device_fault(DeviceFault::StaleAnswer, false);
    assert_ne!(ask(&mut table, &[0xa7, 0x2e], 20), before);
}

#[test]
fn faults_of_wire_board_and_plant_strike_where_they_say() {
    let mut table = SerialTable::new(&DeviceSetup::jrk(), 1);
    table.add_fault(Fault::at(FaultKind::MuteTable, 100).lasting(200));
    run(&mut table, 150);
    assert!(ask(&mut table, &[0xa7, 0x2e], 50).is_empty());
    run(&mut table, 200);
    assert_eq!(ask(&mut table, &[0xa7, 0x2e], 50).len(), 2);
    table.add_fault(Fault::at(FaultKind::TableReset, table.now_ms() + 10));
    run(&mut table, 20);
    assert_eq!(table.restarts(), 1);
    assert!(ask(&mut table, &[0xa7, 0x2e], 50).is_empty(), "it starts");
    run(&mut table, 200);
    table.add_fault(Fault::at(FaultKind::EncoderOff, table.now_ms()));
    run(&mut table, 20);
    let halting = ask(&mut table, &checked(bytes("E5 12 02")), 20);
    assert_eq!(halting[0] & 0x21, 0x21, "a torn potentiometer, and no command yet");
}

#[test]
fn a_frozen_board_leaves_its_motor_on_until_its_watchdog_restarts_it() {
    let mut table = SerialTable::new(&DeviceSetup::jrk(), 1);
    drive(&mut table, 3_600, 1_000);
    table.add_fault(Fault::at(FaultKind::TableFreeze, table.now_ms() + 10).lasting(600));
    run(&mut table, 450);
    assert!(table.motor_speed() > 0);
    run(&mut table, 1_000);
    assert_eq!((table.motor_speed(), table.restarts()), (0, 1));
    ask(&mut table, &[0xa7, 0x2e], 2_000);
    assert_eq!(table.motor_speed(), 0, "after a restart it waits for a command");
}

#[test]
fn the_same_seed_is_the_same_run() {
    let trace = |seed| {
        let mut table = SerialTable::new(&DeviceSetup::jrk(), seed);
        let noisy = Fault { rate_permille: Some(200), ..Fault::at(FaultKind::BitFlip, 100) };
        table.add_fault(noisy);
        drive(&mut table, 3_000, 3_000);
        let said = ask(&mut table, &[0xa7, 0x2e], 50);
        (tilt(&table), said)
    };
    assert_eq!(trace(3), trace(3));
}
