//! A table that is heard no more: the session's end without knowing where the bed is (C-03).

use antipode_safety::Timestamp;

use super::drive::Order;
use super::state::{Returning, State, fixed};
use super::{EndCause, Session};
use crate::step::{Prompt, Step};

impl Session {
    /// When a session on its way home, or held, ends because its table is not heard any more: it
    /// comes home by itself or needs people, and this program can do neither. A STOP stays latched.
    pub(super) fn unseen_end(&self) -> Option<Timestamp> {
        let since = match self.state {
            State::Returning(Returning { since, .. }) | State::Held { since, .. } => since,
            State::Connecting
            | State::SelfTest(_)
            | State::Ready
            | State::Starting { .. }
            | State::Proof(_)
            | State::Running(_)
            | State::Paused { .. }
            | State::Stopped(_)
            | State::Closing { .. }
            | State::Finished { .. }
            | State::Attended(_) => return None,
        };
        Some(since.max(self.facts.heard).plus(fixed::UNSEEN))
    }

    /// Ends the session with the record saying that nobody here knows where the bed is.
    pub(super) fn give_up(&mut self, step: &mut Step) {
        let cause = EndCause::TableNotSeen;
        self.order(Order::Hold);
        step.prompts.push(Prompt::HelpByHand(cause));
        self.finish(cause.outcome(), cause, step);
    }
}
