//! `antipode history`.

use antipode_records::disk::RealDisk;
use antipode_records::history::sessions;
use antipode_records::segment::EndedBy;
use antipode_records::{SessionEntry, WallTime};
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
    let mut entries = entries(data)?;
    entries.truncate(arguments.last.unwrap_or(usize::MAX));
    if out.json() {
        let sessions = entries.iter().map(|entry| summary(entry, data)).collect();
        out.document(&Document { sessions });
        return Ok(Exit::Done);
    }
    if entries.is_empty() {
        out.line(format_args!("no sessions in {}", data.path().display()));
    }
    for entry in &entries {
        show(entry, &summary(entry, data), out);
    }
    Ok(Exit::Done)
}

/// A folder that is not there holds no session; looking makes none.
fn entries(data: &DataFolder) -> Result<Vec<SessionEntry>, Failure> {
    let folder = data.journal();
    // Opening would make it.
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let disk = match RealDisk::open(&folder) {
        Ok(disk) => disk,
        Err(error) => {
            return Err(Failure::io(
                format_args!("read the records in `{}`", folder.display()),
                &error,
            ));
        }
    };
    sessions(&disk).map_err(|error| Failure::failed(error.to_string()))
}

fn summary(entry: &SessionEntry, data: &DataFolder) -> Summary {
    let mut summary = Summary::from_record(&entry.summary).unwrap_or_default();
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
