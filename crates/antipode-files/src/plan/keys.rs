//! The keys of a plan file.

use crate::key::{Key, Kind, LINE, SCHEMA, Shape, Variants, may, must};

/// Tilts that a bed can have head-down.
const TILT: Kind = Kind::Decimal { unit: "degrees", least: 0, most: 90_000 };
/// The rest band and head-down.
const LOW: Kind = Kind::Decimal { unit: "degrees", least: -10_000, most: 90_000 };
/// Speeds that a table can have.
const SPEED: Kind = Kind::Decimal { unit: "degrees a second", least: 100, most: 20_000 };
/// Lengths of time within one visit.
const TIME: Kind = Kind::Duration { least: 0, most: 24 * 3_600_000 };
/// Counts of bouts, cycles and repeats.
const COUNT: Kind = Kind::Whole { least: 1, most: 1_000 };

pub(super) static STRENGTHS: [&str; 5] = ["proposal", "maker", "cohort", "pilot trial", "trial"];
pub(super) static ATTENDANCE: [&str; 3] = ["alone", "spotter", "clinician"];
static KINDS: [&str; 10] = [
    "static",
    "intermittent",
    "cyclic",
    "oscillate",
    "warm_up",
    "steps",
    "self_paced",
    "prompt",
    "wait",
    "repeat",
];
static CUES: [&str; 8] = [
    "breathe slowly",
    "relax shoulders",
    "arms beside body",
    "look at one point",
    "feel your feet",
    "notice your legs",
    "half way",
    "last bout next",
];

pub(crate) static NAME: Key =
    must("name", Kind::Name, "Short name, the file's name without its ending.");
pub(crate) static TITLE: Key = must("title", Kind::Text(LINE), "One line for people.");
pub(crate) static EVIDENCE: Key =
    must("evidence", Kind::Text(LINE), "Where the dose comes from: study, guide, or whose idea.");
pub(crate) static STRENGTH: Key = may(
    "strength",
    Kind::Word(&STRENGTHS),
    "How much that source is worth; left out: proposal. None promises a benefit.",
);
pub(crate) static REQUIRES: Key =
    may("requires", Kind::Word(&ATTENDANCE), "Who must be there; left out: spotter.");
pub(super) static BOUT: Key =
    must("bout", Kind::Variants(&BLOCKS), "The blocks of the session, in order.");
pub(super) static FINISH: Key =
    may("finish", Kind::Table(&FINISH_SHAPE), "How it ends; left out: two minutes of rest.");
pub(super) static FINISH_REST: Key = must(
    "rest",
    Kind::Duration { least: 60_000, most: 30 * 60_000 },
    "Time in the rest band after the last bout; at least one minute, usually two.",
);

pub(super) static KIND: Key =
    may("kind", Kind::Word(&KINDS), "What kind of block this is; left out: static.");
pub(super) static REPEAT: Key = may("repeat", COUNT, "How many bouts alike; left out: 1.");
pub(crate) static TILT_DEG: Key =
    must("tilt_deg", TILT, "Tilt of the hold in degrees head-down, exact to a thousandth.");
pub(crate) static HOLD: Key = must("hold", TIME, "Time at that tilt, such as \"90s\" or \"3m\".");
pub(super) static HOLD_MAY: Key =
    may("hold", TIME, "Time at the deeper tilt in each cycle; left out: none.");
pub(crate) static REST: Key =
    must("rest", TIME, "Time in the rest band after each bout; at least 30 s, usually 60 s.");
pub(crate) static LOWER: Key =
    must("lower_deg_per_s", SPEED, "Speed of lowering; usually 1 to 1.5.");
pub(crate) static RAISE: Key =
    must("raise_deg_per_s", SPEED, "Speed of raising; usually 1 to 1.5.");
pub(crate) static CYCLES: Key = must("cycles", COUNT, "Times at the deeper tilt in one bout.");
pub(super) static LOW_DEG: Key =
    must("low_deg", LOW, "The smaller head-down tilt that the bout eases to.");
pub(super) static LOW_DEG_MAY: Key =
    may("low_deg", LOW, "Where the bout eases to, in the rest band; left out: level.");
pub(crate) static EASE: Key =
    may("ease", TIME, "Time at the smaller tilt between two cycles; left out: none.");
pub(super) static WITHIN_LOWER: Key = may(
    "within_lower_deg_per_s",
    SPEED,
    "Speed of lowering between the two tilts; left out: as lower_deg_per_s.",
);
pub(super) static WITHIN_RAISE: Key = may(
    "within_raise_deg_per_s",
    SPEED,
    "Speed of raising between the two tilts; left out: as raise_deg_per_s.",
);
pub(super) static STEPS: Key =
    must("steps", Kind::Tables(&STEP_SHAPE), "The tilts of the bout in order, each with its hold.");
pub(super) static CEILING: Key =
    must("ceiling_deg", TILT, "As far down as the person's own button can take the bed.");
pub(super) static LIMIT: Key =
    must("limit", TIME, "Longest time before the session goes on by itself.");
pub(super) static SAY: Key = must("say", Kind::Word(&CUES), "What is said, in the rest band.");
pub(super) static TIMES: Key = must("times", COUNT, "How often the blocks inside run.");
pub(super) static INNER: Key =
    must("bout", Kind::Variants(&BLOCKS), "The blocks that are repeated, in order.");

/// A plan file.
pub(crate) static PLAN: Shape = Shape {
    about: "One session as written: bouts, rests and how it ends.",
    keys: &[&SCHEMA, &NAME, &TITLE, &EVIDENCE, &STRENGTH, &REQUIRES, &BOUT, &FINISH],
};

static FINISH_SHAPE: Shape =
    Shape { about: "How the session ends. It cannot be left shorter.", keys: &[&FINISH_REST] };

/// The blocks of a plan.
pub(super) static BLOCKS: Variants = Variants {
    tag: &KIND,
    default: "static",
    shapes: &[
        ("static", &STATIC),
        ("intermittent", &TO_AND_FRO),
        ("cyclic", &TO_AND_FRO),
        ("oscillate", &SWING),
        ("warm_up", &SWING),
        ("steps", &STEPPED),
        ("self_paced", &SELF_PACED),
        ("prompt", &PROMPT),
        ("wait", &WAIT),
        ("repeat", &REPEATED),
    ],
};

static STATIC: Shape = Shape {
    about: "Lower, hold, raise, rest.",
    keys: &[&KIND, &REPEAT, &TILT_DEG, &HOLD, &REST, &LOWER, &RAISE],
};

static TO_AND_FRO: Shape = Shape {
    about: "One bout that goes to and fro between two head-down tilts.",
    keys: &[
        &KIND,
        &REPEAT,
        &CYCLES,
        &TILT_DEG,
        &HOLD_MAY,
        &LOW_DEG,
        &EASE,
        &REST,
        &LOWER,
        &RAISE,
        &WITHIN_LOWER,
        &WITHIN_RAISE,
    ],
};

static SWING: Shape = Shape {
    about: "One bout that swings between the rest band and a tilt.",
    keys: &[
        &KIND,
        &REPEAT,
        &CYCLES,
        &TILT_DEG,
        &HOLD_MAY,
        &LOW_DEG_MAY,
        &EASE,
        &REST,
        &LOWER,
        &RAISE,
        &WITHIN_LOWER,
        &WITHIN_RAISE,
    ],
};

static STEPPED: Shape = Shape {
    about: "One bout through several tilts, deeper or shallower, each held.",
    keys: &[&KIND, &REPEAT, &STEPS, &REST, &LOWER, &RAISE],
};

pub(super) static STEP_SHAPE: Shape =
    Shape { about: "One tilt of a stepped bout.", keys: &[&TILT_DEG, &HOLD] };

static SELF_PACED: Shape = Shape {
    about: "The person holds a button to lower, lets go to stay, presses once to come up.",
    keys: &[&KIND, &REPEAT, &CEILING, &LIMIT, &REST, &LOWER, &RAISE],
};

static PROMPT: Shape = Shape { about: "Say something in the rest band.", keys: &[&KIND, &SAY] };

static WAIT: Shape =
    Shape { about: "Wait in the rest band until the person presses OK.", keys: &[&KIND, &LIMIT] };

static REPEATED: Shape =
    Shape { about: "The same blocks several times over.", keys: &[&KIND, &TIMES, &INNER] };
