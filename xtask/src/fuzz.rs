//! Fuzzing the parsers: any bytes at any input give a refusal or a value in range (I-23).

use std::fs;
use std::time::Duration;

use clap::Args;

use crate::error::TaskError;
use crate::process::{Echo, Step};
use crate::workspace::Workspace;

const BUILD_SLACK: Duration = Duration::from_secs(30 * 60);

/// What to fuzz and for how long.
#[derive(Args)]
pub(crate) struct Options {
    /// The target, a file of fuzz/fuzz_targets; without it the targets are listed.
    target: Option<String>,
    /// How long to fuzz.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

/// Runs one target with cargo-fuzz, which needs a nightly toolchain.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool, TaskError> {
    let folder = workspace.root.join("fuzz");
    let targets_folder = folder.join("fuzz_targets");
    let entries =
        fs::read_dir(&targets_folder).map_err(TaskError::reading(targets_folder.clone()))?;
    let mut targets: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".rs").map(str::to_owned))
        .collect();
    targets.sort();
    let Some(target) = &options.target else {
        for target in targets {
            println!("{target}");
        }
        return Ok(true);
    };
    if !targets.contains(target) {
        return Err(TaskError::Usage {
            what: format!("there is no fuzz target {target}"),
            remedy: format!("there are {}", targets.join(", ")),
        });
    }
    // Plain `cargo`: the toolchain that runs this task is the stable one.
    let limit = Duration::from_secs(options.seconds) + BUILD_SLACK;
    let installed = Step::new("cargo", &workspace.root, BUILD_SLACK)
        .args(["+nightly", "fuzz", "--version"])
        .run(Echo::Quiet)?;
    if !installed.success {
        return Err(TaskError::Missing {
            what: "cargo-fuzz on a nightly toolchain".into(),
            remedy: "rustup toolchain install nightly && cargo install --locked cargo-fuzz".into(),
        });
    }
    let step = Step::new("cargo", &workspace.root, limit)
        .args(["+nightly", "fuzz", "run", target, "--"])
        .arg(format!("-max_total_time={}", options.seconds))
        .arg("-rss_limit_mb=512");
    Ok(step.run(Echo::Live)?.success)
}
