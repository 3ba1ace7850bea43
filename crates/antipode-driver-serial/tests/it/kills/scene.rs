//! One table, one host, one fate at a drawn moment, and what the bed did.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use antipode_sim::faults::{Fault, FaultKind};
use antipode_sim::pty::Plugged;
use rustix::event::{Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};

use super::fate::{Fate, Trouble};
use super::part::{HostProcess, Part, Told};
use super::table::Which;
use super::watched::{Bed, Watched};
use crate::draw::Draw;

/// Everything here happens within this.
const PATIENCE: Duration = Duration::from_secs(150);
/// So long nothing turns after a start of a controller, or of a guardian.
const STARTS_MS: usize = 6_000;

/// What happened, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passed {
    pub(super) fate: Fate,
    /// When.
    pub(super) from: usize,
    /// The first moment at which the bed stood.
    pub(super) stood: usize,
    /// When the host was lost for good, where somebody then brings the bed home.
    pub(super) lost: Option<usize>,
    /// The bed was head-down then, and turning.
    pub(super) down: bool,
    pub(super) turned: bool,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Came {
    pub(crate) which: Which,
    pub(crate) fate: Fate,
    /// The bed was head-down at that moment.
    pub(crate) down: bool,
    /// It was turning.
    pub(crate) turned: bool,
    pub(crate) stood_ms: usize,
    pub(crate) home_ms: Option<usize>,
    pub(crate) motor_ms: Option<usize>,
    pub(crate) readings: usize,
    pub(crate) reading_mdeg: i32,
    /// The longest that the simulated device got no turn.
    pub(crate) late_ms: u64,
}

pub(crate) fn wait(what: &str, mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < PATIENCE, "waited in vain until {what}");
        let limit = Timespec::try_from(Duration::from_millis(10)).unwrap();
        poll(&mut [], Some(&limit)).unwrap();
    }
}

/// A table on a line, and the processes around it.
pub(crate) struct Scene<S> {
    pub(super) table: Plugged<Watched<S>>,
    dir: tempfile::TempDir,
    pub(super) part: Part,
    pub(super) told: Vec<Told>,
}

impl<S: Bed + Send> Scene<S> {
    pub(crate) fn new(bed: S, which: Which, serial: u32, late_ms: &Arc<AtomicU64>) -> Self {
        let table = Plugged::new(Watched::new(bed, Arc::clone(late_ms))).unwrap();
        // Where it may, the device goes before everything ordinary, as a device does.
        let first = table.with(|_| rustix::process::setpriority_process(None, -10));
        tracing::debug!(?first, "the priority of the simulated device");
        let dir = tempfile::tempdir().unwrap();
        let [port, sensor] = ["table", "sensor"].map(|name| dir.path().join(name));
        let socket = socket(dir.path());
        let part = Part { which, serial, port, sensor, socket };
        let scene = Self { table, dir, part, told: Vec::new() };
        scene.name_ports();
        scene
    }

    fn names(&self) -> impl Iterator<Item = &Path> {
        let has_sensor = self.part.which == Which::Tic;
        std::iter::once(&*self.part.port).chain(has_sensor.then_some(&*self.part.sensor))
    }

    fn name_ports(&self) {
        for (line, name) in self.names().enumerate() {
            symlink(self.table.path_of(line), name).unwrap();
        }
    }

    fn host(&mut self) -> HostProcess {
        let host = HostProcess::start(&self.part);
        self.told.push(host.told.clone());
        host
    }

    pub(super) fn now(&self) -> usize {
        self.table.with(|table| table.now_ms())
    }

    pub(super) fn tilt(&self) -> i32 {
        self.table.with(|table| table.bed.tilt_mdeg())
    }

    pub(super) fn until(&self, ms: usize) {
        wait("its time has come", || self.now() >= ms);
    }

    /// Lets the fate come at a drawn moment; what came of it.
    pub(crate) fn play(mut self, fate: Fate, chance: &mut Draw) -> Came {
        let mut host = self.host();
        // One in eight comes while the host still opens the table.
        if chance.between(0, 7) > 0 {
            let told = host.told.clone();
            wait("the host hears the table", || !told.lock().unwrap().is_empty());
            self.until(self.now() + chance.between(1_500, 12_000) as usize);
        } else {
            self.until(self.now() + chance.between(0, 600) as usize);
        }
        let (down, turned) = (self.tilt() > 0, self.turns());
        let passed = |(from, stood, lost)| Passed { fate, from, stood, lost, down, turned };
        let passed = match fate {
            Fate::HostKilled | Fate::HostReplaced | Fate::HostFrozen => {
                passed(self.host_lost(fate, &mut host, chance))
            }
            Fate::Restart | Fate::PowerCut => {
                passed(self.device_lost(fate, &mut host, down, chance))
            }
            Fate::Unplugged => passed(self.unplugged(&mut host, chance)),
            Fate::GuardianKilled => passed(self.guardian_lost(down)),
            Fate::Trouble(trouble) => self.troubled(trouble, &mut host, turned, chance),
        };
        let came = self.judge(&passed);
        host.kill();
        came
    }

    fn host_lost(
        &mut self,
        fate: Fate,
        host: &mut HostProcess,
        chance: &mut Draw,
    ) -> (usize, usize, Option<usize>) {
        if fate == Fate::HostFrozen {
            host.signal(Signal::STOP);
        } else {
            host.kill();
        }
        let from = self.now();
        let stood = self.stands_after(fate, from);
        let mut lost = from;
        if fate == Fate::HostReplaced {
            *host = self.host();
            self.connects(host, stood, from + 4_500);
            host.kill();
            lost = self.now();
        } else if fate == Fate::HostFrozen && chance.between(0, 1) == 0 {
            self.until(from + chance.between(500, 3_000) as usize);
            host.signal(Signal::CONT);
            self.until(self.now() + 1_000);
            host.kill();
            lost = self.now();
        }
        (from, stood, Some(lost))
    }

    fn device_lost(
        &self,
        fate: Fate,
        host: &mut HostProcess,
        down: bool,
        chance: &mut Draw,
    ) -> (usize, usize, Option<usize>) {
        let guarded = self.part.which.is_guarded();
        if guarded {
            // A guardian that lives would go on for its host, who is there and asks for it.
            host.watch();
        }
        // Without power a table whose weight brings it back does that: it must stand once it is over.
        let mut dark_ms = 0;
        let from = if fate == Fate::PowerCut {
            dark_ms = chance.between(300, 2_500) as usize;
            self.strike(FaultKind::PowerCut, dark_ms as u64)
        } else {
            self.strike(FaultKind::TableReset, 0)
        };
        let stood = self.stands_after(fate, from);
        self.until(from + STARTS_MS);
        let settled = if dark_ms > 0 { from + dark_ms + 800 } else { stood };
        // No start of a controller turns anybody by itself: people ask for the way back. A guardian
        // has not started, and brings the bed home where it knows where that is.
        if down && !guarded {
            self.never_turns(settled, from + STARTS_MS, fate);
        }
        let lost = (guarded && self.part.which.keeps_its_place()).then(|| {
            host.kill();
            self.now()
        });
        (from, stood.max(settled.min(self.now())), lost)
    }

    fn unplugged(
        &mut self,
        host: &mut HostProcess,
        chance: &mut Draw,
    ) -> (usize, usize, Option<usize>) {
        let from = self.unplug(chance);
        let stood = self.stands_after(Fate::Unplugged, from);
        // People look before they go on.
        host.watch();
        self.until(from + 4_000);
        host.kill();
        (from, stood, Some(self.now()))
    }

    fn guardian_lost(&self, down: bool) -> (usize, usize, Option<usize>) {
        let fate = Fate::GuardianKilled;
        let from = self.kill_guardian();
        let stood = self.stands_after(fate, from);
        self.until(from + STARTS_MS);
        // At rest the host that lives on may begin, as people do.
        if down {
            self.never_turns(stood, from + STARTS_MS, fate);
        }
        (from, stood, None)
    }

    /// The host lives and asks on; then it is killed too.
    fn troubled(
        &self,
        trouble: Trouble,
        host: &mut HostProcess,
        turned: bool,
        chance: &mut Draw,
    ) -> Passed {
        let fate = Fate::Trouble(trouble);
        let from = self.table.with(move |table| {
            table.bed.trouble(trouble);
            table.now_ms()
        });
        self.until(from + chance.between(400, 4_000) as usize);
        let healed = self.table.with(|table| {
            table.bed.heal();
            table.now_ms()
        });
        if trouble.silences(self.part.which) {
            self.never_lowers(from + self.stands_within_ms(fate), healed, fate);
        }
        self.until(healed + chance.between(0, 1_500) as usize);
        host.kill();
        let lost = self.now();
        let stood = self.stands_after(fate, lost);
        Passed { fate, from: lost, stood, lost: Some(lost), down: self.tilt() > 0, turned }
    }

    fn strike(&self, kind: FaultKind, lasts_ms: u64) -> usize {
        self.table.with(move |table| {
            // The next turn but one of a table with a controller.
            let at_ms = (table.now_ms() as u64 / 10 + 2) * 10;
            let fault = Fault::at(kind, at_ms);
            table.bed.strike(if lasts_ms > 0 { fault.lasting(lasts_ms) } else { fault });
        });
        self.now()
    }

    /// The cable is pulled, and plugged in again after a while. Its name leads nowhere meanwhile: it
    /// may be given to another table at once.
    fn unplug(&mut self, chance: &mut Draw) -> usize {
        for name in self.names() {
            std::fs::remove_file(name).unwrap();
        }
        self.table.unplug();
        let from = self.now();
        self.until(from + chance.between(100, 3_000) as usize);
        self.table.plug_in().unwrap();
        self.name_ports();
        from
    }
    fn guardian(&self) -> Option<Pid> {
        let pid = self.part.socket.with_extension("sock.pid");
        Pid::from_raw(std::fs::read_to_string(pid).ok()?.trim().parse().ok()?)
    }

    fn kill_guardian(&self) -> usize {
        wait("there is a guardian", || self.guardian().is_some());
        if let Some(pid) = self.guardian() {
            kill_process(pid, Signal::KILL).unwrap();
        }
        self.now()
    }
}

fn socket(dir: &Path) -> PathBuf {
    dir.join("guardian").join("drive.sock")
}

impl<S> Drop for Scene<S> {
    /// No guardian outlives its table.
    fn drop(&mut self) {
        let pid = socket(self.dir.path()).with_extension("sock.pid");
        let text = std::fs::read_to_string(pid).unwrap_or_default();
        if let Some(pid) = text.trim().parse().ok().and_then(Pid::from_raw) {
            // It may have left by itself.
            let killed = kill_process(pid, Signal::KILL);
            tracing::debug!(?killed, "the guardian of a scene that is over");
        }
    }
}
