//! Mains, supply, heat, and too long head-down (H-12, H-13, H-26).

use antipode_firmware::{Config, DriveNotes};
use antipode_link::AckResult;
use antipode_safety::Fault;

use crate::bench::{Bench, back, held_back, only, target};

#[test]
fn losing_the_mains_head_down_returns_at_once() {
    let mut bench = Bench::lowered(50);
    bench.inputs.mains = false;
    let took = bench.until(200, |bench| bench.setpoint() < 0);
    assert!(took <= 60, "{took}");
    bench.idle(30_000);
    assert!(bench.tilt() <= 0);
    assert!(bench.faults().has(Fault::MainsLost));
    assert_eq!(bench.arm(), AckResult::Faulted);
    bench.inputs.mains = true;
    bench.idle(100);
    assert_eq!(bench.arm(), AckResult::Accepted);
}

#[test]
fn a_flicker_of_the_mains_is_no_loss() {
    let mut bench = Bench::lowered(30);
    bench.inputs.mains = false;
    bench.run(40);
    bench.inputs.mains = true;
    bench.idle(1_000);
    assert_eq!(bench.setpoint(), 0);
    assert!(bench.faults().is_empty());
}

#[test]
fn a_hot_drive_starts_nothing_and_finishes_a_slower_return() {
    let mut bench = Bench::lowered(50);
    bench.inputs.temperature_c = 70;
    bench.idle(50);
    assert_eq!(bench.send(target(55, 1_000)), AckResult::Faulted);
    bench.keep(back(3_000), 3_000);
    assert_eq!(bench.setpoint(), -2_000);
    bench.inputs.temperature_c = 85;
    bench.keep(back(3_000), 50);
    assert_eq!(bench.setpoint(), 0);
    assert_eq!(bench.send(back(3_000)), AckResult::Faulted);
    assert!(bench.outputs.buzzer);
}

#[test]
fn a_low_supply_lowers_nobody_and_brings_up() {
    let mut bench = Bench::lowered(20);
    bench.inputs.supply_mv = 19_999;
    bench.idle(100);
    assert!(bench.faults().has(Fault::SupplyLow));
    assert_eq!(bench.send(target(30, 1_000)), AckResult::Faulted);
    assert_eq!(bench.send(back(3_000)), AckResult::Accepted);
}

#[test]
fn ten_minutes_head_down_end_in_a_return_whatever_the_host_says() {
    let mut bench = Bench::lowered(30);
    bench.idle(560_000);
    assert!((bench.tilt() - 30_000).abs() < 100);
    bench.keep(target(30, 1_000), 60_000);
    assert!(bench.tilt() <= 0, "{}", bench.tilt());
}

#[test]
fn time_head_down_starts_over_after_thirty_seconds_at_level_and_not_sooner() {
    let config = Config { head_down_cap_ms: 60_000, ..Config::reference() };
    for (rest_ms, starts_over) in [(20_000, false), (40_000, true)] {
        let mut bench = Bench::lowered_with(config, 10);
        bench.idle(30_000);
        bench.keep(back(3_000), 10_000);
        bench.idle(rest_ms);
        bench.keep(target(10, 3_000), 35_000);
        assert_eq!(bench.tilt() > 9_000, starts_over, "{rest_ms}: {}", bench.tilt());
    }
}

#[test]
fn at_level_the_loss_of_the_mains_turns_nothing() {
    for (mdeg, returns) in [(0, false), (1, true)] {
        let mut bench = Bench::armed();
        bench.place(mdeg);
        bench.idle(100);
        bench.inputs.mains = false;
        bench.idle(1_000);
        assert_eq!(bench.tilt() < mdeg, returns, "{mdeg}");
    }
}

#[test]
fn a_drive_that_is_not_fit_moves_nothing_and_nobody_until_it_is() {
    let mut bench = Bench::lowered(20);
    bench.table.note_drive(DriveNotes { unfit: true, ..DriveNotes::NONE });
    bench.idle(100);
    assert!(bench.faults().has(Fault::HotHard));
    for asked in [target(10, 1_000), back(3_000), held_back()] {
        assert_eq!(bench.send(asked), AckResult::Faulted, "{asked:?}");
    }
    bench.table.note_drive(DriveNotes::NONE);
    bench.idle(100);
    assert_eq!(
        bench.send(back(3_000)),
        AckResult::Accepted,
        "it is forgotten as soon as it is over"
    );
}

#[test]
fn what_a_drive_has_latched_ends_motion_and_leaves_the_way_home() {
    let mut bench = Bench::lowered(20);
    let latch = only(&[Fault::LeaseExpired]);
    bench.table.note_drive(DriveNotes { latch, ..DriveNotes::NONE });
    bench.idle(20);
    bench.table.note_drive(DriveNotes::NONE);
    bench.idle(1_000);
    assert_eq!(bench.send(target(30, 1_000)), AckResult::Faulted);
    assert_eq!(bench.send(back(3_000)), AckResult::Accepted);
}
