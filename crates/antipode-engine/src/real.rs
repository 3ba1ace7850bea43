//! The engine on the real clock.
//!
//! ```text
//!  any thread --Handle--> STOP and RETURN lane (one atomic word, bits, wake) --+--> Stopper -> link
//!             --Handle--> acts at the table, bounded --+                       |
//!             --Handle--> acts from elsewhere, bounded +-> control thread -----+--> Table -> link
//!                                          timerfd ----+       |  '-> journal port (never waits)
//!                                                              '----> snapshots, prompts (never waits)
//!  watchdog thread: no completed tick for 150 ms -> one halt through the Stopper, then silence
//! ```
//! The control thread is the only one that renews a lease or sends a heartbeat, and only at the end
//! of a completed tick. It shares no lock that another thread could hold while it is slow, waits for
//! no disk, and every wait for the table has a deadline.

mod clock;
mod control;
mod handle;
mod journal;
mod lane;
mod realtime;
mod ring;
mod shared;
mod table_port;
mod thread;

pub use clock::{Clock, RealClock};
pub use control::Control;
pub use handle::{Handle, NotTaken, Prompts, Said};
pub use journal::{JournalPort, MemoryJournal};
pub use realtime::Realtime;
pub use shared::{Counts, Ended, Snapshot};
pub use thread::Engine;
