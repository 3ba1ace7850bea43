//! One step of motion.

use super::drive::{Offer, SHORTED_DRAG};
use super::rescue::CRANK_NM;
use super::{Plant, RATE_BOUND};
use crate::number::{approach, from_milli};

/// Everything that acts on the bed in one step: torques, damping and friction.
struct Forces {
    /// Torques that do not depend on the rate reached, in newton metres.
    push_nm: f64,
    /// Torque lost per degree a second.
    drag: f64,
    /// Friction, which brings the bed to `creep_deg_per_s` and no further.
    friction_nm: f64,
    creep_deg_per_s: f64,
    /// What one newton metre does to the rate in this step.
    share: f64,
}

impl Forces {
    /// The rate at the end of the step. Damping counts at that rate (implicit), so that a stiff
    /// loop cannot ring at a long step; friction stops the bed but never turns it round.
    #[inline]
    fn solve(&self, rate: f64) -> f64 {
        let scale = 1.0 + self.share * self.drag;
        let carried = rate + self.share * self.push_nm;
        approach(carried, self.creep_deg_per_s * scale, self.share * self.friction_nm) / scale
    }
}

impl Plant {
    /// Turns the bed for `step_ms`.
    pub(super) fn swing(&mut self, step_ms: u32) {
        let dt = f64::from(step_ms) * 0.001;
        let share = dt * self.per_inertia;
        let contact = self.stops.iter().chain(self.obstacle.as_ref());
        let load = contact.fold(-self.moment_nm * self.heading.cos(), |sum, buffer| {
            sum + buffer.torque_nm(self.tilt, self.rate)
        });
        let rate = if self.homing.clutch_open() {
            self.drive.off();
            self.freed(load, share)
        } else {
            self.coupled(load, share, dt)
        };
        self.rate = rate.clamp(-RATE_BOUND, RATE_BOUND);
        self.tilt += self.rate * dt;
        self.heading.follow(self.tilt);
    }

    /// The rate of a bed that hangs on the motor's side: drive, gear, brake, crank.
    fn coupled(&mut self, load: f64, share: f64, dt: f64) -> f64 {
        let faults = &self.faults;
        let grip = self.brake.grip_nm(faults.brake_jam);
        let gear = self.drive.friction_nm(load, self.warmth.celsius(), faults.stall);
        let mut forces = Forces {
            push_nm: load,
            drag: 0.0,
            friction_nm: gear + grip,
            creep_deg_per_s: 0.0,
            share,
        };
        // A slipping brake takes the gear behind it along; it creeps the way the weight pulls.
        if grip > 0.0 && faults.brake_slip_mdeg_per_s > 0 && !faults.stall && load.abs() > 1.0 {
            forces.creep_deg_per_s =
                f64::from(faults.brake_slip_mdeg_per_s).copysign(load) / 1_000.0;
        }
        if let Some(offer) = self.motor(dt) {
            return self.driven(&mut forces, offer, dt);
        }
        self.drive.off();
        forces.drag = SHORTED_DRAG;
        let dead = !self.input.relay || !self.supply.powered();
        if let Some(crank) = self.homing.crank_deg_per_s(dead).filter(|_| !self.faults.stall) {
            // The crank lifts the brake for as long as the hand leads and turns the motor shaft;
            // a load that would turn the hand finds the brake closed. A jam it cannot overcome.
            let hand = Forces { creep_deg_per_s: crank, friction_nm: CRANK_NM, ..forces };
            let rate = hand.solve(self.rate);
            if rate * crank >= 0.0 {
                return rate;
            }
        }
        forces.solve(self.rate)
    }

    /// What the motor offers, if it is energised.
    fn motor(&mut self, dt: f64) -> Option<Offer> {
        if !self.supply.powered() || !self.input.relay {
            return None;
        }
        let supply = self.supply.share();
        if let Some(runaway) = self.faults.runaway_mdeg_per_s {
            return Some(self.drive.offer(from_milli(runaway), supply, dt));
        }
        // The drive holds zero rate until the brake has closed, and waits until it has opened.
        match (self.input.brake, self.brake.should_be_closed()) {
            (_, true) => None,
            (true, false) => Some(self.drive.offer(0.0, supply, dt)),
            (false, false) => Some(self.drive.offer(self.setpoint, supply, dt)),
        }
    }

    /// The rate under a motor that gives `offer`, as far as its torque goes.
    fn driven(&mut self, forces: &mut Forces, offer: Offer, dt: f64) -> f64 {
        let load = forces.push_nm;
        forces.push_nm += offer.push_nm;
        forces.drag += offer.drag;
        let mut rate = forces.solve(self.rate);
        let wanted = offer.push_nm - offer.drag * rate;
        if wanted.abs() > offer.limit_nm {
            forces.push_nm = load + offer.limit_nm.copysign(wanted);
            forces.drag -= offer.drag;
            rate = forces.solve(self.rate);
        }
        self.drive.settle(rate, offer.limit_nm, dt);
        rate
    }

    /// The rate of a bed that the open clutch has freed: damper, one-way device, catch.
    fn freed(&self, load: f64, share: f64) -> f64 {
        let (push, drag) = self.homing.damper(self.rate);
        let mut forces = Forces {
            push_nm: load + push,
            drag,
            friction_nm: self.drive.bearing_nm(self.warmth.celsius()),
            creep_deg_per_s: 0.0,
            share,
        };
        forces.friction_nm += self.homing.catch_nm(self.rate + share * load);
        forces.solve(self.rate)
    }
}
