//! The thread in which a port lives: the only one that reads and writes it.
//!
//! ```text
//!  Orders: the stop lane, then commands --> [ orders, then bytes, then time ] --> port
//!  control loop <--events, bounded---------                                  <--
//! ```

use std::sync::Arc;
use std::time::Duration;

use antipode_device::{BootClock, Orders, TableEvent, Traced, WireTrace};
use antipode_safety::{Millis, Timestamp};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::sync::mpsc::Sender;

use crate::dialect::Dialect;
use crate::port::{Heard, Port, PortAddress};
use crate::wake::WakeUp;

/// The longest the thread sleeps: a wake-up that got lost costs no more than this.
const LONGEST_SLEEP: Millis = Millis::new(20);
/// A port that went away is looked for this often, under the name it had: it is never searched.
const REOPEN_EVERY: Millis = Millis::new(500);
/// Most bytes taken in one turn, so that a line that never falls silent leaves room for commands.
const BITE: usize = 1_024;

/// One port and its ends of the channels.
pub(crate) struct PortThread<D> {
    pub(crate) address: PortAddress,
    /// None while it is unplugged.
    pub(crate) port: Option<Port>,
    pub(crate) dialect: D,
    pub(crate) wake: Arc<WakeUp>,
    pub(crate) orders: Orders,
    pub(crate) events: Sender<TableEvent>,
    pub(crate) out: Vec<u8>,
    pub(crate) reopen_at: Timestamp,
    /// Takes down what goes over the line, where somebody wants to see it.
    pub(crate) trace: Option<Box<dyn WireTrace>>,
}

impl<D: Dialect> PortThread<D> {
    /// Runs until nobody listens.
    pub(crate) fn run(mut self) {
        while !self.events.is_closed() {
            let now = BootClock.now();
            self.reopen(now);
            self.obey(now);
            self.listen();
            self.dialect.poll(BootClock.now(), &mut self.out);
            self.flush();
            self.hand_over();
            self.sleep();
        }
    }

    /// Says what the stop lane and the control loop want said.
    fn obey(&mut self, now: Timestamp) {
        while let Some(command) = self.orders.take() {
            self.dialect.send(now, command, &mut self.out);
            self.flush();
        }
    }

    /// Takes what has come in.
    fn listen(&mut self) {
        let mut buffer = [0_u8; BITE];
        let Some(port) = &self.port else { return };
        match port.read(&mut buffer) {
            Heard::Bytes(count) => {
                let bytes = buffer.get(..count).unwrap_or_default();
                let now = BootClock.now();
                note(&mut self.trace, now, Traced::Heard(bytes));
                self.dialect.receive(now, bytes);
            }
            Heard::Nothing => {}
            Heard::Gone => self.lose("the port was closed or unplugged"),
        }
    }

    /// Writes what is to be said. What cannot be written is not said later: the moment it was meant
    /// for is over, and a line that takes nothing is a line that is lost.
    fn flush(&mut self) {
        if self.out.is_empty() {
            return;
        }
        let wrote = self.port.as_ref().map(|port| port.write(&self.out));
        if let Some(Ok(())) = wrote {
            note(&mut self.trace, BootClock.now(), Traced::Sent(&self.out));
        }
        self.out.clear();
        if let Some(Err(error)) = wrote {
            self.lose(&error.to_string());
        }
    }

    fn lose(&mut self, why: &str) {
        let path = self.address.path.display();
        tracing::warn!(%path, why, "the line to the table is lost");
        // The handle must go before the port can come back under its own name.
        self.port = None;
        let now = BootClock.now();
        note(&mut self.trace, now, Traced::Lost(why));
        self.reopen_at = now.plus(REOPEN_EVERY);
        self.dialect.hung_up();
    }

    /// Opens a lost port again: a new session, disarmed. Nothing moves by it.
    fn reopen(&mut self, now: Timestamp) {
        if self.port.is_some() || now < self.reopen_at {
            return;
        }
        self.reopen_at = now.plus(REOPEN_EVERY);
        if let Ok(port) = Port::open(&self.address) {
            self.port = Some(port);
            note(&mut self.trace, now, Traced::Opened);
            self.dialect.reopen();
        }
    }

    /// Events that find no room wait in the dialect, which keeps as many and no more.
    fn hand_over(&mut self) {
        while let Ok(room) = self.events.try_reserve() {
            let Some(event) = self.dialect.next_event() else { return };
            room.send(event);
        }
    }

    /// Waits for a byte, a command, the stop lane, or the next moment of the dialect.
    fn sleep(&self) {
        let now = BootClock.now();
        let due = self.dialect.next_poll().since(now).shorter(LONGEST_SLEEP);
        let Ok(limit) = Timespec::try_from(Duration::from_millis(due.get())) else { return };
        let call = PollFd::new(&self.wake, PollFlags::IN);
        let waited = match &self.port {
            Some(port) => poll(&mut [call, PollFd::new(port, PollFlags::IN)], Some(&limit)),
            None => poll(&mut [call], Some(&limit)),
        };
        match waited {
            Ok(_) => {}
            // A signal wakes as well as anything else.
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => {
                tracing::error!(%error, "waiting for the line failed");
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        self.wake.woken();
    }
}

fn note(trace: &mut Option<Box<dyn WireTrace>>, at: Timestamp, seen: Traced<'_>) {
    if let Some(trace) = trace {
        trace.note(at, seen);
    }
}
