use std::cell::RefCell;

use antipode_device::fixture;
use antipode_files::{Source, read_table};
use jiff::civil::date;

use super::*;
use crate::output::tests::Captured;

const TODAY: Date = date(2026, 11, 23);

/// Answers to every check of a good table, in order, and a name.
const GOOD: &str = "3\n2.9\n3.1\n1.5\n1.5\n1.4\n1.5\n0.3\n1.5\n400ms\n0.5\n80\n-3\n10s\n0.1\n\
                    -80\n60\n0.2\nno\n30\n31s\n48s\nAda Byron\n";

fn visit() -> Visit {
    let text = "schema = 1\nname = \"attic\"\ndriver = \"link\"\n\
                [rescue]\nwithout_power = \"gravity\"\n";
    let table = read_table(&Source::new("attic", text)).unwrap().value;
    let record = begun(&table, None);
    let claims = Box::new(|_: &Commissioning| Vec::new());
    Visit { table, stated: fixture::table(), today: TODAY, record, claims }
}

/// Walks with these answers; how it ended, what was said, and what was kept last.
fn walk(visit: &mut Visit, answers: &str) -> (Result<Exit, Failure>, String, Option<String>) {
    let stdout = Captured::default();
    let mut out = Output::to(stdout.clone(), io::sink(), false);
    let kept = RefCell::new(None);
    let keep = |record: &Commissioning| {
        *kept.borrow_mut() = Some(record.to_text());
        Ok(())
    };
    let ended = visit.walk(&mut Talk::new(answers.as_bytes(), &mut out), &keep);
    (ended, stdout.text(), kept.into_inner())
}

#[test]
fn good_figures_and_a_name_make_a_record_that_holds() {
    let mut visit = visit();
    let (ended, said, kept) = walk(&mut visit, GOOD);
    assert_eq!(ended.unwrap(), Exit::Done, "{said}");
    let kept = kept.expect("it was kept");
    let record = antipode_files::read_commissioning(&Source::new("kept", kept)).unwrap().value;
    assert_eq!(record.void(&visit.table, Some(visit.identity()), TODAY), []);
    assert_eq!(record.signed().map(|signed| signed.by.as_str()), Some("Ada Byron"));
    assert!(record.frees_alone(visit.identity(), TODAY));
}

#[test]
fn a_check_that_fails_leaves_nothing_to_sign() {
    let mut visit = visit();
    // The bed went the wrong way.
    let (ended, said, _) = walk(&mut visit, &GOOD.replacen("2.9", "-2.9", 1));
    assert_eq!(ended.unwrap(), Exit::Refused, "{said}");
    assert!(said.contains("`direction` did not pass") && !said.contains("Your name"), "{said}");
    assert_eq!(visit.record.signed(), None);
}

#[test]
fn a_terminal_that_goes_away_keeps_what_was_answered_and_the_next_visit_asks_the_rest() {
    let mut visit = visit();
    let (ended, _, kept) = walk(&mut visit, "3\n2.9\n3.1\n1.5\n");
    assert_eq!(ended.unwrap_err().exit(), Exit::Failed);
    assert!(kept.unwrap().contains("[direction]"));
    let rest = GOOD.split_once("3.1\n").unwrap().1;
    let (ended, said, _) = walk(&mut visit, rest);
    assert_eq!(ended.unwrap(), Exit::Done, "{said}");
    assert!(said.contains("direction: holds, and is not asked again"), "{said}");
}

#[test]
fn after_a_change_only_what_it_decides_is_asked_again() {
    let mut visit = visit();
    assert_eq!(walk(&mut visit, GOOD).0.unwrap(), Exit::Done);
    visit.stated.config_hash ^= 1;
    let motion = GOOD.split_once("30\n31s").unwrap().0;
    let (ended, said, _) = walk(&mut visit, &format!("{motion}Ada\n"));
    assert_eq!(ended.unwrap(), Exit::Done, "{said}");
    for kept in ["return_without_power: holds", "self_release: holds"] {
        assert!(said.contains(kept), "{kept}: {said}");
    }
    assert_eq!(walk(&mut visit, "").0.unwrap(), Exit::Done, "nothing is left to ask");
}

#[test]
fn an_answer_that_cannot_be_meant_is_asked_again_and_an_empty_one_leaves_the_check() {
    let mut visit = visit();
    let (_, said, kept) = walk(&mut visit, "three\n3,0\n999\n\n");
    assert!(said.matches("How far was it told to go").count() == 4, "{said}");
    assert!(said.contains("left for later"), "{said}");
    assert_eq!(kept, None);
}

#[test]
fn nobody_is_alone_on_a_table_that_held_somebody_for_longer() {
    let mut visit = visit();
    let (ended, said, _) = walk(&mut visit, &GOOD.replace("48s", "2m 1s"));
    assert_eq!(ended.unwrap(), Exit::Done, "{said}");
    assert!(said.contains("Nobody may be alone on it"), "{said}");
}

#[test]
fn what_a_model_only_claims_leaves_nothing_to_sign() {
    let mut visit = visit();
    visit.claims = Box::new(|_| vec!["nobody tried it".to_owned()]);
    let (ended, said, _) = walk(&mut visit, GOOD);
    assert_eq!(ended.unwrap(), Exit::Refused, "{said}");
    assert!(said.contains("nobody tried it") && !said.contains("Your name"), "{said}");
}

#[test]
fn whoever_signs_hears_what_a_guarded_table_does_without_its_computer() {
    let heard = |few_latches: &str| {
        let text = format!(
            "schema = 1\nname = \"attic\"\ndriver = \"jrk\"\n\
             [rescue]\nwithout_power = \"gravity\"\n{few_latches}"
        );
        let table = read_table(&Source::new("attic", text)).unwrap().value;
        without_a_host(&table).unwrap_or_default()
    };
    let decided = |action: &str| {
        heard(&format!(
            "[few_latches]\naction = \"{action}\"\ndecided_by = \"Ada\"\n\
             decided_on = \"2026-11-23\"\n"
        ))
    };
    assert!(decided("return").contains("COMES UP BY ITSELF") && decided("return").contains("Ada"));
    assert!(decided("hold").contains("STAYS") && heard("").contains("STAYS"));
    let mut visit = visit();
    assert_eq!(without_a_host(&visit.table), None, "it is its controller's own affair");
    visit.table.driver = "jrk".into();
    let (_, said, _) = walk(&mut visit, GOOD);
    let (choice, name) = (said.find("vouch for this too"), said.find("Your name"));
    assert!(choice.is_some() && choice < name, "{said}");
}
