//! What of an inclinometer is believed.

use antipode_safety::{Angle, Millis, Timestamp};

use super::super::bno_rvc;
use super::super::plausible::{Implausible, Inclinometer, Sighting};
use super::super::tilt::{Axis, Mounting, MountingError, Sense, Up};
use super::super::witmotion::{Frame, Pairing};
use super::super::{MicroG, SensorAngle};
use super::{CASES, Draw};

fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn sensor_angle(millideg: i32) -> SensorAngle {
    SensorAngle::from_millideg(millideg).unwrap()
}

fn mounting(axis: Axis) -> Mounting {
    Mounting::new(axis, Sense::Along, SensorAngle::ZERO)
}

/// A sensor that feels `percent` of gravity at `felt` and computes `computed` millidegrees.
fn sighting(now: Timestamp, felt: i32, computed: i32, percent: i32) -> Sighting {
    let (sin, cos) = (f64::from(felt) / 1e3).to_radians().sin_cos();
    let acceleration = [0.0, sin, cos]
        .map(|share| MicroG::new((share * 1e4 * f64::from(percent)).round() as i32).unwrap());
    let attitude = Up::from_roll_about_x(sensor_angle(computed), SensorAngle::ZERO);
    Sighting { acceleration, attitude, at: now }
}

fn judged(felt: i32, computed: i32, percent: i32) -> Result<Angle, Implausible> {
    Inclinometer::new(mounting(Axis::X)).sight(&sighting(at(0), felt, computed, percent))
}

#[test]
fn the_examples_of_both_makers_are_believed() {
    let acceleration = [0x55, 0x51, 0, 0, 0x13, 0xf9, 0, 0x04, 0xc4, 0x09, 0x83];
    let angles = [0x55, 0x53, 0x56, 0xd5, 0x5b, 0, 0, 0, 0x02, 0x46, 0x76];
    let mut pairing = Pairing::default();
    assert_eq!(pairing.take(&Frame::decode(&acceleration).unwrap(), at(10)), None);
    let sighting = pairing.take(&Frame::decode(&angles).unwrap(), at(12)).unwrap();
    assert_eq!(sighting.at, at(12));
    let against = Mounting::new(Axis::X, Sense::Against, SensorAngle::ZERO);
    let tilt = Inclinometer::new(against).sight(&sighting).unwrap();
    assert!(tilt.distance(Angle::from_deg(60).unwrap()) <= 10, "{tilt}");

    let frame = bno_rvc::Frame::decode(&[
        0xaa, 0xaa, 0xde, 0x01, 0x00, 0x92, 0xff, 0x25, 0x08, 0x8d, 0xfe, 0xec, 0xff, 0xd1, 0x03,
        0, 0, 0, 0xe7,
    ]);
    let sighting = frame.unwrap().sighting(at(0));
    let tilt = Inclinometer::new(mounting(Axis::Y)).sight(&sighting).unwrap();
    assert_eq!(tilt.millideg() / 10, 2_085);
    // The words of the datasheet, which its example contradicts: roll about X.
    let words = Inclinometer::new(mounting(Axis::X)).sight(&sighting);
    assert_eq!(words, Err(Implausible::Mounting(MountingError::Askew { axis: Axis::X })));
}

#[test]
fn what_is_felt_must_be_gravity_within_a_tenth() {
    for (percent, good) in [(0, false), (89, false), (91, true), (109, true), (111, false)] {
        assert_eq!(judged(30_000, 30_000, percent).is_ok(), good, "{percent}");
    }
    let felt = MicroG::new(1_200_000).unwrap();
    assert_eq!(judged(0, 0, 120), Err(Implausible::Gravity { felt }));
}

#[test]
fn what_is_felt_and_what_is_computed_must_agree_within_five_degrees() {
    for (felt, computed, good) in [
        (30_000, 34_990, true),
        (30_000, 25_010, true),
        (30_000, 35_010, false),
        (30_000, -30_000, false),
        // A pitch that has come back: felt 100, reported 80.
        (100_000, 80_000, false),
        (179_000, -179_000, true),
    ] {
        let judged = judged(felt, computed, 100);
        assert_eq!(judged.is_ok(), good, "{felt} and {computed}: {judged:?}");
    }
}

#[test]
fn no_bed_turns_faster_than_twelve_degrees_a_second() {
    let mut sensor = Inclinometer::new(mounting(Axis::X));
    let mut see = |ms, tilt| sensor.sight(&sighting(at(ms), tilt, tilt, 100));
    assert!(see(0, 0).is_ok());
    assert!(see(20, 1_200).is_ok());
    let jump = see(40, 3_000);
    let Err(Implausible::Jump { from, within, .. }) = jump else { panic!("{jump:?}") };
    assert_eq!((from.millideg() / 10, within), (120, Millis::new(20)));
    // A refused angle is no base for the next one; time makes the way believable.
    assert!(see(60, 3_000).is_err());
    assert!(see(120, 3_000).is_ok());
    // Frames that an adapter hands over at once.
    assert!(see(120, 3_120).is_ok());
    assert!(see(120, 3_240).is_ok());
}

#[test]
fn an_angle_without_its_acceleration_shows_nothing() {
    let mut draw = Draw(20);
    let felt = Frame::Acceleration { axes: [MicroG::new(0).unwrap(); 3], temperature: 0 };
    let zero = SensorAngle::ZERO;
    let angles = Frame::Angles { roll: draw.angle(9), pitch: zero, yaw: zero, version: 0 };
    let mut pairing = Pairing::default();
    assert_eq!(pairing.take(&angles, at(0)), None);
    assert_eq!(pairing.take(&felt, at(0)), None);
    assert!(pairing.take(&angles, at(100)).is_some());
    // Each acceleration serves once, and not for long.
    assert_eq!(pairing.take(&angles, at(100)), None);
    assert_eq!(pairing.take(&felt, at(200)), None);
    assert_eq!(pairing.take(&Frame::Quaternion([0; 4]), at(210)), None);
    assert_eq!(pairing.take(&angles, at(301)), None);
    assert_eq!(pairing.alone, 3);
}

#[test]
fn frames_of_random_content_are_next_to_never_believed() {
    let mut draw = Draw(21);
    let mut believed = 0;
    for _ in 0..CASES {
        let (mut one, mut other) = (draw.witmotion(), draw.witmotion());
        (one[1], other[1]) = (0x51, 0x53);
        for bytes in [&mut one, &mut other] {
            bytes[10] = bytes[..10].iter().fold(0, |sum, byte| sum.wrapping_add(*byte));
        }
        let mut pairing = Pairing::default();
        pairing.take(&Frame::decode(&one).unwrap(), at(0));
        let sighting = pairing.take(&Frame::decode(&other).unwrap(), at(0)).unwrap();
        let tilt = Inclinometer::new(mounting(Axis::X)).sight(&sighting);
        believed += u32::from(tilt.is_ok());
    }
    assert!(believed <= 1, "{believed} of {CASES}");
}

#[test]
fn messages_say_what_was_seen() {
    let tilt = |millideg| Angle::from_millideg(millideg).unwrap();
    let (from, to) = (tilt(1_200), tilt(3_000));
    for (error, text) in [
        (
            Implausible::Gravity { felt: MicroG::new(1_200_000).unwrap() },
            "the sensor feels 1200 thousandths of gravity, believed are 900 to 1100",
        ),
        (
            Implausible::Disagrees { felt: from, computed: to },
            "the sensor feels a tilt of 1.200° and computes 3.000°",
        ),
        (
            Implausible::Jump { from, to, within: Millis::new(20) },
            "the tilt went from 1.200° to 3.000° within 20 ms, faster than any table",
        ),
        (
            Implausible::Mounting(MountingError::Askew { axis: Axis::X }),
            "axis X of the sensor points more than 15 degrees out of level; it should lie along the \
             table's axis: check that the sensor is still fixed as it was and that the right axis is \
             written down",
        ),
        (
            Implausible::Mounting(MountingError::Turn { millideg: 900 }),
            "level and head-down measured 900 millidegrees apart; turn the bed between 5 and 90 \
             degrees head-down and measure again",
        ),
    ] {
        assert_eq!(error.to_string(), text);
    }
}
