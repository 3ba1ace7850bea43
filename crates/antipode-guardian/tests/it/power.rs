//! Motor power that goes and comes back is no STOP: nothing turns without it, and with it the bed
//! comes home, by its host or without one (H-01, H-13).

use antipode_link::AckResult;
use antipode_safety::{Fault, Rate};

use crate::bench::{Bench, back, to};

const RATE: Rate = Rate::clamped(3_000);

/// Lowered, and its motor's power away for `ms` while nobody speaks.
fn blinked(ms: u64) -> Bench {
    let mut bench = Bench::lowered(20_000);
    bench.with(|device| device.powered = false);
    bench.run(ms, true);
    bench.with(|device| device.powered = true);
    bench
}

#[test]
fn a_blink_of_the_motors_power_leaves_the_way_home_without_a_host() {
    for ms in [20, 100, 1_000, 30_000] {
        let mut bench = blinked(ms);
        bench.run(45_000, true);
        assert!((-10_000..=0).contains(&bench.tilt()), "{ms}: {}", bench.tilt());
        assert!(!bench.guardian.inspect().stop_latched);
    }
}

#[test]
fn a_blink_of_the_motors_power_leaves_the_way_home_to_a_host() {
    let mut bench = blinked(100);
    bench.run(50, true);
    assert_eq!(bench.send(back()), AckResult::Accepted);
    for _ in 0..250 {
        bench.keep(back(), 40);
    }
    assert!((-10_000..=0).contains(&bench.tilt()), "{}", bench.tilt());
}

#[test]
fn nothing_is_asked_of_a_motor_without_power_and_a_person_starts_again_at_rest() {
    let mut bench = Bench::lowered(20_000);
    bench.send(to(40_000, RATE));
    bench.run(200, true);
    bench.with(|device| device.powered = false);
    bench.idle(200);
    assert!(bench.guardian.has(Fault::SupplyLow));
    let stood = bench.tilt();
    assert_eq!(bench.send(to(40_000, RATE)), AckResult::Faulted);
    assert_eq!(bench.send(back()), AckResult::Faulted, "it would be taken for a blocked one");
    bench.with(|device| device.powered = true);
    bench.idle(200);
    assert_ne!(bench.send(to(40_000, RATE)), AckResult::Accepted, "power is no start");
    bench.idle(3_000);
    assert_eq!(bench.tilt(), stood);
}

#[test]
fn a_circuit_that_is_closed_again_is_no_start_before_five_seconds() {
    let mut bench = blinked(30_000);
    let stood = bench.tilt();
    bench.run(4_900, true);
    assert_eq!(bench.tilt(), stood, "whoever closed it may stand in the way");
    bench.run(45_000, true);
    assert!((-10_000..=0).contains(&bench.tilt()), "{}", bench.tilt());
}

#[test]
fn a_supply_that_gives_way_under_every_start_is_asked_with_pauses_and_gains_ground() {
    let mut bench = Bench::lowered(20_000);
    let mut starts = 0;
    for _ in 0..60_000 / 5 {
        let moves = bench.with(|device| device.powered && device.speed < 0);
        bench.run(5, true);
        if bench.with(|device| device.powered && device.speed < -500) {
            bench.with(|device| device.powered = false);
            bench.run(200, true);
            bench.with(|device| device.powered = true);
        }
        starts += u32::from(!moves && bench.with(|device| device.speed < 0));
    }
    assert!((5..=13).contains(&starts), "{starts}");
    assert!(bench.tilt() < 20_000, "{}", bench.tilt());
}

#[test]
fn power_that_goes_in_the_middle_of_the_way_home_ends_it_only_for_as_long_as_it_is_away() {
    let mut bench = Bench::lowered(50_000);
    bench.run(9_000, true);
    assert!(bench.tilt() > 30_000, "under way: {}", bench.tilt());
    bench.with(|device| device.powered = false);
    bench.run(10_000, true);
    assert!(!bench.guardian.inspect().back_blocked, "nothing is in its way");
    bench.with(|device| device.powered = true);
    bench.run(45_000, true);
    assert!((-10_000..=0).contains(&bench.tilt()), "{}", bench.tilt());
}
