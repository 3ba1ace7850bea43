//! What wakes the thread of a port while it waits for bytes.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use antipode_device::Wake;
use rustix::event::{EventfdFlags, eventfd};
use rustix::io::Errno;

/// A handle that is readable once somebody has called.
#[derive(Debug)]
pub(crate) struct WakeUp(OwnedFd);

impl WakeUp {
    /// One that nobody has called.
    ///
    /// # Errors
    /// When the system has no handle left.
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self(eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?))
    }

    /// Takes the call off, so that the next wait waits.
    pub(crate) fn woken(&self) {
        let mut count = [0_u8; 8];
        match rustix::io::read(&self.0, &mut count) {
            Ok(_) | Err(_) => {}
        }
    }
}

impl Wake for WakeUp {
    fn wake(&self) {
        match rustix::io::write(&self.0, &1_u64.to_ne_bytes()) {
            // A counter that is full wakes as well; the thread looks by itself soon anyway.
            Ok(_) | Err(Errno::AGAIN) => {}
            Err(error) => tracing::error!(%error, "the stop lane cannot wake its thread"),
        }
    }
}

impl AsFd for WakeUp {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
