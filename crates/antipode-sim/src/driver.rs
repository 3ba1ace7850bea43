//! The simulated table as a driver: a world on the machine's own clock, in a thread of its own.
//!
//! ```text
//!  control thread --commands, bounded--> table thread: World (wire, controller, plant, person)
//!                 <--events, bounded---    ^      ^
//!  any thread ---- Stopper: bits, wake ----'      '---- SimDoor: faults, hands, the true tilt
//! ```
//! It speaks the same encoded frames over the same wire as in virtual time.

mod table_thread;

#[cfg(test)]
mod tests;

use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, Thread};

use antipode_device::{Address, OpenTable, TableDriver, TableError, threaded};
use async_trait::async_trait;

use crate::world::{World, WorldSetup};
use table_thread::TableThread;

/// Its name in files and on the command line.
const NAME: &str = "sim";
/// Requests through the side door that may wait.
const REQUESTS: usize = 16;

/// What a caller of the side door wants done to the world.
type Request = Box<dyn FnOnce(&mut World) + Send>;

/// Opens simulated tables, each with a world of its own.
#[derive(Clone, Debug)]
pub struct SimDriver {
    setup: WorldSetup,
    seed: u64,
}

impl SimDriver {
    /// A driver whose tables are worlds of `setup`, drawn from `seed`.
    #[must_use]
    pub const fn new(setup: WorldSetup, seed: u64) -> Self {
        Self { setup, seed }
    }

    /// Opens a table, with the side door to its world.
    ///
    /// # Errors
    /// [`TableError::Open`] when there is no thread for it, or when its controller does not answer.
    pub async fn open_with_door(&self) -> Result<(OpenTable, SimDoor), TableError> {
        let failed = |cause| TableError::Open { driver: NAME, address: String::new(), cause };
        let (end, orders, events) = threaded();
        let (requests, requests_in) = sync_channel(REQUESTS);
        let world = World::new(&self.setup, self.seed);
        let table = TableThread::new(world, orders, requests_in, events);
        let thread = thread::Builder::new()
            .name("sim-table".to_owned())
            .spawn(move || table.run())
            .map_err(failed)?
            .thread()
            .clone();
        let opened = end.connected(thread.clone()).await;
        let open = opened.ok_or_else(|| failed(io::ErrorKind::TimedOut.into()))?;
        Ok((open, SimDoor { requests, thread }))
    }
}

#[async_trait]
impl TableDriver for SimDriver {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "the simulated table and person, behind an encoded wire"
    }

    /// The address means nothing to a simulated table.
    async fn open(&self, _address: &Address) -> Result<OpenTable, TableError> {
        let (open, _door) = self.open_with_door().await?;
        Ok(open)
    }
}

/// The way into the simulated world of an open table: to break things, to act as hands do, and to
/// see the true tilt. A table that carries a person has no such door.
#[derive(Clone, Debug)]
pub struct SimDoor {
    requests: SyncSender<Request>,
    thread: Thread,
}

impl SimDoor {
    /// Does `act` to the world, between two turns of its loop, and gives what it returns; `None`
    /// when the world is gone. Waits for one turn at most, so it is nothing for a control loop.
    pub fn with<R: Send + 'static>(
        &self,
        act: impl FnOnce(&mut World) -> R + Send + 'static,
    ) -> Option<R> {
        let (answer, answered) = sync_channel(1);
        let request: Request = Box::new(move |world| {
            // Whoever asked may have gone; then nobody misses the answer.
            drop(answer.try_send(act(world)));
        });
        self.requests.send(request).ok()?;
        self.thread.unpark();
        answered.recv().ok()
    }

    /// The true tilt of the bed in millidegrees; `None` when the world is gone.
    #[must_use]
    pub fn true_tilt_mdeg(&self) -> Option<i32> {
        self.with(|world| world.plant().true_tilt_mdeg())
    }
}
