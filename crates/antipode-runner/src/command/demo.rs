//! `antipode demo`: a whole session on the simulated table.

use std::path::Path;
use std::sync::Arc;

use antipode_core::plan::CheckContext;
use antipode_core::session::Company;
use antipode_sim::world::WorldSetup;

use crate::cli::{DemoArgs, Speed};
use crate::command::named::{self, VIRTUAL};
use crate::command::{session, simulated};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::live::About;
use crate::output::Output;
use crate::registry::SIMULATOR;
use crate::settings::Settings;
use crate::sim_run::scenario::{body, plant_of};
use crate::sim_run::{SimRun, SimSetup};
use crate::terminal;

/// Runs the demo.
///
/// # Errors
/// When there is no such plan, or nothing can be recorded.
pub(super) fn run(
    arguments: &DemoArgs,
    settings: &Settings,
    data: &DataFolder,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let typed = arguments.plan.as_deref().unwrap_or(Path::new(&settings.demo.plan));
    let (about, setup) = match setup(typed, arguments.seed, data) {
        Ok(setup) => setup,
        Err(refused) => return refused.show(out),
    };
    // A demo never fails for a site file; what is played through names the number of this place.
    if let Ok(Some(site)) = super::company::site(data) {
        crate::words::set_emergency_number(&site.emergency_number);
    }
    let headless = arguments.headless || out.json() || !terminal::is_interactive();
    let speed = arguments.speed.unwrap_or_else(|| default_speed(headless));
    let run = SimRun::new(setup, false);
    let how = simulated::How { speed, screen: (!headless).then(|| session::look(settings, out)) };
    simulated::follow(run, about, &how, data, out)
}

fn default_speed(headless: bool) -> Speed {
    std::num::NonZeroU32::new(Speed::ON_TERMINAL)
        .filter(|_| !headless)
        .map_or(Speed::Max, Speed::Times)
}

/// The built-in person on the built-in table, with an empty day behind them.
fn setup(
    typed: &Path,
    seed: u64,
    data: &DataFolder,
) -> Result<(About, SimSetup), session::Refused> {
    let person = named::person(Path::new(VIRTUAL), data)?;
    let table = named::table(Path::new(SIMULATOR), data)?;
    let limits = table.narrow(person.narrow(crate::plans::limits()));
    let plan = named::plan(typed, &limits, None)?;
    let context = CheckContext::alone_with_file(plan.attendance);
    let (program, _) = plan.admit(&limits, &context).map_err(|findings| {
        let failure = Failure::refused(format!("the plan `{}` cannot run", plan.name));
        session::Refused::by(failure, findings.iter().map(ToString::to_string).collect())
    })?;
    let about = About {
        plan: plan.name,
        person: person.name().to_owned(),
        table: table.name.clone(),
        simulated: true,
        ballast_kg: None,
    };
    let setup = SimSetup {
        program: Arc::new(program),
        limits,
        world: WorldSetup::of(plant_of(&table), body(&person)),
        company: Company::Spotter,
        effort: None,
        seed,
        faults: Vec::new(),
        acts: Vec::new(),
    };
    Ok((about, setup))
}
