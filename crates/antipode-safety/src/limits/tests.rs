#![cfg(not(loom))]

use super::*;

const fn deg(deg: i64) -> Angle {
    Angle::clamped(deg * 1_000)
}

const fn rate(millideg_per_s: i64) -> Rate {
    Rate::clamped(millideg_per_s)
}

const fn secs(s: u64) -> Millis {
    Millis::from_secs(s)
}

fn home() -> Limits {
    Limits::hard(Setting::Home)
}

/// The limits in field order as plain numbers.
fn values(l: &Limits) -> [i64; 11] {
    let ms = |bound: &Bound<Millis>| i64::try_from(bound.value().get()).unwrap();
    let speed = |bound: &Bound<Rate>| i64::from(bound.value().millideg_per_s());
    [
        i64::from(l.tilt().value().millideg()),
        speed(l.lower_rate()),
        speed(l.raise_rate()),
        speed(l.through_level_rate()),
        speed(l.return_rate()),
        ms(l.bout_hold()),
        ms(l.bout()),
        ms(l.session()),
        ms(l.day_hold()),
        ms(l.day()),
        i64::from(l.bouts_per_session().value()),
    ]
}

#[test]
fn hard_limits_are_the_published_ones() {
    let rest = [3_000, 3_000, 2_000, 6_000, 300_000, 420_000, 1_500_000, 1_200_000, 1_500_000, 6];
    let home_values = values(&home());
    assert_eq!(home_values[0], 60_000);
    assert_eq!(home_values[1..], rest);
    let clinic = Limits::hard(Setting::Clinic);
    assert_eq!(values(&clinic)[0], 75_000);
    assert_eq!(values(&clinic)[1..], rest);
    assert_eq!((home().tilt().layer(), home().tilt().why()), (Layer::Hard, Why::HardHome));
    assert_eq!(clinic.day().why(), Why::HardClinic);
}

#[test]
fn the_longest_hold_steps_down_just_past_thirty_and_sixty_degrees() {
    for (millideg, expected) in [
        (-90_000, 300),
        (0, 300),
        (30_000, 300),
        (30_001, 180),
        (60_000, 180),
        (60_001, 60),
        (75_000, 60),
    ] {
        assert_eq!(bout_hold_cap(Angle::clamped(millideg)), secs(expected), "{millideg}");
    }
}

#[test]
fn fewer_latch_sensors_mean_less_tilt() {
    assert_eq!([0, 1, 2, 3, 255].map(latch_cap), [deg(20), deg(30), deg(75), deg(75), deg(75)]);
    let limits = home();
    assert_eq!(limits.tilt_with_latches(2), *limits.tilt());
    let one = limits.tilt_with_latches(1);
    assert_eq!((one.value(), one.why()), (deg(30), Why::LatchSensors(1)));
    let shallow = limits.narrow(
        Layer::Plan,
        Why::PlanCeiling,
        Narrowing { tilt: Some(deg(15)), ..Narrowing::NONE },
    );
    assert_eq!(shallow.tilt_with_latches(0), *shallow.tilt());
}

#[test]
fn a_bout_is_capped_by_its_own_tilt_too() {
    let limits = home();
    assert_eq!(limits.bout_hold_at(deg(30)), *limits.bout_hold());
    assert_eq!(limits.bout_hold_at(deg(31)).value(), secs(180));
    assert_eq!(limits.bout_hold_at(deg(31)).why(), Why::BoutCap(deg(31)));
    assert_eq!(limits.bout_at(deg(30)).value(), secs(420));
    assert_eq!(limits.bout_at(deg(60)).value(), secs(300));
    assert_eq!(limits.bout_at(deg(75)).value(), secs(180));
    let alone = limits.narrow(
        Layer::Site,
        Why::Alone,
        Narrowing { bout_hold: Some(secs(120)), ..Narrowing::NONE },
    );
    assert_eq!(alone.bout_hold_at(deg(60)).value(), secs(120));
    assert_eq!(alone.bout_hold_at(deg(60)).why(), Why::Alone);
    assert_eq!(alone.bout_at(deg(60)).value(), secs(240));
}

#[test]
fn a_shorter_hold_shortens_the_time_around_it() {
    let to = Narrowing { bout_hold: Some(secs(120)), day_hold: Some(secs(360)), ..Narrowing::NONE };
    let alone = home().narrow(Layer::Site, Why::Alone, to);
    assert_eq!((alone.bout().value(), alone.bout().why()), (secs(240), Why::Alone));
    assert_eq!((alone.day().value(), alone.day().why()), (secs(660), Why::Alone));
    let both = Narrowing { bout: Some(secs(200)), day: Some(secs(600)), ..to };
    let tighter = home().narrow(Layer::Site, Why::Alone, both);
    assert_eq!((tighter.bout().value(), tighter.day().value()), (secs(200), secs(600)));
}

#[test]
fn a_rule_binds_only_where_it_is_tighter_and_keeps_its_reason() {
    let first = home().narrow(
        Layer::Site,
        Why::SiteRule,
        Narrowing { tilt: Some(deg(45)), lower_rate: Some(rate(1_500)), ..Narrowing::NONE },
    );
    assert_eq!((first.tilt().layer(), first.tilt().why()), (Layer::Site, Why::SiteRule));
    assert_eq!(first.raise_rate().why(), Why::HardHome);

    let equal = first.narrow(
        Layer::Person,
        Why::PersonProfile,
        Narrowing { tilt: Some(deg(45)), ..Narrowing::NONE },
    );
    assert_eq!(equal, first, "of two equal rules the earlier keeps its reason");

    let second = first.narrow(
        Layer::Person,
        Why::PersonProfile,
        Narrowing { tilt: Some(Angle::clamped(44_999)), ..Narrowing::NONE },
    );
    assert_eq!(second.tilt().why(), Why::PersonProfile);
    assert_eq!(second.lower_rate().why(), Why::SiteRule);
}

#[test]
fn no_rule_slows_the_way_home_below_its_floor() {
    let zero = Narrowing {
        tilt: Some(Angle::UPRIGHT),
        lower_rate: Some(Rate::ZERO),
        raise_rate: Some(Rate::ZERO),
        through_level_rate: Some(Rate::ZERO),
        return_rate: Some(Rate::ZERO),
        bout_hold: Some(Millis::ZERO),
        bout: Some(Millis::ZERO),
        session: Some(Millis::ZERO),
        day_hold: Some(Millis::ZERO),
        day: Some(Millis::ZERO),
        bouts_per_session: Some(0),
    };
    let nothing = home().narrow(Layer::Day, Why::DayDoseUsed(1_200), zero);
    assert_eq!(values(&nothing), [0, 0, 500, 500, 2_000, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn a_rate_is_taken_without_its_sign() {
    let to = Narrowing { return_rate: Some(rate(-2_500)), ..Narrowing::NONE };
    let limits = home().narrow(Layer::Site, Why::SiteRule, to);
    assert_eq!(limits.return_rate().value(), rate(2_500));
}

#[test]
fn no_centidegree_is_rounded_up_past_its_cap() {
    for centideg in -1_000..=9_000_i64 {
        let cap = Angle::clamped(centideg * 10);
        let limits = Limits::hard(Setting::Clinic).narrow(
            Layer::Plan,
            Why::PlanCeiling,
            Narrowing { tilt: Some(cap), ..Narrowing::NONE },
        );
        let bound = limits.tilt().value();
        assert!(bound <= cap.max(Angle::LEVEL) && bound <= deg(75), "{cap} became {bound}");
        assert_eq!(bound, cap.clamp(Angle::LEVEL, deg(75)), "{cap} became {bound}");
    }
}

#[test]
fn a_bound_says_its_number_its_layer_and_its_rule() {
    assert_eq!(home().tilt().to_string(), "60.000° (hard limit: most that is allowed at home)");
    let limits = home().narrow(
        Layer::Day,
        Why::DayDoseUsed(840),
        Narrowing { session: Some(secs(360)), ..Narrowing::NONE },
    );
    assert_eq!(limits.session().to_string(), "360000 ms (today: 840 s head-down used today)");
}

#[test]
fn every_rule_and_layer_has_words_of_its_own() {
    let rules = [
        Why::HardHome,
        Why::HardClinic,
        Why::BoutCap(Angle::LEVEL),
        Why::SiteRule,
        Why::TableModel,
        Why::NoReturnWithoutPower,
        Why::NoReturnWithoutHost,
        Why::LatchSensors(0),
        Why::NoHandControl,
        Why::OpenRadio,
        Why::NotCommissioned,
        Why::Alone,
        Why::PersonProfile,
        Why::Age(60),
        Why::FirstWeek,
        Why::Gap(14),
        Why::NoBloodPressure,
        Why::Screening,
        Why::NoConsultation,
        Why::DrillOverdue,
        Why::DizzyLastTime,
        Why::Clearance,
        Why::PaperClearance,
        Why::DayDoseUsed(1),
        Why::SessionsToday(2),
        Why::PlanCeiling,
        Why::ProgrammeStep,
        Why::SteppedBack,
        Why::Eased,
        Why::Shortened,
        Why::FirstMove,
        Why::Vitals,
        Why::Operator,
        Why::RestBand,
        Why::FirstRide,
    ];
    let layers = [
        Layer::Hard,
        Layer::Site,
        Layer::Table,
        Layer::Person,
        Layer::Clearance,
        Layer::Day,
        Layer::Plan,
        Layer::Session,
    ];
    assert!(layers.is_sorted(), "layers narrow in their order");
    let mut words: Vec<String> = rules.iter().map(ToString::to_string).collect();
    words.extend(layers.iter().map(ToString::to_string));
    assert!(words.iter().all(|text| text.len() > 3), "{words:?}");
    let count = words.len();
    words.sort();
    words.dedup();
    assert_eq!(words.len(), count, "two rules share their words");
    assert_eq!(Why::Gap(14).to_string(), "14 days since the last session");
    assert_eq!(Why::Age(60).to_string(), "age 60");
    assert_eq!(Why::BoutCap(deg(45)).to_string(), "longest stay at 45.000°");
    assert_eq!(Why::SessionsToday(2).to_string(), "2 sessions done today");
}
