//! From STOP on any thread to its bytes at the far end of a line, through the running engine.
//!
//! The table is the simulated one with its own thread. Its stop lane writes the STOP frame to a
//! socket first, as a driver does with its port, and a reader at the other end decodes it. The
//! yardstick is the same frame written to the same socket by hand.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use antipode_core::event::Source;
use antipode_device::Stopper;
use antipode_engine::real::{Engine, MemoryJournal};
use antipode_link::{Decoder, Message, STOP_FRAME};
use antipode_sim::driver::SimDriver;
use antipode_sim::person::PersonConfig;
use antipode_sim::world::WorldSetup;

use crate::report::{Budget, Row};
use crate::session::Recording;
use crate::{Rows, measure};

const PRESSES: usize = 500;
/// Between two presses, so that every thread sleeps again as it does in life.
const PAUSE: Duration = Duration::from_millis(2);

pub(crate) fn rows(recording: &Recording) -> Rows {
    let (near, far) = UnixStream::pair()?;
    let (heard, arrivals) = channel();
    let reader = thread::spawn(move || listen(far, &heard));
    let driver = SimDriver::new(WorldSetup::reference(PersonConfig::reference()), 1);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let ((table, stopper), _door) = runtime.block_on(driver.open_with_door())?;
    let lane = Arc::new(SocketLane {
        socket: near.try_clone()?,
        table: stopper,
        failed: AtomicBool::new(false),
    });
    let journal = Box::new(MemoryJournal::new());
    let engine = Engine::spawn(recording.config.clone(), (table, lane.clone()), journal)?;
    let handle = engine.handle();
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..PRESSES {
        ours.push(delay_us(&arrivals, || {
            handle.stop(Source::Terminal);
            Ok(())
        })?);
        handle.release_stop(Source::Terminal);
        thread::sleep(PAUSE);
        bare.push(delay_us(&arrivals, || (&near).write_all(&STOP_FRAME))?);
        thread::sleep(PAUSE);
    }
    handle.shutdown();
    let ended = engine.join();
    if lane.failed.load(Ordering::Acquire) {
        return Err(format!("a STOP was not written; the engine ended with {ended:?}").into());
    }
    near.shutdown(Shutdown::Both)?;
    reader.join().map_err(|_| "the reader of the line panicked")??;
    let row = |name: &str, permille| {
        let what = "bare write of the frame";
        let bare = measure::share(bare.clone(), permille);
        Row::new(name, measure::share(ours.clone(), permille), "us").against(what, bare)
    };
    Ok(vec![
        row("STOP to decoded frame, p50, wall", 500).aimed_at(Budget::AtMost(100.0)),
        row("STOP to decoded frame, p99, wall", 990),
        row("STOP to decoded frame, slowest of 500, wall", 1_000)
            .aimed_at(Budget::AtMost(10_000.0)),
    ])
}

/// From the beginning of `act` to the arrival of its frame, in microseconds.
fn delay_us(
    arrivals: &Receiver<Instant>,
    act: impl FnOnce() -> std::io::Result<()>,
) -> Result<f64, Box<dyn std::error::Error>> {
    let began = Instant::now();
    act()?;
    let heard = arrivals.recv_timeout(Duration::from_secs(5))?;
    Ok(heard.duration_since(began).as_nanos() as f64 / 1_000.0)
}

/// Decodes what comes until the other end is closed, and says when each STOP was there.
fn listen(mut far: UnixStream, heard: &Sender<Instant>) -> std::io::Result<()> {
    let mut decoder = Decoder::new();
    let mut bytes = [0; 256];
    loop {
        let count = far.read(&mut bytes)?;
        let mut stops = 0_u32;
        decoder.feed(bytes.get(..count).unwrap_or_default(), |frame| {
            stops += u32::from(frame.message == Message::Stop);
        });
        let now = Instant::now();
        // Nobody waits any more once the measurement has ended.
        if count == 0 || (0..stops).any(|_| heard.send(now).is_err()) {
            return Ok(());
        }
    }
}

/// A table's stop lane with a line of its own in front.
struct SocketLane {
    socket: UnixStream,
    table: Arc<dyn Stopper>,
    failed: AtomicBool,
}

impl Stopper for SocketLane {
    fn stop(&self) {
        if (&self.socket).write_all(&STOP_FRAME).is_err() {
            self.failed.store(true, Ordering::Release);
        }
        self.table.stop();
    }

    fn halt(&self) {
        self.table.halt();
    }
}
