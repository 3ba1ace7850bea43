//! An independent check of the safety invariants over a plain trace.
//!
//! The monitor was written from the hazard table alone and depends on no crate of the project, so that a mistake in the
//! controller's arithmetic cannot excuse itself here. It sees one [`trace::Tick`] per step, made of plain numbers, and
//! among them the **truth**: where the bed is, what people do, which frames were stale. The controller sees none of
//! that.
//!
//! Rules are written as the hazard table states them (HAZARDS.md, invariants I1..I24), with tolerances and exceptions
//! that are named constants beside the rule. An exception says why nobody could do better; anything else is a finding.
//! I16, I21, I22 and I23 cannot be seen in a trace; [`Invariant::shown_by`] says where they are shown.
//!
//! ```
//! use antipode_monitor::{Monitor, Profile};
//!
//! let mut monitor = Monitor::new(Profile::home_serial());
//! // for every step: monitor.observe_event(&event); monitor.observe(&tick);
//! let verdict = monitor.finish();
//! assert!(verdict.is_clean());
//! ```

mod alarm;
mod alone;
mod balk;
mod dose;
mod drive;
mod held;
mod home;
mod invariant;
mod lease;
mod monitor;
mod motion;
mod profile;
mod record;
mod rest;
mod row;
mod sensing;
mod stop;
#[cfg(test)]
mod testing;
pub mod trace;
mod violation;

pub use crate::invariant::Invariant;
pub use crate::monitor::Monitor;
pub use crate::profile::Profile;
pub use crate::violation::{Verdict, Violation};
