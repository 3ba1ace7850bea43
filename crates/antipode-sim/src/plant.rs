//! The simulated table: one hinge with a person on it, its drive, brake, supply and sensors.
//!
//! The bed turns under gravity, motor, friction and contact; nothing ever sets the tilt. Torques
//! are counted at the pivot in newton metres, positive turning head-down.
//!
//! ```text
//!   supply --> relay --> motor --> gear --(clutch)-- bed + person --> encoder, inclinometer
//!                 \----> brake coil ----/            |
//!                                     end stops, obstacle, damper and catch
//! ```
//!
//! Time runs in steps of 1 ms while anything sudden can happen, 5 ms in steady motion and up to
//! 20 ms while the brake holds a bed at rest.
//!
//! # Example
//! ```
//! use antipode_sim::person::PersonConfig;
//! use antipode_sim::plant::{DriveInput, Plant, PlantConfig};
//!
//! let mut plant = Plant::new(&PlantConfig::reference(), &PersonConfig::reference(), 1);
//! plant.advance(5_000, DriveInput::turn(2_000));
//! assert!(plant.true_tilt_mdeg() > 5_000);
//! plant.faults_mut().all_power_cut = true;
//! plant.advance(35_000, DriveInput::HELD);
//! assert!((-10_000..=0).contains(&plant.true_tilt_mdeg()), "weight brings the person up");
//! ```

mod body;
mod brake;
mod config;
mod drive;
mod faults;
mod hinge;
mod load;
mod motion;
mod pace;
mod rescue;
mod sensor;
mod signals;
mod supply;
mod truth;

pub use config::{AngleConfig, BrakeConfig, GearConfig, PlantConfig, Rescue, SupplyConfig};
pub use faults::{Blocks, BrakeJam, LatchFault, Obstacle, PlantFaults, SensorFault};
pub use rescue::SpotterAct;
pub use signals::{DriveInput, Sensed};

use crate::chance::Stream;
use crate::number::{from_milli, milli, whole};
use crate::person::PersonConfig;
use body::Body;
use brake::Brake;
use drive::{Drive, Warmth};
use hinge::{Buffer, Heading};
use pace::Pace;
use rescue::Homing;
use sensor::{Filter, Source};
use supply::Supply;

/// Faster than any shock: keeps a run with every safeguard broken within numbers.
const RATE_BOUND: f64 = 180.0;
/// Time after a change of setpoint during which each millisecond counts.
const SETTLING_MS: u32 = 200;

/// The table and its load.
#[derive(Clone, Debug)]
pub struct Plant {
    now_ms: u64,
    tilt: f64,
    rate: f64,
    heading: Heading,
    body: Body,
    bed_inertia: f64,
    boom_m: f64,
    arms: f64,
    arms_wanted: bool,
    slid_m: f64,
    slide_m_per_s: f64,
    /// Mass times gravity times offset: the torque of the weight at horizontal.
    moment_nm: f64,
    /// One over the inertia: degrees a second squared per newton metre.
    per_inertia: f64,
    drive: Drive,
    warmth: Warmth,
    brake: Brake,
    supply: Supply,
    homing: Homing,
    stops: [Buffer; 2],
    obstacle: Option<Buffer>,
    input: DriveInput,
    /// The setpoint of `input`, in degrees a second.
    setpoint: f64,
    settling_ms: u32,
    faults: PlantFaults,
    faults_touched: bool,
    last_obstacle: Option<Obstacle>,
    motion_fault: bool,
    rest_fault: bool,
    always_fine: bool,
    encoder: Source,
    inclinometer: Option<Source>,
    filter: Filter,
    backlash: f64,
    latch_sensors: u8,
}

impl Plant {
    /// The table `config` with `person` on it, at rest with a closed brake at time 0. The same
    /// `seed` gives the same noise.
    #[must_use]
    pub fn new(config: &PlantConfig, person: &PersonConfig, seed: u64) -> Self {
        let tilt = from_milli(config.start_mdeg);
        let angle = &config.angle;
        let mut plant = Self {
            now_ms: 0,
            tilt,
            rate: 0.0,
            heading: Heading::new(tilt),
            body: Body::new(person),
            bed_inertia: f64::from(config.bed_inertia_kgm2.max(1)),
            boom_m: f64::from(config.boom_offset_mm) / 1_000.0,
            arms: 0.0,
            arms_wanted: false,
            slid_m: 0.0,
            slide_m_per_s: 0.0,
            moment_nm: 0.0,
            per_inertia: 1.0,
            drive: Drive::new(&config.gear),
            warmth: Warmth::new(config.room_c),
            brake: Brake::new(config.brake),
            supply: Supply::new(&config.supply),
            homing: Homing::new(config.rescue),
            stops: [
                Buffer::end_stop(config.stop_down_mdeg, Blocks::HeadDown),
                Buffer::end_stop(config.stop_up_mdeg, Blocks::HeadUp),
            ],
            obstacle: None,
            input: DriveInput::HELD,
            setpoint: 0.0,
            settling_ms: 0,
            faults: PlantFaults::NONE,
            faults_touched: false,
            last_obstacle: None,
            motion_fault: false,
            rest_fault: false,
            always_fine: config.always_fine,
            encoder: Source::new(
                seed,
                Stream::Encoder,
                angle.encoder_noise_mdeg,
                angle.encoder_step_mdeg,
            ),
            inclinometer: angle
                .inclinometer
                .then(|| Source::new(seed, Stream::Inclinometer, angle.inclinometer_noise_mdeg, 1)),
            filter: Filter::new(angle.inclinometer_lag_ms, tilt),
            backlash: f64::from(angle.backlash_mdeg),
            latch_sensors: config.latch_sensors,
        };
        plant.weigh();
        plant
    }

    /// Runs to `to_ms` with the outputs `input` held. A time that has passed is no step at all.
    pub fn advance(&mut self, to_ms: u64, input: DriveInput) {
        if input != self.input {
            self.input = input;
            self.setpoint = from_milli(input.setpoint_mdeg_per_s);
            self.settling_ms = SETTLING_MS;
        }
        if self.faults_touched {
            self.take_on_faults();
        }
        while self.now_ms < to_ms {
            let left = to_ms - self.now_ms;
            let (pace, most) = match self.pace() {
                Pace::Fine => (Pace::Fine, 1),
                Pace::Steady => (Pace::Steady, 5),
                Pace::Still => (Pace::Still, 20),
            };
            let step_ms = left.min(most) as u32;
            match pace {
                Pace::Fine | Pace::Steady => self.swing(step_ms),
                Pace::Still => self.drive.off(),
            }
            self.now_ms += u64::from(step_ms);
            self.follow(step_ms);
        }
    }

    /// What the controller reads now.
    pub fn sense(&mut self) -> Sensed {
        if self.faults_touched {
            self.take_on_faults();
        }
        if !self.supply.powered() {
            return Sensed::DARK;
        }
        let (shaft, filtered) = (self.shaft_mdeg(), self.filter.value_deg() * 1_000.0);
        let (now, slot) = (self.now_ms, self.filter.slot());
        let faults = &self.faults;
        Sensed {
            powered: true,
            tilt_drive: self.encoder.read(now, now, shaft),
            tilt_imu: self.inclinometer.as_mut().and_then(|s| s.read(now, slot, filtered)),
            current_ma: faults
                .current_stuck_ma
                .unwrap_or_else(|| whole(self.drive.current_ma()).unsigned_abs()),
            supply_mv: whole(self.supply.millivolts()).unsigned_abs(),
            mains: self.supply.mains(),
            battery_percent: self.supply.battery_percent(),
            temperature_c: whole(self.warmth.celsius()).clamp(-128, 127) as i8,
            latch_first_closed: self.latch_sensors >= 1
                && faults::latch_reads_closed(faults.latch_first),
            latch_second_closed: self.latch_sensors >= 2
                && faults::latch_reads_closed(faults.latch_second),
            rest_switch: !faults.rest_switch_open && (-10.0..=0.0).contains(&self.tilt),
        }
    }

    /// Time that the plant has reached, in milliseconds.
    #[must_use]
    pub const fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// Where the bed is, whatever the sensors say, in millidegrees.
    #[must_use]
    pub fn true_tilt_mdeg(&self) -> i32 {
        milli(self.tilt)
    }

    /// How the bed turns, in millidegrees a second.
    #[must_use]
    pub fn true_rate_mdeg_per_s(&self) -> i32 {
        milli(self.rate)
    }

    /// Whether the controller has power.
    #[must_use]
    pub const fn powered(&self) -> bool {
        self.supply.powered()
    }

    /// How far the person has slid headward through an open clamp, in millimetres.
    #[must_use]
    pub fn slid_mm(&self) -> u32 {
        whole(self.slid_m * 1_000.0).unsigned_abs()
    }

    /// The torque of the weight at horizontal, in thousandths of a newton metre; positive turns
    /// the bed feet-down, as it should.
    #[must_use]
    pub fn weight_moment_mnm(&self) -> i32 {
        milli(self.moment_nm)
    }

    /// The faults that are present.
    #[must_use]
    pub const fn faults(&self) -> &PlantFaults {
        &self.faults
    }

    /// The faults, to be changed. A change acts from the next [`Plant::advance`] or
    /// [`Plant::sense`] on.
    pub const fn faults_mut(&mut self) -> &mut PlantFaults {
        self.faults_touched = true;
        &mut self.faults
    }

    /// The person raises or lowers both arms. Takes about a second.
    pub const fn raise_arms(&mut self, overhead: bool) {
        self.arms_wanted = overhead;
    }

    /// A spotter works the table by hand from now on. Returns false when this table offers nothing
    /// for that act, which then does nothing.
    pub fn spotter(&mut self, act: SpotterAct) -> bool {
        self.homing.act(act)
    }

    /// Lets changed faults begin.
    fn take_on_faults(&mut self) {
        self.faults_touched = false;
        self.motion_fault = self.faults.act_on_motion();
        self.rest_fault = self.faults.act_at_rest();
        if self.faults.obstacle != self.last_obstacle {
            self.last_obstacle = self.faults.obstacle;
            self.obstacle = self.faults.obstacle.map(|o| Buffer::obstacle(o, self.tilt));
        }
        let (shaft, filtered) = (self.shaft_mdeg(), self.filter.value_deg() * 1_000.0);
        self.encoder.set_fault(self.faults.encoder, self.now_ms, shaft);
        if let Some(source) = &mut self.inclinometer {
            source.set_fault(self.faults.inclinometer, self.now_ms, filtered);
        }
    }

    /// Everything beside the motion that time changes.
    #[inline]
    fn follow(&mut self, step_ms: u32) {
        let current = self.drive.current_ma();
        self.supply.advance(step_ms, current, &self.faults);
        let powered = self.supply.powered();
        let wanted = self.input.brake || !self.input.relay || !powered;
        self.brake.advance(step_ms, wanted);
        self.homing.advance(step_ms, powered, self.tilt);
        self.warmth.advance(step_ms, current, self.faults.overheat_mc_per_s);
        self.settling_ms = self.settling_ms.saturating_sub(step_ms);
        if self.faults.clamp_open() || self.arms_move() {
            self.shift_weight(f64::from(step_ms) / 1_000.0);
        }
        let before = self.filter.slot();
        self.filter.follow(self.now_ms, self.tilt);
        if self.filter.slot() != before {
            let shaft = self.shaft_mdeg();
            self.encoder.keep(self.filter.slot(), shaft);
            if let Some(source) = &mut self.inclinometer {
                source.keep(self.filter.slot(), self.filter.value_deg() * 1_000.0);
            }
        }
    }
}

#[cfg(test)]
mod tests;
