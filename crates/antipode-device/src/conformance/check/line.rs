//! What may happen to a line, and who may be at its ends.

use std::time::Duration;

use antipode_safety::DriveState;

use super::super::host::{Bench, FAR, Host, Want, secs};
use super::super::rig::{Act, Second, Trouble};
use super::{Fall, Verdict};
use crate::TableEvent;

/// A driver that is told of nothing looks again this often at most.
const NOTICED: Duration = secs(10);
/// Longer than any lease, two of them shorter than a silence that is a loss.
const LATE: Trouble = Trouble::Late(600);
const OPEN_LIMIT: Duration = secs(30);

pub(super) async fn unplugged(bench: &mut Bench<'_>) -> Verdict {
    bench.rig.can(Act::Unplug)?;
    let mut host = Host::open(bench).await?;
    host.lower().await?;
    host.forget();
    host.rig.unplug()?;
    let stood = host.stands(Want::Lower(FAR), host.lease_and_stop()).await?;
    host.until("told hung up", Want::Beat, secs(2), Host::was_told_hung_up).await?;
    Ok(format!("stood after {} ms", stood.as_millis()))
}

pub(super) async fn plugged_again(bench: &mut Bench<'_>) -> Verdict {
    bench.rig.can(Act::Unplug)?;
    let mut host = Host::open(bench).await?;
    host.lower().await?;
    host.rig.unplug()?;
    host.stands(Want::Lower(FAR), host.lease_and_stop()).await?;
    host.forget();
    let from = host.track.now_mdeg();
    host.rig.plug()?;
    comes_back(&mut host, from).await
}

/// A link that comes back is a new session. The loop goes on asking for more, and gets nothing.
async fn comes_back(host: &mut Host<'_>, from: i32) -> Verdict {
    let want = Want::Lower(FAR);
    let took = host.until("told connected", want, NOTICED, Host::was_told_connected).await?;
    let report = |host: &Host<'_>| host.seen.is_some();
    host.until("heard again", want, secs(5), report).await?;
    let moves = [DriveState::Holding, DriveState::Moving];
    let wrong = move |host: &Host<'_>| {
        host.track.now_mdeg() > from + 200 || moves.iter().any(|state| host.is(*state))
    };
    host.asks_in_vain("it lowered, or is armed", secs(2), wrong).await?;
    Ok(format!("back after {} ms", took.as_millis()))
}

pub(super) async fn answers_lost(bench: &mut Bench<'_>) -> Verdict {
    bench.rig.can(Act::Trouble(Trouble::AnswersLost))?;
    let mut host = Host::open(bench).await?;
    host.lower().await?;
    host.forget();
    host.rig.trouble(Trouble::AnswersLost)?;
    // What was on its way may still arrive.
    host.stands(Want::Beat, host.lease_and_stop()).await?;
    host.reports = 0;
    host.until("told lost", Want::Beat, secs(5), Host::was_told_lost).await?;
    if host.reports > 0 {
        let count = host.reports;
        return Err(Fall::failed(format!("{count} reports were told, and none arrived")));
    }
    let from = host.track.now_mdeg();
    host.still(Want::Beat, secs(1)).await?;
    host.forget();
    host.rig.trouble(Trouble::None)?;
    comes_back(&mut host, from).await
}

pub(super) async fn late(bench: &mut Bench<'_>) -> Verdict {
    bench.rig.can(Act::Trouble(LATE))?;
    let mut host = Host::open(bench).await?;
    host.lower().await?;
    host.delay = Duration::from_millis(1_200);
    host.rig.trouble(LATE)?;
    let limit = Duration::from_millis(600) + host.lease_and_stop();
    let stood = host.stands(Want::Lower(FAR), limit).await?;
    host.still(Want::Lower(FAR), secs(2)).await?;
    Ok(format!("stood after {} ms", stood.as_millis()))
}

pub(super) async fn twice(bench: &mut Bench<'_>) -> Verdict {
    bench.rig.can(Act::Trouble(Trouble::Twice))?;
    let mut host = Host::open(bench).await?;
    host.rig.trouble(Trouble::Twice)?;
    host.lower().await?;
    let stood = host.stands(Want::Beat, host.lease_and_stop()).await?;
    host.still(Want::Beat, secs(1)).await?;
    Ok(format!("stood after {} ms", stood.as_millis()))
}

pub(super) async fn garbage(bench: &mut Bench<'_>) -> Verdict {
    bench.rig.can(Act::Trouble(Trouble::Garbage))?;
    let mut host = Host::open(bench).await?;
    host.lower().await?;
    host.rig.trouble(Trouble::Garbage)?;
    host.never("nothing", Want::Lower(FAR), Duration::from_millis(1_500), |_| false).await?;
    let began = host.rig.now();
    // STOP is said again until it is told, as the engine does.
    for _ in 0..150 {
        host.stopper.stop();
        let moment = Duration::from_millis(20);
        host.never("nothing", Want::Nothing, moment, |_| false).await?;
        if host.is(DriveState::Stopped) {
            let took = host.rig.now().since(began).get();
            host.stands(Want::Nothing, secs(2)).await?;
            return Ok(format!("STOP through after {took} ms"));
        }
    }
    Err(Fall::failed("STOP did not get through the noise in 3 s"))
}

pub(super) async fn second_host(bench: &mut Bench<'_>) -> Verdict {
    bench.rig.can(Act::SecondHost)?;
    let mut host = Host::open(bench).await?;
    host.lower().await?;
    host.forget();
    match host.rig.second_host().await? {
        Second::Refused => {
            let told = |host: &Host<'_>| {
                host.was_told_lost() || host.told.contains(&TableEvent::SessionLost)
            };
            host.never("the first lost its table to it", Want::Beat, secs(1), told).await?;
            host.stands(Want::Beat, host.lease_and_stop()).await?;
            Ok("it was refused".to_owned())
        }
        Second::HasIt => {
            host.stands(Want::Lower(FAR), host.lease_and_stop() + secs(1)).await?;
            host.still(Want::Lower(FAR), secs(1)).await?;
            let told = |host: &Host<'_>| {
                host.was_told_lost() || host.told.contains(&TableEvent::SessionLost)
            };
            host.until("told that it lost the table", Want::Beat, secs(5), told).await?;
            Ok("the first was told, and moves nothing".to_owned())
        }
    }
}

pub(super) async fn wrong_device(bench: &mut Bench<'_>) -> Verdict {
    bench.rig.can(Act::WrongDevice)?;
    let opening = tokio::time::timeout(OPEN_LIMIT, bench.rig.open_wrong_device()).await;
    let Ok(opened) = opening else { return Err(Fall::failed("open did not end within 30 s")) };
    match opened? {
        Ok(_) => Err(Fall::failed("it was opened")),
        Err(error) if error.may_have_acted() => {
            Err(Fall::failed(format!("something may have moved: {error}")))
        }
        Err(error) => Ok(error.to_string()),
    }
}

pub(super) async fn stale_bytes(bench: &mut Bench<'_>) -> Verdict {
    bench.rig.can(Act::StaleBytes)?;
    bench.rig.stale_bytes()?;
    // Every report is held against the true tilt as it comes.
    let mut host = Host::open(bench).await?;
    host.still(Want::Nothing, secs(1)).await?;
    Ok(String::new())
}

pub(super) async fn restarted(bench: &mut Bench<'_>) -> Verdict {
    bench.rig.can(Act::Restart)?;
    let mut host = Host::open(bench).await?;
    host.lower().await?;
    host.forget();
    host.rig.restart_device()?;
    host.stands(Want::Lower(FAR), host.lease_and_stop()).await?;
    let from = host.track.now_mdeg();
    comes_back(&mut host, from).await
}
