//! Keeps this computer awake while somebody may be on a table (H-03, people.md 41).
//!
//! Asked of logind through `systemd-inhibit`, which holds the lock for as long as its own child
//! lives: a `cat` that reads from us. However this program ends, that pipe is closed by the system,
//! and the lock with it. The first line comes back from `cat` only once the lock is held.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// The program of systemd that holds such locks.
const PROGRAM: &str = "systemd-inhibit";
/// What must not happen: sleep by any key, after idling, and when the lid is closed.
const WHAT: &str = "--what=sleep:idle:handle-lid-switch";
/// A login manager that runs answers within this.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// What has become of a lock that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Nobody has answered yet.
    Asked,
    /// It is held, by a process that lives.
    Held,
    /// It is not held, or no more, for this reason.
    Gone(String),
}

/// A lock that is being asked for, or is held; let go when it is dropped.
#[derive(Debug)]
pub struct Awake {
    holder: Option<Child>,
    /// Says once whether it is held.
    answer: Receiver<Result<(), String>>,
    held: Option<Result<(), String>>,
}

impl Awake {
    /// Asks for it, for the reason `why`, and waits for nothing.
    #[must_use]
    pub fn ask(why: &str) -> Self {
        Self::ask_of(OsStr::new(PROGRAM), why)
    }

    pub(crate) fn ask_of(program: &OsStr, why: &str) -> Self {
        let (said, answer) = channel();
        let holder = start(program, why, said);
        let held = holder.as_ref().err().map(|why| Err(why.clone()));
        Self { holder: holder.ok(), answer, held }
    }

    /// Whether it is held at this moment: whoever held it may have been ended since.
    pub fn look(&mut self) -> Hold {
        match self.held_within(Duration::ZERO) {
            Ok(()) => {}
            Err(why) if self.held.is_some() => return Hold::Gone(why),
            Err(_) => return Hold::Asked,
        }
        let gone = match self.holder.as_mut().map(Child::try_wait) {
            Some(Ok(None)) => return Hold::Held,
            Some(Ok(Some(status))) => format!("`{PROGRAM}` has ended ({status})"),
            Some(Err(error)) => format!("`{PROGRAM}` cannot be looked at: {error}"),
            None => format!("`{PROGRAM}` is not there"),
        };
        self.held = Some(Err(gone.clone()));
        Hold::Gone(gone)
    }

    /// Whether it is held, waited for at most so long.
    ///
    /// # Errors
    /// Why this computer may go to sleep.
    pub fn held_within(&mut self, patience: Duration) -> Result<(), String> {
        if self.held.is_none() {
            self.held = self.answer.recv_timeout(patience).ok();
        }
        self.held.clone().unwrap_or_else(|| Err("the login manager does not answer".to_owned()))
    }
}

fn start(
    program: &OsStr,
    why: &str,
    said: std::sync::mpsc::Sender<Result<(), String>>,
) -> Result<Child, String> {
    let failed = |what: &str, error: &std::io::Error| {
        format!("`{}` {what}: {error}", program.to_string_lossy())
    };
    let mut holder = Command::new(program)
        .args([WHAT, "--who=antipode", "--mode=block"])
        .arg(format!("--why={why}"))
        .arg("cat")
        // Ctrl-C at this terminal is ours alone.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed("cannot be started", &error))?;
    let (out, err) = (holder.stdout.take(), holder.stderr.take());
    let asked = holder.stdin.as_mut().map_or(Ok(()), |stdin| stdin.write_all(b"held\n"));
    // One that has ended already says why below.
    tracing::debug!(?asked, "asked to stay awake");
    thread::Builder::new()
        .name("awake".to_owned())
        .spawn(move || {
            let line = |from: Option<Box<dyn std::io::Read>>| {
                let mut line = String::new();
                let read = from.map(|from| BufReader::new(from).read_line(&mut line));
                matches!(read, Some(Ok(1..))).then(|| line.trim().to_owned())
            };
            let held = match line(out.map(|out| Box::new(out) as _)) {
                Some(_) => Ok(()),
                None => Err(line(err.map(|err| Box::new(err) as _))
                    .unwrap_or_else(|| "it ended without a word".to_owned())),
            };
            // Nobody waits for it any more: then it is of no use either.
            said.send(held).unwrap_or_default();
        })
        .map_err(|error| failed("cannot be listened to", &error))?;
    Ok(holder)
}

impl Drop for Awake {
    fn drop(&mut self) {
        if let Some(mut holder) = self.holder.take() {
            // Its child reads the end and ends, and it with that.
            drop(holder.stdin.take());
            // One that never answered has no child yet, and nothing that ends it.
            if self.held.is_none()
                && let Err(error) = holder.kill()
            {
                tracing::debug!(%error, "a lock that was asked for could not be given up");
            }
            match holder.try_wait() {
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => wait_for(holder),
            }
        }
    }
}

/// Waits on a thread of its own: one that hangs holds nothing up here.
fn wait_for(mut holder: Child) {
    let waiting = thread::Builder::new().name("awake-end".to_owned()).spawn(move || {
        if let Err(error) = holder.wait() {
            tracing::debug!(%error, "the end of the lock was not seen");
        }
    });
    if let Err(error) = waiting {
        tracing::debug!(%error, "nobody waits for the end of the lock");
    }
}

/// Said before anything moves, where it is not held.
#[must_use]
pub fn warning(why: &str) -> String {
    format!(
        "THIS COMPUTER MAY GO TO SLEEP MEANWHILE ({why}): keep the lid open and the mains \
         plugged in, or switch its sleep off"
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;
    use std::time::Instant;

    use super::*;

    /// Where real programs lie, a script of that text in the place of systemd's.
    pub(crate) fn script(folder: &Path, text: &str) -> std::path::PathBuf {
        let path = folder.join("inhibit");
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    pub(crate) fn wait_until(mut done: impl FnMut() -> bool) {
        let patience = Instant::now() + Duration::from_secs(30);
        while !done() {
            assert!(Instant::now() < patience, "it never came");
            thread::yield_now();
        }
    }

    #[test]
    fn it_is_held_once_the_child_runs_and_let_go_when_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("gone");
        let text = format!("echo \"$@\" > {0}.args; cat; touch {0}", gone.display());
        let program = script(folder.path(), &text);
        let mut awake = Awake::ask_of(program.as_os_str(), "a test");
        assert_eq!(awake.held_within(Duration::from_secs(30)), Ok(()));
        assert_eq!(awake.held_within(Duration::ZERO), Ok(()), "it is said again");
        let args = std::fs::read_to_string(gone.with_extension("args")).unwrap();
        assert!(args.contains("sleep:idle:handle-lid-switch") && args.contains("--mode=block"));
        assert!(!gone.exists());
        drop(awake);
        wait_until(|| gone.exists());
    }

    #[test]
    fn why_it_cannot_be_had_is_said_and_a_silent_manager_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let refused = script(folder.path(), "echo Access denied >&2; exit 1");
        let mut awake = Awake::ask_of(refused.as_os_str(), "a test");
        assert_eq!(awake.held_within(Duration::from_secs(30)), Err("Access denied".to_owned()));
        let mut absent = Awake::ask_of(OsStr::new("/nonexistent/inhibit"), "a test");
        let why = absent.held_within(Duration::from_secs(30)).unwrap_err();
        assert!(why.contains("cannot be started"), "{why}");
        let silent = script(folder.path(), "read line; read line");
        let mut awake = Awake::ask_of(silent.as_os_str(), "a test");
        let why = awake.held_within(Duration::from_millis(50)).unwrap_err();
        assert!(why.contains("does not answer"), "{why}");
    }
}
