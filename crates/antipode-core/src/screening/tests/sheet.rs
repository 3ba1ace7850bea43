//! What makes a list of questions a sheet.

use antipode_safety::Narrowing;

use super::super::fixture::{clear, named, parts, sheet};
use super::super::floor::{FLOOR, Finds, Least};
use super::super::*;

#[test]
fn no_sheet_leaves_out_or_softens_a_question_of_the_floor() {
    assert!(Sheet::new(parts()).is_ok());
    for (index, floor) in FLOOR.iter().enumerate() {
        let mut without = parts();
        let id = without.questions.remove(index).id;
        assert_eq!(Sheet::new(without), Err(vec![SheetFault::Missing(floor.id)]));

        let mut turned = parts();
        turned.questions[index].kind = match floor.finds {
            Finds::Yes => Kind::NoFinds,
            Finds::No | Finds::Outside(..) => Kind::YesFinds,
        };
        assert_eq!(Sheet::new(turned), Err(vec![SheetFault::Softer(id.clone())]));

        if floor.least != Least::Advice {
            let mut softer = parts();
            softer.questions[index].severity = match floor.least {
                Least::RedFlag => Severity::Block,
                Least::Block => Severity::Clearance(id.clone()),
                Least::Clearance => Severity::NotToday,
                Least::NotToday | Least::Advice => Severity::Advice,
            };
            let faults = Sheet::new(softer).unwrap_err();
            assert!(faults.contains(&SheetFault::Softer(id.clone())), "{id} {faults:?}");
        }
    }
}

#[test]
fn a_sheet_may_be_stricter_than_the_floor() {
    let mut stricter = parts();
    let hernia = stricter.questions.iter_mut().find(|q| q.id.as_str() == "hernia").unwrap();
    hernia.severity = Severity::Block;
    hernia.limits = Narrowing::NONE;
    let onset = stricter.questions.iter_mut().find(|q| q.id.as_str() == "onset-age").unwrap();
    let Kind::Number(rule) = onset.kind else { panic!("{onset:?}") };
    onset.kind = Kind::Number(NumberRule { below: Some(21), above: Some(54), ..rule });
    assert!(Sheet::new(stricter.clone()).is_ok());
    for (below, above) in
        [(Some(19), Some(55)), (Some(20), Some(56)), (None, Some(55)), (Some(20), None)]
    {
        let mut looser = stricter.clone();
        let onset = looser.questions.iter_mut().find(|q| q.id.as_str() == "onset-age").unwrap();
        onset.kind = Kind::Number(NumberRule { below, above, ..rule });
        let id = onset.id.clone();
        assert_eq!(Sheet::new(looser), Err(vec![SheetFault::Softer(id)]), "{below:?} {above:?}");
    }
}

#[test]
fn a_sheet_with_a_rule_that_means_nothing_is_none() {
    let fault = |change: &dyn Fn(&mut SheetParts)| {
        let mut parts = parts();
        change(&mut parts);
        Sheet::new(parts).unwrap_err()
    };
    assert_eq!(fault(&|parts| parts.id.version = 0), [SheetFault::Version]);
    let twice = fault(&|parts| parts.questions.push(parts.questions[0].clone()));
    assert_eq!(twice, [SheetFault::Twice(parts().questions[0].id.clone())]);
    let at = |parts: &SheetParts, id: &str| {
        parts.questions.iter().position(|question| question.id.as_str() == id).unwrap()
    };
    let idle = fault(&|parts| {
        let index = at(parts, "stroke");
        let hernia = at(parts, "hernia");
        parts.questions[index].limits = parts.questions[hernia].limits;
    });
    assert!(matches!(&idle[..], [SheetFault::IdleLimits(id)] if id.as_str() == "stroke"));
    for id in ["hernia", "consulted"] {
        let wide = fault(&|parts| {
            let index = at(parts, id);
            parts.questions[index].limits = Narrowing::NONE;
        });
        assert!(matches!(&wide[..], [SheetFault::NarrowsNothing(which)] if which.as_str() == id));
    }
}

#[test]
fn a_number_that_can_never_be_a_finding_is_no_question() {
    let rule = |least, most, below, above| NumberRule {
        unit: AgeUnit::Years,
        least,
        most,
        below,
        above,
        may_not_apply: false,
    };
    for (numbers, fine) in [
        (rule(0, 120, Some(20), Some(55)), true),
        (rule(0, 120, Some(1), None), true),
        (rule(0, 120, Some(0), None), false),
        (rule(0, 120, None, Some(119)), true),
        (rule(0, 120, None, Some(120)), false),
        (rule(0, 120, None, None), false),
        (rule(0, 120, Some(55), Some(55)), true),
        (rule(0, 120, Some(56), Some(55)), false),
        (rule(9, 8, Some(20), None), false),
        (rule(8, 8, Some(20), None), true),
    ] {
        let mut parts = parts();
        let mut extra = parts.questions[0].clone();
        extra.id = "extra".parse().unwrap();
        extra.kind = Kind::Number(numbers);
        parts.questions.push(extra);
        assert_eq!(Sheet::new(parts).is_ok(), fine, "{numbers:?}");
    }
}

#[test]
fn a_number_is_taken_within_its_range_and_nothing_else_is() {
    let sheet = sheet();
    let onset = named(&sheet, "onset-age");
    assert!(onset.takes(Answer::Number(0)) && onset.takes(Answer::Number(120)));
    assert!(!onset.takes(Answer::Number(121)) && !onset.takes(Answer::Yes));
    assert!(onset.takes(Answer::DoesNotApply) && !onset.finds(Answer::DoesNotApply));
    let mut always = onset.clone();
    let Kind::Number(rule) = always.kind else { panic!("{always:?}") };
    always.kind = Kind::Number(NumberRule { least: 1, may_not_apply: false, ..rule });
    assert!(!always.takes(Answer::DoesNotApply) && !always.takes(Answer::Number(0)));
    let consulted = named(&sheet, "consulted");
    assert_eq!(clear(consulted), Answer::Yes);
    assert!(consulted.finds(Answer::No) && !consulted.finds(Answer::Yes));
}

#[test]
fn ids_are_words_that_a_file_can_carry() {
    for id in ["a", "age-60", &"a".repeat(40)] {
        assert_eq!(id.parse::<Id>().unwrap().as_str(), id);
    }
    for id in ["", "-a", "6a", "A", "a b", "a_b", "ä", &"a".repeat(41)] {
        assert_eq!(id.parse::<Id>(), Err(NotAnId), "{id}");
    }
}

#[test]
fn every_word_of_a_sheet_is_its_own() {
    let words = [
        Keeps::ALL.map(Keeps::key).to_vec(),
        Strength::ALL.map(Strength::key).to_vec(),
        Whom::ALL.map(Whom::key).to_vec(),
        AgeUnit::ALL.map(AgeUnit::key).to_vec(),
        sheet().questions().iter().map(|question| question.severity.key()).collect(),
    ];
    for words in words {
        let mut own = words.clone();
        own.sort_unstable();
        own.dedup();
        assert!(own.len() >= 3 && own.iter().all(|word| !word.is_empty()), "{words:?}");
    }
    assert_eq!(
        (sheet().id().version, sheet().language().as_str(), sheet().title()),
        (3, "en", "Fixture")
    );
}
