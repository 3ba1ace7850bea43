//! Who may use a table at all: questions as data, answers with their day, and what follows.
//!
//! A [`Sheet`] is a list of questions, read from a file and versioned. No sheet can be softer than
//! the [`floor`]: what this project never lets through is written there, in code. Answers expire,
//! a new version of the sheet asks again, and a question without a valid answer stands in the way
//! like a finding does. What follows from age and body mass comes from the profile and is never
//! asked.

mod answers;
mod derived;
mod evaluate;
#[cfg(any(test, feature = "fixture"))]
pub mod fixture;
pub mod floor;
mod id;
mod sheet;

pub use answers::{Answer, Answers, Entry, NotAnAnswer};
pub use derived::Derived;
pub use evaluate::{About, AskAgain, Asking, Finding, Screened, ToAsk, evaluate};
pub use id::{Id, NotAnId};
pub use sheet::{
    AgeUnit, Keeps, Kind, NumberRule, Question, Severity, Sheet, SheetFault, SheetId, SheetParts,
    Strength, Whom,
};

/// For how many days an answer about a condition holds, the day of the answer not counted.
///
/// A proposal of this project: long enough not to tire people, short enough that what a year
/// brings is asked for.
pub const CONDITION_DAYS: i32 = 90;

#[cfg(test)]
mod tests;
