//! The index over both journals, `DATA/index.sqlite`: questions over years in milliseconds.
//!
//! It is never the truth. [`Database::refresh`] reads what the journals have and it has not;
//! [`Database::rebuild`] begins again. What the journals hold sealed is sealed here too, so that a
//! wiped person cannot be read here either, and their rows go with the next refresh.
//!
//! A closed session is not read again while its files keep their lengths. What a crash took out of
//! them shows once the next start has closed the session, and what rots in place shows in a check.

mod ask;
mod refresh;

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use crate::disk::DiskError;
use crate::keys::KeyError;

pub use ask::{SessionRow, Wanted};
pub use refresh::{Journals, Refreshed};

/// Each brings a database from the version of its place to the next.
const MIGRATIONS: [&str; 1] = [include_str!("database/0001.sql")];
/// Another program refreshes it for so long at most before this one gives up.
const PATIENCE: Duration = Duration::from_secs(5);

/// The index could not be used. The journals are untouched by it.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The database.
    #[error(
        "the index {path} could not be {doing}: {source}; the journals are not touched by this"
    )]
    Sql {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What was seen.
        source: rusqlite::Error,
    },
    /// The file.
    #[error("the index {path} could not be made: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What was seen.
        source: io::Error,
    },
    /// A newer program made it.
    #[error(
        "the index {path} has version {found}, this program knows up to {known}; use the newer \
         program, or move the file away: it is made again from the journals"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest known version.
        known: usize,
    },
    /// A journal could not be read.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A person's key could not be looked at.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// An open index.
pub struct Database {
    connection: Connection,
    path: PathBuf,
}

impl Database {
    /// Opens the index at `path`, mode 0600, or makes an empty one. One that is damaged is thrown
    /// away: it holds nothing that the journals do not.
    ///
    /// # Errors
    /// [`DatabaseError`]; [`Database::in_memory`] always works, and reads more.
    pub fn open(path: &Path) -> Result<Self, DatabaseError> {
        match Self::try_open(path) {
            Err(DatabaseError::Sql { source, .. }) if is_damaged(&source) => {
                for ending in ["", "-wal", "-shm"] {
                    remove(&with_ending(path, ending))?;
                }
                Self::try_open(path)
            }
            opened => opened,
        }
    }

    /// An index that lives as long as this program.
    ///
    /// # Errors
    /// [`DatabaseError`], where there is no memory for it.
    pub fn in_memory() -> Result<Self, DatabaseError> {
        let path = PathBuf::from(":memory:");
        let connection = Connection::open_in_memory().map_err(sql("opened", &path))?;
        Self::prepare(connection, path)
    }

    fn try_open(path: &Path) -> Result<Self, DatabaseError> {
        // Made here first, so that no moment passes in which others can read it.
        let made = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
        made.map_err(|source| DatabaseError::File { path: path.to_owned(), source })?;
        let connection = Connection::open(path).map_err(sql("opened", path))?;
        Self::prepare(connection, path.to_owned())
    }

    fn prepare(mut connection: Connection, path: PathBuf) -> Result<Self, DatabaseError> {
        let step = |connection: &mut Connection| {
            connection.busy_timeout(PATIENCE)?;
            // A reader never waits for a refresh; deleted rows are overwritten.
            connection.pragma_update(None, "journal_mode", "wal")?;
            connection.pragma_update(None, "secure_delete", true)?;
            // A refresh that a crash undoes is done again.
            connection.pragma_update(None, "synchronous", "normal")?;
            connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))?;
            migrate(connection)
        };
        let found = step(&mut connection).map_err(sql("prepared", &path))?;
        match usize::try_from(found) {
            Ok(version) if version <= MIGRATIONS.len() => Ok(Self { connection, path }),
            Ok(_) | Err(_) => Err(DatabaseError::Newer { path, found, known: MIGRATIONS.len() }),
        }
    }

    fn failed(&self, doing: &'static str) -> impl FnOnce(rusqlite::Error) -> DatabaseError + use<> {
        sql(doing, &self.path)
    }
}

/// Brings a database to the newest version and gives the one that it has now, or a newer one
/// untouched.
fn migrate(connection: &mut Connection) -> rusqlite::Result<i64> {
    let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found: i64 = change.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let done = usize::try_from(found).unwrap_or(usize::MAX);
    for (version, step) in (1_i64..).zip(MIGRATIONS).skip(done) {
        change.execute_batch(step)?;
        change.pragma_update(None, "user_version", version)?;
    }
    let now = change.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    change.commit()?;
    Ok(now)
}

fn sql(doing: &'static str, path: &Path) -> impl FnOnce(rusqlite::Error) -> DatabaseError + use<> {
    let path = path.to_owned();
    move |source| DatabaseError::Sql { doing, path, source }
}

fn is_damaged(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
        // A file that says of itself that it is ours and has other tables.
        || matches!(error, rusqlite::Error::SqlInputError { .. })
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn remove(path: &Path) -> Result<(), DatabaseError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(DatabaseError::File { path: path.to_owned(), source })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
