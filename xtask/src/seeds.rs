//! Simulated sessions from seeds: the soak, and the canaries that prove that the soak can fail.

use std::ops::Range;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Args;

use crate::antipode::{Flavour, Program};
use crate::error::TaskError;
use crate::process::Echo;
use crate::workspace::Workspace;

const SOAK_LIMIT: Duration = Duration::from_secs(20 * 60);
const CANARY_LIMIT: Duration = Duration::from_secs(20 * 60);
/// Seeds that every run uses, so that a known failure stays known.
pub(crate) const FIXED: Range<u64> = 0..500;
/// How many seeds nobody has seen before.
const FRESH: u64 = 2_000;

/// Which seeds to run.
#[derive(Args)]
pub(crate) struct SoakOptions {
    /// The first seed and the one after the last, as `0..500`; default: 2,000 fresh ones.
    #[arg(value_parser = parse_range)]
    seeds: Option<Range<u64>>,
}

/// Builds the release program and runs the seeds; any violation of an invariant fails.
pub(crate) fn soak(workspace: &Workspace, options: &SoakOptions) -> Result<bool, TaskError> {
    let seeds = match &options.seeds {
        Some(seeds) => seeds.clone(),
        None => fresh(workspace)?,
    };
    let program = Program::build(workspace, Flavour::Release)?;
    // A soak that a person asks for may be long: a day, in place of CI's limit.
    soak_range(&program, &seeds, Duration::from_secs(24 * 3600))
}

/// Runs the fixed and the fresh seeds as CI does.
pub(crate) fn soak_in_ci(
    workspace: &Workspace,
    program: &Program,
    limit: Duration,
) -> Result<bool, TaskError> {
    let limit = limit.min(SOAK_LIMIT);
    let fresh = fresh(workspace)?;
    println!("fixed seeds {FIXED:?}, fresh seeds {fresh:?}");
    println!("to repeat: cargo xtask soak {}..{}", fresh.start, fresh.end);
    let fixed_held = soak_range(program, &FIXED, limit)?;
    let fresh_held = soak_range(program, &fresh, limit)?;
    Ok(fixed_held && fresh_held)
}

fn soak_range(program: &Program, seeds: &Range<u64>, limit: Duration) -> Result<bool, TaskError> {
    let text = format!("{}..{}", seeds.start, seeds.end);
    let finished = program.step(limit).args(["soak", "--seeds", &text]).run(Echo::Live)?;
    let sessions = seeds.end - seeds.start;
    if finished.success && !says(&finished.lines, sessions) {
        println!("it ended well, but nowhere says that it ran {sessions} sessions");
        return Ok(false);
    }
    Ok(finished.success)
}

/// Whether a number stands by itself somewhere in the output. A soak that ran nothing ends well
/// too, so it must say how much it ran.
fn says(lines: &[String], number: u64) -> bool {
    let number = number.to_string();
    lines.iter().any(|line| {
        line.replace(',', "")
            .split(|letter: char| !letter.is_ascii_digit())
            .any(|run| run == number)
    })
}

/// Runs every deliberately broken variant; each must be caught.
pub(crate) fn canaries(workspace: &Workspace) -> Result<bool, TaskError> {
    canaries_in_ci(workspace, CANARY_LIMIT)
}

/// The same within what is left of a CI run.
pub(crate) fn canaries_in_ci(workspace: &Workspace, limit: Duration) -> Result<bool, TaskError> {
    let program = Program::build(workspace, Flavour::Canary)?;
    let version = program.step(limit).arg("--version").stdout()?;
    if !version.contains("CANARY") {
        return Err(TaskError::Usage {
            what: format!("{} says {:?}", program.path().display(), version.trim()),
            remedy: "a build with the feature `canary` must say CANARY in its version".into(),
        });
    }
    // What drives a simulated table only is listed on one line.
    let drivers = program.step(limit).arg("drivers").stdout()?;
    if drivers.lines().count() != 1 || !drivers.starts_with("sim ") {
        return Err(TaskError::Usage {
            what: format!("{} lists these drivers:\n{drivers}", program.path().display()),
            remedy: "a build that is broken on purpose must hold no driver of a real table".into(),
        });
    }
    let limit = limit.min(CANARY_LIMIT);
    let finished = program.step(limit).args(["soak", "--canaries"]).run(Echo::Live)?;
    if finished.success && finished.lines.iter().all(|line| line.trim().is_empty()) {
        println!("it ended well, but names no variant that was caught");
        return Ok(false);
    }
    Ok(finished.success)
}

/// Seeds drawn from the commit and the time: different in every run, printed to be repeated.
fn fresh(workspace: &Workspace) -> Result<Range<u64>, TaskError> {
    let commit = workspace.git(["rev-parse", "HEAD"]).stdout()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(fresh_from(commit.trim(), now.as_secs()))
}

fn fresh_from(commit: &str, unix_seconds: u64) -> Range<u64> {
    // FNV-1a: spreads neighbouring seconds and commits over the whole range.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in commit.bytes().chain(unix_seconds.to_le_bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    // Short enough to be read out and typed, and never among the fixed ones.
    let start = 1_000_000 + hash % 1_000_000_000_000;
    start..start + FRESH
}

fn parse_range(text: &str) -> Result<Range<u64>, String> {
    let problem = || format!("{text:?} is not a range of seeds such as 0..500");
    let (start, end) = text.split_once("..").ok_or_else(problem)?;
    let range = start.parse().map_err(|_| problem())?..end.parse().map_err(|_| problem())?;
    if range.is_empty() {
        return Err(format!("{text:?} holds no seed: the first must be below the second"));
    }
    Ok(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_is_read_as_written() {
        assert_eq!(parse_range("0..500"), Ok(0..500));
    }

    #[test]
    fn empty_and_malformed_ranges_are_refused() {
        for text in ["5..5", "7..3", "5", "a..b", "-1..4", "..", "1...4"] {
            assert!(parse_range(text).is_err(), "{text}");
        }
    }

    #[test]
    fn soak_must_say_how_many_sessions_it_ran() {
        let lines = |text: &str| vec![text.to_owned()];
        assert!(says(&lines("2,000 sessions, 0 violations"), 2_000));
        assert!(says(&lines("ran 500 sessions"), 500));
        assert!(!says(&lines("ran 1500 sessions"), 500));
        assert!(!says(&[], 500));
    }

    #[test]
    fn fresh_seeds_differ_by_second_and_commit_and_avoid_the_fixed_ones() {
        let first = fresh_from("abc", 1);
        assert_ne!(first, fresh_from("abc", 2));
        assert_ne!(first, fresh_from("abd", 1));
        assert_eq!(first.end - first.start, FRESH);
        assert!(first.start > FIXED.end);
    }
}
