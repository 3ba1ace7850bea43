//! A small control loop: it says one thing every 80 ms, hears what the driver tells, and holds every
//! report against where the bed truly was.

mod prepare;

use std::sync::Arc;
use std::time::Duration;

use antipode_safety::{
    Angle, DriveState, Envelope, Fault, FaultSet, Guard, Leave, Limits, Millis, Motion, Rate,
    Reading, Setting,
};
use tokio::time::{Instant, timeout};

use super::check::Fall;
use super::rig::Rig;
use super::track::Track;
use super::turns::Turns;
use crate::{
    Capabilities, CommandId, LinkLoss, Rates, ReturnMotion, Stopper, Table, TableCommand,
    TableError, TableEvent,
};

/// The loop speaks this often, as the engine does.
const BEAT: Duration = Duration::from_millis(80);
/// It looks at bed and driver this often.
const LOOK: Duration = Duration::from_millis(5);
/// A command that is not taken by then blocks the control loop.
const COMMAND_LIMIT: Duration = Duration::from_millis(500);
/// A table that does not open by then will not.
const OPEN_LIMIT: Duration = Duration::from_secs(30);
/// What a told tilt may be off the true one: sensors, rounding.
const TILT_ERROR_MDEG: i32 = 700;
/// Further than any check lets the bed go.
pub(super) const FAR: Angle = Angle::clamped(20_000);
/// No plan lowers faster.
const LOWERING: Rate = Rate::clamped(3_000);
const RETURNING: Rate = Rate::clamped(-3_000);
/// So many motions in a second are surely asked for.
const ENOUGH: u32 = 3;
/// How old what is told may be on a good line, on a busy machine.
const LAG: Duration = Duration::from_millis(1_000);

/// What the loop says with every beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// Nothing at all: it is frozen.
    Nothing,
    /// That it is alive.
    Beat,
    /// Go on lowering, as the guard permits.
    Lower(Angle),
    /// Come home.
    Return,
    /// Come home, with RETURN held at the table.
    HeldReturn,
}

/// What a check is tried with.
pub(super) struct Bench<'r> {
    pub(super) rig: &'r mut dyn Rig,
    pub(super) turns: &'r Turns,
    /// How often a busy machine made the check begin again.
    pub(super) again: u32,
}

/// The loop with its table.
pub(super) struct Host<'r> {
    pub(super) rig: &'r mut dyn Rig,
    turns: &'r Turns,
    again: &'r mut u32,
    pub(super) stopper: Arc<dyn Stopper>,
    pub(super) stated: Capabilities,
    pub(super) track: Track,
    /// The newest report.
    pub(super) seen: Option<Reading>,
    /// What else was told since [`Host::forget`].
    pub(super) told: Vec<TableEvent>,
    /// How much longer the line takes than a good one.
    pub(super) delay: Duration,
    table: Option<Box<dyn Table>>,
    guard: Guard,
    spoke: Option<Instant>,
    /// The longest time between two beats lately.
    late: Duration,
    heard: Instant,
    /// The longest time between two reports since [`Host::forget`].
    pub(super) silence: Duration,
    /// Reports since [`Host::forget`].
    pub(super) reports: u32,
    numbers: u32,
    /// Why the guard kept the last motion back that it did not permit.
    kept_back: Option<String>,
    wrong: Option<String>,
}

impl<'r> Host<'r> {
    /// Opens the table and waits for its first tilt.
    pub(super) async fn open(bench: &'r mut Bench<'_>) -> Result<Self, Fall> {
        let Bench { rig, turns, again } = bench;
        let opened = timeout(OPEN_LIMIT, rig.open()).await;
        let opened = opened.map_err(|_| Fall::failed("open did not end within 30 s"))?;
        let (table, stopper) = opened.map_err(|error| Fall::failed(error.to_string()))?;
        let stated = table.capabilities();
        let mut host = Self {
            rig: &mut **rig,
            turns,
            again,
            stopper,
            stated,
            track: Track::default(),
            seen: None,
            told: Vec::new(),
            delay: Duration::ZERO,
            table: Some(table),
            guard: Guard::new(Limits::hard(Setting::Home), envelope(&stated)),
            spoke: None,
            late: Duration::ZERO,
            heard: Instant::now(),
            silence: Duration::ZERO,
            reports: 0,
            numbers: 0,
            kept_back: None,
            wrong: None,
        };
        let tilt = |host: &Self| host.seen.is_some_and(|seen| seen.tilt.is_some());
        host.until("a report with a tilt", Want::Nothing, secs(10), tilt).await?;
        Ok(host)
    }

    /// Runs the loop until `done`; how long that took.
    pub(super) async fn until(
        &mut self,
        what: &str,
        want: Want,
        limit: Duration,
        done: impl Fn(&Self) -> bool,
    ) -> Result<Duration, Fall> {
        let began = Instant::now();
        loop {
            self.turn(want).await?;
            if done(self) {
                return Ok(began.elapsed());
            }
            if began.elapsed() >= limit {
                let where_now = self.situation();
                let after = limit.as_millis();
                return Err(Fall::failed(format!("not {what} within {after} ms; {where_now}")));
            }
        }
    }

    /// Runs the loop for `span`, and fails as soon as `wrong` holds.
    pub(super) async fn never(
        &mut self,
        what: &str,
        want: Want,
        span: Duration,
        wrong: impl Fn(&Self) -> bool,
    ) -> Result<(), Fall> {
        let began = Instant::now();
        while began.elapsed() < span {
            self.turn(want).await?;
            if wrong(self) {
                let (after, where_now) = (began.elapsed().as_millis(), self.situation());
                return Err(Fall::failed(format!("{what} after {after} ms; {where_now}")));
            }
        }
        Ok(())
    }

    /// Asks for a lowering for `span`, and fails as soon as `wrong` holds, or where this suite's own
    /// guard let so little through that nothing was tried.
    pub(super) async fn asks_in_vain(
        &mut self,
        what: &str,
        span: Duration,
        wrong: impl Fn(&Self) -> bool,
    ) -> Result<(), Fall> {
        let before = self.numbers;
        let began = Instant::now();
        loop {
            self.never(what, Want::Lower(FAR), span, &wrong).await?;
            let sent = self.numbers.wrapping_sub(before);
            if sent >= ENOUGH {
                return Ok(());
            }
            // A moment without a sure angle is the busy machine's; for longer nothing is tried.
            if began.elapsed() >= secs(10) {
                let why = self.kept_back.take().unwrap_or_else(|| "none was due".to_owned());
                let untried = format!("only {sent} motions got as far as the driver: {why}");
                return Err(Fall::failed(untried));
            }
        }
    }

    /// The bed must not turn for `span` in which a lowering is asked for.
    pub(super) async fn lowers_in_vain(&mut self, span: Duration) -> Result<(), Fall> {
        let from = self.track.now_mdeg();
        let turned = |host: &Self| (host.track.now_mdeg() - from).abs() > 200;
        self.asks_in_vain("the bed turned", span, turned).await
    }

    /// The bed must stand by `limit`; how long it took.
    pub(super) async fn stands(&mut self, want: Want, limit: Duration) -> Result<Duration, Fall> {
        // It must have stood for a quarter of a second to count.
        let quarter = Duration::from_millis(250);
        let took = self.until("standing", want, limit + quarter, |h| h.track.stands()).await?;
        Ok(took.saturating_sub(quarter))
    }

    /// The bed must not turn for `span`.
    pub(super) async fn still(&mut self, want: Want, span: Duration) -> Result<(), Fall> {
        let from = self.track.now_mdeg();
        self.never("the bed turned", want, span, |h| (h.track.now_mdeg() - from).abs() > 200).await
    }

    /// The bed must come home into the rest band by `limit`, and stay there.
    pub(super) async fn home(&mut self, want: Want, limit: Duration) -> Result<Duration, Fall> {
        let up = |host: &Self| host.track.now_mdeg() <= 0;
        let took = self.until("back in the rest band", want, limit, up).await?;
        self.stands(want, secs(10)).await?;
        let tilt = self.track.now_mdeg();
        if !(-10_200..=0).contains(&tilt) {
            return Err(Fall::failed(format!("it ended at {tilt} mdeg, not in the rest band")));
        }
        Ok(took)
    }

    /// One look at the bed, one word of the driver, and a beat when it is due.
    async fn turn(&mut self, want: Want) -> Result<(), Fall> {
        let tilt = self.rig.true_tilt_mdeg();
        self.track.note(Instant::now(), tilt);
        if want != Want::Nothing && self.spoke.is_none_or(|at| at.elapsed() >= BEAT) {
            self.late = self.spoke.map_or(self.late, |at| self.late.max(at.elapsed()));
            self.spoke = Some(Instant::now());
            self.beat(want).await?;
        }
        let event = match &mut self.table {
            Some(table) => timeout(LOOK, table.next_event()).await.ok(),
            None => {
                tokio::time::sleep(LOOK).await;
                None
            }
        };
        match event {
            None => {}
            Some(Ok(event)) => self.hear(event),
            Some(Err(error)) => return Err(Fall::failed(format!("the driver is gone: {error}"))),
        }
        self.wrong.take().map_or(Ok(()), |wrong| Err(Fall::failed(wrong)))
    }

    async fn beat(&mut self, want: Want) -> Result<(), Fall> {
        let back = |held| ReturnMotion { rate: Rate::clamped(3_000), held };
        match want {
            Want::Nothing | Want::Beat => {}
            Want::Lower(target) => self.start(target).await?,
            Want::Return => self.say(TableCommand::Return(back(false))).await?,
            Want::HeldReturn => self.say(TableCommand::Return(back(true))).await?,
        }
        self.say(TableCommand::Heartbeat).await
    }

    /// Sends one motion where the guard permits it; without a fresh angle it does not.
    pub(super) async fn start(&mut self, target: Angle) -> Result<(), Fall> {
        let now = self.rig.now();
        let Some(seen) = self.seen else { return Ok(()) };
        let leave = Leave {
            armed: true,
            stop_clear: true,
            return_held: false,
            latches: seen.latches,
            journal_ready: true,
            dose_left: Millis::from_secs(420),
        };
        // What lies beyond its range it refuses, and no session asks for it.
        let target = target.min(self.stated.tilt_max);
        let motion = Motion { target, rate: slower(fastest(self.stated.rates)) };
        let permit = match self.guard.permit(now, motion, &leave) {
            Ok(permit) => permit,
            Err(refusal) => {
                self.kept_back = Some(refusal.to_string());
                return Ok(());
            }
        };
        self.numbers += 1;
        let id = CommandId(self.numbers);
        self.say(TableCommand::Start(id, permit)).await
    }

    /// Gives one command; it must be taken in time. A line that is lost takes none, and says so.
    pub(super) async fn say(&mut self, command: TableCommand) -> Result<(), Fall> {
        let Some(table) = &mut self.table else { return Ok(()) };
        match timeout(COMMAND_LIMIT, give(&mut **table, command)).await {
            Ok(Ok(()) | Err(TableError::Lost { .. } | TableError::Write { .. })) => Ok(()),
            Ok(Err(error)) => Err(Fall::failed(error.to_string())),
            Err(_) => Err(Fall::failed("a command held the control loop up for 500 ms")),
        }
    }

    fn hear(&mut self, event: TableEvent) {
        let reading = match event {
            TableEvent::Reading(reading) => reading,
            TableEvent::Connected(_)
            | TableEvent::Armed
            | TableEvent::Refused
            | TableEvent::Mismatch
            | TableEvent::SessionLost
            | TableEvent::FaultBegan(_)
            | TableEvent::Lost(_) => {
                if matches!(event, TableEvent::Connected(_)) {
                    self.seen = None;
                    self.guard.restart();
                }
                self.told.push(event);
                return;
            }
        };
        self.wrong = self.wrong_with(&reading).or(self.wrong.take());
        self.silence = self.silence.max(self.heard.elapsed());
        self.heard = Instant::now();
        self.reports += 1;
        // What the table knows itself is left for it to refuse.
        let faultless = Reading { faults: FaultSet::NONE, ..reading };
        let now = self.rig.now();
        self.guard.observe(now, &faultless);
        // A bed that refuses, or stands, must not look stuck to the guard: it is to be asked again.
        let lowering = slower(fastest(self.stated.rates));
        self.guard.commanded(now, expected(reading.drive, lowering));
        self.seen = Some(reading);
    }

    /// What is wrong with a report whatever is tried: no wrong angle is ever taken for true.
    fn wrong_with(&self, reading: &Reading) -> Option<String> {
        let now = self.rig.now();
        if reading.at > now {
            return Some("a report is stamped later than now".to_owned());
        }
        if let Some(before) = self.seen {
            if reading.seq <= before.seq {
                let (this, last) = (reading.seq, before.seq);
                return Some(format!("report {this} was told after report {last}"));
            }
            if reading.at < before.at {
                return Some("a report is stamped earlier than the one before it".to_owned());
            }
        }
        let lag = LAG + self.delay;
        for tilt in [reading.tilt, reading.tilt_second].into_iter().flatten() {
            if !self.track.was(tilt.millideg(), lag, TILT_ERROR_MDEG) {
                let (told, truth) = (tilt.millideg(), self.track.now_mdeg());
                return Some(format!(
                    "it told a tilt of {told} mdeg; the bed is at {truth} mdeg and was not there"
                ));
            }
        }
        None
    }

    /// Motions that the guard permitted and that were given to the driver.
    pub(super) const fn motions(&self) -> u32 {
        self.numbers
    }

    /// Forgets what was told, to look for what is told next.
    pub(super) fn forget(&mut self) {
        self.told.clear();
        self.reports = 0;
        self.silence = Duration::ZERO;
        self.heard = Instant::now();
    }

    /// Drops the table, as a host that ends does.
    pub(super) fn close(&mut self) {
        self.table = None;
    }

    /// Whether the newest report says so.
    pub(super) fn is(&self, state: DriveState) -> bool {
        self.seen.is_some_and(|seen| seen.drive == state)
    }

    /// What is latched, as the newest report has it.
    pub(super) fn faults(&self) -> FaultSet {
        self.seen.map_or(FaultSet::NONE, |seen| seen.faults)
    }

    /// Whether the newest report has this fault.
    pub(super) fn has(&self, fault: Fault) -> bool {
        self.seen.is_some_and(|seen| seen.faults.has(fault))
    }

    pub(super) fn was_told_lost(&self) -> bool {
        self.told.iter().any(|event| matches!(event, TableEvent::Lost(_)))
    }

    pub(super) fn was_told_hung_up(&self) -> bool {
        self.told.contains(&TableEvent::Lost(LinkLoss::HungUp))
    }

    pub(super) fn was_told_connected(&self) -> bool {
        self.told.iter().any(|event| matches!(event, TableEvent::Connected(_)))
    }

    /// Its own motion timeout and the time that it brakes for, with room for a busy machine.
    pub(super) fn lease_and_stop(&self) -> Duration {
        Duration::from_millis(self.stated.lease.get()) + Duration::from_millis(1_500)
    }

    fn situation(&self) -> String {
        let truth = self.track.now_mdeg();
        let told = self.seen.map_or_else(
            || "nothing is told".to_owned(),
            |seen| {
                let tilt = seen.tilt.map(Angle::millideg);
                format!("told is {tilt:?} mdeg, {:?}, {}", seen.drive, seen.faults)
            },
        );
        format!("true tilt {truth} mdeg, {told}")
    }
}

async fn give(table: &mut dyn Table, command: TableCommand) -> Result<(), TableError> {
    match command {
        TableCommand::Arm => table.arm().await,
        TableCommand::Disarm => table.disarm().await,
        TableCommand::Start(id, permit) => table.start(id, permit).await,
        TableCommand::Halt => table.halt().await,
        TableCommand::Return(motion) => table.return_to_rest(motion).await,
        TableCommand::Stop => table.stop().await,
        TableCommand::Heartbeat => table.heartbeat().await,
        TableCommand::AcknowledgeStop => table.acknowledge_stop().await,
        TableCommand::ClearFaults(faults) => table.clear_faults(faults).await,
    }
}

pub(super) const fn secs(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// What a bed in this state is driven at, as far as it matters to a guard.
const fn expected(state: DriveState, lowering: Rate) -> Rate {
    match state {
        DriveState::Moving => lowering,
        DriveState::Returning | DriveState::HostLossReturn => RETURNING,
        DriveState::Disarmed
        | DriveState::Holding
        | DriveState::Stopped
        | DriveState::HostLossHold
        | DriveState::Faulted => Rate::ZERO,
    }
}

fn fastest(rates: Rates) -> Rate {
    match rates {
        Rates::Range { fastest, .. } | Rates::Fixed(fastest) => fastest,
    }
}

/// No faster than a plan would lower.
fn slower(fastest: Rate) -> Rate {
    fastest.slower(LOWERING)
}

fn envelope(stated: &Capabilities) -> Envelope {
    Envelope {
        lease: stated.lease,
        stop_decel_millideg_per_s2: stated.stop_decel,
        max_rate: fastest(stated.rates),
    }
}
