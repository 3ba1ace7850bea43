//! What can go wrong while a task runs.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// A task that could not be carried out. A check that ran and failed is not an error but a result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TaskError {
    /// A program did not start.
    #[error("starting `{command}` failed: is it installed and on the PATH?")]
    Spawn {
        /// The command line.
        command: String,
        /// What the system said.
        source: io::Error,
    },
    /// A program started, but its end could not be learned.
    #[error("waiting for `{command}` failed")]
    Wait {
        /// The command line.
        command: String,
        /// What the system said.
        source: io::Error,
    },
    /// A program that must succeed did not.
    #[error("`{command}` ended with {ending}{output}")]
    Failed {
        /// The command line.
        command: String,
        /// Exit code, signal or time limit.
        ending: String,
        /// What it printed, if that was not shown already.
        output: String,
    },
    /// A file or folder could not be read or written.
    #[error("{act} {} failed", path.display())]
    File {
        /// "reading" or "writing".
        act: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Text that should be JSON is not, or lacks a field.
    #[error("{what} is not the JSON that was expected: {problem}")]
    Json {
        /// Where the text came from.
        what: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Something that the task needs is absent.
    #[error("{what} is missing: {remedy}")]
    Missing {
        /// What is absent.
        what: String,
        /// What to do about it.
        remedy: String,
    },
    /// The user asked for something that does not exist or cannot be.
    #[error("{what}: {remedy}")]
    Usage {
        /// What was asked for.
        what: String,
        /// What would be accepted.
        remedy: String,
    },
}

impl TaskError {
    /// Makes the error of a file that could not be read.
    pub(crate) fn reading(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> TaskError {
        let path = path.into();
        move |source| TaskError::File { act: "reading", path, source }
    }

    /// Makes the error of a file that could not be written.
    pub(crate) fn writing(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> TaskError {
        let path = path.into();
        move |source| TaskError::File { act: "writing", path, source }
    }
}

/// A time limit in words: `90 s`, `12 min`.
pub(crate) fn in_words(limit: Duration) -> String {
    let seconds = limit.as_secs();
    if seconds < 120 { format!("{seconds} s") } else { format!("{} min", seconds / 60) }
}
