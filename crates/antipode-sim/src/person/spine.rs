//! Unloading of the lumbar spine and how it lengthens.
//!
//! Force by statics: the weight above the joint along the bed, less friction. Lengthening: a
//! standard linear solid whose constants fit in-vivo traction (Kurutz and Bender 2010) and whole
//! spine stature (Boocock 1990, Bridger 1990). The stiffening with force is a proposal.

use super::config::{PersonConfig, Sex};
use crate::number::{GRAVITY, RAD_PER_DEG, lag_share, whole};

/// Length of a step, in milliseconds.
pub(crate) const STEP_MS: u64 = 100;
const STEP_S: f64 = STEP_MS as f64 / 1_000.0;
/// Lumbar segments.
const SEGMENTS: f64 = 5.0;
/// Force at which a segment has given 63 % of what it can, in newtons.
const FORCE_SCALE: f64 = 80.0;
/// Time constants of creep under load and of recovery, in seconds.
const TAU_LOAD_S: f64 = 420.0;
const TAU_RECOVER_S: f64 = 600.0;
/// Friction of a body on a bed: slick, usual, padded.
const FRICTION: (f64, f64, f64) = (0.2, 0.3, 0.5);
/// Share of body weight that hangs from the ankles.
const ABOVE_ANKLE: f64 = 0.97;

/// Estimated pull on the lumbar spine, as a range over the friction of the bed, in newtons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unloading {
    /// On a padded bed (friction 0.5).
    pub low_n: u32,
    /// On a usual bed (friction 0.3).
    pub mid_n: u32,
    /// On a slick bed (friction 0.2).
    pub high_n: u32,
}

/// The lumbar spine of one person.
#[derive(Clone, Debug)]
pub(crate) struct Spine {
    weight_n: f64,
    share_above: f64,
    /// Longest lengthening of all segments, in millimetres, and its immediate part.
    most_mm: f64,
    immediate: f64,
    share_load: f64,
    share_recover: f64,
    at_deg: f64,
    sin: f64,
    cos: f64,
    reach_mm: f64,
    creep_mm: f64,
}

impl Spine {
    /// The spine of `person`, who lies level and has not been pulled.
    pub(crate) fn new(person: &PersonConfig) -> Self {
        let (most, immediate) = match person.age {
            0..40 => (1.5, 0.53),
            40..=60 => (1.2, 0.42),
            61.. => (0.6, 0.33),
        };
        Self {
            weight_n: f64::from(person.mass_kg) * GRAVITY,
            share_above: match person.sex {
                Sex::Male => 0.491,
                Sex::Female => 0.458,
            },
            most_mm: most * SEGMENTS,
            immediate,
            share_load: lag_share(STEP_S, TAU_LOAD_S),
            share_recover: lag_share(STEP_S, TAU_RECOVER_S),
            at_deg: 0.0,
            sin: 0.0,
            cos: 1.0,
            reach_mm: 0.0,
            creep_mm: 0.0,
        }
    }

    /// One step of [`STEP_MS`] at `tilt_deg`.
    pub(crate) fn step(&mut self, tilt_deg: f64) {
        if (tilt_deg - self.at_deg).abs() > 0.05 {
            self.load(tilt_deg);
        }
        let target = self.reach_mm * (1.0 - self.immediate);
        let share = if target > self.creep_mm { self.share_load } else { self.share_recover };
        self.creep_mm += (target - self.creep_mm) * share;
    }

    fn load(&mut self, tilt_deg: f64) {
        self.at_deg = tilt_deg;
        (self.sin, self.cos) = libm::sincos(tilt_deg * RAD_PER_DEG);
        let force = self.pull_n(FRICTION.1);
        self.reach_mm = self.most_mm * -libm::expm1(-force / FORCE_SCALE);
    }

    fn pull_n(&self, friction: f64) -> f64 {
        (self.share_above * self.weight_n * (self.sin - friction * self.cos)).max(0.0)
    }

    /// The pull now.
    pub(crate) fn unloading(&self) -> Unloading {
        let newtons = |friction| whole(self.pull_n(friction)).unsigned_abs();
        Unloading {
            low_n: newtons(FRICTION.2),
            mid_n: newtons(FRICTION.1),
            high_n: newtons(FRICTION.0),
        }
    }

    /// Lengthening in millimetres.
    pub(crate) fn elongation_mm(&self) -> f64 {
        self.reach_mm * self.immediate + self.creep_mm
    }

    /// Load on the ankles as a share of body weight.
    pub(crate) fn ankle_share(&self) -> f64 {
        (ABOVE_ANKLE * (self.sin - FRICTION.1 * self.cos)).max(0.0)
    }
}
