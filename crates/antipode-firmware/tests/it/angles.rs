//! Angle sources that are lost, stuck, jump or disagree (H-04 to H-07).

use antipode_firmware::Config;
use antipode_link::{AckResult, Message};
use antipode_safety::{DriveState, Fault, Switch};

use crate::bench::{Bench, Sense, back, boot, held_back, target};

fn moving() -> Bench {
    let mut bench = Bench::armed();
    bench.keep(target(50, 3_000), 10_000);
    bench
}

#[test]
fn a_lost_angle_stops_the_bed_within_a_quarter_second() {
    let mut bench = moving();
    bench.main = Sense::Lost;
    bench.second = Sense::Lost;
    bench.keep(target(50, 3_000), 50);
    assert!(bench.setpoint() > 0, "a missed sample is bridged");
    bench.keep(target(50, 3_000), 100);
    assert_eq!(bench.setpoint(), 0);
    assert_eq!(bench.telemetry().tilt, None);
    bench.run(60_000);
    assert_eq!(bench.setpoint(), 0, "nothing moves blind");
    assert!(bench.outputs.buzzer && bench.outputs.brake);
    assert_eq!(bench.send(back(3_000)), AckResult::NoAngle);
}

#[test]
fn one_source_lost_holds_five_seconds_and_creeps_home_on_the_other() {
    for (main, second) in [(Sense::Lost, Sense::Good), (Sense::Good, Sense::Lost)] {
        let mut bench = Bench::lowered(55);
        (bench.main, bench.second) = (main, second);
        bench.idle(150);
        assert!(bench.faults().has(Fault::AngleInvalid));
        let hold = bench.until(6_000, |bench| bench.setpoint() < 0);
        assert!(hold <= 5_200);
        let way = bench.until(70_000, |bench| bench.tilt() <= 0);
        assert!(hold + way <= 120_000);
        assert!(bench.rate >= -1_000, "{}", bench.rate);
        bench.run(10_000);
        assert!(bench.tilt() > -10_000);
    }
}

#[test]
fn with_one_source_lost_no_frame_lowers_and_a_return_creeps() {
    let mut bench = Bench::lowered(30);
    bench.second = Sense::Lost;
    bench.idle(200);
    assert_eq!(bench.send(target(40, 1_000)), AckResult::Faulted);
    bench.keep(back(3_000), 2_000);
    assert_eq!(bench.setpoint(), -1_000);
}

#[test]
fn a_table_with_one_source_by_design_is_not_doubtful() {
    let config = Config { second_angle: false, ..Config::reference() };
    let mut bench = Bench::lowered_with(config, 30);
    bench.keep(back(3_000), 3_000);
    assert_eq!(bench.setpoint(), -3_000);
}

#[test]
fn sources_more_than_five_degrees_apart_for_three_hundred_milliseconds_stop_the_bed() {
    for (off, stops) in [(5_000, false), (5_010, true), (-5_010, true)] {
        let mut bench = Bench::armed();
        bench.keep(target(40, 2_000), 1_000);
        // In steps of a tenth, so that it is drift and no jump.
        for step in 1..=100 {
            bench.second = Sense::Off(off * step / 100);
            bench.keep(target(40, 2_000), 50);
        }
        bench.keep(target(40, 2_000), 200);
        assert!(bench.setpoint() > 0, "{off}");
        bench.keep(target(40, 2_000), 100);
        assert_eq!(bench.setpoint() == 0, stops, "{off}");
        assert_eq!(bench.faults().has(Fault::AngleDisagrees), stops);
    }
}

#[test]
fn sources_that_disagree_head_down_creep_home_by_the_larger() {
    let mut bench = Bench::lowered(40);
    for step in 1..=30 {
        bench.second = Sense::Off(step * 300);
        bench.idle(100);
    }
    assert_eq!(bench.setpoint(), 0);
    bench.until(6_000, |bench| bench.setpoint() < 0);
    bench.until(70_000, |bench| bench.tilt() <= 0);
    bench.run(30_000);
    // The larger alone would lead to 12 degrees head-up.
    assert!(bench.rate == 0 && bench.tilt() > -10_500, "{}", bench.tilt());
}

#[test]
fn sources_on_both_sides_of_level_say_nothing() {
    let mut bench = Bench::armed();
    bench.keep(target(3, 1_000), 6_000);
    for step in 1..=30 {
        bench.second = Sense::Off(-step * 300);
        bench.idle(100);
    }
    assert_eq!(bench.send(back(1_000)), AckResult::NoAngle);
    bench.run(60_000);
    assert_eq!(bench.setpoint(), 0);
    assert!(bench.outputs.buzzer);
}

#[test]
fn one_wild_sample_is_dropped_and_three_within_a_second_distrust_the_source() {
    let mut bench = moving();
    for _ in 0..2 {
        bench.main = Sense::Off(20_000);
        bench.step(10);
        bench.main = Sense::Good;
        bench.keep(target(50, 3_000), 150);
        assert!(bench.setpoint() > 0);
    }
    bench.main = Sense::Off(20_000);
    bench.step(10);
    bench.main = Sense::Good;
    bench.keep(target(50, 3_000), 50);
    assert_eq!(bench.setpoint(), 0);
    assert!(bench.faults().has(Fault::AngleInvalid));
}

#[test]
fn wild_samples_over_a_second_apart_are_borne() {
    let mut bench = Bench::armed();
    for _ in 0..10 {
        bench.main = Sense::Stuck(120_000);
        bench.keep(target(50, 1_000), 50);
        bench.main = Sense::Good;
        bench.keep(target(50, 1_000), 1_950);
    }
    // Five wild samples in a row are more than two: the source is out.
    assert_eq!(bench.setpoint(), 0);
    let mut bench = Bench::armed();
    for _ in 0..10 {
        bench.main = Sense::Stuck(120_000);
        bench.step(10);
        bench.main = Sense::Good;
        bench.keep(target(50, 1_000), 1_000);
        assert!(bench.setpoint() > 0);
    }
}

#[test]
fn a_stuck_source_is_found_by_the_other_one() {
    for stuck_main in [true, false] {
        let mut bench = moving();
        let at = Sense::Stuck(bench.tilt());
        if stuck_main {
            bench.main = at;
        } else {
            bench.second = at;
        }
        bench.keep(target(50, 3_000), 2_100);
        assert_eq!(bench.setpoint(), 0);
        let telemetry = bench.telemetry();
        assert_eq!(
            (telemetry.tilt.is_none(), telemetry.tilt_second.is_none()),
            (stuck_main, !stuck_main)
        );
        bench.run(70_000);
        assert!(bench.tilt() <= 0);
    }
}

#[test]
fn a_creep_that_gains_nothing_in_its_time_ends() {
    let mut bench = Bench::lowered(20);
    bench.main = Sense::Lost;
    bench.second = Sense::Off(0);
    bench.until(6_000, |bench| bench.setpoint() < 0);
    // The only source drifts as fast as the bed turns: by its word the bed gains too little.
    let mut ended = false;
    for step in 0..6_000 {
        bench.second = Sense::Off(step * 6);
        bench.step(10);
        ended |= step > 100 && bench.setpoint() == 0;
        if ended {
            break;
        }
    }
    assert!(ended);
    let at = bench.tilt();
    bench.run(10_000);
    assert!((bench.tilt() - at).abs() < 200 && bench.outputs.buzzer);
    assert_eq!(bench.state(), DriveState::Faulted);
}

#[test]
fn a_sensor_that_comes_and_goes_at_level_leaves_no_fault_behind_and_head_down_it_does() {
    let mut level = Bench::armed();
    level.main = Sense::Lost;
    level.idle(200);
    assert!(level.faults().has(Fault::AngleInvalid));
    assert_eq!(level.send(target(10, 1_000)), AckResult::Faulted);
    level.main = Sense::Good;
    level.idle(1_200);
    assert!(level.faults().is_empty());
    assert_eq!(level.send(target(10, 1_000)), AckResult::Accepted);
    let mut down = Bench::lowered(10);
    down.main = Sense::Lost;
    down.idle(200);
    down.main = Sense::Good;
    down.idle(1_200);
    assert!(down.faults().has(Fault::AngleInvalid));
}

/// Lowered to `to` degrees, and both angles lost.
fn blind(to: i32) -> Bench {
    let mut bench = Bench::lowered(to);
    (bench.main, bench.second) = (Sense::Lost, Sense::Lost);
    bench.highest = i32::MIN;
    bench.idle(300);
    bench
}

/// Runs for `ms` with the rest switch of a real bed, or with one that says `always` the same.
fn run_with_switch(bench: &mut Bench, always: Option<bool>, ms: u32) {
    for _ in 0..ms / 10 {
        let closed = always.unwrap_or((-10_000..=0).contains(&bench.tilt()));
        bench.press(Switch::Rest, closed);
        bench.step(10);
        assert!(bench.rate >= -1_000, "a creep: {}", bench.rate);
    }
}

#[test]
fn without_any_angle_a_held_return_creeps_into_the_rest_band_and_a_press_does_not() {
    for (to, switch, stop) in [
        (1, None, false),
        (30, None, false),
        (60, None, true),
        // A dead switch: the way that is left is counted.
        (30, Some(false), false),
        (60, Some(false), true),
    ] {
        let mut bench = blind(to);
        if stop {
            bench.send(Message::Stop);
        }
        assert_ne!(bench.send(back(3_000)), AckResult::Accepted);
        run_with_switch(&mut bench, switch, 2_000);
        assert_eq!(bench.setpoint(), 0);
        bench.press(Switch::Return, true);
        run_with_switch(&mut bench, switch, 700);
        assert!(bench.setpoint() < 0);
        bench.press(Switch::Return, false);
        run_with_switch(&mut bench, switch, 1_000);
        assert_eq!(bench.setpoint(), 0, "a press is a hold here");
        bench.press(Switch::Return, true);
        run_with_switch(&mut bench, switch, 120_000);
        assert!((-4_000..=-1_000).contains(&bench.tilt()), "{to} {switch:?}: {}", bench.tilt());
        assert!(bench.highest <= to * 1_000 + 100, "never deeper: {}", bench.highest);
        assert!(bench.outputs.brake && bench.outputs.buzzer, "and nobody calls it level");
    }
}

#[test]
fn a_host_may_hold_the_blind_return_too_and_the_rest_switch_that_lied_is_not_asked() {
    let mut bench = Bench::lowered(30);
    bench.press(Switch::Rest, true);
    bench.idle(2_000);
    (bench.main, bench.second) = (Sense::Lost, Sense::Lost);
    bench.idle(300);
    bench.keep(held_back(), 120_000);
    assert!((-4_000..=-2_000).contains(&bench.tilt()), "{}", bench.tilt());
}

#[test]
fn a_fast_return_stops_before_it_goes_on_blind() {
    let mut bench = Bench::lowered(40);
    bench.send(Message::Stop);
    bench.run(300);
    bench.press(Switch::Return, true);
    bench.run(3_000);
    assert_eq!(bench.setpoint(), -3_000);
    (bench.main, bench.second) = (Sense::Lost, Sense::Lost);
    bench.until(200, |bench| bench.setpoint() == 0);
    for _ in 0..8_000 {
        bench.step(10);
        assert!((-1_000..=0).contains(&bench.setpoint()));
    }
    // What it ran on while it slowed is not known to it.
    assert!((-6_000..=-2_000).contains(&bench.tilt()), "{}", bench.tilt());
}

#[test]
fn blind_the_current_alone_ends_a_creep_and_where_it_lies_nothing_moves() {
    let mut bench = blind(30);
    bench.press(Switch::Return, true);
    bench.run(3_000);
    assert_eq!(bench.setpoint(), -1_000);
    bench.inputs.current_ma = 12_000;
    bench.run(210);
    assert_eq!(bench.setpoint(), 0);
    bench.run(2_000);
    bench.press(Switch::Return, false);
    bench.run(100);
    bench.press(Switch::Return, true);
    bench.run(5_000);
    assert_eq!(bench.setpoint(), 0, "neither angle nor current: people");
    assert_eq!(bench.send(held_back()), AckResult::NoAngle);
}

#[test]
fn a_table_that_never_knew_its_angle_moves_for_nobody() {
    let mut bench = Bench::new(Config::reference(), boot(), 0);
    (bench.main, bench.second) = (Sense::Lost, Sense::Lost);
    bench.place(40_000);
    bench.run(100);
    bench.greet();
    bench.beat();
    bench.press(Switch::Return, true);
    bench.run(5_000);
    assert_eq!(bench.send(held_back()), AckResult::NoAngle);
    assert_eq!((bench.setpoint(), bench.tilt()), (0, 40_000));
}

#[test]
fn a_source_mounted_the_wrong_way_takes_no_held_return_away() {
    for by_hand in [false, true] {
        let mut bench = Bench::lowered(30);
        // From 30 to -30 by and by, so that it is believed.
        for step in 1..=200 {
            bench.second = Sense::Off(-step * 300);
            bench.idle(30);
        }
        bench.run(2_000);
        let before = bench.tilt();
        if by_hand {
            bench.press(Switch::Return, true);
            bench.idle(10_000);
        } else {
            bench.keep(held_back(), 10_000);
        }
        assert!(bench.tilt() < before - 5_000, "{by_hand}: {} from {before}", bench.tilt());
    }
}
