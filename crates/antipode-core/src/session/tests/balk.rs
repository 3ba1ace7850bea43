//! A bed that does not come home as it is told (C-08, I-20).

use antipode_safety::Rate;

use super::bench::{Bench, Going};
use super::react::{comes_home, hold};
use crate::event::{Act, Event, Source, Vital};
use crate::session::{Outcome, StateKind};

/// On its way home by itself, when the drive begins to make `makes` thousandths of what it is told.
fn balks(makes: i64) -> Bench {
    let mut bench = hold();
    bench.event(Event::Vital(Vital::BloodPressure { systolic: 185, diastolic: 90 }));
    bench.run(1_500);
    assert_eq!(bench.state(), StateKind::Returning);
    bench.makes = makes;
    bench.run_while(6, |b| b.state() != StateKind::Held);
    bench
}

#[test]
fn a_way_home_that_balks_is_not_tried_again_by_itself() {
    for makes in [110, -1_000] {
        let mut bench = balks(makes);
        let (there, asked) = (bench.tilt, bench.asked_to_move);
        bench.run(120_000);
        assert_eq!((bench.tilt, bench.going), (there, Going::Nowhere), "{makes}");
        assert_eq!(bench.asked_to_move, asked, "{makes}");
        // Not when it would work, either: nobody knows that.
        bench.makes = 1_000;
        bench.run(120_000);
        assert_eq!((bench.state(), bench.tilt), (StateKind::Held, there), "{makes}");
    }
}

#[test]
fn a_bed_that_balked_comes_home_under_a_hand_on_return_at_creep() {
    for makes in [110, -1_000] {
        let mut bench = balks(makes);
        bench.run(20_000);
        bench.makes = 1_000;
        bench.act(Act::HoldReturn);
        assert_eq!(bench.going, Going::Home(Rate::clamped(1_000)));
        bench.run(500);
        // Let go: it stays.
        bench.run(30_000);
        let there = bench.tilt;
        assert!(there > 20_000);
        bench.run(30_000);
        assert_eq!(bench.tilt, there, "{makes}");
        while bench.tilt > 0 {
            bench.act(Act::HoldReturn);
            bench.run(500);
        }
        comes_home(&mut bench, 5, Outcome::Fault);
    }
}

#[test]
fn a_bed_that_balked_is_tried_once_more_for_each_press_on_the_spot() {
    let mut bench = balks(110);
    let (there, asked) = (bench.tilt, bench.asked_to_move);
    bench.event(Event::Act(Act::Return, Source::Network));
    bench.run(30_000);
    assert_eq!((bench.state(), bench.tilt), (StateKind::Held, there));
    assert_eq!(bench.asked_to_move, asked, "who does not see the bed does not move it");
    bench.act(Act::Return);
    assert!(matches!(bench.going, Going::Home(_)));
    bench.run_while(6, |b| b.state() != StateKind::Held);
    let there = bench.tilt;
    bench.run(60_000);
    assert_eq!((bench.tilt, bench.going), (there, Going::Nowhere));
    bench.makes = 1_000;
    bench.act(Act::Return);
    comes_home(&mut bench, 12, Outcome::Fault);
}
