use crate::invariant::Invariant;
use crate::testing::Run;
use crate::trace::{Event, Limits, Motion, Tick};

/// Stands at `tilt` for `ms` under these limits.
fn stands(tilt: i32, ms: u64, limit: fn(&mut Limits)) -> Run {
    let mut run = Run::at(-3_000);
    limit(&mut run.tick.host.limits);
    run.step(|_| {});
    run.tick.plant.tilt_mdeg = tilt;
    run.pass(ms);
    run
}

#[test]
fn over_the_bout_limit_the_bed_comes_up() {
    let limit = |limits: &mut Limits| limits.bout_ms = 10_000;
    // Over the limit one step after 10 s, and 6 s for a raise to begin.
    stands(20_000, 16_010, limit).clean();
    stands(20_000, 16_020, limit).breaks(Invariant::I10, "of the bout");
    stands(5_499, 60_000, limit).clean();
    stands(5_500, 16_020, limit).breaks(Invariant::I10, "of the bout");
    let mut raising = stands(20_000, 15_000, limit);
    raising.drive(Motion::Return, -1_000, 8_000).clean();
}

#[test]
fn session_and_day_add_up_over_bouts() {
    let bouts = |limit: fn(&mut Limits)| {
        let mut run = stands(20_000, 6_000, limit);
        run.tick.plant.tilt_mdeg = -3_000;
        run.pass(1_000);
        run.tick.plant.tilt_mdeg = 20_000;
        run.pass(11_000);
        run
    };
    bouts(|limits| limits.bout_ms = 10_000).clean();
    bouts(|limits| limits.session_ms = 10_000).breaks(Invariant::I10, "of the session");
    bouts(|limits| limits.day_ms = 10_000).breaks(Invariant::I10, "of the day");
}

#[test]
fn a_new_session_starts_its_own_count_and_nothing_else_does() {
    let after = |event: Event| {
        let mut run = stands(20_000, 6_000, |limits| limits.session_ms = 10_000);
        run.tick.plant.tilt_mdeg = -3_000;
        run.event(Event::SessionEnded { cause: 1 }).event(event).pass(1_000);
        run.tick.plant.tilt_mdeg = 20_000;
        run.pass(11_000);
        run
    };
    after(Event::SessionStarted).clean();
    after(Event::HumanStart).breaks(Invariant::I10, "of the session");
}

#[test]
fn a_restart_or_a_wrong_clock_does_not_reset_the_day_but_a_new_day_does() {
    let after = |edit: fn(&mut Tick), session: bool| {
        let mut run = stands(20_000, 6_000, |limits| limits.day_ms = 10_000);
        run.tick.plant.tilt_mdeg = -3_000;
        run.pass(100);
        if session {
            run.event(Event::SessionEnded { cause: 1 }).event(Event::SessionStarted);
        }
        run.step(edit);
        run.tick.plant.tilt_mdeg = 20_000;
        run.pass(11_000);
        run
    };
    after(|tick| tick.host.start_count += 1, true).breaks(Invariant::I10, "of the day");
    after(|tick| tick.plant.day += 1, true).clean();
}

#[test]
fn a_hold_is_bounded_by_its_tilt() {
    let holds = |target: i32, ms: u64| {
        let mut run = Run::at(-3_000);
        run.tick.host.limits.hold_ms = u32::MAX;
        run.tick.host.bout_target_mdeg = Some(target);
        run.step(|_| {});
        run.tick.plant.tilt_mdeg = target;
        run.pass(ms);
        run
    };
    holds(30_000, 306_010).clean();
    holds(30_000, 306_020).breaks(Invariant::I10, "the hold");
    holds(30_001, 186_010).clean();
    holds(30_001, 186_020).breaks(Invariant::I10, "the hold");
}

#[test]
fn nothing_is_demanded_while_the_way_home_is_closed() {
    let mut run = stands(20_000, 9_000, |limits| limits.bout_ms = 10_000);
    run.tick.plant.powered = false;
    run.pass(60_000).clean();
}

#[test]
fn limits_do_not_widen_head_down() {
    let edits: [fn(&mut Limits); 7] = [
        |limits| limits.tilt_mdeg += 1,
        |limits| limits.lower_mdeg_s += 1,
        |limits| limits.raise_mdeg_s += 1,
        |limits| limits.hold_ms += 1,
        |limits| limits.bout_ms += 1,
        |limits| limits.session_ms += 1,
        |limits| limits.day_ms += 1,
    ];
    for edit in edits {
        let widened_at = |tilt: i32| {
            let mut run = Run::at(tilt);
            run.pass(20).step(|tick| edit(&mut tick.host.limits));
            run
        };
        widened_at(500).clean();
        widened_at(501).breaks(Invariant::I11, "widened");
    }
    let mut narrowed = Run::at(20_000);
    narrowed.pass(20).step(|tick| tick.host.limits.tilt_mdeg = 25_000).clean();
}

#[test]
fn a_session_that_opens_head_down_sets_its_limits_anew() {
    // Only two rows of one running session are compared, and only between two head-down rows.
    let opens = |before: bool, from_tilt: i32| {
        let mut run = Run::at(from_tilt);
        run.tick.firmware.alarm_on = true;
        run.step(|tick| tick.host.session_active = before);
        run.step(|tick| {
            tick.host.session_active = true;
            tick.plant.tilt_mdeg = 20_000;
            tick.host.limits.tilt_mdeg += 1;
        });
        run
    };
    opens(false, 20_000).clean();
    opens(true, 500).clean();
    opens(true, 501).breaks(Invariant::I11, "widened");
    let mut ends = Run::at(20_000);
    ends.step(|tick| {
        tick.host.session_active = false;
        tick.host.limits.tilt_mdeg += 1;
    });
    ends.clean();
}
