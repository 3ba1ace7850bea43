//! A brushed motor behind a bridge: duty from the bed's measured rate, in integers.
//!
//! Feed-forward and a PI loop. The integral stops where the duty has reached its end, and is
//! forgotten at zero, so that a bed that was held up does not leap when it comes free. The duty never
//! turns against the setpoint: at zero the bridge shorts the motor, which slows it as fast as plugging
//! would and needs no current limit of its own.

use antipode_safety::Rate;

use crate::backend::Way;
use crate::io::Outputs;

/// Full power.
const FULL: i32 = 1_000;
/// Millionths of full power in one thousandth.
const MICRO: i64 = 1_000;
/// How quickly the current limit lets go again, thousandths of full power each millisecond. Slower
/// than it bites, so that it does not sing.
const RECOVER_PER_MS: i32 = 1;

/// What commissioning chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HBridgeConfig {
    /// The bed's rate at full power without load.
    pub rate_at_full: Rate,
    /// Thousandths of full power for each degree a second of error.
    pub gain_permille: u16,
    /// Thousandths of full power that one degree a second of error adds each second.
    pub integral_permille: u16,
    /// Most power, thousandths.
    pub most_permille: u16,
    /// Motor current that the bridge keeps under, milliamperes. Under the controller's own limit, it
    /// hides obstacles from it: choose it above.
    pub limit_ma: u32,
}

/// What the bridge does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bridge {
    /// Share of full power, thousandths, positive toward head-down. Zero shorts the motor.
    pub duty_permille: i16,
    /// Energy for the bridge; without it the motor is open.
    pub enable: bool,
    /// Set the brake.
    pub brake: bool,
}

/// The loop.
#[derive(Clone, Debug)]
pub struct HBridge {
    config: HBridgeConfig,
    /// Millionths of full power.
    integral: i64,
    way: Option<Way>,
    /// Most power that the current limit leaves, thousandths.
    ceiling: i32,
    /// Power of the last tick, thousandths.
    power: i32,
}

impl HBridge {
    /// At rest.
    #[must_use]
    pub const fn new(config: HBridgeConfig) -> Self {
        Self { config, integral: 0, way: None, ceiling: FULL, power: 0 }
    }

    /// One tick of `dt_ms` with the bed's measured rate, where it is known, and the motor's current.
    /// Without a rate the motor gets what an unloaded bed would need for the setpoint, no more.
    pub fn tick(
        &mut self,
        outputs: &Outputs,
        rate: Option<Rate>,
        current_ma: u32,
        dt_ms: u32,
    ) -> Bridge {
        let dt = i32::try_from(dt_ms.min(100)).unwrap_or(100);
        self.limit_current(current_ma, dt);
        let setpoint = outputs.setpoint.millideg_per_s();
        let way = Way::of(setpoint).filter(|_| outputs.relay && !outputs.brake);
        if way != self.way {
            self.integral = 0;
            self.way = way;
        }
        let duty = if way.is_some() { self.duty(setpoint, rate, dt) } else { 0 };
        self.power = duty.abs();
        Bridge {
            duty_permille: i16::try_from(duty).unwrap_or(0),
            enable: outputs.relay,
            brake: outputs.brake || !outputs.relay,
        }
    }

    fn limit_current(&mut self, current_ma: u32, dt: i32) {
        let limit = i64::from(self.config.limit_ma.max(1));
        let over = i64::from(current_ma) - limit;
        self.ceiling = if over > 0 {
            // By the share that is too much, at once: the next tick sees what is left of it.
            let flows = i64::from(self.ceiling.min(self.power));
            i32::try_from(flows * limit / (limit + over)).unwrap_or(0)
        } else {
            (self.ceiling + RECOVER_PER_MS * dt).min(FULL)
        };
    }

    /// The duty along the setpoint's way, thousandths, with its sign.
    fn duty(&mut self, setpoint: i32, rate: Option<Rate>, dt: i32) -> i32 {
        let most = i64::from(self.ceiling.min(i32::from(self.config.most_permille)).clamp(0, FULL));
        let full = i64::from(self.config.rate_at_full.magnitude().millideg_per_s().max(1));
        let forward = i64::from(setpoint.abs()) * i64::from(FULL) / full;
        let sign = setpoint.signum();
        let Some(rate) = rate else {
            self.integral = 0;
            return sign * i32::try_from(forward.min(most)).unwrap_or(0);
        };
        // Along the setpoint's way, millidegrees a second.
        let error = i64::from(setpoint.abs()) - i64::from(rate.millideg_per_s() * sign);
        let kept = forward + error * i64::from(self.config.gain_permille) / 1_000;
        let whole = kept + self.integral / MICRO;
        let ends = (whole >= most && error > 0) || (whole <= 0 && error < 0);
        if !ends {
            let step = error * i64::from(self.config.integral_permille) * i64::from(dt) / 1_000;
            let room = i64::from(FULL) * MICRO;
            self.integral = (self.integral + step).clamp(-room, room);
        }
        let duty = (kept + self.integral / MICRO).clamp(0, most);
        sign * i32::try_from(duty).unwrap_or(0)
    }
}
