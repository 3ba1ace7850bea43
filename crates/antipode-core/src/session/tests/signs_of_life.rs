//! What counts as an answer: a press, never a button that stays down (H-24).

use std::num::NonZeroU16;

use antipode_safety::{Millis, Rate, Switch};

use super::bench::{Bench, deg, plan};
use crate::alarm::AlarmCause;
use crate::event::{Act, Event, Source, StopEvent};
use crate::plan::{Block, Plan, SelfPaced, Travel};
use crate::session::StateKind;
use crate::step::{Prompt, Record};

/// From 5 degrees to the question, the time to answer, and a little.
const MISSED_MS: u64 = (30 + 15 + 1) * 1_000;

/// Waits for OK, then the person lowers by holding it.
fn self_paced() -> Plan {
    let rate = |value| Rate::from_millideg_per_s(value).unwrap();
    let bout = SelfPaced {
        repeat: NonZeroU16::MIN,
        ceiling: deg(15),
        limit: Millis::from_secs(240),
        travel: Travel::new(rate(1_500), rate(1_000)).unwrap(),
        rest: Millis::from_secs(60),
    };
    let wait = Block::WaitForPerson { limit: Millis::from_secs(120) };
    Plan { blocks: vec![wait, Block::SelfPaced(bout)], ..plan(1, 15, 60) }
}

/// The program asks for OK, and nobody answers anything any more.
fn asked_to_go_on() -> Bench {
    let mut bench = Bench::new(&self_paced());
    bench.answers = false;
    bench.prepare();
    bench.run_while(30, |b| !b.said(Prompt::HeelsHeld));
    bench.act(Act::Ok);
    bench
}

fn ok(bench: &mut Bench, down: bool, for_ms: u64) {
    bench.switches = bench.switches.with(Switch::Ok, down);
    bench.run(for_ms);
}

/// The person's own pace has begun, and OK is up.
fn at_own_pace() -> Bench {
    let mut bench = asked_to_go_on();
    bench.run_while(30, |b| !b.said(Prompt::OkToGoOn));
    ok(&mut bench, true, 100);
    ok(&mut bench, false, 200);
    assert!(bench.said(Prompt::OwnPace), "{:?}", bench.prompts);
    bench
}

#[test]
fn ok_lowers_while_it_is_held_and_a_tap_comes_up() {
    let mut bench = at_own_pace();
    ok(&mut bench, true, 4_000);
    let there = bench.tilt;
    assert!(there > 1_000, "{there}");
    ok(&mut bench, false, 3_000);
    assert!((bench.tilt - there).abs() < 500, "let go it stays: {} from {there}", bench.tilt);
    ok(&mut bench, true, 4_000);
    assert!(bench.tilt > there + 3_000, "and goes on: {} from {there}", bench.tilt);
    ok(&mut bench, false, 500);
    ok(&mut bench, true, 200);
    ok(&mut bench, false, 500);
    bench.run_while(20, |b| b.tilt > 0);
    assert_eq!(bench.state(), StateKind::Running, "the plan goes on with its rest");
}

#[test]
fn a_tap_that_a_keypad_never_tells_the_end_of_comes_up_too() {
    let mut bench = at_own_pace();
    ok(&mut bench, true, 6_000);
    ok(&mut bench, false, 500);
    bench.event(Event::Act(Act::Ok, Source::Hand));
    bench.run_while(20, |b| b.tilt > 0);
}

#[test]
fn an_ok_held_since_before_lowers_nobody() {
    let mut bench = asked_to_go_on();
    bench.run_while(30, |b| !b.said(Prompt::OkToGoOn));
    ok(&mut bench, true, 20_000);
    assert!(bench.said(Prompt::OwnPace));
    assert!(bench.tilt < -2_000, "{}", bench.tilt);
}

#[test]
fn an_ok_that_answers_a_question_does_nothing_else() {
    let mut bench = at_own_pace();
    ok(&mut bench, true, 8_000);
    ok(&mut bench, false, 100);
    bench.run_while(90, |b| !b.said(Prompt::CheckIn));
    let there = bench.tilt;
    ok(&mut bench, true, 200);
    ok(&mut bench, false, 3_000);
    assert!((bench.tilt - there).abs() < 300, "{} from {there}", bench.tilt);
}

#[track_caller]
fn comes_up_for_silence(bench: &mut Bench) {
    bench.run_while(60, |b| b.tilt < 5_000);
    bench.run(MISSED_MS);
    assert_eq!(bench.state(), StateKind::Returning, "{:?}", bench.prompts);
    assert!(bench.session.view().alarms.has(AlarmCause::NoAnswer));
    bench.run(10_000);
    assert!(bench.tilt <= 0, "{}", bench.tilt);
    let answered = |record: &Record| *record == Record::Answered;
    assert!(!bench.records.iter().any(|(_, record)| answered(record)), "nobody answered");
}

#[test]
fn an_ok_that_stays_down_lowers_and_answers_nothing() {
    let mut bench = at_own_pace();
    // A hand closes on it in a faint.
    bench.switches = bench.switches.with(Switch::Ok, true);
    comes_up_for_silence(&mut bench);
    assert!(bench.deepest > 14_000, "{}", bench.deepest);
}

#[test]
fn a_return_that_never_came_up_after_the_self_test_answers_nothing() {
    let mut bench = Bench::new(&plan(1, 15, 240));
    bench.prepare_to_start();
    bench.switches = bench.switches.with(Switch::Return, true);
    bench.run(500);
    bench.act(Act::Start);
    bench.run_while(60, |b| b.state() != StateKind::Running);
    bench.answers = false;
    comes_up_for_silence(&mut bench);
}

#[test]
fn a_new_press_of_the_button_that_lowers_is_an_answer() {
    let mut bench = at_own_pace();
    bench.switches = bench.switches.with(Switch::Ok, true);
    bench.run_while(90, |b| !b.said(Prompt::CheckIn));
    bench.switches = bench.switches.with(Switch::Ok, false);
    bench.run(1_000);
    bench.switches = bench.switches.with(Switch::Ok, true);
    bench.run(20_000);
    assert!(!bench.session.view().alarms.has(AlarmCause::NoAnswer));
    assert!(bench.records.iter().any(|(_, record)| *record == Record::Answered));
}

#[test]
fn a_return_from_afar_tries_no_button_in_the_self_test() {
    let mut bench = Bench::new(&plan(1, 30, 60));
    bench.run(100);
    bench.act(Act::ConfirmPerson);
    bench.act(Act::ConfirmAreaClear);
    bench.stop(StopEvent::Pressed);
    bench.run(200);
    bench.stop(StopEvent::Released);
    bench.act(Act::Ok);
    bench.run(400);
    for source in [Source::Network, Source::Signal] {
        bench.event(Event::Act(Act::Return, source));
        bench.run(100);
        assert_eq!(bench.state(), StateKind::SelfTest, "{source:?}");
    }
    bench.event(Event::Act(Act::Return, Source::Hand));
    assert_eq!(bench.state(), StateKind::Ready);
}
