//! The session machine: what happens next, given what just happened.
//!
//! [`Session::step`] takes the time and one event and gives back orders, words and records. It
//! knows no clock, no thread and no device; the same events at the same times always give the same
//! steps, which is what makes a journal replayable and a simulation evidence.

mod acts;
mod attended;
mod audit;
mod cause;
mod config;
mod drive;
mod facts;
mod prepare;
mod react;
mod run;
mod situation;
mod state;
mod stop;
mod unseen;
mod view;

#[cfg(test)]
mod tests;

pub use audit::Audit;
pub use cause::{EndCause, NotReady, Outcome};
pub use config::{AfterStopAlone, Company, SessionConfig, TableFacts};
pub use state::StateKind;
pub use view::{Question, View};

use antipode_safety::{
    Angle, AngleState, DriveState, Fault, Millis, Rate, Reading, Switch, Timestamp,
    guard::{Guard, Leave, Motion, Permit, Refusal},
    motion_watch::{MotionFault, MotionWatch},
};

use crate::alarm::Alarms;
use crate::checkin::CheckIns;
use crate::dose::DoseClocks;
use crate::event::{Event, JournalEvent, LinkEvent};
use crate::step::{Command, Record, ReturnOrder, Step};
use crate::vitals::Vitals;
use drive::{Drive, Order};
use facts::Facts;
use run::Cursor;
use state::{Phase, State, fixed};

/// One session, from the first word of the table to the last rest.
#[derive(Clone, Debug)]
pub struct Session {
    config: SessionConfig,
    now: Timestamp,
    /// This step is a turn of the control loop: the only one that may renew a motion.
    on_tick: bool,
    state: State,
    guard: Guard,
    watch: MotionWatch,
    motion_fault: Option<MotionFault>,
    drive: Drive,
    cursor: Cursor,
    facts: Facts,
    checkins: CheckIns,
    vitals: Vitals,
    alarms: Alarms,
    dose: DoseClocks,
}

impl Session {
    /// A session that waits for its table.
    #[must_use]
    pub fn new(config: SessionConfig) -> Self {
        Self {
            now: Timestamp::ZERO,
            on_tick: false,
            state: State::Connecting,
            guard: Guard::new(config.limits, config.envelope),
            watch: MotionWatch::new(),
            motion_fault: None,
            drive: Drive::new(),
            cursor: Cursor::START,
            facts: Facts::new(),
            checkins: CheckIns::new(config.company.is_alone()),
            vitals: Vitals::default(),
            alarms: Alarms::NONE,
            dose: DoseClocks::new(config.day_before),
            config,
        }
    }

    /// Takes one event at `now`. Time never goes back: an earlier `now` counts as the present one.
    ///
    /// Call it with every event as it comes, and with [`Event::Tick`] when the returned
    /// `next_wake` is due; calling too often is harmless.
    pub fn step(&mut self, now: Timestamp, event: Event) -> Step {
        let mut step = Step::new();
        self.now = self.now.max(now);
        self.on_tick = event == Event::Tick;
        self.take(event, &mut step);
        self.count_dose();
        self.supervise(&mut step);
        self.proceed(&mut step);
        self.say_order(&mut step);
        step.next_wake = self.next_wake();
        step
    }

    /// What it was told before it began.
    #[must_use]
    pub const fn config(&self) -> &SessionConfig {
        &self.config
    }

    /// What it is doing.
    #[must_use]
    pub const fn state(&self) -> StateKind {
        self.state.kind()
    }

    fn take(&mut self, event: Event, step: &mut Step) {
        match event {
            Event::Tick => {}
            Event::Reading(reading) => self.take_reading(&reading, step),
            Event::Link(link) => self.take_link(link),
            Event::Act(act, source) => self.take_act(act, source, step),
            Event::Stop(stop, source) => self.take_stop(stop, source, step),
            Event::Symptom(symptom, severity) => self.take_symptom(symptom, severity, step),
            Event::Vital(vital) => self.vitals.observe(self.now, vital),
            Event::Journal(journal) => self.take_journal(journal),
            Event::LoopWasLate(_) => {
                self.facts.woke_at = Some(self.now);
                self.facts.loop_late = self.state.is_live();
            }
            Event::HostSuspended(_) => self.facts.suspended |= self.state.is_live(),
        }
    }

    fn take_reading(&mut self, reading: &Reading, step: &mut Step) {
        if reading.at.since(self.facts.heard) > fixed::SILENCE {
            // What the bed did meanwhile was not seen: no proof that it did not follow.
            self.guard.restart();
            self.forget_motion();
        }
        self.guard.observe(self.now, reading);
        if self.facts.reading.is_some_and(|before| reading.seq <= before.seq) {
            return;
        }
        self.facts.take_reading(reading, self.drive.order(), self.drive.since());
        let tilt = self.tilt();
        if !reading.faults.has(Fault::AngleInvalid)
            && let Some(sure) = self.guard.angle().state(self.now).agreed()
        {
            self.facts.last_sure = sure;
        }
        self.drive.observe(reading, tilt);
        if let Some(tilt) = tilt {
            // A table that does not follow is not stuck: only what it follows can stand still.
            let followed = self.drive.followed(reading);
            self.guard.commanded(self.now, self.effective(followed, tilt));
            // Watched by the source that steers: the deeper of two may change sides in a jump.
            let steered = self.steering_tilt(reading).unwrap_or(tilt);
            self.motion_fault = self.watch.observe(self.now, steered, followed);
            if tilt.is_head_down() {
                self.facts.head_down_last = Some(self.now);
            }
        }
        self.take_switches(reading, step);
    }

    fn take_link(&mut self, link: LinkEvent) {
        match link {
            LinkEvent::Connected => {
                self.facts.connected = true;
                self.facts.armed = false;
                self.facts.link_broken |= self.state.is_live();
                self.forget_link();
            }
            LinkEvent::Armed => {
                self.facts.armed = true;
                self.facts.armed_at = Some(self.now);
            }
            LinkEvent::Refused => self.facts.refused = true,
            LinkEvent::Lost => {
                self.facts.connected = false;
                self.facts.armed = false;
                self.facts.link_broken |= self.state.is_live();
            }
            LinkEvent::Restarted => {
                self.facts.armed = false;
                if self.state.is_live() {
                    let late = self.now.since(self.facts.heard) >= fixed::HANDS_ON_AFTER;
                    self.facts.restarted |= !late;
                    self.facts.restarted_late |= late;
                }
                self.forget_link();
            }
            LinkEvent::Foreign => self.facts.foreign |= self.state.is_live(),
            LinkEvent::Mismatch => self.facts.mismatch = true,
        }
    }

    /// What the bed was seen to do says nothing any more.
    fn forget_motion(&mut self) {
        self.watch = MotionWatch::new();
        self.motion_fault = None;
    }

    /// A reopened link has new numbers, and nothing that was said on the old one holds.
    fn forget_link(&mut self) {
        self.guard.restart();
        self.forget_motion();
        self.facts.reading = None;
        self.facts.stop_seen = false;
        self.drive.resend();
    }

    fn take_journal(&mut self, journal: JournalEvent) {
        match journal {
            JournalEvent::StartDurable => self.facts.start_durable = true,
            JournalEvent::Failed => {
                self.facts.journal_failed.get_or_insert(self.now);
            }
            JournalEvent::Recovered => self.facts.journal_failed = None,
        }
    }

    /// What the state does by itself as time passes and readings come.
    fn proceed(&mut self, step: &mut Step) {
        if self.unseen_end().is_some_and(|end| self.now >= end) {
            self.give_up(step);
            return;
        }
        match self.state {
            State::Connecting => {
                if self.facts.connected {
                    self.leave_connecting(step);
                }
            }
            State::SelfTest(test) => self.proceed_self_test(test, step),
            State::Ready => {}
            State::Starting { .. } => self.proceed_starting(step),
            State::Proof(proof) => self.proceed_proof(proof, step),
            State::Running(phase) => {
                self.proceed_check_ins(step);
                // The question may have gone unanswered and ended the run.
                if self.state == State::Running(phase) {
                    self.proceed_running(phase, step);
                }
            }
            State::Paused { since, .. } => self.proceed_paused(since, step),
            State::Returning(returning) => self.proceed_returning(returning, step),
            State::Held { cause, since, then } => self.proceed_held(cause, since, then, step),
            State::Stopped(stopped) => self.proceed_stopped(stopped, step),
            State::Closing { outcome, cause, until } => {
                self.watch_for_answer(cause);
                if self.now >= until {
                    self.finish(outcome, cause, step);
                }
            }
            State::Finished { .. } => {}
            State::Attended(attended) => self.proceed_attended(attended, step),
        }
    }

    /// Enters `next`; the only place where a state changes its kind.
    fn transition_to(&mut self, next: State, step: &mut Step) {
        let (from, to) = (self.state.kind(), next.kind());
        self.state = next;
        if from != to {
            step.records.push(Record::State { from, to });
        }
    }

    /// Puts an order in force; it is said at the end of this step.
    fn order(&mut self, order: Order) {
        if matches!(order, Order::Move { .. }) && order != self.drive.order() {
            self.facts.move_from = self.tilt().unwrap_or(self.facts.last_sure);
        }
        self.drive.set(self.now, order);
    }

    /// Orders a return: creep on doubtful ground, and `held` where only a hand on the button
    /// allows it.
    fn order_return(&mut self, creep: bool, held: bool) {
        let limit = self.guard.limits().return_rate().value();
        let rate = antipode_safety::limits::RETURN_DEFAULT.slower(limit);
        let rate = if creep { rate.slower(fixed::CREEP_RATE) } else { rate };
        self.order(Order::Return(ReturnOrder { rate, held }));
    }

    /// Says the order in force if it is due. A motion needs a permit minted in this very step.
    fn say_order(&mut self, step: &mut Step) {
        // STOP is said whether or not a session is open: the table takes it from anybody.
        let may_say = self.facts.connected || self.drive.order() == Order::Stop;
        if !may_say || !(self.drive.is_due(self.now, self.on_tick) || self.lowers_unsure()) {
            return;
        }
        match self.drive.order() {
            Order::Nothing => {}
            Order::Hold => {
                step.commands.push(Command::Halt);
                self.said(Rate::ZERO);
            }
            Order::Stop => {
                step.commands.push(Command::Stop);
                self.said(Rate::ZERO);
            }
            Order::Return(order) => {
                step.commands.push(Command::Return(order));
                self.said(Rate::clamped(-i64::from(order.rate.millideg_per_s())));
            }
            Order::Move { target, rate } => match self.permit(target, rate) {
                Ok(permit) => {
                    self.said(permit.rate());
                    step.commands.push(Command::Start(permit));
                }
                Err(refusal) => self.take_refusal(&refusal, step),
            },
            Order::Attended { target } => match self.permit_attended(target) {
                Ok(permit) => {
                    self.said(permit.rate());
                    step.commands.push(Command::Start(permit));
                }
                Err(refusal) => {
                    step.records.push(Record::Refused(refusal.code()));
                    self.order(Order::Hold);
                    step.commands.push(Command::Halt);
                    self.said(Rate::ZERO);
                }
            },
        }
    }

    /// Whether a lowering is in force that nobody is sure of any more: it is judged again at once,
    /// not when it is next renewed (I6).
    fn lowers_unsure(&self) -> bool {
        let unsure = self.guard.angle().state(self.now).agreed().is_none();
        self.on_tick && unsure && self.drive.commanded() > Rate::ZERO
    }

    fn said(&mut self, commanded: Rate) {
        self.drive.said(self.now, commanded);
    }

    fn permit(&self, target: Angle, rate: Rate) -> Result<Permit, Refusal> {
        let tilt = self.tilt().unwrap_or(target);
        let motion = if target == tilt {
            // Arrived to the millidegree: keep the direction that leads home.
            Motion { target, rate: Rate::clamped(-i64::from(rate.millideg_per_s())) }
        } else {
            Motion::between(tilt, target, rate)
        };
        let leave = self.leave();
        if motion.rate > Rate::ZERO {
            // Near the limit the worst case leaves room only for a slower approach.
            let fastest = self.guard.fastest_lowering(self.now, leave.latches);
            // A little under what would fit: the bed takes a moment to slow down.
            let fits = Rate::clamped(i64::from(fastest.millideg_per_s()) * 3 / 4);
            let slowed = motion.rate.slower(fits.max(fixed::SLOWEST));
            return self.guard.permit(self.now, Motion { target, rate: slowed }, &leave);
        }
        self.guard.permit(self.now, motion, &leave)
    }

    fn permit_attended(&self, target: Angle) -> Result<Permit, Refusal> {
        let tilt = self.tilt().unwrap_or(target);
        let motion = Motion::between(tilt, target, fixed::ATTENDED_RATE);
        let held = match self.state {
            State::Attended(attended) => self.now < attended.held_until,
            State::Connecting
            | State::SelfTest(_)
            | State::Ready
            | State::Starting { .. }
            | State::Proof(_)
            | State::Running(_)
            | State::Paused { .. }
            | State::Returning(_)
            | State::Held { .. }
            | State::Stopped(_)
            | State::Closing { .. }
            | State::Finished { .. } => false,
        };
        let attended = antipode_safety::guard::Attended { held, rested: self.rested() };
        self.guard.permit_upright(self.now, motion, &self.leave(), attended)
    }

    fn leave(&self) -> Leave {
        let latches = self.facts.reading.map_or(
            antipode_safety::Latches { fitted: 0, first_closed: false, second_closed: false },
            |reading| reading.latches,
        );
        Leave {
            armed: self.facts.armed,
            stop_clear: !self.facts.stop_pressed && !matches!(self.state, State::Stopped(_)),
            return_held: false,
            latches,
            journal_ready: self.facts.start_durable || matches!(self.state, State::Attended(_)),
            dose_left: self.dose_left(),
        }
    }

    /// The guard said no. Level or head-up the session holds and ends; head-down it returns, since
    /// a refusal must never leave a person there.
    fn take_refusal(&mut self, refusal: &Refusal, step: &mut Step) {
        if matches!(refusal, Refusal::MayPass { .. }) && self.arrive_at_limit(step) {
            return;
        }
        step.records.push(Record::Refused(refusal.code()));
        let cause = match refusal {
            Refusal::DoseTooShort { .. } => EndCause::DoseSpent,
            Refusal::NoMotion
            | Refusal::StopLatched
            | Refusal::NotArmed
            | Refusal::NoRecord
            | Refusal::LatchesOpen { .. }
            | Refusal::TableFaults { .. }
            | Refusal::TargetPastLimit { .. }
            | Refusal::RatePastLimit { .. }
            | Refusal::RatePastTable { .. }
            | Refusal::AngleNotAgreed { .. }
            | Refusal::MayPass { .. }
            | Refusal::FromUpright { .. }
            | Refusal::PastRestBand { .. }
            | Refusal::WrongWay { .. }
            | Refusal::NotUpright { .. }
            | Refusal::NotHeld
            | Refusal::StillHeadDown { .. }
            | Refusal::RestFirst { .. } => EndCause::GuardRefused,
        };
        self.return_or_close(cause, step);
        // The new order is a halt or a return: it cannot be refused.
        self.say_order(step);
    }

    /// The worst case leaves no room for the last degree to a target at the limit (I2): within the
    /// hold band of the target the bed has arrived.
    fn arrive_at_limit(&mut self, step: &mut Step) -> bool {
        let (State::Running(Phase::Moving { target, .. }), Some(tilt)) = (self.state, self.tilt())
        else {
            return false;
        };
        let near = tilt.distance(target) <= fixed::HOLD_BAND;
        if near {
            self.enter_segment(self.cursor.index + 1, step);
            self.say_order(step);
        }
        near
    }

    /// Head-down time left before the first of the three caps.
    fn dose_left(&self) -> Millis {
        let limits = self.guard.limits();
        let bout = limits.bout_at(self.bout_depth()).value().less(self.dose.bout());
        let session = limits.session().value().less(self.dose.session());
        let day = limits.day().value().less(self.dose.day());
        bout.shorter(session).shorter(day)
    }

    /// The deepest tilt that the bout under way reaches by plan or by measure.
    fn depth_now(&self) -> Angle {
        let planned = match self.drive.order() {
            Order::Move { target, .. } => target,
            Order::Nothing
            | Order::Hold
            | Order::Attended { .. }
            | Order::Return(_)
            | Order::Stop => Angle::LEVEL,
        };
        self.tilt().map_or(planned, |tilt| tilt.max(planned))
    }

    /// The tilt to go by: the more head-down of the sources that the last reading holds valid.
    fn tilt(&self) -> Option<Angle> {
        let reading = self.facts.reading?;
        let said = self.tilt_said(&reading)?;
        // A table that doubts its own angle, and says level where it was head-down, is believed
        // only with its rest switch: a sensor that jumped may have jumped to the other side.
        let doubts = reading.faults.has(Fault::AngleInvalid);
        let unconfirmed = !said.is_head_down() && !reading.switches.has(Switch::Rest);
        if doubts && unconfirmed && self.facts.last_sure.is_head_down() {
            return Some(self.facts.last_sure);
        }
        Some(said)
    }

    /// The source that the table steers by: the drive's where it is believed, else the second.
    fn steering_tilt(&self, reading: &Reading) -> Option<Angle> {
        match self.guard.angle().state(self.now) {
            AngleState::SecondOnly { tilt, .. } => Some(tilt),
            AngleState::Good { .. }
            | AngleState::Warn { .. }
            | AngleState::Disagrees { .. }
            | AngleState::FirstOnly { .. } => reading.tilt,
            AngleState::Never
            | AngleState::Stale { .. }
            | AngleState::Garbage
            | AngleState::Flat { .. }
            | AngleState::Invalid => None,
        }
    }

    /// The more head-down of the sources, as the last reading has them.
    fn tilt_said(&self, reading: &Reading) -> Option<Angle> {
        match self.guard.angle().state(self.now) {
            AngleState::Good { tilt, .. } => Some(tilt),
            AngleState::Stale { tilt, .. } => Some(self.at_most_by_rest_switch(tilt)),
            AngleState::Warn { larger, .. } => Some(larger),
            // A source that is doubted may still be the one that is right: what it says counts as
            // long as it says more head-down, and only the rest switch can outvote it.
            AngleState::FirstOnly { tilt, .. }
            | AngleState::SecondOnly { tilt, .. }
            | AngleState::Flat { tilt }
            | AngleState::Disagrees { larger: tilt, .. } => {
                let said = reading.tilt.max(reading.tilt_second);
                Some(self.at_most_by_rest_switch(said.map_or(tilt, |said| said.max(tilt))))
            }
            AngleState::Never | AngleState::Garbage | AngleState::Invalid => {
                // Not to be believed; still better than nothing for showing which side of level.
                if self.guard.angle().last_good().is_some() {
                    self.guard.angle().last_good()
                } else {
                    reading.tilt.max(reading.tilt_second)
                }
            }
        }
    }

    /// Where two sources disagree the rest switch decides at the end of the way home, as it does for
    /// the table itself; it is not believed against a source that still says clearly head-down.
    fn at_most_by_rest_switch(&self, larger: Angle) -> Angle {
        let Some(reading) = self.facts.reading else { return larger };
        let near = |tilt: Angle| tilt.millideg() <= fixed::REST_SWITCH_LEAST;
        let least = reading.tilt.into_iter().chain(reading.tilt_second).min();
        if reading.switches.has(Switch::Rest) && least.is_some_and(near) {
            larger.min(Angle::LEVEL)
        } else {
            larger
        }
    }

    fn angle_is_good(&self) -> bool {
        self.guard.angle().state(self.now).agreed().is_some()
    }

    /// Whether the table should be reporting at its full rate: head-down always, and armed for long
    /// enough that the first such report must have come. An idle table reports twice a second.
    fn expects_fast_reports(&self) -> bool {
        let down = self.facts.reading.is_some_and(|reading| {
            reading.tilt.or(reading.tilt_second).is_none_or(Angle::is_head_down)
        });
        let settled = |armed| self.now.since(armed) >= fixed::FIRST_REPORT;
        down || self.facts.armed && self.facts.armed_at.is_some_and(settled)
    }

    /// Good enough to begin with: an idle table's last report may be a second old.
    fn angle_is_good_when_idle(&self) -> bool {
        match self.guard.angle().state(self.now) {
            AngleState::Stale { age, .. } => {
                !self.expects_fast_reports() && age <= fixed::IDLE_REPORT
            }
            AngleState::Good { .. } | AngleState::Warn { .. } => true,
            AngleState::FirstOnly { .. }
            | AngleState::SecondOnly { .. }
            | AngleState::Disagrees { .. }
            | AngleState::Flat { .. }
            | AngleState::Never
            | AngleState::Garbage
            | AngleState::Invalid => false,
        }
    }

    fn worst_case(&self) -> Option<Angle> {
        self.guard.angle().worst_case(self.now)
    }

    /// The rate that the bed should really turn at: near its target a table slows by itself.
    fn effective(&self, commanded: Rate, tilt: Angle) -> Rate {
        let near = |target: Angle| tilt.distance(target) <= 1_500;
        let over = match self.drive.order() {
            Order::Move { target, .. } | Order::Attended { target } => near(target),
            Order::Return(_) => tilt.millideg() <= 1_500,
            Order::Nothing | Order::Hold | Order::Stop => false,
        };
        if over { Rate::ZERO } else { commanded }
    }

    fn stop_is_latched_at_table(&self) -> bool {
        self.facts.reading.is_some_and(|reading| reading.drive == DriveState::Stopped)
    }

    fn bout_now(&self) -> Option<u16> {
        self.config.program.segments().get(self.cursor.index).and_then(|segment| segment.bout)
    }

    /// The deepest tilt of this stay so far, by plan or by measure: a cap once earned by depth does
    /// not widen before the bed is level again (I11).
    fn bout_depth(&self) -> Angle {
        self.cursor.depth.max(self.depth_now())
    }

    /// Counts head-down time by the worst believable tilt: stale or lost, the last one goes on
    /// counting.
    fn count_dose(&mut self) {
        // Unknown, the last one goes on counting.
        let tilt = self.tilt().or(self.guard.angle().last_good()).unwrap_or(self.facts.last_tilt);
        self.facts.last_tilt = tilt;
        self.dose.observe(self.now, tilt);
        self.cursor.depth = if tilt.is_head_down() { self.bout_depth() } else { Angle::LEVEL };
    }
}
