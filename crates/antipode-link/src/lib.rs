//! Table link: the frames and messages between a host and a table's own controller.
//!
//! One crate serves the host, the reference controller, the simulator and the fuzzers, so that both
//! ends agree by construction. `docs/table-link.md` describes the same bytes for firmware written
//! in another language, [`layout`] lists them for a C header, and `tests/golden/` freezes them.
//!
//! Three properties carry the safety of the link:
//!
//! - **No motion without a lease.** Every frame that turns the bed holds a [`Lease`], which cannot
//!   be zero or endless; a host that freezes stops the bed by saying nothing.
//! - **STOP needs nothing.** No session, no arming, no order, no known version: [`STOP_FRAME`] is a
//!   constant that can be written to the wire from anywhere.
//! - **One session moves the table.** The table issues a new session number for each greeting, and
//!   a frame of any other session, or one that repeats or steps back in sequence, moves nothing.
//!
//! # Example
//! ```
//! use antipode_link::{Decoder, Frame, FrameBuf, Message};
//!
//! let hold = Frame { seq: 7, session: 0x1234_5678, message: Message::Hold };
//! let mut wire = FrameBuf::new();
//! hold.encode(&mut wire);
//!
//! let mut heard = None;
//! Decoder::new().feed(wire.as_bytes(), |frame| heard = Some(frame));
//! assert_eq!(heard, Some(hold));
//! ```

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod cobs;
pub mod crc;
pub mod frame;
pub mod host;
pub mod layout;
pub mod message;
pub mod wire;

pub use frame::{
    Decoder, DecoderStats, Frame, FrameBuf, FrameError, MAX_FRAME, MAX_PACKET, STOP_FRAME, VERSION,
};
pub use host::{HostEvent, HostLink};
pub use message::{
    Ack, AckResult, FaultEntry, Hello, Lease, LimitsReport, Message, MessageType, Rescue,
    TableCapabilities, TableFlag, TableFlags, TableInfo, TableLimits, Telemetry,
};
