//! A drive without a controller, simulated on a pseudo-terminal, behind a guardian in a thread.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use antipode_device::conformance::{Act, NotTried, Rig, Second, Tried, Trouble};
use antipode_device::{Address, OpenTable, TableDriver, TableError};
use antipode_driver_serial::guardian::{
    GuardedDriver, GuardianPlan, Inclinometer, Launch, Loudness, Shell, Vigil,
};
use antipode_guardian::AngleFrom;
use antipode_sim::device::SerialTable;
use antipode_sim::faults::{Fault, FaultKind};
use antipode_sim::pty::Plugged;
use async_trait::async_trait;

use super::plugged::Printer;
use crate::drives::rig::Kind;

/// A guardian in a thread, until it is dropped: then it says nothing more, as after a kill.
struct Guardian {
    go: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Guardian {
    /// At the port `drive`, with the angle of the sensor at `sensor` where the kind has one.
    fn start(kind: &Kind, drive: &Path, sensor: Option<PathBuf>, socket: &Path) -> Self {
        let go = Arc::new(AtomicBool::new(true));
        let (goes, port) = (Arc::clone(&go), drive.display().to_string());
        let (model, config, stroke) = (kind.model(), kind.config(), kind.stroke());
        let make = kind.make;
        let socket = socket.to_owned();
        let thread = std::thread::spawn(move || {
            let sensor = sensor.map(|path| {
                let mut opens = crate::guarded::sensor::opens(&path);
                // The thread of the sensor before lets its port go in its own time.
                loop {
                    if let Ok(open) = opens() {
                        return Inclinometer::new(Some(open), opens);
                    }
                    assert!(goes.load(Ordering::Acquire), "the sensor never opened");
                }
            });
            let (drive, line) = (make(&model), model.line);
            let loudness = Loudness::default();
            let plan = GuardianPlan { drive, port, line, config, stroke, sensor, socket, loudness };
            let vigil = Vigil::stated("a test".to_owned());
            Shell::open(plan, vigil).unwrap().run_while(|| goes.load(Ordering::Acquire));
        });
        Self { go, thread: Some(thread) }
    }
}

impl Drop for Guardian {
    fn drop(&mut self) {
        self.go.store(false, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// A guarded table with everything around it.
pub(crate) struct GuardedRig {
    guardian: Option<Guardian>,
    kind: Kind,
    table: Plugged<SerialTable>,
    dir: tempfile::TempDir,
    second: Option<OpenTable>,
}

impl GuardedRig {
    pub(crate) fn new(kind: Kind) -> Self {
        let table = Plugged::new(SerialTable::new(&kind.device(), 1)).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let mut rig = Self { guardian: None, kind, table, dir, second: None };
        rig.guard();
        rig
    }

    fn socket(&self) -> PathBuf {
        self.dir.path().join("guardian").join("drive.sock")
    }

    fn guard(&mut self) {
        let socket = self.socket();
        self.guardian =
            Some(Guardian::start(&self.kind, self.table.path(), self.sensor(), &socket));
    }

    /// Where the sensor beside the drive is.
    fn sensor(&self) -> Option<PathBuf> {
        (self.kind.angle != AngleFrom::Drive).then(|| self.table.path_of(1).to_owned())
    }

    async fn open_at(&mut self, socket: PathBuf) -> Result<OpenTable, TableError> {
        let launch = Launch { socket, argv: Vec::new() };
        let driver =
            GuardedDriver::new(self.kind.name, "a guarded drive", launch, crate::guarded::RANGED);
        driver.open(&Address("the simulated drive".into())).await
    }
}

#[async_trait]
impl Rig for GuardedRig {
    async fn open(&mut self) -> Result<OpenTable, TableError> {
        self.open_at(self.socket()).await
    }

    fn true_tilt_mdeg(&mut self) -> i32 {
        self.table.with(|table| table.plant().true_tilt_mdeg())
    }

    fn can(&self, act: Act) -> Tried<()> {
        let lacks = match act {
            Act::Unplug => "its host's line is a socket of this machine: it has no cable",
            Act::Trouble(Trouble::AnswersLost) => {
                "its host's line is a socket, which loses nothing"
            }
            Act::Trouble(Trouble::Twice) => "its host's line is a socket, which repeats nothing",
            Act::StaleBytes => "a socket begins empty",
            Act::OutliveHost
            | Act::Trouble(Trouble::None | Trouble::Late(_) | Trouble::Garbage)
            | Act::SecondHost
            | Act::WrongDevice
            | Act::Restart => return Ok(()),
        };
        Err(NotTried(lacks))
    }

    fn unplug(&mut self) -> Tried<()> {
        self.can(Act::Unplug)
    }

    fn plug(&mut self) -> Tried<()> {
        self.can(Act::Unplug)
    }

    /// On the drive's line: the host's loses nothing.
    fn trouble(&mut self, trouble: Trouble) -> Tried<()> {
        let (kind, value) = match trouble {
            Trouble::None => {
                self.table.with(SerialTable::heal);
                return Ok(());
            }
            Trouble::AnswersLost | Trouble::Twice => return self.can(Act::Trouble(trouble)),
            Trouble::Late(ms) => (FaultKind::Delay, Some(i64::from(ms) * 1_000)),
            Trouble::Garbage => (FaultKind::BurstNoise, None),
        };
        self.table.with(move |table| {
            table.add_fault(Fault { value, ..Fault::at(kind, table.now_ms()) });
        });
        Ok(())
    }

    async fn second_host(&mut self) -> Tried<Second> {
        self.second = self.open().await.ok();
        Ok(if self.second.is_some() { Second::HasIt } else { Second::Refused })
    }

    async fn open_wrong_device(&mut self) -> Tried<Result<OpenTable, TableError>> {
        let printer = Plugged::new(Printer::new());
        let printer = printer.map_err(|_| NotTried("no pseudo-terminal is left"))?;
        let socket = self.dir.path().join("other").join("drive.sock");
        self.guardian = None;
        let other = Guardian::start(&self.kind, printer.path(), self.sensor(), &socket);
        let opened = self.open_at(socket).await;
        drop(other);
        Ok(opened)
    }

    fn stale_bytes(&mut self) -> Tried<()> {
        self.can(Act::StaleBytes)
    }

    /// The controller of a guarded table is its guardian.
    fn restart_device(&mut self) -> Tried<()> {
        self.guardian = None;
        self.guard();
        Ok(())
    }
}
