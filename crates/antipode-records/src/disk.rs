//! Everything that the journal asks of a disk, so that the crash harness can stand in for one.
//!
//! A disk here is one flat folder. Names are plain file names; nothing below knows what they mean.

mod crash;
mod memory;
mod real;

use core::fmt;
use std::io::{self, Read};

pub use crash::CrashFault;
pub use memory::{IoFault, MemoryDisk};
pub use real::RealDisk;

/// A file of the folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileEntry {
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub len: u64,
}

/// Holds a lock until it is dropped.
pub trait FileLock: Send {}

/// A segment that is being written. It holds an exclusive lock on its file for as long as it
/// lives, which is how others know that its session is alive.
pub trait SegmentFile: Send {
    /// Writes at `offset` and gives how many bytes were taken, which may be fewer.
    ///
    /// # Errors
    /// Of the disk; what the file holds around `offset` is then unknown.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<usize>;

    /// Makes everything written so far survive a crash (fdatasync).
    ///
    /// # Errors
    /// Of the disk. The system may have dropped the data and may report success next time, so this
    /// file must never be asked again.
    fn sync_data(&mut self) -> io::Result<()>;

    /// Sets `len` bytes of room aside, so that writing there cannot run out of it.
    ///
    /// # Errors
    /// Of the disk, most of all that there is no room.
    fn allocate(&mut self, len: u64) -> io::Result<()>;

    /// Cuts the file to `len` bytes.
    ///
    /// # Errors
    /// Of the disk.
    fn truncate(&mut self, len: u64) -> io::Result<()>;
}

/// One folder of a disk. Files are made with mode 0600 and are flushed only where it says so.
pub trait Disk: Send + Sync {
    /// The regular files of the folder, in any order.
    ///
    /// # Errors
    /// Of the disk.
    fn list(&self) -> io::Result<Vec<FileEntry>>;

    /// Opens `name` for reading from its start.
    ///
    /// # Errors
    /// Of the disk; [`io::ErrorKind::NotFound`] when there is no such file.
    fn read(&self, name: &str) -> io::Result<Box<dyn Read + Send>>;

    /// Makes the file `name`, which must not exist, and locks it.
    ///
    /// # Errors
    /// Of the disk; [`io::ErrorKind::AlreadyExists`] when there is such a file.
    fn create(&self, name: &str) -> io::Result<Box<dyn SegmentFile>>;

    /// Appends to `name` without flushing; for what can be rebuilt.
    ///
    /// # Errors
    /// Of the disk.
    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// Locks `name`, making it if need be; `None` when somebody else holds it. Never waits.
    ///
    /// # Errors
    /// Of the disk.
    fn try_lock(&self, name: &str) -> io::Result<Option<Box<dyn FileLock>>>;

    /// Whether somebody holds `name` locked. Neither makes nor changes anything.
    ///
    /// # Errors
    /// Of the disk; [`io::ErrorKind::NotFound`] when there is no such file.
    fn is_locked(&self, name: &str) -> io::Result<bool>;

    /// Gives `from` the name `to`, replacing a file of that name.
    ///
    /// # Errors
    /// Of the disk.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes `name`.
    ///
    /// # Errors
    /// Of the disk.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Overwrites `name`, flushes, and removes it. Flash and copy-on-write disks may keep the old
    /// bytes all the same; full-disk encryption is what holds there.
    ///
    /// # Errors
    /// Of the disk.
    fn destroy(&self, name: &str) -> io::Result<()>;

    /// Makes what was created, renamed and removed survive a crash (fsync of the folder).
    ///
    /// # Errors
    /// Of the disk.
    fn sync_dir(&self) -> io::Result<()>;

    /// Bytes that this user may still write.
    ///
    /// # Errors
    /// Of the disk.
    fn free_bytes(&self) -> io::Result<u64>;
}

/// Writes all of `bytes` at `offset`.
pub(crate) fn write_all_at(
    file: &mut dyn SegmentFile,
    mut offset: u64,
    mut bytes: &[u8],
) -> io::Result<()> {
    while !bytes.is_empty() {
        let taken = file.write_at(offset, bytes)?.min(bytes.len());
        if taken == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        offset += taken as u64;
        bytes = bytes.get(taken..).unwrap_or(&[]);
    }
    Ok(())
}

/// Replaces `name` as a whole: after a crash it is the old file or the new one.
pub(crate) fn replace(disk: &dyn Disk, name: &str, bytes: &[u8]) -> io::Result<()> {
    let fresh = format!("{name}.new");
    match disk.remove(&fresh) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut file = disk.create(&fresh)?;
    write_all_at(file.as_mut(), 0, bytes)?;
    file.sync_data()?;
    disk.rename(&fresh, name)?;
    disk.sync_dir()
}

/// Reads at most `limit` bytes of `name`; a longer file is an error.
pub(crate) fn read_small(disk: &dyn Disk, name: &str, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    disk.read(name)?.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > limit { Err(io::ErrorKind::InvalidData.into()) } else { Ok(bytes) }
}

/// Something that the journal tried on the disk and that failed.
#[derive(Debug, thiserror::Error)]
#[error("{doing} {name}: {source}")]
pub struct DiskError {
    doing: Doing,
    name: String,
    source: io::Error,
}

impl DiskError {
    pub(crate) fn new(doing: Doing, name: impl Into<String>, source: io::Error) -> Self {
        Self { doing, name: name.into(), source }
    }

    /// What the system said.
    #[must_use]
    pub const fn cause(&self) -> &io::Error {
        &self.source
    }

    /// Whether the disk has no room left.
    #[must_use]
    pub fn is_no_space(&self) -> bool {
        no_space(&self.source)
    }
}

/// Whether `error` says that there is no room left.
pub(crate) fn no_space(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// What was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    List,
    Read,
    Create,
    Write,
    Sync,
    Lock,
    Rename,
    Remove,
    Reserve,
    Measure,
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::List => "could not list the folder",
            Self::Read => "could not read",
            Self::Create => "could not create",
            Self::Write => "could not write",
            Self::Sync => "could not flush to the disk",
            Self::Lock => "could not lock",
            Self::Rename => "could not rename",
            Self::Remove => "could not remove",
            Self::Reserve => "could not set room aside in",
            Self::Measure => "could not measure the free space of",
        })
    }
}
