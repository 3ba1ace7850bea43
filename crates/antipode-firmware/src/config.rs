//! What is commissioned into a board. A host can only tighten it.

use antipode_link::{Rescue, TableCapabilities, crc::crc32c};
use antipode_safety::{Angle, Rate};

/// What the table does by itself when its host is lost head-down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HostLossPolicy {
    /// Hold and sound the buzzer; people bring the person up.
    Hold,
    /// Hold, then return to the rest band where nothing forbids it.
    HoldThenReturn,
}

/// The commissioned settings of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// The board's serial number.
    pub serial: u32,
    /// Firmware version.
    pub firmware: u16,
    /// Head-up end of the range.
    pub tilt_min: Angle,
    /// Head-down end of the range.
    pub tilt_max: Angle,
    /// Fastest rate that a motion frame may ask for.
    pub max_rate: Rate,
    /// Speed of a return that names none.
    pub return_rate: Rate,
    /// Fastest return.
    pub return_max_rate: Rate,
    /// Slowest return from above 45 degrees, so that it ends in time.
    pub return_min_rate: Rate,
    /// Fastest rate at which a return passes level.
    pub level_rate: Rate,
    /// Fastest rate with one doubtful thing in play: an angle source or an ankle latch.
    pub creep_rate: Rate,
    /// Speeding up and planned slowing, millidegrees a second each second.
    pub accel_mdeg_per_s2: u32,
    /// Slowing when a rate is cut, millidegrees a second each second. Also what the drive does
    /// with a setpoint of zero, at least.
    pub stop_decel_mdeg_per_s2: u32,
    /// Longest motion lease that counts.
    pub lease_cap_ms: u32,
    /// Longest lease of a return that a person holds.
    pub held_lease_cap_ms: u32,
    /// What follows the loss of the host.
    pub host_loss: HostLossPolicy,
    /// How long the table holds before it returns by itself.
    pub host_loss_hold_ms: u32,
    /// Longest time head-down before the table returns by itself.
    pub head_down_cap_ms: u32,
    /// Ankle latch sensors fitted: 0, 1 or 2.
    pub latches_fitted: u8,
    /// Whether automatic returns are allowed with fewer than two latch sensors.
    pub returns_with_few_latches: bool,
    /// A second, independent angle source is fitted.
    pub second_angle: bool,
    /// A hand control can be plugged in. Where none can, a hand that holds RETURN at the host stands for
    /// it in a reset loop.
    pub hand_control: bool,
    /// A battery carries a return when the mains fail.
    pub battery: bool,
    /// The way back without power.
    pub rescue: Rescue,
    /// Motor current that means an obstacle, in milliamperes.
    pub current_limit_ma: u32,
    /// Supply under which a return is not to be trusted, in millivolts.
    pub supply_low_mv: u32,
    /// Drive temperature from which nothing new starts, in degrees Celsius.
    pub hot_soft_c: i8,
    /// Drive temperature from which nothing runs, in degrees Celsius.
    pub hot_hard_c: i8,
    /// What a drive in front and what stands beside it are set to, as one number; 0 for a board that
    /// is all there is. It changes nothing but [`Config::hash`].
    pub fitted_hash: u32,
}

impl Config {
    /// The reference table: 60 degrees, two latch sensors, two angle sources, battery, gravity
    /// return.
    #[must_use]
    pub const fn reference() -> Self {
        Self {
            serial: 1,
            firmware: 0x0100,
            tilt_min: Angle::clamped(-90_000),
            tilt_max: Angle::clamped(60_000),
            max_rate: Rate::clamped(3_000),
            return_rate: Rate::clamped(3_000),
            return_max_rate: Rate::clamped(6_000),
            return_min_rate: Rate::clamped(2_000),
            level_rate: Rate::clamped(2_000),
            creep_rate: Rate::clamped(1_000),
            accel_mdeg_per_s2: 2_000,
            stop_decel_mdeg_per_s2: 8_000,
            lease_cap_ms: 250,
            held_lease_cap_ms: 700,
            host_loss: HostLossPolicy::HoldThenReturn,
            host_loss_hold_ms: 5_000,
            head_down_cap_ms: 600_000,
            latches_fitted: 2,
            returns_with_few_latches: false,
            second_angle: true,
            hand_control: true,
            battery: true,
            rescue: Rescue::Gravity,
            current_limit_ma: 8_000,
            supply_low_mv: 20_000,
            hot_soft_c: 70,
            hot_hard_c: 85,
            fitted_hash: 0,
        }
    }

    /// These settings with everything that lies outside what any table may do brought inside:
    /// never wider, never zero where zero would strand a person.
    #[must_use]
    pub(crate) fn bounded(self) -> Self {
        let within = |rate: Rate, low: i32, high: i32| {
            Rate::clamped(i64::from(rate.magnitude().millideg_per_s().clamp(low, high)))
        };
        Self {
            tilt_min: self.tilt_min.clamp(Angle::clamped(-90_000), Angle::REST_LOW),
            tilt_max: self.tilt_max.clamp(Angle::LEVEL, Angle::clamped(75_000)),
            max_rate: within(self.max_rate, 0, 6_000),
            return_rate: within(self.return_rate, 1_000, 6_000),
            return_max_rate: within(self.return_max_rate, 2_000, 6_000),
            return_min_rate: within(self.return_min_rate, 2_000, 6_000),
            level_rate: within(self.level_rate, 500, 2_000),
            creep_rate: within(self.creep_rate, 500, 1_000),
            accel_mdeg_per_s2: self.accel_mdeg_per_s2.clamp(500, 8_000),
            stop_decel_mdeg_per_s2: self.stop_decel_mdeg_per_s2.clamp(2_000, 20_000),
            lease_cap_ms: self.lease_cap_ms.clamp(1, 400),
            held_lease_cap_ms: self.held_lease_cap_ms.clamp(1, 700),
            host_loss_hold_ms: self.host_loss_hold_ms.clamp(1_000, 30_000),
            head_down_cap_ms: self.head_down_cap_ms.clamp(1_000, 600_000),
            latches_fitted: self.latches_fitted.min(2),
            ..self
        }
    }

    /// What the table tells a host that it can do.
    #[must_use]
    pub const fn capabilities(&self) -> TableCapabilities {
        TableCapabilities {
            returns_without_host: self.returns_by_itself()
                && matches!(self.host_loss, HostLossPolicy::HoldThenReturn),
            second_angle: self.second_angle,
            hand_control: self.hand_control,
            battery: self.battery,
            brake: true,
            latches_fitted: self.latches_fitted,
            rescue: self.rescue,
        }
    }

    /// Whether any automatic return is commissioned (decision of the site with fewer than two
    /// latch sensors).
    pub(crate) const fn returns_by_itself(&self) -> bool {
        self.latches_fitted >= 2 || self.returns_with_few_latches
    }

    /// The number that a controller with these settings tells its hosts: as [`Config::hash`], after it
    /// has brought them inside of what any table may do.
    #[must_use]
    pub fn told_hash(self) -> u32 {
        self.bounded().hash()
    }

    /// A number that changes with every setting, for the commissioning record.
    #[must_use]
    pub fn hash(&self) -> u32 {
        let words = [
            self.serial,
            u32::from(self.firmware),
            self.tilt_min.millideg().cast_unsigned(),
            self.tilt_max.millideg().cast_unsigned(),
            self.max_rate.millideg_per_s().cast_unsigned(),
            self.return_rate.millideg_per_s().cast_unsigned(),
            self.return_max_rate.millideg_per_s().cast_unsigned(),
            self.return_min_rate.millideg_per_s().cast_unsigned(),
            self.level_rate.millideg_per_s().cast_unsigned(),
            self.creep_rate.millideg_per_s().cast_unsigned(),
            self.accel_mdeg_per_s2,
            self.stop_decel_mdeg_per_s2,
            self.lease_cap_ms,
            self.held_lease_cap_ms,
            match self.host_loss {
                HostLossPolicy::Hold => 0,
                HostLossPolicy::HoldThenReturn => 1,
            },
            self.host_loss_hold_ms,
            self.head_down_cap_ms,
            u32::from(self.latches_fitted),
            u32::from(self.returns_with_few_latches),
            u32::from(self.second_angle),
            u32::from(self.hand_control),
            u32::from(self.battery),
            match self.rescue {
                Rescue::None => 0,
                Rescue::Crank => 1,
                Rescue::Battery => 2,
                Rescue::Gravity => 3,
            },
            self.current_limit_ma,
            self.supply_low_mv,
            i32::from(self.hot_soft_c).cast_unsigned(),
            i32::from(self.hot_hard_c).cast_unsigned(),
        ];
        let mut bytes = [[0u8; 4]; 27];
        for (to, word) in bytes.iter_mut().zip(words) {
            *to = word.to_le_bytes();
        }
        crc32c(bytes.as_flattened()) ^ self.fitted_hash
    }
}
