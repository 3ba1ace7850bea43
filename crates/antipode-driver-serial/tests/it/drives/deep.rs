//! How far a Tic near 60 degrees goes on, against what a host's guard keeps free for it: three leases
//! and the braking that it is told (I2). Judged by the true tilt.

use antipode_guardian::GuardianConfig;
use antipode_link::{AckResult, Lease, Message};
use antipode_safety::{Angle, Millis, Rate};

use super::kinds::tic;
use super::rig::Rig;
use crate::guarded::RANGED;

const FAST: Rate = Rate::clamped(3_000);
const LEASE: Millis = Millis::new(250);
/// From the word to the drive: a turn of the guardian, a turn of the drive's, and the line.
const ON_THE_WAY: Millis = Millis::new(100);

fn down() -> Message {
    let target = Angle::clamped(68_000);
    Message::SetTarget { target, rate: FAST, lease: Lease::clamped(LEASE) }
}

/// Armed and past 59 degrees at full speed.
fn deep() -> Rig {
    let kind = tic();
    let config = GuardianConfig {
        tilt_max: Angle::clamped(68_000),
        max_rate: FAST,
        return_rate: FAST,
        stop_decel: RANGED.stop_decel,
        ..kind.config()
    };
    let mut rig = Rig::armed_with(&kind, config);
    let until = rig.ms + 60_000;
    while rig.tilt() < 59_000 && rig.ms < until {
        rig.keep(down(), 80);
    }
    let before = rig.tilt();
    rig.keep(down(), 400);
    assert!(rig.tilt() - before > 1_100, "it is at full speed: {before} {}", rig.tilt());
    rig
}

/// How far the bed goes on until it stands.
fn goes_on(rig: &mut Rig) -> i64 {
    let from = rig.tilt();
    let mut most = from;
    for _ in 0..40 {
        rig.run(50, true);
        most = most.max(rig.tilt());
    }
    i64::from(most - from)
}

fn braking() -> i64 {
    let speed = i64::from(FAST.millideg_per_s());
    speed * speed / (2 * i64::from(RANGED.stop_decel))
}

#[test]
fn a_tic_at_60_degrees_stops_within_the_braking_that_its_host_is_told() {
    let mut rig = deep();
    assert_eq!(rig.send(Message::Stop), AckResult::Accepted);
    let (way, most) = (goes_on(&mut rig), FAST.travel(ON_THE_WAY) + braking());
    assert!(way <= most, "{way} of {most}");
}

#[test]
fn a_tic_at_60_degrees_whose_host_is_silent_stops_within_the_room_of_a_guard() {
    let mut rig = deep();
    let (way, most) = (goes_on(&mut rig), FAST.travel(LEASE) * 3 + braking());
    assert!(way <= most, "{way} of {most}");
}
