//! Where the weight is: arms, and a body that slides.

use super::Plant;
use crate::number::{GRAVITY, RAD_PER_DEG, approach};

/// Share of its weight with which an unclamped body rubs on the bed.
const BED_FRICTION: f64 = 0.3;
/// How far an unclamped body slides before the shoulders meet something, in metres.
const SLIDE_END: f64 = 0.3;

impl Plant {
    /// Where the arms are going: 0 at the sides, 1 overhead.
    fn arms_goal(&self) -> f64 {
        if self.arms_wanted || self.faults.arms_overhead { 1.0 } else { 0.0 }
    }

    pub(super) fn arms_move(&self) -> bool {
        (self.arms - self.arms_goal()).abs() > 0.0
    }

    /// Moves arms and an unclamped body for `dt_s`.
    pub(super) fn shift_weight(&mut self, dt_s: f64) {
        self.arms = approach(self.arms, self.arms_goal(), dt_s);
        if self.faults.clamp_open() {
            let pull = self.heading.sin() - BED_FRICTION * self.heading.cos();
            self.slide_m_per_s = (self.slide_m_per_s + GRAVITY * pull * dt_s).max(0.0);
            self.slid_m += self.slide_m_per_s * dt_s;
            if self.slid_m >= SLIDE_END {
                (self.slid_m, self.slide_m_per_s) = (SLIDE_END, 0.0);
            }
        }
        self.weigh();
    }

    /// Moment and inertia for where the weight is now.
    pub(super) fn weigh(&mut self) {
        let offset = self.boom_m - self.arms * self.body.arms_shift_m - self.slid_m;
        self.moment_nm = self.body.mass_kg * GRAVITY * offset;
        let pivot = self.body.centre_m + self.boom_m;
        let of_body = self.body.inertia_about(pivot, self.arms, self.slid_m);
        self.per_inertia = 1.0 / ((self.bed_inertia + of_body) * RAD_PER_DEG);
    }

    /// Where the encoder's shaft is: weight presses the gear to one flank.
    pub(super) fn shaft_mdeg(&self) -> f64 {
        let press = (self.moment_nm * self.heading.cos() / 10.0).clamp(-1.0, 1.0);
        self.tilt * 1_000.0 + press * self.backlash / 2.0
    }
}
