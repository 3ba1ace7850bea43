//! From answers to findings. Nothing here opens a table: that is for the gate, with clearances.

use antipode_safety::{Layer, Limits, Why};

use crate::day::Day;
use crate::person::Person;

use super::CONDITION_DAYS;
use super::answers::{Answer, Answers, Entry};
use super::derived::Derived;
use super::floor;
use super::id::Id;
use super::sheet::{Keeps, Question, Severity, Sheet, Whom};

/// What was said today, and what binds old answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asking {
    /// Which day it is.
    pub day: Day,
    /// The person said today that nothing is different: it stands for every answer about today's
    /// state that was no finding last time.
    pub nothing_different: bool,
    /// The last day on which a named clinician lifted a lock-out.
    pub lifted: Option<Day>,
    /// Answers about conditions from before this day are asked for again, as after a long gap.
    pub not_before: Option<Day>,
}

impl Asking {
    /// On `day`, with nothing said yet.
    #[must_use]
    pub const fn on(day: Day) -> Self {
        Self { day, nothing_different: false, lifted: None, not_before: None }
    }
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// An answer to this question.
    Question {
        /// The question.
        id: Id,
        /// The answer.
        answer: Answer,
        /// The day it was given.
        given: Day,
    },
    /// A fact of the profile.
    Profile(Derived),
}

/// One thing that stands in the way or narrows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub about: About,
    /// What it does.
    pub severity: Severity,
    /// Whom the person can ask.
    pub ask: Whom,
}

/// A question that has no valid answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToAsk {
    /// The question.
    pub id: Id,
    /// Why it is to be asked.
    pub why: AskAgain,
}

/// Why a question is to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AskAgain {
    /// It was never answered.
    Never,
    /// It was answered to another version of the sheet, or in words that this one does not take.
    OtherSheet,
    /// The answer no longer holds; it was given on this day.
    Expired(Day),
    /// The answer is from a day that has not come: a clock was wrong.
    Future(Day),
}

/// What a person's answers come to on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screened {
    /// The strictest first, then in the order of the sheet, the profile last.
    pub findings: Vec<Finding>,
    /// What is to be asked, in the order of the sheet.
    pub to_ask: Vec<ToAsk>,
}

/// Holds `answers` against `sheet` and the facts of `person`.
#[must_use]
pub fn evaluate(sheet: &Sheet, answers: &Answers, person: &Person, asking: &Asking) -> Screened {
    let mut screened = Screened { findings: Vec::new(), to_ask: Vec::new() };
    for question in sheet.questions() {
        let locked = locking(question, answers, asking);
        let standing = standing(sheet, question, answers, asking);
        if let Standing::ToAsk(why) = standing {
            screened.to_ask.push(ToAsk { id: question.id.clone(), why });
        }
        let found = match standing {
            Standing::Holds(entry) if question.finds(entry.answer()) => Some(entry),
            Standing::Holds(_) | Standing::ToAsk(_) => locked,
        };
        screened.findings.extend(found.map(|entry| Finding {
            about: About::Question {
                id: question.id.clone(),
                answer: entry.answer(),
                given: entry.day(),
            },
            severity: question.severity.clone(),
            ask: question.ask,
        }));
    }
    screened.findings.extend(Derived::of(person).into_iter().map(|derived| Finding {
        about: About::Profile(derived),
        severity: derived.severity(),
        ask: derived.ask(),
    }));
    screened.findings.sort_by_key(|finding| core::cmp::Reverse(finding.severity.rank()));
    screened
}

impl Finding {
    /// `limits` with what this finding narrows where the table still opens.
    #[must_use]
    pub fn narrow(&self, sheet: &Sheet, limits: Limits) -> Limits {
        match &self.about {
            About::Profile(derived) => derived.narrow(limits),
            About::Question { id, .. } => sheet.question(id).map_or(limits, |question| {
                let consulted = id.as_str() == floor::CONSULTED;
                let why = if consulted { Why::NoConsultation } else { Why::Screening };
                limits.narrow(Layer::Person, why, question.limits)
            }),
        }
    }
}

enum Standing<'a> {
    Holds(&'a Entry),
    ToAsk(AskAgain),
}

fn standing<'a>(
    sheet: &Sheet,
    question: &Question,
    answers: &'a Answers,
    asking: &Asking,
) -> Standing<'a> {
    let Some(entry) = answers.last(&question.id) else {
        return Standing::ToAsk(AskAgain::Never);
    };
    if entry.sheet() != sheet.id() || !question.takes(entry.answer()) {
        return Standing::ToAsk(AskAgain::OtherSheet);
    }
    let age = asking.day.since(entry.day());
    if age < 0 {
        return Standing::ToAsk(AskAgain::Future(entry.day()));
    }
    let recent =
        age <= CONDITION_DAYS && asking.not_before.is_none_or(|first| entry.day() >= first);
    let holds = match question.keeps {
        Keeps::Condition => recent,
        Keeps::Day => {
            let same = asking.nothing_different && !question.finds(entry.answer());
            age == 0 || (same && recent)
        }
        Keeps::EachTime => age == 0,
    };
    if holds { Standing::Holds(entry) } else { Standing::ToAsk(AskAgain::Expired(entry.day())) }
}

/// The last red-flag answer that no clinician has lifted since. A "no" on another day does not
/// unlock anybody, nor does a new version of the sheet.
fn locking<'a>(question: &Question, answers: &'a Answers, asking: &Asking) -> Option<&'a Entry> {
    if question.severity != Severity::RedFlag {
        return None;
    }
    answers.entries().iter().rev().find(|entry| {
        *entry.question() == question.id
            && question.finds(entry.answer())
            && asking.lifted.is_none_or(|lifted| entry.day() >= lifted)
    })
}
