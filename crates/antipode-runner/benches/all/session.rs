//! The session machine, fed again with every event of a whole simulated session.

use std::hint::black_box;
use std::time::Instant;

use antipode_core::event::Event;
use antipode_core::session::{Session, SessionConfig};
use antipode_engine::SessionLine;
use antipode_runner::sim_run::SimRun;
use antipode_safety::Timestamp;

use crate::report::{Budget, Row};
use crate::{allocations, measure, simulation};

/// Each event counts with the fastest of so many runs: the same event costs the same, and what is
/// above the fastest came from elsewhere on the machine.
const RUNS: usize = 9;

/// Everything that reached one session.
pub(crate) struct Recording {
    /// What the session was told beforehand.
    pub(crate) config: SessionConfig,
    /// Events and what the session put on record, in order.
    pub(crate) lines: Vec<(Timestamp, SessionLine)>,
    /// How long it lasted, in milliseconds.
    pub(crate) lasted_ms: u64,
}

impl Recording {
    /// The first-week session, recorded.
    ///
    /// # Errors
    /// When it does not complete.
    pub(crate) fn of_first_week() -> Result<Self, Box<dyn std::error::Error>> {
        let mut run = SimRun::new(simulation::setup()?, false);
        run.recorder.keep_lines = true;
        simulation::complete(&mut run)?;
        let config = run.shell().core().session().config().clone();
        let lasted_ms = run.now_ms();
        Ok(Self { config, lines: std::mem::take(&mut run.recorder.lines), lasted_ms })
    }

    fn events(&self) -> Vec<(Timestamp, Event)> {
        self.lines
            .iter()
            .filter_map(|(at, line)| match line {
                SessionLine::Event(event, _) => Some((*at, *event)),
                SessionLine::Record(_) | SessionLine::FaultBegan(_) => None,
            })
            .collect()
    }
}

pub(crate) fn rows(recording: &Recording, hinge_ns: f64) -> Vec<Row> {
    let events = recording.events();
    let whole = measure::ns_of(|| {
        let mut session = Session::new(recording.config.clone());
        for (now, event) in &events {
            black_box(&session.step(*now, *event));
        }
    });
    let mut session = Session::new(recording.config.clone());
    let asked = allocations::during(|| {
        for (now, event) in &events {
            black_box(&session.step(*now, *event));
        }
    });
    let count = events.len() as f64;
    let steps = fastest_us(&recording.config, &events);
    let p50 = measure::share(steps.clone(), 500);
    let p99 = measure::share(steps.clone(), 990);
    let most = measure::share(steps, 1_000);
    vec![
        Row::new("session step, mean", whole / count, "ns").against("bare hinge step", hinge_ns),
        Row::new("session step, p50", p50, "us"),
        Row::new("session step, p99", p99, "us").held_to(Budget::AtMost(2.0)),
        Row::new("session step, slowest", most, "us"),
        Row::new("allocations of a session step", asked as f64 / count, "per step")
            .held_to(Budget::AtMost(0.0)),
    ]
}

/// The time of each step in microseconds, without that of reading the clock.
fn fastest_us(config: &SessionConfig, events: &[(Timestamp, Event)]) -> Vec<f64> {
    let clock = measure::middle((0..10_001).map(|_| timed(|| ())).collect());
    let mut fastest = vec![f64::INFINITY; events.len()];
    for _ in 0..RUNS {
        let mut session = Session::new(config.clone());
        for ((now, event), best) in events.iter().zip(&mut fastest) {
            let took = timed(|| {
                black_box(&session.step(*now, *event));
            });
            *best = best.min((took - clock).max(0.0));
        }
    }
    fastest
}

fn timed(act: impl FnOnce()) -> f64 {
    let began = Instant::now();
    act();
    began.elapsed().as_nanos() as f64 / 1_000.0
}
