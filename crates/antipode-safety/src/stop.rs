//! The STOP word: one atomic that every source of STOP and every sender of motion share.

#[cfg(not(all(loom, test)))]
use core::sync::atomic::{AtomicU32, Ordering};
#[cfg(all(loom, test))]
use loom::sync::atomic::{AtomicU32, Ordering};

use crate::canary::{Canary, active};

/// Who can press STOP. Anyone near may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum StopSource {
    /// The buttons within reach of the strapped person.
    HandControl = 0,
    /// The fixed STOP loop, or the table's own latch.
    Table = 1,
    /// The terminal of the machine that runs the table.
    Terminal = 2,
    /// A page or a program over the network.
    Network = 3,
    /// `antipode stop` or a signal.
    Command = 4,
    /// The engine itself, on a defect of its own.
    Engine = 5,
}

impl StopSource {
    /// Every source, in bit order.
    pub const ALL: [Self; 6] = [
        Self::HandControl,
        Self::Table,
        Self::Terminal,
        Self::Network,
        Self::Command,
        Self::Engine,
    ];

    /// The bit that says that this source is still pressed.
    const fn bit(self) -> u32 {
        1 << (StopWord::PRESSED_SHIFT + self as u32)
    }
}

/// What became of an acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Acknowledged {
    /// STOP is gone. Motion still needs a new human act in the rest band.
    Cleared,
    /// A source is still pressed: STOP stays.
    StillPressed,
    /// Someone pressed STOP after the one that was acknowledged: STOP stays.
    NewerStop,
    /// There was no STOP.
    NotLatched,
}

/// The STOP bit, the sources still pressed and the count of commands, in one word.
///
/// A flag beside a separate command can be read in one order and written in another, and a STOP is
/// lost between them. Here a sender takes its next command number with the same compare-exchange
/// that proves that STOP is clear, and STOP changes the number: a command taken before a STOP is
/// known to be old afterwards, one asked for after it is not given.
///
/// Leaving STOP takes two acts: every source released, then acknowledged.
///
/// It starts clear: a host that came up with STOP latched would forbid the table's own return of a
/// person left head-down by the crash before.
///
/// # Proof
/// Every interleaving is checked by loom, in its own target folder since the flag is global:
/// ```text
/// RUSTFLAGS="--cfg loom" CARGO_TARGET_DIR=target/loom \
///     cargo test -p antipode-safety --release --lib stop::loom_tests
/// ```
///
/// # Example
/// ```
/// use antipode_safety::{Acknowledged, StopSource, StopWord};
/// let word = StopWord::new();
/// let ticket = word.take_command().unwrap();
/// assert!(word.press(StopSource::HandControl));
/// assert!(!word.is_current(ticket));
/// assert_eq!(word.take_command(), None);
///
/// let seen = word.generation();
/// assert_eq!(word.acknowledge(seen), Acknowledged::StillPressed);
/// word.release(StopSource::HandControl);
/// assert_eq!(word.acknowledge(seen), Acknowledged::Cleared);
/// ```
#[derive(Debug)]
pub struct StopWord {
    /// Bit 31 STOP, bits 24..=29 sources pressed, bits 0..=23 count.
    word: AtomicU32,
}

impl StopWord {
    const STOP: u32 = 1 << 31;
    const PRESSED_SHIFT: u32 = 24;
    const PRESSED: u32 = 0x3f << Self::PRESSED_SHIFT;
    /// The count is only ever compared for equality, so its wrap after 16 million commands matters
    /// only to somebody who held an old number through all of them.
    const COUNT: u32 = (1 << Self::PRESSED_SHIFT) - 1;

    /// A word with no STOP, nothing pressed and no command taken.
    #[cfg(not(all(loom, test)))]
    #[must_use]
    pub const fn new() -> Self {
        Self { word: AtomicU32::new(0) }
    }

    /// A word with no STOP, nothing pressed and no command taken.
    #[cfg(all(loom, test))]
    #[must_use]
    pub fn new() -> Self {
        Self { word: AtomicU32::new(0) }
    }

    /// Latches STOP from `source`, whatever stood before. True when it was not latched already.
    ///
    /// Never blocks and never fails: a lost race is only tried again, and each loss means that
    /// another thread got on.
    pub fn press(&self, source: StopSource) -> bool {
        let before = self.change(|word| Some(Self::counted(word) | Self::STOP | source.bit()));
        before & Self::STOP == 0
    }

    /// Tells that `source` is no longer pressed. STOP stays latched.
    pub fn release(&self, source: StopSource) {
        self.change(|word| Some(word & !source.bit()));
    }

    /// Clears the STOP that was seen as `seen`, if nothing is pressed and no newer one came.
    ///
    /// # Example
    /// See [`StopWord`].
    pub fn acknowledge(&self, seen: u32) -> Acknowledged {
        let mut outcome = Acknowledged::NotLatched;
        self.change(|word| {
            outcome = Self::acknowledgement(word, seen);
            match outcome {
                Acknowledged::Cleared => Some(Self::counted(word) & !Self::STOP),
                Acknowledged::StillPressed | Acknowledged::NewerStop | Acknowledged::NotLatched => {
                    None
                }
            }
        });
        outcome
    }

    /// The number of the next command, or `None` while STOP is latched.
    ///
    /// Taken in one step with the check, so that no STOP fits in between.
    #[must_use]
    pub fn take_command(&self) -> Option<u32> {
        let mut taken = None;
        self.change(|word| {
            if word & Self::STOP != 0 {
                taken = None;
                return None;
            }
            let next = Self::counted(word);
            taken = Some(next & Self::COUNT);
            Some(next)
        });
        taken
    }

    /// Whether the command `number` is the newest act and no STOP came after it.
    #[must_use]
    pub fn is_current(&self, number: u32) -> bool {
        let word = self.word.load(Ordering::Acquire);
        word & Self::STOP == 0 && word & Self::COUNT == number
    }

    /// Whether STOP is latched.
    #[must_use]
    pub fn is_latched(&self) -> bool {
        self.word.load(Ordering::Acquire) & Self::STOP != 0
    }

    /// Whether `source` is still pressed.
    #[must_use]
    pub fn is_pressed(&self, source: StopSource) -> bool {
        self.word.load(Ordering::Acquire) & source.bit() != 0
    }

    /// The count that every press, command and cleared STOP raises; [`StopWord::acknowledge`] takes
    /// the one that the person saw. Equal or not is all that it says.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.word.load(Ordering::Acquire) & Self::COUNT
    }

    fn acknowledgement(word: u32, seen: u32) -> Acknowledged {
        let pressed = word & Self::PRESSED != 0 && !active(Canary::AcknowledgeWhilePressed);
        if word & Self::STOP == 0 {
            Acknowledged::NotLatched
        } else if pressed {
            Acknowledged::StillPressed
        } else if word & Self::COUNT != seen {
            Acknowledged::NewerStop
        } else {
            Acknowledged::Cleared
        }
    }

    /// `word` with its count one higher, wrapping within its own bits.
    const fn counted(word: u32) -> u32 {
        (word & !Self::COUNT) | (word.wrapping_add(1) & Self::COUNT)
    }

    /// Applies `next` until it holds against every other thread; `None` leaves the word alone.
    /// Returns the word before.
    fn change(&self, mut next: impl FnMut(u32) -> Option<u32>) -> u32 {
        let mut seen = self.word.load(Ordering::Acquire);
        while let Some(wanted) = next(seen) {
            match self.word.compare_exchange(seen, wanted, Ordering::AcqRel, Ordering::Acquire) {
                Ok(before) => return before,
                Err(newer) => seen = newer,
            }
        }
        seen
    }
}

impl Default for StopWord {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;

#[cfg(all(loom, test))]
mod loom_tests;
