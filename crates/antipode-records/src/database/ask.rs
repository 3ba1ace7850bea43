//! Questions to the index.

use std::collections::BTreeMap;

use antipode_safety::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Row, params};

use super::{Database, DatabaseError};
use crate::care::{Act, Acts};
use crate::history::Closing;
use crate::keys::{KeyStore, PersonKey};
use crate::record::{Kind, PersonId, SessionId, Stamp, WallTime};
use crate::session::open_name;

/// Which sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this person only.
    pub person: Option<PersonId>,
    /// On simulated tables only, or on real ones only.
    pub simulated: Option<bool>,
    /// That began at this date or later.
    pub since: Option<WallTime>,
    /// So many, the newest.
    pub most: Option<u32>,
}

/// What the index knows of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// The session.
    pub session: SessionId,
    /// Whether it has an end.
    pub closing: Closing,
    /// Its end was written for it by a later start.
    pub recovered: bool,
    /// The table was simulated.
    pub simulated: bool,
    /// The table carried ballast and nobody.
    pub bench: bool,
    /// Some of what was written cannot be read back.
    pub damaged: bool,
    /// Date of its first record.
    pub started: WallTime,
    /// Date of the last record that it wrote itself.
    pub ended: WallTime,
    /// Milliseconds from the first record to the last that it wrote itself.
    pub lasted_ms: u64,
    /// Number of its last record.
    pub records: u64,
    /// Who was on the table, if the record says so and they were not wiped.
    pub person: Option<PersonId>,
    /// The summary that it wrote with its end; empty without one.
    pub summary: Vec<u8>,
}

pub(super) const fn closing_number(closing: Closing) -> i64 {
    match closing {
        Closing::Closed => 0,
        Closing::UnderWay => 1,
        Closing::Left => 2,
    }
}

fn closing(at: usize, row: &Row<'_>) -> rusqlite::Result<Closing> {
    let number: i64 = row.get(at)?;
    let known = [Closing::Closed, Closing::UnderWay, Closing::Left];
    let found = known.into_iter().find(|closing| closing_number(*closing) == number);
    found.ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(at, Type::Integer, "no such closing".into())
    })
}

fn count(at: usize, row: &Row<'_>) -> rusqlite::Result<u64> {
    let number: i64 = row.get(at)?;
    Ok(u64::try_from(number).unwrap_or(0))
}

impl Database {
    /// The sessions that are `wanted`, that which began last first.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn sessions(&self, wanted: Wanted) -> Result<Vec<SessionRow>, DatabaseError> {
        let ask = || {
            let mut rows = self.connection.prepare_cached(
                "SELECT id, closing, recovered, simulated, bench, damaged, started_ms, ended_ms, \
                 lasted_ms, records, person, summary FROM session \
                 WHERE (?1 IS NULL OR person = ?1) AND (?2 IS NULL OR simulated = ?2) \
                 AND (?3 IS NULL OR started_ms >= ?3) ORDER BY place DESC LIMIT ?4",
            )?;
            let person = wanted.person.map(PersonId::bytes);
            let since = wanted.since.map(WallTime::unix_millis);
            let most = wanted.most.map_or(-1, i64::from);
            let found = rows.query_map(params![person, wanted.simulated, since, most], session)?;
            found.collect::<rusqlite::Result<Vec<_>>>()
        };
        ask().map_err(self.failed("asked for sessions"))
    }

    /// The acts of the person whose key is `key`, as [`crate::care::acts`] gives them; where a
    /// sitting is damaged, what is wrong with it is found by a check.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn acts(&self, key: &PersonKey) -> Result<(Acts, bool), DatabaseError> {
        let ask = || {
            let mut rows = self.connection.prepare_cached(
                "SELECT sitting, seq, at_ms, wall_ms, kind, sealed FROM act \
                 WHERE person = ?1 ORDER BY place, seq",
            )?;
            let found = rows.query_map([key.person().bytes()], sealed)?;
            let mut acts = Acts::default();
            for act in found {
                let act = act?;
                match key.open(act.sitting, act.kind, &act.plain) {
                    Ok(plain) => acts.acts.push(Act { plain, ..act }),
                    Err(_) => acts.sealed += 1,
                }
            }
            let damaged = "SELECT EXISTS (SELECT 1 FROM source WHERE folder = 1 AND damaged)";
            let damaged: bool = self.connection.query_row(damaged, [], |row| row.get(0))?;
            Ok((acts, !damaged))
        };
        let (acts, whole) = ask().map_err(self.failed("asked for acts"))?;
        let whole = whole && acts.is_whole();
        Ok((acts, whole))
    }

    /// The people whose names can be read.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn people(&self, keys: &KeyStore) -> Result<BTreeMap<PersonId, String>, DatabaseError> {
        let ask = || {
            let mut rows =
                self.connection.prepare_cached("SELECT id, session, sealed FROM person")?;
            let found = rows.query_map([], |row| {
                let person = PersonId::from_bytes(row.get(0)?);
                let session = SessionId::from_bytes(row.get(1)?);
                let sealed: Vec<u8> = row.get(2)?;
                let key = keys.load(person).ok();
                let name = key.and_then(|key| open_name(&key, session, &sealed).ok());
                Ok(name.map(|name| (person, name)))
            })?;
            found.filter_map(Result::transpose).collect::<rusqlite::Result<_>>()
        };
        ask().map_err(self.failed("asked for people"))
    }
}

fn session(row: &Row<'_>) -> rusqlite::Result<SessionRow> {
    let person: Option<[u8; 16]> = row.get(10)?;
    Ok(SessionRow {
        session: SessionId::from_bytes(row.get(0)?),
        closing: closing(1, row)?,
        recovered: row.get(2)?,
        simulated: row.get(3)?,
        bench: row.get(4)?,
        damaged: row.get(5)?,
        started: WallTime::from_unix_millis(row.get(6)?),
        ended: WallTime::from_unix_millis(row.get(7)?),
        lasted_ms: count(8, row)?,
        records: count(9, row)?,
        person: person.map(PersonId::from_bytes),
        summary: row.get(11)?,
    })
}

/// An act whose bytes are still sealed.
fn sealed(row: &Row<'_>) -> rusqlite::Result<Act> {
    Ok(Act {
        sitting: SessionId::from_bytes(row.get(0)?),
        seq: count(1, row)?,
        stamp: Stamp {
            at: Timestamp::from_millis(count(2, row)?),
            wall: WallTime::from_unix_millis(row.get(3)?),
        },
        kind: Kind::new(row.get(4)?),
        plain: row.get(5)?,
    })
}
