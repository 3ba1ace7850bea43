//! A warning sign locks a person out, and only a clinician's word lifts it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use antipode_core::event::{Act, Event, Source};
use antipode_core::orders::Orders;
use antipode_core::step::Record;
use antipode_core::symptom::{Grade, Severity, Symptom};
use antipode_records::disk::RealDisk;
use antipode_records::history::{all_sessions, read_session};
use antipode_records::keys::KeyStore;
use antipode_records::session::{CLEARED, SessionWriter, Start, open_clearance, seal_name};
use antipode_records::{
    Kind, NewSession, PersonId, Room, SessionId, Stamp, Store, WallTime, spawn,
};
use antipode_safety::{Millis, Timestamp};
use rustix::process::Signal;

use super::running::{Running, text};
use super::{json, run, stderr, stdout};

const ADA: PersonId = PersonId::from_bytes([8; 16]);

/// A data folder in which there is a person called ada.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir_all(data.join("people")).unwrap();
    let ada = "schema = 1\nname = \"ada\"\nheight_cm = 170\nmass_kg = 70\nage = 40\nsex = \"female\"\n\
               ankle_setting = 5\n";
    std::fs::write(data.join("people/ada.toml"), ada).unwrap();
    (folder, data)
}

fn keys(data: &Path) -> KeyStore {
    KeyStore::new(Arc::new(RealDisk::open(&data.join("keys")).unwrap()))
}

/// Puts a session of ada's on the simulated table into the records, with these lines in it.
fn recorded(data: &Path, start: &Start, records: &[Record]) {
    let wall = WallTime::from_unix_millis(jiff::Timestamp::now().as_millisecond());
    let now = Stamp { at: Timestamp::from_millis(1_000), wall };
    let disk = Arc::new(RealDisk::open(&data.join("journal")).unwrap());
    let (store, _) = Store::open(disk, Room { free: 0, ..Room::NORMAL }, now).unwrap();
    let session = SessionId::new(wall);
    let (handle, thread) =
        spawn(store.begin(NewSession { session, now, simulated: true, bench: false }).unwrap())
            .unwrap();
    let sealed = seal_name(&keys(data).load_or_make(ADA).unwrap(), session, "ada").unwrap();
    let mut writer = SessionWriter::begin(handle, now, start, Some(&sealed)).unwrap();
    writer.event(now, Event::Act(Act::Start, Source::Hand), Orders::NONE).unwrap();
    for record in records {
        writer.record(now, *record).unwrap();
    }
    writer.end(now, b"{}").unwrap();
    drop(writer);
    thread.join().unwrap();
}

/// What some session of this folder was told: as good as any for one that is made up.
fn some_start(data: &Path) -> Start {
    let session = Running::start(&RUN, data);
    dies_at_the_buttons(session);
    let disk = RealDisk::open_existing(&data.join("journal")).unwrap();
    let newest = all_sessions(&disk).unwrap().remove(0).entry.session;
    let mut start = None;
    read_session(&disk, newest, &mut |record| {
        if record.kind == Kind::START {
            start = Some(Start::decode(record.payload).unwrap());
        }
    })
    .unwrap();
    start.unwrap()
}

/// Begins and is killed before anything moves: what is on the disk by then stays there.
fn dies_at_the_buttons(mut session: Running) {
    session.wait_for("[trying out the buttons]");
    session.signal(Signal::KILL);
    session.child.wait().unwrap();
}

const RUN: [&str; 6] = ["run", "first-week", "--table", "sim", "--person", "ada"];

fn try_to_run(data: &Path, more: &[&str]) -> std::process::Output {
    run(&[&RUN[..], &["--headless", "--json", "--data", text(data)], more].concat())
}

#[test]
fn a_warning_sign_refuses_the_next_run_of_that_person_until_a_clinician_is_named() {
    let (_kept, data) = folder();
    let start = some_start(&data);
    let sign = Record::Symptom(Symptom::Numbness, Severity::Mild, Grade::EndAndLockOut);
    recorded(&data, &start, &[Record::SessionStart, sign, Record::LockedOut]);

    let refused = try_to_run(&data, &[]);
    assert_eq!(refused.status.code(), Some(3), "{}", stderr(&refused));
    let summary = json(&refused);
    assert_eq!(summary["outcome"], "refused");
    let reason = summary["reasons"][0].as_str().unwrap();
    assert!(reason.contains("numb") && reason.contains("clinician"), "{reason}");
    for part in ["--cleared-by", "simulated table", "emergency help now"] {
        assert!(stderr(&refused).contains(part), "{part}: {}", stderr(&refused));
    }
    // An empty word is none.
    assert_eq!(try_to_run(&data, &["--cleared-by", " "]).status.code(), Some(3));

    let mut arguments = RUN.to_vec();
    arguments.extend(["--cleared-by", "Dr. Okafor"]);
    let mut session = Running::start(&arguments, &data);
    session.wait_for("Dr. Okafor agreed");
    dies_at_the_buttons(session);
    // It is on record, sealed, and the lock is gone for the runs after it.
    let disk = RealDisk::open_existing(&data.join("journal")).unwrap();
    let newest = all_sessions(&disk).unwrap().remove(0).entry.session;
    let key = keys(&data).load(ADA).unwrap();
    let mut said = None;
    read_session(&disk, newest, &mut |record| {
        if record.kind == CLEARED {
            assert!(record.flags.is_sealed());
            said = Some(open_clearance(&key, newest, record.payload).unwrap());
        }
    })
    .unwrap();
    assert_eq!(said.as_deref(), Some("Dr. Okafor"));
    let session = Running::start(&RUN, &data);
    dies_at_the_buttons(session);
    let nothing = try_to_run(&data, &["--cleared-by", "Dr. Okafor"]);
    assert_eq!(nothing.status.code(), Some(3));
    assert!(stderr(&nothing).contains("lifts nothing"), "{}", stderr(&nothing));
}

#[test]
fn a_person_has_one_session_at_a_time() {
    let (_kept, data) = folder();
    let mut first = Running::start(&RUN, &data);
    first.wait_for("[trying out the buttons]");
    let second = try_to_run(&data, &[]);
    assert_eq!(second.status.code(), Some(3), "{}", stderr(&second));
    assert!(stderr(&second).contains("another program runs a session of `ada`"));
    // A program that died has none.
    first.signal(Signal::KILL);
    first.child.wait().unwrap();
    dies_at_the_buttons(Running::start(&RUN, &data));
}

#[test]
fn the_history_shows_who_it_was_and_what_they_reported_while_their_key_exists() {
    let (_kept, data) = folder();
    let start = some_start(&data);
    let signs = [Symptom::Numbness, Symptom::ChestPain];
    let lines = signs.map(|sign| Record::Symptom(sign, Severity::Mild, Grade::EndAndLockOut));
    let mild = Record::Symptom(Symptom::Headache, Severity::Moderate, Grade::End);
    recorded(&data, &start, &[Record::SessionStart, lines[0], lines[1], mild, Record::LockedOut]);

    let words = stdout(&run(&["history", "--data", text(&data)]));
    assert!(words.contains("person ada"), "{words}");
    let told = "reported: new numbness or pins and needles, a little (warning sign); chest pain, \
                a little (warning sign); headache, clearly\n";
    assert!(words.contains(told), "{words}");
    let history = json(&run(&["history", "--json", "--data", text(&data)]));
    let session = &history["sessions"][0];
    assert_eq!(session["person"], "ada", "{history}");
    assert_eq!(session["symptoms"].as_array().unwrap().len(), 3, "{history}");
    assert_eq!(session["symptoms"][1]["symptom"], "chest pain", "{history}");
    assert_eq!(session["symptoms"][1]["red_flag"], true, "{history}");
    assert_eq!(history["sessions"][1]["symptoms"].as_array().unwrap().len(), 0, "{history}");
    // The refusal that sends somebody to the history names them all too.
    let reason = json(&try_to_run(&data, &[]))["reasons"].to_string();
    assert!(reason.contains("numbness") && reason.contains("chest pain"), "{reason}");

    keys(&data).wipe(ADA).unwrap();
    let forgotten = run(&["history", "--json", "--data", text(&data)]);
    assert!(json(&forgotten)["sessions"][0]["person"].is_null());
}

#[test]
fn the_built_in_person_is_nobody_whom_anything_could_lock_out() {
    let (_kept, data) = folder();
    let virtual_person = ["run", "first-week", "--table", "sim", "--person", "virtual"];
    let more = ["--headless", "--data", text(&data), "--cleared-by", "Dr. Okafor"];
    let refused = run(&[&virtual_person[..], &more].concat());
    assert_eq!(refused.status.code(), Some(3));
    assert!(stderr(&refused).contains("nobody"), "{}", stderr(&refused));
}

#[test]
fn what_a_person_has_used_of_today_counts_in_the_next_run() {
    let (_kept, data) = folder();
    let start = some_start(&data);
    let record = |head_down| Record::BoutDone { bout: 0, head_down };
    recorded(&data, &start, &[Record::SessionStart, record(Millis::from_secs(1_440))]);
    let refused = try_to_run(&data, &[]);
    assert_eq!(refused.status.code(), Some(3), "{}", stderr(&refused));
    let reasons = json(&refused)["reasons"].to_string();
    assert!(reasons.contains("day"), "{reasons}");
    // Another person's day is another day.
    let other = ["run", "first-week", "--table", "sim", "--person", "virtual"];
    let session = Running::start(&other, &data);
    dies_at_the_buttons(session);
}
