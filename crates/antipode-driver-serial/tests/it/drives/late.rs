//! A guardian whose machine gives it no turn, again and again: it comes home all the same.
//!
//! Each gap costs it the angle or the drive, whose own timeout stops the motor. Neither may cost it
//! the way home: it begins again, and is later by what a beginning takes.

use super::kinds::{kinds, pololu};
use super::rig::{Kind, Rig, to};
use crate::draw::Draw;

/// From the loss of the host to the rest band, on a machine that has time for it.
const HOME_MS: u64 = 45_000;
/// However many gaps there are, of those that leave it turns of a second now and then.
const LONGEST_MS: u64 = 240_000;
/// It gets turns for so long, drawn, before the next gap.
const TURNS_MS: [u64; 2] = [20, 1_500];

/// How long gaps are, drawn, how long it gets turns between two of them, and what each one may cost
/// beyond itself: to believe the angle again, to set the drive free, to gather speed.
struct Gaps {
    ms: [u64; 2],
    turns_ms: [u64; 2],
    cost_ms: u64,
    longest_ms: u64,
}

fn comes_home(kind: &Kind, gaps: &Gaps, seed: u64) {
    let mut chance = Draw::new(seed);
    let mut rig = Rig::lowered(kind, 8_000);
    rig.keep(to(11_000), chance.between(0, 1_500));
    let from = rig.ms;
    let mut may_take = HOME_MS;
    while rig.tilt() > 0 {
        let [least, most] = gaps.turns_ms;
        rig.run(chance.between(least, most), true);
        let [least, most] = gaps.ms;
        let gap = chance.between(least, most);
        rig.run(gap, false);
        may_take += gap + gaps.cost_ms;
        let took = rig.ms - from;
        assert!(
            took <= may_take.min(gaps.longest_ms),
            "{} of seed {seed}: at {} mdeg after {took} ms; {:?}",
            kind.name,
            rig.tilt(),
            rig.guardian.inspect()
        );
    }
    rig.run(3_000, true);
    assert!((-10_000..=0).contains(&rig.tilt()), "{}: {}", kind.name, rig.tilt());
    assert!(rig.wrong.is_empty(), "{}: {:?}", kind.name, rig.wrong.first());
}

#[test]
fn a_guardian_that_gets_no_turn_now_and_then_comes_home_all_the_same() {
    let gaps = Gaps { ms: [100, 400], turns_ms: TURNS_MS, cost_ms: 500, longest_ms: LONGEST_MS };
    for kind in kinds().iter().chain(&pololu()) {
        for seed in 0..40 {
            comes_home(kind, &gaps, seed);
        }
    }
}

#[test]
fn gaps_of_more_than_a_second_cost_more_time_and_never_the_way_home() {
    let gaps =
        Gaps { ms: [100, 1_500], turns_ms: TURNS_MS, cost_ms: 2_000, longest_ms: LONGEST_MS };
    for kind in kinds().iter().chain(&pololu()) {
        for seed in 0..40 {
            comes_home(kind, &gaps, seed);
        }
    }
}

/// A busy machine at its worst: the guardian has a third of the time, in pieces of which few are long
/// enough for an angle, an order and some of the way. Each begins from standing, so this takes minutes;
/// a line that had to be drained after every gap would never let anybody come home.
#[test]
fn a_guardian_with_an_eighth_of_a_second_at_a_time_comes_home_in_the_end() {
    let gaps = Gaps { ms: [100, 400], turns_ms: [15, 250], cost_ms: 500, longest_ms: 1_800_000 };
    for kind in kinds().iter().chain(&pololu()) {
        for seed in 0..3 {
            comes_home(kind, &gaps, seed);
        }
    }
}
