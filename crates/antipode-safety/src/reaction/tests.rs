#![cfg(not(loom))]

use super::*;

mod combined;

/// The answer in one line; the only place that spells it out.
fn told(answer: Response) -> String {
    let word = |reaction| match reaction {
        Reaction::Refuse => "start nothing",
        Reaction::Hold => "hold",
        Reaction::Return => "return",
        Reaction::Creep => "creep",
        Reaction::People => "people",
        Reaction::DeEnergise => "cut the drive",
    };
    let then = match answer.then {
        Some(then) => format!(", {}, {}", then.after, word(then.reaction)),
        None => String::new(),
    };
    let latched = if answer.latched { "latched" } else { "passing" };
    let Response { first, alarm, local_return, .. } = answer;
    format!("{}{then}; {latched}; {alarm:?} alarm; RETURN {local_return:?}", word(first))
}

/// Asserts one row of the table.
#[track_caller]
fn row(situation: Situation, level: &str, head_down: &str) {
    assert_eq!(told(response(situation, Side::LevelOrUp)), level, "level or up");
    assert_eq!(told(response(situation, Side::HeadDown)), head_down, "head-down");
}

#[test]
fn stop_is_never_followed_by_a_motion() {
    row(
        Situation::StopPressed,
        "hold; latched; Medium alarm; RETURN Held",
        "hold, 30000 ms, people; latched; Medium alarm; RETURN Held",
    );
}

#[test]
fn an_open_stop_loop_counts_as_pressed() {
    row(
        Situation::StopLoopOpen,
        "start nothing; latched; Medium alarm; RETURN Held",
        "hold, 30000 ms, people; latched; Medium alarm; RETURN Held",
    );
}

#[test]
fn a_lost_link_waits_five_seconds_and_returns() {
    row(
        Situation::LinkLost,
        "hold; passing; Low alarm; RETURN OnePress",
        "hold, 5000 ms, return; passing; High alarm; RETURN OnePress",
    );
}

#[test]
fn stop_outlives_the_link() {
    row(
        Situation::LinkLostStopped,
        "hold; latched; Medium alarm; RETURN Held",
        "hold, 0 ms, people; latched; High alarm; RETURN Held",
    );
}

#[test]
fn without_any_angle_only_a_hand_moves_the_bed() {
    row(
        Situation::AngleLost,
        "hold; latched; Medium alarm; RETURN HeldCreep",
        "hold, 0 ms, people; latched; High alarm; RETURN HeldCreep",
    );
}

#[test]
fn on_a_second_source_the_bed_creeps_home() {
    row(
        Situation::AngleLostSecondGood,
        "hold; latched; Medium alarm; RETURN HeldCreep",
        "hold, 250 ms, creep; latched; High alarm; RETURN HeldCreep",
    );
}

#[test]
fn without_the_second_source_the_bed_comes_home() {
    row(
        Situation::SecondAngleLost,
        "start nothing; latched; Medium alarm; RETURN OnePress",
        "return; latched; Medium alarm; RETURN OnePress",
    );
}

#[test]
fn contradicting_angles_on_one_side_creep_home() {
    row(
        Situation::AnglesDisagreeSameSide,
        "hold; latched; Medium alarm; RETURN HeldCreep",
        "hold, 0 ms, creep; latched; High alarm; RETURN HeldCreep",
    );
}

#[test]
fn angles_that_contradict_about_the_side_hold() {
    row(
        Situation::AnglesDisagreeAcross,
        "hold; latched; Medium alarm; RETURN HeldCreep",
        "hold, 0 ms, people; latched; High alarm; RETURN HeldCreep",
    );
}

#[test]
fn a_stall_on_the_way_down_moves_back_once() {
    row(
        Situation::StalledDown,
        "hold; latched; Medium alarm; RETURN Jog",
        "hold, 1000 ms, return; latched; High alarm; RETURN OnePress",
    );
}

#[test]
fn a_stall_on_the_way_back_is_never_reversed_by_itself() {
    row(
        Situation::StalledBack,
        "hold; latched; Medium alarm; RETURN Jog",
        "hold, 0 ms, people; latched; High alarm; RETURN Jog",
    );
}

#[test]
fn a_hot_drive_comes_home_while_it_can() {
    row(
        Situation::HotSoft,
        "start nothing; passing; Low alarm; RETURN OnePress",
        "return; passing; Medium alarm; RETURN OnePress",
    );
}

#[test]
fn a_drive_too_hot_stays() {
    row(
        Situation::HotHard,
        "start nothing; latched; Medium alarm; RETURN ByHand",
        "hold, 0 ms, people; latched; High alarm; RETURN ByHand",
    );
}

#[test]
fn on_the_battery_the_bed_comes_home_at_once() {
    row(
        Situation::MainsLost,
        "hold; passing; Low alarm; RETURN OnePress",
        "return; passing; Medium alarm; RETURN OnePress",
    );
}

#[test]
fn on_a_low_supply_the_bed_comes_home_at_once() {
    row(
        Situation::SupplyLow,
        "start nothing; passing; Medium alarm; RETURN OnePress",
        "return; latched; High alarm; RETURN OnePress",
    );
}

#[test]
fn without_power_the_brake_holds() {
    row(
        Situation::PowerLost,
        "cut the drive; latched; Medium alarm; RETURN ByHand",
        "cut the drive, 0 ms, people; latched; High alarm; RETURN ByHand",
    );
}

#[test]
fn a_table_that_was_away_for_a_moment_brings_the_bed_home_after_five_seconds() {
    row(
        Situation::Restarted,
        "hold; latched; Medium alarm; RETURN OnePress",
        "hold, 5000 ms, return; latched; High alarm; RETURN OnePress",
    );
}

#[test]
fn nothing_moves_by_itself_after_a_long_time_without_power() {
    row(
        Situation::RestartedLate,
        "hold; latched; Medium alarm; RETURN OnePress",
        "hold, 0 ms, people; latched; High alarm; RETURN OnePress",
    );
}

#[test]
fn no_answer_ends_in_the_rest_band() {
    row(
        Situation::Unanswered,
        "hold; passing; High alarm; RETURN OnePress",
        "return; latched; High alarm; RETURN OnePress",
    );
}

#[test]
fn vital_signs_only_bring_the_bed_up() {
    row(
        Situation::VitalsOut,
        "hold; passing; Medium alarm; RETURN OnePress",
        "return; latched; High alarm; RETURN OnePress",
    );
}

#[test]
fn a_symptom_ends_the_bout() {
    row(
        Situation::Symptom,
        "hold; passing; Medium alarm; RETURN OnePress",
        "return; latched; Medium alarm; RETURN OnePress",
    );
}

#[test]
fn one_open_latch_creeps_home_after_five_seconds() {
    row(
        Situation::OneLatchOpen,
        "hold; latched; Medium alarm; RETURN HeldCreep",
        "hold, 5000 ms, creep; latched; High alarm; RETURN HeldCreep",
    );
}

#[test]
fn with_both_latches_open_nothing_moves_by_itself() {
    row(
        Situation::LatchesOpen,
        "hold; latched; High alarm; RETURN HeldCreep",
        "hold, 0 ms, people; latched; High alarm; RETURN HeldCreep",
    );
}

#[test]
fn slipping_feet_halt_and_then_creep_up() {
    row(
        Situation::FeetSlip,
        "hold; latched; Medium alarm; RETURN HeldCreep",
        "hold, 1000 ms, creep; latched; High alarm; RETURN HeldCreep",
    );
}

#[test]
fn a_runaway_is_cut_off() {
    row(
        Situation::Runaway,
        "cut the drive, 0 ms, people; latched; High alarm; RETURN ByHand",
        "cut the drive, 0 ms, people; latched; High alarm; RETURN ByHand",
    );
}

#[test]
fn a_reversed_drive_is_not_driven_home() {
    row(
        Situation::WrongWay,
        "hold; latched; High alarm; RETURN Jog",
        "hold, 0 ms, people; latched; High alarm; RETURN Jog",
    );
}

#[test]
fn a_slip_toward_level_is_followed_home() {
    row(
        Situation::SlipTowardLevel,
        "hold; latched; Medium alarm; RETURN OnePress",
        "return; latched; High alarm; RETURN OnePress",
    );
}

#[test]
fn a_slip_away_from_level_is_held_and_brought_home() {
    row(
        Situation::SlipAway,
        "hold; latched; High alarm; RETURN OnePress",
        "hold, 1000 ms, return; latched; High alarm; RETURN OnePress",
    );
}

#[test]
fn nothing_moves_by_itself_over_somebody() {
    row(
        Situation::SomebodyUnder,
        "hold; latched; High alarm; RETURN Held",
        "hold, 0 ms, people; latched; High alarm; RETURN Held",
    );
}

#[test]
fn a_second_master_makes_this_one_yield() {
    row(
        Situation::ForeignMotion,
        "hold; latched; Medium alarm; RETURN OnePress",
        "hold, 5000 ms, return; latched; High alarm; RETURN OnePress",
    );
}

#[test]
fn used_up_time_brings_the_bed_home() {
    row(
        Situation::DoseUsed,
        "start nothing; passing; Low alarm; RETURN OnePress",
        "return; passing; Low alarm; RETURN OnePress",
    );
}

#[test]
fn what_cannot_be_recorded_ends() {
    row(
        Situation::JournalLost,
        "start nothing; latched; Medium alarm; RETURN OnePress",
        "hold, 2000 ms, return; latched; Medium alarm; RETURN OnePress",
    );
}

#[test]
fn after_a_suspend_the_bed_comes_home() {
    row(
        Situation::HostSuspended,
        "hold; latched; Medium alarm; RETURN OnePress",
        "return; latched; High alarm; RETURN OnePress",
    );
}

#[test]
fn a_late_loop_holds_and_then_returns() {
    row(
        Situation::LoopLate,
        "hold; passing; Medium alarm; RETURN OnePress",
        "hold, 5000 ms, return; latched; High alarm; RETURN OnePress",
    );
}

#[test]
fn a_program_that_ends_leaves_nobody_head_down() {
    row(
        Situation::ProgramEnding,
        "hold; passing; None alarm; RETURN OnePress",
        "return; latched; Low alarm; RETURN OnePress",
    );
}

#[test]
fn a_lost_hand_control_counts_as_no_answer() {
    row(
        Situation::HandControlLost,
        "start nothing; passing; Medium alarm; RETURN OnePress",
        "return; latched; High alarm; RETURN OnePress",
    );
}

#[test]
fn an_unknown_answer_of_the_table_holds() {
    row(
        Situation::Mismatch,
        "start nothing; latched; Medium alarm; RETURN OnePress",
        "hold, 0 ms, people; latched; High alarm; RETURN HeldCreep",
    );
}
