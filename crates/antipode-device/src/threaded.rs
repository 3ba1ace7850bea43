//! A table whose line lives in a thread of its own: both ends of the way there.
//!
//! ```text
//!  control loop: Table ------commands, bounded----> Orders --+
//!                <-----------events, bounded-----------------+-- the table's thread
//!  any thread: Stopper ----- bits, wake ----------> Orders --+
//! ```
//! The thread takes what it has to say from [`Orders`], one by one, and there STOP overtakes.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use antipode_safety::{FaultSet, guard::Permit};
use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::{
    Capabilities, CommandId, LinkLoss, OpenTable, ReturnMotion, Stopper, Table, TableCommand,
    TableError, TableEvent,
};

/// Commands on their way to the thread: far more than a control loop gives in one turn.
const COMMANDS: usize = 64;
/// Events on their way to the control loop.
const EVENTS: usize = 64;

const STOP: u8 = 1;
const HALT: u8 = 2;

/// Wakes the thread of a table. It neither waits nor allocates: the stop lane calls it.
pub trait Wake: Send + Sync {
    /// Makes the thread look at its orders now.
    fn wake(&self);
}

impl Wake for std::thread::Thread {
    fn wake(&self) {
        self.unpark();
    }
}

impl<W: Wake + ?Sized> Wake for Arc<W> {
    fn wake(&self) {
        (**self).wake();
    }
}

/// The way between a control loop and the thread of a table: the loop's end, what the thread is to
/// say, and where it says what it hears.
#[must_use]
pub fn threaded() -> (ControlEnd, Orders, mpsc::Sender<TableEvent>) {
    let bits = Arc::new(AtomicU8::new(0));
    let (commands, commands_in) = sync_channel(COMMANDS);
    let (events_out, events) = mpsc::channel(EVENTS);
    let orders = Orders { bits: Arc::clone(&bits), commands: commands_in, stop_next: false };
    (ControlEnd { bits, commands, events }, orders, events_out)
}

/// What the thread of a table has to say.
///
/// STOP or halt comes before anything that is queued, and nothing that was queued before it follows:
/// it was meant for the moment before (H-20). A STOP among what is dropped is said all the same.
#[derive(Debug)]
pub struct Orders {
    bits: Arc<AtomicU8>,
    commands: Receiver<TableCommand>,
    /// A STOP was among what a halt has dropped.
    stop_next: bool,
}

impl Orders {
    /// The next thing to say; `None` when there is nothing for now.
    pub fn take(&mut self) -> Option<TableCommand> {
        let bits = self.bits.swap(0, Ordering::AcqRel);
        if bits != 0 {
            while let Ok(dropped) = self.commands.try_recv() {
                self.stop_next |= dropped == TableCommand::Stop;
            }
        }
        if bits & STOP != 0 {
            self.stop_next = false;
            Some(TableCommand::Stop)
        } else if bits & HALT != 0 {
            Some(TableCommand::Halt)
        } else if std::mem::take(&mut self.stop_next) {
            Some(TableCommand::Stop)
        } else {
            self.commands.try_recv().ok()
        }
    }
}

/// The control loop's end. Dropping it, or the table made of it, ends the thread.
#[derive(Debug)]
pub struct ControlEnd {
    bits: Arc<AtomicU8>,
    commands: SyncSender<TableCommand>,
    events: mpsc::Receiver<TableEvent>,
}

impl ControlEnd {
    /// Queues one command; `name` names it in an error.
    ///
    /// # Errors
    /// [`TableError::Write`] when the queue is full, [`TableError::Lost`] when the thread is gone.
    pub fn say(&self, name: &'static str, command: TableCommand) -> Result<(), TableError> {
        self.commands.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => {
                TableError::Write { command: name, cause: io::ErrorKind::WouldBlock.into() }
            }
            TrySendError::Disconnected(_) => {
                TableError::Lost { loss: LinkLoss::HungUp, doing: name }
            }
        })
    }

    /// What the thread has said and nobody has taken yet.
    pub fn try_event(&mut self) -> Option<TableEvent> {
        self.events.try_recv().ok()
    }

    /// The stop lane of this thread: a bit and a wake, with no queue that could be full.
    pub fn stopper(&self, wake: impl Wake + 'static) -> Arc<dyn Stopper> {
        Arc::new(StopLane { bits: Arc::clone(&self.bits), wake })
    }

    /// Waits until the table says what it is; `None` when its thread ends before that. Whoever
    /// opens a table bounds this wait.
    pub async fn connected(self, wake: impl Wake + Clone + 'static) -> Option<OpenTable> {
        self.greeted(wake, false).await
    }

    /// As [`ControlEnd::connected`], and `None` as soon as the line hangs up, for lines that do not
    /// come back: a board may restart when its port is opened, a program that has ended may not.
    pub async fn connected_at_once(self, wake: impl Wake + Clone + 'static) -> Option<OpenTable> {
        self.greeted(wake, true).await
    }

    async fn greeted(
        mut self,
        wake: impl Wake + Clone + 'static,
        at_once: bool,
    ) -> Option<OpenTable> {
        let capabilities = loop {
            let event = self.events.recv().await?;
            if let TableEvent::Connected(stated) = event {
                break stated;
            }
            if at_once && event == TableEvent::Lost(LinkLoss::HungUp) {
                return None;
            }
        };
        let stopper = self.stopper(wake.clone());
        let greeted = Some(TableEvent::Connected(capabilities));
        Some((Box::new(ThreadedTable { capabilities, greeted, end: self, wake }), stopper))
    }
}

struct StopLane<W> {
    bits: Arc<AtomicU8>,
    wake: W,
}

impl<W: Wake> StopLane<W> {
    fn raise(&self, bit: u8) {
        self.bits.fetch_or(bit, Ordering::AcqRel);
        self.wake.wake();
    }
}

impl<W: Wake> Stopper for StopLane<W> {
    fn stop(&self) {
        self.raise(STOP);
    }

    fn halt(&self) {
        self.raise(HALT);
    }
}

/// An open table. Dropping it closes the line.
struct ThreadedTable<W: Wake> {
    capabilities: Capabilities,
    /// The greeting that opening the table took.
    greeted: Option<TableEvent>,
    end: ControlEnd,
    wake: W,
}

impl<W: Wake> ThreadedTable<W> {
    fn say(&self, name: &'static str, command: TableCommand) -> Result<(), TableError> {
        self.end.say(name, command)?;
        self.wake.wake();
        Ok(())
    }
}

impl<W: Wake> Drop for ThreadedTable<W> {
    fn drop(&mut self) {
        self.end.events.close();
        self.wake.wake();
    }
}

#[async_trait]
impl<W: Wake> Table for ThreadedTable<W> {
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
        self.end.events.recv().await.ok_or(gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends() -> (ControlEnd, Orders, Arc<dyn Stopper>) {
        let (end, orders, _events) = threaded();
        let stopper = end.stopper(std::thread::current());
        (end, orders, stopper)
    }

    #[test]
    fn a_stop_is_not_lost_beside_a_halt() {
        let (_end, mut orders, stopper) = ends();
        stopper.halt();
        stopper.stop();
        assert_eq!((orders.take(), orders.take()), (Some(TableCommand::Stop), None));
        stopper.halt();
        assert_eq!((orders.take(), orders.take()), (Some(TableCommand::Halt), None));
    }

    #[test]
    fn nothing_that_was_queued_before_the_stop_lane_follows_it_but_a_stop() {
        for (queued_stop, said) in [(true, Some(TableCommand::Stop)), (false, None)] {
            let (end, mut orders, stopper) = ends();
            end.say("arm", TableCommand::Arm).unwrap();
            if queued_stop {
                end.say("stop", TableCommand::Stop).unwrap();
            }
            end.say("heartbeat", TableCommand::Heartbeat).unwrap();
            stopper.halt();
            assert_eq!((orders.take(), orders.take()), (Some(TableCommand::Halt), said));
            assert_eq!(orders.take(), None);
        }
    }

    #[test]
    fn a_full_queue_and_a_thread_that_is_gone_are_errors_and_the_stop_lane_has_none() {
        let (end, mut orders, stopper) = ends();
        let full = (0..=COMMANDS).find_map(|_| end.say("arm", TableCommand::Arm).err());
        assert!(matches!(full, Some(TableError::Write { command: "arm", .. })), "{full:?}");
        stopper.stop();
        assert_eq!((orders.take(), orders.take()), (Some(TableCommand::Stop), None));
        drop(orders);
        let gone = end.say("arm", TableCommand::Arm);
        assert!(matches!(gone, Err(TableError::Lost { loss: LinkLoss::HungUp, .. })), "{gone:?}");
        stopper.stop();
    }
}
