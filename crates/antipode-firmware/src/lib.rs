//! The reference table controller: a pure state machine that keeps a person safe when the host is
//! gone.
//!
//! It is the layer below the host and assumes that the host failed. It takes units and report enums
//! from `antipode-safety` and nothing else: its limits, its stopping distances and its watches are
//! written a second time on purpose, so that one mistake is not made in both layers.
//!
//! ```text
//!            receive(bytes)                      transmit(out)
//!                  |                                   ^
//!   +--------------v-----------------------------------+--------------+
//!   | session, order of numbers   faults, log          reports        |
//!   |        |                       ^                                |
//!   |     demand <--- hand control   |                                |
//!   |        |   <--- automatic return (host lost, mains, stall ...)  |
//!   |        v                       |                                |
//!   |   limits, ramp          angle sources, drive watch              |
//!   +--------+-----------------------^--------------------------------+
//!            v                       |
//!   Outputs: setpoint, brake, relay  Inputs: angles, current, supply, latches, switches
//! ```
//!
//! STOP outranks everything, people outrank automatic motion, and automatic motion outranks a host
//! only toward the rest band. Nothing here turns the bed more head-down but a leased frame of the
//! one session that is armed. `docs/table-link.md` states the rules for firmware in other languages.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod angle;
mod automatic;
pub mod backend;
mod blind;
pub mod canary;
mod condition;
mod config;
mod controller;
mod current;
mod demand;
mod drive;
mod fault_log;
mod gave_up;
mod hand;
mod inspect;
mod io;
mod limits;
mod motion;
mod outbox;
mod receive;
mod report;
mod rules;
mod session;
mod timer;

pub use config::{Config, HostLossPolicy};
pub use controller::Controller;
pub use inspect::{Inspection, Request};
pub use io::{BootInfo, DriveNotes, Inputs, Outputs};
