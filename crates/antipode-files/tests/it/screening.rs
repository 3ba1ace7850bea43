//! The built-in questions, each against a table written out by hand, and random answers against
//! the same table.

use antipode_core::clearance::{
    Clearance, Clinician, EndsBeforeItBegins, KeyId, Terms, Trust, Verified,
};
use antipode_core::day::Day;
use antipode_core::gate::{
    self, Attempt, Company, Known, LastTime, Ledger, Pain, Place, Pressure, Today,
};
use antipode_core::person::{Person, PersonFacts, Sex};
use antipode_core::plan::Done;
use antipode_core::screening::{
    Answer, Answers, Entry, Keeps, Kind, Question, Sheet, Strength, Whom,
};
use antipode_core::symptom_map::{Compared, Reach, Score, SymptomMap};
use antipode_files::{FileKind, Source, built_in_screening, read_answers, read_screening, schema};
use antipode_safety::{Limits, Millis, Narrowing, Setting};
use proptest::prelude::*;

use crate::{WORDS, brief, source};

/// What a finding does, by hand: `L` locks, `B` is closed, `C` needs a clearance, `N` is not today,
/// `A` only narrows.
use Does::{A, B, C, L, N};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    L,
    B,
    C(&'static str, i32),
    N,
    A(i32),
}

/// Every rule, by hand: the question, the answer that is a finding, what it does, with the scope and
/// the deepest tilt of a clearance, and for how many days the other answer holds.
const ORACLE: [(&str, &str, Does, i32); 79] = [
    ("cauda-bladder-bowel", "yes", L, 0),
    ("cauda-saddle", "yes", L, 0),
    ("cauda-both-legs-weak", "yes", L, 0),
    ("cauda-both-legs-pain", "yes", L, 0),
    ("cauda-sexual", "yes", L, 0),
    ("glaucoma", "yes", B, 90),
    ("retina", "yes", B, 90),
    ("eye-surgery", "yes", B, 90),
    ("stroke", "yes", B, 90),
    ("aneurysm", "yes", B, 90),
    ("brain-bleed", "yes", B, 90),
    ("cerebral-sclerosis", "yes", B, 90),
    ("pressure-uncontrolled", "yes", B, 90),
    ("heart-failure", "yes", B, 90),
    ("angina-unstable", "yes", B, 90),
    ("heart-attack", "yes", B, 90),
    ("arrhythmia-serious", "yes", B, 90),
    ("heart-valve", "yes", B, 90),
    ("aortic-aneurysm", "yes", B, 90),
    ("thrombosis", "yes", B, 90),
    ("pregnancy", "yes", B, 0),
    ("fracture-unhealed", "yes", B, 90),
    ("osteoporosis-severe", "yes", B, 90),
    ("cord-compression", "yes", B, 90),
    ("spine-tumour", "yes", B, 90),
    ("spine-infection", "yes", B, 90),
    ("spine-unstable", "yes", B, 90),
    ("joint-prosthesis", "yes", B, 90),
    ("alcohol", "yes", B, 0),
    ("sedation", "yes", B, 0),
    ("pressure-controlled", "yes", C("blood-pressure", 20), 90),
    ("heart-other", "yes", C("heart", 20), 90),
    ("circulation", "yes", C("heart", 20), 90),
    ("anticoagulant", "yes", C("blood-thinner", 20), 90),
    ("aspirin", "yes", C("blood-thinner", 20), 90),
    ("bleeding-disorder", "yes", C("bleeding-disorder", 20), 90),
    ("osteoporosis", "yes", C("osteoporosis", 20), 90),
    ("fracture-past", "yes", C("fracture-past", 30), 90),
    ("implant", "yes", C("implant", 20), 90),
    ("hernia", "yes", C("hernia", 30), 90),
    ("reflux", "yes", C("reflux", 30), 90),
    ("diabetes-retina", "yes", C("diabetes-retina", 20), 90),
    ("myopia", "yes", C("myopia", 20), 90),
    ("eye-other", "yes", C("eye-other", 20), 90),
    ("eye-signs", "yes", C("eye-signs", 20), 0),
    ("ear-chronic", "yes", C("ear-chronic", 30), 90),
    ("vertigo", "yes", C("vertigo", 30), 90),
    ("epilepsy", "yes", C("epilepsy", 20), 90),
    ("headache-severe", "yes", C("headache-severe", 20), 90),
    ("head-injury", "yes", C("head-injury", 20), 90),
    ("spondylolisthesis", "yes", C("spondylolisthesis", 20), 90),
    ("curvature", "yes", C("curvature", 30), 90),
    ("joints-inflamed", "yes", C("joints-inflamed", 30), 90),
    ("surgery", "yes", C("surgery", 20), 90),
    ("injection", "yes", C("injection", 20), 0),
    ("kidney", "yes", C("kidney", 30), 90),
    ("gallbladder", "yes", C("gallbladder", 30), 90),
    ("neuropathy", "yes", C("neuropathy", 20), 90),
    ("lungs", "yes", C("lungs", 20), 90),
    ("onset-age", "<20 >55", C("onset-age", 20), 90),
    ("trauma", "yes", C("trauma", 20), 90),
    ("cancer", "yes", C("cancer", 20), 90),
    ("steroids", "yes", C("steroids", 20), 90),
    ("unwell", "yes", C("unwell", 20), 90),
    ("weight-loss", "yes", C("weight-loss", 20), 90),
    ("thoracic-pain", "yes", C("thoracic-pain", 20), 90),
    ("night-pain", "yes", C("night-pain", 20), 90),
    ("neurological", "yes", C("neurological", 20), 90),
    ("deformity", "yes", C("deformity", 20), 90),
    ("ear-infection", "yes", N, 0),
    ("sinus-infection", "yes", N, 0),
    ("eye-infection", "yes", N, 0),
    ("cold-fever", "yes", N, 0),
    ("meal", "yes", N, 0),
    ("headache-unusual", "yes", N, 0),
    ("dizziness", "yes", N, 0),
    ("numbness-new", "yes", N, 0),
    ("delayed", "yes", N, 0),
    ("consulted", "no", A(20), 90),
];

fn adult() -> Sheet {
    let (name, text) = built_in_screening()[0];
    match read_screening(&Source::new(name, text)) {
        Ok(read) => {
            assert!(read.warnings.is_empty());
            read.value
        }
        Err(findings) => panic!("{}", findings.render(false)),
    }
}

fn day() -> Day {
    "2026-11-23".parse().unwrap()
}

fn later(days: i32) -> Day {
    day().plus(days).unwrap()
}

/// The finding and the other answer of a row.
fn both(finds: &str) -> (Answer, Answer) {
    match finds {
        "yes" => (Answer::Yes, Answer::No),
        "no" => (Answer::No, Answer::Yes),
        _ => (Answer::Number(56), Answer::Number(55)),
    }
}

fn entry(question: &Question, sheet: &Sheet, on: Day, answer: Answer) -> Entry {
    Entry::new(question, sheet.id(), on, answer).unwrap()
}

struct OneKey;

impl Trust for OneKey {
    fn signer(&self, _: &[u8], signature: &[u8]) -> Option<KeyId> {
        (signature == b"right").then_some(KeyId([7; 8]))
    }
}

fn clearance(scopes: &[&str], until: Day) -> Clearance {
    let proof = Verified::check(b"consent", b"right", &OneKey).unwrap();
    Clearance::signed::<EndsBeforeItBegins>(&proof, |_| {
        let terms = Terms {
            person: "ada".into(),
            given: later(-100),
            until,
            scopes: scopes.iter().map(|scope| scope.parse().unwrap()).collect(),
            limits: Narrowing::NONE,
            heart: None,
        };
        Ok((Clinician::new("Dr B. Carer", "GMC 123").unwrap(), terms))
    })
    .unwrap()
}

/// Asks the gate, everything else being in order; gives the deepest tilt in degrees where it opens.
fn ask(sheet: &Sheet, answers: &Answers, clearances: &[Clearance], on: Day) -> Option<i32> {
    let score = |score| Score::new(score).unwrap();
    let pain = Pain { back: score(3), leg: score(0), reach: Reach::Back };
    let person = Person::new(PersonFacts {
        name: "ada".into(),
        height_cm: 172,
        mass_kg: 70,
        age: 41,
        sex: Sex::Female,
        ankle_setting: 3,
    })
    .unwrap();
    let reading = Pressure::new(120, 80).unwrap();
    let known = Known {
        person: &person,
        sheet,
        answers,
        clearances,
        map: &SymptomMap::default(),
        lock_outs: &[],
        last: Some(LastTime { day: on.plus(-1).unwrap(), pain }),
        first_ride: Some(later(-50)),
        drill: Some(on),
        ledger: Ledger { done: Done::NOTHING, week: None },
        slowed_to: None,
        clean_with_spotter: 0,
    };
    let place = Place { limits: Limits::hard(Setting::Clinic), plate_kg: None, date_certain: true };
    let today = Today {
        day: on,
        age: Millis::ZERO,
        nothing_different: false,
        pain,
        compared: Compared::Same,
        pressure: vec![Attempt { first: reading, second: Some(reading) }],
        heart: vec![],
        saturation: None,
        company: Company::Spotter,
    };
    let admission = gate::admit(&known, &place, &today).ok()?;
    Some(admission.limits().tilt().value().millideg() / 1_000)
}

/// Everybody's other answers, given on `on`.
fn clear(sheet: &Sheet, on: Day) -> Answers {
    ORACLE
        .iter()
        .zip(sheet.questions())
        .map(|((_, finds, ..), question)| entry(question, sheet, on, both(finds).1))
        .collect()
}

#[test]
fn the_sheet_has_the_questions_of_the_table_and_no_other() {
    let sheet = adult();
    let ids: Vec<&str> = sheet.questions().iter().map(|question| question.id.as_str()).collect();
    assert_eq!(ids, ORACLE.map(|(id, ..)| id));
    assert_eq!((sheet.id().name.as_str(), sheet.id().version), ("adult", 1));
    assert_eq!(ask(&sheet, &clear(&sheet, day()), &[], day()), Some(75));
}

#[test]
fn every_rule_closes_a_clearance_opens_where_it_may_and_its_end_closes_again() {
    let sheet = adult();
    let every: Vec<&str> = ORACLE
        .iter()
        .filter_map(|(.., does, _)| if let C(scope, _) = does { Some(*scope) } else { None })
        .collect();
    for ((id, finds, does, _), question) in ORACLE.iter().zip(sheet.questions()) {
        let mut answers = clear(&sheet, day());
        answers.add(entry(question, &sheet, day(), both(finds).0));
        let given =
            |scopes: &[&str], until| ask(&sheet, &answers, &[clearance(scopes, until)], day());
        // A clearance of everything narrows nothing by itself.
        let (closed, own, all, other, ended) = match does {
            L | B | N => (None, None, None, None, None),
            C(_, tilt) => (None, Some(*tilt), Some(*tilt), None, None),
            A(tilt) => (Some(*tilt), Some(*tilt), Some(*tilt), Some(*tilt), Some(*tilt)),
        };
        let scope = if let C(scope, _) = does { scope } else { *id };
        let others: Vec<&str> = every.iter().copied().filter(|known| *known != scope).collect();
        assert_eq!(ask(&sheet, &answers, &[], day()), closed, "{id}");
        assert_eq!(given(&[scope], day()), own, "{id}");
        assert_eq!(given(&every, day()), all, "{id}");
        assert_eq!(given(&others, day()), other, "{id}");
        assert_eq!(given(&[scope], later(-1)), ended, "{id}");
        let revoked = clearance(&[scope], later(9)).revoked_on(day());
        assert_eq!(ask(&sheet, &answers, &[revoked], day()), ended, "{id}");
    }
}

#[test]
fn every_answer_expires_on_its_day_and_closes_again() {
    let sheet = adult();
    for ((id, finds, _, days), question) in ORACLE.iter().zip(sheet.questions()) {
        let opens = |after: i32| {
            // Everything else was answered on the day itself.
            let on = later(after);
            let mut answers = clear(&sheet, on);
            answers.add(entry(question, &sheet, day(), both(finds).1));
            ask(&sheet, &answers, &[], on).is_some()
        };
        assert!(opens(*days), "{id} on its last day");
        assert!(!opens(days + 1), "{id} a day later");
    }
}

#[test]
fn a_number_is_a_finding_on_the_far_side_of_both_its_ends() {
    let sheet = adult();
    let question = sheet.questions().iter().find(|q| q.id.as_str() == "onset-age").unwrap();
    for (answer, opens) in [
        (Answer::Number(0), false),
        (Answer::Number(19), false),
        (Answer::Number(20), true),
        (Answer::Number(55), true),
        (Answer::Number(56), false),
        (Answer::Number(120), false),
        (Answer::DoesNotApply, true),
    ] {
        let mut answers = clear(&sheet, day());
        answers.add(entry(question, &sheet, day(), answer));
        assert_eq!(ask(&sheet, &answers, &[], day()).is_some(), opens, "{answer:?}");
    }
}

/// What the table says of one set of answers: the deepest tilt, or closed.
fn by_hand(found: &[bool], answered: &[i32], held: &[bool]) -> Option<i32> {
    let mut tilt = 75;
    for (index, (_, _, does, days)) in ORACLE.iter().enumerate() {
        if answered[index] > *days {
            return None;
        }
        if !found[index] {
            continue;
        }
        match does {
            L | B | N => return None,
            C(scope, deepest) => {
                let cleared = ORACLE.iter().enumerate().any(|(other, (.., does, _))| {
                    matches!(does, C(theirs, _) if theirs == scope) && held[other]
                });
                if !cleared {
                    return None;
                }
                tilt = tilt.min(*deepest);
            }
            A(deepest) => tilt = tilt.min(*deepest),
        }
    }
    Some(tilt)
}

/// A row of chances: mostly what opens the gate, so that both outcomes come up.
fn seldom() -> impl Strategy<Value = bool> {
    prop_oneof![24 => Just(false), 1 => Just(true)]
}

proptest! {
    #[test]
    fn random_answers_come_to_what_the_table_says(
        found in prop::collection::vec(seldom(), ORACLE.len()),
        old in prop::collection::vec(seldom(), ORACLE.len()),
        held in prop::collection::vec(any::<bool>(), ORACLE.len()),
        age in 0_i32..100,
        only_clearances in any::<bool>(),
    ) {
        let sheet = adult();
        // Half of the time nothing but what a clearance opens, so that the gate opens at all.
        let found: Vec<bool> = found
            .iter()
            .zip(&ORACLE)
            .map(|(found, (.., does, _))| *found && (!only_clearances || matches!(does, C(..) | A(_))))
            .collect();
        let answered: Vec<i32> = old
            .iter()
            .map(|old| if *old && !only_clearances { age } else { 0 })
            .collect();
        let answers: Answers = ORACLE
            .iter()
            .zip(sheet.questions())
            .enumerate()
            .map(|(index, ((_, finds, ..), question))| {
                let (finding, other) = both(finds);
                let answer = if found[index] { finding } else { other };
                entry(question, &sheet, later(-answered[index]), answer)
            })
            .collect();
        let scopes: Vec<&str> = ORACLE
            .iter()
            .zip(&held)
            .filter_map(|((.., does, _), held)| {
                if let C(scope, _) = does { held.then_some(*scope) } else { None }
            })
            .collect();
        let expect = by_hand(&found, &answered, &held);
        let got = ask(&sheet, &answers, &[clearance(&scopes, later(5))], day());
        prop_assert_eq!(got, expect);
    }
}

const ANSWERS: &str = "schema = 1\nsheet = \"adult\"\nversion = 1\nday = \"2026-11-23\"\n\
                       [answer]\nhernia = \"no\"\nglaucoma = \"yes\"\nonset-age = 41\n";

#[test]
fn answers_are_read_in_the_order_of_the_sheet() {
    let sheet = adult();
    let file = read_answers(&source(ANSWERS), &sheet).unwrap().value;
    assert_eq!((&file.sheet, file.day), (sheet.id(), day()));
    let given: Vec<(&str, Answer)> =
        file.entries.iter().map(|entry| (entry.question().as_str(), entry.answer())).collect();
    let expect =
        [("glaucoma", Answer::Yes), ("hernia", Answer::No), ("onset-age", Answer::Number(41))];
    assert_eq!(given, expect);
    let none = ANSWERS.replace("41", "\"none\"");
    let file = read_answers(&source(&none), &sheet).unwrap().value;
    assert_eq!(file.entries[2].answer(), Answer::DoesNotApply);
}

#[test]
fn answers_that_cannot_be_meant_are_refused_where_they_stand() {
    for (from, to, expect) in [
        ("\"adult\"", "\"adlut\"", "2:9 unknown-word"),
        ("version = 1", "version = 2", "3:11 conflict"),
        ("2026-11-23", "23.11.2026", "4:7 conflict"),
        ("2026-11-23", "1899-12-31", "4:7 conflict"),
        ("hernia", "hernai", "6:1 unknown-word"),
        ("hernia = \"no\"", "hernia = false", "6:10 conflict"),
        ("hernia = \"no\"", "hernia = \"maybe\"", "6:10 conflict"),
        ("hernia = \"no\"", "hernia = 0", "6:10 conflict"),
        ("hernia = \"no\"", "hernia = \"none\"", "6:10 conflict"),
        ("= 41", "= 121", "8:13 conflict"),
        ("= 41", "= 0x29", "8:13 conflict"),
        ("= 41", "= 41.0", "8:13 conflict"),
        ("= 41", "= -1", "8:13 conflict"),
        ("= 41", "= 99999", "8:13 conflict"),
        ("[answer]\n", "[answers]\n", "5:2 unknown-key"),
    ] {
        let findings = read_answers(&source(&ANSWERS.replace(from, to)), &adult()).unwrap_err();
        assert!(brief(&findings).contains(&expect.to_owned()), "{to}: {:?}", brief(&findings));
    }
    let list = "schema = 1\nsheet = \"adult\"\nversion = 1\nday = \"2026-11-23\"\nanswer = 3\n";
    assert_eq!(brief(&read_answers(&source(list), &adult()).unwrap_err()), ["5:10 wrong-type"]);
}

#[test]
fn a_sheet_that_is_softer_or_shorter_is_refused_where_it_stands() {
    let text = built_in_screening()[0].1;
    let refused = |from: &str, to: &str| {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        brief(&read_screening(&source(&changed)).unwrap_err())
    };
    let codes = |found: Vec<String>| -> Vec<String> {
        found.iter().filter_map(|brief| brief.split(' ').nth(1)).map(str::to_owned).collect()
    };
    assert_eq!(codes(refused("severity = \"block\"", "severity = \"not-today\"")), ["sheet-rule"]);
    assert_eq!(codes(refused("id = \"stroke\"", "id = \"strike\"")), ["sheet-rule"]);
    assert_eq!(codes(refused("id = \"stroke\"", "id = \"glaucoma\"")), ["sheet-rule"; 2]);
    assert_eq!(codes(refused("above = 55", "above = 56")), ["sheet-rule"]);
    assert_eq!(codes(refused("finds = \"no\"", "finds = \"yes\"")), ["sheet-rule"]);
    assert_eq!(codes(refused("limits = { tilt_deg = 30 }", "")), ["sheet-rule"]);
    assert_eq!(codes(refused("scope = \"heart\"", "scope = \"He art\"")), ["name"]);
    assert_eq!(codes(refused("id = \"stroke\"", "id = \"Stroke\"")), ["conflict"]);
    assert_eq!(codes(refused("version = 1", "version = 0")), ["out-of-range"]);
    let scoped = refused("severity = \"block\"", "severity = \"block\"\nscope = \"glaucoma\"");
    assert_eq!(codes(scoped), ["conflict"]);
    let finds = refused("number = {", "finds = \"yes\"\nnumber = {");
    assert_eq!(codes(finds), ["conflict"]);
}

#[test]
fn every_question_has_words_a_source_and_somebody_to_ask() {
    for question in adult().questions() {
        assert!(question.wording.ends_with('?'), "{}", question.id);
        assert!(question.short.len() <= 60 && !question.short.ends_with('.'), "{}", question.id);
        assert!(question.change.ends_with('.'), "{}", question.id);
        let flag = question.severity.key() == "red-flag";
        assert_eq!(question.ask == Whom::Emergency, flag, "{}", question.id);
        assert_eq!(question.strength == Strength::Guideline && flag, flag, "{}", question.id);
        let each = ["alcohol", "sedation", "meal"].contains(&question.id.as_str());
        assert_eq!(question.keeps == Keeps::EachTime, each, "{}", question.id);
        assert_eq!(matches!(question.kind, Kind::Number(_)), question.id.as_str() == "onset-age");
    }
}

#[test]
fn the_page_on_screening_names_every_rule_with_its_source() {
    let page = include_str!("../../../../docs/screening.md");
    for question in adult().questions() {
        let row = format!(
            "| `{}` | {} | {} | {} |",
            question.id,
            question.severity.key(),
            question.source,
            question.strength.key()
        );
        assert!(page.contains(&row), "{row}");
    }
}

#[test]
fn the_answers_that_the_page_shows_can_be_read() {
    let page = include_str!("../../../../docs/screening.md");
    let shown = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(read_answers(&source(shown), &adult()).unwrap().value.entries.len(), 2);
}

#[test]
fn words_of_a_sheet_are_the_words_of_the_types() {
    let sheet = schema(FileKind::Screening, &WORDS);
    let question = &sheet["properties"]["question"]["items"]["properties"];
    let words = |key: &str| -> Vec<String> {
        let list = question[key]["enum"].as_array().unwrap();
        list.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(words("keeps"), Keeps::ALL.map(Keeps::key));
    assert_eq!(words("strength"), Strength::ALL.map(Strength::key));
    assert_eq!(words("whom"), Whom::ALL.map(Whom::key));
    assert_eq!(words("severity"), ["advice", "not-today", "clearance", "block", "red-flag"]);
    let answers = schema(FileKind::Answers, &WORDS);
    assert_eq!(answers["properties"]["answer"]["type"], "object");
}
