//! The journal as its callers see it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod care;
mod crash;
mod database;
mod fixture;
mod ledger;
mod people;
mod real_disk;
mod recovery;
mod session;
mod thread;
