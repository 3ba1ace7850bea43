//! `antipode run`: a plan on a table, with a person.

use std::sync::Arc;

use antipode_core::plan::{CheckContext, Done, Plan};
use antipode_core::session::{SessionConfig, TableFacts};
use antipode_device::{Capabilities, OpenTable, Rates};
use antipode_files::{SiteFile, TableFile};
use antipode_safety::{Layer, Limits, Narrowing, Why, guard::Envelope};
use antipode_sim::driver::{SimDoor, SimDriver};
use antipode_sim::world::WorldSetup;

use super::ledger::{self, Known};
use super::real::{self, People, Ready};
use super::session::{self, Refused};
use super::{beside, company, journal, named};
use crate::cli::RunArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::live::About;
use crate::output::Output;
use crate::registry::{SIMULATOR, drivers};
use crate::settings::Settings;
use crate::sim_run::scenario::{body, plant_of};
use crate::{plans, terminal};

/// Everything random of the simulated table is drawn from it.
const SEED: u64 = 1;

/// What is to run, on which table.
struct Wanted {
    plan: Plan,
    table: TableFile,
    limits: Limits,
    about: About,
    world: WorldSetup,
    people: People,
    site: Option<SiteFile>,
    alone: bool,
    dead_man: bool,
}

/// Runs the plan.
///
/// # Errors
/// When something that was named is not there, or there can be no record.
pub(super) fn run(
    arguments: &RunArgs,
    settings: &Settings,
    data: &DataFolder,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let wanted = match wanted(arguments, settings, data, out.json()) {
        Ok(wanted) => wanted,
        Err(refused) => return refused.show(out),
    };
    // Before the table is opened: without a record nothing begins (I-14).
    let folder = journal::open(data, out)?;
    if has_screen(arguments, out.json())
        && let Err(not) = journal::ask_after(folder.left(), std::io::stdin().lock(), out)
    {
        return Refused::from(not).show(out);
    }
    let (name, simulated) = (&wanted.about.person, wanted.about.simulated);
    let cleared_by = arguments.cleared_by.as_deref();
    let found = ledger::look_up(&arguments.person, name, simulated, cleared_by, &folder, data);
    let known = match found {
        Ok(known) => known,
        Err(refused) => return refused.show(out),
    };
    let (open, door) = open_simulator(&wanted)?;
    let (open, vitals) = beside::open(&wanted.table, open)?;
    let done = known.as_ref().map_or(Done::NOTHING, Known::done);
    let ready = match config(&wanted, open.0.capabilities(), done, data) {
        Ok(config) => Ready {
            known,
            config,
            table: open,
            vitals,
            door: Some(door),
            about: wanted.about,
            seed: Some(SEED),
            people: wanted.people,
        },
        Err(refused) => return refused.show(out),
    };
    let screen = has_screen(arguments, out.json()).then(|| session::look(settings, out));
    real::follow(ready, screen, settings, &folder, data, out)
}

/// Finds and checks everything that was named.
fn wanted(
    arguments: &RunArgs,
    settings: &Settings,
    data: &DataFolder,
    json: bool,
) -> Result<Wanted, Refused> {
    let person = named::person(&arguments.person, data)?;
    let table = named::table(&arguments.table, data)?;
    may_carry(&table)?;
    let site = company::site(data)?;
    if let Some(site) = &site {
        crate::words::set_emergency_number(&site.emergency_number);
    }
    let alone = arguments.alone;
    let limits = company::narrow(plans::limits(), site.as_ref(), alone);
    let limits = table.narrow(person.narrow(limits));
    let plan = named::plan(&arguments.plan, &limits, company::attendance(alone))?;
    // After the plan: what is wrong with being alone is no matter of a terminal.
    let people = people(arguments, settings, &table, json)?;
    let about = About {
        plan: plan.name.clone(),
        person: person.name().to_owned(),
        table: table.name.clone(),
        simulated: true,
    };
    let world = WorldSetup::of(plant_of(&table), body(&person));
    let dead_man = arguments.dead_man;
    Ok(Wanted { plan, table, limits, about, world, people, site, alone, dead_man })
}

/// A table carries a person head-down only when it was commissioned, or when nobody can be on it.
fn may_carry(table: &TableFile) -> Result<(), Refused> {
    let TableFile { name, driver, .. } = table;
    if driver == SIMULATOR {
        return Ok(());
    }
    let failure = if drivers().iter().any(|known| known.name == driver) {
        Failure::refused(format!(
            "the table `{name}` may not carry a person: it has no commissioning record"
        ))
        .note("this version keeps no commissioning records, so only simulated tables run")
    } else {
        Failure::refused(format!(
            "the table `{name}` is driven by `{driver}`, which this program has not"
        ))
        .help("`antipode drivers` lists those that it has")
    };
    Err(failure.into())
}

/// Whether there are a screen to show and keys to press.
fn has_screen(arguments: &RunArgs, json: bool) -> bool {
    !arguments.headless && !json && terminal::is_interactive()
}

/// Who confirms the person, the area and the start. There is no flag that says yes for a person
/// who is there (H-29).
fn people(
    arguments: &RunArgs,
    settings: &Settings,
    table: &TableFile,
    json: bool,
) -> Result<People, Refused> {
    if arguments.headless && table.driver == SIMULATOR {
        return Ok(People::Simulated);
    }
    if has_screen(arguments, json) || !settings.hand.device.is_empty() {
        return Ok(People::Real);
    }
    let failure = Failure::refused(
        "nobody can confirm the person, the area and the start: there is no terminal with a \
         screen and no hand control is set",
    )
    .help("run it in a terminal, or set `hand.device` in the settings")
    .help("on the simulated table `--headless` lets simulated people answer");
    Err(failure.into())
}

/// Opens the simulated table with its side door.
fn open_simulator(wanted: &Wanted) -> Result<(OpenTable, SimDoor), Failure> {
    let opening = |error: &dyn std::fmt::Display| {
        Failure::failed(format!("the table `{}` could not be opened: {error}", wanted.table.name))
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| opening(&error))?;
    runtime
        .block_on(SimDriver::new(wanted.world.clone(), SEED).open_with_door())
        .map_err(|error| opening(&error))
}

/// What the session is told, narrowed by what the table says of itself.
fn config(
    wanted: &Wanted,
    table: Capabilities,
    done: Done,
    data: &DataFolder,
) -> Result<SessionConfig, Refused> {
    let company = company::company(wanted.alone, wanted.site.as_ref(), &table, data)?;
    if wanted.dead_man {
        company::dead_man(&table, &wanted.plan)?;
    }
    let fastest = match table.rates {
        Rates::Range { fastest, .. } | Rates::Fixed(fastest) => fastest,
    };
    let own = Narrowing {
        tilt: Some(table.tilt_max),
        lower_rate: Some(fastest),
        raise_rate: Some(fastest),
        ..Narrowing::NONE
    };
    let limits = wanted.limits.narrow(Layer::Table, Why::TableModel, own);
    let plan = &wanted.plan;
    let there = company::attendance(wanted.alone).unwrap_or(plan.attendance);
    let context = CheckContext { done, ..CheckContext::alone_with_file(there) };
    let (program, _) = plan.admit(&limits, &context).map_err(|findings| {
        let failure = Failure::refused(format!(
            "the plan `{}` cannot run on the table `{}`",
            plan.name, wanted.table.name
        ));
        Refused::by(failure, findings.iter().map(ToString::to_string).collect())
    })?;
    Ok(SessionConfig {
        program: Arc::new(program),
        limits,
        envelope: Envelope {
            lease: table.lease,
            stop_decel_millideg_per_s2: table.stop_decel,
            max_rate: fastest,
        },
        table: TableFacts {
            latch_sensors: table.latch_sensors,
            second_angle: table.second_angle,
            returns_without_host: table.returns_without_host,
            hand_control: table.hand_control,
            rescue_without_power: table.rescue.works_alone(),
        },
        company,
        day_before: done.head_down_today,
        dead_man: wanted.dead_man,
        date_certain: true,
    })
}

#[cfg(test)]
mod tests {
    use antipode_files::{Source, read_table};

    use super::may_carry;

    fn table(driver: &str) -> antipode_files::TableFile {
        let text = format!(
            "schema = 1\nname = \"attic\"\ndriver = \"{driver}\"\naddress = \"/dev/null\"\n\
             [rescue]\nwithout_power = \"gravity\"\n"
        );
        read_table(&Source::new("attic", text)).unwrap().value
    }

    #[test]
    fn only_a_simulated_table_runs_without_a_commissioning_record() {
        assert!(may_carry(&table("sim")).is_ok());
        for driver in ["acme-200", "link"] {
            assert!(may_carry(&table(driver)).is_err(), "{driver}");
        }
    }
}
