//! What can be written to a drive.

use antipode_device::{CommandWrite, TargetWrite, WriteFunction, WriteProof};
use core::num::NonZeroU32;

use super::keys::{HORIZON, LEAST, MOST, TARGET, TYPE, VALUE, VERIFY, WRITE_FUNCTION};
use super::read::{addr, measure};
use crate::fields::Fields;
use crate::finding::Sink;
use crate::key::Key;
use crate::model::conflict;

fn function(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<WriteFunction> {
    match fields.whole(&WRITE_FUNCTION, sink)? {
        5 => Some(WriteFunction::Coil),
        6 => Some(WriteFunction::Register),
        16 => Some(WriteFunction::Registers),
        _ => {
            conflict(fields, &WRITE_FUNCTION, "must be 5, 6 or 16", sink)?;
            None
        }
    }
}

fn proof(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<WriteProof> {
    fields.choice(&VERIFY, &WriteProof::ALL, WriteProof::key, sink)
}

/// The command under `key`, `None` where it is left out or was noted as wrong.
pub(super) fn command(
    write: &Fields<'_, '_>,
    key: &'static Key,
    sink: &mut Sink,
) -> Option<CommandWrite> {
    let fields = write.table(key, sink)?;
    let function = function(&fields, sink);
    let addr = addr(&fields, sink);
    let value = fields.whole(&VALUE, sink).and_then(|value| u16::try_from(value).ok());
    let proof = proof(&fields, sink);
    let (function, value) = (function?, value?);
    if function == WriteFunction::Coil && value > 1 {
        conflict(&fields, &VALUE, "of a bit must be 0 or 1", sink)?;
    }
    Some(CommandWrite { function, addr: addr?, value, proof: proof? })
}

pub(super) fn target(write: &Fields<'_, '_>, sink: &mut Sink) -> Option<TargetWrite> {
    let fields = write.table(&TARGET, sink)?;
    let function = function(&fields, sink);
    let addr = addr(&fields, sink);
    let measure = measure(&fields, sink);
    let mut place = |key| i32::try_from(fields.decimal(key, sink)?).ok();
    let (least, most, horizon) = (place(&LEAST), place(&MOST), place(&HORIZON));
    let proof = proof(&fields, sink);
    let (function, addr, (kind, scale)) = (function?, addr?, measure?);
    let bounds = [least?, most?];
    let [least, most] = bounds;
    let wide = kind.registers() == 2;
    if function == WriteFunction::Coil || (wide && function != WriteFunction::Registers) {
        conflict(&fields, &WRITE_FUNCTION, "cannot write a number of this type at once", sink)?;
    }
    if wide && addr == u16::MAX {
        conflict(&fields, &TYPE, "needs two registers, and there is one", sink)?;
    }
    if least >= most {
        conflict(&fields, &MOST, "must be above least", sink)?;
    }
    if bounds.into_iter().any(|end| kind.write(scale.to_counts(end)).is_none()) {
        conflict(&fields, &TYPE, "cannot hold every place from least to most", sink)?;
    }
    Some(TargetWrite {
        function,
        addr,
        kind,
        scale,
        bounds,
        horizon: NonZeroU32::new(u32::try_from(horizon?).ok()?)?,
        proof: proof?,
    })
}
