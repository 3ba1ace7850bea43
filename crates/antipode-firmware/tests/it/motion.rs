//! Range, rate, ramp, and where returns end (I1, I2, I19).

use antipode_firmware::Config;
use antipode_link::{AckResult, Message};
use antipode_safety::{Angle, DriveState, Rate};

use crate::bench::{Bench, Sense, back, deg, lease, target};

#[test]
fn rates_are_capped_and_ramped() {
    let mut bench = Bench::armed();
    let mut last = 0;
    let mut fastest = 0;
    for _ in 0..200 {
        bench.keep(target(50, 20_000), 50);
        fastest = fastest.max(bench.setpoint());
        assert!(bench.setpoint() - last <= 100, "2 degrees a second each second");
        last = bench.setpoint();
    }
    assert_eq!(fastest, 3_000);
}

#[test]
fn the_ramp_is_two_degrees_a_second_each_second_at_any_tick_in_time() {
    for dt in [1, 7, 10, 20] {
        let mut bench = Bench::armed();
        let before = bench.now;
        bench.send(target(50, 3_000));
        while bench.now - before < 200 {
            bench.step(dt);
            let most = 2 * i32::try_from(bench.now - before).unwrap();
            assert!(bench.setpoint() <= most && bench.setpoint() > most - 60, "{dt}");
        }
    }
}

#[test]
fn a_loop_that_hung_speeds_up_no_further_than_in_one_tick() {
    for hung in [21, 50, 170] {
        let mut bench = Bench::armed();
        bench.send(target(50, 3_000));
        bench.step(10);
        let before = bench.setpoint();
        bench.step(hung);
        assert!((1..=40).contains(&(bench.setpoint() - before)), "{hung}");
    }
}

#[test]
fn targets_are_reached_to_a_fiftieth_of_a_degree_and_held() {
    for (to, rate) in [(60, 3_000), (30, 1_500), (5, 500), (-8, 1_000), (-75, 3_000), (1, 100)] {
        let mut bench = Bench::armed();
        bench.keep(target(to, rate), 60_000);
        assert!((bench.tilt() - to * 1_000).abs() <= 25, "{to}: {}", bench.tilt());
        assert_eq!(bench.state(), DriveState::Holding);
        assert!(bench.outputs.brake);
        assert!(bench.faults().is_empty());
    }
}

#[test]
fn the_head_down_end_is_never_passed() {
    for config in [
        Config::reference(),
        Config { tilt_max: deg(20), ..Config::reference() },
        Config { tilt_max: Angle::from_deg(75).unwrap(), ..Config::reference() },
    ] {
        let max = config.tilt_max.millideg();
        for dt in [1, 10, 50] {
            let mut bench = Bench::armed_with(config);
            bench.micro_run_to_the_end(dt);
            assert!(
                bench.highest <= max && bench.highest > max - 100,
                "{} of {max}",
                bench.highest
            );
        }
    }
}

impl Bench {
    fn micro_run_to_the_end(&mut self, dt: u32) {
        let jog = Message::Jog { rate: Rate::clamped(9_000), lease: lease(250) };
        for _ in 0..45_000 / 100 {
            self.send(jog);
            for _ in 0..100 / dt {
                self.step(dt);
            }
        }
    }
}

#[test]
fn the_head_up_end_is_never_passed() {
    let config = Config { tilt_min: deg(-20), ..Config::reference() };
    let mut bench = Bench::armed_with(config);
    let jog = Message::Jog { rate: Rate::clamped(-3_000), lease: lease(250) };
    bench.keep(jog, 15_000);
    assert!((-20_000..-19_900).contains(&bench.tilt()), "{}", bench.tilt());
    assert_eq!(bench.send(target(-21, 1_000)), AckResult::OutOfRange);
    assert_eq!(bench.send(target(-20, 1_000)), AckResult::Accepted);
}

#[test]
fn the_end_of_the_range_is_a_target_and_a_hundredth_more_is_not() {
    let mut bench = Bench::armed();
    assert_eq!(bench.send(target(60, 1_000)), AckResult::Accepted);
    let past = Message::SetTarget {
        target: Angle::clamped(60_010),
        rate: Rate::clamped(1_000),
        lease: lease(250),
    };
    assert_eq!(bench.send(past), AckResult::OutOfRange);
}

#[test]
fn the_more_head_down_source_keeps_the_end() {
    let mut bench = Bench::armed();
    for step in 1..=100 {
        bench.second = Sense::Off(40 * step);
        bench.keep(target(60, 3_000), 50);
    }
    bench.keep(target(60, 3_000), 40_000);
    assert!((55_900..=56_000).contains(&bench.tilt()), "{}", bench.tilt());
}

#[test]
fn a_return_names_its_speed_within_two_and_six_and_passes_level_at_two() {
    for (asked, from, got) in [
        (3_000, 30, 3_000),
        (10_000, 50, 6_000),
        (1_000, 40, 1_000),
        (1_000, 50, 2_000),
        (0, 30, 3_000),
    ] {
        let mut bench = Bench::lowered(from);
        let mut fastest = 0;
        let mut at_level = 0;
        for _ in 0..if asked == 1_000 { 200 } else { 1_400 } {
            bench.send(back(asked));
            bench.step(10);
            fastest = fastest.max(-bench.setpoint());
            if bench.tilt() <= 0 && at_level == 0 {
                at_level = -bench.setpoint();
            }
        }
        assert_eq!(fastest, got, "asked {asked} from {from}");
        assert!(at_level <= 2_000, "{at_level}");
    }
}

#[test]
fn returns_end_in_the_rest_band_and_ask_for_nothing_above_it() {
    let mut bench = Bench::lowered(50);
    bench.keep(back(6_000), 20_000);
    assert!((-3_100..=-2_900).contains(&bench.tilt()), "{}", bench.tilt());
    assert_eq!(bench.send(back(3_000)), AckResult::AlreadyUp);
    let mut bench = Bench::armed();
    bench.keep(target(-60, 3_000), 25_000);
    assert_eq!(bench.send(back(3_000)), AckResult::AlreadyUp);
    bench.idle(1_000);
    assert!((bench.tilt() + 60_000).abs() < 100);
}

#[test]
fn at_level_a_return_halts_what_the_host_began() {
    let mut bench = Bench::armed();
    bench.keep(target(-60, 3_000), 3_000);
    assert!(bench.setpoint() < 0);
    assert_eq!(bench.send(back(3_000)), AckResult::AlreadyUp);
    bench.step(10);
    assert_eq!(bench.setpoint(), 0);
}

#[test]
fn a_return_needs_no_arming() {
    let mut bench = Bench::lowered(20);
    bench.send(Message::Disarm);
    assert_eq!(bench.send(back(3_000)), AckResult::Accepted);
    bench.keep(back(3_000), 15_000);
    assert!(bench.tilt() <= 0);
}

#[test]
fn the_brake_sets_three_tenths_after_the_last_rate_and_opens_before_the_first() {
    let mut bench = Bench::armed();
    bench.idle(500);
    assert!(bench.outputs.brake);
    bench.send(target(30, 3_000));
    bench.step(10);
    assert!(bench.setpoint() > 0 && !bench.outputs.brake);
    bench.keep(target(30, 3_000), 3_000);
    bench.send(Message::Hold);
    bench.run(290);
    assert!(!bench.outputs.brake);
    bench.run(10);
    assert!(bench.outputs.brake);
}

#[test]
fn a_reversal_goes_through_zero() {
    let mut bench = Bench::armed();
    bench.keep(target(40, 3_000), 6_000);
    bench.send(target(0, 3_000));
    bench.step(10);
    assert_eq!(bench.setpoint(), -20);
}

#[test]
fn a_raise_to_a_lower_tilt_that_is_still_head_down_goes_there() {
    let mut bench = Bench::lowered(30);
    bench.keep(target(10, 2_000), 15_000);
    assert!((bench.tilt() - 10_000).abs() <= 25, "{}", bench.tilt());
    bench.keep(target(20, 2_000), 15_000);
    assert!((bench.tilt() - 20_000).abs() <= 25, "{}", bench.tilt());
}

#[test]
fn an_arrived_bed_is_steered_again_past_three_tenths_of_a_degree() {
    for (off, steered) in [(300, false), (301, true), (-300, false), (-301, true)] {
        let mut bench = Bench::lowered(30);
        bench.place(30_000 + off);
        bench.keep(target(30, 3_000), 3_000);
        let expected = if steered { 25 } else { 300 };
        assert!((bench.tilt() - 30_000).abs() <= expected, "{off}: {}", bench.tilt());
        assert_eq!((bench.tilt() - 30_000).abs() < 300, steered, "{off}");
    }
}
