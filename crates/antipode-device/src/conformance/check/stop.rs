//! STOP.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use antipode_safety::{DriveState, FaultSet};

use super::super::host::{Bench, FAR, Host, Want, secs};
use super::{Fall, Verdict};
use crate::TableCommand;

/// More motions than any queue takes.
const FLOOD: u32 = 100;

pub(super) async fn at_once(bench: &mut Bench<'_>) -> Verdict {
    let mut host = Host::open(bench).await?;
    host.lower().await?;
    press(&host)?;
    // The loop goes on as if it had not heard of it.
    let took = stopped(&mut host, Want::Lower(FAR)).await?;
    host.stands(Want::Lower(FAR), secs(2)).await?;
    host.lowers_in_vain(secs(1)).await?;
    Ok(format!("told latched after {} ms", took.as_millis()))
}

pub(super) async fn overtakes(bench: &mut Bench<'_>) -> Verdict {
    let mut host = Host::open(bench).await?;
    host.lower().await?;
    for _ in 0..FLOOD {
        host.start(FAR).await?;
    }
    press(&host)?;
    let took = stopped(&mut host, Want::Beat).await?;
    host.stands(Want::Beat, secs(2)).await?;
    host.still(Want::Beat, secs(2)).await?;
    if !host.is(DriveState::Stopped) {
        return Err(Fall::failed("something that was queued took the STOP off"));
    }
    Ok(format!("past {FLOOD} motions in {} ms", took.as_millis()))
}

pub(super) async fn stays(bench: &mut Bench<'_>) -> Verdict {
    let mut host = Host::open(bench).await?;
    host.lower().await?;
    press(&host)?;
    stopped(&mut host, Want::Beat).await?;
    host.stands(Want::Beat, secs(2)).await?;
    arm(&mut host).await?;
    acknowledge(&mut host).await?;
    let left = |host: &Host<'_>| !host.is(DriveState::Stopped);
    host.asks_in_vain("it left STOP head-down", secs(1), left).await?;
    host.home(Want::HeldReturn, secs(45)).await?;
    host.until("stopped still", Want::Beat, secs(2), |host| host.is(DriveState::Stopped)).await?;
    arm(&mut host).await?;
    let all = FaultSet::from_bits(u16::MAX);
    host.say(TableCommand::ClearFaults(all)).await?;
    host.asks_in_vain("it left STOP unacknowledged", secs(1), left).await?;
    acknowledge(&mut host).await?;
    host.until("out of STOP once acknowledged", Want::Beat, secs(3), left).await?;
    host.lowers_in_vain(secs(1)).await?;
    Ok(String::new())
}

pub(super) async fn and_return(bench: &mut Bench<'_>) -> Verdict {
    let mut host = Host::open(bench).await?;
    host.lower().await?;
    press(&host)?;
    stopped(&mut host, Want::Beat).await?;
    host.stands(Want::Beat, secs(2)).await?;
    host.still(Want::Return, secs(2)).await?;
    let from = host.track.now_mdeg();
    let up = |host: &Host<'_>| host.track.now_mdeg() < from - 300;
    host.until("coming up, held", Want::HeldReturn, secs(5), up).await?;
    let took = host.stands(Want::Beat, secs(3)).await?;
    if host.track.now_mdeg() > from {
        return Err(Fall::failed("a held return ended deeper than it began"));
    }
    Ok(format!("stood {} ms after it was let go", took.as_millis()))
}

/// From another thread than the loop's, as buttons and sockets do.
fn press(host: &Host<'_>) -> Result<(), Fall> {
    let stopper = Arc::clone(&host.stopper);
    let pressed = thread::spawn(move || stopper.stop()).join();
    pressed.map_err(|_| Fall::failed("the stop lane panicked"))
}

async fn stopped(host: &mut Host<'_>, want: Want) -> Result<Duration, Fall> {
    host.until("told stopped", want, secs(1), |host| host.is(DriveState::Stopped)).await
}

async fn arm(host: &mut Host<'_>) -> Result<(), Fall> {
    host.say(TableCommand::Arm).await
}

async fn acknowledge(host: &mut Host<'_>) -> Result<(), Fall> {
    host.say(TableCommand::AcknowledgeStop).await
}
