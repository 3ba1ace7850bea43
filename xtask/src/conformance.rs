//! The conformance suite that every table driver must pass.

use std::time::Duration;

use clap::Args;

use crate::error::TaskError;
use crate::report::Report;
use crate::tally::Tally;
use crate::test::counted;
use crate::workspace::Workspace;

const LIMIT: Duration = Duration::from_secs(30 * 60);
const PREFIX: &str = "antipode-driver-";

/// Which driver to judge.
#[derive(Args)]
pub(crate) struct Options {
    /// The driver's name, as in `acme` for `antipode-driver-acme`; default: all, and the simulator.
    driver: Option<String>,
}

/// Runs the tests named `conformance` of the chosen drivers.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool, TaskError> {
    let all: Vec<&str> = workspace
        .crates
        .keys()
        .map(String::as_str)
        .filter(|name| name.starts_with(PREFIX) || *name == "antipode-sim")
        .collect();
    let chosen: Vec<&str> = match &options.driver {
        None => all.clone(),
        Some(wanted) => all
            .iter()
            .copied()
            .filter(|name| name.strip_prefix(PREFIX).unwrap_or(name) == wanted || name == wanted)
            .collect(),
    };
    if chosen.is_empty() {
        return Err(TaskError::Usage {
            what: format!("there is no driver {}", options.driver.as_deref().unwrap_or("at all")),
            remedy: format!("there are {}", all.join(", ")),
        });
    }
    let mut report = Report::default();
    for name in chosen {
        report.part(name, || {
            let step = workspace.building("test", LIMIT).args(["--package", name, "--tests"]);
            counted(&step.arg("conformance"))
        });
    }
    Ok(report.close(Tally::default()).1)
}
