//! Which key of the keypad means what.

use super::event::Button;
use crate::settings::Hand;

/// Keys by the names that settings use, with the kernel's numbers (input-event-codes.h).
const NAMES: [(&str, u16); 28] = [
    ("KP_0", 82),
    ("KP_1", 79),
    ("KP_2", 80),
    ("KP_3", 81),
    ("KP_4", 75),
    ("KP_5", 76),
    ("KP_6", 77),
    ("KP_7", 71),
    ("KP_8", 72),
    ("KP_9", 73),
    ("KP_PLUS", 78),
    ("KP_MINUS", 74),
    ("KP_DOT", 83),
    ("KP_ENTER", 96),
    ("KP_SLASH", 98),
    ("KP_ASTERISK", 55),
    ("KP_EQUAL", 117),
    ("BACKSPACE", 14),
    ("TAB", 15),
    ("ENTER", 28),
    ("ESC", 1),
    ("SPACE", 57),
    ("PAGE_UP", 104),
    ("PAGE_DOWN", 109),
    ("UP", 103),
    ("DOWN", 108),
    ("LEFT", 105),
    ("RIGHT", 106),
];

/// The four keys, all different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandKeys {
    codes: [(u16, Button); 4],
}

/// Why the keys cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No key has this name.
    #[error("`hand.{setting}` names no key: `{name}`; a name is, for example, KP_ENTER or SPACE")]
    Unknown {
        /// The setting.
        setting: &'static str,
        /// The name as written.
        name: String,
    },
    /// One key for two buttons.
    #[error("`hand.{first}` and `hand.{second}` are the same key; each button needs its own")]
    Twice {
        /// One setting.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
}

impl HandKeys {
    /// The keys that the settings name.
    ///
    /// # Errors
    /// When a name is unknown or two buttons share a key.
    pub fn new(hand: &Hand) -> Result<Self, KeyError> {
        let wanted = [
            ("ok", &hand.ok, Button::Ok),
            ("stop", &hand.stop, Button::Stop),
            ("return", &hand.return_key, Button::Return),
            ("easier", &hand.easier, Button::Easier),
        ];
        let mut codes = [(0, Button::Ok); 4];
        for (slot, (setting, name, button)) in codes.iter_mut().zip(wanted) {
            let code = NAMES.iter().find(|(known, _)| known == name).map(|(_, code)| *code);
            let unknown = || KeyError::Unknown { setting, name: name.clone() };
            *slot = (code.ok_or_else(unknown)?, button);
        }
        for (index, (code, _)) in codes.iter().enumerate() {
            let before = codes.iter().take(index).position(|(other, _)| other == code);
            if let Some((first, second)) = before.and_then(|b| wanted.get(b).zip(wanted.get(index)))
            {
                return Err(KeyError::Twice { first: first.0, second: second.0 });
            }
        }
        Ok(Self { codes })
    }

    /// The key of a button.
    pub(super) fn code(&self, button: Button) -> Option<u16> {
        self.codes.iter().find(|(_, known)| *known == button).map(|(code, _)| *code)
    }

    /// The button of a key.
    pub(super) fn button(&self, code: u16) -> Option<Button> {
        self.codes.iter().find(|(known, _)| *known == code).map(|(_, button)| *button)
    }
}
