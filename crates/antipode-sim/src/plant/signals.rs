//! What passes between the controller and its table.

/// What the controller puts on its outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DriveInput {
    /// Rate for the velocity loop, in millidegrees a second; positive turns head-down.
    pub setpoint_mdeg_per_s: i32,
    /// The brake is to be closed. While it closes the drive holds zero rate.
    pub brake: bool,
    /// The relay that feeds motor and brake coil is closed. Open, the motor is dead and the brake
    /// closes.
    pub relay: bool,
}

impl DriveInput {
    /// Held: zero rate, brake closed, relay closed.
    pub const HELD: Self = Self { setpoint_mdeg_per_s: 0, brake: true, relay: true };
    /// De-energised: relay open, brake closed.
    pub const DEAD: Self = Self { setpoint_mdeg_per_s: 0, brake: true, relay: false };

    /// Turning at `setpoint_mdeg_per_s` with the brake open.
    #[must_use]
    pub const fn turn(setpoint_mdeg_per_s: i32) -> Self {
        Self { setpoint_mdeg_per_s, brake: false, relay: true }
    }
}

/// What the controller can read. Whole numbers, as converters give them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sensed {
    /// The controller has power. When false it does not run, and all else here is empty.
    pub powered: bool,
    /// Tilt by the drive's encoder, in millidegrees.
    pub tilt_drive: Option<i32>,
    /// Tilt by the inclinometer, in millidegrees.
    pub tilt_imu: Option<i32>,
    /// Motor current without direction, in milliamperes.
    pub current_ma: u32,
    /// Supply voltage, in millivolts.
    pub supply_mv: u32,
    /// The mains are there.
    pub mains: bool,
    /// Charge of the battery, in percent; 0 without one.
    pub battery_percent: u8,
    /// Temperature of the drive, in degrees Celsius.
    pub temperature_c: i8,
    /// First ankle latch says closed; false when not fitted.
    pub latch_first_closed: bool,
    /// Second ankle latch says closed; false when not fitted.
    pub latch_second_closed: bool,
    /// The rest switch: the bed lies in the rest band.
    pub rest_switch: bool,
}

impl Sensed {
    /// What is left without power.
    pub(super) const DARK: Self = Self {
        powered: false,
        tilt_drive: None,
        tilt_imu: None,
        current_ma: 0,
        supply_mv: 0,
        mains: false,
        battery_percent: 0,
        temperature_c: 0,
        latch_first_closed: false,
        latch_second_closed: false,
        rest_switch: false,
    };
}
