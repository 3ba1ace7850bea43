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
fn drivers_lists_the_simulator_and_what_is_no_simulator() {
    let output = run(&["drivers", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(json(&output)["drivers"][0]["name"], "sim");
    assert_eq!(json(&output)["drivers"][1]["name"], "link");
    assert_eq!(json(&output)["drivers"][1]["simulated"], false);
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

/// Every command that ends by itself, asked rightly and wrongly.
const ASKED: [&[&str]; 30] = [
    &[],
    &["help"],
    &["--help"],
    &["--version"],
    &["help", "demo"],
    &["paln"],
    &["demo", "--speed", "0"],
    &["demo", "--plan", "frist-week"],
    &["demo", "--plan", "/"],
    &["run", "first-week", "--table", "simm", "--person", "virtual", "--headless"],
    &["run", "first-week", "--table", "sim", "--person", "/", "--headless"],
    &["plan"],
    &["plan", "list"],
    &["plan", "show", "first-week"],
    &["plan", "show", "frist-week"],
    &["plan", "check", "first-week", "nothing.toml", "/"],
    &["plan", "preview", "kim-2013-30"],
    &["drivers"],
    &["table", "list"],
    &["table", "watch", "sim"],
    &["table", "watch", "attic"],
    &["sim-serve", "--dialect", "semaphore"],
    &["simulate", "nothing.toml", "/"],
    &["soak", "--seeds", "1..2"],
    &["replay", "nothing"],
    &["replay", "/"],
    &["history"],
    &["config", "show"],
    &["schema"],
    &["completions", "bash"],
];

#[test]
fn with_json_standard_output_is_one_document_whatever_is_asked() {
    for asked in ASKED {
        let output = run(&[asked, &["--json"]].concat());
        assert!(json(&output).is_object(), "{asked:?}");
        // The same end as without.
        assert_eq!(output.status.code(), run(asked).status.code(), "{asked:?}");
    }
    assert_eq!(json(&run(&["--version", "--json"]))["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_name_that_is_nearly_right_is_answered_with_the_right_one() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    std::fs::create_dir(folder.path().join("people")).unwrap();
    std::fs::write(folder.path().join("people/gertrud.toml"), "schema = 1").unwrap();
    let run = |plan, table, person| {
        run(&["run", plan, "--table", table, "--person", person, "--headless", "--data", data])
    };
    for (output, meant) in [
        (run("frist-week", "sim", "virtual"), "did you mean the built-in plan `first-week`?"),
        (run("first-week", "simm", "virtual"), "did you mean the table `sim`?"),
        (run("first-week", "sim", "virtul"), "did you mean the person `virtual`?"),
        (run("first-week", "sim", "gertrude"), "did you mean the person `gertrud`?"),
        (run("first-week", "sim", "bob"), "known here: `virtual`, `gertrud`"),
    ] {
        assert_eq!(output.status.code(), Some(2), "{meant}");
        assert!(stderr(&output).contains(meant), "{meant}: {}", stderr(&output));
    }
}
