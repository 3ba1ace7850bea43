//! The toy's bed and controller in one.

use std::collections::VecDeque;
use std::time::Duration;

use antipode_safety::{DriveState, Fault, FaultSet, Timestamp};
use tokio::time::Instant;

use super::{Check, Defect, Trouble};
use crate::TableCommand;

const STEP: Duration = Duration::from_millis(5);
const STEP_S: f64 = 0.005;
const RAMP: f64 = 2_000.0;
const BRAKING: f64 = 8_000.0;
const LEASE: Duration = Duration::from_millis(250);
const HELD: Duration = Duration::from_millis(300);
const ALONE: Duration = Duration::from_secs(5);
/// One command is carried out in this time.
const TAKES: Duration = Duration::from_millis(25);

/// What the bed is driven to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Hold,
    To {
        target: f64,
        rate: f64,
        until: Instant,
    },
    /// Without an end: the table's own.
    Home {
        until: Option<Instant>,
        held: bool,
    },
}

/// The table's own return, which has no lease.
const ALONE_HOME: Way = Way::Home { until: None, held: false };

/// Bed, controller and the line to it.
pub(super) struct Bed {
    defect: Option<Defect>,
    armings: u32,
    ended_one: bool,
    began: Instant,
    at: Instant,
    tilt: f64,
    rate: f64,
    way: Way,
    queue: VecDeque<(Instant, TableCommand)>,
    free: Instant,
    armed: bool,
    stopped: bool,
    faults: FaultSet,
    heard: Instant,
    past: VecDeque<i32>,
    pub(super) session: u32,
    pub(super) plugged: bool,
    pub(super) trouble: Trouble,
    pub(super) stale: bool,
    pub(super) closed: bool,
}

impl Bed {
    pub(super) fn new(defect: Option<Defect>) -> Self {
        let now = Instant::now();
        Self {
            defect,
            armings: 0,
            ended_one: false,
            began: now,
            at: now,
            tilt: -3_000.0,
            rate: 0.0,
            way: Way::Hold,
            queue: VecDeque::new(),
            free: now,
            armed: false,
            stopped: false,
            faults: FaultSet::NONE,
            heard: now,
            past: VecDeque::new(),
            session: 0,
            plugged: true,
            trouble: Trouble::None,
            stale: false,
            closed: false,
        }
    }

    pub(super) fn has(&self, defect: Check) -> bool {
        self.is(Defect::Of(defect))
    }

    fn is(&self, defect: Defect) -> bool {
        self.defect == Some(defect)
    }

    /// A clock far from zero, as a real one.
    pub(super) fn clock(&self) -> Timestamp {
        let ms = Instant::now().duration_since(self.began).as_millis();
        Timestamp::from_millis(1_000_000 + u64::try_from(ms).unwrap())
    }

    pub(super) fn tilt_mdeg(&self) -> i32 {
        self.tilt as i32
    }

    pub(super) fn rate_mdeg(&self) -> i32 {
        self.rate as i32
    }

    /// The tilt as it was when what arrives now was said.
    pub(super) fn told_mdeg(&self) -> i32 {
        let back = match self.trouble {
            Trouble::Late(ms) => usize::from(ms) / 5,
            Trouble::None | Trouble::AnswersLost | Trouble::Twice | Trouble::Garbage => 0,
        };
        let tilt = self.past.iter().rev().nth(back).copied();
        tilt.unwrap_or(self.tilt as i32)
    }

    pub(super) fn faults(&self) -> FaultSet {
        self.faults
    }

    pub(super) fn state(&self) -> DriveState {
        match self.way {
            Way::Home { until: Some(_), .. } => DriveState::Returning,
            Way::Home { until: None, .. } => DriveState::HostLossReturn,
            Way::Hold if self.stopped => DriveState::Stopped,
            Way::To { .. } => DriveState::Moving,
            Way::Hold if !self.faults.is_empty() => DriveState::Faulted,
            Way::Hold if self.armed => DriveState::Holding,
            Way::Hold => DriveState::Disarmed,
        }
    }

    pub(super) fn open(&mut self) {
        self.new_session();
        if self.has(Check::OpensStill) {
            let until = self.at + Duration::from_secs(1);
            self.way = Way::To { target: 0.0, rate: 1_000.0, until };
        }
    }

    fn new_session(&mut self) {
        self.session += 1;
        self.queue.clear();
        if !self.has(Check::PluggedAgain) && !self.has(Check::Restarted) {
            self.armed = false;
            self.way = Way::Hold;
        }
    }

    pub(super) fn plug(&mut self, plugged: bool) {
        self.plugged = plugged;
        if plugged {
            self.new_session();
            if self.has(Check::PluggedAgain) {
                self.faults = FaultSet::NONE;
                self.armed = true;
            }
        }
    }

    pub(super) fn restart(&mut self) {
        self.new_session();
        if !self.has(Check::Restarted) {
            self.faults = FaultSet::NONE.with(Fault::Restarted, true);
        }
    }

    /// Takes one command from the line.
    pub(super) fn hear(&mut self, command: TableCommand) {
        if !self.plugged || self.queue.len() >= 64 {
            return;
        }
        let late = match self.trouble {
            Trouble::Late(ms) => Duration::from_millis(u64::from(ms)),
            Trouble::None | Trouble::AnswersLost | Trouble::Twice | Trouble::Garbage => {
                Duration::ZERO
            }
        };
        self.free = self.free.max(self.at + late) + TAKES;
        self.queue.push_back((self.free, command));
    }

    /// The stop lane: at once, and nothing that waited follows it.
    pub(super) fn lane(&mut self, command: TableCommand) {
        if self.has(Check::StopOvertakes) {
            self.hear(command);
            return;
        }
        self.queue.clear();
        self.free = self.at;
        if self.has(Check::StopAtOnce) {
            self.way = Way::Hold;
        } else if self.plugged {
            self.obey(self.at, command);
        }
    }

    fn obey(&mut self, due: Instant, command: TableCommand) {
        let alive = matches!(
            command,
            TableCommand::Heartbeat | TableCommand::Start(..) | TableCommand::Return(_)
        );
        if alive {
            self.heard = due;
        }
        let level = self.tilt <= 0.0;
        match command {
            TableCommand::Arm => {
                self.armings += 1;
                let deaf = self.is(Defect::ArmsOneTimeInFive) && !self.armings.is_multiple_of(5);
                self.armed |= level && !self.stopped && self.faults.is_empty() && !deaf;
            }
            TableCommand::Disarm => self.armed = false,
            TableCommand::Heartbeat => {}
            TableCommand::Start(_, permit) => {
                let over = if self.has(Check::EndsAtTarget) { 9_000.0 } else { 0.0 };
                let (target, rate) = (permit.target().millideg(), permit.rate());
                let until = due + LEASE;
                let target = f64::from(target) + over;
                self.start(Way::To { target, rate: f64::from(rate.millideg_per_s()), until });
            }
            TableCommand::Halt => {
                let deaf = self.has(Check::HaltAlways) && matches!(self.way, Way::Home { .. });
                if !deaf && self.way != ALONE_HOME {
                    self.way = Way::Hold;
                }
            }
            TableCommand::Return(motion) => self.come_home(due, motion.held),
            TableCommand::Stop => {
                (self.stopped, self.armed, self.way) = (true, false, Way::Hold);
            }
            TableCommand::AcknowledgeStop => {
                let rest = (-10_000.0..=0.0).contains(&self.tilt);
                self.stopped &= !(rest || self.has(Check::StopStays));
            }
            TableCommand::ClearFaults(faults) => {
                if level {
                    self.faults = self.faults.without(faults);
                }
            }
        }
    }

    fn start(&mut self, way: Way) {
        let forbids_nothing = self.is(Defect::FaultForbidsNothing) && !self.faults.is_empty();
        let armed = self.armed || forbids_nothing || self.has(Check::MovesOnlyArmed);
        if armed && !self.stopped && (self.faults.is_empty() || forbids_nothing) {
            self.way = way;
        }
    }

    fn come_home(&mut self, due: Instant, held: bool) {
        let stopped = self.stopped && !held && !self.has(Check::StopAndReturn);
        let unarmed = self.has(Check::ReturnUnarmed) && !self.armed;
        if stopped || unarmed || self.way == ALONE_HOME {
            return;
        }
        if self.tilt > 0.0 || matches!(self.way, Way::Home { .. }) {
            let until = Some(due + if held { HELD } else { LEASE });
            self.way = Way::Home { until, held };
        } else if self.has(Check::ReturnOnlyUp) {
            self.way = Way::To { target: -9_000.0, rate: 1_000.0, until: due + LEASE };
        }
    }

    /// Lets time pass in small steps.
    pub(super) fn advance(&mut self) {
        let now = Instant::now();
        while self.at + STEP <= now {
            self.at += STEP;
            while self.queue.front().is_some_and(|(due, _)| *due <= self.at) {
                let Some((due, command)) = self.queue.pop_front() else { break };
                let stale = matches!(command, TableCommand::Start(..)) && self.is_late();
                if !stale || self.has(Check::LateAnswers) {
                    self.obey(due, command);
                }
            }
            self.expire();
            self.turn();
        }
    }

    fn is_late(&self) -> bool {
        matches!(self.trouble, Trouble::Late(ms) if u128::from(ms) > LEASE.as_millis())
    }

    fn expire(&mut self) {
        if self.has(Check::FrozenLoop) && !self.closed {
            self.heard = self.at;
        }
        let immortal = self.has(Check::LeaseEnds)
            || self.has(Check::FrozenLoop)
            || self.has(Check::Restarted)
            || self.has(Check::Unplugged) && !self.plugged
            || self.has(Check::ClosingIsHostLoss) && self.closed
            || self.has(Check::SecondHost);
        let tired = self.is(Defect::EndsTheFirstMotion) && !self.ended_one && self.tilt > 0.0;
        let ended = match self.way {
            Way::Hold | Way::Home { until: None, .. } => false,
            Way::To { until, .. } => tired || !immortal && until <= self.at,
            Way::Home { until: Some(until), .. } => until <= self.at,
        };
        if ended {
            self.ended_one = true;
            let let_go = matches!(self.way, Way::Home { held: true, .. });
            if !let_go && !self.has(Check::LateAnswers) {
                self.faults = self.faults.with(Fault::LeaseExpired, true);
                self.armed = false;
            }
            self.way = Way::Hold;
        }
        if self.has(Check::FaultsStay) && self.way == Way::Hold && self.rate == 0.0 {
            self.faults = FaultSet::NONE;
        }
        let alone = self.at.duration_since(self.heard) >= ALONE && self.tilt > 0.0;
        if alone && !self.stopped && !immortal {
            self.way = ALONE_HOME;
        }
    }

    fn turn(&mut self) {
        let wanted = match self.way {
            Way::Hold => 0.0,
            Way::To { target, rate, .. } => toward(target - self.tilt, rate.abs()),
            Way::Home { .. } => toward(-3_000.0 - self.tilt, 3_000.0),
        };
        let faster = wanted.abs() > self.rate.abs();
        let step = if faster { RAMP } else { BRAKING } * STEP_S;
        self.rate += (wanted - self.rate).clamp(-step, step);
        self.tilt += self.rate * STEP_S;
        if matches!(self.way, Way::Home { .. }) && self.tilt <= -2_990.0 {
            self.way = Way::Hold;
        }
        self.past.push_back(self.tilt as i32);
        if self.past.len() > 400 {
            self.past.pop_front();
        }
    }
}

/// The rate that still stops at a target that is `left` away.
fn toward(left: f64, rate: f64) -> f64 {
    if left.abs() < 10.0 {
        return 0.0;
    }
    rate.min((RAMP * left.abs()).sqrt()).copysign(left)
}
