//! RETURN: one press, or held where only a hand on the button may move the bed.

use antipode_safety::reaction::{self, LocalReturn, SituationSet};

use crate::event::{HAND_GRANT, HOLD_GRANT, Source};
use crate::session::drive::Order;
use crate::session::state::{Returning, SelfTest, State, Stopped, fixed};
use crate::session::{EndCause, Session};
use crate::step::{Prompt, Step};

impl Session {
    /// RETURN: from anyone, at any time; only a latched STOP turns it into hold-to-run.
    pub(super) fn take_return(&mut self, source: Source, step: &mut Step) -> bool {
        // A signal is nobody's wish to come up but the program's end, which comes up first.
        let cause = match source {
            Source::Signal => EndCause::ProgramEnding,
            Source::Hand | Source::Terminal | Source::Network => EndCause::ReturnPressed,
        };
        match self.state {
            // A word from afar or the end of the program tries no button of anybody (H-22).
            State::SelfTest(SelfTest::Return) if self.tries_a_button(source) => {
                self.return_in_self_test(step);
                true
            }
            State::Stopped(_) => {
                self.facts.return_anew |= source == Source::Hand;
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
    pub(in crate::session) fn return_or_close(&mut self, cause: EndCause, step: &mut Step) {
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
    pub(super) fn take_held_return(&mut self, source: Source, step: &mut Step) {
        // A button tells when it is let go; a key does not.
        let grant = if source == Source::Hand { HAND_GRANT } else { HOLD_GRANT };
        let until = self.now.plus(grant);
        let at_key = if source == Source::Hand { self.facts.key_held_until } else { Some(until) };
        let held_until = at_key.max(Some(until));
        match self.state {
            // Stuck, or in a hand that closed on it before: the table's own control asks the same.
            State::Stopped(_) if source == Source::Hand && !self.facts.return_anew => return,
            State::Stopped(stopped) => {
                // It wins over an acknowledgement that the table has not taken: the bed may have
                // slipped since.
                let acknowledged = stopped.acknowledged.filter(|_| !self.is_not_home());
                let by_itself = false;
                self.state =
                    State::Stopped(Stopped { held_until, by_itself, acknowledged, ..stopped });
            }
            State::Held { cause, .. } => {
                // Whoever holds it stands there and sees that no hand is at the crank: what was left
                // to people after a long darkness no longer is (C-11).
                self.facts.restarted |= std::mem::take(&mut self.facts.restarted_late);
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
            State::Returning(returning) if self.is_unheard() => {
                // The table does not come by itself: it may by a hand that holds it. Not before it
                // could answer: every press of the button is held for a moment, and a return that
                // ends when it is let go would leave the person where they are.
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
}
