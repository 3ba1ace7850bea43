//! What a place decides, and sessions without a spotter.

use std::path::Path;

use rustix::process::Signal;

use super::running::{Running, text};
use super::{json, run, stderr, stdout};

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
fn a_plan_for_two_is_not_said_to_be_corrected_with_or_without_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    decide(&data);
    let all = ["run", "first-week", "--alone", "--table", "sim", "--person", "virtual"];
    for more in [&["--headless"][..], &[]] {
        let output = run(&[&all[..], more, &["--data", text(&data)]].concat());
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        let said = stderr(&output);
        for part in ["not for one person alone", "have somebody stand by", "antipode plan list"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(!said.contains("correct it"), "{said}");
    }
    assert!(stdout(&run(&["plan", "list"])).contains("with somebody standing by"));
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
