//! From a command, and from STOP, to their bytes at the far end of a serial line: the driver of table
//! link and its port's thread over a pseudo-terminal.
//!
//! The yardstick is a blocking write of a frame to another pseudo-terminal with the same reader behind
//! it, in turns with ours, so that both meet the same machine.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use antipode_device::{Address, TableDriver};
use antipode_driver_serial::LinkDriver;
use antipode_link::{Decoder, Message, STOP_FRAME};
use antipode_safety::Timestamp;
use antipode_sim::person::PersonConfig;
use antipode_sim::pty::{LineEnd, Plugged};
use antipode_sim::world::{Served, World, WorldSetup};

use crate::report::{Budget, Row};
use crate::{Rows, measure};

const TIMES: usize = 1_000;
/// Enough for the slowest of a thousand to be more than one press.
const PRESSES: usize = 3_000;
/// Between two, so that every thread sleeps again as it does in life.
const PAUSE: Duration = Duration::from_millis(2);

pub(crate) fn rows() -> Rows {
    let (heard, arrivals) = channel();
    let line = Plugged::new(Far::new(heard))?;
    let (heard, bare_arrivals) = channel();
    let bare_line = Plugged::new(Far::new(heard))?;
    let bare_port = File::options().write(true).open(bare_line.path())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let address = Address(line.path().display().to_string());
    let (mut table, stopper) = runtime.block_on(LinkDriver.open(&address))?;

    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        ours.push(delay_us(&arrivals, || {
            Ok(runtime.block_on(table.heartbeat()).map_err(|error| error.to_string())?)
        })?);
        thread::sleep(PAUSE);
        bare.push(delay_us(&bare_arrivals, || Ok((&bare_port).write_all(&STOP_FRAME)?))?);
        thread::sleep(PAUSE);
    }
    let mut rows = vec![
        row("command to bytes through a pty, p50, wall", &ours, &bare, 500)
            .aimed_at(Budget::AtMost(50.0)),
        row("command to bytes through a pty, p99, wall", &ours, &bare, 990),
    ];

    let busy = Busy::new(thread::available_parallelism()?.get());
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..PRESSES {
        ours.push(delay_us(&arrivals, || {
            stopper.stop();
            Ok(())
        })?);
        thread::sleep(PAUSE);
        bare.push(delay_us(&bare_arrivals, || Ok((&bare_port).write_all(&STOP_FRAME)?))?);
        thread::sleep(PAUSE);
    }
    drop(busy);
    rows.push(row("STOP to bytes through a pty, every core busy, p50, wall", &ours, &bare, 500));
    rows.push(
        row("STOP to bytes through a pty, every core busy, p99.9, wall", &ours, &bare, 999)
            .aimed_at(Budget::AtMost(10_000.0)),
    );
    Ok(rows)
}

fn row(name: &str, ours: &[f64], bare: &[f64], permille: usize) -> Row {
    let bare = measure::share(bare.to_vec(), permille);
    Row::new(name, measure::share(ours.to_vec(), permille), "us")
        .against("bare blocking write", bare)
}

/// From the beginning of `act` to the arrival of its frame, in microseconds.
fn delay_us(
    arrivals: &Receiver<Instant>,
    act: impl FnOnce() -> Result<(), Box<dyn std::error::Error>>,
) -> Result<f64, Box<dyn std::error::Error>> {
    let began = Instant::now();
    act()?;
    let heard = arrivals.recv_timeout(Duration::from_secs(5))?;
    Ok(heard.duration_since(began).as_nanos() as f64 / 1_000.0)
}

/// A table that says when each heartbeat and STOP was there.
struct Far {
    served: Served,
    decoder: Decoder,
    heard: Sender<Instant>,
}

impl Far {
    fn new(heard: Sender<Instant>) -> Self {
        let world = World::new(&WorldSetup::reference(PersonConfig::reference()), 1);
        Self { served: Served::new(world), decoder: Decoder::new(), heard }
    }
}

impl LineEnd for Far {
    fn lines(&self) -> usize {
        self.served.lines()
    }

    fn advance(&mut self, now: Timestamp) {
        self.served.advance(now);
    }

    fn set_baud(&mut self, line: usize, baud: u32) {
        self.served.set_baud(line, baud);
    }

    fn hear(&mut self, line: usize, bytes: &[u8]) {
        let now = Instant::now();
        let heard = &self.heard;
        self.decoder.feed(bytes, |frame| {
            if matches!(frame.message, Message::Heartbeat { .. } | Message::Stop) {
                // Nobody waits any more once the measurement has ended.
                let _sent = heard.send(now);
            }
        });
        self.served.hear(line, bytes);
    }

    fn say(&mut self, line: usize, out: &mut Vec<u8>) {
        self.served.say(line, out);
    }
}

/// Threads that never sleep, one for each core, until it is dropped.
struct Busy {
    over: Arc<AtomicBool>,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Busy {
    fn new(cores: usize) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let spin = || {
            let over = Arc::clone(&over);
            thread::spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            })
        };
        let threads = (0..cores).map(|_| spin()).collect();
        Self { over, threads }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}
