//! The processes that are killed: this very program, told to play the host or the guardian.

use std::ffi::OsString;
use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use antipode_device::{
    Address, BootClock, CommandId, Rates, ReturnMotion, Table, TableDriver, TableEvent,
};
use antipode_driver_serial::LinkDriver;
use antipode_driver_serial::guardian::{GuardedDriver, Launch, Vigil, serve};
use antipode_safety::{
    Angle, DriveState, Envelope, FaultSet, Guard, Leave, Limits, Millis, Motion, Rate, Reading,
    Setting, Timestamp,
};
use rustix::process::{Pid, Signal, kill_process};

use super::table::Which;

/// What a process is told: the words of a [`Part`].
const PART: &str = "ANTIPODE_KILLS_PART";
/// What a host is told on its standard input: to give no order from now on.
const WATCH: &str = "watch";
/// The names of the tests that play.
const HOST: &str = "kills::part::plays_the_host_when_told_to";
const GUARDIAN: &str = "kills::part::plays_the_guardian_when_told_to";
/// The control loop speaks this often, as the engine does.
const BEAT: Duration = Duration::from_millis(80);
/// It lowers the bed so far.
const DOWN: Angle = Angle::clamped(11_000);
/// ... and lets it rest there for so many beats.
const REST_BEATS: u32 = 12;

/// What a host took for the angle on its way: the machine's time and the tilt.
pub(crate) type Told = Arc<Mutex<Vec<(u64, i32)>>>;

/// Which table a process is for, and where it is.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) which: Which,
    /// The number of the table: no process takes another one for it.
    pub(crate) serial: u32,
    pub(crate) port: PathBuf,
    /// The port of the sensor beside it, where there is one.
    pub(crate) sensor: PathBuf,
    /// Where its guardian listens, where it has one.
    pub(crate) socket: PathBuf,
}

impl Part {
    fn told() -> Option<Self> {
        let text = std::env::var(PART).ok()?;
        let words: Vec<&str> = text.split(' ').collect();
        let [which, serial, port, sensor, socket] = words[..] else { panic!("{text}") };
        Some(Self {
            which: which.parse().unwrap(),
            serial: serial.parse().unwrap(),
            port: port.into(),
            sensor: sensor.into(),
            socket: socket.into(),
        })
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { which, serial, port, sensor, socket } = self;
        let [port, sensor, socket] = [port, sensor, socket].map(|path| path.display());
        write!(f, "{which:?} {serial} {port} {sensor} {socket}")
    }
}

/// A process that plays the host.
pub(crate) struct HostProcess {
    child: Child,
    pub(crate) told: Told,
}

impl HostProcess {
    /// Starts one.
    pub(crate) fn start(part: &Part) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([HOST, "--exact", "--nocapture"])
            .env(PART, part.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let told = Told::default();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let heard = Arc::clone(&told);
        // Ends with the stream, which ends with the program.
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                heard.lock().unwrap().extend(reading_of(&line));
            }
        });
        Self { child, told }
    }

    /// It gives no order from now on: people would have to look. One that is gone gives none.
    pub(crate) fn watch(&mut self) {
        let said = self.child.stdin.as_mut().map(|stdin| writeln!(stdin, "{WATCH}"));
        tracing::debug!(?said, "the host only watches");
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Kills it without warning and waits for its end.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for HostProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A whole line: one that ends in a dot was not cut by the kill.
fn reading_of(line: &str) -> Option<(u64, i32)> {
    let mut words = line.strip_suffix(" .")?.rsplit(' ');
    let (tilt, at) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    Some((at, tilt))
}

/// Nothing unless it is told to: then a control loop with a real driver, until it is killed.
#[test]
fn plays_the_host_when_told_to() {
    let Some(part) = Part::told() else { return };
    let watches = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&watches);
    // A host whose test has ended ends too.
    std::thread::spawn(move || {
        for line in std::io::stdin().lines() {
            told.fetch_or(line.is_ok_and(|line| line == WATCH), Ordering::AcqRel);
        }
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let address = Address(part.port.display().to_string());
        let (table, _stopper) = if part.which.is_guarded() {
            let program = std::env::current_exe().unwrap().into_os_string();
            let words = [GUARDIAN, "--exact", "--nocapture"].map(OsString::from);
            let argv = std::iter::once(program).chain(words).collect();
            let launch = Launch { socket: part.socket.clone(), argv };
            let driver = GuardedDriver::new("guarded", "", launch, part.which.stated());
            driver.of(part.which.identity(part.serial)).open(&address).await.unwrap()
        } else {
            LinkDriver.open(&address).await.unwrap()
        };
        assert_eq!(table.capabilities().serial, part.serial);
        Loop::new(table, watches).run().await;
    });
}

/// Nothing unless it is told to: then the guardian of a simulated drive, until nobody needs it.
#[test]
fn plays_the_guardian_when_told_to() {
    let Some(Part { which, serial, port, sensor, socket }) = Part::told() else { return };
    std::fs::write(socket.with_extension("sock.pid"), std::process::id().to_string()).unwrap();
    let [port, sensor] = [port, sensor].map(|path| path.display().to_string());
    let plan = which.plan(serial, &port, &sensor, &socket);
    serve(plan, Vigil::stated("a test".to_owned())).unwrap();
}

/// What the loop is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// To rest, clear what is latched, arm.
    Start,
    Lower,
    /// Beats that it is still to stand head-down.
    Stand(u32),
    /// Something was lost on the way: people would have to look. It only says that it lives.
    Watch,
}

struct Loop {
    table: Box<dyn Table>,
    /// As fast as the table can, up to 3 degrees a second.
    rate: Rate,
    guard: Guard,
    seen: Option<Reading>,
    stage: Stage,
    beats: u32,
    /// It was told to give no order any more.
    watches: Arc<AtomicBool>,
    /// It was connected and something has come up.
    began: bool,
}

impl Loop {
    fn new(table: Box<dyn Table>, watches: Arc<AtomicBool>) -> Self {
        let stated = table.capabilities();
        let max_rate = match stated.rates {
            Rates::Range { fastest, .. } | Rates::Fixed(fastest) => fastest,
        };
        let envelope = Envelope {
            lease: stated.lease,
            stop_decel_millideg_per_s2: stated.stop_decel,
            max_rate,
        };
        let guard = Guard::new(Limits::hard(Setting::Home), envelope);
        // One that finds the bed head-down has not brought it there.
        let stage = Stage::Start;
        let rate = max_rate.min(Rate::clamped(3_000));
        Self { table, rate, guard, seen: None, stage, beats: 0, watches, began: false }
    }

    async fn run(mut self) {
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = beat.tick() => self.beat().await,
                event = self.table.next_event() => self.hear(event.unwrap()),
            }
        }
    }

    fn hear(&mut self, event: TableEvent) {
        match event {
            TableEvent::Reading(reading) => {
                let now = BootClock.now();
                // An angle that the guard rejects is not taken.
                self.guard.observe(now, &reading);
                self.tell(now);
                if !self.began {
                    self.began = true;
                    let down = reading.tilt.is_some_and(|tilt| tilt > Angle::LEVEL);
                    self.stage = if down { Stage::Watch } else { self.stage };
                }
                self.seen = Some(reading);
            }
            TableEvent::Lost(_) | TableEvent::SessionLost | TableEvent::Connected(_) => {
                self.guard.restart();
                self.seen = None;
                if self.began {
                    self.stage = Stage::Watch;
                }
            }
            TableEvent::Armed
            | TableEvent::Refused
            | TableEvent::Mismatch
            | TableEvent::FaultBegan(_) => {}
        }
    }

    /// Tells what is taken for the angle now, by the guard that every session asks.
    fn tell(&self, now: Timestamp) {
        if let Some(tilt) = self.guard.angle().state(now).steerable() {
            let line = format!(" {} {} .\n", now.as_millis(), tilt.millideg());
            std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
        }
    }

    /// One beat. What a lost line does not take is what the next report tells.
    async fn beat(&mut self) {
        self.beats += 1;
        if self.watches.load(Ordering::Acquire) {
            self.stage = Stage::Watch;
        }
        self.tell(BootClock.now());
        if let Some(seen) = self.seen {
            let said = self.step(seen).await;
            if said.is_err() {
                self.stage = Stage::Watch;
            }
        }
        if self.table.heartbeat().await.is_err() {
            self.stage = Stage::Watch;
        }
    }

    async fn step(&mut self, seen: Reading) -> Result<(), antipode_device::TableError> {
        let tilt = seen.tilt.unwrap_or(Angle::LEVEL);
        match self.stage {
            Stage::Watch => Ok(()),
            Stage::Start if tilt > Angle::clamped(-1_000) => {
                let back = ReturnMotion { rate: self.rate, held: false };
                self.table.return_to_rest(back).await
            }
            Stage::Start if seen.drive == DriveState::Holding => {
                self.stage = Stage::Lower;
                Ok(())
            }
            // A person takes longer, and so does the table to say what came of it.
            Stage::Start if !self.beats.is_multiple_of(4) => Ok(()),
            Stage::Start if seen.faults.is_empty() => self.table.arm().await,
            Stage::Start => self.table.clear_faults(FaultSet::from_bits(u16::MAX)).await,
            Stage::Lower if tilt >= DOWN.moved(-500) => {
                self.stage = Stage::Stand(REST_BEATS);
                Ok(())
            }
            // A busy machine costs a motion its lease now and then.
            Stage::Lower if !seen.faults.is_empty() => {
                self.stage = Stage::Start;
                Ok(())
            }
            Stage::Lower => self.lower(seen).await,
            Stage::Stand(0) => {
                self.stage = Stage::Start;
                Ok(())
            }
            Stage::Stand(left) => {
                self.stage = Stage::Stand(left - 1);
                Ok(())
            }
        }
    }

    async fn lower(&mut self, seen: Reading) -> Result<(), antipode_device::TableError> {
        let now = BootClock.now();
        let leave = Leave {
            armed: true,
            stop_clear: true,
            return_held: false,
            latches: seen.latches,
            journal_ready: true,
            dose_left: Millis::from_secs(420),
        };
        let motion = Motion { target: DOWN, rate: self.rate };
        let Ok(permit) = self.guard.permit(now, motion, &leave) else { return Ok(()) };
        self.guard.commanded(now, permit.rate());
        self.table.start(CommandId(self.beats), permit).await
    }
}
