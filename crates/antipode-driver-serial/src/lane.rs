//! The stop lane of a port: a bit and a wake, with no queue that could be full.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use antipode_device::Stopper;
use rustix::event::{EventfdFlags, eventfd};
use rustix::io::Errno;

/// What the lane wants sent before anything else, and the handle that wakes the port's thread.
#[derive(Debug)]
pub(crate) struct Lane {
    bits: AtomicU8,
    wake: OwnedFd,
}

/// What the lane wants sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgent {
    Stop,
    Halt,
}

const STOP: u8 = 1;
const HALT: u8 = 2;

impl Lane {
    /// A lane that wants nothing.
    ///
    /// # Errors
    /// When the system has no handle left.
    pub(crate) fn new() -> std::io::Result<Self> {
        let wake = eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?;
        Ok(Self { bits: AtomicU8::new(0), wake })
    }

    /// What is wanted, the stronger of both, and forgets it.
    pub(crate) fn take(&self) -> Option<Urgent> {
        let bits = self.bits.swap(0, Ordering::AcqRel);
        if bits & STOP != 0 {
            Some(Urgent::Stop)
        } else {
            (bits & HALT != 0).then_some(Urgent::Halt)
        }
    }

    /// Wakes the port's thread. It neither waits nor allocates.
    pub(crate) fn wake(&self) {
        match rustix::io::write(&self.wake, &1_u64.to_ne_bytes()) {
            // A counter that is full wakes as well; the thread looks by itself soon anyway.
            Ok(_) | Err(Errno::AGAIN) => {}
            Err(error) => tracing::error!(%error, "the stop lane cannot wake its thread"),
        }
    }

    /// Takes the wake-up off, so that the next wait waits.
    pub(crate) fn woken(&self) {
        let mut count = [0_u8; 8];
        match rustix::io::read(&self.wake, &mut count) {
            Ok(_) | Err(_) => {}
        }
    }

    fn raise(&self, bit: u8) {
        self.bits.fetch_or(bit, Ordering::AcqRel);
        self.wake();
    }
}

impl AsFd for Lane {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }
}

/// The stop lane as the rest of the program sees it.
pub(crate) struct LaneStopper(pub(crate) Arc<Lane>);

impl Stopper for LaneStopper {
    fn stop(&self) {
        self.0.raise(STOP);
    }

    fn halt(&self) {
        self.0.raise(HALT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_is_not_lost_beside_a_halt() {
        let lane = Arc::new(Lane::new().unwrap());
        let stopper = LaneStopper(Arc::clone(&lane));
        stopper.halt();
        stopper.stop();
        assert_eq!((lane.take(), lane.take()), (Some(Urgent::Stop), None));
        stopper.halt();
        assert_eq!(lane.take(), Some(Urgent::Halt));
    }
}
