//! One table, one host, one fate at a drawn moment, and what the bed did.

use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use antipode_sim::faults::{Fault, FaultKind};
use antipode_sim::pty::Plugged;
use rustix::event::{Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};

use super::part::{HostProcess, Told};
use super::watched::{Bed, Moment, Watched};
use crate::draw::Draw;

/// The rest band must be reached within this after the loss of the host.
const HOME_MS: usize = 45_000;
/// A bed that stays within this (millidegrees) for [`STANDS_MS`] stands.
const STANDS_MDEG: i32 = 60;
const STANDS_MS: usize = 300;
/// What a standing bed may give way by: slack, and the settling of a drive.
const GIVES_MDEG: i32 = 200;
/// What a host takes for the angle is true if the bed was there, within the sensors' error, within
/// the lease and what it takes to tell it.
const READING_MDEG: i32 = 700;
const READING_MS: u64 = 600;
/// A bed that is up to its rest stays in the band.
const BAND_MDEG: core::ops::RangeInclusive<i32> = -10_200..=0;
/// Everything here happens within this.
const PATIENCE: Duration = Duration::from_secs(150);

/// What happens at the drawn moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// kill -9 of the host.
    HostKilled,
    /// The same, and soon afterwards another host connects, to be killed too.
    HostReplaced,
    /// The host gets no turn any more, or after a while again.
    HostFrozen,
    /// The table's controller starts again.
    Restart,
    /// The table has no power for a while.
    PowerCut,
    /// The cable is pulled and plugged in again under a new name.
    Unplugged,
    /// kill -9 of the guardian.
    GuardianKilled,
}

/// What a kind of table promises.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Promise {
    /// It stands so long after the last word of its host: lease, slowing, and what is on the wire.
    pub(crate) stands_ms: usize,
    /// A drive's own timeout and its ramp.
    pub(crate) timeout_ms: usize,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Came {
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
    table: Plugged<Watched<S>>,
    dir: tempfile::TempDir,
    guarded: bool,
    promise: Promise,
    told: Vec<Told>,
}

impl<S: Bed + Send> Scene<S> {
    pub(crate) fn new(bed: S, guarded: bool, promise: Promise, late_ms: &Arc<AtomicU64>) -> Self {
        let table = Plugged::new(Watched::new(bed, Arc::clone(late_ms))).unwrap();
        // Where it may, the device goes before everything ordinary, as a device does.
        let first = table.with(|_| rustix::process::setpriority_process(None, -10));
        tracing::debug!(?first, "the priority of the simulated device");
        let scene =
            Self { table, dir: tempfile::tempdir().unwrap(), guarded, promise, told: Vec::new() };
        symlink(scene.table.path(), scene.port()).unwrap();
        scene
    }

    fn port(&self) -> PathBuf {
        self.dir.path().join("table")
    }

    fn socket(&self) -> Option<PathBuf> {
        self.guarded.then(|| self.dir.path().join("guardian").join("drive.sock"))
    }

    fn host(&mut self) -> HostProcess {
        let host = HostProcess::start(&self.port(), self.socket().as_deref());
        self.told.push(host.told.clone());
        host
    }

    fn now(&self) -> usize {
        self.table.with(|table| table.now_ms())
    }

    fn tilt(&self) -> i32 {
        self.table.with(|table| table.bed.tilt_mdeg())
    }

    fn until(&self, ms: usize) {
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
        // Without power a table whose weight brings it back does that: it must stand once it is over.
        let mut dark_ms = 0;
        let from = match fate {
            Fate::HostKilled | Fate::HostReplaced => {
                host.kill();
                self.now()
            }
            Fate::HostFrozen => {
                host.signal(Signal::STOP);
                self.now()
            }
            Fate::Restart => self.strike(FaultKind::TableReset, 0),
            Fate::PowerCut => {
                dark_ms = chance.between(300, 2_500) as usize;
                self.strike(FaultKind::PowerCut, dark_ms as u64)
            }
            Fate::Unplugged => self.unplug(chance),
            Fate::GuardianKilled => self.kill_guardian(),
        };
        let stood = self.stands_after(from);
        let stood_ms = stood - from;
        assert!(stood_ms <= self.promise.stands_ms, "{fate:?}: it stood after {stood_ms} ms only");
        let mut lost = Some(from);
        match fate {
            Fate::HostKilled => {}
            Fate::HostReplaced => {
                host = self.host();
                self.connects(&host, stood, from + 4_500);
                host.kill();
                lost = Some(self.now());
            }
            Fate::HostFrozen => {
                if chance.between(0, 1) == 0 {
                    self.until(from + chance.between(500, 3_000) as usize);
                    host.signal(Signal::CONT);
                    self.until(self.now() + 1_000);
                    host.kill();
                    lost = Some(self.now());
                }
            }
            Fate::Restart | Fate::PowerCut | Fate::GuardianKilled => {
                // No start of a controller turns anybody by itself: people ask for the way back.
                self.until(from + 6_000);
                lost = None;
                let settled = if dark_ms > 0 { from + dark_ms + 800 } else { stood };
                // At rest the host that lives on may begin, as people do.
                if down {
                    self.never_turns(settled, from + 6_000, fate);
                }
            }
            Fate::Unplugged => {
                self.until(from + 4_000);
                host.kill();
                lost = Some(self.now());
            }
        }
        let home_ms = lost.filter(|_| down).map(|from| self.comes_home(from));
        host.kill();
        if down {
            self.never_lowers(stood, fate);
        }
        let motor_ms = (fate == Fate::GuardianKilled).then(|| self.motor_zero(from));
        let (readings, reading_mdeg) = self.readings();
        let late_ms = self.table.with(|table| table.late_ms.load(Ordering::Relaxed));
        Came { fate, down, turned, stood_ms, home_ms, motor_ms, readings, reading_mdeg, late_ms }
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

    fn unplug(&mut self, chance: &mut Draw) -> usize {
        self.table.unplug();
        let from = self.now();
        std::fs::remove_file(self.port()).unwrap();
        self.until(from + chance.between(100, 3_000) as usize);
        self.table.plug_in().unwrap();
        symlink(self.table.path(), self.port()).unwrap();
        from
    }

    fn guardian(&self) -> Option<Pid> {
        let pid = self.socket()?.with_extension("sock.pid");
        Pid::from_raw(std::fs::read_to_string(pid).ok()?.trim().parse().ok()?)
    }

    fn kill_guardian(&self) -> usize {
        wait("there is a guardian", || self.guardian().is_some());
        if let Some(pid) = self.guardian() {
            kill_process(pid, Signal::KILL).unwrap();
        }
        self.now()
    }

    /// What a guardian's own lateness may add on its way home, by its own log.
    fn lateness_ms(&self) -> usize {
        let Some(socket) = self.socket() else { return 0 };
        let log = std::fs::read_to_string(socket.with_extension("sock.log")).unwrap_or_default();
        let late =
            log.lines().filter_map(|line| line.split_once("no turn for ")?.1.split_once(' '));
        late.filter_map(|(ms, _)| ms.parse().ok())
            .map(|ms: usize| ms + if ms < 1_000 { 500 } else { 2_000 })
            .sum()
    }

    fn life(&self, from: usize) -> Vec<Moment> {
        self.table.with(move |table| table.life.get(from..).unwrap_or_default().to_vec())
    }

    fn turns(&self) -> bool {
        let now = self.now();
        let life = self.life(now.saturating_sub(200));
        life.first().zip(life.last()).is_some_and(|(a, b)| (a.tilt_mdeg - b.tilt_mdeg).abs() > 100)
    }

    /// The first moment from `from` on at which the bed stands.
    fn stands_after(&self, from: usize) -> usize {
        // A host that got no turn for seconds was lost before; the table's own return goes on.
        if self.table.with(|table| table.bed.returns_alone()) {
            return from;
        }
        let most = from + self.promise.stands_ms;
        self.until(most + STANDS_MS + 200);
        let life = self.life(from);
        let tilts = |at: usize| life.iter().skip(at).take(STANDS_MS).map(|m| m.tilt_mdeg);
        let stands = |at: &usize| {
            let (low, high) = (tilts(*at).min(), tilts(*at).max());
            high.zip(low).is_some_and(|(high, low)| high - low <= STANDS_MDEG)
        };
        let found = (0..life.len().saturating_sub(STANDS_MS)).find(stands);
        from + found.unwrap_or_else(|| {
            let inside = self.table.with(|table| table.bed.inside());
            panic!("the bed does not stand: {:?} {inside:?}", self.lately(from))
        })
    }

    /// A new host moves nothing by connecting. One that comes so late that the table is already on
    /// its way shows nothing.
    fn connects(&self, host: &HostProcess, stood: usize, before: usize) {
        wait("the new host hears the table", || !host.told.lock().unwrap().is_empty());
        let at = self.now();
        if at > before || self.tilt() <= 0 {
            return;
        }
        self.until(at + 1_500);
        // The table's own return, due by an earlier silence, is no doing of the new host.
        self.never_lowers(stood, Fate::HostReplaced);
    }

    fn never_turns(&self, stood: usize, until: usize, fate: Fate) {
        let life = self.life(stood);
        let Some(first) = life.first() else { return };
        for (ms, moment) in life.iter().take(until - stood).enumerate() {
            let gave = (moment.tilt_mdeg - first.tilt_mdeg).abs();
            assert!(
                gave <= GIVES_MDEG,
                "{fate:?}: it turned by {gave} mdeg {ms} ms after it stood: {:?}",
                self.lately(stood)
            );
        }
    }

    fn never_lowers(&self, stood: usize, fate: Fate) {
        let life = self.life(stood);
        let Some(first) = life.first() else { return };
        for (ms, moment) in life.iter().enumerate() {
            let gave = moment.tilt_mdeg - first.tilt_mdeg;
            assert!(gave <= GIVES_MDEG, "{fate:?}: lowered by {gave} mdeg {ms} ms after it stood");
        }
    }

    /// How long it takes into the rest band, where it stays.
    fn comes_home(&self, from: usize) -> usize {
        wait("the bed is home, or its time is over", || {
            self.tilt() <= 0 && self.now() > from
                || self.now() > from + HOME_MS + self.lateness_ms()
        });
        let took = self.life(from).iter().position(|moment| moment.tilt_mdeg <= 0);
        let Some(took) = took.filter(|took| *took <= HOME_MS + self.lateness_ms()) else {
            let (log, late) = (self.log(), self.lateness_ms());
            panic!("it is not home ({late} ms of lateness): {:?}\n{log}", self.lately(from));
        };
        self.until(self.now() + 2_500);
        assert!(BAND_MDEG.contains(&self.tilt()), "it ended at {}", self.tilt());
        took
    }

    /// When the motor stopped. What it does later is judged as motion.
    fn motor_zero(&self, from: usize) -> usize {
        let ran = self.life(from).iter().position(|moment| !moment.runs).unwrap_or(usize::MAX);
        assert!(ran <= self.promise.timeout_ms, "the motor ran {ran} ms after the guardian's end");
        ran
    }

    /// How many readings the hosts told, and how far the worst of them was from the truth.
    fn readings(&self) -> (usize, i32) {
        let life = self.life(0);
        let (mut count, mut worst) = (0, 0);
        for told in &self.told {
            for &(at, tilt) in told.lock().unwrap().iter() {
                let end = life.partition_point(|moment| moment.boot_ms <= at + 5);
                let first = life.partition_point(|moment| moment.boot_ms + READING_MS < at);
                let near = life.get(first.min(end.saturating_sub(1))..end).unwrap_or_default();
                let off = near.iter().map(|moment| (moment.tilt_mdeg - tilt).abs()).min();
                let off = off.unwrap_or(0);
                assert!(off <= READING_MDEG, "told {tilt} mdeg, {off} mdeg from the truth");
                (count, worst) = (count + 1, worst.max(off));
            }
        }
        (count, worst)
    }

    fn log(&self) -> String {
        let log =
            self.socket().map(|socket| std::fs::read_to_string(socket.with_extension("sock.log")));
        log.and_then(Result::ok).unwrap_or_default()
    }

    /// Twenty tilts a second since `from`, for a failure.
    fn lately(&self, from: usize) -> Vec<i32> {
        self.life(from).iter().step_by(50).map(|moment| moment.tilt_mdeg).collect()
    }
}

impl<S> Drop for Scene<S> {
    /// No guardian outlives its table.
    fn drop(&mut self) {
        let pid = self.dir.path().join("guardian").join("drive.sock.pid");
        let text = std::fs::read_to_string(pid).unwrap_or_default();
        if let Some(pid) = text.trim().parse().ok().and_then(Pid::from_raw) {
            // It may have left by itself.
            let killed = kill_process(pid, Signal::KILL);
            tracing::debug!(?killed, "the guardian of a scene that is over");
        }
    }
}
