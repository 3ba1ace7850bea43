//! An angle that stands still although the bed is driven (H-05).

use super::*;

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
