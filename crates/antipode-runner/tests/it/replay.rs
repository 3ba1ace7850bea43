//! Replaying what a demo recorded, from the outside.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{json, run, stderr, stdout};

const NO_SESSION: &str = "00000000-0000-7000-8000-000000000000";

/// A recorded demo in a folder of its own.
struct Recorded {
    folder: tempfile::TempDir,
    summary: Value,
}

impl Recorded {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().to_str().expect("a plain name");
        let output = run(&["demo", "--headless", "--json", "--speed", "max", "--data", data]);
        let summary = json(&output);
        Self { folder, summary }
    }

    fn data(&self) -> &str {
        self.folder.path().to_str().expect("a plain name")
    }

    fn session(&self) -> &str {
        self.summary["session"].as_str().expect("the demo names its session")
    }

    fn file(&self) -> PathBuf {
        self.summary["journal"].as_str().expect("the demo names its journal").into()
    }

    fn replay(&self, journal: &str) -> std::process::Output {
        run(&["replay", journal, "--data", self.data()])
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain name")
}

#[test]
fn a_session_is_found_by_the_first_part_of_its_number_or_said_not_to_be_there() {
    let recorded = Recorded::new();
    let output = recorded.replay(&recorded.session()[..8]);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains(recorded.session()));
    let output = recorded.replay("00000000");
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("begins with `00000000`") && !said.contains("no file"), "{said}");
}

#[test]
fn a_recorded_demo_replays_the_same_by_its_name_and_by_its_file() {
    let recorded = Recorded::new();
    let output = recorded.replay(recorded.session());
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).starts_with("same "), "{}", stdout(&output));
    assert!(stdout(&output).contains(recorded.session()));

    let output = run(&["replay", text(&recorded.file()), "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let document = json(&output);
    assert_eq!(document["same"], true);
    assert_eq!(document["difference"], Value::Null);
    for field in ["session", "plan", "table", "outcome", "end_cause", "seed"] {
        assert_eq!(document[field], recorded.summary[field], "{field}");
    }
    assert!(document["records"].as_u64() > Some(10), "{document}");
    assert!(document["steps"].as_u64() > Some(1_000), "{document}");
}

#[test]
fn a_changed_record_is_1_and_says_where() {
    let recorded = Recorded::new();
    let mut bytes = std::fs::read(recorded.file()).expect("the journal");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let changed = recorded.folder.path().join("changed.ajl");
    std::fs::write(&changed, bytes).expect("a file");
    let output = recorded.replay(text(&changed));
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).starts_with("DIFFERS"), "{}", stdout(&output));
    assert!(stdout(&output).contains("changed.ajl, byte "), "{}", stdout(&output));
    let output = run(&["replay", text(&changed), "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(json(&output)["same"], false);
    assert_eq!(json(&output)["damage"].as_array().map(Vec::len), Some(1));
}

#[test]
fn what_is_not_there_is_2_and_what_is_no_journal_is_3() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = text(folder.path());
    for missing in [NO_SESSION, "no-such-file.ajl"] {
        let output = run(&["replay", missing, "--data", data]);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains(missing));
    }
    let other = folder.path().join("other");
    for bytes in [&b""[..], b"[plan]\nname = \"x\"\n", &[0; 4_096], &[0xff; 70_000]] {
        std::fs::write(&other, bytes).expect("a file");
        let output = run(&["replay", text(&other)]);
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    }
    assert_eq!(run(&["replay", data]).status.code(), Some(3), "a folder");
}
