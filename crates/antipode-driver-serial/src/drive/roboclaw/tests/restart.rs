//! A board that is back before anybody has missed it, with nothing left of what it was told.

use super::*;

#[test]
fn after_a_silence_nothing_moves_it_before_its_timeout_was_read_again() {
    for silence in [1, 20, 60, 120] {
        let mut bench = ready();
        bench.run(100, Some(Order::Duty(500)));
        // Shorter than an angle is believed, so that orders go on.
        bench.peer.wrong = Wrong::Deaf;
        bench.run(silence, Some(Order::Duty(500)));
        (bench.peer.wrong, bench.peer.duty, bench.peer.timeout) = (Wrong::Nothing, 0, 0);
        for _ in 0..1_000 {
            bench.run(1, Some(Order::Duty(500)));
            let left_alone = bench.peer.duty != 0 && bench.peer.timeout == 0;
            assert!(!left_alone, "{silence}: it runs and no timeout would end it");
        }
        assert!(bench.drive.status().faults.timed_out, "{silence}");
        assert_eq!(bench.drive.fitness(), Fitness::Fit { timeout: Millis::new(300) }, "{silence}");
        bench.forget();
        bench.run(100, Some(Order::Duty(500)));
        assert_ne!(bench.peer.duty, 0, "{silence}: somebody said that it may go on");
    }
}

#[test]
fn a_silence_that_was_none_of_a_restart_costs_no_motion() {
    let mut bench = ready();
    bench.run(100, Some(Order::Duty(500)));
    bench.peer.wrong = Wrong::Deaf;
    bench.run(30, Some(Order::Duty(500)));
    bench.peer.wrong = Wrong::Nothing;
    bench.run(400, Some(Order::Duty(500)));
    assert_eq!(bench.drive.status().faults, DriveFaults::default());
    assert_ne!(bench.peer.duty, 0);
}
