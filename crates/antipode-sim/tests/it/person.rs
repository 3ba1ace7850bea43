//! The virtual person's body, held to the published figures that the model was fitted to.

use antipode_sim::person::{PersonConfig, Profile, VirtualPerson, Vitals};
use proptest::prelude::*;

pub(super) const SEEDS: u64 = 200;

pub(super) fn with(profile: Profile) -> PersonConfig {
    PersonConfig { profile, ..PersonConfig::reference() }
}

/// The person `config`, who has lain level for long.
pub(super) fn level(config: &PersonConfig, seed: u64) -> VirtualPerson {
    let mut person = VirtualPerson::new(config, seed);
    person.advance(0, 0, 0);
    person
}

/// Lies at `tilt_deg` from now on, for `for_ms`.
pub(super) fn lie(person: &mut VirtualPerson, from_ms: u64, tilt_deg: i32, for_ms: u64) {
    let mut now = from_ms;
    while now < from_ms + for_ms {
        now += 50;
        person.advance(now, tilt_deg * 1_000, 0);
    }
}

/// Turns from `from_deg` to `to_deg` at `deg_per_s`; gives the end time and the deepest dip in mmHg.
pub(super) fn turn(
    person: &mut VirtualPerson,
    from_ms: u64,
    from_deg: f64,
    to_deg: f64,
    deg_per_s: f64,
) -> (u64, f64) {
    let (mut now, mut tilt, mut dip) = (from_ms, from_deg, 0.0f64);
    let rate = if to_deg > from_deg { deg_per_s } else { -deg_per_s };
    while (to_deg - tilt) * rate > 0.0 {
        now += 10;
        tilt += rate / 100.0;
        person.advance(now, (tilt * 1_000.0) as i32, (rate * 1_000.0) as i32);
        dip = dip.max(f64::from(person.dip_hundredths_mmhg()) / 100.0);
    }
    (now, dip)
}

/// Mean vitals after `for_ms` at `tilt_deg`, over many seeds: heart rate, systolic, diastolic, eye.
fn mean(config: &PersonConfig, tilt_deg: i32, for_ms: u64) -> [f64; 4] {
    let mut sum = [0.0; 4];
    for seed in 0..SEEDS {
        let mut person = level(config, seed);
        // Rests so that a faint of the rare kind in one person does not matter.
        lie(&mut person, 0, tilt_deg, for_ms);
        let Vitals { heart_rate, systolic, diastolic, eye_pressure_tenths, .. } = person.vitals();
        for (sum, value) in sum.iter_mut().zip([
            f64::from(heart_rate),
            f64::from(systolic),
            f64::from(diastolic),
            f64::from(eye_pressure_tenths) / 10.0,
        ]) {
            *sum += value / SEEDS as f64;
        }
    }
    sum
}

fn assert_near(what: &str, value: f64, expected: f64, tolerance: f64) {
    assert!((value - expected).abs() <= tolerance, "{what}: {value:.2}, published {expected}");
}

#[test]
fn heart_rate_by_tilt_follows_the_five_minute_means() {
    for (tilt_deg, expected) in [(-45, 78.8), (0, 68.6), (30, 65.9), (60, 68.3), (90, 74.7)] {
        let [heart, ..] = mean(&PersonConfig::reference(), tilt_deg, 300_000);
        assert_near(&format!("heart rate at {tilt_deg}"), heart, expected, 1.0);
    }
}

#[test]
fn a_vagotonic_heart_slows_by_16_beats_when_inverted() {
    let level = mean(&with(Profile::Vagotonic), 0, 120_000)[0];
    let inverted = mean(&with(Profile::Vagotonic), 90, 120_000)[0];
    assert_near("fall", level - inverted, 16.4, 1.0);
}

#[test]
fn pressure_stays_within_a_few_percent_to_45_degrees_and_rises_when_inverted() {
    let level = mean(&PersonConfig::reference(), 0, 120_000);
    assert_near("systolic at rest", level[1], 114.6, 1.0);
    assert_near("diastolic at rest", level[2], 70.5, 1.0);
    let at_30 = mean(&PersonConfig::reference(), 30, 120_000);
    assert_near("systolic rise at 30", at_30[1] - level[1], 0.0, 0.5);
    let at_45 = mean(&PersonConfig::reference(), 45, 120_000);
    assert!(at_45[1] / level[1] < 1.045, "{at_45:?}");
    let at_90 = mean(&PersonConfig::reference(), 90, 120_000);
    assert_near("systolic rise at 90", at_90[1] - level[1], 18.0, 2.0);
    assert_near("diastolic rise at 90", at_90[2] - level[2], 15.0, 2.5);
}

#[test]
fn people_differ_in_their_rise_of_pressure_as_published() {
    let rises: Vec<f64> = (0..SEEDS)
        .map(|seed| {
            let mut person = level(&PersonConfig::reference(), seed);
            lie(&mut person, 0, 90, 120_000);
            f64::from(person.vitals().systolic) - 114.6
        })
        .collect();
    let mean = rises.iter().sum::<f64>() / SEEDS as f64;
    let spread =
        libm::sqrt(rises.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / SEEDS as f64);
    assert!((6.0..10.0).contains(&spread), "spread {spread}");
}

#[test]
fn a_hypertensive_person_rises_twice_as_far() {
    let level = mean(&with(Profile::Hypertensive), 0, 120_000);
    let inverted = mean(&with(Profile::Hypertensive), 90, 120_000);
    assert!(level[1] > 145.0);
    assert_near("systolic rise", inverted[1] - level[1], 36.0, 4.0);
}

#[test]
fn eye_pressure_follows_the_fit_within_a_minute_and_returns_within_two() {
    for (tilt_deg, expected) in
        [(15, 20.2), (20, 21.1), (30, 23.2), (45, 26.7), (60, 29.7), (90, 32.6)]
    {
        let eye = mean(&PersonConfig::reference(), tilt_deg, 60_000)[3];
        assert_near(&format!("eye pressure at {tilt_deg}"), eye, expected, 0.7);
    }
    let mut person = level(&PersonConfig::reference(), 1);
    lie(&mut person, 0, 60, 180_000);
    lie(&mut person, 180_000, -75, 120_000);
    assert_near("sitting", f64::from(person.vitals().eye_pressure_tenths) / 10.0, 16.0, 0.8);
}

#[test]
fn with_glaucoma_eye_pressure_starts_at_21_and_rises_as_far() {
    let eye = mean(&with(Profile::Glaucoma), 90, 300_000)[3];
    assert_near("inverted", eye, 37.6, 2.0);
}

#[test]
fn the_dip_on_the_way_up_depends_on_speed() {
    for (deg_per_s, expected) in
        [(37.5, 20.0), (6.0, 11.4), (3.0, 6.9), (2.0, 4.8), (1.5, 3.6), (1.0, 2.4)]
    {
        let mut person = level(&PersonConfig::reference(), 1);
        let (_, dip) = turn(&mut person, 0, 0.0, -75.0, deg_per_s);
        assert_near(&format!("dip at {deg_per_s} deg/s"), dip, expected, 0.3);
    }
}

#[test]
fn the_dip_is_gone_within_a_minute_and_turning_down_makes_none() {
    let mut person = level(&PersonConfig::reference(), 1);
    let (end, _) = turn(&mut person, 0, 0.0, -75.0, 37.5);
    lie(&mut person, end, -75, 60_000);
    assert!(person.dip_hundredths_mmhg() < 10);
    let (_, dip) = turn(&mut person, end + 60_000, -75.0, 60.0, 6.0);
    assert!(dip < 0.1, "{dip}");
}

#[test]
fn orthostatic_and_older_people_dip_deeper() {
    let dip = |config: &PersonConfig| turn(&mut level(config, 1), 0, 0.0, -75.0, 3.0).1;
    let usual = dip(&PersonConfig::reference());
    assert_near("orthostatic", dip(&with(Profile::Orthostatic)) / usual, 1.75, 0.02);
    let older = PersonConfig { age: 65, ..PersonConfig::reference() };
    assert_near("65 years", dip(&older) / usual, 1.5, 0.02);
}

#[test]
fn elongation_follows_the_fit() {
    for (tilt_deg, minutes, expected) in [(30, 3, 3.6), (30, 20, 5.0), (60, 20, 7.1)] {
        let mut person = level(&PersonConfig::reference(), 1);
        lie(&mut person, 0, tilt_deg, minutes * 60_000);
        let grown = f64::from(person.elongation_um()) / 1_000.0;
        assert_near(&format!("{minutes} min at {tilt_deg}"), grown, expected, 0.15);
    }
}

#[test]
fn elongation_is_less_with_age_and_lost_slowly() {
    let mut last = f64::MAX;
    for age in [35, 50, 65] {
        let mut person = level(&PersonConfig { age, ..PersonConfig::reference() }, 1);
        lie(&mut person, 0, 60, 1_200_000);
        let most = f64::from(person.elongation_um());
        assert!(most < last, "{age}");
        last = most;
        lie(&mut person, 1_200_000, 0, 60_000);
        let kept = f64::from(person.elongation_um());
        assert!(kept > 0.3 * most, "{kept} of {most}");
        lie(&mut person, 1_260_000, 0, 3_600_000);
        assert!(f64::from(person.elongation_um()) < 0.05 * most);
    }
}

#[test]
fn unloading_is_a_range_over_friction() {
    let mut person = level(&PersonConfig::reference(), 1);
    let weight = 80.0 * 9.80665;
    for (tilt_deg, mid) in [(15, 0.0), (20, 0.029), (30, 0.118), (45, 0.243), (60, 0.351)] {
        person.advance(u64::from(tilt_deg as u32) * 1_000, tilt_deg * 1_000, 0);
        let pull = person.unloading();
        assert_near(&format!("pull at {tilt_deg}"), f64::from(pull.mid_n) / weight, mid, 0.003);
        assert!(pull.low_n <= pull.mid_n && pull.mid_n <= pull.high_n);
    }
}

#[test]
fn vitals_at_rest_are_plausible_and_spread_a_little() {
    let mut person = level(&PersonConfig::reference(), 1);
    let mut hearts = Vec::new();
    for second in 1..=120 {
        person.advance(second * 1_000, 0, 0);
        let vitals = person.vitals();
        assert!((60..=78).contains(&vitals.heart_rate), "{vitals:?}");
        assert!((95..=100).contains(&vitals.spo2), "{vitals:?}");
        assert!(vitals.systolic > vitals.diastolic);
        hearts.push(vitals.heart_rate);
    }
    hearts.sort_unstable();
    hearts.dedup();
    assert!(hearts.len() >= 4);
}

#[test]
fn a_person_who_stands_at_the_start_has_no_dip() {
    let mut person = VirtualPerson::new(&PersonConfig::reference(), 1);
    lie(&mut person, 0, -75, 1_000);
    assert_eq!(person.dip_hundredths_mmhg(), 0);
    assert!((79..=92).contains(&person.vitals().heart_rate), "{:?}", person.vitals());
}

#[test]
fn in_a_dip_the_pressure_falls_and_the_heart_answers() {
    let (mut heart, mut systolic) = (0.0, 0.0);
    for seed in 0..SEEDS {
        let vitals = |deg_per_s| {
            let mut person = level(&PersonConfig::reference(), seed);
            turn(&mut person, 0, 0.0, -75.0, deg_per_s);
            person.vitals()
        };
        let (fast, slow) = (vitals(18.75), vitals(1.5));
        heart += f64::from(fast.heart_rate) - f64::from(slow.heart_rate);
        systolic += f64::from(fast.systolic) - f64::from(slow.systolic);
    }
    let (heart, systolic) = (heart / SEEDS as f64, systolic / SEEDS as f64);
    assert!((-16.0..-11.0).contains(&systolic), "{systolic}");
    // Net of the rise that standing brings (17 beats), for which the slow one has had its time.
    assert!((-8.0..-3.0).contains(&heart), "{heart}");
}

#[test]
fn a_small_change_of_tilt_counts_too() {
    let eye = |from_deg| {
        let mut person = level(&PersonConfig::reference(), 1);
        lie(&mut person, 0, from_deg, 10_000);
        lie(&mut person, 10_000, 30, 120_000);
        person.vitals().eye_pressure_tenths
    };
    assert_eq!(eye(30), eye(27));
}

#[test]
fn what_crept_is_lost_with_ten_minutes() {
    let mut person = level(&PersonConfig::reference(), 1);
    lie(&mut person, 0, 60, 1_200_000);
    lie(&mut person, 1_200_000, 0, 1_000);
    let crept = f64::from(person.elongation_um());
    lie(&mut person, 1_201_000, 0, 600_000);
    assert_near("left after 10 min", f64::from(person.elongation_um()) / crept, 0.368, 0.01);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_bed_does_the_vitals_stay_those_of_the_living(
        profile in prop_oneof![
            Just(Profile::Normal), Just(Profile::Hypertensive), Just(Profile::Orthostatic),
            Just(Profile::Glaucoma), Just(Profile::Vagotonic)],
        age in 0..=120u8,
        mass_kg in 0..300u16,
        tilts in proptest::collection::vec((-180..=180i32, 1..60_000u64), 1..20),
        seed in any::<u64>(),
    ) {
        let config = PersonConfig { profile, age, mass_kg, ..PersonConfig::reference() };
        let mut person = VirtualPerson::new(&config, seed);
        let mut now = 0;
        for (tilt_deg, for_ms) in tilts {
            now += for_ms;
            person.advance(now, tilt_deg * 1_000, 0);
            let Vitals { heart_rate, systolic, diastolic, eye_pressure_tenths, spo2 } =
                person.vitals();
            prop_assert!((20..=160).contains(&heart_rate), "{heart_rate}");
            prop_assert!((1..=260).contains(&systolic) && diastolic <= 180);
            prop_assert!((120..=500).contains(&eye_pressure_tenths), "{eye_pressure_tenths}");
            prop_assert!((90..=100).contains(&spo2));
            prop_assert!(person.comfort() <= 10 && person.elongation_um() <= 8_000);
            person.take_acts();
        }
    }
}
