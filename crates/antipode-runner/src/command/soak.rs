//! `antipode soak`: many drawn sessions, each watched by the independent monitor.

mod canaries;
mod described;

use std::num::NonZeroUsize;
use std::ops::Range;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::cli::{SoakArgs, VERSION};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::sim_run::soak::{Found, Soaked, shrink, soak};

/// Seeds between two lines of progress.
const CHUNK: u64 = 500;
/// Failures that are shown and kept; the rest is counted.
const SHOWN: usize = 20;
/// The commit that it was built from, where the build was told.
const COMMIT: Option<&str> = option_env!("ANTIPODE_COMMIT");

/// What a soak came to, for programs.
#[derive(Debug, Serialize)]
struct Document {
    version: &'static str,
    commit: Option<&'static str>,
    first_seed: u64,
    end_seed: u64,
    sessions: u64,
    simulated_s: u64,
    wall_ms: u64,
    threads: usize,
    times_real_time_per_core: u64,
    safety_violations: u64,
    liveness_violations: u64,
    failed: Vec<FailedSeed>,
    smallest: Option<String>,
}

/// A seed that failed.
#[derive(Debug, Serialize)]
struct FailedSeed {
    seed: u64,
    stuck: bool,
    violations: Vec<String>,
}

/// Runs the seeds, or the canaries of a build that has them.
///
/// # Errors
/// When it was asked for canaries and this build has none.
pub(super) fn run(arguments: &SoakArgs, out: &mut Output) -> Result<Exit, Failure> {
    match &arguments.seeds {
        Some(seeds) => Ok(seeds_of(seeds, out)),
        None => canaries::run(threads(), out),
    }
}

/// One a core. Where nobody knows how many there are, one.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

fn seeds_of(seeds: &Range<u64>, out: &mut Output) -> Exit {
    let begin = Instant::now();
    let threads = threads();
    let soaked = in_chunks(seeds, threads, out);
    let took = begin.elapsed();
    let times = times_real_time(soaked.simulated_s, took, threads);

    for found in &soaked.failed {
        show(found, out);
    }
    let smallest = soaked.failed.first().map(|found| {
        out.talk(format_args!("making seed {} smaller ...", found.seed));
        described::toml(&shrink(found.seed))
    });
    if let Some(smallest) = &smallest {
        out.talk(format_args!("\n{smallest}"));
    }
    out.line(format_args!(
        "{} sessions of seeds {}..{}: {} s of simulated time in {}.{} s on {threads} threads, {times} times \
         real time per core",
        soaked.sessions,
        seeds.start,
        seeds.end,
        soaked.simulated_s,
        took.as_secs(),
        took.subsec_millis() / 100,
    ));
    let Soaked { sessions, simulated_s, safety, liveness, failed } = soaked;
    out.line(format_args!("{safety} safety violations, {liveness} liveness violations"));
    if out.json() {
        out.document(&Document {
            version: VERSION,
            commit: COMMIT,
            first_seed: seeds.start,
            end_seed: seeds.end,
            sessions,
            simulated_s,
            wall_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            threads,
            times_real_time_per_core: times,
            safety_violations: safety,
            liveness_violations: liveness,
            failed: failed.iter().map(FailedSeed::of).collect(),
            smallest,
        });
    }
    if safety + liveness == 0 && failed.is_empty() { Exit::Done } else { Exit::Failed }
}

/// Runs chunk after chunk and says how far it is, so that a long soak that is cut off can go on
/// from there.
fn in_chunks(seeds: &Range<u64>, threads: usize, out: &mut Output) -> Soaked {
    let mut total = Soaked::default();
    let mut start = seeds.start;
    while start < seeds.end {
        let end = start.saturating_add(CHUNK).min(seeds.end);
        let chunk = soak(start..end, threads, false);
        total.sessions += chunk.sessions;
        total.simulated_s += chunk.simulated_s;
        total.safety += chunk.safety;
        total.liveness += chunk.liveness;
        let room = SHOWN.saturating_sub(total.failed.len());
        total.failed.extend(chunk.failed.into_iter().take(room));
        if end < seeds.end {
            let violations = total.safety + total.liveness;
            out.talk(format_args!("up to seed {end}: {violations} violations"));
        }
        start = end;
    }
    total
}

fn times_real_time(simulated_s: u64, took: Duration, threads: usize) -> u64 {
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    let threads = u64::try_from(threads).unwrap_or(1).max(1);
    simulated_s.saturating_mul(1_000) / took_ms / threads
}

fn show(found: &Found, out: &mut Output) {
    let commit = COMMIT.unwrap_or("unknown");
    out.talk(format_args!("seed {} FAILED (version {VERSION}, commit {commit})", found.seed));
    for violation in FailedSeed::of(found).violations {
        out.talk(format_args!("    {violation}"));
    }
}

impl FailedSeed {
    fn of(found: &Found) -> Self {
        let verdict = &found.verdict;
        let all = verdict.safety.iter().chain(&verdict.liveness);
        let mut violations: Vec<String> = all.map(ToString::to_string).collect();
        if verdict.dropped > 0 {
            violations.push(format!("and {} times more", verdict.dropped));
        }
        if found.stuck {
            violations.push("it did not end by itself after everything had healed".to_owned());
        }
        Self { seed: found.seed, stuck: found.stuck, violations }
    }
}
