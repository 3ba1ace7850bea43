//! The state of latches, supply and heat, with the delays that tell a fact from a flicker.

use antipode_safety::{Fault, FaultSet, Latches};

use crate::canary::{self, Canary};
use crate::config::Config;
use crate::io::{DriveNotes, Inputs};
use crate::timer::Held;

/// A latch sensor is believed when it says the same for so long (H-33).
const LATCH_DEBOUNCE_MS: u32 = 50;
/// Mains or supply must be low for so long (H-13).
const SUPPLY_DEBOUNCE_MS: u32 = 50;
/// A hot drive must cool by this much.
const HOT_HYSTERESIS_C: i8 = 5;

/// What the fitted latch sensors say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ankles {
    /// Every fitted sensor says closed, or none is fitted and a person confirms.
    Closed,
    /// One of two says open: mostly a sensor fault.
    OneOpen,
    /// Every fitted sensor says open: the person slides.
    Open,
}

/// Everything around the drive that is not its movement.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    latches: Latches,
    /// The sensors have been read at least once.
    read: bool,
    changing: Held,
    no_mains: Held,
    low: Held,
    hot_soft: bool,
    hot_hard: bool,
    /// What else the back end knows of its drive.
    drive: DriveNotes,
    no_energy: Held,
    /// The motor has had its energy for so long, as believed ...
    energy: Held,
    /// ... and as told last.
    lit: Held,
}

impl Condition {
    pub(crate) const fn new(config: &Config) -> Self {
        let fitted = config.latches_fitted;
        Self {
            // Open until the sensors have said otherwise.
            latches: Latches { fitted, first_closed: false, second_closed: false },
            read: false,
            changing: Held::ZERO,
            no_mains: Held::ZERO,
            low: Held::ZERO,
            hot_soft: false,
            hot_hard: false,
            drive: DriveNotes::NONE,
            no_energy: Held::ZERO,
            // It has never been seen without.
            energy: Held::since(u32::MAX),
            lit: Held::since(u32::MAX),
        }
    }

    /// Takes what the back end knows of its drive.
    pub(crate) const fn note_drive(&mut self, notes: DriveNotes) {
        self.drive = notes;
    }

    pub(crate) fn update(&mut self, config: &Config, inputs: &Inputs, dt_ms: u32) {
        let said = Latches { fitted: config.latches_fitted, ..inputs.latches };
        let settled = self.changing.update(said != self.latches, dt_ms) >= LATCH_DEBOUNCE_MS;
        if settled || !self.read {
            self.latches = said;
            self.read = true;
            self.changing = Held::ZERO;
        }
        self.no_mains.update(!inputs.mains, dt_ms);
        self.low.update(inputs.supply_mv < config.supply_low_mv, dt_ms);
        self.no_energy.update(self.drive.unpowered, dt_ms);
        let has_energy = !self.unpowered();
        self.energy.update(has_energy, dt_ms);
        self.lit.update(!self.drive.unpowered, dt_ms);
        self.hot_soft = hot(self.hot_soft, inputs.temperature_c, config.hot_soft_c);
        self.hot_hard = hot(self.hot_hard, inputs.temperature_c, config.hot_hard_c);
    }

    pub(crate) const fn latches(&self) -> Latches {
        self.latches
    }

    pub(crate) fn ankles(&self) -> Ankles {
        if canary::active(Canary::LatchesIgnored) {
            return Ankles::Closed;
        }
        match self.latches.open() {
            0 => Ankles::Closed,
            open if open == self.latches.fitted => Ankles::Open,
            _ => Ankles::OneOpen,
        }
    }

    pub(crate) const fn mains_lost(&self) -> bool {
        self.no_mains.ms() >= SUPPLY_DEBOUNCE_MS
    }

    /// Whether the motor has no energy: it cannot run, and stands by itself.
    pub(crate) const fn unpowered(&self) -> bool {
        self.no_energy.ms() >= SUPPLY_DEBOUNCE_MS
    }

    /// For how long nobody has said that the motor has no energy.
    pub(crate) const fn lit_ms(&self) -> u32 {
        self.lit.ms()
    }

    /// Its energy gave way for less than a loss takes to be believed: it counts as one.
    pub(crate) const fn rest_energy(&mut self) {
        self.energy = Held::ZERO;
    }

    /// Whether the motor has had its energy for `rest_ms` on end. A circuit that was closed again is
    /// no start, and a supply that gives way under every start must not be asked without a pause
    /// (H-13, H-23).
    pub(crate) const fn energy_is_steady(&self, rest_ms: u32) -> bool {
        self.energy.ms() >= rest_ms
    }

    /// Whether the drive's own current limit has stopped it.
    pub(crate) const fn over_current(&self) -> bool {
        self.drive.over_current
    }

    /// Whether a return may be finished and nothing new started: hot, or in doubt.
    pub(crate) const fn hot_soft(&self) -> bool {
        self.hot_soft || self.drive.doubtful
    }

    /// Whether the drive must not run: too hot, or not fit to.
    pub(crate) const fn hot_hard(&self) -> bool {
        self.hot_hard || self.drive.unfit
    }

    /// The faults that these facts are.
    pub(crate) fn faults(&self) -> FaultSet {
        let ankles = self.ankles();
        FaultSet::NONE
            .with(Fault::OneLatchOpen, ankles == Ankles::OneOpen)
            .with(Fault::LatchesOpen, ankles == Ankles::Open)
            .with(Fault::MainsLost, self.mains_lost())
            .with(Fault::SupplyLow, self.low.ms() >= SUPPLY_DEBOUNCE_MS || self.unpowered())
            .with(Fault::HotSoft, self.hot_soft())
            .with(Fault::HotHard, self.hot_hard())
    }
}

const fn hot(was: bool, now_c: i8, limit_c: i8) -> bool {
    if was { now_c > limit_c.saturating_sub(HOT_HYSTERESIS_C) } else { now_c >= limit_c }
}

#[cfg(test)]
mod tests {
    use antipode_safety::Switches;

    use super::*;

    fn inputs() -> Inputs {
        Inputs {
            tilt: None,
            tilt_second: None,
            current_ma: 0,
            supply_mv: 24_000,
            mains: true,
            temperature_c: 20,
            latches: Latches { fitted: 0, first_closed: true, second_closed: true },
            switches: Switches::NONE,
        }
    }

    #[test]
    fn latches_are_believed_after_fifty_milliseconds() {
        let config = Config::reference();
        let mut condition = Condition::new(&config);
        assert_eq!(condition.ankles(), Ankles::Open);
        condition.update(&config, &inputs(), 10);
        assert_eq!(condition.ankles(), Ankles::Closed, "the first word counts at once");
        let mut open = inputs();
        open.latches.second_closed = false;
        for _ in 0..10 {
            condition.update(&config, &open, 40);
            condition.update(&config, &inputs(), 1);
            assert_eq!(condition.ankles(), Ankles::Closed, "chatter");
        }
        condition.update(&config, &open, 49);
        assert_eq!(condition.ankles(), Ankles::Closed);
        condition.update(&config, &open, 1);
        assert_eq!(condition.ankles(), Ankles::OneOpen);
        open.latches.first_closed = false;
        condition.update(&config, &open, 50);
        assert_eq!(condition.ankles(), Ankles::Open);
    }

    #[test]
    fn one_fitted_sensor_that_says_open_is_all_of_them() {
        let config = Config { latches_fitted: 1, ..Config::reference() };
        let mut condition = Condition::new(&config);
        assert_eq!(condition.ankles(), Ankles::Open);
        condition.update(&config, &inputs(), 50);
        assert_eq!(condition.ankles(), Ankles::Closed);
        let none = Config { latches_fitted: 0, ..Config::reference() };
        assert_eq!(Condition::new(&none).ankles(), Ankles::Closed);
    }

    #[test]
    fn supply_counts_after_fifty_milliseconds_and_at_its_limit() {
        let config = Config::reference();
        let mut condition = Condition::new(&config);
        let sag = Inputs { mains: false, supply_mv: 19_999, ..inputs() };
        condition.update(&config, &sag, 49);
        assert!(!condition.mains_lost());
        assert!(!condition.faults().has(Fault::SupplyLow));
        condition.update(&config, &sag, 1);
        assert!(condition.mains_lost());
        assert!(condition.faults().has(Fault::SupplyLow));
        condition.update(&config, &Inputs { supply_mv: 20_000, ..inputs() }, 1);
        assert_eq!(
            condition.faults().without(FaultSet::NONE.with(Fault::LatchesOpen, true)),
            FaultSet::NONE
        );
    }

    #[test]
    fn heat_counts_from_its_limit_and_is_forgotten_five_degrees_below() {
        let config = Config::reference();
        let mut condition = Condition::new(&config);
        for (celsius, soft, hard) in [
            (69, false, false),
            (70, true, false),
            (84, true, false),
            (85, true, true),
            (81, true, true),
            (80, true, false),
            (66, true, false),
            (65, false, false),
        ] {
            condition.update(&config, &Inputs { temperature_c: celsius, ..inputs() }, 10);
            assert_eq!((condition.hot_soft(), condition.hot_hard()), (soft, hard), "{celsius}");
        }
    }
}
