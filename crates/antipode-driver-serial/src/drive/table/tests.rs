use antipode_device::{Axis, JrkSettings, PololuFraming, Sense, Stroke, TicSettings};
use antipode_guardian::{ConfigError, Following};
use antipode_safety::Angle;

use super::*;
use crate::drive::bench::model;

const FRAMING: PololuFraming = PololuFraming { device_number: None, check: true };
const MOUNT: Mount = Mount { axis: Axis::X, sense: Sense::Along, zero: Angle::LEVEL };

fn ranged(dialect: Dialect) -> DriveModel {
    let rates = Rates::Range { slowest: Rate::clamped(500), fastest: Rate::clamped(2_000) };
    DriveModel { rates, latch_sensors: 0, hand_control: false, ..model(dialect) }
}

fn jrk() -> DriveModel {
    ranged(Dialect::Jrk(JrkSettings { framing: FRAMING }))
}

fn tic() -> DriveModel {
    ranged(Dialect::Tic(TicSettings { framing: FRAMING, answers_checked: false }))
}

fn config(model: &DriveModel, inclinometer: Option<Mount>) -> Result<GuardianConfig, ModelError> {
    config_of(model, &Fitted { address: &Address("/dev/serial/by-id/one".into()), inclinometer })
}

#[test]
fn a_model_says_all_that_a_guardian_is_told() {
    let model = jrk();
    let told = config(&model, Some(MOUNT)).unwrap();
    assert_eq!(told.angle, AngleFrom::DriveAndSensor);
    assert_eq!(told.following, Following::Position);
    assert_eq!([told.tilt_min, told.tilt_max], model.travel);
    assert_eq!((told.max_rate, told.return_rate), (Rate::clamped(2_000), Rate::clamped(2_000)));
    assert_eq!(told.lease, model.lease);
    let returns = DriveModel { returns_without_host: false, ..model };
    assert_eq!(config(&returns, None).unwrap().host_loss, HostLossPolicy::Hold);
}

#[test]
fn what_nobody_could_measure_is_refused_with_its_reason() {
    let without = |change: fn(&mut DriveModel)| {
        let mut model = jrk();
        change(&mut model);
        config(&model, None).unwrap_err()
    };
    assert_eq!(without(|model| model.latch_sensors = 2), ModelError::LatchSensors(2));
    assert_eq!(without(|model| model.hand_control = true), ModelError::HandControl);
    assert_eq!(without(|model| model.second_angle = true), ModelError::NoInclinometer);
    assert!(matches!(without(|model| model.self_locking = false), ModelError::ReadOnly(_)));
    let deep = without(|model| model.travel = [model.travel[0], Angle::clamped(60_000)]);
    assert!(matches!(deep, ModelError::Config(ConfigError::StrokeTooShort { .. })), "{deep}");
    assert_eq!(config(&tic(), None).unwrap_err(), ModelError::NoAngle);
    assert_eq!(config(&tic(), Some(MOUNT)).unwrap().angle, AngleFrom::Sensor);
}

#[test]
fn another_drive_stroke_or_mount_is_another_table() {
    let serial = |model: &DriveModel, mount| config(model, mount).unwrap().serial;
    let first = serial(&jrk(), None);
    assert_eq!(first, serial(&jrk(), None));
    let mut points = jrk().stroke.points().to_vec();
    points[0].at -= 1;
    let moved = DriveModel { stroke: Stroke::new(points).unwrap(), ..jrk() };
    let turned = Mount { sense: Sense::Against, ..MOUNT };
    let address = Address("/dev/serial/by-id/two".into());
    let other = config_of(&jrk(), &Fitted { address: &address, inclinometer: None }).unwrap();
    let mut all = vec![
        first,
        serial(&moved, None),
        serial(&jrk(), Some(MOUNT)),
        serial(&jrk(), Some(turned)),
        other.serial,
    ];
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 5);
}
