//! From the first word of the table to the end of the proof tilt: everything that must be true
//! before a person is lowered (I9).

use antipode_safety::{
    Angle, AngleState, DriveState, EffortWatch, Fault, Reading, Switch,
    angle::DISAGREE_GAP_MILLIDEG,
};

use super::drive::Order;
use super::state::{Proof, SelfTest, State, fixed};
use super::{Company, EndCause, NotReady, Outcome, Session};
use crate::event::Source;
use crate::step::{Command, Prompt, Record, Step};

/// Where a bed is found that no session has under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nobody can say yet.
    Unknown,
    /// Level or head-up.
    LevelOrUp,
    /// Head-down.
    HeadDown,
    /// Head-down by one angle and head-up by the other.
    OnEitherSide,
}

impl Session {
    /// Connected and the angle is known: what now?
    pub(super) fn leave_connecting(&mut self, step: &mut Step) {
        if self.tilt().is_some() && (self.stop_is_latched_at_table() || self.stop_is_in()) {
            // The buttons are not tried while one of them is in already (H-21).
            self.facts.stop_pressed |= self.stop_is_in();
            self.enter_stopped(step);
            return;
        }
        match self.found(Angle::LEVEL) {
            Found::Unknown => {}
            // Somebody was left head-down when the program or the table died (F18): only halt and
            // return are allowed, and the way home is not refused.
            Found::HeadDown => self.leave_found(EndCause::ProcessDied, step),
            Found::OnEitherSide => self.hold(EndCause::AnglesDisagree, None, step),
            Found::LevelOrUp => {
                self.transition_to(State::SelfTest(SelfTest::Person), step);
                step.prompts.push(Prompt::ConfirmPerson);
            }
        }
    }

    /// A bed found head-down is brought home, unless its controller restarted since it was last
    /// level: nobody knows for how long it was dark, and hands may be at the crank (C-11).
    pub(super) fn leave_found(&mut self, cause: EndCause, step: &mut Step) {
        let dark = self.facts.reading.is_some_and(|r| r.faults.has(Fault::Restarted));
        if dark {
            self.facts.restarted_late = true;
            self.hold(EndCause::TableRestarted, None, step);
        } else {
            self.begin_return(cause, false, false, step);
        }
    }

    /// Where a bed is found that no session has under way, deeper than `down` being head-down. An
    /// angle that is mounted the wrong way says head-down of a bed that is head-up (H-08): two
    /// sources on either side of level are no bed found head-down, and it takes a moment to know
    /// that they contradict each other.
    pub(super) fn found(&self, down: Angle) -> Found {
        let (Some(tilt), Some(reading)) = (self.tilt(), self.facts.reading) else {
            return Found::Unknown;
        };
        let (first, second) = (reading.tilt.unwrap_or(tilt), reading.tilt_second.unwrap_or(tilt));
        let apart = first.distance(second) > DISAGREE_GAP_MILLIDEG;
        let either = apart && first.is_head_down() != second.is_head_down();
        let known = matches!(self.guard.angle().state(self.now), AngleState::Disagrees { .. });
        if either && !known {
            Found::Unknown
        } else if tilt <= down {
            Found::LevelOrUp
        } else if either {
            Found::OnEitherSide
        } else {
            Found::HeadDown
        }
    }

    pub(super) fn confirm_person(&mut self, step: &mut Step) {
        self.facts.person_confirmed = true;
        if self.state == State::SelfTest(SelfTest::Person) {
            self.transition_to(State::SelfTest(SelfTest::Area), step);
            step.prompts.push(Prompt::ConfirmAreaClear);
        }
    }

    pub(super) fn confirm_area(&mut self, step: &mut Step) {
        self.facts.area_confirmed = true;
        if self.state == State::SelfTest(SelfTest::Area) {
            self.transition_to(State::SelfTest(SelfTest::Stop), step);
            step.prompts.push(Prompt::TryStop);
        }
    }

    /// STOP during its own test: it goes to the table like any other STOP, so that the test proves
    /// the whole way (H-22).
    pub(super) fn stop_in_self_test(&mut self, step: &mut Step) {
        self.order(Order::Stop);
        self.transition_to(State::SelfTest(SelfTest::Acknowledge { sent: None }), step);
        step.prompts.push(Prompt::AcknowledgeStop);
    }

    /// OK while the tested STOP waits: taken when the button is out and the table has latched.
    pub(super) fn acknowledge_in_self_test(&mut self, step: &mut Step) {
        let latched = self.stop_is_latched_at_table() && self.stop_is_obeyed();
        if self.facts.stop_pressed || !latched {
            step.prompts.push(Prompt::AcknowledgeStop);
            return;
        }
        step.commands.push(Command::AcknowledgeStop);
        let sent = Some(self.now);
        self.transition_to(State::SelfTest(SelfTest::Acknowledge { sent }), step);
    }

    pub(super) fn return_in_self_test(&mut self, step: &mut Step) {
        self.facts.self_test_at = Some(self.now);
        self.transition_to(State::Ready, step);
        step.prompts.push(Prompt::PressStart);
    }

    /// What a self-test waits for without anybody acting.
    pub(super) fn proceed_self_test(&mut self, test: SelfTest, step: &mut Step) {
        if let SelfTest::Acknowledge { sent: Some(sent) } = test {
            if self.facts.reading.is_some_and(|r| r.at > sent && r.drive != DriveState::Stopped) {
                self.order(Order::Hold);
                self.transition_to(State::SelfTest(SelfTest::Return), step);
                step.prompts.push(Prompt::TryReturn);
            } else if self.now.since(sent) >= fixed::LATCH_OFF {
                // Not taken: the table is asked again when a person does.
                self.state = State::SelfTest(SelfTest::Acknowledge { sent: None });
                step.prompts.push(Prompt::AcknowledgeStop);
            }
        }
    }

    /// Everything that keeps a session from beginning now, most basic first.
    pub(super) fn not_ready(&self) -> Option<NotReady> {
        let Some(reading) = self.facts.reading else { return Some(NotReady::NoLink) };
        if !self.facts.connected {
            return Some(NotReady::NoLink);
        }
        let Some(tilt) = self.tilt() else { return Some(NotReady::NoAngle) };
        if !self.angle_is_good_when_idle() {
            return Some(NotReady::NoAngle);
        }
        if !tilt.in_rest_band() {
            return Some(NotReady::NotInRestBand);
        }
        if self.facts.stop_pressed || reading.drive == DriveState::Stopped {
            return Some(NotReady::StopLatched);
        }
        if self.stop_is_in() {
            return Some(NotReady::StopIn);
        }
        if !reading.latches.closed() {
            return Some(NotReady::LatchOpen);
        }
        if !self.facts.standing_faults(&reading).is_empty() {
            return Some(NotReady::TableFault);
        }
        if self.facts.mismatch {
            return Some(NotReady::TableMismatch);
        }
        if !self.facts.person_confirmed {
            return Some(NotReady::PersonNotConfirmed);
        }
        if !self.facts.area_confirmed {
            return Some(NotReady::AreaNotConfirmed);
        }
        let fresh = |at| self.now.since(at) <= fixed::SELF_TEST_AGE;
        if !self.facts.self_test_at.is_some_and(fresh) {
            return Some(NotReady::SelfTestNotDone);
        }
        if !self.config.date_certain {
            return Some(NotReady::DateNotCertain);
        }
        if self.dose.day() >= self.guard.limits().day().value() {
            return Some(NotReady::DayDoseUsed);
        }
        if self.hand_control_missing(&reading) {
            return Some(NotReady::NoHandControl);
        }
        if self.dead_man_is_missing() {
            return Some(NotReady::DeadManUp);
        }
        if let Some(why) = self.not_ready_alone() {
            return Some(why);
        }
        if self.facts.journal_failed.is_some() {
            return Some(NotReady::NoJournal);
        }
        None
    }

    /// Alone, and where a dead-man was asked for, the strapped person needs buttons within reach; else
    /// the terminal serves.
    fn hand_control_missing(&self, reading: &Reading) -> bool {
        let needed = match self.config.company {
            Company::Spotter => self.config.dead_man,
            Company::Alone(_) => true,
        };
        let there = self.config.table.hand_control && reading.switches.has(Switch::HandControl);
        needed && !there
    }

    /// The human edge that every first motion needs (I18).
    pub(super) fn start(&mut self, source: Source, step: &mut Step) {
        let refused = if self.state != State::Ready {
            Some(NotReady::NotNow)
        } else if !source.is_local() {
            Some(NotReady::NotLocal)
        } else {
            self.not_ready()
        };
        if let Some(why) = refused {
            step.prompts.push(Prompt::NotReady(why));
            return;
        }
        step.records.push(Record::SessionStart);
        self.transition_to(State::Starting { since: self.now, arm_sent: None }, step);
    }

    /// Waits for the durable record, then for the armed table; nothing moves before both (I14).
    pub(super) fn proceed_starting(&mut self, step: &mut Step) {
        let State::Starting { since, arm_sent } = self.state else { return };
        if self.now.since(since) >= fixed::START_LIMIT {
            self.close(EndCause::StartNotCompleted, step);
            return;
        }
        if !self.facts.start_durable {
            return;
        }
        match arm_sent {
            None => {
                self.clear_history(step);
                step.commands.push(Command::Arm);
                self.state = State::Starting { since, arm_sent: Some(self.now) };
            }
            Some(_) if self.is_armed_and_seen() => {
                self.facts.effort = EffortWatch::new();
                self.transition_to(State::Proof(Proof::Down), step);
                step.prompts.push(Prompt::ProofTilt(fixed::PROOF_TILT));
                self.order(Order::Move { target: fixed::PROOF_TILT, rate: fixed::PROOF_RATE });
            }
            Some(_) => {}
        }
    }

    /// Armed, its history cleared, and reporting fast enough to be moved.
    pub(super) fn is_armed_and_seen(&self) -> bool {
        self.facts.armed && self.facts.faults_to_clear().is_empty() && self.angle_is_good()
    }

    pub(super) fn proceed_proof(&mut self, proof: Proof, step: &mut Step) {
        match proof {
            Proof::Down if self.drive.has_arrived() => {
                let until = self.now.plus(fixed::PROOF_LOOK);
                self.order(Order::Hold);
                self.transition_to(State::Proof(Proof::Look { until }), step);
            }
            Proof::Look { until } if self.now >= until => {
                if self.proof_holds() {
                    let target = Angle::REST_AIM;
                    self.order(Order::Move { target, rate: fixed::PROOF_RATE });
                    self.transition_to(State::Proof(Proof::Up), step);
                } else {
                    self.begin_return(EndCause::ProofFailed, false, false, step);
                }
            }
            Proof::Up if self.drive.has_arrived() && !self.effort_fits() => {
                self.close(EndCause::EffortMismatch, step);
            }
            Proof::Up if self.drive.has_arrived() => {
                self.order(Order::Hold);
                let (asked, again) = (self.now, self.now.plus(fixed::HEELS_AGAIN));
                self.transition_to(State::Proof(Proof::Heels { asked, again }), step);
                step.prompts.push(Prompt::HeelsHeld);
            }
            Proof::Heels { asked, .. } if self.now.since(asked) >= fixed::HEELS_LIMIT => {
                self.close(EndCause::ProofFailed, step);
            }
            Proof::Heels { asked, again } if self.now >= again => {
                let again = self.now.plus(fixed::HEELS_AGAIN);
                self.state = State::Proof(Proof::Heels { asked, again });
                step.prompts.push(Prompt::HeelsHeldAgain);
            }
            Proof::Down | Proof::Up => self.watch_move_limit(step),
            Proof::Look { .. } | Proof::Heels { .. } => {}
        }
    }

    /// Both sources must agree in sign and within a degree where the drive was sent (H-08), and
    /// the latches must have held (H-33).
    fn proof_holds(&self) -> bool {
        let near = |tilt: Angle| tilt.distance(fixed::PROOF_TILT) <= 1_000;
        self.facts.reading.is_some_and(|reading| {
            let second = !self.config.table.second_angle || reading.tilt_second.is_some_and(near);
            reading.tilt.is_some_and(near) && second && reading.latches.closed()
        })
    }

    /// What the motor draws on the way to the proof angle and back.
    pub(super) fn take_effort(&mut self, reading: &Reading) {
        let State::Proof(proof) = self.state else { return };
        match proof {
            Proof::Down => self.facts.effort.observe(true, reading),
            Proof::Up => self.facts.effort.observe(false, reading),
            Proof::Look { .. } | Proof::Heels { .. } => {}
        }
    }

    /// Where the table has a figure for it, the weight that it feels must be the one that was said:
    /// another person, or another height setting, is found before anybody is lowered (H-29).
    fn effort_fits(&self) -> bool {
        self.config.effort.is_none_or(|expected| expected.fits(self.facts.effort.effort()))
    }

    /// "No, my heels did not move": the program may begin.
    pub(super) fn heels_held(&mut self, step: &mut Step) {
        if !self.waits_for_dead_man(step) {
            self.enter_segment(0, step);
        }
    }

    pub(super) fn heels_moved(&mut self, step: &mut Step) {
        self.close(EndCause::ProofFailed, step);
    }

    /// Ends a session that is already in the rest band: rests there, then is over.
    pub(super) fn close(&mut self, cause: EndCause, step: &mut Step) {
        let outcome = cause.outcome();
        self.order(Order::Hold);
        self.checkins.end();
        self.facts.balked = antipode_safety::reaction::SituationSet::NONE;
        let until = self.now.plus(fixed::CLOSING_REST);
        self.transition_to(State::Closing { outcome, cause, until }, step);
        step.prompts.push(Prompt::Resting(fixed::CLOSING_REST));
    }

    /// The rest is over: the session ends, and upright may be asked for.
    pub(super) fn finish(&mut self, outcome: Outcome, cause: EndCause, step: &mut Step) {
        self.transition_to(State::Finished { outcome, cause, rested_since: self.now }, step);
        // A bed that was brought home once more after its session ends no second session.
        if self.facts.ended {
            return;
        }
        self.facts.ended = true;
        step.records.push(Record::SessionEnd {
            outcome,
            cause,
            bouts: self.cursor.bouts_done,
            head_down: self.dose.session(),
        });
        if self.facts.armed {
            step.commands.push(Command::Disarm);
            self.facts.armed = false;
        }
        step.prompts.push(Prompt::Done(outcome));
    }
}
