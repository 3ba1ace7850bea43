//! A running session that other programs of this machine can ask, stop and bring up.
//!
//! Each process listens on a socket of its own in a folder that only its owner can open. Whoever
//! gets in may ask for the status, STOP or bring up; nothing here can start, deepen or resume a
//! motion, and nothing here waits for anything that the control loop waits for (H-35).

mod client;
mod mailbox;
mod message;
mod server;

#[cfg(test)]
mod tests;

pub use client::{Found, ask, ask_all};
pub use mailbox::Mailbox;
pub use message::{Request, Status};
pub use server::{Remote, Server};
