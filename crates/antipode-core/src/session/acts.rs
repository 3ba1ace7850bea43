//! What people do: buttons, keys, answers, symptoms.
//!
//! Anyone may stop, return, pause or make it gentler. Whatever starts, deepens or resumes motion
//! needs somebody at the table (H-35).

mod answers;
mod buttons;
mod pace;
mod stop_lane;
mod way_home;

pub(super) use buttons::is_out;

use super::{Company, NotReady, Session};
use crate::event::{Act, Source};
use crate::step::{Prompt, Record, Step};

impl Session {
    /// Whether an act from `source` shows that a button of the table works. A word from afar tries
    /// none, and for somebody alone only the hand control will be within reach (H-22).
    fn tries_a_button(&self, source: Source) -> bool {
        match self.config.company {
            Company::Spotter => source.is_local(),
            Company::Alone(_) => source == Source::Hand,
        }
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
            // The press was meant for the question; what it would do besides takes another.
            if act == Act::Ok {
                return;
            }
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
            // Only the table's own switch says when it is let go: no word of anybody holds it.
            Act::DeadManHeld => false,
            Act::DeadManReleased => {
                self.facts.dead_man_released.get_or_insert(self.now);
                true
            }
            Act::HoldLower => self.lower_self_paced(source, step),
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
}
