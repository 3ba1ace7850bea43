use crate::invariant::Invariant;
use crate::profile::Profile;
use crate::testing::Run;
use crate::trace::{Event, Motion, Source, Tick};

type Edit = fn(&mut Tick);

/// Stays at 30 degrees for `ms` after `edit`.
fn stays(ms: u64, edit: impl Fn(&mut Tick)) -> Run {
    let mut run = Run::at(30_000);
    run.tick.firmware.alarm_on = true;
    edit(&mut run.tick);
    run.pass(ms);
    run
}

#[test]
fn after_loss_of_the_host_the_rest_band_is_reached() {
    // 45 s from the end of the lease, a step of 10 ms before and after.
    stays(45_260, |tick| tick.wire.up = false).clean();
    stays(45_280, |tick| tick.wire.up = false).breaks(Invariant::I8, "way home was open");
    stays(45_280, |tick| tick.host.alive = false).breaks(Invariant::I8, "way home was open");
}

#[test]
fn a_link_that_comes_and_goes_costs_the_return_its_losses_and_no_more() {
    let flaps = |seconds: u32, at: fn(&mut Tick) -> &mut bool| {
        let mut run = Run::at(30_000);
        run.tick.firmware.alarm_on = true;
        run.tick.host.reaction = 2;
        for _ in 0..seconds {
            *at(&mut run.tick) = false;
            run.pass(200);
            *at(&mut run.tick) = true;
            run.pass(800);
        }
        run
    };
    // 45 s, and 0.2 s of loss with a lease of 0.25 s in each second.
    for at in [|tick| &mut tick.wire.up, |tick| &mut tick.host.link_open]
        as [fn(&mut Tick) -> &mut bool; 2]
    {
        flaps(81, at).clean();
        flaps(83, at).breaks(Invariant::I8, "way home was open");
    }
}

#[test]
fn every_cause_makes_the_return_due() {
    let causes: [(u64, Edit); 6] = [
        (0, |tick| tick.firmware.reaction = 2),
        (0, |tick| tick.host.reaction = 1),
        (0, |tick| tick.firmware.motion_locked = true),
        (0, |tick| tick.host.session_active = false),
        (30_000, |tick| tick.host.paused = true),
        (76_000, |tick| tick.people.nobody_answers = true),
    ];
    for (before_ms, cause) in causes {
        stays(before_ms + 45_010, cause).clean();
        stays(before_ms + 45_030, cause).breaks(Invariant::I8, "way home was open");
    }
}

#[test]
fn an_empty_bed_may_be_left_tilted() {
    let left = |tick: &mut Tick| {
        tick.host.session_active = false;
        tick.plant.person_on_table = false;
    };
    stays(60_000, left).clean();
}

#[test]
fn one_press_of_return_reaches_the_rest_band() {
    let pressed = |wired: bool, up: bool, ms: u64| {
        let mut run = Run::at(30_000);
        run.tick.firmware.boot_hold = true;
        run.tick.wire.up = up;
        run.event(Event::ReturnPressed { wired }).pass(ms);
        run
    };
    pressed(false, true, 45_010).clean();
    pressed(false, true, 45_020).breaks(Invariant::I8, "way home was open");
    pressed(true, false, 45_020).breaks(Invariant::I8, "way home was open");
    pressed(false, false, 60_000).clean();
}

#[test]
fn nothing_is_demanded_while_the_way_is_closed() {
    let reasons: [Edit; 14] = [
        |tick| {
            tick.host.stop_latched = true;
            tick.host.stop_acknowledged = true;
        },
        |tick| tick.firmware.stop_latched = true,
        |tick| tick.plant.powered = false,
        |tick| tick.plant.drive_able = false,
        |tick| tick.plant.obstructed = true,
        |tick| tick.plant.runaway = true,
        |tick| tick.firmware.alive = false,
        |tick| tick.firmware.boot_hold = true,
        |tick| tick.firmware.direction_checked = false,
        |tick| tick.firmware.latches_open = 2,
        |tick| tick.firmware.latches_fitted = 1,
        |tick| {
            tick.plant.primary_source = Source::FaultSilent;
            tick.plant.second_source = Source::FaultSilent;
        },
        |tick| {
            tick.plant.primary_source = Source::FaultShowing;
            tick.plant.second_source = Source::NotFitted;
        },
        |tick| tick.firmware.latches_fitted = 0,
    ];
    for (place, reason) in reasons.into_iter().enumerate() {
        // Longer than creep may take: doubt alone must not be what excuses it.
        let run = stays(130_000, |tick| {
            tick.wire.up = false;
            reason(tick);
        });
        assert!(run.broken().is_empty(), "reason {place}: {:?}", run.monitor.violations());
    }
}

#[test]
fn a_table_that_needs_its_host_is_not_asked_to_return_without_it() {
    let profile = Profile { returns_without_host: false, ..Profile::home_serial() };
    let mut run = Run::with(profile, 30_000);
    run.tick.wire.up = false;
    run.pass(60_000).clean();
}

#[test]
fn doubt_grants_the_time_of_creep() {
    let doubtful = |ms: u64| {
        stays(ms, |tick| {
            tick.wire.up = false;
            tick.plant.second_source = Source::FaultShowing;
        })
    };
    doubtful(120_260).clean();
    doubtful(120_280).breaks(Invariant::I8, "way home was open");
    let one_latch = |ms: u64| {
        stays(ms, |tick| {
            tick.wire.up = false;
            tick.firmware.latches_open = 1;
        })
    };
    one_latch(120_260).clean();
    one_latch(120_280).breaks(Invariant::I8, "way home was open");
}

#[test]
fn a_lost_tilt_ends_at_rest_by_creep() {
    let lost = |ms: u64| stays(ms, |tick| tick.firmware.tilt_age_ms = 1_000);
    lost(125_010).clean();
    lost(125_030).breaks(Invariant::I6, "reached by creep");
}

#[test]
fn a_way_that_closes_and_opens_starts_the_time_anew() {
    let mut run = stays(40_000, |tick| tick.wire.up = false);
    run.step(|tick| tick.plant.obstructed = true);
    run.step(|tick| tick.plant.obstructed = false);
    run.pass(40_000).clean();
}

#[test]
fn after_healing_only_stop_excuses() {
    let healed = |ms: u64, edit: fn(&mut Tick)| {
        let mut run = Run::at(30_000);
        run.tick.firmware.boot_hold = true;
        run.tick.firmware.motion_locked = true;
        edit(&mut run.tick);
        run.event(Event::Healed).pass(ms);
        run
    };
    healed(150_010, |_| {}).clean();
    healed(150_030, |_| {}).breaks(Invariant::I8, "all faults were off");
    let mut run = Run::at(30_000);
    run.event(Event::Healed).pass(200_000);
    run.clean();
    let mut verdict = healed(1_000, |_| {});
    assert_eq!(verdict.monitor.finish().healed_for_ms, Some(990));
    // Nobody is left to press, and a start waits for people: unless it may come by itself.
    healed(200_000, |tick| tick.people.nobody_answers = true).clean();
    let by_itself = healed(30_000, |tick| {
        tick.people.nobody_answers = true;
        tick.firmware.boot_hold = false;
    });
    assert!(by_itself.broken().is_empty());
    let mut late = by_itself;
    late.pass(120_030);
    assert!(late.broken().contains(&Invariant::I8));
    let stopped = healed(30_000, |tick| tick.firmware.stop_latched = true);
    assert!(stopped.broken().is_empty());
}

#[test]
fn a_table_commissioned_without_latch_sensors_returns_too() {
    let profile = Profile { auto_return_latches_min: 0, ..Profile::home_serial() };
    let lost = |fitted: u8, open: u8| {
        let mut run = Run::with(profile, 30_000);
        run.tick.wire.up = false;
        run.tick.firmware.latches_fitted = fitted;
        run.tick.firmware.latches_open = open;
        run.pass(45_280);
        run
    };
    lost(0, 0).breaks(Invariant::I8, "way home was open");
    lost(1, 0).breaks(Invariant::I8, "way home was open");
    lost(1, 1).clean();
}

#[test]
fn sources_that_disagree_about_the_side_close_the_way() {
    let lost = |first: i32, second: i32, ms: u64| {
        let mut run = Run::at(30_000);
        run.tick.wire.up = false;
        run.tick.plant.second_source = Source::FaultSilent;
        run.steps(ms, |tick| {
            tick.firmware.tilt_mdeg = Some(first);
            tick.firmware.second_tilt_mdeg = Some(second);
        });
        run
    };
    lost(30_000, -30_000, 130_000).clean();
    lost(-30_000, 30_000, 130_000).clean();
    lost(30_000, 10_000, 120_280).breaks(Invariant::I8, "way home was open");
    lost(3_000, -2_000, 120_280).breaks(Invariant::I8, "way home was open");
    lost(3_000, -2_001, 130_000).clean();
    // Once apart they are believed again only when they have come together (H-07).
    let after = |second: i32| {
        let mut run = lost(3_000, -2_001, 1_000);
        run.steps(120_500, |tick| {
            tick.firmware.tilt_mdeg = Some(3_000);
            tick.firmware.second_tilt_mdeg = Some(second);
        });
        run
    };
    after(-1).clean();
    after(0).breaks(Invariant::I8, "way home was open");
}

#[test]
fn a_bad_wire_costs_the_time_in_which_it_lets_nothing_through() {
    // 300 ms of silence in each half second; a lease of 250 ms outlives the rest.
    let comes_home_after = |lossy: bool, ms: u64| {
        let mut run = Run::at(30_000);
        run.tick.host.reaction = 2;
        run.tick.host.alarm_priority = 3;
        run.tick.firmware.motion = Motion::Return;
        run.tick.wire.lossy = lossy;
        for _ in 0..ms / 500 {
            run.steps(200, |tick| tick.wire.fresh_frames = 1);
            run.steps(300, |tick| tick.wire.fresh_frames = 0);
        }
        run.broken().contains(&Invariant::I8)
    };
    assert!(comes_home_after(false, 46_000), "whoever sends nothing has no excuse");
    assert!(!comes_home_after(true, 46_000));
    assert!(comes_home_after(true, 130_000), "it has an end");
}

#[test]
fn no_press_can_ask_for_the_way_of_a_bed_whose_sources_all_lie() {
    let mut run = Run::at(30_000);
    run.tick.plant.primary_source = Source::FaultSilent;
    run.tick.plant.second_source = Source::FaultSilent;
    run.event(Event::ReturnPressed { wired: true }).pass(130_000).clean();
}
