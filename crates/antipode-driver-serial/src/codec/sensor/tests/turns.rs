//! The tilt against floating point, through the vertical and however the sensor is mounted.

use antipode_safety::Angle;

use super::super::tilt::{ASKEW_MAX_DEG, Axis, Mounting, MountingError, Sense, Up};
use super::super::trig::{atan2, sin_cos};
use super::super::{MicroG, SensorAngle};
use super::{CASES, Draw};

/// What the driver promises, degrees.
const ACCURACY: f64 = 0.02;
/// What the arithmetic itself may be off, degrees.
const FINE: f64 = 0.000_05;

fn micro_g(share: f64) -> MicroG {
    MicroG::new((share * 1e6).round() as i32).unwrap()
}

fn sensor_angle(deg: f64) -> SensorAngle {
    SensorAngle::from_millideg((deg * 1e3).round() as i32).unwrap()
}

fn plain(axis: Axis) -> Mounting {
    Mounting::new(axis, Sense::Along, SensorAngle::ZERO)
}

/// What an accelerometer feels that is turned by `deg` about `axis`, the axis itself level.
fn felt(axis: Axis, deg: f64) -> [MicroG; 3] {
    let (sin, cos) = deg.to_radians().sin_cos();
    match axis {
        Axis::X => [0.0, sin, cos],
        Axis::Y => [-sin, 0.0, cos],
        Axis::Z => [sin, cos, 0.0],
    }
    .map(micro_g)
}

fn deg(angle: Angle) -> f64 {
    f64::from(angle.millideg()) / 1e3
}

#[track_caller]
fn near(tilt: Result<Angle, MountingError>, expect: f64, within: f64) {
    let tilt = deg(tilt.expect("a tilt"));
    assert!((tilt - expect).abs() <= within, "{tilt} instead of {expect}");
}

#[test]
fn the_angle_of_any_direction_is_that_of_floating_point() {
    let mut draw = Draw(2);
    for _ in 0..CASES {
        let bits = draw.below(33);
        let (y, x) = ((draw.u64() as i64) >> (63 - bits), (draw.u64() as i64) >> (63 - bits));
        let Some(microdeg) = atan2(y, x) else {
            assert_eq!((y, x), (0, 0));
            continue;
        };
        let expect = (y as f64).atan2(x as f64).to_degrees();
        let off = (microdeg as f64 / 1e6 - expect).abs();
        assert!(off <= FINE || off >= 360.0 - FINE, "({y}, {x}): {microdeg}, not {expect}");
    }
}

#[test]
fn sine_and_cosine_of_every_angle_are_those_of_floating_point() {
    let unit = f64::from(1 << 30);
    for millideg in -180_000..=180_000 {
        let (sin, cos) = sin_cos(millideg);
        let (want_sin, want_cos) = (f64::from(millideg) / 1e3).to_radians().sin_cos();
        assert!((sin as f64 / unit - want_sin).abs() < 1e-6, "sine of {millideg}");
        assert!((cos as f64 / unit - want_cos).abs() < 1e-6, "cosine of {millideg}");
    }
}

#[test]
fn gravity_gives_the_tilt_within_a_fiftieth_of_a_degree_through_the_vertical() {
    for axis in [Axis::X, Axis::Y, Axis::Z] {
        for tenths in -1_790..=1_790 {
            let turned = f64::from(tenths) / 10.0;
            let up = Up::from_acceleration(felt(axis, turned)).unwrap();
            near(plain(axis).tilt(up), turned, ACCURACY);
        }
    }
}

#[test]
fn a_pitch_that_comes_back_at_the_vertical_does_not_fold_the_tilt() {
    // 100 degrees about the pitch axis are reported as pitch 80 with roll and yaw turned over.
    for tenths in -1_790..=1_790 {
        let turned = f64::from(tenths) / 10.0;
        let over = turned.abs() > 90.0;
        let pitch = sensor_angle(if over { turned.signum() * 180.0 - turned } else { turned });
        let roll = sensor_angle(if over { 180.0 } else { 0.0 });
        let up = Up::from_roll_about_x(roll, pitch);
        near(plain(Axis::Y).tilt(up), turned, ACCURACY);
        let up = Up::from_roll_about_y(roll, pitch);
        near(plain(Axis::X).tilt(up), turned, ACCURACY);
        // The way to mount it: the table's axis is the one that goes all the way round.
        let roll = sensor_angle(turned);
        near(plain(Axis::X).tilt(Up::from_roll_about_x(roll, SensorAngle::ZERO)), turned, ACCURACY);
        near(plain(Axis::Y).tilt(Up::from_roll_about_y(roll, SensorAngle::ZERO)), turned, ACCURACY);
    }
}

#[test]
fn a_quaternion_gives_the_same_tilt() {
    let up = Up::from_quaternion([31_651, 8_481, 0, 0]).unwrap();
    near(plain(Axis::X).tilt(up), 30.0, ACCURACY);
    for tenths in -1_790..=1_790 {
        let turned = f64::from(tenths) / 10.0;
        let (sin, cos) = (turned / 2.0).to_radians().sin_cos();
        let [w, part] = [cos, sin].map(|share| (share * 32_767.0).round() as i16);
        let about_x = Up::from_quaternion([w, part, 0, 0]).unwrap();
        near(plain(Axis::X).tilt(about_x), turned, ACCURACY);
        let about_y = Up::from_quaternion([w, 0, part, 0]).unwrap();
        near(plain(Axis::Y).tilt(about_y), turned, ACCURACY);
    }
    assert_eq!(Up::from_quaternion([31_000, 0, 0, 0]), None);
    assert_eq!(Up::from_quaternion([0; 4]), None);
    assert_eq!(Up::from_quaternion([i16::MIN; 4]), None);
}

#[test]
fn sense_and_zero_move_the_tilt_and_nothing_else() {
    for zero in [-175.0, -90.0, -12.345, 0.0, 90.0, 180.0] {
        for tilt in [-75.0, -10.0, 0.0, 30.0, 60.0, 89.9, 90.1, 100.0] {
            for (sense, sign) in [(Sense::Along, 1.0), (Sense::Against, -1.0)] {
                let mounting = Mounting::new(Axis::Y, sense, sensor_angle(zero));
                let up = Up::from_acceleration(felt(Axis::Y, zero + sign * tilt)).unwrap();
                near(mounting.tilt(up), tilt, ACCURACY);
            }
        }
    }
}

#[test]
fn a_tilt_is_rounded_away_from_level() {
    let mounting = plain(Axis::X);
    // One part in a million is 0.0573 millidegrees.
    for (part, millideg) in [(0, 0), (1, 1), (-1, -1), (17, 1), (18, 2), (-18, -2)] {
        let axes = [0, part, 1_000_000].map(|value| MicroG::new(value).unwrap());
        let up = Up::from_acceleration(axes).unwrap();
        assert_eq!(mounting.tilt(up).map(Angle::millideg), Ok(millideg), "{part}");
    }
}

#[test]
fn a_mounting_is_found_by_measuring_it() {
    for axis in [Axis::X, Axis::Y, Axis::Z] {
        for zero in [-170.0, 0.0, 3.5, 90.0, 179.0] {
            for (sign, sense) in [(1.0, Sense::Along), (-1.0, Sense::Against)] {
                let up = |tilt: f64| Up::from_acceleration(felt(axis, zero + sign * tilt)).unwrap();
                let found = Mounting::measured(axis, up(0.0), up(20.0)).unwrap();
                assert_eq!((found.axis(), found.sense()), (axis, sense));
                near(found.tilt(up(60.0)), 60.0, ACCURACY);
                near(found.tilt(up(-75.0)), -75.0, ACCURACY);
                for bad in [0.0, 4.9, 90.1, 180.0] {
                    let turn = Mounting::measured(axis, up(0.0), up(bad));
                    assert!(matches!(turn, Err(MountingError::Turn { .. })), "{bad}: {turn:?}");
                }
            }
        }
    }
}

#[test]
fn a_sensor_on_another_axis_shows_no_tilt() {
    // Mounted on Y, written down as X: level looks right, head-down does not.
    let mounting = plain(Axis::X);
    let up = |turned| Up::from_acceleration(felt(Axis::Y, turned)).unwrap();
    assert!(mounting.tilt(up(0.0)).is_ok());
    let limit = f64::from(ASKEW_MAX_DEG);
    assert!(mounting.tilt(up(limit - 0.1)).is_ok());
    assert_eq!(mounting.tilt(up(limit + 0.1)), Err(MountingError::Askew { axis: Axis::X }));
    assert_eq!(mounting.tilt(up(90.0)), Err(MountingError::Askew { axis: Axis::X }));
    assert!(Mounting::measured(Axis::X, up(0.0), up(20.0)).is_err());
}

#[test]
fn an_axis_askew_within_the_limit_falsifies_the_tilt_by_a_degree_at_most() {
    let mounting = plain(Axis::X);
    let mut draw = Draw(3);
    let mut largest = 0.0f64;
    for _ in 0..CASES {
        let tilt = f64::from(draw.between(-90_000, 90_000)) / 1e3;
        let askew = f64::from(draw.between(0, i32::from(ASKEW_MAX_DEG) * 1_000)) / 1e3;
        // The sensor is turned about its own Z before the bed turns.
        let ((sin, cos), (sin_a, cos_a)) =
            (tilt.to_radians().sin_cos(), askew.to_radians().sin_cos());
        let axes = [sin * sin_a, sin * cos_a, cos].map(micro_g);
        let seen = mounting.tilt(Up::from_acceleration(axes).unwrap()).unwrap();
        largest = largest.max((deg(seen) - tilt).abs());
    }
    assert!(largest <= 1.0, "{largest}");
    assert!(largest > 0.9, "the limit is about this bound: {largest}");
}
