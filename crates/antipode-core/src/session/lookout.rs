//! What is looked after in every state, whether or not a session is under way.

use antipode_safety::{Switch, Timestamp};

use super::Session;
use super::acts::is_out;
use super::state::{State, fixed};
use crate::alarm::AlarmCause;
use crate::event::Event;
use crate::moment::soonest;
use crate::step::{Prompt, Record, Step};

/// What only hands change.
const BUTTONS: [Switch; 5] =
    [Switch::Return, Switch::Stop, Switch::Ok, Switch::Easier, Switch::StopLoopClosed];

impl Session {
    /// At the end of a step, when every alarm of it is set.
    pub(super) fn look_out(&mut self, step: &mut Step) {
        self.watch_stop_control(step);
        self.watch_left_strapped(step);
        self.call_alarms(step);
    }

    /// Somebody at the table did something: pressed, let go, spoke.
    pub(super) fn note_person(&mut self, event: &Event) {
        let seen = match event {
            Event::Act(_, source) | Event::Stop(_, source) => source.is_local(),
            Event::Symptom(..) => true,
            Event::Reading(reading) => {
                let before = self.facts.switches;
                BUTTONS.iter().any(|button| reading.switches.has(*button) != before.has(*button))
            }
            Event::Tick
            | Event::Link(_)
            | Event::Vital(_)
            | Event::Journal(_)
            | Event::LoopWasLate(_)
            | Event::HostSuspended(_) => false,
        };
        if seen {
            self.facts.person_seen = self.now;
            self.alarms.answer(AlarmCause::LeftStrapped);
        }
    }

    /// Whether a STOP control of the table is pressed, or its loop open, by what the table says.
    pub(super) fn stop_is_in(&self) -> bool {
        self.facts.reading.is_some_and(|reading| !is_out(reading.switches))
    }

    /// A STOP that stays pressed says so: nobody comes up by one press until it is out (H-21, C-02).
    fn watch_stop_control(&mut self, step: &mut Step) {
        let pressed = self.facts.stop_pressed || self.stop_is_in();
        let since = self.facts.stop_in_since.unwrap_or(self.now);
        self.facts.stop_in_since = pressed.then_some(since);
        let stuck = pressed && self.now.since(since) >= fixed::STOP_STUCK;
        self.alarm(AlarmCause::StopStuck, stuck, step);
    }

    /// After the end somebody is let go, or somebody presses something; where neither happens the
    /// person may not be able to (H-27). Nothing moves for it: head-down the bed is brought home
    /// anyway, level and upright every motion is a person's own (I-19).
    fn watch_left_strapped(&mut self, step: &mut Step) {
        let since = self.facts.over_since.unwrap_or(self.now);
        self.facts.over_since = self.is_over().then_some(since);
        let alone_since = since.max(self.facts.person_seen);
        let left = self.is_over()
            && self.is_strapped()
            && self.now.since(alone_since) >= fixed::LEFT_STRAPPED;
        self.alarm(AlarmCause::LeftStrapped, left, step);
    }

    /// Over, also while somebody who has let go stands half way to upright.
    const fn is_over(&self) -> bool {
        match self.state {
            State::Finished { .. } => true,
            State::Attended(attended) => attended.finished.is_some(),
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
            | State::Closing { .. } => false,
        }
    }

    /// Whether an ankle may still be held: a latch says so, or none is there to say that it is not.
    fn is_strapped(&self) -> bool {
        self.facts.reading.is_none_or(|reading| {
            let fitted = reading.latches.fitted.min(2);
            fitted == 0 || reading.latches.open() < fitted
        })
    }

    /// An alarm that nobody acknowledges is called out again and again (H-39). The record keeps it
    /// at every doubling: at most sixteen lines, however long nobody comes.
    fn call_alarms(&mut self, step: &mut Step) {
        let Some((times, cause)) = self.alarms.call(self.now) else { return };
        step.prompts.push(Prompt::AlarmAgain { cause, times });
        if times.is_power_of_two() {
            step.records.push(Record::AlarmAgain(cause, times));
        }
    }

    /// When there is something to look after.
    pub(super) fn lookout_deadline(&self) -> Option<Timestamp> {
        let stuck = self.facts.stop_in_since.map(|since| since.plus(fixed::STOP_STUCK));
        let left = self
            .facts
            .over_since
            .map(|since| since.max(self.facts.person_seen).plus(fixed::LEFT_STRAPPED));
        soonest([self.alarms.next_call(), self.ahead(stuck), self.ahead(left)])
    }
}
