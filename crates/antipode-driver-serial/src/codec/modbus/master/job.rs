//! What the master has to do, and how it went.

use core::fmt;

use antipode_safety::{Millis, Timestamp};

use crate::codec::modbus::request::MAX_READ;
use crate::codec::modbus::{Bits, Exception, Read, Registers, ReplyError, Request, Unit, Write};

/// Names one job of one master.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub(super) u32);

/// What counts as proof that a write took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verify {
    /// The device repeated it. An adapter that echoes what it sends looks the same, so this alone is
    /// for registers that cannot be read.
    Echo,
    /// The device repeated it, and a read shows it.
    ReadBack,
}

/// Why a job is not taken on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Too many jobs wait.
    Full,
    /// Nothing is written while a STOP is not done.
    Stopping,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => write!(f, "the Modbus line has too many requests waiting"),
            Self::Stopping => write!(f, "nothing is written while the STOP is not done"),
        }
    }
}

impl core::error::Error for Refusal {}

/// What a job brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Success {
    /// The bits asked for.
    Bits(Bits),
    /// The registers asked for.
    Registers(Registers<{ MAX_READ as usize }>),
    /// The device repeated the write.
    Written,
    /// The device repeated the write, and a read showed it.
    Verified,
}

/// Why a job brought nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No byte came in time.
    Silent,
    /// What came in time is not the answer.
    Reply(ReplyError),
    /// The device will not.
    Refused(Exception),
    /// The write was repeated, but a read shows something else.
    ReadBackDiffers,
    /// A STOP came between.
    Preempted,
    /// The line did not fall silent.
    NeverQuiet,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent => write!(f, "no Modbus answer in time"),
            Self::Reply(error) => error.fmt(f),
            Self::Refused(exception) => {
                write!(f, "the Modbus device refused: {exception:?}")
            }
            Self::ReadBackDiffers => {
                write!(f, "the Modbus device repeated the write but does not hold it")
            }
            Self::Preempted => write!(f, "given up for a STOP"),
            Self::NeverQuiet => {
                write!(f, "the Modbus line did not fall silent; another master may be on it")
            }
        }
    }
}

impl core::error::Error for Failure {}

/// A job that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// Which.
    pub ticket: Ticket,
    /// When the last byte of the answer came, or when it was given up.
    pub at: Timestamp,
    /// Whether the device may have done what it was told. Never for a read.
    pub may_have_acted: bool,
    /// How it went.
    pub result: Result<Success, Failure>,
}

impl Done {
    /// How old the answer is.
    #[must_use]
    pub const fn age(&self, now: Timestamp) -> Millis {
        now.since(self.at)
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "nothing here allocates, so the block lies inline")]
pub(super) enum Work {
    Read(Read),
    Write(Write, Verify),
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    First,
    ReadBack,
}

/// How a job travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    Ordinary,
    /// With the attempts left, this one included, and since when it waits for its turn.
    Stop {
        left: u8,
        since: Timestamp,
    },
}

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Job {
    pub(super) ticket: Ticket,
    pub(super) unit: Unit,
    pub(super) work: Work,
    pub(super) phase: Phase,
    pub(super) lane: Lane,
    /// Thrown out by a STOP and not reported yet.
    pub(super) dropped: bool,
}

impl Job {
    pub(super) fn is_stop(&self) -> bool {
        self.lane != Lane::Ordinary
    }

    /// A STOP itself, not the read that proves it.
    pub(super) fn is_stop_write(&self) -> bool {
        self.is_stop() && self.phase == Phase::First
    }

    /// Since when a STOP waits for its turn.
    pub(super) fn stop_since(&self) -> Option<Timestamp> {
        match self.lane {
            Lane::Stop { since, .. } => Some(since),
            Lane::Ordinary => None,
        }
    }

    pub(super) fn is_read(&self) -> bool {
        matches!(self.work, Work::Read(_))
    }

    /// What goes out next for this job.
    pub(super) fn request(&self) -> Request {
        match (self.work, self.phase) {
            (Work::Read(read), Phase::First | Phase::ReadBack) => Request::Read(read),
            (Work::Write(write, _), Phase::First) => Request::Write(write),
            (Work::Write(write, _), Phase::ReadBack) => Request::Read(write.read_back()),
        }
    }

    pub(super) fn succeeded(&self, at: Timestamp, success: Success) -> Done {
        let may_have_acted = !self.is_read();
        Done { ticket: self.ticket, at, may_have_acted, result: Ok(success) }
    }

    pub(super) fn failed(&self, at: Timestamp, failure: Failure, acted: bool) -> Done {
        let may_have_acted = acted && !self.is_read();
        Done { ticket: self.ticket, at, may_have_acted, result: Err(failure) }
    }
}
