//! A guardian sleeps with its computer: nobody is lowered without a lock against sleep, and a lock
//! that is lost brings the person up (H-03). The real programs, with a login manager of the tests.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::guarded::{Drive, named};
use super::hardware::{commission_as, identity, session};
use super::running::text;
use super::screen::Window;
use super::served::Served;
use super::wire::guarded::{driver, table};
use super::wire::{Somebody, Tried};
use super::{APART, FORGOTTEN};

/// No lock, no lowering and no way home of these tests takes a fraction of it.
const PATIENCE: Duration = Duration::from_secs(240);

/// A served table whose guardian asks a login manager of the tests.
struct Bed {
    served: Served,
    data: TempDir,
    guardian: Child,
}

impl Bed {
    /// `manager` is what stands in the place of `systemd-inhibit`, if anything does.
    fn new(manager: Option<&str>) -> Self {
        let drive = named("jrk");
        let served = Served::new(&["--seed", "1", "--dialect", drive.dialect]);
        let data = table(&served, drive);
        std::fs::remove_file(data.path().join("site.toml")).expect("a folder of its own");
        let programs = data.path().join("programs");
        std::fs::create_dir(&programs).expect("a folder of its own");
        let mut path = programs.clone().into_os_string();
        if let Some(manager) = manager {
            let program = programs.join("systemd-inhibit");
            std::fs::write(&program, format!("#!/bin/sh\n{manager}\n"))
                .expect("a folder of its own");
            std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755))
                .expect("a folder of its own");
            path.push(":/usr/bin:/bin");
        }
        let guardian = guard(data.path(), &path);
        let bed = Self { served, data, guardian };
        bed.commission(drive);
        bed
    }

    fn commission(&self, drive: &Drive) {
        commission_as(self.data.path(), identity(self.data.path()), driver(drive));
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.data.path().join("programs").join(name)
    }
}

impl Drop for Bed {
    fn drop(&mut self) {
        self.guardian.kill().unwrap_or_default();
        self.guardian.wait().expect("it ends");
    }
}

/// The guardian that a host would start, with these programs.
fn guard(data: &Path, path: &std::ffi::OsStr) -> Child {
    let socket = data.join("guardian/attic.sock");
    let mut command = Command::new(env!("CARGO_BIN_EXE_antipode"));
    for name in FORGOTTEN {
        command.env_remove(name);
    }
    let guardian = command
        .envs(APART)
        .env("PATH", path)
        .args(["guardian", "--table", "attic", "--data", text(data), "--socket", text(&socket)])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let until = Instant::now() + PATIENCE;
    while !socket.exists() {
        assert!(Instant::now() < until, "it never listens");
        std::thread::yield_now();
    }
    guardian
}

/// Such a drive has no buttons: those of the terminal are tried.
fn press(tried: Tried, window: &mut Window) {
    match tried {
        Tried::Stop => window.press(" "),
        Tried::Return => window.press("r"),
    }
}

#[test]
fn a_lock_that_is_lost_as_the_person_goes_down_brings_them_up() {
    let mut bed = Bed::new(Some("[ -e \"$0.dead\" ] && exit 1\necho $$ > \"$0.pid\"\nexec cat"));
    let mut window = session(bed.data.path());
    let (mut somebody, until) = (Somebody::default(), Instant::now() + PATIENCE);
    while bed.served.true_tilt() < 5.0 {
        assert!(Instant::now() < until, "{}", window.text());
        window.glance(Duration::from_millis(100));
        somebody.answer(&mut window, press);
    }
    std::fs::write(bed.file("systemd-inhibit.dead"), "").unwrap();
    let pid = std::fs::read_to_string(bed.file("systemd-inhibit.pid")).unwrap();
    let pid = Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
    let mut deepest = 0.0_f64;
    loop {
        assert!(Instant::now() < until, "{}", window.text());
        let tilt = bed.served.true_tilt();
        deepest = deepest.max(tilt);
        if tilt <= 0.0 {
            break;
        }
        window.glance(Duration::from_millis(100));
    }
    window.wait_for("this computer may fall asleep");
    // The plan goes to 12 degrees and stays there for 20 seconds.
    assert!(deepest < 11.0, "{deepest}");
}

#[test]
fn without_a_lock_a_session_head_down_is_refused_with_what_would_change_it() {
    for (manager, seen) in [
        (None, "cannot be started"),
        (Some("echo Access denied >&2\nexit 1"), "Access denied"),
        (Some("exit 0"), "ended without a word"),
    ] {
        let mut bed = Bed::new(manager);
        let mut window = session(bed.data.path());
        window.wait_for("this computer may fall asleep");
        window.wait_for(seen);
        window.wait_for("[never_sleeps]");
        assert_eq!(window.end(), Some(3), "{seen}");
        assert!(bed.served.true_tilt() <= 0.0);
    }
}
