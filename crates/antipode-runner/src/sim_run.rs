//! Whole sessions on the simulated table: the engine, the wire, the controller, the plant, the
//! person, a spotter with hands, and whoever watches.
//!
//! `demo`, `simulate` and `soak` all run this; they differ in what they put in and what they look
//! at afterwards.

pub mod draw;
pub mod helped;
pub mod live;
mod people;
mod recorder;
mod run;
pub mod scenario;
mod setup;
pub mod soak;
mod trace;

#[cfg(test)]
mod tests;

pub use people::{Spotter, SpotterMode};
pub use recorder::Recorder;
pub use run::SimRun;
pub use setup::{ScriptedAct, SimSetup};
pub use trace::watched;
