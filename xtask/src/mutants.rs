//! Mutation testing. The score, not coverage, says whether the tests of a crate can see.

use std::fs;
use std::path::Path;
use std::time::Duration;

use clap::Args;

use crate::error::TaskError;
use crate::process::Echo;
use crate::workspace::Workspace;

const LIMIT: Duration = Duration::from_secs(24 * 3600);

/// Which crate to mutate.
#[derive(Args)]
pub(crate) struct Options {
    /// The crate.
    #[arg(default_value = "antipode-safety")]
    package: String,
    /// Only mutate files that match this pattern.
    #[arg(long, value_name = "GLOB")]
    file: Option<String>,
}

/// How the mutants of one run ended.
#[derive(Debug, PartialEq, Eq)]
struct Score {
    caught: u64,
    timed_out: u64,
    missed: u64,
    unviable: u64,
}

/// Runs cargo-mutants and prints the score and every mutant that no test noticed.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool, TaskError> {
    if !workspace.has_subcommand("mutants") {
        return Err(TaskError::Missing {
            what: "cargo-mutants".into(),
            remedy: "cargo install --locked cargo-mutants (about 2 minutes)".into(),
        });
    }
    let output = workspace.target.join("mutants");
    fs::create_dir_all(&output).map_err(TaskError::writing(&output))?;
    let mut step = workspace
        .cargo("mutants", LIMIT)
        .args(["--package", &options.package, "--timeout", "60", "--jobs", "1", "--output"])
        .arg(&output);
    if let Some(file) = &options.file {
        step = step.args(["--file", file]);
    }
    // Its own exit code says only that something was missed; the files say what.
    step.run(Echo::Live)?;
    let results = output.join("mutants.out");
    let score = Score {
        caught: count(&results, "caught.txt")?,
        timed_out: count(&results, "timeout.txt")?,
        missed: count(&results, "missed.txt")?,
        unviable: count(&results, "unviable.txt")?,
    };
    println!("{}", score.in_words(&options.package));
    let missed = results.join("missed.txt");
    print!("{}", fs::read_to_string(&missed).map_err(TaskError::reading(missed.clone()))?);
    Ok(score.missed == 0)
}

impl Score {
    fn in_words(&self, package: &str) -> String {
        let found = self.caught + self.timed_out;
        let viable = found + self.missed;
        let tenths = (found * 1000).checked_div(viable).unwrap_or(0);
        format!(
            "{package}: {found} of {viable} viable mutants killed, {}.{} % ({} by time limit; {} unviable)",
            tenths / 10,
            tenths % 10,
            self.timed_out,
            self.unviable
        )
    }
}

fn count(folder: &Path, file: &str) -> Result<u64, TaskError> {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).map_err(TaskError::reading(path))?;
    Ok(text.lines().filter(|line| !line.trim().is_empty()).fold(0, |sum, _| sum + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn score_counts_timeouts_as_killed_and_leaves_unviable_out() {
        let score = Score { caught: 60, timed_out: 3, missed: 4, unviable: 2 };
        assert_eq!(
            score.in_words("x"),
            "x: 63 of 67 viable mutants killed, 94.0 % (3 by time limit; 2 unviable)"
        );
    }

    #[test]
    fn score_of_no_mutants_is_zero() {
        let score = Score { caught: 0, timed_out: 0, missed: 0, unviable: 0 };
        assert!(score.in_words("x").contains("0.0 %"));
    }
}
