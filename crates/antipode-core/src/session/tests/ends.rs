//! Ends of a session that nobody at the table chose.

use antipode_safety::{Fault, FaultSet, Latches, Millis, Rate};

use super::bench::{Bench, Going, plan};
use super::react::{comes_home, hold};
use crate::alarm::AlarmCause;
use crate::event::{Act, Event, LinkEvent, Source};
use crate::session::{EndCause, NotReady, Outcome, StateKind};
use crate::step::{Prompt, Record};

/// How the session ended, by its record, and when.
fn ended(bench: &Bench) -> Option<(u64, Outcome, EndCause)> {
    bench.records.iter().find_map(|(at, record)| {
        if let Record::SessionEnd { outcome, cause, .. } = record {
            Some((*at, *outcome, *cause))
        } else {
            None
        }
    })
}

#[test]
fn a_cable_cut_for_good_ends_the_session_when_the_table_must_be_home() {
    let mut bench = hold();
    bench.silent = true;
    bench.deaf = true;
    let cut = bench.now;
    bench.event(Event::Link(LinkEvent::Lost));
    bench.run(299_000);
    assert_eq!(ended(&bench), None, "it may still be on its way");
    bench.run(10_000);
    let (at, outcome, cause) = ended(&bench).unwrap();
    assert_eq!((outcome, cause), (Outcome::Fault, EndCause::TableNotSeen));
    assert!((300_000..306_000).contains(&(at - cut)), "{}", at - cut);
    assert_eq!(bench.state(), StateKind::Finished);
    assert!(bench.said(Prompt::HelpByHand(EndCause::TableNotSeen)));
    assert!(bench.session.view().alarms.has(AlarmCause::LinkLost), "nobody has seen it yet");
}

#[test]
fn a_bed_that_is_seen_again_head_down_after_such_an_end_is_brought_home() {
    let mut bench = hold();
    bench.silent = true;
    bench.deaf = true;
    bench.event(Event::Link(LinkEvent::Lost));
    bench.run_while(320, |b| b.state() != StateKind::Finished);
    bench.silent = false;
    bench.deaf = false;
    bench.event(Event::Link(LinkEvent::Connected));
    bench.run_while(20, |b| b.tilt > 0);
    bench.run_while(70, |b| b.state() != StateKind::Finished);
    let ends = bench.records.iter().filter(|(_, r)| matches!(r, Record::SessionEnd { .. }));
    assert_eq!(ends.count(), 1);
}

#[test]
fn a_table_that_is_silent_for_four_minutes_and_comes_back_ends_as_a_lost_link() {
    let mut bench = hold();
    bench.silent = true;
    bench.run(240_000);
    bench.silent = false;
    comes_home(&mut bench, 20, Outcome::Fault);
    assert_eq!(ended(&bench).unwrap().2, EndCause::LinkLost);
}

#[test]
fn a_hold_that_is_seen_lasts_as_long_as_it_must() {
    let mut bench = hold();
    bench.latches = Latches { fitted: 2, first_closed: false, second_closed: false };
    bench.run(900_000);
    assert_eq!((bench.state(), ended(&bench)), (StateKind::Held, None));
}

#[test]
fn a_latched_stop_is_not_left_by_a_cut_cable() {
    let mut bench = hold();
    bench.stop(crate::event::StopEvent::Pressed);
    bench.silent = true;
    bench.event(Event::Link(LinkEvent::Lost));
    bench.run(600_000);
    assert_eq!((bench.state(), ended(&bench)), (StateKind::Stopped, None));
}

#[test]
fn the_end_of_the_program_comes_up_first_and_says_that_it_was_the_program() {
    let mut bench = hold();
    bench.event(Event::Act(Act::Return, Source::Signal));
    comes_home(&mut bench, 12, Outcome::Returned);
    assert_eq!(ended(&bench).unwrap().2, EndCause::ProgramEnding);
    // At rest it ends there.
    let mut bench = Bench::started(&plan(1, 30, 180));
    bench.event(Event::Act(Act::Return, Source::Signal));
    bench.run_while(120, |b| b.state() != StateKind::Finished);
    assert_eq!(ended(&bench).unwrap().2, EndCause::ProgramEnding);
}

#[test]
fn a_machine_that_slept_brings_the_person_up_at_once() {
    let mut bench = hold();
    bench.event(Event::HostSuspended(Millis::from_secs(2)));
    assert_eq!(bench.state(), StateKind::Returning);
    assert!(bench.session.view().alarms.has(AlarmCause::LoopLate));
    comes_home(&mut bench, 12, Outcome::Fault);
    assert_eq!(ended(&bench).unwrap().2, EndCause::HostSuspended);
    // In a rest nobody is head-down; the session is over all the same.
    let mut bench = Bench::started(&plan(1, 30, 180));
    bench.tilt = -3_000;
    bench.event(Event::HostSuspended(Millis::from_secs(2)));
    bench.run_while(5, |b| b.state() != StateKind::Closing);
}

#[test]
fn a_table_that_is_another_one_starts_nothing_and_head_down_waits_for_people() {
    let mut bench = Bench::new(&plan(1, 30, 180));
    bench.event(Event::Link(LinkEvent::Mismatch));
    bench.prepare();
    bench.run(5_000);
    assert_eq!((bench.state(), bench.asked_to_move), (StateKind::Ready, 0));
    assert!(bench.said(Prompt::NotReady(NotReady::TableMismatch)));

    let mut bench = hold();
    bench.event(Event::Link(LinkEvent::Mismatch));
    bench.run(120_000);
    assert_eq!((bench.state(), bench.tilt), (StateKind::Held, 30_000));
    assert!(bench.session.view().alarms.has(AlarmCause::TableFault));
    bench.act(Act::HoldReturn);
    assert_eq!(bench.going, Going::Home(Rate::clamped(1_000)));
}

#[test]
fn a_drive_without_any_supply_is_cut_off_and_waits_for_people() {
    let low = FaultSet::NONE.with(Fault::MainsLost, true).with(Fault::SupplyLow, true);
    let mut bench = hold();
    bench.faults = low;
    bench.supply_mv = 900;
    bench.run(60_000);
    assert!(bench.latched);
    assert_eq!((bench.state(), bench.tilt), (StateKind::Stopped, 30_000));
    assert!(bench.session.view().alarms.has(AlarmCause::Supply));
    // A battery that is low, and a supply that is not measured, still lead home.
    for (faults, supply_mv) in [(low, 19_000), (FaultSet::NONE.with(Fault::MainsLost, true), 0)] {
        let mut bench = hold();
        bench.faults = faults;
        bench.supply_mv = supply_mv;
        comes_home(&mut bench, 12, Outcome::Fault);
    }
}
