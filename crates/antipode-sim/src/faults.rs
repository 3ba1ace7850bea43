//! Everything that can be made to go wrong in a simulated run, by name.
//!
//! The names are the ones that scenario files use. Each kind acts where its cause would: on the
//! wire, in the controller, in a sensor, in the mechanics, on the person, or on the host.

use crate::plant::{Blocks, BrakeJam, LatchFault, Obstacle, PlantFaults, SensorFault};
use crate::wire::WireFaults;

/// Declares the kinds once: variant, name in files, default value and its unit.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $value:literal;)+) => {
        /// A kind of fault. `value` is in thousandths of the unit that its description names;
        /// `rate` in thousandths of all chances.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FaultKind {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl FaultKind {
            /// Every kind, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// The name of every kind, in the same order.
            pub const NAMES: &'static [&'static str] = &[$($name,)+];

            /// Its name in files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The value where none is given, in thousandths of its unit.
            #[must_use]
            pub const fn default_value(self) -> i64 {
                match self { $(Self::$variant => $value,)+ }
            }
        }
    };
}

kinds! {
    /// Frames vanish, both ways; `rate`.
    Drop = "drop", 0;
    /// Frames take longer, both ways; `value` in milliseconds.
    Delay = "delay", 60_000;
    /// Frames take up to this much longer, both ways; `value` in milliseconds.
    Jitter = "jitter", 80_000;
    /// Frames arrive twice, both ways; `rate`.
    Duplicate = "duplicate", 0;
    /// Frames overtake one another, both ways; `rate`.
    Reorder = "reorder", 0;
    /// Frames lose their tail, both ways; `rate`.
    Truncate = "truncate", 0;
    /// Frames have one bit turned over, both ways; `rate`.
    BitFlip = "bit-flip", 0;
    /// Random bytes on the line, both ways; `value` in bytes a second.
    BurstNoise = "burst-noise", 300_000;
    /// The cable is cut, both ways.
    LinkCut = "link-cut", 0;
    /// What the host says does not arrive.
    DeafTable = "deaf-table", 0;
    /// What the table says does not arrive.
    MuteTable = "mute-table", 0;
    /// The line closes and opens again once a second.
    ReconnectLoop = "reconnect-loop", 0;
    /// The controller restarts once.
    TableReset = "table-reset", 0;
    /// The controller restarts every two seconds.
    TableResetLoop = "table-reset-loop", 0;
    /// The controller hangs until its hardware watchdog restarts it.
    TableFreeze = "table-freeze", 0;
    /// The controller's loop turns only every 50 ms.
    SlowLoop = "slow-loop", 0;
    /// The controller's clock runs fast; `value` in per cent.
    TableClockDrift = "table-clock-drift", 3_000;
    /// The drive's encoder gives no value.
    EncoderOff = "encoder-off", 0;
    /// The drive's encoder repeats one value.
    EncoderStuck = "encoder-stuck", 0;
    /// The drive's encoder gives random values.
    EncoderGarbage = "encoder-garbage", 0;
    /// The drive's encoder is wrong; `value` in degrees.
    EncoderWrong = "encoder-wrong", 8_000;
    /// The drive's encoder gives a new value twice a second.
    EncoderSlow = "encoder-slow", 0;
    /// The drive's encoder gives old values; `value` in milliseconds.
    EncoderDelayed = "encoder-delayed", 300_000;
    /// The drive's encoder misses half of its values.
    EncoderIntermittent = "encoder-intermittent", 0;
    /// The drive's encoder drifts; `value` in degrees a second.
    EncoderDrift = "encoder-drift", 200;
    /// The drive's encoder is mounted the wrong way round.
    EncoderSign = "encoder-sign", 0;
    /// The drive's encoder has a wrong factor; `value` as the factor.
    EncoderScale = "encoder-scale", 500;
    /// The inclinometer gives no value.
    InclinometerOff = "inclinometer-off", 0;
    /// The inclinometer repeats one value.
    InclinometerStuck = "inclinometer-stuck", 0;
    /// The inclinometer gives random values.
    InclinometerGarbage = "inclinometer-garbage", 0;
    /// The inclinometer is wrong; `value` in degrees.
    InclinometerWrong = "inclinometer-wrong", 8_000;
    /// The inclinometer drifts; `value` in degrees a second.
    InclinometerDrift = "inclinometer-drift", 200;
    /// The inclinometer is mounted the wrong way round.
    InclinometerSign = "inclinometer-sign", 0;
    /// The drive train jams.
    Stall = "stall", 0;
    /// Something below the head stands in the way; `value` in degrees.
    ObstacleDown = "obstacle-down", 12_000;
    /// Something at the feet stands in the way back; `value` in degrees.
    ObstacleBack = "obstacle-back", 8_000;
    /// The brake slips; `value` in degrees a second.
    BrakeSlip = "brake-slip", 500;
    /// The brake does not open.
    BrakeStuck = "brake-stuck", 0;
    /// The motor turns by itself; `value` in degrees a second.
    Runaway = "runaway", 5_000;
    /// The person raises both arms.
    ArmsOverhead = "arms-overhead", 0;
    /// The drive heats up; `value` in degrees Celsius a second.
    Overheat = "overheat", 2_000;
    /// The supply sags; `value` in volts.
    SupplySag = "supply-sag", 5_000;
    /// The mains fail.
    MainsCut = "mains-cut", 0;
    /// All power fails.
    PowerCut = "power-cut", 0;
    /// One ankle latch sensor says open.
    LatchSensor = "latch-sensor", 0;
    /// Both ankle latches open.
    LatchesOpen = "latches-open", 0;
    /// The host program dies.
    HostCrash = "host-crash", 0;
    /// The control loop hangs; the watchdog lives.
    HostFreeze = "host-freeze", 0;
    /// The host is suspended, watchdog and all.
    HostSuspend = "host-suspend", 0;
    /// The host's wall clock jumps; `value` in seconds.
    ClockStep = "clock-step", 3_600_000;
    /// The journal cannot be written.
    JournalFails = "journal-fails", 0;
    /// The person faints.
    Faint = "faint", 0;
    /// The person answers no question.
    IgnoresQuestions = "ignores-questions", 0;
    /// The person presses buttons at random.
    PanicMash = "panic-mash", 0;
    /// Another host greets the table and takes the link.
    SecondHost = "second-host", 0;
    /// The motor current reads this much, whatever flows; `value` in amperes.
    CurrentStuckHigh = "current-stuck-high", 12_000;
}

/// Where a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Struck {
    /// The line between host and table.
    Wire,
    /// The table's controller.
    Controller,
    /// A sensor, the mechanics or the supply of the table.
    Plant,
    /// The person.
    Person,
    /// The host program, its clock or its disk.
    Host,
}

impl FaultKind {
    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Where it strikes.
    #[must_use]
    pub const fn strikes(self) -> Struck {
        match self {
            Self::Drop
            | Self::Delay
            | Self::Jitter
            | Self::Duplicate
            | Self::Reorder
            | Self::Truncate
            | Self::BitFlip
            | Self::BurstNoise
            | Self::LinkCut
            | Self::DeafTable
            | Self::MuteTable
            | Self::ReconnectLoop
            | Self::SecondHost => Struck::Wire,
            Self::TableReset
            | Self::TableResetLoop
            | Self::TableFreeze
            | Self::SlowLoop
            | Self::TableClockDrift => Struck::Controller,
            Self::EncoderOff
            | Self::EncoderStuck
            | Self::EncoderGarbage
            | Self::EncoderWrong
            | Self::EncoderSlow
            | Self::EncoderDelayed
            | Self::EncoderIntermittent
            | Self::EncoderDrift
            | Self::EncoderSign
            | Self::EncoderScale
            | Self::InclinometerOff
            | Self::InclinometerStuck
            | Self::InclinometerGarbage
            | Self::InclinometerWrong
            | Self::InclinometerDrift
            | Self::InclinometerSign
            | Self::Stall
            | Self::ObstacleDown
            | Self::ObstacleBack
            | Self::BrakeSlip
            | Self::BrakeStuck
            | Self::Runaway
            | Self::ArmsOverhead
            | Self::Overheat
            | Self::SupplySag
            | Self::MainsCut
            | Self::PowerCut
            | Self::LatchSensor
            | Self::LatchesOpen
            | Self::CurrentStuckHigh => Struck::Plant,
            Self::Faint | Self::IgnoresQuestions | Self::PanicMash => Struck::Person,
            Self::HostCrash
            | Self::HostFreeze
            | Self::HostSuspend
            | Self::ClockStep
            | Self::JournalFails => Struck::Host,
        }
    }
}

/// A fault with its times and its strength.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// When it begins, milliseconds from the start of the run.
    pub at_ms: u64,
    /// How long it lasts, milliseconds; `None` to the end.
    pub for_ms: Option<u64>,
    /// How often it strikes, thousandths; `None` always.
    pub rate_permille: Option<u16>,
    /// How much of it, thousandths of the unit of its kind; `None` the default.
    pub value: Option<i64>,
}

impl Fault {
    /// A fault of default strength from `at_ms` to the end.
    #[must_use]
    pub const fn at(kind: FaultKind, at_ms: u64) -> Self {
        Self { kind, at_ms, for_ms: None, rate_permille: None, value: None }
    }

    /// This fault for `for_ms` only.
    #[must_use]
    pub const fn lasting(self, for_ms: u64) -> Self {
        Self { for_ms: Some(for_ms), ..self }
    }

    /// Whether it is present at `now_ms`.
    #[must_use]
    pub fn is_present(&self, now_ms: u64) -> bool {
        now_ms >= self.at_ms && self.for_ms.is_none_or(|lasts| now_ms - self.at_ms < lasts)
    }

    fn rate(&self) -> u16 {
        self.rate_permille.unwrap_or(1_000)
    }

    /// The value in thousandths of its unit.
    #[must_use]
    pub fn value(&self) -> i64 {
        self.value.unwrap_or_else(|| self.kind.default_value())
    }

    fn value_u32(&self) -> u32 {
        self.value().clamp(0, i64::from(u32::MAX)) as u32
    }

    fn value_i32(&self) -> i32 {
        self.value().clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
    }

    /// The value in whole units, for kinds that count milliseconds or bytes.
    fn whole(&self) -> u16 {
        (self.value() / 1_000).clamp(0, 60_000) as u16
    }

    /// Puts this fault on the two directions of a wire: host to table, table to host.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a test holds every kind to act in its place"
    )]
    pub(crate) fn on_wires(&self, down: &mut WireFaults, up: &mut WireFaults) {
        let mut both = |change: &dyn Fn(&mut WireFaults)| {
            change(down);
            change(up);
        };
        let rate = self.rate();
        match self.kind {
            FaultKind::Drop => both(&|w| w.drop_permille = w.drop_permille.max(rate)),
            FaultKind::Delay => both(&|w| w.delay_ms = w.delay_ms.max(self.whole())),
            FaultKind::Jitter => both(&|w| w.jitter_ms = w.jitter_ms.max(self.whole())),
            FaultKind::Duplicate => {
                both(&|w| w.duplicate_permille = w.duplicate_permille.max(rate));
            }
            FaultKind::Reorder => both(&|w| w.reorder_permille = w.reorder_permille.max(rate)),
            FaultKind::Truncate => both(&|w| w.truncate_permille = w.truncate_permille.max(rate)),
            FaultKind::BitFlip => both(&|w| w.bit_flip_permille = w.bit_flip_permille.max(rate)),
            FaultKind::BurstNoise => both(&|w| w.noise_per_s = w.noise_per_s.max(self.whole())),
            FaultKind::LinkCut => both(&|w| w.cut = true),
            FaultKind::DeafTable => down.cut = true,
            FaultKind::MuteTable => up.cut = true,
            _ => {}
        }
    }

    /// Puts this fault on the plant.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a test holds every kind to act in its place"
    )]
    pub(crate) fn on_plant(&self, plant: &mut PlantFaults) {
        let latch = Some(LatchFault::Opens);
        match self.kind {
            FaultKind::Stall => plant.stall = true,
            FaultKind::ObstacleDown => {
                plant.obstacle =
                    Some(Obstacle { at_mdeg: self.value_i32(), blocks: Blocks::HeadDown });
            }
            FaultKind::ObstacleBack => {
                plant.obstacle =
                    Some(Obstacle { at_mdeg: self.value_i32(), blocks: Blocks::HeadUp });
            }
            FaultKind::BrakeSlip => plant.brake_slip_mdeg_per_s = self.value_u32(),
            FaultKind::BrakeStuck => plant.brake_jam = Some(BrakeJam::Closed),
            FaultKind::Runaway => plant.runaway_mdeg_per_s = Some(self.value_i32()),
            FaultKind::ArmsOverhead => plant.arms_overhead = true,
            FaultKind::Overheat => plant.overheat_mc_per_s = self.value_u32(),
            FaultKind::SupplySag => plant.supply_sag_mv = self.value_u32(),
            FaultKind::MainsCut => plant.mains_cut = true,
            FaultKind::PowerCut => plant.all_power_cut = true,
            FaultKind::CurrentStuckHigh => plant.current_stuck_ma = Some(self.value_u32()),
            FaultKind::LatchSensor => plant.latch_first = Some(LatchFault::SensorSaysOpen),
            FaultKind::LatchesOpen => {
                plant.latch_first = latch;
                plant.latch_second = latch;
            }
            _ => match self.sensor() {
                Some((true, fault)) => plant.encoder = Some(fault),
                Some((false, fault)) => plant.inclinometer = Some(fault),
                None => {}
            },
        }
    }

    /// Which sensor (the encoder?) and what is wrong with it.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a test holds every kind to act in its place"
    )]
    fn sensor(&self) -> Option<(bool, SensorFault)> {
        let wrong = SensorFault::Wrong { offset_mdeg: self.value_i32() };
        let drift = SensorFault::Drift { mdeg_per_s: self.value_i32() };
        Some(match self.kind {
            FaultKind::EncoderOff => (true, SensorFault::Off),
            FaultKind::EncoderStuck => (true, SensorFault::Stuck),
            FaultKind::EncoderGarbage => (true, SensorFault::Garbage),
            FaultKind::EncoderWrong => (true, wrong),
            FaultKind::EncoderSlow => (true, SensorFault::Slow),
            FaultKind::EncoderDelayed => {
                (true, SensorFault::Delayed { by_ms: self.whole().min(630) })
            }
            FaultKind::EncoderIntermittent => (true, SensorFault::Intermittent),
            FaultKind::EncoderDrift => (true, drift),
            FaultKind::EncoderSign => (true, SensorFault::SignFlip),
            FaultKind::EncoderScale => (true, SensorFault::Scale { permille: self.value_i32() }),
            FaultKind::InclinometerOff => (false, SensorFault::Off),
            FaultKind::InclinometerStuck => (false, SensorFault::Stuck),
            FaultKind::InclinometerGarbage => (false, SensorFault::Garbage),
            FaultKind::InclinometerWrong => (false, wrong),
            FaultKind::InclinometerDrift => (false, drift),
            FaultKind::InclinometerSign => (false, SensorFault::SignFlip),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_name_and_is_found_by_it() {
        for (i, kind) in FaultKind::ALL.iter().enumerate() {
            assert_eq!(FaultKind::from_name(kind.name()), Some(*kind));
            assert_eq!(FaultKind::NAMES[i], kind.name());
        }
        let mut names = FaultKind::NAMES.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FaultKind::ALL.len());
        assert!(FaultKind::from_name("none-such").is_none());
    }

    #[test]
    fn at_least_thirty_kinds_are_live() {
        assert!(FaultKind::ALL.len() >= 30, "{}", FaultKind::ALL.len());
    }

    #[test]
    fn every_plant_fault_changes_the_plant_and_every_wire_fault_a_wire() {
        for kind in FaultKind::ALL {
            let fault = Fault { rate_permille: Some(100), ..Fault::at(*kind, 0) };
            let mut plant = PlantFaults::NONE;
            fault.on_plant(&mut plant);
            assert_eq!(plant != PlantFaults::NONE, kind.strikes() == Struck::Plant, "{kind:?}");
            let (mut down, mut up) = (WireFaults::NONE, WireFaults::NONE);
            fault.on_wires(&mut down, &mut up);
            let changed = down != WireFaults::NONE || up != WireFaults::NONE;
            let elsewhere = matches!(kind, FaultKind::ReconnectLoop | FaultKind::SecondHost);
            assert_eq!(changed, kind.strikes() == Struck::Wire && !elsewhere, "{kind:?}");
        }
    }

    #[test]
    fn a_fault_is_present_from_its_beginning_to_its_end() {
        let fault = Fault::at(FaultKind::Stall, 100).lasting(50);
        assert!(!fault.is_present(99));
        assert!(fault.is_present(100));
        assert!(fault.is_present(149));
        assert!(!fault.is_present(150));
        assert!(Fault::at(FaultKind::Stall, 100).is_present(u64::MAX));
    }
}
