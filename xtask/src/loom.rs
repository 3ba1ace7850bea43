//! Exhaustive interleavings of the STOP word, under the loom model checker.

use std::time::Duration;

use crate::error::TaskError;
use crate::report::{Ending, PartResult, Report};
use crate::tally::Tally;
use crate::test::{Budget, counted};
use crate::workspace::Workspace;

const LIMIT: Duration = Duration::from_secs(20 * 60);
const CRATE: &str = "antipode-safety";

/// Runs the loom tests on their own.
pub(crate) fn run(workspace: &Workspace) -> Result<bool, TaskError> {
    let mut report = Report::default();
    report.part("loom", || part(workspace, Budget::minutes(None)));
    Ok(report.close(Tally::default()).1)
}

/// The loom tests as one part of a report. `--cfg loom` changes the whole build, so it has a build
/// folder of its own and never spoils the ordinary one.
pub(crate) fn part(workspace: &Workspace, budget: Budget) -> PartResult {
    let loom_is_used = workspace
        .crates
        .get(CRATE)
        .is_some_and(|package| package.dependencies.iter().any(|other| other.name == "loom"));
    if !loom_is_used {
        let why = format!("{CRATE} has no dev-dependency on loom");
        return Ok((Ending::Failed(why), Tally::default()));
    }
    let step = workspace
        .building("test", budget.limit(LIMIT))
        .args(["--package", CRATE, "--release", "--lib", "--target-dir"])
        .arg(workspace.target.join("loom"))
        .arg("loom")
        .env("RUSTFLAGS", "--cfg loom");
    counted(&step)
}
