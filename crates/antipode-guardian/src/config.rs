//! What a guardian is told about its table. What it is not told is as in the reference controller.

use core::fmt;

use antipode_firmware::{Config, HostLossPolicy};
use antipode_link::Rescue;
use antipode_safety::{Angle, Millis, Rate};

use crate::{Following, StrokeTable};

/// Version of this controller, in the place of a board's firmware version: the top bit says that it
/// is a guardian.
const FIRMWARE: u16 = 0x8001;
/// The controller reckons with no slower braking than this.
const LEAST_DECEL: u32 = 2_000;
/// A drive with one speed runs on for at most this far, in millidegrees: more, and it could not end
/// a motion at its target.
const RUNS_ON_MOST: i64 = 250;
/// ... and is no faster than this anywhere: the controller would take it for a runaway.
const FIXED_MOST: i32 = 4_000;
/// A drive with one speed is asked for all or nothing, so the controller's own ramp is steep.
const FIXED_ACCEL: u32 = 8_000;

/// Where the angle comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AngleFrom {
    /// The drive's own position, through the stroke table.
    Drive,
    /// That, and a sensor beside it: the two are compared.
    DriveAndSensor,
    /// A sensor alone: the drive measures no position.
    Sensor,
}

/// Settings of one guarded table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuardianConfig {
    /// Its number: one for each drive, so that another drive is another table.
    pub serial: u32,
    /// Head-up end of its range.
    pub tilt_min: Angle,
    /// Head-down end of its range.
    pub tilt_max: Angle,
    /// How hard the drive brakes, millidegrees a second each second.
    pub stop_decel: u32,
    /// Fastest rate that a host may ask for.
    pub max_rate: Rate,
    /// Speed of a return that names none.
    pub return_rate: Rate,
    /// Longest motion lease. The drive's own timeout shortens it further.
    pub lease: Millis,
    /// Ankle latch sensors that reach this controller: 0, 1 or 2.
    pub latches_fitted: u8,
    /// Whether it may return by itself with fewer than two of them (a decision of the site).
    pub returns_with_few_latches: bool,
    /// What follows the loss of the host.
    pub host_loss: HostLossPolicy,
    /// The way back without power.
    pub rescue: Rescue,
    /// A battery carries a return when the mains fail.
    pub battery: bool,
    /// Where the angle comes from.
    pub angle: AngleFrom,
    /// How the drive is followed.
    pub following: Following,
    /// How long a drive with one speed runs on after it was told to stop.
    pub runs_on: Millis,
    /// Motor current that means an obstacle, in milliamperes; `None` where the drive reports none.
    pub current_limit_ma: Option<u32>,
    /// Supply under which nothing starts and a lowered bed is brought home, in millivolts; `None`
    /// where the drive reports none.
    pub supply_low_mv: Option<u32>,
    /// Supply under which the mains are gone and a battery carries the bed, in millivolts; `None` where
    /// the supply does not tell.
    pub mains_lost_mv: Option<u32>,
    /// The actuator holds the bed without energy, by a source that the profile names. There is no
    /// brake behind a bare drive: without this nothing is armed.
    pub self_locking: bool,
    /// What the drive, its stroke and what stands beside it are set to, as one number: a commissioning
    /// record holds for it alone.
    pub fitted_hash: u32,
}

/// Why a table cannot be guarded as it is described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// Nothing holds the bed when the motor has no energy.
    NotSelfLocking,
    /// It brakes more slowly than any table may.
    BrakesSlowly {
        /// How hard, millidegrees a second each second.
        mdeg_per_s2: u32,
    },
    /// The stroke table does not reach the range of the table.
    StrokeTooShort {
        /// The least and the greatest tilt that it knows, millidegrees.
        known: (i32, i32),
    },
    /// The one speed of the drive is too fast somewhere on its stroke, or too slow everywhere.
    FixedSpeed {
        /// How fast it turns the bed at most, millidegrees a second.
        mdeg_per_s: i32,
    },
    /// It runs on too far to end a motion at its target.
    RunsOn {
        /// How far, in millidegrees.
        mdeg: i64,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSelfLocking => f.write_str(
                "the actuator is not stated to hold the bed without power, and a bare drive has no \
                 brake: fit one that does, and state its source in the table's file",
            ),
            Self::BrakesSlowly { mdeg_per_s2 } => write!(
                f,
                "the drive brakes by {mdeg_per_s2} millidegrees a second each second; 2000 is the least \
                 with which a stop is short enough"
            ),
            Self::StrokeTooShort { known: (low, high) } => write!(
                f,
                "the stroke table reaches from {low} to {high} millidegrees and the table further: \
                 measure the missing points, or narrow the table's range"
            ),
            Self::FixedSpeed { mdeg_per_s } => write!(
                f,
                "the drive's one speed turns the bed at up to {mdeg_per_s} millidegrees a second; \
                 200 to 4000 can be guarded"
            ),
            Self::RunsOn { mdeg } => write!(
                f,
                "the drive runs on for {mdeg} millidegrees after it was told to stop; 250 is the most"
            ),
        }
    }
}

impl core::error::Error for ConfigError {}

impl GuardianConfig {
    /// The controller's settings for the table with this stroke.
    ///
    /// # Errors
    /// Why nobody may be guarded on such a table.
    pub fn controller(&self, stroke: &StrokeTable) -> Result<Config, ConfigError> {
        if !self.self_locking {
            return Err(ConfigError::NotSelfLocking);
        }
        if self.stop_decel < LEAST_DECEL {
            return Err(ConfigError::BrakesSlowly { mdeg_per_s2: self.stop_decel });
        }
        let known = stroke.tilts();
        // Head-up of it nothing is asked by itself; a range that ends early there is the table's.
        if self.tilt_max.millideg() > known.1 || known.0 > Angle::REST_LOW.millideg() {
            return Err(ConfigError::StrokeTooShort { known });
        }
        let tilt_min = Angle::clamped(i64::from(self.tilt_min.millideg().max(known.0)));
        let reference = Config::reference();
        let config = Config {
            serial: self.serial,
            firmware: FIRMWARE,
            tilt_min,
            tilt_max: self.tilt_max,
            max_rate: self.max_rate,
            return_rate: self.return_rate,
            stop_decel_mdeg_per_s2: self.stop_decel,
            fitted_hash: self.fitted_hash,
            lease_cap_ms: narrow(self.lease),
            host_loss: self.host_loss,
            latches_fitted: self.latches_fitted,
            returns_with_few_latches: self.returns_with_few_latches,
            second_angle: self.angle == AngleFrom::DriveAndSensor,
            hand_control: false,
            battery: self.battery,
            rescue: self.rescue,
            current_limit_ma: self.current_limit_ma.unwrap_or(u32::MAX),
            supply_low_mv: self.supply_low_mv.unwrap_or(0),
            ..reference
        };
        match self.following {
            Following::Jog { speed } => self.with_one_speed(config, stroke, speed),
            Following::Speed | Following::Duty { .. } | Following::Position => Ok(config),
        }
    }

    /// With what a drive needs that only runs or stands: its range ends earlier by what it runs on.
    fn with_one_speed(
        &self,
        config: Config,
        stroke: &StrokeTable,
        speed: i32,
    ) -> Result<Config, ConfigError> {
        let fastest = stroke.rate_mdeg_s(None, speed).saturating_abs();
        if !(200..=FIXED_MOST).contains(&fastest) {
            return Err(ConfigError::FixedSpeed { mdeg_per_s: fastest });
        }
        let mdeg = i64::from(fastest) * i64::from(narrow(self.runs_on)) / 1_000;
        if mdeg > RUNS_ON_MOST {
            return Err(ConfigError::RunsOn { mdeg });
        }
        Ok(Config {
            tilt_max: config.tilt_max.moved(-mdeg),
            tilt_min: config.tilt_min.moved(mdeg),
            max_rate: Rate::clamped(i64::from(fastest)),
            accel_mdeg_per_s2: FIXED_ACCEL,
            // How it brakes is part of what it runs on.
            stop_decel_mdeg_per_s2: FIXED_ACCEL,
            ..config
        })
    }
}

fn narrow(time: Millis) -> u32 {
    u32::try_from(time.get()).unwrap_or(u32::MAX)
}
