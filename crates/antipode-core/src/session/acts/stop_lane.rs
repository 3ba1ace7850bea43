//! The STOP lane: pressed, let go, acknowledged. What follows is in [`crate::session`]'s `stop`.

use crate::event::{Source, StopEvent};
use crate::session::Session;
use crate::session::drive::Order;
use crate::session::state::{SelfTest, State, Stopped};
use crate::step::{Prompt, Step};

impl Session {
    /// STOP again from afar, while it is latched already at the table.
    fn is_remote_repeat(&self, source: Source) -> bool {
        !source.is_local() && self.facts.stop_seen && matches!(self.state, State::Stopped(_))
    }

    /// The STOP lane.
    pub(in crate::session) fn take_stop(
        &mut self,
        event: StopEvent,
        source: Source,
        step: &mut Step,
    ) {
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
