//! Mains, battery and restarts (C-10, C-11).

use super::{LATCHED, PASSING, Priority, Row, Situation, only, with};
use crate::reaction::LocalReturn::{ByHand, OnePress};
use crate::reaction::Reaction::{DeEnergise, Hold, People, Refuse, Return};

pub(super) const ROWS: &[Row] = &[
    Row {
        situation: Situation::MainsLost,
        level: only(Hold, PASSING, Priority::Low, OnePress, "start nothing on the battery"),
        head_down: only(
            Return,
            PASSING,
            Priority::Medium,
            OnePress,
            "the energy left only falls: home at once",
        ),
    },
    Row {
        situation: Situation::SupplyLow,
        level: only(
            Refuse,
            PASSING,
            Priority::Medium,
            OnePress,
            "two returns must be in the battery before a start",
        ),
        head_down: only(
            Return,
            LATCHED,
            Priority::High,
            OnePress,
            "the energy left only falls: home at once",
        ),
    },
    Row {
        situation: Situation::PowerLost,
        level: only(
            DeEnergise,
            LATCHED,
            Priority::Medium,
            ByHand,
            "the spring brake holds; nothing starts again by itself",
        ),
        head_down: with(
            People,
            0,
            only(
                DeEnergise,
                LATCHED,
                Priority::High,
                ByHand,
                "the brake holds or the bed comes home by weight, as the hardware declares",
            ),
        ),
    },
    Row {
        situation: Situation::Restarted,
        level: only(
            Hold,
            LATCHED,
            Priority::Medium,
            OnePress,
            "nothing that it was told before holds; it starts nothing by itself",
        ),
        head_down: with(
            Return,
            5_000,
            only(
                Hold,
                LATCHED,
                Priority::High,
                OnePress,
                "away for a moment, nobody is at the crank yet, and nobody may be there at all: 5 s, then home",
            ),
        ),
    },
    Row {
        situation: Situation::RestartedLate,
        level: only(
            Hold,
            LATCHED,
            Priority::Medium,
            OnePress,
            "nothing that it was told before holds; it starts nothing by itself",
        ),
        head_down: with(
            People,
            0,
            only(
                Hold,
                LATCHED,
                Priority::High,
                OnePress,
                "hands may be at the crank or in the frame: a person presses RETURN",
            ),
        ),
    },
];
