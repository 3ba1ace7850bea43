//! What a simulated table with a maker's own drive is made of.

use super::{JrkSetup, Linkage, ModbusSetup, RoboClawSetup, SensorModel, TicSetup};
use crate::person::PersonConfig;
use crate::plant::PlantConfig;

/// The drive and how it is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriveSetup {
    /// A Pololu Jrk G2 with a potentiometer.
    Jrk(JrkSetup),
    /// A Pololu Tic with a stepper and no feedback.
    Tic(TicSetup),
    /// A RoboClaw with an encoder.
    RoboClaw(RoboClawSetup),
    /// An actuator or drive that speaks Modbus RTU.
    Modbus(ModbusSetup),
    /// None: only a sensor is served, on a bed that stands.
    None,
}

/// A whole table with its person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceSetup {
    /// The table's mechanics. Its encoder stands for the drive's own position sensor and its
    /// inclinometer for the sensor beside the table, with their faults.
    pub plant: PlantConfig,
    /// The person on it.
    pub person: PersonConfig,
    /// From stroke to tilt.
    pub linkage: Linkage,
    /// The drive, on line 0.
    pub drive: DriveSetup,
    /// The sensor beside it, on the next line.
    pub sensor: Option<SensorModel>,
}

impl DeviceSetup {
    fn of(drive: DriveSetup, linkage: Linkage) -> Self {
        Self {
            plant: PlantConfig::reference(),
            person: PersonConfig::reference(),
            linkage,
            drive,
            sensor: Some(SensorModel::WitMotion),
        }
    }

    /// The reference table turned by a Jrk that is set as it must be.
    #[must_use]
    pub fn jrk() -> Self {
        Self::of(DriveSetup::Jrk(JrkSetup::fit()), Linkage::potentiometer())
    }

    /// The reference table turned by a Tic that is set as it must be.
    #[must_use]
    pub fn tic() -> Self {
        Self::of(DriveSetup::Tic(TicSetup::fit()), Linkage::screw())
    }

    /// The reference table turned by a RoboClaw as delivered.
    #[must_use]
    pub fn roboclaw() -> Self {
        Self::of(DriveSetup::RoboClaw(RoboClawSetup::delivered()), Linkage::counted_screw())
    }

    /// The reference table turned by an actuator like LINAK's LA36 with Modbus.
    #[must_use]
    pub fn linak() -> Self {
        Self::of(DriveSetup::Modbus(ModbusSetup::linak()), Linkage::short_actuator())
    }

    /// The reference table turned by a drive like Leadshine's closed-loop steppers, by JOG.
    #[must_use]
    pub fn leadshine() -> Self {
        Self::of(DriveSetup::Modbus(ModbusSetup::leadshine()), Linkage::turns())
    }

    /// `sensor` alone, beside a bed that stands where it starts.
    #[must_use]
    pub fn only(sensor: SensorModel) -> Self {
        Self { sensor: Some(sensor), ..Self::of(DriveSetup::None, Linkage::screw()) }
    }
}
