//! The status word of the drive.

/// How much a status bit weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The drive has stopped, limits itself or lets the motors run free.
    Fault,
    /// Something comes near a limit, or a signal is active.
    Warning,
}

/// The status bits on whose meaning the vendor's sources agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
pub enum StatusBit {
    /// The drive's own emergency input is active.
    EmergencyInput = 1 << 0,
    /// Sensor 1 is too hot.
    Temperature1 = 1 << 1,
    /// Sensor 2 is too hot.
    Temperature2 = 1 << 2,
    /// The motors' supply is too high.
    MainBatteryHigh = 1 << 3,
    /// The logic's supply is too high.
    LogicBatteryHigh = 1 << 4,
    /// The logic's supply is too low.
    LogicBatteryLow = 1 << 5,
    /// Power stage of motor 1; older models only.
    DriverFaultM1 = 1 << 6,
    /// Power stage of motor 2; older models only.
    DriverFaultM2 = 1 << 7,
    /// Motor 1 does not keep its speed.
    SpeedM1 = 1 << 8,
    /// Motor 2 does not keep its speed.
    SpeedM2 = 1 << 9,
    /// Motor 1 does not keep its position.
    PositionM1 = 1 << 10,
    /// Motor 2 does not keep its position.
    PositionM2 = 1 << 11,
    /// Motor 1 draws too much.
    CurrentM1 = 1 << 12,
    /// Motor 2 draws too much.
    CurrentM2 = 1 << 13,
    /// The motors' supply is too low, and **the motors run free** until it recovers; not latched.
    /// Only a drive that holds itself keeps the bed where it is (H-14).
    MainBatteryLow = 1 << 14,
    /// The motors brake against a supply that is too high; not latched.
    MainBatteryHighBraking = 1 << 15,
    /// Motor 1 is held back to its current limit.
    CurrentWarningM1 = 1 << 16,
    /// Motor 2 is held back to its current limit.
    CurrentWarningM2 = 1 << 17,
    /// The motors' supply comes near its upper end.
    MainBatteryHighWarning = 1 << 18,
    /// The motors' supply comes near its lower end.
    MainBatteryLowWarning = 1 << 19,
    /// Sensor 1 is hot.
    TemperatureWarning1 = 1 << 20,
    /// Sensor 2 is hot.
    TemperatureWarning2 = 1 << 21,
    /// Input S4: home, limit or stop, as the drive is set up.
    SignalS4 = 1 << 22,
    /// Input S5: home, limit or stop, as the drive is set up.
    SignalS5 = 1 << 23,
    /// The drive has just started: nothing that was set before holds.
    Starting = 1 << 29,
    /// Motor 1 feeds back as much as the drive lets it.
    RegenerationM1 = 1 << 30,
    /// Motor 2 feeds back as much as the drive lets it.
    RegenerationM2 = 1 << 31,
}

impl StatusBit {
    /// Every bit, faults first.
    pub const ALL: [Self; 27] = [
        Self::EmergencyInput,
        Self::Temperature1,
        Self::Temperature2,
        Self::MainBatteryHigh,
        Self::LogicBatteryHigh,
        Self::LogicBatteryLow,
        Self::DriverFaultM1,
        Self::DriverFaultM2,
        Self::SpeedM1,
        Self::SpeedM2,
        Self::PositionM1,
        Self::PositionM2,
        Self::CurrentM1,
        Self::CurrentM2,
        Self::MainBatteryLow,
        Self::MainBatteryHighBraking,
        Self::CurrentWarningM1,
        Self::CurrentWarningM2,
        Self::MainBatteryHighWarning,
        Self::MainBatteryLowWarning,
        Self::TemperatureWarning1,
        Self::TemperatureWarning2,
        Self::SignalS4,
        Self::SignalS5,
        Self::Starting,
        Self::RegenerationM1,
        Self::RegenerationM2,
    ];

    /// The bit in the word.
    #[must_use]
    pub const fn mask(self) -> u32 {
        self as u32
    }

    /// The lower half of the word are faults, the upper half warnings.
    #[must_use]
    pub const fn weight(self) -> Weight {
        if self.mask() <= 0xffff { Weight::Fault } else { Weight::Warning }
    }
}

/// The status word.
///
/// Older firmware answers the same command with 16 bits of another order, in which bit 0 is a mere
/// warning. That answer is two bytes shorter, so it is refused as truncated and never misread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(u32);

impl Status {
    /// Nothing to report.
    pub const CLEAR: Self = Self(0);

    /// The status of a word as read.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The word.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether this bit is set.
    #[must_use]
    pub const fn has(self, bit: StatusBit) -> bool {
        self.0 & bit.mask() != 0
    }

    /// The bits set, in their order.
    pub fn set_bits(self) -> impl Iterator<Item = StatusBit> {
        StatusBit::ALL.into_iter().filter(move |&bit| self.has(bit))
    }

    /// The bits set that have no agreed meaning. The vendor's manual and package differ on bits 24
    /// to 27, and one of them alone names bit 28.
    #[must_use]
    pub fn unknown(self) -> u32 {
        StatusBit::ALL.into_iter().fold(self.0, |rest, bit| rest & !bit.mask())
    }

    /// Whether the motor must not be driven: any fault, or any bit that nobody can explain.
    #[must_use]
    pub fn is_fault(self) -> bool {
        self.unknown() != 0 || self.set_bits().any(|bit| bit.weight() == Weight::Fault)
    }
}
