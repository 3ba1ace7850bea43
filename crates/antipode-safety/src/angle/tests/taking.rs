//! Which readings are taken at all.

use super::*;

#[test]
fn a_stamp_from_the_future_is_not_taken() {
    let mut watch = watch();
    feed(&mut watch, &[(100, Some(10_000), None)]);
    let future = read(151, Some(0), None);
    assert_eq!(watch.observe(at(150), &future), Some(Reject::Future { at: at(151) }));
    assert_eq!(watch.last_good(), Some(mdeg(10_000)));
    assert_eq!(watch.observe(at(151), &read(151, Some(10_000), None)), None);
}

#[test]
fn a_question_from_before_the_newest_reading_is_not_answered() {
    let mut watch = watch();
    feed(&mut watch, &[(100, Some(10_000), None)]);
    assert_eq!(watch.state(at(99)), AngleState::Invalid);
    assert_eq!(watch.worst_case(at(99)), None);
}

#[test]
fn a_repeat_or_an_old_number_has_no_effect() {
    let mut watch = watch();
    feed(&mut watch, &[(100, Some(10_000), None)]);
    let before = watch.clone();
    for seq in [101, 100, 0] {
        let repeat = Reading { seq, ..read(120, Some(0), None) };
        assert_eq!(watch.observe(at(120), &repeat), Some(Reject::NotNewer { seq, newest: 101 }));
    }
    assert_eq!(watch, before, "however many: doubled frames are not garbage");
}

#[test]
fn an_angle_beyond_ninety_five_degrees_is_not_taken() {
    for (millideg, taken) in [(95_000, true), (95_001, false), (-95_000, true), (-95_001, false)] {
        let mut watch = watch();
        let reject = watch.observe(at(100), &read(100, Some(millideg), None));
        let expected = (!taken).then_some(Reject::OutOfRange { tilt: mdeg(millideg) });
        assert_eq!(reject, expected, "{millideg}");
        assert_eq!(watch.last_good().is_some(), taken);
    }
}

#[test]
fn a_jump_faster_than_twelve_degrees_a_second_is_not_taken() {
    for (to, taken) in [(11_200, true), (11_201, false), (8_800, true), (8_799, false)] {
        let mut watch = watch();
        feed(&mut watch, &[(100, Some(10_000), None)]);
        let reject = watch.observe(at(200), &read(200, Some(to), None));
        let within = Millis::new(100);
        let expected =
            (!taken).then_some(Reject::Jump { from: mdeg(10_000), to: mdeg(to), within });
        assert_eq!(reject, expected, "{to}");
    }
}

#[test]
fn two_quick_readings_are_taken_as_twenty_milliseconds_apart() {
    for (to, taken) in [(10_240, true), (10_241, false)] {
        let mut watch = watch();
        feed(&mut watch, &[(100, Some(10_000), None)]);
        assert_eq!(watch.observe(at(101), &read(101, Some(to), None)).is_none(), taken, "{to}");
    }
}

#[test]
fn readings_that_waited_together_are_told_apart_by_the_tables_clock() {
    // The second one was measured 100 ms after the first and arrives 1 ms after it.
    let mut watch = watch();
    feed(&mut watch, &[(100, Some(10_000), None)]);
    let burst = |table_ms, to| Reading { table_ms, ..read(101, Some(to), None) };
    assert_eq!(watch.observe(at(101), &burst(277, 11_200)), None);

    // However much the table's clock claims, one lease more than arrival shows is believed.
    let mut watch = AngleWatch::new(LEASE, Rate::clamped(3_000));
    feed(&mut watch, &[(100, Some(10_000), None)]);
    let within = Millis::new(251);
    let reject = Reject::Jump { from: mdeg(10_000), to: mdeg(13_013), within };
    assert_eq!(watch.observe(at(101), &burst(900_000, 13_013)), Some(reject));
    let next = Reading { seq: 103, ..burst(900_001, 13_012) };
    assert_eq!(watch.observe(at(101), &next), None);
}

#[test]
fn three_rejects_within_a_second_are_garbage_until_a_good_angle_after_a_second_without() {
    let wild = |ms| read(ms, Some(90_000), None);
    let mut watch = watch();
    feed(&mut watch, &[(0, Some(0), None)]);
    for ms in [100, 600, 1_101, 1_602] {
        assert!(watch.observe(at(ms), &wild(ms)).is_some());
        assert_ne!(watch.state(at(ms)), AngleState::Garbage, "{ms}: no three within a second yet");
    }
    // The third exactly a second after the first.
    let mut watch = AngleWatch::new(LEASE, Rate::clamped(3_000));
    feed(&mut watch, &[(0, Some(0), None)]);
    for ms in [100, 600, 1_100] {
        assert!(watch.observe(at(ms), &wild(ms)).is_some());
    }
    assert_eq!(watch.state(at(1_100)), AngleState::Garbage);
    feed(&mut watch, &[(1_150, Some(0), None)]);
    assert_eq!(watch.state(at(1_150)), AngleState::Garbage, "one good angle does not end it");
    feed(&mut watch, &[(2_099, Some(0), None)]);
    assert_eq!(watch.state(at(2_200)), AngleState::Garbage, "time alone does not end it either");
    feed(&mut watch, &[(2_201, Some(0), None)]);
    assert_eq!(watch.state(at(2_201)).agreed(), Some(mdeg(0)));

    let mut watch = AngleWatch::new(LEASE, Rate::clamped(3_000));
    feed(&mut watch, &[(0, Some(0), None)]);
    for ms in [100, 600, 1_100] {
        assert!(watch.observe(at(ms), &wild(ms)).is_some());
    }
    feed(&mut watch, &[(2_100, Some(0), None)]);
    assert_eq!(watch.state(at(2_100)).agreed(), Some(mdeg(0)), "exactly a second after the last");
    assert_eq!(AngleState::Garbage.agreed(), None);
}

#[test]
fn garbage_of_one_source_leaves_the_other() {
    let mut watch = watch();
    feed(&mut watch, &[(0, Some(10_000), Some(10_000))]);
    for ms in [50, 100, 150] {
        assert!(watch.observe(at(ms), &read(ms, Some(10_000), Some(-90_000))).is_some());
    }
    let state = watch.state(at(150));
    let (tilt, second) = (mdeg(10_000), SourceFault::Garbage);
    assert_eq!(state, AngleState::FirstOnly { tilt, age: Millis::ZERO, second });
    assert_eq!((state.agreed(), state.steerable()), (None, Some(tilt)));
    assert_eq!(watch.worst_case(at(150)), Some(mdeg(11_000)));
}

#[test]
fn three_future_stamps_within_a_second_are_garbage() {
    let mut watch = watch();
    feed(&mut watch, &[(0, Some(0), None)]);
    for ms in [10, 20, 30] {
        assert!(watch.observe(at(ms), &read(5_000, Some(0), None)).is_some());
    }
    assert_eq!(watch.state(at(30)), AngleState::Garbage);
}
