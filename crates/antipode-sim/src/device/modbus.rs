//! A Modbus RTU slave with the registers of one of two industrial drives.
//!
//! # Source
//! Modbus application protocol 1.1b3 and serial line 1.02; for the registers the LINAK guide (pages
//! 21 and 28) and Leadshine's manuals as far as they were at hand. What they do not say is chosen as
//! in the profiles of the project, and marked there.

mod leadshine;
mod linak;
mod rtu;
#[cfg(test)]
mod tests;

use super::board::{Felt, Push};
use super::fault::DeviceFault;
use super::reply::{Check, Replies};
use leadshine::Leadshine;
use linak::Linak;
use rtu::Buffer;

/// What a request is refused with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Exception {
    Function = 1,
    Address = 2,
    Value = 3,
}

/// Which registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bank {
    /// Those of function 3, 6 and 16.
    Holding,
    /// Those of function 4.
    Input,
}

/// The registers of one drive.
trait Registers {
    /// Whether the drive has `function` at all.
    fn knows(&self, function: u8) -> bool;
    fn read(&self, bank: Bank, address: u16) -> Result<u16, Exception>;
    fn write(&mut self, now_ms: u64, address: u16, value: u16) -> Result<(), Exception>;
}

/// Whose registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ModbusMap {
    /// An actuator like LINAK's LA36: a target and a command to run there.
    Linak,
    /// A closed-loop stepper drive like Leadshine's: JOG that must be written again and again.
    Leadshine,
}

/// How a simulated Modbus drive is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModbusSetup {
    /// Whose registers.
    pub map: ModbusMap,
    /// Its address on the bus.
    pub unit: u8,
    /// Speed of its motor, thousandths of the stroke's unit a second.
    pub per_s: i32,
    /// What the position register counts in one unit of the stroke.
    pub counts_per_unit: u32,
    /// Silence after which it stops, milliseconds; 0 never. For an actuator the value at the start
    /// of a register of our own ([`ModbusSetup::TIMEOUT_REGISTER`]); for JOG how long one write
    /// lasts.
    pub timeout_ms: u16,
}

impl ModbusSetup {
    /// Where the actuator keeps its timeout in milliseconds. No such register is documented: it
    /// stands for whatever a maker's full map has.
    pub const TIMEOUT_REGISTER: u16 = 20;

    /// An actuator like LINAK's LA36, its timeout off.
    #[must_use]
    pub const fn linak() -> Self {
        Self { map: ModbusMap::Linak, unit: 1, per_s: 5_000, counts_per_unit: 10, timeout_ms: 0 }
    }

    /// A drive like Leadshine's CS2RS: one write of JOG lasts 50 ms.
    #[must_use]
    pub const fn leadshine() -> Self {
        Self {
            map: ModbusMap::Leadshine,
            unit: 1,
            per_s: 2_000,
            counts_per_unit: 10_000,
            timeout_ms: 50,
        }
    }
}

/// The registers of either drive.
#[derive(Clone, Debug)]
enum Kind {
    Linak(Linak),
    Leadshine(Leadshine),
}

impl Kind {
    fn registers(&mut self) -> &mut dyn Registers {
        match self {
            Self::Linak(linak) => linak,
            Self::Leadshine(leadshine) => leadshine,
        }
    }
}

/// The drive.
#[derive(Clone, Debug)]
pub(super) struct ModbusDrive {
    setup: ModbusSetup,
    buffer: Buffer,
    kind: Kind,
}

impl ModbusDrive {
    pub(super) fn new(setup: &ModbusSetup) -> Self {
        let kind = match setup.map {
            ModbusMap::Linak => Kind::Linak(Linak::new(setup)),
            ModbusMap::Leadshine => Kind::Leadshine(Leadshine::new(setup)),
        };
        Self { setup: setup.clone(), buffer: Buffer::default(), kind }
    }

    pub(super) fn restart(&mut self, _now_ms: u64) {
        *self = Self::new(&self.setup);
    }

    pub(super) fn hear(&mut self, felt: &Felt, bytes: &[u8], replies: &mut Replies) {
        self.buffer.take(felt.now_ms, bytes);
        let unit = self.setup.unit.wrapping_add(u8::from(felt.has(DeviceFault::WrongIdentity)));
        while let Some(request) = self.buffer.next() {
            let answer = answer(self.kind.registers(), felt.now_ms, unit, &request);
            if let Some(answer) = answer {
                replies.say(felt.now_ms, &request, answer, Check::Modbus);
            }
        }
    }

    pub(super) fn turn(&mut self, felt: &Felt) -> Push {
        match &mut self.kind {
            Kind::Linak(linak) => linak.turn(felt),
            Kind::Leadshine(leadshine) => leadshine.turn(felt),
        }
    }
}

/// What unit `unit` answers to `request`, both without their checks. A broadcast is obeyed and not
/// answered; the words to another are not for it.
fn answer(registers: &mut dyn Registers, now_ms: u64, unit: u8, request: &[u8]) -> Option<Vec<u8>> {
    let (&[to, function], data) = request.split_first_chunk::<2>()?;
    if to != unit && to != 0 {
        return None;
    }
    let done = if registers.knows(function) {
        carry_out(registers, now_ms, function, data)
    } else {
        Err(Exception::Function)
    };
    if to == 0 {
        return None;
    }
    Some(match done {
        Ok(body) => [&[unit, function][..], &body].concat(),
        Err(exception) => vec![unit, function | 0x80, exception as u8],
    })
}

fn carry_out(
    registers: &mut dyn Registers,
    now_ms: u64,
    function: u8,
    data: &[u8],
) -> Result<Vec<u8>, Exception> {
    match (function, data) {
        (3 | 4, &[a0, a1, c0, c1]) => {
            let bank = if function == 3 { Bank::Holding } else { Bank::Input };
            let (first, count) = (u16::from_be_bytes([a0, a1]), u16::from_be_bytes([c0, c1]));
            if !(1..=125).contains(&count) {
                return Err(Exception::Value);
            }
            let mut body = vec![count as u8 * 2];
            for index in 0..count {
                let address = first.checked_add(index).ok_or(Exception::Address)?;
                body.extend(registers.read(bank, address)?.to_be_bytes());
            }
            Ok(body)
        }
        (6, &[a0, a1, v0, v1]) => {
            let (address, value) = (u16::from_be_bytes([a0, a1]), u16::from_be_bytes([v0, v1]));
            registers.write(now_ms, address, value)?;
            Ok(data.to_vec())
        }
        (16, &[a0, a1, c0, c1, len, ref values @ ..]) => {
            let (first, count) = (u16::from_be_bytes([a0, a1]), u16::from_be_bytes([c0, c1]));
            let fits = (1..=123).contains(&count)
                && usize::from(len) == usize::from(count) * 2
                && values.len() == usize::from(len);
            if !fits {
                return Err(Exception::Value);
            }
            for (index, value) in (0..count).zip(values.as_chunks::<2>().0) {
                let address = first.checked_add(index).ok_or(Exception::Address)?;
                registers.write(now_ms, address, u16::from_be_bytes(*value))?;
            }
            Ok(vec![a0, a1, c0, c1])
        }
        _ => Err(Exception::Value),
    }
}
