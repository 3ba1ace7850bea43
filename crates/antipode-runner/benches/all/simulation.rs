//! How much faster than life a whole simulated session runs on one core.

use std::hint::black_box;
use std::sync::Arc;

use antipode_core::session::{Company, Outcome};
use antipode_files::{Source, presets, read_plan};
use antipode_runner::sim_run::{SimRun, SimSetup};
use antipode_safety::{Limits, Setting};
use antipode_sim::person::PersonConfig;
use antipode_sim::world::WorldSetup;

use crate::report::{Budget, Row};
use crate::{Rows, allocations, measure};

/// A session that is not over by then never ends, milliseconds.
pub(crate) const MOST_MS: u64 = 3_600_000;
/// The whole simulator, times real time: what it must reach and what it aims for.
const FLOOR: f64 = 10_000.0;
const STEPS: u32 = 1_000_000;

/// The session that every figure is about: the first-week plan, the reference table and person, a
/// spotter beside them, no fault.
pub(crate) fn setup() -> Result<SimSetup, Box<dyn std::error::Error>> {
    let (name, text) = presets()
        .iter()
        .find(|(name, _)| *name == "first-week")
        .ok_or("there is no built-in plan `first-week`")?;
    let read = read_plan(&Source::new(*name, *text)).map_err(|found| format!("{found:?}"))?;
    let program = read.value.plan.expand().map_err(|error| format!("{error:?}"))?;
    Ok(SimSetup {
        program: Arc::new(program),
        limits: Limits::hard(Setting::Clinic),
        world: WorldSetup::reference(PersonConfig::reference()),
        company: Company::Spotter,
        effort: None,
        seed: 7,
        faults: Vec::new(),
        acts: Vec::new(),
    })
}

/// Runs `run` to its end.
///
/// # Errors
/// When it does not complete: then it is not the session that is to be measured.
pub(crate) fn complete(run: &mut SimRun) -> Result<(), String> {
    let over = run.run(MOST_MS);
    match run.ended() {
        Some((Outcome::Completed, _)) if over => Ok(()),
        ended => Err(format!("the simulated session did not complete: {ended:?}")),
    }
}

pub(crate) fn rows(hinge_ns: f64) -> Rows {
    // A thousand steps of the bare loop are a second of its life.
    let roof = 1e9 / (hinge_ns * 1_000.0);
    let alone = times_real_time(false)?;
    let watched = times_real_time(true)?;
    let setup = setup()?;
    let mut run = SimRun::new(setup, false);
    let mut ended = Ok(());
    let asked = allocations::during(|| ended = complete(&mut run));
    ended?;
    let per_minute = asked as f64 * 60_000.0 / run.now_ms() as f64;
    Ok(vec![
        Row::new("simulator, monitor off", alone, "x real time")
            .against("bare hinge loop", roof)
            .held_to(Budget::AtLeast(FLOOR)),
        Row::new("simulator, monitor on", watched, "x real time")
            .against("monitor off", alone)
            .ratio_held_to(Budget::AtLeast(0.5)),
        Row::new("allocations of the simulator", per_minute, "per sim. minute"),
    ])
}

fn times_real_time(watched: bool) -> Result<f64, Box<dyn std::error::Error>> {
    let setup = setup()?;
    let mut lived_ms = 0;
    let mut ended = Ok(());
    let ns = measure::ns_of(|| {
        let mut run = SimRun::new(setup.clone(), watched);
        if let Err(error) = complete(&mut run) {
            ended = Err(error);
        }
        lived_ms = run.now_ms();
    });
    ended?;
    Ok(lived_ms as f64 * 1e6 / ns)
}

/// Processor time of one step of the least that could be called a table: one hinge with one spine
/// on it, 1 kHz, one sine a step.
pub(crate) fn bare_step_ns() -> f64 {
    measure::ns_of(|| black_box(hinge(black_box(STEPS)))) / f64::from(STEPS)
}

fn hinge(steps: u32) -> f64 {
    const DT: f64 = 0.001;
    let (mut angle, mut rate, mut spine) = (0.5_f64, 0.0_f64, 0.0_f64);
    for _ in 0..steps {
        let weight = angle.sin();
        rate += (-9.81 * weight - 0.02 * rate) * DT;
        angle += rate * DT;
        spine += (400.0 * weight - 60_000.0 * spine) / 40_000.0 * DT;
    }
    angle + spine
}
