//! Where a command writes: data to standard output, talk to standard error.
//!
//! A closed pipe is not an error of ours: `antipode history | head` ends quietly, and a session
//! never ends because nobody reads its progress.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};

use serde::Serialize;

use crate::failure::Failure;

/// Whether text carries colour. Meaning never hangs on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// No escape codes.
    Plain,
    /// ANSI colours.
    Colour,
}

impl Paint {
    fn code(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colour => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }

    /// The word that opens an error.
    #[must_use]
    pub fn error(self, text: &str) -> String {
        self.code("1;31", text)
    }

    /// The word that opens a warning.
    #[must_use]
    pub fn warning(self, text: &str) -> String {
        self.code("1;33", text)
    }

    /// Text that says that all is well.
    #[must_use]
    pub fn good(self, text: &str) -> String {
        self.code("1;32", text)
    }

    /// Text that stands out.
    #[must_use]
    pub fn strong(self, text: &str) -> String {
        self.code("1", text)
    }
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ColourChoice {
    /// On a terminal, unless the environment says otherwise.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColourChoice {
    /// Whether to paint on a stream that is or is not a terminal. NO_COLOR and TERM=dumb switch
    /// colour off, CLICOLOR_FORCE switches it on.
    #[must_use]
    pub fn paint(self, terminal: bool) -> Paint {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let on = match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if set("NO_COLOR") => false,
            Self::Auto if set("CLICOLOR_FORCE") => true,
            Self::Auto => terminal && !dumb,
        };
        if on { Paint::Colour } else { Paint::Plain }
    }
}

/// The two streams of a command.
pub struct Output {
    stdout: Box<dyn Write + Send>,
    stderr: Box<dyn Write + Send>,
    json: bool,
    paint: Paint,
    paint_talk: Paint,
    /// The first error of standard output that is not a closed pipe.
    trouble: Option<io::Error>,
}

impl Output {
    /// The streams of this process.
    #[must_use]
    pub fn of_process(json: bool, colour: ColourChoice) -> Self {
        let (stdout, stderr) = (io::stdout(), io::stderr());
        let paint = if json { Paint::Plain } else { colour.paint(stdout.is_terminal()) };
        let paint_talk = colour.paint(stderr.is_terminal());
        Self {
            stdout: Box::new(stdout),
            stderr: Box::new(stderr),
            json,
            paint,
            paint_talk,
            trouble: None,
        }
    }

    /// Streams of the caller's own, without colour.
    #[must_use]
    pub fn to(
        stdout: impl Write + Send + 'static,
        stderr: impl Write + Send + 'static,
        json: bool,
    ) -> Self {
        Self {
            stdout: Box::new(stdout),
            stderr: Box::new(stderr),
            json,
            paint: Paint::Plain,
            paint_talk: Paint::Plain,
            trouble: None,
        }
    }

    /// Whether standard output carries exactly one JSON document.
    #[must_use]
    pub const fn json(&self) -> bool {
        self.json
    }

    /// How to paint what goes to standard output.
    #[must_use]
    pub const fn paint(&self) -> Paint {
        self.paint
    }

    /// How to paint what goes to standard error.
    #[must_use]
    pub const fn paint_talk(&self) -> Paint {
        self.paint_talk
    }

    /// Writes a line of data. With `--json` people's lines are not data, and nothing is written.
    pub fn line(&mut self, text: impl Display) {
        if !self.json {
            self.write(&format!("{text}\n"));
        }
    }

    /// Writes text that is the data itself, such as a schema, byte for byte.
    pub fn raw(&mut self, text: &str) {
        self.write(text);
    }

    /// Writes the JSON document of this command. Call it once.
    pub fn document(&mut self, document: &impl Serialize) {
        match serde_json::to_string_pretty(document) {
            Ok(text) => self.write(&format!("{text}\n")),
            Err(error) => self.trouble = Some(io::Error::other(error)),
        }
    }

    /// Writes one document of several, on a line of its own, for commands that go on: each line can
    /// be read when it comes.
    pub fn document_line(&mut self, document: &impl Serialize) {
        match serde_json::to_string(document) {
            Ok(text) => self.write(&format!("{text}\n")),
            Err(error) => self.trouble = Some(io::Error::other(error)),
        }
    }

    /// Writes a line of talk.
    pub fn talk(&mut self, text: impl Display) {
        // Nobody is left to be told that nobody listens.
        writeln!(self.stderr, "{text}").unwrap_or_default();
    }

    /// Shows a failure: drawn for people, and as the document where one was asked for.
    pub fn failure(&mut self, failure: &Failure) {
        self.talk(failure.draw(self.paint_talk));
        if self.json {
            self.document(&failure.document());
        }
    }

    fn write(&mut self, text: &str) {
        let written = self.stdout.write_all(text.as_bytes()).and_then(|()| self.stdout.flush());
        match written {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            Err(error) => self.trouble = self.trouble.take().or(Some(error)),
        }
    }

    /// What kept the data from being written, if anything did: a full disk must not look like
    /// success.
    pub fn trouble(&mut self) -> Option<io::Error> {
        self.trouble.take()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    /// Streams that a test reads afterwards.
    #[derive(Clone, Default)]
    pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

    impl Captured {
        pub(crate) fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Captured {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Broken(ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn closed_pipe_is_no_trouble_and_a_full_disk_is() {
        let mut out = Output::to(Broken(ErrorKind::BrokenPipe), io::sink(), false);
        out.line("x");
        assert!(out.trouble().is_none());
        let mut out = Output::to(Broken(ErrorKind::StorageFull), io::sink(), false);
        out.line("x");
        assert_eq!(out.trouble().unwrap().kind(), ErrorKind::StorageFull);
    }

    #[test]
    fn with_json_only_the_document_reaches_standard_output() {
        let (stdout, stderr) = (Captured::default(), Captured::default());
        let mut out = Output::to(stdout.clone(), stderr.clone(), true);
        out.line("words for people");
        out.failure(&Failure::refused("too deep"));
        let document: serde_json::Value = serde_json::from_str(&stdout.text()).unwrap();
        assert_eq!(document["error"]["exit"], 3);
        assert_eq!(stderr.text(), "error: too deep\n");
    }
}
