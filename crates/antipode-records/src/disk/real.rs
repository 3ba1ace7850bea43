//! The disk of this machine.

use std::fs::{DirBuilder, File};
use std::io::{self, Read, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FallocateFlags, FlockOperation, Mode, OFlags};
use rustix::io::Errno;

use super::{Disk, FileEntry, FileLock, SegmentFile};

/// A folder on the disk of this machine, private to its user.
#[derive(Debug)]
pub struct RealDisk {
    folder: OwnedFd,
    path: PathBuf,
}

impl RealDisk {
    /// Opens the folder at `path`, making it (and those above it) with mode 0700 if need be.
    ///
    /// # Errors
    /// Of the disk.
    pub fn open(path: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        Self::open_existing(path)
    }

    /// Opens the folder at `path`, which must be there: for whoever only looks.
    ///
    /// # Errors
    /// Of the disk; [`io::ErrorKind::NotFound`] when there is none.
    pub fn open_existing(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = rustix::fs::open(path, flags, Mode::empty())?;
        Ok(Self { folder, path: path.to_path_buf() })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn open_at(&self, name: &str, flags: OFlags) -> io::Result<OwnedFd> {
        // A name with a slash would leave the folder.
        if name.contains('/') {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        Ok(rustix::fs::openat(&self.folder, name, flags, Mode::RUSR | Mode::WUSR)?)
    }
}

impl Disk for RealDisk {
    fn list(&self) -> io::Result<Vec<FileEntry>> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&self.path)? {
            let entry = entry?;
            let meta = match entry.metadata() {
                Ok(meta) => meta,
                // Removed since the listing began.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            // A name that is no text is not one of ours.
            if let (true, Ok(name)) = (meta.is_file(), entry.file_name().into_string()) {
                files.push(FileEntry { name, len: meta.len() });
            }
        }
        Ok(files)
    }

    fn read(&self, name: &str) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(File::from(self.open_at(name, OFlags::RDONLY)?)))
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn SegmentFile>> {
        let fd = self.open_at(name, OFlags::RDWR | OFlags::CREATE | OFlags::EXCL)?;
        rustix::fs::flock(&fd, FlockOperation::NonBlockingLockExclusive)?;
        Ok(Box::new(RealFile { fd }))
    }

    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let fd = self.open_at(name, OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND)?;
        File::from(fd).write_all(bytes)
    }

    fn try_lock(&self, name: &str) -> io::Result<Option<Box<dyn FileLock>>> {
        let fd = self.open_at(name, OFlags::RDWR | OFlags::CREATE)?;
        match rustix::fs::flock(&fd, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Box::new(RealLock { _fd: fd }))),
            Err(Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn is_locked(&self, name: &str) -> io::Result<bool> {
        let fd = self.open_at(name, OFlags::RDONLY)?;
        // Shared: two who look do not see each other.
        match rustix::fs::flock(&fd, FlockOperation::NonBlockingLockShared) {
            Ok(()) => Ok(false),
            Err(Errno::WOULDBLOCK) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.folder, from, &self.folder, to)?)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.folder, name, AtFlags::empty())?)
    }

    fn destroy(&self, name: &str) -> io::Result<()> {
        let mut file = File::from(self.open_at(name, OFlags::WRONLY)?);
        let mut left = file.metadata()?.len();
        let zeros = [0; 4096];
        while left > 0 {
            let take = usize::try_from(left).unwrap_or(usize::MAX).min(zeros.len());
            file.write_all(zeros.get(..take).unwrap_or(&zeros))?;
            left -= take as u64;
        }
        file.sync_all()?;
        self.remove(name)?;
        self.sync_dir()
    }

    fn sync_dir(&self) -> io::Result<()> {
        Ok(rustix::fs::fsync(&self.folder)?)
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let stat = rustix::fs::fstatvfs(&self.folder)?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }
}

/// The lock goes with the descriptor.
struct RealLock {
    _fd: OwnedFd,
}

impl FileLock for RealLock {}

struct RealFile {
    fd: OwnedFd,
}

impl SegmentFile for RealFile {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match rustix::io::pwrite(&self.fd, bytes, offset) {
                Ok(taken) => return Ok(taken),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn sync_data(&mut self) -> io::Result<()> {
        Ok(rustix::fs::fdatasync(&self.fd)?)
    }

    fn allocate(&mut self, len: u64) -> io::Result<()> {
        match rustix::fs::fallocate(&self.fd, FallocateFlags::empty(), 0, len) {
            Ok(()) => Ok(()),
            // Not every file system can; then the room is only checked, not held.
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        Ok(rustix::fs::ftruncate(&self.fd, len)?)
    }
}
