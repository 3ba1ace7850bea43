//! The control loop's end of an open serial table.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};

use antipode_device::{
    Capabilities, CommandId, LinkLoss, ReturnMotion, Table, TableCommand, TableError, TableEvent,
};
use antipode_safety::{FaultSet, guard::Permit};
use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::lane::Lane;

/// An open serial table. Dropping it closes the port.
pub(crate) struct SerialTable {
    pub(crate) capabilities: Capabilities,
    /// The greeting that opening the table took.
    pub(crate) greeted: Option<TableEvent>,
    pub(crate) commands: SyncSender<TableCommand>,
    pub(crate) events: mpsc::Receiver<TableEvent>,
    pub(crate) lane: Arc<Lane>,
}

impl SerialTable {
    fn say(&self, name: &'static str, command: TableCommand) -> Result<(), TableError> {
        self.commands.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => {
                TableError::Write { command: name, cause: io::ErrorKind::WouldBlock.into() }
            }
            TrySendError::Disconnected(_) => {
                TableError::Lost { loss: LinkLoss::HungUp, doing: name }
            }
        })?;
        self.lane.wake();
        Ok(())
    }
}

impl Drop for SerialTable {
    fn drop(&mut self) {
        self.events.close();
        self.lane.wake();
    }
}

#[async_trait]
impl Table for SerialTable {
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
