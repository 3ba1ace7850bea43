//! Sessions on a terminal of their own, as people see them.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Child, Command};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use serde_json::Value;

use super::running::text;
use super::{APART, FORGOTTEN, json, run};

/// The program behind a window.
struct Window {
    child: Child,
    keeper: File,
    shown: Vec<u8>,
}

impl Window {
    fn open(arguments: &[&str], data: &Path) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let keeper = openpt(flags).expect("the system gives a terminal");
        grantpt(&keeper).expect("ours");
        unlockpt(&keeper).expect("ours");
        let size = Winsize { ws_row: 30, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&keeper, size).expect("it has a size");
        let name = ptsname(&keeper, Vec::new()).expect("it has a name");
        let end = || {
            let name = OsStr::from_bytes(name.to_bytes());
            File::options().read(true).write(true).open(name).expect("it can be opened")
        };
        let mut command = Command::new(env!("CARGO_BIN_EXE_antipode"));
        for name in FORGOTTEN {
            command.env_remove(name);
        }
        command
            .envs(APART)
            .env("TERM", "xterm-256color")
            .env("LC_ALL", "C.UTF-8")
            .args(arguments)
            .args(["--data", text(data)])
            .stdin(end())
            .stdout(end())
            .stderr(end());
        let child = command.spawn().expect("the program runs");
        // The command holds the terminal open too; it goes here.
        Self { child, keeper: File::from(keeper), shown: Vec::new() }
    }

    /// Waits until `word` has been drawn since the last call. Pictures are drawn as differences,
    /// so that only a word that is new on its line is sure to come whole.
    #[track_caller]
    fn wait_for(&mut self, word: &str) {
        let mut buffer = [0; 4096];
        loop {
            let shown = String::from_utf8_lossy(&self.shown);
            if shown.contains(word) {
                self.shown.clear();
                return;
            }
            match self.keeper.read(&mut buffer) {
                Ok(0) | Err(_) => panic!("it ended before it showed {word:?}: {shown}"),
                Ok(count) => {
                    self.shown.extend_from_slice(buffer.get(..count).unwrap_or_default());
                }
            }
        }
    }
}

/// The only session of a data folder.
fn recorded(data: &Path) -> Value {
    let history = json(&run(&["history", "--json", "--data", text(data)]));
    history["sessions"][0].clone()
}

#[test]
fn closing_the_window_brings_the_bed_up_and_records_the_end() {
    for hang_up in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let mut window = Window::open(&["demo", "--speed", "200"], folder.path());
        window.wait_for("Staying here");
        let Window { mut child, keeper, .. } = window;
        drop(keeper);
        if hang_up {
            kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
        }
        let status = child.wait().unwrap();
        let session = recorded(folder.path());
        assert_eq!(session["outcome"], "returned", "{status} {session}");
        assert_eq!(session["end_cause"], "program_ending", "{session}");
    }
}
