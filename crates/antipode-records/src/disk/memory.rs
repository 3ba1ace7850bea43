//! A disk in memory that records every operation, can fail on demand, and can crash.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::crash::{CrashFault, after_crash};
use super::{Disk, FileEntry, FileLock, SegmentFile};

/// What an operation did. Files are numbered, so that a rename does not lose their history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Link { name: String, file: usize },
    Unlink { name: String },
    Rename { from: String, to: String },
    SyncDir,
    Write { file: usize, offset: u64, bytes: Vec<u8> },
    SetLen { file: usize, len: u64 },
    Sync { file: usize },
    SyncFailed { file: usize },
}

/// A failure that a disk can be told to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IoFault {
    /// The next write fails.
    Write,
    /// The next write takes half of its bytes, and says so.
    ShortWrite,
    /// The next flush fails, and what waited for it may be gone.
    Sync,
    /// There is no room until a file of at least 1 MiB is removed.
    NoSpace,
    /// Every operation that changes anything fails from now on.
    Gone,
}

/// The content of a file: bytes, and zeros up to its length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) bytes: Vec<u8>,
    pub(super) len: u64,
}

impl Content {
    pub(super) fn write(&mut self, offset: u64, bytes: &[u8]) {
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let to = from.saturating_add(bytes.len());
        if self.bytes.len() < to {
            self.bytes.resize(to, 0);
        }
        if let Some(place) = self.bytes.get_mut(from..to) {
            place.copy_from_slice(bytes);
        }
        self.len = self.len.max(to as u64);
    }

    pub(super) fn set_len(&mut self, len: u64) {
        self.bytes.truncate(usize::try_from(len).unwrap_or(usize::MAX));
        self.len = len;
    }
}

#[derive(Debug, Default)]
struct State {
    names: BTreeMap<String, usize>,
    files: Vec<Content>,
    locked: BTreeSet<usize>,
    /// What the disk held before the first operation.
    base: Vec<(String, Content)>,
    ops: Vec<Op>,
    /// Failures to come, in order, and after how many operations.
    faults: VecDeque<(usize, IoFault)>,
    full: bool,
    gone: bool,
    free: u64,
}

/// A folder in memory. Clones are the same folder.
///
/// # Example
/// ```
/// use antipode_records::disk::{Disk, MemoryDisk};
/// let disk = MemoryDisk::new();
/// disk.append("note", b"head-down")?;
/// assert_eq!(disk.list()?[0].len, 9);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryDisk {
    state: Arc<Mutex<State>>,
}

impl MemoryDisk {
    /// An empty folder on a disk with 1 GiB of room.
    #[must_use]
    pub fn new() -> Self {
        let disk = Self::default();
        disk.state().free = 1 << 30;
        disk
    }

    /// A folder that holds these files and no history.
    pub(super) fn with_files(files: Vec<(String, Content)>) -> Self {
        let disk = Self::new();
        {
            let mut state = disk.state();
            state.base.clone_from(&files);
            for (name, content) in files {
                let file = state.files.len();
                state.files.push(content);
                state.names.insert(name, file);
            }
        }
        disk
    }

    /// How many changing operations were done so far.
    #[must_use]
    pub fn op_count(&self) -> usize {
        self.state().ops.len()
    }

    /// Shows `fault` at the first operation that can show it, once `after` operations are done and
    /// the failures asked for before were shown.
    pub fn fail(&self, after: usize, fault: IoFault) {
        self.state().faults.push_back((after, fault));
    }

    /// Sets the room that [`Disk::free_bytes`] reports.
    pub fn set_free_bytes(&self, bytes: u64) {
        self.state().free = bytes;
    }

    /// The disk as the next start would find it if power were lost after the first `ops`
    /// operations, with what was not flushed treated as `fault` says. No lock is held there.
    #[must_use]
    pub fn crashed(&self, ops: usize, fault: CrashFault) -> Self {
        let state = self.state();
        let until = state.ops.get(..ops).unwrap_or(&state.ops);
        Self::with_files(after_crash(&state.base, until, fault))
    }

    /// Lets every lock go, as the end of a process does.
    pub fn release_locks(&self) {
        self.state().locked.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The failure that is due for an operation that can show it according to `shows`.
    fn due(&mut self, shows: impl Fn(IoFault) -> bool) -> Option<IoFault> {
        let (after, fault) = *self.faults.front()?;
        if self.ops.len() < after || !shows(fault) {
            return None;
        }
        self.faults.pop_front();
        match fault {
            IoFault::NoSpace => self.full = true,
            IoFault::Gone => self.gone = true,
            IoFault::Write | IoFault::ShortWrite | IoFault::Sync => {}
        }
        Some(fault)
    }

    /// Fails an operation that changes anything once the disk is gone.
    fn present(&mut self) -> io::Result<()> {
        self.due(|fault| fault == IoFault::Gone);
        if self.gone { Err(broken()) } else { Ok(()) }
    }

    /// Fails an operation that needs room while there is none.
    fn room(&mut self) -> io::Result<()> {
        self.present()?;
        self.due(|fault| fault == IoFault::NoSpace);
        if self.full { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn find(&self, name: &str) -> io::Result<usize> {
        self.names.get(name).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn link_new(&mut self, name: &str) -> usize {
        let file = self.files.len();
        self.files.push(Content::default());
        self.names.insert(name.to_owned(), file);
        self.ops.push(Op::Link { name: name.to_owned(), file });
        file
    }

    fn write(&mut self, file: usize, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        self.room()?;
        let fault = self.due(|fault| matches!(fault, IoFault::Write | IoFault::ShortWrite));
        let taken = match fault {
            Some(IoFault::ShortWrite) => bytes.len().div_ceil(2),
            // Half of it may have reached the disk before the failure.
            Some(_) => bytes.len() / 2,
            None => bytes.len(),
        };
        let taken_bytes = bytes.get(..taken).unwrap_or(bytes);
        if let Some(content) = self.files.get_mut(file) {
            content.write(offset, taken_bytes);
        }
        self.ops.push(Op::Write { file, offset, bytes: taken_bytes.to_vec() });
        if fault == Some(IoFault::Write) { Err(broken()) } else { Ok(taken) }
    }

    fn set_len(&mut self, file: usize, len: u64) {
        if let Some(content) = self.files.get_mut(file) {
            content.set_len(len);
        }
        self.ops.push(Op::SetLen { file, len });
    }
}

fn broken() -> io::Error {
    // EIO, as Linux reports it.
    io::Error::from_raw_os_error(5)
}

impl Disk for MemoryDisk {
    fn list(&self) -> io::Result<Vec<FileEntry>> {
        let state = self.state();
        let entry = |(name, file): (&String, &usize)| FileEntry {
            name: name.clone(),
            len: state.files.get(*file).map_or(0, |content| content.len),
        };
        Ok(state.names.iter().map(entry).collect())
    }

    fn read(&self, name: &str) -> io::Result<Box<dyn Read + Send>> {
        let state = self.state();
        let content = state.files.get(state.find(name)?).cloned().unwrap_or_default();
        let zeros = content.len.saturating_sub(content.bytes.len() as u64);
        Ok(Box::new(io::Cursor::new(content.bytes).chain(io::repeat(0).take(zeros))))
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn SegmentFile>> {
        let mut state = self.state();
        state.room()?;
        if state.names.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let file = state.link_new(name);
        state.locked.insert(file);
        Ok(Box::new(MemoryFile { disk: self.clone(), file }))
    }

    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        state.room()?;
        let file = match state.names.get(name) {
            Some(&file) => file,
            None => state.link_new(name),
        };
        let end = state.files.get(file).map_or(0, |content| content.len);
        if state.write(file, end, bytes)? == bytes.len() {
            Ok(())
        } else {
            Err(io::ErrorKind::WriteZero.into())
        }
    }

    fn try_lock(&self, name: &str) -> io::Result<Option<Box<dyn FileLock>>> {
        let mut state = self.state();
        let file = match state.names.get(name) {
            Some(&file) => file,
            None => {
                state.present()?;
                state.link_new(name)
            }
        };
        if !state.locked.insert(file) {
            return Ok(None);
        }
        Ok(Some(Box::new(MemoryLock { disk: self.clone(), file })))
    }

    fn is_locked(&self, name: &str) -> io::Result<bool> {
        let state = self.state();
        let file = state.find(name)?;
        Ok(state.locked.contains(&file))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state();
        state.present()?;
        let file = state.find(from)?;
        state.names.remove(from);
        state.names.insert(to.to_owned(), file);
        state.ops.push(Op::Rename { from: from.to_owned(), to: to.to_owned() });
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        state.present()?;
        let file = state.find(name)?;
        state.names.remove(name);
        state.ops.push(Op::Unlink { name: name.to_owned() });
        if state.files.get(file).is_some_and(|content| content.len >= 1 << 20) {
            state.full = false;
        }
        Ok(())
    }

    fn destroy(&self, name: &str) -> io::Result<()> {
        {
            let mut state = self.state();
            state.present()?;
            let file = state.find(name)?;
            let len = state.files.get(file).map_or(0, |content| content.bytes.len());
            state.write(file, 0, &vec![0; len])?;
            state.ops.push(Op::Sync { file });
        }
        self.remove(name)?;
        self.sync_dir()
    }

    fn sync_dir(&self) -> io::Result<()> {
        let mut state = self.state();
        state.present()?;
        if state.due(|fault| fault == IoFault::Sync).is_some() {
            return Err(broken());
        }
        state.ops.push(Op::SyncDir);
        Ok(())
    }

    fn free_bytes(&self) -> io::Result<u64> {
        Ok(self.state().free)
    }
}

struct MemoryLock {
    disk: MemoryDisk,
    file: usize,
}

impl FileLock for MemoryLock {}

impl Drop for MemoryLock {
    fn drop(&mut self) {
        self.disk.state().locked.remove(&self.file);
    }
}

struct MemoryFile {
    disk: MemoryDisk,
    file: usize,
}

impl Drop for MemoryFile {
    fn drop(&mut self) {
        self.disk.state().locked.remove(&self.file);
    }
}

impl SegmentFile for MemoryFile {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        self.disk.state().write(self.file, offset, bytes)
    }

    fn sync_data(&mut self) -> io::Result<()> {
        let mut state = self.disk.state();
        state.present()?;
        if state.due(|fault| fault == IoFault::Sync).is_some() {
            state.ops.push(Op::SyncFailed { file: self.file });
            return Err(broken());
        }
        state.ops.push(Op::Sync { file: self.file });
        Ok(())
    }

    fn allocate(&mut self, len: u64) -> io::Result<()> {
        let mut state = self.disk.state();
        state.room()?;
        let now = state.files.get(self.file).map_or(0, |content| content.len);
        state.set_len(self.file, now.max(len));
        Ok(())
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        let mut state = self.disk.state();
        state.present()?;
        state.set_len(self.file, len);
        Ok(())
    }
}
