//! Two sources that contradict each other (H-07, H-08).

use super::*;

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
fn the_time_apart_runs_only_beyond_five_degrees() {
    let mut watch = watch();
    hold_apart(&mut watch, 2_000, 10_000, 15_000);
    feed(&mut watch, &[(2_050, Some(10_000), Some(15_001))]);
    let (larger, gap) = (mdeg(15_001), 5_001);
    assert_eq!(watch.state(at(2_050)), AngleState::Warn { larger, gap });
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
