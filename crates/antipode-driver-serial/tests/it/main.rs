//! The drivers against simulated tables at the other end of a pseudo-terminal.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by ending")]

mod conformance;
mod draw;
mod drives;
mod foreign;
mod guarded;
mod kills;
mod link;
mod outlive;
mod process;
mod rig;
mod sensors;
mod served;
