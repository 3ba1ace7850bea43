//! A drive whose own current limit stops it, as its back end tells (H-11).

use antipode_firmware::DriveNotes;
use antipode_link::AckResult;
use antipode_safety::Fault;

use crate::bench::{Bench, back, held_back, target};

const GAVE_UP: DriveNotes = DriveNotes { over_current: true, ..DriveNotes::NONE };

/// The drive says that it gave up, and the bed stands; then somebody has taken its latch off.
fn gives_up(bench: &mut Bench) {
    bench.table.note_drive(GAVE_UP);
    bench.run(20);
    bench.table.note_drive(DriveNotes::NONE);
}

#[test]
fn on_the_way_down_it_comes_back_by_itself_once() {
    let mut bench = Bench::lowered(20);
    bench.keep(target(40, 3_000), 1_000);
    gives_up(&mut bench);
    assert!(bench.faults().has(Fault::OverCurrent));
    let deepest = bench.tilt();
    bench.idle(2_500);
    assert!(bench.tilt() < deepest - 1_000, "{deepest} {}", bench.tilt());
    // It gave up again, on the way back: people go on.
    gives_up(&mut bench);
    let stood = bench.tilt();
    bench.run(60_000);
    assert!((bench.tilt() - stood).abs() < 700, "{stood} {}", bench.tilt());
    assert_eq!(bench.send(held_back()), AckResult::Accepted);
    bench.keep(held_back(), 30_000);
    assert!(bench.tilt() <= 0, "{}", bench.tilt());
}

#[test]
fn who_asked_to_come_up_a_moment_ago_was_stopped_on_the_way_down() {
    let mut bench = Bench::lowered(20);
    bench.keep(target(40, 1_000), 1_000);
    bench.keep(back(3_000), 500);
    assert!(bench.setpoint() < 0);
    gives_up(&mut bench);
    bench.run(45_000);
    assert!(bench.tilt() <= 0, "{}", bench.tilt());
}

#[test]
fn a_bed_that_has_stood_ran_against_nothing() {
    let mut bench = Bench::lowered(20);
    bench.idle(3_000);
    gives_up(&mut bench);
    let stood = bench.tilt();
    bench.idle(5_000);
    assert!((bench.tilt() - stood).abs() < 100, "{stood} {}", bench.tilt());
    assert!(bench.faults().is_empty(), "what a drive latches its back end says");
}
