//! What has the bed: nobody, a host, the hand control, or the table itself.

use crate::timer::Lease;

/// Why the table brings the bed back by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Mains lost: the battery only empties (H-13).
    MainsLost,
    /// Head-down for as long as anyone may be (H-26).
    HeadDownCap,
    /// Blocked on the way down: moving back frees (H-11). Once.
    Blocked,
    /// The brake slips toward head-down (H-10).
    BrakeSlip,
    /// Nobody speaks for the host any more (H-01 to H-03).
    HostLost,
    /// One of two angle sources or latch sensors is doubtful, or the sources disagree.
    Doubt,
}

/// What has the bed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Nobody: held.
    Hold,
    /// A host's target, while its lease lasts.
    Target {
        /// Millidegrees.
        target: i32,
        /// Millidegrees a second, without direction.
        rate: i32,
        lease: Lease,
        /// Sign of the way from where the order found the bed.
        way: i32,
        arrived: bool,
    },
    /// A host's rate, while its lease lasts.
    Jog { rate: i32, lease: Lease },
    /// A host's return, while its lease lasts.
    HostReturn { rate: i32, lease: Lease, held: bool },
    /// The hand control's return; `held`: only while its button is down.
    HandReturn { held: bool },
    /// The table's own return.
    AutoReturn { cause: Cause },
}

impl Demand {
    /// Whether a host's frame keeps it going, and until when.
    pub(crate) const fn lease(&self) -> Option<Lease> {
        match *self {
            Self::Target { lease, .. }
            | Self::Jog { lease, .. }
            | Self::HostReturn { lease, .. } => Some(lease),
            Self::Hold | Self::HandReturn { .. } | Self::AutoReturn { .. } => None,
        }
    }

    /// Whether it is a return, whoever asked.
    pub(crate) const fn is_return(&self) -> bool {
        match self {
            Self::HostReturn { .. } | Self::HandReturn { .. } | Self::AutoReturn { .. } => true,
            Self::Hold | Self::Target { .. } | Self::Jog { .. } => false,
        }
    }

    /// Whether it is a return that runs only while a person holds a local control.
    pub(crate) const fn is_held_return(&self) -> bool {
        match self {
            Self::HostReturn { held, .. } | Self::HandReturn { held } => *held,
            Self::AutoReturn { .. } | Self::Hold | Self::Target { .. } | Self::Jog { .. } => false,
        }
    }
}

/// Who asks for a return; decides what forbids it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    Host,
    HostHeld,
    Hand,
    HandHeld,
    Table,
}

impl Asker {
    /// Whether a person holds a local control for as long as the bed moves.
    pub(crate) const fn is_held(self) -> bool {
        match self {
            Self::HostHeld | Self::HandHeld => true,
            Self::Host | Self::Hand | Self::Table => false,
        }
    }
}
