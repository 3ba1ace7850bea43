//! Reading a sheet of questions.

use antipode_core::screening::{
    AgeUnit, Id, Keeps, Kind as AnswerKind, NumberRule, Question, Severity, Sheet, SheetId,
    SheetParts, Strength, Whom,
};
use antipode_safety::Narrowing;
use std::ops::Range;

use crate::document::Read;
use crate::fields::Fields;
use crate::finding::{Findings, Problem, Sink};
use crate::key::{Key, Kind, LINE, SCHEMA, Shape, may, must};
use crate::source::Source;

static UNITS: [&str; 3] = ["days", "months", "years"];
static YES_NO: [&str; 2] = ["yes", "no"];
static SEVERITIES: [&str; 5] = ["advice", "not-today", "clearance", "block", "red-flag"];
static KEEPS_WORDS: [&str; 3] = ["condition", "day", "each-time"];
static STRENGTHS: [&str; 5] = ["proposal", "maker", "teaching", "study", "guideline"];
static WHOMS: [&str; 6] =
    ["nobody", "table-keeper", "clinician", "doctor", "eye-doctor", "emergency"];

/// Longest text that a person reads as one question or answer.
const TEXT: usize = 400;

static NAME: Key = must("name", Kind::Name, "Short name; its translations share it.");
static VERSION: Key = must(
    "version",
    Kind::Whole { least: 1, most: 1_000_000 },
    "Version of the questions; a new one asks everybody again.",
);
static LANGUAGE: Key = must("language", Kind::Name, "Language of the texts, such as en.");
static TITLE: Key = must("title", Kind::Text(LINE), "One line for people.");
static QUESTION: Key =
    must("question", Kind::Tables(&QUESTION_SHAPE), "The questions in the order they are asked.");

static ID: Key = must("id", Kind::Name, "Short name of the question; never used for another one.");
static SHORT: Key =
    must("short", Kind::Text(80), "What it is about in a few words, for lists and refusals.");
static ASK: Key = must("ask", Kind::Text(TEXT), "The question.");
static NUMBER: Key = may(
    "number",
    Kind::Table(&NUMBER_SHAPE),
    "The answer is a whole number; left out: it is yes or no.",
);
static FINDS: Key =
    may("finds", Kind::Word(&YES_NO), "Which answer is a finding; left out: yes. Not for numbers.");
static SEVERITY: Key = must("severity", Kind::Word(&SEVERITIES), "What a finding does.");
static SCOPE: Key = may(
    "scope",
    Kind::Name,
    "What a clearance must cover, for severity clearance; left out: the id of the question.",
);
static KEEPS: Key = must("keeps", Kind::Word(&KEEPS_WORDS), "How long an answer holds.");
static SOURCE: Key = must("source", Kind::Text(LINE), "Where the rule comes from.");
static STRENGTH: Key = must("strength", Kind::Word(&STRENGTHS), "What that source is worth.");
static CHANGE: Key = must("change", Kind::Text(TEXT), "What would change a finding.");
static WHOM: Key = must("whom", Kind::Word(&WHOMS), "Whom the person can ask.");
static LIMITS: Key = may(
    "limits",
    Kind::Table(&LIMITS_SHAPE),
    "What a finding narrows, for severity clearance and advice.",
);

static UNIT: Key = must("unit", Kind::Word(&UNITS), "Its unit.");
static LEAST: Key = must("least", Kind::Whole { least: 0, most: 65_535 }, "Least that is taken.");
static MOST: Key = must("most", Kind::Whole { least: 0, most: 65_535 }, "Most that is taken.");
static BELOW: Key =
    may("below", Kind::Whole { least: 0, most: 65_535 }, "Less than this is a finding.");
static ABOVE: Key =
    may("above", Kind::Whole { least: 0, most: 65_535 }, "More than this is a finding.");
static OR_NONE: Key = may(
    "or_none",
    Kind::Word(&YES_NO),
    "Whether \"there is none\" is an answer, and no finding; left out: no.",
);

static TILT_DEG: Key = may(
    "tilt_deg",
    Kind::Decimal { unit: "degrees", least: 0, most: 75_000 },
    "Deepest head-down tilt.",
);
static DEG_PER_S: Key = may(
    "deg_per_s",
    Kind::Decimal { unit: "degrees a second", least: 500, most: 3_000 },
    "Fastest travel.",
);
static BOUT_HOLD: Key =
    may("bout_hold", Kind::Duration { least: 0, most: 300_000 }, "Longest hold of one bout.");
static DAY_HOLD: Key =
    may("day_hold", Kind::Duration { least: 0, most: 1_200_000 }, "Longest hold of one day.");

/// A sheet of questions.
pub(crate) static SCREENING: Shape = Shape {
    about: "Questions about who may use a table. None of the built-in ones can be left out.",
    keys: &[&SCHEMA, &NAME, &VERSION, &LANGUAGE, &TITLE, &QUESTION],
};
static QUESTION_SHAPE: Shape = Shape {
    about: "One question and what follows from its answer.",
    keys: &[
        &ID, &SHORT, &ASK, &NUMBER, &FINDS, &SEVERITY, &SCOPE, &KEEPS, &SOURCE, &STRENGTH, &CHANGE,
        &WHOM, &LIMITS,
    ],
};
static NUMBER_SHAPE: Shape = Shape {
    about: "A whole number, and which ones are a finding.",
    keys: &[&UNIT, &LEAST, &MOST, &BELOW, &ABOVE, &OR_NONE],
};
static LIMITS_SHAPE: Shape = Shape {
    about: "What a finding narrows. A value wider than another limit changes nothing.",
    keys: &[&TILT_DEG, &DEG_PER_S, &BOUT_HOLD, &DAY_HOLD],
};

/// Reads a sheet of questions.
///
/// # Errors
/// Every finding, when one of them is an error; among them that a question which no sheet may leave
/// out or soften is missing or softer.
pub fn read_screening(source: &Source) -> Result<Read<Sheet>, Findings> {
    crate::document::read(source, &SCREENING, sheet)
}

fn sheet(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<Sheet> {
    let name = id(fields, &NAME, sink);
    let version = fields.whole(&VERSION, sink).and_then(|version| u32::try_from(version).ok());
    let language = id(fields, &LANGUAGE, sink);
    let title = fields.text(&TITLE, sink);
    let mut spans: Vec<(Id, Range<usize>)> = Vec::new();
    let mut questions = Vec::new();
    for (table, span) in fields.tables(&QUESTION, sink) {
        let fields = Fields::open(table, span.clone(), &QUESTION_SHAPE, sink);
        if let Some(question) = question(&fields, sink) {
            spans.push((question.id.clone(), span));
            questions.push(question);
        }
    }
    // What a question that could not be read would have been is not guessed at.
    if sink.has_error() {
        return None;
    }
    let id = SheetId { name: name?, version: version? };
    let parts = SheetParts { id, language: language?, title: title?, questions };
    match Sheet::new(parts) {
        Ok(sheet) => Some(sheet),
        Err(faults) => {
            for fault in faults {
                let found = fault.question().and_then(|id| {
                    spans.iter().rev().find(|(known, _)| known == id).map(|(_, span)| span.clone())
                });
                sink.error(found.unwrap_or(0..0), Problem::Sheet(fault));
            }
            None
        }
    }
}

fn question(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<Question> {
    let question_id = id(fields, &ID, sink);
    let short = fields.text(&SHORT, sink);
    let wording = fields.text(&ASK, sink);
    let kind = kind(fields, sink);
    let severity = severity(fields, question_id.as_ref(), sink);
    let keeps = fields.choice(&KEEPS, &Keeps::ALL, Keeps::key, sink);
    let source = fields.text(&SOURCE, sink);
    let strength = fields.choice(&STRENGTH, &Strength::ALL, Strength::key, sink);
    let change = fields.text(&CHANGE, sink);
    let ask = fields.choice(&WHOM, &Whom::ALL, Whom::key, sink);
    let limits = fields.table(&LIMITS, sink).map(|fields| limits(&fields, sink));
    Some(Question {
        id: question_id?,
        wording: wording?,
        short: short?,
        kind: kind?,
        severity: severity?,
        keeps: keeps?,
        source: source?,
        strength: strength?,
        limits: limits.unwrap_or(Narrowing::NONE),
        change: change?,
        ask: ask?,
    })
}

fn kind(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<AnswerKind> {
    let finds = fields.listed(&FINDS, &YES_NO, sink);
    if !fields.has(&NUMBER) {
        return match finds {
            Some("no") => Some(AnswerKind::NoFinds),
            Some(_) => Some(AnswerKind::YesFinds),
            None if fields.has(&FINDS) => None,
            None => Some(AnswerKind::YesFinds),
        };
    }
    if fields.has(&FINDS) {
        let why = "is for yes and no; a number has `below` and `above`";
        sink.error(fields.span_of(&FINDS), Problem::Conflict { key: FINDS.name, why });
    }
    let number = fields.table(&NUMBER, sink)?;
    let unit = number.choice(&UNIT, &AgeUnit::ALL, AgeUnit::key, sink);
    let mut whole = |key| number.whole(key, sink).and_then(|value| u16::try_from(value).ok());
    let (least, most, below, above) = (whole(&LEAST), whole(&MOST), whole(&BELOW), whole(&ABOVE));
    let or_none = number.listed(&OR_NONE, &YES_NO, sink);
    Some(AnswerKind::Number(NumberRule {
        unit: unit?,
        least: least?,
        most: most?,
        below,
        above,
        may_not_apply: or_none == Some("yes"),
    }))
}

fn severity(fields: &Fields<'_, '_>, own: Option<&Id>, sink: &mut Sink) -> Option<Severity> {
    let word = fields.listed(&SEVERITY, &SEVERITIES, sink)?;
    let scope = if fields.has(&SCOPE) { id(fields, &SCOPE, sink) } else { own.cloned() };
    if word != "clearance" && fields.has(&SCOPE) {
        let why = "is what a clearance covers, and no clearance opens this";
        sink.error(fields.span_of(&SCOPE), Problem::Conflict { key: SCOPE.name, why });
    }
    match word {
        "advice" => Some(Severity::Advice),
        "not-today" => Some(Severity::NotToday),
        "clearance" => scope.map(Severity::Clearance),
        "block" => Some(Severity::Block),
        _ => Some(Severity::RedFlag),
    }
}

fn limits(fields: &Fields<'_, '_>, sink: &mut Sink) -> Narrowing {
    let rate = fields.rate(&DEG_PER_S, sink);
    Narrowing {
        tilt: fields.tilt(&TILT_DEG, sink),
        lower_rate: rate,
        raise_rate: rate,
        bout_hold: fields.duration(&BOUT_HOLD, sink),
        day_hold: fields.duration(&DAY_HOLD, sink),
        ..Narrowing::NONE
    }
}

/// A name of the narrower kind that records and clearances share.
pub(crate) fn id(fields: &Fields<'_, '_>, key: &'static Key, sink: &mut Sink) -> Option<Id> {
    let name = fields.name(key, sink)?;
    let id = name.parse().ok();
    if id.is_none() {
        let why = "must be 1 to 40 small letters, digits or `-`, the first a letter";
        sink.error(fields.span_of(key), Problem::Conflict { key: key.name, why });
    }
    id
}
