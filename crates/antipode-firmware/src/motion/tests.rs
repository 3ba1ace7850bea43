use super::*;
use crate::angle::Quality;

const GENTLY: Gently = Gently { creep: false, hot: false };

fn at(mdeg: i32) -> Estimate {
    Estimate { quality: Quality::Full, control: mdeg, worst: mdeg, least: mdeg }
}

#[test]
fn an_approach_can_always_stop_in_time() {
    assert_eq!(approach(ARRIVED_MDEG, 2_000), 0);
    assert_eq!(approach(ARRIVED_MDEG + 1, 2_000), 289);
    assert_eq!(approach(1_000, 2_000), 2_000);
    assert_eq!(approach(4_000, 2_000), 4_000);
    assert_eq!(approach(-5, 2_000), 0);
    for distance in 0..10_000 {
        let rate = i64::from(approach(distance, 2_000));
        assert!(rate * rate <= 4_000 * i64::from(distance));
    }
}

#[test]
fn the_way_to_a_target_has_its_sign_and_its_speed() {
    let config = Config::reference();
    assert_eq!(toward(&config, &at(0), 30_000, 1_500), 1_500);
    assert_eq!(toward(&config, &at(30_000), 0, 1_500), -1_500);
    assert_eq!(toward(&config, &at(29_000), 30_000, 3_000), 2_000);
    assert_eq!(toward(&config, &at(30_000), 30_000, 3_000), 0);
}

#[test]
fn each_end_is_kept_by_the_source_nearest_to_it() {
    let config = Config::reference();
    let spread = |least, worst| Estimate { worst, least, ..at(worst) };
    assert_eq!(within_range(&config, &spread(50_000, 59_000), 3_000), 2_000);
    assert_eq!(within_range(&config, &spread(50_000, 60_000), 3_000), 0);
    assert_eq!(within_range(&config, &spread(50_000, 61_000), 3_000), 0);
    assert_eq!(within_range(&config, &spread(50_000, 61_000), -3_000), -3_000);
    assert_eq!(within_range(&config, &spread(-89_000, -80_000), -3_000), -2_000);
    assert_eq!(within_range(&config, &spread(-90_000, -80_000), -3_000), 0);
    assert_eq!(within_range(&config, &spread(-90_000, -80_000), 3_000), 3_000);
}

#[test]
fn a_return_has_its_floor_only_above_forty_five_degrees() {
    let config = Config::reference();
    assert_eq!(back(&config, &at(45_000), 500, GENTLY), -500);
    assert_eq!(back(&config, &at(45_001), 500, GENTLY), -2_000);
    assert_eq!(back(&config, &at(50_000), 9_000, GENTLY), -6_000);
}

#[test]
fn doubt_and_heat_slow_a_return_even_above_forty_five_degrees() {
    let config = Config::reference();
    let gently = |creep, hot| back(&config, &at(50_000), 3_000, Gently { creep, hot });
    assert_eq!(gently(false, true), -2_000);
    assert_eq!(gently(true, false), -1_000);
    assert_eq!(gently(true, true), -1_000);
}

#[test]
fn a_return_passes_level_at_two_and_stops_at_minus_three() {
    let config = Config::reference();
    let rate = |mdeg| back(&config, &at(mdeg), 6_000, GENTLY);
    assert_eq!(rate(8_000), -6_000);
    assert_eq!(rate(7_999), -5_999);
    assert_eq!(rate(0), -2_000);
    assert_eq!(rate(-2_000), -2_000);
    assert_eq!(rate(-2_750), -1_000);
    assert_eq!(rate(-2_979), -289);
    assert_eq!(rate(-2_980), 0);
    assert_eq!(rate(-50_000), 0);
}

#[test]
fn a_return_ends_by_the_most_head_down_source_or_above_the_rest_band() {
    let spread = |least, worst| Estimate { worst, least, ..at(worst) };
    assert!(!returned(&spread(-9_000, -2_979)));
    assert!(returned(&spread(-9_000, -2_980)));
    assert!(!returned(&spread(-10_000, 0)));
    assert!(returned(&spread(-10_001, 0)));
    assert!(!returned(&spread(-10_001, 1)));
    // A hand that holds RETURN goes by the one that says head-down, however far they are apart.
    assert!(!returned(&spread(-30_000, 30_000)));
}

#[test]
fn contradicting_sources_lead_nobody_past_the_rest_band_by_themselves() {
    let apart = |least, worst, quality| Estimate { quality, control: worst, worst, least };
    assert!(!may_be_past_rest(&apart(-10_000, 5_000, Quality::Disagree)));
    assert!(may_be_past_rest(&apart(-10_001, 5_000, Quality::Disagree)));
    assert!(!may_be_past_rest(&apart(-10_001, -9_000, Quality::Full)));
}

#[test]
fn the_ramp_speeds_up_at_two_slows_at_eight_and_drops_to_zero() {
    let config = Config::reference();
    assert_eq!(ramp(&config, 0, 3_000, 10), 20);
    assert_eq!(ramp(&config, 2_990, 3_000, 10), 3_000);
    assert_eq!(ramp(&config, -100, -3_000, 10), -120);
    assert_eq!(ramp(&config, 3_000, 1_000, 10), 2_920);
    assert_eq!(ramp(&config, 1_030, 1_000, 10), 1_000);
    assert_eq!(ramp(&config, 3_000, 0, 10), 0);
    assert_eq!(ramp(&config, 3_000, -1_000, 10), -20);
    assert_eq!(ramp(&config, -3_000, 1_000, 10), 20);
    assert_eq!(ramp(&config, 1_000, 1_000, 10), 1_000);
    assert_eq!(ramp(&config, 0, 3_000, 20), 40);
    assert_eq!(ramp(&config, 0, 3_000, 21), 40);
    // However late a tick comes, slowing has gone on meanwhile.
    assert_eq!(ramp(&config, 3_000, 1_000, 100), 2_200);
}
