//! A guardian whose computer may fall asleep lowers nobody, and brings up whoever is down while it still
//! can (H-03).

use antipode_guardian::Awake;
use antipode_link::AckResult;
use antipode_safety::{Fault, Rate};

use crate::bench::{Bench, back, to};

const RATE: Rate = Rate::clamped(3_000);

#[test]
fn a_lock_that_is_lost_head_down_brings_the_person_up_at_once_while_the_host_lives() {
    let mut bench = Bench::lowered(20_000);
    bench.idle(1_000);
    let stood = bench.tilt();
    assert!(stood > 19_000, "kept awake it stays: {stood}");
    bench.guardian.stays(Awake::Lost);
    bench.idle(1_000);
    assert!(bench.tilt() < stood - 300, "at once: {}", bench.tilt());
    assert!(bench.guardian.has(Fault::MainsLost));
    bench.idle(20_000);
    assert!((-10_000..=0).contains(&bench.tilt()), "{}", bench.tilt());
    assert_ne!(bench.send(to(10_000, RATE)), AckResult::Accepted, "and nothing starts");
}

#[test]
fn without_a_lock_nothing_goes_below_level_and_a_return_still_works() {
    let mut bench = Bench::armed();
    bench.guardian.stays(Awake::NotKept);
    let mut deepest = bench.tilt();
    for _ in 0..100 {
        bench.keep(to(20_000, RATE), 100);
        deepest = deepest.max(bench.tilt());
    }
    assert!(deepest <= 1_000, "{deepest}");
    assert!(bench.tilt() <= 1_000, "{}", bench.tilt());
    // A bed that was left down is brought up by whoever asks, and by nobody before.
    let mut bench = Bench::at(20_000);
    bench.guardian.stays(Awake::NotKept);
    bench.idle(200);
    bench.greet();
    bench.idle(10_000);
    assert_eq!(bench.tilt(), 20_000, "a start moves nobody");
    assert_eq!(bench.send(back()), AckResult::Accepted);
    for _ in 0..250 {
        bench.keep(back(), 40);
    }
    assert!((-10_000..=0).contains(&bench.tilt()), "{}", bench.tilt());
}

#[test]
fn above_level_a_table_without_a_lock_is_set_up_and_a_lock_that_comes_lets_it_go_down() {
    let mut bench = Bench::armed();
    bench.guardian.stays(Awake::NotKept);
    bench.idle(500);
    assert!(!bench.guardian.has(Fault::MainsLost));
    bench.guardian.stays(Awake::Lost);
    bench.idle(500);
    assert!(bench.guardian.has(Fault::MainsLost));
    bench.guardian.stays(Awake::Kept);
    bench.idle(500);
    assert!(!bench.guardian.has(Fault::MainsLost));
    for _ in 0..60 {
        bench.keep(to(5_000, RATE), 100);
    }
    assert!(bench.tilt() > 3_000, "{}", bench.tilt());
}
