//! An actuator like LINAK's LA36 with Modbus: a target, and a command to run there.
//!
//! It runs to its target whether or not anybody speaks: the guide at hand names no time-out. The
//! register for one is ours.

use super::{Bank, Exception, ModbusSetup, Registers};
use crate::device::board::{Felt, Push};
use crate::device::fault::DeviceFault;

const TARGET: u16 = 1;
const COMMAND: u16 = 2;
/// Registers of either bank; those without a meaning keep what is written and read as that or 0.
const COUNT: usize = 64;
const RUN_TO_TARGET: u16 = 1;
/// Nearer is reached, in counts of the position register.
const REACHED: i64 = 2;

/// Reasons of the last stop; only 0 is documented.
const WELL: u16 = 0;
const STOPPED: u16 = 1;
const TIMED_OUT: u16 = 2;
const FAULT: u16 = 3;

/// The registers and what they stand for.
#[derive(Clone, Debug)]
pub(super) struct Linak {
    per_s: i32,
    counts_per_unit: i64,
    holding: [u16; COUNT],
    position: Option<u16>,
    current_ma: u32,
    run_state: u16,
    stop_reason: u16,
    timeout_off: bool,
    fed_ms: u64,
}

impl Linak {
    pub(super) const fn new(setup: &ModbusSetup) -> Self {
        let mut holding = [0; COUNT];
        holding[ModbusSetup::TIMEOUT_REGISTER as usize] = setup.timeout_ms;
        Self {
            per_s: setup.per_s,
            counts_per_unit: setup.counts_per_unit as i64,
            holding,
            position: None,
            current_ma: 0,
            run_state: 0,
            stop_reason: WELL,
            timeout_off: false,
            fed_ms: 0,
        }
    }

    const fn stop(&mut self, reason: u16) {
        self.holding[COMMAND as usize] = 0;
        self.stop_reason = reason;
    }

    pub(super) fn turn(&mut self, felt: &Felt) -> Push {
        let counts = |stroke: i32| i64::from(stroke) * self.counts_per_unit / 1_000;
        let position = felt.stroke.map(counts);
        self.position = position.and_then(|counts| u16::try_from(counts).ok());
        self.current_ma = felt.current_ma;
        self.timeout_off = felt.has(DeviceFault::TimeoutOff);
        let timeout_ms = u64::from(self.holding[usize::from(ModbusSetup::TIMEOUT_REGISTER)]);
        let dead = self.timeout_off || felt.has(DeviceFault::TimeoutDead) || timeout_ms == 0;
        let runs = self.holding[usize::from(COMMAND)] == RUN_TO_TARGET;
        if runs && !dead && felt.now_ms.saturating_sub(self.fed_ms) >= timeout_ms {
            self.stop(TIMED_OUT);
        }
        if felt.has(DeviceFault::LatchedFault) {
            self.stop(FAULT);
        }
        let left = position
            .filter(|_| self.holding[usize::from(COMMAND)] == RUN_TO_TARGET)
            .map(|position| i64::from(self.holding[usize::from(TARGET)]) - position);
        (self.run_state, self.stop_reason) = match left {
            None => (0, self.stop_reason),
            Some(left) if left.abs() <= REACHED => {
                self.stop(WELL);
                (0, WELL)
            }
            Some(1..) => (1, self.stop_reason),
            Some(_) => (2, self.stop_reason),
        };
        match self.run_state {
            1 => Push::Speed(self.per_s),
            2 => Push::Speed(-self.per_s),
            _ => Push::Hold,
        }
    }
}

impl Registers for Linak {
    fn knows(&self, function: u8) -> bool {
        matches!(function, 3 | 4 | 6 | 16)
    }

    fn read(&self, bank: Bank, address: u16) -> Result<u16, Exception> {
        let place = usize::from(address);
        match (bank, address) {
            (Bank::Holding, ModbusSetup::TIMEOUT_REGISTER) if self.timeout_off => Ok(0),
            (Bank::Holding, _) => self.holding.get(place).copied().ok_or(Exception::Address),
            (Bank::Input, 0) => Ok(self.position.unwrap_or(0)),
            (Bank::Input, 2) => Ok(u16::from(self.position.is_some())),
            (Bank::Input, 3) => Ok(self.run_state),
            (Bank::Input, 5) => Ok(self.stop_reason),
            (Bank::Input, 6) => Ok((self.current_ma / 10).min(65_535) as u16),
            (Bank::Input, 0..64) => Ok(0),
            (Bank::Input, _) => Err(Exception::Address),
        }
    }

    fn write(&mut self, now_ms: u64, address: u16, value: u16) -> Result<(), Exception> {
        // 6 to 9 run to presets; what is stored there nobody here knows.
        if address == COMMAND && value > RUN_TO_TARGET {
            return Err(Exception::Value);
        }
        let register = self.holding.get_mut(usize::from(address)).ok_or(Exception::Address)?;
        *register = value;
        if address == TARGET || address == COMMAND {
            self.fed_ms = now_ms;
        }
        if address == COMMAND && value == 0 {
            self.stop(STOPPED);
        }
        Ok(())
    }
}
