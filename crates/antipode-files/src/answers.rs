//! Reading answers to a sheet of questions.

use antipode_core::day::Day;
use antipode_core::screening::{Answer, Entry, Kind as AnswerKind, Sheet, SheetId};
use toml::Spanned;
use toml::de::DeValue;

use crate::document::Read;
use crate::fields::Fields;
use crate::finding::{Findings, Problem, Sink};
use crate::key::{Key, Kind, SCHEMA, Shape, must};
use crate::source::Source;
use crate::values::known_word;

/// The words that an answer may be.
pub(crate) static WORDS: [&str; 3] = ["yes", "no", "none"];

static SHEET: Key = must("sheet", Kind::Name, "The sheet that is answered.");
static VERSION: Key =
    must("version", Kind::Whole { least: 1, most: 1_000_000 }, "The version of that sheet.");
static DAY: Key = must("day", Kind::Date, "The day of the answers, such as 2026-01-31.");
static ANSWER: Key = must(
    "answer",
    Kind::Answers,
    "Question by question: yes, no, a whole number, or none where there is none.",
);

/// Answers to a sheet.
pub(crate) static ANSWERS: Shape = Shape {
    about: "One person's answers to a sheet of questions on one day. What is left out is asked.",
    keys: &[&SCHEMA, &SHEET, &VERSION, &DAY, &ANSWER],
};

/// One person's answers on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswersFile {
    /// The sheet that is answered.
    pub sheet: SheetId,
    /// The day of the answers. Whether it has come is for the caller to say.
    pub day: Day,
    /// The answers, in the order of the sheet.
    pub entries: Vec<Entry>,
}

/// Reads answers to `sheet`.
///
/// # Errors
/// Every finding, when one of them is an error: another sheet or version, a question that it does
/// not have, an answer that the question does not take.
pub fn read_answers(source: &Source, sheet: &Sheet) -> Result<Read<AnswersFile>, Findings> {
    crate::document::read(source, &ANSWERS, |fields, sink| file(fields, sheet, sink))
}

fn file(fields: &Fields<'_, '_>, sheet: &Sheet, sink: &mut Sink) -> Option<AnswersFile> {
    let name = fields.listed(&SHEET, &[sheet.id().name.as_str()], sink);
    let version = fields.whole(&VERSION, sink);
    if version.is_some_and(|version| version != i64::from(sheet.id().version)) {
        let why = "is another version of the sheet; its questions have to be answered anew";
        sink.error(fields.span_of(&VERSION), Problem::Conflict { key: VERSION.name, why });
    }
    let day = fields.date(&DAY, sink).and_then(|date| date.to_string().parse::<Day>().ok());
    if day.is_none() && !sink.has_error() {
        let why = "must be a day from 1900 on";
        sink.error(fields.span_of(&DAY), Problem::Conflict { key: DAY.name, why });
    }
    let ids: Vec<&str> = sheet.questions().iter().map(|question| question.id.as_str()).collect();
    let mut given = Vec::new();
    for (name, span, value) in fields.entries(&ANSWER, sink) {
        let Some(id) = known_word(&ANSWER, name, &ids, span, sink) else { continue };
        given.extend(answer(sheet, id, value, sink).map(|answer| (id, answer)));
    }
    name?;
    version?;
    let day = day?;
    let mut entries = Vec::new();
    for question in sheet.questions() {
        let of = given.iter().find(|(id, _)| *id == question.id.as_str());
        entries
            .extend(of.and_then(|(_, answer)| Entry::new(question, sheet.id(), day, *answer).ok()));
    }
    Some(AnswersFile { sheet: sheet.id().clone(), day, entries })
}

fn answer(
    sheet: &Sheet,
    id: &str,
    value: &Spanned<DeValue<'_>>,
    sink: &mut Sink,
) -> Option<Answer> {
    let question = sheet.questions().iter().find(|question| question.id.as_str() == id)?;
    let answer = match value.get_ref() {
        DeValue::String(text) => match text.as_ref() {
            "yes" => Some(Answer::Yes),
            "no" => Some(Answer::No),
            "none" => Some(Answer::DoesNotApply),
            _ => None,
        },
        DeValue::Integer(number) if number.radix() == 10 => {
            number.as_str().parse().ok().map(Answer::Number)
        }
        DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => None,
    };
    let taken = answer.filter(|answer| question.takes(*answer));
    if taken.is_none() {
        sink.error(value.span(), not_taken(question.kind));
    }
    taken
}

fn not_taken(kind: AnswerKind) -> Problem {
    let why = match kind {
        AnswerKind::YesFinds | AnswerKind::NoFinds => "must be \"yes\" or \"no\" in quotes",
        AnswerKind::Number(rule) if rule.may_not_apply => {
            "must be a whole number that can be meant, or \"none\" in quotes"
        }
        AnswerKind::Number(_) => "must be a whole number that can be meant",
    };
    Problem::Conflict { key: ANSWER.name, why }
}
