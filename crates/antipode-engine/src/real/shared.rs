//! What the control thread, the watchdog and every handle share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::SystemTime;

use antipode_core::session::View;
use antipode_device::{Capabilities, Stopper};

use super::handle::Said;
use super::lane::Lane;
use super::realtime::Realtime;
use super::ring::Ring;

/// Snapshots kept: a reader that sleeps in one leaves the writer the others.
const SNAPSHOTS: usize = 4;
/// Prompts kept for slow readers; a session gives a few a minute.
const PROMPTS: usize = 64;

/// What is known of a run at one moment, copied out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Rises with every snapshot.
    pub seq: u64,
    /// The session.
    pub view: View,
    /// The date at that moment, for screens only.
    pub wall: SystemTime,
    /// What the table says of itself, once it has connected.
    pub capabilities: Option<Capabilities>,
    /// Completed ticks of the control loop.
    pub ticks: u64,
    /// What went wrong so far.
    pub counts: Counts,
}

/// What went wrong in a run without ending it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Commands that a table's driver did not take, or not in time.
    pub table_errors: u32,
    /// Motions held back because STOP was pressed between their decision and their sending.
    pub withheld: u32,
    /// Lines that the journal did not take.
    pub journal_refused: u32,
    /// Prompts that found no place.
    pub prompts_lost: u32,
}

/// Why the control thread has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ended {
    /// It was asked to, and the bed was level or head-up.
    Shutdown,
    /// It panicked, halted the table once and fell silent: the table's own host-loss rule applies.
    /// STOP still reaches the table.
    Panicked,
}

const RUNNING: u8 = 0;
const SHUTDOWN: u8 = 1;
const PANICKED: u8 = 2;

/// Shared by all threads of an engine; every field can be used without waiting.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) lane: Lane,
    pub(super) snapshots: Ring<Snapshot>,
    pub(super) prompts: Ring<Said>,
    pub(super) ticks: AtomicU64,
    pub(super) frozen: AtomicBool,
    pub(super) shutdown: AtomicBool,
    realtime: AtomicU8,
    ended: AtomicU8,
}

impl Shared {
    pub(super) fn new(stopper: Arc<dyn Stopper>) -> Self {
        Self {
            lane: Lane::new(stopper),
            snapshots: Ring::new(SNAPSHOTS),
            prompts: Ring::new(PROMPTS),
            ticks: AtomicU64::new(0),
            frozen: AtomicBool::new(false),
            shutdown: AtomicBool::new(false),
            realtime: AtomicU8::new(0),
            ended: AtomicU8::new(RUNNING),
        }
    }

    pub(super) fn set_realtime(&self, realtime: Realtime) {
        let bits = u8::from(realtime.priority) | u8::from(realtime.memory_locked) << 1;
        self.realtime.store(bits, Ordering::Release);
    }

    pub(super) fn realtime(&self) -> Realtime {
        let bits = self.realtime.load(Ordering::Acquire);
        Realtime { priority: bits & 1 != 0, memory_locked: bits & 2 != 0 }
    }

    pub(super) fn set_ended(&self, ended: Ended) {
        let code = match ended {
            Ended::Shutdown => SHUTDOWN,
            Ended::Panicked => PANICKED,
        };
        self.ended.store(code, Ordering::Release);
    }

    pub(super) fn ended(&self) -> Option<Ended> {
        match self.ended.load(Ordering::Acquire) {
            RUNNING => None,
            SHUTDOWN => Some(Ended::Shutdown),
            PANICKED.. => Some(Ended::Panicked),
        }
    }
}
