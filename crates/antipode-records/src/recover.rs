//! What a start does with sessions that have no end.
//!
//! A segment that another program holds locked is alive and is left alone. Every other session
//! without an end was interrupted (I-14): its end is written into a fresh segment that continues
//! the chain after the last good record. The old segment is never cut, overwritten or appended to,
//! so whatever a crash left in it stays there as evidence (I-15).

use crate::disk::{Disk, DiskError, Doing};
use crate::index::{self, MAX_PARTS, SessionEntry};
use crate::latest;
use crate::names::{Group, Part, SET_ASIDE};
use crate::record::{Flags, Kind, SessionId, Stamp, WallTime};
use crate::segment::{
    Body, End, EndedBy, Gap, GapCause, HEADER_LEN, Link, MIN_RECORD, encode_record,
};
use crate::store::{Opening, Store};
use crate::walk::{Finding, Walk, walk};

/// A session that never wrote its end, and now has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interrupted {
    /// The session.
    pub session: SessionId,
    /// The table carried ballast and nobody.
    pub bench: bool,
    /// Number of its last good record; 0 when not even its START can be read.
    pub last_seq: u64,
    /// The clocks of that record.
    pub last: Option<Stamp>,
    /// Where its files stop being readable, at most one place a file; they stay as they are.
    pub torn: Vec<Finding>,
}

/// What a start found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Closed sessions, those just closed included.
    pub closed: usize,
    /// Sessions that another program is running now.
    pub live: Vec<SessionId>,
    /// Sessions that were closed just now.
    pub interrupted: Vec<Interrupted>,
    /// Files without a single record, renamed to end in `.torn`.
    pub set_aside: Vec<String>,
    /// Sessions in a format that this program does not read; they are left alone.
    pub other_format: Vec<SessionId>,
    /// Sessions that had to be read because the list of sessions did not cover them.
    pub read: usize,
    /// The list of sessions could be brought up to date; without it the next start reads more.
    pub listed: bool,
    /// The latest date that any session saw, for [`latest::check_clock`].
    pub latest: Option<WallTime>,
}

/// Closes what is open. The caller holds the folder's lock.
pub(crate) fn recover(store: &Store, now: Stamp) -> Result<Recovery, DiskError> {
    let disk = store.disk.as_ref();
    let survey =
        index::survey(disk).map_err(|error| DiskError::new(Doing::List, "the journal", error))?;
    let mut recovery = Recovery { read: survey.open.len(), ..Recovery::default() };
    let mut closed = survey.closed;
    let known = closed.len();
    let mut clocks = Vec::new();
    for group in survey.open {
        match close(store, group, now, &mut recovery)? {
            Outcome::Closed(entry) => closed.push(entry),
            Outcome::Open(walk) => clocks.push(walk.tally.clock(walk.is_simulated())),
            Outcome::Nothing => {}
        }
    }
    let fresh = closed.get(known..).unwrap_or(&[]);
    let listed = if survey.stale { index::rewrite(disk, &closed) } else { index::add(disk, fresh) };
    recovery.listed = listed.is_ok();
    closed.sort_by_key(|entry| entry.head_ordinal);
    recovery.closed = closed.len();
    recovery.latest = latest::fold(closed.iter().map(|entry| entry.clock).chain(clocks));
    Ok(recovery)
}

enum Outcome {
    Closed(SessionEntry),
    Open(Box<Walk>),
    Nothing,
}

/// Judges one session that the list does not cover.
fn close(
    store: &Store,
    group: Group,
    now: Stamp,
    recovery: &mut Recovery,
) -> Result<Outcome, DiskError> {
    let disk = store.disk.as_ref();
    let mut locks = Vec::new();
    for part in &group.parts {
        let lock = disk
            .try_lock(&part.name)
            .map_err(|error| DiskError::new(Doing::Lock, &part.name, error))?;
        locks.push(lock);
    }
    let found = walk(disk, &group, &mut |_| {});
    if let Some(entry) = SessionEntry::from_walk(&group, &found) {
        return Ok(Outcome::Closed(entry));
    }
    if locks.iter().any(Option::is_none) {
        recovery.live.push(group.session);
        return Ok(Outcome::Open(Box::new(found)));
    }
    if found.other_format || group.parts.len() >= MAX_PARTS {
        recovery.other_format.push(group.session);
        return Ok(Outcome::Open(Box::new(found)));
    }
    if found.last_seq == 0 && set_aside_if_empty(disk, &group, recovery)? {
        return Ok(Outcome::Nothing);
    }
    let group = write_end(store, group, &found, now)?;
    recovery.interrupted.push(Interrupted {
        session: group.session,
        bench: found.is_bench(),
        last_seq: found.last_seq,
        last: found.tally.last,
        torn: found.findings,
    });
    // Read again, so that the list says what any later reading will say.
    let found = walk(disk, &group, &mut |_| {});
    Ok(match SessionEntry::from_walk(&group, &found) {
        Some(entry) => Outcome::Closed(entry),
        None => Outcome::Open(Box::new(found)),
    })
}

/// Renames the files of a session that never wrote a record: it cannot have moved the table. A
/// file with anything behind its header is not empty, readable or not.
fn set_aside_if_empty(
    disk: &dyn Disk,
    group: &Group,
    recovery: &mut Recovery,
) -> Result<bool, DiskError> {
    if !holds_nothing(disk, group)? {
        return Ok(false);
    }
    for part in &group.parts {
        let name = format!("{}{SET_ASIDE}", part.name);
        disk.rename(&part.name, &name)
            .map_err(|error| DiskError::new(Doing::Rename, &part.name, error))?;
        recovery.set_aside.push(name);
    }
    disk.sync_dir().map_err(|error| DiskError::new(Doing::Sync, "the journal's folder", error))?;
    Ok(true)
}

/// Whether no file of the session has anything behind its header.
pub(crate) fn holds_nothing(disk: &dyn Disk, group: &Group) -> Result<bool, DiskError> {
    for part in &group.parts {
        if !is_empty(disk, part)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether nothing but zeros stands behind the place of the header.
fn is_empty(disk: &dyn Disk, part: &Part) -> Result<bool, DiskError> {
    if part.len < (HEADER_LEN + MIN_RECORD) as u64 {
        return Ok(true);
    }
    let failed = |error| DiskError::new(Doing::Read, &part.name, error);
    let mut source = disk.read(&part.name).map_err(failed)?;
    let mut buffer = [0; 4096];
    let mut skip = HEADER_LEN;
    loop {
        let have = source.read(&mut buffer).map_err(failed)?;
        if have == 0 {
            return Ok(true);
        }
        let bytes = buffer.get(skip.min(have)..have).unwrap_or(&[]);
        if bytes.iter().any(|&byte| byte != 0) {
            return Ok(false);
        }
        skip = skip.saturating_sub(have);
    }
}

/// Writes the end of an interrupted session into a segment of its own.
fn write_end(
    store: &Store,
    mut group: Group,
    found: &Walk,
    now: Stamp,
) -> Result<Group, DiskError> {
    let opening = Opening {
        session: group.session,
        part: group.parts.len() as u32,
        first_seq: found.last_seq + 1,
        previous: Link { ordinal: found.last_ordinal, hash: found.head },
        created: now,
        simulated: found.is_simulated(),
        bench: found.is_bench(),
    };
    let mut fresh = store.create_segment_locked(&opening)?;
    let mut bytes = Vec::new();
    for torn in &found.findings {
        let (ordinal, offset) = (torn.ordinal, torn.offset);
        let payload = Gap { cause: GapCause::TornTail, lost: 0, ordinal, offset }.encode();
        let flags = Flags::NONE;
        let body = Body { stamp: now, kind: Kind::GAP, flags, payload: &payload };
        encode_record(&mut bytes, &mut fresh.tip, &body);
    }
    let payload = End { by: EndedBy::Recovery, summary: &[] }.encode();
    let body = Body { stamp: now, kind: Kind::END, flags: Flags::NONE, payload: &payload };
    encode_record(&mut bytes, &mut fresh.tip, &body);

    let failed = |doing| {
        let name = fresh.name.clone();
        move |error| DiskError::new(doing, name, error)
    };
    let (write, sync) = (failed(Doing::Write), failed(Doing::Sync));
    let len = fresh.offset + bytes.len() as u64;
    store.write_or_spend(fresh.file.as_mut(), fresh.offset, &bytes).map_err(write)?;
    // The room that was set aside is not needed; cutting it before the flush makes both durable.
    fresh.file.truncate(len).map_err(failed(Doing::Write))?;
    fresh.file.sync_data().map_err(sync)?;
    store
        .disk
        .sync_dir()
        .map_err(|error| DiskError::new(Doing::Sync, "the journal's folder", error))?;
    group.parts.push(Part { name: fresh.name, ordinal: fresh.ordinal, len });
    Ok(group)
}
