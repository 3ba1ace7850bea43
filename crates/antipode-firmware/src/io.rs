//! What the board gives the controller and takes from it.

use antipode_safety::{Angle, FaultSet, Latches, Rate, Switches};

/// What the board knows when it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BootInfo {
    /// How often this board has started, kept over power loss; rises by one each time.
    pub boot_count: u16,
    /// Starts within the last 60 s, this one included. More than two is a reset loop (H-15).
    pub boots_last_minute: u8,
    /// Bits that nobody can guess, from the chip's noise source.
    pub entropy: u32,
}

/// Everything measured, sampled for one tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// The drive's angle; `None` when the sensor gives none, or none newer than before.
    pub tilt: Option<Angle>,
    /// The second, independent angle, likewise.
    pub tilt_second: Option<Angle>,
    /// Motor current without direction, in milliamperes.
    pub current_ma: u32,
    /// Supply in millivolts.
    pub supply_mv: u32,
    /// Mains present (at least 85 % of nominal).
    pub mains: bool,
    /// Drive temperature in degrees Celsius.
    pub temperature_c: i8,
    /// Ankle latches; how many are fitted comes from the configuration.
    pub latches: Latches,
    /// Hand control and fixed switches.
    pub switches: Switches,
}

/// What a back end knows of its drive beyond what is measured, for one tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DriveNotes {
    /// It must not run. A host is told [`antipode_safety::Fault::HotHard`], which refuses arming,
    /// motion and return for as long as it lasts.
    pub unfit: bool,
    /// It says something that nobody knows, or no longer says what it has said so far. A host is told
    /// [`antipode_safety::Fault::HotSoft`]: nothing starts, and a return is still tried, since a
    /// detail that nobody knows must not strand a person (H-01).
    pub doubtful: bool,
    /// Its motor has no energy. A host is told [`antipode_safety::Fault::SupplyLow`], debounced;
    /// nothing turns until it is back, and what is asked meanwhile proves no obstacle (H-13).
    pub unpowered: bool,
    /// It stands because its motor drew too much. The moment at which this begins counts like an
    /// over-current that the controller measures itself (H-11); it is not latched by being said.
    pub over_current: bool,
    /// Faults that the drive has latched by itself, to be latched here too, so that nothing but a
    /// return moves before they are cleared.
    pub latch: FaultSet,
}

impl DriveNotes {
    /// Nothing.
    pub const NONE: Self = Self {
        unfit: false,
        doubtful: false,
        unpowered: false,
        over_current: false,
        latch: FaultSet::NONE,
    };
}

/// What the board does until the next tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outputs {
    /// Rate for the drive. Zero means: slow down at the stop deceleration and hold.
    pub setpoint: Rate,
    /// Set the brake (it needs power to be released, not to hold).
    pub brake: bool,
    /// Close the motor relay. Open takes the drive's energy away.
    pub relay: bool,
    /// Sound the buzzer.
    pub buzzer: bool,
}
