//! `antipode run`: a plan on a table, with a person.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;

use antipode_core::person::Person;
use antipode_core::plan::{CheckContext, Done, Plan};
use antipode_core::session::{SessionConfig, TableFacts};
use antipode_device::{Capabilities, TableDriver};
use antipode_files::{Identity, SiteFile, TableFile};
use antipode_safety::{Angle, Effort, Limits, guard::Envelope};
use antipode_sim::person::PersonConfig;
use antipode_sim::world::WorldSetup;

use super::commissioned::Commissioned;
use super::guarded::{self, For};
use super::ledger::{self, Known};
use super::real::{self, People, Ready};
use super::session::{self, Refused};
use super::{beside, company, hardware, journal, named, simulated_table};
use crate::cli::RunArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::live::About;
use crate::output::Output;
use crate::registry::SIMULATOR;
use crate::settings::Settings;
use crate::sim_run::scenario::{body, plant_of};
use crate::{plans, terminal};

/// What is to run, on which table.
struct Wanted {
    plan: Plan,
    table: TableFile,
    /// Driver and commissioning record of a table that carries people; `None` for the simulated one.
    real: Option<(Box<dyn TableDriver>, Commissioned)>,
    limits: Limits,
    about: About,
    world: WorldSetup,
    people: People,
    site: Option<SiteFile>,
    alone: bool,
    dead_man: bool,
    effort: Option<Effort>,
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
    if let Some(kg) = arguments.ballast
        && let Err(not) = confirm_ballast(kg, &wanted.table, out)
    {
        return Refused::from(not).show(out);
    }
    if has_screen(arguments, out.json())
        && let Err(not) = journal::ask_after(folder.left(), std::io::stdin().lock(), out)
    {
        return Refused::from(not).show(out);
    }
    let (name, simulated) = (&wanted.about.person, wanted.about.simulated);
    let cleared_by = arguments.cleared_by.as_deref();
    let known = match &arguments.person {
        // Ballast has no records, and is in nobody's.
        None => None,
        Some(person) => match ledger::look_up(person, name, simulated, cleared_by, &folder, data) {
            Ok(known) => known,
            Err(refused) => return refused.show(out),
        },
    };
    let (open, door) = match &wanted.real {
        Some((driver, _)) => (hardware::open(&wanted.table, &**driver)?, None),
        None => {
            let world = wanted.world.clone();
            let (open, door) = simulated_table::open(&wanted.table.name, world)?;
            (open, Some(door))
        }
    };
    let deepest = deepest(&wanted.plan);
    if let Err(refused) = guarded::stays_awake(&wanted.table, deepest, wanted.site.as_ref(), data) {
        return refused.show(out);
    }
    let (open, vitals) = beside::open(&wanted.table, open)?;
    let done = known.as_ref().map_or(Done::NOTHING, Known::done);
    let ready = match config(&wanted, open.0.capabilities(), done, data) {
        Ok(config) => Ready {
            known,
            config,
            table: open,
            guardian: guarded::socket(&wanted.table, data),
            vitals,
            seed: door.is_some().then_some(simulated_table::SEED),
            door,
            about: wanted.about,
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
    let load = Load::of(arguments, data)?;
    let table = named::table(&arguments.table, data)?;
    let driver = hardware::driver(&table, &arguments.table, For::Use, data)?;
    let simulated = driver.is_none();
    if !simulated && arguments.person.as_deref() == Some(Path::new(named::VIRTUAL)) {
        return Err(nobody(&table).into());
    }
    if simulated && arguments.ballast.is_some() {
        return Err(no_ballast(&table).into());
    }
    let site = company::site(data)?;
    if let Some(site) = &site {
        crate::words::set_emergency_number(&site.emergency_number);
    }
    let alone = arguments.alone;
    let limits = company::narrow(plans::limits(), site.as_ref(), alone);
    let limits = table.narrow(load.narrow(limits));
    let plan = named::plan(&arguments.plan, &limits, company::attendance(alone))?;
    let real = driver.map(|driver| (driver, Commissioned::look_up(&table, data)));
    if let Some((_, record)) = &real {
        // Before the table is opened, as far as it can be said then.
        record.may_go(deepest(&plan), &table, None)?;
        if let Load::Person(person) = &load {
            record.carries(person.mass_kg(), deepest(&plan))?;
        }
    }
    // After the plan: what is wrong with being alone is no matter of a terminal.
    let people = people(arguments, settings, &table, json)?;
    let about = About {
        plan: plan.name.clone(),
        person: load.name(),
        table: table.name.clone(),
        simulated,
        ballast_kg: arguments.ballast,
    };
    let world = WorldSetup::of(plant_of(&table), load.body());
    // Ballast answers no question: somebody at the table holds it, or it comes up.
    let dead_man = arguments.dead_man || arguments.ballast.is_some();
    let effort = table.effort.map(|figure| figure.expected(load.mass_kg()));
    Ok(Wanted { plan, table, real, limits, about, world, people, site, alone, dead_man, effort })
}

/// What lies on the table.
enum Load {
    Person(Person),
    /// Sandbags of so many kilograms.
    Ballast(u16),
}

impl Load {
    fn of(arguments: &RunArgs, data: &DataFolder) -> Result<Self, Refused> {
        match (&arguments.person, arguments.ballast) {
            (Some(person), _) => Ok(Self::Person(named::person(person, data)?)),
            (None, Some(kg)) => Ok(Self::Ballast(kg)),
            (None, None) => {
                Err(Failure::usage("neither `--person` nor `--ballast` is given").into())
            }
        }
    }

    /// `limits` as whoever lies there narrows them. Ballast is no reason to go further than a table
    /// goes: its limits, its record and the guard are those of a person.
    fn narrow(&self, limits: Limits) -> Limits {
        match self {
            Self::Person(person) => person.narrow(limits),
            Self::Ballast(_) => limits,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Person(person) => person.name().to_owned(),
            Self::Ballast(kg) => format!("{kg} kg of ballast"),
        }
    }

    /// What a table feels, and what it must feel where somebody measured its motor (H-29).
    const fn mass_kg(&self) -> u16 {
        match self {
            Self::Person(person) => person.mass_kg(),
            Self::Ballast(kg) => *kg,
        }
    }

    /// The body on a simulated table, where no ballast comes.
    fn body(&self) -> PersonConfig {
        match self {
            Self::Person(person) => body(person),
            Self::Ballast(_) => PersonConfig::reference(),
        }
    }
}

/// What is typed when ballast lies there and nobody else.
const BALLAST: &str = "BALLAST";

/// A run with ballast asks nobody for a record, a gate or a limit of their own, so it must be none.
fn confirm_ballast(kg: u16, table: &TableFile, out: &mut Output) -> Result<(), Failure> {
    let stdin = std::io::stdin();
    // A word in a pipe was written before anybody looked at the bed.
    if !stdin.is_terminal() {
        return Err(Failure::refused("ballast is run by somebody who stands beside the table")
            .note("that nobody is on it is confirmed on a terminal, and this is none")
            .help("run it in a terminal"));
    }
    out.talk(format_args!(
        "This runs `{}` with {kg} kg of sandbags, strapped like a person and NOBODY on it or in \
         reach of it.\nOK on its hand control is held while it is head-down; letting go brings it \
         up. Type {BALLAST} if that is so:",
        table.name
    ));
    let mut line = String::new();
    let read = stdin.read_line(&mut line);
    if read.is_ok() && line.trim() == BALLAST {
        return Ok(());
    }
    Err(Failure::refused(format!("not begun: `{BALLAST}` was not typed")))
}

/// The simulated table has a simulated person on it.
fn no_ballast(table: &TableFile) -> Failure {
    Failure::refused(format!("the table `{}` is simulated, and carries no ballast", table.name))
        .help("`--person virtual` runs a plan on it")
        .help(
            "`antipode sim-serve` puts a simulated table on a port, where it counts as a real one",
        )
}

/// The built-in person has no records: a day's time could not be counted, nor a warning sign kept.
fn nobody(table: &TableFile) -> Failure {
    Failure::refused(format!(
        "the built-in person is nobody, and `{}` is a table that carries people",
        table.name
    ))
    .help("write a file for the person; `antipode schema person` says what is in it")
}

/// How deep a plan goes. One that could not be unrolled was refused before.
fn deepest(plan: &Plan) -> Angle {
    plan.expand().map_or(Angle::clamped(90_000), |program| program.max_tilt())
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

/// What the session is told, narrowed by what the table says of itself.
fn config(
    wanted: &Wanted,
    table: Capabilities,
    done: Done,
    data: &DataFolder,
) -> Result<SessionConfig, Refused> {
    let table = hardware::stated(table, &wanted.table);
    let mut limits = hardware::narrow(wanted.limits, &table);
    let mut frees_alone = true;
    if let Some((_, record)) = &wanted.real {
        let now = Identity::of(&table);
        record.may_go(deepest(&wanted.plan), &wanted.table, Some(now))?;
        limits = record.narrow(limits, &wanted.table, Some(now));
        frees_alone = record.frees_alone(now);
    }
    let company = company::company(wanted.alone, wanted.site.as_ref(), &table, frees_alone, data)?;
    if wanted.dead_man {
        company::dead_man(&table, &wanted.plan)?;
    }
    let limits = hardware::own(limits, &table);
    let plan = &wanted.plan;
    let there = company::attendance(wanted.alone).unwrap_or(plan.attendance);
    let table_speeds = Some(hardware::speeds(&table));
    let alone_with = CheckContext::alone_with_file(there);
    let context = CheckContext { done, table: table_speeds, ..alone_with };
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
            max_rate: hardware::fastest(&table),
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
        effort: wanted.effort,
        date_certain: true,
    })
}
