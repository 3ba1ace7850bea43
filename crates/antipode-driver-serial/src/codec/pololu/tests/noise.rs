//! Bytes that nobody sent: a hundred thousand cases for each decoder. Nothing panics, and whatever
//! is understood says the same bytes again.

use proptest::prelude::*;

use super::any_framing;
use crate::codec::pololu::crc7::crc7;
use crate::codec::pololu::{Framing, jrk, tic};

/// A wire and bytes on it: noise, or a command of either device with one byte changed, often with
/// its check made good again. Noise alone seldom gets past the first byte.
fn any_wire() -> impl Strategy<Value = (Framing, Vec<u8>)> {
    let noise = (any_framing(), prop::collection::vec(any::<u8>(), 0..20));
    let near = (
        any_framing(),
        any::<bool>(),
        super::jrk::any_command(),
        super::tic::any_command(),
        prop::option::of((0..14usize, any::<u8>())),
        any::<bool>(),
    )
        .prop_map(|(framing, is_jrk, jrk, tic, change, repair)| {
            let sent = if is_jrk { jrk.encode(framing) } else { tic.encode(framing) };
            let mut wire = sent.as_bytes().to_vec();
            if let Some((at, byte)) = change
                && let Some(slot) = wire.get_mut(at)
            {
                *slot = byte;
            }
            if framing.crc && repair {
                wire.pop();
                wire.push(crc7(&wire));
            }
            (framing, wire)
        });
    prop_oneof![1 => noise, 3 => near]
}

/// Any answer, half of it of a length that a block has, with small numbers in it.
fn any_answer() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..20),
        prop::collection::vec(prop_oneof![6 => 0..4u8, 1 => any::<u8>()], 0..16),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]

    #[test]
    fn a_jrk_command_is_understood_only_as_what_is_sent_for_it(
        (framing, wire) in any_wire(),
    ) {
        if let Ok(jrk::Heard::Command(command)) = jrk::Heard::decode(framing, &wire) {
            let sent = command.encode(framing);
            prop_assert_eq!(sent.as_bytes(), wire.as_slice());
        }
    }

    #[test]
    fn a_tic_command_is_understood_only_as_what_is_sent_for_it(
        (framing, wire) in any_wire(),
    ) {
        if let Ok(tic::Heard::Command(command)) = tic::Heard::decode(framing, &wire) {
            let sent = command.encode(framing);
            prop_assert_eq!(sent.as_bytes(), wire.as_slice());
        }
    }

    #[test]
    fn streams_never_panic_and_every_byte_is_in_at_most_one_command(
        (framing, first) in any_wire(), rest in prop::collection::vec(any_wire(), 0..4),
    ) {
        let rest = rest.into_iter().flat_map(|(_, bytes)| bytes);
        let wire: Vec<u8> = first.into_iter().chain(rest).collect();
        let (mut jrk, mut tic) = (jrk::CommandReader::new(framing), tic::CommandReader::new(framing));
        let (mut of_jrk, mut of_tic) = (0, 0);
        jrk.feed(&wire, |heard| {
            if let Ok(jrk::Heard::Command(command)) = heard {
                of_jrk += command.encode(framing).as_bytes().len();
            }
        });
        tic.feed(&wire, |heard| {
            if let Ok(tic::Heard::Command(command)) = heard {
                of_tic += command.encode(framing).as_bytes().len();
            }
        });
        prop_assert!(of_jrk <= wire.len() && of_tic <= wire.len());
    }

    #[test]
    fn a_jrk_answer_is_refused_or_says_the_same_bytes(answer in any_answer()) {
        if let Ok(motion) = jrk::Motion::parse(&answer) {
            prop_assert_eq!(&motion.to_bytes()[..], &answer[..]);
        }
        if let Ok(health) = jrk::Health::parse(&answer) {
            prop_assert_eq!(&health.to_bytes()[..], &answer[..]);
        }
        if let Ok(life) = jrk::Life::parse(&answer) {
            prop_assert_eq!(&life.to_bytes()[..], &answer[..]);
        }
        for variable in jrk::Variable::ALL {
            if let Ok(value) = variable.parse(&answer) {
                prop_assert_eq!(&value.to_bytes()[..], &answer[..]);
            }
        }
        for block in jrk::SettingsBlock::ALL {
            let said = match block.parse(&answer) {
                Err(_) => continue,
                Ok(jrk::Setting::Modes(settings)) => settings.to_bytes().to_vec(),
                Ok(jrk::Setting::Feedback(settings)) => settings.to_bytes().to_vec(),
                Ok(jrk::Setting::HostLoss(settings)) => settings.to_bytes().to_vec(),
                Ok(jrk::Setting::Off(settings)) => settings.to_bytes().to_vec(),
                Ok(jrk::Setting::Loop(settings)) => settings.to_bytes().to_vec(),
                Ok(jrk::Setting::Limits(settings)) => settings.to_bytes().to_vec(),
            };
            prop_assert_eq!(said, answer.clone());
        }
    }

    #[test]
    fn a_tic_answer_is_refused_or_says_the_same_bytes(answer in any_answer()) {
        if let Ok(state) = tic::State::parse(&answer) {
            prop_assert_eq!(&state.to_bytes()[..], &answer[..]);
        }
        if let Ok(motion) = tic::Motion::parse(&answer) {
            prop_assert_eq!(&motion.to_bytes()[..], &answer[..]);
        }
        if let Ok(limits) = tic::Limits::parse(&answer) {
            prop_assert_eq!(&limits.to_bytes()[..], &answer[..]);
        }
        if let Ok(supply) = tic::Supply::parse(&answer) {
            prop_assert_eq!(&supply.to_bytes()[..], &answer[..]);
        }
        if let Ok(control) = tic::ControlSettings::parse(&answer) {
            prop_assert_eq!(&control.to_bytes()[..], &answer[..]);
        }
        if let Ok(targets) = tic::Targets::parse(&answer) {
            prop_assert_eq!(&targets.to_bytes()[..], &answer[..]);
        }
        if let Ok(current) = tic::ErrorCurrent::parse(&answer) {
            prop_assert_eq!(&current.to_bytes()[..], &answer[..]);
        }
        if let Ok(soft_error) = tic::SoftErrorSettings::parse(&answer) {
            prop_assert_eq!(&soft_error.to_bytes()[..], &answer[..]);
        }
        for check in [tic::AnswerCheck::None, tic::AnswerCheck::Crc7] {
            if let Ok(opened) = check.open(&answer) {
                prop_assert_eq!(check.wire_len(opened.len()), answer.len());
            }
        }
    }
}
