//! What is looked after in every state.

use antipode_safety::{Fault, FaultSet, Latches, Switch};

use super::bench::{Bench, config, plan};
use super::react::hold;
use crate::alarm::AlarmCause;
use crate::event::{Act, Event, LinkEvent, Source, StopEvent};
use crate::session::{NotReady, StateKind};
use crate::step::{Prompt, Record};

/// When the alarm was called out again, and how often that made it.
fn calls(bench: &Bench) -> Vec<(u64, u16)> {
    let mut calls = Vec::new();
    for (at, prompt) in &bench.prompts {
        if let Prompt::AlarmAgain { times, .. } = prompt {
            calls.push((*at, *times));
        }
    }
    calls
}

fn raised(bench: &Bench, cause: AlarmCause) -> Option<u64> {
    bench.records.iter().find(|(_, record)| *record == Record::Alarm(cause)).map(|(at, _)| *at)
}

#[test]
fn an_alarm_nobody_acknowledges_is_called_out_every_fifteen_seconds_after_the_session_too() {
    let mut bench = hold();
    bench.faults = FaultSet::NONE.with(Fault::HotSoft, true);
    bench.run(300_000);
    assert_eq!(bench.state(), StateKind::Finished);
    // A table that says nothing any more wakes nobody: the session asks to be called itself.
    bench.silent = true;
    bench.run(300_000);
    let from = raised(&bench, AlarmCause::Hot).unwrap();
    let calls = calls(&bench);
    assert!(calls.len() >= 39, "{calls:?}");
    for (index, (at, times)) in calls.iter().enumerate() {
        let number = index as u64 + 1;
        assert_eq!(u64::from(*times), number);
        let (due, late) = (from + number * 15_000, 20 * number);
        assert!((due..=due + late).contains(at), "{number}: {at} and not {due}");
    }
    bench.act(Act::AcknowledgeAlarms);
    let prompts = bench.prompts.len();
    bench.run(120_000);
    assert_eq!(bench.prompts.len(), prompts, "{:?}", bench.prompts.last());
}

#[test]
fn the_record_keeps_the_calls_of_a_night_in_a_few_lines() {
    let mut bench = hold();
    bench.faults = FaultSet::NONE.with(Fault::HotSoft, true);
    bench.run(4 * 3_600_000);
    let mut times = Vec::new();
    for (_, record) in &bench.records {
        if let Record::AlarmAgain(AlarmCause::Hot, called) = record {
            times.push(*called);
        }
    }
    assert_eq!(times, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
}

/// A table whose STOP is in, by its button or by its wire, before anybody has touched anything.
fn found_with_stop_in(switch: Switch) -> Bench {
    let mut bench = Bench::unconnected(config(&plan(1, 20, 60)));
    bench.switches = bench.switches.with(switch, switch == Switch::Stop);
    bench.event(Event::Link(LinkEvent::Connected));
    bench.run(1_000);
    bench
}

#[test]
fn the_buttons_are_not_tried_while_stop_is_in_already() {
    for switch in [Switch::Stop, Switch::StopLoopClosed] {
        let mut bench = found_with_stop_in(switch);
        assert_eq!(bench.state(), StateKind::Stopped, "{switch:?}");
        assert!(bench.said(Prompt::NotReady(NotReady::StopIn)));
        assert!(!bench.said(Prompt::ConfirmPerson));
        for act in [Act::Ok, Act::ConfirmPerson, Act::Return, Act::Start, Act::Ok] {
            bench.act(act);
            bench.run(1_000);
        }
        assert_eq!((bench.asked_to_unlatch, bench.asked_to_move), (0, 0), "{switch:?}");
        // Out again: it leaves as every STOP does, and this session begins nothing any more.
        bench.switches = bench.switches.with(switch, switch != Switch::Stop);
        bench.run(1_000);
        bench.act(Act::Ok);
        bench.run(2_000);
        assert_eq!(bench.state(), StateKind::Finished, "{switch:?}");
        assert_eq!(bench.tilt, -3_000);
    }
}

#[test]
fn no_session_starts_with_an_open_stop_loop_that_the_table_does_not_latch() {
    let mut bench = Bench::new(&plan(1, 20, 60));
    bench.prepare_to_start();
    bench.switches = bench.switches.with(Switch::StopLoopClosed, false);
    bench.run(100);
    bench.act(Act::Start);
    bench.run(10_000);
    assert!(bench.said(Prompt::NotReady(NotReady::StopIn)));
    assert_eq!(bench.tilt, -3_000);
}

#[test]
fn a_stop_that_stays_pressed_for_ten_minutes_is_announced_and_called_out() {
    let mut bench = hold();
    let pressed = bench.now;
    bench.switches = bench.switches.with(Switch::Stop, true);
    bench.run_while(700, |b| raised(b, AlarmCause::StopStuck).is_none());
    let after = bench.now - pressed;
    assert!((600_000..600_200).contains(&after), "{after}");
    bench.act(Act::AcknowledgeAlarms);
    assert!(bench.session.view().alarms.has(AlarmCause::StopStuck), "it is stuck all the same");
    bench.switches = bench.switches.with(Switch::Stop, false);
    bench.run(100);
    assert!(!bench.session.view().alarms.has(AlarmCause::StopStuck));
    // Stuck or not: held RETURN is the way up, and nothing else was (C-02).
    assert_eq!(bench.tilt, 30_000);
    while bench.tilt > 0 {
        bench.act(Act::HoldReturn);
        bench.run(500);
    }
}

#[test]
fn a_stop_in_the_test_of_the_buttons_that_does_not_come_out_is_announced() {
    let mut bench = Bench::new(&plan(1, 20, 60));
    bench.run(100);
    bench.act(Act::ConfirmPerson);
    bench.act(Act::ConfirmAreaClear);
    bench.switches = bench.switches.with(Switch::Stop, true);
    bench.run(590_000);
    assert_eq!(raised(&bench, AlarmCause::StopStuck), None);
    bench.run(11_000);
    assert!(raised(&bench, AlarmCause::StopStuck).is_some());
    assert_eq!(bench.tilt, -3_000);
}

/// A session that has come to its end, with the person still on the table.
fn over() -> Bench {
    let mut bench = hold();
    bench.act(Act::Return);
    bench.run_while(120, |b| b.state() != StateKind::Finished);
    bench
}

fn left(bench: &Bench) -> bool {
    bench.session.view().alarms.has(AlarmCause::LeftStrapped)
}

#[test]
fn five_minutes_after_the_end_a_person_who_is_still_strapped_and_silent_raises_an_alarm() {
    let mut bench = over();
    let moved = bench.asked_to_move;
    for _ in 0..299 {
        // The switch of the rest band is nobody's hand.
        let rest = bench.switches.has(Switch::Rest);
        bench.switches = bench.switches.with(Switch::Rest, !rest);
        bench.run(1_000);
    }
    assert!(!left(&bench));
    // Also where the table says nothing any more.
    bench.silent = true;
    bench.run(2_000);
    assert!(left(&bench));
    bench.run(16_000);
    assert!(!calls(&bench).is_empty());
    assert_eq!(bench.asked_to_move, moved, "nothing moves for it at rest");
    // Any press is the answer, and the time counts anew from it.
    bench.event(Event::Act(Act::Ok, Source::Hand));
    assert!(!left(&bench));
    bench.run(299_000);
    assert!(!left(&bench));
    bench.run(2_000);
    assert!(left(&bench));
}

#[test]
fn nobody_is_asked_for_once_the_ankles_are_free_or_somebody_is_at_the_table() {
    let mut bench = over();
    bench.latches = Latches { fitted: 2, first_closed: false, second_closed: false };
    bench.run(900_000);
    assert_eq!(raised(&bench, AlarmCause::LeftStrapped), None);

    let mut bench = over();
    for _ in 0..10 {
        bench.run(200_000);
        bench.event(Event::Stop(StopEvent::Released, Source::Terminal));
    }
    assert_eq!(raised(&bench, AlarmCause::LeftStrapped), None);
    // Somebody far away is nobody at the table.
    for _ in 0..4 {
        bench.run(100_000);
        bench.event(Event::Act(Act::SilenceAlarms, Source::Network));
    }
    assert!(raised(&bench, AlarmCause::LeftStrapped).is_some());
}

#[test]
fn who_stands_upright_and_strapped_for_five_minutes_is_asked_for_and_not_moved() {
    let mut bench = over();
    while bench.tilt > -75_000 {
        bench.act(Act::HoldUpright);
        bench.run(500);
    }
    bench.run(70_000);
    let (there, moved) = (bench.tilt, bench.asked_to_move);
    bench.run(301_000);
    assert!(left(&bench));
    assert_eq!((bench.tilt, bench.asked_to_move), (there, moved));
}
