//! Getting a file's text, or a clear reason why not, before anything is parsed.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Largest file that is read. A plan is a few hundred bytes; what is larger is not one of ours.
pub const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// The most lines, brackets, dots, commas and equals signs together that a file may have. The
/// largest plan that can run has under 5000; a file of four million would keep the parser busy for
/// seconds and is no one's plan.
pub const MOST_MARKS: usize = 20_000;

/// A file's text with the name under which findings speak of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    name: String,
    text: String,
}

/// Why a named file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// There is no such file.
    #[error("there is no file `{}`; check the name and the folder", path.display())]
    Missing {
        /// The path as given.
        path: PathBuf,
    },
    /// It is a folder, pipe, socket or device. Opening a pipe could wait for ever.
    #[error("`{}` is {kind}, not a file; it was not opened; give the name of a file", path.display())]
    NotAFile {
        /// The path as given.
        path: PathBuf,
        /// What it is.
        kind: &'static str,
    },
    /// Larger than [`MAX_BYTES`].
    #[error(
        "`{}` has {bytes} bytes and files of up to {MAX_BYTES} are read; nothing of it was used; \
         check that it is the file you mean",
        path.display()
    )]
    TooLarge {
        /// The path as given.
        path: PathBuf,
        /// Its size; at least this much.
        bytes: u64,
    },
    /// The system refused.
    #[error("`{}` could not be read; nothing of it was used", path.display())]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// Not UTF-8.
    #[error(
        "`{}` is not text: byte {offset} is not valid UTF-8; save it as UTF-8 and try again",
        path.display()
    )]
    NotText {
        /// The path as given.
        path: PathBuf,
        /// The first byte that is not text, counted from 0.
        offset: usize,
    },
}

impl LoadError {
    /// Whether the file is not there, as against there but wrong.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        match self {
            Self::Missing { .. } => true,
            Self::NotAFile { .. }
            | Self::TooLarge { .. }
            | Self::Unreadable { .. }
            | Self::NotText { .. } => false,
        }
    }
}

impl Source {
    /// The text of the regular file at `path`.
    ///
    /// What the path names is looked at before it is opened, so that a pipe or device cannot hold
    /// us up, and its size before it is read.
    ///
    /// # Errors
    /// [`LoadError`] says which of these failed.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let unreadable = |cause| LoadError::Unreadable { path: path.into(), cause };
        let metadata = fs::metadata(path).map_err(|cause| {
            if cause.kind() == io::ErrorKind::NotFound {
                LoadError::Missing { path: path.into() }
            } else {
                unreadable(cause)
            }
        })?;
        admit(path, &metadata)?;
        let file = File::open(path).map_err(unreadable)?;
        // The name may have come to mean something else in between.
        admit(path, &file.metadata().map_err(unreadable)?)?;
        let mut bytes = Vec::new();
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if size > MAX_BYTES {
            return Err(LoadError::TooLarge { path: path.into(), bytes: size });
        }
        let text = String::from_utf8(bytes).map_err(|wrong| LoadError::NotText {
            path: path.into(),
            offset: wrong.utf8_error().valid_up_to(),
        })?;
        // Some editors begin every file with a mark that is no part of its text.
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        Ok(Self { name: path.display().to_string(), text })
    }

    /// A text that is already in memory, under a name for findings.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// The name under which findings speak of it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it has more structure than any file of ours, so that parsing it would only take
    /// time.
    #[must_use]
    pub fn is_too_intricate(&self) -> bool {
        self.text.bytes().filter(|byte| b"\n[]{}.,=".contains(byte)).count() > MOST_MARKS
    }

    /// Line and column of byte `offset`, both counted from 1, the column in characters.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..self.text.floor_char_boundary(offset)).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        (line, before.get(line_start..).unwrap_or_default().chars().count() + 1)
    }
}

fn admit(path: &Path, metadata: &Metadata) -> Result<(), LoadError> {
    if !metadata.is_file() {
        let kind = if metadata.is_dir() { "a folder" } else { "a pipe, socket or device" };
        return Err(LoadError::NotAFile { path: path.into(), kind });
    }
    if metadata.len() > MAX_BYTES {
        return Err(LoadError::TooLarge { path: path.into(), bytes: metadata.len() });
    }
    Ok(())
}
