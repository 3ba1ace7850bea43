//! Sessions and numbers (H-17 to H-19, I12, I13).

use antipode_link::{AckResult, Hello, Message};
use antipode_safety::Rate;

use crate::bench::{Bench, back, deg, held_back, lease, target};

#[test]
fn a_frame_acts_once_and_never_late() {
    let mut bench = Bench::armed();
    let (seq, session) = (bench.seq, bench.session);
    assert_eq!(bench.send_as(seq + 2, session, target(30, 1_000)), AckResult::Accepted);
    assert_eq!(bench.send_as(seq + 2, session, target(30, 1_000)), AckResult::Duplicate);
    assert_eq!(bench.send_as(seq + 1, session, target(40, 3_000)), AckResult::Stale);
    bench.run(240);
    assert!(bench.setpoint() > 0);
    assert_eq!(bench.send_as(seq + 2, session, target(30, 1_000)), AckResult::Duplicate);
    bench.run(10);
    assert_eq!(bench.setpoint(), 0, "a repeat does not renew the lease");
}

#[test]
fn a_repeated_heartbeat_does_not_keep_the_host_alive() {
    let mut bench = Bench::lowered(30);
    bench.beat();
    let (seq, session) = (bench.seq, bench.session);
    for _ in 0..700 {
        bench.put(seq, session, Message::Heartbeat { host_ms: bench.now });
        bench.step(10);
    }
    assert!(bench.setpoint() < 0);
}

#[test]
fn a_halt_is_never_too_late() {
    let mut bench = Bench::armed();
    let (seq, session) = (bench.seq, bench.session);
    bench.send_as(seq + 9, session, target(30, 1_000));
    bench.run(100);
    assert!(bench.setpoint() > 0);
    assert_eq!(bench.send_as(seq + 1, session, Message::Hold), AckResult::Accepted);
    bench.step(10);
    assert_eq!(bench.setpoint(), 0);
    bench.send_as(seq + 10, session, target(30, 1_000));
    bench.run(100);
    assert_eq!(bench.send_as(seq + 2, session, Message::Disarm), AckResult::Accepted);
    bench.step(10);
    assert_eq!(bench.setpoint(), 0);
    assert_eq!(bench.send_as(seq + 11, session, target(30, 1_000)), AckResult::NotArmed);
}

#[test]
fn a_newer_safer_frame_is_not_held_up_by_older_ones() {
    let mut bench = Bench::lowered(30);
    let (seq, session) = (bench.seq, bench.session);
    assert_eq!(bench.send_as(seq + 50, session, back(3_000)), AckResult::Accepted);
    for old in 1..50 {
        assert_eq!(bench.send_as(seq + old, session, target(30, 3_000)), AckResult::Stale);
    }
    bench.run(100);
    assert!(bench.setpoint() < 0);
}

#[test]
fn frames_of_no_session_or_another_one_move_nothing() {
    let mut bench = Bench::armed();
    let old = bench.session;
    bench.greet();
    assert_ne!(bench.session, old);
    let nonce = bench.info.unwrap().nonce;
    for session in [0, old, bench.session ^ 1] {
        for message in [
            Message::Arm { nonce },
            target(30, 1_000),
            back(1_000),
            Message::Hold,
            Message::AcknowledgeStop,
            Message::Heartbeat { host_ms: 0 },
        ] {
            assert_eq!(bench.send_as(bench.seq + 1, session, message), AckResult::WrongSession);
        }
    }
    assert_eq!(bench.arm(), AckResult::Accepted, "and use up no number");
}

#[test]
fn a_greeting_ends_the_old_hosts_motion_and_disarms() {
    let mut bench = Bench::armed();
    bench.keep(target(30, 3_000), 3_000);
    bench.greet();
    bench.step(10);
    assert_eq!(bench.setpoint(), 0);
    assert_eq!(bench.send(target(30, 3_000)), AckResult::NotArmed);
}

#[test]
fn a_greeting_leaves_the_old_hosts_way_home_its_lease_and_no_more() {
    let mut bench = Bench::lowered(30);
    bench.keep(back(3_000), 2_000);
    let before = bench.setpoint();
    bench.greet();
    bench.run(150);
    assert!(before < 0 && bench.setpoint() <= before, "{before} {}", bench.setpoint());
    bench.run(1_000);
    assert_eq!(bench.setpoint(), 0);
}

#[test]
fn a_greeting_ends_the_old_hosts_held_return() {
    let mut bench = Bench::lowered(30);
    bench.keep(held_back(), 2_000);
    assert!(bench.setpoint() < 0);
    bench.greet();
    bench.run(10);
    assert_eq!(bench.setpoint(), 0);
}

#[test]
fn a_greeting_repeated_by_the_wire_changes_nothing() {
    let mut bench = Bench::armed();
    let greeting = bench.seq - 1;
    let session = bench.session;
    bench.keep(target(30, 3_000), 3_000);
    let hello = Message::Hello(Hello { proto_min: 1, proto_max: 1, host_id: 5 });
    bench.put(greeting, 0, hello);
    bench.step(10);
    assert!(bench.setpoint() > 0);
    assert_eq!(bench.session, session);
    assert_eq!(bench.send_as(greeting - 1, 0, hello), AckResult::Stale);
    bench.step(10);
    assert!(bench.setpoint() > 0);
}

#[test]
fn a_host_of_another_protocol_gets_no_session() {
    let mut bench = Bench::armed();
    let hello = Message::Hello(Hello { proto_min: 2, proto_max: 9, host_id: 6 });
    assert_eq!(bench.send_as(1, 0, hello), AckResult::Unsupported);
    assert_eq!(bench.send(target(30, 1_000)), AckResult::Accepted, "the old one goes on");
}

#[test]
fn arming_needs_the_nonce_and_level() {
    let mut bench = Bench::armed();
    let nonce = bench.info.unwrap().nonce;
    assert_eq!(bench.send(Message::Arm { nonce: nonce ^ 1 }), AckResult::WrongNonce);
    let mut bench = Bench::lowered(5);
    bench.greet();
    assert_eq!(bench.arm(), AckResult::NotInRest);
}

#[test]
fn what_comes_out_of_a_jam_moves_nothing() {
    let mut bench = Bench::armed();
    bench.keep(target(10, 3_000), 8_000);
    bench.idle(1_000);
    // Three seconds of frames, held back and then let through at once.
    let mut jam = Vec::new();
    let sent = bench.now;
    for i in 0..60 {
        bench.seq += 1;
        jam.push((bench.seq, Message::Heartbeat { host_ms: sent + i * 50 }));
        bench.seq += 1;
        jam.push((bench.seq, target(40, 3_000)));
    }
    bench.run(3_000);
    let session = bench.session;
    let first = jam[0].0;
    for &(seq, message) in &jam[..40] {
        bench.put(seq, session, message);
    }
    bench.run(400);
    assert_eq!(bench.setpoint(), 0, "{first}");
    assert!((bench.tilt() - 10_000).abs() < 100);
    // Live frames act again.
    bench.beat();
    bench.keep(target(40, 3_000), 500);
    assert!(bench.setpoint() > 0);
}

#[test]
fn the_last_accepted_number_settles_an_unanswered_command() {
    let mut bench = Bench::armed();
    bench.send(target(30, 1_000));
    let accepted = bench.seq;
    assert_eq!(bench.telemetry().accepted, accepted);
    let far = Message::SetTarget { target: deg(61), rate: Rate::clamped(1_000), lease: lease(250) };
    assert_eq!(bench.send(far), AckResult::OutOfRange);
    bench.beat();
    assert_eq!(bench.telemetry().accepted, accepted);
}
