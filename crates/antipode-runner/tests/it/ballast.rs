//! `run --ballast`: sandbags instead of a person, held at the table's own hand control.

use std::path::Path;
use std::time::{Duration, Instant};

use super::hardware::{commission, folder, identity};
use super::running::text;
use super::screen::{Window, recorded};
use super::served::Served;
use super::wire::ANSWERS;
use super::{json, run, stderr, stdout};

/// A test that waits for longer has failed.
const PATIENCE: Duration = Duration::from_secs(150);
/// People take so long to answer.
const THOUGHT: Duration = Duration::from_millis(1_500);

fn arguments(plan: &Path) -> [String; 6] {
    ["run", text(plan), "--table", "attic", "--ballast", "80"].map(str::to_owned)
}

/// Somebody at the terminal, who answers what is shown; and at the hand control, who holds OK.
struct Bench {
    served: Served,
    window: Window,
    began: Instant,
    asked: Option<(&'static str, Instant)>,
    held: Option<Instant>,
    tried: [bool; 2],
}

impl Bench {
    /// Everything up to the next look.
    fn turn(&mut self, holds: bool) -> f64 {
        assert!(self.began.elapsed() < PATIENCE, "{}", self.window.text());
        self.window.glance(Duration::from_millis(100));
        let buttons =
            [("> Does STOP work?", "press stop 400"), ("> Does RETURN work?", "press return 400")];
        for (tried, (words, press)) in self.tried.iter_mut().zip(buttons) {
            if !*tried && self.window.shows(words) {
                *tried = true;
                self.served.hands(press);
            }
        }
        if holds && self.held.is_none_or(|held| held.elapsed() > Duration::from_millis(700)) {
            self.held = Some(Instant::now());
            self.served.hands("press ok 1000");
        }
        let shown = |words: &str| self.window.shows(&format!("> {words}"));
        if let Some((words, key)) = ANSWERS.iter().find(|(words, _)| shown(words)) {
            match self.asked {
                Some((last, since)) if last == *words && since.elapsed() < THOUGHT => {}
                Some((last, _)) if last == *words => {
                    self.window.press(key);
                    self.asked = Some((words, Instant::now()));
                }
                Some(_) | None => self.asked = Some((words, Instant::now())),
            }
        }
        self.served.true_tilt()
    }
}

#[test]
fn ballast_goes_down_only_while_ok_is_held_and_is_in_nobodys_records() {
    let served = Served::new(&["--seed", "1"]);
    let data = folder(&served.path);
    commission(data.path(), identity(data.path()));
    let words = arguments(&data.path().join("plan.toml"));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut window = Window::open(&words, data.path());
    window.wait_for("Type BALLAST");
    window.press("BALLAST\n");
    let began = Instant::now();
    let mut bench = Bench { served, window, began, asked: None, held: None, tried: [false; 2] };
    while !bench.window.shows("> Ready. Start now?") {
        bench.turn(false);
    }
    let mut deepest = f64::MIN;
    while deepest < 6.0 {
        deepest = deepest.max(bench.turn(true));
    }
    while !bench.window.shows("The session is over") {
        deepest = deepest.max(bench.turn(false));
    }
    assert!(deepest < 12.0, "{deepest}: let go of, it comes up");
    assert_eq!(bench.window.quit(), Some(4));
    let tilt = bench.served.true_tilt();
    assert!((-10.0..=0.0).contains(&tilt), "{tilt}");

    let session = recorded(data.path());
    assert_eq!(session["kind"], "bench", "{session}");
    assert_eq!(session["ballast_kg"], 80, "{session}");
    assert_eq!(session["end_cause"], "dead_man_released", "{session}");
    assert!(session["person"].is_null(), "{session}");
    let listed = stdout(&run(&["history", "--data", text(data.path())]));
    assert!(listed.contains("bench: ballast, nobody on it"), "{listed}");
}

#[test]
fn ballast_is_no_way_round_a_record_a_person_or_the_simulated_table() {
    let data = folder("/dev/serial/by-id/nothing-there");
    let plan = data.path().join("plan.toml");
    let words = arguments(&plan);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let with = |more: &[&str]| run(&[&words[..], more, &["--data", text(data.path())]].concat());
    let output = with(&["--json"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(json(&output)["reasons"].to_string().contains("commissioning record"));
    assert_eq!(with(&["--person", "ada"]).status.code(), Some(2));
    assert_eq!(with(&["--alone"]).status.code(), Some(2));
    let sim = ["run", text(&plan), "--table", "sim", "--ballast", "80"];
    let sim = run(&[&sim[..], &["--data", text(data.path())]].concat());
    assert_eq!(sim.status.code(), Some(3), "{}", stderr(&sim));
    assert!(stderr(&sim).contains("carries no ballast"), "{}", stderr(&sim));
    for wrong in ["0", "201", "-5", "80.5", "much"] {
        let output = run(&["run", text(&plan), "--table", "attic", "--ballast", wrong]);
        assert_eq!(output.status.code(), Some(2), "{wrong}: {}", stderr(&output));
    }
    assert_eq!(run(&["run", text(&plan), "--table", "attic"]).status.code(), Some(2));
}

#[test]
fn without_the_word_nothing_is_opened_and_nothing_recorded() {
    let served = Served::new(&[]);
    let data = folder(&served.path);
    commission(data.path(), identity(data.path()));
    let words = arguments(&data.path().join("plan.toml"));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut window = Window::open(&words, data.path());
    window.wait_for("Type BALLAST");
    window.press("yes\n");
    window.wait_for("was not typed");
    assert_eq!(window.quit(), Some(3));
    let history = json(&run(&["history", "--json", "--data", text(data.path())]));
    assert_eq!(history["sessions"].as_array().map(Vec::len), Some(0), "{history}");
}

#[test]
fn the_word_in_a_pipe_is_nobodys() {
    let served = Served::new(&[]);
    let data = folder(&served.path);
    commission(data.path(), identity(data.path()));
    let words = arguments(&data.path().join("plan.toml"));
    // Keys of a hand control, so that the want of a screen is no reason to refuse.
    let hand = data.path().join("settings.toml");
    std::fs::write(&hand, "[hand]\ndevice = \"/dev/input/event999\"\n").expect("a file");
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let rest = ["--data", text(data.path()), "--config", text(&hand)];
    let output = super::antipode(&[&words[..], &rest].concat()).stdin("BALLAST\n").output();
    let output = output.expect("the program runs");
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("stands beside the table"), "{}", stderr(&output));
}
