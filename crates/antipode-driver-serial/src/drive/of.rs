//! From a model file to the drive, the stroke and the way it is followed.

use antipode_device::{
    Dialect, DriveModel, ModbusMotion, PololuFraming, Rates, RoboClawMotion, RoboClawSettings,
};
use antipode_guardian::{ConfigError, Drive, Following, StrokeError, StrokePoint, StrokeTable};

use super::jrk::{JrkDrive, JrkSetup};
use super::modbus::{ModbusDrive, ProfileError};
use super::roboclaw::{RoboClaw, SettingsError};
use super::tic::{TicDrive, TicSetup};
use crate::codec::pololu::tic::AnswerCheck;
use crate::codec::pololu::{Addressing, DeviceNumber, Framing};

/// Why a model cannot be driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// No Pololu device can have this number.
    #[error("device number {0}; give 0 to 127")]
    DeviceNumber(u8),
    /// The settings of a RoboClaw.
    #[error(transparent)]
    RoboClaw(#[from] SettingsError),
    /// The profile of a Modbus drive.
    #[error(transparent)]
    Modbus(#[from] ProfileError),
    /// The stroke table.
    #[error(transparent)]
    Stroke(#[from] StrokeError),
    /// A drive with one speed needs that speed, and any other a range.
    #[error("a drive that only jogs needs fixed_deg_per_s, any other slowest and fastest")]
    Rates,
    /// It may be looked at and not be moved.
    #[error("{0}")]
    ReadOnly(&'static str),
    /// It has ankle latch sensors, and no drive of these kinds reads any.
    #[error(
        "latch_sensors = {0}, and no line of this drive carries ankle latch sensors: write 0, which \
         limits how deep the bed goes"
    )]
    LatchSensors(u8),
    /// It has buttons of its own, and no drive of these kinds reads any.
    #[error(
        "hand_control = \"yes\", and no line of this drive carries buttons: write \"no\"; a keypad at \
         this computer is named in its settings, `hand.device`"
    )]
    HandControl,
    /// A battery is to bring a person back, and nobody sees that the table runs on it (H-13).
    #[error(
        "without_power = \"battery\", and nothing tells when the mains are gone or the battery is low: \
         give mains_lost_v and supply_low_v in the model file, by the drive's own reading of its supply, \
         or name another way back"
    )]
    UnseenBattery,
    /// A second angle is promised and no sensor of it named.
    #[error(
        "second_angle = \"yes\", and the table's file names no inclinometer: add [sensor.angle]"
    )]
    NoInclinometer,
    /// Nothing measures the tilt.
    #[error(
        "this drive does not know where the bed is, and the table's file names no inclinometer: add \
         [sensor.angle]"
    )]
    NoAngle,
    /// The guardian's controller takes no such table.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// The drive of `model`, which has said nothing yet.
///
/// # Errors
/// What of the model cannot be driven.
pub fn drive_of(model: &DriveModel) -> Result<Box<dyn Drive>, ModelError> {
    Ok(match &model.dialect {
        Dialect::Jrk(settings) => Box::new(JrkDrive::new(JrkSetup {
            framing: framing(settings.framing)?,
            longest_timeout: model.drive_timeout,
        })),
        Dialect::Tic(settings) => Box::new(TicDrive::new(TicSetup {
            framing: framing(settings.framing)?,
            answers: match settings.answers_checked {
                true => AnswerCheck::Crc7,
                false => AnswerCheck::None,
            },
            longest_timeout: model.drive_timeout,
            self_locking: model.self_locking,
        })),
        Dialect::RoboClaw(settings) => Box::new(RoboClaw::new(model, settings)?),
        Dialect::Modbus(profile) => Box::new(ModbusDrive::new(model, profile)?),
    })
}

fn framing(framing: PololuFraming) -> Result<Framing, ModelError> {
    let addressing = match framing.device_number {
        None => Addressing::Compact,
        Some(number) => {
            Addressing::Device(DeviceNumber::new(number).ok_or(ModelError::DeviceNumber(number))?)
        }
    };
    Ok(Framing { addressing, crc: framing.check })
}

/// The stroke table of `model`.
///
/// # Errors
/// Which point breaks it.
pub fn stroke_of(model: &DriveModel) -> Result<StrokeTable, ModelError> {
    let point = |point: &antipode_device::StrokePoint| StrokePoint {
        stroke: point.at,
        tilt_mdeg: point.tilt.millideg(),
    };
    Ok(StrokeTable::new(model.stroke.points().iter().map(point).collect())?)
}

/// How the drive of `model` is followed.
///
/// # Errors
/// [`ModelError::Rates`] where its speeds do not fit the way it moves.
pub fn following_of(model: &DriveModel) -> Result<Following, ModelError> {
    let ranged = |following| match model.rates {
        Rates::Range { .. } => Ok(following),
        Rates::Fixed(_) => Err(ModelError::Rates),
    };
    match &model.dialect {
        Dialect::Jrk(_) => ranged(Following::Position),
        Dialect::Tic(_)
        | Dialect::RoboClaw(RoboClawSettings { motion: RoboClawMotion::Speed, .. }) => {
            ranged(Following::Speed)
        }
        Dialect::RoboClaw(RoboClawSettings { motion: RoboClawMotion::Duty, .. }) => {
            match model.rates {
                Rates::Range { fastest, .. } => {
                    Ok(Following::Duty { full_rate: fastest.millideg_per_s() })
                }
                Rates::Fixed(_) => Err(ModelError::Rates),
            }
        }
        Dialect::Modbus(profile) => match (&profile.motion, model.rates) {
            // An actuator that goes to a place at its own speed has a fixed one as well.
            (ModbusMotion::Position { .. }, Rates::Range { .. } | Rates::Fixed(_)) => {
                Ok(Following::Position)
            }
            (ModbusMotion::Jog { .. }, Rates::Fixed(rate)) => {
                Ok(Following::Jog { speed: jog_speed(model, rate.millideg_per_s()) })
            }
            (ModbusMotion::Jog { .. }, Rates::Range { .. }) => Err(ModelError::Rates),
        },
    }
}

/// The speed of the stroke at which the bed turns at `mdeg_per_s` where it turns fastest.
fn jog_speed(model: &DriveModel, mdeg_per_s: i32) -> i32 {
    let pieces = model.stroke.points().windows(2).filter_map(|pair| {
        let [from, to] = pair else { return None };
        let stroke = i64::from(to.at) - i64::from(from.at);
        let tilt = i64::from(to.tilt.millideg()) - i64::from(from.tilt.millideg());
        (stroke * i64::from(mdeg_per_s)).checked_div(tilt.abs())
    });
    pieces.min().and_then(|speed| i32::try_from(speed).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drive::bench::model;
    use antipode_device::JrkSettings;
    use antipode_guardian::{Actuation, Fitness};
    use antipode_safety::Rate;

    fn jrk(device_number: Option<u8>) -> DriveModel {
        let framing = PololuFraming { device_number, check: true };
        let rates = Rates::Range { slowest: Rate::clamped(500), fastest: Rate::clamped(2_000) };
        DriveModel { rates, ..model(Dialect::Jrk(JrkSettings { framing })) }
    }

    #[test]
    fn a_model_makes_a_drive_that_knows_nothing_yet() {
        let drive = drive_of(&jrk(Some(11))).unwrap();
        assert_eq!((drive.actuation(), drive.fitness()), (Actuation::Position, Fitness::Unknown));
        assert_eq!(following_of(&jrk(None)), Ok(Following::Position));
        assert_eq!(drive_of(&jrk(Some(128))).err(), Some(ModelError::DeviceNumber(128)));
        assert_eq!(stroke_of(&jrk(None)).unwrap().tilt_mdeg(280_000), Some(0));
    }

    #[test]
    fn a_drive_with_a_range_of_speeds_needs_one_in_its_file() {
        let fixed = DriveModel { rates: Rates::Fixed(Rate::clamped(1_000)), ..jrk(None) };
        assert_eq!(following_of(&fixed), Err(ModelError::Rates));
    }

    #[test]
    fn a_jog_is_as_fast_as_the_bed_turns_anywhere() {
        // 160 units for 40 degrees: 4 units a degree.
        assert_eq!(jog_speed(&jrk(None), 1_000), 4_000);
    }
}
