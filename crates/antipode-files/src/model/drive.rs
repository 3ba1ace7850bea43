//! The settings of each dialect.

use antipode_device::{
    Counter, Dialect, JrkSettings, PololuFraming, RoboClawMotion, RoboClawMotor, RoboClawSettings,
    TicSettings,
};
use core::num::{NonZeroU8, NonZeroU32};

use super::keys::{
    ADDRESS, ANSWERS_CHECK, CHECK, COUNTER, COUNTS_PER_UNIT, DEVICE_NUMBER, DIALECT, DRAIN_QUIET,
    JRK, MODBUS, MOTOR, REPLY_TIMEOUT, ROBOCLAW, ROBOCLAW_MOTION, TIC, TIMEOUT, TURNAROUND,
};
use super::{answer, conflict, modbus};
use crate::fields::Fields;
use crate::finding::Sink;

/// The settings in the table called `word`.
pub(super) fn settings(fields: &Fields<'_, '_>, word: &str, sink: &mut Sink) -> Option<Dialect> {
    let key = [&JRK, &TIC, &ROBOCLAW, &MODBUS].into_iter().find(|key| key.name == word)?;
    if !fields.has(key) {
        conflict(fields, &DIALECT, "needs a table of the same name with its settings", sink)?;
    }
    let table = fields.table(key, sink)?;
    match word {
        "jrk" => jrk(&table, sink).map(Dialect::Jrk),
        "tic" => tic(&table, sink).map(Dialect::Tic),
        "roboclaw" => roboclaw(&table, sink).map(Dialect::RoboClaw),
        _ => modbus::profile(&table, sink).map(Dialect::Modbus),
    }
}

fn framing(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<PololuFraming> {
    let device_number = fields.whole(&DEVICE_NUMBER, sink).and_then(|n| u8::try_from(n).ok());
    Some(PololuFraming { device_number, check: answer(fields, &CHECK, sink)? })
}

fn counts_per_unit(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<NonZeroU32> {
    NonZeroU32::new(u32::try_from(fields.whole(&COUNTS_PER_UNIT, sink)?).ok()?)
}

fn jrk(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<JrkSettings> {
    Some(JrkSettings { framing: framing(fields, sink)? })
}

fn tic(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<TicSettings> {
    let framing = framing(fields, sink);
    let answers_checked = answer(fields, &ANSWERS_CHECK, sink);
    Some(TicSettings { framing: framing?, answers_checked: answers_checked? })
}

fn roboclaw(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<RoboClawSettings> {
    let address = fields.whole(&ADDRESS, sink).and_then(|n| u8::try_from(n).ok());
    let motor = fields.whole(&MOTOR, sink);
    let motion = fields.choice(&ROBOCLAW_MOTION, &RoboClawMotion::ALL, RoboClawMotion::key, sink);
    let counts_per_unit = counts_per_unit(fields, sink);
    let counter = counter(fields, sink);
    let timeout_tenths = tenths(fields, sink);
    let reply_timeout = fields.duration(&REPLY_TIMEOUT, sink);
    let turnaround = fields.duration(&TURNAROUND, sink);
    let drain_quiet = fields.duration(&DRAIN_QUIET, sink);
    let (reply_timeout, turnaround) = (reply_timeout?, turnaround?);
    if turnaround >= reply_timeout {
        conflict(fields, &TURNAROUND, "must be shorter than reply_timeout", sink)?;
    }
    let drain_quiet = drain_quiet?;
    if drain_quiet <= turnaround {
        conflict(fields, &DRAIN_QUIET, "must be longer than turnaround", sink)?;
    }
    Some(RoboClawSettings {
        address: address?,
        motor: if motor? == 1 { RoboClawMotor::M1 } else { RoboClawMotor::M2 },
        motion: motion?,
        counts_per_unit: counts_per_unit?,
        counter: counter?,
        timeout_tenths: timeout_tenths?,
        reply_timeout,
        turnaround,
        drain_quiet,
    })
}

pub(super) fn counter(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<Counter> {
    fields.choice(&COUNTER, &Counter::ALL, Counter::key, sink)
}

fn tenths(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<NonZeroU8> {
    let time = fields.duration(&TIMEOUT, sink)?.get();
    if !time.is_multiple_of(100) {
        conflict(fields, &TIMEOUT, "must be a whole number of tenths of a second", sink)?;
    }
    NonZeroU8::new(u8::try_from(time / 100).ok()?)
}
