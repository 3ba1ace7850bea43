//! Sessions on a terminal of their own, as people see them.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Child, Command};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use serde_json::Value;

use super::running::text;
use super::{APART, FORGOTTEN, json, run};

const ROWS: usize = 30;
const COLUMNS: usize = 120;

/// What stands in the window. The program draws only what is new, so that its bytes alone hold no
/// whole sentence.
struct Picture {
    rows: Vec<Vec<char>>,
    row: usize,
    column: usize,
    /// The beginning of what is not whole yet.
    part: Vec<u8>,
}

impl Picture {
    fn blank() -> Self {
        Self { rows: vec![vec![' '; COLUMNS]; ROWS], row: 0, column: 0, part: Vec::new() }
    }

    fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.part.push(*byte);
            let whole = match self.part.as_slice() {
                [0x1b] | [0x1b, b'['] => false,
                [0x1b, b'[', rest @ ..] => {
                    let end = rest.last().is_some_and(|last| (0x40..0x7f).contains(last));
                    if end && rest.last() == Some(&b'H') {
                        let to = String::from_utf8_lossy(rest).into_owned();
                        self.go(&to);
                    }
                    end
                }
                [0x1b, _] => true,
                text => match std::str::from_utf8(text) {
                    Ok(text) => {
                        let letters: Vec<char> = text.chars().collect();
                        letters.into_iter().for_each(|letter| self.put(letter));
                        true
                    }
                    Err(_) => text.len() >= 4,
                },
            };
            if whole {
                self.part.clear();
            }
        }
    }

    /// `5;12H`: row and column, counted from one.
    fn go(&mut self, to: &str) {
        let mut numbers = to.trim_end_matches('H').split(';').map(|n| n.parse().unwrap_or(1));
        let mut next = || numbers.next().unwrap_or(1_usize).saturating_sub(1);
        (self.row, self.column) = (next(), next());
    }

    fn put(&mut self, letter: char) {
        match letter {
            '\r' => self.column = 0,
            '\n' => self.row += 1,
            letter => {
                if let Some(cell) =
                    self.rows.get_mut(self.row).and_then(|row| row.get_mut(self.column))
                {
                    *cell = letter;
                }
                self.column += 1;
            }
        }
    }
}

/// The program behind a window.
struct Window {
    child: Child,
    keeper: File,
    picture: Picture,
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
        Self { child, keeper: File::from(keeper), picture: Picture::blank() }
    }

    /// Waits until `words` stand on one line of the window.
    #[track_caller]
    fn wait_for(&mut self, words: &str) {
        while !self.shows(words) {
            self.look(words);
        }
    }

    fn shows(&self, words: &str) -> bool {
        self.picture.rows.iter().any(|row| String::from_iter(row).contains(words))
    }

    /// Takes what is drawn next.
    #[track_caller]
    fn look(&mut self, awaited: &str) {
        let mut buffer = [0; 4096];
        match self.keeper.read(&mut buffer) {
            Ok(0) | Err(_) => panic!("it ended before it showed {awaited:?}"),
            Ok(count) => self.picture.take(buffer.get(..count).unwrap_or_default()),
        }
    }

    fn press(&mut self, keys: &str) {
        self.keeper.write_all(keys.as_bytes()).expect("the window is open");
    }

    /// Leaves a session that is over; the exit code.
    fn quit(mut self) -> Option<i32> {
        self.press("q");
        let mut buffer = [0; 4096];
        // What nobody reads would hold up whoever writes.
        while let Ok(1..) = self.keeper.read(&mut buffer) {}
        self.child.wait().expect("it ends").code()
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

#[test]
fn no_to_a_question_of_the_first_steps_is_a_session_refused() {
    let folder = tempfile::tempdir().unwrap();
    let run = ["run", "first-week", "--table", "sim", "--person", "virtual"];
    let mut window = Window::open(&run, folder.path());
    window.wait_for("> Is the person named above");
    window.press("y");
    window.wait_for("> Is the space around and under the table clear?");
    window.press("n");
    window.wait_for("The session did not begin");
    assert_eq!(window.quit(), Some(3));
    let session = recorded(folder.path());
    assert_eq!(session["outcome"], "refused", "{session}");
    assert_eq!(session["end_cause"], "start_not_completed", "{session}");
}
