//! The keys of a commissioning record, and reading one check by them.

use antipode_safety::Angle;

use super::{CheckKind, Done, Identity, Measured};
use crate::fields::Fields;
use crate::finding::{Problem, Sink};
use crate::key::{Key, Kind, LINE, SCHEMA, Shape, may, must};

static RESCUES: [&str; 4] = ["gravity", "battery", "crank", "none"];
static RESULTS: [&str; 2] = ["passed", "failed"];
static YES_NO: [&str; 2] = ["yes", "no"];

const TILT: Kind = Kind::Decimal { unit: "degrees", least: -180_000, most: 180_000 };
const TRAVEL: Kind = Kind::Decimal { unit: "degrees", least: 0, most: 180_000 };
const SPEED: Kind = Kind::Decimal { unit: "degrees a second", least: 0, most: 20_000 };
const TIME: Kind = Kind::Duration { least: 0, most: 3_600_000 };

pub(super) static CHECKSUM: Key = must(
    "checksum",
    Kind::Text(64),
    "Of every other line. It finds slips of an editor or a disk, and no forger.",
);
pub(super) static TABLE: Key = must("table", Kind::Name, "The table that was tried.");
pub(super) static DRIVER: Key = must("driver", Kind::Name, "The driver that it was tried with.");
pub(super) static WITHOUT_POWER: Key =
    must("without_power", Kind::Word(&RESCUES), "The way back without power that was tried.");
pub(super) static ANGLE_SENSOR: Key = may(
    "angle_sensor",
    Kind::Text(2 * LINE),
    "The inclinometer beside the table, as its file described it.",
);
pub(super) static DRIVE: Key = may(
    "drive",
    Kind::Text(16 * LINE),
    "What the motor drive said of itself and of how it is set, where a guardian runs it.",
);
pub(super) static SIGNED_BY: Key =
    may("signed_by", Kind::Text(LINE), "Who vouches for it; left out: nobody yet.");
pub(super) static SIGNED_ON: Key = may("signed_on", Kind::Date, "The date.");

static DONE_ON: Key = must("done_on", Kind::Date, "The date.");
static RESULT: Key =
    must("result", Kind::Word(&RESULTS), "What the figures of this check come to.");
static SERIAL: Key = must(
    "serial",
    Kind::Whole { least: 0, most: u32::MAX as i64 },
    "Serial number of the controller that it was done on.",
);
static FIRMWARE: Key =
    must("firmware", Kind::Whole { least: 0, most: u16::MAX as i64 }, "Version of its firmware.");
static CONFIG_HASH: Key = must(
    "config_hash",
    Kind::Whole { least: 0, most: u32::MAX as i64 },
    "Fingerprint of its settings.",
);

pub(super) static TOLD_DEG: Key = must("told_deg", TILT, "How far it was told to go, head-down.");
pub(super) static MOVED_DEG: Key = must("moved_deg", TILT, "How far it went.");
pub(super) static SECOND_DEG: Key =
    may("second_moved_deg", TILT, "How far it went by the second angle source.");
pub(super) static TOLD_SPEED: Key = must("told_deg_per_s", SPEED, "The speed it was told.");
pub(super) static LOWERING: Key = must("lowering_deg_per_s", SPEED, "The speed downwards.");
pub(super) static RAISING: Key = must("raising_deg_per_s", SPEED, "The speed upwards.");
pub(super) static FROM_SPEED: Key = must("from_deg_per_s", SPEED, "The speed it had.");
pub(super) static STOP_DEG: Key = must("stop_deg", TRAVEL, "How far it went on after a halt.");
pub(super) static LEASE: Key = must("lease", TIME, "The lease that the table states.");
pub(super) static STOPPED_AFTER: Key = must(
    "stopped_after",
    TIME,
    "How long it went on after the last word of the computer, the cable in.",
);
pub(super) static CABLE_DEG: Key =
    must("cable_pulled_deg", TRAVEL, "How far it went on when the cable was pulled.");
pub(super) static LOAD_KG: Key =
    must("load_kg", Kind::Whole { least: 0, most: 400 }, "What lay on the bed.");
pub(super) static AT_DEG: Key = must("at_deg", TILT, "Where it held.");
pub(super) static HELD: Key = must("held", TIME, "For how long it was watched.");
pub(super) static SLIP_DEG: Key = must("slip_deg", TRAVEL, "How far it slipped.");
pub(super) static HEAD_UP_DEG: Key = must("head_up_deg", TILT, "Where the head-up stop cut off.");
pub(super) static HEAD_DOWN_DEG: Key =
    must("head_down_deg", TILT, "Where the head-down stop cut off.");
pub(super) static SANK_DEG: Key =
    must("sank_deg", TRAVEL, "How far it sank toward head-down when power went.");
pub(super) static MOVED_ON_POWER: Key = must(
    "moved_on_power",
    Kind::Word(&YES_NO),
    "Whether anything moved by itself when power came back.",
);
pub(super) static FROM_DEG: Key = must("from_deg", TILT, "From which tilt.");
pub(super) static TOOK: Key = must("took", TIME, "How long it took.");

/// A shape of one check: what every check has, and its own figures.
macro_rules! check_shapes {
    ($($shape:ident, $key:ident, $name:literal, $about:literal, [$($figure:ident),*];)*) => {
        $(
            static $shape: Shape = Shape {
                about: $about,
                keys: &[&DONE_ON, &SERIAL, &FIRMWARE, &CONFIG_HASH, &RESULT, $(&$figure),*],
            };
            static $key: Key = may($name, Kind::Table(&$shape), $about);
        )*
        /// A commissioning record.
        pub(crate) static COMMISSIONING: Shape = Shape {
            about: "What was measured on a table and signed off before it may carry anybody \
                    head-down. Written by `antipode table commission`.",
            keys: &[
                &SCHEMA, &CHECKSUM, &TABLE, &DRIVER, &WITHOUT_POWER, &ANGLE_SENSOR, &DRIVE, &SIGNED_BY,
                &SIGNED_ON,
                $(&$key),*
            ],
        };
    };
}

check_shapes! {
    DIRECTION_SHAPE, DIRECTION, "direction", "A nudge toward head-down.",
        [TOLD_DEG, MOVED_DEG, SECOND_DEG];
    SPEED_SHAPE, SPEED_CHECK, "speed", "The speed it was told, and the speed it had.",
        [TOLD_SPEED, LOWERING, RAISING];
    STOP_SHAPE, STOP_DISTANCE, "stop_distance", "How far it goes on after a halt.",
        [FROM_SPEED, STOP_DEG];
    LEASE_SHAPE, LEASE_EXPIRY, "lease_expiry", "It stops by itself without the computer.",
        [FROM_SPEED, LEASE, STOPPED_AFTER, CABLE_DEG];
    BRAKE_SHAPE, BRAKE, "brake", "The brake holds the loaded bed.",
        [LOAD_KG, AT_DEG, HELD, SLIP_DEG];
    ENDS_SHAPE, END_STOPS, "end_stops", "Where the end stops cut the drive off.",
        [HEAD_UP_DEG, HEAD_DOWN_DEG];
    POWER_SHAPE, POWER_CUT, "power_cut", "Power is cut and comes back.",
        [SANK_DEG, MOVED_ON_POWER];
    BACK_SHAPE, WITHOUT_POWER_CHECK, "return_without_power",
        "The way back without power, to the rest band.", [FROM_DEG, TOOK];
    RELEASE_SHAPE, SELF_RELEASE, "self_release",
        "The strapped person frees themselves, power off, in the rest band.", [TOOK];
}

const fn key_of(kind: CheckKind) -> &'static Key {
    match kind {
        CheckKind::Direction => &DIRECTION,
        CheckKind::Speed => &SPEED_CHECK,
        CheckKind::StopDistance => &STOP_DISTANCE,
        CheckKind::LeaseExpiry => &LEASE_EXPIRY,
        CheckKind::Brake => &BRAKE,
        CheckKind::EndStops => &END_STOPS,
        CheckKind::PowerCut => &POWER_CUT,
        CheckKind::WithoutPower => &WITHOUT_POWER_CHECK,
        CheckKind::SelfRelease => &SELF_RELEASE,
    }
}

/// The check of that kind, where the file has it.
pub(super) fn check(kind: CheckKind, record: &Fields<'_, '_>, sink: &mut Sink) -> Option<Done> {
    let fields = record.table(key_of(kind), sink)?;
    let on = fields.date(&DONE_ON, sink);
    let serial = fields.whole(&SERIAL, sink).and_then(|n| u32::try_from(n).ok());
    let firmware = fields.whole(&FIRMWARE, sink).and_then(|n| u16::try_from(n).ok());
    let config_hash = fields.whole(&CONFIG_HASH, sink).and_then(|n| u32::try_from(n).ok());
    let passed = fields.choice(&RESULT, &[true, false], result_word, sink);
    let measured = measured(kind, &fields, sink)?;
    if passed? != measured.passes() {
        let (key, why) = (RESULT.name, "is not what the figures beside it come to");
        sink.error(fields.span_of(&RESULT), Problem::Conflict { key, why });
    }
    let of = Identity { serial: serial?, firmware: firmware?, config_hash: config_hash? };
    Some(Done { measured, on: on?, of })
}

/// The word for a check that passed or did not.
pub(super) const fn result_word(passed: bool) -> &'static str {
    if passed { "passed" } else { "failed" }
}

/// The word for an answer.
pub(super) const fn answer_word(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

fn measured(kind: CheckKind, fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<Measured> {
    match kind {
        CheckKind::Direction => {
            let (told, moved) = (fields.tilt(&TOLD_DEG, sink), fields.tilt(&MOVED_DEG, sink));
            let second = fields.tilt(&SECOND_DEG, sink);
            Some(Measured::Direction { told: told?, moved: moved?, second })
        }
        CheckKind::Speed => {
            let told = fields.rate(&TOLD_SPEED, sink);
            let (lowering, raising) = (fields.rate(&LOWERING, sink), fields.rate(&RAISING, sink));
            Some(Measured::Speed { told: told?, lowering: lowering?, raising: raising? })
        }
        CheckKind::StopDistance => {
            let (from, travel) = (fields.rate(&FROM_SPEED, sink), fields.tilt(&STOP_DEG, sink));
            Some(Measured::StopDistance { from: from?, travel: travel? })
        }
        CheckKind::LeaseExpiry => {
            let (from, lease) = (fields.rate(&FROM_SPEED, sink), fields.duration(&LEASE, sink));
            let stopped_after = fields.duration(&STOPPED_AFTER, sink);
            let cable_travel: Option<Angle> = fields.tilt(&CABLE_DEG, sink);
            Some(Measured::LeaseExpiry {
                from: from?,
                lease: lease?,
                stopped_after: stopped_after?,
                cable_travel: cable_travel?,
            })
        }
        CheckKind::Brake => {
            let load_kg = fields.whole(&LOAD_KG, sink).and_then(|kg| u16::try_from(kg).ok());
            let (at, held) = (fields.tilt(&AT_DEG, sink), fields.duration(&HELD, sink));
            let slip = fields.tilt(&SLIP_DEG, sink);
            Some(Measured::Brake { load_kg: load_kg?, at: at?, held: held?, slip: slip? })
        }
        CheckKind::EndStops => {
            let head_up = fields.tilt(&HEAD_UP_DEG, sink);
            let head_down = fields.tilt(&HEAD_DOWN_DEG, sink);
            Some(Measured::EndStops { head_up: head_up?, head_down: head_down? })
        }
        CheckKind::PowerCut => {
            let sank = fields.tilt(&SANK_DEG, sink);
            let moved_on_power = fields.choice(&MOVED_ON_POWER, &[true, false], answer_word, sink);
            Some(Measured::PowerCut { sank: sank?, moved_on_power: moved_on_power? })
        }
        CheckKind::WithoutPower => {
            let (from, took) = (fields.tilt(&FROM_DEG, sink), fields.duration(&TOOK, sink));
            Some(Measured::WithoutPower { from: from?, took: took? })
        }
        CheckKind::SelfRelease => {
            fields.duration(&TOOK, sink).map(|took| Measured::SelfRelease { took })
        }
    }
}
