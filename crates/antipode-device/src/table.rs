//! The ports: a table, its stop lane, and the driver that opens both.

use std::sync::Arc;

use antipode_safety::{FaultSet, Timestamp, guard::Permit};
use async_trait::async_trait;

use crate::{
    Capabilities, CommandId, ReturnMotion, TableCommand, TableError, TableEvent, WireTrace,
};

/// One open table, owned by the control thread.
///
/// No method has a default body: a stop that a driver forgot would be a lie that compiles.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Table: Send {
    /// What this table can do. Never changes while open.
    fn capabilities(&self) -> Capabilities;

    /// Lets the table accept motion.
    ///
    /// # Errors
    /// The command may have been carried out whenever [`TableError::may_have_acted`] holds; so for
    /// every method here.
    async fn arm(&mut self) -> Result<(), TableError>;

    /// Lets the table accept no motion.
    ///
    /// # Errors
    /// As for [`Table::arm`].
    async fn disarm(&mut self) -> Result<(), TableError>;

    /// Sends a motion for one lease; returns when it has left, not when the table has got there.
    ///
    /// # Errors
    /// As for [`Table::arm`].
    async fn start(&mut self, id: CommandId, permit: Permit) -> Result<(), TableError>;

    /// Zero rate and hold. Never queued behind a motion, never skipped as a repeat.
    ///
    /// # Errors
    /// As for [`Table::arm`].
    async fn halt(&mut self) -> Result<(), TableError>;

    /// Comes back to the rest band, for one lease. Needs no arming.
    ///
    /// # Errors
    /// As for [`Table::arm`].
    async fn return_to_rest(&mut self, motion: ReturnMotion) -> Result<(), TableError>;

    /// Zero rate, hold and latch.
    ///
    /// # Errors
    /// As for [`Table::arm`].
    async fn stop(&mut self) -> Result<(), TableError>;

    /// Tells the table that the control loop has completed a tick.
    ///
    /// # Errors
    /// As for [`Table::arm`].
    async fn heartbeat(&mut self) -> Result<(), TableError>;

    /// Takes the latch of a released STOP off; the table accepts it only in the rest band.
    ///
    /// # Errors
    /// As for [`Table::arm`].
    async fn acknowledge_stop(&mut self) -> Result<(), TableError>;

    /// Takes latched faults off; the table accepts it only level or head-up.
    ///
    /// # Errors
    /// As for [`Table::arm`].
    async fn clear_faults(&mut self, faults: FaultSet) -> Result<(), TableError>;

    /// The next word of the table or its link. Cancel-safe: dropping the future loses nothing.
    ///
    /// # Errors
    /// Only when the driver itself is gone; a lost link is [`TableEvent::Lost`].
    async fn next_event(&mut self) -> Result<TableEvent, TableError>;
}

/// The stop lane of a table: any thread may use it, it never blocks and allocates nothing, and what
/// it sends overtakes whatever the table's own thread has queued.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait Stopper: Send + Sync {
    /// Makes the next frame on the link a STOP. The control loop repeats it until the table reports
    /// it latched.
    fn stop(&self);

    /// Makes the next frame on the link a halt. For the watchdog and the panic hook, once: a STOP
    /// would forbid the table's own return.
    fn halt(&self);
}

/// Where a table is: a device path, a Bluetooth address, or nothing for the simulator. Always
/// written down; never found by opening ports by trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(pub String);

/// An open table with its stop lane.
pub type OpenTable = (Box<dyn Table>, Arc<dyn Stopper>);

/// Opens tables of one kind.
#[async_trait]
pub trait TableDriver: Send + Sync {
    /// Its name in files and on the command line.
    fn name(&self) -> &'static str;

    /// One line for people.
    fn summary(&self) -> &'static str;

    /// Opens the table at `address`, checks that it is what it says, and leaves it disarmed.
    ///
    /// # Errors
    /// [`TableError::Open`] or [`TableError::Unfit`]; nothing has moved then.
    async fn open(&self, address: &Address) -> Result<OpenTable, TableError>;

    /// Opens it in the same way, and has `trace` take down every byte of its line. A driver that
    /// cannot show its bytes opens nothing.
    ///
    /// # Errors
    /// As for [`TableDriver::open`].
    async fn open_traced(
        &self,
        address: &Address,
        trace: Box<dyn WireTrace>,
    ) -> Result<OpenTable, TableError> {
        drop(trace);
        Err(TableError::Unfit {
            driver: self.name(),
            address: address.0.clone(),
            reason: "its driver cannot show the bytes of its line; open it without a trace",
        })
    }
}

/// A table inside this process, driven by a virtual clock: the simulator behind its encoded wire.
pub trait InProcessTable {
    /// Lets the table's world run on to `now`.
    fn advance(&mut self, now: Timestamp);

    /// Sends a command at the present moment of the table's world.
    fn send(&mut self, command: TableCommand);

    /// The next word of the table, oldest first; `None` when there is none.
    fn next_event(&mut self) -> Option<TableEvent>;
}
