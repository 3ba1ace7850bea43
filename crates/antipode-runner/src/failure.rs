//! Why a command did not do what was asked, in words that a physiotherapist understands.

use crate::exit::Exit;
use crate::output::Paint;
use serde::Serialize;
use std::fmt::Write;

/// A command that ends with something else than what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    exit: Exit,
    what: String,
    notes: Vec<String>,
    help: Vec<String>,
}

/// The form in which programs read it.
#[derive(Debug, Serialize)]
pub(crate) struct FailureDocument<'a> {
    error: ErrorFields<'a>,
}

#[derive(Debug, Serialize)]
struct ErrorFields<'a> {
    exit: u8,
    message: &'a str,
    notes: &'a [String],
    help: &'a [String],
}

impl Failure {
    /// A failure that ends the program with `exit`.
    #[must_use]
    pub fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self { exit, what: what.into(), notes: Vec::new(), help: Vec::new() }
    }

    /// The command line, the settings or a named file are not as they must be.
    #[must_use]
    pub fn usage(what: impl Into<String>) -> Self {
        Self::new(Exit::Usage, what)
    }

    /// The content of a file or a rule forbids it.
    #[must_use]
    pub fn refused(what: impl Into<String>) -> Self {
        Self::new(Exit::Refused, what)
    }

    /// Something went wrong on the way.
    #[must_use]
    pub fn failed(what: impl Into<String>) -> Self {
        Self::new(Exit::Failed, what)
    }

    /// Something of the world outside failed: `doing` is what was tried, on what.
    #[must_use]
    pub fn io(doing: impl std::fmt::Display, cause: &std::io::Error) -> Self {
        Self::failed(format!("could not {doing}: {cause}"))
    }

    /// A fact that helps to understand it.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// What to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// How the program ends.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        self.exit
    }

    /// What went wrong, in one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.what
    }

    /// The drawing for people, in the shape of a compiler's message.
    #[must_use]
    pub(crate) fn draw(&self, paint: Paint) -> String {
        let mut text = format!("{}: {}", paint.error("error"), self.what);
        let lines = self.notes.iter().map(|note| ("note", note));
        for (kind, line) in lines.chain(self.help.iter().map(|help| ("help", help))) {
            let line = line.replace('\n', "\n          ");
            // Writing into a string cannot fail.
            write!(text, "\n  = {}: {line}", paint.strong(kind)).unwrap_or_default();
        }
        text
    }

    /// The document for programs.
    pub(crate) fn document(&self) -> FailureDocument<'_> {
        let Self { exit, what, notes, help } = self;
        FailureDocument { error: ErrorFields { exit: exit.code(), message: what, notes, help } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawing_shows_message_notes_and_help_in_this_order() {
        let failure = Failure::usage("there is no plan `kim`")
            .help("try `antipode plan list`")
            .note("7 plans");
        assert_eq!(
            failure.draw(Paint::Plain),
            "error: there is no plan `kim`\n  = note: 7 plans\n  = help: try `antipode plan list`"
        );
    }

    #[test]
    fn document_carries_the_exit_code_and_every_line() {
        let failure = Failure::refused("no").note("n").help("h");
        assert_eq!(
            serde_json::to_string(&failure.document()).unwrap(),
            r#"{"error":{"exit":3,"message":"no","notes":["n"],"help":["h"]}}"#
        );
    }
}
