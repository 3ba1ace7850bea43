//! A table that answers is not a lost link, whatever it answers.

use super::bench::Bench;
use super::react::hold;
use crate::alarm::AlarmCause;
use crate::event::{Act, Event, LinkEvent};
use crate::session::{EndCause, StateKind};
use crate::step::Record;

/// The table hears every command from now on and refuses it.
fn refuses(bench: &mut Bench, ms: u64) {
    bench.deaf = true;
    for _ in 0..ms / 20 {
        bench.event(Event::Link(LinkEvent::Refused));
        bench.run(20);
    }
}

fn raised(bench: &Bench, cause: AlarmCause) -> usize {
    bench.records.iter().filter(|(_, record)| *record == Record::Alarm(cause)).count()
}

#[test]
fn a_way_home_that_is_refused_calls_people_and_is_no_lost_link() {
    let mut bench = hold();
    bench.act(Act::Return);
    bench.going = super::bench::Going::Nowhere;
    refuses(&mut bench, 2_000);
    assert!(!bench.session.view().alarms.has(AlarmCause::CannotMove), "it may still come");
    refuses(&mut bench, 1_000);
    assert_eq!(bench.tilt, 30_000);
    assert!(bench.session.view().alarms.has(AlarmCause::CannotMove));
    assert_eq!(raised(&bench, AlarmCause::LinkLost), 0);
}

#[test]
fn a_refused_way_home_is_told_once_however_often_it_is_asked_for() {
    let mut bench = hold();
    bench.latches.first_closed = false;
    bench.latches.second_closed = false;
    bench.run(1_000);
    for _ in 0..20 {
        bench.act(Act::HoldReturn);
        bench.going = super::bench::Going::Nowhere;
        refuses(&mut bench, 700);
        bench.deaf = false;
        bench.run(700);
    }
    assert_eq!(bench.tilt, 30_000);
    assert_eq!(raised(&bench, AlarmCause::CannotMove), 1);
    assert_eq!(raised(&bench, AlarmCause::LinkLost), 0);
    bench.act(Act::HoldReturn);
    bench.run(600);
    assert!(bench.tilt < 30_000);
    bench.act(Act::AcknowledgeAlarms);
    assert!(!bench.session.view().alarms.has(AlarmCause::CannotMove), "it moves again");
}

#[test]
fn a_refused_lowering_holds_and_says_who_refused() {
    let mut bench = Bench::started(&super::bench::plan(1, 30, 180));
    bench.run_while(30, |b| b.tilt < 10_000);
    bench.going = super::bench::Going::Nowhere;
    refuses(&mut bench, 1_500);
    assert_eq!(bench.state(), StateKind::Held);
    assert_eq!(bench.session.view().cause, Some(EndCause::TableRefused));
    assert_eq!(raised(&bench, AlarmCause::LinkLost), 0);
    assert!(bench.session.view().alarms.bits() != 0, "head-down and held is never silent (I17)");
    bench.deaf = false;
    bench.run_while(20, |b| b.tilt > 0);
}

#[test]
fn a_table_that_refused_once_and_then_hears_nothing_is_lost() {
    let mut bench = hold();
    bench.act(Act::Return);
    bench.going = super::bench::Going::Nowhere;
    refuses(&mut bench, 1_000);
    assert_eq!(raised(&bench, AlarmCause::LinkLost), 0);
    bench.run(700);
    assert_eq!(raised(&bench, AlarmCause::LinkLost), 1);
}
