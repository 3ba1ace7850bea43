//! What a simulated table is made of. Whole numbers with their unit in the name: a table file can
//! give them as they stand.

/// How a person comes back when all power is gone (hazard H-14). A table with [`Rescue::None`] may
/// not go head-down at all; the simulator still models it, so that tests can show why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rescue {
    /// Loss of all power lets a clutch go: body weight turns the bed feet-down through a damper, a
    /// one-way device blocks the other direction, and a catch stops it in the rest band. The same
    /// clutch has a lever that needs no software.
    Gravity,
    /// A battery takes over when the mains fail; the controller returns the bed itself.
    /// For a drive that fails there is a crank, as in the next class.
    Battery,
    /// The brake holds; a spotter fits a crank and winds the bed up.
    Crank,
    /// Nothing: the brake holds and the person stays where they are.
    None,
}

/// The gear between motor and bed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GearConfig {
    /// Share of the motor's torque that reaches the bed against a load, in percent. Below 50 the
    /// gear locks itself (a worm or a trapezoidal screw); above, a load can turn the motor.
    pub efficiency_percent: u8,
    /// Torque that the gear can put on the bed against a load, in newton metres.
    pub rated_torque_nm: u16,
    /// Friction of the bearings at 40 degrees Celsius, in newton metres.
    pub bearing_friction_nm: u8,
    /// Fastest turn that the motor reaches at full supply, in millidegrees a second.
    pub top_rate_mdeg_per_s: u32,
}

/// The brake: springs close it, current opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrakeConfig {
    /// Torque at the bed from which it slips, in newton metres.
    pub slip_torque_nm: u16,
    /// Time from loss of current to full grip.
    pub engage_ms: u16,
    /// Time from current to free.
    pub release_ms: u16,
}

/// The supply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SupplyConfig {
    /// Voltage of the mains supply without load, in millivolts.
    pub mains_mv: u32,
    /// Charge of the battery when full, in milliampere-hours; 0 means no battery.
    pub battery_mah: u32,
    /// Charge at the start, in percent of full.
    pub battery_percent: u8,
}

/// The two angle sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AngleConfig {
    /// Step of the drive's encoder at the bed, in millidegrees.
    pub encoder_step_mdeg: u16,
    /// Lost motion between encoder and bed, in millidegrees.
    pub backlash_mdeg: u16,
    /// Deviation of the encoder's noise, in millidegrees.
    pub encoder_noise_mdeg: u16,
    /// Whether an inclinometer is fitted.
    pub inclinometer: bool,
    /// Deviation of the inclinometer's noise, in millidegrees.
    pub inclinometer_noise_mdeg: u16,
    /// Time constant of the inclinometer's filter; not under 10 ms.
    pub inclinometer_lag_ms: u16,
}

/// A whole table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlantConfig {
    /// Gear and motor.
    pub gear: GearConfig,
    /// Brake.
    pub brake: BrakeConfig,
    /// Supply.
    pub supply: SupplyConfig,
    /// Angle sources.
    pub angle: AngleConfig,
    /// Return without power.
    pub rescue: Rescue,
    /// Height setting: how far the pivot lies headward of the person's centre of mass (arms at the
    /// sides), in millimetres along the bed. Makers' rule: set 2.5 cm taller than the user, so that
    /// weight brings the feet down slowly. A setting 5 cm too tall is 75, 5 cm too short is -25.
    pub boom_offset_mm: i32,
    /// Moment of inertia of the moving bed about the pivot, in kilogram square metres.
    pub bed_inertia_kgm2: u16,
    /// Head-down end stop, in millidegrees.
    pub stop_down_mdeg: i32,
    /// Head-up end stop, in millidegrees.
    pub stop_up_mdeg: i32,
    /// Ankle latch sensors fitted: 0, 1 or 2.
    pub latch_sensors: u8,
    /// Tilt at the start, in millidegrees.
    pub start_mdeg: i32,
    /// Temperature of the room, in degrees Celsius.
    pub room_c: i8,
    /// Step every millisecond, whatever happens. Only for checking that the longer steps, which
    /// are the default where nothing sudden can happen, give the same answer.
    pub always_fine: bool,
}

impl PlantConfig {
    /// A table as this project would have it built: self-locking gear of 250 N m, spring brake,
    /// two latch sensors, two angle sources, and a clutch that returns the person by weight.
    #[must_use]
    pub const fn reference() -> Self {
        Self {
            gear: GearConfig {
                efficiency_percent: 45,
                rated_torque_nm: 250,
                bearing_friction_nm: 3,
                top_rate_mdeg_per_s: 8_000,
            },
            brake: BrakeConfig { slip_torque_nm: 600, engage_ms: 60, release_ms: 120 },
            supply: SupplyConfig { mains_mv: 24_000, battery_mah: 0, battery_percent: 100 },
            angle: AngleConfig {
                encoder_step_mdeg: 10,
                backlash_mdeg: 100,
                encoder_noise_mdeg: 5,
                inclinometer: true,
                inclinometer_noise_mdeg: 60,
                inclinometer_lag_ms: 40,
            },
            rescue: Rescue::Gravity,
            boom_offset_mm: 25,
            bed_inertia_kgm2: 7,
            stop_down_mdeg: 80_000,
            stop_up_mdeg: -85_000,
            latch_sensors: 2,
            start_mdeg: -3_000,
            room_c: 21,
            always_fine: false,
        }
    }

    /// The reference table with another way home without power; [`Rescue::Battery`] brings a
    /// battery of 5 ampere-hours.
    #[must_use]
    pub const fn with_rescue(rescue: Rescue) -> Self {
        let mut table = Self::reference();
        table.rescue = rescue;
        if matches!(rescue, Rescue::Battery) {
            table.supply.battery_mah = 5_000;
        }
        table
    }
}
