//! A drive without a controller, simulated on a pseudo-terminal, behind a guardian in a thread.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use antipode_device::conformance::{NotTried, Rig, Second, Tried, Trouble};
use antipode_device::{Address, Axis, Mount, OpenTable, Sense, SensorDriver};
use antipode_device::{TableDriver, TableError};
use antipode_driver_serial::WitMotionDriver;
use antipode_driver_serial::guardian::{GuardedDriver, GuardianPlan, Launch, Shell};
use antipode_guardian::{Drive, GuardianConfig, StrokeTable};
use antipode_safety::{Angle, Timestamp};
use antipode_sim::device::{DeviceSetup, SerialTable};
use antipode_sim::faults::{Fault, FaultKind};
use antipode_sim::pty::Plugged;
use async_trait::async_trait;

use super::plugged::Printer;

const SOCKET: NotTried = NotTried("its host's line is a socket of this machine: it has no cable");

/// What makes one guarded table.
#[derive(Clone)]
pub(crate) struct Guarded {
    pub(crate) name: &'static str,
    pub(crate) setup: DeviceSetup,
    pub(crate) drive: fn() -> Box<dyn Drive>,
    pub(crate) config: GuardianConfig,
    pub(crate) stroke: StrokeTable,
    /// The angle comes from the sensor beside it, on line 1.
    pub(crate) sensor: bool,
}

/// A guardian in a thread, until it is dropped: then it says nothing more, as after a kill.
struct Guardian {
    go: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Guardian {
    fn start(table: &Guarded, drive: &Path, sensor: Option<PathBuf>, socket: &Path) -> Self {
        let (go, table) = (Arc::new(AtomicBool::new(true)), table.clone());
        let (goes, port) = (Arc::clone(&go), drive.display().to_string());
        let socket = socket.to_owned();
        let thread = std::thread::spawn(move || {
            let sensor = sensor.map(|path| {
                let runtime =
                    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let mount = Mount { axis: Axis::X, sense: Sense::Along, zero: Angle::LEVEL };
                let address = Address(format!("{}@115200", path.display()));
                let driver = WitMotionDriver::new(mount);
                // The thread of the sensor before lets its port go in its own time.
                loop {
                    if let Ok(open) = runtime.block_on(driver.open(&address)) {
                        return open;
                    }
                    assert!(goes.load(Ordering::Acquire), "the sensor never opened");
                }
            });
            let Guarded { drive, config, stroke, .. } = table;
            let plan = GuardianPlan { drive: drive(), port, config, stroke, sensor, socket };
            Shell::open(plan).unwrap().run_while(|| goes.load(Ordering::Acquire));
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
    made: Guarded,
    table: Plugged<SerialTable>,
    dir: tempfile::TempDir,
    second: Option<OpenTable>,
}

impl GuardedRig {
    pub(crate) fn new(made: &Guarded) -> Self {
        let table = Plugged::new(SerialTable::new(&made.setup, 1)).unwrap();
        // Where it may, the device goes before everything ordinary, as a device does.
        if table.with(|_| rustix::process::setpriority_process(None, -10)).is_err() {
            eprintln!("the simulated device runs at ordinary priority");
        }
        let dir = tempfile::tempdir().unwrap();
        let mut rig = Self { guardian: None, made: made.clone(), table, dir, second: None };
        rig.guard();
        rig
    }

    fn socket(&self) -> PathBuf {
        self.dir.path().join("guardian").join("drive.sock")
    }

    fn guard(&mut self) {
        let sensor = self.made.sensor.then(|| self.table.path_of(1).to_owned());
        let guardian = Guardian::start(&self.made, self.table.path(), sensor, &self.socket());
        self.guardian = Some(guardian);
    }

    async fn open_at(&mut self, socket: PathBuf) -> Result<OpenTable, TableError> {
        let launch = Launch { socket, argv: Vec::new() };
        let driver = GuardedDriver::new(self.made.name, "a guarded drive", launch, None);
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

    fn outlives_host(&self) -> Tried<()> {
        Ok(())
    }

    fn unplug(&mut self) -> Tried<()> {
        Err(SOCKET)
    }

    fn plug(&mut self) -> Tried<()> {
        Err(SOCKET)
    }

    /// On the drive's line: the host's loses nothing.
    fn trouble(&mut self, trouble: Trouble) -> Tried<()> {
        let (kind, value) = match trouble {
            Trouble::None => return Ok(self.table.with(SerialTable::heal)),
            Trouble::AnswersLost => {
                return Err(NotTried("its host's line is a socket, which loses nothing"));
            }
            Trouble::Twice => {
                return Err(NotTried("its host's line is a socket, which repeats nothing"));
            }
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
        let printer = Printer { next: Timestamp::ZERO, now: Timestamp::ZERO };
        let printer = Plugged::new(printer).map_err(|_| NotTried("no pseudo-terminal is left"))?;
        let socket = self.dir.path().join("other").join("drive.sock");
        let sensor = self.made.sensor.then(|| self.table.path_of(1).to_owned());
        self.guardian = None;
        let other = Guardian::start(&self.made, printer.path(), sensor, &socket);
        let opened = self.open_at(socket).await;
        drop(other);
        Ok(opened)
    }

    fn stale_bytes(&mut self) -> Tried<()> {
        Err(NotTried("a socket begins empty"))
    }

    /// The controller of a guarded table is its guardian.
    fn restart_device(&mut self) -> Tried<()> {
        self.guardian = None;
        self.guard();
        Ok(())
    }
}
