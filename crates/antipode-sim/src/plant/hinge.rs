//! The hinge itself: sine and cosine of a slowly turning bed, and what it can touch.

use super::faults::{Blocks, Obstacle};
use crate::number::{RAD_PER_DEG, from_milli};

/// Cosine (and sine) of the tilt, kept by turning the last value a little instead of computing it
/// anew each step; set exactly again every 256 turns.
#[derive(Clone, Debug)]
pub(crate) struct Heading {
    at_deg: f64,
    sin: f64,
    cos: f64,
    turns: u32,
}

impl Heading {
    pub(crate) fn new(tilt_deg: f64) -> Self {
        let (sin, cos) = libm::sincos(tilt_deg * RAD_PER_DEG);
        Self { at_deg: tilt_deg, sin, cos, turns: 0 }
    }

    /// Follows the bed to `tilt_deg`.
    #[inline]
    pub(crate) fn follow(&mut self, tilt_deg: f64) {
        let by = (tilt_deg - self.at_deg) * RAD_PER_DEG;
        if by == 0.0 {
            return;
        }
        self.turns += 1;
        if by.abs() > 0.01 || self.turns >= 256 {
            *self = Self::new(tilt_deg);
            return;
        }
        // Third order: wrong by 4e-10 at most for such a turn.
        let (s, c) = (by - by * by * by / 6.0, 1.0 - by * by / 2.0);
        (self.sin, self.cos) = (self.sin * c + self.cos * s, self.cos * c - self.sin * s);
        self.at_deg = tilt_deg;
    }

    pub(crate) const fn sin(&self) -> f64 {
        self.sin
    }

    pub(crate) const fn cos(&self) -> f64 {
        self.cos
    }
}

/// A one-sided spring and damper that the bed can run into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Buffer {
    at_deg: f64,
    blocks: Blocks,
    /// Newton metres a degree.
    stiffness: f64,
    /// Newton metres a degree per second.
    damping: f64,
}

impl Buffer {
    /// No contact pushes harder than this, in newton metres.
    const LIMIT_NM: f64 = 3_000.0;

    /// An end stop: steel behind rubber.
    pub(crate) fn end_stop(at_mdeg: i32, blocks: Blocks) -> Self {
        Self { at_deg: from_milli(at_mdeg), blocks, stiffness: 300.0, damping: 20.0 }
    }

    /// An obstacle that comes to stand in the way of a bed at `tilt_deg`.
    pub(crate) fn obstacle(obstacle: Obstacle, tilt_deg: f64) -> Self {
        let wanted = from_milli(obstacle.at_mdeg);
        let at_deg = match obstacle.blocks {
            Blocks::HeadDown => wanted.max(tilt_deg),
            Blocks::HeadUp => wanted.min(tilt_deg),
        };
        Self { at_deg, blocks: obstacle.blocks, stiffness: 60.0, damping: 5.0 }
    }

    /// Torque on the bed (positive turns head-down).
    #[inline]
    pub(crate) fn torque_nm(&self, tilt_deg: f64, rate_deg_per_s: f64) -> f64 {
        match self.blocks {
            Blocks::HeadDown if tilt_deg > self.at_deg => {
                let push =
                    self.stiffness * (tilt_deg - self.at_deg) + self.damping * rate_deg_per_s;
                -push.clamp(0.0, Self::LIMIT_NM)
            }
            Blocks::HeadUp if tilt_deg < self.at_deg => {
                let push =
                    self.stiffness * (self.at_deg - tilt_deg) - self.damping * rate_deg_per_s;
                push.clamp(0.0, Self::LIMIT_NM)
            }
            Blocks::HeadDown | Blocks::HeadUp => 0.0,
        }
    }

    /// Whether the bed is so close that it may touch soon.
    #[inline]
    pub(crate) fn is_near(&self, tilt_deg: f64) -> bool {
        match self.blocks {
            Blocks::HeadDown => tilt_deg > self.at_deg - 1.0,
            Blocks::HeadUp => tilt_deg < self.at_deg + 1.0,
        }
    }
}
