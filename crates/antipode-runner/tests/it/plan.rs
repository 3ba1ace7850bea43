//! `antipode plan`, on good and broken files.

use std::fs;
use std::path::Path;

use super::{json, run, stderr, stdout};

const BROKEN: &str = r#"schema = 1
name = "broken"
title = "Broken"
evidence = "none"
[[bout]]
tilt_degs = 30
hold = "3 parsecs"
rest = "90s"
lower_deg_per_s = 1.5
raise_deg_per_s = 1.0
[[bout]]
tilt_deg = 80
hold = "60s"
rest = "90s"
lower_deg_per_s = 1.5
raise_deg_per_s = 1.0
"#;

fn file(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    fs::write(&path, text).expect("the file is written");
    path.to_str().expect("the path is text").to_owned()
}

#[test]
fn every_built_in_plan_is_listed_shown_checked_and_previewed() {
    let plans = json(&run(&["plan", "list", "--json"]));
    let plans = plans["plans"].as_array().unwrap();
    assert_eq!(plans.len(), antipode_files::presets().len());
    for plan in plans {
        let name = plan["name"].as_str().unwrap();
        assert_eq!(run(&["plan", "check", name]).status.code(), Some(0), "{name}");
        let preview = json(&run(&["plan", "preview", "--json", name]));
        assert_eq!(preview["max_tilt_deg"], plan["max_tilt_deg"], "{name}");
        assert_eq!(preview["deeper_is_shown_to_be_better"], false);
    }
}

#[test]
fn what_show_prints_checks_as_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let text = stdout(&run(&["plan", "show", "first-week"]));
    let path = file(folder.path(), "mine.toml", text);
    assert_eq!(run(&["plan", "check", &path]).status.code(), Some(0));
}

#[test]
fn a_broken_plan_is_refused_with_every_finding_under_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "broken.toml", BROKEN);
    let output = run(&["plan", "check", &path]);
    assert_eq!(output.status.code(), Some(3));
    let text = stdout(&output);
    for expect in
        ["broken.toml:6:1", "did you mean `tilt_deg`?", "broken.toml:7:8", "broken.toml:12:12"]
    {
        assert!(text.contains(expect), "{expect}\n{text}");
    }

    let document = json(&run(&["plan", "check", "--json", &path]));
    let file = &document["files"][0];
    assert_eq!(file["ok"], false);
    assert!(file["findings"].as_array().unwrap().len() >= 3);
    for finding in file["findings"].as_array().unwrap() {
        assert!(finding["line"].as_u64().unwrap() > 0 && finding["column"].as_u64().unwrap() > 0);
        assert!(!finding["message"].as_str().unwrap().is_empty());
    }
}

#[test]
fn a_missing_file_is_2_even_beside_a_broken_one() {
    let folder = tempfile::tempdir().unwrap();
    let broken = file(folder.path(), "broken.toml", BROKEN);
    let output = run(&["plan", "check", &broken, "no-such-plan.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("there is no file `no-such-plan.toml`"));
    let output = run(&["plan", "preview", "frist-week"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("did you mean the built-in plan `first-week`?"));
}

#[test]
fn files_that_are_no_plans_are_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let big = fs::File::create(path.join("big.toml")).unwrap();
    big.set_len(100 * 1024 * 1024).unwrap();
    let cases = [
        (file(path, "empty.toml", ""), "empty"),
        (file(path, "binary.toml", [0xff, 0xfe, 0x00]), "not text"),
        (file(path, "nan.toml", BROKEN.replace("80", "nan")), "tilt_deg"),
        (file(path, "huge.toml", BROKEN.replace("80", "1e308")), "tilt_deg"),
        (file(path, "negative.toml", BROKEN.replace("80", "-5")), "tilt_deg"),
        (file(path, "many.toml", BROKEN.replace("tilt_degs = 30", "repeat = 1000000")), "repeat"),
        (path.join("big.toml").to_str().unwrap().to_owned(), "bytes"),
        (path.to_str().unwrap().to_owned(), "not a file"),
    ];
    for (file, expect) in cases {
        let output = run(&["plan", "check", &file]);
        assert_eq!(output.status.code(), Some(3), "{file}");
        let text = stdout(&output) + &stderr(&output);
        assert!(text.contains(expect), "{file}: {text}");
    }
}

#[test]
fn preview_says_what_is_not_known_and_draws_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    let svg = folder.path().join("plan.svg");
    let svg = svg.to_str().unwrap();
    let output = run(&["plan", "preview", "kim-2013-30", "--svg", svg]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(text.contains("door to door"));
    assert!(text.contains("Deeper is not shown to be better."));
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    assert!(fs::read_to_string(svg).unwrap().contains("<desc"));
    assert_eq!(
        run(&["plan", "preview", "kim-2013-30", "--svg", "/dev/null/x"]).status.code(),
        Some(1)
    );
}
