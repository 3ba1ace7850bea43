//! STOP.

use antipode_safety::Millis;

use super::bench::{Bench, Going, config, plan};
use crate::event::{Act, Event, Source, StopEvent};
use crate::session::{AfterStopAlone, Company, Outcome, SessionConfig, StateKind};

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

#[test]
fn alone_after_stop_the_bed_comes_up_as_the_site_decided_but_never_blind() {
    for blind in [false, true] {
        let plan = plan(1, 30, 180);
        let company = Company::Alone(AfterStopAlone::ReturnAfter(Millis::from_secs(20)));
        let config = SessionConfig { company, ..config(&plan) };
        let mut bench = Bench::in_first_hold_with(config, &plan);
        bench.stop(StopEvent::Pressed);
        bench.run(1_000);
        bench.stop(StopEvent::Released);
        bench.blind = blind;
        bench.run(90_000);
        assert_eq!(bench.tilt <= 0, !blind, "{}", bench.tilt);
        assert_eq!(bench.tilt == 30_000, blind, "{}", bench.tilt);
        if blind {
            while bench.tilt > 0 {
                bench.act(Act::HoldReturn);
                bench.run(500);
            }
        }
    }
}
