//! Readings packed into blocks: just under a second in one record.
//!
//! A block stands for itself, so a lost one costs only its own readings. Each field is a column.
//! A column is a constant, or differences from a typical value or a typical step, each written in
//! as few bits as the column needs (Rice codes). Steady fields cost almost nothing, and every
//! reading comes back exactly.
//!
//! ```text
//! block   version u8 = 2 | count u8 | columns as bits, see `column` | zero bits to the next byte
//! ```
//! A session's own blocks hold the columns without version and count: its start states the one, its
//! steps the other.

pub(crate) mod bits;
pub(crate) mod column;

use antipode_safety::{
    Angle, DriveState, FaultSet, Latches, Millis, Rate, Reading, Switches, Timestamp,
};

use bits::{BitReader, BitWriter};

/// Readings in one block at most.
pub const MAX_READINGS: usize = 64;
/// A block spans less than this; with the wait for a flush no more than a second can be lost.
pub const SPAN: Millis = Millis::new(950);

const VERSION: u8 = 2;
const ABSENT: i64 = 1;

/// A block of readings, ready to be the payload of a [`crate::Kind::READINGS`] record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// When the last reading arrived; the record must be stamped with it, it is not repeated inside.
    pub at: Timestamp,
    /// The payload.
    pub payload: Vec<u8>,
}

/// A payload is not a block of readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// Written by a newer program.
    #[error("the readings have version {0}, this program reads {VERSION}")]
    Version(u8),
    /// It ends too early.
    #[error("the readings end too early")]
    Short,
    /// Bytes follow that belong to nothing.
    #[error("bytes follow the readings")]
    Long,
    /// More readings than a block holds, or none.
    #[error("a block claims {0} readings")]
    Count(u8),
    /// A value that no reading has.
    #[error("a reading has {value} as its {field}")]
    Value {
        /// The field.
        field: &'static str,
        /// What it says.
        value: i64,
    },
}

/// Gathers readings into blocks.
#[derive(Clone, Debug, Default)]
pub struct BlockBuilder {
    readings: Vec<Reading>,
}

impl BlockBuilder {
    /// An empty builder.
    #[must_use]
    pub const fn new() -> Self {
        Self { readings: Vec::new() }
    }

    /// Adds a reading; gives the block before it once that is full.
    #[must_use]
    pub fn push(&mut self, reading: Reading) -> Option<Block> {
        let full = self.readings.first().is_some_and(|first| {
            // A step back begins a new block too: it is a fault that must be seen as it came.
            reading.at.checked_since(first.at).is_none_or(|span| span >= SPAN)
        });
        let block = if full || self.readings.len() >= MAX_READINGS { self.flush() } else { None };
        self.readings.push(reading);
        block
    }

    /// The readings gathered so far, `None` without any; for the moment before an event and for
    /// the end.
    #[must_use]
    pub fn flush(&mut self) -> Option<Block> {
        let block = encode(&self.readings);
        self.readings.clear();
        block
    }
}

/// Packs up to [`MAX_READINGS`] readings; `None` without any. More are not packed: pass them in
/// pieces.
#[must_use]
pub fn encode(readings: &[Reading]) -> Option<Block> {
    let readings = readings.get(..readings.len().min(MAX_READINGS))?;
    let last = *readings.last()?;
    let mut out = BitWriter::new(vec![VERSION, readings.len() as u8]);
    write_columns(&mut out, readings, last);
    Some(Block { at: last.at, payload: out.finish() })
}

/// Writes the columns of readings of which `last` is the last.
pub(crate) fn write_columns(out: &mut BitWriter, readings: &[Reading], last: Reading) {
    let mut values = Vec::with_capacity(readings.len());
    let mut put = |of: &mut dyn FnMut(&Reading) -> Option<i64>| {
        values.clear();
        values.extend(readings.iter().filter_map(of));
        column::encode(out, &values);
    };
    put(&mut |r| Some(i64::from(r.seq)));
    put(&mut |r| Some(i64::from(r.table_ms)));
    put(&mut |r| {
        let since_last = r.at.as_millis().wrapping_sub(last.at.as_millis()) as i64;
        Some(since_last.wrapping_sub(table_ticks(r.table_ms, last.table_ms)))
    });
    put(&mut |r| Some(i64::from(r.tilt.is_none())));
    put(&mut |r| r.tilt.map(|tilt| i64::from(tilt.millideg())));
    put(&mut |r| Some(i64::from(r.tilt_second.is_none())));
    put(&mut |r| r.tilt_second.map(|tilt| i64::from(tilt.millideg())));
    put(&mut |r| Some(i64::from(r.rate.millideg_per_s())));
    put(&mut |r| DriveState::ALL.iter().position(|drive| *drive == r.drive).map(|at| at as i64));
    put(&mut |r| Some(pack_latches(r.latches)));
    put(&mut |r| Some(i64::from(r.switches.bits())));
    put(&mut |r| Some(i64::from(r.faults.bits())));
    put(&mut |r| Some(i64::from(r.accepted)));
    put(&mut |r| Some(i64::from(r.current_ma)));
    put(&mut |r| Some(i64::from(r.supply_mv)));
    put(&mut |r| Some(i64::from(r.temperature_c)));
}

/// Unpacks the readings of a record stamped `at`.
///
/// # Errors
/// [`BlockError`]; any bytes are answered, none are believed that no table could have sent.
pub fn decode(at: Timestamp, payload: &[u8]) -> Result<Vec<Reading>, BlockError> {
    let (&version, rest) = payload.split_first().ok_or(BlockError::Short)?;
    if version != VERSION {
        return Err(BlockError::Version(version));
    }
    let (&count, rest) = rest.split_first().ok_or(BlockError::Short)?;
    if count == 0 || usize::from(count) > MAX_READINGS {
        return Err(BlockError::Count(count));
    }
    let mut bits = BitReader::new(rest);
    let readings = read_columns(&mut bits, count, at)?;
    if bits.ends_here() { Ok(readings) } else { Err(BlockError::Long) }
}

/// Reads the columns of up to [`MAX_READINGS`] readings, of which the last arrived `at`.
pub(crate) fn read_columns(
    bits: &mut BitReader<'_>,
    count: u8,
    at: Timestamp,
) -> Result<Vec<Reading>, BlockError> {
    let mut columns = Columns { bits, count: usize::from(count) };
    let (seqs, table_times, delays) = (columns.all()?, columns.all()?, columns.all()?);
    let (tilts, second_tilts) = (columns.optional()?, columns.optional()?);
    let (rates, drives, latches) = (columns.all()?, columns.all()?, columns.all()?);
    let (switches, faults, accepted) = (columns.all()?, columns.all()?, columns.all()?);
    let (currents, supplies) = (columns.all()?, columns.all()?);
    let temperatures = columns.all()?;
    let last_ticks = table_times.last().copied().ok_or(BlockError::Short)?;
    let last_ticks = whole("table time", last_ticks)?;
    (0..usize::from(count))
        .map(|i| {
            let get = |column: &[i64]| column.get(i).copied().ok_or(BlockError::Short);
            let angle = |column: &[Option<i64>]| match column.get(i).copied().flatten() {
                Some(value) => unpack_angle(value).map(Some),
                None => Ok(None),
            };
            let table_ms = whole("table time", get(&table_times)?)?;
            let since_last = get(&delays)?.wrapping_add(table_ticks(table_ms, last_ticks));
            Ok(Reading {
                at: Timestamp::from_millis(at.as_millis().wrapping_add(since_last as u64)),
                seq: whole("sequence number", get(&seqs)?)?,
                table_ms,
                tilt: angle(&tilts)?,
                tilt_second: angle(&second_tilts)?,
                rate: unpack_rate(get(&rates)?)?,
                drive: unpack_drive(get(&drives)?)?,
                latches: unpack_latches(get(&latches)?)?,
                switches: unpack_switches(get(&switches)?)?,
                faults: FaultSet::from_bits(whole("fault set", get(&faults)?)?),
                accepted: whole("accepted command", get(&accepted)?)?,
                current_ma: whole("current", get(&currents)?)?,
                supply_mv: whole("supply", get(&supplies)?)?,
                temperature_c: whole("temperature", get(&temperatures)?)?,
            })
        })
        .collect()
}

struct Columns<'a, 'b> {
    bits: &'a mut BitReader<'b>,
    count: usize,
}

impl Columns<'_, '_> {
    /// A column with a value for each reading.
    fn all(&mut self) -> Result<Vec<i64>, BlockError> {
        column::decode(self.bits, self.count).ok_or(BlockError::Short)
    }

    /// A column of which another one says which readings have a value.
    fn optional(&mut self) -> Result<Vec<Option<i64>>, BlockError> {
        let absent = self.all()?;
        if let Some(&value) = absent.iter().find(|value| !matches!(**value, 0 | ABSENT)) {
            return Err(BlockError::Value { field: "absence of an angle", value });
        }
        let count = absent.iter().filter(|value| **value != ABSENT).count();
        let mut values = column::decode(self.bits, count).ok_or(BlockError::Short)?.into_iter();
        Ok(absent.iter().map(|&is| if is == ABSENT { None } else { values.next() }).collect())
    }
}

/// Milliseconds of the table's own clock from `last` to `now`, wrap and all: readings arrive in its
/// rhythm, so the host's stamps are kept as what differs from it.
fn table_ticks(now: u32, last: u32) -> i64 {
    i64::from(now.wrapping_sub(last) as i32)
}

fn whole<T: TryFrom<i64>>(field: &'static str, value: i64) -> Result<T, BlockError> {
    T::try_from(value).map_err(|_| BlockError::Value { field, value })
}

fn unpack_angle(value: i64) -> Result<Angle, BlockError> {
    let wrong = BlockError::Value { field: "tilt", value };
    i32::try_from(value).ok().and_then(Angle::from_millideg).ok_or(wrong)
}

fn unpack_rate(value: i64) -> Result<Rate, BlockError> {
    let wrong = BlockError::Value { field: "rate", value };
    i32::try_from(value).ok().and_then(Rate::from_millideg_per_s).ok_or(wrong)
}

fn unpack_drive(value: i64) -> Result<DriveState, BlockError> {
    let wrong = BlockError::Value { field: "drive state", value };
    let at = usize::try_from(value).map_err(|_| wrong)?;
    DriveState::ALL.get(at).copied().ok_or(wrong)
}

fn unpack_switches(value: i64) -> Result<Switches, BlockError> {
    let bits = whole("switch set", value)?;
    let switches = Switches::from_bits(bits);
    if switches.bits() == bits {
        Ok(switches)
    } else {
        Err(BlockError::Value { field: "switch set", value })
    }
}

fn pack_latches(latches: Latches) -> i64 {
    let flag = |on, bit| if on { bit } else { 0 };
    i64::from(latches.fitted) << 2 | flag(latches.first_closed, 1) | flag(latches.second_closed, 2)
}

fn unpack_latches(value: i64) -> Result<Latches, BlockError> {
    Ok(Latches {
        fitted: whole("latch count", value >> 2)?,
        first_closed: value & 1 != 0,
        second_closed: value & 2 != 0,
    })
}

#[cfg(test)]
mod tests;
