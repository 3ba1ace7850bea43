//! Whole sessions on the simulated table, from the outside.

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{APART, FORGOTTEN, json, run, stderr, stdout};

fn text(path: &Path) -> &str {
    path.to_str().expect("a test's folder has a plain name")
}

/// A folder in which nobody may write, not even root.
fn read_only_journal(data: &Path) {
    std::os::unix::fs::symlink("/sys/kernel", data.join("journal")).expect("a link can be made");
}

#[test]
fn a_folder_that_may_only_be_read_is_called_that() {
    let folder = tempfile::tempdir().unwrap();
    read_only_journal(folder.path());
    let output = run(&["demo", "--headless", "--data", text(folder.path())]);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(said.contains("nothing can be written in"), "{said}");
    assert!(said.contains("make the folder writable"), "{said}");
    assert!(!said.contains("assume"), "{said}");
}

#[test]
fn history_of_a_folder_that_is_not_there_is_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("typo");
    let output = run(&["history", "--data", text(&data)]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("there is no data folder"), "{}", stderr(&output));
    assert!(!data.exists(), "looking makes none");
    let empty = run(&["history", "--data", text(folder.path())]);
    assert_eq!(empty.status.code(), Some(0));
    assert!(stdout(&empty).contains("no sessions"));
    // Nobody named the user's own folder: it comes with the first session.
    assert_eq!(run(&["history"]).status.code(), Some(0));
}

#[test]
fn history_that_cannot_be_read_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "no folder").unwrap();
    let output = run(&["history", "--json", "--data", text(&file)]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(json(&output)["error"]["exit"], 1);
    std::fs::write(folder.path().join("journal"), "no folder").unwrap();
    let output = run(&["history", "--data", text(folder.path())]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
}

/// A session under way, without a screen.
struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStderr>>,
}

impl Running {
    fn demo(speed: &str, data: &Path) -> Self {
        Self::start(&["demo", "--speed", speed], data)
    }

    fn start(arguments: &[&str], data: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_antipode"));
        for name in FORGOTTEN {
            command.env_remove(name);
        }
        command
            .envs(APART)
            .args(arguments)
            .args(["--headless", "--json", "--data", text(data)])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        let lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        Self { child, lines }
    }

    /// Waits for a line of progress that has `part` in it.
    #[track_caller]
    fn wait_for(&mut self, part: &str) {
        let found = self.lines.by_ref().map_while(Result::ok).any(|line| line.contains(part));
        assert!(found, "the program ended before it said {part:?}");
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("the program still runs");
    }

    /// The exit code and the document.
    fn end(mut self) -> (Option<i32>, Value) {
        // A full pipe would hold up whoever writes.
        self.lines.by_ref().for_each(drop);
        let output = self.child.wait_with_output().expect("the program ends");
        (output.status.code(), json(&output))
    }
}

fn is_in_the_rest_band(tilt: &Value) -> bool {
    tilt.as_f64().is_some_and(|tilt| (-10.0..=0.0).contains(&tilt))
}

#[test]
fn the_same_seed_gives_the_same_session_in_any_folder() {
    let folder = tempfile::tempdir().unwrap();
    let demo = |name: &str, seed: &str| {
        let data = folder.path().join(name);
        let output = run(&[
            "demo",
            "--headless",
            "--speed",
            "max",
            "--json",
            "--seed",
            seed,
            "--data",
            text(&data),
        ]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        json(&output)
    };
    let (first, second) = (demo("a", "7"), demo("b", "7"));
    assert_eq!(first["trace_hash"], second["trace_hash"]);
    assert_ne!(first["session"], second["session"]);
    assert_ne!(first["trace_hash"], demo("c", "8")["trace_hash"]);
    assert_eq!(first["outcome"], "completed");
    assert_eq!(first["end_cause"], "plan_done");
    assert_eq!(first["plan"], "first-week");
    assert!(is_in_the_rest_band(&first["final_tilt_deg"]), "{first}");
    assert!(Path::new(first["journal"].as_str().unwrap()).is_file());
}

#[test]
fn a_demo_is_in_the_history_with_the_same_summary() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    let demo = json(&run(&["demo", "--headless", "--json", "--seed", "3", "--data", data]));
    let history = json(&run(&["history", "--json", "--data", data]));
    let listed = &history["sessions"][0];
    for key in ["session", "plan", "outcome", "max_tilt_deg", "trace_hash", "bouts_done"] {
        assert_eq!(listed[key], demo[key], "{key}");
    }
    assert!(listed["person"].is_null());
    assert!(stdout(&run(&["history", "--data", data])).contains("completed, simulated"));
}

#[test]
fn without_json_the_summary_is_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&["demo", "--data", text(folder.path())]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0));
    assert!(text.contains("completed: the plan is done"), "{text}");
    assert!(text.contains("bouts 3 of 3"), "{text}");
}

/// Simulated people who come up early because they feel something: pressure in the head after 12
/// minutes at 60 degrees. Of 20 people inverted for up to 20 minutes 3 had a headache that lasted
/// (Gianakopoulos 1985), so that one in eight here is what the model of the person must give.
const FEELS_SOMETHING: [(&str, u32); 1] = [("kim-2013-60", 8)];

#[test]
fn every_preset_completes_no_deeper_than_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    let list = json(&run(&["plan", "list", "--json"]));
    for plan in list["plans"].as_array().unwrap() {
        let name = plan["name"].as_str().unwrap();
        let preview = json(&run(&["plan", "preview", "--json", name]));
        let planned = preview["max_tilt_deg"].as_f64().unwrap();
        for seed in 1..=8_u32 {
            let number = seed.to_string();
            let all = ["demo", "--json", "--plan", name, "--seed", &number, "--data", data];
            let summary = json(&run(&all));
            let feels = FEELS_SOMETHING.contains(&(name, seed));
            let ends = if feels { ("returned", "symptom") } else { ("completed", "plan_done") };
            assert_eq!(summary["outcome"], ends.0, "{name}: {summary}");
            assert_eq!(summary["end_cause"], ends.1, "{name}: {summary}");
            let deepest = summary["max_tilt_deg"].as_f64().unwrap();
            assert!(deepest <= planned + 0.5, "{name}: {deepest} degrees, planned {planned}");
            assert!(is_in_the_rest_band(&summary["final_tilt_deg"]), "{name}: {summary}");
        }
    }
}

#[test]
fn a_plan_that_may_not_run_is_refused_with_reasons_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("deep.toml");
    let good = stdout(&run(&["plan", "show", "first-week"]));
    std::fs::write(&plan, good.replace("tilt_deg = ", "tilt_deg = 1")).unwrap();
    let data = folder.path().join("data");
    let output = run(&["demo", "--json", "--plan", text(&plan), "--data", text(&data)]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let summary = json(&output);
    assert_eq!(summary["outcome"], "refused");
    assert!(summary["reasons"][0].as_str().unwrap().contains("degrees"), "{summary}");
    assert!(summary["session"].is_null());
    assert!(!data.exists());
}

#[test]
fn ctrl_c_brings_the_person_up_and_ends_the_record() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Running::demo("100", folder.path());
    demo.wait_for("bout 1 of 3");
    demo.signal(Signal::INT);
    let (code, summary) = demo.end();
    assert_eq!(code, Some(4), "{summary}");
    assert_eq!(summary["outcome"], "returned");
    assert_eq!(summary["end_cause"], "program_ending");
    assert!(is_in_the_rest_band(&summary["final_tilt_deg"]), "{summary}");
}

#[test]
fn a_second_ctrl_c_is_stop_and_the_program_stays_until_the_person_is_up() {
    let folder = tempfile::tempdir().unwrap();
    // Slow enough that the second one comes while the bed is on its way up.
    let mut demo = Running::demo("30", folder.path());
    demo.wait_for("Staying here");
    demo.signal(Signal::INT);
    demo.wait_for("[coming up]");
    demo.signal(Signal::INT);
    let (code, summary) = demo.end();
    assert_eq!(code, Some(4), "{summary}");
    assert_eq!(summary["outcome"], "stopped");
    assert!(summary["final_tilt_deg"].as_f64().unwrap() <= 0.0, "{summary}");
}

#[test]
fn a_killed_program_leaves_a_session_that_the_next_start_names_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    let mut demo = Running::demo("100", folder.path());
    demo.wait_for("bout 1 of 3");
    demo.signal(Signal::KILL);
    demo.child.wait().unwrap();
    let next = run(&["demo", "--json", "--data", data]);
    assert!(stderr(&next).contains("was interrupted"), "{}", stderr(&next));
    let history = json(&run(&["history", "--json", "--data", data]));
    let outcomes: Vec<&str> = history["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| session["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["completed", "interrupted"], "{history}");
    let interrupted = &history["sessions"][1];
    assert_eq!(interrupted["plan"], "first-week", "{history}");
    assert_eq!(interrupted["bouts_planned"], 3, "{history}");
}

#[test]
fn a_killed_run_on_the_real_clock_is_named_interrupted_too() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    let first_week = ["run", "first-week", "--table", "sim", "--person", "virtual"];
    let mut session = Running::start(&first_week, folder.path());
    session.wait_for("[trying out the buttons]");
    session.signal(Signal::KILL);
    session.child.wait().unwrap();
    let next = run(&["demo", "--json", "--data", data]);
    assert!(stderr(&next).contains("was interrupted"), "{}", stderr(&next));
    let history = json(&run(&["history", "--json", "--data", data]));
    assert_eq!(history["sessions"].as_array().unwrap().len(), 2, "{history}");
}

#[test]
fn a_killed_program_is_in_the_history_at_once_with_floors() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    let mut demo = Running::demo("100", folder.path());
    demo.wait_for("bout 2 of 3");
    let under_way = stdout(&run(&["history", "--data", data]));
    assert!(under_way.contains("first-week: under way, simulated"), "{under_way}");
    demo.signal(Signal::KILL);
    demo.child.wait().unwrap();
    let files = || {
        let mut names: Vec<_> = std::fs::read_dir(folder.path().join("journal"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    let before = files();
    let history = json(&run(&["history", "--json", "--data", data]));
    let session = &history["sessions"][0];
    assert_eq!(session["outcome"], "interrupted", "{history}");
    assert_eq!(session["end_cause"], "process_died");
    assert_eq!(session["at_least"], true);
    assert_eq!(session["plan"], "first-week");
    // The first bout, to 20 degrees for a minute, is over.
    assert!(session["head_down_s"].as_f64().unwrap() > 60.0, "{history}");
    assert!(session["max_tilt_deg"].as_f64().unwrap() > 19.0, "{history}");
    assert!(session["duration_s"].as_f64().unwrap() > 120.0, "{history}");
    assert_eq!(session["bouts_done"], 1, "{history}");
    let words = stdout(&run(&["history", "--data", data]));
    assert!(words.contains("interrupted"), "{words}");
    assert_eq!(words.matches("at least ").count(), 3, "{words}");
    assert_eq!(files(), before, "looking changes nothing");
}

#[test]
fn a_session_left_under_stop_keeps_its_head_down_time() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    // Slow enough that the last Ctrl-C comes while STOP holds the bed in the rest band.
    let mut demo = Running::demo("30", folder.path());
    demo.wait_for("Staying here");
    demo.signal(Signal::INT);
    demo.wait_for("[coming up]");
    demo.signal(Signal::INT);
    let (_, summary) = demo.end();
    assert_eq!(summary["outcome"], "stopped");
    assert!(summary["head_down_s"].as_f64().unwrap() > 5.0, "{summary}");
    let history = json(&run(&["history", "--json", "--data", data]));
    for key in ["head_down_s", "duration_s", "bouts_done", "outcome"] {
        assert_eq!(history["sessions"][0][key], summary[key], "{key}");
    }
}

#[test]
fn summary_and_history_give_the_same_length() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    let summary = json(&run(&["demo", "--headless", "--json", "--data", data]));
    let whole = summary["duration_s"].as_f64().unwrap().ceil() as u64;
    let words = stdout(&run(&["history", "--data", data]));
    let length = format!("{}:{:02} long", whole / 60, whole % 60);
    assert!(words.contains(&length), "{length}: {words}");
}

#[test]
fn twelve_sessions_begun_at_once_in_one_folder_all_run() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let all: Vec<Running> =
        (0..12).map(|_| Running::start(&["demo", "--speed", "max"], data)).collect();
    for (number, demo) in all.into_iter().enumerate() {
        let (code, summary) = demo.end();
        assert_eq!(code, Some(0), "{number}: {summary}");
    }
    let history = json(&run(&["history", "--json", "--data", text(data)]));
    assert_eq!(history["sessions"].as_array().unwrap().len(), 12);
}

#[test]
fn a_stop_from_outside_is_not_answered_once_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    let mut demo = Running::demo("60", folder.path());
    demo.wait_for("Staying here");
    run(&["stop", "--data", data]);
    let lines: Vec<String> = demo.lines.by_ref().map_while(Result::ok).collect();
    // Without the time in front of it.
    let said = |part: &str| lines.iter().filter(|line| line.contains(part)).count();
    assert!(said("[STOPPED]") > 0, "{lines:#?}");
    for part in ["Let STOP go, then confirm", "The bed must lie flat first", "STOP is pressed."] {
        assert!(said(part) <= 3, "{part}: {lines:#?}");
    }
    assert!(demo.child.wait().unwrap().code().is_some());
}

#[test]
fn ctrl_c_before_the_start_ends_a_run_that_never_began() {
    let folder = tempfile::tempdir().unwrap();
    let first_week = ["run", "first-week", "--table", "sim", "--person", "virtual"];
    let mut session = Running::start(&first_week, folder.path());
    session.wait_for("[trying out the buttons]");
    session.signal(Signal::TERM);
    let (code, summary) = session.end();
    assert_eq!(code, Some(4), "{summary}");
    assert_eq!(summary["outcome"], "returned");
    assert_eq!(summary["end_cause"], "program_ending");
    assert!(summary["reasons"].is_null(), "nobody refused it: {summary}");
    assert!(is_in_the_rest_band(&summary["final_tilt_deg"]), "{summary}");
    let history = json(&run(&["history", "--json", "--data", text(folder.path())]));
    assert_eq!(history["sessions"][0]["outcome"], "returned");
    assert!(history["sessions"][0]["duration_s"].is_null(), "{history}");
}

#[test]
fn ctrl_c_before_a_demo_begins_is_named_so_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Running::demo("10", folder.path());
    demo.wait_for("[trying out the buttons]");
    demo.signal(Signal::INT);
    let (code, summary) = demo.end();
    assert_eq!((code, &summary["end_cause"]), (Some(4), &"program_ending".into()), "{summary}");
}

#[test]
fn without_a_terminal_nobody_can_confirm_so_nothing_runs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let output = run(&[
        "run",
        "first-week",
        "--table",
        "sim",
        "--person",
        "virtual",
        "--json",
        "--data",
        text(&data),
    ]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(json(&output)["outcome"], "refused");
    assert!(stderr(&output).contains("nobody can confirm"), "{}", stderr(&output));
    assert!(!data.exists());
}

#[test]
fn a_table_or_person_that_is_not_there_is_wrong_usage() {
    let run = |table, person| run(&["run", "first-week", "--table", table, "--person", person]);
    assert_eq!(run("attic", "virtual").status.code(), Some(2));
    assert_eq!(run("sim", "./nobody.toml").status.code(), Some(2));
}

#[test]
fn another_program_of_this_machine_stops_it_and_reads_the_tilt() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    let mut demo = Running::demo("20", folder.path());
    demo.wait_for("[");
    let answer = json(&run(&["stop", "--json", "--data", data]));
    let status = &answer["instances"][0]["status"];
    assert_eq!(status["stopped"], true, "{answer}");
    assert_eq!(status["simulated"], true);
    assert_eq!(demo.end().1["seed"], 1);
}

/// A plan that may run alone, to `tilt` degrees.
fn plan_alone(folder: &Path, tilt: &str) -> std::path::PathBuf {
    let path = folder.join("alone.toml");
    let preset = stdout(&run(&["plan", "show", "first-week"]));
    let alone = preset
        .replace("requires = \"spotter\"", "requires = \"alone\"")
        .replace("tilt_deg = 20", &format!("tilt_deg = {tilt}"));
    std::fs::write(&path, alone).expect("the plan is written");
    path
}

fn decide(data: &Path) {
    std::fs::create_dir_all(data).expect("the folder is made");
    let site = "schema = 1\nmode = \"home\"\nemergency_number = \"112\"\n[after_stop_alone]\n\
                action = \"return after 30s\"\ndecided_by = \"ada\"\ndecided_on = \"2026-01-31\"\n";
    std::fs::write(data.join("site.toml"), site).expect("the site file is written");
}

#[test]
fn alone_is_refused_without_a_written_decision_and_past_its_limits() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let alone = |plan: &Path| {
        let table = ["--table", "sim", "--person", "virtual", "--headless", "--json"];
        let arguments = [&["run", text(plan), "--alone", "--data", text(&data)][..], &table];
        run(&arguments.concat())
    };
    let refused = |output: &std::process::Output, why: &str| {
        assert_eq!(output.status.code(), Some(3), "{}", stderr(output));
        let summary = json(output);
        assert_eq!(summary["outcome"], "refused");
        assert!(summary["reasons"].to_string().contains(why), "{why}: {summary}");
    };
    let plan = plan_alone(folder.path(), "20");
    refused(&alone(&plan), "nobody has decided");
    decide(&data);
    refused(&alone(&plan_alone(folder.path(), "21")), "20");
    refused(&alone(Path::new("first-week")), "spotter");
}

#[test]
fn alone_with_a_decision_the_session_begins_with_the_hand_control() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    decide(&data);
    let plan = plan_alone(folder.path(), "20");
    let arguments = ["run", text(&plan), "--alone", "--table", "sim", "--person", "virtual"];
    let mut session = Running::start(&arguments, &data);
    // Person, area, both buttons and the start: every answer came from the hand control.
    session.wait_for("[small test tilt]");
    session.signal(Signal::KILL);
    session.child.wait().unwrap();
    let history = json(&run(&["history", "--json", "--data", text(&data)]));
    assert_eq!(history["sessions"][0]["outcome"], "interrupted", "{history}");
}

#[test]
fn what_the_site_does_not_pass_binds_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    let site = "schema = 1\nmode = \"home\"\nemergency_number = \"112\"\n[limits]\ntilt_deg = 15\n";
    std::fs::write(data.join("site.toml"), site).unwrap();
    let all = ["run", "first-week", "--table", "sim", "--person", "virtual", "--headless"];
    let output = run(&[&all[..], &["--json", "--data", text(&data)]].concat());
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(json(&output)["reasons"].to_string().contains("15"), "{}", json(&output));
    std::fs::write(data.join("site.toml"), "schema = 1\nmod = \"home\"\n").unwrap();
    let output = run(&[&all[..], &["--data", text(&data)]].concat());
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("site"), "{}", stderr(&output));
}
