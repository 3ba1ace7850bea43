//! The controller's board: power, start-up, its hardware watchdog, and the way between plant and
//! firmware.

use antipode_firmware::{BootInfo, Config, Controller, Inputs, Outputs};
use antipode_safety::{Angle, Latches, Rate, Switch, Switches};

use crate::chance::Chance;
use crate::faults::{Fault, FaultKind};
use crate::person::VirtualPerson;
use crate::plant::{DriveInput, Plant, Sensed};

/// From power to the first turn of the loop, milliseconds.
const BOOT_MS: u64 = 200;
/// A loop that hangs is restarted by the chip's own watchdog after this long, milliseconds.
const WATCHDOG_MS: u64 = 500;
/// Time between two restarts of [`FaultKind::TableResetLoop`], milliseconds.
const RESET_LOOP_MS: u64 = 2_000;
/// The loop of [`FaultKind::SlowLoop`] turns this often, milliseconds.
const SLOW_MS: u64 = 50;
/// Starts within this long count for a reset loop, milliseconds.
const MINUTE_MS: u64 = 60_000;

/// Outputs of a board that does not run: everything off, the springs hold.
const OFF: Outputs = Outputs { setpoint: Rate::ZERO, brake: true, relay: false, buzzer: false };

/// What is wrong with the controller now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BoardFaults {
    frozen: bool,
    slow: bool,
    reset_loop: bool,
    /// How much too fast its clock runs, thousandths.
    clock_permille: i64,
}

impl BoardFaults {
    pub(super) const NONE: Self =
        Self { frozen: false, slow: false, reset_loop: false, clock_permille: 0 };

    pub(super) fn add(&mut self, fault: &Fault) {
        self.frozen |= fault.kind == FaultKind::TableFreeze;
        self.slow |= fault.kind == FaultKind::SlowLoop;
        self.reset_loop |= fault.kind == FaultKind::TableResetLoop;
        if fault.kind == FaultKind::TableClockDrift {
            self.clock_permille = fault.value() / 100;
        }
    }
}

/// The board and the controller that runs on it.
#[derive(Clone, Debug)]
pub(super) struct Board {
    config: Config,
    controller: Option<Controller>,
    outputs: Outputs,
    faults: BoardFaults,
    chance: Chance,
    starts_at_ms: u64,
    hangs_since_ms: Option<u64>,
    reset_due_ms: Option<u64>,
    boots: u16,
    boot_times_ms: [u64; 4],
    /// The controller's own clock, thousandths of a millisecond.
    clock_us: u64,
    clock_at_ms: u64,
    last_turn_ms: u64,
    turned: bool,
}

impl Board {
    pub(super) fn new(config: Config, chance: Chance) -> Self {
        Self {
            config,
            controller: None,
            outputs: OFF,
            faults: BoardFaults::NONE,
            chance,
            starts_at_ms: 0,
            hangs_since_ms: None,
            reset_due_ms: None,
            boots: 0,
            boot_times_ms: [u64::MAX; 4],
            clock_us: 0,
            clock_at_ms: 0,
            last_turn_ms: 0,
            turned: true,
        }
    }

    pub(super) const fn controller(&self) -> Option<&Controller> {
        self.controller.as_ref()
    }

    /// Whether bytes from the line reach a controller that runs.
    pub(super) const fn hears(&self) -> bool {
        self.controller.is_some() && !self.faults.frozen
    }

    /// Whether the loop turned in the last step of the world.
    pub(super) const fn turned(&self) -> bool {
        self.turned
    }

    pub(super) const fn config(&self) -> &Config {
        &self.config
    }

    pub(super) const fn outputs(&self) -> Outputs {
        self.outputs
    }

    pub(super) const fn boots(&self) -> u16 {
        self.boots
    }

    pub(super) fn set_faults(&mut self, faults: BoardFaults) {
        self.faults = faults;
    }

    /// Faults that strike once, when they begin.
    pub(super) fn strike(&mut self, fault: &Fault, now_ms: u64) {
        if fault.at_ms == now_ms
            && matches!(fault.kind, FaultKind::TableReset | FaultKind::TableResetLoop)
        {
            self.reset_due_ms = Some(now_ms);
        }
    }

    /// What the outputs do to the plant until the next turn.
    pub(super) const fn drive(&self) -> DriveInput {
        DriveInput {
            setpoint_mdeg_per_s: self.outputs.setpoint.millideg_per_s(),
            brake: self.outputs.brake,
            relay: self.outputs.relay,
        }
    }

    /// Bytes from the line. A board that does not run does not hear.
    pub(super) fn receive(&mut self, now_ms: u64, bytes: &[u8]) {
        let clock = self.clock(now_ms);
        if !self.faults.frozen
            && let Some(controller) = &mut self.controller
        {
            controller.receive(clock, bytes);
        }
    }

    /// One turn of the loop.
    pub(super) fn turn(
        &mut self,
        now_ms: u64,
        plant: &mut Plant,
        switches: Switches,
        mut send: impl FnMut(&[u8]),
    ) {
        if !plant.powered() {
            self.stop_running(now_ms + BOOT_MS);
            return;
        }
        self.reset_if_due(now_ms);
        if self.controller.is_none() {
            if now_ms < self.starts_at_ms {
                return;
            }
            self.boot(now_ms);
        }
        self.turned = !(self.faults.slow && now_ms < self.last_turn_ms + SLOW_MS);
        if !self.turned {
            return;
        }
        if self.hangs(now_ms) {
            return;
        }
        self.last_turn_ms = now_ms;
        let clock = self.clock(now_ms);
        let sensed = plant.sense();
        let Some(controller) = &mut self.controller else { return };
        self.outputs = controller.tick(clock, &inputs(&sensed, switches, self.config));
        let mut frame = [0; 256];
        let len = controller.transmit(&mut frame);
        if len > 0 {
            send(&frame[..len]);
        }
    }

    /// A loop that hangs keeps its outputs until the chip's watchdog restarts it.
    fn hangs(&mut self, now_ms: u64) -> bool {
        if !self.faults.frozen {
            self.hangs_since_ms = None;
            return false;
        }
        let since = *self.hangs_since_ms.get_or_insert(now_ms);
        if now_ms.saturating_sub(since) >= WATCHDOG_MS {
            self.hangs_since_ms = None;
            self.stop_running(now_ms + BOOT_MS);
        }
        true
    }

    fn reset_if_due(&mut self, now_ms: u64) {
        if self.reset_due_ms.is_some_and(|due| now_ms >= due) {
            self.reset_due_ms = self.faults.reset_loop.then_some(now_ms + RESET_LOOP_MS);
            self.stop_running(now_ms + BOOT_MS);
        }
    }

    fn stop_running(&mut self, starts_at_ms: u64) {
        self.controller = None;
        self.outputs = OFF;
        self.starts_at_ms = starts_at_ms;
        // What it had heard and not yet looked at is gone with it.
        self.turned = true;
    }

    fn boot(&mut self, now_ms: u64) {
        self.boots = self.boots.wrapping_add(1);
        let place = usize::from(self.boots) % self.boot_times_ms.len();
        self.boot_times_ms[place] = now_ms;
        let recent = self
            .boot_times_ms
            .iter()
            .filter(|at| now_ms.saturating_sub(**at) < MINUTE_MS && **at != u64::MAX);
        let boot = BootInfo {
            boot_count: self.boots,
            boots_last_minute: recent.count() as u8,
            entropy: self.chance.below(u64::from(u32::MAX)) as u32,
        };
        self.controller = Some(Controller::new(self.config, boot));
    }

    /// The controller's own clock, which wraps after 49.7 days. It may run fast or slow and never
    /// jumps.
    fn clock(&mut self, now_ms: u64) -> u32 {
        let passed_us = now_ms.saturating_sub(self.clock_at_ms) * 1_000;
        self.clock_at_ms = now_ms;
        let drift = passed_us as i64 * self.faults.clock_permille / 10_000;
        self.clock_us = self.clock_us.wrapping_add(passed_us).wrapping_add_signed(drift);
        (self.clock_us / 1_000) as u32
    }
}

/// The switches as wired: hand control, fixed STOP loop.
pub(super) fn switches(person: &VirtualPerson, fixed_stop: bool) -> Switches {
    person.switches().with(Switch::StopLoopClosed, !fixed_stop)
}

/// What the firmware reads of what the plant gives.
fn inputs(sensed: &Sensed, switches: Switches, config: Config) -> Inputs {
    let angle = |mdeg: Option<i32>| mdeg.and_then(Angle::from_millideg);
    Inputs {
        tilt: angle(sensed.tilt_drive),
        tilt_second: angle(sensed.tilt_imu),
        current_ma: sensed.current_ma,
        supply_mv: sensed.supply_mv,
        mains: sensed.mains,
        temperature_c: sensed.temperature_c,
        latches: Latches {
            fitted: config.latches_fitted,
            first_closed: sensed.latch_first_closed,
            second_closed: sensed.latch_second_closed,
        },
        switches: switches
            .with(Switch::HandControl, config.hand_control)
            .with(Switch::Rest, sensed.rest_switch),
    }
}
