//! The journal: an append-only, hash-chained record of every session, and its replay.
//!
//! ```text
//! engine --Journal::append--> JournalHandle ==queue==> writer thread --> JournalWriter --> Disk
//!        <--Journal::durable-- (an atomic)  <-------- fdatasync done ---'
//! ```
//! Nothing here decides anything about a table, and nothing that moves a table waits for anything
//! here (I-16), but for one thing: no head-down motion before the session's START is durable
//! (I-14). A simulation uses [`MemoryJournal`] behind the same trait.
//!
//! # Example
//! ```
//! use std::sync::Arc;
//! use antipode_records::disk::MemoryDisk;
//! use antipode_records::{
//!     Durability, Flags, Kind, NewRecord, NewSession, Room, SessionId, Stamp, Store, WallTime,
//! };
//! use antipode_safety::Timestamp;
//!
//! let now = Stamp {
//!     at: Timestamp::from_millis(5),
//!     wall: WallTime::from_unix_millis(1_780_000_000_000),
//! };
//! let disk = Arc::new(MemoryDisk::new());
//! let (store, recovery) = Store::open(disk.clone(), Room::NORMAL, now)?;
//! assert!(recovery.interrupted.is_empty());
//!
//! let session = SessionId::new(now.wall);
//! let mut writer = store.begin(NewSession { session, now, simulated: true, bench: false })?;
//! let record = |kind, payload| NewRecord {
//!     stamp: now,
//!     kind,
//!     flags: Flags::NONE,
//!     durability: Durability::Now,
//!     payload,
//! };
//! writer.append(&record(Kind::START, b"plan and limits"))?;
//! writer.commit()?; // from here on the table may move
//! let end = antipode_records::segment::End {
//!     by: antipode_records::segment::EndedBy::Session,
//!     summary: b"completed",
//! };
//! writer.append(&record(Kind::END, &end.encode()))?;
//! assert!(writer.finish()?.sealed);
//!
//! let sessions = antipode_records::history::sessions(disk.as_ref())?;
//! assert_eq!(sessions[0].summary, b"completed");
//! assert!(antipode_records::verify(disk.as_ref())?.is_clean());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

pub mod care;
mod crc32c;
pub mod database;
pub mod disk;
pub mod history;
mod index;
pub mod keys;
pub mod latest;
pub mod ledger;
mod memory;
mod names;
mod record;
mod recover;
pub mod segment;
pub mod session;
mod store;
mod tally;
pub mod telemetry;
mod varint;
mod verify;
mod walk;
mod writer;

pub use index::SessionEntry;
pub use memory::{MemoryFault, MemoryJournal, MemoryRecord};
pub use record::{
    Durability, Flags, Health, Journal, Kind, NewRecord, NotAnId, PersonId, Refused, SessionId,
    Stamp, Ticket, WallTime,
};
pub use recover::{Interrupted, Recovery};
pub use store::{BeginError, NewSession, OpenError, Room, Store};
pub use verify::{Verification, verify};
pub use walk::Finding;
pub use writer::{
    Closed, CommitError, JoinError, JournalHandle, JournalThread, JournalWriter, spawn,
};
