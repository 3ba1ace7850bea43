//! What can go wrong between a host and a table, by what it means for the person on it.

use std::time::Duration;

/// Why a link is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkLoss {
    /// The port or connection closed.
    HungUp,
    /// Nothing arrived for too long.
    Silent,
    /// What arrived could not be understood for too long.
    Garbled,
}

/// An error of a driver.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The table could not be opened; nothing was sent that moves it.
    #[error("could not open {driver} table at {address}: {cause}; nothing was sent")]
    Open {
        /// Which driver.
        driver: &'static str,
        /// Where.
        address: String,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// The table at the address is not one that this driver can drive safely.
    #[error("{driver} table at {address} was refused: {reason}; it was not armed")]
    Unfit {
        /// Which driver.
        driver: &'static str,
        /// Where.
        address: String,
        /// What was found and what is needed.
        reason: &'static str,
    },
    /// A command was sent and not answered in time; it may have been carried out.
    #[error(
        "table did not answer {command} within {} ms; it was sent once and is not repeated, \
         since the table may be moving; its own lease stops it", waited.as_millis()
    )]
    Unanswered {
        /// What was sent.
        command: &'static str,
        /// How long was waited.
        waited: Duration,
    },
    /// The link is gone; the table's own protection must be taken to act.
    #[error("link to the table is lost ({loss:?}) while {doing}; its own host-loss rule applies")]
    Lost {
        /// How.
        loss: LinkLoss,
        /// What was tried.
        doing: &'static str,
    },
    /// A write failed; nothing or a part of it may have left.
    #[error("could not write {command} to the table: {cause}; it may have left in part")]
    Write {
        /// What was sent.
        command: &'static str,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
}

impl TableError {
    /// Whether the table must be taken to be acting on the command until a reading settles it.
    /// Exhaustive on purpose: a new kind must not compile until this answers.
    #[must_use]
    pub const fn may_have_acted(&self) -> bool {
        match self {
            Self::Open { .. } | Self::Unfit { .. } => false,
            Self::Unanswered { .. } | Self::Lost { .. } | Self::Write { .. } => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_may_have_left_counts_as_acted_on() {
        let io = || std::io::Error::other("broken");
        let address = String::from("/dev/x");
        let waited = Duration::from_millis(100);
        for (error, acted) in [
            (TableError::Open { driver: "sim", address: address.clone(), cause: io() }, false),
            (TableError::Unfit { driver: "sim", address, reason: "no watchdog" }, false),
            (TableError::Unanswered { command: "start", waited }, true),
            (TableError::Lost { loss: LinkLoss::HungUp, doing: "reading" }, true),
            (TableError::Write { command: "halt", cause: io() }, true),
        ] {
            assert_eq!(error.may_have_acted(), acted, "{error}");
        }
    }
}
