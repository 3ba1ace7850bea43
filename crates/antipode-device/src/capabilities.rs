//! What a table must say of itself before it may carry anybody.

use antipode_safety::{Angle, Millis, Rate};

/// How a person comes back when all power is gone. A table that cannot say is refused head-down
/// (H-14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rescue {
    /// Gravity turns the bed to the rest band once the brake lets go.
    Gravity,
    /// A battery powers at least two returns.
    Battery,
    /// The spotter turns a crank.
    Crank,
    /// Nothing: never head-down.
    None,
}

impl Rescue {
    /// Every class, in file order.
    pub const ALL: [Self; 4] = [Self::Gravity, Self::Battery, Self::Crank, Self::None];

    /// The word for it in files and records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gravity => "gravity",
            Self::Battery => "battery",
            Self::Crank => "crank",
            Self::None => "none",
        }
    }

    /// Whether the strapped person comes back without anybody's help.
    #[must_use]
    pub const fn works_alone(self) -> bool {
        match self {
            Self::Gravity | Self::Battery => true,
            Self::Crank | Self::None => false,
        }
    }
}

/// The speeds a table can turn at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rates {
    /// Any speed from `slowest` to `fastest`.
    Range {
        /// Slowest steady speed.
        slowest: Rate,
        /// Fastest speed anywhere on its stroke.
        fastest: Rate,
    },
    /// One speed; a rate is never faked by pulsing.
    Fixed(Rate),
}

/// Everything a driver must state. Read from the table where it can say it, else from its model
/// file; never changes while the table is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// No person can be on it.
    pub simulated: bool,
    /// How a person comes back without power.
    pub rescue: Rescue,
    /// The table comes back to the rest band by itself when the host is lost.
    pub returns_without_host: bool,
    /// Ankle-latch sensors fitted: 0, 1 or 2.
    pub latch_sensors: u8,
    /// A second, independent angle source.
    pub second_angle: bool,
    /// A hand control within reach of the strapped person.
    pub hand_control: bool,
    /// Speeds.
    pub rates: Rates,
    /// Head-up end of its travel.
    pub tilt_min: Angle,
    /// Head-down end of its travel.
    pub tilt_max: Angle,
    /// Longest lease that it accepts: its own motion timeout.
    pub lease: Millis,
    /// How hard it brakes, millidegrees a second squared.
    pub stop_decel: u32,
    /// Time between two reports while armed.
    pub report_every: Millis,
    /// Serial number of the controller.
    pub serial: u32,
    /// Version of its firmware.
    pub firmware: u16,
    /// Fingerprint of its configuration; a commissioning record is bound to it.
    pub config_hash: u32,
    /// How often its controller has started; 0 where the table cannot say.
    pub boot_count: u16,
}
