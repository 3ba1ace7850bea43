//! The simulated table and person: mechanics, body, circulation, faults and a faulty wire.
//!
//! Everything but [`driver`] and [`pty`] is driven by simulated time that the caller passes in and by one seed.
//! The same seed and the same calls give the same bits on every machine, in debug and release:
//! floating point goes through `libm` only, nothing reads a clock, and no collection has a random
//! order. All state is `Clone`, so that a run can be forked at any moment and its futures compared.
//!
//! What this crate shows is *simulated* evidence. Its figures come from published studies of a few
//! healthy people and from statics; they say nothing about one real person.

pub mod device;
pub mod driver;
pub mod faults;
pub mod person;
pub mod plant;
pub mod pty;
pub mod wire;
pub mod world;

mod chance;
mod number;
