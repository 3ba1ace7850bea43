//! Drive and brake: stall, heat, motion that nobody asked for (C-07 to C-09, C-15, H-10).

use super::{LATCHED, PASSING, Priority, Row, Situation, only, with};
use crate::reaction::LocalReturn::{ByHand, Jog, OnePress};
use crate::reaction::Reaction::{DeEnergise, Hold, People, Refuse, Return};

pub(super) const ROWS: &[Row] = &[
    Row {
        situation: Situation::StalledDown,
        level: only(Hold, LATCHED, Priority::Medium, Jog, "something is in the way"),
        head_down: with(
            Return,
            1_000,
            only(
                Hold,
                LATCHED,
                Priority::High,
                OnePress,
                "what stopped it is below the head: moving back frees it, once",
            ),
        ),
    },
    Row {
        situation: Situation::StalledBack,
        level: only(Hold, LATCHED, Priority::Medium, Jog, "something is in the way"),
        head_down: with(
            People,
            0,
            only(
                Hold,
                LATCHED,
                Priority::High,
                Jog,
                "reversing by itself could crush at the foot end: a person moves it both ways",
            ),
        ),
    },
    Row {
        situation: Situation::HotSoft,
        level: only(
            Refuse,
            PASSING,
            Priority::Low,
            OnePress,
            "a hot drive must keep its reserve for a return",
        ),
        head_down: only(
            Return,
            PASSING,
            Priority::Medium,
            OnePress,
            "stranding is worse than heat: come home while the drive can",
        ),
    },
    Row {
        situation: Situation::HotHard,
        level: only(Refuse, LATCHED, Priority::Medium, ByHand, "the drive must cool"),
        head_down: with(
            People,
            0,
            only(
                Hold,
                LATCHED,
                Priority::High,
                ByHand,
                "the drive may fail on the way: people bring the bed home",
            ),
        ),
    },
    Row {
        situation: Situation::Runaway,
        level: with(
            People,
            0,
            only(
                DeEnergise,
                LATCHED,
                Priority::High,
                ByHand,
                "cut the energy first; let it drift if that is toward level",
            ),
        ),
        head_down: with(
            People,
            0,
            only(
                DeEnergise,
                LATCHED,
                Priority::High,
                ByHand,
                "cut the energy first; let it drift if that is toward level",
            ),
        ),
    },
    Row {
        situation: Situation::WrongWay,
        level: only(
            Hold,
            LATCHED,
            Priority::High,
            Jog,
            "the drive or its angle is reversed: no command can be trusted",
        ),
        head_down: with(
            People,
            0,
            only(
                Hold,
                LATCHED,
                Priority::High,
                Jog,
                "the drive or its angle is reversed: a return would go deeper",
            ),
        ),
    },
    Row {
        situation: Situation::SlipTowardLevel,
        level: only(
            Hold,
            LATCHED,
            Priority::Medium,
            OnePress,
            "the brake needs repair: start nothing",
        ),
        head_down: only(
            Return,
            LATCHED,
            Priority::High,
            OnePress,
            "it moves the right way: follow it home under control",
        ),
    },
    Row {
        situation: Situation::SlipAway,
        level: only(
            Hold,
            LATCHED,
            Priority::High,
            OnePress,
            "the drive holds what the brake does not",
        ),
        head_down: with(
            Return,
            1_000,
            only(
                Hold,
                LATCHED,
                Priority::High,
                OnePress,
                "the drive holds what the brake does not, and then brings the bed home",
            ),
        ),
    },
];
