//! `sim-serve`: a simulated table that any serial program can open.

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use antipode_device::{Address, LinkLoss, OpenTable, Table, TableDriver, TableEvent};
use antipode_driver_serial::LinkDriver;
use antipode_safety::{DriveState, Reading};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{APART, FORGOTTEN, run, stderr};

/// Everything here happens within moments; a test that waits for longer has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A served table of the real program.
pub(crate) struct Served {
    child: Child,
    hands: Option<ChildStdin>,
    said: Lines<BufReader<ChildStdout>>,
    pub(crate) path: String,
    pub(crate) sensor_path: Option<String>,
}

impl Served {
    #[track_caller]
    pub(crate) fn new(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_antipode"));
        for name in FORGOTTEN {
            command.env_remove(name);
        }
        command
            .envs(APART)
            .args(["sim-serve", "--json"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().expect("the program runs");
        let hands = child.stdin.take();
        let said = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut served = Self { child, hands, said, path: String::new(), sensor_path: None };
        let answer = served.answer();
        served.path = answer["path"].as_str().expect("a path").to_owned();
        served.sensor_path = answer["sensor_path"].as_str().map(str::to_owned);
        served
    }

    #[track_caller]
    fn answer(&mut self) -> Value {
        let line = self.said.next().expect("it answers").expect("it answers in text");
        serde_json::from_str(&line).expect("one document a line")
    }

    /// Types a line that nothing answers.
    #[track_caller]
    pub(crate) fn hands(&mut self, line: &str) {
        let hands = self.hands.as_mut().expect("not ended");
        writeln!(hands, "{line}").expect("it listens");
    }

    /// Types a line and gives the answer.
    #[track_caller]
    pub(crate) fn ask(&mut self, line: &str) -> Value {
        self.hands(line);
        self.answer()
    }

    #[track_caller]
    pub(crate) fn true_tilt(&mut self) -> f64 {
        self.ask("tilt")["true_tilt_deg"].as_f64().expect("a number")
    }

    /// Pulls the plug.
    #[track_caller]
    pub(crate) fn end(mut self, signal: Signal) -> Option<i32> {
        kill_process(Pid::from_child(&self.child), signal).expect("it still runs");
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().unwrap_or_default();
        self.child.wait().expect("it ends");
    }
}

async fn open(address: &str) -> OpenTable {
    LinkDriver.open(&Address(address.to_owned())).await.expect("it answers")
}

async fn wait_for(table: &mut dyn Table, is: impl Fn(&TableEvent) -> bool) -> TableEvent {
    let waiting = async {
        loop {
            let event = table.next_event().await.expect("the driver lives");
            if is(&event) {
                return event;
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it never came")
}

async fn reading(table: &mut dyn Table, is: impl Fn(&Reading) -> bool) -> Reading {
    let found = wait_for(table, |event| matches!(event, TableEvent::Reading(r) if is(r))).await;
    let TableEvent::Reading(reading) = found else {
        unreachable!("only readings were let through")
    };
    reading
}

fn now<R>(what: impl Future<Output = R>) -> R {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(what)
}

#[test]
fn a_host_sees_the_true_tilt_and_the_hands_that_are_typed() {
    let mut served = Served::new(&["--seed", "3"]);
    now(async {
        let (mut table, _stopper) = open(&served.path).await;
        let seen = reading(&mut *table, |reading| reading.tilt.is_some()).await;
        let truth = served.true_tilt();
        let seen = f64::from(seen.tilt.unwrap().millideg()) / 1_000.0;
        assert!((seen - truth).abs() < 0.5, "{seen} {truth}");
        served.hands("press stop 500");
        reading(&mut *table, |reading| reading.drive == DriveState::Stopped).await;
        assert!((served.true_tilt() - truth).abs() < 0.1, "a STOP moves nothing");
    });
}

#[test]
fn the_line_runs_at_the_rate_that_the_host_set() {
    let mut served = Served::new(&[]);
    now(async {
        let first = open(&served.path).await;
        assert_eq!(served.ask("baud")["baud"], 115_200);
        drop(first);
        let again = format!("{}@57600", served.path);
        let opening = async {
            loop {
                // The first lets the port go as soon as its thread notices.
                match LinkDriver.open(&Address(again.clone())).await {
                    Ok(open) => return open,
                    Err(_) => tokio::task::yield_now().await,
                }
            }
        };
        let _second = tokio::time::timeout(PATIENCE, opening).await.expect("the port came free");
        assert_eq!(served.ask("baud")["baud"], 57_600);
    });
}

#[test]
fn a_cut_cable_is_silence_and_the_same_line_speaks_again_after_it() {
    let mut served = Served::new(&[]);
    now(async {
        let (mut table, _stopper) = open(&served.path).await;
        served.hands("fault link-cut 3s");
        let lost = |event: &TableEvent| *event == TableEvent::Lost(LinkLoss::Silent);
        wait_for(&mut *table, lost).await;
        wait_for(&mut *table, |event| matches!(event, TableEvent::Connected(_))).await;
        // Without an end it stays broken until it is healed.
        served.hands("fault mute-table");
        wait_for(&mut *table, lost).await;
        served.hands("heal");
        wait_for(&mut *table, |event| matches!(event, TableEvent::Connected(_))).await;
    });
}

#[test]
fn a_fault_of_the_command_line_comes_at_its_time() {
    let mut served = Served::new(&["--fault", "latch-sensor@10ms"]);
    now(async {
        let (mut table, _stopper) = open(&served.path).await;
        reading(&mut *table, |reading| reading.latches.open() == 1).await;
        assert!(served.true_tilt() < 0.0, "the bed stays where it was");
    });
}

#[test]
fn either_signal_ends_it_and_ending_is_no_failure() {
    for signal in [Signal::INT, Signal::TERM] {
        let mut served = Served::new(&[]);
        // Its answer shows that it has come as far as serving.
        served.true_tilt();
        assert_eq!(served.end(signal), Some(0), "{signal:?}");
    }
}

#[test]
fn a_drive_and_the_inclinometer_beside_it_speak_on_two_ports() {
    let served = Served::new(&["--dialect", "jrk"]);
    let open = |path: &str| std::fs::File::options().read(true).write(true).open(path);
    let mut drive = open(&served.path).expect("a port");
    let mut sensor = open(served.sensor_path.as_deref().expect("a second port")).expect("a port");
    // "Get scaled feedback" with its check: of the two bytes the upper one ends at 15.
    drive.write_all(&[0xa7, 0x2e]).expect("it listens");
    let mut feedback = [0; 2];
    drive.read_exact(&mut feedback).expect("it answers");
    assert!(feedback[1] < 16, "{feedback:?}");
    let mut frames = [0; 88];
    sensor.read_exact(&mut frames).expect("it speaks by itself");
    assert!(frames.windows(2).any(|pair| pair == [0x55, 0x53]), "{frames:02x?}");
}

#[test]
fn a_fault_of_a_makers_drive_is_typed_like_any_other() {
    let mut served = Served::new(&["--dialect", "roboclaw"]);
    let mut port =
        std::fs::File::options().read(true).write(true).open(&served.path).expect("a port");
    // "Read the timeout": one byte and its check.
    port.write_all(&[0x80, 0x0f]).expect("it listens");
    let mut answer = [0; 3];
    port.read_exact(&mut answer).expect("it answers");
    served.hands("fault over-long-answer");
    // Its answer shows that what was typed before has been done.
    served.true_tilt();
    port.write_all(&[0x80, 0x0f]).expect("it listens");
    let mut longer = [0; 5];
    port.read_exact(&mut longer).expect("it goes on after its end");
    assert_eq!((answer[0], longer[0]), (0, 0), "as delivered the timeout is off");
}

#[test]
fn what_it_cannot_serve_it_refuses_with_what_it_can() {
    for (arguments, exit, says) in [
        (&["--dialect", "jrk2"][..], 2, "it speaks: link, jrk, tic, roboclaw"),
        (&["--table", "simm"], 2, "did you mean the table `sim`?"),
        (&["--fault", "link-cut"], 2, "link-cut@30s:3s"),
        (&["--fault", "link-cutt@3s"], 2, "did you mean `link-cut`?"),
        (&["--fault", "host-crash@3s"], 2, "the host here is yours"),
    ] {
        let output = run(&[&["sim-serve"], arguments].concat());
        assert_eq!(output.status.code(), Some(exit), "{arguments:?}");
        assert!(stderr(&output).contains(says), "{arguments:?}: {}", stderr(&output));
    }
}
