//! `table list` and `table watch`: the tables that are known, and a look at one.

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use antipode_link::{Decoder, Message};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use super::running::text;
use super::served::Served;
use super::{APART, FORGOTTEN, json, run, stderr, stdout};

/// A data folder with one table in it.
fn data_with(name: &str, driver: &str, address: &str) -> TempDir {
    let data = tempfile::tempdir().expect("a folder");
    let tables = data.path().join("tables");
    std::fs::create_dir(&tables).expect("a folder");
    let file = format!(
        "schema = 1\nname = \"{name}\"\ntitle = \"In the attic\"\ndriver = \"{driver}\"\n\
         address = \"{address}\"\n[rescue]\nwithout_power = \"gravity\"\n"
    );
    std::fs::write(tables.join(format!("{name}.toml")), file).expect("a file");
    data
}

/// A watch under way.
struct Watching {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Watching {
    fn new(data: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_antipode"));
        for name in FORGOTTEN {
            command.env_remove(name);
        }
        let mut child = command
            .envs(APART)
            .args(["table", "watch", "attic", "--json", "--data", text(data)])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        let said = BufReader::new(child.stdout.take().expect("piped")).lines();
        Self { child, said }
    }

    /// The first look at which the line is like that.
    #[track_caller]
    fn wait_for(&mut self, line: &str) -> Value {
        let documents = self.said.by_ref().map_while(Result::ok);
        let mut documents =
            documents.map(|line| serde_json::from_str::<Value>(&line).expect("a document"));
        documents.find(|document| document["line"] == line).expect("it came before the end")
    }

    fn interrupt(mut self) -> Option<i32> {
        kill_process(Pid::from_child(&self.child), Signal::INT).expect("it still runs");
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().unwrap_or_default();
        self.child.wait().expect("it ends");
    }
}

#[test]
fn the_list_names_every_table_with_its_driver_and_where_it_is() {
    let data = data_with("attic", "link", "/dev/serial/by-id/usb-Table_1");
    let folder = text(data.path());
    let output = run(&["table", "list", "--data", folder]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(
        stdout(&output),
        "sim    Simulated table, driven by `sim`\n\
         attic  In the attic, driven by `link` at /dev/serial/by-id/usb-Table_1\n"
    );
    let tables = json(&run(&["table", "list", "--json", "--data", folder]));
    assert_eq!(tables["tables"][1]["address"], "/dev/serial/by-id/usb-Table_1");
    assert_eq!(tables["tables"][0]["built_in"], true);
}

#[test]
fn a_table_that_cannot_be_used_is_listed_with_the_reason() {
    let data = data_with("attic", "acme-200", "/dev/ttyUSB0");
    std::fs::write(data.path().join("tables/barn.toml"), "schema = 1\n").unwrap();
    let output = run(&["table", "list", "--data", text(data.path())]);
    assert_eq!(output.status.code(), Some(3));
    let said = stdout(&output);
    assert!(said.contains("attic  CANNOT BE USED: it is driven by `acme-200`"), "{said}");
    assert!(said.contains("barn   CANNOT BE USED: "), "{said}");
}

#[test]
fn a_look_shows_the_true_tilt_and_says_nothing_but_a_greeting() {
    let mut served = Served::new(&[]);
    let data = data_with("attic", "link", &served.path);
    let before = served.true_tilt();
    let trace = data.path().join("bytes.txt");
    let asked = ["table", "watch", "attic", "--seconds", "2", "--json"];
    let rest = ["--data", text(data.path()), "--trace-wire", text(&trace)];
    let output = run(&[&asked[..], &rest[..]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));

    let said = stdout(&output);
    let documents: Vec<Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(documents.len(), 3, "{said}");
    assert_eq!(documents[0]["latch_sensors"], 2);
    for look in &documents[1..] {
        let report = &look["report"];
        assert!((report["tilt_deg"].as_f64().unwrap() - before).abs() < 0.5, "{look} {before}");
        assert_eq!(report["drive"], "not armed");
        assert_eq!(report["latches_open"], 0);
        assert!(look["age_ms"].as_u64().unwrap() < 2_000);
    }
    assert!((served.true_tilt() - before).abs() < 0.1, "looking moves nothing");
    let (greetings, others) = said_to_the_table(&trace);
    assert!(greetings >= 1 && others == 0, "{greetings} {others}");
}

/// Greetings and other frames in a trace of the line. Every byte of both ways stands in it.
fn said_to_the_table(trace: &Path) -> (u32, u32) {
    let trace = std::fs::read_to_string(trace).expect("a trace");
    let (mut greetings, mut others, mut heard) = (0, 0, 0);
    let (mut out, mut back) = (Decoder::new(), Decoder::new());
    for row in trace.lines().filter(|row| !row.contains('#')) {
        let mut words = row.split_whitespace().skip(1);
        let way = words.next().expect("in or out");
        let bytes: Vec<u8> = words.map(|byte| u8::from_str_radix(byte, 16).expect("hex")).collect();
        if way == "out" {
            out.feed(&bytes, |frame| {
                let greets = matches!(frame.message, Message::Hello(_));
                *(if greets { &mut greetings } else { &mut others }) += 1;
            });
        } else {
            back.feed(&bytes, |_| heard += 1);
        }
    }
    assert!(heard >= 3, "the table's answer and its reports are in it too:\n{trace}");
    (greetings, others)
}

#[test]
fn silence_and_a_pulled_plug_are_named_and_no_old_tilt_is_shown() {
    let mut served = Served::new(&[]);
    let data = data_with("attic", "link", &served.path);
    let mut watching = Watching::new(data.path());
    watching.wait_for("heard");
    served.hands("fault mute-table");
    assert!(watching.wait_for("silent")["report"].is_null());
    served.hands("heal");
    assert!(watching.wait_for("heard")["report"]["tilt_deg"].is_number());
    served.end(Signal::TERM);
    assert!(watching.wait_for("gone")["report"].is_null());
    assert_eq!(watching.interrupt(), Some(5), "it ended without hearing the table");
}

#[test]
fn ctrl_c_ends_a_look_at_a_table_that_is_heard_well() {
    let served = Served::new(&[]);
    let data = data_with("attic", "link", &served.path);
    let mut watching = Watching::new(data.path());
    watching.wait_for("heard");
    assert_eq!(watching.interrupt(), Some(0));
}

#[test]
fn what_cannot_be_watched_is_refused_with_what_to_do() {
    for (driver, address, exit, says) in [
        ("sim", "nowhere", 3, "simulated inside this program"),
        ("acme-200", "/dev/ttyUSB0", 3, "which this program has not"),
        ("link", "ttyUSB0", 3, "its address is no port"),
        ("link", "/dev/serial/by-id/nothing-there", 1, "is this its port"),
    ] {
        let data = data_with("attic", driver, address);
        let output = run(&["table", "watch", "attic", "--data", text(data.path())]);
        assert_eq!(output.status.code(), Some(exit), "{driver} {address}: {}", stderr(&output));
        assert!(stderr(&output).contains(says), "{driver}: {}", stderr(&output));
    }
}

#[test]
fn a_trace_never_writes_over_a_file() {
    let served = Served::new(&[]);
    let data = data_with("attic", "link", &served.path);
    let trace = data.path().join("bytes.txt");
    std::fs::write(&trace, "mine").unwrap();
    let asked = ["table", "watch", "attic", "--seconds", "1", "--data", text(data.path())];
    let output = run(&[&asked[..], &["--trace-wire", text(&trace)]].concat());
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("not there yet"), "{}", stderr(&output));
    assert_eq!(std::fs::read_to_string(&trace).unwrap(), "mine");
}
