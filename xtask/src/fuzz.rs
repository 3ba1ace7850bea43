//! Fuzzing the parsers: any bytes at any input give a refusal or a value in range (I-23).

use std::fs;
use std::path::Path;
use std::time::Duration;

use clap::Args;

use crate::error::TaskError;
use crate::process::{Echo, Step};
use crate::workspace::Workspace;

/// To build one target, the first of them with everything that it stands on.
const BUILD_LIMIT: Duration = Duration::from_secs(30 * 60);
/// The slowest targets make a few thousand runs a second on a busy machine.
const SLOWEST_RUNS_PER_S: u64 = 1_000;
/// A target that holds more at once than this, megabytes, allocates without a bound: the largest
/// input is 4 KiB.
const MOST_MEMORY: &str = "512";
/// The largest piece of memory that may be asked for at once, megabytes.
const MOST_AT_ONCE: &str = "8";

/// What to fuzz and for how long.
#[derive(Args)]
pub(crate) struct Options {
    /// One target, a file of fuzz/fuzz_targets; without it all of them.
    target: Option<String>,
    /// Inputs to try on each.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    runs: u64,
    /// Only name the targets.
    #[arg(long)]
    list: bool,
}

/// Runs the targets with cargo-fuzz and the toolchain of the project. Stops at the first that finds
/// something.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool, TaskError> {
    let folder = workspace.root.join("fuzz");
    let targets = targets(&folder)?;
    if options.list {
        targets.iter().for_each(|target| println!("{target}"));
        return Ok(true);
    }
    let chosen: Vec<&String> = match &options.target {
        None => targets.iter().collect(),
        Some(name) => targets.iter().filter(|target| *target == name).collect(),
    };
    if chosen.is_empty() {
        return Err(TaskError::Usage {
            what: format!("there is no fuzz target {}", options.target.as_deref().unwrap_or("")),
            remedy: format!("there are {}", targets.join(", ")),
        });
    }
    let version = Step::new("cargo", &workspace.root, BUILD_LIMIT).args(["fuzz", "--version"]);
    if !version.run(Echo::Quiet)?.success {
        return Err(TaskError::Missing {
            what: "cargo-fuzz".into(),
            remedy: "cargo install --locked cargo-fuzz (it needs a C++ compiler)".into(),
        });
    }
    for target in chosen {
        if !fuzz(workspace, &folder, target, options.runs)? {
            println!("{target}: found something; the input is kept in fuzz/artifacts/{target}");
            return Ok(false);
        }
    }
    Ok(true)
}

fn targets(folder: &Path) -> Result<Vec<String>, TaskError> {
    let sources = folder.join("fuzz_targets");
    let entries = fs::read_dir(&sources).map_err(TaskError::reading(sources.clone()))?;
    let mut targets: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".rs").map(str::to_owned))
        .collect();
    targets.sort();
    Ok(targets)
}

fn fuzz(workspace: &Workspace, folder: &Path, target: &str, runs: u64) -> Result<bool, TaskError> {
    let limit = BUILD_LIMIT + Duration::from_secs(runs / SLOWEST_RUNS_PER_S);
    // What is found on the way is kept beside the build; the seeds are few and stay as they are.
    let corpus = folder.join("corpus").join(target);
    fs::create_dir_all(&corpus).map_err(TaskError::reading(corpus.clone()))?;
    let mut step = Step::new("cargo", &workspace.root, limit)
        // Coverage for the fuzzer is an option of the compiler that a stable one hides.
        .env("RUSTC_BOOTSTRAP", "1")
        // Without a sanitizer it is five times as fast, and no unsafe code is there to be watched.
        .args(["fuzz", "run", "--sanitizer", "none", target])
        .arg(corpus.display().to_string());
    let seeds = folder.join("seeds").join(target);
    if seeds.is_dir() {
        step = step.arg(seeds.display().to_string());
    }
    let step = step
        .arg("--")
        .arg(format!("-runs={runs}"))
        .arg(format!("-rss_limit_mb={MOST_MEMORY}"))
        .arg(format!("-malloc_limit_mb={MOST_AT_ONCE}"))
        .args(["-timeout=10", "-print_final_stats=1"]);
    Ok(step.run(Echo::Live)?.success)
}
