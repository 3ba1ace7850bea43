use crate::invariant::Invariant;
use crate::testing::Run;
use crate::trace::{Event, Motion, Tick};

/// A return at 3 degrees/s under way.
fn returning() -> Run {
    let mut run = Run::at(40_000);
    run.drive(Motion::Return, -3_000, 1_600);
    run
}

#[test]
fn stop_at_the_table_ramps_to_zero() {
    let ramps_by = |mdeg_s_a_step: i32| {
        let mut run = returning();
        run.steps(600, |tick| {
            tick.firmware.stop_latched = true;
            tick.firmware.setpoint_mdeg_s = (tick.firmware.setpoint_mdeg_s + mdeg_s_a_step).min(0);
        });
        run
    };
    ramps_by(3_000).clean();
    ramps_by(80).clean();
    ramps_by(70).breaks(Invariant::I3, "table has STOP latched");
}

#[test]
fn only_a_held_return_moves_under_stop_and_only_up() {
    let moves = |held: bool, mdeg_s: i32| {
        let mut run = Run::at(40_000);
        run.tick.firmware.stop_latched = true;
        run.pass(100);
        run.tick.people.return_held = held;
        run.drive(Motion::HeldReturn, mdeg_s, 300);
        run
    };
    moves(true, -1_500).clean();
    assert!(moves(true, 500).broken().contains(&Invariant::I3));
    let mut unheld = moves(false, -1_500);
    unheld.pass(600);
    unheld.breaks(Invariant::I3, "table has STOP latched");
}

#[test]
fn stop_at_the_host_ends_its_motion_within_two_leases() {
    let goes_on_for = |ms: u64| {
        let mut run = returning();
        run.tick.host.stop_latched = true;
        run.tick.host.stop_acknowledged = true;
        run.pass(ms).drive(Motion::None, 0, 100);
        run
    };
    goes_on_for(530).clean();
    goes_on_for(570).breaks(Invariant::I3, "host has STOP latched");
}

#[test]
fn no_motion_frame_leaves_under_stop() {
    let sends = |held: bool, motion: bool| {
        let mut run = Run::at(20_000);
        run.tick.host.stop_latched = true;
        run.tick.host.stop_acknowledged = true;
        run.tick.people.return_held = held;
        run.pass(20).step(|tick| {
            tick.host.sent_motion = motion;
            tick.host.sent_return = !motion;
        });
        run
    };
    sends(true, false).clean();
    sends(false, false).breaks(Invariant::I3, "with STOP latched");
    sends(true, true).breaks(Invariant::I3, "with STOP latched");
}

#[test]
fn a_wired_stop_latches_in_time() {
    let open_for = |ms: u64| {
        let mut run = Run::at(20_000);
        run.steps(ms, |tick| tick.people.wired_stop_pressed = true);
        run
    };
    open_for(120).clean();
    open_for(130).breaks(Invariant::I3, "wired STOP");
}

#[test]
fn a_delivered_stop_frame_latches() {
    let latches = |latched: bool| {
        let mut run = Run::at(20_000);
        run.step(|tick| tick.wire.stop_delivered = true);
        run.step(|tick| {
            tick.wire.stop_delivered = false;
            tick.firmware.stop_latched = latched;
        });
        run
    };
    latches(true).clean();
    latches(false).breaks(Invariant::I3, "did not latch at the table");
}

#[test]
fn a_pressed_stop_is_latched_and_sent_at_once() {
    let answers = |latched: bool, sent_in_row: u32| {
        let mut run = Run::at(20_000);
        run.event(Event::StopPressed);
        for row in 1..=4 {
            run.step(|tick| {
                tick.host.stop_latched = latched;
                tick.host.stop_acknowledged = latched;
                tick.host.sent_stop = row == sent_in_row;
            });
        }
        run
    };
    answers(true, 1).clean();
    answers(true, 2).clean();
    answers(true, 3).breaks(Invariant::I4, "no STOP frame followed");
    answers(false, 1).breaks(Invariant::I3, "did not latch at the host");
}

#[test]
fn a_frozen_host_answers_stop_when_it_wakes() {
    let mut run = Run::at(20_000);
    run.tick.host.alive = false;
    run.event(Event::StopPressed).pass(100);
    run.tick.host.alive = true;
    run.step(|tick| {
        tick.host.stop_latched = true;
        tick.host.stop_acknowledged = true;
        tick.host.sent_stop = true;
    });
    run.clean();
}

#[test]
fn at_most_one_frame_goes_ahead_of_stop() {
    let ahead = |frames: u8| {
        let mut run = Run::at(20_000);
        run.step(|tick| tick.host.frames_ahead_of_stop = frames);
        run
    };
    ahead(1).clean();
    ahead(2).breaks(Invariant::I4, "ahead of STOP");
}

#[test]
fn an_unacknowledged_stop_is_sent_again() {
    let quiet_for = |ms: u64| {
        let mut run = Run::at(20_000);
        run.tick.host.stop_latched = true;
        run.pass(10).step(|tick| tick.host.sent_stop = true);
        run.steps(ms, |tick| tick.host.sent_stop = false);
        run
    };
    quiet_for(150).clean();
    quiet_for(160).breaks(Invariant::I4, "not sent again");
    let pauses = |quiet_ms: u64| {
        let mut run = quiet_for(20);
        run.steps(140, |tick| tick.host.away = true);
        run.steps(quiet_ms, |tick| tick.host.away = false);
        run
    };
    pauses(130).clean();
    pauses(140).breaks(Invariant::I4, "not sent again");
}

#[test]
fn after_a_cause_only_a_human_act_in_the_rest_band_lets_it_lower() {
    let lowers_after = |start_at: Option<i32>| {
        let mut run = Run::at(20_000);
        run.step(|tick| tick.firmware.boot_count += 1);
        if let Some(tilt) = start_at {
            run.tick.plant.tilt_mdeg = tilt;
            run.event(Event::HumanStart);
        }
        run.pass(100).drive(Motion::Plan, 1_000, 1_000);
        run
    };
    lowers_after(Some(-3_000)).clean();
    lowers_after(Some(500)).clean();
    lowers_after(Some(501)).breaks(Invariant::I18, "without a new human act");
    lowers_after(None).breaks(Invariant::I18, "without a new human act");
}

#[test]
fn every_cause_asks_for_a_human_act() {
    let causes: [fn(&mut Run); 7] = [
        |run| {
            run.step(|tick| tick.firmware.reaction = 1);
            run.step(|tick| tick.firmware.reaction = 0);
        },
        |run| {
            run.step(|tick| tick.firmware.motion_locked = true);
        },
        |run| {
            run.step(|tick| tick.host.start_count += 1);
        },
        |run| {
            run.step(|tick| tick.firmware.lease_epoch = 2);
        },
        |run| {
            run.event(Event::ReturnPressed { wired: true });
        },
        |run| {
            run.step(|tick| {
                tick.host.reaction = 1;
                tick.host.alarm_priority = 2;
                tick.host.alarm_causes = 1;
            });
            run.step(|tick| tick.host.reaction = 0);
        },
        |run| {
            run.step(|tick| tick.host.alive = false);
            run.step(|tick| tick.host.alive = true);
        },
    ];
    for cause in causes {
        let mut run = Run::at(20_000);
        run.drive(Motion::Plan, 500, 300).drive(Motion::None, 0, 100);
        cause(&mut run);
        run.pass(600);
        run.tick.firmware.motion_locked = false;
        run.tick.firmware.accepted_epoch = run.tick.firmware.lease_epoch;
        run.drive(Motion::Plan, 1_000, 300);
        run.breaks(Invariant::I18, "without a new human act");
    }
}

#[test]
fn a_cause_stops_lowering_that_is_under_way() {
    let goes_on_for = |ms: u64| {
        let mut run = Run::at(20_000);
        run.drive(Motion::Plan, 1_000, 1_000);
        run.tick.firmware.motion_locked = true;
        run.pass(ms).drive(Motion::None, 0, 200);
        run
    };
    goes_on_for(30).clean();
    goes_on_for(80).breaks(Invariant::I18, "without a new human act");
}

#[test]
fn stop_is_unlatched_only_in_the_rest_band() {
    let unlatched_at = |tilt: i32| {
        let mut run = Run::at(tilt);
        run.step(|tick| tick.firmware.stop_latched = true);
        run.step(|tick| tick.firmware.stop_latched = false);
        run
    };
    unlatched_at(500).clean();
    unlatched_at(-10_500).clean();
    unlatched_at(501).breaks(Invariant::I18, "unlatched outside");
}

#[test]
fn a_hold_let_go_covers_the_frame_of_that_step_and_stop_latched_in_one_is_no_crime() {
    let mut run = Run::at(20_000);
    // Motion first, STOP later in the same step.
    run.step(|tick| {
        tick.host.sent_motion = true;
        tick.host.stop_latched = true;
        tick.host.stop_acknowledged = true;
    });
    run.step(|tick| {
        tick.host.sent_motion = false;
        tick.people.return_held = true;
    });
    run.step(|tick| {
        tick.host.sent_return = true;
        tick.people.return_held = false;
    });
    run.clean();
    run.step(|_| {});
    run.breaks(Invariant::I3, "with STOP latched");
}

#[test]
fn a_persons_hold_is_the_human_act_within_its_bounds() {
    let lowers = |tilt: i32, motion: Motion, held: bool| {
        let mut run = Run::at(-75_000);
        run.step(|tick| tick.firmware.boot_count += 1);
        run.tick.plant.tilt_mdeg = tilt;
        run.pass(600);
        run.tick.people.upright_held = held;
        run.tick.people.jog_held = held;
        run.drive(motion, 500, 200);
        run
    };
    let what = "without a new human act";
    lowers(-40_000, Motion::Upright, true).clean();
    lowers(20_000, Motion::Jog, true).clean();
    lowers(2_000, Motion::SelfTest, false).clean();
    lowers(20_000, Motion::Jog, false).breaks(Invariant::I18, what);
    lowers(20_000, Motion::SelfTest, false).breaks(Invariant::I18, what);
    lowers(600, Motion::Upright, true).breaks(Invariant::I18, what);
    let unheld = lowers(-40_000, Motion::Upright, false);
    assert!(unheld.broken().contains(&Invariant::I18));
}

#[test]
fn a_lease_that_ran_out_under_lowering_is_a_cause_and_one_given_back_is_not() {
    let ends = |mdeg_s: i32, runs_out: bool| {
        let mut run = Run::at(20_000);
        run.drive(Motion::Plan, mdeg_s, 1_000);
        if runs_out {
            run.tick.wire.up = false;
            run.pass(240);
        }
        run.step(|tick| {
            tick.wire.fresh_frames = 0;
            tick.firmware.lease_ms_left = 0;
            tick.firmware.motion = Motion::None;
            tick.firmware.setpoint_mdeg_s = 0;
        });
        run.tick.wire.up = true;
        run.pass(100).drive(Motion::Plan, 1_000, 500);
        run
    };
    ends(1_000, false).clean();
    ends(-1_000, true).clean();
    ends(1_000, true).breaks(Invariant::I18, "without a new human act");
}

#[test]
fn a_lease_taken_between_the_act_and_its_motion_belongs_to_the_act() {
    let mut run = Run::at(20_000);
    run.step(|tick| {
        tick.firmware.lease_epoch = 2;
        tick.firmware.accepted_epoch = 2;
    });
    run.pass(100).drive(Motion::Plan, 1_000, 500).clean();
}

#[test]
fn a_controller_that_is_down_or_came_back_latches_nothing_late() {
    let excuses: [fn(&mut Tick, u32); 2] =
        [|tick, _| tick.firmware.alive = false, |tick, row| tick.firmware.boot_count = row];
    for excuse in excuses {
        let mut run = Run::at(-3_000);
        let mut row = 2;
        run.steps(300, |tick| {
            tick.people.wired_stop_pressed = true;
            excuse(tick, row);
            row += 1;
        });
        run.clean();
    }
    // A latch that a reset forgot was not opened by anyone; the human act is due all the same.
    let mut reset = Run::at(20_000);
    reset.step(|tick| tick.firmware.stop_latched = true);
    reset.step(|tick| {
        tick.firmware.stop_latched = false;
        tick.firmware.boot_count += 1;
    });
    reset.pass(20);
    reset.clean();
    reset.drive(Motion::Plan, 500, 200);
    reset.breaks(Invariant::I18, "without a new human act");
}

#[test]
fn what_a_dead_or_restarted_host_forgot_it_did_not_unlatch() {
    let excuses: [fn(&mut Tick); 2] =
        [|tick| tick.host.alive = false, |tick| tick.host.start_count += 1];
    for excuse in excuses {
        let mut run = Run::at(20_000);
        run.step(|tick| {
            tick.host.stop_latched = true;
            tick.host.stop_acknowledged = true;
        });
        run.step(|tick| {
            tick.host.stop_latched = false;
            excuse(tick);
        });
        run.clean();
    }
    let mut open = Run::at(20_000);
    open.step(|tick| tick.host.stop_latched = true);
    open.step(|tick| tick.host.stop_latched = false);
    open.breaks(Invariant::I18, "unlatched outside");
}

#[test]
fn a_bed_that_was_dark_waits_for_a_person() {
    let turns = |motion: Motion, reaction: u8, held: bool| {
        let mut run = Run::at(30_000);
        run.tick.firmware.hands_on = held;
        run.tick.firmware.reaction = reaction;
        run.tick.firmware.alarm_on = true;
        run.drive(motion, -1_000, 500);
        run
    };
    let what = "before a person asks";
    turns(Motion::Return, 0, true).breaks(Invariant::I18, what);
    turns(Motion::OwnReturn, 2, true).breaks(Invariant::I18, what);
    // The press of a button at the table, and a hold, are a person's.
    turns(Motion::OwnReturn, 0, true).clean();
    turns(Motion::Return, 0, false).clean();
}
