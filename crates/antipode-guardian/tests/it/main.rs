//! The guardian against an ideal bed behind a drive that can be broken.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by ending")]

mod awake;
mod bench;
mod blocked;
mod doubt;
mod guards;
mod home;
mod known;
mod need;
mod power;
mod properties;
mod rest;
mod rules;
