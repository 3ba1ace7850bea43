//! A guardian that a host starts from a terminal that lets only its foreground write, with its bell there:
//! ringing it must not make the guardian stand still (H-01, H-39).

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use antipode_device::{Address, TableDriver};
use antipode_driver_serial::guardian::{GuardedDriver, Launch};
use antipode_link::{AckResult, Message};
use antipode_sim::device::SerialTable;
use antipode_sim::pty::{Plugged, Pty};
use rustix::process::{Pid, Signal, getsid, ioctl_tiocsctty, kill_process, setsid};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use super::{NAME as GUARDIAN, PART as GUARDIAN_PART, siren};
use crate::guarded::host::{Host, clear, held_back, to, wait};
use crate::guarded::{RANGED, jrk_table, turn};

/// What the host is told: what its guardian is, beginning with `PORT SOCKET`, the last its terminal.
const PART: &str = "ANTIPODE_OUTLIVE_HOST";
const NAME: &str = "outlive::terminal::plays_the_host_when_told_to";

/// What it says then.
const STARTED: &str = "the guardian is left alone";

/// Nothing unless it is told to: then a host in the foreground of a terminal, which starts a guardian,
/// lets it be, and stays until its standard input ends.
#[test]
fn plays_the_host_when_told_to() {
    let Ok(part) = std::env::var(PART) else { return };
    let words: Vec<_> = part.split(' ').collect();
    let [_, socket, _, terminal] = words[..] else { panic!("{part}") };
    setsid().unwrap();
    let terminal = File::options().read(true).write(true).open(terminal).unwrap();
    ioctl_tiocsctty(&terminal).unwrap();
    let program = std::env::current_exe().unwrap().display().to_string();
    let told = format!("{GUARDIAN_PART}={part}");
    let argv = ["env", &told, &program, GUARDIAN, "--exact", "--nocapture"];
    let argv = argv.map(Into::into).to_vec();
    let driver = GuardedDriver::new("guarded", "", Launch { socket: socket.into(), argv }, RANGED);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    drop(runtime.block_on(driver.open(&Address("the drive".to_owned()))).unwrap());
    tell(STARTED);
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

#[expect(clippy::print_stderr, reason = "its standard error is its only line to the test")]
fn tell(line: &str) {
    eprintln!("{line}");
}

/// A host in a terminal of its own.
struct Foreground {
    host: Child,
    _stays: ChildStdin,
    terminal: Pty,
    wrote: String,
}

impl Foreground {
    /// Of the drive at `port`, with the guardian at `socket`, which lives then.
    fn start(port: &Path, socket: &Path, program: &Path) -> Self {
        let terminal = Pty::open().unwrap();
        only_foreground_writes(terminal.path());
        let words = [port, socket, program, terminal.path()].map(|word| word.display().to_string());
        let mut host = Command::new(std::env::current_exe().unwrap())
            .args([NAME, "--exact", "--nocapture"])
            .env(PART, words.join(" "))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(host.stderr.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap() == STARTED), "it started none");
        let stays = host.stdin.take().unwrap();
        Self { host, _stays: stays, terminal, wrote: String::new() }
    }

    /// How often its bell was rung with the words of an alarm.
    fn cries(&mut self) -> usize {
        let mut bytes = [0; 1_024];
        match self.terminal.master().read(&mut bytes) {
            Ok(count) => self.wrote.push_str(&String::from_utf8_lossy(&bytes[..count])),
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}"),
        }
        self.wrote.matches("\u{7}\r\nALARM attic: ").count()
    }
}

impl Drop for Foreground {
    fn drop(&mut self) {
        let ended = self.host.kill().and_then(|()| self.host.wait());
        tracing::debug!(?ended, "the host of a test that is over");
    }
}

/// `stty tostop`.
fn only_foreground_writes(terminal: &Path) {
    let file = File::options().read(true).write(true).open(terminal).unwrap();
    let mut settings = tcgetattr(&file).unwrap();
    settings.local_modes |= LocalModes::TOSTOP;
    tcsetattr(&file, OptionalActions::Now, &settings).unwrap();
}

/// The guardian at `socket`, ended with its test: it outlives everything else.
struct Guardian(Pid);

impl Guardian {
    fn at(socket: &Path) -> Self {
        let mut lock = socket.as_os_str().to_owned();
        lock.push(".lock");
        let text = std::fs::read_to_string(lock).unwrap();
        Self(Pid::from_raw(text.trim().parse().unwrap()).unwrap())
    }

    /// The state of its process as `/proc` tells it: `T` is one that was made to stand still.
    fn state(&self) -> Option<char> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0)).ok()?;
        stat.rsplit_once(") ")?.1.chars().next()
    }

    fn is_gone(&self) -> bool {
        self.state().is_none_or(|state| state == 'Z')
    }
}

impl Drop for Guardian {
    fn drop(&mut self) {
        if !self.is_gone() {
            let ended = kill_process(self.0, Signal::KILL);
            tracing::debug!(?ended, "the guardian of a test that is over");
        }
    }
}

#[test]
fn a_bell_at_the_terminal_of_whoever_started_it_does_not_make_it_stand_still() {
    let _turn = turn();
    let table = Plugged::new(SerialTable::new(&jrk_table(), 1)).unwrap();
    let tilt = || table.with(|table| table.plant().true_tilt_mdeg());
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("guardian").join("attic.sock");
    let (program, _heard) = siren(dir.path());
    let mut foreground = Foreground::start(table.path(), &socket, &program);
    let guardian = Guardian::at(&socket);
    let mut host = Host::greet(&socket);
    let down = || tilt() >= 3_000;
    while !down() {
        wait("it is armed", || {
            host.listen();
            host.say(clear()) == AckResult::Accepted && host.arm() == AckResult::Accepted
        });
        host.keep(to(4_000, 3_000), "the bed goes down", |host| down() || host.is_refused());
    }
    assert_eq!(host.say(Message::Stop), AckResult::Accepted);
    drop(host);
    for cries in 1..=2 {
        wait("its bell rings", || {
            assert_ne!(guardian.state(), Some('T'), "it stands still before its cry {cries}");
            assert!(!guardian.is_gone(), "it has ended before its cry {cries}");
            foreground.cries() >= cries
        });
        for signal in [
            Signal::TTOU,
            Signal::TTIN,
            Signal::TSTP,
            Signal::USR1,
            Signal::USR2,
            Signal::ALARM,
            Signal::XFSZ,
        ] {
            kill_process(guardian.0, signal).unwrap();
        }
    }
    assert_eq!(getsid(Some(guardian.0)).unwrap(), guardian.0, "a session of its own");
    let mut host = Host::greet(&socket);
    host.keep(held_back(), "the bed comes home", |_| tilt() <= -2_000);
    drop(host);
    wait("it leaves", || guardian.is_gone());
    assert!(!socket.exists());
}
