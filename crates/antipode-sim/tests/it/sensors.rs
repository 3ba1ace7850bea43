//! The two angle sources, healthy and faulty.

use super::{run, table_at};
use antipode_sim::plant::{DriveInput, Plant, SensorFault};

fn apart(plant: &mut Plant) -> (i32, i32) {
    let truth = plant.true_tilt_mdeg();
    let sensed = plant.sense();
    let healthy = "a healthy source has a value";
    (sensed.tilt_drive.expect(healthy) - truth, sensed.tilt_imu.expect(healthy) - truth)
}

#[test]
fn both_sources_tell_the_truth_within_their_noise_and_lag() {
    let mut plant = table_at(10_000);
    for _ in 0..1_000 {
        run(&mut plant, 10, DriveInput::HELD);
        let (drive, imu) = apart(&mut plant);
        assert!(drive.abs() <= 80 && imu.abs() <= 220, "{drive} {imu}");
    }
    run(&mut plant, 2_000, DriveInput::turn(3_000));
    for _ in 0..200 {
        run(&mut plant, 10, DriveInput::turn(3_000));
        let (drive, imu) = apart(&mut plant);
        // Behind by its lag of 40 ms: 120 millidegrees at 3 degrees a second.
        assert!(drive.abs() <= 80 && (-360..=130).contains(&imu), "{drive} {imu}");
    }
}

#[test]
fn the_noise_of_one_source_says_nothing_of_the_other() {
    let mut plant = table_at(10_000);
    let mut product = 0.0;
    for _ in 0..2_000 {
        run(&mut plant, 10, DriveInput::HELD);
        let (drive, imu) = apart(&mut plant);
        product += f64::from(drive - 50) * f64::from(imu);
    }
    let correlation = product / 2_000.0 / (6.0 * 60.0);
    assert!(correlation.abs() < 0.1, "{correlation}");
}

#[test]
fn looking_at_a_sensor_changes_nothing() {
    let mut seen = table_at(0);
    let mut unseen = table_at(0);
    for _ in 0..500 {
        run(&mut seen, 10, DriveInput::turn(2_000));
        run(&mut unseen, 10, DriveInput::turn(2_000));
        seen.sense();
    }
    assert_eq!(seen.sense(), unseen.sense());
}

/// The values of both sources, `every_ms`, while the bed turns from 10 degrees on and `fault` is
/// present from the first second.
fn series(fault: SensorFault, every_ms: u64) -> Vec<(i32, Option<i32>, Option<i32>)> {
    let mut plant = table_at(10_000);
    run(&mut plant, 1_000, DriveInput::turn(2_000));
    plant.faults_mut().encoder = Some(fault);
    plant.faults_mut().inclinometer = Some(fault);
    (0..4_000 / every_ms)
        .map(|_| {
            run(&mut plant, every_ms, DriveInput::turn(2_000));
            let sensed = plant.sense();
            (plant.true_tilt_mdeg(), sensed.tilt_drive, sensed.tilt_imu)
        })
        .collect()
}

/// Every value of a source that is never missing, as (truth, value).
fn both(fault: SensorFault, every_ms: u64) -> Vec<(i32, i32)> {
    series(fault, every_ms)
        .into_iter()
        .flat_map(|(truth, a, b)| [a, b].map(|v| (truth, v.expect("this fault leaves a value"))))
        .collect()
}

#[test]
fn a_dead_source_gives_nothing() {
    assert!(series(SensorFault::Off, 50).iter().all(|(_, a, b)| a.is_none() && b.is_none()));
}

#[test]
fn a_stuck_source_keeps_its_last_value() {
    let series = series(SensorFault::Stuck, 50);
    assert!(series.iter().all(|s| (s.1, s.2) == (series[0].1, series[0].2)));
    assert!((series[0].1.unwrap() - 11_700).abs() < 500, "{:?}", series[0]);
}

#[test]
fn garbage_stays_within_half_a_turn_and_is_seldom_right() {
    let values = both(SensorFault::Garbage, 10);
    assert!(values.iter().all(|(_, v)| (-180_000..=180_000).contains(v)));
    let right = values.iter().filter(|(truth, v)| (truth - v).abs() < 5_000).count();
    assert!(right * 10 < values.len(), "{right} of {}", values.len());
    assert!(values.iter().any(|(_, v)| *v < 0) && values.iter().any(|(_, v)| *v > 0));
}

#[test]
fn wrong_flipped_scaled_and_drifting_values_follow_their_rule() {
    let close = |value: i32, expected: i32| (value - expected).abs() <= 450;
    let fault = SensorFault::Wrong { offset_mdeg: -7_000 };
    assert!(both(fault, 50).iter().all(|&(truth, v)| close(v, truth - 7_000)));
    assert!(both(SensorFault::SignFlip, 50).iter().all(|&(truth, v)| close(v, -truth)));
    let fault = SensorFault::Scale { permille: 500 };
    assert!(both(fault, 50).iter().all(|&(truth, v)| close(v, truth / 2)));
    let drift = series(SensorFault::Drift { mdeg_per_s: 1_000 }, 100);
    for (i, (truth, drive, imu)) in drift.into_iter().enumerate() {
        let expected = truth + 100 * (i as i32 + 1);
        assert!(close(drive.unwrap(), expected) && close(imu.unwrap(), expected), "{i}");
    }
}

#[test]
fn a_slow_source_renews_its_value_twice_a_second() {
    let series = series(SensorFault::Slow, 10);
    let changes = series.windows(2).filter(|w| w[0].1 != w[1].1).count();
    assert!((6..=9).contains(&changes), "{changes} changes in 4 s");
}

#[test]
fn a_delayed_source_shows_the_past() {
    let series = series(SensorFault::Delayed { by_ms: 400 }, 10);
    assert!(series[..39].iter().all(|s| (s.1.expect("a value") - 11_760).abs() < 500));
    for (i, (truth, drive, _)) in series.into_iter().enumerate().skip(60) {
        let behind = truth - drive.unwrap();
        assert!((700..=900).contains(&behind), "{i}: {behind}");
    }
}

#[test]
fn an_intermittent_source_misses_about_half() {
    let series = series(SensorFault::Intermittent, 10);
    let missing = series.iter().filter(|s| s.1.is_none()).count();
    assert!((150..=250).contains(&missing), "{missing} of {}", series.len());
}

#[test]
fn the_rest_switch_closes_in_the_rest_band() {
    for (start_mdeg, closed) in
        [(-10_500, false), (-9_900, true), (-100, true), (500, false), (30_000, false)]
    {
        assert_eq!(table_at(start_mdeg).sense().rest_switch, closed, "{start_mdeg}");
    }
    let mut plant = table_at(-3_000);
    plant.faults_mut().rest_switch_open = true;
    assert!(!plant.sense().rest_switch);
}
