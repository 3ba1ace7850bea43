//! Reading sessions back.

use crate::disk::{Disk, DiskError, Doing};
use crate::index::{self, SessionEntry};
use crate::names::{self, Group};
use crate::record::SessionId;
use crate::recover;
use crate::segment::{EndedBy, RecordView, Trouble};
use crate::walk::{Finding, Walk, walk};

/// The closed sessions of a journal, newest first. A session that is running, or that a crash left
/// open, is not among them. Changes nothing.
///
/// # Errors
/// Of the disk.
pub fn sessions(disk: &dyn Disk) -> Result<Vec<SessionEntry>, DiskError> {
    let survey =
        index::survey(disk).map_err(|error| DiskError::new(Doing::List, "the journal", error))?;
    let mut entries = survey.closed;
    for group in survey.open {
        let found = walk(disk, &group, &mut |_| {});
        entries.extend(SessionEntry::from_walk(&group, &found));
    }
    entries.sort_by_key(|entry| core::cmp::Reverse(entry.head_ordinal));
    Ok(entries)
}

/// A session of the journal, closed or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What the journal knows of it.
    pub entry: SessionEntry,
    /// Whether it has an end.
    pub closing: Closing,
}

/// Whether a session has an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Closing {
    /// It has.
    Closed,
    /// A program is writing it now.
    UnderWay,
    /// Its program died; the next start writes its end.
    Left,
}

/// Every session of a journal, that which began last first, with those that have no end: the end
/// that a later start wrote for a dead program makes no session newer, and no clock that was set
/// back makes one older. Changes nothing, so that looking works in a folder that may only be read.
///
/// # Errors
/// Of the disk.
pub fn all_sessions(disk: &dyn Disk) -> Result<Vec<Listed>, DiskError> {
    let survey =
        index::survey(disk).map_err(|error| DiskError::new(Doing::List, "the journal", error))?;
    let closed = |entry| Listed { entry, closing: Closing::Closed };
    let mut all: Vec<Listed> = survey.closed.into_iter().map(closed).collect();
    for group in survey.open {
        let found = walk(disk, &group, &mut |_| {});
        all.extend(listed(disk, &group, &found)?);
    }
    all.sort_by_key(|listed| core::cmp::Reverse(listed.entry.first_ordinal()));
    Ok(all)
}

/// A session without an end; `None` for files in which nothing was ever written.
fn without_end(disk: &dyn Disk, group: &Group, found: &Walk) -> Result<Option<Listed>, DiskError> {
    if found.last_seq == 0 && recover::holds_nothing(disk, group)? {
        return Ok(None);
    }
    // Only behind a header: whoever makes a file locks it before the header, so that this look
    // can never take the lock away from a program that is about to.
    let live = found.header.is_some()
        && group.parts.iter().any(|part| disk.is_locked(&part.name).unwrap_or(false));
    let closing = if live { Closing::UnderWay } else { Closing::Left };
    Ok(Some(Listed { entry: SessionEntry::without_end(group, found), closing }))
}

/// How far a session could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadBack {
    /// The session.
    pub session: SessionId,
    /// Number of its last good record.
    pub last_seq: u64,
    /// Who wrote its end; `None` without one.
    pub ended_by: Option<EndedBy>,
    /// Where its files stop being readable.
    pub findings: Vec<Finding>,
}

/// Shows `visit` every record of `session` in order; changes nothing. `None` when the journal has
/// no such session.
///
/// # Errors
/// When the folder cannot be listed. What is wrong with the files is in the answer.
pub fn read_session(
    disk: &dyn Disk,
    session: SessionId,
    visit: &mut dyn FnMut(&RecordView<'_>),
) -> Result<Option<ReadBack>, DiskError> {
    let (groups, _) =
        names::groups(disk).map_err(|error| DiskError::new(Doing::List, "the journal", error))?;
    let Some(group) = groups.into_iter().find(|group| group.session == session) else {
        return Ok(None);
    };
    Ok(Some(read_group(disk, &group, visit)))
}

/// Reads every session that is `wanted` through to its last byte, in the order in which they began,
/// and shows `visit` its records; changes nothing.
///
/// # Errors
/// When the folder cannot be listed. What is wrong with the files is in the answers.
pub fn read_sessions(
    disk: &dyn Disk,
    wanted: impl Fn(SessionId) -> bool,
    visit: &mut dyn FnMut(SessionId, &RecordView<'_>),
) -> Result<Vec<ReadBack>, DiskError> {
    let (groups, _) =
        names::groups(disk).map_err(|error| DiskError::new(Doing::List, "the journal", error))?;
    let wanted = groups.iter().filter(|group| wanted(group.session));
    let mut read =
        |group: &Group| read_group(disk, group, &mut |record| visit(group.session, record));
    Ok(wanted.map(&mut read).collect())
}

/// The session that the segment called `name` belongs to; `None` when it is no segment's name.
#[must_use]
pub fn session_of(name: &str) -> Option<SessionId> {
    names::parse_segment_name(name).map(|(_, session)| session)
}

fn read_group(disk: &dyn Disk, group: &Group, visit: &mut dyn FnMut(&RecordView<'_>)) -> ReadBack {
    let found = walk(disk, group, visit);
    ReadBack {
        session: group.session,
        last_seq: found.last_seq,
        ended_by: found.tally.ended.map(|ended| ended.by),
        findings: found.findings,
    }
}

/// Whether more was written than can be read. The tail that a dead program leaves, and the record
/// that a running one is writing, are no damage; what cannot be read at all always is.
pub(crate) fn is_damaged(read: &ReadBack, closing: Closing) -> bool {
    match closing {
        Closing::Closed => !read.findings.is_empty(),
        Closing::UnderWay | Closing::Left => unreadable(&read.findings),
    }
}

/// Whether something of it cannot be read at all.
pub(crate) fn unreadable(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| matches!(finding.trouble, Trouble::Unreadable(_)))
}

/// The session of `group`, which `found` read through; `None` for files in which nothing was ever
/// written.
pub(crate) fn listed(
    disk: &dyn Disk,
    group: &Group,
    found: &Walk,
) -> Result<Option<Listed>, DiskError> {
    match SessionEntry::from_walk(group, found) {
        Some(entry) => Ok(Some(Listed { entry, closing: Closing::Closed })),
        None => without_end(disk, group, found),
    }
}
