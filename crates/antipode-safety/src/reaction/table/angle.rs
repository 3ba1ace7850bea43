//! The angle of the bed: lost or contradicted (C-05, C-06).

use super::{LATCHED, Priority, Row, Situation, only, with};
use crate::reaction::LocalReturn::{HeldCreep, OnePress};
use crate::reaction::Reaction::{Creep, Hold, People, Refuse, Return};

pub(super) const ROWS: &[Row] = &[
    Row {
        situation: Situation::AngleLost,
        level: only(Hold, LATCHED, Priority::Medium, HeldCreep, "nothing moves blind by itself"),
        head_down: with(
            People,
            0,
            only(
                Hold,
                LATCHED,
                Priority::High,
                HeldCreep,
                "blind motion is worse than waiting for a hand on the control",
            ),
        ),
    },
    Row {
        situation: Situation::AngleLostSecondGood,
        level: only(
            Hold,
            LATCHED,
            Priority::Medium,
            HeldCreep,
            "one source is no ground to start on",
        ),
        head_down: with(
            Creep,
            250,
            only(Hold, LATCHED, Priority::High, HeldCreep, "one good source leads home, slowly"),
        ),
    },
    Row {
        situation: Situation::SecondAngleLost,
        level: only(
            Refuse,
            LATCHED,
            Priority::Medium,
            OnePress,
            "full limits rest on two sources: start nothing",
        ),
        head_down: only(
            Return,
            LATCHED,
            Priority::Medium,
            OnePress,
            "the drive's angle still leads home, and nothing checks it any more",
        ),
    },
    Row {
        situation: Situation::AnglesDisagreeSameSide,
        level: only(
            Hold,
            LATCHED,
            Priority::Medium,
            HeldCreep,
            "one of the two is wrong: start nothing",
        ),
        head_down: with(
            Creep,
            0,
            only(
                Hold,
                LATCHED,
                Priority::High,
                HeldCreep,
                "the direction home is known, the distance is not: slowly, by the deeper one",
            ),
        ),
    },
    Row {
        situation: Situation::AnglesDisagreeAcross,
        level: only(
            Hold,
            LATCHED,
            Priority::Medium,
            HeldCreep,
            "one of the two is wrong: start nothing",
        ),
        head_down: with(
            People,
            0,
            only(
                Hold,
                LATCHED,
                Priority::High,
                HeldCreep,
                "not even the direction home is certain",
            ),
        ),
    },
];
