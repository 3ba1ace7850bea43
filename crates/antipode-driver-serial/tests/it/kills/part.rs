//! The processes that are killed: this very program, told to play the host or the guardian.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use antipode_device::{
    Address, BootClock, CommandId, Rates, ReturnMotion, Table, TableDriver, TableEvent,
};
use antipode_driver_serial::LinkDriver;
use antipode_driver_serial::guardian::{GuardedDriver, Launch, serve};
use antipode_safety::{
    Angle, DriveState, Envelope, FaultSet, Guard, Leave, Limits, Millis, Motion, Rate, Reading,
    Setting, Timestamp,
};
use rustix::process::{Pid, Signal, kill_process};

use crate::guarded;

/// What a process is told: `PORT`, and for a guarded table the guardian's socket behind a space.
const PART: &str = "ANTIPODE_KILLS_PART";
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

/// A process that plays the host.
pub(crate) struct HostProcess {
    child: Child,
    pub(crate) told: Told,
}

impl HostProcess {
    /// Starts one on `port`, through a guardian where there is a `socket`.
    pub(crate) fn start(port: &Path, socket: Option<&Path>) -> Self {
        let mut part = OsString::from(port);
        if let Some(socket) = socket {
            part.push(" ");
            part.push(socket);
        }
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([HOST, "--exact", "--nocapture"])
            .env(PART, part)
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

fn part() -> Option<(String, Option<String>)> {
    let text = std::env::var(PART).ok()?;
    Some(match text.split_once(' ') {
        Some((port, socket)) => (port.to_owned(), Some(socket.to_owned())),
        None => (text, None),
    })
}

/// Nothing unless it is told to: then a control loop with a real driver, until it is killed.
#[test]
fn plays_the_host_when_told_to() {
    let Some((port, socket)) = part() else { return };
    // A host whose test has ended must not find the port of another test under its old name.
    std::thread::spawn(|| {
        let ended = std::io::stdin().lines().all(|line| line.is_ok());
        std::process::exit(i32::from(!ended));
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let address = Address(port);
        let (table, _stopper) = match socket {
            None => LinkDriver.open(&address).await.unwrap(),
            Some(socket) => {
                let program = std::env::current_exe().unwrap().into_os_string();
                let words = [GUARDIAN, "--exact", "--nocapture"].map(OsString::from);
                let argv = std::iter::once(program).chain(words).collect();
                let launch = Launch { socket: socket.into(), argv };
                GuardedDriver::new("guarded", "", launch, None).open(&address).await.unwrap()
            }
        };
        Loop::new(table).run().await;
    });
}

/// Nothing unless it is told to: then the guardian of a simulated Jrk, until nobody needs it.
#[test]
fn plays_the_guardian_when_told_to() {
    let Some((port, Some(socket))) = part() else { return };
    std::fs::write(format!("{socket}.pid"), std::process::id().to_string()).unwrap();
    serve(guarded::jrk_plan(&port, Path::new(&socket))).unwrap();
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
    guard: Guard,
    seen: Option<Reading>,
    stage: Stage,
    beats: u32,
    /// It was connected and something has come up.
    began: bool,
}

impl Loop {
    fn new(table: Box<dyn Table>) -> Self {
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
        Self { table, guard, seen: None, stage: Stage::Start, beats: 0, began: false }
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
            TableEvent::Armed | TableEvent::Refused | TableEvent::Mismatch => {}
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
                let back = ReturnMotion { rate: Rate::clamped(3_000), held: false };
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
        let motion = Motion { target: DOWN, rate: Rate::clamped(3_000) };
        let Ok(permit) = self.guard.permit(now, motion, &leave) else { return Ok(()) };
        self.guard.commanded(now, permit.rate());
        self.table.start(CommandId(self.beats), permit).await
    }
}
