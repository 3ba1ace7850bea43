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
    config_of(model, &Fitted { inclinometer, ..fitted(&Address("/dev/serial/by-id/one".into())) })
}

fn fitted(address: &Address) -> Fitted<'_> {
    Fitted {
        address,
        inclinometer: None,
        sensor: "",
        rescue: Rescue::Gravity,
        returns_with_few_latches: true,
    }
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
    assert_eq!([told.supply_low_mv, told.mains_lost_mv], [None; 2]);
    let sees = DriveModel { supply_low_mv: Some(1), mains_lost_mv: Some(2), ..model.clone() };
    let told = config(&sees, None).unwrap();
    assert_eq!([told.supply_low_mv, told.mains_lost_mv], [Some(1), Some(2)]);
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
    let other = config_of(&jrk(), &fitted(&address)).unwrap();
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

#[test]
fn whatever_of_a_model_or_sensor_changes_changes_what_a_record_is_bound_to() {
    let hash = |model: &DriveModel, sensor: &str| {
        let address = Address("/dev/serial/by-id/one".into());
        let fitted = Fitted { sensor, ..fitted(&address) };
        config_of(model, &fitted)
            .unwrap()
            .controller(&stroke_of(model).unwrap())
            .unwrap()
            .told_hash()
    };
    let first = hash(&jrk(), "");
    assert_eq!(first, hash(&jrk(), ""));
    let words = DriveModel {
        title: "Another".into(),
        figures_from: "somebody".into(),
        proof: Proof::VerifiedOnHardware,
        ..jrk()
    };
    assert_eq!(first, hash(&words, ""), "words for people decide on no motion");
    let changes: [fn(&mut DriveModel); 11] = [
        |model| model.lease = Millis::new(model.lease.get() - 1),
        |model| model.drive_timeout = Millis::new(model.drive_timeout.get() - 1),
        |model| model.stop_decel += 1,
        |model| model.report_every = Millis::new(model.report_every.get() + 1),
        |model| model.current_limit_ma = Some(1_234),
        |model| model.supply_low_mv = Some(20_000),
        |model| model.mains_lost_mv = Some(23_000),
        |model| model.line.baud += 1,
        |model| model.rescue = Rescue::None,
        |model| {
            model.rates =
                Rates::Range { slowest: Rate::clamped(501), fastest: Rate::clamped(2_000) }
        },
        |model| {
            let framing = PololuFraming { device_number: Some(12), ..FRAMING };
            model.dialect = Dialect::Jrk(JrkSettings { framing });
        },
    ];
    let mut all = vec![first, hash(&jrk(), "witmotion /dev/a"), hash(&jrk(), "witmotion /dev/b")];
    all.extend(changes.map(|change| {
        let mut model = jrk();
        change(&mut model);
        hash(&model, "")
    }));
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count);
}

#[test]
fn with_few_latch_sensors_it_returns_by_itself_only_where_the_site_has_decided_so() {
    let model = DriveModel { returns_without_host: true, ..jrk() };
    let address = Address("/dev/serial/by-id/one".into());
    for decided in [false, true] {
        let fitted = Fitted { returns_with_few_latches: decided, ..fitted(&address) };
        let config = config_of(&model, &fitted).unwrap();
        let told = config.controller(&stroke_of(&model).unwrap()).unwrap();
        assert_eq!(told.capabilities().returns_without_host, decided);
        assert_eq!(config.host_loss == HostLossPolicy::HoldThenReturn, decided);
    }
}

#[test]
fn the_controller_reckons_with_the_braking_of_the_drive_and_refuses_one_that_hardly_brakes() {
    let told = |stop_decel| {
        let model = DriveModel { stop_decel, ..jrk() };
        let config = config(&model, None)?;
        Ok(config.controller(&stroke_of(&model)?)?.stop_decel_mdeg_per_s2)
    };
    assert_eq!(told(4_000), Ok(4_000));
    let slow = ModelError::Config(ConfigError::BrakesSlowly { mdeg_per_s2: 1_999 });
    assert_eq!(told(1_999), Err(slow));
}

#[test]
fn a_battery_that_nobody_sees_running_is_refused_whichever_file_names_it() {
    let address = Address("/dev/serial/by-id/one".into());
    let told = |in_model, in_table, limits: [Option<u32>; 2]| {
        let [supply_low_mv, mains_lost_mv] = limits;
        let model = DriveModel { rescue: in_model, supply_low_mv, mains_lost_mv, ..jrk() };
        config_of(&model, &Fitted { rescue: in_table, ..fitted(&address) })
    };
    let (low, mains) = (Some(20_000), Some(23_000));
    for (in_model, in_table) in
        [(Rescue::Battery, Rescue::Gravity), (Rescue::Gravity, Rescue::Battery)]
    {
        for limits in [[None; 2], [low, None], [None, mains]] {
            let refused = told(in_model, in_table, limits).unwrap_err();
            assert_eq!(refused, ModelError::UnseenBattery, "{limits:?}");
            assert!(refused.to_string().contains("mains_lost_v and supply_low_v"), "{refused}");
        }
        assert!(told(in_model, in_table, [low, mains]).unwrap().battery);
    }
    let harder = told(Rescue::Battery, Rescue::Crank, [None; 2]).unwrap();
    assert_eq!((harder.rescue, harder.battery), (antipode_guardian::Rescue::Crank, false));
}
