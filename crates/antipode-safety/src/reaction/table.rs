//! The table of reactions. Data only: to change what happens, change a row and its test.

use super::LocalReturn::{ByHand, Held, HeldCreep, Jog, OnePress};
use super::Reaction::{Creep, DeEnergise, Hold, People, Refuse, Return};
use super::{LocalReturn, Priority, Reaction, Response, Side, Situation, Then};
use crate::units::Millis;

/// The two answers to one situation.
struct Row {
    situation: Situation,
    level: Response,
    head_down: Response,
}

/// Stays until a person acts.
const LATCHED: bool = true;
/// Goes with its cause.
const PASSING: bool = false;

const fn only(
    first: Reaction,
    latched: bool,
    alarm: Priority,
    local_return: LocalReturn,
    why: &'static str,
) -> Response {
    Response { first, then: None, latched, alarm, local_return, why }
}

const fn with(then: Reaction, after_ms: u64, answer: Response) -> Response {
    Response { then: Some(Then { after: Millis::new(after_ms), reaction: then }), ..answer }
}

/// The answer of the row of `situation`.
pub(super) const fn row(situation: Situation, side: Side) -> Response {
    let mut rows: &[Row] = &TABLE;
    while let [row, rest @ ..] = rows {
        if row.situation.index() == situation.index() {
            return match side {
                Side::LevelOrUp => row.level,
                Side::HeadDown => row.head_down,
            };
        }
        rows = rest;
    }
    UNKNOWN
}

/// What cannot be looked up never means "go on". A test shows that no situation lacks its row.
const UNKNOWN: Response =
    with(People, 0, only(Hold, LATCHED, Priority::High, HeldCreep, "no row for this"));

const TABLE: [Row; Situation::ALL.len()] = [
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
