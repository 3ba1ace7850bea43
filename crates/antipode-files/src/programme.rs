//! Reading a programme file.

use antipode_core::plan::{Attendance, EvidenceStrength, Travel};
use antipode_core::programme::{
    Entry, Programme, ProgrammeFinding, ProgrammeParts, Rung, Slot, Style,
};
use antipode_safety::Millis;
use std::num::NonZeroU16;
use std::ops::Range;
use toml::de::DeTable;

use crate::document::Read;
use crate::fields::Fields;
use crate::finding::{Findings, Problem, Sink};
use crate::key::{Key, Kind, SCHEMA, Shape, Variants, may, must};
use crate::plan::keys as k;
use crate::source::Source;

static YES_NO: [&str; 2] = ["no", "yes"];
static STYLES: [&str; 2] = ["static", "swing"];

static WEEKS: Key = must(
    "weeks",
    Kind::Whole { least: 1, most: 52 },
    "Its length; at most 6: what does not help by then is reviewed, not prolonged.",
);
static DAYS_PER_WEEK: Key = must(
    "days_per_week",
    Kind::Whole { least: 1, most: 7 },
    "Most days with a session in any seven; usually 3 to 4.",
);
static MAINTENANCE: Key = may(
    "maintenance_weeks",
    Kind::Whole { least: 0, most: 52 },
    "Longest maintenance afterwards, with a named clinician; at most 12; left out: none.",
);
static ENTRY: Key = must("entry", Kind::Table(&ENTRY_SHAPE), "What must be so before it begins.");
static PRESCRIBED: Key = may(
    "prescribed",
    Kind::Word(&YES_NO),
    "Whether a clinician must have prescribed it by name; left out: no.",
);
static AFTER: Key =
    may("after", Kind::Name, "The programme that must have been gone through to its top first.");
static STEP: Key = must(
    "step",
    Kind::Variants(&STEPS),
    "The ladder, gentlest step first; each changes one thing by a little.",
);
static STYLE: Key =
    may("kind", Kind::Word(&STYLES), "What a bout does at its tilt; left out: static.");
static BOUTS: Key = must("bouts", Kind::Whole { least: 1, most: 100 }, "How many bouts.");

/// A programme file.
pub(crate) static PROGRAMME: Shape = Shape {
    about: "Several weeks as written: a ladder of sessions, and how long it goes on.",
    keys: &[
        &SCHEMA,
        &k::NAME,
        &k::TITLE,
        &k::EVIDENCE,
        &k::STRENGTH,
        &WEEKS,
        &DAYS_PER_WEEK,
        &MAINTENANCE,
        &ENTRY,
        &STEP,
    ],
};

static ENTRY_SHAPE: Shape = Shape {
    about: "What must be so before the programme begins.",
    keys: &[&k::REQUIRES, &PRESCRIBED, &AFTER],
};

static STEPS: Variants =
    Variants { tag: &STYLE, default: "static", shapes: &[("static", &STATIC), ("swing", &SWING)] };

static STATIC: Shape = Shape {
    about: "A step whose bouts lower, hold and raise.",
    keys: &[&STYLE, &k::TILT_DEG, &BOUTS, &k::HOLD, &k::REST, &k::LOWER, &k::RAISE],
};

static SWING: Shape = Shape {
    about: "A step whose bouts swing between level and the tilt.",
    keys: &[
        &STYLE,
        &k::TILT_DEG,
        &BOUTS,
        &k::HOLD,
        &k::CYCLES,
        &k::EASE,
        &k::REST,
        &k::LOWER,
        &k::RAISE,
    ],
};

/// Reads a programme.
///
/// # Errors
/// Every finding, when one of them is an error; among them every rule that its ladder breaks.
pub fn read_programme(source: &Source) -> Result<Read<Programme>, Findings> {
    crate::document::read(source, &PROGRAMME, |fields, sink| {
        let mut places = Vec::new();
        let parts = parts(fields, &mut places, sink)?;
        match Programme::new(parts) {
            Ok(programme) => Some(programme),
            Err(findings) => {
                for finding in findings {
                    let span = place(&finding, &places, fields);
                    sink.error(span, Problem::Programme(finding));
                }
                None
            }
        }
    })
}

fn place(
    finding: &ProgrammeFinding,
    places: &[Range<usize>],
    fields: &Fields<'_, '_>,
) -> Range<usize> {
    if let Some(rung) = finding.rung() {
        return places.get(rung).cloned().unwrap_or(0..0);
    }
    let ProgrammeFinding::Range { slot, .. } = finding else { return 0..0 };
    fields.span_of(match slot {
        Slot::Weeks => &WEEKS,
        Slot::DaysPerWeek => &DAYS_PER_WEEK,
        Slot::MaintenanceWeeks => &MAINTENANCE,
        Slot::Rungs => &STEP,
    })
}

fn parts(
    fields: &Fields<'_, '_>,
    places: &mut Vec<Range<usize>>,
    sink: &mut Sink,
) -> Option<ProgrammeParts> {
    let name = fields.name(&k::NAME, sink);
    let title = fields.text(&k::TITLE, sink);
    let evidence = fields.text(&k::EVIDENCE, sink);
    let strength = fields.choice(&k::STRENGTH, &EvidenceStrength::ALL, EvidenceStrength::key, sink);
    let weeks = small(fields, &WEEKS, sink);
    let days_per_week = small(fields, &DAYS_PER_WEEK, sink);
    let maintenance = small(fields, &MAINTENANCE, sink);
    let entry = fields.table(&ENTRY, sink).and_then(|entry| self::entry(&entry, sink));
    let mut ladder = Some(Vec::new());
    for (table, span) in fields.tables(&STEP, sink) {
        places.push(span.clone());
        let rung = rung(table, span, sink);
        ladder = ladder.zip(rung).map(|(mut ladder, rung)| {
            ladder.push(rung);
            ladder
        });
    }
    // Rules of the ladder hold for whole ladders only.
    if sink.has_error() {
        return None;
    }
    Some(ProgrammeParts {
        name: name?,
        title: title?,
        evidence: evidence?,
        strength: strength.unwrap_or(EvidenceStrength::Proposal),
        weeks: weeks?,
        days_per_week: days_per_week?,
        entry: entry?,
        maintenance_weeks: maintenance.unwrap_or(0),
        ladder: ladder?,
    })
}

fn entry(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<Entry> {
    let attendance = fields.choice(&k::REQUIRES, &Attendance::ALL, Attendance::key, sink);
    let prescribed = fields.listed(&PRESCRIBED, &YES_NO, sink);
    let after = fields.name(&AFTER, sink);
    Some(Entry {
        attendance: attendance.unwrap_or(Attendance::Spotter),
        prescribed: prescribed == Some("yes"),
        after,
    })
}

fn rung(table: &DeTable<'_>, span: Range<usize>, sink: &mut Sink) -> Option<Rung> {
    let (kind, fields) = Fields::open_variant(table, span, &STEPS, sink)?;
    let tilt = fields.tilt(&k::TILT_DEG, sink);
    let bouts = fields.whole(&BOUTS, sink).and_then(|bouts| u16::try_from(bouts).ok());
    let hold = fields.duration(&k::HOLD, sink);
    let rest = fields.duration(&k::REST, sink);
    let (lower, raise) = (fields.rate(&k::LOWER, sink), fields.rate(&k::RAISE, sink));
    let style = match kind {
        "swing" => {
            let cycles = fields.whole(&k::CYCLES, sink).and_then(|many| u16::try_from(many).ok());
            let ease = fields.duration(&k::EASE, sink).unwrap_or(Millis::ZERO);
            cycles.and_then(NonZeroU16::new).map(|cycles| Style::Swing { cycles, ease })
        }
        _ => Some(Style::Static),
    };
    Some(Rung {
        tilt: tilt?,
        bouts: NonZeroU16::new(bouts?)?,
        hold: hold?,
        rest: rest?,
        travel: Travel::new(lower?, raise?)?,
        style: style?,
    })
}

fn small(fields: &Fields<'_, '_>, key: &'static Key, sink: &mut Sink) -> Option<u8> {
    fields.whole(key, sink).and_then(|value| u8::try_from(value).ok())
}
