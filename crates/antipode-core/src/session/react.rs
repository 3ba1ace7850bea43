//! Reactions: what the table of the safety crate says, carried out.

use antipode_safety::{
    AngleState, Millis, Timestamp,
    reaction::{self, Reaction, Side, SituationSet},
};

use super::drive::Order;
use super::prepare::Found;
use super::situation::alarm_of;
use super::state::{Phase, Returning, State, fixed};
use super::{EndCause, Session};
use crate::alarm::AlarmCause;
use crate::checkin::CheckInDue;
use crate::step::{Command, Prompt, Record, Step};
use crate::vitals::VitalsVerdict;

/// Head-down and held, with nothing left that forbids it: the way home is taken after this (I8).
pub(super) const HOME_AFTER: Millis = Millis::from_secs(5);
/// What people at the bed are given to take their hands away, once it may move by itself again.
const HANDS_AWAY: Millis = Millis::from_secs(10);

impl Session {
    /// Looks at everything that is wrong and moves the session to where the table of reactions
    /// wants it. A reaction only ever makes it safer: none leads back into the program.
    pub(super) fn supervise(&mut self, step: &mut Step) {
        if !self.state.is_live() && !matches!(self.state, State::Attended(_)) {
            self.watch_idle(step);
            return;
        }
        self.note_balking();
        let known = self.known_situations();
        self.raise_alarms(known, step);
        let set = self.or_refused(known);
        if set.is_empty() {
            return;
        }
        let side = self.side();
        let Some((situation, response)) = reaction::worst(set, side) else { return };
        let cause =
            if known.is_empty() { EndCause::TableRefused } else { self.cause_of(situation) };
        match side {
            Side::LevelOrUp => self.react_level(cause, response, step),
            Side::HeadDown => self.react_head_down(cause, response, step),
        }
    }

    /// Which side of level. A bed that has come to rest is not head-down by the noise of a sensor,
    /// nor because a sensor is lost: nothing turns it, and the alarm is raised all the same.
    fn side(&self) -> Side {
        let tilt = self.tilt();
        let rests = matches!(self.state, State::Closing { .. });
        if rests && tilt.is_none_or(|tilt| tilt <= fixed::FOUND_DOWN) {
            Side::LevelOrUp
        } else {
            Side::of(tilt)
        }
    }

    /// Idle keeps watching: a bed that is found head-down outside a session is brought home (I8).
    fn watch_idle(&mut self, step: &mut Step) {
        let idle = matches!(self.state, State::SelfTest(_) | State::Ready | State::Finished { .. });
        if !idle || !self.facts.connected {
            return;
        }
        match self.found(fixed::FOUND_DOWN) {
            Found::Unknown | Found::LevelOrUp => {}
            Found::HeadDown => self.leave_found(EndCause::BrakeSlip, step),
            Found::OnEitherSide => self.hold(EndCause::AnglesDisagree, None, step),
        }
    }

    /// Level or head-up nobody is in danger of staying head-down: hold, and end what is latched.
    fn react_level(&mut self, cause: EndCause, response: reaction::Response, step: &mut Step) {
        // Once people have acknowledged the STOP of a cut drive it is not pressed for them again.
        let attended = matches!(self.state, State::Stopped(_) | State::Closing { .. });
        match self.state {
            State::Attended(_) => self.end_attended(step),
            State::Returning(_) | State::Stopped(_) | State::Closing { .. } => {}
            State::Held { .. } => {}
            State::Starting { .. } | State::Proof(_) => self.close(cause, step),
            State::Running(phase) => {
                let moving = matches!(phase, Phase::Moving { .. } | Phase::SelfPaced { .. });
                if response.latched || moving {
                    self.close(cause, step);
                } else {
                    // It passes; but after it a person says that the program may go on (I18).
                    self.facts.loop_late = false;
                    self.facts.needs_ok = true;
                }
            }
            State::Paused { .. } => {
                if response.latched {
                    self.close(cause, step);
                }
            }
            State::Connecting | State::SelfTest(_) | State::Ready | State::Finished { .. } => {}
        }
        if response.first == Reaction::DeEnergise && !attended {
            self.order(Order::Stop);
        }
    }

    fn react_head_down(&mut self, cause: EndCause, response: reaction::Response, step: &mut Step) {
        let creep = response.severity() == Reaction::Creep;
        match self.state {
            State::Stopped(_) => {}
            State::Returning(returning) => {
                let pressed =
                    returning.by_person && response.local_return == reaction::LocalReturn::OnePress;
                let held = returning.held_until.is_some();
                if response.bars_motion() && !pressed && !held {
                    self.hold(cause, None, step);
                } else if creep && !returning.creep {
                    self.state = State::Returning(Returning { creep, ..returning });
                    self.order_return(true, held);
                }
            }
            State::Held { cause, since, then } => {
                if response.bars_motion() {
                    self.state = State::Held { cause, since, then: None };
                } else if then.is_none() {
                    let at = since.plus(HOME_AFTER).max(self.now);
                    let reaction = if creep { Reaction::Creep } else { Reaction::Return };
                    self.state = State::Held { cause, since, then: Some((at, reaction)) };
                }
            }
            State::Starting { .. }
            | State::Proof(_)
            | State::Running(_)
            | State::Paused { .. }
            | State::Closing { .. }
            | State::Attended(_) => self.react_first(cause, response, step),
            State::Connecting | State::SelfTest(_) | State::Ready | State::Finished { .. } => {}
        }
        // Where STOP is latched already its own state decides what is said, and says it once.
        if response.first == Reaction::DeEnergise && !matches!(self.state, State::Stopped(_)) {
            self.order(Order::Stop);
        }
    }

    /// The first reaction to something that went wrong head-down.
    fn react_first(&mut self, cause: EndCause, response: reaction::Response, step: &mut Step) {
        match response.first {
            Reaction::Return => self.begin_return(cause, false, false, step),
            Reaction::Creep => self.begin_return(cause, true, false, step),
            Reaction::Refuse | Reaction::Hold | Reaction::People | Reaction::DeEnergise => {
                let then = response.then.and_then(|then| {
                    then.reaction.moves().then(|| (self.now.plus(then.after), then.reaction))
                });
                self.hold(cause, then, step);
            }
        }
    }

    /// Every situation raises its alarm within this step (I17).
    fn raise_alarms(&mut self, set: SituationSet, step: &mut Step) {
        if set != self.facts.alarmed {
            for situation in set.union(self.facts.alarmed).iter() {
                if let Some(cause) = alarm_of(situation) {
                    let holds = set.iter().any(|other| alarm_of(other) == Some(cause));
                    self.alarm(cause, holds, step);
                }
            }
            self.facts.alarmed = set;
        }
        let drifting = matches!(self.guard.angle().state(self.now), AngleState::Warn { .. });
        if drifting != self.facts.drift_alarmed {
            self.facts.drift_alarmed = drifting;
            self.alarm(AlarmCause::AnglesDrift, drifting, step);
        }
        let stranded = self.is_stranded();
        if stranded != self.facts.stranded_alarmed {
            self.facts.stranded_alarmed = stranded;
            self.alarm(AlarmCause::CannotMove, stranded, step);
        }
    }

    pub(super) fn alarm(&mut self, cause: AlarmCause, holds: bool, step: &mut Step) {
        if self.alarms.set(cause, holds) {
            step.records.push(Record::Alarm(cause));
        }
    }

    /// Holds here because of `cause`; `then` says what follows by itself.
    pub(super) fn hold(
        &mut self,
        cause: EndCause,
        then: Option<(Timestamp, Reaction)>,
        step: &mut Step,
    ) {
        self.order(Order::Hold);
        self.transition_to(State::Held { cause, since: self.now, then }, step);
        step.prompts.push(Prompt::HeldHere(cause));
        if then.is_none() {
            step.prompts.push(Prompt::HelpByHand(cause));
        }
        self.tell_rule(step);
    }

    /// What a rule does head-down is never silent: where no cause has raised an alarm, the rule
    /// itself does (I17).
    fn tell_rule(&mut self, step: &mut Step) {
        if self.is_head_down_or_unknown() && self.alarms.bits() == 0 {
            self.alarm(AlarmCause::RuleActs, true, step);
            self.alarm(AlarmCause::RuleActs, false, step);
        }
    }

    /// Begins the way home.
    pub(super) fn begin_return(
        &mut self,
        cause: EndCause,
        creep: bool,
        resume: bool,
        step: &mut Step,
    ) {
        let since = self.now;
        self.order_return(creep, false);
        self.transition_to(
            State::Returning(Returning {
                cause,
                creep,
                since,
                by_person: cause == EndCause::ReturnPressed,
                resume,
                held_until: None,
            }),
            step,
        );
        step.prompts.push(Prompt::ComingUp(cause));
        if !resume && !matches!(cause, EndCause::ReturnPressed | EndCause::Symptom(_)) {
            self.tell_rule(step);
        }
    }

    pub(super) fn proceed_returning(&mut self, returning: Returning, step: &mut Step) {
        let level = self.tilt().is_some_and(|tilt| !tilt.is_head_down());
        if self.drive.has_arrived() && level {
            self.order(Order::Hold);
            if returning.resume {
                self.checkins.end();
                self.rest_after_return(step);
            } else {
                self.close(returning.cause, step);
            }
            return;
        }
        if returning.held_until.is_some_and(|until| self.now >= until) {
            // Let go: only a hand on the button moves it.
            self.hold(returning.cause, None, step);
        }
    }

    pub(super) fn proceed_held(
        &mut self,
        cause: EndCause,
        since: Timestamp,
        then: Option<(Timestamp, Reaction)>,
        step: &mut Step,
    ) {
        let level = self.tilt().is_some_and(|tilt| !tilt.is_head_down());
        if level && self.drive.has_arrived() {
            self.close(cause, step);
            return;
        }
        match then {
            Some((at, reaction)) if self.now >= at => {
                self.begin_return(cause, reaction == Reaction::Creep, false, step);
            }
            Some(_) => {}
            None => {
                // Whatever forbade it is gone: nobody is left head-down (I8). But people were asked to
                // help, and may be at the crank: they are told before the bed moves (C-11).
                if self.situations().is_empty() && self.now.since(since) >= HOME_AFTER {
                    let home = Some((self.now.plus(HANDS_AWAY), Reaction::Return));
                    self.state = State::Held { cause, since, then: home };
                    step.prompts.push(Prompt::ComingUpIn(HANDS_AWAY));
                }
            }
        }
    }

    /// The head-down clocks run on; after 30 seconds head-down a pause becomes a return.
    pub(super) fn proceed_paused(&mut self, since: Timestamp, step: &mut Step) {
        self.proceed_check_ins(step);
        let down = self.tilt().is_none_or(|tilt| tilt.is_head_down());
        if down
            && matches!(self.state, State::Paused { .. })
            && self.now.since(since) >= fixed::PAUSE_HEAD_DOWN
        {
            self.begin_return(EndCause::PausedTooLong, false, false, step);
        }
    }

    /// Asks, counts the seconds, and comes up when nobody answers (H-24).
    pub(super) fn proceed_check_ins(&mut self, step: &mut Step) {
        if self.tilt().is_some_and(|tilt| tilt < crate::dose::HEAD_DOWN_FROM) {
            self.checkins.end();
            return;
        }
        self.checkins.begin(self.now);
        if self.vitals.verdict(self.now) == VitalsVerdict::SensorLost {
            self.ask_after_sensor_loss(step);
        }
        match self.checkins.due(self.now, self.hold_ends()) {
            CheckInDue::Nothing => {}
            CheckInDue::Ask => self.ask(Prompt::CheckIn, step),
            CheckInDue::AskAgain => self.ask(Prompt::CheckInAgain, step),
            CheckInDue::Missed => {
                self.facts.no_answer = true;
                self.alarm(AlarmCause::NoAnswer, true, step);
                let lost = self.vitals.verdict(self.now) == VitalsVerdict::SensorLost;
                let cause = if lost { EndCause::VitalsLost } else { EndCause::NoAnswer };
                self.begin_return(cause, false, false, step);
            }
        }
    }

    fn ask(&mut self, question: Prompt, step: &mut Step) {
        step.prompts.push(question);
        step.records.push(Record::Asked);
    }

    /// A lost body sensor is a reason to ask, once; without an answer the person comes up.
    fn ask_after_sensor_loss(&mut self, step: &mut Step) {
        self.alarm(AlarmCause::VitalsLost, true, step);
        if !self.facts.sensor_loss_asked {
            self.facts.sensor_loss_asked = true;
            if self.checkins.ask_now(self.now) {
                self.ask(Prompt::CheckIn, step);
            }
        }
    }

    /// When the present stay ends, for the questions that would fall into its last seconds.
    pub(super) fn hold_ends(&self) -> Option<Timestamp> {
        if let State::Running(Phase::Holding { until, .. }) = self.state {
            Some(until)
        } else {
            None
        }
    }

    /// After a return for silence: who is still silent in the rest band needs somebody called.
    pub(super) fn watch_for_answer(&mut self, cause: EndCause, step: &mut Step) {
        let silent =
            matches!(cause, EndCause::NoAnswer | EndCause::VitalsLost | EndCause::DeadManReleased);
        let State::Closing { until, .. } = self.state else { return };
        let rested = fixed::CLOSING_REST.less(until.since(self.now));
        if silent && !self.facts.answered_at_rest && rested >= fixed::CONTACT_AFTER {
            self.alarm(AlarmCause::CallContact, true, step);
        }
    }

    /// Orders the table to take off the faults that are only history.
    pub(super) fn clear_history(&self, step: &mut Step) {
        let faults = self.facts.faults_to_clear();
        if !faults.is_empty() {
            step.commands.push(Command::ClearFaults(faults));
        }
    }
}
