//! The host and its program (H-01, H-03, H-19, H-36, H-37).

use super::{LATCHED, PASSING, Priority, Row, Situation, only, with};
use crate::reaction::LocalReturn::{HeldCreep, OnePress};
use crate::reaction::Reaction::{Hold, People, Refuse, Return};

pub(super) const ROWS: &[Row] = &[
    Row {
        situation: Situation::ForeignMotion,
        level: only(Hold, LATCHED, Priority::Medium, OnePress, "two masters: this one yields"),
        head_down: with(
            Return,
            5_000,
            only(
                Hold,
                LATCHED,
                Priority::High,
                OnePress,
                "two masters: this one yields, and brings the person home when the other is quiet",
            ),
        ),
    },
    Row {
        situation: Situation::JournalLost,
        level: only(
            Refuse,
            LATCHED,
            Priority::Medium,
            OnePress,
            "nothing starts that cannot be recorded",
        ),
        head_down: with(
            Return,
            2_000,
            only(
                Hold,
                LATCHED,
                Priority::Medium,
                OnePress,
                "what cannot be recorded ends, and the way home needs no record",
            ),
        ),
    },
    Row {
        situation: Situation::HostSuspended,
        level: only(
            Hold,
            LATCHED,
            Priority::Medium,
            OnePress,
            "the session is over: nobody watched it",
        ),
        head_down: only(
            Return,
            LATCHED,
            Priority::High,
            OnePress,
            "nobody watched: home, whatever the plan says",
        ),
    },
    Row {
        situation: Situation::LoopLate,
        level: only(Hold, PASSING, Priority::Medium, OnePress, "a late loop must not move anybody"),
        head_down: with(
            Return,
            5_000,
            only(
                Hold,
                LATCHED,
                Priority::High,
                OnePress,
                "one late tick is a hiccup, more of them end the session",
            ),
        ),
    },
    Row {
        situation: Situation::ProgramEnding,
        level: only(Hold, PASSING, Priority::None, OnePress, "nothing to bring home"),
        head_down: only(
            Return,
            LATCHED,
            Priority::Low,
            OnePress,
            "the program does not leave a person head-down",
        ),
    },
    Row {
        situation: Situation::Mismatch,
        level: only(
            Refuse,
            LATCHED,
            Priority::Medium,
            OnePress,
            "what the table means is not known",
        ),
        head_down: with(
            People,
            0,
            only(
                Hold,
                LATCHED,
                Priority::High,
                HeldCreep,
                "what the table makes of a command is not known: send none",
            ),
        ),
    },
];
