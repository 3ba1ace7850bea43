//! What each key means. STOP is looked at before everything else, in every menu.

use antipode_core::event::{Act, StopEvent};
use antipode_core::session::View;
use antipode_core::symptom::{Severity, Symptom};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::menu::{Choice, Menu, digit};
use crate::words;

/// A key that was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    code: KeyCode,
    control: bool,
}

impl Key {
    /// The key of a terminal event; `None` when it was let go: some terminals report that too.
    pub(super) fn of(event: KeyEvent) -> Option<Self> {
        match event.kind {
            KeyEventKind::Press | KeyEventKind::Repeat => Some(Self {
                code: event.code,
                control: event.modifiers.contains(KeyModifiers::CONTROL),
            }),
            KeyEventKind::Release => None,
        }
    }

    /// Whether it is for the menu of symptoms.
    pub(super) const fn is_digit(self) -> bool {
        matches!(self.code, KeyCode::Char('0'..='9')) && !self.control
    }
}

/// What the person at the terminal wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// A word of the STOP lane.
    Stop(StopEvent),
    /// An act.
    Act(Act),
    /// A report.
    Symptom(Symptom, Severity),
    /// Ctrl-C.
    Interrupt,
    /// Leave, once the session is over.
    Quit,
    /// Nothing, or only the menu changed.
    Nothing,
}

/// What `key` means now.
#[expect(clippy::wildcard_enum_match_arm, reason = "a key that means nothing may be any key")]
pub(super) fn wish(key: Key, menu: &mut Menu, view: &View) -> Wish {
    if is_stop(key) {
        *menu = Menu::Closed;
        return Wish::Stop(StopEvent::Pressed);
    }
    if key.control {
        return if key.code == KeyCode::Char('c') { Wish::Interrupt } else { Wish::Nothing };
    }
    match key.code {
        KeyCode::Char('r' | 'R') => come_up(view),
        // Labelled Return on many keyboards: where RETURN is what matters it is RETURN (H-24).
        KeyCode::Enter if words::may_be_head_down(view) || words::is_held_below(view) => {
            come_up(view)
        }
        KeyCode::Char(letter @ '0'..='9') => digits(letter, menu),
        KeyCode::Backspace | KeyCode::Char('b') => {
            *menu = Menu::Closed;
            Wish::Nothing
        }
        KeyCode::Enter => Wish::Act(Act::Ok),
        KeyCode::Down => Wish::Act(Act::HoldLower),
        KeyCode::Char(letter) => letters(letter),
        _ => Wish::Nothing,
    }
}

const fn come_up(view: &View) -> Wish {
    Wish::Act(if view.stopped { Act::HoldReturn } else { Act::Return })
}

/// Space, Esc and s, with whatever else is held down: in fright nobody aims.
fn is_stop(key: Key) -> bool {
    matches!(key.code, KeyCode::Esc | KeyCode::Char(' ' | 's' | 'S'))
}

fn digits(letter: char, menu: &mut Menu) -> Wish {
    let number = letter.to_digit(10).and_then(|number| u8::try_from(number).ok()).unwrap_or(0);
    match digit(*menu, number) {
        Choice::Menu(next) => {
            *menu = next;
            Wish::Nothing
        }
        Choice::Report(symptom, severity) => {
            *menu = Menu::Closed;
            Wish::Symptom(symptom, severity)
        }
    }
}

fn letters(letter: char) -> Wish {
    match letter.to_ascii_lowercase() {
        'o' | 'y' => Wish::Act(Act::Ok),
        'n' => Wish::Act(Act::No),
        'e' => Wish::Act(Act::Easier),
        'h' => Wish::Act(Act::Shorter),
        'p' => Wish::Act(Act::Pause),
        'c' => Wish::Act(Act::Resume),
        'a' => Wish::Act(Act::AcknowledgeAlarms),
        'm' => Wish::Act(Act::SilenceAlarms),
        'd' => Wish::Act(Act::HoldLower),
        'u' => Wish::Act(Act::HoldUpright),
        'l' => Wish::Act(Act::HoldLevel),
        'f' => Wish::Act(Act::FeetSlipping),
        'x' => Wish::Stop(StopEvent::Released),
        'k' => Wish::Stop(StopEvent::Acknowledged),
        'q' => Wish::Quit,
        _ => Wish::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use antipode_core::session::StateKind;
    use antipode_safety::Angle;

    use super::super::tests::view;
    use super::*;

    fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Key {
        Key::of(KeyEvent::new(code, modifiers)).unwrap()
    }

    fn plain(letter: char) -> Key {
        pressed(KeyCode::Char(letter), KeyModifiers::NONE)
    }

    const MENUS: [Menu; 4] = [
        Menu::Closed,
        Menu::What { second: false },
        Menu::What { second: true },
        Menu::HowStrong(Symptom::Nausea),
    ];

    #[test]
    fn stop_is_stop_in_every_menu_and_with_every_modifier() {
        for code in [KeyCode::Esc, KeyCode::Char(' '), KeyCode::Char('s'), KeyCode::Char('S')] {
            for modifiers in [KeyModifiers::NONE, KeyModifiers::CONTROL, KeyModifiers::ALT] {
                for menu in MENUS {
                    let wish = wish(pressed(code, modifiers), &mut menu.clone(), &view());
                    assert_eq!(wish, Wish::Stop(StopEvent::Pressed), "{code:?} {menu:?}");
                }
            }
        }
    }

    #[test]
    fn return_works_in_every_menu_and_is_held_while_stop_is_latched() {
        for menu in MENUS {
            let mut view = view();
            view.stopped = false;
            assert_eq!(wish(plain('r'), &mut menu.clone(), &view), Wish::Act(Act::Return));
            view.stopped = true;
            assert_eq!(wish(plain('r'), &mut menu.clone(), &view), Wish::Act(Act::HoldReturn));
        }
    }

    #[test]
    fn keys_are_the_documented_ones() {
        for (letter, act) in [
            ('o', Act::Ok),
            ('y', Act::Ok),
            ('n', Act::No),
            ('e', Act::Easier),
            ('h', Act::Shorter),
            ('p', Act::Pause),
            ('c', Act::Resume),
            ('a', Act::AcknowledgeAlarms),
            ('m', Act::SilenceAlarms),
            ('u', Act::HoldUpright),
            ('l', Act::HoldLevel),
            ('f', Act::FeetSlipping),
        ] {
            assert_eq!(wish(plain(letter), &mut Menu::Closed, &view()), Wish::Act(act), "{letter}");
        }
        assert_eq!(wish(plain('x'), &mut Menu::Closed, &view()), Wish::Stop(StopEvent::Released));
        assert_eq!(
            wish(plain('k'), &mut Menu::Closed, &view()),
            Wish::Stop(StopEvent::Acknowledged)
        );
        let control_c = pressed(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(wish(control_c, &mut Menu::Closed, &view()), Wish::Interrupt);
    }

    /// Enter at `millideg`, in `state`.
    fn enter(millideg: Option<i32>, state: StateKind, stopped: bool) -> Wish {
        let tilt = millideg.and_then(Angle::from_millideg);
        let view = View { tilt, state, stopped, ..view() };
        let key = pressed(KeyCode::Enter, KeyModifiers::NONE);
        wish(key, &mut Menu::Closed, &view)
    }

    #[test]
    fn enter_is_return_head_down_and_ok_level() {
        for tilt in [Some(1), Some(3_000), Some(60_000), None] {
            assert_eq!(enter(tilt, StateKind::Running, false), Wish::Act(Act::Return), "{tilt:?}");
            let held = enter(tilt, StateKind::Stopped, true);
            assert_eq!(held, Wish::Act(Act::HoldReturn), "{tilt:?}");
        }
        for tilt in [Some(0), Some(-3_000), Some(-80_000)] {
            assert_eq!(enter(tilt, StateKind::Running, false), Wish::Act(Act::Ok), "{tilt:?}");
        }
        // The test of the buttons and its STOP: OK confirms there.
        assert_eq!(enter(Some(-3_000), StateKind::SelfTest, true), Wish::Act(Act::Ok));
        assert_eq!(enter(Some(-3_000), StateKind::Stopped, true), Wish::Act(Act::Ok));
        // Under STOP it stays RETURN until the bed is clear of level.
        assert_eq!(enter(Some(-100), StateKind::Stopped, true), Wish::Act(Act::HoldReturn));
    }

    #[test]
    fn enter_before_a_session_with_no_tilt_yet_is_ok() {
        let fresh = View { tilt: None, live: false, outcome: None, ..view() };
        let key = pressed(KeyCode::Enter, KeyModifiers::NONE);
        assert_eq!(wish(key, &mut Menu::Closed, &fresh), Wish::Act(Act::Ok));
    }

    #[test]
    fn control_with_a_letter_starts_nothing() {
        for letter in 'a'..='z' {
            let key = pressed(KeyCode::Char(letter), KeyModifiers::CONTROL);
            let wish = wish(key, &mut Menu::Closed, &view());
            let harmless = matches!(wish, Wish::Nothing | Wish::Interrupt | Wish::Stop(_));
            assert!(harmless, "{letter}: {wish:?}");
        }
    }

    #[test]
    fn letting_go_is_no_press() {
        let mut event = KeyEvent::new(KeyCode::Char('o'), KeyModifiers::NONE);
        event.kind = KeyEventKind::Release;
        assert_eq!(Key::of(event), None);
    }
}
