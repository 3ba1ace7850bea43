//! A guardian as a process, with somebody head-down and no host: it leaves its terminal, outlives every
//! signal that asks it to end, makes itself heard, and leaves once the person is up (H-01, H-39).

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use antipode_driver_serial::guardian::{GuardianPlan, Loudness, Vigil, needs, serve};
use antipode_link::{AckResult, Message};
use antipode_sim::device::SerialTable;
use antipode_sim::pty::Plugged;
use rustix::process::{Pid, Signal, getpgid, kill_process};

use crate::guarded::host::{Host, clear, held_back, to, wait};
use crate::guarded::{jrk_plan, jrk_table, turn};

mod terminal;

/// What the process is told: `PORT SOCKET PROGRAM`, and perhaps the terminal of its bell.
const PART: &str = "ANTIPODE_OUTLIVE_PART";
const NAME: &str = "outlive::plays_the_guardian_when_told_to";

/// Nothing unless it is told to: then the guardian of a simulated Jrk, until nobody needs it.
#[test]
fn plays_the_guardian_when_told_to() {
    let Ok(part) = std::env::var(PART) else { return };
    let words: Vec<_> = part.split(' ').collect();
    let ([port, socket, program] | [port, socket, program, _]) = words[..] else {
        panic!("{part}")
    };
    let terminal = words.get(3).map(PathBuf::from);
    let loudness = Loudness { terminal, program: Some(program.into()) };
    let plan = GuardianPlan { loudness, ..jrk_plan(port, Path::new(socket)) };
    serve(plan, Vigil::stated("a test".to_owned())).unwrap();
}

/// A program that is run with each alarm, and writes down what it was told.
fn siren(folder: &Path) -> (PathBuf, PathBuf) {
    let (program, heard) = (folder.join("siren"), folder.join("heard"));
    std::fs::write(&program, format!("#!/bin/sh\necho \"$1\" >> {}\n", heard.display())).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    (program, heard)
}

struct Process {
    child: Child,
    lines: Receiver<String>,
}

impl Process {
    fn start(port: &Path, socket: &Path, program: &Path) -> Self {
        let part = format!("{} {} {}", port.display(), socket.display(), program.display());
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([NAME, "--exact", "--nocapture"])
            .env(PART, part)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (say, lines) = channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if say.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let ended = self.child.kill().and_then(|()| self.child.wait());
        tracing::debug!(?ended, "the guardian of a test that is over");
    }
}

#[test]
fn with_somebody_head_down_it_outlives_its_terminal_and_its_supervisor_and_is_heard() {
    let _turn = turn();
    let table = Plugged::new(SerialTable::new(&jrk_table(), 1)).unwrap();
    let tilt = || table.with(|table| table.plant().true_tilt_mdeg());
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("guardian").join("attic.sock");
    let (program, heard) = siren(dir.path());
    let mut process = Process::start(table.path(), &socket, &program);
    wait("it listens", || socket.exists());
    assert_eq!(getpgid(Some(process.pid())).unwrap(), process.pid(), "a session of its own");
    let mut host = Host::greet(&socket);
    let down = || tilt() >= 3_000;
    while !down() {
        wait("it is armed", || {
            host.listen();
            host.say(clear()) == AckResult::Accepted && host.arm() == AckResult::Accepted
        });
        host.keep(to(4_000, 3_000), "the bed goes down", |host| down() || host.is_refused());
    }
    assert_eq!(needs(&socket), None, "its host has alarms of its own");
    assert_eq!(host.say(Message::Stop), AckResult::Accepted);
    drop(host);
    // It is heard three times over, at the beginning and every fifteen seconds.
    let mut cries = Vec::new();
    let began = std::time::Instant::now();
    while cries.len() < 3 {
        let line = process.lines.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
        if line.contains("ALARM attic: somebody may hang head-down under STOP") {
            cries.push(began.elapsed());
            for signal in [Signal::HUP, Signal::INT, Signal::TERM, Signal::QUIT] {
                kill_process(process.pid(), signal).unwrap();
            }
        }
    }
    assert!(cries[2].as_secs() >= 25, "not without a pause: {cries:?}");
    assert!(process.child.try_wait().unwrap().is_none(), "somebody hangs there");
    assert!(needs(&socket).is_some_and(|words| words.contains("under STOP")));
    let siren = std::fs::read_to_string(heard).unwrap();
    assert!(siren.lines().count() >= 2, "{siren}");
    let mut host = Host::greet(&socket);
    host.keep(held_back(), "the bed comes home", |_| tilt() <= -2_000);
    wait("it needs nobody", || needs(&socket).is_none());
    drop(host);
    wait("it leaves", || process.child.try_wait().unwrap().is_some());
    assert!(!socket.exists());
}
