//! Reading a scenario: a whole simulated session with faults, hands and what must come of it.
//!
//! Faults and acts are words here. Which of them there are is known to the simulator, so the
//! caller hands in the lists.

use antipode_safety::{Angle, Millis};

use crate::document::Read;
use crate::fields::Fields;
use crate::finding::{Findings, Problem, Sink};
use crate::key::{Key, Kind, LINE, List, SCHEMA, Shape, may, must};
use crate::source::Source;

/// The words that scenarios may use, known to the crates that act on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vocabulary<'w> {
    /// Kinds of simulated fault.
    pub faults: &'w [&'w str],
    /// Kinds of act.
    pub acts: &'w [&'w str],
    /// Causes with which a session can end.
    pub end_causes: &'w [&'w str],
}

/// A scenario as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Short name.
    pub name: Option<String>,
    /// One line for people.
    pub title: Option<String>,
    /// Name of the plan, or a path to one from the scenario's folder.
    pub plan: String,
    /// Name of the person, or a path.
    pub person: String,
    /// Name of the table, or a path; the simulated one where it is left out.
    pub table: String,
    /// Ankle-latch sensors of the simulated table; as it stands where it is left out.
    pub latch_sensors: Option<u8>,
    /// Seed of everything drawn by lot.
    pub seed: u64,
    /// What breaks, in the order of the file.
    pub faults: Vec<ScenarioFault>,
    /// What people do, in the order of the file.
    pub acts: Vec<ScenarioAct>,
    /// What must come of it, on the simulated table's true tilt.
    pub expect: Expect,
}

/// A fault of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioFault {
    /// One of [`Vocabulary::faults`].
    pub kind: String,
    /// When it begins, from the start of the session.
    pub at: Millis,
    /// How long it lasts; to the end where it is left out.
    pub lasts: Option<Millis>,
    /// How often it strikes, in thousandths; always where it is left out.
    pub rate: Option<u32>,
    /// How much of it, in thousandths of the unit of its kind.
    pub value: Option<i64>,
}

/// An act of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioAct {
    /// One of [`Vocabulary::acts`].
    pub kind: String,
    /// When, from the start of the session.
    pub at: Millis,
    /// For how long, for acts that last.
    pub lasts: Option<Millis>,
    /// How strong, in thousandths of the unit of its kind.
    pub value: Option<i64>,
}

/// What must come of a scenario; what is left out is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expect {
    /// How it ends.
    pub outcome: Option<ExpectedOutcome>,
    /// Why it ends.
    pub end_cause: Option<String>,
    /// The true tilt is never deeper.
    pub max_tilt: Option<Angle>,
    /// The true tilt at the end lies within.
    pub final_tilt: Option<[Angle; 2]>,
    /// The true tilt is in the rest band at most so long after the first fault or act.
    pub rest_band_within: Option<Millis>,
}

/// How a session can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExpectedOutcome {
    /// Last bout and final rest done.
    Completed,
    /// By STOP.
    Stopped,
    /// By a return.
    Returned,
    /// Never begun.
    Refused,
    /// By a fault.
    Fault,
    /// Nobody knows: the record ends in the middle.
    Interrupted,
}

impl ExpectedOutcome {
    /// Every outcome.
    pub const ALL: [Self; 6] = [
        Self::Completed,
        Self::Stopped,
        Self::Returned,
        Self::Refused,
        Self::Fault,
        Self::Interrupted,
    ];

    /// The word for it in files and summaries.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Stopped => "stopped",
            Self::Returned => "returned",
            Self::Refused => "refused",
            Self::Fault => "fault",
            Self::Interrupted => "interrupted",
        }
    }
}

static OUTCOMES: [&str; 6] =
    ["completed", "stopped", "returned", "refused", "fault", "interrupted"];

/// Times within a scenario.
const TIME: Kind = Kind::Duration { least: 0, most: 24 * 3_600_000 };
/// Thousandths of a fault's or act's own unit.
const VALUE: Kind = Kind::Decimal { unit: "its kind", least: -1_000_000_000, most: 1_000_000_000 };

static NAME: Key = may("name", Kind::Name, "Short name, the file's name without its ending.");
static TITLE: Key = may("title", Kind::Text(LINE), "What it shows, in one line.");
static PLAN: Key = must("plan", Kind::Text(LINE), "Name of a plan, or a path to one from here.");
static PERSON: Key =
    may("person", Kind::Text(LINE), "Name of a person, or a path; left out: virtual.");
static TABLE: Key = may("table", Kind::Text(LINE), "Name of a simulated table; left out: sim.");
static LATCH_SENSORS: Key = may(
    "latch_sensors",
    Kind::Whole { least: 0, most: 2 },
    "Ankle-latch sensors of the simulated table; left out: two.",
);
static SEED: Key = must(
    "seed",
    Kind::Whole { least: 0, most: i64::MAX },
    "Seed of everything that is drawn by lot.",
);
static FAULT: Key = may("fault", Kind::Tables(&FAULT_SHAPE), "What breaks.");
static ACT: Key = may("act", Kind::Tables(&ACT_SHAPE), "What people do.");
static EXPECT: Key = must("expect", Kind::Table(&EXPECT_SHAPE), "What must come of it.");

static FAULT_KIND: Key = must("kind", Kind::Listed(List::Faults), "What breaks.");
static ACT_KIND: Key = must("kind", Kind::Listed(List::Acts), "What is done.");
static AT: Key = must("at", TIME, "When, from the start of the session, such as \"95s\".");
static FOR: Key = may("for", TIME, "For how long; left out: to the end, or for a moment.");
static RATE: Key = may(
    "rate",
    Kind::Decimal { unit: "1 (a share)", least: 0, most: 1_000 },
    "How often it strikes, from 0 to 1; left out: always.",
);
static FAULT_VALUE: Key = may("value", VALUE, "How much of it, in the unit of its kind.");
static ACT_VALUE: Key = may("value", VALUE, "How strong, in the unit of its kind.");

static OUTCOME: Key = may("outcome", Kind::Word(&OUTCOMES), "How the session ends.");
static END_CAUSE: Key = may("end_cause", Kind::Text(LINE), "Why the session ends.");
static MAX_TILT: Key = may(
    "max_tilt_deg",
    Kind::Decimal { unit: "degrees", least: -90_000, most: 90_000 },
    "The true tilt is never deeper.",
);
static FINAL_TILT: Key =
    may("final_tilt_deg", Kind::TiltRange, "The true tilt at the end lies within.");
static REST_BAND_WITHIN: Key = may(
    "rest_band_within",
    TIME,
    "The bed is in the rest band at most so long after the first fault or act.",
);

/// A scenario file.
pub(crate) static SCENARIO: Shape = Shape {
    about: "A whole simulated session with faults, hands and what must come of it.",
    keys: &[
        &SCHEMA,
        &NAME,
        &TITLE,
        &PLAN,
        &PERSON,
        &TABLE,
        &LATCH_SENSORS,
        &SEED,
        &FAULT,
        &ACT,
        &EXPECT,
    ],
};
static FAULT_SHAPE: Shape =
    Shape { about: "Something that breaks.", keys: &[&FAULT_KIND, &AT, &FOR, &RATE, &FAULT_VALUE] };
static ACT_SHAPE: Shape =
    Shape { about: "Something that a person does.", keys: &[&ACT_KIND, &AT, &FOR, &ACT_VALUE] };
static EXPECT_SHAPE: Shape = Shape {
    about: "What must come of it. At least one thing.",
    keys: &[&OUTCOME, &END_CAUSE, &MAX_TILT, &FINAL_TILT, &REST_BAND_WITHIN],
};

/// Reads a scenario whose faults, acts and causes are words of `vocabulary`.
///
/// # Errors
/// Every finding, when one of them is an error.
pub fn read_scenario(
    source: &Source,
    vocabulary: &Vocabulary<'_>,
) -> Result<Read<Scenario>, Findings> {
    crate::document::read(source, &SCENARIO, |fields, sink| scenario(fields, vocabulary, sink))
}

fn scenario(
    fields: &Fields<'_, '_>,
    vocabulary: &Vocabulary<'_>,
    sink: &mut Sink,
) -> Option<Scenario> {
    let name = fields.name(&NAME, sink);
    let title = fields.text(&TITLE, sink);
    let plan = fields.text(&PLAN, sink);
    let person = fields.text(&PERSON, sink);
    let table = fields.text(&TABLE, sink);
    let latch_sensors = fields.whole(&LATCH_SENSORS, sink).and_then(|n| u8::try_from(n).ok());
    let seed = fields.whole(&SEED, sink).and_then(|seed| u64::try_from(seed).ok());
    let faults = each(fields, &FAULT, &FAULT_SHAPE, sink, |fault, sink| {
        let kind = fault.listed(&FAULT_KIND, vocabulary.faults, sink);
        let at = fault.duration(&AT, sink);
        let lasts = fault.duration(&FOR, sink);
        let rate = fault.decimal(&RATE, sink).and_then(|rate| u32::try_from(rate).ok());
        let value = fault.decimal(&FAULT_VALUE, sink);
        Some(ScenarioFault { kind: kind?.to_owned(), at: at?, lasts, rate, value })
    });
    let acts = each(fields, &ACT, &ACT_SHAPE, sink, |act, sink| {
        let kind = act.listed(&ACT_KIND, vocabulary.acts, sink);
        let at = act.duration(&AT, sink);
        let lasts = act.duration(&FOR, sink);
        let value = act.decimal(&ACT_VALUE, sink);
        Some(ScenarioAct { kind: kind?.to_owned(), at: at?, lasts, value })
    });
    let expect = fields.table(&EXPECT, sink).map(|fields| expect(&fields, vocabulary, sink));
    Some(Scenario {
        name,
        title,
        plan: plan?,
        person: person.unwrap_or_else(|| "virtual".to_owned()),
        table: table.unwrap_or_else(|| "sim".to_owned()),
        latch_sensors,
        seed: seed?,
        faults,
        acts,
        expect: expect?,
    })
}

fn each<T>(
    fields: &Fields<'_, '_>,
    key: &'static Key,
    shape: &'static Shape,
    sink: &mut Sink,
    read: impl Fn(&Fields<'_, '_>, &mut Sink) -> Option<T>,
) -> Vec<T> {
    let tables = fields.tables(key, sink);
    let items = tables.into_iter().filter_map(|(table, span)| {
        let item = Fields::open(table, span, shape, sink);
        read(&item, sink)
    });
    items.collect()
}

fn expect(fields: &Fields<'_, '_>, vocabulary: &Vocabulary<'_>, sink: &mut Sink) -> Expect {
    let expect = Expect {
        outcome: fields.choice(&OUTCOME, &ExpectedOutcome::ALL, ExpectedOutcome::key, sink),
        end_cause: fields.listed(&END_CAUSE, vocabulary.end_causes, sink).map(ToOwned::to_owned),
        max_tilt: fields.tilt(&MAX_TILT, sink),
        final_tilt: fields.tilt_range(&FINAL_TILT, sink),
        rest_band_within: fields.duration(&REST_BAND_WITHIN, sink),
    };
    if expect == Expect::default() && !sink.has_error() {
        let why = "names nothing that must come of it";
        sink.error(fields.span.clone(), Problem::Conflict { key: EXPECT.name, why });
    }
    expect
}
