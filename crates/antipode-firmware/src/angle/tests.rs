use super::*;

fn angle(mdeg: i32) -> Option<Angle> {
    Angle::from_millideg(mdeg)
}

/// Two sources that agree at `mdeg`.
fn agreed(mdeg: i32) -> Sources {
    let mut sources = Sources::new(true);
    sources.update(angle(mdeg), angle(mdeg), 0, 10);
    sources
}

#[test]
fn the_first_sample_in_range_is_believed() {
    let mut sources = Sources::new(false);
    assert_eq!(sources.estimate(), None);
    assert!(sources.any_lost());
    sources.update(angle(95_001), None, 0, 10);
    assert_eq!(sources.estimate(), None);
    sources.update(angle(-95_000), None, 0, 10);
    let at = sources.estimate().unwrap();
    assert_eq!((at.control, at.worst, at.least), (-95_000, -95_000, -95_000));
    assert_eq!(at.quality, Quality::Full);
    assert!(!sources.any_lost());
}

#[test]
fn a_sample_is_held_over_for_a_tenth_of_a_second() {
    let mut sources = agreed(10_000);
    for _ in 0..10 {
        sources.update(None, angle(10_000), 0, 10);
        assert_eq!(sources.estimate().unwrap().quality, Quality::Full);
    }
    sources.update(None, angle(10_000), 0, 1);
    assert_eq!(sources.estimate().unwrap().quality, Quality::OneSource);
    assert_eq!(sources.main(), None);
    assert_eq!(sources.second(), angle(10_000));
    assert!(sources.any_lost());
}

#[test]
fn a_lost_source_is_trusted_again_after_a_second_of_good_samples() {
    // It may speak with every tick or with some.
    for every in [1, 2, 5] {
        let mut sources = agreed(10_000);
        for _ in 0..11 {
            sources.update(None, None, 0, 10);
        }
        assert_eq!(sources.estimate(), None);
        for tick in 1..100 {
            let speaks = tick % every == 0;
            sources.update(angle(10_000).filter(|_| speaks), None, 0, 10);
            assert_eq!(sources.main(), None, "{every} {tick}");
        }
        for _ in 0..every {
            sources.update(angle(10_000), None, 0, 10);
        }
        assert_eq!(sources.main(), angle(10_000), "{every}");
    }
}

#[test]
fn a_controller_that_was_late_itself_believes_the_next_sample() {
    for (late_ms, believed) in [(101, true), (999, true), (1_000, false)] {
        let mut sources = Sources::new(false);
        sources.update(angle(10_000), None, 0, 10);
        sources.update(None, None, 0, late_ms);
        assert_eq!(sources.estimate(), None, "what was said before is too old");
        for _ in 0..9 {
            sources.update(None, None, 0, 10);
            assert_eq!(sources.estimate(), None, "and nothing new was said");
        }
        sources.update(angle(10_500), None, 0, 10);
        assert_eq!(sources.main(), angle(10_500).filter(|_| believed), "{late_ms}");
    }
    let mut sources = Sources::new(false);
    sources.update(angle(10_000), None, 0, 10);
    sources.update(angle(15_000), None, 0, 300);
    assert_eq!(sources.main(), None, "no bed turns so fast");
    sources.update(None, None, 0, 300);
    for _ in 0..11 {
        sources.update(None, None, 0, 10);
    }
    sources.update(angle(10_000), None, 0, 10);
    assert_eq!(sources.main(), None, "a source that goes on being silent is distrusted");
}

#[test]
fn a_turn_of_twelve_degrees_a_second_is_believed_and_more_is_not() {
    for (jump, believed) in [(420, true), (421, false), (-420, true), (-421, false)] {
        let mut sources = Sources::new(false);
        sources.update(angle(0), None, 0, 10);
        sources.update(angle(jump), None, 0, 10);
        assert_eq!(sources.main(), angle(if believed { jump } else { 0 }), "{jump}");
    }
    // The allowance grows while nothing is believed.
    let mut sources = Sources::new(false);
    sources.update(angle(0), None, 0, 10);
    sources.update(angle(500), None, 0, 10);
    sources.update(angle(500), None, 0, 10);
    assert_eq!(sources.main(), angle(500));
}

#[test]
fn the_third_wild_sample_within_a_second_counts() {
    for (gap_ms, trusted) in [(500, false), (501, true)] {
        let mut sources = Sources::new(false);
        sources.update(angle(0), None, 0, 10);
        for _ in 0..3 {
            sources.update(angle(50_000), None, 0, 1);
            for _ in 0..gap_ms - 1 {
                sources.update(angle(0), None, 0, 1);
            }
            // The last gap only shows the outcome.
        }
        assert_eq!(sources.main().is_some(), trusted, "{gap_ms}");
    }
}

#[test]
fn a_distrusted_source_starts_over_from_where_it_says_it_is() {
    let mut sources = Sources::new(false);
    sources.update(angle(0), None, 0, 10);
    for _ in 0..3 {
        sources.update(angle(50_000), None, 0, 10);
    }
    assert_eq!(sources.main(), None);
    for _ in 0..100 {
        sources.update(angle(50_000), None, 0, 10);
    }
    assert_eq!(sources.main(), angle(50_000));
}

#[test]
fn two_sources_give_the_range_and_the_first_steers() {
    let mut sources = Sources::new(true);
    sources.update(angle(10_000), angle(12_000), 0, 10);
    assert_eq!(
        sources.estimate(),
        Some(Estimate { quality: Quality::Full, control: 10_000, worst: 12_000, least: 10_000 })
    );
}

#[test]
fn five_degrees_apart_agree_and_a_thousandth_more_for_three_tenths_does_not() {
    for (second, disagree) in [(5_000, false), (5_001, true)] {
        let mut sources = Sources::new(true);
        sources.update(angle(0), angle(second), 0, 290);
        assert_eq!(sources.estimate().unwrap().quality, Quality::Full);
        sources.update(angle(0), angle(second), 0, 10);
        let at = sources.estimate().unwrap();
        assert_eq!(at.quality == Quality::Disagree, disagree);
        assert_eq!(at.control, if disagree { 5_001 } else { 0 });
    }
}

#[test]
fn they_agree_again_within_three_degrees_for_a_second() {
    let mut sources = Sources::new(true);
    sources.update(angle(0), angle(5_001), 0, 300);
    for mdeg in [4_600, 4_200, 3_800, 3_400, 3_000] {
        sources.update(angle(0), angle(mdeg), 0, 99);
    }
    for _ in 0..20 {
        sources.update(angle(0), angle(3_000), 0, 99);
    }
    assert_eq!(sources.estimate().unwrap().quality, Quality::Disagree, "at three degrees");
    for _ in 0..9 {
        sources.update(angle(0), angle(2_999), 0, 100);
    }
    sources.update(angle(0), angle(2_999), 0, 99);
    assert_eq!(sources.estimate().unwrap().quality, Quality::Disagree);
    sources.update(angle(0), angle(2_999), 0, 1);
    assert_eq!(sources.estimate().unwrap().quality, Quality::Full);
}

/// Drives for two seconds while one source moves by `a` and the other by `b` each second.
fn driven(a: i32, b: i32, setpoint: i32) -> Sources {
    let mut sources = agreed(0);
    for tick in 0..=100 {
        sources.update(angle(a * tick / 100), angle(b * tick / 100), setpoint, 10);
    }
    sources
}

#[test]
fn a_source_that_stands_while_the_other_turns_is_stuck() {
    for (a, b, setpoint, main_stuck, second_stuck) in [
        (0, 1_000, 1_000, true, false),
        (1_000, 0, 1_000, false, true),
        (0, -1_000, -1_000, true, false),
        (0, 1_000, 999, false, false),
        (0, 0, 3_000, false, false),
        (304, 1_000, 1_000, false, false),
        (298, 1_000, 1_000, true, false),
        (0, 604, 1_000, false, false),
        (0, 608, 1_000, true, false),
    ] {
        let sources = driven(a, b, setpoint);
        assert_eq!(sources.main().is_none(), main_stuck, "{a} {b} {setpoint}");
        assert_eq!(sources.second().is_none(), second_stuck, "{a} {b} {setpoint}");
    }
}

#[test]
fn a_stuck_source_stays_out_until_a_person_says_otherwise() {
    let mut sources = driven(0, 1_000, 1_000);
    for _ in 0..500 {
        sources.update(angle(1_000), angle(1_000), 0, 10);
    }
    assert_eq!(sources.main(), None);
    sources.forgive();
    assert_eq!(sources.main(), angle(1_000));
}
