//! Following a simulated session to its end, and keeping its record.

use antipode_core::session::{EndCause, Outcome};
use antipode_engine::{Dates, SessionJournal};
use antipode_records::session::Start;
use antipode_safety::Timestamp;

use super::{journal, ledger, session};
use crate::cli::{Speed, VERSION};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::live::{About, Live};
use crate::output::Output;
use crate::screen::Options;
use crate::sim_run::live::{SimLive, session_config};
use crate::sim_run::{SimRun, scenario};
use crate::summary::Summary;
use crate::{headless, screen};

/// How to follow it.
pub(super) struct How {
    /// How fast simulated time runs.
    pub(super) speed: Speed,
    /// The screen; progress lines without.
    pub(super) screen: Option<Options>,
}

/// Runs it to its end.
///
/// # Errors
/// When nothing can be recorded, or there is no screen where one is wanted.
pub(super) fn follow(
    run: SimRun,
    about: About,
    how: &How,
    data: &DataFolder,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let folder = journal::open(data, out)?;
    let writer = folder.begin(&about, Timestamp::ZERO)?;
    let session_id = writer.session();
    let id = session_id.to_string();
    let pen = match how.speed {
        Speed::Max => journal::Pen::unpaced(writer),
        Speed::Times(_) => journal::Pen::paced(writer)?,
    };
    let start = start(&run, &about);
    let record = SessionJournal::begin(pen, Dates::Machine, Timestamp::ZERO, &start, None)
        .map_err(|error| Failure::failed(error.to_string()))?;
    let mut live = SimLive::new(run, record, about.clone(), how.speed);
    let watched = watch(&mut live, how, data, out);

    let (run, record) = live.into_parts();
    let came_to = came_to(&run, *watched.as_ref().unwrap_or(&false));
    let known = scenario::summary(&run).ended(came_to.0, came_to.1);
    let summary = Summary {
        session: Some(id),
        plan: Some(about.plan),
        person: Some(about.person),
        table: Some(about.table),
        reasons: if came_to.0 == Outcome::Refused { known.reasons } else { Vec::new() },
        ..known
    };
    let (pen, ended) = record.finish(&summary.to_record());
    let closed = pen.map(journal::Pen::close).transpose()?;
    ended.map_err(|error| Failure::failed(error.to_string()))?;
    watched?;
    let journal = closed.map(|closed| folder.file(&closed.name));
    let symptoms = folder.reported(session_id);
    let exit = session::show(&Summary { journal, symptoms, ..summary }, came_to, out);
    // A demo's person is simulated whatever they are called: nobody is locked out.
    ledger::tell_warning_sign(session_id, None, true, &folder, out)?;
    Ok(exit)
}

/// Follows it until it is over, or until whoever watches leaves; true when it was asked to end.
fn watch(
    live: &mut dyn Live,
    how: &How,
    data: &DataFolder,
    out: &mut Output,
) -> Result<bool, Failure> {
    let (controls, _server) = session::controls(data, None, out)?;
    match how.screen {
        Some(options) => screen::run(live, &controls, options)
            .map_err(|error| Failure::io("draw on this terminal", &error).help(HEADLESS))?,
        None => headless::run(live, &controls, out),
    }
    Ok(controls.interrupts.any())
}

const HEADLESS: &str = "`--headless` prints progress lines instead";

/// What a replay of it needs.
fn start(run: &SimRun, about: &About) -> Start {
    Start {
        config: session_config(run),
        plan: about.plan.clone(),
        table: about.table.clone(),
        program_version: VERSION.to_owned(),
        seed: Some(run.setup().seed),
    }
}

/// How and why it ended, also when whoever watched left before it was over.
fn came_to(run: &SimRun, asked: bool) -> (Outcome, EndCause) {
    run.ended().unwrap_or_else(|| session::left(&run.view(), asked))
}
