//! Orders to the table: put in force, judged, and said when they are due.

use antipode_safety::guard::{Leave, Motion, Permit, Refusal};
use antipode_safety::{Angle, Rate};

use super::drive::Order;
use super::state::{Phase, State, fixed};
use super::{EndCause, Session};
use crate::step::{Command, Record, ReturnOrder, Step};

impl Session {
    /// Puts an order in force; it is said at the end of this step.
    pub(super) fn order(&mut self, order: Order) {
        if matches!(order, Order::Move { .. }) && order != self.drive.order() {
            self.facts.move_from = self.tilt().unwrap_or(self.facts.last_sure);
        }
        self.drive.set(self.now, order);
    }

    /// Orders a return: creep on doubtful ground, and `held` where only a hand on the button
    /// allows it.
    pub(super) fn order_return(&mut self, creep: bool, held: bool) {
        let limit = self.guard.limits().return_rate().value();
        let rate = antipode_safety::limits::RETURN_DEFAULT.slower(limit);
        let rate = if creep { rate.slower(fixed::CREEP_RATE) } else { rate };
        self.order(Order::Return(ReturnOrder { rate, held }));
    }

    /// Says the order in force if it is due. A motion needs a permit minted in this very step.
    pub(super) fn say_order(&mut self, step: &mut Step) {
        // STOP is said whether or not a session is open: the table takes it from anybody.
        let may_say = self.facts.connected || self.drive.order() == Order::Stop;
        if !may_say || !(self.drive.is_due(self.now, self.on_tick) || self.lowers_unsure()) {
            return;
        }
        match self.drive.order() {
            Order::Nothing => {}
            Order::Hold => {
                step.commands.push(Command::Halt);
                self.said(Rate::ZERO);
            }
            Order::Stop => {
                step.commands.push(Command::Stop);
                self.said(Rate::ZERO);
            }
            Order::Return(order) => {
                step.commands.push(Command::Return(order));
                self.said(Rate::clamped(-i64::from(order.rate.millideg_per_s())));
            }
            Order::Move { target, rate } => match self.permit(target, rate) {
                Ok(permit) => {
                    self.said(permit.rate());
                    step.commands.push(Command::Start(permit));
                }
                Err(refusal) => self.take_refusal(&refusal, step),
            },
            Order::Attended { target } => match self.permit_attended(target) {
                Ok(permit) => {
                    self.said(permit.rate());
                    step.commands.push(Command::Start(permit));
                }
                Err(refusal) => {
                    step.records.push(Record::Refused(refusal.code()));
                    self.order(Order::Hold);
                    step.commands.push(Command::Halt);
                    self.said(Rate::ZERO);
                }
            },
        }
    }

    /// Whether a lowering is in force that nobody is sure of any more: it is judged again at once,
    /// not when it is next renewed (I6).
    pub(super) fn lowers_unsure(&self) -> bool {
        self.on_tick && !self.angle_is_good() && self.drive.commanded() > Rate::ZERO
    }

    pub(super) fn said(&mut self, commanded: Rate) {
        self.drive.said(self.now, commanded);
    }

    pub(super) fn permit(&self, target: Angle, rate: Rate) -> Result<Permit, Refusal> {
        let tilt = self.tilt().unwrap_or(target);
        let motion = if target == tilt {
            // Arrived to the millidegree: keep the direction that leads home.
            Motion { target, rate: Rate::clamped(-i64::from(rate.millideg_per_s())) }
        } else {
            Motion::between(tilt, target, rate)
        };
        let leave = self.leave();
        if motion.rate > Rate::ZERO {
            // Near the limit the worst case leaves room only for a slower approach.
            let fastest = self.guard.fastest_lowering(self.now, leave.latches);
            // A little under what would fit: the bed takes a moment to slow down.
            let fits = Rate::clamped(i64::from(fastest.millideg_per_s()) * 3 / 4);
            let slowed = motion.rate.slower(fits.max(fixed::SLOWEST));
            return self.guard.permit(self.now, Motion { target, rate: slowed }, &leave);
        }
        self.guard.permit(self.now, motion, &leave)
    }

    pub(super) fn permit_attended(&self, target: Angle) -> Result<Permit, Refusal> {
        let tilt = self.tilt().unwrap_or(target);
        let motion = Motion::between(tilt, target, fixed::ATTENDED_RATE);
        let held = match self.state {
            State::Attended(attended) => self.now < attended.held_until,
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
            | State::Closing { .. }
            | State::Finished { .. } => false,
        };
        let attended = antipode_safety::guard::Attended { held, rested: self.rested() };
        self.guard.permit_upright(self.now, motion, &self.leave(), attended)
    }

    pub(super) fn leave(&self) -> Leave {
        let latches = self.facts.reading.map_or(
            antipode_safety::Latches { fitted: 0, first_closed: false, second_closed: false },
            |reading| reading.latches,
        );
        Leave {
            armed: self.facts.armed,
            stop_clear: !self.facts.stop_pressed && !matches!(self.state, State::Stopped(_)),
            return_held: false,
            latches,
            journal_ready: self.facts.start_durable || matches!(self.state, State::Attended(_)),
            dose_left: self.dose_left(),
        }
    }

    /// The guard said no. Level or head-up the session holds and ends; head-down it returns, since
    /// a refusal must never leave a person there.
    pub(super) fn take_refusal(&mut self, refusal: &Refusal, step: &mut Step) {
        if matches!(refusal, Refusal::MayPass { .. }) && self.arrive_at_limit(step) {
            return;
        }
        step.records.push(Record::Refused(refusal.code()));
        let cause = match refusal {
            Refusal::DoseTooShort { .. } => EndCause::DoseSpent,
            Refusal::NoMotion
            | Refusal::StopLatched
            | Refusal::NotArmed
            | Refusal::NoRecord
            | Refusal::LatchesOpen { .. }
            | Refusal::TableFaults { .. }
            | Refusal::TargetPastLimit { .. }
            | Refusal::RatePastLimit { .. }
            | Refusal::RatePastTable { .. }
            | Refusal::AngleNotAgreed { .. }
            | Refusal::MayPass { .. }
            | Refusal::FromUpright { .. }
            | Refusal::PastRestBand { .. }
            | Refusal::WrongWay { .. }
            | Refusal::NotUpright { .. }
            | Refusal::NotHeld
            | Refusal::StillHeadDown { .. }
            | Refusal::RestFirst { .. } => EndCause::GuardRefused,
        };
        self.return_or_close(cause, step);
        // The new order is a halt or a return: it cannot be refused.
        self.say_order(step);
    }

    /// The worst case leaves no room for the last degree to a target at the limit (I2): within the
    /// hold band of the target the bed has arrived.
    pub(super) fn arrive_at_limit(&mut self, step: &mut Step) -> bool {
        let (State::Running(Phase::Moving { target, .. }), Some(tilt)) = (self.state, self.tilt())
        else {
            return false;
        };
        let near = tilt.distance(target) <= fixed::HOLD_BAND;
        if near {
            self.enter_segment(self.cursor.index + 1, step);
            self.say_order(step);
        }
        near
    }
}
