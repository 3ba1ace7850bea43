//! Pain and vital signs at the gate.

use antipode_safety::{Angle, Why};

use super::*;

#[test]
fn blood_pressure_decides_by_the_mean_of_two() {
    type Verdict = fn(Mean) -> PressureVerdict;
    for (first, second, expect) in [
        ((139, 89), (139, 89), PressureVerdict::Fine as Verdict),
        ((140, 80), (139, 80), PressureVerdict::Fine),
        ((140, 80), (140, 80), PressureVerdict::NeedsClearance),
        ((120, 90), (120, 90), PressureVerdict::NeedsClearance),
        ((120, 90), (120, 89), PressureVerdict::Fine),
        ((160, 80), (159, 80), PressureVerdict::NeedsClearance),
        ((160, 80), (160, 80), PressureVerdict::High),
        ((120, 100), (120, 99), PressureVerdict::NeedsClearance),
        ((120, 100), (120, 100), PressureVerdict::High),
        ((180, 80), (179, 80), PressureVerdict::High),
        ((180, 80), (180, 80), PressureVerdict::VeryHigh),
        ((150, 110), (150, 109), PressureVerdict::High),
        ((150, 110), (150, 110), PressureVerdict::VeryHigh),
        ((90, 50), (90, 50), PressureVerdict::Fine),
        ((90, 60), (89, 60), PressureVerdict::Low),
        ((100, 50), (100, 49), PressureVerdict::Low),
    ] {
        let of = |(systolic, diastolic)| Pressure::new(systolic, diastolic).unwrap();
        let attempt = Attempt { first: of(first), second: Some(of(second)) };
        assert_eq!(PressureVerdict::of(&[attempt]), expect(attempt.mean()), "{first:?} {second:?}");
    }
    let odd = Attempt { first: bp(121, 81).first, second: Some(bp(120, 80).first) };
    assert_eq!(odd.mean().to_string(), "121/81");
}

#[test]
fn the_last_of_three_attempts_decides_and_a_very_high_one_stays() {
    let (fine, high, very) = (bp(120, 80), bp(165, 80), bp(185, 80));
    let of = |attempts: &[Attempt]| PressureVerdict::of(attempts);
    assert_eq!(of(&[]), PressureVerdict::NotMeasured);
    assert_eq!(of(&[high, high, fine]), PressureVerdict::Fine(fine.mean()));
    assert_eq!(of(&[high, high, high, fine]), PressureVerdict::High(high.mean()));
    assert_eq!(of(&[fine, high]), PressureVerdict::High(high.mean()));
    assert_eq!(of(&[very, fine]), PressureVerdict::VeryHigh(very.mean()));
    let once = |attempt: Attempt| Attempt { second: None, ..attempt };
    assert_eq!(of(&[once(fine)]), PressureVerdict::Once);
    assert_eq!(of(&[once(high)]), PressureVerdict::High(high.mean()));
    assert_eq!(of(&[once(bp(80, 60))]), PressureVerdict::Low(bp(80, 60).mean()));
}

#[test]
fn numbers_that_no_cuff_shows_are_no_pressure() {
    for (systolic, diastolic, fine) in [
        (50, 20, true),
        (49, 20, false),
        (300, 200, true),
        (301, 200, false),
        (250, 201, false),
        (120, 19, false),
        (80, 80, false),
        (81, 80, true),
        (80, 120, false),
    ] {
        assert_eq!(Pressure::new(systolic, diastolic).is_ok(), fine, "{systolic}/{diastolic}");
    }
}

#[test]
fn a_pressure_out_of_range_is_measured_again_after_rest_and_three_times_at_most() {
    let mut visit = Visit::new();
    let high = bp(165, 80);
    for (attempts, change) in [
        (vec![high], Change::RestAndMeasure { left: 2 }),
        (vec![high; 2], Change::RestAndMeasure { left: 1 }),
        (vec![high; 3], Change::AnotherDay),
        (vec![high; 4], Change::AnotherDay),
    ] {
        visit.today.pressure = attempts;
        visit.refused(&Cause::PressureHigh(high.mean()), &change);
    }
    visit.today.pressure = vec![bp(80, 60)];
    visit.refused(&Cause::PressureLow(bp(80, 60).mean()), &Change::RestAndMeasure { left: 2 });
    visit.today.pressure = vec![bp(190, 80)];
    visit.refused(&Cause::PressureVeryHigh(bp(190, 80).mean()), &Change::AnotherDay);
}

#[test]
fn a_raised_pressure_needs_the_clearance_for_it_and_two_readings() {
    let mut visit = Visit::new();
    let raised = bp(150, 80);
    visit.today.pressure = vec![raised];
    let scope: Id = "pressure-controlled".parse().unwrap();
    let needed = Cause::PressureNeedsClearance(raised.mean());
    visit.refused(&needed, &Change::Clearance(scope));
    visit.clearances = vec![signed(terms(&["pressure-controlled"]))];
    assert!(visit.admitted().printed().contains(&Printed::Pressure(raised.mean())));
    visit.today.pressure = vec![Attempt { second: None, ..raised }];
    visit.refused(&Cause::PressureMissing, &Change::MeasureTwice);
}

#[test]
fn without_a_cuff_thirty_degrees_and_for_some_nothing() {
    let mut visit = Visit::new();
    for attempts in [vec![], vec![Attempt { second: None, ..bp(120, 80) }]] {
        visit.today.pressure = attempts;
        let admission = visit.admitted();
        assert_eq!(admission.limits().tilt().value(), Angle::clamped(30_000));
        assert_eq!(admission.limits().tilt().why(), Why::NoBloodPressure);
        assert!(admission.printed().contains(&Printed::NoPressure));
    }
    for id in ["pressure-controlled", "heart-other", "circulation"] {
        let mut visit = Visit::new();
        visit.today.pressure = vec![];
        visit.clearances = vec![signed(terms(&[id]))];
        visit.refused(&Cause::PressureMissing, &Change::MeasureTwice);
    }
    let mut visit = Visit::new();
    visit.today.pressure = vec![];
    visit.person.age = 60;
    visit.clearances = vec![signed(terms(&["age-60"]))];
    visit.refused(&Cause::PressureMissing, &Change::MeasureTwice);
    visit.clearances = vec![];
    visit.answer("heart-other", Answer::Yes);
    assert!(visit.causes().contains(&Cause::PressureMissing));
}

#[test]
fn heart_rate_and_oxygen_have_their_ranges() {
    for (rate, fine) in [(49, false), (50, true), (100, true), (101, false)] {
        let mut visit = Visit::new();
        visit.today.heart = vec![rate];
        assert_eq!(visit.admit().is_ok(), fine, "{rate}");
        visit.today.heart = vec![140, 140, rate];
        assert_eq!(visit.admit().is_ok(), fine, "{rate}");
        visit.today.heart = vec![140, 140, 140, rate];
        assert!(visit.admit().is_err());
    }
    let mut visit = Visit::new();
    visit.today.heart = vec![101];
    let range = crate::clearance::HeartRange::USUAL;
    let cause = Cause::HeartRate { rate: 101, range };
    visit.refused(&cause, &Change::RestAndMeasure { left: 2 });
    for (percent, fine) in [(93, false), (94, true)] {
        let mut visit = Visit::new();
        visit.today.saturation = Some(percent);
        assert_eq!(visit.admit().is_ok(), fine, "{percent}");
    }
    let mut visit = Visit::new();
    (visit.today.heart, visit.today.saturation) = (vec![], None);
    assert_eq!(visit.admitted().printed().len(), 2);
}

/// Last time 3 in the back, 2 in the leg, as far as the calf.
#[test]
fn pain_two_above_last_time_is_a_step_gentler_and_four_is_not_today() {
    for (pain, expect) in [
        (pain_of(4, 3, Reach::Calf), Ok(Step::AsPlanned)),
        (pain_of(5, 2, Reach::Calf), Ok(Step::OneBack)),
        (pain_of(3, 4, Reach::Calf), Ok(Step::OneBack)),
        (pain_of(6, 5, Reach::Calf), Ok(Step::OneBack)),
        (pain_of(7, 2, Reach::Calf), Err(Cause::PainRose { by: 4 })),
        (pain_of(3, 6, Reach::Calf), Err(Cause::PainRose { by: 4 })),
        (pain_of(5, 0, Reach::Back), Ok(Step::Held)),
        (pain_of(6, 0, Reach::Back), Ok(Step::OneBack)),
        (pain_of(3, 4, Reach::Buttock), Ok(Step::OneBack)),
        (pain_of(3, 2, Reach::Foot), Err(Cause::PainSpread { from: Reach::Calf, to: Reach::Foot })),
    ] {
        let mut visit = Visit::new();
        visit.today.pain = pain;
        match expect {
            Ok(step) => {
                let admission = visit.admitted();
                assert_eq!(admission.step(), step, "{pain:?}");
                let centralised = admission.printed().contains(&Printed::Centralised);
                assert_eq!(centralised, step == Step::Held);
                let rose = admission.printed().iter().any(|p| matches!(p, Printed::PainRose(_)));
                assert_eq!(rose, step == Step::OneBack);
            }
            Err(cause) => visit.refused(&cause, &Change::AnotherDay),
        }
    }
}

#[test]
fn pain_of_nine_is_not_today_whatever_last_time_was() {
    for (back, leg, fine) in [(8, 8, true), (9, 0, false), (0, 9, false), (10, 10, false)] {
        let mut visit = Visit::new();
        visit.today.pain = pain_of(back, leg, Reach::Calf);
        visit.last = None;
        assert_eq!(visit.admit().is_ok(), fine, "{back} {leg}");
    }
}

#[test]
fn pain_in_the_buttock_alone_is_no_leg_and_a_step_gentler() {
    let mut visit = Visit::new();
    visit.last = Some(LastTime { day: later(-2), pain: pain_of(3, 0, Reach::Back) });
    visit.today.pain = pain_of(3, 0, Reach::Buttock);
    assert_eq!(visit.admitted().step(), Step::OneBack);
    visit.today.pain = pain_of(3, 1, Reach::Thigh);
    assert!(visit.admit().is_err());
}
