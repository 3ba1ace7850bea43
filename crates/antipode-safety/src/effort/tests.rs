#![cfg(not(loom))]

use proptest::prelude::*;

use super::*;
use crate::reading::{FaultSet, Latches, Switches};
use crate::units::{Rate, Timestamp};

fn reading(millideg: i64, millideg_per_s: i64, current_ma: u32) -> Reading {
    Reading {
        seq: 1,
        table_ms: 0,
        at: Timestamp::ZERO,
        tilt: Some(Angle::clamped(millideg)),
        tilt_second: None,
        rate: Rate::clamped(millideg_per_s),
        drive: DriveState::Moving,
        latches: Latches { fitted: 2, first_closed: true, second_closed: true },
        switches: Switches::NONE,
        faults: FaultSet::NONE,
        accepted: 0,
        current_ma,
        supply_mv: 24_000,
        temperature_c: 25,
    }
}

/// A whole test tilt with so much current each way, read 20 times a second.
fn tilted(down_ma: u32, up_ma: u32) -> EffortWatch {
    let mut watch = EffortWatch::new();
    for step in 0..120 {
        watch.observe(true, &reading(-3_000 + step * 50, 1_000, down_ma));
    }
    for step in 0..120 {
        watch.observe(false, &reading(3_000 - step * 50, -1_000, up_ma));
    }
    watch
}

#[test]
fn friction_is_in_both_directions_and_leaves_with_their_difference() {
    for friction in [0, 300, 900] {
        let effort = tilted(1_000 + friction, 200 + friction).effort();
        assert_eq!(effort, Some(Effort::clamped(800)), "{friction}");
    }
    assert_eq!(tilted(200, 1_000).effort(), Some(Effort::clamped(-800)), "head-heavy");
    assert_eq!(EffortWatch::default(), EffortWatch::new());
}

#[test]
fn without_readings_of_both_ways_or_without_any_current_nothing_is_measured() {
    assert_eq!(EffortWatch::new().effort(), None);
    assert_eq!(tilted(0, 0).effort(), None, "a motor that turns draws some");
    assert_eq!(tilted(0, 1).effort(), Some(Effort::clamped(-1)));
    let mut few = EffortWatch::new();
    for step in 0..9 {
        few.observe(true, &reading(step, 1_000, 500));
        few.observe(false, &reading(step, -1_000, 500));
    }
    assert_eq!(few.effort(), None);
    few.observe(true, &reading(0, 1_000, 500));
    assert_eq!(few.effort(), None, "of one way only");
    few.observe(false, &reading(0, -1_000, 500));
    assert_eq!(few.effort(), Some(Effort::clamped(0)), "ten of each");
}

#[test]
fn only_a_bed_that_turns_as_told_near_level_counts() {
    let steady = tilted(1_000, 200);
    let mut watch = steady;
    let far = |millideg| reading(millideg, 1_000, 9_000);
    watch.observe(true, &far(1_501));
    watch.observe(true, &far(-1_501));
    watch.observe(true, &Reading { tilt: None, ..far(0) });
    watch.observe(true, &Reading { rate: Rate::ZERO, ..far(0) });
    watch.observe(true, &Reading { rate: Rate::clamped(-1_000), ..far(0) });
    watch.observe(false, &far(0));
    watch.observe(false, &Reading { rate: Rate::ZERO, ..far(0) });
    watch.observe(true, &Reading { drive: DriveState::Holding, ..far(0) });
    assert_eq!(watch, steady);
    watch.observe(true, &far(1_500));
    watch.observe(true, &far(-1_500));
    assert_ne!(watch, steady);
}

#[test]
fn a_fifth_of_what_is_expected_is_told_apart_and_a_tenth_of_an_ampere_is_not() {
    let expected = Effort::clamped(1_000);
    assert_eq!(expected.within_ma(), 200);
    for (measured, fits) in [(799, false), (800, true), (1_200, true), (1_201, false)] {
        assert_eq!(expected.fits(Some(Effort::clamped(measured))), fits, "{measured}");
    }
    let balanced = Effort::clamped(0);
    assert!(balanced.fits(Some(Effort::clamped(-100))));
    assert!(!balanced.fits(Some(Effort::clamped(-101))));
    assert_eq!(Effort::clamped(-1_000).within_ma(), 200, "the sign is no size");
    assert!(!expected.fits(None), "what could not be measured fits nothing");
    assert_eq!(expected.to_string(), "1000 mA");
}

#[test]
fn efforts_beyond_any_motor_are_held() {
    assert_eq!(Effort::clamped(i64::MAX).ma(), Effort::MOST_MA);
    assert_eq!(Effort::clamped(i64::MIN).ma(), -Effort::MOST_MA);
    let absurd = EffortFigure { empty_ma: i32::MIN, microamps_per_kg: u32::MAX };
    assert_eq!(absurd.expected(u16::MAX).ma(), Effort::MOST_MA);
    assert_eq!(absurd.expected(0).ma(), -Effort::MOST_MA);
}

proptest! {
    /// Whatever the friction: a fifth of the weight more or less passes, and a quarter never does,
    /// where a quarter is more than sensors are apart.
    #[test]
    fn another_weight_is_refused_and_the_right_one_never(
        empty_ma in -300..300_i32,
        microamps_per_kg in 4_000..40_000_u32,
        mass_kg in 35..=136_u16,
        friction_ma in 0..3_000_u32,
        off in 0..=19_i64,
    ) {
        let figure = EffortFigure { empty_ma, microamps_per_kg };
        let expected = figure.expected(mass_kg);
        let measured = |lean: i64| {
            let up = friction_ma + 20_000;
            let down = u32::try_from(i64::from(up) + lean).unwrap();
            tilted(down, up).effort()
        };
        let lean = i64::from(expected.ma());
        for sign in [-1, 1] {
            prop_assert!(expected.fits(measured(lean + sign * lean * off / 100)));
            let apart = (lean.abs() / 4).max(101);
            prop_assert!(!expected.fits(measured(lean + sign * apart)));
        }
    }
}
