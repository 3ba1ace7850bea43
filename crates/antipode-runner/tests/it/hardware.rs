//! `run` on a table that is outside the program: what its commissioning record allows.

use std::path::Path;

use antipode_device::Rescue;
use antipode_files::{CheckKind, Commissioning, Done, Identity, Measured};
use antipode_safety::{Angle, Millis, Rate};
use serde_json::Value;
use tempfile::TempDir;

use super::running::text;
use super::screen::Window;
use super::served::Served;
use super::{json, run, stderr, stdout};

pub(crate) const PERSON: &str = "schema = 1\nname = \"ada\"\nheight_cm = 172\nmass_kg = 70\nage = 41\n\
                      sex = \"female\"\nankle_setting = 3\n";

/// As short as a plan may be.
pub(crate) const PLAN: &str = r#"schema = 1
name = "short"
title = "One short bout"
evidence = "none"
strength = "proposal"
requires = "spotter"
[[bout]]
repeat = 1
tilt_deg = 12
hold = "20s"
rest = "60s"
lower_deg_per_s = 3
raise_deg_per_s = 2
[finish]
rest = "60s"
"#;

fn rate(millideg_per_s: i32) -> Rate {
    Rate::from_millideg_per_s(millideg_per_s).expect("a rate")
}

/// Figures of a good table.
fn good(kind: CheckKind) -> Measured {
    let tilt = Angle::clamped;
    match kind {
        CheckKind::Direction => {
            Measured::Direction { told: tilt(3_000), moved: tilt(3_000), second: None }
        }
        CheckKind::Speed => {
            Measured::Speed { told: rate(3_000), lowering: rate(3_000), raising: rate(3_000) }
        }
        CheckKind::StopDistance => Measured::StopDistance { from: rate(3_000), travel: tilt(300) },
        CheckKind::LeaseExpiry => Measured::LeaseExpiry {
            from: rate(3_000),
            lease: Millis::new(250),
            stopped_after: Millis::new(400),
            cable_travel: tilt(500),
        },
        CheckKind::Brake => Measured::Brake {
            load_kg: 80,
            at: tilt(-3_000),
            held: Millis::from_secs(10),
            slip: tilt(0),
        },
        CheckKind::EndStops => {
            Measured::EndStops { head_up: tilt(-80_000), head_down: tilt(60_000) }
        }
        CheckKind::PowerCut => Measured::PowerCut { sank: tilt(0), moved_on_power: false },
        CheckKind::WithoutPower => {
            Measured::WithoutPower { from: tilt(30_000), took: Millis::from_secs(30) }
        }
        CheckKind::SelfRelease => Measured::SelfRelease { took: Millis::from_secs(50) },
    }
}

/// What states that this computer never sleeps: the machines of the tests have no login manager, or
/// must not be kept awake by a test.
pub(crate) const SITE: &str = "schema = 1\nmode = \"home\"\nemergency_number = \"112\"\n\
                               [never_sleeps]\ndecided_by = \"the tests\"\n\
                               decided_on = \"2026-11-23\"\n";

/// A data folder with a person, a table at `address`, a plan, and the word that nothing sleeps here.
pub(crate) fn folder(address: &str) -> TempDir {
    let data = tempfile::tempdir().expect("a folder");
    let table = format!(
        "schema = 1\nname = \"attic\"\ndriver = \"link\"\naddress = \"{address}\"\n\
         [rescue]\nwithout_power = \"gravity\"\n"
    );
    for (folder, name, text) in [
        ("people", "ada", PERSON),
        ("tables", "attic", &table),
        ("", "plan", PLAN),
        ("", "site", SITE),
    ] {
        let folder = data.path().join(folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("{name}.toml")), text).expect("a file");
    }
    data
}

/// What the controller at the other end says of itself.
pub(crate) fn identity(data: &Path) -> Identity {
    let output =
        run(&["table", "watch", "attic", "--seconds", "1", "--json", "--data", text(data)]);
    let said = stdout(&output);
    let first = said.lines().next().unwrap_or_else(|| panic!("{}", stderr(&output)));
    let stated: Value = serde_json::from_str(first).expect("a document");
    let number = |key: &str| stated[key].as_u64().expect("a number");
    Identity {
        serial: number("serial").try_into().expect("it fits"),
        firmware: number("firmware").try_into().expect("it fits"),
        config_hash: number("config_hash").try_into().expect("it fits"),
    }
}

/// Puts a record of that controller, of today, into the data folder.
pub(crate) fn commission(data: &Path, of: Identity) {
    commission_as(data, of, "link");
}

/// The same for a table with this driver.
pub(crate) fn commission_as(data: &Path, of: Identity, driver: &str) {
    let today = jiff::Zoned::now().date();
    // What a drive behind a guardian says of itself, as long as that guardian is there.
    let says = std::fs::read_to_string(data.join("guardian/attic.sock.drive")).ok();
    let mut record = Commissioning::new("attic".into(), driver.into(), Rescue::Gravity)
        .with_drive(says.as_deref().map(str::trim_end));
    for kind in CheckKind::ALL {
        record.put(Done { measured: good(kind), on: today, of });
    }
    record.sign("the tests", today);
    let folder = data.join("commissioning");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("attic.toml"), record.to_text()).expect("a file");
}

/// Asks for a session; the terminal is none, so that it never gets further than refusals.
fn ask(data: &Path) -> std::process::Output {
    let plan = data.join("plan.toml");
    run(&[
        "run",
        text(&plan),
        "--table",
        "attic",
        "--person",
        "ada",
        "--json",
        "--data",
        text(data),
    ])
}

#[test]
fn without_a_record_a_plan_below_horizontal_is_refused_before_the_table_is_opened() {
    let data = folder("/dev/serial/by-id/nothing-there");
    let output = ask(data.path());
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let said = stderr(&output);
    assert!(said.contains("may not go below horizontal"), "{said}");
    assert!(said.contains("antipode table commission attic"), "{said}");
    assert!(said.contains("antipode table return attic"), "{said}");
    let reason = json(&output)["reasons"][0].as_str().unwrap().to_owned();
    assert!(reason.contains("there is no commissioning record"), "{reason}");
}

#[test]
fn an_edited_record_and_one_of_another_table_are_named_as_such() {
    let data = folder("/dev/serial/by-id/nothing-there");
    commission(data.path(), Identity { serial: 1, firmware: 1, config_hash: 1 });
    let path = data.path().join("commissioning/attic.toml");
    let good = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, good.replace("load_kg = 80", "load_kg = 81")).unwrap();
    let output = ask(data.path());
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("changed after it was written"), "{}", stderr(&output));
    let table = data.path().join("tables/attic.toml");
    let file = std::fs::read_to_string(&table).unwrap();
    std::fs::write(&path, good).unwrap();
    std::fs::write(&table, file.replace("gravity", "battery")).unwrap();
    let output = ask(data.path());
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("way back without power"), "{}", stderr(&output));
}

#[test]
fn nobody_heavier_than_what_the_brake_was_tried_with_goes_head_down() {
    let data = folder("/dev/serial/by-id/nothing-there");
    commission(data.path(), Identity { serial: 1, firmware: 1, config_hash: 1 });
    let person = data.path().join("people/ada.toml");
    std::fs::write(&person, PERSON.replace("mass_kg = 70", "mass_kg = 81")).unwrap();
    let output = ask(data.path());
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let said = stderr(&output);
    assert!(said.contains("weighs 81 kg") && said.contains("tried with 80 kg"), "{said}");
}

#[test]
fn the_built_in_person_is_nobody_on_a_table_that_carries_people() {
    let data = folder("/dev/null");
    let output = run(&[
        "run",
        "first-week",
        "--table",
        "attic",
        "--person",
        "virtual",
        "--data",
        text(data.path()),
    ]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("is nobody"), "{}", stderr(&output));
}

#[test]
fn a_record_of_another_controller_is_found_once_the_table_has_said_what_it_is() {
    let served = Served::new(&[]);
    let data = folder(&served.path);
    let own = identity(data.path());
    for (other, says) in [
        (Identity { serial: own.serial ^ 1, ..own }, "another controller"),
        (Identity { firmware: own.firmware ^ 1, ..own }, "the firmware has changed"),
        (Identity { config_hash: own.config_hash ^ 1, ..own }, "the settings of the controller"),
    ] {
        commission(data.path(), other);
        let mut window = session(data.path());
        window.wait_for("may not go below horizontal");
        window.wait_for(says);
        assert_eq!(window.quit(), Some(3), "{says}");
    }
}

/// A session at a terminal of its own.
pub(crate) fn session(data: &Path) -> Window {
    let plan = data.join("plan.toml");
    Window::open(&["run", text(&plan), "--table", "attic", "--person", "ada"], data)
}

#[test]
fn show_says_what_the_table_is_and_whether_its_record_holds_with_the_reason_of_each_limit() {
    let served = Served::new(&[]);
    let data = folder(&served.path);
    let show = ["table", "show", "attic", "--data", text(data.path())];
    let output = run(&show);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let said = stdout(&output);
    assert!(said.contains("there is no commissioning record"), "{said}");
    assert!(said.contains("0.000° (table: no valid commissioning record)"), "{said}");

    commission(data.path(), identity(data.path()));
    let said = stdout(&run(&show));
    assert!(said.contains("signed by the tests: HOLDS"), "{said}");
    assert!(said.contains("30.000° (table: no way back without power)"), "{said}");
    let document = json(&run(&[&show[..], &["--json"]].concat()));
    assert_eq!(document["commissioning"]["holds"], true, "{document}");
    assert_eq!(document["stated"]["latch_sensors"], 2);
    assert_eq!(document["limits"][0]["limit"], "deepest tilt");

    let table = data.path().join("tables/attic.toml");
    let file = std::fs::read_to_string(&table).unwrap();
    std::fs::write(&table, file.replace("gravity", "none")).unwrap();
    let said = stdout(&run(&show));
    assert!(said.contains("0.000° (table: no way back without power)"), "{said}");
}

#[test]
fn a_table_that_does_not_answer_is_shown_with_what_is_on_file() {
    let data = folder("/dev/serial/by-id/nothing-there");
    let output = run(&["table", "show", "attic", "--json", "--data", text(data.path())]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let document = json(&output);
    assert!(document["stated"].is_null());
    assert!(document["not_reached"].as_str().unwrap().contains("could not be opened"));
    assert_eq!(document["commissioning"]["holds"], false);
    let sim = json(&run(&["table", "show", "sim", "--json", "--data", text(data.path())]));
    assert_eq!((&sim["simulated"], &sim["commissioning"]), (&true.into(), &Value::Null));
}

#[test]
fn a_scan_names_ports_and_needs_no_data_folder() {
    let output = run(&["table", "scan", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(json(&output)["ports"].is_array());
}

#[test]
fn a_plan_is_held_against_the_very_table_that_it_is_for() {
    let served = Served::new(&[]);
    let data = folder(&served.path);
    let plan = data.path().join("plan.toml");
    let check = || {
        let files = ["plan", "check", text(&plan), "--table", "attic"];
        run(&[&files[..], &["--data", text(data.path())]].concat())
    };
    let output = check();
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let said = stdout(&output);
    assert!(said.contains("plan.toml:9:12"), "the tilt has its line: {said}");
    assert!(said.contains("it must be at most 0° (table: no valid commissioning record"), "{said}");
    assert!(said.contains("there is no commissioning record"), "{said}");

    commission(data.path(), identity(data.path()));
    let output = check();
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    // The record's way back without power was shown from 30 degrees.
    std::fs::write(&plan, PLAN.replace("tilt_deg = 12", "tilt_deg = 31")).unwrap();
    let said = stdout(&check());
    assert!(said.contains("it must be at most 30° (table: no way back without power"), "{said}");
}

#[test]
fn a_table_that_does_not_answer_or_is_unknown_leaves_no_plan_checked() {
    let data = folder("/dev/serial/by-id/nothing-there");
    for (table, code, says) in [("attic", 1, "could not be opened"), ("attik", 2, "did you mean")] {
        let files = ["plan", "check", "first-week", "--table", table];
        let output = run(&[&files[..], &["--data", text(data.path())]].concat());
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
        assert!(stderr(&output).contains(says), "{}", stderr(&output));
        assert_eq!(stdout(&output), "");
    }
    let output =
        run(&["plan", "check", "first-week", "--table", "sim", "--data", text(data.path())]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}
