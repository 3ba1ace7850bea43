use crate::invariant::Invariant;
use crate::testing::Run;
use crate::trace::{Event, Motion, Source, Tick};

type Edit = fn(&mut Tick, bool);

/// Without a host head-down: driven at `mdeg_s` for one step under `reason`, a stall latched `after_ms` later.
fn stalled(reason: Edit, mdeg_s: i32, after_ms: u64) -> Run {
    let mut run = Run::at(30_000);
    run.tick.firmware.alarm_on = true;
    run.tick.wire.up = false;
    run.step(|tick| {
        tick.firmware.motion = Motion::OwnReturn;
        tick.firmware.setpoint_mdeg_s = mdeg_s;
        reason(tick, true);
    });
    run.step(|tick| {
        tick.firmware.motion = Motion::None;
        tick.firmware.setpoint_mdeg_s = 0;
        reason(tick, false);
    });
    run.pass(after_ms - 20);
    run.tick.firmware.stall_latched = true;
    run
}

const REASONS: [Edit; 6] = [
    |tick, on| tick.plant.obstructed = on,
    |tick, on| tick.plant.drive_able = !on,
    |tick, on| tick.plant.current_ma = if on { 8_001 } else { 2_000 },
    |tick, on| tick.plant.current_reads_high = on,
    |tick, on| tick.plant.primary_source = if on { Source::FaultShowing } else { Source::Healthy },
    |tick, on| tick.plant.second_source = if on { Source::FaultSilent } else { Source::Healthy },
];

#[test]
fn a_stall_that_a_controller_claims_without_a_reason_excuses_nothing() {
    let mut run = stalled(|_, _| {}, -20, 20);
    run.pass(45_280).breaks(Invariant::I8, "way home was open");
}

#[test]
fn a_stall_with_a_reason_waits_for_people() {
    for (place, reason) in REASONS.into_iter().enumerate() {
        let mut run = stalled(reason, -20, 1_000);
        run.pass(130_000);
        assert!(run.broken().is_empty(), "reason {place}: {:?}", run.monitor.violations());
        let mut late = stalled(reason, -20, 1_010);
        late.pass(130_000);
        assert_eq!(late.broken(), [Invariant::I8], "reason {place}");
    }
}

#[test]
fn what_blocks_the_way_down_or_a_standing_bed_is_no_stall_on_the_way_back() {
    let mut standing = stalled(REASONS[0], 0, 20);
    standing.pass(45_280).breaks(Invariant::I8, "way home was open");
    let mut below = Run::at(30_000);
    below.tick.firmware.alarm_on = true;
    below.drive(Motion::Plan, 20, 10);
    below.step(|tick| tick.plant.current_ma = 9_000).drive(Motion::None, 0, 10);
    below.tick.plant.current_ma = 2_000;
    below.tick.wire.up = false;
    below.tick.firmware.stall_latched = true;
    below.pass(45_280).breaks(Invariant::I8, "way home was open");
}

#[test]
fn a_press_at_the_table_takes_a_stall_back_and_one_over_the_host_does_not() {
    let pressed = |wired: bool| {
        let mut run = stalled(REASONS[0], -20, 500);
        run.pass(1_000).event(Event::ReturnPressed { wired }).pass(45_280);
        run
    };
    pressed(true).breaks(Invariant::I8, "way home was open");
    pressed(false).clean();
}

#[test]
fn a_current_sensor_that_feels_nothing_excuses_until_it_is_believed_again() {
    let lies = |ms: u64| {
        let mut run = Run::at(30_000);
        run.tick.firmware.alarm_on = true;
        run.tick.wire.up = false;
        run.tick.plant.current_reads_high = true;
        run.pass(130_000);
        run.tick.plant.current_reads_high = false;
        run.pass(ms);
        run
    };
    lies(1_500 + 45_010).clean();
    lies(1_500 + 45_030).breaks(Invariant::I8, "way home was open");
}
