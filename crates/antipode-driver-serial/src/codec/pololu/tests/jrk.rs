//! The Jrk's bytes. Vectors: the vendor's Arduino library compiled on a computer; checks from an
//! independent routine that reproduces the manual's example. Do not change a vector.

use antipode_safety::Millis;
use proptest::prelude::*;

use super::{CHECKED, PLAIN, any_framing, assert_bytes, bytes, device};
use crate::codec::pololu::jrk::{fitness::*, *};
use crate::codec::pololu::{AnswerError, FrameError, HostTimeout, Reset};

fn target(counts: u16) -> Command {
    Command::SetTarget(Target::new(counts).unwrap())
}

fn read(variable: Variable) -> Command {
    Command::Read(Read::Variable(variable))
}

const HOST_LOSS: Command = Command::Read(Read::Settings(Memory::Eeprom, SettingsBlock::HostLoss));

#[test]
fn commands_are_the_vendors_bytes_both_ways() {
    for (command, hex, crc) in [
        (target(0), "C0 00", None),
        (target(2_048), "C0 40", Some(0x78)),
        (target(3_229), "DD 64", Some(0x4d)),
        (target(4_095), "DF 7F", None),
        (Command::Stop, "FF", Some(0x4f)),
        (read(Variable::Feedback), "A5", None),
        (read(Variable::ScaledFeedback), "A7", Some(0x2e)),
        (read(Variable::Current), "BA", None),
        (read(Variable::Supply), "B8", None),
        (read(Variable::Duty), "AD", None),
        (Command::Read(Read::Motion), "E5 00 0F", Some(0x1e)),
        (
            Command::Limit(Limit::Duty(DutyLimit::new(200).unwrap())),
            "E6 68 04 48 00 48 00 05",
            Some(0),
        ),
        // Not among the vendor's vectors: by the same layout.
        (Command::Read(Read::Health), "E5 0F 0C", None),
        (Command::Read(Read::Life), "E5 1F 05", None),
        (HOST_LOSS, "E3 26 0A", None),
        (Command::Limit(Limit::BrakeWhenOff { resets_integral: true }), "E6 50 01 01 00", None),
    ] {
        assert_bytes(command.encode(PLAIN), command.encode(CHECKED), hex, crc);
        assert_eq!(Heard::decode(PLAIN, &bytes(hex)), Ok(Heard::Command(command)), "{hex}");
        let checked = command.encode(CHECKED);
        assert_eq!(Heard::decode(CHECKED, checked.as_bytes()), Ok(Heard::Command(command)));
    }
}

#[test]
fn device_numbers_are_the_vendors_bytes() {
    let (plain, checked) = (device(11, false), device(11, true));
    for (command, hex, crc) in
        [(target(2_048), "AA 0B 40 40", 0x18), (Command::Stop, "AA 0B 7F", 0x35)]
    {
        assert_bytes(command.encode(plain), command.encode(checked), hex, Some(crc));
        assert_eq!(Heard::decode(plain, &bytes(hex)), Ok(Heard::Command(command)));
    }
}

#[test]
fn dangerous_commands_are_heard_but_hearing_makes_none() {
    let forget = |framing| ForgetLatchedErrors::the_operator_asked().encode(framing);
    assert_bytes(forget(PLAIN), forget(CHECKED), "B3", Some(0x01));
    assert_eq!(Heard::decode(PLAIN, &[0xb3]), Ok(Heard::ForgetLatchedErrors));

    let duty = Duty::new(-300).unwrap();
    let force = |framing| ForceDutyTarget::with_nobody_on_the_table(duty).encode(framing);
    assert_bytes(force(PLAIN), force(CHECKED), "F2 54 7D", Some(0x03));
    assert_eq!(Heard::decode(PLAIN, &bytes("F2 54 7D")), Ok(Heard::ForceDutyTarget(duty)));
    // 8191 and -8192 are beyond full speed.
    for hex in ["F2 7F 3F", "F2 00 40"] {
        assert_eq!(Heard::decode(PLAIN, &bytes(hex)), Err(FrameError::Value(0xf2)), "{hex}");
    }

    // Low-resolution targets, forced duty, reads that clear, coasting, a lone word of a block.
    for hex in ["E0 7F", "E1 7F", "F4 00 00", "B5", "EC", "E6 50 01 02 00", "E5 12 02", "8F"] {
        assert!(matches!(Heard::decode(PLAIN, &bytes(hex)), Ok(Heard::NeverSent(_))), "{hex}");
    }
}

#[test]
fn no_question_is_one_that_clears() {
    let reads = Variable::ALL.map(Read::Variable).into_iter().chain([
        Read::Motion,
        Read::Health,
        Read::Life,
        Read::Settings(Memory::Eeprom, SettingsBlock::HostLoss),
        Read::Settings(Memory::Ram, SettingsBlock::Off),
    ]);
    for read in reads {
        let first = Command::Read(read).encode(PLAIN).as_bytes()[0];
        assert!(![0xb3, 0xb5, 0xec].contains(&first), "{read:?}");
        assert!(read.answer_len() <= 15, "{read:?}: a Jrk answers at most 15 bytes");
    }
}

#[test]
fn answers_are_the_vendors_values_both_ways() {
    let counts = |counts| Counts::new(counts).unwrap();
    for (variable, hex, value) in [
        (Variable::Feedback, "9D 0C", Value::Feedback(counts(3_229))),
        (Variable::Current, "E8 03", Value::CurrentMa(1_000)),
        (Variable::Supply, "10 5E", Value::SupplyMv(24_080)),
        (Variable::Duty, "A8 FD", Value::Duty(Duty::new(-600).unwrap())),
    ] {
        assert_eq!(variable.parse(&bytes(hex)), Ok(value), "{hex}");
        assert_eq!(value.to_bytes().to_vec(), bytes(hex));
    }
    let halting = ErrorFlags::from_bits(u16::from_le_bytes([0x00, 0x10]));
    assert_eq!(halting, ErrorFlags::NONE.with(ErrorFlag::SerialTimeout));
    assert_eq!(halting.to_string(), "serial timeout");
}

#[test]
fn a_value_that_cannot_be_is_a_fault() {
    for (variable, hex) in [
        (Variable::Target, "00 10"),
        (Variable::Feedback, "FF FF"),
        (Variable::Duty, "59 02"),
        (Variable::Duty, "A7 FD"),
    ] {
        let answer = variable.parse(&bytes(hex));
        assert!(matches!(answer, Err(AnswerError::OutOfRange { .. })), "{variable:?} {answer:?}");
    }
    for length in [0, 1, 3] {
        let expected = Err(AnswerError::Length { expected: 2, seen: length });
        assert_eq!(Variable::Feedback.parse(&vec![0; length]), expected);
    }
    for unknown in [0x4000, 0x8000] {
        let expected = AnswerError::UnknownBits { of: "halting", bits: u32::from(unknown) };
        assert_eq!(ErrorFlags::of_settings("halting", unknown | 1), Err(expected));
        let kept = ErrorFlags::from_bits(unknown | 1);
        assert_eq!((kept.unknown(), kept.has(ErrorFlag::AwaitingCommand)), (unknown, true));
    }
}

#[test]
fn health_is_read_without_clearing_and_an_unknown_bit_takes_nothing_else_away() {
    let answer = bytes("00 34 12 00 10 01 10 00 10 5E E8 03");
    let health = Health::parse(&answer).unwrap();
    assert_eq!(health.pid_periods, 0x1234);
    assert!(health.halting.has(ErrorFlag::SerialTimeout));
    assert_eq!(health.occurred.iter().count(), 2);
    assert_eq!((health.supply_mv, health.current_ma), (24_080, 1_000));
    assert_eq!(health.forced, Forced::No);
    assert_eq!(health.to_bytes().to_vec(), answer);
    for (at, byte) in [(0, 2), (7, 3)] {
        let mut damaged = answer.clone();
        damaged[at] = byte;
        assert!(Health::parse(&damaged).is_err(), "byte {at} = {byte}");
    }
    let mut strange = answer.clone();
    (strange[4], strange[7]) = (0x50, 0x84);
    let health = Health::parse(&strange).unwrap();
    assert_eq!((health.halting.unknown(), health.unknown_flags), (0x4000, 0x84));
    assert!(health.halting.has(ErrorFlag::SerialTimeout) && health.current_ma == 1_000);
    assert_eq!(health.to_bytes().to_vec(), strange);
}

/// EEPROM as 0x26 to 0x2F: 500 ms, number 11, errors 4 to 13 enabled.
const SET_UP: &str = "32 00 0B 00 F0 3F 00 00 00 00";

#[test]
fn the_timeout_is_read_in_tens_of_milliseconds_and_zero_is_off() {
    for (units, expected) in [
        ("00 00", HostTimeout::Off),
        ("01 00", HostTimeout::After(Millis::new(10))),
        ("32 00", HostTimeout::After(Millis::new(500))),
        ("FF FF", HostTimeout::After(Millis::new(655_350))),
    ] {
        let answer = bytes(&format!("{units} 0B 00 F0 3F 00 00 00 00"));
        let settings = HostLossSettings::parse(&answer).unwrap();
        assert_eq!(settings.timeout, expected);
        assert_eq!(settings.enabled, ErrorFlags::OPTIONAL);
        assert_eq!(settings.to_bytes().to_vec(), answer);
    }
    assert!(HostLossSettings::parse(&bytes("32 00 0B 00 F0 7F 00 00 00 00")).is_err());
}

fn set_up() -> Settings {
    Settings {
        modes: ModeSettings::parse(&[0x02, 0x00, 0x00]).unwrap(),
        feedback: FeedbackSettings::parse(&bytes("01 32 00 CD 0F 64 00 9B 0F 02 05 00 68 00"))
            .unwrap(),
        host_loss: HostLossSettings::parse(&bytes(SET_UP)).unwrap(),
        off: OffSettings::parse(&[0]).unwrap(),
        limits: LimitSettings::parse(&bytes("64 00 0A 00 0A 00 14 00 14 00 C8 00 C8 00")).unwrap(),
    }
}

const WANTED: Wanted =
    Wanted { framing: CHECKED, longest_timeout: Millis::new(500), errors: ErrorFlags::OPTIONAL };

#[test]
fn a_device_that_stops_on_silence_and_holds_is_fit() {
    let fit = Fit::judge(&set_up(), &WANTED).unwrap();
    assert_eq!(fit.timeout(), Millis::new(500));
    let numbered = Wanted { framing: device(11, true), ..WANTED };
    assert!(Fit::judge(&set_up(), &numbered).is_ok());
}

#[track_caller]
fn assert_unfit(change: impl FnOnce(&mut Settings), expected: &[Reason]) {
    let mut settings = set_up();
    change(&mut settings);
    let unfit = Fit::judge(&settings, &WANTED).unwrap_err();
    assert_eq!(unfit.iter().collect::<Vec<_>>(), expected, "{unfit}");
}

#[test]
fn each_setting_that_endangers_is_named() {
    assert_unfit(|s| s.host_loss.timeout = HostTimeout::Off, &[Reason::TimeoutOff]);
    assert_unfit(
        |s| s.host_loss.timeout = HostTimeout::After(Millis::new(510)),
        &[Reason::TimeoutTooLong],
    );
    assert_unfit(
        |s| s.host_loss.enabled = ErrorFlags::NONE,
        &[Reason::TimeoutDoesNotStop, Reason::ErrorDoesNotStop],
    );
    let no_overcurrent = ErrorFlags::from_bits(0x1ff0);
    assert_unfit(|s| s.host_loss.enabled = no_overcurrent, &[Reason::ErrorDoesNotStop]);
    let no_torn_wire = ErrorFlags::from_bits(0x3fd0);
    assert_unfit(|s| s.host_loss.enabled = no_torn_wire, &[Reason::ErrorDoesNotStop]);
    assert_unfit(|s| s.off.coasts = true, &[Reason::Coasts]);
    assert_unfit(|s| s.modes.input_mode = InputMode::Analog, &[Reason::NotCommanded]);
    assert_unfit(|s| s.feedback.mode = FeedbackMode::None, &[Reason::NoPosition]);
    assert_unfit(
        |s| s.modes = ModeSettings::parse(&[0x02, 0x10, 0]).unwrap(),
        &[Reason::FeedbackWraps],
    );
    assert_unfit(|s| s.feedback.error_min = Counts::new(0).unwrap(), &[Reason::TornFeedbackUnseen]);
    assert_unfit(|s| s.modes.options1 = 0, &[Reason::CommandsNotChecked]);
    assert_unfit(|s| s.modes.options1 = 0x0a, &[Reason::OtherNumber]);
    assert_unfit(|s| s.limits.deceleration[1] = Ramp::AT_ONCE, &[Reason::NoRamp]);
}

#[test]
fn another_device_on_the_line_and_an_unchecked_wire_are_unfit() {
    for (framing, reason) in
        [(device(12, true), Reason::OtherNumber), (PLAIN, Reason::CommandsNotChecked)]
    {
        let unfit = Fit::judge(&set_up(), &Wanted { framing, ..WANTED }).unwrap_err();
        assert_eq!(unfit.iter().collect::<Vec<_>>(), [reason]);
    }
}

#[test]
fn an_input_that_is_not_there_need_not_be_watched() {
    let mut settings = set_up();
    settings.host_loss.enabled = ErrorFlags::from_bits(0x3fe0);
    assert!(Fit::judge(&settings, &WANTED).is_ok());
}

/// Vendor defaults: no timeout, no optional error, no ramp, nothing checked.
#[test]
fn a_new_device_is_unfit_in_every_way_that_matters() {
    let mut settings = set_up();
    settings.modes.options1 = 0;
    settings.host_loss = HostLossSettings::parse(&bytes("00 00 0B 00 00 00 00 00 00 00")).unwrap();
    settings.limits.acceleration = [Ramp::AT_ONCE; 2];
    let unfit = Fit::judge(&settings, &WANTED).unwrap_err();
    for reason in [
        Reason::TimeoutOff,
        Reason::TimeoutDoesNotStop,
        Reason::ErrorDoesNotStop,
        Reason::CommandsNotChecked,
        Reason::NoRamp,
    ] {
        assert!(unfit.has(reason), "{reason}");
    }
}

#[test]
fn only_a_target_is_known_to_feed_the_timeout() {
    assert_eq!(target(1).feeds_timeout(), Feeds::Yes);
    assert_eq!(Command::Stop.feeds_timeout(), Feeds::NotKnown);
    assert_eq!(Command::Read(Read::Health).feeds_timeout(), Feeds::NotKnown);
}

fn any_read() -> impl Strategy<Value = Read> {
    prop_oneof![
        prop::sample::select(Variable::ALL.to_vec()).prop_map(Read::Variable),
        Just(Read::Motion),
        Just(Read::Health),
        Just(Read::Life),
        (any::<bool>(), prop::sample::select(SettingsBlock::ALL.to_vec())).prop_map(
            |(ram, block)| Read::Settings(if ram { Memory::Ram } else { Memory::Eeprom }, block)
        ),
    ]
}

pub(super) fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        (0..=Target::MAX).prop_map(target),
        Just(Command::Stop),
        any_read().prop_map(Command::Read),
        (0..=600u16).prop_map(|v| Command::Limit(Limit::Duty(DutyLimit::new(v).unwrap()))),
        (1..=600u16).prop_map(|v| Command::Limit(Limit::Acceleration(Ramp::new(v).unwrap()))),
        (1..=600u16).prop_map(|v| Command::Limit(Limit::Deceleration(Ramp::new(v).unwrap()))),
        any::<bool>()
            .prop_map(|resets_integral| Command::Limit(Limit::BrakeWhenOff { resets_integral })),
    ]
}

proptest! {
    #[test]
    fn every_command_is_heard_as_sent(command in any_command(), framing in any_framing()) {
        let sent = command.encode(framing);
        prop_assert_eq!(Heard::decode(framing, sent.as_bytes()), Ok(Heard::Command(command)));
        for cut in 0..sent.as_bytes().len() {
            let heard = Heard::decode(framing, &sent.as_bytes()[..cut]);
            prop_assert_ne!(heard, Ok(Heard::Command(command)));
        }
    }

    #[test]
    fn every_forced_duty_is_heard_as_sent(duty in -600..=600i16, framing in any_framing()) {
        let duty = Duty::new(duty).unwrap();
        let sent = ForceDutyTarget::with_nobody_on_the_table(duty).encode(framing);
        prop_assert_eq!(Heard::decode(framing, sent.as_bytes()), Ok(Heard::ForceDutyTarget(duty)));
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
    fn a_stop_is_heard_behind_any_half_command(
        command in any_command(), framing in any_framing(), cut in 1..12usize,
    ) {
        let mut wire = command.encode(framing).as_bytes().to_vec();
        wire.truncate(cut);
        wire.extend(Command::Stop.encode(framing).as_bytes());
        let (mut reader, mut last) = (CommandReader::new(framing), None);
        reader.feed(&wire, |command| last = Some(command));
        prop_assert_eq!(last, Some(Ok(Heard::Command(Command::Stop))));
    }

    #[test]
    fn a_motion_answer_survives(
        input in 0..4_096u16, target in 0..4_096u16, feedback in 0..4_096u16,
        scaled in 0..4_096u16, integral: i16, duty_target: i16, duty in -600..=600i16, coarse: u8,
    ) {
        let motion = Motion {
            input: Counts::new(input).unwrap(),
            target: Target::new(target).unwrap(),
            feedback: Counts::new(feedback).unwrap(),
            scaled_feedback: Counts::new(scaled).unwrap(),
            integral,
            duty_target,
            duty: Duty::new(duty).unwrap(),
            current_coarse: coarse,
        };
        prop_assert_eq!(Motion::parse(&motion.to_bytes()), Ok(motion));
    }

    #[test]
    fn a_life_answer_survives(
        reset in prop::sample::select(Reset::ALL.to_vec()), up: u32,
    ) {
        let life = Life { last_reset: reset, up: Millis::new(u64::from(up)) };
        prop_assert_eq!(Life::parse(&life.to_bytes()), Ok(life));
    }
}
