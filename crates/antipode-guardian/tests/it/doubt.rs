//! What a drive says that nobody knows, and what it no longer says: nothing starts, the angle goes on
//! being used, and a return is still tried (H-01, H-06).

use antipode_link::AckResult;
use antipode_safety::{Fault, Rate};

use crate::bench::{Bench, back, to};

#[test]
fn a_bit_that_nobody_knows_keeps_it_from_being_armed() {
    let mut bench = Bench::at(-3_000);
    bench.with(|device| device.faults.unknown = true);
    bench.idle(200);
    bench.greet();
    bench.idle(200);
    assert_eq!(bench.arm(), AckResult::Faulted);
    assert_eq!(
        bench.telemetry.and_then(|told| told.tilt).map(|tilt| tilt.millideg()),
        Some(-3_000)
    );
}

#[test]
fn a_bit_that_nobody_knows_ends_the_way_down_and_leaves_the_way_home() {
    for alone in [true, false] {
        let mut bench = Bench::lowered(20_000);
        bench.send(to(40_000, Rate::clamped(3_000)));
        bench.run(100, true);
        bench.with(|device| device.faults.unknown = true);
        bench.idle(600);
        let stood = bench.tilt();
        assert!(stood < 22_500, "{stood}");
        assert!(bench.guardian.has(Fault::HotSoft));
        if alone {
            bench.run(45_000, true);
        } else {
            for _ in 0..500 {
                bench.keep(back(), 40);
            }
        }
        assert!((-10_000..=0).contains(&bench.tilt()), "{alone}: {}", bench.tilt());
    }
}

/// Tells what a healthy drive tells now and then.
fn tell(bench: &mut Bench, current: bool, heat: bool) {
    let now = bench.now;
    bench.with(|device| {
        device.current_ma = if current { Some((now, 500)) } else { device.current_ma };
        device.temperature_c = if heat { Some((now, 30)) } else { device.temperature_c };
    });
}

#[test]
fn a_current_or_a_temperature_that_is_no_longer_told_is_not_zero() {
    for (current, heat) in [(false, true), (true, false)] {
        let mut bench = Bench::at(-3_000);
        tell(&mut bench, true, true);
        bench.start();
        for _ in 0..20 {
            tell(&mut bench, current, heat);
            bench.keep(to(20_000, Rate::clamped(2_000)), 200);
        }
        let stood = bench.tilt();
        assert!((1_000..5_000).contains(&stood), "{stood}");
        assert!(bench.guardian.has(Fault::HotSoft));
        bench.idle(500);
        assert!((bench.tilt() - stood).abs() < 200);
        bench.keep(back(), 8_000);
        assert!(bench.tilt() < 0, "a return goes on: {}", bench.tilt());
        tell(&mut bench, true, true);
        bench.idle(200);
        assert_eq!(bench.arm(), AckResult::Accepted);
    }
}

#[test]
fn a_line_that_is_opened_again_does_not_excuse_a_current_that_is_no_longer_told() {
    let mut bench = Bench::at(-3_000);
    tell(&mut bench, true, true);
    bench.start();
    bench.keep(to(20_000, Rate::clamped(2_000)), 400);
    bench.with(|device| (device.current_ma, device.temperature_c) = (None, None));
    bench.guardian.drive_opened();
    bench.keep(to(20_000, Rate::clamped(2_000)), 8_000);
    let stood = bench.tilt();
    assert!(stood < 5_000, "nothing feels what it runs against: {stood}");
    assert!(bench.guardian.has(Fault::HotSoft));
}

#[test]
fn a_current_is_what_it_was_until_it_is_missed_and_never_nothing_before() {
    let mut bench = Bench::at(-3_000);
    tell(&mut bench, true, true);
    bench.start();
    for _ in 0..70 {
        bench.idle(50);
        let doubted = bench.guardian.has(Fault::HotSoft);
        let told = bench.telemetry.map_or(0, |told| told.current_ma);
        assert!(doubted || told == 500, "{told}");
    }
    assert!(bench.guardian.has(Fault::HotSoft));
}
