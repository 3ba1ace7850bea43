//! Motions, their leases, and the way home.

use std::time::Duration;

use antipode_safety::{Angle, DriveState, Fault, FaultSet};

use super::super::host::{Bench, FAR, Host, Want, secs};
use super::super::rig::Act;
use super::{Fall, Verdict};
use crate::TableCommand;

/// The longest that the way home may take (I-06).
const WAY_HOME: Duration = secs(45);

pub(super) async fn moves_only_armed(bench: &mut Bench<'_>) -> Verdict {
    let mut host = Host::open(bench).await?;
    // The guard lets one through only on a fresh report, and an idle table reports seldom.
    let enough = |host: &Host<'_>| host.motions() >= 3;
    let from = host.track.now_mdeg();
    host.until("permitted by the guard", Want::Lower(FAR), secs(20), enough).await?;
    host.lowers_in_vain(secs(2)).await?;
    if host.track.now_mdeg() > from + 200 {
        return Err(Fall::failed("it lowered before it was armed"));
    }
    Ok(format!("{} motions sent", host.motions()))
}

pub(super) async fn ends_at_target(bench: &mut Bench<'_>) -> Verdict {
    let mut host = Host::open(bench).await?;
    host.arm().await?;
    let target = Want::Lower(Angle::clamped(2_005));
    host.lower_to(target, 500).await?;
    let beyond = |host: &Host<'_>| host.track.now_mdeg() > 2_400;
    host.never("it went beyond 2.005 degrees", target, secs(3), beyond).await?;
    host.stands(target, secs(3)).await?;
    Ok(format!("asked for 2005 mdeg, stands at {}", host.track.now_mdeg()))
}

pub(super) async fn halt_always(bench: &mut Bench<'_>) -> Verdict {
    let mut host = Host::open(bench).await?;
    halt(&mut host).await?;
    host.still(Want::Beat, Duration::from_millis(500)).await?;
    host.lower().await?;
    halt(&mut host).await?;
    let loop_took = ended_by_halt(&mut host).await?;
    host.lower_to(Want::Lower(FAR), 4_500).await?;
    host.stopper.halt();
    let lane_took = ended_by_halt(&mut host).await?;
    let from = host.track.now_mdeg();
    let rising = |host: &Host<'_>| host.track.now_mdeg() < from - 700;
    host.until("coming up", Want::Return, secs(5), rising).await?;
    halt(&mut host).await?;
    ended_by_halt(&mut host).await?;
    if host.track.now_mdeg() <= 0 {
        return Err(Fall::failed("halt did not end a return: the bed is at rest"));
    }
    Ok(format!("{} ms from the loop, {} ms from the stop lane", ms(loop_took), ms(lane_took)))
}

/// The bed stands, no STOP is latched, and it did not run on to the end of its lease, which would
/// be told.
async fn ended_by_halt(host: &mut Host<'_>) -> Result<Duration, Fall> {
    let took = host.stands(Want::Beat, secs(2)).await?;
    if host.is(DriveState::Stopped) {
        return Err(Fall::failed("halt latched a STOP"));
    }
    if host.has(Fault::LeaseExpired) {
        return Err(Fall::failed("the motion ended by its lease and not by halt"));
    }
    Ok(took)
}

async fn halt(host: &mut Host<'_>) -> Result<(), Fall> {
    host.say(TableCommand::Halt).await
}

pub(super) async fn lease_ends(bench: &mut Bench<'_>) -> Verdict {
    let mut host = Host::open(bench).await?;
    host.lower().await?;
    let took = host.stands(Want::Beat, host.lease_and_stop()).await?;
    host.still(Want::Beat, secs(1)).await?;
    Ok(format!("stood after {} ms", ms(took)))
}

pub(super) async fn frozen_loop(bench: &mut Bench<'_>) -> Verdict {
    let mut host = Host::open(bench).await?;
    host.lower().await?;
    alone(&mut host).await
}

pub(super) async fn closing(bench: &mut Bench<'_>) -> Verdict {
    bench.rig.can(Act::OutliveHost)?;
    let mut host = Host::open(bench).await?;
    host.lower().await?;
    host.close();
    alone(&mut host).await
}

/// Nobody speaks to the table any more.
async fn alone(host: &mut Host<'_>) -> Verdict {
    let stood = host.stands(Want::Nothing, host.lease_and_stop()).await?;
    if host.stated.returns_without_host {
        let home = host.home(Want::Nothing, WAY_HOME).await?;
        return Ok(format!(
            "stood after {} ms, level {:.1} s later",
            ms(stood),
            home.as_secs_f32()
        ));
    }
    host.still(Want::Nothing, secs(8)).await?;
    Ok(format!("stood after {} ms and held", ms(stood)))
}

pub(super) async fn return_unarmed(bench: &mut Bench<'_>) -> Verdict {
    let mut host = Host::open(bench).await?;
    host.lower_and_hold().await?;
    host.say(TableCommand::Disarm).await?;
    let disarmed = |host: &Host<'_>| !host.is(DriveState::Holding);
    host.until("disarmed", Want::Beat, secs(3), disarmed).await?;
    host.home(Want::Return, WAY_HOME).await?;
    Ok(format!("ended at {} mdeg", host.track.now_mdeg()))
}

pub(super) async fn return_only_up(bench: &mut Bench<'_>) -> Verdict {
    let mut host = Host::open(bench).await?;
    host.still(Want::Return, secs(2)).await?;
    host.still(Want::HeldReturn, secs(1)).await?;
    Ok(String::new())
}

pub(super) async fn faults_stay(bench: &mut Bench<'_>) -> Verdict {
    let mut host = Host::open(bench).await?;
    host.lower().await?;
    host.stands(Want::Nothing, host.lease_and_stop()).await?;
    let latched = |host: &Host<'_>| host.has(Fault::LeaseExpired);
    host.until("told that the command ran out", Want::Beat, secs(3), latched).await?;
    host.never("the fault is gone", Want::Beat, secs(2), |host| !latched(host)).await?;
    let from = host.track.now_mdeg();
    let lowered = |host: &Host<'_>| host.track.now_mdeg() > from + 200;
    host.asks_in_vain("it lowered in spite of it", secs(1), lowered).await?;
    host.home(Want::Return, WAY_HOME).await?;
    if !latched(&host) {
        return Err(Fall::failed("the way home cleared the fault"));
    }
    let all = FaultSet::from_bits(u16::MAX);
    host.say(TableCommand::ClearFaults(all)).await?;
    host.until("clear again", Want::Beat, secs(3), |host| !latched(host)).await?;
    Ok(String::new())
}

fn ms(span: Duration) -> u128 {
    span.as_millis()
}
