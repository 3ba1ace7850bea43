//! How late the control loop turns on the machine's own clock, alone and beside a busy disk and a
//! busy standard output.
//!
//! The loop, its timer, its table port and its journal on the disk are those of a real run, on a
//! thread of their own; the table is simulated. The yardstick is a thread that does nothing but wait
//! for the same kind of timer, in the same seconds.

use std::fs::File;
use std::io::{PipeReader, Write, pipe};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::SystemTime;

use antipode_device::BootClock;
use antipode_engine::real::{Clock, Control, RealClock};
use antipode_engine::{Dates, SessionJournal};
use antipode_records::disk::RealDisk;
use antipode_records::session::Start;
use antipode_records::{NewSession, Room, SessionId, Store, spawn};
use antipode_safety::{Millis, Timestamp};
use antipode_sim::driver::SimDriver;
use antipode_sim::person::PersonConfig;
use antipode_sim::world::WorldSetup;
use rustix::time::{ClockId, clock_gettime};

use crate::report::{Budget, Row};
use crate::session::Recording;
use crate::{Rows, measure};

/// The loop turns this often, as `antipode_engine` has it.
const EVERY_US: f64 = 20_000.0;
/// Ten seconds of turns.
const TURNS: usize = 500;
/// What 99 of 100 turns are not later than while the machine does nothing else, microseconds.
const IDLE_P99_US: f64 = 300.0;
/// After this the watchdog takes the loop for frozen, microseconds.
const WATCHDOG_US: f64 = 150_000.0;
/// Bytes between two commits of the busy disk.
const BURST: usize = 1 << 20;

type Failed = Box<dyn std::error::Error>;

pub(crate) fn rows(recording: &Recording) -> Rows {
    let mut rows = Vec::new();
    for (name, loaded) in [("no load of ours", false), ("disk and stdout busy", true)] {
        let (ours, bare) = lateness_us(recording, loaded)?;
        let row = |what: &str, permille| {
            let bare = measure::share(bare.clone(), permille);
            let value = measure::share(ours.clone(), permille);
            Row::new(format!("control tick late, {name}, {what}, wall"), value, "us")
                .against("bare timer thread", bare)
        };
        let p99 = row("p99", 990);
        rows.push(if loaded { p99 } else { p99.aimed_at(Budget::AtMost(IDLE_P99_US)) });
        let slowest = row("slowest", 1_000);
        rows.push(slowest.aimed_at(Budget::AtMost(WATCHDOG_US)));
    }
    Ok(rows)
}

/// How late each turn of the control loop and of the bare timer was.
fn lateness_us(recording: &Recording, loaded: bool) -> Result<(Vec<f64>, Vec<f64>), Failed> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let load = if loaded { Some(Load::begin(folder.path())?) } else { None };
    let bare = thread::spawn(bare_timer);
    let ours = control_loop(recording, folder.path())?;
    let bare = bare.join().map_err(|_| "the bare timer panicked")??;
    load.map_or(Ok(()), Load::end)?;
    Ok((ours, bare))
}

fn now_us() -> f64 {
    let time = clock_gettime(ClockId::Boottime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}

/// The real clock, with a note of how late each tick came.
struct Noting {
    clock: RealClock,
    due_us: f64,
    late: Sender<f64>,
}

impl Noting {
    fn new(late: Sender<f64>) -> std::io::Result<Self> {
        // Read before the timer is set: it errs towards late.
        let due_us = now_us() + EVERY_US;
        Ok(Self { clock: RealClock::new()?, due_us, late })
    }
}

impl Clock for Noting {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn wall(&self) -> SystemTime {
        self.clock.wall()
    }

    fn asleep(&self) -> Millis {
        self.clock.asleep()
    }

    async fn tick(&mut self) {
        self.clock.tick().await;
        let now_us = now_us();
        // Whoever counts has enough after a while.
        self.late.send(now_us - self.due_us).unwrap_or(());
        while self.due_us <= now_us {
            self.due_us += EVERY_US;
        }
    }
}

fn bare_timer() -> Result<Vec<f64>, std::io::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (sender, late) = channel();
    runtime.block_on(async {
        let mut clock = Noting::new(sender)?;
        for _ in 0..TURNS {
            clock.tick().await;
        }
        Ok::<(), std::io::Error>(())
    })?;
    Ok(late.try_iter().collect())
}

/// Runs the control loop of a session that waits to be begun.
fn control_loop(recording: &Recording, folder: &Path) -> Result<Vec<f64>, Failed> {
    let now = BootClock.now();
    let stamp = Dates::Machine.stamp(now);
    let disk = Arc::new(RealDisk::open(&folder.join("journal"))?);
    let (store, _recovery) = Store::open(disk, Room::NORMAL, stamp)?;
    let new = NewSession {
        session: SessionId::new(stamp.wall),
        now: stamp,
        simulated: true,
        bench: false,
    };
    let (journal, writing) = spawn(store.begin(new)?)?;
    let start = Start {
        config: recording.config.clone(),
        plan: "first-week".into(),
        table: "simulated".into(),
        program_version: env!("CARGO_PKG_VERSION").into(),
        seed: Some(1),
    };
    let journal = SessionJournal::begin(journal, Dates::Machine, now, &start, None)?;
    let driver = SimDriver::new(WorldSetup::reference(PersonConfig::reference()), 1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (table, _door) = runtime.block_on(driver.open_with_door())?;
    let (sender, late) = channel();
    let clock = {
        let _inside = runtime.enter();
        Noting::new(sender)?
    };
    let (mut control, handle) =
        Control::new(recording.config.clone(), table, Box::new(journal), clock);
    let running = thread::spawn(move || runtime.block_on(control.run()));
    let late: Vec<f64> = late.iter().take(TURNS).collect();
    handle.shutdown();
    running.join().map_err(|_| "the control loop panicked")?;
    writing.join()?;
    Ok(late)
}

/// A disk and a standard output that are never done.
struct Load {
    over: Arc<AtomicBool>,
    threads: Vec<thread::JoinHandle<std::io::Result<()>>>,
    /// The far end of an output that nobody reads: whoever writes there hangs.
    stuck: PipeReader,
}

impl Load {
    fn begin(folder: &Path) -> std::io::Result<Self> {
        let over = Arc::new(AtomicBool::new(false));
        let mut file = File::create(folder.join("load"))?;
        let (mut read, mut flowing) = pipe()?;
        let (stuck, mut hanging) = pipe()?;
        let until = || Arc::clone(&over);
        let (disk_over, write_over) = (until(), until());
        let disk = move || {
            while !disk_over.load(Ordering::Acquire) {
                file.set_len(0)?;
                file.write_all(&[0x5a; BURST])?;
                file.sync_data()?;
            }
            Ok(())
        };
        let write = move || {
            while !write_over.load(Ordering::Acquire) {
                flowing.write_all(LINE)?;
            }
            Ok(())
        };
        // Ends when its writer is gone.
        let reading = move || std::io::copy(&mut read, &mut std::io::sink()).map(|_| ());
        // Ends when the far end is closed, with an error that is expected.
        let hang = move || {
            while hanging.write_all(LINE).is_ok() {}
            Ok(())
        };
        let threads = vec![
            thread::spawn(disk),
            thread::spawn(write),
            thread::spawn(reading),
            thread::spawn(hang),
        ];
        Ok(Self { over, threads, stuck })
    }

    fn end(self) -> Result<(), Failed> {
        self.over.store(true, Ordering::Release);
        drop(self.stuck);
        for thread in self.threads {
            thread.join().map_err(|_| "a thread of the load panicked")??;
        }
        Ok(())
    }
}

const LINE: &[u8] = b"  0:30  running the plan: tilt 3.8 degrees, bout 1 of 3, head-down 0:00\n";
