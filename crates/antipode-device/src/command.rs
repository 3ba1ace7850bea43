//! What is said to a table and what it says back.

use antipode_safety::{FaultBegan, FaultSet, Rate, Reading, guard::Permit};

use crate::{Capabilities, LinkLoss};

/// Number of a command; names it in records and settles whether it was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(pub u32);

/// How to come back to the rest band. It needs no permit: coming home is never refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnMotion {
    /// Speed, without direction.
    pub rate: Rate,
    /// Somebody at the table holds RETURN: the only motion that a latched STOP allows.
    pub held: bool,
}

/// One command to a table.
#[derive(Debug, PartialEq, Eq)]
pub enum TableCommand {
    /// Accept motion from now on.
    Arm,
    /// Accept no motion.
    Disarm,
    /// Move as permitted, for one lease.
    Start(CommandId, Permit),
    /// Zero rate and hold.
    Halt,
    /// Come back to the rest band, for one lease.
    Return(ReturnMotion),
    /// Zero rate, hold and latch.
    Stop,
    /// The host is alive. Sent at the end of a completed control tick, by nothing else.
    Heartbeat,
    /// Take the latch of a released STOP off.
    AcknowledgeStop,
    /// Take latched faults off.
    ClearFaults(FaultSet),
}

/// One thing a table or its link says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableEvent {
    /// A link session is open; the table is disarmed.
    Connected(Capabilities),
    /// A report.
    Reading(Reading),
    /// The table accepted the arming.
    Armed,
    /// The table refused a command.
    Refused,
    /// The table takes a command for one that it cannot be: beyond its range, or unknown.
    Mismatch,
    /// The table restarted or another host took the link: nothing said before holds.
    SessionLost,
    /// A fault began, with what the table saw then. News for the record: what follows from a fault
    /// follows from the reports that show it.
    FaultBegan(FaultBegan),
    /// The link is gone.
    Lost(LinkLoss),
}
