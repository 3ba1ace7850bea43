#![cfg(not(loom))]

use super::*;
use crate::reading::{DriveState, FaultSet, Latches, Switches};

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
fn sources_three_degrees_apart_warn_and_five_apart_forbid_lowering_at_once() {
    for (second, warns, agrees) in [
        (13_000, false, true),
        (13_001, true, true),
        (15_000, true, true),
        (15_001, true, false),
        (4_999, true, false),
    ] {
        let mut watch = watch();
        feed(&mut watch, &[(0, Some(10_000), Some(second))]);
        let state = watch.state(at(0));
        let larger = mdeg(second.max(10_000));
        if warns {
            let gap = mdeg(second).distance(mdeg(10_000));
            assert_eq!(state, AngleState::Warn { larger, gap });
        } else {
            assert_eq!(state, AngleState::Good { tilt: larger, age: Millis::ZERO });
        }
        assert_eq!(state.agreed(), agrees.then_some(larger), "{second}");
        assert_eq!(state.steerable(), agrees.then_some(larger), "{second}");
    }
}

/// Feeds two angles every 50 ms up to `until`.
fn hold_apart(watch: &mut AngleWatch, until: u64, tilt: i64, second: i64) {
    for ms in (0..=until).step_by(50) {
        feed(watch, &[(ms, Some(tilt), Some(second))]);
    }
}

#[test]
fn sources_more_than_five_degrees_apart_for_300_ms_disagree() {
    let mut watch = watch();
    hold_apart(&mut watch, 300, 10_000, 15_001);
    let (larger, gap) = (mdeg(15_001), 5_001);
    assert_eq!(watch.state(at(300)), AngleState::Disagrees { larger, gap, same_side: true });

    let mut watch = AngleWatch::new(LEASE, Rate::clamped(3_000));
    hold_apart(&mut watch, 250, 10_000, 15_001);
    assert_eq!(watch.state(at(299)), AngleState::Warn { larger, gap });
    assert_eq!(watch.state(at(300)), AngleState::Disagrees { larger, gap, same_side: true });

    let mut watch = AngleWatch::new(LEASE, Rate::clamped(3_000));
    hold_apart(&mut watch, 2_000, 10_000, 15_000);
    assert_eq!(watch.state(at(2_000)).agreed(), Some(mdeg(15_000)), "five is not more than five");
}

#[test]
fn disagreeing_sources_say_whether_the_side_of_level_is_certain() {
    for (tilt, second, same_side) in [
        (10_000, 20_000, true),
        (-20_000, -10_000, true),
        (6_000, 0, false),
        (-3_000, 3_000, false),
    ] {
        let mut watch = watch();
        hold_apart(&mut watch, 400, tilt, second);
        let larger = mdeg(tilt.max(second));
        let gap = mdeg(tilt).distance(mdeg(second));
        let state = watch.state(at(400));
        assert_eq!(state, AngleState::Disagrees { larger, gap, same_side });
        assert_eq!((state.agreed(), state.steerable()), (None, None));
    }
}

#[test]
fn agreeing_again_ends_the_disagreement() {
    let mut watch = watch();
    hold_apart(&mut watch, 400, 10_000, 15_500);
    feed(&mut watch, &[(450, Some(10_000), Some(15_000))]);
    assert_eq!(watch.state(at(450)).agreed(), Some(mdeg(15_000)));
}

/// Drives the bed at `rate` from time 0, the angle moving `step` millidegrees every 100 ms.
fn drive(watch: &mut AngleWatch, rate: i64, until: u64, step: i64, second_step: Option<i64>) {
    let angle = |step: i64, ms: u64| 10_000 + step * i64::try_from(ms / 100).unwrap();
    watch.commanded(at(0), Rate::clamped(rate));
    for ms in (0..=until).step_by(100) {
        feed(watch, &[(ms, Some(angle(step, ms)), second_step.map(|step| angle(step, ms)))]);
    }
}

#[test]
fn a_bed_driven_for_a_second_must_be_seen_to_move_a_third_of_a_degree() {
    for rate in [1_000, -1_000] {
        let mut watch = watch();
        drive(&mut watch, rate, 900, 0, None);
        assert!(watch.state(at(900)).agreed().is_some());
        feed(&mut watch, &[(999, Some(10_299), None)]);
        assert!(watch.state(at(999)).agreed().is_some());
        feed(&mut watch, &[(1_000, Some(10_299), None)]);
        let state = watch.state(at(1_000));
        assert_eq!(state, AngleState::Flat { tilt: mdeg(10_299) });
        assert_eq!((state.agreed(), state.steerable()), (None, None));
    }
    let mut watch = watch();
    drive(&mut watch, 1_000, 900, 0, None);
    feed(&mut watch, &[(1_000, Some(10_300), None)]);
    assert!(watch.state(at(1_000)).agreed().is_some(), "0.3 degrees are enough");
}

#[test]
fn a_bed_that_turns_round_slowly_has_moved() {
    let mut watch = watch();
    watch.commanded(at(0), Rate::clamped(-3_000));
    // It coasts on for a tenth of a degree, and comes back past where the command found it.
    feed(&mut watch, &[(0, Some(27_970), None), (200, Some(28_080), None)]);
    feed(&mut watch, &[(600, Some(27_900), None), (999, Some(27_781), None)]);
    assert!(watch.state(at(999)).agreed().is_some());
    feed(&mut watch, &[(1_000, Some(27_780), None)]);
    assert_eq!(watch.state(at(1_000)).agreed(), Some(mdeg(27_780)));
}

#[test]
fn a_slow_command_proves_nothing() {
    let mut watch = watch();
    drive(&mut watch, 999, 5_000, 0, None);
    assert!(watch.state(at(5_000)).agreed().is_some());
}

#[test]
fn a_stuck_angle_stays_flat_until_it_is_seen_to_move() {
    let mut watch = watch();
    drive(&mut watch, -1_500, 1_000, 0, None);
    watch.commanded(at(1_010), Rate::ZERO);
    feed(&mut watch, &[(1_100, Some(10_000), None)]);
    assert!(matches!(watch.state(at(1_100)), AngleState::Flat { .. }), "a halt does not clear it");
    watch.commanded(at(1_110), Rate::clamped(-1_000));
    feed(&mut watch, &[(1_200, Some(9_701), None)]);
    assert!(matches!(watch.state(at(1_200)), AngleState::Flat { .. }));
    feed(&mut watch, &[(1_300, Some(9_700), None)]);
    assert_eq!(watch.state(at(1_300)).agreed(), Some(mdeg(9_700)));
}

#[test]
fn an_angle_that_sticks_on_the_way_is_flat_a_second_after_it_stuck() {
    let mut watch = watch();
    drive(&mut watch, 1_500, 2_000, 150, None);
    for ms in [2_100, 2_500, 2_999] {
        feed(&mut watch, &[(ms, Some(13_000), None)]);
        assert!(watch.state(at(ms)).agreed().is_some(), "{ms}");
    }
    feed(&mut watch, &[(3_000, Some(13_000), None)]);
    assert!(matches!(watch.state(at(3_000)), AngleState::Flat { .. }));
}

#[test]
fn a_repeated_command_does_not_start_the_watch_afresh_and_a_reversed_one_does() {
    let mut watch = watch();
    for ms in (0..=1_000).step_by(100) {
        watch.commanded(at(ms), Rate::clamped(1_500));
        feed(&mut watch, &[(ms, Some(10_000), None)]);
    }
    assert!(matches!(watch.state(at(1_000)), AngleState::Flat { .. }));

    let mut watch = AngleWatch::new(LEASE, Rate::clamped(3_000));
    drive(&mut watch, 1_500, 900, 0, None);
    watch.commanded(at(900), Rate::clamped(-1_500));
    feed(&mut watch, &[(1_000, Some(10_000), None), (1_899, Some(10_000), None)]);
    assert!(watch.state(at(1_899)).agreed().is_some());
    feed(&mut watch, &[(1_900, Some(10_000), None)]);
    assert!(matches!(watch.state(at(1_900)), AngleState::Flat { .. }));
}

#[test]
fn one_stuck_source_leaves_the_other() {
    let mut watch = watch();
    drive(&mut watch, 1_500, 1_000, 0, Some(150));
    let (tilt, first) = (mdeg(11_500), SourceFault::Flat);
    assert_eq!(watch.state(at(1_000)), AngleState::SecondOnly { tilt, age: Millis::ZERO, first });
    assert_eq!(watch.worst_case(at(1_000)), Some(mdeg(12_500)), "a stuck source does not count");
}

#[test]
fn a_reading_that_waited_in_a_queue_shows_its_true_age() {
    let mut watch = watch();
    feed(&mut watch, &[(0, Some(10_000), None)]);
    // Measured 50 ms after the first, arrived 300 ms after it: 250 ms old, less 1 % of clock drift.
    let late = Reading { table_ms: 77 + 50, ..read(300, Some(10_000), None) };
    assert_eq!(watch.observe(at(300), &late), None);
    let state = watch.state(at(300));
    assert_eq!(state, AngleState::Good { tilt: mdeg(10_000), age: Millis::new(247) });
    assert_eq!(watch.worst_case(at(300)), Some(mdeg(10_000 + 741 + 1_000)));
    assert!(watch.state(at(304)).agreed().is_none(), "stale 3 ms after it arrived");

    // The queue drains: the next one is on time again.
    let prompt = Reading { table_ms: 77 + 350, ..read(350, Some(10_000), None) };
    assert_eq!(watch.observe(at(350), &prompt), None);
    assert_eq!(watch.state(at(350)), AngleState::Good { tilt: mdeg(10_000), age: Millis::ZERO });
}

#[test]
fn a_table_clock_slow_by_a_per_cent_is_no_delay() {
    let mut watch = watch();
    for step in 0..2_000_u64 {
        let ms = step * 100;
        let slow = u32::try_from(step * 99).unwrap();
        let reading = Reading { table_ms: slow, ..read(ms, Some(10_000), None) };
        assert_eq!(watch.observe(at(ms), &reading), None);
        let good = AngleState::Good { tilt: mdeg(10_000), age: Millis::ZERO };
        assert_eq!(watch.state(at(ms)), good);
    }
}

#[test]
fn a_table_without_a_clock_or_with_a_restarted_one_has_no_lateness() {
    let mut watch = watch();
    for (ms, table_ms) in [(0, 5), (1_000, 5), (2_000, 4), (3_000, u32::MAX)] {
        let reading = Reading { table_ms, ..read(ms, Some(10_000), None) };
        assert_eq!(watch.observe(at(ms), &reading), None);
        let good = AngleState::Good { tilt: mdeg(10_000), age: Millis::ZERO };
        assert_eq!(watch.state(at(ms)), good, "{table_ms}");
    }
}

#[test]
fn the_tables_clock_may_wrap() {
    let mut watch = watch();
    for (ms, table_ms) in [(0, u32::MAX - 9), (100, 90), (200, 190)] {
        let reading = Reading { table_ms, ..read(ms, Some(10_000), None) };
        assert_eq!(watch.observe(at(ms), &reading), None);
        let good = AngleState::Good { tilt: mdeg(10_000), age: Millis::ZERO };
        assert_eq!(watch.state(at(ms)), good, "{table_ms}");
    }
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

#[test]
fn the_time_apart_runs_only_beyond_five_degrees() {
    let mut watch = watch();
    hold_apart(&mut watch, 2_000, 10_000, 15_000);
    feed(&mut watch, &[(2_050, Some(10_000), Some(15_001))]);
    let (larger, gap) = (mdeg(15_001), 5_001);
    assert_eq!(watch.state(at(2_050)), AngleState::Warn { larger, gap });
}
