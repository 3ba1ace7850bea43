//! A drive whose rest does not feed its timeout, which therefore runs out whenever nobody orders
//! anything: no fault of the host. What ran out under an order is one (H-01).

use antipode_link::{AckResult, Message};
use antipode_safety::{Fault, FaultSet, Rate};

use crate::bench::{Bench, back, to};

const RATE: Rate = Rate::clamped(3_000);

/// Level and greeted, its drive's timeout run out.
fn at_rest() -> Bench {
    let mut bench = Bench::at(-3_000);
    bench.with(|device| device.rest_feeds = false);
    bench.run(200, true);
    bench.greet();
    // What the start of the guardian has latched.
    let faults = FaultSet::from_bits(u16::MAX);
    assert_eq!(bench.send(Message::ClearFaults { faults }), AckResult::Accepted);
    bench.idle(2_000);
    assert!(bench.with(|device| device.faults.timed_out));
    bench.with(|device| device.forgotten = 0);
    bench
}

fn faults(bench: &Bench) -> FaultSet {
    bench.guardian.inspect().faults
}

#[test]
fn a_timeout_that_ran_out_at_rest_is_no_fault_and_a_start_takes_it_off() {
    let mut bench = at_rest();
    assert_eq!(faults(&bench), FaultSet::NONE);
    assert_eq!(bench.with(|device| device.forgotten), 0, "nobody asked");
    assert_eq!(bench.arm(), AckResult::Accepted);
    bench.keep(to(10_000, RATE), 2_000);
    assert_eq!(bench.with(|device| device.forgotten), 1);
    assert!(bench.tilt() > -1_000, "{}", bench.tilt());
    assert_eq!(faults(&bench), FaultSet::NONE);
}

#[test]
fn it_is_no_fault_after_a_session_either() {
    let mut bench = at_rest();
    assert_eq!(bench.arm(), AckResult::Accepted);
    bench.keep(to(2_000, RATE), 1_000);
    assert!(bench.tilt() > -2_500, "{}", bench.tilt());
    assert_eq!(bench.send(Message::Disarm), AckResult::Accepted);
    bench.idle(3_000);
    assert!(bench.with(|device| device.faults.timed_out));
    assert_eq!(faults(&bench), FaultSet::NONE);
}

#[test]
fn a_timeout_that_runs_out_after_the_arming_is_not_taken_off_by_it() {
    let mut bench = at_rest();
    assert_eq!(bench.arm(), AckResult::Accepted);
    bench.keep(to(10_000, RATE), 120);
    bench.with(|device| device.deaf = true);
    bench.keep(to(10_000, RATE), 600);
    bench.with(|device| device.deaf = false);
    let stood = bench.tilt();
    bench.keep(to(10_000, RATE), 1_000);
    assert_eq!(bench.with(|device| device.forgotten), 1, "the one before it");
    assert!(faults(&bench).has(Fault::LeaseExpired), "{}", faults(&bench));
    assert_eq!(bench.tilt(), stood);
}

#[test]
fn a_timeout_that_ran_out_under_a_return_is_told_though_nobody_was_armed() {
    let mut bench = at_rest();
    assert_eq!(bench.arm(), AckResult::Accepted);
    bench.keep(to(10_000, RATE), 4_000);
    assert_eq!(bench.send(Message::Disarm), AckResult::Accepted);
    bench.keep(back(), 400);
    // The guardian gets no turn for longer than the drive waits, and the host is gone meanwhile.
    bench.run(900, false);
    bench.run(1_000, true);
    assert!(bench.with(|device| device.faults.timed_out));
    assert!(faults(&bench).has(Fault::LeaseExpired), "{}", faults(&bench));
}

#[test]
fn an_arming_takes_nothing_else_off() {
    let mut bench = at_rest();
    assert_eq!(bench.arm(), AckResult::Accepted);
    bench.with(|device| device.faults.over_current = true);
    bench.idle(1_500);
    assert_eq!(bench.with(|device| device.forgotten), 0);
    assert!(faults(&bench).has(Fault::OverCurrent), "{}", faults(&bench));
}
