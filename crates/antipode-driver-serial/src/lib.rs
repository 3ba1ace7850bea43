//! Serial tables and sensors: pure codecs of the dialects, and one thread per port.
//!
//! ```text
//!  control loop --commands--> port thread: lane, dialect (pure), port (locked, drained) --> table
//!               <--events----                                                           <--
//! ```
//! A port is opened by the name that somebody wrote down, taken for this program alone, and emptied
//! before anything is believed. Nothing here renews a motion: a control loop that freezes lets the
//! table's own lease run out.

#![forbid(unsafe_code)]

pub mod codec;
mod dialect;
pub mod drive;
pub mod guardian;
mod holder;
mod line;
mod link;
mod port;
mod port_thread;
mod process;
mod sensor;
#[allow(dead_code, reason = "one end of a pair is for conformance tests alone")]
mod socket;
mod wake;

pub use link::LinkDriver;
pub use process::ProcessDriver;
pub use sensor::{BnoRvcDriver, NoninDriver, WitMotionDriver};
