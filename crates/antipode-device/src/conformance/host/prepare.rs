//! Bringing a bed to where a check begins: armed, and head-down.
//!
//! A busy machine may spoil it, and then it begins again. A table that refuses, or ends a motion,
//! while the machine gave everybody their turns has refused at the first time.

use std::time::{Duration, Instant};

use antipode_safety::{DriveState, Fault, FaultSet};

use super::{FAR, Host, Want, secs};
use crate::conformance::check::Fall;
use crate::{TableCommand, TableEvent};

/// How often a busy machine may spoil one check.
const BEGINNINGS: u32 = 5;
/// A loop that spoke no more often than this was late itself.
const LATE_BEAT: Duration = Duration::from_millis(160);
/// An angle that is lost is told by then.
const BEFORE: Duration = Duration::from_secs(1);
/// What lateness latches, as it should.
const OF_LATENESS: [Fault; 2] = [Fault::LeaseExpired, Fault::AngleInvalid];

impl Host<'_> {
    /// Arms it, level, as a person does: what standing idle has latched is cleared, it is seen to be
    /// clear, and the arming follows at once.
    pub(in crate::conformance) async fn arm(&mut self) -> Result<(), Fall> {
        loop {
            let from = self.begin();
            self.forget();
            self.say(TableCommand::ClearFaults(FaultSet::from_bits(u16::MAX))).await?;
            let clear = |host: &Self| host.reports > 0 && host.faults().is_empty();
            self.until("clear of faults", Want::Beat, secs(3), clear).await?;
            // What is refused from here on is the arming.
            self.forget();
            self.say(TableCommand::Arm).await?;
            let holding = |host: &Self| host.is(DriveState::Holding);
            let refused = |host: &Self| host.told.contains(&TableEvent::Refused);
            let decided = |host: &Self| holding(host) || refused(host);
            let armed = self.until("armed", Want::Beat, secs(2), decided).await;
            if armed.is_ok() && holding(self) {
                return Ok(());
            }
            // What it says of itself next has the reason; or it was the clearing that was refused.
            self.forget();
            self.until("heard", Want::Beat, secs(2), |host| host.reports > 0).await?;
            if holding(self) {
                return Ok(());
            }
            if !self.was_spoilt(from) {
                let refused = format!("it refused to be armed; {}", self.situation());
                return Err(self.in_time(armed.err().unwrap_or(Fall::Failed(refused))));
            }
        }
    }

    /// Lowers until the bed is a degree head-down and turns.
    pub(in crate::conformance) async fn lower(&mut self) -> Result<(), Fall> {
        self.arm().await?;
        self.lower_to(Want::Lower(FAR), 1_000).await
    }

    /// Goes on lowering until the bed is at `tilt_mdeg`. What a busy machine has ended begins again
    /// from rest.
    pub(in crate::conformance) async fn lower_to(
        &mut self,
        want: Want,
        tilt_mdeg: i32,
    ) -> Result<(), Fall> {
        loop {
            let from = self.begin();
            let ended = |host: &Self| OF_LATENESS.iter().any(|fault| host.has(*fault));
            let there = |host: &Self| host.track.now_mdeg() >= tilt_mdeg;
            self.until("head-down", want, secs(20), |host| there(host) || ended(host)).await?;
            if !ended(self) {
                return Ok(());
            }
            if !self.was_spoilt(from) {
                let (longest, now) = (self.late.as_millis(), self.situation());
                return Err(self.in_time(Fall::failed(format!(
                    "a motion to {tilt_mdeg} mdeg that was renewed every {longest} ms at least \
                     ended by itself; {now}"
                ))));
            }
            self.home(Want::Return, secs(45)).await?;
            self.arm().await?;
        }
    }

    /// Lowers to two degrees or so and holds there.
    pub(in crate::conformance) async fn lower_and_hold(&mut self) -> Result<(), Fall> {
        self.lower().await?;
        self.say(TableCommand::Halt).await?;
        self.until("standing head-down", Want::Beat, secs(5), |host| host.track.stands()).await?;
        Ok(())
    }

    fn begin(&mut self) -> Instant {
        self.late = Duration::ZERO;
        Instant::now()
    }

    /// Whether a moment without turns since `from` explains what the table tells, and may once more.
    fn was_spoilt(&mut self, from: Instant) -> bool {
        // What a moment before it has cost is told a little later.
        let from = from.checked_sub(BEFORE).unwrap_or(from);
        let late = self.turns.late_since(from).is_some() || self.late >= LATE_BEAT;
        let told = OF_LATENESS.iter().any(|fault| self.has(*fault));
        let spoilt = late && told && *self.again < BEGINNINGS;
        *self.again += u32::from(spoilt);
        spoilt
    }

    /// The same failure, with what excuses were looked for.
    fn in_time(&self, fall: Fall) -> Fall {
        match (fall, *self.again) {
            (Fall::Failed(why), 0) => Fall::Failed(format!("{why}; the machine was not late")),
            (Fall::Failed(why), count) => {
                Fall::Failed(format!("{why}; a busy machine had spoilt it {count} times before"))
            }
            (Fall::NotTried(why), _) => Fall::NotTried(why),
        }
    }
}
