//! What a thread reads and writes: a serial port, a connected socket, the ends of a child process.
//! Every wait has an end, and the end of a line is never taken for silence.

use std::fmt::Display;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use antipode_safety::Millis;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// A line that takes nothing for so long is stuck, and STOP must not wait behind it.
pub(crate) const WRITE_LIMIT: Duration = Duration::from_millis(50);
/// A line that went away is looked for this often, under the name it had: it is never searched.
pub(crate) const REOPEN_EVERY: Millis = Millis::new(500);

/// What came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// So many bytes.
    Bytes(usize),
    /// Nothing for now.
    Nothing,
    /// The other end is gone: unplugged, or the program behind it closed it.
    Gone,
}

/// An open line. Dropping it closes it.
pub(crate) trait Line: Send {
    /// What has come in, without waiting.
    fn read(&self, buffer: &mut [u8]) -> Heard;

    /// Writes all of `bytes` within [`WRITE_LIMIT`]. It does not wait until they have arrived.
    ///
    /// # Errors
    /// What the system says; a part may have left then.
    fn write(&self, bytes: &[u8]) -> io::Result<()>;

    /// What is readable, or hung up, once [`Line::read`] has something to say.
    fn incoming(&self) -> BorrowedFd<'_>;
}

/// Where a line comes from, and comes from again after it was lost.
pub(crate) trait Place: Display + Send + 'static {
    /// What it opens.
    type Line: Line + 'static;

    /// How often a lost line is looked for here; `None` where it cannot come back.
    fn reopen_every(&self) -> Option<Millis>;

    /// Opens a line that holds nothing from before. It must not wait: it runs between two turns of
    /// the thread, though nobody can say anything then.
    ///
    /// # Errors
    /// What the system says.
    fn open(&mut self) -> io::Result<Self::Line>;
}

/// Reads a handle that does not block.
pub(crate) fn read_now(from: impl AsFd, buffer: &mut [u8]) -> Heard {
    match rustix::io::read(from, buffer) {
        // End of file is a line that is gone, for ever: never "try again".
        Ok(0) => Heard::Gone,
        Ok(count) => Heard::Bytes(count),
        Err(Errno::AGAIN | Errno::INTR) => Heard::Nothing,
        Err(_) => Heard::Gone,
    }
}

/// Writes all of `bytes` to a handle that does not block, within [`WRITE_LIMIT`].
///
/// # Errors
/// [`io::ErrorKind::TimedOut`] when the other end takes nothing, else what the system says; a part
/// may have left in both cases.
pub(crate) fn write_in_time(to: impl AsFd, mut bytes: &[u8]) -> io::Result<()> {
    let until = Instant::now() + WRITE_LIMIT;
    while !bytes.is_empty() {
        match rustix::io::write(&to, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => wait_for_room(&to, until)?,
            Err(error) => return Err(error.into()),
        }
        if !bytes.is_empty() && Instant::now() >= until {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
    Ok(())
}

fn wait_for_room(to: impl AsFd, until: Instant) -> io::Result<()> {
    let left = until.saturating_duration_since(Instant::now());
    let limit = Timespec::try_from(left).map_err(io::Error::other)?;
    match poll(&mut [PollFd::new(&to, PollFlags::OUT)], Some(&limit)) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
