//! Files that nobody can mean, under every argument that names one.

use std::fs;
use std::path::Path;
use std::process::Output;

use antipode_files::{Source, read_person, read_scenario, read_table};
use antipode_runner::plans;
use antipode_runner::vocabulary::vocabulary;

use super::bad_files::{ARGUMENTS, BadFile, make};
use super::{antipode, run, stderr, stdout};

/// No message is longer, whatever the file holds: it must fit a screen or two, bytes.
const LONGEST: usize = 8_000;

/// Refused, in words, and not by accident.
#[track_caller]
fn refused(output: &Output, bad: &BadFile, command: &[&str]) {
    let said = format!("{}{}", stdout(output), stderr(output));
    let shown: String = said.chars().take(LONGEST).collect();
    let context = format!("{} under {command:?}: {shown}", bad.what);
    // 2 for what is not there and for settings, 3 for content.
    assert!(matches!(output.status.code(), Some(2 | 3)), "{:?} {context}", output.status);
    assert!(said.len() < LONGEST, "{} bytes {context}", said.len());
    assert!(said.contains(bad.says), "says nothing of {:?}: {context}", bad.says);
    let name = bad.path.file_name().and_then(|name| name.to_str()).expect("a plain name");
    assert!(said.contains(name), "does not name the file: {context}");
    assert!(said.contains("error: "), "{context}");
    for word in ["panicked", "BACKTRACE", "Err(", "unwrap"] {
        assert!(!said.contains(word), "{word} {context}");
    }
}

/// Otherwise the bad ones would be refused for something else than what is bad in them.
#[test]
fn the_files_that_the_bad_ones_are_made_from_are_taken() {
    for argument in &ARGUMENTS {
        let source = Source::new("good.toml", argument.good);
        let findings = match argument.kind {
            "plan" => plans::check(&source).err(),
            "table" => read_table(&source).err(),
            "person" => read_person(&source).err(),
            "scenario" => read_scenario(&source, &vocabulary()).err(),
            "config" => {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("good.toml");
                fs::write(&file, argument.good).unwrap();
                let show = run(&["config", "show", "--config", file.to_str().unwrap()]);
                assert_eq!(show.status.code(), Some(0), "{}", stderr(&show));
                None
            }
            other => panic!("what reads a {other}?"),
        };
        assert_eq!(findings, None, "{}", argument.kind);
    }
}

#[test]
fn a_file_that_nobody_can_mean_is_refused_in_words_and_nothing_is_written() {
    for argument in &ARGUMENTS {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        for bad in make(argument, folder.path()).unwrap() {
            for command in argument.commands {
                let file = bad.path.to_str().unwrap();
                let words = [*command, &[file, "--data", data.to_str().unwrap()]].concat();
                refused(&run(&words), &bad, command);
                assert!(!data.exists(), "{} wrote into the data folder: {command:?}", bad.what);
            }
        }
    }
}

/// A pipe that nobody writes to, where a file is expected.
fn pipe(path: &Path) {
    fs::create_dir_all(path.parent().expect("below a folder")).expect("a folder can be made");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mkfifoat(rustix::fs::CWD, path, mode).expect("a pipe can be made");
}

#[test]
fn a_pipe_in_the_place_of_a_file_that_nobody_named_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    pipe(&data.join("people/ada.toml"));
    pipe(&data.join("tables/attic.toml"));
    for (table, person) in [("sim", "ada"), ("attic", "virtual")] {
        let run = run(&[
            "run",
            "first-week",
            "--headless",
            "--table",
            table,
            "--person",
            person,
            "--data",
            data.to_str().unwrap(),
        ]);
        assert_eq!(run.status.code(), Some(3), "{}", stderr(&run));
        assert!(stderr(&run).contains("is a pipe"), "{}", stderr(&run));
        assert!(!data.join("journal").exists());
    }
    pipe(&folder.path().join("antipode/antipode.toml"));
    let show = antipode(&["config", "show"]).env("XDG_CONFIG_HOME", folder.path());
    let show = show.output().unwrap();
    assert_eq!(show.status.code(), Some(2));
    assert!(stderr(&show).contains("is a pipe"), "{}", stderr(&show));
}

#[test]
fn what_a_scenario_names_is_not_waited_for_either() {
    let folder = tempfile::tempdir().unwrap();
    pipe(&folder.path().join("pipe.toml"));
    for key in ["plan", "table", "person"] {
        let other = if key == "plan" { "" } else { "plan = \"first-week\"\n" };
        let text = format!(
            "schema = 1\n{other}{key} = \"pipe.toml\"\nseed = 8\n[expect]\noutcome = \"refused\"\n"
        );
        let scenario = folder.path().join(format!("{key}.toml"));
        fs::write(&scenario, text).unwrap();
        let output = run(&["simulate", scenario.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        assert!(stderr(&output).contains("is a pipe"), "{key}: {}", stderr(&output));
    }
}
