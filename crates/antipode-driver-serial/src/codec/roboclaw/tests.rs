//! Bytes that the vendor's Python package 2.0.10 sent, or took from us, over a port; and what holds
//! for every other byte.

mod properties;

use super::*;
use core::num::NonZeroU32;

const HERE: Address = Address::FIRST;

fn rate(counts: u32) -> NonZeroU32 {
    NonZeroU32::new(counts).unwrap()
}

fn duty(raw: i16) -> Duty {
    Duty::from_raw(raw).unwrap()
}

fn timeout(tenths: u8) -> Timeout {
    Timeout::from_tenths(tenths).unwrap()
}

fn to_2000() -> PositionMove {
    PositionMove { accel: rate(1_000), speed: rate(500), decel: rate(1_000), position: 2_000 }
}

/// The bytes of a command, both ways.
#[track_caller]
fn command(command: Command, bytes: &[u8]) {
    assert_eq!(command.encode(HERE).as_bytes(), bytes);
    assert_eq!(Command::decode(bytes), Ok((HERE, command)));
    for cut in 0..bytes.len() {
        assert_eq!(Command::decode(&bytes[..cut]), Err(CommandError::Truncated), "first {cut}");
    }
    let mut longer = bytes.to_vec();
    longer.push(0);
    assert_eq!(Command::decode(&longer), Err(CommandError::TooLong));
}

/// The bytes of an answer, both ways; all shorter and longer ones are refused.
#[track_caller]
fn answer(command: Command, answer: Answer, bytes: &[u8]) {
    let sent = answer.encode(HERE, &command).expect("an answer to this command");
    assert_eq!(sent.as_bytes(), bytes);
    assert_eq!(Answer::decode(HERE, &command, bytes), Ok(answer));
    for got in 0..bytes.len() {
        let cut = Answer::decode(HERE, &command, &bytes[..got]);
        assert_eq!(cut, Err(AnswerError::Truncated { got }));
    }
    let mut longer = bytes.to_vec();
    longer.push(0);
    let (need, got) = (bytes.len(), longer.len());
    assert_eq!(Answer::decode(HERE, &command, &longer), Err(AnswerError::TooLong { need, got }));
}

#[test]
fn writes_have_the_bytes_of_the_vendors_package() {
    command(Command::SetTimeout(timeout(5)), &[0x80, 0x0e, 0x05, 0x48, 0xf0]);
    command(Command::Duty(Motor::M1, Duty::ZERO), &[0x80, 0x20, 0, 0, 0x5b, 0xfe]);
    command(Command::Duty(Motor::M1, duty(-8_192)), &[0x80, 0x20, 0xe0, 0, 0x4b, 0x4c]);
    command(Command::Duty(Motor::M2, duty(8_192)), &[0x80, 0x21, 0x20, 0, 0x6a, 0x28]);
    command(Command::Speed(Motor::M1, 500), &[0x80, 0x23, 0x00, 0x00, 0x01, 0xf4, 0xae, 0xec]);
    command(Command::Speed(Motor::M2, -500), &[0x80, 0x24, 0xff, 0xff, 0xfe, 0x0c, 0x20, 0x10]);
    command(
        Command::Position(Motor::M1, to_2000()),
        &[
            0x80, 0x41, 0, 0, 0x03, 0xe8, 0, 0, 0x01, 0xf4, 0, 0, 0x03, 0xe8, 0, 0, 0x07, 0xd0, 1,
            0xe0, 0x80,
        ],
    );
    command(
        Command::Position(Motor::M2, to_2000()),
        &[
            0x80, 0x42, 0, 0, 0x03, 0xe8, 0, 0, 0x01, 0xf4, 0, 0, 0x03, 0xe8, 0, 0, 0x07, 0xd0, 1,
            0xe0, 0xf2,
        ],
    );
    let last = Address::new(0x87).unwrap();
    let stop = Command::Duty(Motor::M2, Duty::ZERO);
    assert_eq!(stop.encode(last).as_bytes(), [0x87, 0x21, 0, 0, 0x3d, 0xe3]);
}

#[test]
fn reads_are_two_bytes_without_a_check() {
    command(Command::GetTimeout, &[0x80, 0x0f]);
    command(Command::Encoder(Motor::M1), &[0x80, 0x10]);
    command(Command::Encoder(Motor::M2), &[0x80, 0x11]);
    command(Command::Version, &[0x80, 0x15]);
    command(Command::MainBattery, &[0x80, 0x18]);
    command(Command::LogicBattery, &[0x80, 0x19]);
    command(Command::Currents, &[0x80, 0x31]);
    command(Command::Temperature(Sensor::First), &[0x80, 0x52]);
    command(Command::Temperature(Sensor::Second), &[0x80, 0x53]);
    command(Command::Status, &[0x80, 0x5a]);
}

#[test]
fn answers_are_those_that_the_vendors_package_takes() {
    let stop = Command::Duty(Motor::M1, Duty::ZERO);
    answer(stop, Answer::Acknowledged, &[0xff]);
    let half_a_second = Answer::Timeout(TimeoutSetting::After(timeout(5)));
    answer(Command::GetTimeout, half_a_second, &[0x05, 0x7b, 0xc1]);
    answer(Command::GetTimeout, Answer::Timeout(TimeoutSetting::Off), &[0x00, 0x2b, 0x64]);
    let back = Encoder { count: -2_000, underflow: false, backward: true, overflow: false };
    answer(
        Command::Encoder(Motor::M1),
        Answer::Encoder(back),
        &[0xff, 0xff, 0xf8, 0x30, 0x02, 0xcf, 0x55],
    );
    let on = Encoder { count: 123_456, underflow: false, backward: false, overflow: false };
    answer(
        Command::Encoder(Motor::M2),
        Answer::Encoder(on),
        &[0x00, 0x01, 0xe2, 0x40, 0x00, 0x41, 0xf4],
    );
    let currents = [Current::from_10ma(150), Current::from_10ma(-20)];
    answer(Command::Currents, Answer::Currents(currents), &[0, 0x96, 0xff, 0xec, 0x87, 0x5b]);
    assert_eq!(currents.map(Current::as_milliamperes), [1_500, -200]);
    let supply = Supply::from_tenths(243);
    answer(Command::MainBattery, Answer::Supply(supply), &[0x00, 0xf3, 0xe8, 0x86]);
    assert_eq!(supply.as_millivolts(), 24_300);
    let logic = Answer::Supply(Supply::from_tenths(51));
    answer(Command::LogicBattery, logic, &[0x00, 0x33, 0x06, 0xfa]);
    let warm = |tenths| Answer::Temperature(Temperature::from_tenths(tenths));
    answer(Command::Temperature(Sensor::First), warm(305), &[0x01, 0x31, 0xf8, 0xd5]);
    answer(Command::Temperature(Sensor::Second), warm(298), &[0x01, 0x2a, 0x6c, 0xbf]);
    let status = Answer::Status(Status::from_bits(0x0010_4001));
    answer(Command::Status, status, &[0x00, 0x10, 0x40, 0x01, 0xd9, 0x32]);
}

#[test]
fn a_version_is_a_text_up_to_its_zero() {
    let mut bytes = b"USB Roboclaw 2x7a v4.2.4\n\0".to_vec();
    bytes.extend([0xd9, 0xff]);
    let version = Version::new("USB Roboclaw 2x7a v4.2.4\n").unwrap();
    answer(Command::Version, Answer::Version(version), &bytes);
    assert_eq!(version.as_str(), "USB Roboclaw 2x7a v4.2.4");
    assert_eq!(Version::new("naïve"), None);
    assert_eq!(Version::new(&"v".repeat(48)), None);
    let endless = [b'v'; 48];
    assert_eq!(Answer::decode(HERE, &Command::Version, &endless), Err(AnswerError::Field));
}

#[test]
fn an_answer_to_another_command_or_from_another_drive_fails_its_check() {
    let bytes = [0x00, 0xf3, 0xe8, 0x86];
    for (from, command) in [
        (HERE, Command::LogicBattery),
        (HERE, Command::Temperature(Sensor::First)),
        (Address::new(0x81).unwrap(), Command::MainBattery),
    ] {
        assert_eq!(Answer::decode(from, &command, &bytes), Err(AnswerError::Crc), "{command:?}");
    }
}

#[test]
fn only_ff_acknowledges_a_write() {
    let stop = Command::Duty(Motor::M1, Duty::ZERO);
    for byte in 0..0xff {
        let got = Answer::decode(HERE, &stop, &[byte]);
        assert_eq!(got, Err(AnswerError::NotAcknowledged(byte)));
    }
}

#[test]
fn a_status_of_older_firmware_is_never_read_as_one_of_ours() {
    // Sixteen bits in another order, in which 0x0004 is the emergency input.
    let mut old = vec![0x00, 0x04];
    old.extend(crc16(&[0x80, 90, 0x00, 0x04]).to_be_bytes());
    let got = Answer::decode(HERE, &Command::Status, &old);
    assert_eq!(got, Err(AnswerError::Truncated { got: 4 }));
}

#[test]
fn nobody_can_switch_the_timeout_off_or_queue_a_move() {
    assert_eq!(Timeout::from_tenths(0), None);
    assert_eq!(Timeout::from_tenths(255).map(Timeout::as_millis), Some(25_500));
    assert_eq!(TimeoutSetting::from_byte(0), TimeoutSetting::Off);
    let sealed = |mut bytes: Vec<u8>| {
        bytes.extend(crc16(&bytes).to_be_bytes());
        Command::decode(&bytes)
    };
    assert_eq!(sealed(vec![0x80, 14, 0]), Err(CommandError::Field));
    let good = Command::Position(Motor::M1, to_2000()).encode(HERE);
    let good = &good.as_bytes()[..19];
    assert!(sealed(good.to_vec()).is_ok());
    let mut queued = good.to_vec();
    queued[18] = 0;
    assert_eq!(sealed(queued), Err(CommandError::Field));
    for field in [2, 6, 10] {
        let mut zero = good.to_vec();
        zero[field..field + 4].fill(0);
        assert_eq!(sealed(zero), Err(CommandError::Field), "rate at byte {field}");
    }
    assert_eq!(sealed(vec![0x80, 32, 0x80, 0]), Err(CommandError::Field));
}

#[test]
fn addresses_lie_between_0x80_and_0x87_and_codes_are_known() {
    for byte in 0..=u8::MAX {
        let good = (0x80..=0x87).contains(&byte);
        assert_eq!(Address::new(byte).is_some(), good, "{byte:#x}");
        let heard = Command::decode(&[byte, 0x5a]);
        if !good {
            assert_eq!(heard, Err(CommandError::Address(byte)));
        }
    }
    assert_eq!(Command::decode(&[0x80, 0]), Err(CommandError::Code(0)));
}

#[test]
fn every_bit_of_the_status_is_a_fault_a_warning_or_unexplained() {
    assert!(!Status::CLEAR.is_fault());
    let mut named = 0;
    for bit in StatusBit::ALL {
        let status = Status::from_bits(bit.mask());
        assert_eq!(named & bit.mask(), 0, "{bit:?} twice");
        named |= bit.mask();
        assert!(status.set_bits().eq([bit]));
        assert_eq!(status.unknown(), 0);
        assert_eq!(status.is_fault(), bit.mask() <= 0xffff, "{bit:?}");
        assert_eq!(status.is_fault(), bit.weight() == Weight::Fault, "{bit:?}");
    }
    for shift in 0..32 {
        let status = Status::from_bits(1 << shift);
        if named & status.bits() == 0 {
            assert_eq!(status.unknown(), status.bits());
            assert!(status.is_fault(), "bit {shift} has no agreed meaning");
        }
    }
    assert_eq!(named, 0xe0ff_ffff);
    assert!(Status::from_bits(0x4000).has(StatusBit::MainBatteryLow));
}

#[test]
fn an_encoder_flag_that_nobody_knows_is_refused() {
    for flags in 0..=u8::MAX {
        let mut bytes = vec![0, 0, 0, 7, flags];
        let crc = crc16(&[&[0x80, 16][..], &bytes].concat());
        bytes.extend(crc.to_be_bytes());
        let got = Answer::decode(HERE, &Command::Encoder(Motor::M1), &bytes);
        assert_eq!(got.is_ok(), flags <= 7, "{flags:#x}: {got:?}");
    }
}

#[test]
fn errors_say_what_was_seen() {
    assert_eq!(
        AnswerError::NotAcknowledged(0).to_string(),
        "RoboClaw said 0x00 where 0xff acknowledges a write"
    );
    assert_eq!(
        AnswerError::TooLong { need: 4, got: 5 }.to_string(),
        "RoboClaw answer of 5 bytes where 4 were due"
    );
    assert_eq!(
        CommandError::Address(0x12).to_string(),
        "RoboClaw address 0x12 outside 0x80 to 0x87"
    );
}
