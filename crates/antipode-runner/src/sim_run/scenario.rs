//! Scenarios: who lies on which table, what breaks, what people do, and what must come of it.
//!
//! What comes of it is judged on the simulated bed's true tilt, never on what a sensor or the
//! session says. The independent monitor watches every scenario: one broken safety rule fails it,
//! whatever it expects.

mod acts;
mod judge;

#[cfg(test)]
mod tests;

pub use acts::ACTS;
pub use judge::summary;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use antipode_core::person::{Person, Sex};
use antipode_core::plan::{CheckContext, Plan, Severity};
use antipode_core::session::{Company, Outcome, StateKind};
use antipode_device::Rescue;
use antipode_files::{
    Expect, Findings, Scenario, Source, TableFile, built_in_people, built_in_tables, check_plan,
    presets, read_person, read_scenario, read_table,
};
use antipode_safety::{Angle, Layer, Limits, Millis, Narrowing, Setting, Why, latch_cap};
use antipode_sim::faults::{Fault, FaultKind};
use antipode_sim::person::{AnkleSetting, PersonConfig, Profile, Sex as Proportions};
use antipode_sim::plant::{self, PlantConfig};
use antipode_sim::world::WorldSetup;
use serde::Serialize;

use judge::{Seen, broken};

use super::{SimRun, SimSetup};
use crate::failure::Failure;
use crate::summary::Summary;
use crate::vocabulary::vocabulary;
use crate::words::{self, alarm_key, degrees};

/// A scenario that has not ended by itself is ended after this much simulated time: no plan within
/// the limits of one session takes as long.
pub const MOST_MS: u64 = 30 * 60_000;
/// Faults begin with a turn of the table's own loop.
const TURN_MS: u64 = 10;

/// A scenario that can be run.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Its name: the file's, without the ending.
    pub name: String,
    /// What it shows, in one line.
    pub title: Option<String>,
    plan: String,
    person: String,
    table: String,
    /// What goes into the run, or why no session may begin with it.
    setup: Result<SimSetup, Vec<String>>,
    expect: Expect,
    /// The first fault or act.
    first_ms: u64,
    seed: u64,
}

/// What came of a scenario.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    /// Its name.
    pub name: String,
    /// Every expectation is met and the monitor found nothing.
    pub ok: bool,
    /// The session that it ran.
    pub summary: Summary,
    /// What was expected and what was seen, one line each.
    pub failures: Vec<String>,
    /// When the session did something else, for whoever writes a scenario.
    #[serde(skip)]
    pub timeline: Vec<String>,
}

/// Reads the scenario at `path` with everything that it names.
///
/// # Errors
/// A missing file is wrong usage; content that cannot be meant is refused, every finding drawn.
/// A plan that the rules forbid is neither: that no session begins may be what the scenario shows.
pub fn load(path: &Path) -> Result<Loaded, Failure> {
    let source = Source::load(path).map_err(|error| {
        if error.is_missing() {
            Failure::usage(error.to_string()).help("`tests/scenarios` holds the project's own")
        } else {
            crate::plans::unread(Failure::refused(error.to_string()), &error)
        }
    })?;
    let file = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    from_source(&source, &file, folder)
}

fn from_source(source: &Source, file: &str, folder: &Path) -> Result<Loaded, Failure> {
    let read = read_scenario(source, &vocabulary())
        .map_err(|findings| refused(source.name(), &findings))?
        .value;
    let person = person(&read.person, folder)?;
    let table = table(&read.table, folder)?;
    let mut limits = table.narrow(person.narrow(Limits::hard(Setting::Home)));
    let mut plant = plant_of(&table);
    if let Some(fitted) = read.latch_sensors {
        plant.latch_sensors = fitted;
        let tilt = Some(latch_cap(fitted));
        let cap = Narrowing { tilt, ..Narrowing::NONE };
        limits = limits.narrow(Layer::Table, Why::LatchSensors(fitted), cap);
    }
    let plan_source = named(&read.plan, "plan", presets(), folder)?;
    let plan = check_plan(&plan_source, &limits, |plan: &Plan| {
        CheckContext::alone_with_file(plan.attendance)
    });
    let acts = acts::script(&read.acts).map_err(|wrong| {
        wrong.into_iter().fold(
            Failure::refused(format!("the scenario `{}` cannot run", source.name())),
            Failure::note,
        )
    })?;
    let setup = match plan {
        Err(findings) => Err(reasons(&findings)),
        Ok(plan) => plan.value.plan.slowed_to(&limits).expand().map_or_else(
            |findings| Err(findings.iter().map(ToString::to_string).collect()),
            |program| {
                Ok(SimSetup {
                    program: Arc::new(program),
                    limits,
                    world: WorldSetup::of(plant, body(&person)),
                    company: Company::Spotter,
                    effort: table.effort.map(|figure| figure.expected(person.mass_kg())),
                    seed: read.seed,
                    faults: faults(&read),
                    acts,
                })
            },
        ),
    };
    let begins = read.faults.iter().map(|f| f.at).chain(read.acts.iter().map(|a| a.at));
    Ok(Loaded {
        name: file.to_owned(),
        title: read.title.clone(),
        first_ms: begins.min().unwrap_or(Millis::ZERO).get(),
        plan: read.plan,
        person: person.name().to_owned(),
        table: table.name,
        setup,
        expect: read.expect,
        seed: read.seed,
    })
}

fn refused(name: &str, findings: &Findings) -> Failure {
    Failure::refused(format!("`{name}` cannot be used")).note(findings.render(false))
}

/// Why a plan may not run: its errors, without the warnings.
fn reasons(findings: &Findings) -> Vec<String> {
    let errors = findings.list().iter().filter(|finding| finding.severity() == Severity::Error);
    errors.map(|finding| finding.problem.to_string()).collect()
}

/// The text of what a scenario names: built in, or a path from the scenario's folder.
fn named(
    name: &str,
    kind: &str,
    built_in: &[(&'static str, &'static str)],
    folder: &Path,
) -> Result<Source, Failure> {
    if let Some((name, text)) = built_in.iter().find(|(known, _)| *known == name) {
        return Ok(Source::new(format!("{name} (built in)"), *text));
    }
    let path: PathBuf = folder.join(name);
    Source::load(&path).map_err(|error| {
        let known: Vec<&str> = built_in.iter().map(|(name, _)| *name).collect();
        Failure::refused(format!("the scenario's {kind} `{name}` cannot be read"))
            .note(error.to_string())
            .help(format!("built in are {}; anything else is a path from it", known.join(", ")))
    })
}

fn person(name: &str, folder: &Path) -> Result<Person, Failure> {
    let source = named(name, "person", built_in_people(), folder)?;
    Ok(read_person(&source).map_err(|findings| refused(source.name(), &findings))?.value)
}

fn table(name: &str, folder: &Path) -> Result<TableFile, Failure> {
    let source = named(name, "table", built_in_tables(), folder)?;
    let table = read_table(&source).map_err(|findings| refused(source.name(), &findings))?.value;
    if table.driver == "sim" {
        return Ok(table);
    }
    let driver = &table.driver;
    Err(Failure::refused(format!("`{}` is driven by `{driver}`", source.name()))
        .help("scenarios run on simulated tables only: `driver = \"sim\"`"))
}

/// The simulated body of a person: what the file does not say is the mean of healthy adults.
#[must_use]
pub fn body(person: &Person) -> PersonConfig {
    PersonConfig {
        height_cm: person.height_cm(),
        mass_kg: person.mass_kg(),
        age: u8::try_from(person.age()).unwrap_or(u8::MAX),
        sex: match person.sex() {
            Sex::Male => Proportions::Male,
            Sex::Female | Sex::NotStated => Proportions::Female,
        },
        ankle_setting: AnkleSetting::Snug,
        profile: Profile::Normal,
    }
}

/// The simulated hardware of a table.
#[must_use]
pub fn plant_of(table: &TableFile) -> PlantConfig {
    PlantConfig::with_rescue(match table.rescue {
        Rescue::Gravity => plant::Rescue::Gravity,
        Rescue::Battery => plant::Rescue::Battery,
        Rescue::Crank => plant::Rescue::Crank,
        Rescue::None => plant::Rescue::None,
    })
}

fn faults(scenario: &Scenario) -> Vec<Fault> {
    let on_turn = |at: Millis| (at.get() / TURN_MS).max(1) * TURN_MS;
    let fault = |kind, fault: &antipode_files::ScenarioFault| Fault {
        kind,
        at_ms: on_turn(fault.at),
        for_ms: fault.lasts.map(Millis::get),
        rate_permille: fault.rate.and_then(|rate| u16::try_from(rate).ok()),
        value: fault.value,
    };
    // The reader took only words of the vocabulary, which is this very list.
    let known = |f: &antipode_files::ScenarioFault| {
        FaultKind::from_name(&f.kind).map(|kind| fault(kind, f))
    };
    scenario.faults.iter().filter_map(known).collect()
}

impl Loaded {
    /// Runs it and judges what came of it.
    #[must_use]
    pub fn run(&self) -> Judged {
        let seen = match &self.setup {
            Ok(setup) => self.simulate(setup.clone()),
            Err(reasons) => Seen {
                summary: self.named(Summary::refused(reasons.clone())),
                // Nothing moved: the bed stayed in the rest band, where it is.
                rest_after: Some(Millis::ZERO),
                ..Seen::default()
            },
        };
        let failures = self.failures(&seen);
        let Seen { summary, timeline, .. } = seen;
        Judged { name: self.name.clone(), ok: failures.is_empty(), summary, failures, timeline }
    }

    fn named(&self, summary: Summary) -> Summary {
        Summary {
            plan: Some(self.plan.clone()),
            person: Some(self.person.clone()),
            table: Some(self.table.clone()),
            seed: Some(self.seed),
            ..summary
        }
    }

    fn simulate(&self, setup: SimSetup) -> Seen {
        let mut run = SimRun::new(setup, true);
        let mut last_down_ms = 0;
        let mut timeline = Timeline::default();
        while run.now_ms() < MOST_MS {
            run.step();
            timeline.note(&run);
            if run.true_tilt().is_head_down() {
                last_down_ms = run.now_ms();
            }
            if run.is_over() || is_closed_as_interrupted(&run) {
                break;
            }
        }
        let down = run.true_tilt().is_head_down();
        let rest_after = Millis::new(last_down_ms.saturating_sub(self.first_ms));
        Seen {
            summary: self.named(summary(&run)),
            max_tilt: Some(run.deepest()),
            final_tilt: Some(run.true_tilt()),
            rest_after: (!down).then_some(rest_after),
            broken: run.verdict().map(|verdict| broken(&verdict)).unwrap_or_default(),
            timeline: timeline.lines,
        }
    }
}

/// What the session did when.
#[derive(Clone, Debug, Default)]
struct Timeline {
    lines: Vec<String>,
    last: Option<(StateKind, Option<Angle>)>,
    alarms: usize,
}

impl Timeline {
    fn note(&mut self, run: &SimRun) {
        let view = run.view();
        let now = Some((view.state, view.target));
        if self.last != now {
            self.last = now;
            let target = view.target.map_or(String::new(), |to| format!(", to {}", degrees(to)));
            self.line(run, &format!("{}{target}", words::state(view.state)));
        }
        for alarm in run.recorder.alarms.iter().skip(self.alarms) {
            self.line(run, &format!("alarm {}", alarm_key(*alarm)));
        }
        self.alarms = run.recorder.alarms.len();
    }

    fn line(&mut self, run: &SimRun, what: &str) {
        let (at, tilt) = (run.now_ms(), degrees(run.true_tilt()));
        self.lines.push(format!("{:4}.{:02} s {tilt:>6} deg  {what}", at / 1_000, at % 1_000 / 10));
    }
}

/// The record of a session whose program died is closed at the next start; that start may run
/// another session, which is not the one that is judged.
fn is_closed_as_interrupted(run: &SimRun) -> bool {
    run.is_at_rest() && matches!(run.ended(), Some((Outcome::Interrupted, _)))
}
