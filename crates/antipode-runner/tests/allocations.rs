//! What one step of the session machine asks of the allocator (I-22). A binary of its own: the
//! counter in front of the allocator counts every thread of the process.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by ending")]

#[path = "../benches/all/allocations.rs"]
mod allocations;

use std::hint::black_box;
use std::sync::Arc;

use antipode_core::session::{Company, Outcome, Session};
use antipode_engine::SessionLine;
use antipode_files::{Source, presets, read_plan};
use antipode_runner::sim_run::{SimRun, SimSetup};
use antipode_safety::{Limits, Setting};
use antipode_sim::person::PersonConfig;
use antipode_sim::world::WorldSetup;

fn first_week() -> SimRun {
    let (name, text) = presets().iter().find(|(name, _)| *name == "first-week").unwrap();
    let plan = read_plan(&Source::new(*name, *text)).unwrap().value.plan;
    let setup = SimSetup {
        program: Arc::new(plan.expand().unwrap()),
        limits: Limits::hard(Setting::Clinic),
        world: WorldSetup::reference(PersonConfig::reference()),
        company: Company::Spotter,
        effort: None,
        seed: 7,
        faults: Vec::new(),
        acts: Vec::new(),
    };
    let mut run = SimRun::new(setup, false);
    run.recorder.keep_lines = true;
    assert!(run.run(3_600_000));
    assert_eq!(run.ended().map(|(outcome, _)| outcome), Some(Outcome::Completed));
    run
}

#[test]
fn no_step_of_a_whole_session_asks_the_allocator_for_anything() {
    let mut run = first_week();
    let config = run.shell().core().session().config().clone();
    let lines = std::mem::take(&mut run.recorder.lines);
    let events: Vec<_> = lines
        .iter()
        .filter_map(|(at, line)| match line {
            SessionLine::Event(event, _) => Some((*at, *event)),
            SessionLine::Record(_) | SessionLine::FaultBegan(_) => None,
        })
        .collect();
    let mut session = Session::new(config);
    let asked = allocations::during(|| {
        for (now, event) in &events {
            black_box(&session.step(*now, *event));
        }
    });
    assert!(events.len() > 10_000, "{}", events.len());
    assert_eq!(asked, 0, "in {} steps", events.len());
    // The counter counts.
    assert!(allocations::during(|| drop(black_box(vec![1u8; 64]))) > 0);
}
