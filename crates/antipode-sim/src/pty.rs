//! A simulated device on a pseudo-terminal, on the machine's own clock: any serial program can talk
//! to it.
//!
//! ```text
//!   host program -- slave | master -- Lines -- LineEnd (a world, a drive, a sensor)
//! ```
//! Three things make it a line and not a pipe. The slave's end stays open here, so that a host that
//! dies leaves silence, as on a real cable, and no end of file. Bytes take as long as the rate says
//! that the host's end is set to. And what breaks on a wire breaks in the device's own simulated
//! wires, byte by byte.

mod lines;
mod plugged;

#[cfg(test)]
mod tests;

pub use lines::{Lines, Pty};
pub use plugged::Plugged;

use antipode_safety::Timestamp;

/// A simulated device as its serial lines see it. Lines count from 0.
pub trait LineEnd: Send {
    /// How many lines it has; never changes.
    fn lines(&self) -> usize;

    /// Lets it run on to `now` of its own time.
    fn advance(&mut self, now: Timestamp);

    /// Lets both directions of `line` run at `baud`, as the host's end of it was set.
    fn set_baud(&mut self, line: usize, baud: u32);

    /// Takes bytes that the host wrote to `line`.
    fn hear(&mut self, line: usize, bytes: &[u8]);

    /// Moves what it has said on `line` since to `out`, which may hold something already.
    fn say(&mut self, line: usize, out: &mut Vec<u8>);
}
