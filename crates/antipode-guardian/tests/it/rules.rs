//! What the guardian promises, on the true tilt of the bed.

use antipode_guardian::{ConfigError, Fitness, Following, GuardianConfig, Order};
use antipode_link::AckResult;
use antipode_link::Message;
use antipode_safety::{Angle, DriveState, Fault, FaultSet, Millis, Rate};

use crate::bench::{Bench, back, config, stroke, to};

const RATE: Rate = Rate::clamped(3_000);

fn clear(fault: Fault) -> Message {
    Message::ClearFaults { faults: FaultSet::NONE.with(fault, true) }
}

pub(crate) fn clear_all() -> Message {
    Message::ClearFaults { faults: FaultSet::from_bits(u16::MAX) }
}

#[test]
fn a_lowering_and_a_return_turn_the_bed() {
    let mut bench = Bench::lowered(30_000);
    bench.idle(1_000);
    assert!((29_000..30_100).contains(&bench.tilt()), "{}", bench.tilt());
    for _ in 0..400 {
        bench.keep(back(), 40);
    }
    assert!((-4_000..=-2_000).contains(&bench.tilt()), "{}", bench.tilt());
}

#[test]
fn without_the_next_frame_the_bed_stands_within_the_lease() {
    let mut bench = Bench::lowered(10_000);
    bench.send(to(40_000, RATE));
    bench.run(250 + 30, true);
    let stood = bench.tilt();
    bench.run(2_000, true);
    assert_eq!(bench.tilt(), stood);
}

#[test]
fn a_lost_host_brings_the_bed_home_within_45_seconds() {
    let mut bench = Bench::lowered(50_000);
    bench.run(45_000, true);
    assert!((-10_000..=0).contains(&bench.tilt()), "{}", bench.tilt());
}

#[test]
fn a_guardian_that_hangs_leaves_the_bed_to_the_drives_timeout_and_the_start_to_a_person() {
    let mut bench = Bench::lowered(10_000);
    bench.send(to(40_000, RATE));
    bench.run(100, true);
    bench.run(400, false);
    let stood = bench.tilt();
    bench.run(2_000, false);
    assert_eq!(bench.tilt(), stood);
    // What waited meanwhile was meant for another moment; and the drive has latched.
    bench.say_unanswered(to(40_000, RATE));
    bench.idle(2_000);
    assert_eq!(bench.tilt(), stood);
    assert_eq!(bench.send(to(40_000, RATE)), AckResult::Faulted);
    assert_eq!(bench.with(|device| device.forgotten), 0, "nobody asked");
    assert_eq!(bench.send(back()), AckResult::Accepted);
    bench.keep(back(), 1_000);
    assert_eq!(bench.with(|device| device.forgotten), 1);
    assert!(bench.tilt() < stood - 500);
}

#[test]
fn what_waited_while_the_loop_stood_still_moves_nothing() {
    let mut bench = Bench::armed();
    bench.run(150, false);
    bench.say_unanswered(to(20_000, RATE));
    bench.run(500, true);
    let moves = |order: &Order| matches!(order, Order::Speed(_));
    assert!(!bench.with(|device| device.orders.iter().any(|(_, order)| moves(order))));
}

#[test]
fn after_its_own_hiccup_a_lost_host_still_comes_home() {
    let mut bench = Bench::lowered(20_000);
    bench.run(1_000, false);
    assert!(bench.with(|device| device.faults.timed_out));
    bench.run(45_000, true);
    assert!((-10_000..=0).contains(&bench.tilt()), "{}", bench.tilt());
}

#[test]
fn a_latched_timeout_is_cleared_by_a_start_and_by_nothing_else() {
    let mut bench = Bench::armed();
    bench.with(|device| device.faults.timed_out = true);
    bench.idle(1_000);
    for _ in 0..20 {
        bench.greet();
        bench.idle(50);
        assert_eq!(bench.arm(), AckResult::Faulted);
        assert_eq!(bench.send(to(10_000, RATE)), AckResult::Faulted);
    }
    assert_eq!(bench.with(|device| device.forgotten), 0);
    assert_eq!(bench.send(clear(Fault::LeaseExpired)), AckResult::Accepted);
    assert_eq!(bench.arm(), AckResult::Accepted);
    bench.keep(to(10_000, RATE), 1_000);
    assert_eq!(bench.with(|device| device.forgotten), 1);
    assert!(bench.tilt() > -2_500, "{}", bench.tilt());
}

#[test]
fn a_latch_that_does_not_go_is_told_again() {
    let mut bench = Bench::armed();
    bench.with(|device| {
        device.faults.timed_out = true;
        device.forgets = false;
    });
    bench.idle(100);
    assert_eq!(bench.send(clear(Fault::LeaseExpired)), AckResult::Accepted);
    bench.idle(2_000);
    assert_eq!(bench.arm(), AckResult::Faulted);
    assert_eq!(bench.with(|device| device.forgotten), 1, "once for each time asked");
}

#[test]
fn a_drive_that_is_not_fit_is_never_told_to_move_and_cannot_be_armed() {
    for fitness in [Fitness::Unknown, Fitness::Unfit { reason: "its timeout is off" }] {
        let mut bench = Bench::at(-3_000);
        bench.with(|device| device.fitness = fitness);
        bench.idle(200);
        bench.greet();
        bench.idle(1_000);
        assert_ne!(bench.arm(), AckResult::Accepted);
        bench.keep(to(20_000, RATE), 200);
        bench.keep(back(), 200);
        let held = bench.with(|device| device.orders.iter().all(|(_, o)| *o == Order::Hold));
        assert!(held && bench.guardian.has(Fault::HotHard));
    }
}

#[test]
fn a_drive_that_stops_being_fit_is_held_and_comes_home_once_it_is_again() {
    let mut bench = Bench::lowered(30_000);
    bench.with(|device| device.fitness = Fitness::Unknown);
    bench.keep(to(50_000, RATE), 40);
    let stood = bench.tilt();
    bench.run(5_000, true);
    assert!((bench.tilt() - stood).abs() < 50);
    bench.with(|device| device.fitness = Fitness::Fit { timeout: Millis::new(300) });
    bench.run(45_000, true);
    assert!((-10_000..=0).contains(&bench.tilt()), "{}", bench.tilt());
}

#[test]
fn a_stop_wired_to_the_drive_is_a_stop_and_a_broken_drive_forbids_everything() {
    let mut bench = Bench::lowered(20_000);
    bench.with(|device| device.faults.stop_open = true);
    bench.idle(300);
    bench.with(|device| device.faults.stop_open = false);
    bench.idle(300);
    assert!(bench.guardian.inspect().stop_latched);
    let mut bench = Bench::lowered(20_000);
    bench.with(|device| device.faults.broken = true);
    bench.idle(300);
    assert_eq!(bench.send(back()), AckResult::Faulted);
}

#[test]
fn a_silent_drive_is_not_there() {
    let mut bench = Bench::lowered(20_000);
    bench.with(|device| device.silent = true);
    bench.idle(600);
    let told = bench.telemetry.unwrap();
    assert!(told.tilt.is_none() && told.faults.has(Fault::HotHard), "{told:?}");
    assert_eq!(told.state, DriveState::Faulted);
}

#[test]
fn a_drive_with_a_shorter_timeout_shortens_the_lease() {
    let mut bench = Bench::armed();
    bench.with(|device| device.fitness = Fitness::Fit { timeout: Millis::new(120) });
    bench.send(to(40_000, RATE));
    bench.run(10, true);
    assert!(bench.guardian.inspect().lease_ms_left <= 120);
}

#[test]
fn a_table_that_cannot_be_guarded_is_refused() {
    let refused = |config: GuardianConfig| config.controller(&stroke()).unwrap_err();
    let loose = GuardianConfig { self_locking: false, ..config() };
    assert_eq!(refused(loose), ConfigError::NotSelfLocking);
    let far = GuardianConfig { tilt_max: Angle::clamped(66_000), ..config() };
    assert!(matches!(refused(far), ConfigError::StrokeTooShort { .. }));
    let fixed = |speed, ms| GuardianConfig {
        following: Following::Jog { speed },
        runs_on: Millis::new(ms),
        ..config()
    };
    assert_eq!(refused(fixed(4_001, 0)), ConfigError::FixedSpeed { mdeg_per_s: 4_001 });
    assert_eq!(refused(fixed(2_000, 126)), ConfigError::RunsOn { mdeg: 252 });
    let short = fixed(2_000, 100).controller(&stroke()).unwrap();
    assert_eq!(short.tilt_max, Angle::clamped(59_800), "it runs on for 0.2 degrees");
}
