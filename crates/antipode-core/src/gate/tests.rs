//! One visit that is admitted, and everything that closes the gate from there, on both sides of
//! every number.

mod measured;
mod screened;
mod times;

use antipode_safety::{Limits, Millis, Setting};

use super::*;
use crate::clearance::{Clearance, Clinician, EndsBeforeItBegins, KeyId, Terms, Trust, Verified};
use crate::day::Day;
use crate::person::{Person, PersonFacts, Sex};
use crate::plan::Done;
use crate::screening::fixture::{all_clear, entry, named, sheet};
use crate::screening::{Answer, Answers, Id, Sheet};
use crate::symptom_map::{Compared, Reach, Score, SymptomMap};
use antipode_safety::Narrowing;

fn day() -> Day {
    "2026-11-23".parse().unwrap()
}

fn later(days: i32) -> Day {
    day().plus(days).unwrap()
}

fn score(score: u8) -> Score {
    Score::new(score).unwrap()
}

fn pain_of(back: u8, leg: u8, reach: Reach) -> Pain {
    Pain { back: score(back), leg: score(leg), reach }
}

fn bp(systolic: u16, diastolic: u16) -> Attempt {
    let reading = Pressure::new(systolic, diastolic).unwrap();
    Attempt { first: reading, second: Some(reading) }
}

/// A visit with everything that the gate asks for, each part open to change.
struct Visit {
    person: PersonFacts,
    sheet: Sheet,
    answers: Answers,
    clearances: Vec<Clearance>,
    map: SymptomMap,
    lock_outs: Vec<LockOut>,
    last: Option<LastTime>,
    first_ride: Option<Day>,
    drill: Option<Day>,
    ledger: Ledger,
    slowed_to: Option<antipode_safety::Rate>,
    clean: u16,
    place: Place,
    today: Today,
}

impl Visit {
    fn new() -> Self {
        let sheet = sheet();
        let answers = all_clear(&sheet, day());
        Self {
            person: PersonFacts {
                name: "ada".into(),
                height_cm: 172,
                mass_kg: 70,
                age: 41,
                sex: Sex::Female,
                ankle_setting: 3,
            },
            sheet,
            answers,
            clearances: vec![],
            map: SymptomMap::default(),
            lock_outs: vec![],
            last: Some(LastTime { day: later(-2), pain: pain_of(3, 2, Reach::Calf) }),
            first_ride: Some(later(-60)),
            drill: Some(later(-10)),
            ledger: Ledger { done: Done::NOTHING, week: None },
            slowed_to: None,
            clean: 6,
            place: Place {
                limits: Limits::hard(Setting::Home),
                plate_kg: Some(136),
                date_certain: true,
            },
            today: Today {
                day: day(),
                age: Millis::ZERO,
                nothing_different: false,
                pain: pain_of(3, 2, Reach::Calf),
                compared: Compared::Same,
                pressure: vec![bp(120, 80)],
                heart: vec![70],
                saturation: Some(97),
                company: Company::Spotter,
            },
        }
    }

    fn admit(&self) -> Result<Admission, Refusal> {
        let person = Person::new(self.person.clone()).unwrap();
        let known = Known {
            person: &person,
            sheet: &self.sheet,
            answers: &self.answers,
            clearances: &self.clearances,
            map: &self.map,
            lock_outs: &self.lock_outs,
            last: self.last,
            first_ride: self.first_ride,
            drill: self.drill,
            ledger: self.ledger,
            slowed_to: self.slowed_to,
            clean_with_spotter: self.clean,
        };
        admit(&known, &self.place, &self.today)
    }

    fn answer(&mut self, id: &str, answer: Answer) {
        self.answers.add(entry(&self.sheet, named(&self.sheet, id), day(), answer).unwrap());
    }

    /// The causes of a refusal; none where the gate opens.
    fn causes(&self) -> Vec<Cause> {
        match self.admit() {
            Ok(_) => vec![],
            Err(refusal) => refusal.reasons().iter().map(|reason| reason.cause.clone()).collect(),
        }
    }

    #[track_caller]
    fn admitted(&self) -> Admission {
        match self.admit() {
            Ok(admission) => admission,
            Err(refusal) => panic!("{refusal:?}"),
        }
    }

    #[track_caller]
    fn refused(&self, cause: &Cause, change: &Change) {
        let refusal = self.admit().expect_err("the gate is open");
        let [reason] = refusal.reasons() else { panic!("{refusal:?}") };
        assert_eq!((&reason.cause, &reason.change), (cause, change));
    }
}

struct Known1;

impl Trust for Known1 {
    fn signer(&self, _: &[u8], _: &[u8]) -> Option<KeyId> {
        Some(KeyId([1; 8]))
    }
}

fn doctor() -> Clinician {
    Clinician::new("Dr B. Carer", "GMC 123").unwrap()
}

fn terms(scopes: &[&str]) -> Terms {
    Terms {
        person: "ada".into(),
        given: later(-10),
        until: later(20),
        scopes: scopes.iter().map(|scope| scope.parse::<Id>().unwrap()).collect(),
        limits: Narrowing::NONE,
        heart: None,
    }
}

fn signed(terms: Terms) -> Clearance {
    let proof = Verified::check(b"", b"", &Known1).unwrap();
    Clearance::signed::<EndsBeforeItBegins>(&proof, |_| Ok((doctor(), terms))).unwrap()
}

fn paper(terms: Terms) -> Clearance {
    Clearance::transcribed(doctor(), terms, [0; 32]).unwrap()
}

#[test]
fn a_visit_with_nothing_in_the_way_is_admitted_for_that_person_and_day() {
    let visit = Visit::new();
    let admission = visit.admitted();
    assert_eq!((admission.person(), admission.day()), ("ada", day()));
    assert_eq!((admission.ride(), admission.step()), (Ride::Session, Step::AsPlanned));
    assert_eq!(admission.limits(), &visit.place.limits);
    assert_eq!(admission.answer_within(), None);
    let printed = [
        Printed::Sheet(visit.sheet.id().clone()),
        Printed::Pressure(bp(120, 80).mean()),
        Printed::HeartRate(70),
        Printed::Saturation(97),
    ];
    assert_eq!(admission.printed(), printed);
}

#[test]
fn every_reason_is_told_at_once_and_the_gravest_first() {
    let mut visit = Visit::new();
    visit.answer("dizziness", Answer::Yes);
    visit.answer("stroke", Answer::Yes);
    visit.answer("hernia", Answer::Yes);
    visit.answer("cauda-saddle", Answer::Yes);
    visit.today.age = Millis::from_secs(1_801);
    visit.ledger.done.sessions_today = 2;
    visit.today.pain.back = score(9);
    let refusal = visit.admit().unwrap_err();
    let orders: Vec<u8> = refusal.reasons().iter().map(reason::Reason::order).collect();
    assert_eq!(orders, [0, 1, 2, 3, 3, 3, 4, 5]);
    assert_eq!(refusal.lock_outs(), [LockCause::RedFlag("cauda-saddle".parse().unwrap())]);
}
