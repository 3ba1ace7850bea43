//! Mains, battery and the voltage that is left.

use super::config::SupplyConfig;
use super::faults::PlantFaults;

/// Inner resistance of the supply, in ohms.
const INNER_OHM: f64 = 0.1;
/// Current of controller, sensors and brake coil, in milliamperes.
const BASE_MA: f64 = 400.0;
/// Below this the controller resets and the relay drops, in millivolts.
const BROWN_OUT_MV: f64 = 15_000.0;
/// From this on the controller starts again, in millivolts.
const RESTART_MV: f64 = 18_000.0;
/// Voltage of the empty battery, and what full charge adds, in millivolts.
const BATTERY_MV: (f64, f64) = (21_000.0, 4_500.0);

/// The supply and its state.
#[derive(Clone, Debug)]
pub(crate) struct Supply {
    nominal_mv: f64,
    per_nominal: f64,
    full_mas: f64,
    charge_mas: f64,
    millivolts: f64,
    mains: bool,
    powered: bool,
}

impl Supply {
    pub(crate) fn new(config: &SupplyConfig) -> Self {
        let full_mas = f64::from(config.battery_mah) * 3_600.0;
        Self {
            nominal_mv: f64::from(config.mains_mv),
            per_nominal: 1.0 / f64::from(config.mains_mv.max(1)),
            full_mas,
            charge_mas: full_mas * f64::from(config.battery_percent.min(100)) / 100.0,
            millivolts: f64::from(config.mains_mv),
            mains: true,
            powered: true,
        }
    }

    /// Adds `dt_ms` during which the motor drew `motor_ma`.
    #[inline]
    pub(crate) fn advance(&mut self, dt_ms: u32, motor_ma: f64, faults: &PlantFaults) {
        self.mains = !(faults.mains_cut || faults.all_power_cut);
        let source = if self.mains {
            self.nominal_mv
        } else if faults.all_power_cut || self.charge_mas <= 0.0 {
            0.0
        } else {
            let drawn = (motor_ma + BASE_MA) * f64::from(dt_ms) / 1_000.0;
            self.charge_mas = (self.charge_mas - drawn).max(0.0);
            BATTERY_MV.0 + BATTERY_MV.1 * self.charge_mas / self.full_mas
        };
        let sag = INNER_OHM * motor_ma + f64::from(faults.supply_sag_mv);
        self.millivolts = (source - sag).max(0.0);
        let needed = if self.powered { BROWN_OUT_MV } else { RESTART_MV };
        self.powered = self.millivolts >= needed;
    }

    pub(crate) const fn millivolts(&self) -> f64 {
        self.millivolts
    }

    /// Share of the nominal voltage.
    #[inline]
    pub(crate) fn share(&self) -> f64 {
        (self.millivolts * self.per_nominal).min(1.0)
    }

    pub(crate) const fn mains(&self) -> bool {
        self.mains
    }

    /// Whether the controller runs.
    pub(crate) const fn powered(&self) -> bool {
        self.powered
    }

    /// Charge left in the battery, in percent of full; 0 without one.
    pub(crate) fn battery_percent(&self) -> u8 {
        if self.full_mas <= 0.0 {
            return 0;
        }
        libm::floor(self.charge_mas / self.full_mas * 100.0) as u8
    }
}
