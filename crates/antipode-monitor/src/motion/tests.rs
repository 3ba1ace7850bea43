use crate::invariant::Invariant;
use crate::profile::Profile;
use crate::testing::Run;
use crate::trace::{Motion, Source, Tick};

#[test]
fn setpoint_grows_within_the_slope_and_one_period() {
    let grown_by = |mdeg_s: i32| {
        let mut run = Run::at(20_000);
        run.step(|tick| {
            tick.firmware.motion = Motion::Plan;
            tick.firmware.setpoint_mdeg_s = mdeg_s;
        });
        run
    };
    grown_by(60).clean();
    grown_by(61).breaks(Invariant::I1, "grew faster");
    grown_by(-61).breaks(Invariant::I1, "grew faster");
}

#[test]
fn reversal_counts_from_zero_and_a_jump_to_zero_is_free() {
    let reversed_to = |mdeg_s: i32| {
        let mut run = Run::at(20_000);
        run.drive(Motion::Plan, 3_000, 1_600);
        run.step(|tick| tick.firmware.setpoint_mdeg_s = mdeg_s);
        run
    };
    reversed_to(0).clean();
    reversed_to(-60).clean();
    reversed_to(-61).breaks(Invariant::I1, "grew faster");
}

#[test]
fn rate_keeps_to_the_bound_of_its_direction() {
    let at_rate = |tilt: i32, motion: Motion, mdeg_s: i32| {
        // From upright, so that no rest is due.
        let mut run = Run::at(-75_000);
        run.tick.plant.tilt_mdeg = tilt;
        run.tick.people.upright_held = motion == Motion::Upright;
        run.tick.people.jog_held = motion == Motion::Jog;
        run.drive(motion, mdeg_s, 3_200);
        run
    };
    at_rate(10_000, Motion::Plan, 3_000).clean();
    at_rate(10_000, Motion::Plan, 3_001).breaks(Invariant::I1, "above its bound");
    at_rate(40_000, Motion::Return, -6_000).clean();
    at_rate(40_000, Motion::Return, -6_001).breaks(Invariant::I1, "above its bound");
    at_rate(-20_000, Motion::Upright, -2_000).clean();
    at_rate(-20_000, Motion::Upright, -2_001).breaks(Invariant::I1, "above its bound");
    at_rate(40_000, Motion::Creep, -1_000).clean();
    at_rate(40_000, Motion::Creep, -1_001).breaks(Invariant::I1, "above its bound");
    at_rate(10_000, Motion::Jog, 1_000).clean();
    at_rate(10_000, Motion::Jog, 1_001).breaks(Invariant::I1, "above its bound");
}

#[test]
fn a_slower_motion_is_reached_by_the_slope_of_a_stop() {
    // A controller that turns every 50 ms sheds 400 each time, and holds the rate between.
    let shedding = |mdeg_s: i32| {
        let slow = Profile { control_period_ms: 60, ..Profile::home_serial() };
        let mut run = Run::with(slow, 40_000);
        run.drive(Motion::Return, -3_000, 3_000);
        let mut rate: i32 = -3_000;
        while rate < -1_000 {
            rate = (rate + mdeg_s).min(-1_000);
            run.drive(Motion::Creep, rate, 50);
        }
        run.drive(Motion::Creep, -1_000, 1_000);
        run
    };
    shedding(400).clean();
    shedding(200).breaks(Invariant::I1, "above its bound");
}

#[test]
fn return_has_slowed_when_it_passes_horizontal() {
    let passing_at = |mdeg_s: i32| {
        let mut run = Run::at(4_000);
        run.drive(Motion::Return, mdeg_s, 4_000);
        assert!(run.tick.plant.tilt_mdeg < -1_000);
        run
    };
    passing_at(-2_000).clean();
    passing_at(-2_001).breaks(Invariant::I1, "above its bound");
    // One that hangs cannot slow; how long it may turn so is its watchdog's.
    let mut hangs = Run::at(1_300);
    hangs.drive(Motion::Return, -2_094, 1_400);
    assert!(hangs.tick.plant.tilt_mdeg > -1_000);
    hangs.tick.firmware.alive = false;
    hangs.pass(450);
    assert!(hangs.tick.plant.tilt_mdeg < -1_000);
    hangs.clean();
}

#[test]
fn a_steady_host_limit_binds_plan_motion() {
    let with_limit = |limit: i32| {
        let mut run = Run::at(10_000);
        run.tick.host.limits.lower_mdeg_s = limit;
        run.pass(1_100).drive(Motion::Plan, 1_000, 1_000);
        run
    };
    with_limit(1_000).clean();
    with_limit(999).breaks(Invariant::I1, "above its bound");
}

#[test]
fn a_bed_that_outruns_its_command_is_cut_off() {
    let outruns = |by_mdeg_s: i32, ms: u64| {
        let mut run = Run::at(20_000);
        run.steps(ms, |tick| tick.plant.rate_mdeg_s = by_mdeg_s);
        run
    };
    outruns(2_000, 2_000).clean();
    outruns(2_001, 370).clean();
    outruns(2_001, 380).breaks(Invariant::I1, "de-energised");
    let outruns_beside_a_lie = |ms: u64| {
        let mut run = Run::at(20_000);
        run.tick.plant.second_source = Source::FaultShowing;
        run.steps(ms, |tick| tick.plant.rate_mdeg_s = 2_001);
        run
    };
    outruns_beside_a_lie(1_370).clean();
    outruns_beside_a_lie(1_380).breaks(Invariant::I1, "de-energised");
    let mut cut = outruns(2_001, 300);
    cut.steps(2_000, |tick| {
        tick.plant.rate_mdeg_s = 2_001;
        tick.firmware.relay_closed = false;
    });
    cut.clean();
}

#[test]
fn lowering_leaves_room_for_lease_ramp_and_margin() {
    // 1.5 degrees/s: 0.375 for the lease, 0.140 for the ramp, 1 of margin, 0.015 for 10 ms of age.
    let with_room = |mdeg: i32| {
        let mut run = Run::at(20_000);
        run.drive(Motion::Plan, 1_500, 1_000);
        run.steps(200, |tick| tick.firmware.tilt_limit_mdeg = tick.plant.tilt_mdeg + mdeg);
        run
    };
    with_room(1_530).clean();
    with_room(1_529).breaks(Invariant::I2, "without room");
}

#[test]
fn room_is_not_asked_of_a_bed_that_the_motor_takes() {
    let taken_at = |true_rate: i32, runaway: bool| {
        let mut run = Run::at(20_000);
        run.drive(Motion::Plan, 1_500, 1_000);
        run.steps(200, |tick| {
            tick.firmware.tilt_limit_mdeg = tick.plant.tilt_mdeg + 1_529;
            tick.plant.rate_mdeg_s = true_rate;
            tick.plant.runaway = runaway;
        });
        run.broken().contains(&Invariant::I2)
    };
    assert!(!taken_at(3_501, true));
    assert!(taken_at(3_500, true), "it still follows its command");
    assert!(taken_at(3_501, false), "the controller itself is at fault");
}

#[test]
fn room_is_measured_from_the_deeper_source() {
    let mut run = Run::at(20_000);
    run.drive(Motion::Plan, 1_500, 1_000);
    run.steps(200, |tick| {
        tick.firmware.tilt_limit_mdeg = tick.plant.tilt_mdeg + 1_600;
        tick.firmware.second_tilt_mdeg = Some(tick.plant.tilt_mdeg + 100);
    });
    run.breaks(Invariant::I2, "without room");
}

#[test]
fn plan_motion_ends_with_its_lease() {
    let goes_on_for = |ms: u64| {
        let mut run = Run::at(20_000);
        run.drive(Motion::Plan, -1_500, 1_000);
        run.tick.wire.up = false;
        run.drive(Motion::Plan, -1_500, ms).drive(Motion::None, 0, 500);
        run
    };
    // 250 ms of lease, then one tick and a row.
    goes_on_for(270).clean();
    goes_on_for(350).breaks(Invariant::I7, "without a lease");
}

#[test]
fn travel_after_the_last_frame_is_bounded() {
    let travels_for = |ms: u64| {
        let mut run = Run::at(20_000);
        run.drive(Motion::Return, -1_500, 1_000);
        run.tick.wire.up = false;
        run.drive(Motion::Return, -1_500, ms).drive(Motion::None, 0, 500);
        run
    };
    // 0.515 of lease and ramp, 0.2 of play, 0.03 of one period: 0.745 degree at 0.015 a step.
    travels_for(480).clean();
    travels_for(490).breaks(Invariant::I7, "travelled too far");
}

#[test]
fn a_return_that_goes_head_down_stops() {
    let rises_for = |ms: u64, stops: bool| {
        let mut run = Run::at(20_000);
        run.tick.plant.drive_able = false;
        run.drive(Motion::Return, -1_500, 20);
        run.steps(ms, |tick| tick.plant.tilt_mdeg += 25);
        if stops {
            run.drive(Motion::None, 0, 1_000);
        }
        run
    };
    rises_for(1_400, true).clean();
    rises_for(1_600, false).breaks(Invariant::I20, "goes head-down");
}

#[test]
fn a_return_that_gains_nothing_stops() {
    let gains = |mdeg_a_step: i32, ms: u64| {
        let mut run = Run::at(20_000);
        run.tick.plant.drive_able = false;
        run.drive(Motion::Return, -1_500, 20);
        run.steps(ms, |tick| {
            tick.plant.tilt_mdeg -= mdeg_a_step;
            tick.firmware.setpoint_mdeg_s = (tick.firmware.setpoint_mdeg_s - 20).max(-1_500);
        });
        run.drive(Motion::None, 0, 1_000);
        run
    };
    gains(4, 3_600).clean();
    gains(3, 3_400).clean();
    gains(3, 3_600).breaks(Invariant::I20, "gains nothing");
}

#[test]
fn a_stall_is_demanded_only_while_no_source_lies_about_it() {
    let with = |second: Source| {
        let mut run = Run::at(20_000);
        run.tick.plant.drive_able = false;
        run.tick.plant.second_source = second;
        run.drive(Motion::Return, -1_500, 3_600).drive(Motion::None, 0, 1_000);
        run
    };
    with(Source::FaultSilent).clean();
    with(Source::Healthy).breaks(Invariant::I20, "gains nothing");
}

#[test]
fn a_host_limit_binds_only_once_frames_under_the_wider_one_have_run_out() {
    let narrowed_for = |ms: u64, edit: fn(&mut Tick)| {
        let mut run = Run::at(10_000);
        run.drive(Motion::Plan, 1_000, 1_500);
        run.tick.host.limits.lower_mdeg_s = 500;
        edit(&mut run.tick);
        run.pass(ms);
        run
    };
    narrowed_for(1_020, |_| {}).clean();
    narrowed_for(1_030, |_| {}).breaks(Invariant::I1, "above its bound");
    // Whose limits they are: those of a living host.
    let dead = |tick: &mut Tick| {
        tick.host.alive = false;
        tick.firmware.lease_ms_left = 10_000;
    };
    assert!(!narrowed_for(3_000, dead).broken().contains(&Invariant::I1));
}

#[test]
fn outrunning_is_excused_only_where_cutting_power_would_not_help() {
    let excuses: [fn(&mut Tick); 5] = [
        |tick| tick.firmware.alive = false,
        |tick| tick.plant.brake_slipping = true,
        |tick| tick.people.releasing = true,
        |tick| {
            tick.plant.primary_source = Source::FaultSilent;
            tick.plant.second_source = Source::FaultSilent;
        },
        |tick| {
            tick.firmware.relay_closed = false;
            tick.firmware.brake_set = true;
        },
    ];
    for excuse in excuses {
        let mut run = Run::at(20_000);
        excuse(&mut run.tick);
        run.steps(1_000, |tick| tick.plant.rate_mdeg_s = -2_001).clean();
    }
    let mut unbraked = Run::at(20_000);
    unbraked.tick.firmware.relay_closed = false;
    unbraked.tick.firmware.brake_set = false;
    unbraked.steps(1_000, |tick| tick.plant.rate_mdeg_s = -2_001);
    unbraked.breaks(Invariant::I1, "de-energised");
}

/// A standing bed, without frames, that comes up by `mdeg` all the same.
fn creeps_up(mdeg: i32, edit: fn(&mut Tick)) -> Run {
    let mut run = Run::at(20_000);
    // An old order of 3 degrees/s is no licence once the bed stands.
    run.steps(50, |tick| tick.firmware.accepted_rate_mdeg_s = 3_000);
    run.tick.wire.up = false;
    edit(&mut run.tick);
    run.pass(20).step(|tick| tick.plant.tilt_mdeg -= mdeg).pass(50);
    run
}

#[test]
fn a_standing_bed_stays_without_frames() {
    creeps_up(200, |_| {}).clean();
    creeps_up(201, |_| {}).breaks(Invariant::I7, "travelled too far");
}

#[test]
fn a_first_frame_that_took_effect_grants_its_travel() {
    let mut run = Run::at(20_000);
    run.step(|tick| {
        tick.firmware.frame_accepted = true;
        tick.firmware.accepted_rate_mdeg_s = 1_500;
    });
    run.tick.wire.up = false;
    run.step(|tick| tick.plant.tilt_mdeg += 745).clean();
    run.step(|tick| tick.plant.tilt_mdeg += 1).breaks(Invariant::I7, "travelled too far");
}

#[test]
fn travel_is_excused_only_where_the_bed_does_not_follow_the_controller() {
    let excuses: [fn(&mut Tick); 8] = [
        |tick| tick.plant.powered = false,
        |tick| tick.plant.drive_able = false,
        |tick| tick.plant.brake_slipping = true,
        |tick| tick.plant.runaway = true,
        |tick| tick.firmware.alive = false,
        |tick| tick.people.releasing = true,
        |tick| tick.firmware.motion = Motion::OwnReturn,
        |tick| tick.firmware.motion = Motion::HeldReturn,
    ];
    for excuse in excuses {
        creeps_up(2_000, excuse).clean();
    }
}

#[test]
fn the_slow_end_of_a_return_is_no_stall() {
    let ends = |mdeg_s: i32| {
        let mut run = Run::at(20_000);
        run.tick.plant.drive_able = false;
        run.drive(Motion::Return, mdeg_s, 3_900).drive(Motion::None, 0, 100);
        run
    };
    // 2 degrees in 3 s count as commanded; the ramp takes a little of it.
    ends(-650).clean();
    ends(-800).breaks(Invariant::I20, "gains nothing");
}
