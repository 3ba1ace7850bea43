//! Opening the journal of the data folder, and beginning a session in it.

use std::sync::Arc;

use antipode_device::BootClock;
use antipode_engine::Dates;
use antipode_records::disk::RealDisk;
use antipode_records::{
    Closed, Health, Interrupted, Journal, JournalHandle, JournalThread, JournalWriter, Kind,
    NewRecord, NewSession, Recovery, Refused, Room, SessionId, Store, Ticket, spawn,
};
use antipode_safety::Timestamp;

use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::output::Output;

/// The journal of a data folder, open.
pub(super) struct Folder {
    store: Store,
    path: std::path::PathBuf,
}

/// Opens the journal, closes what a crash left open and names it.
///
/// # Errors
/// When there can be no record. Without one no session begins (I-14).
pub(super) fn open(data: &DataFolder, out: &mut Output) -> Result<Folder, Failure> {
    data.create()?;
    let path = data.journal();
    let disk = RealDisk::open(&path).map_err(|error| {
        Failure::io(format_args!("open the records in `{}`", path.display()), &error)
            .help("without a record no session begins; choose another folder: `--data DIR`")
    })?;
    let now = Dates::Machine.stamp(BootClock.now());
    let (store, recovery) = Store::open(Arc::new(disk), Room::NORMAL, now)
        .map_err(|error| Failure::failed(error.to_string()).note("no session begins without it"))?;
    tell(&recovery, out);
    Ok(Folder { store, path })
}

/// Says what the last programs left behind.
fn tell(recovery: &Recovery, out: &mut Output) {
    for Interrupted { session, last_seq, torn, .. } in &recovery.interrupted {
        out.talk(format_args!(
            "session {session} was interrupted: its program ended without a word; {last_seq} \
             records of it are safe"
        ));
        for damage in torn {
            out.talk(format_args!("    {damage:?}"));
        }
    }
    for file in &recovery.set_aside {
        out.talk(format_args!("the file {file} holds no record and is set aside"));
    }
}

impl Folder {
    /// Begins the record of a session, named by the machine's date.
    ///
    /// # Errors
    /// When the disk does not let it; then the session must not begin.
    pub(super) fn begin(&self, simulated: bool, now: Timestamp) -> Result<JournalWriter, Failure> {
        let now = Dates::Machine.stamp(now);
        let new = NewSession { session: SessionId::new(now.wall), now, simulated };
        self.store.begin(new).map_err(|error| Failure::failed(error.to_string()))
    }

    /// Where a file of the journal is.
    pub(super) fn file(&self, name: &str) -> String {
        self.path.join(name).display().to_string()
    }
}

/// What writes the record of a simulated session.
pub(super) enum Pen {
    /// On a thread of its own, as for a real one: everything is on the disk within a second.
    Paced(JournalHandle, JournalThread),
    /// For sessions that run faster than any disk: only begin and end wait for it, and a crash in
    /// between may leave a session that ends early. Nobody is on such a table.
    Unpaced(Box<JournalWriter>),
}

impl Pen {
    /// The writer on a thread of its own.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn paced(writer: JournalWriter) -> Result<Self, Failure> {
        let (handle, thread) = spawn(writer)
            .map_err(|error| Failure::io("start the thread that writes the record", &error))?;
        Ok(Self::Paced(handle, thread))
    }

    /// The writer as it is.
    pub(super) fn unpaced(writer: JournalWriter) -> Self {
        Self::Unpaced(Box::new(writer))
    }

    /// Makes everything durable and closes the journal.
    ///
    /// # Errors
    /// When the last records are not durable.
    pub(super) fn close(self) -> Result<Closed, Failure> {
        let closed = match self {
            Self::Paced(handle, thread) => {
                // The thread commits and ends when nobody can write any more.
                drop(handle);
                thread.join().map_err(|error| error.to_string())
            }
            Self::Unpaced(writer) => writer.finish().map_err(|error| error.to_string()),
        };
        closed.map_err(Failure::failed)
    }
}

impl Journal for Pen {
    fn append(&mut self, record: &NewRecord<'_>) -> Result<Ticket, Refused> {
        match self {
            Self::Paced(handle, _) => handle.append(record),
            Self::Unpaced(writer) => {
                let ticket = writer.append(record)?;
                if record.kind == Kind::START {
                    writer.commit().map_err(|_| Refused::Ended)?;
                }
                Ok(ticket)
            }
        }
    }

    fn durable(&self) -> Ticket {
        match self {
            Self::Paced(handle, _) => handle.durable(),
            Self::Unpaced(writer) => writer.durable(),
        }
    }

    fn health(&self) -> Health {
        match self {
            Self::Paced(handle, _) => handle.health(),
            Self::Unpaced(writer) => writer.health(),
        }
    }

    fn lost(&self) -> u64 {
        match self {
            Self::Paced(handle, _) => handle.lost(),
            Self::Unpaced(writer) => writer.lost(),
        }
    }
}
