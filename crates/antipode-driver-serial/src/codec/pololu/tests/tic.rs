//! The Tic's bytes. Vectors: the vendor's Arduino library compiled on a computer; checks from an
//! independent routine that reproduces the manual's example. Do not change a vector.

use antipode_safety::Millis;
use proptest::prelude::*;

use super::{CHECKED, PLAIN, any_framing, assert_bytes, bytes, device};
use crate::codec::pololu::tic::{fitness::*, *};
use crate::codec::pololu::{AnswerError, FrameError, HostTimeout, Reset};

fn velocity(value: i32) -> Command {
    Command::SetTargetVelocity(Velocity::new(value).unwrap())
}

fn read(block: Variables) -> Command {
    Command::Read(Read::Variables(block))
}

#[test]
fn commands_are_the_vendors_bytes_both_ways() {
    for (command, hex, crc) in [
        (Command::SetTargetPosition(-20_000), "E0 0F 60 31 7F 7F", Some(0x1f)),
        // The manual's example, in its corrected form: top bits 0x05, not 0x0A.
        (Command::SetTargetPosition(1_234_567_890), "E0 05 52 02 16 49", None),
        (velocity(2_000_000), "E3 03 00 04 1E 00", None),
        (Command::ResetCommandTimeout, "8C", Some(0x22)),
        (Command::HaltAndHold, "89", Some(0x45)),
        (Command::Energize, "85", None),
        (Command::EnterSafeStart, "8F", None),
        (read(Variables::Position), "A1 22 04", None),
        (read(Variables::ErrorStatus), "A1 02 02", Some(0x35)),
        (read(Variables::Vin), "A1 33 02", None),
        // Not among the vendor's vectors: by the same layout.
        (read(Variables::State), "A1 00 0A", None),
        (read(Variables::Motion), "A1 22 08", None),
        (Command::Read(Read::Settings(SettingsBlock::Control)), "A8 01 0B", None),
        (Command::Read(Read::Settings(SettingsBlock::SoftError)), "A8 53 05", None),
        (Command::Read(Read::Settings(SettingsBlock::ErrorCurrent)), "A8 31 01", None),
        (Command::Read(Read::Settings(SettingsBlock::Motor)), "A8 40 03", None),
    ] {
        assert_bytes(command.encode(PLAIN), command.encode(CHECKED), hex, crc);
        assert_eq!(Heard::decode(PLAIN, &bytes(hex)), Ok(Heard::Command(command)), "{hex}");
        let checked = command.encode(CHECKED);
        assert_eq!(Heard::decode(CHECKED, checked.as_bytes()), Ok(Heard::Command(command)));
    }
}

#[test]
fn a_device_number_is_the_vendors_bytes() {
    let plain = device(14, false);
    let hold = Command::HaltAndHold;
    assert_bytes(hold.encode(plain), hold.encode(device(14, true)), "AA 0E 09", None);
    assert_eq!(Heard::decode(plain, &bytes("AA 0E 09")), Ok(Heard::Command(hold)));
}

#[test]
fn acts_of_a_person_are_heard_but_hearing_makes_none() {
    let exit = |framing| ExitSafeStart::the_operator_asked().encode(framing);
    assert_bytes(exit(PLAIN), exit(CHECKED), "83", Some(0x1a));
    assert_eq!(Heard::decode(PLAIN, &[0x83]), Ok(Heard::ExitSafeStart));

    let forget = |framing| ForgetErrorsOccurred::the_operator_asked().encode(framing);
    assert_bytes(forget(PLAIN), forget(CHECKED), "A2 04 04", None);
    assert_eq!(Heard::decode(PLAIN, &bytes("A2 04 04")), Ok(Heard::ForgetErrorsOccurred));

    let clear = |framing| ClearDriverError::the_operator_asked().encode(framing);
    assert_bytes(clear(PLAIN), clear(CHECKED), "8A", None);
    assert_eq!(Heard::decode(PLAIN, &[0x8a]), Ok(Heard::ClearDriverError));

    let release = |framing| Deenergize::the_bed_is_held_otherwise().encode(framing);
    assert_bytes(release(PLAIN), release(CHECKED), "86", None);
    assert_eq!(Heard::decode(PLAIN, &[0x86]), Ok(Heard::Deenergize));

    // The reset, homing, setting the position, another read that clears.
    for hex in ["B0", "97 00", "EC 00 00 00 00 00", "A2 04 02", "A1 00 01", "E5 00 00 00 00 00"] {
        assert!(matches!(Heard::decode(PLAIN, &bytes(hex)), Ok(Heard::NeverSent(_))), "{hex}");
    }
}

#[test]
fn answers_are_the_vendors_values() {
    let answer = |block, hex: &str| Read::Variables(block).parse(&bytes(hex));
    assert_eq!(answer(Variables::Position, "E0 B1 FF FF"), Ok(Answer::Position(-20_000)));
    assert_eq!(answer(Variables::Vin, "E0 2E"), Ok(Answer::VinMv(12_000)));
    let Ok(Answer::ErrorStatus(status)) = answer(Variables::ErrorStatus, "40 00") else {
        panic!("a timeout")
    };
    assert_eq!(status.iter().collect::<Vec<_>>(), [ErrorFlag::CommandTimeout]);
    let Ok(Answer::ErrorStatus(status)) = answer(Variables::ErrorStatus, "40 02") else {
        panic!("a timeout, and something that nobody knows")
    };
    assert!(status.has(ErrorFlag::CommandTimeout) && status.unknown() == 0x200);
    let short = AnswerError::Length { expected: 4, seen: 3 };
    assert_eq!(answer(Variables::Position, "E0 B1 FF"), Err(short));
}

#[test]
fn every_question_is_short_enough_for_a_checked_answer_and_clears_nothing() {
    let reads = Variables::ALL.map(Read::Variables).into_iter();
    for read in reads.chain(SettingsBlock::ALL.map(Read::Settings)) {
        assert!(read.answer_len() < 14, "{read:?}");
        assert_ne!(Command::Read(read).encode(PLAIN).as_bytes()[0], 0xa2, "{read:?}");
    }
}

#[test]
fn a_checked_answer_is_opened_or_refused() {
    let wire = bytes("40 00 00");
    let check = crate::codec::pololu::crc7::crc7(&wire[..2]);
    let good = [0x40, 0x00, check];
    assert_eq!(AnswerCheck::Crc7.open(&good), Ok(&good[..2]));
    let bad = [0x40, 0x00, check ^ 1];
    let expected = AnswerError::Crc { expected: check, seen: check ^ 1 };
    assert_eq!(AnswerCheck::Crc7.open(&bad), Err(expected));
    assert_eq!(AnswerCheck::None.open(&bad), Ok(&bad[..]));
    assert!(AnswerCheck::Crc7.open(&[]).is_err());
    assert_eq!(AnswerCheck::Crc7.wire_len(2), 3);
}

#[test]
fn a_state_says_what_stops_it_and_an_unknown_bit_takes_nothing_else_away() {
    let answer = bytes("04 01 C0 00 C0 00 08 00 00 02");
    let state = State::parse(&answer).unwrap();
    assert_eq!(state.operation, OperationState::SoftError);
    assert!(state.flags.energized() && !state.flags.position_uncertain());
    assert!(state.status.has(ErrorFlag::CommandTimeout) && state.status.has(ErrorFlag::SafeStart));
    assert!(state.occurred.has(ErrorFlag::SerialCrc));
    assert_eq!(state.planning, Planning::Velocity);
    assert_eq!(state.to_bytes().to_vec(), answer);
    for (at, byte) in [(0, 1), (0, 11), (9, 3)] {
        let mut damaged = answer.clone();
        damaged[at] = byte;
        assert!(State::parse(&damaged).is_err(), "byte {at} = {byte}");
    }
    let mut strange = answer.clone();
    (strange[1], strange[3], strange[7]) = (0x21, 0x02, 1);
    let state = State::parse(&strange).unwrap();
    assert_eq!((state.flags.unknown(), state.status.unknown()), (0x20, 0x200));
    assert!(
        state.status.has(ErrorFlag::CommandTimeout) && state.occurred.has(ErrorFlag::SerialCrc)
    );
    assert_eq!(state.to_bytes().to_vec(), strange);
}

/// Settings 0x01 to 0x0B: serial, safe start on, number 14, 500 ms, commands checked.
const SET_UP: &str = "00 00 00 00 E1 04 0E 00 F4 01 01";

#[test]
fn the_timeout_is_read_in_milliseconds_and_zero_is_off() {
    let control = |timeout: &str| {
        ControlSettings::parse(&bytes(&format!("00 00 00 00 E1 04 0E 00 {timeout} 01")))
    };
    for (timeout, expected) in [
        ("00 00", HostTimeout::Off),
        ("01 00", HostTimeout::After(Millis::new(1))),
        ("E8 03", HostTimeout::After(Millis::new(1_000))),
        ("60 EA", HostTimeout::After(Millis::new(60_000))),
    ] {
        let settings = control(timeout).unwrap();
        assert_eq!(settings.timeout, expected);
        assert_eq!(ControlSettings::parse(&settings.to_bytes()), Ok(settings));
    }
    assert!(matches!(control("61 EA"), Err(AnswerError::OutOfRange { value: 60_001, .. })));
}

const WANTED: Wanted =
    Wanted { framing: CHECKED, answers: AnswerCheck::None, longest_timeout: Millis::new(500) };

#[track_caller]
fn judge(at: usize, byte: u8, response: u8) -> Result<Fit, Vec<Reason>> {
    let mut control = bytes(SET_UP);
    control[at] = byte;
    let control = ControlSettings::parse(&control).unwrap();
    let soft_error = SoftErrorSettings::parse(&[response, 0, 0, 0, 0]).unwrap();
    reasons(Settings { control, soft_error, ..set_up() }, WANTED)
}

fn set_up() -> Settings {
    Settings {
        control: ControlSettings::parse(&bytes(SET_UP)).unwrap(),
        soft_error: SoftErrorSettings::parse(&[2, 0, 0, 0, 0]).unwrap(),
        error_current: ErrorCurrent::parse(&[0xff]).unwrap(),
    }
}

fn reasons(settings: Settings, wanted: Wanted) -> Result<Fit, Vec<Reason>> {
    Fit::judge(&settings, &wanted).map_err(|unfit| unfit.iter().collect())
}

#[test]
fn a_device_that_stops_on_silence_and_holds_is_fit() {
    for response in [1, 2] {
        assert_eq!(judge(0, 0, response).map(Fit::timeout), Ok(Millis::new(500)));
    }
}

#[test]
fn each_setting_that_endangers_is_named() {
    for (at, byte, response, reason) in [
        (9, 2, 2, Reason::TimeoutTooLong),
        (0, 0, 0, Reason::LetsGo),
        (0, 0, 3, Reason::DrivesOff),
        (2, 1, 2, Reason::NoSafeStart),
        (0, 4, 2, Reason::NotCommanded),
        (1, 2, 2, Reason::HomesByItself),
        (7, 1, 2, Reason::ForgetsFaults),
        (10, 0, 2, Reason::CommandsNotChecked),
        (10, 3, 2, Reason::OtherAnswers),
        (10, 5, 2, Reason::OtherAnswers),
    ] {
        assert_eq!(judge(at, byte, response), Err(vec![reason]), "byte {at} = {byte}");
    }
    let numbered = Wanted { framing: device(15, true), ..WANTED };
    assert_eq!(reasons(set_up(), numbered), Err(vec![Reason::OtherNumber]));
    let unchecked = Wanted { framing: PLAIN, ..WANTED };
    assert_eq!(reasons(set_up(), unchecked), Err(vec![Reason::CommandsNotChecked]));
    let mut settings = set_up();
    settings.control.timeout = HostTimeout::Off;
    assert_eq!(reasons(settings, WANTED), Err(vec![Reason::TimeoutOff]));
    let weak = Settings { error_current: ErrorCurrent::parse(&[8]).unwrap(), ..set_up() };
    assert_eq!(reasons(weak, WANTED), Err(vec![Reason::HoldsOtherwise]));
}

#[test]
fn what_feeds_the_timeout_is_the_manuals_list() {
    for command in [
        Command::SetTargetPosition(0),
        velocity(0),
        Command::HaltAndHold,
        Command::ResetCommandTimeout,
        Command::Energize,
    ] {
        assert!(command.feeds_timeout(), "{command:?}");
    }
    let speed = Command::LimitSpeed(Speed::new(1).unwrap());
    for command in [Command::EnterSafeStart, read(Variables::State), speed] {
        assert!(!command.feeds_timeout(), "{command:?}");
    }
}

#[test]
fn a_value_that_the_device_does_not_take_is_no_command() {
    // 500 000 001, an acceleration of 99, top bits of five bytes.
    for hex in ["E3 04 01 65 4D 1D", "EA 00 63 00 00 00", "E0 10 00 00 00 00"] {
        let command = bytes(hex)[0];
        assert_eq!(Heard::decode(PLAIN, &bytes(hex)), Err(FrameError::Value(command)), "{hex}");
    }
}

pub(super) fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        any::<i32>().prop_map(Command::SetTargetPosition),
        (-Velocity::MAX..=Velocity::MAX).prop_map(velocity),
        Just(Command::HaltAndHold),
        Just(Command::ResetCommandTimeout),
        Just(Command::Energize),
        Just(Command::EnterSafeStart),
        (0..=500_000_000u32).prop_map(|v| Command::LimitSpeed(Speed::new(v).unwrap())),
        (Acceleration::MIN..=Acceleration::MAX)
            .prop_map(|v| Command::LimitDeceleration(Acceleration::new(v).unwrap())),
        (Acceleration::MIN..=Acceleration::MAX)
            .prop_map(|v| Command::LimitAcceleration(Acceleration::new(v).unwrap())),
        prop::sample::select(Variables::ALL.to_vec()).prop_map(read),
        prop::sample::select(SettingsBlock::ALL.to_vec())
            .prop_map(|block| Command::Read(Read::Settings(block))),
    ]
}

proptest! {
    #[test]
    fn every_command_is_heard_as_sent(command in any_command(), framing in any_framing()) {
        let sent = command.encode(framing);
        prop_assert_eq!(Heard::decode(framing, sent.as_bytes()), Ok(Heard::Command(command)));
    }

    #[test]
    fn a_stream_cut_anywhere_gives_the_same_commands(
        commands in prop::collection::vec(any_command(), 1..12),
        framing in any_framing(), piece in 1..9usize,
    ) {
        let wire: Vec<u8> =
            commands.iter().flat_map(|c| c.encode(framing).as_bytes().to_vec()).collect();
        let (mut reader, mut heard) = (CommandReader::new(framing), Vec::new());
        for bytes in wire.chunks(piece) {
            reader.feed(bytes, |command| heard.push(command.unwrap()));
        }
        let expected: Vec<Heard> = commands.into_iter().map(Heard::Command).collect();
        prop_assert_eq!(heard, expected);
    }

    #[test]
    fn a_hold_is_heard_behind_any_half_command(
        command in any_command(), framing in any_framing(), cut in 1..9usize,
    ) {
        let mut wire = command.encode(framing).as_bytes().to_vec();
        wire.truncate(cut);
        wire.extend(Command::HaltAndHold.encode(framing).as_bytes());
        let (mut reader, mut last) = (CommandReader::new(framing), None);
        reader.feed(&wire, |command| last = Some(command));
        prop_assert_eq!(last, Some(Ok(Heard::Command(Command::HaltAndHold))));
    }

    #[test]
    fn answers_survive(
        position: i32, speed in -Velocity::MAX..=Velocity::MAX, supply_mv: u16, up: u32,
        reset in prop::sample::select(Reset::ALL.to_vec()),
    ) {
        let velocity = Velocity::new(speed).unwrap();
        let motion = Motion { position, velocity };
        prop_assert_eq!(Motion::parse(&motion.to_bytes()), Ok(motion));
        let targets = Targets { position, velocity };
        prop_assert_eq!(Targets::parse(&targets.to_bytes()), Ok(targets));
        let supply = Supply { last_reset: reset, supply_mv, up: Millis::new(u64::from(up)) };
        prop_assert_eq!(Supply::parse(&supply.to_bytes()), Ok(supply));
    }
}
