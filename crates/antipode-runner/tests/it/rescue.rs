//! `table return`: a bed that was left head-down, and somebody at a terminal who brings it up.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use antipode_device::{Address, TableDriver};
use antipode_driver_serial::LinkDriver;
use rustix::process::{Pid, Signal, kill_process};

use super::hardware::folder;
use super::lowering::lower;
use super::running::text;
use super::screen::Window;
use super::served::Served;
use super::{APART, FORGOTTEN, json};

/// What has not happened by then never will.
const PATIENCE: Duration = Duration::from_secs(60);

/// Lowers the bed and goes away: the table holds for five seconds before it comes up by itself.
fn left_head_down(served: &mut Served) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(async {
        let address = Address(served.path.clone());
        let (mut table, _stopper) = LinkDriver.open(&address).await.expect("it answers");
        lower(&mut *table, 12_000, || served.true_tilt() >= 8.0).await
    });
}

/// The same, and the person on it pressed STOP.
fn left_under_stop() -> Served {
    let mut served = Served::new(&[]);
    left_head_down(&mut served);
    served.hands("press stop 300");
    served
}

fn stands(served: &mut Served, tilt: f64) -> bool {
    (served.true_tilt() - tilt).abs() < 0.3
}

#[test]
fn under_stop_a_bed_comes_up_while_somebody_keeps_pressing_r_at_a_terminal() {
    let mut served = left_under_stop();
    let data = folder(&served.path);
    let mut window = Window::open(&["table", "return", "attic"], data.path());
    window.wait_for("STOP IS ON. KEEP PRESSING r");
    let stood = served.true_tilt();
    assert!(stood > 5.0, "{stood}");
    // Ctrl-C, whatever it asks for, moves nothing under STOP and leaves nobody behind.
    window.press("\u{3}");
    window.press("\u{3}\u{3}");
    window.wait_for("STOP IS ON. KEEP PRESSING r");
    assert!(stands(&mut served, stood), "nothing moves by itself under STOP");
    window.press_until("r", "coming up while r is held");
    let patience = Instant::now() + PATIENCE;
    while served.true_tilt() > -1.0 {
        assert!(Instant::now() < patience, "{}", window.text());
        window.press("r");
    }
    window.wait_for("STOP is still on");
    assert_eq!(window.end(), Some(4));
    let tilt = served.true_tilt();
    assert!((-10.0..=0.0).contains(&tilt), "{tilt}");
}

#[test]
fn where_nobody_can_press_a_key_it_says_who_can_and_gives_the_port_back() {
    let mut served = left_under_stop();
    let data = folder(&served.path);
    let mut command = Command::new(env!("CARGO_BIN_EXE_antipode"));
    FORGOTTEN.iter().for_each(|name| {
        command.env_remove(name);
    });
    let output = command
        .envs(APART)
        .args(["table", "return", "attic", "--json", "--data", text(data.path())])
        .stdin(Stdio::null())
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(4));
    let document = json(&output);
    assert_eq!(document["outcome"], "stopped");
    assert_eq!(document["stop_latched"], true);
    assert!(document["tilt_deg"].as_f64().is_some_and(|tilt| tilt > 5.0), "{document}");
    assert!(served.true_tilt() > 5.0, "STOP outranks the way home");
    // Whoever has a terminal goes on from there.
    let mut window = Window::open(&["table", "return", "attic"], data.path());
    window.wait_for("STOP IS ON. KEEP PRESSING r");
    window.press_until("r", "STOP is still on");
    assert_eq!(window.end(), Some(4));
    assert!(served.true_tilt() <= 0.0);
}

#[test]
fn without_stop_one_start_brings_the_bed_up_and_a_signal_on_the_way_changes_nothing() {
    let mut served = Served::new(&[]);
    left_head_down(&mut served);
    let data = folder(&served.path);
    let mut command = Command::new(env!("CARGO_BIN_EXE_antipode"));
    FORGOTTEN.iter().for_each(|name| {
        command.env_remove(name);
    });
    let mut child = command
        .envs(APART)
        .args(["table", "return", "attic", "--data", text(data.path())])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let pid = Pid::from_child(&child);
    let mut said = std::io::BufReader::new(child.stderr.take().expect("piped"));
    let mut line = String::new();
    while !line.contains("coming up") {
        line.clear();
        assert!(std::io::BufRead::read_line(&mut said, &mut line).expect("text") > 0, "it ended");
    }
    kill_process(pid, Signal::TERM).expect("it runs");
    kill_process(pid, Signal::HUP).expect("it runs");
    std::io::copy(&mut said, &mut std::io::sink()).expect("it says more");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    let tilt = served.true_tilt();
    assert!((-10.0..=0.0).contains(&tilt), "{tilt}");
}
