//! The STOP lane: pressed, let go, acknowledged. What follows is in [`crate::session`]'s `stop`.

use crate::event::{Source, StopEvent};
use crate::session::Session;
use crate::session::drive::Order;
use crate::session::state::{SelfTest, State, Stopped};
use crate::step::{Prompt, Step};

impl Session {
    /// The STOP lane.
    pub(in crate::session) fn take_stop(
        &mut self,
        event: StopEvent,
        source: Source,
        step: &mut Step,
    ) {
        match event {
            StopEvent::Pressed => self.stop_pressed(source, step),
            StopEvent::Released => self.stop_released(source, step),
            StopEvent::Acknowledged => self.acknowledge_stop(source, step),
        }
    }

    fn stop_pressed(&mut self, source: Source, step: &mut Step) {
        if !source.is_local() && matches!(self.state, State::Stopped(_)) {
            self.stop_repeated_from_afar();
            return;
        }
        // From afar there is nothing that is held down and could be let go.
        self.facts.stop_pressed |= source.is_local();
        if self.state == State::SelfTest(SelfTest::Stop) && self.tries_a_button(source) {
            self.stop_in_self_test(step);
        } else if matches!(self.state, State::SelfTest(SelfTest::Acknowledge { .. })) {
            self.order(Order::Stop);
            self.drive.resend();
        } else {
            self.enter_stopped(step);
            if !self.facts.stop_pressed {
                step.prompts.push(Prompt::AcknowledgeStop);
            }
        }
    }

    fn stop_released(&mut self, source: Source, step: &mut Step) {
        // Nobody far away lets go what is held here, and nobody at all a button that the table
        // still reports as pressed.
        let held = self.facts.stop_pressed && !source.is_local();
        if held || self.is_stop_held_at_table() {
            return;
        }
        let pressed = std::mem::replace(&mut self.facts.stop_pressed, false);
        if let State::Stopped(stopped) = self.state {
            self.state = State::Stopped(Stopped { released: true, ..stopped });
            // What was out already and is said to be out again changes nothing.
            if pressed || !stopped.released {
                step.prompts.push(Prompt::AcknowledgeStop);
            }
        }
    }
}
