//! What a bed on its way home is told, from what its table says and what people press. Pure.

use antipode_core::event::HOLD_GRANT;
use antipode_device::TableEvent;
use antipode_safety::limits::{CREEP, RETURN_FLOOR};
use antipode_safety::{
    Angle, AngleState, AngleWatch, DriveState, LocalReturn, Millis, Rate, Reaction, Reading,
    Response, Side, Situation, Switch, Timestamp, response,
};

/// An idle table reports twice a second; a reading older than this is no present.
const OLD: Millis = Millis::from_secs(2);
/// From the deepest tilt at the slowest return, with room to spare (I-06 allows 120 s by creep).
const LONGEST: Millis = Millis::from_secs(180);
/// At rest for so long, the bed has arrived.
const SETTLED: Millis = Millis::from_secs(1);
/// A bed that stays within this of where it was stands, millidegrees: twice as much as an inclinometer
/// alone makes of a bed that stands, half of what the slowest return gains meanwhile. How fast the table
/// says that it turns would not do: of such an angle that is mostly noise.
const STANDS: u32 = 500;
/// A refusal is news for so long.
const REFUSED_FOR: Millis = Millis::from_secs(2);

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It stands in the rest band, or further head-up, where nothing brings it down by itself.
    Home {
        /// Where, by the more head-down of its angles.
        tilt: Angle,
        /// STOP is latched, and stays so.
        stopped: bool,
    },
    /// STOP is latched and there is no key here that somebody could hold.
    Stopped(Option<Angle>),
    /// It did not come in time.
    Stuck(Option<Angle>),
    /// The driver, or its line, is gone.
    Gone,
}

/// What the table is told now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// STOP, until the table says that it is latched.
    Stop,
    /// Nothing moves.
    Halt,
    /// Up.
    Return { rate: Rate, held: bool },
}

/// What speaks against its angles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// The sensor beside it is not heard any more.
    SecondLost,
    /// Only the sensor beside it says where it is.
    FirstLost,
    /// The two differ, and both say the same side of level.
    SameSide,
    /// The two differ even on the side of level.
    Across,
    /// None says where it is.
    Lost,
}

impl Doubt {
    /// What the session calls it, and the table of reactions answers (HAZARDS.md section 2).
    const fn situation(self) -> Situation {
        match self {
            Self::SecondLost => Situation::SecondAngleLost,
            Self::FirstLost => Situation::AngleLostSecondGood,
            Self::SameSide => Situation::AnglesDisagreeSameSide,
            Self::Across => Situation::AnglesDisagreeAcross,
            Self::Lost => Situation::AngleLost,
        }
    }

    /// For people.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::SecondLost => "the sensor beside it is not heard any more",
            Self::FirstLost => "only the sensor beside it says where it is",
            Self::SameSide => "ITS TWO ANGLES CONTRADICT EACH OTHER",
            Self::Across => {
                "ITS TWO ANGLES CONTRADICT EACH OTHER even on which side of level it is"
            }
            Self::Lost => "NOBODY KNOWS ITS ANGLE",
        }
    }
}

/// How it stands, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It comes by itself.
    Coming,
    /// It comes for as long as the key is held.
    HeldUp { stopped: bool },
    /// STOP was said and the table has not said yet that it is latched.
    Stopping,
    /// STOP is latched. `again`: the key that is down was down before, and counts once it was let go.
    Stopped { again: bool },
    /// Nothing moves by itself, for this reason.
    LeftToPeople(Doubt),
    /// The table's own controller refuses, for a reason of its own.
    Refused,
    /// Nothing is heard of where it is.
    Unknown,
}

/// STOP, once it was pressed anywhere. It is not taken off here: that takes a session.
#[derive(Clone, Copy, Debug)]
struct Stop {
    /// The table has said that it is latched since it was pressed.
    latched: bool,
    /// RETURN went down after it.
    anew: bool,
}

/// A bed on its way home.
#[derive(Debug)]
pub(super) struct Way {
    angles: AngleWatch,
    reading: Option<Reading>,
    /// What speaks against its angles, and since when.
    doubt: Option<(Doubt, Timestamp)>,
    stop: Option<Stop>,
    /// A key that was pressed counts as down until then: a terminal does not say when it is let go.
    down_until: Timestamp,
    refused: Option<Timestamp>,
    /// Since when it stands level or head-up, and where.
    settled: Option<(Timestamp, Angle)>,
    /// When somebody last asked for it.
    asked: Timestamp,
}

impl Way {
    pub(super) fn new(now: Timestamp, fastest: Rate) -> Self {
        Self {
            angles: AngleWatch::new(OLD, fastest),
            reading: None,
            doubt: None,
            stop: None,
            down_until: Timestamp::ZERO,
            refused: None,
            settled: None,
            asked: now,
        }
    }

    /// Takes one word of the table.
    pub(super) fn hear(&mut self, now: Timestamp, event: &TableEvent) {
        match event {
            TableEvent::Reading(reading) => self.read(now, reading),
            TableEvent::Connected(_) | TableEvent::SessionLost | TableEvent::Lost(_) => {
                // Nothing said before holds in a new session but STOP, which is said again.
                self.reading = None;
                self.angles.restart();
                if let Some(stop) = &mut self.stop {
                    stop.latched = false;
                }
            }
            TableEvent::Refused => self.refused = Some(now),
            TableEvent::Armed | TableEvent::Mismatch | TableEvent::FaultBegan(_) => {}
        }
    }

    fn read(&mut self, now: Timestamp, reading: &Reading) {
        let pressed = |of: &Reading| of.switches.has(Switch::Stop);
        let anew = pressed(reading) && !self.reading.as_ref().is_some_and(pressed);
        self.angles.observe(now, reading);
        self.reading = Some(*reading);
        if anew || (reading.drive == DriveState::Stopped && self.stop.is_none()) {
            self.stopped();
        }
        if reading.drive == DriveState::Stopped
            && let Some(stop) = &mut self.stop
        {
            stop.latched = true;
        }
    }

    /// Somebody pressed STOP, here or at the table. What was held before is no answer to it (I3).
    pub(super) fn stopped(&mut self) {
        self.stop = Some(Stop { latched: false, anew: false });
    }

    /// RETURN was pressed here; each press counts as held for a moment.
    pub(super) fn press(&mut self, now: Timestamp) {
        let was_down = now < self.down_until;
        self.down_until = now.plus(HOLD_GRANT);
        self.asked = now;
        if let Some(stop) = &mut self.stop {
            stop.anew |= !was_down;
        }
    }

    pub(super) const fn is_stopped(&self) -> bool {
        self.stop.is_some()
    }

    pub(super) fn is_held(&self, now: Timestamp) -> bool {
        now < self.down_until && self.stop.is_none_or(|stop| stop.anew)
    }

    /// What speaks against the angles now, looked at once a turn.
    pub(super) fn look(&mut self, now: Timestamp) {
        let found = match self.angles.state(now) {
            // Silence is the link's, and what is not heard may still hear.
            AngleState::Good { .. }
            | AngleState::Warn { .. }
            | AngleState::Stale { .. }
            | AngleState::Flat { .. } => None,
            AngleState::FirstOnly { .. } => Some(Doubt::SecondLost),
            AngleState::SecondOnly { .. } => Some(Doubt::FirstLost),
            AngleState::Disagrees { same_side: true, .. } => Some(Doubt::SameSide),
            AngleState::Disagrees { same_side: false, .. } => Some(Doubt::Across),
            AngleState::Never | AngleState::Garbage | AngleState::Invalid => {
                self.reading.map(|_| Doubt::Lost)
            }
        };
        let since = |doubt| match self.doubt {
            Some((same, since)) if same == doubt => since,
            Some(_) | None => now,
        };
        self.doubt = found.map(|doubt| (doubt, since(doubt)));
        self.settle(now);
    }

    fn settle(&mut self, now: Timestamp) {
        let up = self.tilt(now).filter(|tilt| !tilt.is_head_down());
        self.settled = up.map(|tilt| match self.settled {
            Some((since, there)) if there.distance(tilt) <= STANDS => (since, there),
            Some(_) | None => (now, tilt),
        });
    }

    fn answer(&self) -> Option<(Response, Timestamp)> {
        self.doubt.map(|(doubt, since)| (response(doubt.situation(), Side::HeadDown), since))
    }

    /// What the table is told now. What else forbids a return its own controller knows, and says.
    pub(super) fn order(&self, now: Timestamp) -> Order {
        let held = self.is_held(now);
        match self.stop {
            Some(stop) if !stop.latched => Order::Stop,
            Some(_) if !held => Order::Halt,
            Some(_) | None if held => self.held(),
            Some(_) | None => self.by_itself(now),
        }
    }

    /// Somebody who holds the key sees the bed.
    fn held(&self) -> Order {
        let back = |rate| Order::Return { rate, held: true };
        match self.answer().map(|(answer, _)| answer.local_return) {
            None | Some(LocalReturn::OnePress | LocalReturn::Held) => back(RETURN_FLOOR),
            Some(LocalReturn::Jog | LocalReturn::HeldCreep) => back(CREEP),
            Some(LocalReturn::ByHand) => Order::Halt,
        }
    }

    fn by_itself(&self, now: Timestamp) -> Order {
        let back = |rate| Order::Return { rate, held: false };
        let Some((answer, since)) = self.answer() else { return back(RETURN_FLOOR) };
        let due = answer.then.is_none_or(|then| now.since(since) >= then.after);
        match answer.severity() {
            Reaction::Return => back(RETURN_FLOOR),
            Reaction::Creep if due => back(CREEP),
            Reaction::Creep
            | Reaction::Refuse
            | Reaction::Hold
            | Reaction::People
            | Reaction::DeEnergise => Order::Halt,
        }
    }

    /// The more head-down of the angles that can be believed, as long as it is the present one.
    pub(super) fn tilt(&self, now: Timestamp) -> Option<Angle> {
        match self.angles.state(now) {
            AngleState::Good { tilt, .. }
            | AngleState::FirstOnly { tilt, .. }
            | AngleState::SecondOnly { tilt, .. } => Some(tilt),
            AngleState::Warn { larger, .. } | AngleState::Disagrees { larger, .. } => Some(larger),
            AngleState::Never
            | AngleState::Stale { .. }
            | AngleState::Garbage
            | AngleState::Flat { .. }
            | AngleState::Invalid => None,
        }
    }

    /// Whether it is over. `keys`: there is a key here that somebody could hold.
    pub(super) fn ended(&self, now: Timestamp, keys: bool) -> Option<Ended> {
        let tilt = self.tilt(now);
        if let Some(tilt) = tilt
            && self.settled.is_some_and(|(since, _)| now.since(since) >= SETTLED)
            && self.stop.is_none_or(|stop| stop.latched)
        {
            return Some(Ended::Home { tilt, stopped: self.is_stopped() });
        }
        match self.stop {
            // Whoever could go on from another terminal needs the line that this one holds.
            Some(stop) if !keys && stop.latched => Some(Ended::Stopped(tilt)),
            // A person hangs there: it stays for as long as a key could be held.
            Some(_) if keys => None,
            Some(_) | None => (now.since(self.asked) >= LONGEST).then_some(Ended::Stuck(tilt)),
        }
    }

    pub(super) fn standing(&self, now: Timestamp) -> Standing {
        let held = self.is_held(now);
        let down = now < self.down_until;
        let refused = self.refused.is_some_and(|at| now.since(at) < REFUSED_FOR);
        match self.stop {
            Some(stop) if !stop.latched => Standing::Stopping,
            Some(_) if !held => Standing::Stopped { again: down },
            Some(_) if !refused => Standing::HeldUp { stopped: true },
            Some(_) | None if refused => Standing::Refused,
            Some(_) | None => match (self.order(now), self.doubt) {
                (Order::Halt, Some((doubt, _))) => Standing::LeftToPeople(doubt),
                (Order::Return { held: true, .. }, _) => Standing::HeldUp { stopped: false },
                (Order::Stop | Order::Halt | Order::Return { .. }, _)
                    if self.tilt(now).is_none() =>
                {
                    Standing::Unknown
                }
                (Order::Stop | Order::Halt | Order::Return { .. }, _) => Standing::Coming,
            },
        }
    }

    /// What its controller holds latched or sees, for people.
    pub(super) fn faults(&self) -> Option<String> {
        let reading = self.reading.as_ref()?;
        let latches = reading.latches;
        let open = (latches.open() > 0)
            .then(|| format!("{} of {} ankle latches open", latches.open(), latches.fitted));
        let faults = (!reading.faults.is_empty()).then(|| reading.faults.to_string());
        let said: Vec<String> = open.into_iter().chain(faults).collect();
        (!said.is_empty()).then(|| said.join(", "))
    }
}

#[cfg(test)]
mod tests;
