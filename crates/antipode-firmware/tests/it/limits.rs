//! Limits are read by anyone, narrowed by a person at the table, and widened by nobody.

use antipode_firmware::Config;
use antipode_link::{AckResult, LimitsReport, Message, TableLimits};
use antipode_safety::{Angle, Millis, Rate, Switch};

use crate::bench::{Bench, back, boot, deg, target};

fn narrow() -> TableLimits {
    TableLimits {
        tilt_min: deg(-80),
        tilt_max: deg(20),
        max_rate: Rate::clamped(1_500),
        head_down: Millis::from_secs(120),
    }
}

/// Greeted, disarmed, in the rest band, OK held.
fn ready() -> Bench {
    let mut bench = Bench::new(Config::reference(), boot(), 1_000);
    bench.run(100);
    bench.greet();
    bench.press(Switch::Ok, true);
    bench.run(50);
    bench
}

fn read(bench: &mut Bench) -> LimitsReport {
    let before = bench.heard.len();
    bench.put(1, 0, Message::ReadLimits);
    let report = bench.heard[before..].iter().find_map(|heard| {
        let Message::Limits(report) = heard else { return None };
        Some(*report)
    });
    report.expect("limits, also for a stranger")
}

#[test]
fn narrowed_limits_hold_the_bed_and_are_told() {
    let mut bench = ready();
    let commissioned = read(&mut bench).in_force;
    assert_eq!(bench.send(Message::SetLimits(narrow())), AckResult::Accepted);
    let told = read(&mut bench);
    assert_eq!((told.in_force, told.commissioned), (narrow(), commissioned));
    assert_eq!(told.config_hash, Config::reference().hash(), "the commissioned settings stay");
    bench.press(Switch::Ok, false);
    bench.greet();
    let info = bench.info.expect("greeted");
    assert_eq!((info.tilt_max, info.max_rate), (deg(20), Rate::clamped(1_500)));
    assert_eq!(info.config_hash, Config::reference().hash());
    assert_eq!(bench.arm(), AckResult::Accepted);
    assert_eq!(bench.send(target(21, 3_000)), AckResult::OutOfRange);
    bench.keep(target(20, 3_000), 5_000);
    assert_eq!(bench.rate, 1_500);
    bench.keep(target(20, 3_000), 20_000);
    assert!(bench.highest <= 20_030, "{}", bench.highest);
    bench.idle(110_000);
    assert!(bench.tilt() <= 0, "home after two minutes head-down: {}", bench.tilt());
}

#[test]
fn a_return_is_as_quick_as_before() {
    let mut bench = ready();
    assert_eq!(bench.send(Message::SetLimits(narrow())), AckResult::Accepted);
    assert_eq!(bench.arm(), AckResult::Accepted);
    bench.keep(target(20, 3_000), 20_000);
    bench.keep(back(3_000), 2_500);
    assert!(bench.rate < -2_500, "{}", bench.rate);
}

#[test]
fn nobody_narrows_without_a_button_held_at_the_table() {
    let set = Message::SetLimits(narrow());
    let mut bench = ready();
    bench.press(Switch::Ok, false);
    bench.run(20);
    assert_eq!(bench.send(set), AckResult::ButtonNotHeld);
    bench.press(Switch::Ok, true);
    bench.press(Switch::HandControl, false);
    bench.run(20);
    assert_eq!(bench.send(set), AckResult::ButtonNotHeld, "nothing is plugged in");
    bench.press(Switch::HandControl, true);
    bench.run(20);
    assert_eq!(bench.send(set), AckResult::Accepted);
}

#[test]
fn a_button_that_was_down_at_the_start_counts_after_it_was_let_go() {
    let mut bench = Bench::new(Config::reference(), boot(), 1_000);
    bench.press(Switch::Ok, true);
    bench.run(5_000);
    bench.greet();
    assert_eq!(bench.send(Message::SetLimits(narrow())), AckResult::ButtonNotHeld);
    bench.press(Switch::Ok, false);
    bench.run(20);
    bench.press(Switch::Ok, true);
    bench.run(20);
    assert_eq!(bench.send(Message::SetLimits(narrow())), AckResult::Accepted);
}

#[test]
fn an_armed_or_lowered_table_keeps_its_limits() {
    let set = Message::SetLimits(narrow());
    let mut bench = ready();
    assert_eq!(bench.arm(), AckResult::Accepted);
    assert_eq!(bench.send(set), AckResult::StillArmed);
    bench.keep(target(10, 3_000), 6_000);
    bench.send(Message::Disarm);
    bench.run(500);
    assert_eq!(bench.send(set), AckResult::NotInRest);
    assert_eq!(read(&mut bench).in_force, read(&mut bench).commissioned);
}

#[test]
fn nothing_widens_a_limit_not_even_back_to_what_was_commissioned() {
    let mut bench = ready();
    assert_eq!(bench.send(Message::SetLimits(narrow())), AckResult::Accepted);
    let wider = [
        TableLimits { tilt_min: deg(-81), ..narrow() },
        TableLimits { tilt_max: deg(21), ..narrow() },
        TableLimits { max_rate: Rate::clamped(1_510), ..narrow() },
        TableLimits { head_down: Millis::from_secs(121), ..narrow() },
        TableLimits { tilt_max: deg(30), tilt_min: deg(-20), ..narrow() },
    ];
    for limits in wider {
        assert_eq!(bench.send(Message::SetLimits(limits)), AckResult::WouldWiden, "{limits:?}");
        assert_eq!(read(&mut bench).in_force, narrow(), "refused whole");
    }
}

#[test]
fn limits_that_would_lock_the_way_home_are_refused() {
    let mut bench = ready();
    let locks = [
        TableLimits { tilt_min: deg(-9), ..narrow() },
        TableLimits { tilt_max: Angle::clamped(-10), ..narrow() },
        TableLimits { max_rate: Rate::ZERO, ..narrow() },
        TableLimits { head_down: Millis::ZERO, ..narrow() },
    ];
    for limits in locks {
        assert_eq!(bench.send(Message::SetLimits(limits)), AckResult::OutOfRange, "{limits:?}");
    }
}

#[test]
fn another_session_narrows_nothing() {
    let mut bench = ready();
    let stranger = bench.session ^ 1;
    let seq = bench.seq.wrapping_add(9);
    let result = bench.send_as(seq, stranger, Message::SetLimits(narrow()));
    assert_eq!(result, AckResult::WrongSession);
}
