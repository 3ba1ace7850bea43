//! A bed that is found somewhere when the program connects.

use antipode_safety::Switch;

use super::bench::{Bench, Going, config, plan};
use crate::event::{Act, Event, LinkEvent};
use crate::session::{EndCause, Outcome, StateKind};

/// Connected to a bed at `first` by the drive's angle and `second` by the other; `rest`: its rest
/// switch is on.
fn connected(first: i64, second: i64, rest: bool) -> Bench {
    let mut bench = Bench::unconnected(config(&plan(1, 30, 180)));
    bench.tilt = first;
    bench.skew = second - first;
    bench.switches = bench.switches.with(Switch::Rest, rest);
    bench.event(Event::Link(LinkEvent::Connected));
    bench
}

#[test]
fn a_bed_that_both_angles_find_head_down_is_brought_home_at_once() {
    // They may differ: which way is up is certain.
    for second in [20_000, 29_000] {
        let mut bench = connected(20_000, second, false);
        bench.run(100);
        assert_eq!(bench.state(), StateKind::Returning);
        assert_eq!(bench.session.view().cause, Some(EndCause::ProcessDied));
    }
    let mut bench = connected(20_000, 20_000, false);
    bench.run_while(200, |b| b.state() != StateKind::Finished);
    assert_eq!(bench.session.outcome(), Some(Outcome::Interrupted));
}

#[test]
fn an_angle_mounted_the_wrong_way_is_no_bed_found_head_down() {
    for (first, second) in [(3_000, -3_000), (-3_000, 3_000)] {
        let mut bench = connected(first, second, true);
        bench.run(2_000);
        assert_eq!(bench.state(), StateKind::SelfTest, "{first} {second}");
        assert_eq!(bench.asked_to_move, 0);
        // And it never begins.
        bench.prepare();
        bench.run(30_000);
        assert_eq!(bench.asked_to_move, 0);
        assert!(matches!(bench.state(), StateKind::Ready | StateKind::SelfTest));
    }
}

#[test]
fn angles_on_either_side_of_level_hold_for_people_where_no_switch_says_rest() {
    let mut bench = connected(20_000, -20_000, false);
    bench.run(60_000);
    assert_eq!(bench.state(), StateKind::Held);
    assert_eq!(bench.session.view().cause, Some(EndCause::AnglesDisagree));
    assert_eq!((bench.asked_to_move, bench.tilt), (0, 20_000));
    // A person who sees the bed brings it up.
    bench.act(Act::HoldReturn);
    assert!(matches!(bench.going, Going::Home(_)));
}

#[test]
fn an_idle_bed_whose_angle_turns_over_is_not_moved() {
    let mut bench = connected(-3_000, -3_000, false);
    bench.run(1_000);
    bench.tilt = 3_000;
    bench.skew = -6_000;
    bench.run(10_000);
    assert_eq!(bench.asked_to_move, 0);
    assert_eq!(bench.state(), StateKind::Held);
}

#[test]
fn a_hand_that_holds_return_moves_a_bed_of_which_the_program_knows_nothing() {
    let mut bench = connected(-3_000, -3_000, false);
    bench.run(1_000);
    bench.prepare();
    bench.run_while(30, |b| b.state() == StateKind::Ready);
    bench.act(Act::Return);
    bench.run_while(120, |b| b.state() != StateKind::Finished);
    bench.blind = true;
    bench.tilt = 10_000;
    bench.run(2_000);
    assert_eq!((bench.state(), bench.tilt), (StateKind::Finished, 10_000));
    for _ in 0..40 {
        bench.act(Act::HoldReturn);
        bench.run(500);
    }
    assert!(bench.tilt <= 0, "{}", bench.tilt);
    // Let go, it stays.
    bench.run(1_000);
    assert_eq!(bench.going, Going::Nowhere);
}

#[test]
fn a_bed_found_head_down_whose_table_restarted_waits_for_a_person() {
    let mut bench = Bench::unconnected(config(&plan(1, 30, 180)));
    bench.tilt = 20_000;
    bench.faults = bench.faults.with(antipode_safety::Fault::Restarted, true);
    bench.event(Event::Link(LinkEvent::Connected));
    bench.run(60_000);
    assert_eq!((bench.state(), bench.asked_to_move), (StateKind::Held, 0));
    // From afar nobody sees whether hands are at the crank.
    bench.event(Event::Act(Act::Return, crate::event::Source::Network));
    bench.run(10_000);
    assert_eq!(bench.tilt, 20_000);
    bench.act(Act::Return);
    bench.run_while(30, |b| b.tilt > 0);
}
