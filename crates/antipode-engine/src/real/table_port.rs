//! The control loop's end of a table: every wait has a deadline, every failure a meaning.

use std::future::Future;
use std::time::Duration;

use antipode_device::{LinkLoss, Stopper, Table, TableCommand, TableError, TableEvent};
use tokio::time::timeout;

/// Longest wait for a driver to take one command: well below the watchdog's patience. A driver
/// answers when the frame has left, which takes it microseconds.
const COMMAND_DEADLINE: Duration = Duration::from_millis(40);

/// An open table.
pub(super) struct TablePort {
    table: Box<dyn Table>,
    gone: bool,
    lost: Option<LinkLoss>,
    errors: u32,
}

impl TablePort {
    pub(super) fn new(table: Box<dyn Table>) -> Self {
        Self { table, gone: false, lost: None, errors: 0 }
    }

    /// The next word of the table. Cancel-safe. A driver that is gone counts as a lost link, once.
    pub(super) async fn next_event(&mut self) -> TableEvent {
        if self.gone {
            std::future::pending::<()>().await;
        }
        match self.table.next_event().await {
            Ok(event) => event,
            Err(_) => {
                self.gone = true;
                self.errors = self.errors.saturating_add(1);
                TableEvent::Lost(LinkLoss::HungUp)
            }
        }
    }

    /// A link loss that a command found, once.
    pub(super) const fn take_loss(&mut self) -> Option<LinkLoss> {
        self.lost.take()
    }

    /// Commands that failed, and the end of the driver.
    pub(super) const fn errors(&self) -> u32 {
        self.errors
    }

    /// Sends one command. What the driver does not take in time is not repeated: the table may be
    /// acting on it, its lease ends, and readings settle it. A zero rate that could not be sent
    /// goes over the stop lane as well.
    pub(super) async fn send(&mut self, command: TableCommand, stopper: &dyn Stopper) {
        let table = &mut self.table;
        let (sent, second) = match command {
            TableCommand::Arm => (within(table.arm()).await, Second::None),
            TableCommand::Disarm => (within(table.disarm()).await, Second::None),
            TableCommand::Start(id, permit) => {
                (within(table.start(id, permit)).await, Second::None)
            }
            TableCommand::Halt => (within(table.halt()).await, Second::Halt),
            TableCommand::Return(motion) => {
                (within(table.return_to_rest(motion)).await, Second::None)
            }
            TableCommand::Stop => (within(table.stop()).await, Second::Stop),
            TableCommand::Heartbeat => (within(table.heartbeat()).await, Second::None),
            TableCommand::AcknowledgeStop => (within(table.acknowledge_stop()).await, Second::None),
            TableCommand::ClearFaults(faults) => {
                (within(table.clear_faults(faults)).await, Second::None)
            }
        };
        let Err(failure) = sent else { return };
        self.errors = self.errors.saturating_add(1);
        match second {
            Second::None => {}
            Second::Halt => stopper.halt(),
            Second::Stop => stopper.stop(),
        }
        if let Failure::Table(TableError::Lost { loss, .. }) = failure {
            self.lost = Some(loss);
        }
    }
}

/// The second way of a command that must get through.
#[derive(Clone, Copy)]
enum Second {
    None,
    Halt,
    Stop,
}

enum Failure {
    Table(TableError),
    Late,
}

async fn within(sending: impl Future<Output = Result<(), TableError>>) -> Result<(), Failure> {
    match timeout(COMMAND_DEADLINE, sending).await {
        Ok(sent) => sent.map_err(Failure::Table),
        Err(_) => Err(Failure::Late),
    }
}
