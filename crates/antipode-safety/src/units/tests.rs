use super::*;

#[test]
fn angles_beyond_half_a_turn_cannot_be_built() {
    assert_eq!(Angle::from_millideg(180_000).map(Angle::millideg), Some(180_000));
    assert_eq!(Angle::from_millideg(-180_000).map(Angle::millideg), Some(-180_000));
    assert_eq!(Angle::from_millideg(180_001), None);
    assert_eq!(Angle::from_millideg(-180_001), None);
    assert_eq!(Angle::from_deg(i32::MAX), None);
    assert_eq!(Angle::from_deg(-10), Some(Angle::REST_LOW));
}

#[test]
fn clamping_holds_at_half_a_turn() {
    assert_eq!(Angle::clamped(180_001).millideg(), 180_000);
    assert_eq!(Angle::clamped(-180_001).millideg(), -180_000);
    assert_eq!(Angle::clamped(7).millideg(), 7);
    assert_eq!(Angle::from_deg(170).unwrap().moved(20_000).millideg(), 180_000);
    assert_eq!(Angle::LEVEL.moved(i64::MIN).millideg(), -180_000);
    assert_eq!(Angle::LEVEL.moved(-5).millideg(), -5);
}

#[test]
fn the_rest_band_runs_from_minus_ten_to_level() {
    for (millideg, inside) in [(-10_001, false), (-10_000, true), (0, true), (1, false)] {
        assert_eq!(Angle::from_millideg(millideg).unwrap().in_rest_band(), inside, "{millideg}");
    }
    assert!(Angle::REST_AIM.in_rest_band());
    assert!(!Angle::UPRIGHT.in_rest_band());
}

#[test]
fn head_down_begins_just_past_level() {
    assert!(!Angle::LEVEL.is_head_down());
    assert!(Angle::from_millideg(1).unwrap().is_head_down());
    assert!(!Angle::from_millideg(-1).unwrap().is_head_down());
}

#[test]
fn differences_and_distances_keep_their_sign_rules() {
    let (a, b) = (Angle::from_deg(20).unwrap(), Angle::from_deg(-5).unwrap());
    assert_eq!(a.minus(b), 25_000);
    assert_eq!(b.minus(a), -25_000);
    assert_eq!(a.distance(b), 25_000);
    assert_eq!(b.distance(a), 25_000);
}

#[test]
fn travel_is_never_short() {
    let slow = Rate::from_millideg_per_s(1).unwrap();
    assert_eq!(slow.travel(Millis::new(1)), 1);
    assert_eq!(Rate::from_millideg_per_s(-1).unwrap().travel(Millis::new(1)), -1);
    assert_eq!(slow.travel(Millis::ZERO), 0);
    assert_eq!(slow.travel(Millis::new(1_000)), 1);
    assert_eq!(slow.travel(Millis::new(1_001)), 2);
    assert!(slow.travel(Millis::new(u64::MAX)) > 1_000_000_000);
}

#[test]
fn rates_clamp_and_compare_without_direction() {
    assert_eq!(Rate::from_millideg_per_s(180_001), None);
    assert_eq!(Rate::from_millideg_per_s(-180_001), None);
    assert_eq!(Rate::clamped(i64::MAX).millideg_per_s(), 180_000);
    assert_eq!(Rate::clamped(i64::MIN).millideg_per_s(), -180_000);
    assert_eq!(Rate::clamped(-7).millideg_per_s(), -7);
    let (fast, slow) = (Rate::clamped(-3_000), Rate::clamped(1_000));
    assert_eq!(fast.slower(slow).millideg_per_s(), 1_000);
    assert_eq!(slow.slower(fast).millideg_per_s(), 1_000);
    assert_eq!(fast.slower(fast).millideg_per_s(), 3_000);
    assert_eq!(fast.magnitude().millideg_per_s(), 3_000);
}

#[test]
fn a_stamp_from_the_future_has_no_age() {
    let (early, late) = (Timestamp::from_millis(10), Timestamp::from_millis(25));
    assert_eq!(late.checked_since(early), Some(Millis::new(15)));
    assert_eq!(early.checked_since(late), None);
    assert_eq!(early.since(late), Millis::ZERO);
    assert_eq!(late.since(early), Millis::new(15));
    assert_eq!(early.plus(Millis::new(15)), late);
    assert_eq!(early.as_millis(), 10);
}

#[test]
fn lengths_of_time_saturate() {
    let long = Millis::new(u64::MAX);
    assert_eq!(long.plus(Millis::new(1)), long);
    assert_eq!(Millis::new(1).less(Millis::new(2)), Millis::ZERO);
    assert_eq!(Millis::new(5).less(Millis::new(2)), Millis::new(3));
    assert_eq!(Millis::from_secs(u64::MAX), long);
    assert_eq!(Millis::from_secs(2).get(), 2_000);
    assert_eq!(Millis::new(2_999).whole_secs(), 2);
    assert_eq!(Millis::new(5).shorter(Millis::new(3)), Millis::new(3));
    assert_eq!(Millis::new(3).shorter(Millis::new(5)), Millis::new(3));
}

#[test]
fn values_print_with_their_unit() {
    assert_eq!(Angle::clamped(-1_005).to_string(), "-1.005°");
    assert_eq!(Angle::clamped(999).to_string(), "0.999°");
    assert_eq!(Rate::clamped(3_000).to_string(), "3.000°/s");
    assert_eq!(Millis::new(250).to_string(), "250 ms");
    assert_eq!(Timestamp::from_millis(1_500).to_string(), "1.500 s");
}

#[test]
fn a_clock_of_32_bits_starts_over_after_its_last_millisecond() {
    let at = |ms| Timestamp::from_millis(ms).wrapping_millis();
    let last = u64::from(u32::MAX);
    assert_eq!((at(0), at(1_234), at(last)), (0, 1_234, u32::MAX));
    assert_eq!((at(last + 1), at(last + 0x0102_0305)), (0, 0x0102_0304));
}
