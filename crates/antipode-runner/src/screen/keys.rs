//! What each key means. STOP is looked at before everything else, in every menu.

use antipode_core::event::{Act, StopEvent};
use antipode_core::session::View;
use antipode_core::symptom::{Severity, Symptom};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::menu::{Choice, Menu, digit};

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
        KeyCode::Char('r' | 'R') if view.stopped => Wish::Act(Act::HoldReturn),
        KeyCode::Char('r' | 'R') => Wish::Act(Act::Return),
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

/// Space, Esc and s, with whatever else is held down: in fright nobody aims.
fn is_stop(key: Key) -> bool {
    matches!(key.code, KeyCode::Esc | KeyCode::Char(' ' | 's' | 'S'))
}

fn digits(letter: char, menu: &mut Menu) -> Wish {
    let number = letter.to_digit(10).and_then(|number| u8::try_from(number).ok()).unwrap_or(0);
    if *menu == Menu::Closed && number == 0 {
        return Wish::Nothing;
    }
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
