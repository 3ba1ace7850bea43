//! What came of the checks of one driver.

use std::fmt;
use std::time::Duration;

use super::check::{Check, Fall, Verdict};

/// What came of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It held; with what was measured, where something was.
    Passed(String),
    /// It did not, and why.
    Failed(String),
    /// It was not tried, and why.
    NotTried(&'static str),
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Ok(measured) => Self::Passed(measured),
            Err(Fall::Failed(why)) => Self::Failed(why),
            Err(Fall::NotTried(why)) => Self::NotTried(why),
        }
    }
}

impl Outcome {
    /// The same, with what a busy machine may have had to do with it: its longest moment without
    /// turns, and how often the check began again for it.
    pub(super) fn on_a_busy_machine(self, late: Option<Duration>, again: u32) -> Self {
        match (self, late) {
            (Self::Passed(measured), _) if again > 0 => Self::Passed(format!(
                "{measured} (begun again {again} times, the machine was busy)"
            )),
            (Self::Failed(why), Some(late)) => {
                let late = late.as_millis();
                Self::Failed(format!("{why} (the machine gave no turn for {late} ms meanwhile)"))
            }
            (outcome @ (Self::Passed(_) | Self::Failed(_) | Self::NotTried(_)), _) => outcome,
        }
    }
}

/// Every check of one driver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    driver: String,
    outcomes: Vec<(Check, Outcome)>,
}

impl Report {
    /// A check that gave no outcome counts as failed.
    pub(super) fn new(driver: &str, mut outcomes: Vec<(Check, Outcome)>) -> Self {
        for check in Check::ALL {
            if !outcomes.iter().any(|(tried, _)| *tried == check) {
                outcomes.push((check, Outcome::Failed("the check itself broke off".to_owned())));
            }
        }
        outcomes.sort_by_key(|(check, _)| *check);
        Self { driver: driver.to_owned(), outcomes }
    }

    /// Every check with what came of it, in order.
    #[must_use]
    pub fn outcomes(&self) -> &[(Check, Outcome)] {
        &self.outcomes
    }

    /// The checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = Check> {
        let failed = |outcome: &Outcome| matches!(outcome, Outcome::Failed(_));
        self.outcomes.iter().filter(move |(_, outcome)| failed(outcome)).map(|(check, _)| *check)
    }

    /// Whether no check failed. What was not tried is not a failure; it is not a pass either.
    #[must_use]
    pub fn conforms(&self) -> bool {
        self.failed().next().is_none()
    }

    /// One line a check for `cargo xtask conformance`: driver, check, hazard, result, why, claim,
    /// with tabs between them.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut text = String::new();
        for (check, outcome) in &self.outcomes {
            let (result, why) = words(outcome);
            let why = why.replace(['\t', '\n'], " ");
            let (name, hazard, claim) = (check.name(), check.hazard(), check.claim());
            text += &format!("{}\t{name}\t{hazard}\t{result}\t{why}\t{claim}\n", self.driver);
        }
        text
    }
}

/// Puts the lines of a report where `cargo xtask conformance` asks for them: a file of the driver's
/// name in the folder that `ANTIPODE_CONFORMANCE` names. Without it, nowhere.
///
/// # Panics
/// When it cannot be written: a table of results with one missing would be false.
pub fn publish(report: &Report) {
    let Some(folder) = std::env::var_os("ANTIPODE_CONFORMANCE") else { return };
    let file = std::path::Path::new(&folder).join(format!("{}.tsv", report.driver));
    let written = std::fs::write(&file, report.lines());
    assert!(written.is_ok(), "cannot write {}: {written:?}", file.display());
}

fn words(outcome: &Outcome) -> (&'static str, &str) {
    match outcome {
        Outcome::Passed(measured) => ("passed", measured),
        Outcome::Failed(why) => ("FAILED", why),
        Outcome::NotTried(why) => ("not tried", why),
    }
}

impl fmt::Display for Report {
    /// A table for people, then the failures with their claims.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "conformance of the driver {}", self.driver)?;
        for (check, outcome) in &self.outcomes {
            let (result, why) = words(outcome);
            writeln!(f, "  {result:<9}  {:<28} {}  {why}", check.name(), check.hazard())?;
        }
        let failed: Vec<_> = self.failed().collect();
        if failed.is_empty() {
            return writeln!(f, "every check that was tried passed");
        }
        writeln!(f, "this driver does not count yet:")?;
        for check in failed {
            writeln!(f, "- {} ({}): {}", check.name(), check.hazard(), check.claim())?;
        }
        Ok(())
    }
}
