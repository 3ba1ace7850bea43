//! Sensors beside a table, on serial lines of their own. They are listened to and never told
//! anything: a port on which the wrong device turns out to be is left as it was found.
//!
//! ```text
//!   line --bytes--> Listener: stamps, silence --> Speech (pure: codec, what is believed) --> events
//! ```

mod listener;
mod open;
mod tilt;
mod vitals;

pub use tilt::{BnoRvcDriver, WitMotionDriver};
pub use vitals::NoninDriver;

#[cfg(test)]
mod tests;
