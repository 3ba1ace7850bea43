use std::path::PathBuf;

use antipode_files::ScenarioAct;

use super::*;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios")
}

fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    files
}

fn read(text: &str) -> Result<Loaded, Failure> {
    from_source(&Source::new("test.toml", text), "test", &folder())
}

/// A short scenario: the program dies on the way down.
fn killed(expect: &str) -> Judged {
    let text = format!(
        "schema = 1\nplan = \"first-week\"\nseed = 8\n[[fault]]\nkind = \"host-crash\"\nat = \"38s\"\n\
         [expect]\n{expect}\n"
    );
    read(&text).unwrap().run()
}

#[test]
fn every_scenario_of_the_project_can_be_read() {
    let files = files();
    assert!(files.len() >= 25, "{}", files.len());
    for file in files {
        let loaded =
            load(&file).unwrap_or_else(|failure| panic!("{}: {failure:?}", file.display()));
        assert!(loaded.title.is_some(), "{} has no title", file.display());
    }
}

#[test]
fn every_kind_of_thing_that_can_go_wrong_has_scenarios() {
    let names: Vec<String> = files()
        .iter()
        .map(|file| file.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    for number in 1..=20 {
        let prefix = format!("f{number:02}-");
        assert!(names.iter().any(|name| name.starts_with(&prefix)), "no scenario {prefix}*");
    }
}

#[test]
fn what_is_expected_rightly_is_met() {
    let judged = killed(
        "outcome = \"interrupted\"\nend_cause = \"process_died\"\nmax_tilt_deg = 13\n\
         final_tilt_deg = [-10, 0]\nrest_band_within = \"45s\"",
    );
    assert!(judged.ok, "{:?}", judged.failures);
    assert_eq!(judged.summary.outcome.as_deref(), Some("interrupted"));
}

#[test]
fn what_is_expected_wrongly_fails_with_what_was_seen() {
    for (expect, said) in [
        ("outcome = \"completed\"", "outcome: expected completed, seen interrupted"),
        ("end_cause = \"plan_done\"", "end_cause: expected plan_done, seen process_died"),
        ("max_tilt_deg = 5", "max_tilt_deg: expected at most 5 degrees, seen "),
        ("final_tilt_deg = [1, 20]", "final_tilt_deg: expected from 1 to 20 degrees, seen -3"),
        ("rest_band_within = \"6s\"", "rest_band_within: expected within 6 s, head-down for "),
    ] {
        let judged = killed(expect);
        assert!(!judged.ok, "{expect}");
        let [failure] = judged.failures.as_slice() else { panic!("{:?}", judged.failures) };
        assert!(failure.starts_with(said), "{failure}");
    }
}

#[test]
fn the_same_file_gives_the_same_run() {
    let (one, other) = (killed("max_tilt_deg = 13"), killed("max_tilt_deg = 13"));
    assert!(one.summary.trace_hash.is_some());
    assert_eq!(one.summary, other.summary);
}

#[test]
fn what_a_scenario_names_must_be_there() {
    let with = |plan: &str, more: &str| {
        read(&format!(
            "schema = 1\nplan = \"{plan}\"\nseed = 1\n{more}[expect]\nmax_tilt_deg = 0\n"
        ))
    };
    for (plan, more) in [
        ("no-such-plan", ""),
        ("first-week", "person = \"nobody\"\n"),
        ("first-week", "table = \"none\"\n"),
        ("first-week", "[[act]]\nkind = \"symptom-nausea\"\nat = \"1s\"\nvalue = 4\n"),
        ("first-week", "[[act]]\nkind = \"heart-rate\"\nat = \"1s\"\n"),
        ("first-week", "[[fault]]\nkind = \"no-such-fault\"\nat = \"1s\"\n"),
    ] {
        assert_eq!(
            with(plan, more).unwrap_err().exit(),
            crate::exit::Exit::Refused,
            "{plan} {more}"
        );
    }
    assert!(with("first-week", "").is_ok());
}

#[test]
fn a_plan_past_the_limits_is_refused_and_moves_nothing() {
    let text =
        "schema = 1\nplan = \"plans/too-deep.toml\"\nseed = 1\n[expect]\noutcome = \"refused\"\n";
    let judged = read(text).unwrap().run();
    assert!(judged.ok, "{:?}", judged.failures);
    assert!(!judged.summary.reasons.is_empty());
    assert_eq!(judged.summary.max_tilt_deg, None);
}

#[test]
fn a_held_key_repeats_and_equal_times_keep_their_order() {
    let act = |kind: &str, at: u64, lasts: Option<u64>| ScenarioAct {
        kind: kind.to_owned(),
        at: Millis::new(at),
        lasts: lasts.map(Millis::new),
        value: None,
    };
    let acts = [act("hold-return", 1_000, Some(1_000)), act("stop", 1_500, None)];
    let times: Vec<u64> = acts::script(&acts).unwrap().iter().map(|(at, _)| *at).collect();
    assert_eq!(times, [1_000, 1_500, 1_500, 2_000]);
}
