//! Step and direction: the time between steps, and a ramp of its own.
//!
//! The controller's setpoint may go to zero at once. A stepper that is told to stand at once loses
//! steps and slips; this one slows down as fast as it was commissioned to, which the controller
//! counts on as the stop deceleration of the drive. Direction changes only at a stand.

use core::num::NonZeroU32;

use antipode_safety::Rate;

use crate::backend::Way;
use crate::io::Outputs;

/// Steps further apart than this are none: the motor stands between them.
const LONGEST_US: u64 = 500_000;

/// What commissioning chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepDirConfig {
    /// Steps for one degree of the bed, at the place of the stroke where that is least: there the
    /// bed turns furthest for each step. The rate is then never more than asked for.
    pub steps_per_degree: NonZeroU32,
    /// Speeding up, millidegrees a second each second.
    pub accel_mdeg_per_s2: u32,
    /// Slowing, millidegrees a second each second; at least the controller's stop deceleration.
    pub decel_mdeg_per_s2: u32,
    /// Shortest time between two steps that the drive follows, microseconds.
    pub shortest_us: NonZeroU32,
    /// How long the direction must stand before the first step, milliseconds.
    pub setup_ms: u32,
}

/// What the pulse timer does until the next tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// Time between two steps, microseconds; `None` for no step.
    pub every_us: Option<NonZeroU32>,
    /// The level of the direction pin: toward head-down.
    pub down: bool,
    /// Energy for the drive, which holds the bed at a stand.
    pub enable: bool,
    /// Set the brake.
    pub brake: bool,
}

/// The ramp.
#[derive(Clone, Debug)]
pub struct StepDir {
    config: StepDirConfig,
    /// Thousandths of a millidegree a second, without direction.
    speed: u64,
    way: Way,
    /// How long the direction has stood.
    stood_ms: u32,
}

impl StepDir {
    /// At a stand, pointing back.
    #[must_use]
    pub const fn new(config: StepDirConfig) -> Self {
        Self { config, speed: 0, way: Way::Back, stood_ms: 0 }
    }

    /// The rate that the steps make, with direction, never more than the bed really turns at.
    #[must_use]
    pub fn rate(&self) -> Rate {
        let rate = i64::try_from(self.speed / 1_000).unwrap_or(0);
        Rate::clamped(match self.way {
            Way::Down => rate,
            Way::Back => -rate,
        })
    }

    /// One tick of `dt_ms`.
    pub fn tick(&mut self, outputs: &Outputs, dt_ms: u32) -> Steps {
        self.stood_ms = self.stood_ms.saturating_add(dt_ms);
        let setpoint = outputs.setpoint.millideg_per_s();
        let held = !outputs.relay || outputs.brake;
        if held {
            // Steps against a set brake, or without energy, are lost: the count would lie.
            self.speed = 0;
        }
        let wanted = Way::of(setpoint).filter(|_| !held);
        if let Some(way) = wanted
            && way != self.way
            && self.speed == 0
        {
            self.way = way;
            self.stood_ms = 0;
        }
        let ready = wanted == Some(self.way) && self.stood_ms >= self.config.setup_ms;
        let target = if ready { u64::from(setpoint.unsigned_abs()) * 1_000 } else { 0 };
        self.ramp(target.min(self.fastest()), u64::from(dt_ms.min(100)));
        Steps {
            every_us: self.every_us(),
            down: self.way == Way::Down,
            enable: outputs.relay,
            brake: held,
        }
    }

    fn ramp(&mut self, target: u64, dt_ms: u64) {
        // Millidegrees a second each second are thousandths of them each millisecond.
        let up = u64::from(self.config.accel_mdeg_per_s2) * dt_ms;
        let down = u64::from(self.config.decel_mdeg_per_s2) * dt_ms;
        self.speed = if target > self.speed {
            target.min(self.speed + up)
        } else {
            target.max(self.speed.saturating_sub(down))
        };
    }

    /// The speed at the shortest time between steps, thousandths of a millidegree a second.
    fn fastest(&self) -> u64 {
        let steps_per_1000_s = 1_000_000_000 / u64::from(self.config.shortest_us.get());
        steps_per_1000_s * 1_000 / u64::from(self.config.steps_per_degree.get())
    }

    /// Rounded up: never faster than asked.
    fn every_us(&self) -> Option<NonZeroU32> {
        // Steps a second are speed (1e-6 degrees a second) x steps a degree / 1e6.
        let steps = self.speed * u64::from(self.config.steps_per_degree.get());
        let every = 1_000_000_000_000u64.checked_div(steps)? + 1;
        let every = every.max(u64::from(self.config.shortest_us.get()));
        if every > LONGEST_US { None } else { NonZeroU32::new(u32::try_from(every).ok()?) }
    }
}
