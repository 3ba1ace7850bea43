//! The plan, the person, the static check and the session machine. Pure and synchronous: no clock,
//! no input or output, no floating point, no runtime.
//!
//! The heart is [`session::Session::step`]: time and one event in, commands, prompts and records
//! out by value.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod activity;
pub mod alarm;
pub mod checkin;
pub mod clearance;
pub mod day;
pub mod dose;
pub mod event;
#[cfg(any(test, feature = "fixture"))]
pub mod fixture;
pub mod gate;
pub mod inline;
pub mod ledger;
mod moment;
pub mod orders;
pub mod outcome;
pub mod person;
pub mod plan;
pub mod programme;
pub mod screening;
pub mod session;
pub mod step;
pub mod symptom;
pub mod symptom_map;
pub mod vitals;
