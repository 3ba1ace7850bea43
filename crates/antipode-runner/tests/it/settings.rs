//! Settings from files, environment and flags.

use std::fs;

use super::{antipode, json, run, stderr, stdout};

#[test]
fn config_show_names_the_origin_of_each_value() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my.toml");
    fs::write(&path, "[display]\nascii = true\n").unwrap();
    let path = path.to_str().unwrap();
    let output = antipode(&["config", "show", "--json", "--config", path, "--color", "never"])
        .env("ANTIPODE__DISPLAY__FRAMES_PER_SECOND", "5")
        .output()
        .unwrap();
    let document = json(&output);
    let origin = |key: &str| {
        let rows = document["settings"].as_array().unwrap();
        let row = rows.iter().find(|row| row["key"] == key).unwrap();
        row["origin"].as_str().unwrap().to_owned()
    };
    assert_eq!(origin("display.ascii"), path);
    assert_eq!(origin("display.color"), "flag --color");
    assert_eq!(
        origin("display.frames_per_second"),
        "environment variable ANTIPODE__DISPLAY__FRAMES_PER_SECOND"
    );
    assert_eq!(origin("log.level"), "default");
    assert!(stdout(&run(&["config", "show"])).contains("data folder = /nonexistent/data/antipode"));
}

#[test]
fn limits_cannot_be_set_here() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my.toml");
    fs::write(&path, "[limits]\ntilt_deg = 75\n").unwrap();
    let output = run(&["config", "show", "--config", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("there is no section `limits`"), "{}", stderr(&output));
    let output = antipode(&["config", "show"]).env("ANTIPODE__LIMITS__TILT_DEG", "75").output();
    assert_eq!(output.unwrap().status.code(), Some(2));
}

#[test]
fn a_named_settings_file_that_is_not_there_is_2() {
    let output = run(&["config", "show", "--config", "/nonexistent.toml", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(json(&output)["error"]["exit"], 2);
}
