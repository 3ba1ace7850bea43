//! The real program killed without warning, many times: what the next start makes of it.

use std::time::Duration;

use clap::Args;

use crate::error::TaskError;
use crate::process::Echo;
use crate::workspace::Workspace;

/// To build the tests.
const BUILD_SLACK: Duration = Duration::from_secs(25 * 60);
/// A victim lives for half a second, one on the real clock for up to 25; on a busy machine more.
const EACH: Duration = Duration::from_secs(20);

/// How often, and when.
#[derive(Args)]
pub(crate) struct Options {
    /// How many programs are killed.
    #[arg(long, value_name = "N", default_value_t = 200)]
    times: u32,
    /// Number from which the moments are drawn.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

/// Runs the test of the runner that kills the program, so often, and shows what it saw.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool, TaskError> {
    let limit = BUILD_SLACK + EACH * options.times;
    let step = workspace
        .building("test", limit)
        .args(["--package", "antipode-runner", "--test", "it", "--", "kill::", "--nocapture"])
        .env("ANTIPODE_KILLS", options.times.to_string())
        .env("ANTIPODE_KILLS_SEED", options.seed.to_string());
    let finished = step.run(Echo::Live)?;
    let begins = format!("{} killed: ", options.times);
    // A filter that finds no test ends well too.
    if finished.success && !finished.lines.iter().any(|line| line.contains(&begins)) {
        println!("it ended well, but nowhere says that it killed {} programs", options.times);
        return Ok(false);
    }
    Ok(finished.success)
}
