//! The exit codes: a contract that scripts rely on.

use antipode_core::session::Outcome;
use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exit {
    /// Completed, or done as asked.
    Done,
    /// It failed for a reason of its own: a replay differs, an expectation or invariant is
    /// violated, the doctor found a failure, nothing runs that could be stopped.
    Failed,
    /// Wrong usage or settings, or a named file is missing.
    Usage,
    /// Refused: by screening, plan, limit, the content of a file, an unanswered question.
    Refused,
    /// Stopped or returned early.
    EndedEarly,
    /// A fault of table, sensor, link or record.
    Fault,
    /// A defect of this program.
    Bug,
}

impl Exit {
    /// Every ending.
    pub const ALL: [Self; 7] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::Refused,
        Self::EndedEarly,
        Self::Fault,
        Self::Bug,
    ];

    /// The number that the shell sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::EndedEarly => 4,
            Self::Fault => 5,
            Self::Bug => 70,
        }
    }

    /// The ending of a session that came out as `outcome`.
    #[must_use]
    pub const fn of_session(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Completed => Self::Done,
            Outcome::Refused => Self::Refused,
            Outcome::Stopped | Outcome::Returned => Self::EndedEarly,
            Outcome::Fault | Outcome::Interrupted => Self::Fault,
        }
    }

    /// The graver of two endings, for commands that look at several things. A missing file counts
    /// above what was found in the others: nothing is known about it.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        const fn weight(exit: Exit) -> u8 {
            match exit {
                Exit::Done => 0,
                Exit::EndedEarly => 1,
                Exit::Failed => 2,
                Exit::Refused => 3,
                Exit::Usage => 4,
                Exit::Fault => 5,
                Exit::Bug => 6,
            }
        }
        if weight(other) > weight(self) { other } else { self }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_documented_ones() {
        assert_eq!(Exit::ALL.map(Exit::code), [0, 1, 2, 3, 4, 5, 70]);
    }

    #[test]
    fn every_outcome_has_its_code() {
        for (outcome, code) in Outcome::ALL.into_iter().zip([0, 4, 4, 3, 5, 5]) {
            assert_eq!(Exit::of_session(outcome).code(), code, "{outcome:?}");
        }
    }

    #[test]
    fn a_missing_file_counts_above_a_refused_one_in_either_order() {
        assert_eq!(Exit::Refused.worse(Exit::Usage), Exit::Usage);
        assert_eq!(Exit::Usage.worse(Exit::Refused), Exit::Usage);
        assert_eq!(Exit::Done.worse(Exit::Done), Exit::Done);
        for exit in Exit::ALL {
            assert_eq!(exit.worse(Exit::Done), exit);
        }
    }
}
