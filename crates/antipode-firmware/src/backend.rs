//! From the controller's [`Outputs`](crate::Outputs) to the pins of real actuators.
//!
//! Pure like the rest: a board samples its sensors, calls [`Controller::tick`](crate::Controller),
//! hands the outputs to one of these, and copies what comes back to its pins. None of them decides
//! about motion; each only ever gives the actuator less than it was told, and at once nothing.
//!
//! | back-end | for | rate |
//! |-|-|-|
//! | [`RelayPair`] | two contacts across the up and down keys of a handset, or two relays | one |
//! | [`HBridge`] | a brushed motor behind a bridge, with the bed's measured rate | range |
//! | [`StepDir`] | a stepper or servo drive with step and direction inputs | range |

mod h_bridge;
mod relay_pair;
mod step_dir;

pub use h_bridge::{Bridge, HBridge, HBridgeConfig};
pub use relay_pair::{Contacts, RelayPair, RelayPairConfig, Welded};
pub use step_dir::{StepDir, StepDirConfig, Steps};

/// Which way the bed turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// More head-down.
    Down,
    /// Toward the rest band and head-up.
    Back,
}

impl Way {
    /// The way of a signed rate or angle; none for zero.
    #[must_use]
    pub const fn of(signed: i32) -> Option<Self> {
        match signed {
            1.. => Some(Self::Down),
            0 => None,
            ..0 => Some(Self::Back),
        }
    }
}
