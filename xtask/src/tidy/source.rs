//! The files of the project, and Rust source without its comments and texts.

use std::fs;
use std::path::Path;

use crate::error::TaskError;
use crate::workspace::Workspace;

/// Every file that is committed or would be.
pub(super) struct Tree {
    /// In order of path.
    pub(super) files: Vec<File>,
}

/// One file of the project.
pub(super) struct File {
    /// From the root, with `/`.
    pub(super) path: String,
    /// In bytes.
    pub(super) size: u64,
    /// The content, where it is text.
    pub(super) text: Option<String>,
    /// Rust source with comments and the insides of texts blanked out, line for line.
    pub(super) code: Option<String>,
}

impl Tree {
    /// Reads what git tracks and what it would track.
    ///
    /// # Errors
    /// When git fails or a file cannot be read.
    pub(super) fn load(workspace: &Workspace) -> Result<Tree, TaskError> {
        let listed = workspace
            .git(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .stdout()?;
        let mut paths: Vec<&str> =
            listed.trim_end().split('\0').filter(|p| !p.is_empty()).collect();
        paths.sort_unstable();
        paths.dedup();
        let mut files = Vec::with_capacity(paths.len());
        for path in paths {
            let full = workspace.root.join(path);
            // Deleted but not yet committed as deleted.
            if full.is_file() {
                files.push(File::read(path, &full)?);
            }
        }
        Ok(Tree { files })
    }

    /// Rust files with their blanked source.
    pub(super) fn rust(&self) -> impl Iterator<Item = (&File, &str)> {
        self.files.iter().filter_map(|file| Some((file, file.code.as_deref()?)))
    }

    /// Text files with their content.
    pub(super) fn text(&self) -> impl Iterator<Item = (&File, &str)> {
        self.files.iter().filter_map(|file| Some((file, file.text.as_deref()?)))
    }

    /// The content of one file.
    pub(super) fn text_of(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path)?.text.as_deref()
    }
}

impl File {
    fn read(path: &str, full: &Path) -> Result<File, TaskError> {
        let bytes = fs::read(full).map_err(TaskError::reading(full))?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let text = if bytes.contains(&0) { None } else { String::from_utf8(bytes).ok() };
        Ok(File::new(path, size, text))
    }

    /// A file of known content.
    pub(super) fn new(path: &str, size: u64, text: Option<String>) -> File {
        let code = text.as_deref().filter(|_| path.ends_with(".rs")).map(blank);
        File { path: path.into(), size, text, code }
    }
}

/// Whether everything in a Rust file of this path is test code.
pub(super) fn is_test(path: &str) -> bool {
    path.split('/').any(|part| part == "tests" || part == "tests.rs")
}

/// Where the reader stands while it blanks.
enum Place {
    Code,
    LineComment,
    /// How deep: Rust's block comments nest.
    BlockComment(u32),
    Text,
    /// How many `#` close it.
    RawText(usize),
}

/// Replaces comments and the insides of string and character literals by spaces. Lines keep their
/// numbers, and what stays is code: a rule can search it without being fooled by a text.
pub(super) fn blank(source: &str) -> String {
    let letters: Vec<char> = source.chars().collect();
    let at = |index: usize| letters.get(index).copied().unwrap_or('\0');
    let mut out = String::with_capacity(source.len());
    let mut place = Place::Code;
    let mut index = 0;
    while index < letters.len() {
        let letter = at(index);
        // How many letters this step takes, and whether they stay.
        let mut taken = 1;
        let mut stays = false;
        match place {
            Place::Code => {
                stays = true;
                if letter == '/' && at(index + 1) == '/' {
                    place = Place::LineComment;
                    stays = false;
                } else if letter == '/' && at(index + 1) == '*' {
                    place = Place::BlockComment(1);
                    (taken, stays) = (2, false);
                } else if letter == '"' {
                    place = Place::Text;
                } else if let Some((length, hashes)) = raw_start(&letters, index) {
                    place = Place::RawText(hashes);
                    taken = length;
                } else if letter == '\'' {
                    let length = character_literal(&letters, index);
                    (taken, stays) = (length.max(1), length == 0);
                }
            }
            Place::LineComment => {
                if letter == '\n' {
                    place = Place::Code;
                }
            }
            Place::BlockComment(depth) => {
                if letter == '*' && at(index + 1) == '/' {
                    taken = 2;
                    place = if depth == 1 { Place::Code } else { Place::BlockComment(depth - 1) };
                } else if letter == '/' && at(index + 1) == '*' {
                    taken = 2;
                    place = Place::BlockComment(depth + 1);
                }
            }
            Place::Text => {
                if letter == '\\' {
                    taken = 2;
                } else if letter == '"' {
                    (place, stays) = (Place::Code, true);
                }
            }
            Place::RawText(hashes) => {
                if letter == '"' && (1..=hashes).all(|offset| at(index + offset) == '#') {
                    (place, stays, taken) = (Place::Code, true, 1 + hashes);
                }
            }
        }
        for offset in 0..taken.min(letters.len() - index) {
            let letter = at(index + offset);
            out.push(if stays || letter == '\n' { letter } else { ' ' });
        }
        index += taken;
    }
    out
}

/// The length of `r"`, `br##"` and the like at this place, and the number of `#`.
fn raw_start(letters: &[char], index: usize) -> Option<(usize, usize)> {
    let before = index.checked_sub(1).and_then(|before| letters.get(before));
    if before.is_some_and(|letter| letter.is_alphanumeric() || *letter == '_') {
        return None;
    }
    let rest = letters.get(index..)?;
    let prefix = rest.iter().take_while(|letter| matches!(letter, 'b' | 'c' | 'r')).count();
    if prefix == 0 || prefix > 2 || rest.get(prefix - 1) != Some(&'r') {
        return None;
    }
    let hashes = rest.iter().skip(prefix).take_while(|letter| **letter == '#').count();
    (rest.get(prefix + hashes) == Some(&'"')).then_some((prefix + hashes + 1, hashes))
}

/// The length of a character literal at this place, or 0 for a lifetime.
fn character_literal(letters: &[char], index: usize) -> usize {
    let Some(rest) = letters.get(index + 1..) else { return 0 };
    match rest {
        ['\\', _, tail @ ..] => {
            tail.iter().position(|letter| *letter == '\'').map_or(0, |at| at + 4)
        }
        [_, '\'', ..] => 3,
        _ => 0,
    }
}
