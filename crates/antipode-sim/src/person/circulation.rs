//! Heart rate, blood pressure and eye pressure under tilt.
//!
//! Figures: heart rate by angle, MSSE 2017 (12 adults, 5 min each position) and Hainsworth 1988
//! head-up; blood pressure, Gianakopoulos 1985 and Whittle 2022; eye pressure, fitted to Friberg
//! 1985, Carlson 1987, Weinreb 1984 and Baskaran 2006; the dip on the way up scaled to a passive
//! tilt of 75 degrees in 2 s. Between-person spread is drawn once from the seed.

use super::config::{PersonConfig, Profile};
use crate::chance::{Chance, Stream};
use crate::number::{RAD_PER_DEG, lag_share};

/// Length of a step, in milliseconds.
pub(crate) const STEP_MS: u64 = 50;
const STEP_S: f64 = STEP_MS as f64 / 1_000.0;

/// Change of heart rate against lying flat, beats a minute by degrees.
const HEART_MEAN: [(f64, f64); 7] = [
    (-90.0, 18.0),
    (-60.0, 14.7),
    (-45.0, 10.2),
    (0.0, 0.0),
    (30.0, -2.7),
    (60.0, -0.3),
    (90.0, 6.1),
];
/// The same for a person whose heart slows head-down.
const HEART_VAGOTONIC: [(f64, f64); 7] = [
    (-90.0, 18.0),
    (-60.0, 14.7),
    (-45.0, 10.2),
    (0.0, 0.0),
    (30.0, -6.0),
    (60.0, -11.0),
    (90.0, -16.4),
];
/// Rise of systolic and diastolic pressure at 90 degrees, in mmHg, and their spread.
const PRESSURE_RISE: (f64, f64) = (18.0, 15.0);
const PRESSURE_SPREAD: (f64, f64) = (7.5, 10.0);
/// Column of blood between heart and eye, as pressure when fully inverted, in mmHg.
const HEART_TO_EYE: f64 = 21.0;
/// Eye pressure: step from sitting to lying, further rise when fully inverted, its exponent, and
/// the slow part that comes on top, in mmHg.
const EYE_SUPINE: f64 = 2.5;
const EYE_RISE: f64 = 14.1;
const EYE_EXPONENT: f64 = 1.57;
const EYE_SLOW: f64 = 2.0;
/// The dip: mmHg a degree of turn feet-down, which fades with 8 s (20 mmHg for 75 degrees in 2 s).
const DIP_PER_DEG: f64 = 0.3014;
const DIP_TAU_S: f64 = 8.0;
/// No dip is deeper, however the bed is flung about, in mmHg (before the person's own factor).
const DIP_MOST: f64 = 35.0;
/// A faint slows the heart to no less than this: that it stops is not modelled.
const SLOWEST_HEART: f64 = 25.0;
/// What a faint takes from heart rate, systolic and diastolic pressure.
const FAINT: (f64, f64, f64) = (35.0, 45.0, 30.0);

/// Shares of the way to their targets in one step.
#[derive(Clone, Copy, Debug)]
struct Shares {
    heart: f64,
    pressure: f64,
    eye: f64,
    eye_slow: f64,
    dip: f64,
    faint: f64,
}

/// Where the lags are heading at the present tilt.
#[derive(Clone, Copy, Debug)]
struct Targets {
    tilt_deg: f64,
    sin: f64,
    heart: f64,
    systolic: f64,
    diastolic: f64,
    eye: f64,
    eye_slow: f64,
}

/// The circulation of one person.
#[derive(Clone, Debug)]
pub(crate) struct Circulation {
    resting: (f64, f64, f64),
    eye_sitting: f64,
    rise: (f64, f64),
    dip_factor: f64,
    heart_table: &'static [(f64, f64); 7],
    shares: Shares,
    targets: Targets,
    tilt_deg: f64,
    heart: f64,
    systolic: f64,
    diastolic: f64,
    eye: f64,
    eye_slow: f64,
    dip: f64,
    faint: f64,
}

impl Circulation {
    /// The circulation of `person`, settled at horizontal.
    pub(crate) fn new(person: &PersonConfig, seed: u64) -> Self {
        let mut chance = Chance::new(seed, Stream::Body);
        let factor = if person.profile == Profile::Hypertensive { 2.0 } else { 1.0 };
        let mut rise = |mean: f64, spread: f64| {
            factor * (mean + spread * chance.bell()).clamp(mean * 0.3, mean * 2.0)
        };
        let rise =
            (rise(PRESSURE_RISE.0, PRESSURE_SPREAD.0), rise(PRESSURE_RISE.1, PRESSURE_SPREAD.1));
        let age_factor = if person.age >= 60 { 1.5 } else { 1.0 };
        let (resting, eye_sitting, dip_factor, heart_table) = match person.profile {
            Profile::Normal => ((68.6, 114.6, 70.5), 16.0, age_factor, &HEART_MEAN),
            Profile::Hypertensive => ((72.0, 150.0, 95.0), 16.0, age_factor, &HEART_MEAN),
            Profile::Orthostatic => ((68.6, 110.0, 68.0), 16.0, 1.75, &HEART_MEAN),
            Profile::Glaucoma => ((68.6, 118.0, 74.0), 21.0, age_factor, &HEART_MEAN),
            Profile::Vagotonic => ((68.6, 114.6, 70.5), 16.0, age_factor, &HEART_VAGOTONIC),
        };
        let mut circulation = Self {
            resting,
            eye_sitting,
            rise,
            dip_factor,
            heart_table,
            shares: Shares {
                heart: lag_share(STEP_S, 10.0),
                pressure: lag_share(STEP_S, 15.0),
                eye: lag_share(STEP_S, 8.0),
                eye_slow: lag_share(STEP_S, 300.0),
                dip: lag_share(STEP_S, DIP_TAU_S),
                faint: lag_share(STEP_S, 4.0),
            },
            targets: Targets::at(0.0, rise, heart_table),
            tilt_deg: 0.0,
            heart: 0.0,
            systolic: 0.0,
            diastolic: 0.0,
            eye: 0.0,
            eye_slow: 0.0,
            dip: 0.0,
            faint: 0.0,
        };
        circulation.settle(0.0);
        circulation
    }

    /// Takes on the state after a long time at `tilt_deg`.
    pub(crate) fn settle(&mut self, tilt_deg: f64) {
        let targets = Targets::at(tilt_deg, self.rise, self.heart_table);
        self.tilt_deg = tilt_deg;
        self.heart = targets.heart;
        self.systolic = targets.systolic;
        self.diastolic = targets.diastolic;
        self.eye = targets.eye;
        self.eye_slow = targets.eye_slow;
        self.dip = 0.0;
        self.targets = targets;
    }

    /// One step of [`STEP_MS`] that ends at `tilt_deg`.
    pub(crate) fn step(&mut self, tilt_deg: f64, fainted: bool) {
        let upward = (self.tilt_deg - tilt_deg).max(0.0);
        self.tilt_deg = tilt_deg;
        // A twentieth of a degree changes no target by more than the last digit shown.
        if (tilt_deg - self.targets.tilt_deg).abs() > 0.05 {
            self.targets = Targets::at(tilt_deg, self.rise, self.heart_table);
        }
        let (to, by) = (&self.targets, &self.shares);
        self.heart += (to.heart - self.heart) * by.heart;
        self.systolic += (to.systolic - self.systolic) * by.pressure;
        self.diastolic += (to.diastolic - self.diastolic) * by.pressure;
        self.eye += (to.eye - self.eye) * by.eye;
        self.eye_slow += (to.eye_slow - self.eye_slow) * by.eye_slow;
        self.dip = (self.dip + DIP_PER_DEG * upward - self.dip * by.dip).min(DIP_MOST);
        self.faint += (if fainted { 1.0 } else { 0.0 } - self.faint) * by.faint;
    }

    /// Fall of the mean pressure on the way up, in mmHg.
    pub(crate) fn dip_mmhg(&self) -> f64 {
        self.dip * self.dip_factor
    }

    /// Heart rate in beats a minute; it rises against a dip and falls in a faint.
    pub(crate) fn heart_rate(&self) -> f64 {
        let rate = self.resting.0 + self.heart + 0.5 * self.dip_mmhg() - FAINT.0 * self.faint;
        rate.max(SLOWEST_HEART)
    }

    /// Systolic pressure at the heart, in mmHg.
    pub(crate) fn systolic(&self) -> f64 {
        self.resting.1 + self.systolic - self.dip_mmhg() - FAINT.1 * self.faint
    }

    /// Diastolic pressure at the heart, in mmHg.
    pub(crate) fn diastolic(&self) -> f64 {
        self.resting.2 + self.diastolic - self.dip_mmhg() - FAINT.2 * self.faint
    }

    /// Eye pressure in mmHg.
    pub(crate) fn eye_mmhg(&self) -> f64 {
        self.eye_sitting + self.eye + self.eye_slow
    }

    /// How much higher the pressure at the head is than lying flat, in mmHg.
    pub(crate) fn head_excess_mmhg(&self) -> f64 {
        HEART_TO_EYE * self.targets.sin + (self.systolic + 2.0 * self.diastolic) / 3.0
            - self.dip_mmhg()
    }
}

impl Targets {
    fn at(tilt_deg: f64, rise: (f64, f64), heart_table: &[(f64, f64); 7]) -> Self {
        let sin = libm::sin(tilt_deg * RAD_PER_DEG);
        let share = ((tilt_deg - 30.0) / 60.0).clamp(0.0, 1.0);
        let below = sin.max(0.0);
        Self {
            tilt_deg,
            sin,
            heart: between_points(heart_table, tilt_deg),
            systolic: rise.0 * share,
            diastolic: rise.1 * share,
            eye: EYE_SUPINE * (1.0 + sin.min(0.0)) + EYE_RISE * libm::pow(below, EYE_EXPONENT),
            eye_slow: EYE_SLOW * below,
        }
    }
}

/// The straight line between the points on either side of `x`.
fn between_points(points: &[(f64, f64); 7], x: f64) -> f64 {
    let mut last = points[0];
    for &point in points {
        if x <= point.0 {
            let width = point.0 - last.0;
            let part = if width > 0.0 { ((x - last.0) / width).max(0.0) } else { 0.0 };
            return last.1 + (point.1 - last.1) * part;
        }
        last = point;
    }
    last.1
}
