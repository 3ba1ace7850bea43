//! The session machine: what happens next, given what just happened.
//!
//! [`Session::step`] takes the time and one event and gives back orders, words and records. It
//! knows no clock, no thread and no device; the same events at the same times always give the same
//! steps, which is what makes a journal replayable and a simulation evidence.

mod acts;
mod alone;
mod attended;
mod audit;
mod cause;
mod config;
mod dead_man;
mod drive;
mod facts;
mod latches;
mod lookout;
mod prepare;
mod react;
mod run;
mod say;
mod situation;
mod state;
mod stop;
mod tilt;
mod unseen;
mod view;
mod wake;

#[cfg(test)]
mod tests;

pub use alone::ALONE_LIMITS;
pub use audit::Audit;
pub use cause::{EndCause, NotReady, Outcome};
pub use config::{AfterStopAlone, Company, SessionConfig, TableFacts};
pub use state::StateKind;
pub use view::{Question, View};

use antipode_safety::{
    Angle, DriveState, Fault, Millis, Reading, Timestamp,
    guard::Guard,
    motion_watch::{MotionFault, MotionWatch},
};

use crate::alarm::Alarms;
use crate::checkin::CheckIns;
use crate::dose::DoseClocks;
use crate::event::{Event, JournalEvent, LinkEvent};
use crate::step::{Record, Step};
use crate::vitals::Vitals;
use drive::{Drive, Order};
use facts::Facts;
use run::Cursor;
use state::{Returning, State, fixed};

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
        let mut facts = Facts::new();
        // Not held until it is seen to be.
        facts.dead_man_released = config.dead_man.then_some(Timestamp::ZERO);
        Self {
            now: Timestamp::ZERO,
            on_tick: false,
            state: State::Connecting,
            guard: Guard::new(config.limits, config.envelope),
            watch: MotionWatch::new(),
            motion_fault: None,
            drive: Drive::new(),
            cursor: Cursor::START,
            facts,
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
        self.look_out(&mut step);
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
        self.note_person(&event);
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
        self.take_effort(reading);
        self.take_dead_man(reading, step);
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
            LinkEvent::Refused => self.facts.refused_at = Some(self.now),
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
                    // A RETURN pressed in the dark was pressed before anybody went to the crank.
                    if late && let State::Returning(returning) = self.state {
                        let asked = Returning { by_person: false, held_until: None, ..returning };
                        self.state = State::Returning(asked);
                    }
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
        self.facts.refused_at = None;
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
                self.watch_for_answer(cause, step);
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
        // A hold is of the state in which it was seen: STOP, and all that ends a return, ends it.
        self.facts.key_held_until = None;
        if from != to {
            step.records.push(Record::State { from, to });
        }
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
