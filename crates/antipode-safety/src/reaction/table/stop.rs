//! STOP, and the link under it (C-01 to C-04).

use super::{LATCHED, PASSING, Priority, Row, Situation, only, with};
use crate::reaction::LocalReturn::{Held, OnePress};
use crate::reaction::Reaction::{Hold, People, Refuse, Return};

pub(super) const ROWS: &[Row] = &[
    Row {
        situation: Situation::StopPressed,
        level: only(
            Hold,
            LATCHED,
            Priority::Medium,
            Held,
            "a person said stop: nothing moves until released, acknowledged and started anew",
        ),
        head_down: with(
            People,
            30_000,
            only(
                Hold,
                LATCHED,
                Priority::Medium,
                Held,
                "somebody may be trapped: the way home is held by hand, and after 30 s people are called",
            ),
        ),
    },
    Row {
        situation: Situation::StopLoopOpen,
        level: only(
            Refuse,
            LATCHED,
            Priority::Medium,
            Held,
            "an open loop cannot be told from a pressed button: start nothing",
        ),
        head_down: with(
            People,
            30_000,
            only(
                Hold,
                LATCHED,
                Priority::Medium,
                Held,
                "an open loop cannot be told from a pressed button: as STOP",
            ),
        ),
    },
    Row {
        situation: Situation::LinkLost,
        level: only(
            Hold,
            PASSING,
            Priority::Low,
            OnePress,
            "the session is over and nobody is at risk",
        ),
        head_down: with(
            Return,
            5_000,
            only(
                Hold,
                PASSING,
                Priority::High,
                OnePress,
                "the host may come back, and nobody may be there: 5 s, then home",
            ),
        ),
    },
    Row {
        situation: Situation::LinkLostStopped,
        level: only(Hold, LATCHED, Priority::Medium, Held, "STOP outlives the link"),
        head_down: with(
            People,
            0,
            only(
                Hold,
                LATCHED,
                Priority::High,
                Held,
                "STOP outranks the return that a lost link would bring",
            ),
        ),
    },
];
