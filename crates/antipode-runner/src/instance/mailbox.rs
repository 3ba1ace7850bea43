//! Requests in, status out, between the listening thread and whoever runs the session.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::message::Status;
use super::server::Remote;

/// Shared by the listener and the session. Requests are flags, so that any number of them costs no
/// more than one, and neither side ever waits for the other.
#[derive(Clone, Debug, Default)]
pub struct Mailbox(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    stop: AtomicBool,
    bring_up: AtomicBool,
    status: Mutex<Status>,
}

impl Mailbox {
    /// Whether STOP was asked for since the last call.
    #[must_use]
    pub fn take_stop(&self) -> bool {
        self.0.stop.swap(false, Ordering::AcqRel)
    }

    /// Whether bringing up was asked for since the last call.
    #[must_use]
    pub fn take_return(&self) -> bool {
        self.0.bring_up.swap(false, Ordering::AcqRel)
    }

    /// Makes `status` the one that is given out. Skipped when somebody reads just now: the next
    /// one comes within a tick.
    pub fn publish(&self, status: impl FnOnce() -> Status) {
        if let Ok(mut slot) = self.0.status.try_lock() {
            *slot = status();
        }
    }
}

impl Remote for Mailbox {
    fn status(&self) -> Status {
        self.0.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn stop(&self) {
        self.0.stop.store(true, Ordering::Release);
    }

    fn bring_up(&self) {
        self.0.bring_up.store(true, Ordering::Release);
    }
}
