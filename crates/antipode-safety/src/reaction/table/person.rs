//! The person on the bed, and people near it (C-12 to C-14, C-16, H-24, H-26).

use super::{LATCHED, PASSING, Priority, Row, Situation, only, with};
use crate::reaction::LocalReturn::{Held, HeldCreep, OnePress};
use crate::reaction::Reaction::{Creep, Hold, People, Refuse, Return};

pub(super) const ROWS: &[Row] = &[
    Row {
        situation: Situation::Unanswered,
        level: only(
            Hold,
            PASSING,
            Priority::High,
            OnePress,
            "the person may have fainted and lies level already; upright would make it worse",
        ),
        head_down: only(
            Return,
            LATCHED,
            Priority::High,
            OnePress,
            "a faint ends in the rest band, never upright",
        ),
    },
    Row {
        situation: Situation::VitalsOut,
        level: only(
            Hold,
            PASSING,
            Priority::Medium,
            OnePress,
            "level is the best pose there is; upright would make it worse",
        ),
        head_down: only(
            Return,
            LATCHED,
            Priority::High,
            OnePress,
            "vital signs may only shorten, lower or return",
        ),
    },
    Row {
        situation: Situation::Symptom,
        level: only(Hold, PASSING, Priority::Medium, OnePress, "level is the best pose there is"),
        head_down: only(Return, LATCHED, Priority::Medium, OnePress, "a symptom ends the bout"),
    },
    Row {
        situation: Situation::HandControlLost,
        level: only(
            Refuse,
            PASSING,
            Priority::Medium,
            OnePress,
            "the strapped person must be able to bring the bed up",
        ),
        head_down: only(
            Return,
            LATCHED,
            Priority::High,
            OnePress,
            "the strapped person can no longer ask for help: as no answer",
        ),
    },
    Row {
        situation: Situation::OneLatchOpen,
        level: only(
            Hold,
            LATCHED,
            Priority::Medium,
            HeldCreep,
            "the person may not be held: start nothing",
        ),
        head_down: with(
            Creep,
            5_000,
            only(
                Hold,
                LATCHED,
                Priority::High,
                HeldCreep,
                "mostly a sensor, and a false hold must not strand: 5 s, then slowly home",
            ),
        ),
    },
    Row {
        situation: Situation::LatchesOpen,
        level: only(
            Hold,
            LATCHED,
            Priority::High,
            HeldCreep,
            "the person is not held: nothing moves by itself",
        ),
        head_down: with(
            People,
            0,
            only(
                Hold,
                LATCHED,
                Priority::High,
                HeldCreep,
                "the person is sliding and motion adds crush: only a hand on the control moves the bed",
            ),
        ),
    },
    Row {
        situation: Situation::FeetSlip,
        level: only(
            Hold,
            LATCHED,
            Priority::Medium,
            HeldCreep,
            "look at the ankles before anything else",
        ),
        head_down: with(
            Creep,
            1_000,
            only(
                Hold,
                LATCHED,
                Priority::High,
                HeldCreep,
                "less tilt, less load on the ankles, without a jerk",
            ),
        ),
    },
    Row {
        situation: Situation::SomebodyUnder,
        level: only(Hold, LATCHED, Priority::High, Held, "any motion may crush"),
        head_down: with(
            People,
            0,
            only(
                Hold,
                LATCHED,
                Priority::High,
                Held,
                "any motion may crush: a person who sees the place brings the bed home",
            ),
        ),
    },
    Row {
        situation: Situation::DoseUsed,
        level: only(
            Refuse,
            PASSING,
            Priority::Low,
            OnePress,
            "the head-down time of today is used up",
        ),
        head_down: only(Return, PASSING, Priority::Low, OnePress, "the head-down time is used up"),
    },
];
