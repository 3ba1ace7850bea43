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
    /// Kill hosts, guardians and devices of all five dialects over serial lines instead, or let a
    /// line misbehave, and look at what the bed does.
    #[arg(long)]
    wire: bool,
    /// How many are killed side by side over the wire.
    #[arg(long, value_name = "N", default_value_t = 8, requires = "wire")]
    at_once: u32,
}

/// Runs the test that kills, so often, and shows what it saw.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool, TaskError> {
    let limit = BUILD_SLACK + EACH * options.times;
    let (package, tests, variable, says) = if options.wire {
        ("antipode-driver-serial", "kills::", "ANTIPODE_WIRE_KILLS", "killed over the wire, ")
    } else {
        ("antipode-runner", "kill::", "ANTIPODE_KILLS", "killed: ")
    };
    let step = workspace
        .building("test", limit)
        .args(["--package", package, "--test", "it", "--", tests, "--nocapture"])
        .env(variable, options.times.to_string())
        .env(&format!("{variable}_SEED"), options.seed.to_string())
        .env("ANTIPODE_WIRE_KILLS_AT_ONCE", options.at_once.to_string());
    let finished = step.run(Echo::Live)?;
    let begins = format!("{} {says}", options.times);
    // A filter that finds no test ends well too.
    if finished.success && !finished.lines.iter().any(|line| line.contains(&begins)) {
        println!("it ended well, but nowhere says that it killed {} programs", options.times);
        return Ok(false);
    }
    Ok(finished.success)
}
