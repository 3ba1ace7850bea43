//! What is known of a kind of table that cannot say it itself: a bed that a motor drive moves.
//!
//! Plain facts, as a model file states them. Nothing here is taken for proved: whether a drive may
//! be armed is asked of the drive.

mod modbus;
mod stroke;

pub use modbus::{
    CommandWrite, DriveCondition, EnumRead, FedBy, HostLoss, IdentityRead, LossAction,
    ModbusMotion, ModbusProfile, ModbusReads, ModbusTiming, NumberKind, NumberRead, PositionRead,
    Register, RegisterBank, RunState, Scale, TargetWrite, ValidBit, WriteFunction, WriteProof,
};
pub use stroke::{MAX_STROKE_POINTS, Stroke, StrokeError, StrokePoint};

use antipode_safety::{Angle, Millis};
use core::num::NonZeroU32;

use crate::{Rates, Rescue};

/// A kind of table as its model file describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriveModel {
    /// Short name, the file's without its ending.
    pub name: String,
    /// Maker and model.
    pub title: String,
    /// Where the figures come from.
    pub figures_from: String,
    /// Whether anybody has tried it on a device.
    pub proof: Proof,
    /// How a person comes back without power.
    pub rescue: Rescue,
    /// Whether the guardian brings the bed back to the rest band when the host is lost.
    pub returns_without_host: bool,
    /// Whether the bed stays where it is with the motor off, by its gear alone.
    pub self_locking: bool,
    /// Ankle-latch sensors fitted: 0, 1 or 2.
    pub latch_sensors: u8,
    /// Whether a second angle sensor is fitted.
    pub second_angle: bool,
    /// Whether the strapped person has buttons within reach.
    pub hand_control: bool,
    /// Speeds of the bed.
    pub rates: Rates,
    /// Head-up and head-down end of its travel.
    pub travel: [Angle; 2],
    /// Longest lease of a motion.
    pub lease: Millis,
    /// The longest timeout of its own with which the drive may be armed.
    pub drive_timeout: Millis,
    /// How hard it brakes, in millidegrees a second squared.
    pub stop_decel: u32,
    /// Time between two reports while armed.
    pub report_every: Millis,
    /// Motor current that means an obstacle, in milliamperes, where the drive reports one.
    pub current_limit_ma: Option<u32>,
    /// Supply under which nothing starts and a lowered bed comes home, in millivolts, where the drive
    /// reports one.
    pub supply_low_mv: Option<u32>,
    /// Supply under which the mains are gone and a battery carries the bed, in millivolts.
    pub mains_lost_mv: Option<u32>,
    /// Places on the stroke and the tilts there.
    pub stroke: Stroke,
    /// How its serial line is set.
    pub line: LineSettings,
    /// What is spoken on that line.
    pub dialect: Dialect,
}

impl DriveModel {
    /// Why this model may be looked at but must not be moved, whatever the drive says; `None` where
    /// its facts are enough.
    #[must_use]
    pub const fn read_only(&self) -> Option<&'static str> {
        if !self.self_locking {
            return Some(
                "its model file does not say that the bed stays where it is without power; a bed \
                 that sinks when its motor stops carries nobody",
            );
        }
        match &self.dialect {
            Dialect::Modbus(profile) => profile.read_only(),
            Dialect::Jrk(_) | Dialect::Tic(_) | Dialect::RoboClaw(_) => None,
        }
    }
}

/// Whether anybody has tried a model on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Proof {
    /// Written from documents alone.
    UnverifiedOnHardware,
    /// Somebody tried it; the file says who.
    VerifiedOnHardware,
}

impl Proof {
    /// Both.
    pub const ALL: [Self; 2] = [Self::UnverifiedOnHardware, Self::VerifiedOnHardware];

    /// The words that a model file uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::UnverifiedOnHardware => "unverified on hardware",
            Self::VerifiedOnHardware => "verified on hardware",
        }
    }
}

/// How a serial line is set. Always eight data bits, never any flow control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LineSettings {
    /// Bits a second.
    pub baud: u32,
    /// The check of each byte.
    pub parity: Parity,
    /// One stop bit or two.
    pub stop_bits: StopBits,
}

/// The check of each byte on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Parity {
    /// None.
    None,
    /// An even number of ones.
    Even,
    /// An odd number of ones.
    Odd,
}

impl Parity {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::None, Self::Even, Self::Odd];

    /// The word that a model file uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Even => "even",
            Self::Odd => "odd",
        }
    }
}

/// The pause after each byte on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StopBits {
    /// One bit.
    One,
    /// Two bits.
    Two,
}

/// What is spoken to a drive, with the settings of each.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is one of these in a program")]
pub enum Dialect {
    /// Pololu Jrk G2.
    Jrk(JrkSettings),
    /// Pololu Tic.
    Tic(TicSettings),
    /// Basicmicro RoboClaw, packet serial.
    RoboClaw(RoboClawSettings),
    /// Anything that a profile of registers describes.
    Modbus(ModbusProfile),
}

impl Dialect {
    /// The words for them in model files.
    pub const KEYS: [&'static str; 4] = ["jrk", "tic", "roboclaw", "modbus"];

    /// What the counts of its position sensor start from.
    #[must_use]
    pub const fn counter(&self) -> Counter {
        match self {
            Self::Jrk(_) => Counter::Absolute,
            // Its count of steps is never given as the bed's place.
            Self::Tic(_) => Counter::Absolute,
            Self::RoboClaw(settings) => settings.counter,
            Self::Modbus(profile) => profile.reads.position.counter,
        }
    }

    /// The word for it in a model file.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Jrk(_) => "jrk",
            Self::Tic(_) => "tic",
            Self::RoboClaw(_) => "roboclaw",
            Self::Modbus(_) => "modbus",
        }
    }
}

/// How Pololu commands are framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PololuFraming {
    /// The device's number where several share a line: 0 to 127.
    pub device_number: Option<u8>,
    /// Whether commands carry the 7-bit check, as set in the device.
    pub check: bool,
}

/// A Jrk G2. It goes to a place on its feedback; the unit of its stroke is the count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JrkSettings {
    /// How its commands are framed.
    pub framing: PololuFraming,
}

/// A Tic. It turns at a speed and does not know where the bed is; the unit of its stroke is the
/// pulse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicSettings {
    /// How its commands are framed.
    pub framing: PololuFraming,
    /// Whether its answers carry the 7-bit check, as set in the device.
    pub answers_checked: bool,
}

/// How a RoboClaw takes motion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoboClawMotion {
    /// A share of full power.
    Duty,
    /// Encoder counts a second, kept by the drive.
    Speed,
}

impl RoboClawMotion {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Duty, Self::Speed];

    /// The word that a model file uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Duty => "duty",
            Self::Speed => "speed",
        }
    }
}

/// Which motor of a RoboClaw moves the bed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoboClawMotor {
    /// The first.
    M1,
    /// The second.
    M2,
}

/// What the counts of a position sensor start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counter {
    /// A place: it says the same after its power was gone.
    Absolute,
    /// Zero, wherever the bed then is, whenever its power comes. The stroke of such a drive lies so
    /// far from zero that a counter which started anew is no place on it (H-04).
    FromPowerOn,
}

impl Counter {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Absolute, Self::FromPowerOn];

    /// The words that a model file uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Absolute => "absolute",
            Self::FromPowerOn => "from power-on",
        }
    }
}

/// A RoboClaw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoboClawSettings {
    /// Its address, 0x80 to 0x87.
    pub address: u8,
    /// The motor that moves the bed.
    pub motor: RoboClawMotor,
    /// How it takes motion.
    pub motion: RoboClawMotion,
    /// Encoder counts in one unit of the stroke table.
    pub counts_per_unit: NonZeroU32,
    /// What its counts start from.
    pub counter: Counter,
    /// The timeout that it is given, in tenths of a second.
    pub timeout_tenths: core::num::NonZeroU8,
    /// From handing a command over to the last byte of its answer.
    pub reply_timeout: Millis,
    /// Silence that ends an answer.
    pub turnaround: Millis,
    /// Silence that ends a drain.
    pub drain_quiet: Millis,
}
