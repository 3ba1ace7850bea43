use antipode_core::event::{Act, StopEvent};

use super::event::{Decoder, EVENT_BYTES, decode};
use super::grab::KeyState;
use super::thread::read;
use super::*;
use crate::settings::{Hand, Layers};

fn hand() -> Hand {
    Layers::with_defaults().settings().unwrap().hand
}

fn keys() -> HandKeys {
    HandKeys::new(&hand()).unwrap()
}

/// An event as the kernel writes it.
fn bytes(kind: u16, code: u16, value: i32) -> [u8; EVENT_BYTES] {
    let mut bytes = [0xa5; EVENT_BYTES];
    bytes[16..18].copy_from_slice(&kind.to_ne_bytes());
    bytes[18..20].copy_from_slice(&code.to_ne_bytes());
    bytes[20..24].copy_from_slice(&value.to_ne_bytes());
    bytes
}

#[test]
fn each_key_is_its_button() {
    for (code, value, event) in [
        (82, 1, Some(HandEvent::StopPressed)),
        (82, 0, Some(HandEvent::StopReleased)),
        (82, 2, Some(HandEvent::StopHeld)),
        (78, 1, Some(HandEvent::ReturnPressed)),
        (78, 2, Some(HandEvent::ReturnHeld)),
        (78, 0, None),
        (96, 1, Some(HandEvent::OkPressed)),
        (96, 2, Some(HandEvent::OkHeld)),
        (74, 1, Some(HandEvent::EasierPressed)),
        (74, 2, None),
        (30, 1, None),
        (82, i32::MAX, None),
        (82, -1, None),
    ] {
        assert_eq!(decode(&bytes(1, code, value), &keys()), event, "{code} {value}");
    }
}

#[test]
fn lost_presses_are_said_and_other_kinds_are_not_ours() {
    assert_eq!(decode(&bytes(0, 3, 0), &keys()), Some(HandEvent::Lost));
    assert_eq!(decode(&bytes(0, 0, 0), &keys()), None);
    assert_eq!(decode(&bytes(4, 82, 1), &keys()), None);
}

#[test]
fn half_an_event_is_an_error_and_not_a_guess() {
    let mut told = Vec::new();
    let whole = bytes(1, 82, 1);
    let mut decoder = Decoder::new(keys());
    let heard = read(&mut &whole[..], &mut decoder, &mut |event| told.push(event)).unwrap();
    assert_eq!(heard, Some(HandEvent::StopPressed));
    assert_eq!(told, [HandEvent::StopPressed]);
    assert!(read(&mut &whole[..23], &mut decoder, &mut |event| told.push(event)).is_err());
    assert_eq!(told.len(), 1);
}

#[test]
fn a_stop_that_is_held_is_told_once_even_where_its_press_was_lost() {
    let hear = |values: &[i32]| {
        let mut decoder = Decoder::new(keys());
        values.iter().filter_map(|value| decoder.hear(&bytes(1, 82, *value))).collect::<Vec<_>>()
    };
    let (pressed, released) = (HandEvent::StopPressed, HandEvent::StopReleased);
    assert_eq!(hear(&[2, 2, 2]), [pressed]);
    assert_eq!(hear(&[1, 2, 2, 0, 2]), [pressed, released, pressed]);
    assert_eq!(
        hear(&[1, 1]),
        [pressed, pressed],
        "a press anew is one, also where the end of one is lost"
    );
}

#[test]
fn after_lost_events_the_keys_that_are_down_say_whether_stop_is() {
    let state = |down: &[u16]| {
        let mut state = KeyState::NONE;
        for code in down {
            state.0[usize::from(code / 8)] |= 1 << (code % 8);
        }
        state
    };
    let mut decoder = Decoder::new(keys());
    assert_eq!(decoder.look(&state(&[78, 96, 74, 81, 83])), None, "none of them is STOP");
    assert_eq!(decoder.look(&state(&[82])), Some(HandEvent::StopPressed));
    assert_eq!(decoder.look(&state(&[82, 96])), None, "it is known");
    assert_eq!(decoder.hear(&bytes(1, 82, 2)), None, "it is known");
    assert_eq!(decoder.look(&KeyState::NONE), Some(HandEvent::StopReleased));
    assert_eq!(decoder.look(&KeyState::NONE), None);
    assert!(!KeyState::NONE.is_down(u16::MAX));
}

#[test]
fn two_buttons_never_share_a_key() {
    let shared = Hand { stop: "KP_PLUS".into(), ..hand() };
    assert_eq!(HandKeys::new(&shared), Err(KeyError::Twice { first: "stop", second: "return" }));
    let unknown = Hand { easier: "KP_MINSU".into(), ..hand() };
    assert!(HandKeys::new(&unknown).unwrap_err().to_string().contains("hand.easier"));
}

#[test]
fn a_press_of_return_works_with_and_without_stop() {
    let told: Vec<HandInput> = inputs(HandEvent::ReturnPressed).collect();
    assert_eq!(told, [HandInput::Act(Act::Return), HandInput::Act(Act::HoldReturn)]);
    let told: Vec<HandInput> = inputs(HandEvent::StopPressed).collect();
    assert_eq!(told, [HandInput::Stop(StopEvent::Pressed)]);
    assert_eq!(inputs(HandEvent::Lost).count(), 0);
}

#[test]
fn what_is_no_keypad_is_refused() {
    assert!(matches!(HandControl::open(&hand(), |_| {}), Ok(None)));
    for device in ["/nonexistent", "/", "/dev/null"] {
        let hand = Hand { device: device.into(), ..hand() };
        let error = HandControl::open(&hand, |_| {}).unwrap_err();
        assert!(error.to_string().contains(device), "{error}");
    }
}
