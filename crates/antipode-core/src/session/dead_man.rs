//! The dead-man: where one was asked for, the head is down only while the strapped person holds OK
//! on the table's own hand control. Letting go for 1.5 s ends the session (H-24).
//!
//! Only a switch that the table reports counts: it says when it is let go and when it is unplugged.
//! A key of a terminal says neither.

use antipode_safety::{Reading, Switch, Timestamp, reaction::Situation};

use super::situation::cause_of;
use super::state::fixed;
use super::{EndCause, Session};
use crate::step::{Prompt, Record, Step};

impl Session {
    /// Whether the hand control is held, as the table reports it. Held, it answers the question
    /// whether all is well; a hand that faints lets go. A button that was never seen to be up may be
    /// stuck or taped down: it would answer for ever for somebody who cannot (H-21, H-24).
    pub(super) fn take_dead_man(&mut self, reading: &Reading, step: &mut Step) {
        if !self.config.dead_man {
            return;
        }
        let switches = reading.switches;
        let there = switches.has(Switch::HandControl);
        self.facts.dead_man_tried |= there && !switches.has(Switch::Ok);
        if there && switches.has(Switch::Ok) && self.facts.dead_man_tried {
            self.facts.dead_man_released = None;
            if self.checkins.sign_of_life(self.now) {
                step.records.push(Record::Answered);
            }
        } else {
            self.facts.dead_man_released.get_or_insert(self.now);
        }
    }

    /// Asked for, and not held at this moment.
    pub(super) const fn dead_man_is_missing(&self) -> bool {
        self.config.dead_man && self.facts.dead_man_released.is_some()
    }

    /// Nothing is lowered before somebody holds it: asks for it, and true when it is missing.
    pub(super) fn waits_for_dead_man(&self, step: &mut Step) -> bool {
        let missing = self.dead_man_is_missing();
        if missing {
            step.prompts.push(Prompt::HoldOk);
        }
        missing
    }

    /// Let go for too long where it matters: head-down, or about to be.
    pub(super) fn dead_man_is_up(&self) -> bool {
        let lowered = self.drive.commanded().millideg_per_s() > 0;
        let matters = lowered || self.is_head_down_or_unknown();
        self.config.dead_man
            && matters
            && self.facts.dead_man_released.is_some_and(|up| self.now.since(up) >= fixed::DEAD_MAN)
    }

    /// The end cause that stands for a situation now.
    pub(super) fn cause_of(&self, situation: Situation) -> EndCause {
        let let_go = situation == Situation::Unanswered && !self.facts.no_answer;
        if let_go && self.dead_man_is_up() {
            EndCause::DeadManReleased
        } else {
            cause_of(situation)
        }
    }

    /// When letting go begins to count.
    pub(super) fn dead_man_deadline(&self) -> Option<Timestamp> {
        let up = self.facts.dead_man_released.filter(|_| self.config.dead_man)?;
        Some(up.plus(fixed::DEAD_MAN)).filter(|due| *due > self.now)
    }
}
