//! What every driver must show before it counts: named claims, each tried over the driver's real
//! line against a device whose true tilt somebody else measures.
//!
//! ```text
//!  Rig (yours): opens the driver, measures the bed, troubles the line --+
//!                                                                        v
//!  run --> one Check at a time --> Host, a small control loop --> Table, Stopper
//!                                     ^--- the true tilt, every few milliseconds
//! ```
//! Implement [`Rig`] for your table and hand [`run`] a way to make one. What a rig cannot do it says
//! ([`NotTried`]); the report shows it as not tried, never as passed.

mod check;
mod host;
mod report;
mod rig;
mod track;
mod turns;

#[cfg(test)]
mod toy;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

pub use check::Check;
pub use report::{Outcome, Report, publish};
pub use rig::{Act, NotTried, Rig, Second, Tried, Trouble};

use host::Bench;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use turns::Turns;

/// A check that is not done by then will not be: the longest way home, twice.
const LIMIT: Duration = Duration::from_secs(120);

/// Tries every check, each on a rig of its own, `at_once` of them side by side, each of those in a
/// thread of its own: a rig may wait for its device without holding up the control loop of another.
///
/// It takes as long as a bed takes to turn: half a minute where eight run side by side.
pub fn run<R, M>(driver: &str, make: M, at_once: usize) -> Report
where
    R: Rig,
    M: Fn() -> R + Sync,
{
    let runtime = || Builder::new_current_thread().enable_all().build();
    run_on(driver, make, at_once, runtime, &Turns::watched())
}

fn run_on<R, M, B>(driver: &str, make: M, at_once: usize, runtime: B, turns: &Turns) -> Report
where
    R: Rig,
    M: Fn() -> R + Sync,
    B: Fn() -> std::io::Result<Runtime> + Sync,
{
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..at_once.max(1) {
            scope.spawn(|| {
                while let Some(check) = Check::ALL.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let tried =
                        catch_unwind(AssertUnwindSafe(|| try_one(*check, &make, &runtime, turns)));
                    if let (Ok(outcome), Ok(mut outcomes)) = (tried, outcomes.lock()) {
                        outcomes.push((*check, outcome));
                    }
                }
            });
        }
    });
    Report::new(driver, outcomes.into_inner().unwrap_or_default())
}

fn try_one<R: Rig>(
    check: Check,
    make: impl Fn() -> R,
    runtime: impl Fn() -> std::io::Result<Runtime>,
    turns: &Turns,
) -> Outcome {
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => return Outcome::Failed(format!("no runtime to try it in: {error}")),
    };
    runtime.block_on(async {
        let mut rig = make();
        let began = Instant::now();
        let mut bench = Bench { rig: &mut rig, turns, again: 0 };
        let outcome = match timeout(LIMIT, check.try_on(&mut bench)).await {
            Ok(verdict) => Outcome::from(verdict),
            Err(_) => Outcome::Failed(format!("not decided within {} s", LIMIT.as_secs())),
        };
        outcome.on_a_busy_machine(turns.late_since(began), bench.again)
    })
}
