//! What a person answered, and when.

use core::fmt;

use crate::day::Day;

use super::id::Id;
use super::sheet::{Kind, Question, SheetId};

/// One answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
    /// A number in the unit of its question.
    Number(u16),
    /// "There is none", where the question allows it.
    DoesNotApply,
}

/// An answer that its question does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NotAnAnswer;

impl fmt::Display for NotAnAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is no answer to the question")
    }
}

impl core::error::Error for NotAnAnswer {}

/// One answer with its question, day and sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    question: Id,
    sheet: SheetId,
    day: Day,
    answer: Answer,
    read_back: Option<Answer>,
}

impl Entry {
    /// `answer` to `question` of `sheet`, given on `day`.
    ///
    /// # Errors
    /// [`NotAnAnswer`] where the question does not have this answer.
    pub fn new(
        question: &Question,
        sheet: &SheetId,
        day: Day,
        answer: Answer,
    ) -> Result<Self, NotAnAnswer> {
        if !question.takes(answer) {
            return Err(NotAnAnswer);
        }
        let (question, sheet) = (question.id.clone(), sheet.clone());
        Ok(Self { question, sheet, day, answer, read_back: None })
    }

    /// An entry as a record holds it. What no question of a sheet takes counts as unanswered later.
    #[must_use]
    pub const fn recorded(
        question: Id,
        sheet: SheetId,
        day: Day,
        answer: Answer,
        read_back: Option<Answer>,
    ) -> Self {
        Self { question, sheet, day, answer, read_back }
    }

    /// This entry after the question was read back once and answered again. Both answers stay, and
    /// the second counts.
    #[must_use]
    pub fn read_back(self, again: Answer) -> Self {
        Self { read_back: Some(again), ..self }
    }

    /// The question.
    #[must_use]
    pub const fn question(&self) -> &Id {
        &self.question
    }

    /// The sheet that asked.
    #[must_use]
    pub const fn sheet(&self) -> &SheetId {
        &self.sheet
    }

    /// The day it was given.
    #[must_use]
    pub const fn day(&self) -> Day {
        self.day
    }

    /// The first answer, and the one after it was read back.
    #[must_use]
    pub const fn both(&self) -> (Answer, Option<Answer>) {
        (self.answer, self.read_back)
    }

    /// The answer that counts.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self.read_back {
            Some(again) => again,
            None => self.answer,
        }
    }
}

/// Every answer of one person, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Answers {
    entries: Vec<Entry>,
}

impl Answers {
    /// No answers.
    #[must_use]
    pub const fn none() -> Self {
        Self { entries: Vec::new() }
    }

    /// Adds one answer behind the others.
    pub fn add(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Every answer, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The last answer to `question`.
    #[must_use]
    pub fn last(&self, question: &Id) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.question == *question)
    }
}

impl FromIterator<Entry> for Answers {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        Self { entries: entries.into_iter().collect() }
    }
}

impl Question {
    /// Whether `answer` is one that this question has.
    #[must_use]
    pub const fn takes(&self, answer: Answer) -> bool {
        match (self.kind, answer) {
            (Kind::YesFinds | Kind::NoFinds, Answer::Yes | Answer::No) => true,
            (Kind::YesFinds | Kind::NoFinds, Answer::Number(_) | Answer::DoesNotApply)
            | (Kind::Number(_), Answer::Yes | Answer::No) => false,
            (Kind::Number(rule), Answer::Number(number)) => {
                rule.least <= number && number <= rule.most
            }
            (Kind::Number(rule), Answer::DoesNotApply) => rule.may_not_apply,
        }
    }

    /// Whether `answer` is a finding.
    #[must_use]
    pub const fn finds(&self, answer: Answer) -> bool {
        match (self.kind, answer) {
            (Kind::YesFinds, Answer::Yes) | (Kind::NoFinds, Answer::No) => true,
            (Kind::Number(rule), Answer::Number(number)) => rule.finds(number),
            (Kind::YesFinds, Answer::No | Answer::Number(_) | Answer::DoesNotApply)
            | (Kind::NoFinds, Answer::Yes | Answer::Number(_) | Answer::DoesNotApply)
            | (Kind::Number(_), Answer::Yes | Answer::No | Answer::DoesNotApply) => false,
        }
    }
}
