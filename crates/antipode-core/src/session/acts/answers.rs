//! What the person says: yes, no, feet that slip, symptoms.

use crate::alarm::AlarmCause;
use crate::event::{Source, StopEvent};
use crate::session::drive::Order;
use crate::session::state::{Phase, Proof, Returning, SelfTest, State};
use crate::session::{EndCause, NotReady, Session};
use crate::step::{Prompt, Record, Step};
use crate::symptom::{Grade, Severity, Symptom, grade};

impl Session {
    /// OK means yes to whatever was asked last.
    pub(super) fn take_ok(&mut self, source: Source, step: &mut Step) -> bool {
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
            // Whether the button is held or tapped shows a moment later.
            State::Running(Phase::SelfPaced { .. }) if source == Source::Hand => {
                self.facts.ok_press = Some(self.now);
                true
            }
            State::Running(Phase::Latches { next, until }) => {
                self.latches_confirmed(next, until, source, step);
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
    pub(super) fn take_no(&mut self, step: &mut Step) -> bool {
        if self.checkins.is_open() {
            self.return_or_close(EndCause::Symptom(Symptom::Unease), step);
            return true;
        }
        match self.state {
            State::Proof(Proof::Heels { .. }) => self.heels_moved(step),
            State::SelfTest(SelfTest::Person) => self.refuse(NotReady::PersonNotConfirmed, step),
            State::SelfTest(SelfTest::Area) => self.refuse(NotReady::AreaNotConfirmed, step),
            State::Running(Phase::Latches { .. }) => self.close(EndCause::LatchOpen, step),
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

    /// The feet slip: halt first, then creep up, since motion adds crush.
    pub(super) fn take_feet_slipping(&mut self, step: &mut Step) -> bool {
        if !self.state.is_live() || matches!(self.state, State::Stopped(_)) {
            return false;
        }
        self.facts.feet_slipping = true;
        if self.tilt().is_some_and(|tilt| !tilt.is_head_down()) {
            self.close(EndCause::FeetSlipping, step);
        }
        true
    }

    pub(in crate::session) fn take_symptom(
        &mut self,
        symptom: Symptom,
        severity: Severity,
        step: &mut Step,
    ) {
        let grade = grade(symptom, severity);
        step.records.push(Record::Symptom(symptom, severity, grade));
        self.checkins.sign_of_life(self.now);
        if grade == Grade::EndAndLockOut {
            self.lock_out(step);
        }
        let cause = EndCause::Symptom(symptom);
        match (grade, self.state) {
            (Grade::Ease, State::Running(_)) => self.ease(step),
            (Grade::Rest, State::Running(_)) => self.rest_then_ask(cause, step),
            (Grade::Ease | Grade::Rest, _) => {}
            (Grade::End | Grade::EndAndLockOut, _) => self.end_for(cause, step),
        }
        if grade == Grade::EndAndLockOut {
            // Last, so that it is what stays to be read.
            step.prompts.push(Prompt::RedFlag(symptom));
        } else if step.prompts.is_empty() {
            // Nobody is left to wonder whether they were heard.
            step.prompts.push(Prompt::Heard(symptom));
        }
    }

    /// A red flag wants help from outside, whatever the session does or has done with: the alarm
    /// comes in this very step (I17), and anew for each that is reported.
    fn lock_out(&mut self, step: &mut Step) {
        step.records.push(Record::LockedOut);
        self.facts.red_flag = true;
        self.alarm(AlarmCause::RedFlag, false, step);
        self.alarm(AlarmCause::RedFlag, true, step);
    }

    /// Ends a session for a person's reason; a return under way only loses its resume.
    fn end_for(&mut self, cause: EndCause, step: &mut Step) {
        match self.state {
            State::Returning(returning) => {
                self.state = State::Returning(Returning { resume: false, cause, ..returning });
            }
            State::Starting { .. } | State::Proof(_) | State::Running(_) | State::Paused { .. } => {
                self.return_or_close(cause, step);
            }
            // Before anything has moved: nobody begins with it.
            State::Ready
            | State::SelfTest(
                SelfTest::Person | SelfTest::Area | SelfTest::Stop | SelfTest::Return,
            ) => {
                self.order(Order::Hold);
                self.finish(cause.outcome(), cause, step);
            }
            State::Connecting
            | State::SelfTest(SelfTest::Acknowledge { .. })
            | State::Held { .. }
            | State::Stopped(_)
            | State::Closing { .. }
            | State::Finished { .. }
            | State::Attended(_) => {}
        }
    }
}
