//! What gives up on the way home does not end it: a drive, a guardian that starts again and again (H-01).

use antipode_link::{AckResult, Message};

use crate::bench::{Bench, back, config, held_back};

#[test]
fn a_line_error_during_its_own_return_is_forgotten_and_the_bed_comes_home() {
    let mut bench = Bench::lowered(50_000);
    bench.run(9_000, true);
    assert!(bench.tilt() > 30_000 && bench.tilt() < 45_000, "under way: {}", bench.tilt());
    bench.with(|device| device.faults.line = true);
    bench.run(45_000, true);
    assert!(bench.tilt() <= 0, "{}", bench.tilt());
    assert_eq!(bench.with(|device| device.forgotten), 1);
}

#[test]
fn a_line_error_during_a_hosts_return_ends_neither_that_nor_the_way_home_after_it() {
    let mut bench = Bench::lowered(50_000);
    for _ in 0..20 {
        bench.keep(back(), 80);
    }
    bench.with(|device| device.faults.line = true);
    let before = bench.tilt();
    for _ in 0..100 {
        bench.keep(back(), 40);
    }
    assert!(bench.tilt() < before - 5_000, "{} from {before}", bench.tilt());
    bench.run(45_000, true);
    assert!(bench.tilt() <= 0, "{}", bench.tilt());
}

#[test]
fn a_forgetting_that_is_lost_on_the_wire_is_said_again() {
    let mut bench = Bench::lowered(20_000);
    bench.with(|device| device.lose = 1);
    bench.run(1_000, false);
    bench.run(45_000, true);
    assert!(bench.tilt() <= 0, "{}", bench.tilt());
    assert_eq!(bench.with(|device| device.forgotten), 2);
}

#[test]
fn returns_that_begin_close_after_each_other_do_not_keep_a_drive_from_forgetting() {
    let mut bench = Bench::lowered(20_000);
    bench.run(1_000, false);
    bench.run(20, true);
    assert!(bench.with(|device| device.faults.timed_out), "it stood by itself");
    // Ends and begins again, over and over: what a line that flaps makes of a host.
    for _ in 0..100 {
        bench.beat();
        bench.send(back());
        bench.run(15, true);
        bench.send(Message::Hold);
        bench.run(10, true);
    }
    assert!(bench.with(|device| device.forgotten) > 0);
    assert!(!bench.with(|device| device.faults.timed_out), "it would go as soon as it is let");
    bench.keep(back(), 12_000);
    assert!((-10_000..=0).contains(&bench.tilt()), "{}", bench.tilt());
}

#[test]
fn the_third_guardian_within_a_minute_brings_up_whoever_a_hand_holds_return_for() {
    let mut bench = Bench::started(20_000, config(), 3);
    bench.idle(200);
    bench.greet();
    bench.idle(100);
    assert_eq!(bench.send(back()), AckResult::Faulted, "nobody holds it");
    assert_eq!(bench.send(held_back()), AckResult::Accepted);
    bench.keep(held_back(), 4_000);
    let gained = 20_000 - bench.tilt();
    assert!((1_000..=4_100).contains(&gained), "at creep: {gained}");
    // The hand lets go: nothing else moves it.
    bench.idle(1_000);
    let stands = bench.tilt();
    bench.idle(5_000);
    assert_eq!(bench.tilt(), stands);
}
