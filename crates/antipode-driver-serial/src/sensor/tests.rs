//! From bytes to readings, without a line.

use antipode_device::{Axis, Mount, Sense, SensorEvent, TiltReading};
use antipode_safety::{Angle, Timestamp};

use super::listener::Speech;
use super::tilt::{BnoRvc, WitMotion};
use crate::codec::sensor::{MicroG, SensorAngle, bno_rvc, witmotion};

fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn mount(axis: Axis, sense: Sense, zero_deg: i32) -> Mount {
    Mount { axis, sense, zero: Angle::from_deg(zero_deg).unwrap() }
}

fn heard(speech: &mut impl Speech, ms: u64, bytes: &[u8]) -> Vec<TiltReading> {
    let mut all = Vec::new();
    speech.hear(at(ms), bytes, &mut |event| match event {
        SensorEvent::Tilt(reading) => all.push(reading),
        SensorEvent::Vitals(_) | SensorEvent::Lost(_) => panic!("{event:?}"),
    });
    all
}

fn angle(millideg: f64) -> SensorAngle {
    SensorAngle::from_millideg(millideg.round() as i32).unwrap()
}

/// What a WitMotion says that is turned by `deg` about X or Y.
fn wit(axis: Axis, deg: f64) -> Vec<u8> {
    let (sin, cos) = deg.to_radians().sin_cos();
    let g = |share: f64| MicroG::new((share * 1e6).round() as i32).unwrap();
    let (axes, roll, pitch) = match axis {
        Axis::X => ([g(0.0), g(sin), g(cos)], deg, 0.0),
        // Its pitch ends at 90 and comes back, with roll turned over.
        Axis::Y if deg.abs() > 90.0 => {
            ([g(-sin), g(0.0), g(cos)], 180.0, deg.signum() * 180.0 - deg)
        }
        Axis::Y => ([g(-sin), g(0.0), g(cos)], 0.0, deg),
        Axis::Z => panic!("nobody mounts it so here"),
    };
    let felt = witmotion::Frame::Acceleration { axes, temperature: 0 };
    let (roll, pitch) = (angle(roll * 1e3), angle(pitch * 1e3));
    let angles = witmotion::Frame::Angles { roll, pitch, yaw: SensorAngle::ZERO, version: 0 };
    [felt.encode(), angles.encode()].concat()
}

#[test]
fn a_tilt_goes_through_the_vertical_on_every_axis_and_in_both_senses() {
    for axis in [Axis::X, Axis::Y] {
        for (sense, sign) in [(Sense::Along, 1.0), (Sense::Against, -1.0)] {
            for zero in [-30, 0, 12] {
                let mut sensor = WitMotion::new(mount(axis, sense, zero));
                heard(&mut sensor, 0, &wit(axis, f64::from(zero)));
                for step in 0..=110_u32 {
                    let (tilt, ms) = (f64::from(step), 1_000 + u64::from(step) * 200);
                    let bytes = wit(axis, f64::from(zero) + sign * tilt);
                    let seen = heard(&mut sensor, ms, &bytes);
                    // One whose check looks like a header waits for the next, with its own time.
                    for reading in seen.iter().filter(|reading| reading.at == at(ms)) {
                        let here = f64::from(reading.tilt.unwrap().millideg()) / 1e3;
                        let mount = (sense, zero);
                        assert!((here - tilt).abs() < 0.05, "{axis:?} {mount:?}: {here} {tilt}");
                    }
                }
                assert_eq!(sensor.complaint(), None);
            }
        }
    }
}

#[test]
fn angles_without_an_acceleration_are_heard_and_not_believed() {
    let mut sensor = WitMotion::new(mount(Axis::X, Sense::Along, 0));
    let bytes = wit(Axis::X, 10.0);
    let angles = &bytes[witmotion::FRAME_LEN..];
    let seen: Vec<_> = (0..5).flat_map(|n| heard(&mut sensor, n * 20, angles)).collect();
    assert_eq!(seen.len(), 5);
    assert!(seen.iter().all(|reading| reading.tilt.is_none()), "{seen:?}");
    assert!(seen.windows(2).all(|pair| pair[0].seq + 1 == pair[1].seq));
    assert!(sensor.complaint().unwrap().contains("no acceleration"));
}

#[test]
fn what_was_heard_before_a_line_was_opened_again_belongs_to_nothing_after_it() {
    let mut sensor = WitMotion::new(mount(Axis::X, Sense::Along, 0));
    let bytes = wit(Axis::X, 10.0);
    heard(&mut sensor, 0, &bytes);
    heard(&mut sensor, 20, &bytes);
    // An acceleration of before, and the angles of a sensor that was turned meanwhile.
    heard(&mut sensor, 40, &bytes[..witmotion::FRAME_LEN]);
    sensor.reopen();
    let after = wit(Axis::X, 70.0);
    let seen = [
        heard(&mut sensor, 60, &after[witmotion::FRAME_LEN..]),
        heard(&mut sensor, 80, &after),
        heard(&mut sensor, 100, &after),
    ]
    .concat();
    let tilts: Vec<_> =
        seen.iter().map(|reading| reading.tilt.map(|tilt| tilt.millideg() / 100)).collect();
    // 60 degrees in 80 ms are no jump of a sensor that has just been plugged in.
    assert_eq!(tilts, [None, Some(700), Some(700)]);
    let seqs: Vec<_> = seen.iter().map(|reading| reading.seq).collect();
    assert!(seqs.windows(2).all(|pair| pair[0] < pair[1]) && seqs[0] > 1, "{seqs:?}");
}

fn bno(index: u8) -> Vec<u8> {
    let zero = MicroG::new(0).unwrap();
    let frame = bno_rvc::Frame {
        index,
        yaw: SensorAngle::ZERO,
        pitch: SensorAngle::ZERO,
        roll: SensorAngle::ZERO,
        acceleration: [zero, zero, MicroG::new(1_000_000).unwrap()],
        reserved: [0; 3],
    };
    frame.encode().to_vec()
}

#[test]
fn frames_that_are_missing_show_in_the_numbers_and_one_that_is_repeated_says_nothing() {
    let mut sensor = BnoRvc::new(mount(Axis::Y, Sense::Along, 0));
    let mut seqs = Vec::new();
    for (n, index) in [7, 8, 9, 9, 10, 14, 15, 15, 15].into_iter().enumerate() {
        let seen = heard(&mut sensor, n as u64 * 10, &bno(index));
        seqs.extend(seen.iter().map(|reading| reading.seq));
    }
    assert_eq!(seqs, [1, 2, 3, 4, 8, 9]);
}
