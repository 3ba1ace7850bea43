//! What can be asked of a drive.

use antipode_device::{
    DriveCondition, EnumRead, ModbusReads, NumberKind, NumberRead, PositionRead, Register,
    RegisterBank, RunState, Scale, ValidBit,
};
use core::num::NonZeroU32;

use super::keys::{
    ADDR, BIT, CONDITION_MAP, CONDITION_MEANING_SHAPE, CONDITION_MEANS, COUNTS_KEY, CURRENT, FAULT,
    FUNCTION, POSITION, RUN_MAP, RUN_MEANING_SHAPE, RUN_MEANS, RUN_STATE, SCALE, STOP_REASON,
    SUPPLY, TYPE, VALID_BIT, VALUE,
};
use crate::fields::Fields;
use crate::finding::Sink;
use crate::key::Key;
use crate::model::conflict;
use crate::model::drive::counter;

/// The farthest that a valid bit may lie from its number, so that one question covers both.
const VALID_REACH: u16 = 15;

pub(super) fn reads(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<ModbusReads> {
    let position = fields.table(&POSITION, sink).and_then(|fields| position(&fields, sink));
    let run_state = optional(fields, &RUN_STATE, sink, |fields, sink| {
        meanings(fields, &RUN_MAP, sink, |value, sink| {
            value.choice(&RUN_MEANS, &RunState::ALL, RunState::key, sink)
        })
    });
    let stop_reason = optional(fields, &STOP_REASON, sink, conditions);
    let fault = optional(fields, &FAULT, sink, conditions);
    let current = optional(fields, &CURRENT, sink, number);
    let supply = optional(fields, &SUPPLY, sink, number);
    Some(ModbusReads {
        position: position?,
        run_state: run_state?,
        stop_reason: stop_reason?,
        fault: fault?,
        current: current?,
        supply: supply?,
    })
}

/// What `read` makes of the table under `key`: `Some(None)` where it is left out, `None` where it
/// was noted as wrong.
fn optional<T>(
    fields: &Fields<'_, '_>,
    key: &'static Key,
    sink: &mut Sink,
    read: impl Fn(&Fields<'_, '_>, &mut Sink) -> Option<T>,
) -> Option<Option<T>> {
    if !fields.has(key) {
        return Some(None);
    }
    read(&fields.table(key, sink)?, sink).map(Some)
}

/// The address under `key`, which every shape of registers has.
pub(super) fn addr(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<u16> {
    u16::try_from(fields.whole(&ADDR, sink)?).ok()
}

pub(super) fn register(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<Register> {
    let function = fields.whole(&FUNCTION, sink);
    let addr = addr(fields, sink);
    let bank = if function? == 3 { RegisterBank::Holding } else { RegisterBank::Input };
    Some(Register { bank, addr: addr? })
}

/// How a number lies in registers, and what it means.
pub(super) fn measure(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<(NumberKind, Scale)> {
    let kind = fields.choice(&TYPE, &NumberKind::ALL, NumberKind::key, sink);
    let thousandths = part(fields, &SCALE, 1_000, sink, Fields::decimal);
    let counts = part(fields, &COUNTS_KEY, 1, sink, Fields::whole);
    Some((kind?, Scale { thousandths: thousandths?, counts: counts? }))
}

/// A part of a scale, `otherwise` where it is left out.
fn part<'t, 'i>(
    fields: &Fields<'t, 'i>,
    key: &'static Key,
    otherwise: u32,
    sink: &mut Sink,
    read: impl Fn(&Fields<'t, 'i>, &'static Key, &mut Sink) -> Option<i64>,
) -> Option<NonZeroU32> {
    if !fields.has(key) {
        return NonZeroU32::new(otherwise);
    }
    NonZeroU32::new(u32::try_from(read(fields, key, sink)?).ok()?)
}

pub(super) fn number(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<NumberRead> {
    let register = register(fields, sink);
    let measure = measure(fields, sink);
    let (register, (kind, scale)) = (register?, measure?);
    if register.addr.checked_add(kind.registers() - 1).is_none() {
        conflict(fields, &ADDR, "leaves no room for a number of two registers", sink)?;
    }
    Some(NumberRead { register, kind, scale })
}

fn position(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<PositionRead> {
    let number = number(fields, sink);
    let valid = optional(fields, &VALID_BIT, sink, |bit, sink| {
        let addr = addr(bit, sink);
        let at = bit.whole(&BIT, sink).and_then(|bit| u8::try_from(bit).ok());
        Some(ValidBit { addr: addr?, bit: at? })
    });
    let counter = counter(fields, sink);
    let (number, valid) = (number?, valid?);
    if valid.is_some_and(|valid| valid.addr.abs_diff(number.register.addr) > VALID_REACH) {
        conflict(fields, &VALID_BIT, "is too far from the number to be read with it", sink)?;
    }
    Some(PositionRead { number, valid, counter: counter? })
}

fn conditions(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<EnumRead<DriveCondition>> {
    meanings_of(fields, &CONDITION_MAP, &CONDITION_MEANING_SHAPE, sink, |value, sink| {
        value.choice(&CONDITION_MEANS, &DriveCondition::ALL, DriveCondition::key, sink)
    })
}

fn meanings<T>(
    fields: &Fields<'_, '_>,
    key: &'static Key,
    sink: &mut Sink,
    means: impl Fn(&Fields<'_, '_>, &mut Sink) -> Option<T>,
) -> Option<EnumRead<T>> {
    meanings_of(fields, key, &RUN_MEANING_SHAPE, sink, means)
}

/// Values and their meanings, each value once, at least one.
fn meanings_of<T>(
    fields: &Fields<'_, '_>,
    key: &'static Key,
    shape: &'static crate::key::Shape,
    sink: &mut Sink,
    means: impl Fn(&Fields<'_, '_>, &mut Sink) -> Option<T>,
) -> Option<EnumRead<T>> {
    let register = register(fields, sink);
    let mut map: Vec<(u16, T)> = Vec::new();
    let mut whole = true;
    for (table, span) in fields.tables(key, sink) {
        let entry = Fields::open(table, span, shape, sink);
        let value = entry.whole(&VALUE, sink).and_then(|value| u16::try_from(value).ok());
        let meaning = means(&entry, sink);
        let Some((value, meaning)) = value.zip(meaning) else {
            whole = false;
            continue;
        };
        if map.iter().any(|(known, _)| *known == value) {
            conflict(&entry, &VALUE, "has a meaning already", sink);
            whole = false;
        }
        map.push((value, meaning));
    }
    if map.is_empty() && whole && fields.has(key) {
        conflict(fields, key, "lists no value, so every value would be a fault", sink)?;
    }
    (whole && !map.is_empty()).then_some(EnumRead { register: register?, map })
}
