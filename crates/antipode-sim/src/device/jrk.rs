//! A Pololu Jrk G2 that drives a linear actuator with a potentiometer.
//!
//! # Source
//! Pololu's user's guide 0J73 (sections 7.7, 9 to 12), `jrk_protocol.h` and the Arduino library.
//! What none of them says is chosen here and marked.

mod memory;
#[cfg(test)]
mod tests;

use super::bench::under_load;
use super::board::{Feeding, Felt, Push};
use super::fault::DeviceFault;
use super::pololu::{Framer, Heard, Rules, Size};
use super::reply::{Check, Replies};
pub use memory::JrkSetup;
use memory::Memory;

/// Full speed, in the unit of duty.
pub(super) const FULL: i32 = 600;
/// Time between two rounds of the control loop, milliseconds (as delivered).
const PERIOD_MS: u64 = 10;
/// Longest answer.
const LONGEST: u8 = 15;

const AWAITING: u16 = 1 << 0;
const NO_POWER: u16 = 1 << 1;
const FEEDBACK_DISCONNECT: u16 = 1 << 5;
const SERIAL_CRC: u16 = 1 << 10;
const SERIAL_PROTOCOL: u16 = 1 << 11;
const SERIAL_TIMEOUT: u16 = 1 << 12;
const HARD_OVERCURRENT: u16 = 1 << 13;
/// No setting switches these off.
const ALWAYS_ENABLED: u16 = 0x000f;
/// These stay until they are cleared, whatever the settings say.
const ALWAYS_LATCHED: u16 = 0x1f80;

/// What overrides the control loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Forced {
    No,
    DutyTarget(i32),
    Duty(i32),
}

/// The board.
#[derive(Clone, Debug)]
pub(super) struct Jrk {
    memory: Memory,
    feeding: Feeding,
    top_per_s: i32,
    framer: Framer,
    awaiting: bool,
    forced: Forced,
    target: u16,
    feedback: u16,
    scaled: u16,
    duty_target: i32,
    duty: i32,
    latched: u16,
    /// Errors of this moment that come and go by themselves.
    live: u16,
    occurred: u16,
    supply_mv: u16,
    current_ma: u16,
    fed_ms: u64,
    started_ms: u64,
    period: u64,
}

impl Jrk {
    pub(super) fn new(setup: &JrkSetup) -> Self {
        Self {
            memory: Memory::new(setup),
            feeding: setup.feeding,
            top_per_s: setup.top_per_s,
            framer: Framer::default(),
            awaiting: true,
            forced: Forced::No,
            target: 2_048,
            feedback: 0,
            scaled: 0,
            duty_target: 0,
            duty: 0,
            latched: 0,
            live: 0,
            occurred: 0,
            supply_mv: 0,
            current_ma: 0,
            fed_ms: 0,
            started_ms: 0,
            period: 0,
        }
    }

    pub(super) fn restart(&mut self, now_ms: u64) {
        self.memory.reload();
        let setup = JrkSetup {
            eeprom: self.memory.eeprom(),
            feeding: self.feeding,
            top_per_s: self.top_per_s,
        };
        *self = Self { started_ms: now_ms, fed_ms: now_ms, ..Self::new(&setup) };
    }

    pub(super) fn hear(&mut self, felt: &Felt, bytes: &[u8], replies: &mut Replies) {
        let rules = Rules {
            crc: self.memory.checks_commands(),
            compact: !self.memory.refuses_compact(),
            wide: self.memory.wide_number(),
            number: self.number(felt),
        };
        for byte in bytes {
            match self.framer.take(*byte, rules, size) {
                None => {}
                Some(Heard::Command { frame, command, data }) => {
                    self.obey(felt, &frame, command, &data, replies);
                }
                Some(Heard::BadCheck) => self.occur(SERIAL_CRC),
                Some(Heard::Malformed) => self.occur(SERIAL_PROTOCOL),
            }
        }
    }

    fn number(&self, felt: &Felt) -> u16 {
        self.memory.number() ^ u16::from(felt.has(DeviceFault::WrongIdentity))
    }

    /// Errors of the line occur, and stop the motor for good where they are enabled.
    fn occur(&mut self, error: u16) {
        self.occurred |= error;
        if self.memory.enabled() & error != 0
            && (ALWAYS_LATCHED | self.memory.latched()) & error != 0
        {
            self.latched |= error;
        }
    }

    fn obey(&mut self, felt: &Felt, frame: &[u8], command: u8, data: &[u8], replies: &mut Replies) {
        if self.feeding == Feeding::Any {
            self.fed_ms = felt.now_ms;
        }
        let mut say = |answer: Vec<u8>| replies.say(felt.now_ms, frame, answer, Check::None);
        match (command, data) {
            (0xc0..=0xdf, &[high]) => {
                self.aim(felt, u16::from(command & 0x1f) | u16::from(high) << 5);
            }
            (0xe0 | 0xe1, &[0]) | (0xff, []) => self.stop(),
            (0xe0, &[magnitude]) => self.aim(felt, 2_048 - 16 * u16::from(magnitude)),
            (0xe1, &[magnitude]) => self.aim(felt, 2_048 + 16 * u16::from(magnitude)),
            (0xf2 | 0xf4, &[low, high]) => self.force(felt, command, signed14(low, high)),
            (0xb3, []) => {
                let halting = self.halting();
                self.latched = 0;
                // Chosen: a cleared timeout counts from here, so that a motor that was on its way
                // goes on for one timeout. The maker does not say.
                self.fed_ms = felt.now_ms;
                say(halting.to_le_bytes().to_vec());
            }
            (0xb5, []) => {
                let occurred = self.occurred;
                self.occurred = 0;
                say(occurred.to_le_bytes().to_vec());
            }
            (0xec, []) => say(vec![0]),
            (0xe5, &[offset, len]) => self.give(&self.variables(felt), offset, len, &mut say),
            (0xe3, &[offset, len]) => {
                let eeprom = self.memory.shown_eeprom(felt, self.number(felt));
                self.give(&eeprom, offset, len, &mut say);
            }
            (0xea, &[offset, len]) => {
                let ram = self.memory.shown_ram(felt, self.number(felt));
                self.give(&ram, offset, len, &mut say);
            }
            (0xe6, &[offset, len, ref values @ ..]) => self.memory.set_ram(offset, len, values),
            // One variable: its place, one more, in the low bits.
            (0x81..=0xbf, []) => {
                let len = if command & 0x20 == 0 { 1 } else { 2 };
                self.give(&self.variables(felt), (command & 0x1f).wrapping_sub(1), len, &mut say);
            }
            _ => self.occur(SERIAL_PROTOCOL),
        }
    }

    /// "Set target": it goes there, unless an error holds it.
    fn aim(&mut self, felt: &Felt, target: u16) {
        self.target = target;
        self.awaiting = false;
        self.forced = Forced::No;
        self.fed_ms = felt.now_ms;
    }

    fn force(&mut self, felt: &Felt, command: u8, duty: i32) {
        let duty = duty.clamp(-FULL, FULL);
        self.forced = if command == 0xf2 { Forced::DutyTarget(duty) } else { Forced::Duty(duty) };
        self.awaiting = false;
        self.fed_ms = felt.now_ms;
    }

    /// "Stop motor" is "awaiting command" again, and no latch.
    const fn stop(&mut self) {
        self.awaiting = true;
        self.forced = Forced::No;
    }

    fn give(&self, from: &[u8], offset: u8, len: u8, say: &mut impl FnMut(Vec<u8>)) {
        let end = usize::from(offset) + usize::from(len);
        if let (1..=LONGEST, Some(part)) = (len, from.get(usize::from(offset)..end)) {
            say(part.to_vec());
        }
    }

    /// What stops the motor now.
    fn halting(&self) -> u16 {
        let enabled = self.memory.enabled() | ALWAYS_ENABLED;
        let awaiting = if self.awaiting { AWAITING } else { 0 };
        (self.live & enabled) | self.latched | awaiting
    }

    /// The variables as they lie from offset 0 on.
    fn variables(&self, felt: &Felt) -> [u8; 0x36] {
        let mut all = [0; 0x36];
        let mut put = |at: usize, bytes: &[u8]| all[at..at + bytes.len()].copy_from_slice(bytes);
        let duty = |value: i32| (value as i16).to_le_bytes();
        put(0x00, &self.target.to_le_bytes());
        put(0x02, &self.target.to_le_bytes());
        put(0x04, &self.feedback.to_le_bytes());
        put(0x06, &self.scaled.to_le_bytes());
        put(0x0a, &duty(self.duty_target));
        put(0x0c, &duty(self.duty));
        put(0x0e, &[(self.current_ma >> 8) as u8]);
        put(0x10, &(self.period as u16).to_le_bytes());
        put(0x12, &self.halting().to_le_bytes());
        put(0x14, &self.occurred.to_le_bytes());
        let forced = match self.forced {
            Forced::No => 0,
            Forced::DutyTarget(_) => 1,
            Forced::Duty(_) => 2,
        };
        put(0x16, &[forced]);
        put(0x17, &self.supply_mv.to_le_bytes());
        put(0x19, &self.current_ma.to_le_bytes());
        let up_ms = felt.now_ms.saturating_sub(self.started_ms) as u32;
        put(0x20, &up_ms.to_le_bytes());
        put(0x31, &duty(self.duty));
        all
    }

    pub(super) fn turn(&mut self, felt: &Felt) -> Push {
        self.measure(felt);
        self.watch(felt);
        let period = felt.now_ms / PERIOD_MS;
        if period != self.period {
            self.period = period;
            self.control();
        }
        let push = Push::Speed(under_load(
            i64::from(self.duty) * i64::from(self.top_per_s) / i64::from(FULL),
            felt.current_ma,
        ));
        match (self.duty, self.halting(), self.memory.coasts()) {
            (0, 1.., true) => Push::Coast,
            (0, _, _) => Push::Hold,
            _ => push,
        }
    }

    fn measure(&mut self, felt: &Felt) {
        // A torn wire lets the input float to its upper end.
        let counts = felt.stroke.map_or(4_095, |stroke| (stroke / 1_000).clamp(0, 4_095));
        self.feedback = counts as u16;
        self.scaled = self.memory.scaled(self.feedback);
        self.supply_mv = felt.supply_mv.min(65_535) as u16;
        self.current_ma = felt.current_ma.min(65_535) as u16;
    }

    /// Errors that come by themselves.
    fn watch(&mut self, felt: &Felt) {
        let torn = !self.memory.feedback_range().contains(&self.feedback);
        self.live = if torn { FEEDBACK_DISCONNECT } else { 0 };
        if felt.supply_mv < 5_000 {
            self.live |= NO_POWER;
        }
        self.occurred |= self.live;
        if self.live & self.memory.latched() != 0 {
            self.latched |= self.live & self.memory.latched() & self.memory.enabled();
        }
        let off = felt.has(DeviceFault::TimeoutOff) || felt.has(DeviceFault::TimeoutDead);
        let timeout_ms = self.memory.timeout_ms();
        let silent_ms = felt.now_ms.saturating_sub(self.fed_ms);
        if !off && timeout_ms > 0 && silent_ms >= timeout_ms {
            self.occur(SERIAL_TIMEOUT);
        }
        if felt.has(DeviceFault::LatchedFault) {
            self.occurred |= HARD_OVERCURRENT;
            self.latched |= HARD_OVERCURRENT;
        }
    }

    /// One round of the control loop: proportional, as far as the ramps and limits let it.
    fn control(&mut self) {
        if let Forced::Duty(duty) = self.forced
            && self.halting() & !FEEDBACK_DISCONNECT == 0
        {
            (self.duty_target, self.duty) = (duty, duty);
            return;
        }
        let wanted = match self.forced {
            Forced::DutyTarget(duty) => duty,
            Forced::No | Forced::Duty(_) => {
                self.memory.loop_asks(i32::from(self.target), i32::from(self.scaled))
            }
        };
        let halting = self.halting();
        if halting & self.memory.hard() != 0 {
            (self.duty_target, self.duty) = (0, 0);
            return;
        }
        self.duty_target = if halting == 0 { wanted } else { 0 };
        self.duty = self.memory.ramped(self.duty, self.duty_target);
    }
}

/// A signed number of two 7-bit bytes.
fn signed14(low: u8, high: u8) -> i32 {
    let value = i32::from(low & 0x7f) | i32::from(high & 0x7f) << 7;
    if value >= 0x2000 { value - 0x4000 } else { value }
}

/// How many data bytes a command has.
fn size(command: u8) -> Size {
    match command {
        0xc0..=0xe1 => Size::Fixed(1),
        0xe3 | 0xe5 | 0xea | 0xf2 | 0xf4 => Size::Fixed(2),
        0xe6 => Size::Counted,
        _ => Size::Fixed(0),
    }
}
