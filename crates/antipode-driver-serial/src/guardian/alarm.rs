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
use std::time::Duration;

use antipode_guardian::Need;
use rustix::fs::OFlags;

/// It is said again after this.
const AGAIN: Duration = Duration::from_secs(15);
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
        let crier = Crier { name, loudness, running: None };
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
    running: Option<Child>,
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

    /// What cannot hang first, and the disk, which may be where standard error goes, last.
    fn cry(&mut self, need: Need) {
        let words = format!("ALARM {}: {need}", self.name);
        if let Some(terminal) = &self.loudness.terminal {
            let rang = ring(terminal, &words);
            tracing::debug!(?rang, "the bell of the terminal");
        }
        self.start_program(&words);
        let bell = if stderr().is_terminal() { "\u{7}" } else { "" };
        // Where nobody reads it, the bell and the program were heard.
        let wrote = writeln!(stderr(), "{bell}{words}");
        tracing::debug!(?wrote, "the line of the alarm");
    }

    /// One at a time: a program that does not end is not started again and again.
    fn start_program(&mut self, words: &str) {
        let Some(program) = &self.loudness.program else { return };
        let busy = self.running.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)));
        if busy {
            return;
        }
        let mut command = Command::new(program);
        command.arg(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        match command.spawn() {
            Ok(child) => self.running = Some(child),
            Err(error) => {
                let wrote = writeln!(stderr(), "{} cannot be run: {error}", program.display());
                tracing::debug!(?wrote, "the program of the alarm");
            }
        }
    }
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
