//! STOP while nobody stands by: after the delay that the site wrote down the bed comes up by itself.

use antipode_safety::{Latches, Millis, Switch};

use super::bench::{Bench, Going, config_alone, plan};
use crate::event::{Act, Event, LinkEvent, Source, StopEvent};
use crate::session::{AfterStopAlone, StateKind};
use crate::step::Prompt;

#[test]
fn alone_after_stop_the_bed_comes_up_as_the_site_decided_but_never_blind() {
    for blind in [false, true] {
        let plan = plan(1, 15, 110);
        let config = config_alone(&plan, AfterStopAlone::ReturnAfter(Millis::from_secs(20)));
        let mut bench = Bench::in_first_hold_with(config, &plan);
        bench.stop(StopEvent::Pressed);
        bench.run(1_000);
        bench.stop(StopEvent::Released);
        bench.blind = blind;
        bench.run(90_000);
        assert_eq!(bench.tilt <= 0, !blind, "{}", bench.tilt);
        assert_eq!(bench.tilt == 15_000, blind, "{}", bench.tilt);
        if blind {
            while bench.tilt > 0 {
                bench.act(Act::HoldReturn);
                bench.run(500);
            }
        }
    }
}

/// Alone, in the first hold, at a site that wrote down "return after 30 s".
fn hold_alone() -> Bench {
    let plan = plan(1, 15, 110);
    let config = config_alone(&plan, AfterStopAlone::ReturnAfter(Millis::from_secs(30)));
    let mut bench = Bench::with(config);
    bench.prepare();
    bench.run_while(60, |b| b.tilt < 15_000 || b.going != Going::Nowhere);
    bench.run(1_000);
    bench
}

fn press_and_let_go(bench: &mut Bench, source: Source) {
    bench.event(Event::Stop(StopEvent::Pressed, source));
    bench.event(Event::Stop(StopEvent::Released, source));
}

#[test]
fn alone_the_bed_comes_up_thirty_seconds_after_stop() {
    let mut bench = hold_alone();
    press_and_let_go(&mut bench, Source::Hand);
    bench.run(29_900);
    assert_eq!(bench.tilt, 15_000);
    bench.run_while(40, |b| b.tilt > 0);
    assert_eq!(bench.state(), StateKind::Stopped, "STOP stays latched all the way");
}

#[test]
fn every_press_of_stop_on_the_spot_starts_the_delay_of_the_return_alone_anew() {
    for source in [Source::Hand, Source::Terminal] {
        let mut bench = hold_alone();
        press_and_let_go(&mut bench, Source::Hand);
        for _ in 0..4 {
            bench.run(20_000);
            press_and_let_go(&mut bench, source);
        }
        bench.run(29_900);
        assert_eq!(bench.tilt, 15_000, "{source:?}");
        bench.run_while(40, |b| b.tilt > 0);
    }
}

#[test]
fn stop_from_anywhere_ends_the_return_alone_and_the_delay_begins_anew() {
    for source in Source::ALL {
        let mut bench = hold_alone();
        press_and_let_go(&mut bench, Source::Hand);
        bench.run_while(40, |b| b.tilt > 10_000);
        press_and_let_go(&mut bench, source);
        let there = bench.tilt;
        bench.run(29_900);
        assert_eq!((bench.tilt, bench.going), (there, Going::Nowhere), "{source:?}");
    }
}

/// STOP from afar every 100 ms for as long as the bed is head-down; the time that took.
#[track_caller]
fn flooded_until_level(bench: &mut Bench, source: Source, secs: u64) -> u64 {
    let from = bench.now;
    while bench.tilt > 0 {
        press_and_let_go(bench, source);
        bench.run(100);
        assert!(bench.now < from + secs * 1_000, "still at {}", bench.tilt);
    }
    bench.now - from
}

#[test]
fn stop_repeated_from_afar_for_ever_keeps_nobody_head_down() {
    for source in [Source::Network, Source::Signal] {
        let mut bench = hold_alone();
        press_and_let_go(&mut bench, Source::Hand);
        // The delay, once more for the one that stops the way up, and 15 degrees at 1 a second.
        let took = flooded_until_level(&mut bench, source, 30 + 30 + 17);
        assert!(took >= (30 + 30 + 14) * 1_000, "{took} ms: STOP stops the way up once");
        assert_eq!(bench.state(), StateKind::Stopped);
    }
}

#[test]
fn a_press_on_the_spot_gives_those_far_away_their_one_stop_again() {
    let mut bench = hold_alone();
    press_and_let_go(&mut bench, Source::Hand);
    for _ in 0..2 {
        bench.run_while(32, |b| b.going == Going::Nowhere);
        press_and_let_go(&mut bench, Source::Network);
        assert_eq!(bench.going, Going::Nowhere);
        bench.run_while(32, |b| b.going == Going::Nowhere);
        press_and_let_go(&mut bench, Source::Network);
        assert_ne!(bench.going, Going::Nowhere, "the second changes nothing");
        press_and_let_go(&mut bench, Source::Hand);
        assert_eq!(bench.going, Going::Nowhere);
    }
}

#[test]
fn a_first_stop_from_afar_has_no_button_and_waits_for_the_delay_only() {
    for released in [false, true] {
        let mut bench = hold_alone();
        bench.event(Event::Stop(StopEvent::Pressed, Source::Network));
        if released {
            bench.event(Event::Stop(StopEvent::Released, Source::Network));
        }
        assert!(bench.said(Prompt::AcknowledgeStop));
        bench.run(29_900);
        assert_eq!(bench.tilt, 15_000);
        bench.run_while(40, |b| b.tilt > 0);
    }
}

#[test]
fn a_link_that_comes_and_goes_helps_no_flood_to_put_the_way_up_off() {
    let mut bench = hold_alone();
    press_and_let_go(&mut bench, Source::Hand);
    for _ in 0..29 {
        bench.run(900);
        bench.event(Event::Link(LinkEvent::Connected));
        press_and_let_go(&mut bench, Source::Network);
        bench.run(100);
    }
    bench.run(2_000);
    assert!(bench.tilt < 15_000, "{}", bench.tilt);
}

#[test]
fn nobody_far_away_lets_go_a_stop_that_is_held_at_the_bed() {
    for held in [Switch::Stop, Switch::StopLoopClosed] {
        let mut bench = hold_alone();
        bench.switches = bench.switches.with(held, held == Switch::Stop);
        bench.run(200);
        for source in [Source::Network, Source::Signal, Source::Terminal] {
            for _ in 0..60 {
                press_and_let_go(&mut bench, source);
                bench.run(1_000);
            }
        }
        // Nor does a link that was gone for a moment.
        bench.event(Event::Link(LinkEvent::Connected));
        bench.event(Event::Stop(StopEvent::Released, Source::Network));
        bench.run(60_000);
        assert_eq!(bench.tilt, 15_000);
    }
}

#[test]
fn nobody_far_away_lets_go_the_stop_of_a_keypad() {
    let mut bench = hold_alone();
    bench.event(Event::Stop(StopEvent::Pressed, Source::Hand));
    for _ in 0..90 {
        press_and_let_go(&mut bench, Source::Network);
        bench.run(1_000);
    }
    assert_eq!(bench.tilt, 15_000);
    bench.event(Event::Stop(StopEvent::Released, Source::Hand));
    bench.run_while(70, |b| b.tilt > 0);
}

#[test]
fn a_flood_of_stops_from_afar_takes_nobody_the_held_way_home() {
    let mut bench = hold_alone();
    press_and_let_go(&mut bench, Source::Hand);
    bench.run(200);
    while bench.tilt > 0 {
        let before = bench.tilt;
        bench.act(Act::HoldReturn);
        for _ in 0..20 {
            bench.event(Event::Stop(StopEvent::Pressed, Source::Network));
            bench.run(20);
        }
        assert!(bench.tilt < before, "it stands at {before}");
    }
}

#[test]
fn alone_after_stop_nothing_moves_by_itself_with_open_latches() {
    let mut bench = hold_alone();
    bench.latches = Latches { fitted: 2, first_closed: false, second_closed: false };
    press_and_let_go(&mut bench, Source::Hand);
    bench.run(120_000);
    assert_eq!(bench.tilt, 15_000);
}

fn press_at_the_bed(bench: &mut Bench) {
    bench.switches = bench.switches.with(Switch::Stop, true);
    bench.run(200);
    bench.switches = bench.switches.with(Switch::Stop, false);
    bench.run(200);
}

#[test]
fn alone_the_way_up_after_stop_is_counted_down_and_slow() {
    let mut bench = hold_alone();
    press_at_the_bed(&mut bench);
    let pressed = bench.now - 400;
    bench.run_while(29, |b| b.now < pressed + 29_000);
    assert_eq!(bench.tilt, 15_000);
    let told: Vec<u64> = bench
        .prompts
        .iter()
        .filter(|(_, prompt)| matches!(prompt, Prompt::ComingUpIn(_)))
        .map(|(at, _)| (pressed + 30_000 - at).div_ceil(1_000))
        .collect();
    assert_eq!(told, [20, 10, 3], "{:?}", bench.prompts);
    bench.run_while(60, |b| b.tilt > 0);
    let took = bench.now - pressed - 30_000;
    assert!((14_500..=16_500).contains(&took), "{took} ms for 15 degrees at 1 degree a second");
}

#[test]
fn alone_a_second_press_stops_the_way_up_and_starts_the_delay_anew() {
    let mut bench = hold_alone();
    press_at_the_bed(&mut bench);
    bench.run_while(40, |b| b.tilt > 10_000);
    press_at_the_bed(&mut bench);
    let there = bench.tilt;
    bench.run(28_000);
    assert_eq!(bench.tilt, there);
    bench.run_while(60, |b| b.tilt > 0);
}

#[test]
fn alone_the_fixed_stop_stops_the_way_up_too() {
    let mut bench = hold_alone();
    press_at_the_bed(&mut bench);
    bench.run_while(40, |b| b.tilt > 10_000);
    bench.switches = bench.switches.with(Switch::StopLoopClosed, false);
    bench.run(200);
    bench.switches = bench.switches.with(Switch::StopLoopClosed, true);
    bench.run(200);
    let there = bench.tilt;
    bench.run(28_000);
    assert_eq!(bench.tilt, there);
}

#[test]
fn with_a_spotter_nothing_comes_up_by_itself_after_stop() {
    let mut bench = Bench::in_first_hold(&plan(1, 30, 180));
    press_at_the_bed(&mut bench);
    bench.run(300_000);
    assert_eq!(bench.tilt, 30_000);
}
