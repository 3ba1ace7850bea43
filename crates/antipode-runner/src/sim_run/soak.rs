//! The swarm: many seeds, each with its own person, plan, table and faults, each watched by the
//! independent monitor. First everything may go wrong (safety), then everything heals (liveness).

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use antipode_core::event::{Act, Source};
use antipode_engine::Input;
use antipode_monitor::Verdict;
use antipode_safety::{Fault, FaultSet};

use super::draw;
use super::{SimRun, SimSetup};

/// Simulated time with faults, milliseconds.
pub const SAFETY_MS: u64 = 420_000;
/// Simulated time after healing within which all must end well, milliseconds.
pub const LIVENESS_MS: u64 = 260_000;

/// One press of RETURN brings the bed home within this, milliseconds.
const HOME_MS: u64 = 60_000;

/// What one seed came to.
#[derive(Clone, Debug)]
pub struct Found {
    /// The seed.
    pub seed: u64,
    /// What the monitor says.
    pub verdict: Verdict,
    /// The run did not end by itself after healing.
    pub stuck: bool,
}

impl Found {
    /// Nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.verdict.is_clean() && !self.stuck
    }
}

/// What a soak came to.
#[derive(Clone, Debug, Default)]
pub struct Soaked {
    /// Sessions run.
    pub sessions: u64,
    /// Simulated seconds.
    pub simulated_s: u64,
    /// Safety violations.
    pub safety: u64,
    /// Liveness violations.
    pub liveness: u64,
    /// The first seeds that failed, lowest first.
    pub failed: Vec<Found>,
}

/// Failures kept for the report; the rest is only counted.
const KEPT: usize = 20;

/// Runs one setup through both phases.
#[must_use]
pub fn run_one(setup: SimSetup) -> (Found, u64) {
    let seed = setup.seed;
    let mut run = SimRun::new(setup, true);
    run.run(SAFETY_MS);
    run.heal();
    let healed_at = run.now_ms();
    let over = run.run(healed_at + LIVENESS_MS) || comes_home_when_asked(&mut run);
    let verdict = run.verdict().unwrap_or_else(empty);
    (Found { seed, verdict, stuck: !over }, run.now_ms())
}

/// A session that began after the healing may still run: one press of RETURN must end it. A person
/// who slid out of the clamp, or a drive that is cut off or still too hot, is beyond it.
fn comes_home_when_asked(run: &mut SimRun) -> bool {
    run.input(Input::Act(Act::Return, Source::Terminal));
    let until = run.now_ms() + HOME_MS;
    while run.now_ms() < until && !run.is_at_rest() {
        run.step();
    }
    let world = run.shell().table();
    let cut = |faults: FaultSet| faults.has(Fault::HotHard) || faults.has(Fault::Runaway);
    let beyond = world.controller().is_some_and(|board| cut(board.inspect().faults));
    run.is_at_rest() || beyond || world.plant().slid_mm() > 0
}

fn empty() -> Verdict {
    Verdict { safety: Vec::new(), liveness: Vec::new(), dropped: 0, healed_for_ms: None }
}

/// Runs every seed of `seeds` on `threads` threads. `stop_at_first` ends at the first failure.
#[must_use]
pub fn soak(seeds: Range<u64>, threads: usize, stop_at_first: bool) -> Soaked {
    let next = AtomicU64::new(seeds.start);
    let total = Mutex::new(Soaked::default());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| work(&next, seeds.end, stop_at_first, &total));
        }
    });
    let mut total = total.into_inner().unwrap_or_else(PoisonError::into_inner);
    total.failed.sort_by_key(|found| found.seed);
    total
}

fn work(next: &AtomicU64, end: u64, stop_at_first: bool, total: &Mutex<Soaked>) {
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            return;
        }
        let (found, ran_ms) = run_one(draw::setup(seed));
        let clean = found.is_clean();
        let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
        total.sessions += 1;
        total.simulated_s += ran_ms / 1_000;
        total.safety += found.verdict.safety.len() as u64 + u64::from(found.verdict.dropped);
        total.liveness += found.verdict.liveness.len() as u64 + u64::from(found.stuck);
        if !clean && total.failed.len() < KEPT {
            total.failed.push(found);
        }
        if !clean && stop_at_first {
            next.store(end, Ordering::Relaxed);
        }
    }
}

/// The smallest setup that still fails in the same way: faults and acts are taken away one by one.
#[must_use]
pub fn shrink(seed: u64) -> SimSetup {
    let mut best = draw::setup(seed);
    let wanted = run_one(best.clone()).0;
    let same = |setup: &SimSetup| fails_alike(&run_one(setup.clone()).0, &wanted);
    loop {
        let fewer = (0..best.faults.len())
            .map(|index| {
                let mut setup = best.clone();
                setup.faults.remove(index);
                setup
            })
            .chain((0..best.acts.len()).map(|index| {
                let mut setup = best.clone();
                setup.acts.remove(index);
                setup
            }))
            .find(same);
        match fewer {
            Some(setup) => best = setup,
            None => return best,
        }
    }
}

/// Whether `found` breaks the rule that `wanted` broke first.
fn fails_alike(found: &Found, wanted: &Found) -> bool {
    let rules = |found: &Found| {
        let all = found.verdict.safety.iter().chain(&found.verdict.liveness);
        all.map(|violation| violation.what).collect::<Vec<_>>()
    };
    match rules(wanted).first() {
        Some(first) => rules(found).contains(first),
        None => found.stuck == wanted.stuck && !found.is_clean(),
    }
}
