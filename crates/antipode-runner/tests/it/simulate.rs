//! `antipode simulate`: what scripts rely on.

use std::path::PathBuf;

use super::{json, run, stderr, stdout};

/// A scenario file with this expectation, in a folder of its own.
fn scenario(expect: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("killed.toml");
    let text = format!(
        "schema = 1\nplan = \"first-week\"\nseed = 8\n[[fault]]\nkind = \"host-crash\"\n\
         at = \"38s\"\n[expect]\n{expect}\n"
    );
    std::fs::write(&file, text).expect("a file can be written");
    (folder, file)
}

#[test]
fn a_met_scenario_is_0_in_words_and_as_a_document() {
    let (_folder, file) = scenario("outcome = \"interrupted\"\nfinal_tilt_deg = [-10, 0]");
    let output = run(&["simulate", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert_eq!(stdout(&output), "ok      killed: interrupted, process_died\n");

    let output = run(&["simulate", "--json", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    let document = json(&output);
    let killed = &document["scenarios"][0];
    assert_eq!((&killed["name"], &killed["ok"]), (&"killed".into(), &true.into()));
    assert_eq!(killed["failures"], serde_json::json!([]));
    assert_eq!(killed["summary"]["outcome"], "interrupted");
    assert_eq!(killed["summary"]["seed"], 8);
}

#[test]
fn a_scenario_that_is_not_met_is_1_and_says_what_was_seen() {
    let (_folder, file) = scenario("outcome = \"completed\"");
    let output = run(&["simulate", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).starts_with("FAILED  killed: interrupted"), "{}", stdout(&output));
    assert!(stdout(&output).contains("outcome: expected completed, seen interrupted"));

    let output = run(&["simulate", "--json", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(json(&output)["scenarios"][0]["ok"], false);
}

#[test]
fn a_missing_file_is_2_and_content_that_cannot_be_meant_is_3() {
    let (_folder, good) = scenario("outcome = \"interrupted\"");
    let (_folder, bad) = scenario("outcome = \"complete\"");
    let (good, bad) = (good.to_str().unwrap(), bad.to_str().unwrap());
    let output = run(&["simulate", bad]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("did you mean `completed`?"), "{}", stderr(&output));

    let output = run(&["simulate", "--json", good, "none.toml", bad]);
    assert_eq!(output.status.code(), Some(2));
    let scenarios = json(&output)["scenarios"].as_array().unwrap().clone();
    assert_eq!(scenarios.len(), 3);
    assert_eq!(scenarios[0]["ok"], true);
    assert!(scenarios[1]["failures"][0].as_str().unwrap().contains("there is no file"));
}
