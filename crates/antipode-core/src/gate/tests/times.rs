//! Company, days, gaps and dose at the gate.

use antipode_safety::{Angle, Rate, Why};

use super::*;

#[test]
fn answers_of_today_hold_for_half_an_hour() {
    let mut visit = Visit::new();
    visit.today.age = Millis::from_secs(1_800);
    assert!(visit.admit().is_ok());
    visit.today.age = Millis::new(1_800_001);
    visit.refused(&Cause::AnswersOld(Millis::new(1_800_001)), &Change::Answer);
}

#[test]
fn an_uncertain_date_admits_nobody() {
    let mut visit = Visit::new();
    visit.place.date_certain = false;
    visit.refused(&Cause::DateNotCertain, &Change::ConfirmDate);
    let mut visit = Visit::new();
    visit.last = Some(LastTime { day: later(1), pain: pain_of(3, 2, Reach::Calf) });
    visit.refused(&Cause::DateNotCertain, &Change::ConfirmDate);
    visit.last = Some(LastTime { day: day(), pain: pain_of(3, 2, Reach::Calf) });
    assert!(visit.admit().is_ok());
}

#[test]
fn nobody_is_heavier_than_the_plate_of_the_table() {
    let mut visit = Visit::new();
    visit.place.plate_kg = Some(70);
    assert!(visit.admit().is_ok());
    visit.place.plate_kg = Some(69);
    visit.refused(&Cause::Plate { mass_kg: 70, plate_kg: 69 }, &Change::OtherTable);
    visit.place.plate_kg = None;
    assert!(visit.admit().is_ok());
}

#[test]
fn the_first_ride_keeps_the_bed_level_and_comes_again_after_four_weeks() {
    let at = |first_ride: Option<i32>, last: Option<i32>| {
        let mut visit = Visit::new();
        visit.first_ride = first_ride.map(later);
        visit.last =
            last.map(|last| LastTime { day: later(last), pain: pain_of(3, 2, Reach::Calf) });
        let admission = visit.admitted();
        let first = admission.ride() == Ride::First;
        let tilt = admission.limits().tilt();
        assert_eq!(tilt.value() == Angle::LEVEL && tilt.why() == Why::FirstRide, first);
        first
    };
    assert!(at(None, None) && at(None, Some(-2)));
    assert!(!at(Some(0), None) && !at(Some(-27), None) && at(Some(-28), None));
    assert!(!at(Some(-200), Some(-27)) && at(Some(-200), Some(-28)));
    assert!(!at(Some(0), Some(-28)));
}

#[test]
fn gaps_step_back_at_seven_days_and_start_anew_at_fourteen() {
    for (days, step) in
        [(6, Step::AsPlanned), (7, Step::OneBack), (13, Step::OneBack), (14, Step::FirstWeek)]
    {
        let mut visit = Visit::new();
        visit.last = Some(LastTime { day: later(-days), pain: pain_of(3, 2, Reach::Calf) });
        let admission = visit.admitted();
        assert_eq!(admission.step(), step, "{days}");
        let why = admission.limits().tilt().why();
        assert_eq!(why == Why::Gap(14), days == 14, "{days}");
        let gap = Printed::Gap(u16::try_from(days).unwrap());
        assert_eq!(admission.printed().contains(&gap), days >= 7, "{days}");
    }
    let mut visit = Visit::new();
    visit.last = None;
    let admission = visit.admitted();
    assert_eq!((admission.step(), admission.ride()), (Step::FirstWeek, Ride::First));
    visit.first_ride = Some(day());
    let tilt = *visit.admitted().limits().tilt();
    assert_eq!((tilt.value(), tilt.why()), (Angle::clamped(20_000), Why::FirstWeek));
}

#[test]
fn after_four_weeks_everything_is_asked_again() {
    for (days, asked) in [(27, false), (28, true)] {
        let mut visit = Visit::new();
        visit.first_ride = Some(day());
        visit.last = Some(LastTime { day: later(-days), pain: pain_of(3, 2, Reach::Calf) });
        assert!(visit.admit().is_ok(), "answered today");
        let question = named(&visit.sheet, "stroke");
        let before = entry(&visit.sheet, question, later(-1), Answer::No).unwrap();
        visit.answers.add(before);
        assert_eq!(visit.admit().is_err(), asked, "{days}");
    }
}

#[test]
fn an_overdue_drill_keeps_to_twenty_degrees() {
    for (drill, overdue) in
        [(Some(0), false), (Some(-31), false), (Some(-32), true), (Some(1), true), (None, true)]
    {
        let mut visit = Visit::new();
        visit.drill = drill.map(later);
        let admission = visit.admitted();
        assert_eq!(admission.limits().tilt().why() == Why::DrillOverdue, overdue, "{drill:?}");
        assert_eq!(admission.printed().contains(&Printed::DrillOverdue), overdue);
        assert_eq!(admission.limits().tilt().value() == Angle::clamped(20_000), overdue);
    }
}

#[test]
fn nausea_last_time_slows_every_travel_and_not_below_half_a_degree() {
    let mut visit = Visit::new();
    for (given, expect) in [(800, 800), (500, 500), (499, 500), (-700, 700)] {
        visit.slowed_to = Some(Rate::clamped(given));
        let admission = visit.admitted();
        let limits = admission.limits();
        for rate in [limits.lower_rate(), limits.raise_rate(), limits.through_level_rate()] {
            assert_eq!((rate.value(), rate.why()), (Rate::clamped(expect), Why::DizzyLastTime));
        }
    }
}

fn alone() -> Visit {
    let mut visit = Visit::new();
    visit.clearances = vec![signed(terms(&["alone"]))];
    visit.today.company = Company::Alone(AloneFacts {
        hand_control: true,
        after_stop_decided: true,
        frees_themselves: true,
        contact_tested: Some(later(-30)),
    });
    visit
}

#[test]
fn alone_has_its_own_limits_and_a_shorter_answer() {
    let admission = alone().admitted();
    let limits = admission.limits();
    assert_eq!((limits.tilt().value(), limits.tilt().why()), (Angle::clamped(20_000), Why::Alone));
    assert_eq!(limits.bout_hold().value(), Millis::from_secs(120));
    assert_eq!(limits.day_hold().value(), Millis::from_secs(360));
    assert_eq!(admission.answer_within(), Some(Millis::from_secs(10)));
    assert!(admission.printed().contains(&Printed::Alone));
}

#[test]
fn alone_needs_every_part_that_stands_in_for_a_spotter() {
    let with = |change: &dyn Fn(&mut Visit, &mut AloneFacts)| {
        let mut visit = alone();
        let Company::Alone(mut facts) = visit.today.company else { panic!("alone") };
        change(&mut visit, &mut facts);
        visit.today.company = Company::Alone(facts);
        visit.causes()
    };
    assert_eq!(with(&|visit, _| visit.clean = 5), [Cause::AloneTooEarly { clean: 5 }]);
    assert_eq!(with(&|visit, _| visit.clearances.clear()), [Cause::AloneNotCleared]);
    assert_eq!(with(&|_, facts| facts.hand_control = false), [Cause::AloneNoHandControl]);
    assert_eq!(with(&|_, facts| facts.after_stop_decided = false), [Cause::AloneAfterStop]);
    assert_eq!(with(&|_, facts| facts.frees_themselves = false), [Cause::AloneNotFreed]);
    for tested in [None, Some(later(-31)), Some(later(1))] {
        assert_eq!(with(&|_, facts| facts.contact_tested = tested), [Cause::AloneContact(tested)]);
    }
}

#[test]
fn a_dose_that_is_used_up_comes_back_tomorrow() {
    let done = |change: &dyn Fn(&mut Ledger)| {
        let mut visit = Visit::new();
        change(&mut visit.ledger);
        visit
    };
    let secs = Millis::from_secs;
    assert!(done(&|ledger| ledger.done.sessions_today = 1).admit().is_ok());
    done(&|ledger| ledger.done.sessions_today = 2)
        .refused(&Cause::SessionsToday(2), &Change::Tomorrow);
    assert!(done(&|ledger| ledger.done.sessions_in_week = 6).admit().is_ok());
    done(&|ledger| ledger.done.sessions_in_week = 7)
        .refused(&Cause::SessionsInWeek(7), &Change::Tomorrow);
    done(&|ledger| ledger.done.head_down_today = secs(1_500))
        .refused(&Cause::DayDose { used: secs(1_500), most: secs(1_500) }, &Change::Tomorrow);
    assert!(done(&|ledger| ledger.done.hold_today = Millis::new(1_199_999)).admit().is_ok());
    done(&|ledger| ledger.done.hold_today = secs(1_200))
        .refused(&Cause::DayHold { used: secs(1_200), most: secs(1_200) }, &Change::Tomorrow);
    let week = |used| Some(WeekDose { used, most: 100 });
    assert!(done(&|ledger| ledger.week = week(99)).admit().is_ok());
    done(&|ledger| ledger.week = week(100))
        .refused(&Cause::WeekDose(WeekDose { used: 100, most: 100 }), &Change::Tomorrow);
}

#[test]
fn what_is_left_of_the_day_bounds_the_session() {
    let mut visit = Visit::new();
    visit.ledger.done.head_down_today = Millis::new(1_499_999);
    let admission = visit.admitted();
    let session = *admission.limits().session();
    assert_eq!((session.value(), session.why()), (Millis::new(1), Why::DayDoseUsed(1_499)));
}
