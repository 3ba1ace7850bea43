//! Telemetry, fault log, identity.

use antipode_firmware::Config;
use antipode_link::{AckResult, Message, Rescue, TableFlag};
use antipode_safety::{DriveState, Fault, Millis, Rate, Switch};

use crate::bench::{Bench, deg, target};

fn reports(bench: &mut Bench, ms: u32) -> usize {
    bench.heard.clear();
    bench.run(ms);
    bench.heard.iter().filter(|heard| matches!(heard, Message::Telemetry(_))).count()
}

#[test]
fn reports_come_twenty_times_a_second_while_armed_or_head_down_and_twice_otherwise() {
    let mut bench = Bench::armed();
    assert_eq!(reports(&mut bench, 1_000), 20);
    bench.send(Message::Disarm);
    bench.run(1_000);
    assert_eq!(reports(&mut bench, 10_000), 20);
    let mut bench = Bench::lowered(10);
    bench.send(Message::Disarm);
    bench.run(100);
    assert_eq!(reports(&mut bench, 1_000), 20);
}

#[test]
fn reports_stay_fast_for_a_second_after_the_bed_is_level_and_stands() {
    let mut bench = Bench::lowered(2);
    bench.send(Message::Stop);
    bench.run(300);
    bench.press(Switch::Return, true);
    bench.until(10_000, |bench| bench.tilt() < 0);
    assert_eq!(reports(&mut bench, 200), 4, "it turns");
    bench.until(10_000, |bench| bench.setpoint() == 0);
    // Up to one more or less, by where in the second the motion ends.
    assert!((19..=21).contains(&reports(&mut bench, 1_000)));
    bench.run(100);
    assert_eq!(reports(&mut bench, 5_000), 10);
    // Turned by hand, without the drive: level again, and still worth a fast report.
    let mut bench = Bench::armed();
    bench.send(Message::Disarm);
    bench.run(2_000);
    bench.slip = -2_000;
    bench.run(300);
    assert_eq!(reports(&mut bench, 500), 10);
}

#[test]
fn a_change_of_state_is_reported_at_once() {
    let mut bench = Bench::armed();
    bench.send(Message::Disarm);
    bench.run(1_000);
    bench.heard.clear();
    bench.send(Message::Stop);
    bench.step(10);
    let stopped = bench.heard.iter().any(
        |heard| matches!(heard, Message::Telemetry(report) if report.state == DriveState::Stopped),
    );
    assert!(stopped);
}

#[test]
fn a_report_says_what_is() {
    let mut bench = Bench::armed();
    bench.inputs.current_ma = 1_234;
    bench.inputs.temperature_c = -7;
    bench.keep(target(40, 2_000), 8_000);
    bench.send(target(40, 2_000));
    let report = bench.telemetry();
    assert_eq!(report.state, DriveState::Moving);
    assert!(report.tilt.unwrap().distance(report.tilt_second.unwrap()) == 0);
    assert!(report.tilt.unwrap().millideg().abs_diff(bench.tilt()) < 10);
    assert_eq!(report.rate, Rate::clamped(2_000));
    assert_eq!((report.current_ma, report.supply_mv), (1_240, 24_000));
    assert_eq!(report.temperature_c, -7);
    assert_eq!(report.switches, bench.inputs.switches);
    assert!(report.latches.closed() && report.latches.fitted == 2);
    assert_eq!(report.table_ms, bench.now);
    for (flag, on) in [
        (TableFlag::Armed, true),
        (TableFlag::StopLatched, false),
        (TableFlag::Brake, false),
        (TableFlag::Relay, true),
        (TableFlag::Buzzer, false),
        (TableFlag::Mains, true),
        (TableFlag::HandReturn, false),
        (TableFlag::HostPresent, true),
    ] {
        assert_eq!(report.flags.has(flag), on, "{flag:?}");
    }
}

#[test]
fn heartbeats_are_echoed_with_both_clocks() {
    let mut bench = Bench::armed();
    bench.heard.clear();
    bench.beat();
    let now = bench.now;
    assert_eq!(bench.heard, [Message::HeartbeatEcho { host_ms: now, table_ms: now }]);
}

#[test]
fn a_fault_is_told_when_it_begins_and_can_be_read_again() {
    let mut bench = Bench::armed();
    bench.inputs.temperature_c = 75;
    bench.heard.clear();
    bench.step(10);
    let told = bench.heard.iter().find_map(|heard| {
        let Message::FaultEntry(entry) = heard else { return None };
        Some(*entry)
    });
    let told = told.expect("told");
    assert_eq!((told.fault, told.table_ms, told.index), (Fault::HotSoft, bench.now, 0));
    assert_eq!(told.tilt, Some(deg(-3)));
    bench.heard.clear();
    bench.put(9, 0, Message::ReadFaultLog { index: 0 });
    assert_eq!(bench.heard, [Message::FaultEntry(told)], "reading needs no session");
    bench.put(9, 0, Message::ReadFaultLog { index: 1 });
    let Some(Message::FaultEntry(older)) = bench.heard.last() else { panic!() };
    assert_eq!((older.fault, older.index), (Fault::Restarted, 1));
    assert_eq!(bench.send(Message::ReadFaultLog { index: 64 }), AckResult::NoSuchEntry);
}

#[test]
fn the_table_says_who_it_is() {
    let bench = Bench::armed();
    let info = bench.info.unwrap();
    assert_eq!((info.proto, info.serial, info.firmware, info.host_id), (1, 1, 0x0100, 5));
    assert_eq!((info.tilt_min, info.tilt_max), (deg(-90), deg(60)));
    assert_eq!((info.max_rate, info.max_lease), (Rate::clamped(3_000), Millis::new(250)));
    assert_eq!(info.capabilities.rescue, Rescue::Gravity);
    assert!(info.capabilities.returns_without_host && info.capabilities.second_angle);
    assert_eq!(info.config_hash, Config::reference().hash());
}

#[test]
fn every_setting_changes_the_hash() {
    let reference = Config::reference();
    let changed = [
        Config { serial: 2, ..reference },
        Config { tilt_max: deg(61), ..reference },
        Config { return_rate: Rate::clamped(2_999), ..reference },
        Config { lease_cap_ms: 249, ..reference },
        Config { latches_fitted: 1, ..reference },
        Config { returns_with_few_latches: true, ..reference },
        Config { rescue: Rescue::Crank, ..reference },
        Config { hot_hard_c: 84, ..reference },
        Config { fitted_hash: 1, ..reference },
    ];
    for config in changed {
        assert_ne!(config.hash(), reference.hash(), "{config:?}");
    }
}

#[test]
fn settings_beyond_what_any_table_may_do_are_brought_inside() {
    let wild = Config {
        tilt_max: deg(180),
        tilt_min: deg(-180),
        max_rate: Rate::clamped(100_000),
        lease_cap_ms: 60_000,
        return_max_rate: Rate::ZERO,
        ..Config::reference()
    };
    let bench = Bench::armed_with(wild);
    let info = bench.info.unwrap();
    assert_eq!((info.tilt_min, info.tilt_max), (deg(-90), deg(75)));
    assert_eq!((info.max_rate, info.max_lease), (Rate::clamped(6_000), Millis::new(400)));
}
