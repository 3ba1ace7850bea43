//! Records after the session: the history, interrupted sessions, folders that do not serve.

use std::path::Path;

use rustix::process::Signal;

use super::running::{Running, text};
use super::{antipode, json, run, stderr, stdout};

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
    assert!(
        stdout(&run(&["history", "--data", data])).contains("first-week (simulated): completed")
    );
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
fn a_program_killed_head_down_names_the_person_first_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Running::demo("15", folder.path());
    // Half way through the first stay: what is on the disk is at most a second old.
    demo.wait_for("Are you all right?");
    demo.signal(Signal::KILL);
    demo.child.wait().unwrap();
    let next = run(&["demo", "--json", "--data", text(folder.path())]);
    let said = stderr(&next);
    let seen = said.find("was last seen head-down at").unwrap_or_else(|| panic!("{said}"));
    assert!(seen < said.find("was interrupted").unwrap(), "people first: {said}");
    assert!(said.contains("the simulated person") && said.contains("look after them"), "{said}");
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
    assert!(under_way.contains("first-week (simulated): under way"), "{under_way}");
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

/// Local times of this test's own machine; a zone with a name of its own and no summer time.
fn history_in_sofia(data: &str) -> String {
    let history = antipode(&["history", "--data", data]).env("TZ", "SOF-2");
    stdout(&history.output().expect("the program runs"))
}

#[test]
fn history_lists_the_newest_first_and_says_so_and_whose_time_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    // The first one is cut off and gets its end, and a file of its own, with the second start.
    let mut first = Running::demo("100", folder.path());
    first.wait_for("bout 1 of 3");
    first.signal(Signal::KILL);
    first.child.wait().unwrap();
    let second = json(&run(&["demo", "--json", "--data", data]));
    let third = json(&run(&["demo", "--json", "--seed", "2", "--data", data]));
    let history = json(&run(&["history", "--json", "--data", data]));
    let sessions = history["sessions"].as_array().unwrap();
    assert_eq!(sessions[0]["session"], third["session"]);
    assert_eq!(sessions[1]["session"], second["session"]);
    assert_eq!(sessions[2]["outcome"], "interrupted");
    let began: Vec<&str> = sessions.iter().map(|one| one["started"].as_str().unwrap()).collect();
    assert!(began.is_sorted_by(|newer, older| newer >= older), "{began:?}");
    assert!(began.iter().all(|at| at.ends_with('Z')), "{began:?}");

    let words = history_in_sofia(data);
    assert!(words.starts_with("Newest first; each date is local"), "{words}");
    let at = |began: &str| -> jiff::Timestamp { began.parse().unwrap() };
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(2));
    for began in began {
        let local = at(began).to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M SOF").to_string();
        assert!(words.contains(&local), "{local}: {words}");
    }
    assert!(words.contains("interrupted, the program ended without a word"), "{words}");
}

#[test]
fn a_damaged_record_is_named_with_its_file_what_is_wrong_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    let demo = |seed| json(&run(&["demo", "--json", "--seed", seed, "--data", data]));
    let (whole, broken) = (demo("1"), demo("2"));
    assert!(!stdout(&run(&["history", "--data", data])).contains("DAMAGED"));
    let file = broken["journal"].as_str().unwrap();
    let mut bytes = std::fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(file, bytes).unwrap();

    let words = stdout(&run(&["history", "--data", data]));
    let name = Path::new(file).file_name().unwrap().to_str().unwrap();
    let lines: Vec<&str> = words.lines().filter(|line| line.contains("DAMAGED")).collect();
    let [line] = lines.as_slice() else { panic!("{words}") };
    assert!(line.contains(name) && line.contains("byte"), "{line}");
    assert!(line.contains("the checksum of a record is wrong"), "{line}");
    let advice = format!("`antipode replay {}`", broken["session"].as_str().unwrap());
    assert!(words.contains(&advice) && words.contains("backup"), "{words}");

    let history = json(&run(&["history", "--json", "--data", data]));
    assert_eq!(history["sessions"][0]["session"], broken["session"]);
    assert!(history["sessions"][0]["damage"][0].as_str().unwrap().contains(name), "{history}");
    assert_eq!(history["sessions"][1]["session"], whole["session"]);
    assert!(history["sessions"][1]["damage"].is_null(), "{history}");
}
