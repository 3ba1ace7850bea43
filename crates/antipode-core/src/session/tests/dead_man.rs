//! The dead-man on the table's hand control (H-24).

use antipode_safety::Switch;

use super::bench::{Bench, config, plan};
use crate::alarm::AlarmCause;
use crate::event::{Act, Event, LinkEvent, Source};
use crate::session::{EndCause, NotReady, Outcome, SessionConfig, StateKind};
use crate::step::Prompt;

fn asked_for(bouts: u16) -> SessionConfig {
    SessionConfig { dead_man: true, ..config(&plan(bouts, 30, 180)) }
}

fn hold(bench: &mut Bench, held: bool) {
    bench.switches = bench.switches.with(Switch::Ok, held);
}

/// Ready, and OK pressed down: that starts it, and it stays held.
fn started(bouts: u16) -> Bench {
    let mut bench = Bench::with(asked_for(bouts));
    bench.prepare_to_start();
    hold(&mut bench, true);
    bench
}

fn in_first_hold(bouts: u16) -> Bench {
    let mut bench = started(bouts);
    bench.run_while(120, |b| b.tilt < 30_000);
    bench.run(1_000);
    bench
}

fn ended(bench: &Bench) -> Option<EndCause> {
    bench.session.view().cause
}

#[test]
fn nothing_begins_before_the_dead_man_is_held() {
    let mut bench = Bench::with(asked_for(1));
    bench.prepare();
    bench.run(5_000);
    assert!(bench.said(Prompt::NotReady(NotReady::DeadManUp)));
    // No word of anybody at a keyboard holds it.
    bench.act(Act::DeadManHeld);
    bench.event(Event::Act(Act::DeadManHeld, Source::Hand));
    bench.act(Act::Start);
    bench.run(5_000);
    assert_eq!((bench.state(), bench.deepest), (StateKind::Ready, -3_000));
    // Nor does a button of a hand control that is unplugged.
    bench.switches = bench.switches.with(Switch::HandControl, false);
    hold(&mut bench, true);
    bench.run(5_000);
    assert_eq!((bench.state(), bench.deepest), (StateKind::Ready, -3_000));
    hold(&mut bench, false);
    bench.run(100);
    bench.switches = bench.switches.with(Switch::HandControl, true);
    hold(&mut bench, true);
    bench.run_while(60, |b| b.state() != StateKind::Running);
}

#[test]
fn a_button_that_was_never_seen_up_holds_nothing() {
    let mut bench = Bench::unconnected(asked_for(1));
    hold(&mut bench, true);
    bench.event(Event::Link(LinkEvent::Connected));
    bench.prepare();
    bench.run(60_000);
    assert_eq!((bench.state(), bench.deepest), (StateKind::Ready, -3_000));
    assert!(bench.said(Prompt::NotReady(NotReady::DeadManUp)));
    // Let go once and gripped again it counts.
    hold(&mut bench, false);
    bench.run(100);
    hold(&mut bench, true);
    bench.run_while(60, |b| b.state() != StateKind::Running);
}

#[test]
fn letting_go_for_a_second_and_a_half_brings_the_person_up_and_ends_the_session() {
    let mut bench = in_first_hold(2);
    hold(&mut bench, false);
    bench.run(1_400);
    assert_eq!(bench.tilt, 30_000, "a hand may shift its grip");
    hold(&mut bench, true);
    bench.run(30_000);
    assert_eq!((bench.tilt, bench.state()), (30_000, StateKind::Running));
    hold(&mut bench, false);
    bench.run(1_600);
    assert_eq!(ended(&bench), Some(EndCause::DeadManReleased));
    assert!(bench.tilt < 30_000);
    assert!(bench.session.view().alarms.has(AlarmCause::NoAnswer));
    // Gripping it again does not undo it.
    hold(&mut bench, true);
    bench.run_while(15, |b| b.tilt > 0);
    bench.deepest = i64::MIN;
    bench.run_while(120, |b| b.state() != StateKind::Finished);
    assert_eq!(bench.session.outcome(), Some(Outcome::Returned));
    assert!(bench.deepest <= 0);
}

#[test]
fn a_hand_control_that_is_unplugged_is_let_go() {
    let mut bench = in_first_hold(1);
    bench.switches = bench.switches.with(Switch::HandControl, false);
    bench.run(1_700);
    assert_eq!(ended(&bench), Some(EndCause::DeadManReleased));
    bench.run_while(15, |b| b.tilt > 0);
}

#[test]
fn who_let_go_and_stays_silent_in_the_rest_band_needs_somebody_called() {
    let mut bench = in_first_hold(1);
    hold(&mut bench, false);
    bench.run_while(20, |b| b.state() != StateKind::Closing);
    bench.run(31_000);
    assert!(bench.session.view().alarms.has(AlarmCause::CallContact));
}

#[test]
fn a_held_dead_man_answers_and_is_never_asked_for() {
    let mut bench = in_first_hold(1);
    bench.answers = false;
    let asked = |b: &Bench| b.prompts.iter().any(|(_, p)| *p == Prompt::CheckIn);
    bench.run(150_000);
    assert_eq!(bench.tilt, 30_000);
    assert!(!asked(&bench));
}

#[test]
fn at_rest_it_may_be_let_go_and_the_next_lowering_waits_for_it() {
    let mut bench = in_first_hold(2);
    bench.run_while(300, |b| b.tilt > -3_000);
    bench.answers = false;
    hold(&mut bench, false);
    bench.run(90_000);
    assert_eq!(bench.session.view().alarms.bits(), 0, "nobody has to hold anything at rest");
    assert!(bench.said(Prompt::HoldOk));
    assert_eq!((bench.tilt, bench.state()), (-3_000, StateKind::Running));
    // Somebody at the terminal cannot go on for the hand that is missing.
    bench.act(Act::Ok);
    bench.run(5_000);
    assert_eq!(bench.tilt, -3_000);
    hold(&mut bench, true);
    bench.run_while(60, |b| b.tilt < 30_000);
}

#[test]
fn let_go_as_the_bed_is_lowered_the_session_ends_in_the_rest_band() {
    let mut bench = started(1);
    bench.run_while(60, |b| b.state() != StateKind::Running);
    hold(&mut bench, false);
    bench.deepest = i64::MIN;
    bench.run(120_000);
    assert!(bench.deepest <= 0, "{}", bench.deepest);
    assert_eq!(bench.state(), StateKind::Finished);
    assert_eq!(ended(&bench), Some(EndCause::DeadManReleased));
}
