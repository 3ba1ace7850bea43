//! What the table says of itself and of its bed.

use antipode_safety::{Angle, DriveState, Rate};

use super::super::host::{Bench, Host, Want, secs};
use super::{Fall, Verdict};
use crate::{Rates, Rescue};

pub(super) async fn opens_still(bench: &mut Bench<'_>) -> Verdict {
    let before = bench.rig.true_tilt_mdeg();
    let mut host = Host::open(bench).await?;
    host.still(Want::Nothing, secs(1)).await?;
    if (host.track.now_mdeg() - before).abs() > 200 {
        let after = host.track.now_mdeg();
        return Err(Fall::failed(format!("the bed was at {before} mdeg and is at {after} mdeg")));
    }
    let state = host.seen.map(|seen| seen.drive);
    let disarmed = [Some(DriveState::Disarmed), Some(DriveState::Faulted)].contains(&state);
    if disarmed { Ok(String::new()) } else { Err(Fall::failed(format!("it is {state:?}"))) }
}

pub(super) async fn states_itself(bench: &mut Bench<'_>) -> Verdict {
    let host = Host::open(bench).await?;
    let stated = host.stated;
    let (slowest, fastest) = match stated.rates {
        Rates::Range { slowest, fastest } => (slowest, fastest),
        Rates::Fixed(rate) => (rate, rate),
    };
    let lease = stated.lease.get();
    let wrong: Vec<&str> = [
        (lease == 0 || lease > 1_000, "its motion timeout is not between 1 and 1000 ms"),
        (stated.report_every.get() == 0 || stated.report_every.get() > 250, "reports are too rare"),
        (stated.stop_decel == 0, "it states no braking"),
        (slowest <= Rate::ZERO || fastest < slowest, "its speeds are no range"),
        (fastest > Rate::clamped(6_000), "it turns faster than 6 degrees a second"),
        (stated.latch_sensors > 2, "it has more than two latch sensors"),
        (stated.tilt_min > Angle::REST_AIM, "its range does not hold the rest band"),
        (stated.tilt_max <= Angle::LEVEL, "it goes nowhere"),
        (stated.tilt_max > Angle::clamped(80_000), "it goes beyond its end stop at 80 degrees"),
    ]
    .into_iter()
    .filter_map(|(wrong, why)| wrong.then_some(why))
    .collect();
    if !wrong.is_empty() {
        return Err(Fall::failed(wrong.join("; ")));
    }
    let alone = if stated.returns_without_host { "comes home alone" } else { "stays where it is" };
    let rescue = match stated.rescue {
        Rescue::Gravity | Rescue::Battery | Rescue::Crank => stated.rescue.as_str(),
        Rescue::None => "none: never head-down",
    };
    Ok(format!("timeout {lease} ms; without host it {alone}; without power: {rescue}"))
}

pub(super) async fn tells_the_tilt(bench: &mut Bench<'_>) -> Verdict {
    // Every report of the way down and of the stay is held against the true tilt as it comes.
    let mut host = Host::open(bench).await?;
    host.lower_and_hold().await?;
    let close = |host: &Host<'_>| {
        let told = host.seen.and_then(|seen| seen.tilt).map(Angle::millideg);
        told.is_some_and(|told| (told - host.track.now_mdeg()).abs() <= 500)
    };
    host.until("told within half a degree at rest", Want::Beat, secs(2), close).await?;
    let told = host.seen.and_then(|seen| seen.tilt).map_or(0, Angle::millideg);
    Ok(format!("{} mdeg told at {} mdeg", told, host.track.now_mdeg()))
}

pub(super) async fn tells_in_time(bench: &mut Bench<'_>) -> Verdict {
    let mut host = Host::open(bench).await?;
    host.arm().await?;
    host.forget();
    let began = host.rig.now();
    host.never("it was silent", Want::Beat, secs(2), |host| host.silence.as_millis() > 1_000)
        .await?;
    let since = host.seen.map_or(0, |seen| seen.at.since(began).get());
    if since == 0 {
        return Err(Fall::failed("no report came in two seconds"));
    }
    // The mean of two seconds says it, and a moment in which the machine was busy does not.
    let told = host.reports;
    if told < 8 {
        return Err(Fall::failed(format!("{told} reports in two seconds, fewer than 8")));
    }
    Ok(format!("{told} reports in 2 s"))
}
