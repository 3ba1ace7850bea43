//! A closed-loop stepper drive like Leadshine's CS2RS, as far as JOG goes.

use super::{Bank, Exception, ModbusSetup, Registers};
use crate::device::board::{Felt, Push};
use crate::device::fault::DeviceFault;

const POSITION_HIGH: u16 = 0x1014;
const VELOCITY_HIGH: u16 = 0x1046;
const CONTROL: u16 = 0x1801;
const STATUS: u16 = 0x1003;
const ALARM: u16 = 0x2203;
const PATHS: u16 = 0x6002;
const JOG_CLOCKWISE: u16 = 0x4001;
const JOG_COUNTER: u16 = 0x4002;
const QUICK_STOP: u16 = 0x0040;
/// The alarm that a latched fault stands for: over-current.
const OVER_CURRENT: u16 = 0x00e0;

/// The registers and what they stand for.
#[derive(Clone, Debug)]
pub(super) struct Leadshine {
    per_s: i32,
    counts_per_unit: i64,
    lasts_ms: u64,
    jog: i8,
    jogged_ms: u64,
    position: i32,
    velocity: i32,
    alarm: u16,
}

impl Leadshine {
    pub(super) fn new(setup: &ModbusSetup) -> Self {
        Self {
            per_s: setup.per_s,
            counts_per_unit: i64::from(setup.counts_per_unit),
            lasts_ms: u64::from(setup.timeout_ms),
            jog: 0,
            jogged_ms: 0,
            position: 0,
            velocity: 0,
            alarm: 0,
        }
    }

    pub(super) fn turn(&mut self, felt: &Felt) -> Push {
        if let Some(stroke) = felt.stroke {
            self.position = (i64::from(stroke) * self.counts_per_unit / 1_000) as i32;
        }
        if felt.has(DeviceFault::LatchedFault) {
            self.alarm = OVER_CURRENT;
        }
        let off = felt.has(DeviceFault::TimeoutOff) || felt.has(DeviceFault::TimeoutDead);
        let over = felt.now_ms.saturating_sub(self.jogged_ms) >= self.lasts_ms;
        if self.alarm != 0 || (over && !off && self.lasts_ms > 0) {
            self.jog = 0;
        }
        self.velocity = i32::from(self.jog) * self.per_s;
        if self.velocity == 0 { Push::Hold } else { Push::Speed(self.velocity) }
    }
}

impl Registers for Leadshine {
    fn knows(&self, function: u8) -> bool {
        matches!(function, 3 | 6 | 16)
    }

    fn read(&self, _bank: Bank, address: u16) -> Result<u16, Exception> {
        // Turns a minute.
        let velocity = self.velocity * 60 / 1_000;
        let (high, low) = (|value: i32| (value >> 16) as u16, |value: i32| value as u16);
        Ok(match address {
            STATUS => u16::from(self.alarm != 0) | 1 << 1 | u16::from(self.jog != 0) << 2 | 1 << 6,
            POSITION_HIGH => high(self.position),
            0x1015 => low(self.position),
            VELOCITY_HIGH => high(velocity),
            0x1047 => low(velocity),
            CONTROL | PATHS => 0,
            ALARM => self.alarm,
            _ => return Err(Exception::Address),
        })
    }

    fn write(&mut self, now_ms: u64, address: u16, value: u16) -> Result<(), Exception> {
        match (address, value) {
            (CONTROL, JOG_CLOCKWISE | JOG_COUNTER) => {
                self.jog = if value == JOG_CLOCKWISE { 1 } else { -1 };
                self.jogged_ms = now_ms;
            }
            // "Reset alarm": after most alarms power must be cycled, and so after this one.
            (CONTROL, 0x1111) => {}
            (PATHS, QUICK_STOP) => self.jog = 0,
            (CONTROL | PATHS, _) => return Err(Exception::Value),
            _ => return Err(Exception::Address),
        }
        Ok(())
    }
}
