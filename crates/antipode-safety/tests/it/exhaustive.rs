//! Every centidegree from end to end.

use antipode_safety::{Angle, Motion, Rate, Setting, Timestamp};

use crate::table::{ENVELOPE, LEAVE, guard, reading};

fn centidegrees() -> impl Iterator<Item = Angle> {
    (-9_500..=9_500).map(|centideg| Angle::clamped(centideg * 10))
}

/// 1 degree for the sensor, three leases of a quarter of a second at `speed`, and the stop at
/// 8 degrees per second squared, each rounded up: written here once more, not taken from the guard.
fn room(speed: i64) -> i64 {
    1_000 + (speed * 750 + 999) / 1_000 + (speed * speed + 15_999) / 16_000
}

#[test]
fn from_no_centidegree_is_lowering_permitted_that_could_pass_the_limit() {
    let now = Timestamp::from_millis(1_000);
    for (setting, limit) in [(Setting::Home, 60_000), (Setting::Clinic, 75_000)] {
        for tilt in centidegrees() {
            let mut guard = guard(setting);
            assert_eq!(guard.observe(now, &reading(1_000, 1, Some(tilt), None)), None);
            for speed in [1, 500, 1_500, 3_000] {
                let target = Angle::clamped(limit);
                let motion = Motion { target, rate: Rate::clamped(speed) };
                let permitted = guard.permit(now, motion, &LEAVE).is_ok();
                let reach = i64::from(tilt.millideg()) + room(speed);
                let fits = reach <= limit && tilt >= Angle::REST_LOW;
                assert_eq!(permitted, fits, "{setting:?}: {tilt} at {speed}");
            }
        }
    }
}

#[test]
fn from_every_centidegree_head_down_the_way_home_is_open_and_never_hurried() {
    for tilt in centidegrees().filter(|tilt| tilt.is_head_down()) {
        let mut guard = guard(Setting::Home);
        guard.observe(Timestamp::from_millis(1_000), &reading(1_000, 1, Some(tilt), None));
        for age in [0, 250, 251, 60_000] {
            let now = Timestamp::from_millis(1_000 + age);
            for target in [Angle::REST_LOW, Angle::REST_AIM, Angle::LEVEL] {
                let motion = Motion { target, rate: Rate::clamped(-3_000) };
                let permit = guard.permit(now, motion, &LEAVE).unwrap();
                assert_eq!(permit.target(), target);
                assert!((-3_000..=-500).contains(&permit.rate().millideg_per_s()), "{tilt}");
            }
        }
    }
}

#[test]
fn no_target_past_its_limit_is_permitted_for_being_close() {
    let now = Timestamp::from_millis(1_000);
    let mut guard = guard(Setting::Home);
    guard.observe(now, &reading(1_000, 1, Some(Angle::LEVEL), None));
    for target in centidegrees().filter(|target| *target >= Angle::LEVEL) {
        let motion = Motion { target, rate: Rate::clamped(1_000) };
        let permitted = guard.permit(now, motion, &LEAVE).is_ok();
        assert_eq!(permitted, target.millideg() <= 60_000, "{target}");
    }
    assert_eq!(guard.envelope(), &ENVELOPE);
}
