//! What lies beside the socket: the lock, the log, the count of starts, what is known of the drive.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use antipode_guardian::{Awake, BootInfo, Fact, Need, line_of};
use antipode_safety::{Millis, Timestamp};
use rustix::fs::FlockOperation;
use rustix::io::Errno;

use super::GuardianError;
use super::vigil::Vigilance;
use super::writer::Writer;
use crate::holder::{lives, who};

/// Starts within this count together (H-15).
const MINUTE: Millis = Millis::from_secs(60);
/// Starts that are remembered.
const STARTS: usize = 8;

/// A guardian that has left writes its last words for so long at most, and has the lock until then:
/// whoever comes for somebody head-down waits for it and not in vain.
const LEAVES_WITHIN: Duration = Duration::from_secs(2);
/// Between two looks at the lock.
const LOOKS_AGAIN: Duration = Duration::from_millis(10);

/// The guardian's place in the file system, held for as long as it lives.
#[derive(Debug)]
pub(super) struct Home {
    socket: PathBuf,
    /// Holds the lock for as long as its thread writes here.
    writer: Writer,
    /// The guardian before this one left a bed that was level.
    was_level: bool,
    /// It left by itself: its start was none of a loop of resets.
    left: bool,
    /// Locked for as long as this computer is known to stay awake. The system lets it go however this
    /// process ends, so that nobody takes the word of a dead guardian for it.
    kept: File,
    is_kept: bool,
    /// Its starts, as they were counted.
    starts: String,
    /// The lock that stands in for one whose file was taken away. Let go after the last thing written.
    again: Option<File>,
}

impl Home {
    /// Makes the folder, takes the lock, opens the log.
    ///
    /// # Errors
    /// Another guardian lives here, the folder is not ours alone, or what the system says.
    pub(super) fn take(socket: &Path) -> Result<Self, GuardianError> {
        let system = |what| move |cause| GuardianError::System { what, cause };
        let folder = socket.parent().unwrap_or(Path::new("/"));
        own_folder(folder)?;
        let mut lock = open(&lock_path(socket), false).map_err(system("open the lock"))?;
        lock_soon(&lock).map_err(|_| GuardianError::Running { socket: socket.to_owned() })?;
        // For people who look who holds it.
        let told = lock.set_len(0).and_then(|()| writeln!(lock, "{}", std::process::id()));
        told.map_err(system("write the lock"))?;
        let log = open(&beside(socket, "log"), true).map_err(system("open the log"))?;
        // What a guardian that died has said of its drive, its needs and its host.
        for path in paths(socket) {
            forget(&path).map_err(system("remove the old state"))?;
        }
        // Only one that leaves says so; what it says counts until the next one starts. Where none has
        // ever started, none has moved anybody.
        let left = level_path(socket).exists();
        let was_level = left || !starts_path(socket).exists();
        let writer = Writer::start(log, lock).map_err(system("start the log"))?;
        let kept = open(&kept_path(socket), false).map_err(system("open the watch's lock"))?;
        Ok(Self {
            socket: socket.to_owned(),
            writer,
            was_level,
            left,
            kept,
            is_kept: false,
            starts: String::new(),
            again: None,
        })
    }

    /// Whether a guardian that knows no angle may take the bed for level: the one before it left it so,
    /// or there was none. One that died may have left somebody head-down (H-01, H-39).
    pub(super) const fn was_level(&self) -> bool {
        self.was_level
    }

    /// Adds a line to the log, without waiting for the disk.
    pub(super) fn log(&mut self, text: &str) {
        self.writer.line(text.to_owned());
    }

    /// What hosts are told of the drive before they greet; whether there was room to say it.
    pub(super) fn tell_state(&mut self, state: &str) -> bool {
        let said = self.writer.file(state_path(&self.socket), Some(state.to_owned()));
        if said {
            self.log(state);
        }
        said
    }

    /// What the drive says of itself, for whoever holds the record of the table against it; whether
    /// there was room to say it.
    pub(super) fn tell_drive(&mut self, facts: &[Fact]) -> bool {
        let text = (!facts.is_empty()).then(|| line_of(facts));
        let said = self.writer.file(drive_path(&self.socket), text.clone());
        if let (true, Some(text)) = (said, text) {
            self.log(&format!("the drive says of itself: {text}"));
        }
        said
    }

    /// What it needs people for, for whoever looks at the table without being a host.
    pub(super) fn tell_need(&mut self, need: Option<Need>) {
        self.log(need.map_or("it needs nobody any more", Need::words));
        let text = need.map(|need| need.words().to_owned());
        if !self.writer.file(need_path(&self.socket), text) {
            self.log("what it needs could not be told");
        }
    }

    /// What keeps this computer awake, for hosts that would lower somebody; whether it is all said.
    pub(super) fn tell_vigil(&mut self, known: &Vigilance) -> bool {
        let keeps = known.awake() == Awake::Kept;
        let locked = keeps == self.is_kept || self.lock_kept(keeps);
        let Some(text) = known.text() else { return locked };
        let said = self.writer.file(vigil_path(&self.socket), Some(text.clone()));
        if said {
            self.log(&format!("awake: {text}"));
        }
        said && locked
    }

    /// Takes the lock that says so, or lets it go. Somebody who looks at it just now has it for a moment.
    fn lock_kept(&mut self, keeps: bool) -> bool {
        let operation = match keeps {
            true => FlockOperation::NonBlockingLockExclusive,
            false => FlockOperation::Unlock,
        };
        let done = rustix::fs::flock(&self.kept, operation).is_ok();
        self.is_kept = if done { keeps } else { self.is_kept };
        done
    }

    /// Who has the session, for hosts that come meanwhile; whether there was room to say it.
    pub(super) fn tell_host(&mut self, host: Option<i32>) -> bool {
        let said =
            self.writer.file(host_path(&self.socket), host.map(|process| process.to_string()));
        if let (true, Some(process)) = (said, host) {
            self.log(&format!("{} has the session", who(process)));
        }
        said
    }

    /// Counts this start. That of a guardian that left by itself is taken out of the minute again: a look
    /// at the table three times over is no controller that resets again and again (H-15). From here on
    /// this one may move somebody, and what the one before it said of the bed holds no more; one that
    /// cannot start at all leaves that as it was.
    ///
    /// # Errors
    /// When the old word cannot be taken away: the next guardian would believe it.
    pub(super) fn count_start(&mut self, now: Timestamp) -> io::Result<BootInfo> {
        forget(&level_path(&self.socket))?;
        let path = starts_path(&self.socket);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let mut numbers = text.split_whitespace().filter_map(|word| word.parse::<u64>().ok());
        let count = numbers.next().unwrap_or(0).wrapping_add(1);
        let ended_well = usize::from(std::mem::take(&mut self.left));
        // A machine that restarted counts its milliseconds from 0: later ones are of another time.
        let recent = |&at: &u64| at <= now.as_millis() && now.as_millis() - at < MINUTE.get();
        let mut starts: Vec<u64> = numbers.skip(ended_well).filter(recent).take(STARTS).collect();
        starts.insert(0, now.as_millis());
        let words: Vec<String> = std::iter::once(count)
            .chain(starts.iter().copied())
            .map(|number| number.to_string())
            .collect();
        self.starts = words.join(" ");
        if let Err(error) = std::fs::write(&path, &self.starts) {
            self.log(&format!("the count of starts cannot be written: {error}"));
        }
        let [a, b, ..] = count.to_le_bytes();
        let boots_last_minute = u8::try_from(starts.len()).unwrap_or(u8::MAX);
        Ok(BootInfo {
            boot_count: u16::from_le_bytes([a, b]),
            boots_last_minute,
            entropy: entropy(now),
        })
    }

    /// Puts back what somebody has taken away beside the socket, of what it does not say anew: a guardian
    /// that comes after this one dies must know that somebody was moved (H-01, H-39), and none may come
    /// while it lives.
    ///
    /// # Errors
    /// The folder is not ours alone any more, or what the system says.
    pub(super) fn restore(&mut self) -> Result<(), GuardianError> {
        let system = |what| move |cause| GuardianError::System { what, cause };
        own_folder(self.socket.parent().unwrap_or(Path::new("/")))?;
        let mut lock = open(&lock_path(&self.socket), false).map_err(system("open the lock"))?;
        // Where its file is still there, it is this process that has it.
        if rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok() {
            let told = lock.set_len(0).and_then(|()| writeln!(lock, "{}", std::process::id()));
            told.map_err(system("write the lock"))?;
            self.again = Some(lock);
        }
        let starts = starts_path(&self.socket);
        if !starts.exists() {
            std::fs::write(starts, &self.starts).map_err(system("write the starts"))?;
        }
        let kept = kept_path(&self.socket);
        if !kept.exists() {
            self.kept = open(&kept, false).map_err(system("open the watch's lock"))?;
            self.is_kept = false;
        }
        Ok(())
    }

    /// Removes the socket: whoever comes next starts a new guardian.
    pub(super) fn leave(&mut self) {
        self.log("leaves: nobody needs it");
        if let Err(error) = std::fs::write(level_path(&self.socket), "") {
            self.log(&format!("that the bed is level cannot be written: {error}"));
        }
        for path in std::iter::once(self.socket.clone()).chain(paths(&self.socket)) {
            if let Err(error) = forget(&path) {
                self.log(&format!("{} cannot be removed: {error}", path.display()));
            }
        }
    }
}

/// Takes the lock, or says that somebody has it and does not leave.
fn lock_soon(lock: &File) -> rustix::io::Result<()> {
    let until = Instant::now() + LEAVES_WITHIN;
    loop {
        match rustix::fs::flock(lock, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) if Instant::now() < until => std::thread::sleep(LOOKS_AGAIN),
            done => return done,
        }
    }
}

/// What a guardian has said and what is worth nothing once it is gone.
fn paths(socket: &Path) -> [PathBuf; 5] {
    [state_path, drive_path, need_path, host_path, vigil_path].map(|path| path(socket))
}

/// Where it is written what keeps this computer awake.
fn vigil_path(socket: &Path) -> PathBuf {
    beside(socket, "awake")
}

/// What a guardian locks while this computer stays awake. It stays when that leaves.
fn kept_path(socket: &Path) -> PathBuf {
    beside(socket, "kept")
}

/// What the guardian at `socket` knows of whether its computer stays awake. A word that is left of a
/// dead one counts for nothing: a living guardian locks a file for as long as it stays awake.
#[must_use]
pub fn vigilance(socket: &Path) -> Vigilance {
    let known =
        Vigilance::of_text(&std::fs::read_to_string(vigil_path(socket)).unwrap_or_default());
    let lives = known.awake() != Awake::Kept || is_locked(&kept_path(socket));
    if lives { known } else { Vigilance::Unknown }
}

fn is_locked(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let mine = rustix::fs::flock(&file, FlockOperation::NonBlockingLockShared);
    mine == Err(rustix::io::Errno::WOULDBLOCK)
}

/// Where it is written what is known of the drive.
pub(super) fn state_path(socket: &Path) -> PathBuf {
    beside(socket, "state")
}

/// What a guardian holds for as long as it lives.
pub(super) fn lock_path(socket: &Path) -> PathBuf {
    beside(socket, "lock")
}

/// Where its starts are counted.
pub(super) fn starts_path(socket: &Path) -> PathBuf {
    beside(socket, "starts")
}

/// What is there once a guardian has left a level bed.
pub(super) fn level_path(socket: &Path) -> PathBuf {
    beside(socket, "level")
}

/// Where it is written what the drive says of itself.
fn drive_path(socket: &Path) -> PathBuf {
    beside(socket, "drive")
}

/// What the drive of the guardian at `socket` says of itself, on one line; `None` until it has said all
/// of it, or where there is no guardian.
#[must_use]
pub fn drive_facts(socket: &Path) -> Option<String> {
    std::fs::read_to_string(drive_path(socket)).ok().filter(|said| !said.is_empty())
}

/// Where it is written what the guardian needs people for.
fn need_path(socket: &Path) -> PathBuf {
    beside(socket, "needs")
}

/// What the guardian at `socket` needs people for, in plain words; `None` while it needs nobody, or
/// there is none.
#[must_use]
pub fn needs(socket: &Path) -> Option<String> {
    std::fs::read_to_string(need_path(socket)).ok()
}

/// Where it is written who has the session.
pub(super) fn host_path(socket: &Path) -> PathBuf {
    beside(socket, "host")
}

/// The process that has the session of the guardian at `socket`, where it is another one and lives.
pub(super) fn other_host(socket: &Path) -> Option<i32> {
    let process: i32 = std::fs::read_to_string(host_path(socket)).ok()?.parse().ok()?;
    let own = u32::try_from(process) == Ok(std::process::id());
    (!own && lives(process)).then_some(process)
}

fn forget(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The log of the guardian at `socket`.
pub(super) fn log_path(socket: &Path) -> PathBuf {
    beside(socket, "log")
}

/// The last thing that the guardian at `socket` has written into its log. A note below an error is
/// no news: the error above it says why.
pub(super) fn last_words(socket: &Path) -> Option<String> {
    let log = std::fs::read(log_path(socket)).ok()?;
    let from = log.len().saturating_sub(1_024);
    let text = String::from_utf8_lossy(log.get(from..).unwrap_or_default()).into_owned();
    let mut lines = text.lines().rev().filter(|line| !line.trim().is_empty());
    lines.find(|line| !line.starts_with("  =")).map(str::to_owned)
}

fn beside(socket: &Path, what: &str) -> PathBuf {
    let mut name = socket.as_os_str().to_owned();
    name.push(".");
    name.push(what);
    PathBuf::from(name)
}

/// A folder that only this user may look into.
///
/// # Errors
/// It is somebody else's, or open to others.
pub(super) fn own_folder(folder: &Path) -> Result<(), GuardianError> {
    let system = |cause| GuardianError::System { what: "make the folder", cause };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(system)?;
    let seen = std::fs::metadata(folder).map_err(system)?;
    let ours = seen.uid() == rustix::process::getuid().as_raw() && seen.mode() & 0o077 == 0;
    if ours { Ok(()) } else { Err(GuardianError::Folder { folder: folder.to_owned() }) }
}

fn open(path: &Path, append: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).mode(0o600);
    if append {
        options.append(true)
    } else {
        options.write(true).truncate(false)
    };
    options.open(path)
}

/// Bits that another host cannot guess: time, process, and where the system put us.
fn entropy(now: Timestamp) -> u32 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u64(now.as_millis());
    hasher.write_u32(std::process::id());
    let [a, b, c, d, ..] = hasher.finish().to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("guardian").join("jrk.sock");
        (dir, socket)
    }

    #[test]
    fn one_guardian_lives_at_one_socket() {
        let (_dir, socket) = folder();
        let first = Home::take(&socket).unwrap();
        assert!(matches!(Home::take(&socket), Err(GuardianError::Running { .. })));
        drop(first);
        assert!(Home::take(&socket).is_ok(), "the lock ends with its holder");
    }

    #[test]
    fn what_a_dead_guardian_said_of_its_computer_counts_for_nothing() {
        let (_dir, socket) = folder();
        let kept = Vigilance::Kept("held".to_owned());
        let lost = Vigilance::Lost("killed".to_owned());
        let mut home = Home::take(&socket).unwrap();
        assert_eq!(vigilance(&socket), Vigilance::Unknown);
        for known in [&kept, &lost, &kept] {
            assert!(home.tell_vigil(known));
            wait_for(&socket, known);
        }
        // It dies: the file is left as it was.
        drop(home);
        assert!(vigil_path(&socket).exists());
        assert_eq!(vigilance(&socket), Vigilance::Unknown);
        let mut next = Home::take(&socket).unwrap();
        assert_eq!(vigilance(&socket), Vigilance::Unknown);
        let not_kept = Vigilance::NotKept("no login manager".to_owned());
        assert!(next.tell_vigil(&not_kept));
        wait_for(&socket, &not_kept);
    }

    fn wait_for(socket: &Path, what: &Vigilance) {
        let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while vigilance(socket) != *what {
            assert!(std::time::Instant::now() < until, "{:?}", vigilance(socket));
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_folder_that_others_may_enter_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let (_dir, socket) = folder();
        let folder = socket.parent().unwrap();
        std::fs::create_dir(folder).unwrap();
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(Home::take(&socket), Err(GuardianError::Folder { .. })));
    }

    #[test]
    fn starts_of_the_last_minute_are_counted_and_older_ones_only_in_the_sum() {
        let (_dir, socket) = folder();
        let mut home = Home::take(&socket).unwrap();
        let at =
            |home: &mut Home, s: u64| home.count_start(Timestamp::from_millis(s * 1_000)).unwrap();
        for (secs, count, recent) in
            [(100, 1, 1), (110, 2, 2), (120, 3, 3), (165, 4, 3), (50, 5, 1)]
        {
            let info = at(&mut home, secs);
            assert_eq!((info.boot_count, info.boots_last_minute), (count, recent), "{secs}");
        }
    }

    #[test]
    fn the_start_of_a_guardian_that_left_by_itself_is_none_of_a_loop() {
        let (_dir, socket) = folder();
        let start = |secs: u64, leaves: bool| {
            let mut home = Home::take(&socket).unwrap();
            let info = home.count_start(Timestamp::from_millis(secs * 1_000)).unwrap();
            if leaves {
                home.leave();
            }
            info.boots_last_minute
        };
        for secs in [100, 111, 122, 133] {
            assert_eq!(start(secs, true), 1, "{secs}");
        }
        for (secs, recent) in [(140, 1), (141, 2)] {
            assert_eq!(start(secs, false), recent, "{secs}");
        }
        assert_eq!(start(142, true), 3, "two have died");
        assert_eq!(start(153, false), 3, "and are not forgotten because the third has left");
    }

    #[test]
    fn only_a_guardian_that_left_says_that_the_bed_is_level_and_only_to_the_next_one() {
        let (_dir, socket) = folder();
        let mut home = Home::take(&socket).unwrap();
        assert!(home.was_level(), "there was none before");
        home.count_start(Timestamp::from_millis(5)).unwrap();
        drop(home);
        let mut home = Home::take(&socket).unwrap();
        assert!(!home.was_level(), "it died");
        home.leave();
        drop(home);
        let home = Home::take(&socket).unwrap();
        assert!(home.was_level());
        drop(home);
        let mut home = Home::take(&socket).unwrap();
        assert!(home.was_level(), "the one before could not start, so that it moved nobody");
        home.count_start(Timestamp::from_millis(6)).unwrap();
        drop(home);
        assert!(!Home::take(&socket).unwrap().was_level());
    }
}
