//! Words that depend on where the bed is.

use antipode_core::alarm::AlarmCause;
use antipode_core::session::{EndCause, NotReady, StateKind, View};
use antipode_core::step::Prompt;
use antipode_safety::{Angle, Fault, FaultSet, Millis};

use super::*;
use crate::screen::tests::view;
use crate::words::moment::prompt_at;

fn at(millideg: i32) -> View {
    View { tilt: Angle::from_millideg(millideg), ..view() }
}

fn stopped(millideg: i32) -> View {
    View { state: StateKind::Stopped, stopped: true, ..at(millideg) }
}

#[test]
fn every_sentence_on_the_screen_that_asks_for_return_names_its_key() {
    for view in [at(20_000), at(-3_000), stopped(20_000), stopped(-3_000)] {
        for said in prompts() {
            let line = prompt_now(said, &view).line();
            for asks in ["ress RETURN", "old RETURN", "or RETURN"] {
                for (found, _) in line.match_indices(asks) {
                    let rest = &line[found + asks.len()..];
                    assert!(rest.starts_with(" (r)"), "{said:?}: {line}");
                }
            }
        }
    }
    for cause in AlarmCause::ALL {
        let todo = name_keys(alarm_todo(cause));
        assert_eq!(todo.contains("old RETURN"), todo.contains("old RETURN (r)"), "{todo}");
    }
}

#[test]
fn a_fault_that_stands_in_the_way_of_a_start_is_named_with_what_takes_it_off() {
    let faults = FaultSet::NONE.with(Fault::AngleInvalid, true).with(Fault::HotSoft, true);
    let view = View { faults, ..at(-3_000) };
    for said in [Prompt::NotReady(NotReady::TableFault), Prompt::NotTaken(NotReady::TableFault)] {
        let line = prompt_now(said, &view).line();
        assert!(line.contains("reports a fault: angle unknown, drive hot;"), "{line}");
        assert!(line.contains("switch the table off and on"), "{line}");
        assert!(line.contains("quit, wait ten seconds"), "{line}");
    }
}

#[test]
fn head_down_every_refusal_ends_with_the_way_up() {
    for why in NotReady::ALL {
        for refused in [Prompt::NotTaken(why), Prompt::NotReady(why)] {
            let line = prompt_now(refused, &at(20_000)).line();
            assert!(line.ends_with("To come up press r or Enter."), "{line}");
            let line = prompt_now(refused, &stopped(20_000)).line();
            assert!(line.ends_with("To come up keep pressing r or Enter."), "{line}");
            let line = prompt_now(refused, &at(-3_000)).line();
            assert!(!line.contains("To come up"), "{line}");
        }
    }
}

#[test]
fn under_stop_head_down_nobody_is_sent_to_let_it_go_first() {
    for said in [
        Prompt::AcknowledgeStop,
        Prompt::NotTaken(NotReady::StopLatched),
        Prompt::NotTaken(NotReady::NotInRestBand),
    ] {
        let text = prompt_at(said, &stopped(12_000));
        assert!(text.spoken.starts_with("First come up: hold RETURN."), "{text:?}");
        assert!(text.spoken.split_whitespace().count() <= 12);
        assert_eq!(text.shown, None);
    }
    // With the bed up STOP is what is left to do, and nobody is told to come up.
    let level = prompt_at(Prompt::AcknowledgeStop, &stopped(-3_000)).line();
    assert_eq!(level, "Let STOP go, then confirm. On this terminal: x lets go, k confirms.");
}

#[test]
fn a_table_held_level_asks_nobody_to_come_up() {
    let held = Prompt::HeldHere(EndCause::StopPressed);
    let text = prompt_at(held, &stopped(-3_000)).line();
    assert_eq!(
        text,
        "The table is holding still. You are not head-down. Reason: STOP was pressed."
    );
    assert!(prompt_at(held, &stopped(12_000)).line().contains("Press RETURN"));
    let unknown = View { tilt: None, ..stopped(0) };
    assert!(prompt_at(held, &unknown).line().contains("Press RETURN"));
    // A reading that is too old says nothing of where the bed is now.
    let old = view();
    let old = View { now: old.now.plus(Millis::new(2_001)), ..stopped(-3_000) };
    assert!(prompt_at(held, &old).line().contains("Press RETURN"));
}

#[test]
fn a_call_for_an_alarm_whose_cause_has_gone_asks_only_to_be_seen() {
    for cause in AlarmCause::ALL {
        let call = Prompt::AlarmAgain { cause, times: 2 };
        let mut view = at(-3_000);
        view.alarms.set(cause, true);
        let holds = prompt_at(call, &view).line();
        let spoken = if cause == AlarmCause::RedFlag {
            "Get emergency help now. Come to the table."
        } else {
            "Alarm. Somebody must come to the table now."
        };
        assert!(holds.starts_with(spoken), "{holds}");
        view.alarms.set(cause, false);
        let gone = prompt_at(call, &view).line();
        let todo = name_keys(alarm_todo(cause));
        assert_eq!(gone.contains(&todo), alarm_todo_remains(cause), "{gone}");
        if !alarm_todo_remains(cause) {
            assert!(gone.starts_with("An alarm was not seen yet."), "{gone}");
            assert!(gone.contains(&format!("It was: {}. That is over.", alarm(cause))), "{gone}");
        }
        assert!(gone.ends_with("Press a to say that you have seen it."), "{gone}");
    }
}

#[test]
fn coming_up_to_the_rest_band_is_told_without_a_number_below_zero() {
    let raising = |deg| prompt(Prompt::Raising(Angle::from_deg(deg).unwrap())).spoken;
    assert_eq!(raising(-3), "Coming up now, to lying level.");
    assert_eq!(raising(10), "Coming up to 10 degrees now.");
    let eased = prompt(Prompt::Eased(Angle::REST_AIM)).spoken;
    assert_eq!(eased, "Easier: no tilting head-down from now on.");
}

#[test]
fn a_report_is_answered_with_what_was_understood_and_the_way_out() {
    let said = |view| reported(Symptom::Unease, Severity::Mild, &view);
    let heard = "You said: unease: I want to stop, a little.";
    let up = |keys: &str| format!("{heard} To come up {keys} r or Enter.");
    assert_eq!(said(at(20_000)), up("press"));
    assert_eq!(said(stopped(20_000)), up("keep pressing"));
    assert_eq!(said(at(-3_000)), format!("{heard} To end the session press r."));
    assert_eq!(said(View { live: false, ..at(-3_000) }), heard);
}
