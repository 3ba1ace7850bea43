//! What the guardian writes to the disk, from a thread of its own: a disk that hangs must not cost the
//! bed a turn (I16).

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Lines that wait while the disk takes its time; further ones are counted.
const WAITING: usize = 256;
/// At its end it waits for the disk no longer than this.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What is to be written.
#[derive(Debug)]
enum Job {
    /// A line of the log, with the second at which it was said.
    Line(u64, String),
    /// A small file beside it, whole; `None` takes it away.
    File(PathBuf, Option<String>),
}

/// The end of the control loop: says what is to be written and never waits.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: Option<SyncSender<Job>>,
    ended: Receiver<()>,
    /// Lines that found no room.
    lost: u64,
}

impl Writer {
    /// Starts the thread. It has the `lock` of the folder and lets it go after the last thing that it
    /// writes there: what a disk that hung puts down late must not be read as the next guardian's word.
    ///
    /// # Errors
    /// When the system gives none.
    pub(super) fn start(log: File, lock: File) -> io::Result<Self> {
        let (jobs, waiting) = sync_channel(WAITING);
        let (end, ended) = channel();
        thread::Builder::new().name("guardian-log".into()).spawn(move || {
            write_all(&waiting, log);
            drop(lock);
            // Nobody waits any more for a thread whose disk took too long.
            end.send(()).ok();
        })?;
        Ok(Self { jobs: Some(jobs), ended, lost: 0 })
    }

    /// Adds a line to the log.
    pub(super) fn line(&mut self, text: String) {
        let secs = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        if self.lost > 0 {
            let lost = format!("{} lines are missing here: the disk was too slow", self.lost);
            if self.put(Job::Line(secs, lost)) {
                self.lost = 0;
            }
        }
        if !self.put(Job::Line(secs, text)) {
            self.lost = self.lost.saturating_add(1);
        }
    }

    /// Puts `text` into the file at `path`, or takes the file away; whether that found room.
    pub(super) fn file(&mut self, path: PathBuf, text: Option<String>) -> bool {
        self.put(Job::File(path, text))
    }

    fn put(&self, job: Job) -> bool {
        self.jobs.as_ref().is_some_and(|jobs| jobs.try_send(job).is_ok())
    }
}

impl Drop for Writer {
    /// Lets what was said be written, if the disk does it soon.
    fn drop(&mut self) {
        self.jobs = None;
        match self.ended.recv_timeout(LAST_WORDS) {
            Ok(()) | Err(RecvTimeoutError::Disconnected | RecvTimeoutError::Timeout) => {}
        }
    }
}

fn write_all(jobs: &Receiver<Job>, mut log: File) {
    for job in jobs {
        let wrote = match &job {
            Job::Line(secs, text) => writeln!(log, "{secs} {text}"),
            Job::File(path, Some(text)) => replace(path, text),
            Job::File(path, None) => match std::fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                Ok(()) | Err(_) => Ok(()),
            },
        };
        // A log that cannot be written stops nothing.
        if let Err(error) = wrote {
            tracing::warn!(%error, ?job, "the guardian cannot write beside its socket");
        }
    }
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    std::fs::write(&new, text)?;
    std::fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::fd::OwnedFd;

    use super::*;

    fn no_lock() -> File {
        tempfile::tempfile().unwrap()
    }

    #[test]
    fn the_lock_is_held_until_the_last_word_is_written_however_long_the_disk_hangs() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let lock = || {
            let file = File::options().create(true).append(true).open(&path).unwrap();
            let held =
                rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive);
            held.ok().map(|()| file)
        };
        let (disk, end) = io::pipe().unwrap();
        let log = File::from(OwnedFd::from(end));
        let mut writer = Writer::start(log, lock().unwrap()).unwrap();
        writer.line("x".repeat(100_000));
        let state = dir.path().join("state");
        assert!(writer.file(state.clone(), Some("fit".to_owned())));
        // It has waited for the disk for as long as it does.
        drop(writer);
        assert!(lock().is_none() && !state.exists(), "the next one would read a dead word");
        let mut rest = disk;
        let reader = thread::spawn(move || io::copy(&mut rest, &mut io::sink()));
        let until = std::time::Instant::now() + Duration::from_secs(30);
        while lock().is_none() {
            assert!(std::time::Instant::now() < until, "it is never let go");
            thread::yield_now();
        }
        assert!(state.exists(), "nothing is written after the lock");
        reader.join().unwrap().unwrap();
    }

    #[test]
    fn a_disk_that_takes_nothing_makes_nobody_wait_and_what_is_missing_is_counted() {
        // A pipe that nobody reads is a disk that hangs.
        let (mut disk, end) = io::pipe().unwrap();
        let mut writer = Writer::start(File::from(OwnedFd::from(end)), no_lock()).unwrap();
        let long = "x".repeat(4_096);
        for _ in 0..WAITING + 200 {
            writer.line(long.clone());
        }
        let lost = writer.lost;
        assert!(lost >= 100, "{lost}");
        let (told, heard) = channel();
        let reader = thread::spawn(move || {
            let mut text = String::new();
            let mut buffer = [0; 65_536];
            loop {
                match disk.read(&mut buffer).unwrap() {
                    0 => return text,
                    count => text.push_str(&String::from_utf8_lossy(&buffer[..count])),
                }
                told.send(text.len()).unwrap();
            }
        });
        // Once it takes something again, the next line says how many there were.
        while writer.lost > 0 {
            heard.recv().unwrap();
            writer.line("again".to_owned());
        }
        drop(writer);
        let text = reader.join().unwrap();
        assert!(text.contains("lines are missing here"), "{} characters", text.len());
        assert!(text.ends_with("again\n"));
    }

    #[test]
    fn what_was_said_before_the_end_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let (log, state) = (dir.path().join("log"), dir.path().join("state"));
        let mut writer = Writer::start(File::create(&log).unwrap(), no_lock()).unwrap();
        writer.line("one".to_owned());
        assert!(writer.file(state.clone(), Some("fit".to_owned())));
        writer.line("two".to_owned());
        drop(writer);
        let text = std::fs::read_to_string(log).unwrap();
        let said: Vec<_> = text.lines().filter_map(|line| line.split_once(' ')).collect();
        assert_eq!(said.iter().map(|(_, text)| *text).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(std::fs::read_to_string(state).unwrap(), "fit");
    }
}
