//! The toy's driver.

use std::collections::VecDeque;
use std::time::Duration;

use antipode_safety::{Angle, FaultSet, Latches, Millis, Permit, Rate, Reading, Switches};
use async_trait::async_trait;
use tokio::time::{Instant, sleep_until};

use super::bed::Bed;
use super::{Check, Shared, Trouble};
use crate::{
    Capabilities, CommandId, LinkLoss, Rates, Rescue, ReturnMotion, Stopper, Table, TableCommand,
    TableError, TableEvent,
};

const SILENT: Duration = Duration::from_millis(1_500);

pub(super) struct ToyTable {
    bed: Shared,
    told: VecDeque<TableEvent>,
    session: u32,
    next: Instant,
    heard: Instant,
    up: bool,
    seq: u32,
    table_ms: u32,
    last: Option<Reading>,
}

impl ToyTable {
    pub(super) fn new(bed: Shared) -> Self {
        let now = Instant::now();
        let session = bed.now().session;
        Self {
            bed,
            told: VecDeque::new(),
            session,
            next: now,
            heard: now,
            up: true,
            seq: 0,
            table_ms: 0,
            last: None,
        }
    }

    fn say(&self, command: TableCommand) -> Result<(), TableError> {
        self.bed.now().hear(command);
        Ok(())
    }

    /// What is to be told once the time of the next report has come.
    fn listen(&mut self) {
        let now = Instant::now();
        let shared = self.bed.clone();
        let mut bed = shared.now();
        let every = if bed.has(Check::TellsInTime) { 400 } else { 50 };
        self.next = now + Duration::from_millis(every);
        let heard = bed.plugged && bed.trouble != Trouble::AnswersLost;
        if !bed.plugged && self.up && !bed.has(Check::Unplugged) {
            self.lose(LinkLoss::HungUp);
        }
        if !heard {
            if bed.has(Check::AnswersLost) && bed.plugged {
                self.repeat(&bed);
            } else if self.up && now.duration_since(self.heard) >= SILENT && bed.plugged {
                self.lose(LinkLoss::Silent);
            }
            return;
        }
        self.heard = now;
        if !self.up || bed.session != self.session {
            (self.up, self.session) = (true, bed.session);
            self.told.push_back(TableEvent::Connected(stated(&bed)));
        }
        self.report(&mut bed);
    }

    fn lose(&mut self, loss: LinkLoss) {
        self.up = false;
        self.told.push_back(TableEvent::Lost(loss));
    }

    /// The defect of a driver that tells the last report as if it were a new one.
    fn repeat(&mut self, bed: &Bed) {
        if let Some(last) = self.last {
            self.seq += 1;
            self.told.push_back(TableEvent::Reading(Reading {
                seq: self.seq,
                at: bed.clock(),
                ..last
            }));
        }
    }

    fn report(&mut self, bed: &mut Bed) {
        let truth = bed.told_mdeg();
        let mut tilt = truth;
        if bed.has(Check::TellsTheTilt) && truth > 0 {
            tilt = -truth;
        }
        if bed.has(Check::Garbage) && bed.trouble == Trouble::Garbage {
            tilt = 25_000;
        }
        if std::mem::take(&mut bed.stale) && bed.has(Check::StaleBytes) {
            tilt = 12_000;
        }
        self.seq += 1;
        self.table_ms += 50;
        let reading = Reading {
            at: bed.clock(),
            seq: self.seq,
            table_ms: self.table_ms,
            tilt: Some(Angle::clamped(i64::from(tilt))),
            tilt_second: None,
            rate: Rate::clamped(i64::from(bed.rate_mdeg())),
            drive: bed.state(),
            latches: Latches { fitted: 2, first_closed: true, second_closed: true },
            switches: Switches::NONE,
            faults: bed.faults(),
            accepted: 0,
            current_ma: 0,
            supply_mv: 24_000,
            temperature_c: 25,
        };
        self.last = Some(reading);
        self.told.push_back(TableEvent::Reading(reading));
        if bed.has(Check::SaidTwice) && bed.trouble == Trouble::Twice {
            self.told.push_back(TableEvent::Reading(reading));
        }
    }
}

impl Drop for ToyTable {
    fn drop(&mut self) {
        self.bed.now().closed = true;
    }
}

fn stated(bed: &Bed) -> Capabilities {
    let lease = if bed.has(Check::StatesItself) { 0 } else { 250 };
    Capabilities {
        simulated: true,
        rescue: Rescue::Gravity,
        returns_without_host: true,
        latch_sensors: 2,
        second_angle: false,
        hand_control: false,
        rates: Rates::Range { slowest: Rate::clamped(100), fastest: Rate::clamped(3_000) },
        tilt_min: Angle::UPRIGHT,
        tilt_max: Angle::clamped(60_000),
        lease: Millis::new(lease),
        stop_decel: 8_000,
        report_every: Millis::new(50),
        serial: 1,
        firmware: 1,
        config_hash: 1,
        boot_count: 1,
    }
}

#[async_trait]
impl Table for ToyTable {
    fn capabilities(&self) -> Capabilities {
        stated(&self.bed.now())
    }

    async fn arm(&mut self) -> Result<(), TableError> {
        self.say(TableCommand::Arm)
    }

    async fn disarm(&mut self) -> Result<(), TableError> {
        self.say(TableCommand::Disarm)
    }

    async fn start(&mut self, id: CommandId, permit: Permit) -> Result<(), TableError> {
        self.say(TableCommand::Start(id, permit))
    }

    async fn halt(&mut self) -> Result<(), TableError> {
        self.say(TableCommand::Halt)
    }

    async fn return_to_rest(&mut self, motion: ReturnMotion) -> Result<(), TableError> {
        self.say(TableCommand::Return(motion))
    }

    async fn stop(&mut self) -> Result<(), TableError> {
        self.say(TableCommand::Stop)
    }

    async fn heartbeat(&mut self) -> Result<(), TableError> {
        self.say(TableCommand::Heartbeat)
    }

    async fn acknowledge_stop(&mut self) -> Result<(), TableError> {
        self.say(TableCommand::AcknowledgeStop)
    }

    async fn clear_faults(&mut self, faults: FaultSet) -> Result<(), TableError> {
        self.say(TableCommand::ClearFaults(faults))
    }

    async fn next_event(&mut self) -> Result<TableEvent, TableError> {
        loop {
            if let Some(event) = self.told.pop_front() {
                return Ok(event);
            }
            sleep_until(self.next).await;
            self.listen();
        }
    }
}

/// The toy's stop lane.
pub(super) struct Lane(pub(super) Shared);

impl Stopper for Lane {
    fn stop(&self) {
        self.0.now().lane(TableCommand::Stop);
    }

    fn halt(&self) {
        self.0.now().lane(TableCommand::Halt);
    }
}
