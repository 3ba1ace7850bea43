//! STOP: zero, hold, latch. It leaves only by release, then acknowledge, then a new human start in
//! the rest band (I18); meanwhile only a held local RETURN moves the table (I3).

use antipode_safety::{DriveState, Millis, Timestamp, reaction};

use super::drive::Order;
use super::state::{State, Stopped, fixed};
use super::{AfterStopAlone, Company, EndCause, NotReady, Session};
use crate::alarm::AlarmCause;
use crate::event::Source;
use crate::moment::{before, soonest};
use crate::step::{Command, Prompt, Step};

/// What is left of the delay when it is said how long it still takes.
const COUNT_DOWN: [Millis; 3] = [Millis::from_secs(20), Millis::from_secs(10), fixed::ANNOUNCE];

impl Session {
    pub(super) fn enter_stopped(&mut self, step: &mut Step) {
        self.enter_stopped_for(EndCause::StopPressed, step);
    }

    pub(super) fn enter_stopped_for(&mut self, cause: EndCause, step: &mut Step) {
        let stopped = match self.state {
            // Pressed again: everything starts over, no held motion goes on.
            State::Stopped(before) => Stopped {
                since: self.now,
                released: false,
                acknowledged: None,
                held_until: None,
                by_itself: false,
                told: 0,
                put_off: false,
                ..before
            },
            State::Connecting
            | State::SelfTest(_)
            | State::Ready
            | State::Starting { .. }
            | State::Proof(_)
            | State::Running(_)
            | State::Paused { .. }
            | State::Returning(_)
            | State::Held { .. }
            | State::Closing { .. }
            | State::Finished { .. }
            | State::Attended(_) => Stopped {
                since: self.now,
                released: !self.facts.stop_pressed,
                acknowledged: None,
                held_until: None,
                by_itself: false,
                told: 0,
                put_off: false,
                was_live: self.state.is_live(),
                cause,
            },
        };
        self.checkins.end();
        // What was held as STOP came is no answer to it: let go and pressed anew it is (I3).
        self.facts.return_anew = false;
        self.facts.stop_seen = self.stop_is_latched_at_table();
        // Every press is said again, also one that changes nothing here.
        self.order(Order::Stop);
        self.drive.resend();
        self.transition_to(State::Stopped(stopped), step);
        step.prompts.push(Prompt::HeldHere(cause));
        if !stopped.was_live && self.stop_is_in() {
            step.prompts.push(Prompt::NotReady(NotReady::StopIn));
        }
        if self.is_head_down_or_unknown() {
            step.prompts.push(Prompt::HoldReturnToComeUp);
            self.alarm(AlarmCause::StoppedHeadDown, true, step);
        }
    }

    /// STOP from afar while it is latched already. What the person on it holds goes on, for a flood
    /// must not take the way home away. The way up that nobody holds ends once, and the time after
    /// which somebody alone is brought up begins anew with that; a second time and before it has
    /// begun nothing is put off: whoever presses far away cannot keep a person head-down who does
    /// not answer (C-01). A press on the spot always does.
    pub(super) fn stop_repeated_from_afar(&mut self) {
        let State::Stopped(stopped) = self.state else { return };
        if !self.facts.stop_seen {
            self.drive.resend();
        }
        if stopped.by_itself && !stopped.put_off {
            self.state = State::Stopped(Stopped {
                since: self.now,
                held_until: None,
                by_itself: false,
                told: 0,
                put_off: true,
                ..stopped
            });
        }
    }

    pub(super) fn is_head_down_or_unknown(&self) -> bool {
        self.tilt().is_none_or(|tilt| tilt.is_head_down())
    }

    /// Whether a held return still has a way to go.
    pub(super) fn is_not_home(&self) -> bool {
        self.tilt().is_none_or(|tilt| tilt > super::state::fixed::HELD_TO)
    }

    /// The table has latched the STOP that was said last.
    pub(super) fn stop_is_obeyed(&self) -> bool {
        let said = self.drive.said_at();
        self.drive.order() == Order::Stop
            && self.drive.is_obeyed()
            && said.is_some_and(|at| self.now.since(at) >= fixed::STOP_SETTLED)
    }

    pub(super) fn acknowledge_stop(&mut self, source: Source, step: &mut Step) {
        let State::Stopped(stopped) = self.state else {
            if matches!(self.state, State::SelfTest(super::state::SelfTest::Acknowledge { .. })) {
                self.acknowledge_in_self_test(step);
            } else {
                step.prompts.push(Prompt::NotTaken(NotReady::NotNow));
            }
            return;
        };
        if !source.is_local() {
            step.prompts.push(Prompt::NotTaken(NotReady::NotLocal));
        } else if !stopped.released || self.facts.stop_pressed || !self.stop_is_obeyed() {
            step.prompts.push(Prompt::NotTaken(NotReady::StopLatched));
        } else if self.is_head_down_or_unknown() {
            step.prompts.push(Prompt::NotTaken(NotReady::NotInRestBand));
            step.prompts.push(Prompt::HoldReturnToComeUp);
        } else {
            step.commands.push(Command::AcknowledgeStop);
            self.state = State::Stopped(Stopped {
                acknowledged: Some(self.now),
                held_until: None,
                by_itself: false,
                ..stopped
            });
        }
    }

    pub(super) fn proceed_stopped(&mut self, stopped: Stopped, step: &mut Step) {
        if !self.is_head_down_or_unknown() {
            self.alarm(AlarmCause::StoppedHeadDown, false, step);
        }
        if let Some(acknowledged) = stopped.acknowledged {
            self.wait_for_latch_off(stopped, acknowledged, step);
            return;
        }
        let stopped = self.count_down_alone(stopped, step);
        let stopped = self.come_up_alone(stopped, step);
        match stopped.held_until {
            // The table must have latched STOP before anything moves under it.
            Some(until) if self.now < until && self.facts.stop_seen && self.is_not_home() => {
                self.order_return(stopped.by_itself, true);
            }
            Some(until) if self.now < until && self.is_not_home() => self.order(Order::Stop),
            Some(_) => {
                self.order(Order::Stop);
                let over = Stopped { held_until: None, by_itself: false, ..stopped };
                self.state = State::Stopped(over);
            }
            None => self.order(Order::Stop),
        }
    }

    /// Waits for the table to take its own latch off. It is asked once for one act of a person: a
    /// refusal that was asked again and again would come true behind everybody's back.
    fn wait_for_latch_off(&mut self, stopped: Stopped, acknowledged: Timestamp, step: &mut Step) {
        let off = self
            .facts
            .reading
            .is_some_and(|r| r.at >= acknowledged && r.drive != DriveState::Stopped);
        if off {
            self.order(Order::Hold);
            if stopped.was_live {
                self.close(stopped.cause, step);
            } else {
                self.finish(stopped.cause.outcome(), stopped.cause, step);
            }
        } else if self.now.since(acknowledged) >= fixed::LATCH_OFF {
            self.state = State::Stopped(Stopped { acknowledged: None, ..stopped });
            step.prompts.push(Prompt::NotTaken(NotReady::StopLatched));
            step.prompts.push(Prompt::AcknowledgeStop);
        }
    }

    /// The delay of the written decision of the site for people alone, while nothing presses STOP.
    fn delay_alone(&self) -> Option<Millis> {
        let Company::Alone(AfterStopAlone::ReturnAfter(delay)) = self.config.company else {
            return None;
        };
        let held = self.facts.stop_pressed || self.is_stop_held_at_table();
        (!held && self.facts.stop_seen).then_some(delay)
    }

    /// Says how long until then, so that whoever is awake or near can press STOP again.
    fn count_down_alone(&mut self, stopped: Stopped, step: &mut Step) -> Stopped {
        let Some(delay) = self.delay_alone().filter(|_| self.is_head_down_or_unknown()) else {
            return stopped;
        };
        let left = delay.less(self.now.since(stopped.since));
        let passed = COUNT_DOWN.iter().filter(|at| left <= **at && delay > **at).count();
        let told = u8::try_from(passed).unwrap_or(u8::MAX);
        if told <= stopped.told || left == Millis::ZERO || self.is_motion_barred() {
            return stopped;
        }
        step.prompts.push(Prompt::ComingUpIn(left));
        let stopped = Stopped { told, ..stopped };
        self.state = State::Stopped(stopped);
        stopped
    }

    /// Alone, with the written decision of the site: after its delay the person is brought up, as
    /// if somebody held RETURN, slowly, since nobody is there to see what STOP was pressed for. Any
    /// press of STOP on the spot starts the delay anew; whatever else forbids every automatic motion forbids
    /// this one: nothing moves blind by itself (C-05).
    fn come_up_alone(&mut self, stopped: Stopped, step: &mut Step) -> Stopped {
        let Some(delay) = self.delay_alone() else { return stopped };
        let held = !stopped.by_itself && stopped.held_until.is_some_and(|until| self.now < until);
        // Once under way it goes on until clearly level, so that noise does not end it at 0.
        let down =
            if stopped.by_itself { self.is_not_home() } else { self.is_head_down_or_unknown() };
        let waited = self.now.since(stopped.since) >= delay;
        if held || !waited || !down || self.is_motion_barred() {
            return stopped;
        }
        if !stopped.by_itself {
            step.prompts.push(Prompt::ComingUp(EndCause::StopPressed));
        }
        let held_until = Some(self.now.plus(crate::event::HOLD_GRANT));
        let stopped = Stopped { held_until, by_itself: true, ..stopped };
        self.state = State::Stopped(stopped);
        stopped
    }

    /// Whether something other than STOP leaves the way home to people.
    fn is_motion_barred(&self) -> bool {
        let worst = reaction::worst(self.situations(), reaction::Side::HeadDown);
        worst.is_some_and(|(_, response)| response.bars_motion())
    }

    pub(super) fn stopped_deadline(&self, stopped: &Stopped) -> Option<Timestamp> {
        let home = match self.config.company {
            Company::Alone(AfterStopAlone::ReturnAfter(delay)) => Some(stopped.since.plus(delay)),
            Company::Alone(AfterStopAlone::Hold) | Company::Spotter => None,
        };
        let told = |left: Millis| home.map(|due| before(due, left));
        let own = [
            stopped.held_until,
            stopped.acknowledged.map(|acknowledged| acknowledged.plus(fixed::LATCH_OFF)),
            home,
        ];
        soonest(own.into_iter().chain(COUNT_DOWN.map(told)).map(|due| self.ahead(due)))
    }
}
