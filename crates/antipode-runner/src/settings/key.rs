//! Every setting that there is.

/// One setting.
#[derive(Debug)]
pub struct Key {
    /// Section and name, divided by a dot.
    pub name: &'static str,
    /// What its value can be.
    pub kind: Kind,
    /// Its value when nobody says otherwise, as it is written in a file.
    pub default: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Whether the environment may set it. What a person must be able to find in a file is not.
    pub from_environment: bool,
}

/// What a value can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Switch,
    /// A whole number from the first to the second.
    Number(i64, i64),
    /// One of these words.
    Word(&'static [&'static str]),
    /// Any text of one line.
    Text,
}

impl Kind {
    /// The kind in words.
    #[must_use]
    pub fn in_words(self) -> String {
        match self {
            Self::Switch => "true or false".to_owned(),
            Self::Number(least, most) => format!("a whole number from {least} to {most}"),
            Self::Word(words) => format!("one of {}", words.join(", ")),
            Self::Text => "a text of one line".to_owned(),
        }
    }
}

/// Every setting, in the order in which it is shown.
pub const KEYS: &[Key] = &[
    Key {
        name: "display.color",
        kind: Kind::Word(&["auto", "always", "never"]),
        default: "auto",
        about: "when to use colour",
        from_environment: true,
    },
    Key {
        name: "display.ascii",
        kind: Kind::Switch,
        default: "false",
        about: "draw with ASCII characters alone",
        from_environment: true,
    },
    Key {
        name: "display.frames_per_second",
        kind: Kind::Number(1, 30),
        default: "10",
        about: "pictures a second on the terminal screen",
        from_environment: true,
    },
    Key {
        name: "log.level",
        kind: Kind::Word(&["error", "warn", "info", "debug", "trace"]),
        default: "warn",
        about: "how much is logged to standard error",
        from_environment: true,
    },
    Key {
        name: "log.format",
        kind: Kind::Word(&["text", "json"]),
        default: "text",
        about: "how it is logged",
        from_environment: true,
    },
    Key {
        name: "sound.bell",
        kind: Kind::Switch,
        default: "true",
        about: "ring the terminal's bell with an alarm",
        from_environment: true,
    },
    Key {
        name: "sound.player",
        kind: Kind::Text,
        default: "",
        about: "program that plays sounds; empty: the first that is found",
        from_environment: true,
    },
    Key {
        name: "hand.device",
        kind: Kind::Text,
        default: "",
        about: "USB keypad as hand control, its path under /dev/input/by-id; empty: none",
        from_environment: false,
    },
    Key {
        name: "hand.ok",
        kind: Kind::Text,
        default: "KP_ENTER",
        about: "its key for OK",
        from_environment: false,
    },
    Key {
        name: "hand.stop",
        kind: Kind::Text,
        default: "KP_0",
        about: "its key for STOP",
        from_environment: false,
    },
    Key {
        name: "hand.return",
        kind: Kind::Text,
        default: "KP_PLUS",
        about: "its key for RETURN",
        from_environment: false,
    },
    Key {
        name: "hand.easier",
        kind: Kind::Text,
        default: "KP_MINUS",
        about: "its key for EASIER",
        from_environment: false,
    },
    Key {
        name: "demo.plan",
        kind: Kind::Text,
        default: "first-week",
        about: "plan that `antipode demo` runs when none is named",
        from_environment: true,
    },
];

/// The setting called `name`.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}
