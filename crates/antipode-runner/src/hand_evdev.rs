//! The hand control as a USB keypad: four keys within reach of the strapped person.
//!
//! The keypad is named by its path under `/dev/input/by-id` and taken for us alone, so that a press
//! does not also reach the terminal as a second answer. It is never searched for. A keypad that
//! goes away is said to be lost, which counts as a question without an answer.

mod event;
mod grab;
mod keys;
mod thread;

pub use event::{HandEvent, HandInput, inputs};
pub use keys::{HandKeys, KeyError};
pub use thread::{HandControl, OpenError};

#[cfg(test)]
mod tests;
