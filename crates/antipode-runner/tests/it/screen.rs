//! Sessions on a terminal of their own, as people see them.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
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
            // What is drawn goes to its place; lines that follow each other scroll.
            '\n' if self.row + 1 >= self.rows.len() => {
                self.rows.remove(0);
                self.rows.push(vec![' '; COLUMNS]);
            }
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

fn window_size((ws_col, ws_row): (u16, u16)) -> Winsize {
    Winsize { ws_row, ws_col, ws_xpixel: 0, ws_ypixel: 0 }
}

/// The program behind a window.
pub(crate) struct Window {
    child: Child,
    keeper: File,
    picture: Picture,
    watch: Watch,
}

/// No session of these tests takes a tenth of it, also on a machine that has other things to do.
const LONGEST: Duration = Duration::from_secs(300);

/// Kills a program that does not end in [`LONGEST`], or whose test has failed: the window then
/// ends, and whoever waits for it is told.
struct Watch(Sender<()>);

impl Watch {
    fn over(child: &Child) -> Self {
        let pid = Pid::from_child(child);
        let (ended, end) = channel();
        std::thread::spawn(move || {
            if end.recv_timeout(LONGEST).is_err() {
                kill_process(pid, Signal::KILL).unwrap_or_default();
            }
        });
        Self(ended)
    }

    /// It has ended by itself.
    fn ended(self) {
        self.0.send(()).unwrap_or_default();
    }
}

impl Window {
    pub(crate) fn open(arguments: &[&str], data: &Path) -> Self {
        Self::sized(arguments, data, (120, 30))
    }

    /// A window of so many columns and rows.
    fn sized(arguments: &[&str], data: &Path, size: (u16, u16)) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let keeper = openpt(flags).expect("the system gives a terminal");
        grantpt(&keeper).expect("ours");
        unlockpt(&keeper).expect("ours");
        tcsetwinsize(&keeper, window_size(size)).expect("it has a size");
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
        let watch = Watch::over(&child);
        Self { child, keeper: File::from(keeper), picture: Picture::blank(), watch }
    }

    /// Gives it another size, blank: the program draws everything anew.
    fn resize(&mut self, size: (u16, u16)) {
        self.picture = Picture::blank();
        tcsetwinsize(&self.keeper, window_size(size)).expect("it has a size");
    }

    /// Waits until `words` stand on one line of the window.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, words: &str) {
        while !self.shows(words) {
            self.look(words);
        }
    }

    pub(crate) fn shows(&self, words: &str) -> bool {
        self.picture.rows.iter().any(|row| String::from_iter(row).contains(words))
    }

    /// Takes what is drawn next.
    #[track_caller]
    pub(crate) fn look(&mut self, awaited: &str) {
        let mut buffer = [0; 4096];
        match self.keeper.read(&mut buffer) {
            Ok(0) | Err(_) => panic!("it ended before it showed {awaited:?}:\n{}", self.text()),
            Ok(count) => self.picture.take(buffer.get(..count).unwrap_or_default()),
        }
    }

    /// Takes what is drawn within so long, if anything is.
    #[track_caller]
    pub(crate) fn glance(&mut self, patience: Duration) {
        let patience = Timespec::try_from(patience).expect("a short time");
        let mut fds = [PollFd::new(&self.keeper, PollFlags::IN)];
        if poll(&mut fds, Some(&patience)).expect("a terminal can be asked") > 0 {
            self.look("anything");
        }
    }

    /// What it shows.
    pub(crate) fn text(&self) -> String {
        self.picture.rows.iter().map(|row| String::from_iter(row) + "\n").collect()
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keeper.write_all(keys.as_bytes()).expect("the window is open");
    }

    /// Presses a key with every picture, as one does who waits for it to be taken, until `words`
    /// are shown.
    #[track_caller]
    pub(crate) fn press_until(&mut self, key: &str, words: &str) {
        while !self.shows(words) {
            self.press(key);
            self.look(words);
        }
    }

    /// Presses `q` once; the exit code.
    pub(crate) fn quit(mut self) -> Option<i32> {
        self.press("q");
        self.end()
    }

    /// Kills the program, which gets no chance to say or do anything.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it still runs");
        self.child.wait().expect("it ends");
        self.watch.ended();
    }

    /// Its exit code, once it ends by itself.
    pub(crate) fn end(mut self) -> Option<i32> {
        let mut buffer = [0; 4096];
        // What nobody reads would hold up whoever writes.
        while let Ok(1..) = self.keeper.read(&mut buffer) {}
        let status = self.child.wait().expect("it ends");
        self.watch.ended();
        status.code()
    }
}

/// The only session of a data folder.
pub(crate) fn recorded(data: &Path) -> Value {
    let history = json(&run(&["history", "--json", "--data", text(data)]));
    history["sessions"][0].clone()
}

#[test]
fn closing_the_window_brings_the_bed_up_and_records_the_end() {
    for hang_up in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let mut window = Window::open(&["demo", "--speed", "200"], folder.path());
        window.wait_for("Staying here");
        let Window { mut child, keeper, watch, .. } = window;
        drop(keeper);
        if hang_up {
            kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
        }
        let status = child.wait().unwrap();
        watch.ended();
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

fn is_in_the_rest_band(session: &Value) -> bool {
    session["final_tilt_deg"].as_f64().is_some_and(|tilt| (-10.0..=0.0).contains(&tilt))
}

#[test]
fn under_stop_the_keys_lead_up_and_then_out_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open(&["demo", "--speed", "20"], folder.path());
    window.wait_for("Staying here");
    window.press(" ");
    window.wait_for("keep pressing r to come up");
    window.wait_for("now: stopped head-down");
    // Let go first: that must not hide the way up. Nor is it confirmed head-down.
    window.press("xk");
    window.press_until("r", ", STOP let go.");
    window.wait_for("was: stopped head-down");
    window.press_until("k", "The session is over: stopped.");
    window.press("a");
    window.wait_for("no alarm");
    assert_eq!(window.quit(), Some(4));
    let session = recorded(folder.path());
    assert_eq!(session["outcome"], "stopped", "{session}");
    assert!(is_in_the_rest_band(&session), "{session}");
}

#[test]
fn after_return_the_bed_goes_upright_while_u_is_pressed_and_q_leaves_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open(&["demo", "--speed", "20"], folder.path());
    window.wait_for("Staying here");
    window.press("r");
    window.wait_for("The session is over: came up early.");
    window.press_until("u", "Hold u for upright, l for level.");
    // Pressed while the bed may still move, once: it leaves as soon as it stands.
    assert_eq!(window.quit(), Some(4));
    let session = recorded(folder.path());
    assert_eq!(session["outcome"], "returned", "{session}");
    assert_eq!(session["end_cause"], "return_pressed", "{session}");
    assert!(session["final_tilt_deg"].as_f64().unwrap() <= 0.0, "{session}");
}

#[test]
fn symptoms_are_reported_by_sight_in_the_smallest_window() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::sized(&["demo", "--speed", "20"], folder.path(), (40, 10));
    window.wait_for("Staying here");
    window.press("1");
    window.wait_for("> What do you feel? 0 more, b back");
    window.wait_for("4 dizziness");
    window.press("0");
    window.wait_for("5 chest pain");
    window.wait_for("space STOP  r RETURN");
    window.press("5");
    window.wait_for("The session is over: came up early.");
    assert_eq!(window.quit(), Some(4));
    assert_eq!(recorded(folder.path())["end_cause"], "symptom");
}

#[test]
fn enter_comes_up_head_down_also_under_stop() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open(&["demo", "--speed", "20"], folder.path());
    window.wait_for("Staying here");
    window.press("\r");
    window.wait_for("The session is over: came up early.");
    assert_eq!(window.quit(), Some(4));
    let session = recorded(folder.path());
    assert_eq!(session["end_cause"], "return_pressed", "{session}");
    assert!(is_in_the_rest_band(&session), "{session}");

    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open(&["demo", "--speed", "20"], folder.path());
    window.wait_for("Staying here");
    window.press(" ");
    window.wait_for("keep pressing r to come up");
    window.press("x");
    window.press_until("\r", ", STOP let go.");
    window.press_until("k", "The session is over: stopped.");
    assert_eq!(window.quit(), Some(4));
    assert!(is_in_the_rest_band(&recorded(folder.path())));
}

#[test]
fn a_key_too_many_after_a_warning_sign_opens_no_menu_over_its_alarm() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::sized(&["demo", "--speed", "20"], folder.path(), (80, 24));
    window.wait_for("Staying here");
    // The second page, chest pain, and a "how strong" that is not asked for.
    window.press("053");
    window.wait_for("Get emergency help now.");
    window.wait_for("warning sign reported");
    assert!(!window.shows("What do you feel?"), "{}", window.text());
    window.wait_for("The session is over: came up early.");
    assert_eq!(window.quit(), Some(4));
}

#[test]
fn a_window_that_changes_its_size_goes_on_showing_and_taking_keys() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open(&["demo", "--speed", "20"], folder.path());
    window.wait_for("Staying here");
    for size in [(40, 10), (20, 5), (90, 25)] {
        window.resize(size);
        let words = if size.0 < 40 { "This window" } else { "running the plan" };
        window.wait_for(words);
    }
    window.press("r");
    window.wait_for("The session is over: came up early.");
    assert_eq!(window.quit(), Some(4));
}
