//! Screening, clearances, lock-outs and symptoms at the gate.

use antipode_safety::{Angle, Millis, Rate, Why};

use super::*;
use crate::clearance::{HeartRange, Standing};
use crate::screening::fixture::found;
use crate::screening::floor::{FLOOR, Least};
use crate::screening::{Severity, Whom};
use crate::symptom_map::{Feeling, Mark, Place as At, Side};

#[test]
fn every_rule_closes_a_valid_clearance_opens_what_it_may_and_its_end_closes_again() {
    for floor in &FLOOR {
        let mut visit = Visit::new();
        let answer = found(named(&visit.sheet, floor.id));
        visit.answer(floor.id, answer);
        let closed = floor.least != Least::Advice;
        assert_eq!(visit.causes().len(), usize::from(closed), "{}", floor.id);
        let all: Vec<&str> = FLOOR.iter().map(|floor| floor.id).collect();
        for clearance in [signed(terms(&all)), paper(terms(&all))] {
            visit.clearances = vec![clearance];
            let opens = matches!(floor.least, Least::Clearance | Least::Advice);
            assert_eq!(visit.admit().is_ok(), opens, "{}", floor.id);
            // The clearance of everybody else, and the same one the day after its last.
            visit.person.name = "bo".into();
            assert_eq!(visit.admit().is_ok(), !closed, "{}", floor.id);
            visit.person.name = "ada".into();
            let ended = Terms { until: later(-1), ..terms(&all) };
            visit.clearances = vec![signed(ended)];
            assert_eq!(visit.admit().is_ok(), !closed, "{}", floor.id);
        }
    }
}

#[test]
fn a_reason_tells_what_became_of_the_clearance() {
    let mut visit = Visit::new();
    visit.answer("hernia", Answer::Yes);
    let told = |visit: &Visit| {
        let refusal = visit.admit().unwrap_err();
        let [reason] = refusal.reasons() else { panic!("{refusal:?}") };
        assert_eq!(reason.change, Change::Clearance("hernia".parse().unwrap()));
        assert_eq!(reason.ask, Whom::Doctor);
        let Cause::Screening { clearance, finding } = &reason.cause else { panic!("{reason:?}") };
        assert_eq!(finding.severity, Severity::Clearance("hernia".parse().unwrap()));
        *clearance
    };
    assert_eq!(told(&visit), None);
    visit.clearances = vec![signed(Terms { until: later(-1), ..terms(&["hernia"]) })];
    assert_eq!(told(&visit), Some(Standing::Expired(later(-1))));
    visit.clearances.push(signed(terms(&["hernia"])).revoked_on(day()));
    assert_eq!(told(&visit), Some(Standing::Revoked(day())));
    visit.clearances = vec![signed(terms(&["reflux"]))];
    assert_eq!(told(&visit), None);
    visit.clearances = vec![signed(Terms { person: "bo".into(), ..terms(&["hernia"]) })];
    assert_eq!(told(&visit), None);
}

#[test]
fn a_clearance_narrows_is_printed_and_never_counts_as_verified_on_paper() {
    let mut visit = Visit::new();
    visit.answer("hernia", Answer::Yes);
    visit.clearances = vec![signed(terms(&["hernia"]))];
    let admission = visit.admitted();
    let tilt = *admission.limits().tilt();
    assert_eq!((tilt.value(), tilt.why()), (Angle::clamped(20_000), Why::Screening));
    let printed = |verified, opened: &[&str]| Printed::Clearance {
        clinician: doctor(),
        verified,
        until: later(20),
        opened: opened.iter().map(|id| id.parse().unwrap()).collect(),
    };
    assert!(admission.printed().contains(&printed(true, &["hernia"])));
    visit.clearances = vec![paper(terms(&["hernia"]))];
    let admission = visit.admitted();
    assert!(admission.printed().contains(&printed(false, &["hernia"])));
    assert_eq!(admission.limits().bout_hold().value(), Millis::from_secs(120));
    assert_eq!(admission.limits().bout_hold().why(), Why::PaperClearance);
}

#[test]
fn a_clearance_that_nothing_needs_still_makes_gentler() {
    let mut visit = Visit::new();
    let limits = Narrowing { tilt: Angle::from_deg(25), ..Narrowing::NONE };
    visit.clearances = vec![signed(Terms { limits, ..terms(&[]) })];
    assert_eq!(visit.admitted().limits().tilt().value(), Angle::clamped(25_000));
    assert_eq!(visit.admitted().limits().tilt().why(), Why::Clearance);
}

#[test]
fn age_and_body_mass_need_a_clearance_and_have_lower_limits() {
    for (age, mass_kg, scope) in [(60, 70, "age-60"), (41, 89, "bmi-30")] {
        let mut visit = Visit::new();
        visit.person.age = age;
        visit.person.mass_kg = mass_kg;
        assert_eq!(visit.causes().len(), 1, "{scope}");
        visit.clearances = vec![signed(terms(&[scope]))];
        assert_eq!(visit.admitted().limits().tilt().value(), Angle::clamped(30_000));
        let rate = visit.admitted().limits().lower_rate().value();
        assert_eq!(rate == Rate::clamped(1_000), age == 60);
    }
    let mut visit = Visit::new();
    visit.person.age = 59;
    assert!(visit.admit().is_ok());
}

#[test]
fn no_advice_yet_is_printed_and_keeps_to_twenty_degrees() {
    let mut visit = Visit::new();
    visit.answer("consulted", Answer::No);
    let admission = visit.admitted();
    assert!(admission.printed().contains(&Printed::Advice("consulted".parse().unwrap())));
    assert_eq!(admission.limits().tilt().why(), Why::NoConsultation);
}

#[test]
fn a_missing_answer_closes_like_a_finding() {
    let mut visit = Visit::new();
    visit.answers = Answers::none();
    assert_eq!(visit.causes().len(), FLOOR.len());
    assert!(visit.causes().iter().all(|cause| matches!(cause, Cause::Unanswered(_))));
    let mut visit = Visit::new();
    visit.answers = all_clear(&visit.sheet, later(-1));
    let asked = visit.causes().len();
    visit.today.nothing_different = true;
    assert_eq!((visit.causes().len(), asked > 3), (3, true));
    for id in ["alcohol", "sedation", "meal"] {
        visit.answer(id, Answer::No);
    }
    assert!(visit.admit().is_ok());
}

#[test]
fn a_lock_out_stands_until_a_named_clinician_lifts_it_on_a_later_day() {
    let lock = |cause, lifted: Option<i32>| LockOut {
        since: later(-5),
        cause,
        lifted: lifted.map(|on| Lift { by: doctor(), on: later(on) }),
    };
    for (lifted, stands) in [
        (None, true),
        (Some(-6), true),
        (Some(-5), true),
        (Some(-4), false),
        (Some(0), false),
        (Some(1), true),
    ] {
        let mut visit = Visit::new();
        visit.lock_outs = vec![lock(LockCause::AdverseEvent, lifted)];
        assert_eq!(visit.admit().is_err(), stands, "{lifted:?}");
        if stands {
            let cause = Cause::LockedOut { since: later(-5), cause: LockCause::AdverseEvent };
            visit.refused(&cause, &Change::Lift);
        }
    }
    // A red-flag answer is lifted by the lift of its own kind of lock-out only.
    let id: Id = "cauda-saddle".parse().unwrap();
    for (cause, opens) in [(LockCause::RedFlag(id), true), (LockCause::AdverseEvent, false)] {
        let mut visit = Visit::new();
        let question = named(&visit.sheet, "cauda-saddle");
        let yes = entry(&visit.sheet, question, later(-5), Answer::Yes).unwrap();
        visit.answers =
            core::iter::once(yes).chain(visit.answers.entries().iter().cloned()).collect();
        visit.lock_outs = vec![lock(cause, Some(-4))];
        assert_eq!(visit.admit().is_ok(), opens);
    }
}

#[test]
fn a_red_flag_that_was_taken_back_admits_and_is_printed() {
    let mut visit = Visit::new();
    let question = named(&visit.sheet, "cauda-saddle");
    let first = entry(&visit.sheet, question, day(), Answer::Yes).unwrap();
    let id = question.id.clone();
    visit.answers.add(first.read_back(Answer::No));
    assert!(visit.admitted().printed().contains(&Printed::TakenBack(id)));
}

fn on_map(place: At, side: Side) -> Mark {
    Mark { place, side, feeling: Feeling::Pain, score: score(4) }
}

#[test]
fn the_map_of_symptoms_closes_the_gate_by_its_verdict() {
    let mut visit = Visit::new();
    visit.today.compared = Compared::Worse;
    visit.refused(&Cause::SymptomsChanged, &Change::AnotherDay);
    assert_eq!(visit.admit().unwrap_err().lock_outs(), []);
    visit.today.compared = Compared::NewPlace(vec![on_map(At::Saddle, Side::Middle)]);
    visit.refused(&Cause::RedFlagSymptoms, &Change::Lift);
    assert_eq!(visit.admit().unwrap_err().lock_outs(), [LockCause::SymptomMap]);
    let mut visit = Visit::new();
    visit.map = SymptomMap::of([on_map(At::Calf, Side::Both)]);
    visit.refused(&Cause::BothLegs, &Change::Clearance("both-legs".parse().unwrap()));
    visit.clearances = vec![signed(terms(&["both-legs"]))];
    assert!(visit.admit().is_ok());
    visit.today.compared = Compared::Worse;
    visit.refused(&Cause::RedFlagSymptoms, &Change::Lift);
}

#[test]
fn a_clinician_may_set_the_heart_rates_by_signature_alone() {
    let mut visit = Visit::new();
    let heart = HeartRange::new(40, 110);
    visit.today.heart = vec![105];
    assert!(visit.admit().is_err());
    visit.clearances = vec![paper(Terms { heart, ..terms(&[]) })];
    assert!(visit.admit().is_err());
    visit.clearances = vec![signed(Terms { heart, ..terms(&[]) })];
    assert!(visit.admit().is_ok());
    // Of two, what both allow.
    visit.clearances.push(signed(Terms { heart: HeartRange::new(40, 104), ..terms(&[]) }));
    assert!(visit.admit().is_err());
}
