//! Opening the journal of the data folder, and beginning a session in it.

use std::io::{BufRead, ErrorKind, Read as _};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use antipode_device::BootClock;
use antipode_engine::Dates;
use antipode_records::disk::RealDisk;
use antipode_records::{
    BeginError, Closed, Health, Interrupted, Journal, JournalHandle, JournalThread, JournalWriter,
    Kind, NewRecord, NewSession, OpenError, Recovery, Refused, Room, SessionId, Store, Ticket,
    spawn,
};
use antipode_safety::Timestamp;

use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::live::About;
use crate::output::Output;
use crate::summary::Felt;
use crate::words;

use super::told::{LastSeen, Names, Told};

/// The journal of a data folder, open.
pub(super) struct Folder {
    store: Store,
    path: std::path::PathBuf,
    /// People whose program died while they hung head-down, as far as anybody knows.
    left: Vec<String>,
}

/// Opens the journal, closes what a crash left open and names it.
///
/// # Errors
/// When there can be no record. Without one no session begins (I-14).
pub(super) fn open(data: &DataFolder, out: &mut Output) -> Result<Folder, Failure> {
    data.create()?;
    let path = data.journal();
    let disk = RealDisk::open(&path).map_err(|error| {
        if cannot_write(&error) {
            return read_only(&path, &error);
        }
        Failure::io(format_args!("open the records in `{}`", path.display()), &error)
            .help("without a record no session begins; choose another folder: `--data DIR`")
    })?;
    let disk = Arc::new(disk);
    let now = Dates::Machine.stamp(BootClock.now());
    let opened = in_turn(
        || Store::open(disk.clone(), Room::NORMAL, now),
        |error| matches!(error, OpenError::Busy),
    );
    let (store, recovery) = opened.map_err(|error| match &error {
        OpenError::Disk(at) if cannot_write(at.cause()) => read_only(&path, at.cause()),
        OpenError::Disk(_) | OpenError::Busy | OpenError::Random(_) => {
            Failure::failed(error.to_string()).note("no session begins without it")
        }
    })?;
    let left = tell(&recovery, &path, data, out);
    Ok(Folder { store, path, left })
}

/// How long a start waits for others that are opening the same folder. Each takes a few writes to
/// the disk; nobody is on a table yet.
const TURN: Duration = Duration::from_secs(10);
/// Between two tries.
const TRY_EVERY: Duration = Duration::from_millis(5);

/// Tries until it is this program's turn, or until it has waited for [`TURN`].
fn in_turn<T, E>(
    mut attempt: impl FnMut() -> Result<T, E>,
    is_busy: impl Fn(&E) -> bool,
) -> Result<T, E> {
    let patience = Instant::now() + TURN;
    loop {
        match attempt() {
            Err(error) if is_busy(&error) && Instant::now() < patience => {
                std::thread::sleep(TRY_EVERY);
            }
            tried => return tried,
        }
    }
}

/// The folder is there and may not be written.
fn cannot_write(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
}

fn read_only(path: &Path, error: &std::io::Error) -> Failure {
    let path = path.display();
    Failure::failed(format!("nothing can be written in `{path}`: {error}"))
        .note("without a record no session begins; nothing has moved")
        .help("make the folder writable for you, or choose another one: `--data DIR`")
        .help("`antipode history` reads it as it is")
}

/// Bytes of a megabyte, as disks are counted.
const MB: u64 = 1_000_000;

/// Too little room on the disk. What is free is rounded down and what is needed up, so that the
/// two never look alike.
fn no_room(path: &Path, need: u64, free: u64) -> Failure {
    let (need, free) = (need.div_ceil(MB), free / MB);
    Failure::failed(format!(
        "the disk with the records in `{}` is too full: {free} MB are free, and a session begins \
         only with {need} MB",
        path.display()
    ))
    .note("without a record no session begins; nothing has moved")
    .note(
        "a session itself writes less than 1 MB; the rest is kept so that a disk that fills up \
         meanwhile cannot end its record",
    )
    .help(format!("make at least {} MB free, or choose another disk: `--data DIR`", need - free))
}

/// Says what the last programs left behind, people first; names those who were left head-down.
fn tell(recovery: &Recovery, path: &Path, data: &DataFolder, out: &mut Output) -> Vec<String> {
    let mut names = Names::of(data);
    let mut left = Vec::new();
    for Interrupted { session, bench, last_seq, torn, .. } in &recovery.interrupted {
        let read = RealDisk::open_existing(path)
            .map_err(|error| error.to_string())
            .and_then(|disk| Told::of(&disk, *session).map_err(|error| error.to_string()));
        match read {
            Ok(told) => {
                if let Some(seen) = told.left_head_down() {
                    let who = told.person(*session, &mut names);
                    let who = who.unwrap_or_else(|| nameless(&told, *bench));
                    out.talk(last_seen(&who, seen));
                    left.extend(told.is_somebody().then_some(who));
                }
            }
            Err(error) => out.talk(format_args!(
                "how the person of session {session} was seen last cannot be read: {error}; look \
                 at the table first"
            )),
        }
        out.talk(format_args!(
            "session {session} was interrupted: its program ended without a word; {last_seq} \
             records of it can be read"
        ));
        for damage in torn {
            out.talk(format_args!("    {damage}; nothing behind it counts"));
        }
    }
    for file in &recovery.set_aside {
        out.talk(format_args!("the file {file} holds no record and is set aside"));
    }
    left
}

/// Somebody without a name that can be read, or nobody.
fn nameless(told: &Told, bench: bool) -> String {
    let who = match (told.is_somebody(), bench) {
        (true, _) => "the person on the table",
        (false, true) => "the ballast on the table",
        (false, false) => "the simulated person",
    };
    who.to_owned()
}

/// What whoever starts the program again reads first: nobody knows that the bed came up since.
fn last_seen(who: &str, seen: LastSeen) -> String {
    let at = super::history::local(seen.at);
    let how = match seen.tilt {
        Some(tilt) => format!("head-down at {} degrees", words::degrees(tilt)),
        None => "on a bed whose tilt was not known".to_owned(),
    };
    format!(
        "{who} was last seen {how}, {at}, when the program died: look after them first. If the bed \
         is still head-down, hold RETURN at the table or bring it up by hand"
    )
}

/// Before a session begins after somebody was left head-down, somebody says that they are up.
/// Only "yes" is yes.
///
/// # Errors
/// Anything else refuses the session.
pub(super) fn ask_after(
    left: &[String],
    mut typed: impl BufRead,
    out: &mut Output,
) -> Result<(), Failure> {
    if left.is_empty() {
        return Ok(());
    }
    let who = left.join(" and ");
    out.talk(format_args!(
        "Is {who} up and looked after, and is nobody on the table? Type yes and Enter to go on."
    ));
    let mut answer = String::new();
    let read = typed.by_ref().take(64).read_line(&mut answer);
    if read.is_ok() && answer.trim().eq_ignore_ascii_case("yes") {
        return Ok(());
    }
    Err(Failure::refused(format!("not begun: nobody said that {who} is up and looked after"))
        .help("go to the table first, then begin again"))
}

impl Folder {
    /// Begins the record of a session, named by the machine's date.
    ///
    /// # Errors
    /// When the disk does not let it; then the session must not begin.
    pub(super) fn begin(&self, about: &About, now: Timestamp) -> Result<JournalWriter, Failure> {
        let now = Dates::Machine.stamp(now);
        let session = SessionId::new(now.wall);
        let bench = about.ballast_kg.is_some();
        let new = NewSession { session, now, simulated: about.simulated, bench };
        in_turn(|| self.store.begin(new), |error| matches!(error, BeginError::Busy))
            .map_err(|error| self.not_begun(&error))
    }

    fn not_begun(&self, error: &BeginError) -> Failure {
        match error {
            BeginError::NoRoom { need, free } => no_room(&self.path, *need, *free),
            BeginError::Busy | BeginError::Disk(_) => Failure::failed(error.to_string()),
        }
    }

    /// Who was left head-down by a program that died, by its records.
    pub(super) fn left(&self) -> &[String] {
        &self.left
    }

    /// What was reported in `session`; `None` when its record cannot be read.
    pub(super) fn reported(&self, session: SessionId) -> Option<Vec<Felt>> {
        let disk = RealDisk::open_existing(&self.path).ok()?;
        Told::of(&disk, session).ok().map(|told| told.symptoms)
    }

    /// Where the journals are.
    pub(super) fn path(&self) -> &Path {
        &self.path
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

#[cfg(test)]
mod tests {
    use antipode_records::WallTime;

    use super::*;

    #[test]
    fn whoever_was_left_head_down_is_named_first_with_tilt_and_time() {
        let at = WallTime::from_unix_millis(1_790_000_000_000);
        let tilt = antipode_safety::Angle::from_deg(20);
        let said = last_seen("ada", LastSeen { at, tilt });
        for part in ["ada was last seen head-down at 20 degrees", "2026-09-", "look after them"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let said = last_seen("ada", LastSeen { at, tilt: None });
        assert!(said.contains("tilt was not known"), "{said}");
    }

    #[test]
    fn only_yes_says_that_somebody_who_was_left_head_down_is_up() {
        let ask = |left: &[String], typed: &str| {
            let mut out = Output::to(std::io::sink(), std::io::sink(), false);
            ask_after(left, typed.as_bytes(), &mut out)
        };
        let ada = ["ada".to_owned()];
        for typed in ["", "\n", "y\n", "no\n", "yes, I think\n"] {
            let refused = ask(&ada, typed).unwrap_err();
            assert!(refused.message().contains("ada"), "{typed:?}");
            assert!(ask(&[], typed).is_ok(), "nobody was left");
        }
        for typed in ["yes\n", " YES \n"] {
            assert!(ask(&ada, typed).is_ok(), "{typed:?}");
        }
    }

    #[test]
    fn too_little_room_is_told_in_megabytes_with_what_a_session_needs() {
        let room = Room::NORMAL;
        let (need, free) = (room.free + room.reserve, 5_900_000);
        let failure = no_room(Path::new("/data/journal"), need, free);
        let drawn = failure.draw(crate::output::Paint::Plain);
        for part in ["5 MB are free", "only with 76 MB", "at least 71 MB", "/data/journal"] {
            assert!(drawn.contains(part), "{part}: {drawn}");
        }
        assert!(!drawn.contains("bytes"), "{drawn}");
        // A byte too few is still shown as too few.
        assert!(no_room(Path::new("d"), need, need - 1).message().contains("75 MB are free"));
    }
}
