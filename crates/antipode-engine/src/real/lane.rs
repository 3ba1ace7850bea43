//! The lane of STOP and RETURN: bits in atomic words, so that it can neither be full nor block.
//!
//! A press goes three ways at once: into the word that every sender of motion looks at, to the
//! table's own stop lane, and as a bit to the control loop. The table hears of it even when the
//! control loop never runs again (H-20).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use antipode_core::event::Source;
use antipode_device::Stopper;
use antipode_safety::{Acknowledged, StopSource, StopWord};
use tokio::sync::Notify;

/// STOP and RETURN from any thread to the table and to the control loop.
pub(super) struct Lane {
    word: StopWord,
    /// What the control loop has not taken yet: four bits each for pressed, released, return.
    pending: AtomicU32,
    wake: Notify,
    stopper: Arc<dyn Stopper>,
}

impl std::fmt::Debug for Lane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lane").field("word", &self.word).field("pending", &self.pending).finish()
    }
}

/// What the control loop takes from the lane at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    bits: u32,
    /// The count of the STOP word up to which every press is among what was taken so far.
    pub(super) told: u32,
}

impl Taken {
    pub(super) const fn pressed(self, source: Source) -> bool {
        self.bits & bit(Kind::Pressed, source) != 0
    }

    pub(super) const fn released(self, source: Source) -> bool {
        self.bits & bit(Kind::Released, source) != 0
    }

    pub(super) const fn home(self, source: Source) -> bool {
        self.bits & bit(Kind::Home, source) != 0
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Pressed = 0,
    Released = 8,
    Home = 16,
}

const fn bit(kind: Kind, source: Source) -> u32 {
    1 << (kind as u32 + source as u32)
}

const fn stop_source(source: Source) -> StopSource {
    match source {
        Source::Hand => StopSource::HandControl,
        Source::Terminal => StopSource::Terminal,
        Source::Network => StopSource::Network,
        Source::Signal => StopSource::Command,
    }
}

impl Lane {
    pub(super) fn new(stopper: Arc<dyn Stopper>) -> Self {
        Self { word: StopWord::new(), pending: AtomicU32::new(0), wake: Notify::new(), stopper }
    }

    /// Presses STOP. The bit is set before the word: whoever sees the word's new count finds the
    /// bit too.
    ///
    /// What the network repeats while STOP is latched does not reach the table, where it would end
    /// the RETURN that somebody on the spot holds: nobody far away may keep a person head-down.
    pub(super) fn press(&self, source: Source) {
        self.pending.fetch_or(bit(Kind::Pressed, source), Ordering::AcqRel);
        let new = self.word.press(stop_source(source));
        if new || source.is_local() {
            self.stopper.stop();
        }
        self.wake.notify_one();
    }

    /// Lets STOP go. It stays latched.
    pub(super) fn release(&self, source: Source) {
        self.word.release(stop_source(source));
        self.pending.fetch_or(bit(Kind::Released, source), Ordering::AcqRel);
        self.wake.notify_one();
    }

    /// Presses RETURN.
    pub(super) fn home(&self, source: Source) {
        self.pending.fetch_or(bit(Kind::Home, source), Ordering::AcqRel);
        self.wake.notify_one();
    }

    /// Makes the control loop look.
    pub(super) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Resolves when the lane has something to say. Cancel-safe.
    pub(super) async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Takes what has come.
    pub(super) fn take(&self) -> Taken {
        // The count first: every press that it counts has set its bit before.
        let told = self.word.generation();
        Taken { bits: self.pending.swap(0, Ordering::AcqRel), told }
    }

    /// The count that every press raises.
    pub(super) fn generation(&self) -> u32 {
        self.word.generation()
    }

    /// Whether any STOP control is still pressed.
    pub(super) fn is_pressed(&self) -> bool {
        StopSource::ALL.into_iter().any(|source| self.word.is_pressed(source))
    }

    /// Clears the STOP that the loop was told of. False when a control is still pressed or a newer
    /// press came: then the table's latch must stay too.
    pub(super) fn acknowledge(&self, told: u32) -> bool {
        match self.word.acknowledge(told) {
            Acknowledged::Cleared | Acknowledged::NotLatched => true,
            Acknowledged::StillPressed | Acknowledged::NewerStop => false,
        }
    }

    /// The table's stop lane.
    pub(super) fn stopper(&self) -> &dyn Stopper {
        self.stopper.as_ref()
    }
}
