//! What is known of a person between sessions: answers, clearances, programmes, outcomes.
//!
//! It lies in a journal of its own, `DATA/care`, of the same segments as the sessions: append-only,
//! chained, closed after a crash by the next start. One run of the program about one person is a
//! [`Sitting`]; what is said in it is an act, sealed with that person's key.
//!
//! ```text
//! START    the version of all that follows
//! PERSON   whose sitting it is, sealed
//! act      one answer, sheet or decision, sealed: 512 and up    --+-- each durable before it is
//! act                                                           --+   acknowledged
//! END
//! ```
//! The journal keeps the bytes of any act; [`act`] says what they mean. A wiped person's acts can be
//! read by nobody, and the chain still verifies.

pub mod act;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::disk::{Disk, DiskError};
use crate::history::{self, read_sessions};
use crate::keys::{KeyError, KeyStore, PersonKey, SEAL_OVERHEAD, person_of};
use crate::record::{
    Durability, Flags, Kind, NewRecord, PersonId, Refused, SessionId, Stamp, WallTime,
};
use crate::recover::Recovery;
use crate::segment::{End, EndedBy, MAX_PAYLOAD, RecordView};
use crate::session::{NameError, open_name, seal_name};
use crate::store::{BeginError, NewSession, OpenError, Room, Store};
use crate::walk::Finding;
use crate::writer::{CommitError, JournalWriter};

/// The version of what a sitting holds, in its START.
pub const FORMAT: u16 = 1;
/// The first number that is free for acts.
pub const FIRST_ACT: Kind = Kind::new(512);
/// Bytes that an act may have.
pub const MAX_ACT: usize = MAX_PAYLOAD - SEAL_OVERHEAD;

/// A sitting writes a few kilobytes; a person's health is worth a mebibyte kept aside.
const ROOM: Room = Room { free: 4 << 20, reserve: 1 << 20, segment: 8 << 10 };

/// A sitting could not be begun; nothing that is said may count.
#[derive(Debug, thiserror::Error)]
pub enum SitError {
    /// No room, or the disk.
    #[error(transparent)]
    Begin(#[from] BeginError),
    /// The name or the key.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The first records did not reach the disk.
    #[error(transparent)]
    Keep(#[from] KeepError),
}

/// An act is not on the disk, so it must not be acknowledged: ask again.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// Of the key.
    #[error("what was said could not be sealed and is not kept: {0}")]
    Key(#[from] KeyError),
    /// The number belongs to the journal itself.
    #[error("kind {} is not one of an act, so it is not kept", .0.number())]
    NotAnAct(Kind),
    /// Too large, or after the end.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The disk.
    #[error("what was said is not kept: {0}")]
    Disk(#[from] CommitError),
}

/// The journal of acts, open for writing.
#[derive(Clone)]
pub struct CareJournal {
    store: Store,
}

impl CareJournal {
    /// Opens the journal in `disk` and closes every sitting that a crash left open.
    ///
    /// # Errors
    /// [`OpenError`]; then nothing can be kept.
    pub fn open(disk: Arc<dyn Disk>, now: Stamp) -> Result<(Self, Recovery), OpenError> {
        let (store, recovery) = Store::open(disk, ROOM, now)?;
        Ok((Self { store }, recovery))
    }

    /// Begins a sitting about the person called `name`, whose key is `key`.
    ///
    /// # Errors
    /// [`SitError`]; then nothing that is said may count.
    pub fn sit(&self, key: PersonKey, name: &str, now: Stamp) -> Result<Sitting, SitError> {
        let session = SessionId::new(now.wall);
        let sealed = seal_name(&key, session, name)?;
        let new = NewSession { session, now, simulated: false, bench: false };
        let mut sitting = Sitting { writer: self.store.begin(new)?, key };
        sitting
            .append(now, Kind::START, Flags::NONE, &FORMAT.to_le_bytes())
            .map_err(KeepError::Refused)?;
        sitting.append(now, Kind::PERSON, Flags::SEALED, &sealed).map_err(KeepError::Refused)?;
        sitting.writer.commit().map_err(KeepError::Disk)?;
        Ok(sitting)
    }
}

/// One run of the program about one person. Dropped without [`Sitting::rise`] it counts as
/// interrupted, and all that was acknowledged stands.
pub struct Sitting {
    writer: JournalWriter,
    key: PersonKey,
}

impl Sitting {
    /// Its name.
    #[must_use]
    pub const fn id(&self) -> SessionId {
        self.writer.session()
    }

    /// Whose it is.
    #[must_use]
    pub const fn person(&self) -> PersonId {
        self.key.person()
    }

    /// Keeps one act. When this answers `Ok`, it is on the disk.
    ///
    /// # Errors
    /// [`KeepError`]; then it must not be acknowledged, and may be on the disk all the same.
    pub fn keep(&mut self, now: Stamp, kind: Kind, plain: &[u8]) -> Result<(), KeepError> {
        if kind < FIRST_ACT {
            return Err(KeepError::NotAnAct(kind));
        }
        let sealed = self.key.seal(self.id(), kind, plain)?;
        self.append(now, kind, Flags::SEALED, &sealed)?;
        self.writer.commit()?;
        Ok(())
    }

    /// Ends it.
    ///
    /// # Errors
    /// [`KeepError`]; the next start then closes it.
    pub fn rise(mut self, now: Stamp) -> Result<(), KeepError> {
        let end = End { by: EndedBy::Session, summary: &[] }.encode();
        self.append(now, Kind::END, Flags::NONE, &end)?;
        self.writer.finish()?;
        Ok(())
    }

    fn append(
        &mut self,
        stamp: Stamp,
        kind: Kind,
        flags: Flags,
        payload: &[u8],
    ) -> Result<(), Refused> {
        let durability = Durability::Now;
        self.writer.append(&NewRecord { stamp, kind, flags, durability, payload }).map(|_| ())
    }
}

/// An act as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// In which sitting.
    pub sitting: SessionId,
    /// Number of its record in that sitting.
    pub seq: u64,
    /// When.
    pub stamp: Stamp,
    /// What its bytes mean.
    pub kind: Kind,
    /// The bytes.
    pub plain: Vec<u8>,
}

/// Everything that could be read of one person, and what could not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acts {
    /// The acts in the order in which they were kept.
    pub acts: Vec<Act>,
    /// Where the journal could not be read: an act of anybody may be missing there.
    pub damaged: Vec<Finding>,
    /// Sealed records of this person that did not open.
    pub sealed: u64,
}

impl Acts {
    /// Whether nothing is missing. If something is, what is known of the person must not open
    /// anything.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.damaged.is_empty() && self.sealed == 0
    }
}

/// The acts of the person whose key is `key`. Changes nothing.
///
/// # Errors
/// When the folder cannot be listed.
pub fn acts(disk: &dyn Disk, key: &PersonKey) -> Result<Acts, DiskError> {
    let mut found = Acts::default();
    let mut take = |sitting, record: &RecordView<'_>| found.take(sitting, record, key);
    let read = read_sessions(disk, |_| true, &mut take)?;
    found.damaged = damage(disk, read)?;
    Ok(found)
}

impl Acts {
    fn take(&mut self, sitting: SessionId, record: &RecordView<'_>, key: &PersonKey) {
        let theirs = person_of(record.payload).is_ok_and(|person| person == key.person());
        if record.kind < FIRST_ACT || !record.flags.is_sealed() || !theirs {
            return;
        }
        match key.open(sitting, record.kind, record.payload) {
            Ok(plain) => self.acts.push(Act {
                sitting,
                seq: record.seq,
                stamp: record.stamp,
                kind: record.kind,
                plain,
            }),
            Err(_) => self.sealed += 1,
        }
    }
}

/// What is damaged of it. The torn tail that a dead or a running program leaves is none: nothing in
/// it was acknowledged.
fn damage(disk: &dyn Disk, read: Vec<history::ReadBack>) -> Result<Vec<Finding>, DiskError> {
    let closing: BTreeMap<SessionId, history::Closing> = history::all_sessions(disk)?
        .into_iter()
        .map(|listed| (listed.entry.session, listed.closing))
        .collect();
    let whole = |read: &history::ReadBack| match closing.get(&read.session) {
        Some(closing) => !history::is_damaged(read, *closing),
        None => read.findings.is_empty(),
    };
    Ok(read.into_iter().filter(|read| !whole(read)).flat_map(|read| read.findings).collect())
}

/// The people of a journal of sittings or of sessions whose names could be read, each with the date
/// of the last record that names them.
///
/// # Errors
/// When the folder cannot be listed.
pub fn people(
    disk: &dyn Disk,
    keys: &KeyStore,
) -> Result<BTreeMap<PersonId, (String, WallTime)>, DiskError> {
    let mut found = BTreeMap::new();
    read_sessions(disk, |_| true, &mut |session, record| {
        if record.kind != Kind::PERSON {
            return;
        }
        let Ok(person) = person_of(record.payload) else { return };
        let name = keys.load(person).ok().and_then(|key| {
            let name = open_name(&key, session, record.payload);
            name.ok()
        });
        if let Some(name) = name {
            found.insert(person, (name, record.stamp.wall));
        }
    })?;
    Ok(found)
}
