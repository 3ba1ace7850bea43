//! Motor power that goes and comes back is no STOP: nothing turns without it, and with it the bed
//! comes home, by its host or without one (H-01, H-13).

use antipode_link::AckResult;
use antipode_safety::{Fault, Rate};

use crate::bench::{Bench, back, held_back, to};

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
    // Whatever cut it may be a stop button: the host asks on, and for five seconds in vain.
    let stood = bench.tilt();
    bench.keep(back(), 4_800);
    assert_eq!(bench.tilt(), stood, "whoever let the button go may stand in the way");
    assert_eq!(bench.send(back()), AckResult::Faulted);
    assert!(bench.guardian.has(Fault::SupplyLow), "it says why");
    bench.keep(back(), 15_000);
    assert!((-10_000..=0).contains(&bench.tilt()), "{}", bench.tilt());
}

#[test]
fn a_hand_that_holds_return_moves_it_as_soon_as_there_is_power() {
    let mut bench = blinked(3_000);
    let stood = bench.tilt();
    bench.keep(held_back(), 2_000);
    assert!(bench.tilt() < stood - 1_000, "{stood} {}", bench.tilt());
    bench.run(800, true);
    let let_go = bench.tilt();
    bench.run(1_000, true);
    assert!((bench.tilt() - let_go).abs() < 100, "with the hand it ends");
}

/// On its way home alone when its supply dips for `ms`, which the drive calls an over-current as well.
fn dipped(ms: u64) -> Bench {
    let mut bench = Bench::lowered(50_000);
    bench.run(9_000, true);
    assert!(bench.tilt() > 30_000, "under way: {}", bench.tilt());
    bench.with(|device| (device.powered, device.faults.over_current) = (false, true));
    bench.run(ms, true);
    bench.with(|device| device.powered = true);
    bench
}

#[test]
fn a_dip_of_the_supply_on_the_way_home_that_a_drive_calls_over_current_is_no_obstacle() {
    for ms in [20, 100, 700, 3_000] {
        let mut bench = dipped(ms);
        let stood = bench.tilt();
        bench.run(4_000, true);
        assert_eq!(bench.tilt(), stood, "{ms}: not at once");
        bench.run(45_000, true);
        assert!((-10_000..=0).contains(&bench.tilt()), "{ms}: {}", bench.tilt());
    }
}

#[test]
fn a_drive_that_calls_it_over_current_before_it_misses_its_power_is_excused_as_well() {
    let mut bench = Bench::lowered(50_000);
    bench.run(9_000, true);
    bench.with(|device| device.faults.over_current = true);
    bench.run(600, true);
    bench.with(|device| device.powered = false);
    bench.run(200, true);
    bench.with(|device| device.powered = true);
    bench.run(45_000, true);
    assert!((-10_000..=0).contains(&bench.tilt()), "{}", bench.tilt());
}

#[test]
fn what_is_in_the_way_and_pulls_the_supply_down_is_pushed_against_once_more_and_no_further() {
    let mut bench = dipped(200);
    let at = bench.tilt();
    bench.with(|device| device.held_from_udeg = Some(i64::from(at) * 1_000));
    let (mut pushes, mut was_stuck) = (0, true);
    for _ in 0..120_000 / 5 {
        bench.run(5, true);
        // Whenever it pushes, the supply gives way.
        let stuck = bench.with(|device| device.faults.over_current);
        if stuck && !was_stuck {
            pushes += 1;
            bench.with(|device| device.powered = false);
            bench.run(100, true);
            bench.with(|device| device.powered = true);
        }
        was_stuck = stuck;
    }
    assert_eq!(pushes, 1);
    assert!(bench.guardian.inspect().back_blocked, "people go on");
    assert!(bench.tilt() > at - 500, "{at} {}", bench.tilt());
}

#[test]
fn a_real_obstacle_on_the_way_home_stops_the_bed_at_once_and_waits_for_people() {
    let mut bench = Bench::lowered(50_000);
    bench.with(|device| device.held_from_udeg = Some(40_000_000));
    while !bench.with(|device| device.faults.over_current) {
        bench.run(5, true);
    }
    // It would turn again, were it told to.
    bench.with(|device| (device.faults.over_current, device.held_from_udeg) = (false, None));
    let at = bench.tilt();
    bench.with(|device| device.faults.over_current = true);
    bench.run(20, true);
    bench.with(|device| device.faults.over_current = false);
    bench.run(60_000, true);
    assert!(bench.guardian.inspect().back_blocked);
    assert!((bench.tilt() - at).abs() < 700, "{at} {}", bench.tilt());
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
