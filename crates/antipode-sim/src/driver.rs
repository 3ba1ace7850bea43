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
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::{self, Thread};

use antipode_device::{
    Address, Capabilities, CommandId, LinkLoss, OpenTable, ReturnMotion, Stopper, Table,
    TableCommand, TableDriver, TableError, TableEvent,
};
use antipode_safety::{FaultSet, guard::Permit};
use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::world::{World, WorldSetup};
use table_thread::TableThread;

/// Its name in files and on the command line.
const NAME: &str = "sim";
/// Commands on their way to the thread: far more than a control loop gives in one turn.
const COMMANDS: usize = 64;
/// Events on their way to the control loop.
const EVENTS: usize = 64;
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
        let lane = Arc::new(StopBits::default());
        let (commands, commands_in) = sync_channel(COMMANDS);
        let (requests, requests_in) = sync_channel(REQUESTS);
        let (events_out, mut events) = mpsc::channel(EVENTS);
        let world = World::new(&self.setup, self.seed);
        let table =
            TableThread::new(world, Arc::clone(&lane), commands_in, requests_in, events_out);
        let thread = thread::Builder::new()
            .name("sim-table".to_owned())
            .spawn(move || table.run())
            .map_err(failed)?
            .thread()
            .clone();
        let capabilities = loop {
            match events.recv().await {
                Some(TableEvent::Connected(stated)) => break stated,
                Some(_) => {}
                None => return Err(failed(io::ErrorKind::TimedOut.into())),
            }
        };
        let table = SimTable {
            capabilities,
            greeted: Some(TableEvent::Connected(capabilities)),
            commands,
            events,
            thread: thread.clone(),
        };
        let stopper = SimStopper { bits: lane, thread: thread.clone() };
        Ok(((Box::new(table), Arc::new(stopper)), SimDoor { requests, thread }))
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

/// What the stop lane wants sent before anything else.
#[derive(Debug, Default)]
struct StopBits(AtomicU8);

impl StopBits {
    const STOP: u8 = 1;
    const HALT: u8 = 2;

    fn set(&self, bit: u8) {
        self.0.fetch_or(bit, Ordering::AcqRel);
    }

    fn take(&self) -> u8 {
        self.0.swap(0, Ordering::AcqRel)
    }
}

/// The stop lane: a bit and a wake. It neither waits nor allocates, and has no queue to be full.
struct SimStopper {
    bits: Arc<StopBits>,
    thread: Thread,
}

impl Stopper for SimStopper {
    fn stop(&self) {
        self.bits.set(StopBits::STOP);
        self.thread.unpark();
    }

    fn halt(&self) {
        self.bits.set(StopBits::HALT);
        self.thread.unpark();
    }
}

/// The control loop's end of an open simulated table. Dropping it closes the line.
struct SimTable {
    capabilities: Capabilities,
    /// The greeting that opening the table took.
    greeted: Option<TableEvent>,
    commands: SyncSender<TableCommand>,
    events: mpsc::Receiver<TableEvent>,
    thread: Thread,
}

impl SimTable {
    fn say(&self, name: &'static str, command: TableCommand) -> Result<(), TableError> {
        self.commands.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => {
                TableError::Write { command: name, cause: io::ErrorKind::WouldBlock.into() }
            }
            TrySendError::Disconnected(_) => {
                TableError::Lost { loss: LinkLoss::HungUp, doing: name }
            }
        })?;
        self.thread.unpark();
        Ok(())
    }
}

#[async_trait]
impl Table for SimTable {
    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    async fn arm(&mut self) -> Result<(), TableError> {
        self.say("arm", TableCommand::Arm)
    }

    async fn disarm(&mut self) -> Result<(), TableError> {
        self.say("disarm", TableCommand::Disarm)
    }

    async fn start(&mut self, id: CommandId, permit: Permit) -> Result<(), TableError> {
        self.say("start", TableCommand::Start(id, permit))
    }

    async fn halt(&mut self) -> Result<(), TableError> {
        self.say("halt", TableCommand::Halt)
    }

    async fn return_to_rest(&mut self, motion: ReturnMotion) -> Result<(), TableError> {
        self.say("return", TableCommand::Return(motion))
    }

    async fn stop(&mut self) -> Result<(), TableError> {
        self.say("stop", TableCommand::Stop)
    }

    async fn heartbeat(&mut self) -> Result<(), TableError> {
        self.say("heartbeat", TableCommand::Heartbeat)
    }

    async fn acknowledge_stop(&mut self) -> Result<(), TableError> {
        self.say("acknowledge stop", TableCommand::AcknowledgeStop)
    }

    async fn clear_faults(&mut self, faults: FaultSet) -> Result<(), TableError> {
        self.say("clear faults", TableCommand::ClearFaults(faults))
    }

    async fn next_event(&mut self) -> Result<TableEvent, TableError> {
        if let Some(greeted) = self.greeted.take() {
            return Ok(greeted);
        }
        let gone = TableError::Lost { loss: LinkLoss::HungUp, doing: "waiting for a report" };
        self.events.recv().await.ok_or(gone)
    }
}
