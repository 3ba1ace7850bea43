//! `antipode history`.

mod damage;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use antipode_core::session::{EndCause, Outcome};
use antipode_core::step::Record;
use antipode_records::disk::RealDisk;
use antipode_records::history::{Closing, Listed, all_sessions, read_session};
use antipode_records::segment::{EndedBy, RecordView};
use antipode_records::session::{Floors, RECORD, Start, decode_record};
use antipode_records::{Kind, SessionEntry, WallTime};
use antipode_safety::{Millis, Timestamp};
use serde::Serialize;

use super::told::{self, Names, Told};
use crate::cli::HistoryArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::{DataFolder, DataFrom};
use crate::output::Output;
use crate::summary::{Decimal, Summary};
use crate::words;
use damage::Damage;

#[derive(Serialize)]
struct Document {
    sessions: Vec<Summary>,
}

/// Lists the recorded sessions, newest first. Changes nothing, and needs no start before it to
/// see a session whose program died.
pub(super) fn run(
    arguments: &HistoryArgs,
    data: &DataFolder,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let disk = open(data)?;
    let mut all = match &disk {
        Some(disk) => all_sessions(disk).map_err(|error| Failure::failed(error.to_string()))?,
        None => Vec::new(),
    };
    all.truncate(arguments.last.unwrap_or(usize::MAX));
    let mut people = BTreeMap::new();
    let mut visit = |session, record: &RecordView<'_>| {
        people.entry(session).or_insert(Told::NOTHING).take(record);
    };
    let damage = match &disk {
        Some(disk) => damage::look(&all, disk, data, &mut visit)?,
        None => Damage::new(),
    };
    let mut names = Names::of(data);
    let mut summary = |listed: &Listed| {
        let session = listed.entry.session;
        let told = people.get(&session);
        Summary {
            started: utc(listed.entry.started),
            kind: listed.entry.bench.then(|| "bench".to_owned()),
            damage: damage.get(&session).cloned().unwrap_or_default(),
            person: told.and_then(|told| told.person(session, &mut names)),
            symptoms: told.map(|told| told.symptoms.clone()),
            ..summary(listed, disk.as_ref(), data)
        }
    };
    if out.json() {
        let sessions = all.iter().map(&mut summary).collect();
        out.document(&Document { sessions });
        return Ok(Exit::Done);
    }
    if all.is_empty() {
        out.line(format_args!("no sessions in {}", data.path().display()));
    } else {
        out.line("Newest first; each date is local, when the session began.");
    }
    for listed in &all {
        show(listed, &summary(listed), out);
    }
    if all.len() > damage::READ_THROUGH {
        out.line(format_args!(
            "Who was on the table and what they said is shown for the newest {} sessions.",
            damage::READ_THROUGH
        ));
    }
    damage::advise(&damage, data, out);
    Ok(Exit::Done)
}

/// The journal; none in a folder that holds none yet. Looking makes none.
fn open(data: &DataFolder) -> Result<Option<RealDisk>, Failure> {
    let there = std::fs::read_dir(data.path());
    match (there, data.from()) {
        (Ok(_), _) => {}
        // Nobody named it, and the first session makes it.
        (Err(error), DataFrom::User) if error.kind() == ErrorKind::NotFound => return Ok(None),
        (Err(error), DataFrom::Flag | DataFrom::Service | DataFrom::User) => {
            return Err(cannot_read(data.path(), &error));
        }
    }
    let folder = data.journal();
    match RealDisk::open_existing(&folder) {
        Ok(disk) => Ok(Some(disk)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot_read(&folder, &error)),
    }
}

/// A folder that is not there was named wrongly; any other trouble is a failure of its own.
fn cannot_read(folder: &Path, error: &std::io::Error) -> Failure {
    if error.kind() == ErrorKind::NotFound {
        return Failure::usage(format!("there is no data folder `{}`", folder.display()))
            .help("`--data DIR` names the folder that the sessions were recorded in");
    }
    Failure::io(format_args!("read the records in `{}`", folder.display()), error)
        .help("`antipode doctor` looks at the folder and its rights")
}

fn summary(listed: &Listed, disk: Option<&RealDisk>, data: &DataFolder) -> Summary {
    let Listed { entry, closing } = listed;
    let written = Summary::from_record(&entry.summary);
    let gathered = || disk.map(|disk| gathered(entry, disk)).unwrap_or_default();
    let mut summary = written.unwrap_or_else(gathered);
    summary.session = Some(entry.session.to_string());
    summary.journal = Some(data.journal().display().to_string());
    let interrupted = match (closing, entry.ended_by) {
        (Closing::Closed, EndedBy::Session) => false,
        (Closing::Closed, EndedBy::Recovery) | (Closing::Left, _) => true,
        (Closing::UnderWay, _) => {
            summary.at_least = true;
            false
        }
    };
    if interrupted {
        summary = summary.ended(Outcome::Interrupted, EndCause::ProcessDied);
        summary.at_least = true;
    }
    summary
}

/// What the records of a session without a summary say of it: what it was, and what it came to at
/// the very least.
fn gathered(entry: &SessionEntry, disk: &RealDisk) -> Summary {
    let mut gathering = Gathering::NOTHING;
    let read = read_session(disk, entry.session, &mut |record| gathering.take(record));
    if let Err(error) = read {
        tracing::warn!(%error, "the records of a session could not be read");
    }
    gathering.summary()
}

/// The records of a session, added up.
struct Gathering {
    start: Option<Start>,
    floors: Floors,
    begun: Option<Timestamp>,
    last: Option<Timestamp>,
    bouts_done: u16,
    /// Head-down time that the session itself put on record.
    told: Millis,
    alarms: Vec<String>,
}

impl Gathering {
    const NOTHING: Self = Self {
        start: None,
        floors: Floors::NONE,
        begun: None,
        last: None,
        bouts_done: 0,
        told: Millis::ZERO,
        alarms: Vec::new(),
    };

    fn take(&mut self, record: &RecordView<'_>) {
        // A later start may have written these, by another clock.
        if record.kind == Kind::GAP || record.kind == Kind::END {
            return;
        }
        self.last = Some(record.stamp.at);
        self.floors.take(record);
        if record.kind == Kind::START {
            self.start = Start::decode(record.payload).ok();
        } else if record.kind == RECORD
            && let Ok(line) = decode_record(record.payload)
        {
            // What a newer program wrote is passed over here and named by a replay.
            self.line(record.stamp.at, line);
        }
    }

    fn line(&mut self, at: Timestamp, line: Record) {
        match line {
            Record::SessionStart => self.begun = Some(at),
            Record::BoutDone { bout, head_down } => {
                self.bouts_done = bout.saturating_add(1);
                self.told = self.told.plus(head_down);
            }
            Record::SessionEnd { bouts, head_down, .. } => {
                self.bouts_done = bouts;
                self.told = self.told.max(head_down);
            }
            Record::Alarm(cause) => self.alarms.push(words::alarm_key(cause).to_owned()),
            Record::State { .. }
            | Record::AlarmAgain(..)
            | Record::Segment(_)
            | Record::Refused(_)
            | Record::Asked
            | Record::Answered
            | Record::Symptom(..)
            | Record::Eased(_)
            | Record::Shortened
            | Record::LockedOut => {}
        }
    }

    fn summary(self) -> Summary {
        let head_down = self.told.max(self.floors.head_down());
        let whole = self.begun.zip(self.last).map(|(begun, last)| last.since(begun));
        let known = Summary {
            head_down_s: Some(Decimal::seconds(head_down)),
            max_tilt_deg: self.floors.deepest().map(Decimal::degrees),
            duration_s: whole.map(Decimal::seconds),
            alarms: self.alarms,
            ..Summary::default()
        };
        let Some(start) = self.start else { return known };
        Summary {
            bouts_planned: Some(start.config.program.bouts()),
            bouts_done: Some(self.bouts_done),
            plan: Some(start.plan),
            table: Some(start.table),
            seed: start.seed,
            conditions: words::conditions(&start.config.table),
            ..known
        }
    }
}

fn show(listed: &Listed, summary: &Summary, out: &mut Output) {
    let Listed { entry, closing } = listed;
    let unknown = || "?".to_owned();
    let plan = summary.plan.as_deref().unwrap_or("?");
    let outcome = match closing {
        Closing::UnderWay => "under way".to_owned(),
        Closing::Closed | Closing::Left => came_to(summary),
    };
    let simulated = match (entry.simulated, entry.bench) {
        (true, _) => " (simulated)",
        (false, true) => " (bench: ballast, nobody on it)",
        (false, false) => "",
    };
    let least = if summary.at_least { "at least " } else { "" };
    let clock = |time: Option<Decimal>| {
        let ms = time.and_then(|time| u64::try_from(time.0).ok());
        // A clock shows whole seconds, rounded up; what is a floor is rounded down.
        let ms = ms.map(|ms| if summary.at_least { ms / 1_000 * 1_000 } else { ms });
        ms.map_or_else(unknown, |ms| words::clock(Millis::new(ms)))
    };
    let lasted = match (summary.duration_s, closing) {
        (Some(_), _) => format!("{least}{} long", clock(summary.duration_s)),
        (None, Closing::UnderWay) => "not begun yet".to_owned(),
        (None, Closing::Closed | Closing::Left) => "ended before it began".to_owned(),
    };
    let head_down = clock(summary.head_down_s);
    let tilt = summary.max_tilt_deg.map_or_else(unknown, |tilt| tilt.to_string());
    let most = if summary.at_least { "at least" } else { "at most" };
    out.line(format_args!("{}  {plan}{simulated}: {outcome}", local(entry.started)));
    out.line(format_args!(
        "    {lasted}, {least}{head_down} head-down, {most} {tilt} degrees, session {}",
        entry.session
    ));
    if let Some(person) = &summary.person {
        out.line(format_args!("    person {person}"));
    }
    let felt = summary.symptoms.as_deref().unwrap_or_default();
    if !felt.is_empty() {
        let felt: Vec<String> = felt.iter().map(told::in_words).collect();
        out.line(format_args!("    reported: {}", felt.join("; ")));
    }
    summary.conditions.iter().for_each(|condition| out.line(format_args!("    {condition}")));
    for wrong in &summary.damage {
        out.line(format_args!("    DAMAGED: {wrong}"));
    }
}

/// How and why it ended, as far as its record says.
fn came_to(summary: &Summary) -> String {
    let outcome = summary.outcome.as_deref().map_or("?", words::outcome_of_key);
    match summary.end_cause.as_deref() {
        Some(cause) => format!("{outcome}, {}", words::cause_of_key(cause)),
        None => outcome.to_owned(),
    }
}

/// The date where this machine stands, with the name of its time.
pub(super) fn local(wall: WallTime) -> String {
    jiff::Timestamp::from_millisecond(wall.unix_millis()).map_or_else(
        |_| "unknown date        ".to_owned(),
        |at| at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M %Z").to_string(),
    )
}

/// The date for programs: in UTC, to the second.
fn utc(wall: WallTime) -> Option<String> {
    let at = jiff::Timestamp::from_millisecond(wall.unix_millis()).ok()?;
    Some(at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
