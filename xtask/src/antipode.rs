//! Building and running the `antipode` program.

use std::env::consts::EXE_SUFFIX;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use crate::error::TaskError;
use crate::process::{Echo, Step};
use crate::workspace::Workspace;

/// A cold release build took 4 minutes on two busy cores; four times that is a hang.
const BUILD_LIMIT: Duration = Duration::from_secs(25 * 60);
const SCHEMA_LIMIT: Duration = Duration::from_secs(120);

/// Which build of the program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// The development profile.
    Dev,
    /// The release profile, as people run it.
    Release,
    /// The release profile with the feature `canary`: deliberately broken, and built apart.
    Canary,
}

/// A built program.
pub(crate) struct Program {
    path: PathBuf,
    root: PathBuf,
    home: PathBuf,
}

impl Program {
    /// Builds the program, or finds that it is built already.
    ///
    /// # Errors
    /// When it does not build.
    pub(crate) fn build(workspace: &Workspace, flavour: Flavour) -> Result<Program, TaskError> {
        let target = match flavour {
            Flavour::Dev | Flavour::Release => workspace.target.clone(),
            Flavour::Canary => workspace.target.join("canary"),
        };
        let mut step = workspace
            .building("build", BUILD_LIMIT)
            .args(["--package", "antipode-runner", "--bin", "antipode", "--target-dir"])
            .arg(&target);
        step = match flavour {
            Flavour::Dev => step,
            Flavour::Release => step.arg("--release"),
            Flavour::Canary => step.args(["--release", "--features", "canary"]),
        };
        let finished = step.run(Echo::Live)?;
        if !finished.success {
            return Err(TaskError::Failed {
                command: step.command_line(),
                ending: finished.ending,
                output: String::new(),
            });
        }
        let profile = if flavour == Flavour::Dev { "debug" } else { "release" };
        Ok(Program {
            path: target.join(profile).join(format!("antipode{EXE_SUFFIX}")),
            root: workspace.root.clone(),
            home: workspace.target.join("xtask"),
        })
    }

    /// A run of the program. It sees none of the developer's own settings or records, so that a
    /// result never depends on whose machine it is.
    pub(crate) fn step(&self, limit: Duration) -> Step {
        self.beside(&self.path, limit)
    }

    /// A run of `other`, which may start this program: it sees as little.
    pub(crate) fn beside(&self, other: &Path, limit: Duration) -> Step {
        let apart = |name: &str| self.home.join(name);
        Step::new(other, &self.root, limit)
            .env("XDG_CONFIG_HOME", apart("config"))
            .env("XDG_DATA_HOME", apart("data"))
            .env("XDG_STATE_HOME", apart("state"))
    }

    /// The file of the program.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// What to do about the JSON Schemas.
#[derive(Args)]
pub(crate) struct SchemaOptions {
    /// Only compare; fail when a committed schema differs from the program's.
    #[arg(long)]
    check: bool,
}

/// Checks the committed JSON Schemas against the program, or writes them.
pub(crate) fn schema(workspace: &Workspace, options: &SchemaOptions) -> Result<bool, TaskError> {
    let program = Program::build(workspace, Flavour::Dev)?;
    let flag = if options.check { "--check" } else { "--write" };
    Ok(program.step(SCHEMA_LIMIT).args(["schema", flag]).run(Echo::Live)?.success)
}

/// The part of CI that checks the schemas, with the release build that CI has anyway.
pub(crate) fn schema_is_fresh(program: &Program, limit: Duration) -> Result<bool, TaskError> {
    let limit = limit.min(SCHEMA_LIMIT);
    Ok(program.step(limit).args(["schema", "--check"]).run(Echo::Live)?.success)
}

/// Sessions whose traces are compared between builds.
const SAME_SEEDS: [&str; 3] = ["7", "8", "9"];

/// Whether a session leaves the same trace in the development and in the release build (I-21).
///
/// # Errors
/// When a build or a run fails, or a run names no trace.
pub(crate) fn same_trace_in_debug_and_release(
    workspace: &Workspace,
    limit: Duration,
) -> Result<bool, TaskError> {
    let programs =
        [Flavour::Dev, Flavour::Release].map(|flavour| Program::build(workspace, flavour));
    let [dev, release] = programs;
    let (dev, release) = (dev?, release?);
    let mut same = true;
    for seed in SAME_SEEDS {
        let [debug, fast] = [trace_hash(&dev, seed, limit)?, trace_hash(&release, seed, limit)?];
        println!("seed {seed}: {debug} in the development build, {fast} in the release build");
        same &= debug == fast;
    }
    Ok(same)
}

fn trace_hash(program: &Program, seed: &str, limit: Duration) -> Result<String, TaskError> {
    let demo = ["demo", "--headless", "--json", "--speed", "max", "--seed", seed];
    let step = program.step(limit).args(demo);
    let stdout = step.stdout()?;
    let report: Option<serde_json::Value> = serde_json::from_str(&stdout).ok();
    let hash = report.as_ref().and_then(|report| report.get("trace_hash")?.as_str());
    hash.map(str::to_owned).ok_or_else(|| TaskError::Failed {
        command: step.command_line(),
        ending: "an answer without a trace hash:\n".into(),
        output: stdout.clone(),
    })
}
