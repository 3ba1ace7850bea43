//! The guardian makes itself heard, when it holds somebody and no host speaks (H-39).
//!
//! From a thread of its own: a terminal, a speaker or a program that hangs must not cost the bed a
//! turn. It cries at once, whenever what is needed changes, and every fifteen seconds.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write, stderr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use antipode_guardian::Need;
use rustix::fs::OFlags;

/// It is said again after this.
const AGAIN: Duration = Duration::from_secs(15);
/// A program of the alarm that has not ended by then is ended: the next cry must be heard.
const LONGEST_CRY: Duration = Duration::from_secs(10);
/// Changes that wait for the thread.
const WAITING: usize = 4;

/// Through what a guardian is heard, beside a line on its standard error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loudness {
    /// The terminal of whoever started it, whose bell is rung: a guardian has left its own.
    pub terminal: Option<PathBuf>,
    /// A program that is run with the words as its only argument: a siren, a message, a call.
    pub program: Option<PathBuf>,
}

/// The control loop's end.
#[derive(Debug)]
pub(super) struct Alarm {
    changes: SyncSender<Option<Need>>,
    told: Option<Need>,
}

impl Alarm {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives none.
    pub(super) fn start(name: String, loudness: Loudness) -> io::Result<Self> {
        let (changes, heard) = sync_channel(WAITING);
        let crier = Crier { name, loudness, running: None, says: sayer()? };
        thread::Builder::new().name("guardian-alarm".into()).spawn(move || crier.run(&heard))?;
        Ok(Self { changes, told: None })
    }

    /// Says what is needed, without waiting; whether that is something else than before. A thread
    /// that is busy is told with a later turn.
    pub(super) fn needs(&mut self, need: Option<Need>) -> bool {
        if need == self.told {
            return false;
        }
        match self.changes.try_send(need) {
            // Without its thread nothing can be heard; the log has it.
            Ok(()) | Err(TrySendError::Disconnected(_)) => {
                self.told = need;
                true
            }
            Err(TrySendError::Full(_)) => false,
        }
    }
}

/// The thread.
struct Crier {
    /// Of the table, for people.
    name: String,
    loudness: Loudness,
    running: Option<(Child, Instant)>,
    says: SyncSender<String>,
}

impl Crier {
    fn run(mut self, changes: &Receiver<Option<Need>>) {
        let mut need = None;
        loop {
            match changes.recv_timeout(AGAIN) {
                Ok(new) => need = new,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if let Some(need) = need {
                self.cry(need);
            }
        }
    }

    fn cry(&mut self, need: Need) {
        let words = format!("ALARM {}: {need}", self.name);
        if let Some(terminal) = &self.loudness.terminal
            && let Err(error) = ring(terminal, &words)
        {
            self.say(format!("the bell of {} does not ring: {error}", terminal.display()));
        }
        self.start_program(&words);
        self.say(words);
    }

    /// A line on standard error, which may be a file of a disk that hangs: another thread waits for it,
    /// and what finds no room there was heard by the bell and the program.
    fn say(&self, words: String) {
        self.says.try_send(words).unwrap_or_default();
    }

    /// One at a time: a program that does not end is not started again and again, and one that takes
    /// too long makes room for the next cry.
    fn start_program(&mut self, words: &str) {
        let Some(program) = &self.loudness.program else { return };
        if let Some((mut child, since)) = self.running.take()
            && matches!(child.try_wait(), Ok(None))
        {
            if since.elapsed() < LONGEST_CRY {
                self.running = Some((child, since));
                return;
            }
            end(child);
        }
        let mut command = Command::new(program);
        command.arg(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        match command.spawn() {
            Ok(child) => self.running = Some((child, Instant::now())),
            Err(error) => self.say(format!("{} cannot be run: {error}", program.display())),
        }
    }
}

/// Ends a program of the alarm, and waits for its end where that keeps nobody.
fn end(mut child: Child) {
    let ending = thread::Builder::new().name("guardian-alarm-end".into()).spawn(move || {
        let ended = child.kill().and_then(|()| child.wait());
        tracing::debug!(?ended, "a program of the alarm took too long");
    });
    // Without a thread it goes on beside the next one.
    drop(ending);
}

/// The thread that writes to standard error.
///
/// # Errors
/// When the system gives none.
fn sayer() -> io::Result<SyncSender<String>> {
    let (says, lines) = sync_channel::<String>(WAITING);
    thread::Builder::new().name("guardian-alarm-line".into()).spawn(move || {
        for line in lines {
            let bell = if stderr().is_terminal() { "\u{7}" } else { "" };
            let wrote = writeln!(stderr(), "{bell}{line}");
            tracing::debug!(?wrote, "the line of the alarm");
        }
    })?;
    Ok(says)
}

/// Writes to a terminal that is not ours, without ever waiting for it or taking it over.
fn ring(terminal: &Path, words: &str) -> io::Result<()> {
    let flags = (OFlags::NOCTTY | OFlags::NONBLOCK).bits();
    let flags = i32::try_from(flags).map_err(io::Error::other)?;
    let mut file: File = OpenOptions::new().write(true).custom_flags(flags).open(terminal)?;
    if !file.is_terminal() {
        return Err(io::Error::other("it is no terminal"));
    }
    file.write_all(format!("\u{7}\r\n{words}\r\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn lines(path: &Path) -> usize {
        std::fs::read_to_string(path).unwrap_or_default().lines().count()
    }

    #[track_caller]
    fn wait(done: impl Fn() -> bool) {
        let until = Instant::now() + Duration::from_secs(60);
        while !done() {
            assert!(Instant::now() < until, "it never came");
            thread::yield_now();
        }
    }

    /// A siren that never ends, and what it was told.
    fn endless(folder: &Path) -> (PathBuf, PathBuf) {
        let (program, heard) = (folder.join("siren"), folder.join("heard"));
        let text = format!("#!/bin/sh\necho \"$1\" >> {}\nexec sleep 1000\n", heard.display());
        std::fs::write(&program, text).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
        (program, heard)
    }

    #[test]
    fn a_siren_that_never_ends_is_ended_and_a_line_that_hangs_keeps_no_cry_back() {
        let dir = tempfile::tempdir().unwrap();
        let (program, heard) = endless(dir.path());
        // A line that nobody takes is a standard error that hangs.
        let (says, _hangs) = sync_channel(0);
        let loudness = Loudness { terminal: None, program: Some(program) };
        let mut crier = Crier { name: "attic".into(), loudness, running: None, says };
        crier.cry(Need::Stopped);
        wait(|| lines(&heard) == 1);
        crier.cry(Need::Stopped);
        let first = crier.running.as_ref().unwrap().0.id();
        assert_eq!(lines(&heard), 1, "one at a time");
        let long_ago = Instant::now().checked_sub(LONGEST_CRY).unwrap();
        crier.running.as_mut().unwrap().1 = long_ago;
        crier.cry(Need::Holds);
        wait(|| lines(&heard) == 2);
        let (mut second, _) = crier.running.take().unwrap();
        assert_ne!(second.id(), first, "the first was ended");
        second.kill().unwrap();
        second.wait().unwrap();
    }
}
