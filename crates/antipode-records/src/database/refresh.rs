//! Bringing the index up to what the journals say.

use std::collections::BTreeMap;

use rusqlite::{Connection, TransactionBehavior, params};

use super::{Database, DatabaseError, sql};
use crate::care::FIRST_ACT;
use crate::disk::{Disk, DiskError, Doing};
use crate::history::{self, Closing, Listed};
use crate::index::SessionEntry;
use crate::keys::{KeyStore, person_of};
use crate::names::{self, Group};
use crate::record::{Kind, PersonId, WallTime};
use crate::segment::{EndedBy, RecordView};
use crate::walk::{Walk, walk};

/// Where the journals lie.
#[derive(Clone, Copy)]
pub struct Journals<'a> {
    /// Of the sessions.
    pub sessions: &'a dyn Disk,
    /// Of the sittings, see [`crate::care`].
    pub care: &'a dyn Disk,
    /// The keys, which say who was wiped.
    pub keys: &'a KeyStore,
}

/// What a refresh did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refreshed {
    /// Sessions and sittings that had to be read.
    pub read: usize,
    /// Sessions and sittings whose rows went because their files did.
    pub gone: usize,
}

/// One of the two journals.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Folder {
    Sessions,
    Care,
}

impl Folder {
    const fn number(self) -> i64 {
        match self {
            Self::Sessions => 0,
            Self::Care => 1,
        }
    }
}

/// A record that names a person or says something of one, as long as it is read.
struct Sealed {
    seq: u64,
    at_ms: i64,
    wall: WallTime,
    kind: Kind,
    person: PersonId,
    bytes: Vec<u8>,
}

impl Database {
    /// Reads what the journals have and the index has not. A session under way is read each time.
    ///
    /// # Errors
    /// [`DatabaseError`]; the index is as it was.
    pub fn refresh(&mut self, journals: Journals<'_>) -> Result<Refreshed, DatabaseError> {
        self.change("brought up to date", journals, false)
    }

    /// Forgets everything and reads the journals through.
    ///
    /// # Errors
    /// [`DatabaseError`]; the index is as it was.
    pub fn rebuild(&mut self, journals: Journals<'_>) -> Result<Refreshed, DatabaseError> {
        self.change("made again", journals, true)
    }

    fn change(
        &mut self,
        doing: &'static str,
        journals: Journals<'_>,
        anew: bool,
    ) -> Result<Refreshed, DatabaseError> {
        let path = self.path.clone();
        let failed = |source| sql(doing, &path)(source);
        let change = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed)?;
        if anew {
            let all =
                "DELETE FROM source; DELETE FROM session; DELETE FROM act; DELETE FROM person;";
            change.execute_batch(all).map_err(failed)?;
        }
        let mut refreshed = Refreshed::default();
        let folders = [(Folder::Sessions, journals.sessions), (Folder::Care, journals.care)];
        for (folder, disk) in folders {
            let mut known = known(&change, folder).map_err(failed)?;
            for group in groups(disk)? {
                let before = known.remove(group.session.bytes().as_slice());
                if before.is_some_and(|files| files == files_of(&group)) {
                    continue;
                }
                refreshed.read += 1;
                read(&change, folder, disk, &group)?.map_err(failed)?;
            }
            for id in known.keys() {
                refreshed.gone += 1;
                drop_rows(&change, folder, id).map_err(failed)?;
            }
        }
        forget_wiped(&change, journals.keys)?.map_err(failed)?;
        change.commit().map_err(failed)?;
        Ok(refreshed)
    }
}

fn groups(disk: &dyn Disk) -> Result<Vec<Group>, DiskError> {
    let (groups, _) =
        names::groups(disk).map_err(|error| DiskError::new(Doing::List, "the journal", error))?;
    Ok(groups)
}

/// Ordinal and length of each file: a closed session whose files are these has not changed.
fn files_of(group: &Group) -> Vec<u8> {
    let mut out = Vec::with_capacity(group.parts.len() * 16);
    for part in &group.parts {
        out.extend_from_slice(&part.ordinal.to_le_bytes());
        out.extend_from_slice(&part.len.to_le_bytes());
    }
    out
}

fn known(change: &Connection, folder: Folder) -> rusqlite::Result<BTreeMap<Vec<u8>, Vec<u8>>> {
    let mut rows = change.prepare_cached("SELECT id, files FROM source WHERE folder = ?1")?;
    let found = rows.query_map([folder.number()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    found.collect()
}

fn drop_rows(change: &Connection, folder: Folder, id: &[u8]) -> rusqlite::Result<()> {
    let rows = match folder {
        Folder::Sessions => "DELETE FROM session WHERE id = ?1",
        Folder::Care => "DELETE FROM act WHERE sitting = ?1",
    };
    change.prepare_cached(rows)?.execute([id])?;
    // Who is named there may be named elsewhere too: the name comes back when that is read again.
    change.prepare_cached("DELETE FROM person WHERE session = ?1")?.execute([id])?;
    let source = "DELETE FROM source WHERE folder = ?1 AND id = ?2";
    change.prepare_cached(source)?.execute(params![folder.number(), id])?;
    Ok(())
}

/// Reads one session or sitting through and puts its rows in place of those that were.
fn read(
    change: &Connection,
    folder: Folder,
    disk: &dyn Disk,
    group: &Group,
) -> Result<rusqlite::Result<()>, DiskError> {
    let mut sealed = Vec::new();
    let found = walk(disk, group, &mut |record| sealed.extend(take(record)));
    let listed = history::listed(disk, group, &found)?;
    Ok(put(change, folder, group, &found, listed.as_ref(), &sealed))
}

fn take(record: &RecordView<'_>) -> Option<Sealed> {
    if !record.flags.is_sealed() || (record.kind != Kind::PERSON && record.kind < FIRST_ACT) {
        return None;
    }
    Some(Sealed {
        seq: record.seq,
        at_ms: number(record.stamp.at.as_millis()),
        wall: record.stamp.wall,
        kind: record.kind,
        person: person_of(record.payload).ok()?,
        bytes: record.payload.to_vec(),
    })
}

fn put(
    change: &Connection,
    folder: Folder,
    group: &Group,
    found: &Walk,
    listed: Option<&Listed>,
    sealed: &[Sealed],
) -> rusqlite::Result<()> {
    let id = group.session.bytes();
    drop_rows(change, folder, &id)?;
    let Some(listed) = listed else { return Ok(()) };
    let closed = listed.closing == Closing::Closed;
    let damaged = match listed.closing {
        Closing::Closed => listed.entry.damaged,
        Closing::UnderWay | Closing::Left => history::unreadable(&found.findings),
    };
    // One that is not closed grows inside files of the same length.
    let files = if closed { files_of(group) } else { Vec::new() };
    let source = "INSERT INTO source (folder, id, files, damaged) VALUES (?1, ?2, ?3, ?4)";
    change.prepare_cached(source)?.execute(params![folder.number(), id, files, damaged])?;
    let place = number(listed.entry.first_ordinal());
    for record in sealed {
        if record.kind == Kind::PERSON {
            put_person(change, &id, record)?;
        } else if folder == Folder::Care {
            put_act(change, &id, place, record)?;
        }
    }
    match folder {
        Folder::Sessions => {
            let person = sealed.iter().rfind(|record| record.kind == Kind::PERSON);
            put_session(change, listed, place, damaged, person)
        }
        Folder::Care => Ok(()),
    }
}

fn put_session(
    change: &Connection,
    listed: &Listed,
    place: i64,
    damaged: bool,
    person: Option<&Sealed>,
) -> rusqlite::Result<()> {
    let entry: &SessionEntry = &listed.entry;
    let row = "INSERT INTO session (id, place, closing, recovered, simulated, bench, damaged, \
               started_ms, ended_ms, lasted_ms, records, person, summary) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    change.prepare_cached(row)?.execute(params![
        entry.session.bytes(),
        place,
        super::ask::closing_number(listed.closing),
        entry.ended_by == EndedBy::Recovery,
        entry.simulated,
        entry.bench,
        damaged,
        entry.started.unix_millis(),
        entry.ended.unix_millis(),
        number(entry.lasted_ms),
        number(entry.records),
        person.map(|record| record.person.bytes()),
        entry.summary,
    ])?;
    Ok(())
}

fn put_act(
    change: &Connection,
    id: &[u8; 16],
    place: i64,
    record: &Sealed,
) -> rusqlite::Result<()> {
    let row = "INSERT INTO act (sitting, seq, place, person, at_ms, wall_ms, kind, sealed) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    change.prepare_cached(row)?.execute(params![
        id,
        number(record.seq),
        place,
        record.person.bytes(),
        record.at_ms,
        record.wall.unix_millis(),
        record.kind.number(),
        record.bytes,
    ])?;
    Ok(())
}

fn put_person(change: &Connection, id: &[u8; 16], record: &Sealed) -> rusqlite::Result<()> {
    let row = "INSERT INTO person (id, session, wall_ms, sealed) VALUES (?1, ?2, ?3, ?4) \
               ON CONFLICT (id) DO UPDATE SET session = ?2, wall_ms = ?3, sealed = ?4 \
               WHERE excluded.wall_ms >= person.wall_ms";
    let wall = record.wall.unix_millis();
    change.prepare_cached(row)?.execute(params![record.person.bytes(), id, wall, record.bytes])?;
    Ok(())
}

/// Takes out whatever speaks of a person whose key was destroyed.
fn forget_wiped(
    change: &Connection,
    keys: &KeyStore,
) -> Result<rusqlite::Result<()>, DatabaseError> {
    let mut wiped = Vec::new();
    match people(change) {
        Ok(people) => {
            for person in people {
                if keys.is_wiped(PersonId::from_bytes(person))? {
                    wiped.push(person);
                }
            }
        }
        Err(error) => return Ok(Err(error)),
    }
    Ok(wiped.iter().try_for_each(|person| {
        change.execute("DELETE FROM person WHERE id = ?1", [person])?;
        change.execute("DELETE FROM act WHERE person = ?1", [person])?;
        Ok(())
    }))
}

fn people(change: &Connection) -> rusqlite::Result<Vec<[u8; 16]>> {
    let mut rows = change.prepare("SELECT id FROM person UNION SELECT person FROM act")?;
    rows.query_map([], |row| row.get(0))?.collect()
}

/// SQLite's numbers have a sign; ours never reach it.
fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
