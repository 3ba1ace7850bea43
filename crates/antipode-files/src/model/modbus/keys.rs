//! What a Modbus profile may say.

use antipode_device::HostLoss;

use crate::key::{Key, Kind, Shape, may, must};
use crate::model::keys::{
    ANSWER, COUNTER, DRAIN_QUIET, LINE_TIME, PLACE, REPLY_TIMEOUT, TURNAROUND,
};

static LOSSES: [&str; 4] = HostLoss::KEYS;
static FEEDS: [&str; 2] = ["any request", "writes"];
static NUMBERS: [&str; 6] = ["u16", "i16", "u32", "i32", "u32-low-first", "i32-low-first"];
static RUN_STATES: [&str; 3] = ["idle", "out", "in"];
static CONDITIONS: [&str; 9] = [
    "well",
    "timed out",
    "stop open",
    "no power",
    "over-current",
    "too hot",
    "no position",
    "line",
    "fault",
];
static PROOFS: [&str; 2] = ["echo", "readback"];

/// What fits one register.
const WORD: Kind = Kind::Whole { least: 0, most: 0xffff };
/// Counts and thousandths of a scale.
const COUNTS: Kind = Kind::Whole { least: 1, most: 10_000_000 };

pub(super) static UNIT: Key =
    must("unit", Kind::Whole { least: 1, most: 247 }, "Its address on the line, 1 to 247.");
pub(super) static STOP_PATIENCE: Key = must(
    "stop_patience",
    LINE_TIME,
    "How long a STOP waits for a request under way; with turnaround 100 ms at most.",
);
pub(super) static STOP_ATTEMPTS: Key = must(
    "stop_attempts",
    Kind::Whole { least: 1, most: 20 },
    "How often a STOP is written before it counts as failed.",
);
pub(super) static MAX_READS: Key =
    must("max_reads_per_s", Kind::Whole { least: 1, most: 250 }, "Reads a second at most.");
pub(super) static REQUIRE_READBACK: Key = must(
    "require_readback",
    ANSWER,
    "Whether every write that moves or stops must be read back; no only where the device cannot.",
);
pub(super) static HOST_LOSS: Key = must(
    "host_loss",
    Kind::Table(&HOST_LOSS_SHAPE),
    "What it does when nobody speaks to it. With none it is only read.",
);
pub(super) static IDENTITY: Key = may(
    "identity",
    Kind::Tables(&IDENTITY_SHAPE),
    "Registers by which the device is told from another, up to 8: product, version, serial number.",
);
pub(super) static READ: Key = must("read", Kind::Table(&READ_SHAPE), "What can be asked of it.");
pub(super) static WRITE: Key =
    must("write", Kind::Table(&WRITE_SHAPE), "What can be written to it, and nothing else is.");

pub(super) static KIND: Key = must(
    "kind",
    Kind::Word(&LOSSES),
    "none; register: its own time-out, read back; jog_repeat: it moves only while told again; \
     external: a relay cuts it.",
);
pub(super) static TIMEOUT_READ: Key = may(
    "timeout",
    Kind::Table(&NUMBER_SHAPE),
    "Kind register: where its time-out stands, scaled to milliseconds; 0 means off.",
);
pub(super) static ACTION: Key = may(
    "action",
    Kind::Table(&ACTION_SHAPE),
    "Kind register: where it stands what it does then, where that can be chosen.",
);
pub(super) static FED_BY: Key = may(
    "fed_by",
    Kind::Word(&FEEDS),
    "Kinds register and external: what counts as a sign of life: any request, or writes.",
);
pub(super) static WITHIN: Key = may(
    "within",
    Kind::Duration { least: 1, most: 2_000 },
    "Kinds jog_repeat and external: the longest that it goes on. Proved with the cable pulled.",
);
pub(super) static STOPS: Key = must(
    "stops",
    Kind::Tables(&STOPS_SHAPE),
    "The values with which it stops and holds; any other is refused.",
);

pub(super) static FUNCTION: Key = must(
    "fc",
    Kind::Whole { least: 3, most: 4 },
    "Function that reads it: 3 holding register, 4 input register.",
);
pub(super) static ADDR: Key = must("addr", WORD, "Address as sent, counted from 0.");
pub(super) static TYPE: Key =
    must("type", Kind::Word(&NUMBERS), "How the number lies in one or two registers.");
pub(super) static SCALE: Key = may(
    "scale",
    Kind::Decimal { unit: "units", least: 1, most: 1_000_000 },
    "Units in `counts` counts, 1 where it is left out.",
);
pub(super) static COUNTS_KEY: Key =
    may("counts", COUNTS, "Counts that make `scale` units, 1 where it is left out.");
pub(super) static VALID_BIT: Key = may(
    "valid_bit",
    Kind::Table(&VALID_BIT_SHAPE),
    "A bit that must be set for the position to count, at most 15 registers away.",
);
pub(super) static BIT: Key =
    must("bit", Kind::Whole { least: 0, most: 15 }, "The bit, 0 the lowest.");
pub(super) static RUN_MAP: Key = must(
    "map",
    Kind::Tables(&RUN_MEANING_SHAPE),
    "Values and what they mean; a value not listed is a fault.",
);
pub(super) static CONDITION_MAP: Key = must(
    "map",
    Kind::Tables(&CONDITION_MEANING_SHAPE),
    "Values and what they mean; a value not listed is a fault.",
);
pub(super) static VALUE: Key = must("value", WORD, "The value of the register.");
pub(super) static RUN_MEANS: Key =
    must("means", Kind::Word(&RUN_STATES), "idle, out (toward larger positions) or in.");
pub(super) static CONDITION_MEANS: Key =
    must("means", Kind::Word(&CONDITIONS), "What is wrong; well when nothing is.");

pub(super) static POSITION: Key =
    must("position", Kind::Table(&POSITION_SHAPE), "Place on the stroke.");
pub(super) static RUN_STATE: Key =
    may("run_state", Kind::Table(&RUN_STATE_SHAPE), "Whether it moves.");
pub(super) static STOP_REASON: Key =
    may("stop_reason", Kind::Table(&CONDITION_SHAPE), "Why it last stopped.");
pub(super) static FAULT: Key =
    may("fault", Kind::Table(&CONDITION_SHAPE), "What is wrong with it.");
pub(super) static CURRENT: Key =
    may("current", Kind::Table(&NUMBER_SHAPE), "Motor current, scaled to amperes.");
pub(super) static SUPPLY: Key =
    may("supply", Kind::Table(&NUMBER_SHAPE), "Its supply, scaled to volts.");

pub(super) static WRITE_FUNCTION: Key = must(
    "fc",
    Kind::Whole { least: 5, most: 16 },
    "Function that writes it: 5 bit, 6 register, 16 registers.",
);
pub(super) static VERIFY: Key = must(
    "verify",
    Kind::Word(&PROOFS),
    "What proves the write: its echo, or a readback of the same register.",
);
pub(super) static LEAST: Key = must("least", PLACE, "Nearest place that is ever written.");
pub(super) static MOST: Key = must("most", PLACE, "Farthest place that is ever written.");
pub(super) static HORIZON: Key = must(
    "horizon",
    Kind::Decimal { unit: "units of the stroke", least: 1, most: 1_000_000 },
    "How far ahead of the measured place a target may lie: so far it goes on by itself.",
);
pub(super) static TARGET: Key = may("target", Kind::Table(&TARGET_SHAPE), "Where to go, with run.");
pub(super) static RUN: Key =
    may("run", Kind::Table(&COMMAND_SHAPE), "The command to go to the target.");
pub(super) static JOG_OUT: Key = may(
    "jog_out",
    Kind::Table(&COMMAND_SHAPE),
    "The command to move toward larger positions, repeated while it moves.",
);
pub(super) static JOG_IN: Key =
    may("jog_in", Kind::Table(&COMMAND_SHAPE), "The same toward smaller positions.");
pub(super) static STOP: Key = must("stop", Kind::Table(&STOP_SHAPE), "What stops it.");
pub(super) static PLACEHOLDER: Key = may(
    "placeholder",
    ANSWER,
    "yes: nobody knows yet that this stops it, and it is only read. Left out: no.",
);
pub(super) static CLEAR: Key = may(
    "clear",
    Kind::Table(&COMMAND_SHAPE),
    "What takes off a latched fault; written only when a person says so.",
);

/// The table of a profile.
pub(in crate::model) static MODBUS_SHAPE: Shape = Shape {
    about: "A drive described by its Modbus registers.",
    keys: &[
        &UNIT,
        &REPLY_TIMEOUT,
        &TURNAROUND,
        &DRAIN_QUIET,
        &STOP_PATIENCE,
        &STOP_ATTEMPTS,
        &MAX_READS,
        &REQUIRE_READBACK,
        &HOST_LOSS,
        &IDENTITY,
        &READ,
        &WRITE,
    ],
};
static HOST_LOSS_SHAPE: Shape = Shape {
    about: "What it does when nobody speaks to it.",
    keys: &[&KIND, &TIMEOUT_READ, &ACTION, &FED_BY, &WITHIN],
};
static ACTION_SHAPE: Shape =
    Shape { about: "What it does when its time-out is over.", keys: &[&FUNCTION, &ADDR, &STOPS] };
pub(super) static STOPS_SHAPE: Shape = Shape { about: "A value that stops.", keys: &[&VALUE] };
pub(super) static IDENTITY_SHAPE: Shape = Shape {
    about: "A register that says the same on this device alone.",
    keys: &[&FUNCTION, &ADDR, &VALUE],
};
static READ_SHAPE: Shape = Shape {
    about: "What can be asked of it.",
    keys: &[&POSITION, &RUN_STATE, &STOP_REASON, &FAULT, &CURRENT, &SUPPLY],
};
static NUMBER_SHAPE: Shape =
    Shape { about: "A number.", keys: &[&FUNCTION, &ADDR, &TYPE, &SCALE, &COUNTS_KEY] };
static POSITION_SHAPE: Shape = Shape {
    about: "Place on the stroke, in the unit of the stroke table.",
    keys: &[&FUNCTION, &ADDR, &TYPE, &SCALE, &COUNTS_KEY, &COUNTER, &VALID_BIT],
};
static VALID_BIT_SHAPE: Shape =
    Shape { about: "A bit of a register of the same function.", keys: &[&ADDR, &BIT] };
static RUN_STATE_SHAPE: Shape =
    Shape { about: "Whether it moves.", keys: &[&FUNCTION, &ADDR, &RUN_MAP] };
static CONDITION_SHAPE: Shape =
    Shape { about: "How it is.", keys: &[&FUNCTION, &ADDR, &CONDITION_MAP] };
pub(super) static RUN_MEANING_SHAPE: Shape =
    Shape { about: "A value and its meaning.", keys: &[&VALUE, &RUN_MEANS] };
pub(super) static CONDITION_MEANING_SHAPE: Shape =
    Shape { about: "A value and its meaning.", keys: &[&VALUE, &CONDITION_MEANS] };
static WRITE_SHAPE: Shape = Shape {
    about: "What can be written: target with run, or both jogs; stop always.",
    keys: &[&TARGET, &RUN, &JOG_OUT, &JOG_IN, &STOP, &CLEAR],
};
static TARGET_SHAPE: Shape = Shape {
    about: "Where to go.",
    keys: &[&WRITE_FUNCTION, &ADDR, &TYPE, &SCALE, &COUNTS_KEY, &LEAST, &MOST, &HORIZON, &VERIFY],
};
static STOP_SHAPE: Shape = Shape {
    about: "What stops it.",
    keys: &[&WRITE_FUNCTION, &ADDR, &VALUE, &VERIFY, &PLACEHOLDER],
};
static COMMAND_SHAPE: Shape = Shape {
    about: "A fixed value for a fixed register or bit.",
    keys: &[&WRITE_FUNCTION, &ADDR, &VALUE, &VERIFY],
};
