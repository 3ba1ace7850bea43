//! Power comes back, the controller restarts, once or again and again (H-14 to H-16, I18).

use antipode_firmware::{BootInfo, Config};
use antipode_link::{AckResult, Message};
use antipode_safety::{DriveState, Fault, Switch};

use crate::bench::{Bench, back, boot, held_back, only, target};

fn started_at(mdeg: i32, boots_last_minute: u8) -> Bench {
    let boot = BootInfo { boots_last_minute, ..boot() };
    let mut bench = Bench::new(Config::reference(), boot, 77);
    bench.place(mdeg);
    bench
}

#[test]
fn a_start_is_zero_braked_disarmed_and_says_so() {
    let mut bench = started_at(30_000, 1);
    bench.step(10);
    assert_eq!(bench.setpoint(), 0);
    assert!(bench.outputs.brake && bench.outputs.buzzer);
    assert_eq!(bench.faults(), only(&[Fault::Restarted]));
    bench.run(120_000);
    assert!((bench.tilt() - 30_000).abs() < 10, "no restart turns the bed by itself");
}

#[test]
fn after_a_start_head_down_people_and_hosts_bring_up() {
    let mut hand = started_at(30_000, 1);
    hand.run(100);
    hand.press(Switch::Return, true);
    hand.run(20_000);
    assert!(hand.tilt() <= 0);
    let mut host = started_at(30_000, 1);
    host.run(100);
    assert_eq!(host.send(back(3_000)), AckResult::WrongSession);
    host.greet();
    assert_eq!(host.arm(), AckResult::NotInRest);
    host.keep(back(3_000), 15_000);
    assert!(host.tilt() <= 0);
    assert!(host.faults().is_empty(), "old news at level with a host");
    assert_eq!(host.arm(), AckResult::Accepted);
    assert_eq!(host.send(target(10, 1_000)), AckResult::Accepted);
}

#[test]
fn the_third_start_within_a_minute_stays_put() {
    for (boots, stays) in [(2, false), (3, true)] {
        let mut bench = started_at(30_000, boots);
        bench.run(100);
        bench.greet();
        assert_eq!(bench.send(back(3_000)) == AckResult::Faulted, stays);
        bench.run(30_000);
        assert_eq!((bench.tilt() - 30_000).abs() < 10, stays);
        assert_eq!(bench.send(held_back()) == AckResult::Faulted, stays && bench.tilt() > 0);
    }
}

#[test]
fn in_a_reset_loop_the_person_creeps_up_by_holding() {
    let mut bench = started_at(20_000, 3);
    bench.run(100);
    assert!(bench.outputs.buzzer);
    bench.press(Switch::Return, true);
    bench.run(1_000);
    assert!(bench.setpoint() < 0);
    bench.press(Switch::Return, false);
    bench.step(10);
    assert_eq!(bench.setpoint(), 0);
}

#[test]
fn in_a_reset_loop_a_table_without_a_hand_control_creeps_up_while_its_host_holds_return() {
    let config = Config { hand_control: false, ..Config::reference() };
    let mut bench = Bench::new(config, BootInfo { boots_last_minute: 3, ..boot() }, 77);
    bench.place(20_000);
    bench.run(100);
    bench.greet();
    assert_eq!(bench.send(back(3_000)), AckResult::Faulted, "nobody holds it");
    assert_eq!(bench.send(target(10, 1_000)), AckResult::Faulted);
    assert_eq!(bench.send(held_back()), AckResult::Accepted);
    bench.keep(held_back(), 5_000);
    let gained = 20_000 - bench.tilt();
    assert!((3_000..=5_000).contains(&gained), "at creep: {gained}");
    // The hand is gone: its lease ends, and the bed stands.
    bench.idle(1_000);
    let stands = bench.tilt();
    bench.idle(2_000);
    assert!(stands > 10_000 && (bench.tilt() - stands).abs() < 10, "{} {stands}", bench.tilt());
}

#[test]
fn a_minute_without_another_start_ends_the_loop() {
    let mut bench = started_at(20_000, 3);
    bench.greet();
    bench.idle(59_900);
    assert_eq!(bench.send(back(3_000)), AckResult::Faulted);
    bench.idle(100);
    assert_eq!(bench.send(back(3_000)), AckResult::Accepted);
}

#[test]
fn sessions_and_nonces_of_two_starts_differ() {
    let mut seen = Vec::new();
    for boot_count in 0..20 {
        let boot = BootInfo { boot_count, ..boot() };
        let mut bench = Bench::new(Config::reference(), boot, 0);
        bench.greet();
        assert_eq!(bench.info.unwrap().boot_count, boot_count);
        assert!(!seen.contains(&bench.session));
        seen.push(bench.session);
    }
}

#[test]
fn a_stop_pressed_at_the_start_is_latched() {
    let mut bench = started_at(-3_000, 1);
    bench.press(Switch::StopLoopClosed, false);
    bench.run(100);
    assert_eq!(bench.state(), DriveState::Stopped);
    bench.greet();
    assert_eq!(bench.send(Message::AcknowledgeStop), AckResult::StopHeld);
}

#[test]
fn a_reset_loop_sounds_at_level_too_and_one_start_does_not() {
    for (boots, sounds) in [(1, false), (3, true)] {
        let mut bench = started_at(-3_000, boots);
        bench.run(500);
        assert_eq!(bench.outputs.buzzer, sounds);
    }
}

#[test]
fn a_restart_is_news_until_somebody_greets() {
    let mut bench = started_at(-3_000, 1);
    bench.run(5_000);
    assert_eq!(bench.faults(), only(&[Fault::Restarted]));
    bench.greet();
    bench.run(10);
    assert!(bench.faults().is_empty());
}

#[test]
fn a_table_that_starts_head_down_returns_by_itself_for_nobody_until_it_was_asked_to() {
    for asked in [false, true] {
        let mut bench = Bench::new(Config::reference(), boot(), 0);
        bench.place(30_000);
        bench.run(500);
        bench.greet();
        bench.idle(1_000);
        if asked {
            bench.keep(back(3_000), 1_000);
        }
        let before = bench.tilt();
        // The host goes silent: hands may be at the crank (C-11).
        bench.run(60_000);
        assert_eq!(bench.tilt() <= 0, asked, "{} from {before}", bench.tilt());
    }
}
