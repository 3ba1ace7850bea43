//! What a model file may say.

use crate::key::{Key, Kind, LINE, SCHEMA, Shape, may, must};

use super::modbus::MODBUS_SHAPE;

static RESCUES: [&str; 4] = ["gravity", "battery", "crank", "none"];
static PROOFS: [&str; 2] = ["unverified on hardware", "verified on hardware"];
static DIALECTS: [&str; 4] = antipode_device::Dialect::KEYS;
static PARITIES: [&str; 3] = ["none", "even", "odd"];
static COUNTERS: [&str; 2] = ["absolute", "from power-on"];
static ROBOCLAW_MOTIONS: [&str; 2] = ["duty", "speed"];
pub(super) static YES_NO: [&str; 2] = ["yes", "no"];

/// Speeds of tables.
const SPEED: Kind = Kind::Decimal { unit: "degrees a second", least: 100, most: 20_000 };
/// Voltages of a motor's supply.
const SUPPLY: Kind = Kind::Decimal { unit: "volts", least: 5_000, most: 100_000 };
/// A word rather than true or false, so that a file reads as a statement about the table.
pub(super) const ANSWER: Kind = Kind::Word(&YES_NO);
/// A place on the stroke, in the drive's unit.
pub(super) const PLACE: Kind =
    Kind::Decimal { unit: "units of the stroke", least: -2_000_000_000, most: 2_000_000_000 };
/// Counts of a device in one unit of the stroke.
const COUNTS: Kind = Kind::Whole { least: 1, most: 10_000_000 };
/// Times of a line.
pub(super) const LINE_TIME: Kind = Kind::Duration { least: 1, most: 1_000 };

pub(super) static NAME: Key =
    must("name", Kind::Name, "Short name, the file's name without its ending.");
pub(super) static TITLE: Key = must("title", Kind::Text(LINE), "Maker and model.");
pub(super) static STATUS: Key = must(
    "status",
    Kind::Word(&PROOFS),
    "Whether anybody has tried this file on a device: unverified on hardware, or verified.",
);
pub(super) static DIALECT: Key = must(
    "dialect",
    Kind::Word(&DIALECTS),
    "What is spoken to the drive; a table of the same name holds its settings.",
);
pub(super) static SOURCE: Key = must(
    "source",
    Kind::Text(LINE),
    "Where these figures come from: data sheet, manual, or measured by whom.",
);
pub(super) static WITHOUT_POWER: Key = must(
    "without_power",
    Kind::Word(&RESCUES),
    "How a person comes back without power: gravity, battery, crank or none.",
);
pub(super) static SELF_LOCKING: Key = must(
    "self_locking",
    ANSWER,
    "Whether the bed stays where it is with the motor off, by its gear alone. Without, it is only read.",
);
pub(super) static RETURNS_WITHOUT_HOST: Key = must(
    "returns_without_host",
    ANSWER,
    "Whether the guardian brings it back to the rest band when the computer is lost.",
);
pub(super) static LATCH_SENSORS: Key = must(
    "latch_sensors",
    Kind::Whole { least: 0, most: 2 },
    "Ankle-latch sensors fitted: 2 for full limits, 1 for 30 degrees, 0 for 20.",
);
pub(super) static SECOND_ANGLE: Key =
    must("second_angle", ANSWER, "Whether a second angle sensor is fitted.");
pub(super) static HAND_CONTROL: Key =
    must("hand_control", ANSWER, "Whether the strapped person has buttons within reach.");
pub(super) static SLOWEST: Key =
    may("slowest_deg_per_s", SPEED, "Slowest steady speed, with fastest.");
pub(super) static FASTEST: Key =
    may("fastest_deg_per_s", SPEED, "Fastest speed anywhere on its stroke.");
pub(super) static FIXED: Key =
    may("fixed_deg_per_s", SPEED, "Its only speed, instead of slowest and fastest.");
pub(super) static TRAVEL: Key =
    must("travel_deg", Kind::TiltRange, "Ends of its travel, head-up end first.");
pub(super) static LEASE: Key = must(
    "stops_after",
    Kind::Duration { least: 1, most: 400 },
    "How long it goes on without a word from the computer.",
);
pub(super) static DRIVE_TIMEOUT: Key = must(
    "drive_stops_after",
    Kind::Duration { least: 1, most: 2_000 },
    "The longest time-out of its own with which the drive may be armed; it is read back from it.",
);
pub(super) static STOP_DECEL: Key = must(
    "stop_deg_per_s2",
    Kind::Decimal { unit: "degrees a second squared", least: 500, most: 20_000 },
    "How hard it brakes on a stop.",
);
pub(super) static REPORT_EVERY: Key = must(
    "reports_every",
    Kind::Duration { least: 1, most: 1_000 },
    "Time between two reports while armed.",
);
pub(super) static CURRENT_LIMIT: Key = may(
    "current_limit_a",
    Kind::Decimal { unit: "amperes", least: 100, most: 100_000 },
    "Motor current that means an obstacle; left out where the drive reports no current.",
);
pub(super) static SUPPLY_LOW: Key = may(
    "supply_low_v",
    SUPPLY,
    "Supply under which nothing starts and a lowered bed comes home; left out where the drive reports none.",
);
pub(super) static MAINS_LOST: Key = may(
    "mains_lost_v",
    SUPPLY,
    "Supply under which the mains are gone and its battery carries the bed; above supply_low_v.",
);
pub(super) static STROKE: Key = must(
    "stroke",
    Kind::Tables(&STROKE_SHAPE),
    "Places on the actuator's stroke and the tilts measured there, 2 to 64, in the stroke's order.",
);
pub(super) static AT: Key = must("at", PLACE, "Place on the stroke, in the drive's unit.");
pub(super) static TILT_DEG: Key = must(
    "tilt_deg",
    Kind::Decimal { unit: "degrees", least: -90_000, most: 90_000 },
    "Tilt of the bed there; head-down is positive.",
);
pub(super) static LINE_KEY: Key = must("line", Kind::Table(&LINE_SHAPE), "Its serial line.");
pub(super) static BAUD: Key =
    must("baud", Kind::Whole { least: 1_200, most: 4_000_000 }, "Bits a second.");
pub(super) static PARITY: Key =
    must("parity", Kind::Word(&PARITIES), "The check of each byte: none, even or odd.");
pub(super) static STOP_BITS: Key =
    must("stop_bits", Kind::Whole { least: 1, most: 2 }, "Stop bits: 1 or 2.");

pub(super) static JRK: Key = may("jrk", Kind::Table(&JRK_SHAPE), "A Pololu Jrk G2.");
pub(super) static TIC: Key = may("tic", Kind::Table(&TIC_SHAPE), "A Pololu Tic.");
pub(super) static ROBOCLAW: Key =
    may("roboclaw", Kind::Table(&ROBOCLAW_SHAPE), "A Basicmicro RoboClaw in packet serial mode.");
pub(super) static MODBUS: Key =
    may("modbus", Kind::Table(&MODBUS_SHAPE), "A drive described by its Modbus registers.");

pub(super) static DEVICE_NUMBER: Key = may(
    "device_number",
    Kind::Whole { least: 0, most: 127 },
    "Its number, where several devices share a line.",
);
pub(super) static CHECK: Key =
    must("crc", ANSWER, "Whether commands carry the 7-bit check; set the same in the device.");
pub(super) static ANSWERS_CHECK: Key =
    must("answers_crc", ANSWER, "Whether answers carry it as well; set the same in the device.");
pub(super) static COUNTS_PER_UNIT: Key =
    must("counts_per_unit", COUNTS, "Counts of its position in one unit of the stroke.");
pub(super) static COUNTER: Key = must(
    "counter",
    Kind::Word(&COUNTERS),
    "What its counts start from: absolute, or from power-on. With the latter the stroke must lie \
     farther from 0 than it is long, and the counter is set to it once after every power cut.",
);
pub(super) static ADDRESS: Key = must(
    "address",
    Kind::Whole { least: 0x80, most: 0x87 },
    "Its address, 128 to 135 (0x80 to 0x87).",
);
pub(super) static MOTOR: Key =
    must("motor", Kind::Whole { least: 1, most: 2 }, "The motor that moves the bed: 1 or 2.");
pub(super) static ROBOCLAW_MOTION: Key =
    must("motion", Kind::Word(&ROBOCLAW_MOTIONS), "How it takes motion: duty or speed.");
pub(super) static TIMEOUT: Key = must(
    "timeout",
    Kind::Duration { least: 100, most: 2_000 },
    "The time-out that it is given, in tenths of a second; it is read back.",
);
pub(super) static REPLY_TIMEOUT: Key = must(
    "reply_timeout",
    LINE_TIME,
    "From sending a request to the last byte of its answer, wire time included.",
);
pub(super) static TURNAROUND: Key =
    must("turnaround", LINE_TIME, "Silence that ends an answer and comes before a request.");
pub(super) static DRAIN_QUIET: Key = must(
    "drain_quiet",
    LINE_TIME,
    "Silence after a failed request; with reply_timeout longer than the slowest answer.",
);

/// A model file.
pub(crate) static MODEL: Shape = Shape {
    about: "A kind of table that a motor drive moves. It may only say less than the table does.",
    keys: &[
        &SCHEMA,
        &NAME,
        &TITLE,
        &STATUS,
        &SOURCE,
        &DIALECT,
        &WITHOUT_POWER,
        &SELF_LOCKING,
        &RETURNS_WITHOUT_HOST,
        &LATCH_SENSORS,
        &SECOND_ANGLE,
        &HAND_CONTROL,
        &SLOWEST,
        &FASTEST,
        &FIXED,
        &TRAVEL,
        &LEASE,
        &DRIVE_TIMEOUT,
        &STOP_DECEL,
        &REPORT_EVERY,
        &CURRENT_LIMIT,
        &SUPPLY_LOW,
        &MAINS_LOST,
        &STROKE,
        &LINE_KEY,
        &JRK,
        &TIC,
        &ROBOCLAW,
        &MODBUS,
    ],
};
pub(super) static STROKE_SHAPE: Shape =
    Shape { about: "One place on the stroke.", keys: &[&AT, &TILT_DEG] };
static LINE_SHAPE: Shape =
    Shape { about: "How the serial line is set.", keys: &[&BAUD, &PARITY, &STOP_BITS] };
static JRK_SHAPE: Shape = Shape {
    about: "A Pololu Jrk G2; the stroke is in counts. Its time-out is off as delivered: switch it on.",
    keys: &[&DEVICE_NUMBER, &CHECK],
};
static TIC_SHAPE: Shape = Shape {
    about: "A Pololu Tic; the stroke is in pulses.",
    keys: &[&DEVICE_NUMBER, &CHECK, &ANSWERS_CHECK],
};
static ROBOCLAW_SHAPE: Shape = Shape {
    about: "A Basicmicro RoboClaw in packet serial mode.",
    keys: &[
        &ADDRESS,
        &MOTOR,
        &ROBOCLAW_MOTION,
        &COUNTS_PER_UNIT,
        &COUNTER,
        &TIMEOUT,
        &REPLY_TIMEOUT,
        &TURNAROUND,
        &DRAIN_QUIET,
    ],
};
