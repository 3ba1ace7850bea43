//! STOP.

use antipode_safety::Switch;

use super::bench::{Bench, Going, plan};
use crate::event::{Act, Event, LinkEvent, Source, StopEvent};
use crate::session::{Outcome, StateKind};
use crate::step::Prompt;

fn hold() -> Bench {
    Bench::in_first_hold(&plan(1, 30, 180))
}

#[test]
fn stop_holds_and_nothing_but_a_held_local_return_moves() {
    let mut bench = hold();
    bench.stop(StopEvent::Pressed);
    assert!(bench.latched);
    for act in [Act::Start, Act::Resume, Act::Return, Act::Ok, Act::HoldUpright, Act::HoldLower] {
        bench.event(Event::Act(act, Source::Network));
        bench.run(1_000);
    }
    assert_eq!((bench.tilt, bench.going), (30_000, Going::Nowhere));
    bench.event(Event::Act(Act::HoldReturn, Source::Network));
    bench.run(1_000);
    assert_eq!(bench.tilt, 30_000);
    bench.act(Act::Return);
    bench.run(1_000);
    assert_eq!(bench.tilt, 30_000, "one press holds nothing");
    bench.act(Act::HoldReturn);
    bench.run(600);
    assert!(bench.tilt < 30_000);
    bench.run(200);
    let there = bench.tilt;
    bench.run(20_000);
    assert_eq!(bench.tilt, there);
}

#[test]
fn stop_leaves_by_release_then_acknowledge_in_the_rest_band_and_ends_the_session() {
    let mut bench = hold();
    bench.stop(StopEvent::Pressed);
    bench.run(1_000);
    bench.stop(StopEvent::Acknowledged);
    bench.stop(StopEvent::Released);
    bench.stop(StopEvent::Acknowledged);
    bench.run(1_000);
    assert_eq!(bench.state(), StateKind::Stopped, "not in the rest band yet");
    while bench.tilt > 0 {
        bench.act(Act::HoldReturn);
        bench.run(500);
    }
    bench.run(1_000);
    bench.stop(StopEvent::Acknowledged);
    bench.run_while(70, |b| b.state() != StateKind::Finished);
    assert_eq!(bench.session.outcome(), Some(Outcome::Stopped));
    bench.act(Act::Start);
    bench.run(10_000);
    assert_eq!(bench.going, Going::Nowhere, "no motion without a new session");
}

#[test]
fn stop_is_repeated_until_the_table_reports_it() {
    let mut bench = hold();
    bench.deaf = true;
    bench.stop(StopEvent::Pressed);
    bench.run(500);
    assert!(!bench.latched);
    bench.deaf = false;
    bench.run(40);
    assert!(bench.latched);
}

#[test]
fn stop_during_a_return_stops_it() {
    let mut bench = hold();
    bench.act(Act::Return);
    bench.run(1_000);
    bench.stop(StopEvent::Pressed);
    let there = bench.tilt;
    bench.run(5_000);
    assert_eq!(bench.tilt, there);
}

/// STOP latched head-down, and RETURN held at a key and for a moment at the hand control.
fn held_by_two() -> Bench {
    let mut bench = hold();
    bench.stop(StopEvent::Pressed);
    bench.stop(StopEvent::Released);
    bench.run(200);
    bench.act(Act::HoldReturn);
    bench.switches = bench.switches.with(Switch::Return, true);
    bench.run(200);
    bench
}

#[test]
fn a_hand_that_lets_go_of_return_takes_nobody_at_a_key_the_way_home() {
    let mut bench = held_by_two();
    bench.switches = bench.switches.with(Switch::Return, false);
    bench.run(100);
    let there = bench.tilt;
    bench.run(300);
    assert!(bench.tilt < there - 300, "it stands at {there}");
    bench.run(200);
    let there = bench.tilt;
    bench.run(5_000);
    assert_eq!(bench.tilt, there, "the key was let go");
}

#[test]
fn stop_ends_what_a_key_holds_also_for_a_hand_that_lets_go_later() {
    let mut bench = held_by_two();
    bench.stop(StopEvent::Pressed);
    bench.stop(StopEvent::Released);
    bench.run(60);
    bench.switches = bench.switches.with(Switch::Return, false);
    bench.run(100);
    let there = bench.tilt;
    bench.run(5_000);
    assert_eq!(bench.tilt, there);
}

/// STOP latched in the rest band, let go, and a table that keeps its latch.
fn refused() -> Bench {
    let mut bench = Bench::started(&plan(1, 30, 180));
    bench.stop(StopEvent::Pressed);
    bench.run(400);
    bench.stop(StopEvent::Released);
    bench.refuses = true;
    bench.tilt = -3_000;
    bench.run(400);
    bench.asked_to_unlatch = 0;
    bench
}

#[test]
fn a_refused_acknowledgement_is_asked_again_only_by_a_person() {
    let mut bench = refused();
    for asked in 1..4 {
        bench.stop(StopEvent::Acknowledged);
        bench.run(60_000);
        assert_eq!(bench.asked_to_unlatch, asked);
        assert_eq!(bench.state(), StateKind::Stopped);
    }
    // What was refused does not come true when the table changes its mind.
    bench.refuses = false;
    bench.run(60_000);
    assert!(bench.latched);
    bench.stop(StopEvent::Acknowledged);
    bench.run_while(70, |b| b.state() != StateKind::Finished);
}

#[test]
fn a_held_return_wins_over_an_acknowledgement_that_the_table_refused() {
    let mut bench = refused();
    let slips = |bench: &mut Bench, to: i64| {
        while bench.tilt < to {
            bench.tilt += 100;
            bench.run(20);
        }
    };
    slips(&mut bench, -500);
    bench.stop(StopEvent::Acknowledged);
    // The table has not answered yet when the bed slips on.
    slips(&mut bench, 1_000);
    bench.act(Act::HoldReturn);
    bench.run(600);
    assert!(bench.tilt < 0, "{}", bench.tilt);
}

#[test]
fn an_acknowledgement_refused_in_the_self_test_waits_for_a_person() {
    let mut bench = Bench::new(&plan(1, 30, 180));
    bench.refuses = true;
    bench.run(100);
    bench.act(Act::ConfirmPerson);
    bench.act(Act::ConfirmAreaClear);
    bench.stop(StopEvent::Pressed);
    bench.run(200);
    bench.stop(StopEvent::Released);
    bench.act(Act::Ok);
    bench.run(60_000);
    assert_eq!(bench.asked_to_unlatch, 1);
    bench.refuses = false;
    bench.run(60_000);
    assert!(bench.latched);
    bench.act(Act::Ok);
    bench.run(400);
    assert!(!bench.latched);
}

#[test]
fn letting_go_of_a_stop_that_is_out_already_says_nothing_again() {
    let mut bench = hold();
    bench.event(Event::Stop(StopEvent::Pressed, Source::Network));
    for _ in 0..5 {
        bench.stop(StopEvent::Released);
        bench.run(1_000);
    }
    let asked = |b: &Bench| b.prompts.iter().filter(|(_, p)| *p == Prompt::AcknowledgeStop).count();
    let before = asked(&bench);
    bench.stop(StopEvent::Released);
    assert_eq!(asked(&bench), before);
    // The buttons' own test asks once, this STOP once.
    assert_eq!(before, 2, "{:?}", bench.prompts);
}

#[test]
fn return_while_the_tested_stop_is_latched_takes_it_off_for_nobody() {
    let mut bench = Bench::new(&plan(1, 30, 180));
    bench.run(100);
    bench.act(Act::ConfirmPerson);
    bench.act(Act::ConfirmAreaClear);
    bench.stop(StopEvent::Pressed);
    bench.run(200);
    bench.act(Act::Return);
    // A table that reconnects without its latch hears STOP, not merely a halt.
    bench.latched = false;
    bench.event(Event::Link(LinkEvent::Connected));
    bench.run(100);
    assert!(bench.latched);
}

#[test]
fn a_return_that_was_held_as_stop_came_must_be_let_go_and_pressed_anew() {
    let mut bench = hold();
    bench.switches = bench.switches.with(Switch::Return, true);
    bench.run(2_000);
    assert!(bench.tilt < 30_000, "it comes up");
    bench.switches = bench.switches.with(Switch::Stop, true);
    bench.run(100);
    let stopped = bench.tilt;
    bench.switches = bench.switches.with(Switch::Stop, false);
    bench.run(5_000);
    assert_eq!(bench.tilt, stopped, "the hand that was there before answers nothing");
    bench.switches = bench.switches.with(Switch::Return, false);
    bench.run(200);
    bench.switches = bench.switches.with(Switch::Return, true);
    bench.run(2_000);
    assert!(bench.tilt < stopped);
}
