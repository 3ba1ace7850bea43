//! The settings of a Jrk: EEPROM, which only its USB writes, and the copy in RAM that counts.

use std::ops::RangeInclusive;

use super::FULL;
use crate::device::board::{Feeding, Felt};
use crate::device::fault::DeviceFault;

/// Bytes of settings.
const LEN: usize = 0x80;
const OPTIONS1: usize = 0x01;
const FEEDBACK_MODE: usize = 0x18;
const ERROR_MIN: usize = 0x19;
const ERROR_MAX: usize = 0x1b;
const FEEDBACK_MIN: usize = 0x1d;
const FEEDBACK_MAX: usize = 0x1f;
const TIMEOUT: usize = 0x26;
const NUMBER: usize = 0x28;
const ERROR_ENABLE: usize = 0x2a;
const ERROR_LATCH: usize = 0x2c;
const ERROR_HARD: usize = 0x2e;
const OPTIONS3: usize = 0x50;
const PROPORTIONAL: usize = 0x51;
const PROPORTIONAL_EXPONENT: usize = 0x53;
const MAX_ACCELERATION: usize = 0x60;
const MAX_DECELERATION: usize = 0x64;
const MAX_DUTY: usize = 0x68;
/// RAM settings that the line may write: those of the control loop and the motor.
const WRITABLE: RangeInclusive<usize> = 0x50..=0x7f;

/// How a simulated Jrk is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JrkSetup {
    pub(super) eeprom: [u8; LEN],
    /// Which commands feed its serial timeout, for the maker names only "set target".
    pub feeding: Feeding,
    /// Speed of the stroke at full duty without load, thousandths of a count a second.
    pub top_per_s: i32,
}

impl JrkSetup {
    /// As delivered: no timeout, no optional error, no ramp, no check.
    #[must_use]
    pub fn delivered() -> Self {
        Self { eeprom: [0; LEN], feeding: Feeding::Motion, top_per_s: 150_000 }
            .with_setting(0x18, &[1])
            .with_setting(0x1b, &4_095_u16.to_le_bytes())
            .with_setting(0x1f, &4_095_u16.to_le_bytes())
            .with_setting(0x28, &[11])
            .with_setting(0x5a, &10_u16.to_le_bytes())
            .with_setting(0x60, &words([600, 600, 600, 600, 600, 600]))
    }

    /// As a table needs it: a timeout of 250 ms that stops the motor, every error enabled, checked
    /// commands, ramps, a torn potentiometer noticed, a stopped motor that brakes.
    #[must_use]
    pub fn fit() -> Self {
        Self::delivered()
            .with_setting(OPTIONS1, &[0x02])
            .with_setting(ERROR_MIN, &words([50, 4_045]))
            .with_setting(TIMEOUT, &25_u16.to_le_bytes())
            .with_setting(ERROR_ENABLE, &0x3ff0_u16.to_le_bytes())
            .with_setting(PROPORTIONAL, &[20, 0, 2])
            .with_setting(MAX_ACCELERATION, &words([20, 20, 40, 40, 600, 600]))
    }

    /// The same with the bytes `values` from setting `offset` on, as the maker's tool writes them
    /// over USB. What lies beyond the last setting is not written.
    #[must_use]
    pub fn with_setting(mut self, offset: usize, values: &[u8]) -> Self {
        for (place, value) in self.eeprom.iter_mut().skip(offset).zip(values) {
            *place = *value;
        }
        self
    }
}

fn words<const N: usize>(values: [u16; N]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// Both copies.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    eeprom: [u8; LEN],
    ram: [u8; LEN],
}

impl Memory {
    pub(super) const fn new(setup: &JrkSetup) -> Self {
        Self { eeprom: setup.eeprom, ram: setup.eeprom }
    }

    pub(super) const fn eeprom(&self) -> [u8; LEN] {
        self.eeprom
    }

    pub(super) const fn reload(&mut self) {
        self.ram = self.eeprom;
    }

    /// What a host reads of EEPROM.
    pub(super) fn shown_eeprom(&self, felt: &Felt, number: u16) -> [u8; LEN] {
        shown(self.eeprom, felt, number)
    }

    /// What a host reads of RAM.
    pub(super) fn shown_ram(&self, felt: &Felt, number: u16) -> [u8; LEN] {
        shown(self.ram, felt, number)
    }

    /// "Set RAM settings": values of seven bits each, and then their top bits, the first's lowest.
    pub(super) fn set_ram(&mut self, offset: u8, len: u8, values: &[u8]) {
        let Some((tops, values)) = values.split_last() else { return };
        for (index, value) in values.iter().take(usize::from(len)).enumerate() {
            let place = usize::from(offset) + index;
            if WRITABLE.contains(&place) && index < 7 {
                self.ram[place] = value | (tops >> index & 1) << 7;
            }
        }
    }

    const fn word(&self, at: usize) -> u16 {
        u16::from_le_bytes([self.ram[at], self.ram[at + 1]])
    }

    pub(super) const fn checks_commands(&self) -> bool {
        self.ram[OPTIONS1] & 1 << 1 != 0
    }

    pub(super) const fn wide_number(&self) -> bool {
        self.ram[OPTIONS1] & 1 << 2 != 0
    }

    pub(super) const fn refuses_compact(&self) -> bool {
        self.ram[OPTIONS1] & 1 << 3 != 0
    }

    pub(super) const fn number(&self) -> u16 {
        self.word(NUMBER)
    }

    pub(super) fn timeout_ms(&self) -> u64 {
        u64::from(self.word(TIMEOUT)) * 10
    }

    pub(super) const fn enabled(&self) -> u16 {
        self.word(ERROR_ENABLE)
    }

    pub(super) const fn latched(&self) -> u16 {
        self.word(ERROR_LATCH)
    }

    pub(super) const fn hard(&self) -> u16 {
        self.word(ERROR_HARD)
    }

    pub(super) const fn coasts(&self) -> bool {
        self.ram[OPTIONS3] & 2 != 0
    }

    pub(super) const fn feedback_range(&self) -> RangeInclusive<u16> {
        self.word(ERROR_MIN)..=self.word(ERROR_MAX)
    }

    /// Feedback over its configured range.
    pub(super) fn scaled(&self, feedback: u16) -> u16 {
        let (min, max) = (i32::from(self.word(FEEDBACK_MIN)), i32::from(self.word(FEEDBACK_MAX)));
        let span = (max - min).max(1);
        ((i32::from(feedback) - min) * 4_095 / span).clamp(0, 4_095) as u16
    }

    /// The duty that the loop asks for.
    pub(super) fn loop_asks(&self, target: i32, scaled: i32) -> i32 {
        if self.ram[FEEDBACK_MODE] == 0 {
            return (target - 2_048).clamp(-FULL, FULL);
        }
        let gain = i32::from(self.word(PROPORTIONAL));
        ((target - scaled) * gain) >> i32::from(self.ram[PROPORTIONAL_EXPONENT].min(18))
    }

    /// The next duty on the way to `target`: forward and reverse have their own limits.
    pub(super) fn ramped(&self, duty: i32, target: i32) -> i32 {
        let way = |at: usize, reverse: bool| i32::from(self.word(at + 2 * usize::from(reverse)));
        let reverse = if duty == 0 { target < 0 } else { duty < 0 };
        let target = target.clamp(-way(MAX_DUTY, true).min(FULL), way(MAX_DUTY, false).min(FULL));
        let rising = way(MAX_ACCELERATION, reverse).max(1);
        let falling = way(MAX_DECELERATION, reverse).max(1);
        let sign = if reverse { -1 } else { 1 };
        let (now, goal) = (duty * sign, target * sign);
        // On the way to the other direction it stands still once.
        let next =
            if goal > now { (now + rising).min(goal) } else { (now - falling).max(goal.max(0)) };
        next * sign
    }
}

fn shown(mut settings: [u8; LEN], felt: &Felt, number: u16) -> [u8; LEN] {
    if felt.has(DeviceFault::TimeoutOff) {
        settings[TIMEOUT..TIMEOUT + 2].fill(0);
    }
    settings[NUMBER..NUMBER + 2].copy_from_slice(&number.to_le_bytes());
    settings
}
