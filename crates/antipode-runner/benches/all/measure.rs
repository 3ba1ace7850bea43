//! Clocks and the middle of several runs.

use std::hint::black_box;

use rustix::time::{ClockId, clock_gettime};

/// Runs of which the middle one counts.
const RUNS: usize = 7;

/// Processor time of this thread in nanoseconds.
pub(crate) fn cpu_ns() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// Processor time of one `act`, in nanoseconds: the middle of seven runs of `times` each.
pub(crate) fn ns_each(times: u32, mut act: impl FnMut()) -> f64 {
    let mut run = || {
        let before = cpu_ns();
        for _ in 0..times {
            act();
        }
        (cpu_ns() - before) / f64::from(times)
    };
    run();
    middle((0..RUNS).map(|_| run()).collect())
}

/// Processor time of a long `act`, in nanoseconds: the middle of seven.
pub(crate) fn ns_of<R>(mut act: impl FnMut() -> R) -> f64 {
    ns_each(1, || {
        black_box(act());
    })
}

/// The middle value.
pub(crate) fn middle(values: Vec<f64>) -> f64 {
    share(values, 500)
}

/// The value that `permille` of all are not above.
pub(crate) fn share(mut values: Vec<f64>, permille: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get((values.len() * permille / 1_000).min(last)).copied().unwrap_or(f64::NAN)
}
