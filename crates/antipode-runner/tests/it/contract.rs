//! Exit codes, streams and documents that scripts rely on.

use super::{json, run, stderr, stdout};

#[test]
fn alone_it_shows_help_and_the_first_step() {
    let output = run(&[]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("antipode demo"));
    assert!(stdout(&output).contains("plan"));
}

#[test]
fn help_is_a_command_as_well_as_a_flag() {
    for (command, flag) in [
        (&["help"][..], &["--help"][..]),
        (&["help", "demo"], &["demo", "--help"]),
        (&["help", "plan", "check"], &["plan", "check", "--help"]),
        (&["plan", "help", "check"], &["plan", "check", "--help"]),
    ] {
        let output = run(command);
        assert_eq!(output.status.code(), Some(0), "{command:?}: {}", stderr(&output));
        assert_eq!(stdout(&output), stdout(&run(flag)), "{command:?}");
        assert!(output.stderr.is_empty(), "{command:?}");
    }
    let output = run(&["help", "paln"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty() && stderr(&output).contains("paln"), "{}", stderr(&output));
}

#[test]
fn version_is_the_crates() {
    let output = run(&["--version"]);
    assert_eq!(stdout(&output), concat!("antipode ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn wrong_usage_is_2_with_words_and_as_a_document() {
    let output = run(&["paln", "list"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(stderr(&output).contains("'plan'"), "{}", stderr(&output));

    let output = run(&["paln", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(json(&output)["error"]["exit"], 2);
}

#[test]
fn drivers_lists_the_simulator() {
    let output = run(&["drivers", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(json(&output)["drivers"][0]["name"], "sim");
    assert!(stdout(&run(&["drivers"])).starts_with("sim  "));
}

#[test]
fn completions_name_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let script = stdout(&run(&["completions", shell]));
        for command in ["demo", "history", "doctor"] {
            assert!(script.contains(command), "{shell} {command}");
        }
    }
    assert_eq!(run(&["completions", "tcsh"]).status.code(), Some(2));
}

#[test]
fn schema_is_printed_written_and_compared() {
    let output = run(&["schema", "plan"]);
    assert_eq!(json(&output)["title"], "Antipode plan file");
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().to_str().unwrap();
    assert_eq!(run(&["schema", "--check", folder]).status.code(), Some(1));
    assert_eq!(run(&["schema", "--write", folder]).status.code(), Some(0));
    assert_eq!(run(&["schema", "--check", folder]).status.code(), Some(0));
    let output = run(&["schema", "paln"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("did you mean `plan`?"));
}

#[test]
fn doctor_gives_every_check_a_state_and_every_problem_a_fix() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&["doctor", "--json", "--data", folder.path().to_str().unwrap()]);
    let document = json(&output);
    let checks = document["checks"].as_array().unwrap();
    assert!(checks.len() >= 8);
    for check in checks {
        let state = check["state"].as_str().unwrap();
        assert!(["ok", "warn", "fail"].contains(&state));
        assert_eq!(state == "ok", check["fix"].is_null(), "{check}");
    }
    assert_eq!(output.status.code() == Some(1), document["state"] == "fail");
}

#[test]
fn doctor_fails_where_nothing_can_be_written() {
    let output = run(&["doctor", "--data", "/dev/null/x"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("FAIL  data folder"));
}

#[test]
fn stop_and_status_say_when_nothing_runs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    for command in ["stop", "status"] {
        let output = run(&[command, "--data", data]);
        assert_eq!(output.status.code(), Some(1), "{command}");
        assert!(stderr(&output).contains("nothing is running"), "{command}");
        let output = run(&[command, "--json", "--data", data]);
        assert_eq!(json(&output), serde_json::json!({ "instances": [] }));
    }
}
