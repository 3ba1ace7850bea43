//! Everything that can be made to go wrong in a simulated run, by name.
//!
//! The names are the ones that scenario files use. Each kind acts where its cause would: on the
//! wire, in the controller, in a sensor, in the mechanics, on the person, or on the host.

mod kind;
#[cfg(test)]
mod tests;

pub use kind::{FaultKind, Struck};

use crate::person::VirtualPerson;
use crate::plant::{Blocks, BrakeJam, LatchFault, Obstacle, PlantFaults, SensorFault};
use crate::wire::WireFaults;

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

    /// When it begins or ends next, after `now_ms`; never, once it is over.
    pub(crate) fn next_change_ms(&self, now_ms: u64) -> Option<u64> {
        let ends = self.for_ms.map(|lasts| self.at_ms.saturating_add(lasts));
        [Some(self.at_ms), ends].into_iter().flatten().filter(|change| *change > now_ms).min()
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
            FaultKind::HalfOpen => both(&|w| w.half_open = true),
            FaultKind::Flood => both(&|w| w.flood_per_s = w.flood_per_s.max(self.whole())),
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

    /// Faults of the person strike once, when they begin.
    pub(crate) fn on_person(&self, person: &mut VirtualPerson, now_ms: u64) {
        if self.at_ms != now_ms {
            return;
        }
        let lasts = self.for_ms.unwrap_or(600_000);
        if self.kind == FaultKind::Faint {
            person.faint_at(now_ms, lasts);
        } else if self.kind == FaultKind::PanicMash {
            person.mash(now_ms, now_ms.saturating_add(self.for_ms.unwrap_or(10_000)));
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
