//! Motor, velocity loop and gear.

use super::config::GearConfig;
use crate::number::approach;

/// Torque per error of rate, in newton metres a degree per second.
const GAIN: f64 = 120.0;
/// Torque per accumulated error, in newton metres a degree.
const RESET_GAIN: f64 = 4_000.0;
/// The drive's own limit on how fast its target changes, in degrees a second squared. The
/// controller above ramps far more gently.
const SLEW: f64 = 20.0;
/// Motor current per newton metre of motor torque, counted at the bed, in milliamperes.
const MA_PER_NM: f64 = 20.0;
/// Current of a motor that turns without load, in milliamperes.
const IDLE_MA: f64 = 300.0;
/// Braking by the shorted windings of a switched-off motor, in newton metres a degree per second.
pub(crate) const SHORTED_DRAG: f64 = 5.0;
/// Friction of a jammed gear, in newton metres.
const JAM_NM: f64 = 5_000.0;

/// What the motor offers in one step: `push` less `drag` times the rate, in newton metres, as long
/// as the torque stays within `limit`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer {
    pub(crate) push_nm: f64,
    pub(crate) drag: f64,
    pub(crate) limit_nm: f64,
}

/// Motor, its velocity loop and the gear. Torques are counted at the bed.
#[derive(Clone, Debug)]
pub(crate) struct Drive {
    limit_nm: f64,
    /// Friction per newton metre of load carried: above 1 the gear locks itself.
    friction_share: f64,
    bearing_nm: f64,
    top_deg_per_s: f64,
    target_deg_per_s: f64,
    integral_nm: f64,
    torque_nm: f64,
    energised: bool,
}

impl Drive {
    pub(crate) fn new(gear: &GearConfig) -> Self {
        let efficiency = f64::from(gear.efficiency_percent.clamp(5, 99)) / 100.0;
        Self {
            limit_nm: f64::from(gear.rated_torque_nm) / efficiency,
            friction_share: 1.0 / efficiency - 1.0,
            bearing_nm: f64::from(gear.bearing_friction_nm),
            top_deg_per_s: f64::from(gear.top_rate_mdeg_per_s) / 1_000.0,
            target_deg_per_s: 0.0,
            integral_nm: 0.0,
            torque_nm: 0.0,
            energised: false,
        }
    }

    /// Cuts the motor off.
    pub(crate) fn off(&mut self) {
        self.target_deg_per_s = 0.0;
        self.integral_nm = 0.0;
        self.torque_nm = 0.0;
        self.energised = false;
    }

    /// Follows `rate_deg_per_s` for `dt_s`, at `supply_share` of the full voltage, and says
    /// what the motor then offers.
    #[inline]
    pub(crate) fn offer(&mut self, rate_deg_per_s: f64, supply_share: f64, dt_s: f64) -> Offer {
        let top = self.top_deg_per_s * supply_share;
        let wanted = rate_deg_per_s.clamp(-top, top);
        self.target_deg_per_s = approach(self.target_deg_per_s, wanted, SLEW * dt_s);
        self.energised = true;
        Offer {
            push_nm: self.integral_nm + GAIN * self.target_deg_per_s,
            drag: GAIN,
            limit_nm: self.limit_nm * supply_share,
        }
    }

    /// Takes note of the rate that the step ended with.
    #[inline]
    pub(crate) fn settle(&mut self, rate_deg_per_s: f64, limit_nm: f64, dt_s: f64) {
        let error = self.target_deg_per_s - rate_deg_per_s;
        let wanted = self.integral_nm + GAIN * error;
        self.torque_nm = wanted.clamp(-limit_nm, limit_nm);
        // At its limit the loop stops counting, or it would overshoot when freed.
        if wanted.abs() < limit_nm || wanted * error < 0.0 {
            self.integral_nm += RESET_GAIN * error * dt_s;
        }
    }

    /// Friction of gear and bearings under `load_nm`; cold grease drags more.
    #[inline]
    pub(crate) fn friction_nm(&self, load_nm: f64, temperature_c: f64, jammed: bool) -> f64 {
        if jammed {
            return JAM_NM;
        }
        self.bearing_nm(temperature_c) + self.friction_share * load_nm.abs()
    }

    /// Friction of the bearings alone.
    #[inline]
    pub(crate) fn bearing_nm(&self, temperature_c: f64) -> f64 {
        self.bearing_nm * (1.0 + 0.01 * (40.0 - temperature_c).clamp(0.0, 60.0))
    }

    /// Motor current in milliamperes, without direction.
    #[inline]
    pub(crate) fn current_ma(&self) -> f64 {
        if !self.energised {
            return 0.0;
        }
        let turning = (self.target_deg_per_s.abs() * 10.0).min(1.0);
        self.torque_nm.abs() * MA_PER_NM + IDLE_MA * turning
    }
}

/// Temperature of the drive: one body that warms by its current and cools to the room.
#[derive(Clone, Debug)]
pub(crate) struct Warmth {
    celsius: f64,
    room: f64,
    /// Square of the current times time since the last full second, in ampere squared milliseconds.
    charge: f64,
    since_ms: u32,
}

impl Warmth {
    /// Warming per ampere squared when settled, in degrees Celsius.
    const PER_A2: f64 = 1.5;
    /// Time constant in seconds.
    const TAU_S: f64 = 600.0;
    /// Hotter than this the winding has burnt through and the model ends.
    const LIMIT_C: f64 = 127.0;

    pub(crate) fn new(room_c: i8) -> Self {
        Self { celsius: f64::from(room_c), room: f64::from(room_c), charge: 0.0, since_ms: 0 }
    }

    pub(crate) const fn celsius(&self) -> f64 {
        self.celsius
    }

    /// Adds `dt_ms` under `current_ma`; the temperature itself moves once a second.
    #[inline]
    pub(crate) fn advance(&mut self, dt_ms: u32, current_ma: f64, overheat_mc_per_s: u32) {
        let amperes = current_ma / 1_000.0;
        self.charge += amperes * amperes * f64::from(dt_ms);
        self.since_ms += dt_ms;
        if self.since_ms < 1_000 {
            return;
        }
        let span_s = f64::from(self.since_ms) / 1_000.0;
        let mean_a2 = self.charge / f64::from(self.since_ms);
        let settled = self.room + Self::PER_A2 * mean_a2;
        let fault = f64::from(overheat_mc_per_s) / 1_000.0;
        let change = (settled - self.celsius) / Self::TAU_S + fault;
        self.celsius = (self.celsius + change * span_s).min(Self::LIMIT_C);
        (self.charge, self.since_ms) = (0.0, 0);
    }
}
