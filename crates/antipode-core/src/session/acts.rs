//! What people do: buttons, keys, answers, symptoms.
//!
//! Anyone may stop, return, pause or make it gentler. Whatever starts, deepens or resumes motion
//! needs somebody at the table (H-35).

use antipode_safety::reaction::{self, LocalReturn, SituationSet};
use antipode_safety::{DriveState, Reading, Switch, Switches};

use super::drive::Order;
use super::state::{Phase, Proof, Returning, SelfTest, State, Stopped, fixed};
use super::{EndCause, NotReady, Session};
use crate::event::{Act, HAND_GRANT, HOLD_GRANT, Source, StopEvent};
use crate::step::{Prompt, Record, Step};
use crate::symptom::{Grade, Severity, Symptom, grade};

impl Session {
    /// Presses of the hand control that came with a reading.
    pub(super) fn take_switches(&mut self, reading: &Reading, step: &mut Step) {
        let now = reading.switches;
        let before = std::mem::replace(&mut self.facts.switches, now);
        let pressed = now.pressed_since(before);
        let released = before.pressed_since(now);
        // Under STOP the table cannot say that the fixed one was pressed too: its loop says it.
        let again = released.has(Switch::StopLoopClosed) && matches!(self.state, State::Stopped(_));
        if pressed.has(Switch::Stop) || again {
            self.take_stop(StopEvent::Pressed, Source::Hand, step);
        }
        // The button let go, or the fixed one pulled out again, and none other pressed.
        let out = released.has(Switch::Stop) || pressed.has(Switch::StopLoopClosed);
        if out && is_out(now) {
            self.take_stop(StopEvent::Released, Source::Hand, step);
        }
        if pressed.has(Switch::Return) {
            self.take_act(Act::Return, Source::Hand, step);
        }
        if pressed.has(Switch::Ok) {
            self.take_act(Act::Ok, Source::Hand, step);
        }
        if pressed.has(Switch::Easier) {
            self.take_act(Act::Easier, Source::Hand, step);
        }
        if released.has(Switch::Return) {
            self.end_held_return();
        }
        self.take_held_switches(now, reading.drive, step);
    }

    /// The button was let go: what it held ends now. What somebody else holds at a key goes on:
    /// nobody may take a held way home away but by STOP (I8).
    fn end_held_return(&mut self) {
        let end = self.facts.key_held_until.map_or(self.now, |key| key.max(self.now));
        if let State::Stopped(stopped) = self.state {
            let held_until = stopped.held_until.map(|_| end);
            self.state = State::Stopped(Stopped { held_until, by_itself: false, ..stopped });
        } else if let State::Returning(returning) = self.state {
            let held_until = returning.held_until.map(|_| end);
            self.state = State::Returning(Returning { held_until, ..returning });
        }
    }

    /// Buttons that act for as long as they are held.
    fn take_held_switches(&mut self, now: Switches, drive: DriveState, step: &mut Step) {
        if now.has(Switch::Return) {
            self.take_act(Act::HoldReturn, Source::Hand, step);
        }
        if now.has(Switch::Ok)
            && let State::Running(Phase::SelfPaced { .. }) = self.state
        {
            self.take_act(Act::HoldLower, Source::Hand, step);
        }
        if drive == DriveState::Stopped && !self.is_stopping() {
            if self.drive.order() == Order::Stop
                && let State::Held { cause, .. } | State::Returning(Returning { cause, .. }) =
                    self.state
            {
                // The session cut the drive itself; nobody has to let a button go.
                self.enter_stopped_for(cause, step);
            } else {
                // Somebody pressed STOP at the table itself.
                self.take_stop(StopEvent::Pressed, Source::Hand, step);
                if is_out(now) {
                    self.take_stop(StopEvent::Released, Source::Hand, step);
                }
            }
        }
    }

    /// Whether the session already knows that STOP is or may still be latched.
    const fn is_stopping(&self) -> bool {
        matches!(self.state, State::Stopped(_) | State::Connecting)
            || matches!(self.state, State::SelfTest(SelfTest::Acknowledge { .. }))
    }

    pub(super) fn take_act(&mut self, act: Act, source: Source, step: &mut Step) {
        if act.needs_local() && !source.is_local() {
            step.prompts.push(Prompt::NotTaken(NotReady::NotLocal));
            return;
        }
        if act.begins_motion() && self.facts.woke_at == Some(self.now) {
            // It was pressed while nobody looked: a start is an edge seen now (I18).
            step.prompts.push(Prompt::NotTaken(NotReady::NotNow));
            return;
        }
        // A button that is still down says nothing: a hand may have closed on it in a faint.
        let edge = !matches!(act, Act::HoldReturn | Act::HoldLower);
        if source == Source::Hand && edge && self.checkins.sign_of_life(self.now) {
            step.records.push(Record::Answered);
        }
        let taken = match act {
            Act::ConfirmPerson => {
                self.confirm_person(step);
                true
            }
            Act::ConfirmAreaClear => {
                self.confirm_area(step);
                true
            }
            Act::Start => {
                self.start(source, step);
                true
            }
            Act::Return => self.take_return(source, step),
            Act::HoldReturn => {
                self.take_held_return(source, step);
                true
            }
            Act::Pause => self.pause(step),
            Act::Resume => self.resume(step),
            Act::Ok => self.take_ok(source, step),
            Act::No => self.take_no(step),
            Act::Easier => self.take_easier(step),
            Act::Shorter => self.take_shorter(step),
            Act::DeadManHeld => {
                self.facts.dead_man_released = None;
                self.checkins.sign_of_life(self.now);
                true
            }
            Act::DeadManReleased => {
                self.facts.dead_man_released.get_or_insert(self.now);
                true
            }
            Act::HoldLower => self.lower_self_paced(step),
            Act::HoldUpright => self.hold_attended(true, step),
            Act::HoldLevel => self.hold_attended(false, step),
            Act::AcknowledgeAlarms => {
                self.alarms.acknowledge();
                true
            }
            Act::SilenceAlarms => {
                self.alarms.silence(self.now);
                true
            }
            Act::FeetSlipping => self.take_feet_slipping(step),
        };
        if !taken {
            step.prompts.push(Prompt::NotTaken(NotReady::NotNow));
        }
    }

    /// RETURN: from anyone, at any time; only a latched STOP turns it into hold-to-run.
    fn take_return(&mut self, source: Source, step: &mut Step) -> bool {
        // A signal is nobody's wish to come up but the program's end, which comes up first.
        let cause = match source {
            Source::Signal => EndCause::ProgramEnding,
            Source::Hand | Source::Terminal | Source::Network => EndCause::ReturnPressed,
        };
        match self.state {
            State::SelfTest(SelfTest::Return) => {
                self.return_in_self_test(step);
                true
            }
            State::Stopped(_) => {
                // One press holds nothing (I3): under STOP only a control that is held moves the bed.
                step.prompts.push(Prompt::HoldReturnToComeUp);
                true
            }
            State::Returning(returning) => {
                // A second press never slows or ends the first; it only makes sure that the
                // session does not go on afterwards.
                self.state = State::Returning(Returning { resume: false, ..returning });
                true
            }
            State::Held { cause, .. } => {
                // A person who sees the bed asks again: once more, until it balks again.
                if source.is_local() {
                    self.facts.balked = SituationSet::NONE;
                    self.forget_motion();
                }
                // Why it was held stays the reason for the end; the press is what moves it.
                self.begin_return(cause, false, false, step);
                // Only somebody who stands there sees whether hands are in the way.
                let by_person = source.is_local();
                if let State::Returning(returning) = self.state {
                    self.state = State::Returning(Returning { by_person, ..returning });
                }
                true
            }
            State::Connecting
            | State::Starting { .. }
            | State::Proof(_)
            | State::Running(_)
            | State::Paused { .. } => {
                self.return_or_close(cause, step);
                true
            }
            State::SelfTest(_) | State::Ready | State::Finished { .. } | State::Closing { .. } => {
                if self.is_head_down_or_unknown() {
                    self.begin_return(cause, false, false, step);
                } else if matches!(self.state, State::SelfTest(SelfTest::Acknowledge { .. })) {
                    // STOP stays said until somebody takes it off.
                    step.prompts.push(Prompt::AcknowledgeStop);
                } else {
                    // Nothing to come up from.
                    self.order(Order::Hold);
                }
                true
            }
            State::Attended(_) => {
                self.order(Order::Hold);
                self.end_attended(step);
                true
            }
        }
    }

    /// Comes up from head-down; level or head-up it halts and ends.
    pub(super) fn return_or_close(&mut self, cause: EndCause, step: &mut Step) {
        if self.is_clear_of_level() && self.state.is_live() {
            self.close(cause, step);
        } else {
            self.begin_return(cause, false, false, step);
        }
    }

    /// Level or head-up, and not about to be head-down: a bed that is being lowered runs on a little.
    fn is_clear_of_level(&self) -> bool {
        let lowered = self.drive.commanded().millideg_per_s() > 0;
        self.tilt().is_some_and(
            |tilt| {
                if lowered { tilt <= fixed::HELD_TO } else { !tilt.is_head_down() }
            },
        )
    }

    /// Hold-to-run: the only motion while STOP is latched, and the only one with open latches.
    fn take_held_return(&mut self, source: Source, step: &mut Step) {
        // A button tells when it is let go; a key does not.
        let grant = if source == Source::Hand { HAND_GRANT } else { HOLD_GRANT };
        let until = self.now.plus(grant);
        let at_key = if source == Source::Hand { self.facts.key_held_until } else { Some(until) };
        let held_until = at_key.max(Some(until));
        match self.state {
            State::Stopped(stopped) => {
                // It wins over an acknowledgement that the table has not taken: the bed may have
                // slipped since.
                let acknowledged = stopped.acknowledged.filter(|_| !self.is_not_home());
                let by_itself = false;
                self.state =
                    State::Stopped(Stopped { held_until, by_itself, acknowledged, ..stopped });
            }
            State::Held { cause, .. } => {
                let (creep, since) = (self.held_return_creeps(), self.now);
                let returning =
                    Returning { cause, creep, since, by_person: true, resume: false, held_until };
                self.transition_to(State::Returning(returning), step);
                self.order_return(creep, true);
            }
            State::Returning(returning) if returning.held_until.is_some() => {
                // Slowly only for as long as something is doubtful.
                let creep = returning.creep && self.held_return_creeps();
                self.state = State::Returning(Returning { held_until, creep, ..returning });
                self.order_return(creep, true);
            }
            State::Returning(returning) if !self.drive.is_obeyed() => {
                // The table does not come by itself: it may by a hand that holds it.
                let creep = self.held_return_creeps();
                self.state = State::Returning(Returning { held_until, creep, ..returning });
                self.order_return(creep, true);
            }
            State::Ready | State::Closing { .. } | State::Finished { .. }
                if self.is_head_down_or_unknown() || !self.angle_is_good() =>
            {
                // Whoever stands there sees what the program does not.
                let cause = EndCause::ReturnPressed;
                self.transition_to(State::Held { cause, since: self.now, then: None }, step);
                self.take_held_return(source, step);
            }
            State::Returning(_)
            | State::Connecting
            | State::SelfTest(_)
            | State::Ready
            | State::Starting { .. }
            | State::Proof(_)
            | State::Running(_)
            | State::Paused { .. }
            | State::Closing { .. }
            | State::Finished { .. }
            | State::Attended(_) => {}
        }
        self.facts.key_held_until = at_key;
    }

    /// Whether what is wrong now allows a held return only slowly.
    fn held_return_creeps(&self) -> bool {
        let worst = reaction::worst(self.situations(), reaction::Side::HeadDown);
        worst.is_some_and(|(_, response)| match response.local_return {
            LocalReturn::OnePress | LocalReturn::Held => false,
            LocalReturn::Jog | LocalReturn::HeldCreep | LocalReturn::ByHand => true,
        })
    }

    /// OK means yes to whatever was asked last.
    fn take_ok(&mut self, source: Source, step: &mut Step) -> bool {
        if self.checkins.is_open() {
            self.checkins.sign_of_life(self.now);
            step.records.push(Record::Answered);
            return true;
        }
        match self.state {
            State::SelfTest(SelfTest::Person) => {
                self.confirm_person(step);
                true
            }
            State::SelfTest(SelfTest::Area) => {
                self.confirm_area(step);
                true
            }
            State::SelfTest(SelfTest::Acknowledge { .. }) => {
                self.acknowledge_in_self_test(step);
                true
            }
            State::Ready => {
                self.start(source, step);
                true
            }
            State::Proof(Proof::Heels { .. }) => {
                self.heels_held(step);
                true
            }
            State::Stopped(_) => {
                self.take_stop(StopEvent::Acknowledged, source, step);
                true
            }
            State::Running(_) => self.go_on(step) || source == Source::Hand,
            State::Closing { .. } | State::Finished { .. } => {
                self.facts.answered_at_rest = true;
                true
            }
            State::SelfTest(SelfTest::Stop | SelfTest::Return)
            | State::Connecting
            | State::Starting { .. }
            | State::Proof(_)
            | State::Paused { .. }
            | State::Returning(_)
            | State::Held { .. }
            | State::Attended(_) => source == Source::Hand,
        }
    }

    /// No means no to whatever was asked last. Before anything has moved it ends the session: the
    /// limits are another person's, or something is under the bed (H-29, H-34).
    fn take_no(&mut self, step: &mut Step) -> bool {
        if self.checkins.is_open() {
            self.return_or_close(EndCause::Symptom(Symptom::Unease), step);
            return true;
        }
        match self.state {
            State::Proof(Proof::Heels { .. }) => self.heels_moved(step),
            State::SelfTest(SelfTest::Person) => self.refuse(NotReady::PersonNotConfirmed, step),
            State::SelfTest(SelfTest::Area) => self.refuse(NotReady::AreaNotConfirmed, step),
            State::SelfTest(SelfTest::Stop | SelfTest::Acknowledge { .. } | SelfTest::Return)
            | State::Connecting
            | State::Ready
            | State::Starting { .. }
            | State::Proof(_)
            | State::Running(_)
            | State::Paused { .. }
            | State::Returning(_)
            | State::Held { .. }
            | State::Stopped(_)
            | State::Closing { .. }
            | State::Finished { .. }
            | State::Attended(_) => return false,
        }
        true
    }

    fn refuse(&mut self, why: NotReady, step: &mut Step) {
        self.order(Order::Hold);
        step.prompts.push(Prompt::NotReady(why));
        let cause = EndCause::StartNotCompleted;
        self.finish(cause.outcome(), cause, step);
    }

    fn take_easier(&mut self, step: &mut Step) -> bool {
        let running = matches!(self.state, State::Running(_));
        if running {
            self.ease(step);
        }
        running
    }

    fn take_shorter(&mut self, step: &mut Step) -> bool {
        let running = matches!(self.state, State::Running(_));
        if running {
            self.shorten(step);
        }
        running
    }

    /// Freezes the plan's clock only: head-down clocks and caps run on.
    fn pause(&mut self, step: &mut Step) -> bool {
        let State::Running(phase) = self.state else { return false };
        self.order(Order::Hold);
        self.transition_to(State::Paused { since: self.now, resume: phase }, step);
        step.prompts.push(Prompt::Paused);
        true
    }

    fn resume(&mut self, step: &mut Step) -> bool {
        let State::Paused { since, resume } = self.state else { return false };
        let stood = self.now.since(since);
        let phase = match resume {
            Phase::Moving { target, rate } => {
                self.order(Order::Move { target, rate });
                resume
            }
            Phase::Holding { until, announced } => {
                Phase::Holding { until: until.plus(stood), announced }
            }
            Phase::Resting { until, announced, ask } => {
                Phase::Resting { until: until.plus(stood), announced, ask }
            }
            Phase::Waiting { until } => Phase::Waiting { until: until.plus(stood) },
            Phase::SelfPaced { until, .. } => Phase::SelfPaced { until, pulse: None },
            Phase::FinalRest { until } => Phase::FinalRest { until: until.plus(stood) },
        };
        self.transition_to(State::Running(phase), step);
        true
    }

    /// The feet slip: halt first, then creep up, since motion adds crush.
    fn take_feet_slipping(&mut self, step: &mut Step) -> bool {
        if !self.state.is_live() || matches!(self.state, State::Stopped(_)) {
            return false;
        }
        self.facts.feet_slipping = true;
        if self.tilt().is_some_and(|tilt| !tilt.is_head_down()) {
            self.close(EndCause::FeetSlipping, step);
        }
        true
    }

    pub(super) fn take_symptom(&mut self, symptom: Symptom, severity: Severity, step: &mut Step) {
        let grade = grade(symptom, severity);
        step.records.push(Record::Symptom(symptom, severity, grade));
        self.checkins.sign_of_life(self.now);
        let cause = EndCause::Symptom(symptom);
        match (grade, self.state) {
            (Grade::Ease, State::Running(_)) => self.ease(step),
            (Grade::Rest, State::Running(_)) => self.rest_then_ask(cause, step),
            (Grade::Ease | Grade::Rest, _) => {}
            (Grade::End | Grade::EndAndLockOut, _) => {
                if grade == Grade::EndAndLockOut {
                    step.records.push(Record::LockedOut);
                    self.facts.red_flag = true;
                }
                self.end_for(cause, step);
            }
        }
    }

    /// Ends a live session for a person's reason; a return under way only loses its resume.
    fn end_for(&mut self, cause: EndCause, step: &mut Step) {
        match self.state {
            State::Returning(returning) => {
                self.state = State::Returning(Returning { resume: false, cause, ..returning });
            }
            State::Starting { .. } | State::Proof(_) | State::Running(_) | State::Paused { .. } => {
                self.return_or_close(cause, step);
            }
            State::Connecting
            | State::SelfTest(_)
            | State::Ready
            | State::Held { .. }
            | State::Stopped(_)
            | State::Closing { .. }
            | State::Finished { .. }
            | State::Attended(_) => {}
        }
    }

    /// STOP again from afar, while it is latched already at the table.
    fn is_remote_repeat(&self, source: Source) -> bool {
        !source.is_local() && self.facts.stop_seen && matches!(self.state, State::Stopped(_))
    }

    /// The STOP lane.
    pub(super) fn take_stop(&mut self, event: StopEvent, source: Source, step: &mut Step) {
        match event {
            StopEvent::Pressed => {
                if self.is_remote_repeat(source) {
                    self.stop_repeated_from_afar();
                    return;
                }
                self.facts.stop_pressed = true;
                if self.state == State::SelfTest(SelfTest::Stop) && source.is_local() {
                    self.stop_in_self_test(step);
                } else if matches!(self.state, State::SelfTest(SelfTest::Acknowledge { .. })) {
                    self.order(Order::Stop);
                    self.drive.resend();
                } else {
                    self.enter_stopped(step);
                }
            }
            StopEvent::Released => {
                let pressed = std::mem::replace(&mut self.facts.stop_pressed, false);
                if let State::Stopped(stopped) = self.state {
                    self.state = State::Stopped(Stopped { released: true, ..stopped });
                    // What was out already and is said to be out again changes nothing.
                    if pressed || !stopped.released {
                        step.prompts.push(Prompt::AcknowledgeStop);
                    }
                }
            }
            StopEvent::Acknowledged => self.acknowledge_stop(source, step),
        }
    }
}

/// Whether every STOP button of the table is out.
const fn is_out(switches: Switches) -> bool {
    !switches.has(Switch::Stop) && switches.has(Switch::StopLoopClosed)
}
