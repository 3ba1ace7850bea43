#![cfg(not(loom))]

use super::*;
use crate::reading::{DriveState, FaultSet, Latches, Switches};

mod apart;
mod flat;
mod late;
mod taking;

const LEASE: Millis = Millis::new(250);

const fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms)
}

const fn mdeg(millideg: i64) -> Angle {
    Angle::clamped(millideg)
}

/// A table that turns at most 3 degrees a second, read over a 250-ms link.
fn watch() -> AngleWatch {
    AngleWatch::new(LEASE, Rate::clamped(3_000))
}

/// A reading whose table clock and numbers follow its stamp.
fn read(ms: u64, tilt: Option<i64>, second: Option<i64>) -> Reading {
    let stamp = u32::try_from(ms).unwrap();
    Reading {
        at: at(ms),
        seq: stamp + 1,
        table_ms: stamp.wrapping_add(77),
        tilt: tilt.map(mdeg),
        tilt_second: second.map(mdeg),
        rate: Rate::ZERO,
        drive: DriveState::Holding,
        latches: Latches { fitted: 2, first_closed: true, second_closed: true },
        switches: Switches::NONE,
        faults: FaultSet::NONE,
        accepted: 0,
        current_ma: 0,
        supply_mv: 24_000,
        temperature_c: 25,
    }
}

/// Feeds `(ms, drive, second)` and asserts that all are taken.
#[track_caller]
fn feed(watch: &mut AngleWatch, readings: &[(u64, Option<i64>, Option<i64>)]) {
    for &(ms, tilt, second) in readings {
        assert_eq!(watch.observe(at(ms), &read(ms, tilt, second)), None, "at {ms} ms");
    }
}

#[test]
fn a_good_second_source_that_falls_silent_is_silence_and_not_the_loss_of_the_first() {
    let mut watch = watch();
    feed(&mut watch, &[(0, Some(11_000), Some(11_000)), (10, None, Some(10_980))]);
    let (tilt, age) = (mdeg(10_980), Millis::new(251));
    assert_eq!(watch.state(at(261)), AngleState::Stale { tilt, age });
    feed(&mut watch, &[(262, None, None)]);
    assert_eq!(watch.state(at(262)), AngleState::Invalid);
}

#[test]
fn nothing_is_known_before_the_first_angle() {
    let mut watch = watch();
    assert_eq!(watch.state(at(5)), AngleState::Never);
    assert_eq!((watch.worst_case(at(5)), watch.last_good()), (None, None));
    feed(&mut watch, &[(10, None, None)]);
    assert_eq!(watch.state(at(10)), AngleState::Never);
    assert_eq!(watch.worst_case(at(10)), None);
}

#[test]
fn one_fresh_source_is_good() {
    let mut watch = watch();
    feed(&mut watch, &[(100, Some(30_000), None)]);
    let state = watch.state(at(140));
    assert_eq!(state, AngleState::Good { tilt: mdeg(30_000), age: Millis::new(40) });
    assert_eq!(state.agreed(), Some(mdeg(30_000)));
    assert_eq!(state.steerable(), Some(mdeg(30_000)));
    assert_eq!(watch.last_good(), Some(mdeg(30_000)));
}

#[test]
fn an_angle_older_than_the_lease_is_stale() {
    let mut watch = watch();
    feed(&mut watch, &[(100, Some(30_000), None)]);
    assert_eq!(watch.state(at(350)).agreed(), Some(mdeg(30_000)));
    let stale = AngleState::Stale { tilt: mdeg(30_000), age: Millis::new(251) };
    assert_eq!(watch.state(at(351)), stale);
    assert_eq!((stale.agreed(), stale.steerable()), (None, None));

    let mut ble = AngleWatch::new(Millis::new(400), Rate::clamped(3_000));
    feed(&mut ble, &[(100, Some(30_000), None)]);
    assert!(ble.state(at(500)).agreed().is_some() && ble.state(at(501)).agreed().is_none());
}

#[test]
fn the_worst_case_is_value_plus_age_times_rate_plus_a_degree() {
    let mut watch = watch();
    feed(&mut watch, &[(100, Some(30_000), None)]);
    assert_eq!(watch.worst_case(at(100)), Some(mdeg(31_000)));
    assert_eq!(watch.worst_case(at(101)), Some(mdeg(31_003)));
    assert_eq!(watch.worst_case(at(2_100)), Some(mdeg(37_000)));
    assert_eq!(watch.worst_case(at(10_000_000)), Some(mdeg(180_000)), "held at half a turn");
}

#[test]
fn the_worst_case_takes_the_worse_of_the_believable_sources() {
    let mut watch = watch();
    feed(&mut watch, &[(100, Some(30_000), Some(31_500))]);
    assert_eq!(watch.worst_case(at(100)), Some(mdeg(32_500)));
    feed(&mut watch, &[(150, Some(30_000), None)]);
    assert_eq!(watch.worst_case(at(150)), Some(mdeg(31_000)), "an invalid source does not count");
    feed(&mut watch, &[(200, None, Some(30_500))]);
    assert_eq!(watch.worst_case(at(200)), Some(mdeg(31_500)));
    feed(&mut watch, &[(250, None, None)]);
    // None is believable: both last good angles count, aged from when they were good.
    assert_eq!(watch.worst_case(at(250)), Some(mdeg(30_500 + 150 + 1_000)));
}

#[test]
fn an_angle_that_the_table_holds_invalid_is_invalid() {
    let mut watch = watch();
    feed(&mut watch, &[(0, Some(10_000), None), (50, None, None)]);
    assert_eq!(watch.state(at(50)), AngleState::Invalid);
    feed(&mut watch, &[(100, None, Some(10_000))]);
    let (tilt, first) = (mdeg(10_000), SourceFault::Invalid);
    let state = AngleState::SecondOnly { tilt, age: Millis::ZERO, first };
    assert_eq!(watch.state(at(100)), state);
    assert_eq!((state.agreed(), state.steerable()), (None, None));
}

#[test]
fn a_second_source_that_was_there_and_is_gone_is_told() {
    let mut watch = watch();
    feed(&mut watch, &[(0, Some(10_000), Some(10_000)), (50, Some(10_000), None)]);
    let (tilt, second) = (mdeg(10_000), SourceFault::Invalid);
    assert_eq!(watch.state(at(60)), AngleState::FirstOnly { tilt, age: Millis::new(10), second });
}

#[test]
fn only_a_second_source_from_the_start_is_told() {
    let mut watch = watch();
    feed(&mut watch, &[(0, None, Some(10_000))]);
    let (tilt, first) = (mdeg(10_000), SourceFault::Absent);
    assert_eq!(watch.state(at(0)), AngleState::SecondOnly { tilt, age: Millis::ZERO, first });
    assert_eq!(watch.state(at(251)), AngleState::Stale { tilt, age: Millis::new(251) });
}

#[test]
fn a_reopened_link_starts_from_nothing() {
    let mut watch = watch();
    feed(&mut watch, &[(100, Some(10_000), None)]);
    watch.restart();
    assert_eq!(watch, AngleWatch::new(LEASE, Rate::clamped(3_000)));
    assert_eq!(watch.observe(at(150), &Reading { seq: 1, ..read(150, Some(0), None) }), None);
}

#[test]
fn states_are_told_in_plain_words() {
    let tilt = mdeg(30_000);
    let age = Millis::new(300);
    for (state, words) in [
        (AngleState::Never, "no angle has come yet"),
        (AngleState::Good { tilt, age }, "30.000°, 300 ms old"),
        (
            AngleState::Warn { larger: tilt, gap: 3_500 },
            "30.000° by one angle sensor, 3.500° apart",
        ),
        (
            AngleState::Disagrees { larger: tilt, gap: 6_000, same_side: true },
            "the angle sensors are 6.000° apart, the deeper says 30.000°",
        ),
        (
            AngleState::FirstOnly { tilt, age, second: SourceFault::Stale },
            "30.000° by the drive alone, the second angle sensor is silent",
        ),
        (
            AngleState::SecondOnly { tilt, age, first: SourceFault::Garbage },
            "30.000° by the second angle sensor alone, the drive's sends impossible values",
        ),
        (AngleState::Stale { tilt, age }, "30.000° was the last angle, 300 ms ago"),
        (AngleState::Garbage, "the angle sensor sends impossible values"),
        (AngleState::Flat { tilt }, "the angle stands at 30.000° although the bed is driven"),
        (AngleState::Invalid, "the table does not know its angle"),
    ] {
        assert_eq!(state.to_string(), words);
    }
    assert_eq!(SourceFault::Absent.to_string(), "has never answered");
    assert_eq!(SourceFault::Invalid.to_string(), "gives no angle");
    assert_eq!(SourceFault::Flat.to_string(), "stands still although the bed is driven");
}
