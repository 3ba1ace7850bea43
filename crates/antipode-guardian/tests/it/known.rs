//! A drive that is another one than it was, or than is described: nothing starts with it, and it still
//! brings people home (H-01, H-08).

use antipode_guardian::Fact;
use antipode_link::AckResult;
use antipode_safety::Rate;

use crate::bench::{Bench, Device, back, to};

type Change = fn(&mut Device);

/// Set otherwise, silent on how it is set, and not what its model describes.
const CHANGES: [Change; 3] = [
    |device| device.facts = vec![Fact::new("time-out", "250 ms")],
    |device| device.facts.clear(),
    |device| device.faults.stranger = true,
];

#[test]
fn a_drive_that_was_changed_lowers_nobody_further_and_comes_home() {
    for change in CHANGES {
        let mut bench = Bench::lowered(20_000);
        bench.with(change);
        for _ in 0..100 {
            bench.keep(to(40_000, Rate::clamped(3_000)), 40);
        }
        assert!(bench.tilt() < 22_500, "{}", bench.tilt());
        for _ in 0..500 {
            bench.keep(back(), 40);
        }
        assert!((-10_000..=0).contains(&bench.tilt()), "{}", bench.tilt());
    }
}

#[test]
fn a_drive_that_was_changed_is_not_armed_and_the_guardian_says_what_it_is() {
    for (change, says) in
        CHANGES.into_iter().zip(["was 300 ms and is 250 ms", "has not said", "another"])
    {
        let mut bench = Bench::at(-3_000);
        bench.idle(200);
        assert_eq!(bench.guardian.only_home(), None);
        bench.with(change);
        bench.greet();
        bench.idle(200);
        assert_eq!(bench.arm(), AckResult::Faulted);
        let said = bench.guardian.only_home().expect("it says why");
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn a_drive_that_was_set_right_again_may_be_armed() {
    let mut bench = Bench::at(-3_000);
    bench.idle(200);
    bench.with(CHANGES[0]);
    bench.idle(200);
    bench.with(|device| device.facts = vec![Fact::new("time-out", "300 ms")]);
    bench.start();
}
