//! Counting what passed and what failed, across test runners.

use std::fs;
use std::path::Path;

use crate::error::TaskError;

/// How many checks passed and how many failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Checks that passed.
    pub(crate) passed: u64,
    /// Checks that failed, or that ran out of time.
    pub(crate) failed: u64,
}

impl Tally {
    /// One check.
    pub(crate) fn one(passed: bool) -> Tally {
        Tally { passed: u64::from(passed), failed: u64::from(!passed) }
    }

    /// Adds another count.
    pub(crate) fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Whether anything was counted at all.
    pub(crate) fn is_empty(self) -> bool {
        self == Tally::default()
    }

    /// Reads the summary lines of nextest and of cargo's own test runner out of their output.
    pub(crate) fn of_output(lines: &[String]) -> Tally {
        let mut tally = Tally::default();
        for line in lines {
            tally.add(summary_line(&without_colour(line)));
        }
        tally
    }

    /// Reads a count that an earlier run left behind; no file means nothing was counted.
    ///
    /// # Errors
    /// When the file is there but holds something else.
    pub(crate) fn read(path: &Path) -> Result<Tally, TaskError> {
        if !path.exists() {
            return Ok(Tally::default());
        }
        let text = fs::read_to_string(path).map_err(TaskError::reading(path))?;
        parse_closing_line(text.trim()).ok_or_else(|| TaskError::Usage {
            what: format!("{} holds {text:?}", path.display()),
            remedy: "a tally file holds one line `N passed, N failed`".into(),
        })
    }

    /// Leaves the count for a later run.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn write(self, path: &Path) -> Result<(), TaskError> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(TaskError::writing(folder))?;
        }
        fs::write(path, format!("{self}\n")).map_err(TaskError::writing(path))
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

fn parse_closing_line(line: &str) -> Option<Tally> {
    let (passed, failed) = line.split_once(" passed, ")?;
    let failed = failed.strip_suffix(" failed")?;
    Some(Tally { passed: passed.parse().ok()?, failed: failed.parse().ok()? })
}

/// Counts one line, which is mostly not a summary.
fn summary_line(line: &str) -> Tally {
    let line = line.trim();
    if let Some(result) = line.strip_prefix("test result: ") {
        return counted(result.split(['.', ';']));
    }
    if line.starts_with("Summary [")
        && let Some((_, counts)) = line.split_once(" run: ")
    {
        return counted(counts.split(','));
    }
    Tally::default()
}

/// Sums items such as `5 passed`, `57 passed (1 slow)`, `1 timed out`.
fn counted<'a>(items: impl Iterator<Item = &'a str>) -> Tally {
    let mut tally = Tally::default();
    for item in items {
        let mut words = item.split_whitespace();
        let Some(count) = words.next().and_then(|word| word.parse::<u64>().ok()) else { continue };
        match words.next() {
            Some("passed") => tally.passed += count,
            Some("failed" | "timed" | "exec") => tally.failed += count,
            Some(_) | None => {}
        }
    }
    tally
}

/// Takes terminal colours out of a line.
fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            letters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(letter);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Tally {
        Tally::of_output(&[line.to_owned()])
    }

    #[test]
    fn nextest_summary_is_counted_with_slow_and_timed_out_tests() {
        let line = "     Summary [   1.204s] 60 tests run: 57 passed (1 slow), 1 failed, 2 timed out, 3 skipped";
        assert_eq!(of(line), Tally { passed: 57, failed: 3 });
        assert_eq!(of("Summary [ 0.1s] 1 test run: 1 passed, 0 skipped"), Tally::one(true));
    }

    #[test]
    fn coloured_summary_is_counted() {
        let line = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.004s] 3 tests run: \u{1b}[1m3\u{1b}[0m passed, 0 skipped";
        assert_eq!(of(line), Tally { passed: 3, failed: 0 });
    }

    #[test]
    fn libtest_results_are_summed_over_binaries() {
        let lines = [
            "test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out".to_owned(),
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; finished in 0.1s".to_owned(),
        ];
        assert_eq!(Tally::of_output(&lines), Tally { passed: 7, failed: 1 });
    }

    #[test]
    fn other_lines_count_nothing() {
        assert!(of("5 passed").is_empty());
        assert!(of("test guard::tests::it_holds ... ok").is_empty());
    }

    #[test]
    fn closing_line_is_read_back() {
        let tally = Tally { passed: 1240, failed: 2 };
        assert_eq!(parse_closing_line(&tally.to_string()), Some(tally));
        assert_eq!(parse_closing_line("all well"), None);
    }
}
