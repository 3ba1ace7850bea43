//! A red flag is never met with silence, whatever the session does at that moment.

use super::bench::{Bench, config, plan};
use super::react::hold;
use crate::alarm::AlarmCause;
use crate::event::{Act, Event, LinkEvent, StopEvent};
use crate::session::StateKind;
use crate::step::{Prompt, Record};
use crate::symptom::{Severity, Symptom};

const SIGN: Symptom = Symptom::ChestPain;

fn report(bench: &mut Bench, symptom: Symptom) {
    bench.event(Event::Symptom(symptom, Severity::Severe));
}

/// Sessions in every state in which somebody may lie on the table.
fn in_every_state() -> Vec<Bench> {
    let plan = plan(1, 30, 180);
    let mut benches = vec![Bench::unconnected(config(&plan))];
    let mut bench = Bench::new(&plan);
    bench.run(100);
    benches.push(bench.clone());
    bench.act(Act::ConfirmPerson);
    bench.act(Act::ConfirmAreaClear);
    bench.stop(StopEvent::Pressed);
    bench.run(200);
    benches.push(bench);
    let mut bench = Bench::new(&plan);
    bench.prepare_to_start();
    benches.push(bench.clone());
    let mut slow = bench.clone();
    slow.deaf = true;
    slow.act(Act::Start);
    benches.push(slow);
    bench.act(Act::Start);
    bench.run_while(10, |b| b.state() != StateKind::Proof);
    benches.push(bench);
    benches.push(hold());
    let mut bench = hold();
    bench.act(Act::Pause);
    benches.push(bench);
    let mut bench = hold();
    bench.stop(StopEvent::Pressed);
    bench.run(200);
    benches.push(bench);
    let mut bench = hold();
    bench.act(Act::FeetSlipping);
    benches.push(bench);
    let mut bench = hold();
    bench.act(Act::Return);
    benches.push(bench.clone());
    bench.run_while(30, |b| b.state() != StateKind::Closing);
    benches.push(bench.clone());
    bench.run_while(120, |b| b.state() != StateKind::Finished);
    benches.push(bench.clone());
    bench.act(Act::HoldUpright);
    benches.push(bench);
    benches
}

#[test]
fn a_red_flag_raises_the_alarm_and_says_so_at_once_in_every_state() {
    let mut seen: Vec<StateKind> = Vec::new();
    for mut bench in in_every_state() {
        let state = bench.state();
        seen.push(state);
        report(&mut bench, SIGN);
        let now = bench.now;
        assert!(bench.prompts.contains(&(now, Prompt::RedFlag(SIGN))), "{state:?}");
        assert!(bench.records.contains(&(now, Record::Alarm(AlarmCause::RedFlag))), "{state:?}");
        assert!(bench.records.contains(&(now, Record::LockedOut)), "{state:?}");
        let view = bench.session.view();
        assert!(view.alarms.has(AlarmCause::RedFlag) && view.alarms.sounds(view.now), "{state:?}");
        // Nobody takes note of it: it is called out again, also after the session.
        bench.run(16_000);
        let again = |prompt: &Prompt| matches!(prompt, Prompt::AlarmAgain { .. });
        let called = bench.prompts.iter().any(|(at, prompt)| *at > now && again(prompt));
        assert!(called, "{state:?}");
    }
    for state in StateKind::ALL {
        assert!(seen.contains(&state), "{state:?} was not tried");
    }
}

#[test]
fn a_second_red_flag_sounds_again_for_whoever_has_seen_the_first() {
    let mut bench = hold();
    report(&mut bench, Symptom::Weakness);
    bench.act(Act::AcknowledgeAlarms);
    assert!(!bench.session.view().alarms.sounds(bench.session.view().now));
    bench.run(500);
    report(&mut bench, SIGN);
    assert!(bench.session.view().alarms.sounds(bench.session.view().now));
    assert!(bench.said(Prompt::RedFlag(Symptom::Weakness)) && bench.said(Prompt::RedFlag(SIGN)));
}

#[test]
fn nobody_begins_with_a_symptom_that_would_end_the_session() {
    for symptom in [SIGN, Symptom::Dizziness] {
        let mut bench = Bench::new(&plan(1, 30, 180));
        bench.prepare_to_start();
        assert_eq!(bench.state(), StateKind::Ready);
        report(&mut bench, symptom);
        assert_eq!(bench.state(), StateKind::Finished, "{symptom:?}");
        bench.act(Act::Start);
        bench.run(10_000);
        assert!(bench.deepest <= 0, "{symptom:?}: {}", bench.deepest);
    }
    // While the STOP of the test is latched nothing ends, and nothing begins afterwards either.
    let mut bench = Bench::new(&plan(1, 30, 180));
    bench.run(100);
    bench.act(Act::ConfirmPerson);
    bench.act(Act::ConfirmAreaClear);
    bench.stop(StopEvent::Pressed);
    bench.run(200);
    report(&mut bench, SIGN);
    bench.stop(StopEvent::Released);
    bench.act(Act::Ok);
    bench.run(400);
    bench.act(Act::Return);
    bench.act(Act::Start);
    bench.run(10_000);
    assert!(bench.deepest <= 0, "{}", bench.deepest);
}

#[test]
fn a_symptom_that_changes_nothing_is_heard_all_the_same() {
    let mut bench = hold();
    bench.act(Act::Return);
    bench.run_while(30, |b| b.state() != StateKind::Closing);
    bench.event(Event::Symptom(Symptom::Unease, Severity::Mild));
    assert!(bench.said(Prompt::Heard(Symptom::Unease)));
    assert!(!bench.session.view().alarms.has(AlarmCause::RedFlag), "no red flag");
    bench.event(Event::Link(LinkEvent::Lost));
    bench.event(Event::Symptom(Symptom::Nausea, Severity::Severe));
    assert!(bench.said(Prompt::Heard(Symptom::Nausea)));
}
