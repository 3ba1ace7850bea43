//! Runs a session: the pure [`EngineCore`] and its two shells, one on the real clock and one on a
//! virtual one.
//!
//! The core decides, the shells only carry: a shell reads a clock, hands what came in to the core
//! and takes what comes out to the table, the journal and the screens. Both shells give the same
//! timeline for the same input; a test compares them.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod real;

mod core;
mod faults_told;
mod fit;
mod journal;
mod timing;
mod virtual_shell;
mod watchdog;

pub use core::{EngineCore, Input, Output, SessionLine};
pub use journal::{Dates, Ending, JOURNAL_PATIENCE, NotASummary, SessionJournal};
pub use timing::{HEARTBEAT, TICK, WATCHDOG};
pub use virtual_shell::{Observer, VirtualShell};
pub use watchdog::Watchdog;
