//! The table at the end of a run: one line a part, nothing left out.

use std::time::{Duration, Instant};

use crate::error::TaskError;
use crate::tally::Tally;

/// How one part ended.
pub(crate) enum Ending {
    /// It ran and found nothing.
    Passed,
    /// It ran and found something, or could not run.
    Failed(String),
    /// It was not run, and why.
    Skipped(String),
}

/// One part of a run.
pub(crate) struct Part {
    /// Its short name.
    pub(crate) name: String,
    /// How it ended.
    pub(crate) ending: Ending,
    /// How long it took.
    pub(crate) took: Duration,
    /// The checks in it; a part without inner checks counts as one.
    pub(crate) tally: Tally,
}

/// The parts of a run, in order.
#[derive(Default)]
pub(crate) struct Report {
    parts: Vec<Part>,
}

/// What a part's body gives: how it ended and the checks it counted.
pub(crate) type PartResult = Result<(Ending, Tally), TaskError>;

impl Report {
    /// Runs one part and notes how it ended. An error ends the part, never the run.
    pub(crate) fn part(&mut self, name: &str, body: impl FnOnce() -> PartResult) {
        println!("\n=== {name}");
        let start = Instant::now();
        let (ending, inner) = match body() {
            Ok(result) => result,
            Err(error) => {
                println!("error: {error}");
                (Ending::Failed(error.to_string()), Tally::default())
            }
        };
        let tally = tally_of(&ending, inner);
        match &ending {
            Ending::Passed => println!("--- {name}: passed"),
            Ending::Failed(why) => println!("--- {name}: FAILED: {}", first_line(why)),
            Ending::Skipped(why) => println!("--- {name}: SKIPPED: {why}"),
        }
        self.parts.push(Part { name: name.into(), ending, took: start.elapsed(), tally });
    }

    /// All checks of all parts.
    pub(crate) fn tally(&self) -> Tally {
        let mut sum = Tally::default();
        for part in &self.parts {
            sum.add(part.tally);
        }
        sum
    }

    /// Prints the table and, as the very last line, the counts. Gives whether all passed.
    pub(crate) fn close(&self, before: Tally) -> (Tally, bool) {
        println!("\n=== summary");
        for line in self.lines() {
            println!("{line}");
        }
        for part in &self.parts {
            if let Ending::Skipped(why) = &part.ending {
                println!("NOT RUN: {}: {why}", part.name);
            }
        }
        let mut sum = self.tally();
        if !before.is_empty() {
            println!("checks counted before this run: {before}");
            sum.add(before);
        }
        println!("{sum}");
        (sum, self.tally().failed == 0)
    }

    fn lines(&self) -> Vec<String> {
        let width = self.parts.iter().map(|part| part.name.len()).max().unwrap_or(0);
        self.parts
            .iter()
            .map(|part| {
                let (word, why) = match &part.ending {
                    Ending::Passed => ("passed", ""),
                    Ending::Failed(why) => ("FAILED", first_line(why)),
                    Ending::Skipped(_) => ("SKIPPED", ""),
                };
                let line = format!(
                    "{:width$}  {word:7}  {:7.1} s  {:6} passed {:4} failed  {why}",
                    part.name,
                    part.took.as_secs_f64(),
                    part.tally.passed,
                    part.tally.failed,
                );
                line.trim_end().to_owned()
            })
            .collect()
    }
}

/// A failed part counts at least one failure; a passed part at least one pass.
fn tally_of(ending: &Ending, inner: Tally) -> Tally {
    match ending {
        Ending::Passed if inner.is_empty() => Tally::one(true),
        Ending::Failed(_) if inner.failed == 0 => Tally { failed: 1, ..inner },
        Ending::Passed | Ending::Failed(_) => inner,
        Ending::Skipped(_) => Tally::default(),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_that_errs_counts_as_a_failure_and_the_run_goes_on() {
        let mut report = Report::default();
        report.part("first", || {
            Err(TaskError::Missing { what: "a thing".into(), remedy: "make it".into() })
        });
        report.part("second", || Ok((Ending::Passed, Tally { passed: 4, failed: 0 })));
        assert_eq!(report.tally(), Tally { passed: 4, failed: 1 });
        assert!(!report.close(Tally::default()).1);
    }

    #[test]
    fn compile_failure_counts_although_no_test_ran() {
        let tally = tally_of(&Ending::Failed("exit code 101".into()), Tally::default());
        assert_eq!(tally, Tally { passed: 0, failed: 1 });
    }

    #[test]
    fn skipped_part_counts_neither_way() {
        let mut report = Report::default();
        report.part("deny", || Ok((Ending::Skipped("not installed".into()), Tally::default())));
        assert!(report.tally().is_empty());
        assert!(report.lines().iter().any(|line| line.contains("SKIPPED")));
    }

    #[test]
    fn earlier_counts_are_added_to_the_closing_line() {
        let mut report = Report::default();
        report.part("fmt", || Ok((Ending::Passed, Tally::default())));
        let (sum, well) = report.close(Tally { passed: 99, failed: 0 });
        assert_eq!(sum, Tally { passed: 100, failed: 0 });
        assert!(well);
    }
}
