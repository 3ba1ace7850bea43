//! `cargo xtask test`: what a newcomer runs to see whether everything works.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;

use crate::antipode::{Flavour, Program};
use crate::error::TaskError;
use crate::process::Echo;
use crate::report::{Ending, PartResult, Report};
use crate::scenario;
use crate::tally::Tally;
use crate::workspace::{Workspace, in_ci};

const TEST_LIMIT: Duration = Duration::from_secs(40 * 60);
const DOC_LIMIT: Duration = Duration::from_secs(20 * 60);

/// How to run the tests.
#[derive(Args)]
pub(crate) struct Options {
    /// Read earlier counts from FILE, add them to the closing line, and leave the sum there.
    #[arg(long, value_name = "FILE")]
    tally: Option<PathBuf>,
    /// End whatever still runs after this many minutes.
    #[arg(long, value_name = "MINUTES")]
    within: Option<u64>,
    /// Use cargo's own test runner even where cargo-nextest is installed.
    #[arg(long)]
    no_nextest: bool,
}

/// The time that is left for a whole run.
#[derive(Clone, Copy)]
pub(crate) struct Budget {
    end: Option<Instant>,
}

impl Budget {
    /// A run that must end within so many minutes, or may take its time.
    pub(crate) fn minutes(minutes: Option<u64>) -> Budget {
        Budget { end: minutes.map(|count| Instant::now() + Duration::from_secs(count * 60)) }
    }

    /// A part's own limit, shortened to what is left of the run.
    pub(crate) fn limit(self, own: Duration) -> Duration {
        let left = self.end.map(|end| end.saturating_duration_since(Instant::now()));
        left.map_or(own, |left| own.min(left))
    }
}

/// Runs all tests.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool, TaskError> {
    let before = options.tally.as_deref().map_or(Ok(Tally::default()), Tally::read)?;
    let mut report = Report::default();
    add_parts(workspace, &mut report, Budget::minutes(options.within), !options.no_nextest);
    let (sum, well) = report.close(before);
    if let Some(path) = &options.tally {
        sum.write(path)?;
    }
    Ok(well)
}

/// Adds the test parts to a report.
pub(crate) fn add_parts(
    workspace: &Workspace,
    report: &mut Report,
    budget: Budget,
    prefer_nextest: bool,
) {
    report.part("tests", || code_tests(workspace, budget, prefer_nextest));
    // Deliberately broken builds and the conformance suite need a feature of their crate.
    for (name, package) in &workspace.crates {
        for test in &package.gated_tests {
            report.part(&format!("{name} --test {}", test.name), || {
                let step = workspace.building("test", budget.limit(TEST_LIMIT)).args([
                    "--package",
                    name,
                    "--features",
                    &test.features.join(","),
                    "--test",
                    &test.name,
                ]);
                counted(&step)
            });
        }
    }
    report.part("doc tests", || {
        let step = workspace.building("test", budget.limit(DOC_LIMIT));
        counted(&step.args(["--doc", "--workspace", "--no-fail-fast"]))
    });
    report.part("scenarios", || {
        let program = Program::build(workspace, Flavour::Dev)?;
        scenario::all(workspace, &program, budget)
    });
}

fn code_tests(workspace: &Workspace, budget: Budget, prefer_nextest: bool) -> PartResult {
    let limit = budget.limit(TEST_LIMIT);
    if prefer_nextest && workspace.has_subcommand("nextest") {
        let profile = if in_ci() { "ci" } else { "default" };
        let step = workspace.building("nextest run", limit);
        return counted(&step.args(["--workspace", "--no-fail-fast", "--profile", profile]));
    }
    println!("cargo-nextest is not used: the same tests run under `cargo test`");
    counted(&workspace.building("test", limit).args(["--workspace", "--no-fail-fast", "--tests"]))
}

/// Runs a test runner and counts its summary lines.
pub(crate) fn counted(step: &crate::process::Step) -> PartResult {
    let finished = step.run(Echo::Live)?;
    let tally = Tally::of_output(&finished.lines);
    if finished.success && tally.passed == 0 {
        let why = "the runner ended well, but no test was counted".to_owned();
        return Ok((Ending::Failed(why), tally));
    }
    let ending = if finished.success { Ending::Passed } else { Ending::Failed(finished.ending) };
    Ok((ending, tally))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_keeps_its_own_limit_while_the_run_has_time() {
        assert_eq!(Budget::minutes(None).limit(DOC_LIMIT), DOC_LIMIT);
        assert_eq!(Budget::minutes(Some(600)).limit(DOC_LIMIT), DOC_LIMIT);
    }

    #[test]
    fn part_never_outlives_the_run() {
        assert_eq!(Budget::minutes(Some(0)).limit(DOC_LIMIT), Duration::ZERO);
    }
}
