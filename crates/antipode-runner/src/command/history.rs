//! `antipode history`.

use antipode_core::step::Record;
use antipode_records::disk::RealDisk;
use antipode_records::history::{read_session, sessions};
use antipode_records::segment::{EndedBy, RecordView};
use antipode_records::session::{RECORD, Start, decode_record};
use antipode_records::{Kind, SessionEntry, WallTime};
use antipode_safety::Millis;
use serde::Serialize;

use crate::cli::HistoryArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::output::Output;
use crate::summary::{Decimal, Summary};
use crate::words;

#[derive(Serialize)]
struct Document {
    sessions: Vec<Summary>,
}

/// Lists the recorded sessions, newest first.
pub(super) fn run(
    arguments: &HistoryArgs,
    data: &DataFolder,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let disk = open(data)?;
    let mut entries = match &disk {
        Some(disk) => sessions(disk).map_err(|error| Failure::failed(error.to_string()))?,
        None => Vec::new(),
    };
    entries.truncate(arguments.last.unwrap_or(usize::MAX));
    let summary = |entry: &SessionEntry| summary(entry, disk.as_ref(), data);
    if out.json() {
        let sessions = entries.iter().map(summary).collect();
        out.document(&Document { sessions });
        return Ok(Exit::Done);
    }
    if entries.is_empty() {
        out.line(format_args!("no sessions in {}", data.path().display()));
    }
    for entry in &entries {
        show(entry, &summary(entry), out);
    }
    Ok(Exit::Done)
}

/// The journal; none where the folder is not there. Looking makes none.
fn open(data: &DataFolder) -> Result<Option<RealDisk>, Failure> {
    let folder = data.journal();
    // Opening would make it.
    if !folder.is_dir() {
        return Ok(None);
    }
    RealDisk::open(&folder).map(Some).map_err(|error| {
        Failure::io(format_args!("read the records in `{}`", folder.display()), &error)
    })
}

fn summary(entry: &SessionEntry, disk: Option<&RealDisk>, data: &DataFolder) -> Summary {
    let written = Summary::from_record(&entry.summary);
    let gathered = || disk.map(|disk| gathered(entry, disk)).unwrap_or_default();
    let mut summary = written.unwrap_or_else(gathered);
    summary.session = Some(entry.session.to_string());
    summary.journal = Some(data.journal().display().to_string());
    match entry.ended_by {
        EndedBy::Session => {}
        EndedBy::Recovery => {
            summary.outcome = Some("interrupted".to_owned());
            summary.end_cause = Some("process_died".to_owned());
        }
    }
    summary.duration_s.get_or_insert(Decimal::seconds(Millis::new(entry.lasted_ms)));
    summary
}

/// What the records of a session without a summary say of it.
fn gathered(entry: &SessionEntry, disk: &RealDisk) -> Summary {
    let mut summary = Summary::default();
    let read = read_session(disk, entry.session, &mut |record| gather(record, &mut summary));
    if let Err(error) = read {
        tracing::warn!(%error, "the records of a session could not be read");
    }
    summary
}

fn gather(record: &RecordView<'_>, summary: &mut Summary) {
    if record.kind == Kind::START {
        let Ok(start) = Start::decode(record.payload) else { return };
        summary.bouts_planned = Some(start.config.program.bouts());
        summary.bouts_done = Some(0);
        summary.plan = Some(start.plan);
        summary.table = Some(start.table);
        summary.seed = start.seed;
    } else if record.kind == RECORD {
        match decode_record(record.payload) {
            Ok(Record::BoutDone { bout, head_down }) => {
                summary.bouts_done = Some(bout.saturating_add(1));
                let before = summary.head_down_s.unwrap_or_default();
                let whole = before.0.saturating_add(Decimal::seconds(head_down).0);
                summary.head_down_s = Some(Decimal(whole));
            }
            Ok(Record::Alarm(cause)) => summary.alarms.push(words::alarm_key(cause).to_owned()),
            // What a newer program wrote is passed over here and named by a replay.
            Ok(
                Record::SessionStart
                | Record::SessionEnd { .. }
                | Record::State { .. }
                | Record::Segment(_)
                | Record::Refused(_)
                | Record::Asked
                | Record::Answered
                | Record::Symptom(..)
                | Record::Eased(_)
                | Record::Shortened
                | Record::LockedOut,
            )
            | Err(_) => {}
        }
    }
}

fn show(entry: &SessionEntry, summary: &Summary, out: &mut Output) {
    let unknown = || "?".to_owned();
    let plan = summary.plan.as_deref().unwrap_or("?");
    let outcome = summary.outcome.as_deref().unwrap_or("?");
    let simulated = if entry.simulated { ", simulated" } else { "" };
    let damaged = if entry.damaged { ", part of the record is damaged" } else { "" };
    let tilt = summary.max_tilt_deg.map_or_else(unknown, |tilt| tilt.to_string());
    let head_down = summary
        .head_down_s
        .map_or_else(unknown, |time| words::clock(Millis::new(u64::try_from(time.0).unwrap_or(0))));
    let lasted = words::clock(Millis::new(entry.lasted_ms));
    out.line(format_args!("{}  {plan}: {outcome}{simulated}{damaged}", date(entry.started)));
    out.line(format_args!(
        "    {lasted} long, {head_down} head-down, at most {tilt} degrees, session {}",
        entry.session
    ));
}

fn date(wall: WallTime) -> String {
    jiff::Timestamp::from_millisecond(wall.unix_millis()).map_or_else(
        |_| "unknown date    ".to_owned(),
        |at| at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string(),
    )
}
