//! Units, limits, guard, permits, reactions and the STOP word: the smallest part that people's
//! lives hang on.
//!
//! No standard library, no allocation, no floating point, no dependency. Everything here is a pure
//! function of its arguments, except the one atomic word in `stop`.

#![cfg_attr(not(any(test, loom)), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod reading;
pub mod units;

pub use reading::{DriveState, Fault, FaultSet, Latches, Reading, Switch, Switches};
pub use units::{Angle, Millis, Rate, Timestamp};
