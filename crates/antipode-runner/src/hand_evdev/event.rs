//! From the kernel's bytes to what the session understands.

use antipode_core::event::{Act, StopEvent};

use super::grab::KeyState;
use super::keys::HandKeys;

/// A button of the hand control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Button {
    Ok,
    Stop,
    Return,
    Easier,
}

/// What the hand control says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandEvent {
    /// STOP was pressed.
    StopPressed,
    /// STOP is still held. Told as pressed where its press was never heard.
    StopHeld,
    /// STOP was let go.
    StopReleased,
    /// RETURN was pressed.
    ReturnPressed,
    /// RETURN is still held.
    ReturnHeld,
    /// OK was pressed.
    OkPressed,
    /// OK is still held.
    OkHeld,
    /// EASIER was pressed.
    EasierPressed,
    /// The keypad is gone, or presses were lost.
    Lost,
    /// The keypad is back.
    Found,
}

/// What the session is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandInput {
    /// An act, from the hand control.
    Act(Act),
    /// The STOP lane, from the hand control.
    Stop(StopEvent),
}

/// What an event tells the session, in order. A lost or found keypad tells it nothing by itself:
/// questions then go unanswered, which brings the person up.
pub fn inputs(event: HandEvent) -> impl Iterator<Item = HandInput> {
    let (first, second) = match event {
        HandEvent::StopPressed | HandEvent::StopHeld => {
            (Some(HandInput::Stop(StopEvent::Pressed)), None)
        }
        HandEvent::StopReleased => (Some(HandInput::Stop(StopEvent::Released)), None),
        // With STOP latched only the held return moves; without it the press alone does.
        HandEvent::ReturnPressed => {
            (Some(HandInput::Act(Act::Return)), Some(HandInput::Act(Act::HoldReturn)))
        }
        HandEvent::ReturnHeld => (Some(HandInput::Act(Act::HoldReturn)), None),
        HandEvent::OkPressed => (Some(HandInput::Act(Act::Ok)), None),
        HandEvent::OkHeld => (Some(HandInput::Act(Act::HoldLower)), None),
        HandEvent::EasierPressed => (Some(HandInput::Act(Act::Easier)), None),
        HandEvent::Lost | HandEvent::Found => (None, None),
    };
    first.into_iter().chain(second)
}

/// Size of one `struct input_event` on 64-bit Linux: two 8-byte times, type, code, value.
pub(super) const EVENT_BYTES: usize = 24;

const EV_SYN: u16 = 0;
const EV_KEY: u16 = 1;
const SYN_DROPPED: u16 = 3;
const RELEASED: i32 = 0;
const PRESSED: i32 = 1;
const HELD: i32 = 2;

/// What a keypad says, event by event, and by what it holds down where events were lost: a STOP that is
/// held is never missed, however its press got lost (H-21).
#[derive(Clone, Copy, Debug)]
pub(super) struct Decoder {
    keys: HandKeys,
    stop_is_down: bool,
}

impl Decoder {
    pub(super) const fn new(keys: HandKeys) -> Self {
        Self { keys, stop_is_down: false }
    }

    /// The event in these bytes; `None` for whatever is not ours, or known.
    pub(super) fn hear(&mut self, bytes: &[u8; EVENT_BYTES]) -> Option<HandEvent> {
        match decode(bytes, &self.keys)? {
            HandEvent::StopPressed => {
                self.stop_is_down = true;
                Some(HandEvent::StopPressed)
            }
            HandEvent::StopHeld => self.see_stop(true),
            HandEvent::StopReleased => {
                self.stop_is_down = false;
                Some(HandEvent::StopReleased)
            }
            event @ (HandEvent::ReturnPressed
            | HandEvent::ReturnHeld
            | HandEvent::OkPressed
            | HandEvent::OkHeld
            | HandEvent::EasierPressed
            | HandEvent::Lost
            | HandEvent::Found) => Some(event),
        }
    }

    /// What the keys that are down now say beyond what was heard.
    pub(super) fn look(&mut self, state: &KeyState) -> Option<HandEvent> {
        self.see_stop(self.keys.code(Button::Stop).is_some_and(|code| state.is_down(code)))
    }

    const fn see_stop(&mut self, down: bool) -> Option<HandEvent> {
        let was = self.stop_is_down;
        self.stop_is_down = down;
        match (was, down) {
            (false, true) => Some(HandEvent::StopPressed),
            (true, false) => Some(HandEvent::StopReleased),
            (false, false) | (true, true) => None,
        }
    }
}

/// The event in these bytes; `None` for whatever is not ours.
pub(super) fn decode(bytes: &[u8; EVENT_BYTES], keys: &HandKeys) -> Option<HandEvent> {
    let [.., t0, t1, c0, c1, v0, v1, v2, v3] = *bytes;
    let kind = u16::from_ne_bytes([t0, t1]);
    let code = u16::from_ne_bytes([c0, c1]);
    let value = i32::from_ne_bytes([v0, v1, v2, v3]);
    if kind == EV_SYN && code == SYN_DROPPED {
        // The kernel's queue ran over: a STOP may have been among what was lost.
        return Some(HandEvent::Lost);
    }
    if kind != EV_KEY {
        return None;
    }
    match (keys.button(code)?, value) {
        (Button::Stop, PRESSED) => Some(HandEvent::StopPressed),
        (Button::Stop, HELD) => Some(HandEvent::StopHeld),
        (Button::Stop, RELEASED) => Some(HandEvent::StopReleased),
        (Button::Return, PRESSED) => Some(HandEvent::ReturnPressed),
        (Button::Return, HELD) => Some(HandEvent::ReturnHeld),
        (Button::Ok, PRESSED) => Some(HandEvent::OkPressed),
        (Button::Ok, HELD) => Some(HandEvent::OkHeld),
        (Button::Easier, PRESSED) => Some(HandEvent::EasierPressed),
        (Button::Stop | Button::Return | Button::Ok | Button::Easier, _) => None,
    }
}
