//! Tilt, rate and time as whole numbers.
//!
//! Integers order and compare exactly, print the same on every machine, and cannot be "not a
//! number". The fields are private, so a value out of range cannot be built.

use core::fmt;

mod angle;
mod rate;
#[cfg(test)]
mod tests;
mod time;

pub use angle::Angle;
pub use rate::Rate;
pub use time::{Millis, Timestamp};

/// Writes a count of thousandths as a decimal with its unit, without floating point.
fn thousandths(f: &mut fmt::Formatter<'_>, value: i64, unit: &str) -> fmt::Result {
    let sign = if value < 0 { "-" } else { "" };
    let magnitude = value.unsigned_abs();
    write!(f, "{sign}{}.{:03}{unit}", magnitude / 1_000, magnitude % 1_000)
}
