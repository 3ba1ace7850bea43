//! Deliberately broken builds: proof that the swarm and its monitor can fail.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// Runs every seeded defect of this build until a seed shows it.
///
/// # Errors
/// When this build has none.
#[cfg(not(feature = "canary"))]
pub(super) fn run(_threads: usize, _out: &mut Output) -> Result<Exit, Failure> {
    Err(Failure::usage("this build has no canaries")
        .help("`cargo xtask canaries` makes one that has, apart from this one"))
}

#[cfg(feature = "canary")]
pub(super) use broken::run;

#[cfg(feature = "canary")]
mod broken {
    use std::ops::Range;

    use antipode_firmware::canary::{self as firmware, Canary as Firmware};
    use antipode_safety::canary::{self as safety, Canary as Safety};
    use serde::Serialize;

    use super::{Exit, Failure, Output};
    use crate::sim_run::draw;
    use crate::sim_run::soak::{run_one, soak};

    /// Each defect must show within these seeds.
    const SEEDS: Range<u64> = 0..1_000;
    /// How far one is looked for that is not expected to show.
    const SEEDS_UNLIKELY: Range<u64> = 0..250;
    /// So many must show in all.
    const LEAST: usize = 15;

    /// Defects that no run of the whole program can show, since another layer stands before or
    /// behind them, each with its reason. The tests of their own crates catch them.
    const NOT_BY_SWARM: &[(u32, &str)] = &[
        (Safety::StopReturns.number(), SESSION_FIRST),
        (Safety::FlatUnseen.number(), TABLE_TOO),
        (Safety::LatchesIgnored.number(), SESSION_FIRST),
        (Safety::StopIgnored.number(), SESSION_FIRST),
        (Safety::HomeRefused.number(), "a return needs no leave of the guard"),
        (
            Safety::DoseIgnored.number(),
            "the session's own dose clock ends it before the guard does",
        ),
        (Safety::RunawayUnseen.number(), TABLE_TOO),
        (Safety::WrongWayUnseen.number(), TABLE_TOO),
        (Safety::StallUnseen.number(), TABLE_TOO),
        (Safety::AcknowledgeWhilePressed.number(), "the STOP word belongs to the real shell alone"),
        (Safety::FlappingResetsDelay.number(), "a short delay is no harm that a trace shows"),
        (Safety::JumpBelieved.number(), TABLE_TOO),
        (Safety::UprightUnattended.number(), SESSION_FIRST),
        (Safety::SlipUnseen.number(), TABLE_TOO),
        (Safety::JournalIgnored.number(), SESSION_FIRST),
        (
            Safety::WorstCaseIgnoresAge.number(),
            "the room of three leases is wider than what a reading ages",
        ),
        (Firmware::LatchesIgnored.number(), "the host halts on the same latches"),
        (Firmware::RangeIgnored.number(), "the guard's limits lie within the table's range"),
        (Firmware::HeadDownCapIgnored.number(), "the cap is longer than a run of the swarm"),
    ];
    const SESSION_FIRST: &str = "the session asks the guard for nothing of the kind";
    const TABLE_TOO: &str = "the table's controller sees the same and acts first";

    /// What became of one defect.
    #[derive(Debug, Serialize)]
    struct Tried {
        name: String,
        number: u32,
        /// The seed that showed it.
        seed: Option<u64>,
        sessions: u64,
        /// What the monitor said first.
        violation: Option<String>,
        /// Why the swarm is not expected to show it.
        not_by_swarm: Option<&'static str>,
    }

    #[derive(Debug, Serialize)]
    struct Document {
        canaries: Vec<Tried>,
        caught: usize,
    }

    pub(in super::super) fn run(threads: usize, out: &mut Output) -> Result<Exit, Failure> {
        let of_safety = Safety::ALL.map(|c| (format!("safety {c:?}"), c.number()));
        let of_firmware = Firmware::ALL.map(|c| (format!("firmware {c:?}"), c.number()));
        let mut canaries = Vec::new();
        for (name, number) in of_safety.into_iter().chain(of_firmware) {
            let tried = hunt(name, number, threads);
            out.line(tell(&tried));
            canaries.push(tried);
        }
        select(0);
        let caught = canaries.iter().filter(|tried| tried.seed.is_some()).count();
        let missed =
            canaries.iter().filter(|t| t.seed.is_none() && t.not_by_swarm.is_none()).count();
        out.line(format_args!("{caught} of {} caught, {missed} missed", canaries.len()));
        if out.json() {
            out.document(&Document { canaries, caught });
        }
        Ok(if missed == 0 && caught >= LEAST { Exit::Done } else { Exit::Failed })
    }

    /// At most one defect is on at a time, in whichever crate has its number.
    fn select(number: u32) {
        safety::select(number);
        firmware::select(number);
    }

    fn hunt(name: String, number: u32, threads: usize) -> Tried {
        let mut tried = Tried {
            name,
            number,
            seed: None,
            sessions: 0,
            violation: None,
            not_by_swarm: NOT_BY_SWARM.iter().find(|(n, _)| *n == number).map(|(_, why)| *why),
        };
        let seeds = if tried.not_by_swarm.is_some() { SEEDS_UNLIKELY } else { SEEDS };
        let mut from = seeds.start;
        while from < seeds.end && tried.seed.is_none() {
            select(number);
            let soaked = soak(from..seeds.end, threads, true);
            tried.sessions += soaked.sessions;
            let Some(found) = soaked.failed.first() else { break };
            select(0);
            // A seed that fails without the defect shows nothing about it.
            if run_one(draw::setup(found.seed)).0.is_clean() {
                let verdict = &found.verdict;
                let first = verdict.safety.iter().chain(&verdict.liveness).next();
                tried.seed = Some(found.seed);
                tried.violation = first.map(ToString::to_string);
            }
            from = found.seed + 1;
        }
        tried
    }

    fn tell(tried: &Tried) -> String {
        let Tried { name, seed, sessions, violation, not_by_swarm, .. } = tried;
        match (seed, not_by_swarm) {
            (Some(seed), _) => {
                let violation = violation.as_deref().unwrap_or("it did not end by itself");
                format!("caught {name} at seed {seed} after {sessions} sessions: {violation}")
            }
            (None, Some(why)) => format!("passed {name}: not to be seen by the swarm: {why}"),
            (None, None) => format!("MISSED {name} in {sessions} sessions"),
        }
    }
}
