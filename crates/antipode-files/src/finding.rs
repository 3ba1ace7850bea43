//! What is wrong with a file, and where.

use antipode_core::person::PersonFinding;
use antipode_core::plan::Severity;
use antipode_core::programme::ProgrammeFinding;
use antipode_core::screening::SheetFault;
use std::fmt;
use std::ops::Range;

use crate::number::{DurationProblem, NumberProblem};
use crate::source::Source;

/// The most findings that are kept of one file; the rest is counted. Nobody reads more, and a file
/// of a million wrong keys must not fill the memory.
pub const MOST_FINDINGS: usize = 100;

/// One thing that is wrong or unusual in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub problem: Problem,
    /// The bytes of the file that it is about.
    pub span: Range<usize>,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
}

impl Finding {
    /// Whether the file can be used.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match &self.problem {
            Problem::Plan(finding) => finding.severity,
            Problem::Syntax { .. }
            | Problem::DecimalComma { .. }
            | Problem::Empty
            | Problem::TooIntricate { .. }
            | Problem::UnknownKey { .. }
            | Problem::MissingKey { .. }
            | Problem::WrongType { .. }
            | Problem::Version { .. }
            | Problem::Number { .. }
            | Problem::Duration { .. }
            | Problem::OutOfRange { .. }
            | Problem::UnknownWord { .. }
            | Problem::Name { .. }
            | Problem::Text { .. }
            | Problem::RangeOrder { .. }
            | Problem::Conflict { .. }
            | Problem::TooMany { .. }
            | Problem::TooDeep
            | Problem::Sheet(_)
            | Problem::Person(_)
            | Problem::Programme(_) => Severity::Error,
        }
    }
}

/// What can be wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is not TOML.
    #[error("this is not TOML: {detail}")]
    Syntax {
        /// What the parser says.
        detail: String,
    },
    /// A number with a decimal comma, which TOML does not know.
    #[error("`{written}` has a comma where a point must be")]
    DecimalComma {
        /// The number as written.
        written: String,
        /// The number with a point.
        meant: String,
    },
    /// Nothing is in it.
    #[error("the file is empty")]
    Empty,
    /// More structure than any file of ours has.
    #[error("the file has more than {most} lines, brackets, dots, commas and equals signs")]
    TooIntricate {
        /// The most that are read.
        most: usize,
    },
    /// A key that this table does not have. Taking it for nothing would drop what somebody meant.
    #[error("there is no key `{key}` here")]
    UnknownKey {
        /// The key as written.
        key: String,
        /// The key that was most likely meant.
        near: Option<&'static str>,
    },
    /// A key that must be there is not.
    #[error("`{key}` is missing")]
    MissingKey {
        /// The key.
        key: &'static str,
        /// What it means.
        about: &'static str,
    },
    /// The value is of another kind.
    #[error("`{key}` must be {expected}, and this is {found}")]
    WrongType {
        /// The key.
        key: &'static str,
        /// What its value must be.
        expected: String,
        /// What it is.
        found: &'static str,
    },
    /// Written for another version of the format.
    #[error("this file is of format {found}; this program reads format 1")]
    Version {
        /// The version as written.
        found: String,
    },
    /// Not a number that can be taken exactly.
    #[error("`{key}` {cause}")]
    Number {
        /// The key.
        key: &'static str,
        /// Why not.
        cause: NumberProblem,
    },
    /// Not a length of time.
    #[error("`{key}` {cause}")]
    Duration {
        /// The key.
        key: &'static str,
        /// Why not.
        cause: DurationProblem,
    },
    /// Not a value that can be meant.
    #[error("`{key}` is {value}; it must be {least} to {most}")]
    OutOfRange {
        /// The key.
        key: &'static str,
        /// The value, with its unit.
        value: String,
        /// Least, with its unit.
        least: String,
        /// Most, with its unit.
        most: String,
    },
    /// None of the words that can stand there.
    #[error("`{key}` does not know the word `{word}`")]
    UnknownWord {
        /// The key.
        key: &'static str,
        /// The word as written.
        word: String,
        /// The word that was most likely meant.
        near: Option<String>,
        /// Every word that can stand there.
        known: Vec<String>,
    },
    /// A name that no file can carry everywhere.
    #[error(
        "`{key}` must be 1 to 64 letters, digits, `-` or `_`, and start with a letter or digit"
    )]
    Name {
        /// The key.
        key: &'static str,
    },
    /// Text that is empty, too long or not on one line.
    #[error("`{key}` must be one line of 1 to {most} bytes")]
    Text {
        /// The key.
        key: &'static str,
        /// The most bytes.
        most: usize,
    },
    /// Two bounds of which the first is above the second.
    #[error("`{key}` must name the lower value first")]
    RangeOrder {
        /// The key.
        key: &'static str,
    },
    /// Two values of one file that exclude each other.
    #[error("`{key}` {why}")]
    Conflict {
        /// The key.
        key: &'static str,
        /// Why they do.
        why: &'static str,
    },
    /// More entries than are ever read.
    #[error("`{key}` has {count} entries; at most {most} are read")]
    TooMany {
        /// The key.
        key: &'static str,
        /// How many there are.
        count: usize,
        /// The most.
        most: usize,
    },
    /// Blocks inside blocks inside blocks.
    #[error("blocks sit too deep inside one another")]
    TooDeep,
    /// The plan breaks a rule.
    #[error("{0}")]
    Plan(antipode_core::plan::Finding),
    /// The person cannot use a table.
    #[error("{0}")]
    Person(PersonFinding),
    /// The programme breaks a rule.
    #[error("{0}")]
    Programme(ProgrammeFinding),
    /// The questions are no sheet.
    #[error("{0}")]
    Sheet(SheetFault),
}

impl Problem {
    /// A short fixed name, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "syntax",
            Self::DecimalComma { .. } => "decimal-comma",
            Self::Empty => "empty",
            Self::TooIntricate { .. } => "too-intricate",
            Self::UnknownKey { .. } => "unknown-key",
            Self::MissingKey { .. } => "missing-key",
            Self::WrongType { .. } => "wrong-type",
            Self::Version { .. } => "version",
            Self::Number { .. } => "number",
            Self::Duration { .. } => "duration",
            Self::OutOfRange { .. } => "out-of-range",
            Self::UnknownWord { .. } => "unknown-word",
            Self::Name { .. } => "name",
            Self::Text { .. } => "text",
            Self::RangeOrder { .. } => "range-order",
            Self::Conflict { .. } => "conflict",
            Self::TooMany { .. } => "too-many",
            Self::TooDeep => "too-deep",
            Self::Plan(_) => "plan-rule",
            Self::Person(_) => "person-rule",
            Self::Programme(_) => "programme-rule",
            Self::Sheet(_) => "sheet-rule",
        }
    }

    /// What to do about it, where that can be said.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::UnknownKey { near: Some(near), .. } => Some(format!("did you mean `{near}`?")),
            // A near word is a guess: without the others nobody finds the one that was meant.
            Self::UnknownWord { known, near, .. } => {
                let near = near.as_ref().map(|near| format!("did you mean `{near}`? "));
                Some(format!("{}it can be: {}", near.unwrap_or_default(), known.join(", ")))
            }
            Self::MissingKey { about, .. } => Some((*about).to_owned()),
            Self::Duration { .. } => {
                Some("write a length of time with its unit: \"90s\", \"3m\", \"1m 30s\"".to_owned())
            }
            Self::Number { cause: NumberProblem::TooFine, .. } => {
                Some("three digits after the point are exact; more could not be kept".to_owned())
            }
            Self::DecimalComma { meant, .. } => {
                Some(format!("decimals take a point: write `{meant}`"))
            }
            Self::Syntax { .. } => Some(
                "a file of ours has lines such as `tilt_deg = 30` and `hold = \"3m\"`".to_owned(),
            ),
            Self::TooIntricate { .. } => Some("check that it is the file you mean".to_owned()),
            Self::Empty
            | Self::UnknownKey { near: None, .. }
            | Self::WrongType { .. }
            | Self::Version { .. }
            | Self::Number { .. }
            | Self::OutOfRange { .. }
            | Self::Name { .. }
            | Self::Text { .. }
            | Self::RangeOrder { .. }
            | Self::Conflict { .. }
            | Self::TooMany { .. }
            | Self::TooDeep
            | Self::Plan(_)
            | Self::Sheet(_)
            | Self::Person(_)
            | Self::Programme(_) => None,
        }
    }
}

/// Everything found in one file, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findings {
    source: Source,
    list: Vec<Finding>,
    more: usize,
    errors: bool,
}

impl Findings {
    /// The file.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// The findings, in the order of the file; at most [`MOST_FINDINGS`].
    #[must_use]
    pub fn list(&self) -> &[Finding] {
        &self.list
    }

    /// How many more there were.
    #[must_use]
    pub const fn more(&self) -> usize {
        self.more
    }

    /// Whether any of them forbids the file, those that are only counted included.
    #[must_use]
    pub const fn has_error(&self) -> bool {
        self.errors
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty() && self.more == 0
    }
}

impl fmt::Display for Findings {
    /// One line a finding, without drawing: `file:line:column: text`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.list.iter().enumerate() {
            let newline = if index == 0 { "" } else { "\n" };
            let Finding { problem, line, column, .. } = finding;
            write!(f, "{newline}{}:{line}:{column}: {problem}", self.source.name())?;
        }
        if self.more > 0 {
            write!(f, "\n{}: {} more", self.source.name(), self.more)?;
        }
        Ok(())
    }
}

impl std::error::Error for Findings {}

/// Collects findings while a file is read.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    list: Vec<(Range<usize>, Problem)>,
    more: usize,
    errors: bool,
}

impl Sink {
    /// Notes a problem that forbids the file.
    pub(crate) fn error(&mut self, span: Range<usize>, problem: Problem) {
        self.errors = true;
        self.note(span, problem);
    }

    /// Notes what a check of the plan found.
    pub(crate) fn plan(&mut self, span: Range<usize>, finding: antipode_core::plan::Finding) {
        self.errors |= finding.severity == Severity::Error;
        self.note(span, Problem::Plan(finding));
    }

    fn note(&mut self, span: Range<usize>, problem: Problem) {
        if self.is_full() {
            self.more = self.more.saturating_add(1);
        } else {
            self.list.push((span, problem));
        }
    }

    /// Names for every value that cannot be meant at all the range that counts: what a format could
    /// hold helps nobody whom the next check refuses. `counts` gives it for a key, as least and most.
    pub(crate) fn name_limits(
        &mut self,
        counts: impl Fn(&'static str) -> Option<(String, String)>,
    ) {
        for (_, problem) in &mut self.list {
            if let Problem::OutOfRange { key, least, most, .. } = problem
                && let Some(range) = counts(key)
            {
                (*least, *most) = range;
            }
        }
    }

    /// Whether further findings are only counted, so that nobody need work out more about them.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() >= MOST_FINDINGS
    }

    /// Whether anything so far forbids the file.
    pub(crate) fn has_error(&self) -> bool {
        self.errors
    }

    /// Everything noted, in the order of the file.
    pub(crate) fn finish(mut self, source: Source) -> Findings {
        self.list.sort_by_key(|(span, _)| (span.start, span.end));
        let list = self
            .list
            .into_iter()
            .map(|(span, problem)| {
                let (line, column) = source.position(span.start);
                Finding { problem, span, line, column }
            })
            .collect();
        Findings { source, list, more: self.more, errors: self.errors }
    }
}
