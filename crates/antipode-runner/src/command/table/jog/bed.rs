//! An empty bed that is pushed a little at a time.
//!
//! Every push is a permit of the guard for a near target and one lease; what is not pushed again
//! stands still. Limits are those of the table as it stands: below horizontal only with a
//! commissioning record that holds, since a flag that says "empty" is no proof of it. The bed carries
//! nobody, so that there is no session, no dose and no rest: what concerns a person's body alone is
//! granted here, and nothing that concerns the table.

use std::time::Duration;

use antipode_device::{
    BootClock, Capabilities, CommandId, OpenTable, Rates, ReturnMotion, Stopper, Table, TableError,
    TableEvent,
};
use antipode_safety::guard::Envelope;
use antipode_safety::limits::{CREEP, REST_BEFORE_UPRIGHT};
use antipode_safety::{
    Angle, Attended, DriveState, Fault, FaultSet, Guard, Leave, Limits, Millis, Motion,
    MotionFault, MotionWatch, Rate, Reading, Refusal, Timestamp,
};

use super::super::super::hardware;
use super::hold::Way;

/// The loop turns so often.
const TURN: Duration = Duration::from_millis(20);
/// A push is said again so often while it lasts: thrice within the shortest lease.
const EVERY: Millis = Millis::new(80);
/// A reading older than this is no present.
const OLD: Millis = Millis::from_secs(2);
/// A target lies so far ahead in time: further than any lease, so that the bed does not slow down
/// for it between two pushes, and no further than a hand takes to let go.
const AHEAD: Millis = Millis::from_secs(2);
/// Slower than this the table's own sensors see no motion.
const LEAST: Rate = Rate::clamped(200);
/// Slower than this it stands, as far as a sensor can tell.
const STANDS: Rate = Rate::clamped(200);

/// What the loop heard that ends every push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Something stands in the way.
    Obstacle(FaultSet),
    /// The bed does what it was not told.
    Astray(MotionFault),
    /// STOP was pressed, here or at the table.
    Stopped,
    /// The link was lost, or another host took it: nothing said before holds.
    Lost,
}

/// Faults that mean an obstacle.
const OBSTACLES: FaultSet = FaultSet::NONE
    .with(Fault::StallDown, true)
    .with(Fault::StallBack, true)
    .with(Fault::OverCurrent, true);

/// Nobody lies on it.
pub(super) struct Bed {
    table: Box<dyn Table>,
    stopper: std::sync::Arc<dyn Stopper>,
    stated: Capabilities,
    guard: Guard,
    watch: MotionWatch,
    reading: Option<Reading>,
    next: u32,
    /// The way that it was pushed last.
    pushed: Option<Way>,
    /// What it was told last, and when.
    told: Rate,
    said: Timestamp,
    beat: Timestamp,
    /// STOP was pressed here, and the table has not said yet that it is latched.
    stopping: bool,
}

impl Bed {
    /// `stated` with what its file says less of, and the limits of the table as it stands.
    pub(super) fn new((table, stopper): OpenTable, stated: Capabilities, limits: Limits) -> Self {
        let envelope = Envelope {
            lease: stated.lease,
            stop_decel_millideg_per_s2: stated.stop_decel,
            max_rate: hardware::fastest(&stated),
        };
        Self {
            table,
            stopper,
            stated,
            guard: Guard::new(limits, envelope),
            watch: MotionWatch::new(),
            reading: None,
            next: 0,
            pushed: None,
            told: Rate::ZERO,
            said: Timestamp::ZERO,
            beat: Timestamp::ZERO,
            stopping: false,
        }
    }

    /// The open table back, for who brings it home.
    pub(super) fn into_open(self) -> OpenTable {
        (self.table, self.stopper)
    }

    /// The way in which something stands, when the table says that something does.
    pub(super) fn way_of(&self, faults: FaultSet) -> Option<Way> {
        match (faults.has(Fault::StallDown), faults.has(Fault::StallBack)) {
            (true, false) => Some(Way::Down),
            (false, true) => Some(Way::Up),
            (true, true) | (false, false) => self.pushed,
        }
    }

    /// The present reading.
    pub(super) fn reading(&self) -> Option<Reading> {
        self.reading.filter(|reading| BootClock.now().since(reading.at) < OLD)
    }

    pub(super) fn tilt(&self) -> Option<Angle> {
        self.reading().and_then(|reading| reading.tilt)
    }

    /// Whether STOP was said here and the table has not answered it yet.
    pub(super) const fn stopping(&self) -> bool {
        self.stopping
    }

    /// Whether it is seen to stand.
    pub(super) fn stands(&self) -> bool {
        self.reading().is_some_and(|reading| {
            reading.rate.magnitude() <= STANDS && reading.drive != DriveState::Moving
        })
    }

    /// As slow as an empty bed is pushed: a creep, or what the table has instead.
    pub(super) fn creep(&self) -> Rate {
        match self.stated.rates {
            Rates::Range { slowest, fastest } => CREEP.max(slowest).slower(fastest),
            Rates::Fixed(only) => only,
        }
    }

    /// Lets one turn of the loop pass: hears the table, and tells it that this loop lives.
    ///
    /// # Errors
    /// When the driver is gone.
    pub(super) async fn turn(&mut self) -> Result<Option<Trouble>, TableError> {
        let trouble = match tokio::time::timeout(TURN, self.table.next_event()).await {
            Ok(event) => self.take(event?),
            Err(_) => None,
        };
        let now = BootClock.now();
        if now.since(self.beat) >= EVERY {
            self.beat = now;
            self.table.heartbeat().await?;
            if self.stopping {
                // The frame that said it may be lost.
                self.stop().await?;
            }
        }
        Ok(trouble)
    }

    fn take(&mut self, event: TableEvent) -> Option<Trouble> {
        let now = BootClock.now();
        match event {
            TableEvent::Reading(reading) => self.read(now, reading),
            TableEvent::SessionLost | TableEvent::Lost(_) | TableEvent::Connected(_) => {
                // The first greeting is no news; every later one is another session.
                let news = self.reading.is_some();
                self.reading = None;
                self.guard.restart();
                self.told = Rate::ZERO;
                news.then_some(Trouble::Lost)
            }
            TableEvent::Armed
            | TableEvent::Refused
            | TableEvent::Mismatch
            | TableEvent::FaultBegan(_) => None,
        }
    }

    fn read(&mut self, now: Timestamp, reading: Reading) -> Option<Trouble> {
        let before = self.reading;
        // What the guard does not take is not believed; it refuses on its own word then.
        if self.guard.observe(now, &reading).is_some() {
            return None;
        }
        self.reading = Some(reading);
        self.stopping &= reading.drive != DriveState::Stopped;
        let drive = before.map(|before| before.drive);
        if reading.drive == DriveState::Stopped && drive != Some(DriveState::Stopped) {
            return Some(Trouble::Stopped);
        }
        let all = reading.faults.without(reading.faults.without(OBSTACLES));
        let new = before.map_or(all, |before| all.without(before.faults));
        // A held way up that the table itself has ended short of level met it once more.
        let again = drive == Some(DriveState::Returning)
            && reading.drive != DriveState::Returning
            && reading.tilt.is_none_or(Angle::is_head_down);
        if !new.is_empty() || (again && !all.is_empty()) {
            return Some(Trouble::Obstacle(all));
        }
        let tilt = self.guard.angle().state(now).agreed()?;
        // What the table does by itself is not what it was told here.
        if reading.drive != DriveState::Moving && reading.drive != DriveState::Holding {
            self.watch = MotionWatch::new();
            return None;
        }
        self.watch.observe(now, tilt, self.told).map(Trouble::Astray)
    }

    /// Pushes it that way for one lease; said again only when the last push is some time ago.
    ///
    /// # Errors
    /// When the driver is gone. What the guard refuses is no error of the table.
    pub(super) async fn push(
        &mut self,
        way: Way,
        rate: Rate,
    ) -> Result<Option<Refusal>, TableError> {
        let now = BootClock.now();
        let same_way = (self.told > Rate::ZERO) == (way == Way::Down);
        if self.told != Rate::ZERO && same_way && now.since(self.said) < EVERY {
            return Ok(None);
        }
        let permit = match self.permit(now, way, rate) {
            Ok(permit) => permit,
            Err(refusal) => {
                self.rest().await?;
                return Ok(Some(refusal));
            }
        };
        self.pushed = Some(way);
        self.told = permit.rate();
        self.said = now;
        self.guard.commanded(now, permit.rate());
        self.next = self.next.wrapping_add(1);
        self.table.start(CommandId(self.next), permit).await?;
        Ok(None)
    }

    fn permit(
        &self,
        now: Timestamp,
        way: Way,
        rate: Rate,
    ) -> Result<antipode_safety::Permit, Refusal> {
        let state = self.guard.angle().state(now);
        // Both ways: what is not known to be moved is not moved by a key.
        let Some(tilt) = state.agreed() else { return Err(Refusal::AngleNotAgreed { state }) };
        let Some(reading) = self.reading else { return Err(Refusal::AngleNotAgreed { state }) };
        let leave = Leave {
            armed: reading.drive != DriveState::Disarmed,
            stop_clear: reading.drive != DriveState::Stopped && !self.stopping,
            return_held: false,
            latches: reading.latches,
            // There is no session, so there is none to record and nobody whose dose it counts.
            journal_ready: true,
            dose_left: self.guard.limits().session().value(),
        };
        // Nobody's blood pressure has to settle.
        let attended = Attended { held: true, rested: REST_BEFORE_UPRIGHT };
        let ahead = rate.travel(AHEAD);
        match way {
            Way::Down if tilt < Angle::REST_LOW => {
                let target = tilt.moved(ahead).min(Angle::LEVEL);
                self.guard.permit_upright(now, Motion { target, rate }, &leave, attended)
            }
            Way::Down => {
                let most = self.guard.limits().tilt_with_latches(reading.latches.fitted).value();
                let target = tilt.moved(ahead).min(most).max(tilt);
                let fastest = self.guard.fastest_lowering(now, reading.latches);
                let rate = if fastest < LEAST { rate } else { rate.slower(fastest) };
                self.guard.permit(now, Motion { target, rate }, &leave)
            }
            Way::Up => {
                let rate = Rate::clamped(-i64::from(rate.millideg_per_s()));
                let end = self.stated.tilt_min.max(Angle::UPRIGHT);
                if tilt.is_head_down() {
                    let target = tilt.moved(-ahead).max(Angle::REST_AIM);
                    self.guard.permit(now, Motion { target, rate }, &leave)
                } else {
                    let target = tilt.moved(-ahead).max(end).min(tilt);
                    self.guard.permit_upright(now, Motion { target, rate }, &leave, attended)
                }
            }
        }
    }

    /// Stands still. Said again until the table no longer follows a push.
    ///
    /// # Errors
    /// When the driver is gone.
    pub(super) async fn rest(&mut self) -> Result<(), TableError> {
        let follows = self.reading.is_some_and(|reading| reading.drive == DriveState::Moving);
        let due = BootClock.now().since(self.said) >= EVERY;
        if self.told != Rate::ZERO || (follows && due) { self.halt().await } else { Ok(()) }
    }

    /// Zero rate, now.
    ///
    /// # Errors
    /// When the driver is gone.
    pub(super) async fn halt(&mut self) -> Result<(), TableError> {
        let now = BootClock.now();
        self.told = Rate::ZERO;
        self.said = now;
        self.guard.commanded(now, Rate::ZERO);
        self.table.halt().await
    }

    /// STOP, on both of its ways: one of them may be full. It is said again until the table reports
    /// that it is latched, and nothing is pushed before.
    ///
    /// # Errors
    /// When the driver is gone.
    pub(super) async fn stop(&mut self) -> Result<(), TableError> {
        self.stopper.stop();
        self.stopping = true;
        self.told = Rate::ZERO;
        self.table.stop().await
    }

    /// Comes up a little under a latched STOP or a fault, while somebody holds the key.
    ///
    /// # Errors
    /// When the driver is gone.
    pub(super) async fn bring_up(&mut self) -> Result<(), TableError> {
        let now = BootClock.now();
        if now.since(self.said) < EVERY {
            return Ok(());
        }
        self.said = now;
        self.pushed = Some(Way::Up);
        self.table.return_to_rest(ReturnMotion { rate: CREEP, held: true }).await
    }

    /// Takes the latch of a released STOP off.
    ///
    /// # Errors
    /// When the driver is gone.
    pub(super) async fn acknowledge(&mut self) -> Result<(), TableError> {
        self.table.acknowledge_stop().await
    }

    /// Takes the faults off that it shows, and lets it accept motion again.
    ///
    /// # Errors
    /// When the driver is gone.
    pub(super) async fn clear(&mut self) -> Result<(), TableError> {
        if let Some(reading) = self.reading {
            self.table.clear_faults(reading.faults).await?;
        }
        self.watch = MotionWatch::new();
        self.table.arm().await
    }

    /// Lets it accept motion.
    ///
    /// # Errors
    /// When the driver is gone.
    pub(super) async fn arm(&mut self) -> Result<(), TableError> {
        self.table.arm().await
    }

    /// Lets it accept none.
    ///
    /// # Errors
    /// When the driver is gone.
    pub(super) async fn disarm(&mut self) -> Result<(), TableError> {
        self.table.disarm().await
    }
}
