//! `antipode replay`.

use std::fs::File;
use std::io;
use std::path::Path;

use antipode_core::step::Record;
use antipode_records::SessionId;
use antipode_records::disk::RealDisk;
use antipode_records::history::{Listed, all_sessions};
use antipode_records::session::{
    Difference, Differs, NotReplayable, Replay, replay_segment, replay_session,
};
use antipode_safety::{Millis, Timestamp};
use serde::Serialize;

use crate::cli::{ReplayArgs, VERSION};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::output::Output;
use crate::summary::Decimal;
use crate::words;

/// What a replay came to, for programs.
#[derive(Serialize)]
struct Document {
    session: String,
    plan: String,
    table: String,
    seed: Option<u64>,
    recorded_by: String,
    replayed_by: &'static str,
    same: bool,
    steps: u64,
    records: u64,
    outcome: Option<&'static str>,
    end_cause: Option<&'static str>,
    ended: bool,
    difference: Option<DifferenceFields>,
    damage: Vec<String>,
}

/// Where a replay and its journal part, for programs.
#[derive(Serialize)]
struct DifferenceFields {
    at_s: Decimal,
    record: u64,
    what: &'static str,
    expected: Option<String>,
    got: Option<String>,
    says: String,
}

/// Runs a recorded session again and says whether it came out the same.
pub(super) fn run(
    arguments: &ReplayArgs,
    data: impl Fn() -> Result<DataFolder, Failure>,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let replay = replay(&arguments.journal, data)?;
    if out.json() {
        out.document(&document(&replay));
    } else {
        show(&replay, out);
    }
    Ok(if replay.is_same() { Exit::Done } else { Exit::Failed })
}

/// A file that is there, else a session of the data folder.
fn replay(
    journal: &Path,
    data: impl Fn() -> Result<DataFolder, Failure>,
) -> Result<Replay, Failure> {
    let shown = journal.display();
    let reading = |error: &io::Error| Failure::io(format_args!("read `{shown}`"), error);
    match std::fs::metadata(journal) {
        Ok(found) if found.is_file() => {
            let file = File::open(journal).map_err(|error| reading(&error))?;
            replay_segment(&shown.to_string(), file).map_err(failure)
        }
        Ok(_) => Err(Failure::refused(format!("`{shown}` is no file of a journal"))
            .help("name a file that ends in `.ajl`, or a session of `antipode history`")),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(reading(&error)),
        Err(_) => match journal.to_str().and_then(|text| text.parse::<SessionId>().ok()) {
            Some(session) => replay_recorded(session, &data()?),
            None if is_start_of_number(journal) => replay_begun_with(&shown.to_string(), &data()?),
            None => Err(Failure::usage(format!("there is no file `{shown}`"))
                .help("`antipode history` lists the sessions that can be replayed")),
        },
    }
}

/// Whether it can be the first part of a session's number.
fn is_start_of_number(typed: &Path) -> bool {
    let is_digit = |c: char| c == '-' || c.is_ascii_digit() || ('a'..='f').contains(&c);
    typed.to_str().is_some_and(|text| text.len() >= 4 && text.chars().all(is_digit))
}

/// The one session whose number begins with `start`.
fn replay_begun_with(start: &str, data: &DataFolder) -> Result<Replay, Failure> {
    let none = || {
        let shown = data.path().display();
        Failure::usage(format!("no session in `{shown}` has a number that begins with `{start}`"))
            .help("`antipode history` lists the sessions; `--data DIR` looks in another folder")
    };
    let disk = RealDisk::open_existing(&data.journal()).map_err(|_| none())?;
    let all = all_sessions(&disk).map_err(|error| Failure::failed(error.to_string()))?;
    let begins = |listed: &&Listed| listed.entry.session.to_string().starts_with(start);
    let found: Vec<SessionId> =
        all.iter().filter(begins).map(|listed| listed.entry.session).collect();
    match found.as_slice() {
        [] => Err(none()),
        [session] => replay_session(&disk, *session).map_err(failure),
        several => Err(Failure::usage(format!(
            "{} sessions have a number that begins with `{start}`",
            several.len()
        ))
        .help("type more of it: `antipode history` shows it whole")),
    }
}

fn replay_recorded(session: SessionId, data: &DataFolder) -> Result<Replay, Failure> {
    let folder = data.journal();
    // Opening would make it.
    if !folder.is_dir() {
        return Err(failure(NotReplayable::NoSession(session))
            .note(format!("`{}` holds no records", data.path().display())));
    }
    let disk = RealDisk::open(&folder).map_err(|error| {
        Failure::io(format_args!("read the records in `{}`", folder.display()), &error)
    })?;
    replay_session(&disk, session).map_err(failure)
}

fn failure(not: NotReplayable) -> Failure {
    let text = not.to_string();
    match not {
        NotReplayable::NoSession(_) => Failure::usage(text)
            .help("`antipode history` lists the sessions; `--data DIR` looks in another folder"),
        NotReplayable::NotAJournal(_)
        | NotReplayable::LaterPart { .. }
        | NotReplayable::NoStart(_)
        | NotReplayable::Start(..) => Failure::refused(text),
        NotReplayable::Disk(_) => Failure::failed(text),
    }
}

fn show(replay: &Replay, out: &mut Output) {
    let paint = out.paint();
    let verdict = if replay.is_same() { paint.good("same   ") } else { paint.error("DIFFERS") };
    let seed = replay.start.seed.map_or(String::new(), |seed| format!(", simulated, seed {seed}"));
    let end = match replay.outcome {
        Some((outcome, cause)) => format!("{}, {}", words::outcome(outcome), words::cause(cause)),
        None => "not over when its record ends".to_owned(),
    };
    out.line(format_args!("{verdict}  session {}", replay.session));
    out.line(format_args!(
        "         plan {}, table {}{seed}",
        replay.start.plan, replay.start.table
    ));
    out.line(format_args!("         {end}"));
    out.line(format_args!(
        "         {} lines on record came out the same in {} steps",
        replay.compared, replay.steps
    ));
    if let Some(difference) = &replay.first_difference {
        out.line(format_args!(
            "         after {}, at record {}: {}",
            words::clock(since_start(replay, difference.at)),
            difference.seq,
            says(difference)
        ));
        if replay.start.program_version != VERSION {
            out.line(format_args!(
                "         recorded by version {}, run again by version {}",
                replay.start.program_version, VERSION
            ));
        }
    }
    for finding in &replay.damage {
        out.line(format_args!("         damaged: {finding}; nothing behind it was run"));
    }
}

fn since_start(replay: &Replay, at: Timestamp) -> Millis {
    at.since(replay.begun)
}

/// The difference in words.
fn says(difference: &Difference) -> String {
    let line = |record: Option<Record>| {
        record.map_or_else(|| "nothing".to_owned(), |record| format!("`{}`", words::record(record)))
    };
    match difference.what {
        Differs::Record { expected, got } => {
            format!("the record says {}, the session now gives {}", line(expected), line(got))
        }
        Differs::Time { record, got } => format!(
            "`{}` stands at {} ms, the session now gives it at {} ms",
            words::record(record),
            difference.at.as_millis(),
            got.as_millis()
        ),
        Differs::Orders => "the session now gives other orders to the table than it gave then, \
                            since the last block of the record that agrees"
            .to_owned(),
        Differs::Missing { lost } => {
            format!("{lost} records are missing here, so the rest cannot be run again")
        }
        Differs::Unreadable(error) => format!("this record cannot be read: {error}"),
    }
}

fn document(replay: &Replay) -> Document {
    Document {
        session: replay.session.to_string(),
        plan: replay.start.plan.clone(),
        table: replay.start.table.clone(),
        seed: replay.start.seed,
        recorded_by: replay.start.program_version.clone(),
        replayed_by: VERSION,
        same: replay.is_same(),
        steps: replay.steps,
        records: replay.compared,
        outcome: replay.outcome.map(|(outcome, _)| words::outcome_key(outcome)),
        end_cause: replay.outcome.map(|(_, cause)| words::cause_key(cause)),
        ended: replay.ended_by.is_some(),
        difference: replay.first_difference.as_ref().map(|difference| fields(replay, difference)),
        damage: replay.damage.iter().map(ToString::to_string).collect(),
    }
}

fn fields(replay: &Replay, difference: &Difference) -> DifferenceFields {
    let (what, expected, got) = match difference.what {
        Differs::Record { expected, got } => ("record", expected, got),
        Differs::Time { record, .. } => ("time", Some(record), Some(record)),
        Differs::Orders => ("orders", None, None),
        Differs::Missing { .. } => ("missing", None, None),
        Differs::Unreadable(_) => ("unreadable", None, None),
    };
    DifferenceFields {
        at_s: Decimal::seconds(since_start(replay, difference.at)),
        record: difference.seq,
        what,
        expected: expected.map(words::record),
        got: got.map(words::record),
        says: says(difference),
    }
}
