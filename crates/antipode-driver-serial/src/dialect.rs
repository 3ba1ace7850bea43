//! What a port's thread needs of whatever is spoken on it. Pure: time comes in, bytes go out.

use antipode_device::{LinkPort, TableCommand, TableEvent};
use antipode_safety::Timestamp;

/// The host's half of one conversation.
///
/// It holds no limits and repeats no motion, and nothing in it keeps a bed turning: only a command
/// of the control loop does, for one lease.
pub(crate) trait Dialect: Send + 'static {
    /// What it is told; [`std::convert::Infallible`] for a device that is told nothing.
    type Command: Send;
    /// What it says.
    type Event: Send + 'static;

    /// Lets time pass: greets, asks for what it wants to know.
    fn poll(&mut self, now: Timestamp, out: &mut Vec<u8>);

    /// When [`Dialect::poll`] has something to do next.
    fn next_poll(&self) -> Timestamp;

    /// Takes bytes from the line.
    fn receive(&mut self, now: Timestamp, bytes: &[u8]);

    /// Says one command.
    fn send(&mut self, now: Timestamp, command: Self::Command, out: &mut Vec<u8>);

    /// The next word of the device, oldest first.
    fn next_event(&mut self) -> Option<Self::Event>;

    /// Whether something else answers on this line than what was opened first, so that it must be
    /// closed.
    fn is_foreign(&self) -> bool;

    /// The line is gone.
    fn hung_up(&mut self);

    /// The line was opened again: a new session, disarmed, whatever was said before.
    fn reopen(&mut self);
}

impl Dialect for LinkPort {
    type Command = TableCommand;
    type Event = TableEvent;

    fn poll(&mut self, now: Timestamp, out: &mut Vec<u8>) {
        Self::poll(self, now, out);
    }

    fn next_poll(&self) -> Timestamp {
        Self::next_poll(self)
    }

    fn receive(&mut self, now: Timestamp, bytes: &[u8]) {
        Self::receive(self, now, bytes);
    }

    fn send(&mut self, now: Timestamp, command: TableCommand, out: &mut Vec<u8>) {
        Self::send(self, now, command, out);
    }

    fn next_event(&mut self) -> Option<TableEvent> {
        Self::next_event(self)
    }

    fn is_foreign(&self) -> bool {
        Self::is_foreign(self)
    }

    fn hung_up(&mut self) {
        Self::hung_up(self);
    }

    fn reopen(&mut self) {
        Self::reopen(self);
    }
}
