//! Following a session on the real clock to its end.

use antipode_core::alarm::AlarmCause;
use antipode_core::event::{Act, Source, StopEvent};
use antipode_core::session::{Company, EndCause, Outcome, SessionConfig, View};
use antipode_core::step::Prompt;
use antipode_core::symptom::{Severity, Symptom};
use antipode_device::{BootClock, OpenTable, Sensor};
use antipode_engine::real::{Ended, Engine, Handle};
use antipode_engine::{Dates, Input, SessionJournal};
use antipode_records::session::Start;
use antipode_records::spawn;
use antipode_safety::{Angle, Effort, Millis, Timestamp};
use antipode_sim::driver::SimDoor;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::ledger::{self, Known};
use super::{beside, journal, session};
use crate::cli::VERSION;
use crate::engine_live::{EngineLive, EngineRemote, hand_to};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::hand_evdev::HandControl;
use crate::inhibit::{self, Awake};
use crate::live::{About, Live};
use crate::output::Output;
use crate::registry::{self, Vigilance};
use crate::screen::Options;
use crate::settings::Settings;
use crate::sim_run::helped::{SimPeople, true_tilt};
use crate::summary::{Decimal, Summary};
use crate::{headless, screen, words};

/// A control loop whose table reports ends within a tick; this is for one that does not.
const CLOSING: Duration = Duration::from_secs(5);
/// A line is read within this.
const READ: Duration = Duration::from_secs(3);
/// Between two looks whether it has ended.
const LOOK: Duration = Duration::from_millis(5);

/// Who confirms and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum People {
    /// People at the terminal or with the hand control.
    Real,
    /// The simulated ones; only on the simulated table.
    Simulated,
}

/// A session that may begin.
pub(super) struct Ready {
    /// Who is on the table, where there are records of them.
    pub(super) known: Option<Known>,
    pub(super) config: SessionConfig,
    pub(super) table: OpenTable,
    /// Where its guardian listens, if it has one.
    pub(super) guardian: Option<PathBuf>,
    /// A body sensor on the person.
    pub(super) vitals: Option<Box<dyn Sensor>>,
    /// The side door of a simulated table.
    pub(super) door: Option<SimDoor>,
    pub(super) about: About,
    pub(super) seed: Option<u64>,
    pub(super) people: People,
}

/// Runs it to its end; not before the bed is level or head-up.
///
/// # Errors
/// When there can be no record, no thread, or no screen. Nothing has moved then.
pub(super) fn follow(
    ready: Ready,
    screen: Option<Options>,
    settings: &Settings,
    folder: &journal::Folder,
    data: &DataFolder,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let Ready { known, config, table, guardian, vitals, door, about, seed, people } = ready;
    let _awake = (!about.simulated).then(|| stay_awake(screen.is_some(), out));
    let now = BootClock.now();
    let writer = folder.begin(&about, now)?;
    let session = writer.session();
    let id = session.to_string();
    let sealed = known.as_ref().map(|known| known.seal(session)).transpose()?;
    let (journal, writing) = spawn(writer)
        .map_err(|error| Failure::io("start the thread that writes the record", &error))?;
    let start = Start {
        config: config.clone(),
        plan: about.plan.clone(),
        table: about.table.clone(),
        program_version: VERSION.to_owned(),
        seed,
    };
    let person = sealed.as_ref().map(|sealed| sealed.person.as_slice());
    let mut journal = SessionJournal::begin(journal, Dates::Machine, now, &start, person)
        .map_err(|error| Failure::failed(error.to_string()))?;
    if let (Some(known), Some(clearance)) = (&known, sealed.and_then(|sealed| sealed.clearance)) {
        journal.cleared(&clearance).map_err(|error| Failure::failed(error.to_string()))?;
        known.tell(out);
    }
    let ending = journal.ending();

    let (company, expected) = (config.company, config.effort);
    let conditions = words::conditions(&config.table);
    conditions.iter().for_each(|condition| out.talk(condition));
    let engine = Engine::spawn(config, table, Box::new(journal))
        .map_err(|error| Failure::io("start the control loop", &error))?;
    let handle = engine.handle();
    if let Some(sensor) = vitals {
        beside::listen(sensor, handle.clone())?;
    }
    let mut live = Watched::new(about.clone(), handle.clone(), door, people, company);
    live.guardian = guardian;
    let watched = watch(&mut live, &handle, screen, settings, data, out);

    let effort_ma = effort_ma(&live.view(), expected, &about);
    let came_to = came_to(&live.view(), *watched.as_ref().unwrap_or(&false));
    let summary = Summary {
        session: Some(id),
        plan: Some(about.plan),
        person: Some(about.person),
        table: Some(about.table),
        ballast_kg: about.ballast_kg,
        effort_ma,
        effort_expected_ma: expected.map(Effort::ma),
        seed,
        conditions,
        ..live.summary().ended(came_to.0, came_to.1)
    };
    if let Err(error) = ending.set(summary.to_record()) {
        out.talk(format_args!("the summary is not in the record: {error}"));
    }
    let ended = close(engine, out)?;
    let closed = writing.join().map_err(|error| Failure::failed(error.to_string()))?;
    watched?;
    let journal = Some(folder.file(&closed.name));
    let person = known.as_ref().map(Known::name);
    let symptoms = folder.reported(session);
    let exit = session::show(&Summary { journal, symptoms, ..summary }, came_to, out);
    ledger::tell_warning_sign(session, person, about.simulated, folder, out)?;
    Ok(match ended {
        Ended::Shutdown => exit,
        Ended::Panicked => {
            out.talk("the control loop ended with a panic: this is a defect of the program");
            Exit::Bug
        }
    })
}

/// The effort of the proof tilt, where it is told: whoever measures a table with ballast writes it into
/// the table's file; else only where it was held against a figure.
fn effort_ma(view: &View, expected: Option<Effort>, about: &About) -> Option<i32> {
    let tells = expected.is_some() || about.ballast_kg.is_some();
    view.effort.filter(|_| tells).map(Effort::ma)
}

/// Keeps this computer awake for as long as the answer lives. Where that cannot be had it is said
/// before the screen hides it, for long enough to be read, and the session begins all the same: the
/// table comes up by itself when its host sleeps (H-03).
fn stay_awake(screen: bool, out: &mut Output) -> Awake {
    let mut awake = Awake::ask("somebody is on an inversion table");
    if let Err(why) = awake.held_within(inhibit::PATIENCE) {
        out.talk(inhibit::warning(&why));
        if screen {
            std::thread::sleep(READ);
        }
    }
    awake
}

/// Ends the control loop, which waits until the bed is known to be level or head-up.
///
/// # Errors
/// When it does not end: a table that never said where it is. The record is left without an end,
/// and the next start says so.
fn close(engine: Engine, out: &mut Output) -> Result<Ended, Failure> {
    engine.handle().shutdown();
    let patience = Instant::now() + CLOSING;
    while !engine.is_finished() {
        if Instant::now() >= patience {
            out.talk("the table does not say where it is: look at the bed before anyone gets on");
            return Err(Failure::failed("the control loop did not end, so neither did the record"));
        }
        std::thread::sleep(LOOK);
    }
    Ok(engine.join())
}

/// Follows it until nobody is head-down and the program may end; true when it was asked to end.
fn watch(
    live: &mut Watched,
    handle: &Handle,
    screen: Option<Options>,
    settings: &Settings,
    data: &DataFolder,
    out: &mut Output,
) -> Result<bool, Failure> {
    let remote = EngineRemote::new(live.about().clone(), handle.clone(), data.canonical());
    let (controls, _server) = session::controls(data, Some(Arc::new(remote)), out)?;
    // A hand control that is set and missing means that the strapped person could not press STOP.
    let _hand = HandControl::open(&settings.hand, hand_to(handle.clone()))
        .map_err(|error| Failure::failed(error.to_string()))?;
    match screen {
        Some(options) => screen::run(live, &controls, options)
            .map_err(|error| Failure::io("draw on this terminal", &error))?,
        None => headless::run(live, &controls, out),
    }
    Ok(controls.interrupts.any())
}

/// How and why it ended, also when whoever watched left before it was over.
fn came_to(view: &View, asked: bool) -> (Outcome, EndCause) {
    match view.outcome {
        Some(outcome) => (outcome, view.cause.unwrap_or(EndCause::ProgramEnding)),
        None => session::left(view, asked),
    }
}

/// A live session of which the summary is gathered while it runs.
struct Watched {
    inner: EngineLive,
    handle: Handle,
    door: Option<SimDoor>,
    /// Where the guardian listens that may have lost its lock against sleep.
    guardian: Option<PathBuf>,
    people: Option<SimPeople>,
    deepest: Option<Angle>,
    alarms: Vec<AlarmCause>,
    first_live: Option<Timestamp>,
    last_live: Option<Timestamp>,
}

impl Watched {
    fn new(
        about: About,
        handle: Handle,
        door: Option<SimDoor>,
        people: People,
        company: Company,
    ) -> Self {
        let people = match people {
            People::Real => None,
            People::Simulated => door.clone().map(|door| SimPeople::new(door, &handle, company)),
        };
        Self {
            inner: EngineLive::new(about, handle.clone()),
            handle,
            door,
            guardian: None,
            people,
            deepest: None,
            alarms: Vec::new(),
            first_live: None,
            last_live: None,
        }
    }

    /// The true tilt where the table is simulated, else what was read.
    fn tilt(&self, view: &View) -> Option<Angle> {
        match &self.door {
            Some(door) => true_tilt(door),
            None => view.tilt,
        }
    }

    /// A guardian can only say that power will not last; beside its socket stands why.
    fn ask_guardian(&mut self, view: &View) {
        let says = |socket: &PathBuf| registry::vigilance(socket);
        if view.alarms.holds(AlarmCause::Supply)
            && let Some(Vigilance::Lost(_)) = self.guardian.as_ref().map(says)
        {
            words::set_may_sleep();
            self.guardian = None;
        }
    }

    fn note(&mut self, view: &View) {
        self.ask_guardian(view);
        let tilt = self.tilt(view);
        self.deepest = self.deepest.max(tilt);
        for cause in view.alarms.causes() {
            if !self.alarms.contains(&cause) {
                self.alarms.push(cause);
            }
        }
        if view.live {
            self.first_live = self.first_live.or(Some(view.now));
            self.last_live = Some(view.now);
        }
    }

    fn summary(&self) -> Summary {
        let view = self.inner.view();
        let duration = self.first_live.zip(self.last_live).map(|(first, last)| last.since(first));
        Summary {
            bouts_planned: Some(view.bouts),
            bouts_done: Some(view.bouts_done),
            head_down_s: Some(Decimal::seconds(view.head_down)),
            max_tilt_deg: self.deepest.map(Decimal::degrees),
            final_tilt_deg: self.tilt(&view).map(Decimal::degrees),
            duration_s: duration.map(Decimal::seconds),
            alarms: self.alarms.iter().map(|c| words::alarm_key(*c).to_owned()).collect(),
            ..Summary::default()
        }
    }
}

impl Live for Watched {
    fn about(&self) -> &About {
        self.inner.about()
    }

    fn view(&self) -> View {
        self.inner.view()
    }

    fn view_age(&self) -> Millis {
        self.inner.view_age()
    }

    fn wall(&self) -> jiff::Zoned {
        self.inner.wall()
    }

    fn act(&mut self, act: Act, source: Source) {
        self.inner.act(act, source);
    }

    fn stop(&mut self, event: StopEvent, source: Source) {
        self.inner.stop(event, source);
    }

    fn symptom(&mut self, symptom: Symptom, severity: Severity) {
        self.inner.symptom(symptom, severity);
    }

    fn take_prompts(&mut self) -> Vec<(Timestamp, Prompt)> {
        self.inner.take_prompts()
    }

    fn advance(&mut self) {
        let view = self.inner.view();
        self.note(&view);
        let inputs = self.people.as_mut().map_or_else(Vec::new, |people| people.look(&view));
        for input in inputs {
            match input {
                Input::Act(act, source) => self.inner.act(act, source),
                Input::Stop(event, source) => self.inner.stop(event, source),
                Input::Symptom(symptom, severity) => self.inner.symptom(symptom, severity),
                // Nothing that people do.
                Input::Tick
                | Input::Slept(_)
                | Input::Table(_)
                | Input::Vital(_)
                | Input::Journal(_) => {}
            }
        }
    }

    fn wait(&self) -> Duration {
        self.inner.wait()
    }

    fn is_over(&self) -> bool {
        self.handle.ended().is_some() || self.inner.is_over()
    }
}
