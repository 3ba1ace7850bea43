//! From a profile to requests, and from registers to what they mean.

use antipode_device::{
    CommandWrite, NumberRead, PositionRead, Register, RegisterBank, TargetWrite, WriteFunction,
    WriteProof,
};

use crate::codec::modbus::{Block, Read, RegisterSpan, Verify, Write};

/// The question for `count` registers from `register` on.
pub(super) fn read(register: Register, count: u16) -> Option<Read> {
    let span = RegisterSpan::new(register.addr, count)?;
    Some(match register.bank {
        RegisterBank::Holding => Read::HoldingRegisters(span),
        RegisterBank::Input => Read::InputRegisters(span),
    })
}

/// The question for a number.
pub(super) fn read_number(number: NumberRead) -> Option<Read> {
    read(number.register, number.kind.registers())
}

/// The number in the answer to it, in thousandths of its unit.
pub(super) fn number_of(number: NumberRead, registers: &[u16]) -> Option<i32> {
    number.scale.to_thousandths(number.kind.read(registers)?)
}

/// First register and count of the one question that covers a position and its valid bit.
fn position_span(position: &PositionRead) -> (u16, u16) {
    let first = position.number.register.addr;
    let last = first.saturating_add(position.number.kind.registers() - 1);
    let (first, last) = match position.valid {
        Some(valid) => (first.min(valid.addr), last.max(valid.addr)),
        None => (first, last),
    };
    (first, last - first + 1)
}

/// The question for a position together with what says whether it counts.
pub(super) fn read_position(position: &PositionRead) -> Option<Read> {
    let (addr, count) = position_span(position);
    read(Register { addr, ..position.number.register }, count)
}

/// The position in the answer to it; `None` where the drive does not vouch for it.
pub(super) fn position_of(position: &PositionRead, registers: &[u16]) -> Option<i32> {
    let (first, _) = position_span(position);
    let at = |addr: u16| usize::from(addr - first);
    if let Some(valid) = position.valid {
        let word = registers.get(at(valid.addr))?;
        if (word >> valid.bit) & 1 == 0 {
            return None;
        }
    }
    let start = at(position.number.register.addr);
    let end = start + usize::from(position.number.kind.registers());
    number_of(position.number, registers.get(start..end)?)
}

pub(super) const fn verify(proof: WriteProof) -> Verify {
    match proof {
        WriteProof::Echo => Verify::Echo,
        WriteProof::ReadBack => Verify::ReadBack,
    }
}

/// The write of a command.
pub(super) fn command(write: &CommandWrite) -> Option<Write> {
    let CommandWrite { function, addr, value, .. } = *write;
    Some(match function {
        WriteFunction::Coil => Write::Coil { at: addr, on: value != 0 },
        WriteFunction::Register => Write::Register { at: addr, value },
        WriteFunction::Registers => Write::Registers(Block::new(addr, &[value])?),
    })
}

/// The write of a target, for a drive that stands at `from`: no farther from there than the horizon,
/// and within the bounds of the profile. All in thousandths of the stroke's unit.
pub(super) fn target(write: &TargetWrite, from: i32, to: i32) -> Option<Write> {
    let [least, most] = write.bounds.map(i64::from);
    let horizon = i64::from(write.horizon.get());
    let near = i64::from(to).clamp(i64::from(from) - horizon, i64::from(from) + horizon);
    let to = i32::try_from(near.clamp(least, most)).ok()?;
    let [first, second] = write.kind.write(write.scale.to_counts(to))?;
    Some(match (write.function, write.kind.registers()) {
        (WriteFunction::Registers, 1) => Write::Registers(Block::new(write.addr, &[first])?),
        (WriteFunction::Registers, _) => {
            Write::Registers(Block::new(write.addr, &[first, second])?)
        }
        (WriteFunction::Register, 1) => Write::Register { at: write.addr, value: first },
        (WriteFunction::Register | WriteFunction::Coil, _) => return None,
    })
}
