//! What a session writes into its journal, and running it again from there.
//!
//! ```text
//! START   what the session was told before it began; states the version of all that follows
//! PERSON  who is on the table, sealed
//! EVENT   something reached the session          --+
//! BLOCK   readings, wake-ups and vitals in order --+-- a replay hands these to the machine again
//! RECORD  what the session put on record in the step before: a replay compares these
//! FAULT   a fault began, as the table told it: for people who look for its cause, no event
//! ORDERS  all orders to the table in one number, before the end: a replay compares it too
//! END     the summary
//! ```
//! A block holds half of that number as it was after its last step. It hangs on every order before,
//! so a difference that one block should miss by chance shows in the next.
//!
//! The machine knows no clock, so the same events at the same times give the same steps: a journal
//! that replays is evidence of what the program decided and why.

mod block;
mod event;
mod fault;
mod floors;
mod limits;
mod name;
mod program;
mod record;
mod replay;
mod start;
pub(crate) mod tags;
pub(crate) mod wire;
mod writer;

#[cfg(test)]
mod tests;

pub use block::{Gathered, Gathering, decode_block};
pub use event::{Often, Seldom, Sorted};
pub use fault::{decode_fault, encode_fault};
pub use floors::Floors;
pub use name::{NameError, open_clearance, open_name, seal_clearance, seal_name};
pub use record::{decode_record, encode_record};
pub use replay::{Difference, Differs, NotReplayable, Replay, replay_segment, replay_session};
pub use start::{FORMAT, NotRecordable, Start};
pub use wire::DecodeError;
pub use writer::{CannotBegin, CannotEnd, SessionWriter};

use crate::record::Kind;

/// Something reached the session; see [`Seldom`].
pub const EVENT: Kind = Kind::new(64);
/// Steps gathered over less than a second; see [`Gathering`].
pub const BLOCK: Kind = Kind::new(65);
/// The session put something on record; see [`decode_record`].
pub const RECORD: Kind = Kind::new(66);
/// A clinician agreed that the person may go on after a warning sign, by the word of whoever began
/// the session; sealed like the person's name, see [`seal_clearance`].
pub const CLEARED: Kind = Kind::new(68);
/// All orders of the session; see [`antipode_core::orders::Orders`].
pub const ORDERS: Kind = Kind::new(67);
/// A fault began, as the table told it; see [`decode_fault`].
pub const FAULT: Kind = Kind::new(69);
