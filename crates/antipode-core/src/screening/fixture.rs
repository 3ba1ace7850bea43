//! A sheet and answers for tests: every question of the floor, none of its words.

use antipode_safety::{Angle, Narrowing};

use crate::day::Day;

use super::floor::{FLOOR, Finds, Floor, Least};
use super::id::Id;
use super::sheet::{
    AgeUnit, Keeps, Kind, NumberRule, Question, Severity, Sheet, SheetId, SheetParts, Strength,
    Whom,
};
use super::{Answer, Answers, Entry};

/// The parts of a sheet with one question for each row of the floor and nothing stricter; each
/// clearance has its own scope.
#[must_use]
pub fn parts() -> SheetParts {
    SheetParts {
        id: SheetId { name: Id::fixed("fixture"), version: 3 },
        language: Id::fixed("en"),
        title: "Fixture".into(),
        questions: FLOOR.iter().map(question).collect(),
    }
}

/// The sheet of [`parts`].
///
/// # Panics
/// Never, as long as the floor keeps itself.
#[must_use]
#[expect(clippy::expect_used, reason = "a fixture that is broken ends the test")]
pub fn sheet() -> Sheet {
    Sheet::new(parts()).expect("the floor keeps itself")
}

fn question(floor: &Floor) -> Question {
    let tilt = Angle::from_deg(20);
    let narrowing = Narrowing { tilt, ..Narrowing::NONE };
    let (severity, limits) = match floor.least {
        Least::Advice => (Severity::Advice, narrowing),
        Least::NotToday => (Severity::NotToday, Narrowing::NONE),
        Least::Clearance => (Severity::Clearance(Id::fixed(floor.id)), narrowing),
        Least::Block => (Severity::Block, Narrowing::NONE),
        Least::RedFlag => (Severity::RedFlag, Narrowing::NONE),
    };
    let kind = match floor.finds {
        Finds::Yes => Kind::YesFinds,
        Finds::No => Kind::NoFinds,
        Finds::Outside(below, above) => Kind::Number(NumberRule {
            unit: AgeUnit::Years,
            least: 0,
            most: 120,
            below: Some(below),
            above: Some(above),
            may_not_apply: true,
        }),
    };
    Question {
        id: Id::fixed(floor.id),
        wording: "?".into(),
        short: floor.id.into(),
        kind,
        severity,
        keeps: match floor.id {
            "alcohol" | "sedation" | "meal" => Keeps::EachTime,
            _ if matches!(floor.least, Least::NotToday | Least::RedFlag) => Keeps::Day,
            _ => Keeps::Condition,
        },
        source: "fixture".into(),
        strength: Strength::Proposal,
        limits,
        change: "?".into(),
        ask: Whom::Doctor,
    }
}

/// The answer to `question` that is no finding.
#[must_use]
pub const fn clear(question: &Question) -> Answer {
    match question.kind {
        Kind::YesFinds => Answer::No,
        Kind::NoFinds => Answer::Yes,
        Kind::Number(_) => Answer::DoesNotApply,
    }
}

/// The answer to `question` that is a finding.
#[must_use]
pub fn found(question: &Question) -> Answer {
    match question.kind {
        Kind::YesFinds => Answer::Yes,
        Kind::NoFinds => Answer::No,
        Kind::Number(rule) => {
            Answer::Number(rule.above.map_or(rule.least, |above| above.saturating_add(1)))
        }
    }
}

/// Every question of `sheet` answered on `day` without a finding.
#[must_use]
pub fn all_clear(sheet: &Sheet, day: Day) -> Answers {
    sheet
        .questions()
        .iter()
        .filter_map(|question| entry(sheet, question, day, clear(question)))
        .collect()
}

/// One answer.
#[must_use]
pub fn entry(sheet: &Sheet, question: &Question, day: Day, answer: Answer) -> Option<Entry> {
    Entry::new(question, sheet.id(), day, answer).ok()
}

/// The question of `sheet` called `id`.
///
/// # Panics
/// When there is none.
#[must_use]
#[expect(clippy::expect_used, reason = "a fixture that is broken ends the test")]
pub fn named<'a>(sheet: &'a Sheet, id: &str) -> &'a Question {
    sheet
        .questions()
        .iter()
        .find(|question| question.id.as_str() == id)
        .expect("the fixture has this question")
}
