//! STOP (I3, I4, I18): from anyone, at once, latched; leaves by release, acknowledgement, new act.

use antipode_link::{AckResult, Message, STOP_FRAME, TableFlag};
use antipode_safety::{DriveState, Fault, Switch};

use crate::bench::{Bench, back, held_back, target};

fn moving() -> Bench {
    let mut bench = Bench::armed();
    bench.keep(target(45, 3_000), 8_000);
    assert_eq!(bench.setpoint(), 3_000);
    bench
}

#[test]
fn stop_of_any_session_and_number_is_zero_and_brake_at_the_next_tick() {
    for (seq, session) in [(0, 0), (0, 0xffff_ffff), (7, 1), (65_535, 12)] {
        let mut bench = moving();
        assert_eq!(bench.send_as(seq, session, Message::Stop), AckResult::Accepted);
        bench.step(10);
        assert_eq!(bench.setpoint(), 0);
        assert!(bench.outputs.brake);
        assert_eq!(bench.state(), DriveState::Stopped);
        assert!(!bench.flag(TableFlag::Armed));
    }
}

#[test]
fn the_stop_constant_stops_before_any_greeting() {
    let mut bench = Bench::new(antipode_firmware::Config::reference(), crate::bench::boot(), 0);
    bench.table.receive(0, &STOP_FRAME);
    bench.run(100);
    assert_eq!(bench.state(), DriveState::Stopped);
}

#[test]
fn every_stop_input_stops_at_the_tick_that_sees_it() {
    for (switch, on) in [(Switch::Stop, true), (Switch::StopLoopClosed, false)] {
        let mut bench = moving();
        bench.press(switch, on);
        bench.step(10);
        assert_eq!(bench.setpoint(), 0);
        assert!(bench.outputs.brake);
        assert!(bench.flag(TableFlag::StopPressed));
        assert_eq!(bench.faults().has(Fault::StopLoopOpen), switch == Switch::StopLoopClosed);
        bench.press(switch, !on);
        bench.keep(target(45, 3_000), 5_000);
        assert_eq!(bench.state(), DriveState::Stopped, "latched");
        assert!(!bench.flag(TableFlag::StopPressed));
    }
}

#[test]
fn nothing_but_a_held_return_moves_under_stop() {
    let mut bench = moving();
    bench.send(Message::Stop);
    let before = bench.tilt();
    bench.run(1_000);
    assert_eq!(bench.send(target(10, 3_000)), AckResult::Stopped);
    assert_eq!(bench.send(back(3_000)), AckResult::Stopped);
    assert_eq!(bench.arm(), AckResult::Stopped);
    assert_eq!(bench.send(Message::Hold), AckResult::Accepted);
    bench.greet();
    assert_eq!(bench.arm(), AckResult::Stopped, "nor does a new session");
    bench.run(60_000);
    assert_eq!(bench.setpoint(), 0);
    assert!((bench.tilt() - before).abs() < 100);
    assert_eq!(bench.send(held_back()), AckResult::Accepted);
    bench.run(690);
    assert!(bench.setpoint() < 0);
    bench.run(10);
    assert_eq!(bench.setpoint(), 0, "a held lease ends at 700 ms");
    assert!(!bench.faults().has(Fault::LeaseExpired), "letting go is no fault");
    bench.keep(held_back(), 20_000);
    assert!(bench.tilt() <= 0 && bench.tilt() > -10_000);
    assert_eq!(bench.state(), DriveState::Stopped);
}

#[test]
fn a_held_return_rests_a_quarter_second_after_stop() {
    let mut bench = moving();
    bench.send(Message::Stop);
    assert_eq!(bench.send(held_back()), AckResult::Stopped);
    bench.run(240);
    assert_eq!(bench.send(held_back()), AckResult::Stopped);
    bench.run(10);
    assert_eq!(bench.send(held_back()), AckResult::Accepted);
}

#[test]
fn acknowledgement_counts_only_in_the_rest_band_with_every_input_released() {
    let mut bench = Bench::lowered(20);
    bench.press(Switch::Stop, true);
    bench.run(400);
    assert_eq!(bench.send(Message::AcknowledgeStop), AckResult::NotInRest);
    bench.keep(held_back(), 15_000);
    assert!(bench.tilt() < 0, "a held return works while the button is stuck");
    assert_eq!(bench.send(Message::AcknowledgeStop), AckResult::StopHeld);
    bench.press(Switch::Stop, false);
    bench.run(10);
    assert_eq!(bench.send(Message::AcknowledgeStop), AckResult::Accepted);
    bench.run(500);
    assert_eq!(bench.state(), DriveState::Disarmed);
    assert_eq!(bench.send(target(20, 1_000)), AckResult::NotArmed);
    assert_eq!(bench.arm(), AckResult::Accepted);
    assert_eq!(bench.send(target(20, 1_000)), AckResult::Accepted);
}

#[test]
fn the_rest_band_ends_at_ten_degrees_head_up_and_at_level() {
    for (mdeg, result) in [
        (-10_000, AckResult::Accepted),
        (-10_001, AckResult::NotInRest),
        (0, AckResult::Accepted),
        (1, AckResult::NotInRest),
    ] {
        let mut bench = Bench::new(antipode_firmware::Config::reference(), crate::bench::boot(), 0);
        bench.place(mdeg);
        bench.run(100);
        bench.greet();
        bench.send(Message::Stop);
        bench.run(100);
        assert_eq!(bench.send(Message::AcknowledgeStop), result, "{mdeg}");
    }
}

#[test]
fn repeated_stop_frames_do_not_take_a_held_return_away() {
    let mut bench = Bench::lowered(30);
    bench.put(0, 0, Message::Stop);
    bench.run(300);
    bench.press(Switch::Return, true);
    for _ in 0..2_000 {
        bench.put(0, 0, Message::Stop);
        bench.step(10);
    }
    assert!(bench.tilt() <= 0, "{}", bench.tilt());
}

#[test]
fn a_stop_frame_ends_a_return_that_a_host_holds_at_once() {
    for foreign in [false, true] {
        let mut bench = Bench::lowered(40);
        bench.send(Message::Stop);
        let copy = bench.seq;
        bench.run(300);
        bench.send(held_back());
        bench.run(500);
        assert!(bench.setpoint() < 0);
        bench.send_as(copy, bench.session, Message::Stop);
        bench.step(10);
        assert!(bench.setpoint() < 0, "a copy of the old STOP is no new one");
        bench.send(held_back());
        if foreign {
            bench.send_as(0, 0, Message::Stop);
        } else {
            bench.send(Message::Stop);
        }
        bench.step(10);
        assert_eq!(bench.setpoint(), 0);
        assert!(bench.outputs.brake);
        assert_eq!(bench.send(held_back()), AckResult::Stopped, "it rests first");
        let at = bench.tilt();
        bench.run(1_000);
        assert!(bench.tilt().abs_diff(at) < 100);
        assert_eq!(bench.send(held_back()), AckResult::Accepted);
    }
}

#[test]
fn a_second_press_stops_a_held_return() {
    let mut bench = Bench::lowered(30);
    bench.put(0, 0, Message::Stop);
    bench.run(300);
    bench.press(Switch::Return, true);
    bench.run(1_000);
    assert!(bench.setpoint() < 0);
    bench.press(Switch::Stop, true);
    bench.run(2_000);
    assert_eq!(bench.setpoint(), 0, "RETURN must be pressed anew");
}

#[test]
fn stop_head_down_for_thirty_seconds_sounds_the_buzzer() {
    let mut bench = Bench::lowered(30);
    bench.send(Message::Stop);
    bench.idle(29_950);
    bench.beat();
    bench.run(40);
    assert!(!bench.outputs.buzzer);
    bench.run(10);
    assert!(bench.outputs.buzzer);
}
