//! The times of a line.

use core::fmt;
use core::num::NonZeroU8;

use antipode_safety::Millis;

/// Longest time that a STOP may wait: its patience and a turnaround (H-20).
pub const MAX_STOP_WAIT: Millis = Millis::new(100);
/// Longest time to wait for an answer: a line that waits longer has no use for a moving table.
pub const MAX_REPLY_TIMEOUT: Millis = Millis::new(1_000);
/// So many times the drain may take before a job fails for it.
pub(super) const JAMMED_AFTER: u64 = 10;

/// The times of a line. No default: each belongs to a device, and its profile states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// From handing a request over to the last byte of its answer. Includes the time that both need
    /// on the wire.
    pub reply_timeout: Millis,
    /// Silence that ends an answer and comes before the next request. At least 3.5 characters; over
    /// USB as long as the adapter holds bytes back.
    pub turnaround: Millis,
    /// Silence that ends a drain. With `reply_timeout` longer than the slowest answer.
    pub drain_quiet: Millis,
    /// How long a STOP waits for a request under way or a line that does not fall silent. Longer than
    /// the usual answer takes, so that STOP seldom runs into one and is lost with it.
    pub stop_patience: Millis,
    /// How often a STOP is written before it is reported as failed.
    pub stop_attempts: NonZeroU8,
    /// Reads a second at most, read-backs included, though these are never held back.
    pub max_reads_per_s: NonZeroU8,
}

/// Why the times of a line cannot work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimingError {
    /// An answer must be allowed to take some time, and at most [`MAX_REPLY_TIMEOUT`].
    ReplyTimeout(Millis),
    /// The turnaround is zero or not under the time for an answer.
    Turnaround(Millis),
    /// A drain must be longer than a turnaround.
    DrainQuiet(Millis),
    /// With the turnaround a STOP would wait longer than [`MAX_STOP_WAIT`], or it is shorter than
    /// the turnaround.
    StopPatience(Millis),
}

impl fmt::Display for TimingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReplyTimeout(given) => {
                write!(f, "reply timeout of {given}; give 1 ms to {MAX_REPLY_TIMEOUT}")
            }
            Self::Turnaround(given) => {
                write!(f, "turnaround of {given}; give 1 ms or more, under the reply timeout")
            }
            Self::DrainQuiet(given) => {
                write!(f, "drain of {given}; give more than the turnaround")
            }
            Self::StopPatience(given) => write!(
                f,
                "STOP would wait {given}; give the turnaround or more, together {MAX_STOP_WAIT} at most"
            ),
        }
    }
}

impl core::error::Error for TimingError {}

impl Timing {
    pub(super) fn check(&self) -> Result<(), TimingError> {
        let Self { reply_timeout, turnaround, drain_quiet, stop_patience, .. } = *self;
        if reply_timeout == Millis::ZERO || reply_timeout > MAX_REPLY_TIMEOUT {
            return Err(TimingError::ReplyTimeout(reply_timeout));
        }
        if turnaround == Millis::ZERO || turnaround >= reply_timeout {
            return Err(TimingError::Turnaround(turnaround));
        }
        if drain_quiet <= turnaround {
            return Err(TimingError::DrainQuiet(drain_quiet));
        }
        if stop_patience < turnaround || stop_patience.plus(turnaround) > MAX_STOP_WAIT {
            return Err(TimingError::StopPatience(stop_patience));
        }
        Ok(())
    }

    /// Least time between two reads, so that no second holds more than may be.
    pub(super) fn read_spacing(&self) -> Millis {
        Millis::new(1_000_u64.div_ceil(u64::from(self.max_reads_per_s.get())))
    }
}
