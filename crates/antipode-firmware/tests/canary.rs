//! Each seeded defect must be seen: a control that can be turned off unnoticed is not tested.
//!
//! One probe per defect, on the same bench as the other tests. Every probe must pass on the sound
//! build and fail with its own defect.

use antipode_firmware::canary::{Canary, select};
use antipode_link::{AckResult, Message};
use antipode_safety::{Rate, Switch};

#[path = "it/actuator.rs"]
#[expect(dead_code, reason = "the probes turn the bed by the bench's own drive")]
mod actuator;
#[path = "it/bench.rs"]
#[expect(dead_code, reason = "the probes use a part of the bench")]
mod bench;

use bench::{Bench, Sense, back, held_back, lease, target};

/// Whether the control that `canary` turns off works.
fn sound(canary: Canary) -> bool {
    let probe: fn(&mut Bench) -> bool = match canary {
        Canary::LeaseIgnored => a_motion_ends_with_its_lease,
        Canary::HostLossNeverReturns => a_lost_host_ends_at_level,
        Canary::StopNotLatched => a_stop_forbids_to_arm,
        Canary::RunawayUnseen => a_runaway_opens_the_relay,
        Canary::LatchesIgnored => an_open_latch_ends_a_motion,
        Canary::SequenceUnchecked => a_copy_of_a_frame_does_nothing,
        Canary::RangeIgnored => the_range_ends_a_jog,
        Canary::StallUnseen => a_blocked_bed_is_pushed_no_more,
        Canary::HeadDownCapIgnored => head_down_time_has_an_end,
        Canary::DisagreementUnseen => angles_that_part_end_a_motion,
        Canary::HeldReturnLatches => a_held_return_ends_with_the_hand,
        Canary::CreepIgnored => a_doubtful_angle_makes_a_return_slow,
        Canary::SessionUnchecked => a_frame_of_another_session_does_nothing,
    };
    probe(&mut Bench::armed())
}

fn a_motion_ends_with_its_lease(bench: &mut Bench) -> bool {
    bench.keep(target(30, 1_000), 1_000);
    bench.run(400);
    bench.setpoint() == 0
}

fn a_lost_host_ends_at_level(bench: &mut Bench) -> bool {
    bench.keep(target(10, 3_000), 8_000);
    bench.run(15_000);
    bench.tilt() <= 0
}

fn a_stop_forbids_to_arm(bench: &mut Bench) -> bool {
    bench.send(Message::Stop);
    bench.run(100);
    bench.arm() == AckResult::Stopped
}

fn a_runaway_opens_the_relay(bench: &mut Bench) -> bool {
    bench.keep(target(30, 1_000), 1_000);
    bench.runaway = Some(10_000);
    bench.keep(target(30, 1_000), 500);
    !bench.outputs.relay
}

fn an_open_latch_ends_a_motion(bench: &mut Bench) -> bool {
    bench.keep(target(30, 1_000), 1_000);
    bench.inputs.latches.first_closed = false;
    bench.keep(target(30, 1_000), 100);
    bench.setpoint() == 0
}

fn a_copy_of_a_frame_does_nothing(bench: &mut Bench) -> bool {
    bench.send(target(30, 1_000));
    let (seq, session) = (bench.seq, bench.session);
    bench.send_as(seq, session, target(30, 1_000)) == AckResult::Duplicate
}

fn the_range_ends_a_jog(bench: &mut Bench) -> bool {
    let jog = Message::Jog { rate: Rate::clamped(3_000), lease: lease(250) };
    bench.keep(jog, 24_000);
    bench.highest <= 60_000
}

fn a_blocked_bed_is_pushed_no_more(bench: &mut Bench) -> bool {
    bench.blocked_below = Some(10_000);
    bench.keep(target(30, 3_000), 10_000);
    bench.setpoint() <= 0
}

fn head_down_time_has_an_end(bench: &mut Bench) -> bool {
    bench.keep(target(10, 3_000), 8_000);
    bench.idle(610_000);
    bench.tilt() <= 0
}

fn angles_that_part_end_a_motion(bench: &mut Bench) -> bool {
    for step in 1..=100 {
        bench.second = Sense::Off(step * 60);
        bench.keep(target(40, 2_000), 50);
    }
    bench.keep(target(40, 2_000), 500);
    bench.setpoint() == 0
}

fn a_held_return_ends_with_the_hand(bench: &mut Bench) -> bool {
    bench.keep(target(30, 3_000), 12_000);
    bench.send(Message::Stop);
    bench.run(300);
    bench.press(Switch::Return, true);
    bench.run(1_000);
    bench.press(Switch::Return, false);
    bench.run(50);
    bench.setpoint() == 0
}

fn a_doubtful_angle_makes_a_return_slow(bench: &mut Bench) -> bool {
    bench.keep(target(30, 3_000), 14_000);
    bench.second = Sense::Lost;
    bench.idle(1_000);
    bench.keep(back(3_000), 3_000);
    (-1_000..0).contains(&bench.setpoint())
}

fn a_frame_of_another_session_does_nothing(bench: &mut Bench) -> bool {
    let session = bench.session;
    bench.send_as(bench.seq + 1, session ^ 1, target(30, 1_000)) == AckResult::WrongSession
}

#[test]
fn every_seeded_defect_is_seen_and_the_sound_build_passes() {
    for canary in Canary::ALL {
        select(0);
        assert!(sound(canary), "the sound build fails the probe of {canary:?}");
        select(canary.number());
        assert!(!sound(canary), "{canary:?} goes unseen");
    }
    select(0);
    // Numbers of other crates turn nothing on.
    select(1);
    assert!(Canary::ALL.into_iter().all(sound));
    assert_ne!(Bench::armed().send(back(3_000)), Bench::lowered(10).send(held_back()));
}
