//! Reading a model file: what a kind of table can do, for tables that cannot say it themselves.

use antipode_device::{Rates, Rescue};
use antipode_safety::{Angle, Millis, Rate};

use crate::document::Read;
use crate::fields::Fields;
use crate::finding::{Findings, Problem, Sink};
use crate::key::{Key, Kind, LINE, SCHEMA, Shape, may, must};
use crate::source::Source;

static RESCUES: [&str; 4] = ["gravity", "battery", "crank", "none"];
static YES_NO: [&str; 2] = ["yes", "no"];

/// Speeds of tables.
const SPEED: Kind = Kind::Decimal { unit: "degrees a second", least: 100, most: 20_000 };
/// A word rather than true or false, so that a file reads as a statement about the table.
const ANSWER: Kind = Kind::Word(&YES_NO);

static NAME: Key = must("name", Kind::Name, "Short name, the file's name without its ending.");
static TITLE: Key = must("title", Kind::Text(LINE), "Maker and model.");
static DIALECT: Key =
    must("dialect", Kind::Name, "The dialect of the driver that it speaks, such as pololu.");
static SOURCE: Key = must(
    "source",
    Kind::Text(LINE),
    "Where these figures come from: data sheet, manual, or measured by whom.",
);
static WITHOUT_POWER: Key = must(
    "without_power",
    Kind::Word(&RESCUES),
    "How a person comes back without power: gravity, battery, crank or none.",
);
static RETURNS_WITHOUT_HOST: Key = must(
    "returns_without_host",
    ANSWER,
    "Whether it comes back to the rest band by itself when the computer is lost.",
);
static LATCH_SENSORS: Key = must(
    "latch_sensors",
    Kind::Whole { least: 0, most: 2 },
    "Ankle-latch sensors fitted: 2 for full limits, 1 for 30 degrees, 0 for 20.",
);
static SECOND_ANGLE: Key = must("second_angle", ANSWER, "Whether a second angle sensor is fitted.");
static HAND_CONTROL: Key =
    must("hand_control", ANSWER, "Whether the strapped person has buttons within reach.");
static SLOWEST: Key = may("slowest_deg_per_s", SPEED, "Slowest steady speed, with fastest.");
static FASTEST: Key = may("fastest_deg_per_s", SPEED, "Fastest speed anywhere on its stroke.");
static FIXED: Key =
    may("fixed_deg_per_s", SPEED, "Its only speed, instead of slowest and fastest.");
static TRAVEL: Key = must("travel_deg", Kind::TiltRange, "Ends of its travel, head-up end first.");
static LEASE: Key = must(
    "stops_after",
    Kind::Duration { least: 1, most: 400 },
    "How long it goes on without a word from the computer.",
);
static STOP_DECEL: Key = must(
    "stop_deg_per_s2",
    Kind::Decimal { unit: "degrees a second squared", least: 500, most: 20_000 },
    "How hard it brakes on a stop.",
);
static REPORT_EVERY: Key = must(
    "reports_every",
    Kind::Duration { least: 1, most: 1_000 },
    "Time between two reports while armed.",
);

/// A model file.
pub(crate) static MODEL: Shape = Shape {
    about: "What a kind of table can do. It may only say less than the table does.",
    keys: &[
        &SCHEMA,
        &NAME,
        &TITLE,
        &DIALECT,
        &SOURCE,
        &WITHOUT_POWER,
        &RETURNS_WITHOUT_HOST,
        &LATCH_SENSORS,
        &SECOND_ANGLE,
        &HAND_CONTROL,
        &SLOWEST,
        &FASTEST,
        &FIXED,
        &TRAVEL,
        &LEASE,
        &STOP_DECEL,
        &REPORT_EVERY,
    ],
};

/// A kind of table as its file describes it. Serial number, firmware and configuration are the
/// single table's and come from the table itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelFile {
    /// Short name.
    pub name: String,
    /// Maker and model.
    pub title: String,
    /// Dialect of the driver.
    pub dialect: String,
    /// Where the figures come from.
    pub figures_from: String,
    /// How a person comes back without power.
    pub rescue: Rescue,
    /// Whether it returns by itself when the host is lost.
    pub returns_without_host: bool,
    /// Ankle-latch sensors fitted.
    pub latch_sensors: u8,
    /// Whether a second angle sensor is fitted.
    pub second_angle: bool,
    /// Whether the strapped person has buttons within reach.
    pub hand_control: bool,
    /// Speeds.
    pub rates: Rates,
    /// Head-up and head-down end of its travel.
    pub travel: [Angle; 2],
    /// How long it goes on without a word from the host.
    pub lease: Millis,
    /// How hard it brakes, in millidegrees a second squared.
    pub stop_decel: u32,
    /// Time between two reports while armed.
    pub report_every: Millis,
}

/// Reads a model.
///
/// # Errors
/// Every finding, when one of them is an error.
pub fn read_model(source: &Source) -> Result<Read<ModelFile>, Findings> {
    crate::document::read(source, &MODEL, model)
}

fn model(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<ModelFile> {
    let name = fields.name(&NAME, sink);
    let title = fields.text(&TITLE, sink);
    let dialect = fields.name(&DIALECT, sink);
    let figures_from = fields.text(&SOURCE, sink);
    let rescue = fields.choice(&WITHOUT_POWER, &Rescue::ALL, Rescue::as_str, sink);
    let returns_without_host = answer(fields, &RETURNS_WITHOUT_HOST, sink);
    let latch_sensors = fields.whole(&LATCH_SENSORS, sink).and_then(|n| u8::try_from(n).ok());
    let second_angle = answer(fields, &SECOND_ANGLE, sink);
    let hand_control = answer(fields, &HAND_CONTROL, sink);
    let rates = rates(fields, sink);
    let travel = fields.tilt_range(&TRAVEL, sink);
    let lease = fields.duration(&LEASE, sink);
    let stop_decel = fields.decimal(&STOP_DECEL, sink).and_then(|n| u32::try_from(n).ok());
    let report_every = fields.duration(&REPORT_EVERY, sink);
    Some(ModelFile {
        name: name?,
        title: title?,
        dialect: dialect?,
        figures_from: figures_from?,
        rescue: rescue?,
        returns_without_host: returns_without_host?,
        latch_sensors: latch_sensors?,
        second_angle: second_angle?,
        hand_control: hand_control?,
        rates: rates?,
        travel: travel?,
        lease: lease?,
        stop_decel: stop_decel?,
        report_every: report_every?,
    })
}

fn answer(fields: &Fields<'_, '_>, key: &'static Key, sink: &mut Sink) -> Option<bool> {
    fields.choice(key, &[true, false], |yes| if yes { "yes" } else { "no" }, sink)
}

fn rates(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<Rates> {
    let slowest: Option<Rate> = fields.rate(&SLOWEST, sink);
    let fastest: Option<Rate> = fields.rate(&FASTEST, sink);
    let fixed: Option<Rate> = fields.rate(&FIXED, sink);
    let wrong = |why, sink: &mut Sink| {
        if !sink.has_error() {
            let problem = Problem::Conflict { key: FASTEST.name, why };
            sink.error(fields.span_of(&FASTEST), problem);
        }
        None
    };
    match (slowest, fastest, fixed) {
        (Some(slowest), Some(fastest), None) if slowest <= fastest => {
            Some(Rates::Range { slowest, fastest })
        }
        (Some(_), Some(_), None) => wrong("must not be below slowest_deg_per_s", sink),
        (None, None, Some(fixed)) => Some(Rates::Fixed(fixed)),
        _ => wrong("and slowest_deg_per_s go together; fixed_deg_per_s stands alone", sink),
    }
}
