//! A Modbus profile: which registers, and the rules for them.

mod keys;
mod read;
mod write;

pub(super) use keys::MODBUS_SHAPE;

use antipode_device::{
    FedBy, HostLoss, IdentityRead, LossAction, ModbusMotion, ModbusProfile, ModbusTiming,
    WriteProof,
};
use antipode_safety::Millis;
use core::num::NonZeroU8;

use super::keys::{DRAIN_QUIET, REPLY_TIMEOUT, TURNAROUND};
use super::{answer, conflict};
use crate::fields::Fields;
use crate::finding::{Problem, Sink};
use crate::key::Key;
use keys::{
    ACTION, FED_BY, HOST_LOSS, IDENTITY, JOG_IN, JOG_OUT, KIND, MAX_READS, READ, REQUIRE_READBACK,
    RUN, STOP_ATTEMPTS, STOP_PATIENCE, STOPS, TARGET, TIMEOUT_READ, UNIT, VALUE, WITHIN, WRITE,
};

/// Longest time that a STOP may wait for the line (H-20).
const MAX_STOP_WAIT: Millis = Millis::new(100);

/// Each is asked in turn with everything else, so that more would make the rest old.
const MOST_IDENTITY: usize = 8;

pub(super) fn profile(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<ModbusProfile> {
    let unit = fields.whole(&UNIT, sink).and_then(|unit| u8::try_from(unit).ok());
    let timing = timing(fields, sink);
    let require_readback = answer(fields, &REQUIRE_READBACK, sink);
    let host_loss = fields.table(&HOST_LOSS, sink).and_then(|fields| host_loss(&fields, sink));
    let identity = identity(fields, sink);
    let reads = fields.table(&READ, sink).and_then(|fields| read::reads(&fields, sink));
    let write = fields.table(&WRITE, sink)?;
    let motion = motion(&write, sink);
    let stop = write::command(&write, &keys::STOP, sink);
    let clear = write::command(&write, &keys::CLEAR, sink);
    let stop_is_placeholder = write.has(&keys::STOP)
        && write.table(&keys::STOP, sink).is_some_and(|stop| {
            stop.has(&keys::PLACEHOLDER) && answer(&stop, &keys::PLACEHOLDER, sink) != Some(false)
        });
    let (motion, stop, require_readback) = (motion?, stop?, require_readback?);
    if require_readback {
        let proofs = motion.proofs().into_iter().chain([stop.proof]);
        if proofs.into_iter().any(|proof| proof == WriteProof::Echo) {
            let why = "is yes, and a write of this profile is proved by its echo alone";
            conflict(fields, &REQUIRE_READBACK, why, sink)?;
        }
    }
    let host_loss = host_loss?;
    let jogs = matches!(motion, ModbusMotion::Jog { .. });
    if matches!(host_loss, HostLoss::JogRepeat { .. }) && !jogs {
        conflict(fields, &HOST_LOSS, "jog_repeat needs jog_out and jog_in", sink)?;
    }
    Some(ModbusProfile {
        unit: unit?,
        timing: timing?,
        host_loss,
        require_readback,
        identity: identity?,
        reads: reads?,
        motion,
        stop,
        stop_is_placeholder,
        clear,
    })
}

fn timing(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<ModbusTiming> {
    let reply_timeout = fields.duration(&REPLY_TIMEOUT, sink);
    let turnaround = fields.duration(&TURNAROUND, sink);
    let drain_quiet = fields.duration(&DRAIN_QUIET, sink);
    let stop_patience = fields.duration(&STOP_PATIENCE, sink);
    let mut few = |key| NonZeroU8::new(u8::try_from(fields.whole(key, sink)?).ok()?);
    let (stop_attempts, max_reads_per_s) = (few(&STOP_ATTEMPTS), few(&MAX_READS));
    let (reply_timeout, turnaround) = (reply_timeout?, turnaround?);
    if turnaround >= reply_timeout {
        conflict(fields, &TURNAROUND, "must be shorter than reply_timeout", sink)?;
    }
    let (drain_quiet, stop_patience) = (drain_quiet?, stop_patience?);
    if drain_quiet <= turnaround {
        conflict(fields, &DRAIN_QUIET, "must be longer than turnaround", sink)?;
    }
    if stop_patience < turnaround || stop_patience.plus(turnaround) > MAX_STOP_WAIT {
        let why = "must be at least turnaround, and both together at most 100 ms";
        conflict(fields, &STOP_PATIENCE, why, sink)?;
    }
    Some(ModbusTiming {
        reply_timeout,
        turnaround,
        drain_quiet,
        stop_patience,
        stop_attempts: stop_attempts?,
        max_reads_per_s: max_reads_per_s?,
    })
}

fn host_loss(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<HostLoss> {
    let kind = fields.choice(&KIND, &HostLoss::KEYS, |word| word, sink)?;
    let used: &[&'static Key] = match kind {
        "register" => &[&TIMEOUT_READ, &ACTION, &FED_BY],
        "jog_repeat" => &[&WITHIN],
        "external" => &[&WITHIN, &FED_BY],
        _ => &[],
    };
    for key in [&TIMEOUT_READ, &ACTION, &FED_BY, &WITHIN] {
        let wanted = used.iter().any(|used| used.name == key.name);
        if fields.has(key) && !wanted {
            conflict(fields, key, "means nothing with this kind", sink)?;
        } else if wanted && key.name != ACTION.name && !fields.has(key) {
            conflict(
                fields,
                &KIND,
                "needs timeout and fed_by, or within and fed_by; see the schema",
                sink,
            )?;
        }
    }
    Some(match kind {
        "register" => HostLoss::Register {
            timeout: read::number(&fields.table(&TIMEOUT_READ, sink)?, sink)?,
            action: match fields.has(&ACTION) {
                true => Some(action(&fields.table(&ACTION, sink)?, sink)?),
                false => None,
            },
            fed_by: fields.choice(&FED_BY, &FedBy::ALL, FedBy::key, sink)?,
        },
        "jog_repeat" => HostLoss::JogRepeat { within: fields.duration(&WITHIN, sink)? },
        "external" => HostLoss::External {
            within: fields.duration(&WITHIN, sink)?,
            fed_by: fields.choice(&FED_BY, &FedBy::ALL, FedBy::key, sink)?,
        },
        _ => HostLoss::None,
    })
}

/// The registers by which the device is known; none where they are left out.
fn identity(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<Vec<IdentityRead>> {
    let tables = fields.tables(&IDENTITY, sink);
    let count = tables.len();
    if count > MOST_IDENTITY {
        let problem = Problem::TooMany { key: IDENTITY.name, count, most: MOST_IDENTITY };
        sink.error(fields.span_of(&IDENTITY), problem);
        return None;
    }
    let mut all = Vec::new();
    for (table, span) in tables {
        let entry = Fields::open(table, span, &keys::IDENTITY_SHAPE, sink);
        let register = read::register(&entry, sink);
        let value = entry.whole(&VALUE, sink).and_then(|value| u16::try_from(value).ok());
        all.extend(register.zip(value).map(|(register, value)| IdentityRead { register, value }));
    }
    (all.len() == count).then_some(all)
}

fn action(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<LossAction> {
    let register = read::register(fields, sink)?;
    let mut stops = Vec::new();
    for (table, span) in fields.tables(&STOPS, sink) {
        let value = Fields::open(table, span, &keys::STOPS_SHAPE, sink);
        stops.push(u16::try_from(value.whole(&VALUE, sink)?).ok()?);
    }
    if stops.is_empty() {
        conflict(fields, &STOPS, "names no value, so nothing would ever stop it", sink)?;
    }
    Some(LossAction { register, stops })
}

/// Target and run, or both jogs, and nothing between.
fn motion(write: &Fields<'_, '_>, sink: &mut Sink) -> Option<ModbusMotion> {
    let [target, run, out, inward] =
        [&TARGET, &RUN, &JOG_OUT, &JOG_IN].map(|key: &'static Key| write.has(key));
    match (target, run, out, inward) {
        (true, true, false, false) => Some(ModbusMotion::Position {
            target: write::target(write, sink)?,
            run: write::command(write, &RUN, sink)?,
        }),
        (false, false, true, true) => {
            let (out, inward) =
                (write::command(write, &JOG_OUT, sink), write::command(write, &JOG_IN, sink));
            let (out, inward) = (out?, inward?);
            if (out.addr, out.value) == (inward.addr, inward.value) {
                conflict(write, &JOG_IN, "is the same as jog_out", sink)?;
            }
            Some(ModbusMotion::Jog { out, inward })
        }
        _ => {
            let why = "needs target and run, or jog_out and jog_in";
            let span = write.span.clone();
            sink.error(span, crate::Problem::Conflict { key: WRITE.name, why });
            None
        }
    }
}
