//! Pause, easier and shorter: less of the plan, or later. Only less, and only by a person.

use crate::session::Session;
use crate::session::drive::Order;
use crate::session::state::{Phase, State};
use crate::step::{Prompt, Step};

impl Session {
    pub(super) fn take_easier(&mut self, step: &mut Step) -> bool {
        let running = matches!(self.state, State::Running(_));
        if running {
            self.ease(step);
        }
        running
    }

    pub(super) fn take_shorter(&mut self, step: &mut Step) -> bool {
        let running = matches!(self.state, State::Running(_));
        if running {
            self.shorten(step);
        }
        running
    }

    /// Freezes the plan's clock only: head-down clocks and caps run on.
    pub(super) fn pause(&mut self, step: &mut Step) -> bool {
        let State::Running(phase) = self.state else { return false };
        self.order(Order::Hold);
        self.transition_to(State::Paused { since: self.now, resume: phase }, step);
        step.prompts.push(Prompt::Paused);
        true
    }

    pub(super) fn resume(&mut self, step: &mut Step) -> bool {
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
            Phase::Latches { until, next } => Phase::Latches { until: until.plus(stood), next },
            Phase::SelfPaced { until, .. } => Phase::SelfPaced { until, pulse: None },
            Phase::FinalRest { until } => Phase::FinalRest { until: until.plus(stood) },
        };
        self.transition_to(State::Running(phase), step);
        true
    }
}
