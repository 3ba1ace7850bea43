//! The bounds that a run is judged by.

/// Bounds of one run, in the units of the trace. They are the monitor's own copy: taking them from the code under test
/// would let a wrong limit judge itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Time-to-live of a motion frame, ms (250 serial, 400 BLE).
    pub ttl_ms: u32,
    /// Longest control period of host or firmware, ms: what "one tick" means.
    pub control_period_ms: u32,
    /// Largest acceleration away from zero rate, millidegree/s^2.
    pub accel_mdeg_s2: i32,
    /// Slope of a stop ramp, millidegree/s^2.
    pub stop_decel_mdeg_s2: i32,
    /// Hard bound of the rate toward head-down, millidegree/s.
    pub hard_lower_mdeg_s: i32,
    /// Hard bound of the rate of a return, millidegree/s.
    pub hard_return_mdeg_s: i32,
    /// Hard bound of the rate above horizontal toward upright, millidegree/s.
    pub hard_upright_mdeg_s: i32,
    /// Largest rate that this table may be driven at, millidegree/s.
    pub device_mdeg_s: i32,
    /// Largest rate toward head-down for this person, millidegree/s.
    pub person_lower_mdeg_s: i32,
    /// Largest rate of creep and jog, millidegree/s.
    pub creep_mdeg_s: i32,
    /// Largest tilt: the smaller of hard limit and table limit, millidegree.
    pub tilt_limit_mdeg: i32,
    /// What a valid tilt source may be wrong by in the overshoot bound (I2), millidegree.
    pub source_margin_mdeg: i32,
    /// Longest time at 5 degrees or more in one bout, travel included, ms.
    pub bout_ms: u32,
    /// Longest time at 5 degrees or more in one session, ms.
    pub session_ms: u32,
    /// Longest time at 5 degrees or more in one calendar day, ms.
    pub day_ms: u32,
    /// Temperature of the drive from which nothing may run (hard limit), thousandths of a degree Celsius.
    pub hot_hard_mc: i32,
    /// Temperature below which a drive that was too hot may run again, thousandths of a degree Celsius.
    pub hot_over_mc: i32,
    /// Motor current that means an obstacle, mA.
    pub current_limit_ma: u32,
    /// The person is alone, and so long after the last press of STOP the site lets the bed come up by itself, ms;
    /// `None` with company, or where the site has decided to hold.
    pub after_stop_alone_ms: Option<u32>,
    /// The table returns by itself when the host is gone.
    pub returns_without_host: bool,
    /// Least number of fitted ankle-latch sensors with which automatic return was commissioned.
    pub auto_return_latches_min: u8,
}

impl Profile {
    /// A table-link table on a serial line with two latch sensors, in home mode: the hard bounds.
    #[must_use]
    pub const fn home_serial() -> Self {
        Self {
            ttl_ms: 250,
            control_period_ms: 20,
            accel_mdeg_s2: 2_000,
            stop_decel_mdeg_s2: 8_000,
            hard_lower_mdeg_s: 3_000,
            hard_return_mdeg_s: 6_000,
            hard_upright_mdeg_s: 2_000,
            device_mdeg_s: 6_000,
            person_lower_mdeg_s: 3_000,
            creep_mdeg_s: 1_000,
            tilt_limit_mdeg: 60_000,
            source_margin_mdeg: 1_000,
            // Longest hold (5 min) and 120 s of travel.
            bout_ms: 420_000,
            session_ms: 1_500_000,
            day_ms: 1_500_000,
            hot_hard_mc: 85_000,
            hot_over_mc: 80_000,
            current_limit_ma: 8_000,
            after_stop_alone_ms: None,
            returns_without_host: true,
            auto_return_latches_min: 2,
        }
    }

    /// Largest rate toward head-down, millidegree/s.
    pub(crate) fn lower_mdeg_s(&self) -> i32 {
        self.hard_lower_mdeg_s.min(self.device_mdeg_s).min(self.person_lower_mdeg_s)
    }

    /// Longest hold at a target, ms: 5 min up to 30 degrees, 3 min up to 60, 1 min beyond.
    pub(crate) const fn hold_ms(target_mdeg: i32) -> u32 {
        if target_mdeg <= 30_000 {
            300_000
        } else if target_mdeg <= 60_000 {
            180_000
        } else {
            60_000
        }
    }

    /// Distance covered from a command of `rate_mdeg_s` until the table stands after loss of the host, millidegree:
    /// `r * TTL + r^2 / 2a`.
    pub(crate) fn loss_travel_mdeg(&self, rate_mdeg_s: i32) -> i64 {
        if rate_mdeg_s == 0 {
            return 0;
        }
        let rate = i64::from(rate_mdeg_s.saturating_abs());
        rate * i64::from(self.ttl_ms) / 1_000
            + rate * rate / (2 * i64::from(self.stop_decel_mdeg_s2.max(1)))
    }
}
