//! The threads of a running engine.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use antipode_core::session::SessionConfig;
use antipode_device::{BootClock, OpenTable, come_first};
use antipode_safety::Timestamp;
use tokio::runtime::Runtime;

use super::clock::RealClock;
use super::control::Control;
use super::handle::Handle;
use super::journal::JournalPort;
use super::realtime::Realtime;
use super::shared::{Ended, Shared};
use crate::watchdog::Watchdog;

/// The watchdog looks this often.
const LOOK: Duration = Duration::from_millis(20);

/// A running engine: its control thread and its watchdog.
///
/// Dropping it lets the threads run on, since a person may be on the table; [`Engine::join`] waits
/// for their end.
#[derive(Debug)]
pub struct Engine {
    handle: Handle,
    /// Gives the loop back, so that the link stays open after a panic until it is dropped here: the
    /// last frame on it, the halt, must have time to leave.
    control: JoinHandle<Control<RealClock>>,
    watchdog: JoinHandle<()>,
}

impl Engine {
    /// Starts a session on an open table. Nothing moves before the journal has answered.
    ///
    /// # Errors
    /// When the system gives no timer or no thread; the table was not armed then.
    pub fn spawn(
        config: SessionConfig,
        table: OpenTable,
        journal: Box<dyn JournalPort>,
    ) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let clock = {
            let _inside = runtime.enter();
            RealClock::new()?
        };
        let (control, handle) = Control::new(config, table, journal, clock);
        let shared = Arc::clone(control.shared());
        let watched = Arc::clone(&shared);
        let watchdog = thread::Builder::new().name("watchdog".to_owned()).spawn(move || {
            come_first();
            watch(&watched, || BootClock.now());
        })?;
        let dog = watchdog.thread().clone();
        let control = thread::Builder::new().name("control".to_owned()).spawn(move || {
            come_first();
            shared.set_realtime(Realtime::of_this_thread());
            let control = drive(&runtime, control);
            dog.unpark();
            control
        });
        match control {
            Ok(control) => Ok(Self { handle, control, watchdog }),
            Err(error) => {
                handle.abandon();
                Err(error)
            }
        }
    }

    /// A handle to it.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Whether the control thread has ended, so that [`Engine::join`] does not wait.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.control.is_finished()
    }

    /// Waits for the control thread to end, then closes table and journal.
    #[must_use]
    pub fn join(self) -> Ended {
        // The thread's own panic is caught inside it; one that still got out is one too.
        let ended = match self.control.join() {
            Ok(control) => control.shared().ended().unwrap_or(Ended::Panicked),
            Err(_) => Ended::Panicked,
        };
        if self.watchdog.join().is_err() { Ended::Panicked } else { ended }
    }
}

/// Runs the loop to its end; a panic ends in one halt, then silence.
fn drive(runtime: &Runtime, mut control: Control<RealClock>) -> Control<RealClock> {
    let run = catch_unwind(AssertUnwindSafe(|| runtime.block_on(control.run())));
    finish(control.shared(), run.ok());
    control
}

/// Ends the run. After a panic the table is halted once, unless the watchdog has done so.
fn finish(shared: &Shared, ended: Option<Ended>) {
    shared.set_ended(ended.unwrap_or(Ended::Panicked));
    if ended.is_none() {
        halt_once(shared);
    }
}

/// The watchdog's life. It only ever looks, halts once and raises the alarm.
fn watch(shared: &Shared, now: impl Fn() -> Timestamp) {
    let mut dog = Watchdog::new(now());
    while shared.ended().is_none() {
        thread::park_timeout(LOOK);
        let fires = dog.look(now(), shared.ticks.load(Ordering::Acquire));
        if shared.ended().is_some() {
            return;
        }
        if fires {
            halt_once(shared);
        } else if !dog.has_fired() {
            shared.frozen.store(false, Ordering::Release);
        }
    }
}

/// One halt for one stillness of the loop, whoever finds it first.
fn halt_once(shared: &Shared) {
    if !shared.frozen.swap(true, Ordering::AcqRel) {
        shared.lane.stopper().halt();
    }
}
