//! Claims over whole ranges and arbitrary histories.

#![cfg(not(loom))]

mod exhaustive;
mod histories;
mod narrowing;
mod table;
