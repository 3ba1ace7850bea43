//! What answers come to: every rule of the floor, both ends of every length of time.

mod sheet;

use super::fixture::{all_clear, entry, found, named, parts, sheet};
use super::floor::FLOOR;
use super::*;
use crate::day::Day;
use crate::person::{Person, PersonFacts, Sex};
use antipode_safety::{Angle, Layer, Limits, Setting, Why};

fn day() -> Day {
    "2026-11-23".parse().unwrap()
}

fn later(days: i32) -> Day {
    day().plus(days).unwrap()
}

fn person() -> Person {
    Person::new(PersonFacts {
        name: "ada".into(),
        height_cm: 172,
        mass_kg: 70,
        age: 41,
        sex: Sex::Female,
        ankle_setting: 3,
    })
    .unwrap()
}

fn screened(answers: &Answers, asking: &Asking) -> Screened {
    evaluate(&sheet(), answers, &person(), asking)
}

/// Everybody answered without a finding, and this one answered `answer`.
fn with(id: &str, answer: Answer, on: Day) -> Answers {
    let sheet = sheet();
    let mut answers = all_clear(&sheet, on);
    answers.add(entry(&sheet, named(&sheet, id), on, answer).unwrap());
    answers
}

fn ids(screened: &Screened) -> Vec<String> {
    screened
        .findings
        .iter()
        .map(|finding| match &finding.about {
            About::Question { id, .. } => id.to_string(),
            About::Profile(derived) => format!("{derived:?}"),
        })
        .collect()
}

#[test]
fn answers_without_a_finding_leave_nothing_in_the_way() {
    let screened = screened(&all_clear(&sheet(), day()), &Asking::on(day()));
    assert_eq!(screened, Screened { findings: vec![], to_ask: vec![] });
}

#[test]
fn every_question_is_asked_of_somebody_who_never_answered() {
    let screened = screened(&Answers::none(), &Asking::on(day()));
    assert_eq!(screened.to_ask.len(), FLOOR.len());
    assert!(screened.to_ask.iter().all(|ask| ask.why == AskAgain::Never));
}

#[test]
fn every_rule_finds_its_answer_and_says_what_it_does() {
    let sheet = sheet();
    for question in sheet.questions() {
        let answers = with(question.id.as_str(), found(question), day());
        let screened = screened(&answers, &Asking::on(day()));
        assert_eq!(ids(&screened), [question.id.as_str()]);
        assert_eq!(screened.findings[0].severity, question.severity);
        assert!(screened.to_ask.is_empty());
    }
}

#[test]
fn findings_come_with_the_strictest_first_and_then_in_the_order_of_the_sheet() {
    let sheet = sheet();
    let mut answers = all_clear(&sheet, day());
    for id in ["consulted", "dizziness", "meal", "hernia", "stroke", "glaucoma", "cauda-saddle"] {
        let question = named(&sheet, id);
        answers.add(entry(&sheet, question, day(), found(question)).unwrap());
    }
    let order = ["cauda-saddle", "glaucoma", "stroke", "hernia", "meal", "dizziness", "consulted"];
    assert_eq!(ids(&screened(&answers, &Asking::on(day()))), order);
}

#[test]
fn an_answer_about_a_condition_holds_for_ninety_days_and_no_longer() {
    let answers = all_clear(&sheet(), day());
    let asked = |days: i32, id: &str| {
        screened(&answers, &Asking::on(later(days)))
            .to_ask
            .iter()
            .find(|ask| ask.id.as_str() == id)
            .map(|ask| ask.why)
    };
    assert_eq!(asked(90, "glaucoma"), None);
    assert_eq!(asked(91, "glaucoma"), Some(AskAgain::Expired(day())));
    assert_eq!(asked(0, "dizziness"), None);
    assert_eq!(asked(1, "dizziness"), Some(AskAgain::Expired(day())));
    assert_eq!(asked(0, "meal"), None);
    assert_eq!(asked(1, "meal"), Some(AskAgain::Expired(day())));
    assert_eq!(asked(-1, "glaucoma"), Some(AskAgain::Future(day())));
}

#[test]
fn nothing_different_stands_for_todays_state_but_not_for_what_is_asked_each_time() {
    let answers = all_clear(&sheet(), day());
    let to_ask = |days: i32, answers: &Answers| -> Vec<String> {
        let asking = Asking { nothing_different: true, ..Asking::on(later(days)) };
        screened(answers, &asking).to_ask.iter().map(|ask| ask.id.to_string()).collect()
    };
    assert_eq!(to_ask(1, &answers), ["alcohol", "sedation", "meal"]);
    assert_eq!(to_ask(90, &answers), ["alcohol", "sedation", "meal"]);
    assert_eq!(to_ask(91, &answers).len(), FLOOR.len());
    // "Nothing different" from a day with a cold is no word about today.
    let cold = with("cold-fever", Answer::Yes, day());
    assert_eq!(to_ask(1, &cold), ["alcohol", "sedation", "cold-fever", "meal"]);
}

#[test]
fn after_a_long_gap_conditions_are_asked_for_again() {
    let answers = all_clear(&sheet(), day());
    let asked = |first: Day| {
        let asking = Asking { not_before: Some(first), ..Asking::on(day()) };
        screened(&answers, &asking).to_ask.len()
    };
    assert_eq!(asked(day()), 0);
    let conditions =
        sheet().questions().iter().filter(|question| question.keeps == Keeps::Condition).count();
    assert_eq!(asked(later(1)), conditions);
}

#[test]
fn another_version_of_the_sheet_asks_again_and_unlocks_nobody() {
    let mut newer = parts();
    newer.id.version += 1;
    let newer = Sheet::new(newer).unwrap();
    let answers = with("cauda-saddle", Answer::Yes, day());
    let screened = evaluate(&newer, &answers, &person(), &Asking::on(day()));
    assert_eq!(screened.to_ask.len(), FLOOR.len());
    assert!(screened.to_ask.iter().all(|ask| ask.why == AskAgain::OtherSheet));
    assert_eq!(ids(&screened), ["cauda-saddle"]);
}

#[test]
fn a_recorded_answer_that_the_question_does_not_take_is_asked_again() {
    let sheet = sheet();
    for (id, answer) in [
        ("glaucoma", Answer::Number(1)),
        ("glaucoma", Answer::DoesNotApply),
        ("onset-age", Answer::No),
        ("onset-age", Answer::Number(121)),
    ] {
        let question = named(&sheet, id);
        assert_eq!(Entry::new(question, sheet.id(), day(), answer), Err(NotAnAnswer));
        let mut answers = all_clear(&sheet, day());
        let id = question.id.clone();
        answers.add(Entry::recorded(id.clone(), sheet.id().clone(), day(), answer, None));
        let asked = screened(&answers, &Asking::on(day())).to_ask;
        assert_eq!(asked, [ToAsk { id, why: AskAgain::OtherSheet }]);
    }
}

#[test]
fn pain_that_began_before_twenty_or_after_fifty_five_asks_for_a_doctor() {
    for (age, expect) in [(0, 1), (19, 1), (20, 0), (41, 0), (55, 0), (56, 1), (120, 1)] {
        let answers = with("onset-age", Answer::Number(age), day());
        let found = screened(&answers, &Asking::on(day())).findings;
        assert_eq!(found.len(), expect, "{age}");
        assert!(found.iter().all(|finding| finding.severity.key() == "clearance"));
    }
}

#[test]
fn a_red_flag_locks_until_a_clinician_lifts_it_on_a_later_day() {
    let sheet = sheet();
    let mut answers = with("cauda-both-legs-weak", Answer::Yes, day());
    let again = named(&sheet, "cauda-both-legs-weak");
    for when in [0, 5] {
        answers.add(entry(&sheet, again, later(when), Answer::No).unwrap());
        let asking = Asking { nothing_different: true, ..Asking::on(later(when)) };
        assert_eq!(ids(&screened(&answers, &asking)), ["cauda-both-legs-weak"], "{when}");
    }
    let lifted = |on: i32| {
        let asking =
            Asking { nothing_different: true, lifted: Some(later(on)), ..Asking::on(later(5)) };
        screened(&answers, &asking).findings.is_empty()
    };
    assert!(!lifted(-1) && !lifted(0) && lifted(1));
    // No other answer locks beyond its day.
    let cold = with("cold-fever", Answer::Yes, day());
    assert_eq!(ids(&screened(&cold, &Asking::on(later(1)))), [""; 0]);
}

#[test]
fn a_red_flag_is_read_back_once_and_both_answers_stay() {
    let sheet = sheet();
    let question = named(&sheet, "cauda-saddle");
    let heard = |again: Option<Answer>| {
        let mut answers = all_clear(&sheet, day());
        let first = entry(&sheet, question, day(), Answer::Yes).unwrap();
        answers.add(match again {
            Some(again) => first.read_back(again),
            None => first,
        });
        answers
    };
    let found = |answers: &Answers| screened(answers, &Asking::on(day())).findings.len();
    assert_eq!(found(&heard(None)), 1);
    assert_eq!(found(&heard(Some(Answer::Yes))), 1);
    let taken_back = heard(Some(Answer::No));
    assert_eq!(found(&taken_back), 0);
    let last = taken_back.last(&question.id).unwrap();
    assert_eq!((last.both(), last.day()), ((Answer::Yes, Some(Answer::No)), day()));
    assert_eq!((last.question(), last.sheet()), (&question.id, sheet.id()));
}

#[test]
fn age_and_body_mass_follow_from_the_profile() {
    let of = |age: u16, mass_kg: u16| {
        let facts = PersonFacts {
            name: "bo".into(),
            height_cm: 180,
            mass_kg,
            age,
            sex: Sex::Male,
            ankle_setting: 0,
        };
        Derived::of(&Person::new(facts).unwrap())
    };
    // 97 kg at 180 cm is 29.94, which is rounded up to 30.0 and never down.
    assert_eq!(of(59, 97), [Derived::BodyMassIndex(300)]);
    assert_eq!(of(59, 96), []);
    assert_eq!(of(59, 98), [Derived::BodyMassIndex(303)]);
    assert_eq!(of(60, 98), [Derived::Age(60), Derived::BodyMassIndex(303)]);
    for derived in of(60, 98) {
        let Severity::Clearance(scope) = derived.severity() else { panic!("{derived:?}") };
        assert!(["age-60", "bmi-30"].contains(&scope.as_str()));
        assert_eq!(derived.ask(), Whom::Doctor);
    }
    let limits = Limits::hard(Setting::Home);
    let tilt = |derived: Derived| *derived.narrow(limits).tilt();
    assert_eq!(tilt(Derived::Age(60)).value(), Angle::from_deg(30).unwrap());
    assert_eq!(tilt(Derived::Age(60)).why(), Why::Age(60));
    assert_eq!(tilt(Derived::BodyMassIndex(303)).value(), Angle::from_deg(30).unwrap());
    assert_eq!(tilt(Derived::BodyMassIndex(303)).why(), Why::PersonProfile);
}

#[test]
fn a_body_mass_index_is_a_finding_from_thirty_on() {
    let facts = |mass_kg| PersonFacts {
        name: "bo".into(),
        height_cm: 170,
        mass_kg,
        age: 30,
        sex: Sex::NotStated,
        ankle_setting: 0,
    };
    let of = |mass_kg| Derived::of(&Person::new(facts(mass_kg)).unwrap());
    assert_eq!(of(86), []);
    assert_eq!(of(87), [Derived::BodyMassIndex(302)]);
    let exact = PersonFacts { height_cm: 160, mass_kg: 77, ..facts(0) };
    assert_eq!(Derived::of(&Person::new(exact).unwrap()), [Derived::BodyMassIndex(301)]);
    let round = PersonFacts { height_cm: 150, mass_kg: 67, ..facts(0) };
    assert_eq!(Derived::of(&Person::new(round).unwrap()), []);
    let thirty = PersonFacts { height_cm: 190, mass_kg: 108, ..facts(0) };
    assert_eq!(Derived::of(&Person::new(thirty).unwrap()), [Derived::BodyMassIndex(300)]);
}

#[test]
fn a_finding_narrows_with_the_reason_of_its_rule() {
    let sheet = sheet();
    let limits = Limits::hard(Setting::Home);
    for (id, why) in [("hernia", Why::Screening), ("consulted", Why::NoConsultation)] {
        let answers = with(id, found(named(&sheet, id)), day());
        let finding = screened(&answers, &Asking::on(day())).findings.remove(0);
        let tilt = *finding.narrow(&sheet, limits).tilt();
        assert_eq!(
            (tilt.value(), tilt.layer(), tilt.why()),
            (Angle::clamped(20_000), Layer::Person, why)
        );
    }
}
