//! Whole sessions on drives without a controller: a guardian process stands between.

use std::io::{Write, stderr};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use antipode_device::Rates;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::super::guarded::{Drive, named};
use super::super::hardware::{PLAN, commission_as, folder, identity, session};
use super::super::screen::Window;
use super::super::served::Served;
use super::{Tried, go_through, is_the_session_in_process, looking};

/// Nobody needs a guardian ten seconds after a session.
const LEAVES: Duration = Duration::from_secs(60);

/// The guardian of a test, which outlives every program but not its test.
pub(super) struct Guardian {
    socket: PathBuf,
}

impl Guardian {
    /// The process that has taken its place in the file system, where there is one.
    pub(super) fn process(&self) -> Option<Pid> {
        let lock = self.socket.with_extension("sock.lock");
        let pid = std::fs::read_to_string(lock).ok()?.trim().parse().ok();
        pid.and_then(Pid::from_raw).filter(|_| self.socket.exists())
    }

    /// Waits until it has written `words` into its log.
    pub(super) fn logs(&self, words: &str) {
        let patience = Instant::now() + LEAVES;
        let (_keep, never) = channel::<()>();
        let log = || std::fs::read_to_string(self.socket.with_extension("sock.log"));
        while !log().is_ok_and(|log| log.contains(words)) {
            assert!(Instant::now() < patience, "it never says {words}");
            never.recv_timeout(Duration::from_millis(100)).unwrap_or_default();
        }
    }

    /// Waits until it has ended by itself.
    fn leaves(&self) {
        let patience = Instant::now() + LEAVES;
        // Looked at now and then: a loop that spins takes the guardian its turns.
        let (_keep, never) = channel::<()>();
        while self.socket.exists() {
            assert!(Instant::now() < patience, "it stays");
            never.recv_timeout(Duration::from_millis(100)).unwrap_or_default();
        }
    }
}

impl Drop for Guardian {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.socket.with_extension("sock.log"));
            writeln!(stderr(), "the guardian's log: {}", log.unwrap_or_default())
                .unwrap_or_default();
        }
        if let Some(pid) = self.process() {
            kill_process(pid, Signal::KILL).unwrap_or_default();
        }
    }
}

/// What a table file calls it.
pub(crate) fn driver(drive: &Drive) -> &'static str {
    if drive.dialect == "linak" { "modbus" } else { drive.dialect }
}

/// The name under which its inclinometer is known, whichever port that has.
pub(super) fn inclinometer(data: &Path) -> PathBuf {
    data.join("inclinometer")
}

/// Gives the inclinometer its name.
pub(super) fn plug_in(served: &Served, data: &Path) {
    let port = served.sensor_path.as_deref().expect("an inclinometer");
    symlink(port, inclinometer(data)).expect("a name");
}

/// A data folder with a table of that drive.
pub(crate) fn table(served: &Served, drive: &Drive) -> TempDir {
    let data = folder(&served.path);
    plug_in(served, data.path());
    let sensor = inclinometer(data.path());
    let table = format!(
        "schema = 1\nname = \"attic\"\ndriver = \"{}\"\naddress = \"{}\"\nmodel = \"bed\"\n\
         [rescue]\nwithout_power = \"gravity\"\n[few_latches]\naction = \"return\"\n\
         decided_by = \"the tests\"\ndecided_on = \"2026-11-23\"\n[sensor.angle]\ndriver = \"witmotion\"\n\
         address = \"{}@115200\"\naxis = \"x\"\nsign = \"plus\"\noffset_deg = 0\n",
        driver(drive),
        served.path,
        sensor.display(),
    );
    if let Rates::Fixed(only) = drive.model().rates {
        let own = format!("_deg_per_s = {}", f64::from(only.millideg_per_s()) / 1_000.0);
        let plan = PLAN.replace("_deg_per_s = 3", &own).replace("_deg_per_s = 2", &own);
        std::fs::write(data.path().join("plan.toml"), plan).expect("a file");
    }
    std::fs::create_dir_all(data.path().join("models")).expect("a folder");
    // The bed of the tests is the device that its model was tried on.
    let model =
        drive.model_text().replacen("\"unverified on hardware\"", "\"verified on hardware\"", 1);
    std::fs::write(data.path().join("models/bed.toml"), model).expect("a file");
    std::fs::write(data.path().join("tables/attic.toml"), table).expect("a file");
    data
}

pub(super) fn guardian(data: &Path) -> Guardian {
    Guardian { socket: data.join("guardian/attic.sock") }
}

/// Such a drive has no buttons: those of the terminal are tried.
pub(super) fn press(tried: Tried, window: &mut Window) {
    match tried {
        Tried::Stop => window.press(" "),
        Tried::Return => window.press("r"),
    }
}

fn a_session(dialect: &str) {
    let drive = named(dialect);
    let served = Served::new(&["--seed", "1", "--dialect", dialect]);
    let data = table(&served, drive);
    let guardian = guardian(data.path());
    commission_as(data.path(), identity(data.path()), driver(drive));
    let (hands, looks) = looking(served);
    let mut window = session(data.path());
    go_through(&mut window, press);
    assert_eq!(window.quit(), Some(0));
    guardian.leaves();
    drop(hands);
    let line = looks.join().expect("it looked to the end");
    is_the_session_in_process(&line, Some(drive.fastest()), data.path());
}

#[test]
fn whole_sessions_on_every_guarded_drive_are_the_session_in_process() {
    // Side by side: one after another they take ten minutes of life's own time.
    std::thread::scope(|scope| {
        let sessions = ["jrk", "tic", "roboclaw", "linak"]
            .map(|dialect| (dialect, scope.spawn(move || a_session(dialect))));
        let ended = sessions.map(|(dialect, session)| (dialect, session.join().is_ok()));
        assert!(ended.iter().all(|(_, well)| *well), "{ended:?}");
    });
}
