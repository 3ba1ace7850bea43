//! What a Jrk does that nobody here has asked for, and what it does not say.

use super::*;

/// Orders a place for `ms`; the device takes the target, or somebody else's.
fn steered(bench: &mut Bench, ms: u64, foreign: Option<u16>) {
    for _ in 0..ms / 10 {
        bench.run(10);
        let out = bench.order(Order::Position(2_100_000));
        bench.device.answer(&out);
        bench.device.stands(2_000, foreign.unwrap_or(2_100));
    }
}

#[test]
fn a_target_that_nobody_here_has_said_is_another_master() {
    let mut bench = Bench::fit();
    steered(&mut bench, 500, None);
    assert_eq!(bench.drive.status().faults, DriveFaults::default());
    steered(&mut bench, 200, Some(3_000));
    assert!(bench.drive.status().faults.line);
    steered(&mut bench, 200, None);
    assert!(bench.drive.status().faults.line, "it stays so until somebody starts anew");
    bench.drive.forget_faults(bench.now, &mut Vec::new());
    steered(&mut bench, 300, None);
    assert_eq!(bench.drive.status().faults, DriveFaults::default());
}

#[test]
fn a_duty_that_is_forced_is_another_master() {
    for forced in [1, 2] {
        let mut bench = Bench::fit();
        bench.device.variables[0x16] = forced;
        bench.run(300);
        assert!(bench.drive.status().faults.line, "{forced}");
    }
}

#[test]
fn a_control_loop_that_stands_still_is_a_fault_as_long_as_it_does() {
    let mut bench = Bench::fit();
    bench.device.loops = false;
    bench.run(500);
    assert!(bench.drive.status().faults.unknown);
    bench.device.loops = true;
    bench.run(200);
    assert_eq!(bench.drive.status().faults, DriveFaults::default());
}

#[test]
fn errors_that_it_no_longer_tells_are_not_taken_for_none() {
    let mut bench = Bench::fit();
    // A value of the same report that cannot be: the whole report is no answer.
    bench.device.variables[0x16] = 3;
    bench.run(300);
    assert!(!bench.drive.status().faults.unknown);
    bench.run(300);
    let status = bench.drive.status();
    assert!(status.faults.unknown);
    assert!(bench.now.since(status.heard.unwrap()) < Millis::new(150), "it is heard all the time");
    bench.device.variables[0x16] = 0;
    bench.run(300);
    assert_eq!(bench.drive.status().faults, DriveFaults::default());
}
