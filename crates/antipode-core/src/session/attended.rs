//! Attended moves between the rest band and upright: only while somebody at the table holds the
//! button, slow, and upright only after a rest (I19, H-40).

use antipode_safety::{Angle, Millis};

use super::drive::Order;
use super::state::{Attended, State, fixed};
use super::{NotReady, Session};
use crate::event::HOLD_GRANT;
use crate::step::{Prompt, Step};

/// Half way between the rest band and upright: said aloud.
const HALF_WAY: Angle = Angle::clamped(-37_500);

impl Session {
    /// One pulse of hold-to-run, toward upright or back to the rest band.
    pub(super) fn hold_attended(&mut self, upright: bool, step: &mut Step) -> bool {
        if let State::Attended(attended) = self.state {
            let held_until = self.now.plus(HOLD_GRANT);
            self.state = State::Attended(Attended { held_until, upright, ..attended });
            return true;
        }
        let finished = match self.state {
            State::Finished { outcome, cause, .. } => Some((outcome, cause)),
            State::SelfTest(_) | State::Ready => None,
            State::Connecting
            | State::Starting { .. }
            | State::Proof(_)
            | State::Running(_)
            | State::Paused { .. }
            | State::Returning(_)
            | State::Held { .. }
            | State::Stopped(_)
            | State::Closing { .. }
            | State::Attended(_) => return false,
        };
        if let Some(why) = self.not_ready_for_attended(upright) {
            step.prompts.push(Prompt::NotTaken(why));
            return true;
        }
        let held_until = self.now.plus(HOLD_GRANT);
        self.transition_to(
            State::Attended(Attended {
                upright,
                held_until,
                half_said: false,
                dwell_from: None,
                finished,
            }),
            step,
        );
        if !self.facts.armed {
            self.clear_history(step);
            step.commands.push(crate::step::Command::Arm);
        }
        true
    }

    fn order_attended(&mut self, upright: bool) {
        let target = if upright { Angle::UPRIGHT } else { Angle::REST_AIM };
        self.order(Order::Attended { target });
    }

    fn not_ready_for_attended(&self, upright: bool) -> Option<NotReady> {
        let reading = match self.facts.reading {
            Some(reading) if self.facts.connected => reading,
            Some(_) | None => return Some(NotReady::NoLink),
        };
        let Some(tilt) = self.tilt() else { return Some(NotReady::NoAngle) };
        if tilt.is_head_down() {
            return Some(NotReady::NotInRestBand);
        }
        if self.facts.stop_pressed || self.stop_is_latched_at_table() {
            return Some(NotReady::StopLatched);
        }
        if !reading.latches.closed() {
            return Some(NotReady::LatchOpen);
        }
        if upright && self.rested() < fixed::CLOSING_REST {
            return Some(NotReady::RestNotOver);
        }
        None
    }

    /// Time in the rest band since the last head-down stay.
    pub(super) fn rested(&self) -> Millis {
        self.facts.head_down_last.map_or(Millis::new(u64::MAX), |last| self.now.since(last))
    }

    pub(super) fn proceed_attended(&mut self, attended: Attended, step: &mut Step) {
        let mut attended = attended;
        if self.now < attended.held_until && self.is_armed_and_seen() {
            self.order_attended(attended.upright);
        } else {
            // Letting go just waits; press to go on.
            self.order(Order::Hold);
        }
        let tilt = self.tilt();
        if attended.upright && !attended.half_said && tilt.is_some_and(|tilt| tilt <= HALF_WAY) {
            attended.half_said = true;
            step.prompts.push(Prompt::HalfWayUpright);
        }
        let near = |target: Angle| tilt.is_some_and(|t| t.distance(target) <= 1_000);
        if attended.upright && attended.dwell_from.is_none() && near(Angle::UPRIGHT) {
            attended.dwell_from = Some(self.now);
            step.prompts.push(Prompt::DwellUpright(fixed::UPRIGHT_DWELL));
        }
        self.state = State::Attended(attended);
        match attended.dwell_from {
            Some(from) if self.now.since(from) >= fixed::UPRIGHT_DWELL => {
                step.prompts.push(Prompt::MayReleaseAnkles);
                self.end_attended(step);
            }
            Some(_) => {}
            None => {
                if !attended.upright && near(Angle::REST_AIM) {
                    self.end_attended(step);
                }
            }
        }
    }

    /// Back to what was before the attended move.
    pub(super) fn end_attended(&mut self, step: &mut Step) {
        let State::Attended(attended) = self.state else { return };
        self.order(Order::Hold);
        let next = match attended.finished {
            Some((outcome, cause)) => State::Finished { outcome, cause, rested_since: self.now },
            None => State::SelfTest(super::state::SelfTest::Person),
        };
        self.transition_to(next, step);
    }
}
