//! Scenarios: a plan, a person, faults and acts in virtual time, and what must come of it.
//!
//! The expectations stand in the scenario itself and are judged by `antipode simulate` on the
//! simulated bed's true tilt. A file `NAME.expected.json` beside a scenario also pins the summary.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde_json::Value;

use crate::antipode::{Flavour, Program};
use crate::error::TaskError;
use crate::process::Echo;
use crate::report::{Ending, PartResult};
use crate::tally::Tally;
use crate::test::Budget;
use crate::workspace::Workspace;

const LIMIT: Duration = Duration::from_secs(180);
/// Where scenarios live.
pub(crate) const FOLDER: &str = "tests/scenarios";
/// Fields that differ from run to run or with every change of the simulation.
const NOT_PINNED: [&str; 3] = ["session", "journal", "trace_hash"];

/// Which scenarios to run.
#[derive(Args)]
pub(crate) struct Options {
    /// The scenario's file name without `.toml`.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    name: Option<String>,
    /// Run every scenario.
    #[arg(long)]
    all: bool,
    /// Record what the scenario now gives as what it must give. Review the difference.
    #[arg(long)]
    bless: bool,
}

/// Runs the chosen scenarios.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool, TaskError> {
    let chosen = match &options.name {
        None => list(workspace)?,
        Some(name) => vec![named(workspace, name)?],
    };
    let program = Program::build(workspace, Flavour::Dev)?;
    let mut tally = Tally::default();
    for file in &chosen {
        tally.add(Tally::one(run_one(workspace, &program, file, options.bless, LIMIT)?));
    }
    println!("{tally}");
    Ok(tally.failed == 0)
}

/// Runs every scenario, each in its own process, as one part of a report.
pub(crate) fn all(workspace: &Workspace, program: &Program, budget: Budget) -> PartResult {
    let mut tally = Tally::default();
    for file in &list(workspace)? {
        let limit = budget.limit(LIMIT);
        tally.add(Tally::one(run_one(workspace, program, file, false, limit)?));
    }
    let ending = if tally.failed == 0 {
        Ending::Passed
    } else {
        Ending::Failed(format!("{} scenarios did not end as they must", tally.failed))
    };
    Ok((ending, tally))
}

fn named(workspace: &Workspace, name: &str) -> Result<PathBuf, TaskError> {
    let name = name.strip_suffix(".toml").unwrap_or(name);
    let file = workspace.root.join(FOLDER).join(format!("{name}.toml"));
    if file.is_file() {
        return Ok(file);
    }
    let known: Vec<String> = list(workspace)?.iter().map(|file| stem(file)).collect();
    Err(TaskError::Usage {
        what: format!("there is no scenario {name}"),
        remedy: format!("there are {}", known.join(", ")),
    })
}

/// All scenario files in order of name. None at all is an error: a test that finds nothing to do
/// must not pass.
fn list(workspace: &Workspace) -> Result<Vec<PathBuf>, TaskError> {
    let folder = workspace.root.join(FOLDER);
    let entries = fs::read_dir(&folder).map_err(TaskError::reading(&folder))?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(TaskError::Missing {
            what: format!("every scenario in {FOLDER}"),
            remedy: "a clone that has none is not whole".into(),
        });
    }
    Ok(files)
}

fn run_one(
    workspace: &Workspace,
    program: &Program,
    file: &Path,
    bless: bool,
    limit: Duration,
) -> Result<bool, TaskError> {
    let name = stem(file);
    let step = program.step(limit).args(["simulate", "--json"]).arg(workspace.relative(file));
    let finished = step.run(Echo::Quiet)?;
    if !finished.success {
        println!("FAILED  {name}: {}", finished.ending);
        // Once more in words for people. What it says is shown; the verdict stands already.
        program.step(limit).arg("simulate").arg(workspace.relative(file)).run(Echo::Live)?;
        return Ok(false);
    }
    let pinned = pinned_summary(&finished.stdout, &name)?;
    let expected = file.with_extension("expected.json");
    if bless {
        fs::write(&expected, &pinned).map_err(TaskError::writing(&expected))?;
        println!("blessed {name}");
        return Ok(true);
    }
    if !expected.is_file() {
        println!("passed  {name}");
        return Ok(true);
    }
    let recorded = fs::read_to_string(&expected).map_err(TaskError::reading(&expected))?;
    let differences = differences(&recorded, &pinned);
    if differences.is_empty() {
        println!("passed  {name}");
        return Ok(true);
    }
    println!("FAILED  {name}: meets its expectations, but not as recorded");
    for line in differences {
        println!("        {line}");
    }
    println!("        if this is meant: cargo xtask scenario {name} --bless");
    Ok(false)
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The program's JSON without what may differ from run to run.
fn pinned_summary(stdout: &str, name: &str) -> Result<String, TaskError> {
    let problem = |error: serde_json::Error| TaskError::Json {
        what: format!("`antipode simulate --json` on {name}"),
        problem: error.to_string(),
    };
    let mut document: Value = serde_json::from_str(stdout).map_err(problem)?;
    strip(&mut document);
    let mut text = serde_json::to_string_pretty(&document).map_err(problem)?;
    text.push('\n');
    Ok(text)
}

fn strip(value: &mut Value) {
    if let Some(object) = value.as_object_mut() {
        object.retain(|field, _| !NOT_PINNED.contains(&field.as_str()));
        object.values_mut().for_each(strip);
    }
    if let Some(items) = value.as_array_mut() {
        items.iter_mut().for_each(strip);
    }
}

/// The lines that only one of the two has, marked `-` (recorded) and `+` (now).
fn differences(recorded: &str, now: &str) -> Vec<String> {
    let lost = recorded.lines().filter(|line| !now.lines().any(|other| other == *line));
    let new = now.lines().filter(|line| !recorded.lines().any(|other| other == *line));
    lost.map(|line| format!("- {}", line.trim()))
        .chain(new.map(|line| format!("+ {}", line.trim())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pinned_summary_leaves_out_what_changes_from_run_to_run() {
        let stdout = r#"{"sessions": [{"session": "0190", "outcome": "completed", "journal": "/x", "trace_hash": "ab"}]}"#;
        let text = pinned_summary(stdout, "x").unwrap();
        assert!(text.contains("completed"));
        assert!(!text.contains("0190") && !text.contains("/x") && !text.contains("ab\""));
    }

    #[test]
    fn difference_names_both_sides() {
        assert_eq!(differences("a\nb\n", "a\nc\n"), ["- b", "+ c"]);
        assert!(differences("a\n", "a\n").is_empty());
    }

    #[test]
    fn output_that_is_no_json_is_an_error_that_names_the_scenario() {
        let error = pinned_summary("oops", "link_cut").unwrap_err().to_string();
        assert!(error.contains("link_cut"), "{error}");
    }
}
