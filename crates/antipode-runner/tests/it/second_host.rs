//! Whoever looks at a table that is being driven disturbs nobody: `table show`, `watch` and `scan`
//! as programs of their own, while a host of this process lowers the bed.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};

use antipode_device::{Address, OpenTable, Rates, TableDriver};
use antipode_driver_serial::LinkDriver;
use antipode_driver_serial::guardian::{GuardedDriver, Launch, Stated};
use antipode_files::example_models;
use antipode_safety::Rate;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::hardware::folder;
use super::lowering::lower;
use super::running::text;
use super::served::Served;
use super::{run, stderr};

/// What the model of the Jrk says.
const STATED: Stated = Stated {
    rates: Rates::Range { slowest: Rate::clamped(500), fastest: Rate::clamped(1_500) },
    stop_decel: 4_000,
};

/// Everything that only looks, one after another: exit code and what it said.
fn look(data: &Path) -> Receiver<(Option<i32>, String)> {
    let (tell, told) = channel();
    let data = text(data).to_owned();
    std::thread::spawn(move || {
        for what in [
            &["table", "show", "attic"][..],
            &["table", "watch", "attic", "--seconds", "1"],
            &["table", "scan"],
            &["table", "list"],
        ] {
            let output = run(&[what, &["--data", &data]].concat());
            let said = format!("{}{}", super::stdout(&output), stderr(&output));
            tell.send((output.status.code(), said)).expect("the test waits");
        }
    });
    told
}

/// Lowers the bed behind `open`, looks at the table meanwhile, and gives what the looks said.
async fn looked_at(
    open: OpenTable,
    served: &mut Served,
    data: &Path,
) -> Vec<(Option<i32>, String)> {
    let (mut table, _stopper) = open;
    let start = lower(&mut *table, 12_000, || served.true_tilt() > 1.0).await;
    let looks = look(data);
    let mut said = Vec::new();
    let lost = lower(&mut *table, 12_000, || {
        said.extend(looks.try_recv());
        said.len() == 4 && served.true_tilt() > 6.0
    })
    .await;
    assert_eq!(lost, 0, "the session goes on; {start} were lost before");
    said
}

fn shown_out_with_words(said: &[(Option<i32>, String)]) {
    let own = format!("process {} (`", std::process::id());
    for (exit, said) in &said[..2] {
        assert_eq!(*exit, Some(1), "{said}");
        assert!(said.contains(&own), "who has it is named: {said}");
    }
    assert_eq!((said[2].0, said[3].0), (Some(0), Some(0)), "{said:?}");
}

fn now<R>(what: impl Future<Output = R>) -> R {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(what)
}

#[test]
fn a_bed_that_is_lowered_over_a_port_goes_on_while_others_look() {
    let mut served = Served::new(&[]);
    let data = folder(&served.path);
    let said = now(async {
        let open = LinkDriver.open(&Address(served.path.clone())).await.expect("it answers");
        looked_at(open, &mut served, data.path()).await
    });
    shown_out_with_words(&said);
}

/// A guardian outlives every program but not its test.
struct Guardian(PathBuf);

impl Guardian {
    fn kill(&self) {
        let lock = std::fs::read_to_string(self.0.with_extension("sock.lock"));
        let pid = lock.ok().and_then(|text| text.trim().parse().ok()).and_then(Pid::from_raw);
        if let Some(pid) = pid.filter(|_| self.0.exists()) {
            kill_process(pid, Signal::KILL).unwrap_or_default();
        }
    }
}

impl Drop for Guardian {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A data folder with a Jrk and the inclinometer beside it.
fn jrk(served: &Served) -> TempDir {
    let data = folder(&served.path);
    let example = example_models().iter().find(|(name, _)| *name == "pololu-jrk");
    let (_, model) = example.expect("it is there");
    let model = model.replacen("name = \"pololu-jrk\"", "name = \"bed\"", 1);
    let sensor = served.sensor_path.as_deref().expect("an inclinometer");
    let table = format!(
        "schema = 1\nname = \"attic\"\ndriver = \"jrk\"\naddress = \"{}\"\nmodel = \"bed\"\n\
         [rescue]\nwithout_power = \"crank\"\n[sensor.angle]\ndriver = \"witmotion\"\n\
         address = \"{sensor}@115200\"\naxis = \"x\"\nsign = \"plus\"\noffset_deg = 0\n",
        served.path
    );
    std::fs::create_dir_all(data.path().join("models")).expect("a folder");
    std::fs::write(data.path().join("models/bed.toml"), model).expect("a file");
    std::fs::write(data.path().join("tables/attic.toml"), table).expect("a file");
    data
}

#[test]
fn a_bed_that_is_lowered_behind_a_guardian_goes_on_while_others_look() {
    let mut served = Served::new(&["--dialect", "jrk"]);
    let data = jrk(&served);
    let socket = data.path().join("guardian/attic.sock");
    let guardian = Guardian(socket.clone());
    let program = env!("CARGO_BIN_EXE_antipode");
    let arguments = ["guardian", "--table", "attic", "--data", text(data.path()), "--socket"];
    let argv = [&[program], &arguments[..], &[text(&socket)]].concat();
    let argv = argv.into_iter().map(Into::into).collect();
    let launch = Launch { socket, argv };
    let driver = GuardedDriver::new("jrk", "a Jrk", launch, STATED);
    let said = now(async {
        let open = driver.open(&Address("the drive".to_owned())).await.expect("it is guarded");
        looked_at(open, &mut served, data.path()).await
    });
    shown_out_with_words(&said);
    drop(guardian);
}

#[test]
fn show_and_watch_say_who_steers_a_guarded_table_and_what_its_drive_lets() {
    let served = Served::new(&["--dialect", "jrk"]);
    let data = jrk(&served);
    let guardian = Guardian(data.path().join("guardian/attic.sock"));
    let said = |what: &[&str]| {
        let output = run(&[what, &["--data", text(data.path())]].concat());
        (output.status.code(), super::stdout(&output), stderr(&output))
    };
    let (exit, first, error) = said(&["table", "show", "attic"]);
    assert_eq!(exit, Some(0), "{first}{error}");
    assert!(first.contains("model `bed`: unverified on hardware"), "{first}");
    assert!(first.contains("no guardian has run for it yet"), "{first}");
    assert!(first.contains("its drive may be armed"), "it was asked: {first}");
    assert!(first.contains("lease "), "what it states: {first}");
    let (exit, second, error) = said(&["table", "watch", "attic", "--seconds", "1"]);
    assert_eq!(exit, Some(0), "{second}{error}");
    assert!(second.contains("guarded by process "), "{second}");
    assert!(second.contains("attic.sock.lock"), "{second}");
    assert!(second.contains("it needs nobody"), "{second}");
    // Killed, it cannot say that it left the bed level.
    guardian.kill();
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while std::os::unix::net::UnixStream::connect(&guardian.0).is_ok() {
        assert!(std::time::Instant::now() < patience, "it stays");
        std::thread::yield_now();
    }
    let (_, third, _) = said(&["table", "show", "attic"]);
    assert!(third.contains("NO GUARDIAN RAN, and the last one died"), "{third}");
    assert!(third.contains("antipode table return attic"), "{third}");
}
