//! The journal folder of one data folder: opening it, and beginning sessions in it.

use std::io;
use std::sync::Arc;

use crate::disk::{self, Disk, DiskError, Doing, SegmentFile};
use crate::index;
use crate::latest;
use crate::names::{self, ID, LOCK, RESERVE};
use crate::record::{SessionId, Stamp, WallTime};
use crate::recover::{self, Recovery};
use crate::segment::{HEADER_LEN, Header, Link, Tip};
use crate::writer::JournalWriter;

/// How much room the journal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// A session begins only with so many bytes free.
    pub free: u64,
    /// Kept aside, and given up so that a session can still write its end on a full disk.
    pub reserve: u64,
    /// Set aside for each segment before the table may move.
    pub segment: u64,
}

impl Room {
    /// 64 MiB free, 8 MiB kept aside (H-37), 256 KiB a segment: a long session fits.
    pub const NORMAL: Self = Self { free: 64 << 20, reserve: 8 << 20, segment: 256 << 10 };
}

/// A journal could not be opened. Without a journal nobody may go head-down (I-14).
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Somebody else is opening it.
    #[error(
        "the journal is being opened by another program; nothing was changed; try again in a second"
    )]
    Busy,
    /// The disk.
    #[error("the journal could not be opened: {0}; assume that the last session is not closed")]
    Disk(#[from] DiskError),
    /// No random numbers.
    #[error("the system gave no random numbers for a new journal: {0}")]
    Random(getrandom::Error),
}

/// A session could not be begun. It must not move the table.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// Too little room.
    #[error(
        "the journal needs {need} bytes of free space and found {free}; make room, then start again"
    )]
    NoRoom {
        /// Bytes needed.
        need: u64,
        /// Bytes found.
        free: u64,
    },
    /// Somebody else is beginning one.
    #[error("the journal is in use by another program that is starting; try again in a second")]
    Busy,
    /// The disk.
    #[error("the session's journal could not be begun: {0}")]
    Disk(#[from] DiskError),
}

/// What a new session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewSession {
    /// Its name, see [`SessionId::new`].
    pub session: SessionId,
    /// Now.
    pub now: Stamp,
    /// The table is simulated: nobody lies on it.
    pub simulated: bool,
    /// The table carries ballast: nobody lies on it, and nobody's ledger counts it.
    pub bench: bool,
}

/// An open journal folder.
#[derive(Clone)]
pub struct Store {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) room: Room,
    journal: [u8; 16],
}

/// A segment just made, locked, with its header written and nothing flushed.
pub(crate) struct Fresh {
    pub(crate) name: String,
    pub(crate) ordinal: u64,
    pub(crate) file: Box<dyn SegmentFile>,
    pub(crate) offset: u64,
    pub(crate) tip: Tip,
    /// There was no room, so the reserve was given up.
    pub(crate) on_reserve: bool,
}

/// What a segment is to begin with.
pub(crate) struct Opening {
    pub(crate) session: SessionId,
    pub(crate) part: u32,
    pub(crate) first_seq: u64,
    pub(crate) previous: Link,
    pub(crate) created: Stamp,
    pub(crate) simulated: bool,
    pub(crate) bench: bool,
}

impl Store {
    /// Opens the journal in `disk` and closes every session that a crash left open.
    ///
    /// # Errors
    /// [`OpenError`]; then nobody may go head-down.
    pub fn open(
        disk: Arc<dyn Disk>,
        room: Room,
        now: Stamp,
    ) -> Result<(Self, Recovery), OpenError> {
        let lock = disk
            .try_lock(LOCK)
            .map_err(|error| DiskError::new(Doing::Lock, LOCK, error))?
            .ok_or(OpenError::Busy)?;
        let journal = read_or_make_id(disk.as_ref())?;
        let store = Self { disk, room, journal };
        let recovery = recover::recover(&store, now)?;
        drop(lock);
        Ok((store, recovery))
    }

    /// The journal's random id, the same for the life of the data folder.
    #[must_use]
    pub const fn journal_id(&self) -> [u8; 16] {
        self.journal
    }

    /// Makes sure that there is room for a session, and that the reserve is in place.
    ///
    /// # Errors
    /// [`BeginError::NoRoom`] or of the disk.
    pub fn preflight(&self) -> Result<(), BeginError> {
        let free = self
            .disk
            .free_bytes()
            .map_err(|error| DiskError::new(Doing::Measure, "the journal's disk", error))?;
        let in_place = self
            .disk
            .list()
            .map_err(|error| DiskError::new(Doing::List, "the journal", error))?
            .iter()
            .any(|file| file.name == RESERVE && file.len >= self.room.reserve);
        let need = self.room.free + if in_place { 0 } else { self.room.reserve };
        if free < need {
            return Err(BeginError::NoRoom { need, free });
        }
        if in_place { Ok(()) } else { self.make_reserve() }
    }

    fn make_reserve(&self) -> Result<(), BeginError> {
        let failed = |error| DiskError::new(Doing::Reserve, RESERVE, error);
        match self.disk.remove(RESERVE) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error).into()),
        }
        match self.disk.create(RESERVE) {
            Ok(mut file) => Ok(file.allocate(self.room.reserve).map_err(failed)?),
            // Another session of this folder was quicker.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(failed(error).into()),
        }
    }

    /// Begins the journal of a session. The table must not move before its START is durable.
    ///
    /// # Errors
    /// [`BeginError`]; then the session must not start.
    pub fn begin(&self, new: NewSession) -> Result<JournalWriter, BeginError> {
        self.preflight()?;
        let survey = index::survey(self.disk.as_ref())
            .map_err(|error| DiskError::new(Doing::List, "the journal", error))?;
        let previous = survey
            .closed
            .iter()
            .max_by_key(|entry| entry.head_ordinal)
            .map_or(Link::NONE, |entry| Link { ordinal: entry.head_ordinal, hash: entry.head });
        let opening = Opening {
            session: new.session,
            part: 0,
            first_seq: 1,
            previous,
            created: new.now,
            simulated: new.simulated,
            bench: new.bench,
        };
        let fresh = self.create_segment(&opening)?.ok_or(BeginError::Busy)?;
        Ok(JournalWriter::new(self.clone(), new, fresh))
    }

    /// Makes the next segment; `None` while somebody else holds the folder.
    pub(crate) fn create_segment(&self, opening: &Opening) -> Result<Option<Fresh>, DiskError> {
        let lock =
            self.disk.try_lock(LOCK).map_err(|error| DiskError::new(Doing::Lock, LOCK, error))?;
        if lock.is_none() {
            return Ok(None);
        }
        self.create_segment_locked(opening).map(Some)
    }

    /// Makes the next segment while the folder is held.
    pub(crate) fn create_segment_locked(&self, opening: &Opening) -> Result<Fresh, DiskError> {
        let (_, highest) = names::groups(self.disk.as_ref())
            .map_err(|error| DiskError::new(Doing::List, "the journal", error))?;
        let ordinal = highest + 1;
        let name = names::segment_name(ordinal, opening.session);
        let header = Header {
            journal: self.journal,
            session: opening.session,
            ordinal,
            part: opening.part,
            first_seq: opening.first_seq,
            created: opening.created,
            previous: opening.previous,
            simulated: opening.simulated,
            bench: opening.bench,
        };
        let mut file =
            self.disk.create(&name).map_err(|error| DiskError::new(Doing::Create, &name, error))?;
        let on_reserve = match self.fill_segment(file.as_mut(), &header) {
            Ok(on_reserve) => on_reserve,
            // Nothing of value is in it; a file that stays behind is set aside at the next start.
            Err(error) => {
                return match self.disk.remove(&name) {
                    Ok(()) => Err(DiskError::new(Doing::Write, &name, error)),
                    Err(second) => Err(DiskError::new(Doing::Remove, &name, second)),
                };
            }
        };
        let (offset, tip) = (HEADER_LEN as u64, Tip::of(&header));
        Ok(Fresh { name, ordinal, file, offset, tip, on_reserve })
    }

    /// Sets room aside and writes the header; true when the reserve had to be given up for it.
    fn fill_segment(&self, file: &mut dyn SegmentFile, header: &Header) -> io::Result<bool> {
        let on_reserve = match file.allocate(self.room.segment) {
            Ok(()) => false,
            Err(error) if disk::no_space(&error) => {
                self.spend_reserve()?;
                true
            }
            Err(error) => return Err(error),
        };
        disk::write_all_at(file, 0, &header.encode())?;
        Ok(on_reserve)
    }

    /// Gives the reserve up. An error says that there was none left.
    pub(crate) fn spend_reserve(&self) -> io::Result<()> {
        self.disk.remove(RESERVE)
    }

    /// Writes all of `bytes`; true when the reserve had to be given up for it.
    pub(crate) fn write_or_spend(
        &self,
        file: &mut dyn SegmentFile,
        offset: u64,
        bytes: &[u8],
    ) -> io::Result<bool> {
        match disk::write_all_at(file, offset, bytes) {
            Ok(()) => Ok(false),
            Err(error) if disk::no_space(&error) => {
                self.spend_reserve()?;
                // A write that found no room has harmed nothing: the same place is written again.
                disk::write_all_at(file, offset, bytes).map(|()| true)
            }
            Err(error) => Err(error),
        }
    }

    /// The latest date that any closed session saw, for [`latest::check_clock`].
    ///
    /// # Errors
    /// Of the disk.
    pub fn latest(&self) -> Result<Option<WallTime>, DiskError> {
        let survey = index::survey(self.disk.as_ref())
            .map_err(|error| DiskError::new(Doing::List, "the journal", error))?;
        Ok(latest::fold(survey.closed.iter().map(|entry| entry.clock)))
    }
}

/// The journal's id, made at the first opening.
fn read_or_make_id(disk: &dyn Disk) -> Result<[u8; 16], OpenError> {
    match disk::read_small(disk, ID, 16) {
        Ok(bytes) => {
            if let Ok(id) = bytes.try_into() {
                return Ok(id);
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        // Too long: as good as none. Segments carry the id of their time, so nothing is lost.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {}
        Err(error) => return Err(DiskError::new(Doing::Read, ID, error).into()),
    }
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(OpenError::Random)?;
    disk::replace(disk, ID, &id).map_err(|error| DiskError::new(Doing::Write, ID, error))?;
    Ok(id)
}
