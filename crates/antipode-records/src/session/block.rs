//! What comes several times a second, gathered into one record of less than a second.
//!
//! A replay must run the steps in the order in which they ran, so a block keeps readings and the
//! session's own wake-ups together, each with its time. Both come in a rhythm of their own; columns
//! of times per kind therefore cost next to nothing.
//!
//! ```text
//! block    steps u8 | orders u16 | columns as bits | zero bits to the next byte
//! columns  kind of each step · how long after its stamp each reading was taken
//!          · times of the ticks · times of the vitals · their kinds · their two numbers
//!          · time of the last reading's stamp · columns of the readings, as in telemetry
//! ```
//! Times count back from the record's own stamp, which is that of the last step. `orders` is the
//! upper half of [`Orders`] after the last step.

use antipode_core::event::Vital;
use antipode_core::orders::Orders;
use antipode_safety::{Reading, Timestamp};

use super::event::Often;
use super::wire::DecodeError;
use crate::telemetry::bits::{BitReader, BitWriter};
use crate::telemetry::{self, MAX_READINGS, SPAN, column};

/// Steps in one block at most.
const MAX_STEPS: usize = 192;

const READING: i64 = 0;
const TICK: i64 = 1;
const VITAL: i64 = 2;

/// Gathers steps into blocks. It keeps its memory from block to block.
#[derive(Clone, Debug)]
pub struct Gathering {
    steps: Vec<(Timestamp, Often)>,
    readings: usize,
    orders: Orders,
}

/// What a block holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathered {
    /// The steps in order, each with its time.
    pub steps: Vec<(Timestamp, Often)>,
    /// The upper half of the session's [`Orders`] after the last of them.
    pub orders: u16,
}

impl Gathered {
    /// Whether a session with these orders may have written the block.
    #[must_use]
    pub const fn agrees(&self, orders: Orders) -> bool {
        self.orders == half(orders)
    }
}

impl Default for Gathering {
    fn default() -> Self {
        Self::new()
    }
}

impl Gathering {
    /// Nothing gathered.
    #[must_use]
    pub fn new() -> Self {
        Self { steps: Vec::with_capacity(MAX_STEPS), readings: 0, orders: Orders::NONE }
    }

    /// Whether a step at `now` belongs into the next block.
    #[must_use]
    pub fn is_full(&self, now: Timestamp) -> bool {
        let spans = self
            .steps
            .first()
            .is_some_and(|(first, _)| now.checked_since(*first).is_none_or(|span| span >= SPAN));
        spans || self.steps.len() >= MAX_STEPS || self.readings >= MAX_READINGS
    }

    /// Adds a step, with all orders up to and with it; the caller has asked [`Gathering::is_full`]
    /// before.
    pub fn push(&mut self, now: Timestamp, step: Often, orders: Orders) {
        self.orders = orders;
        self.readings += usize::from(matches!(step, Often::Reading(_)));
        self.steps.push((now, step));
    }

    /// The payload of what was gathered and the time of its last step; `None` for nothing.
    #[must_use]
    pub fn flush(&mut self) -> Option<(Timestamp, Vec<u8>)> {
        let (at, _) = *self.steps.last()?;
        let payload = encode_block(&self.steps, self.orders);
        self.steps.clear();
        self.readings = 0;
        Some((at, payload))
    }
}

/// The payload of up to 192 steps, of which up to 64 are readings.
fn encode_block(steps: &[(Timestamp, Often)], orders: Orders) -> Vec<u8> {
    let stamp = steps.last().map_or(Timestamp::ZERO, |(at, _)| *at);
    let readings: Vec<Reading> = steps
        .iter()
        .filter_map(|(_, step)| match step {
            Often::Reading(reading) => Some(*reading),
            Often::Tick | Often::Vital(_) => None,
        })
        .collect();
    let [low, high] = half(orders).to_le_bytes();
    let mut out = BitWriter::new(vec![steps.len() as u8, low, high]);
    let mut values = Vec::with_capacity(steps.len());
    let mut put = |of: &mut dyn FnMut(Timestamp, &Often) -> Option<i64>| {
        values.clear();
        values.extend(steps.iter().filter_map(|(now, step)| of(*now, step)));
        column::encode(&mut out, &values);
    };
    put(&mut |_, step| Some(kind(step)));
    put(&mut |now, step| reading_of(step).map(|reading| back(now, reading.at)));
    put(&mut |now, step| matches!(step, Often::Tick).then(|| back(stamp, now)));
    put(&mut |now, step| vital_of(step).map(|_| back(stamp, now)));
    for at in 0..3 {
        put(&mut |_, step| vital_of(step).and_then(|vital| vital_numbers(vital).get(at).copied()));
    }
    if let Some(last) = readings.last() {
        out.put_number(back(stamp, last.at));
        telemetry::write_columns(&mut out, &readings, *last);
    }
    out.finish()
}

/// What a block holds that is stamped `stamp`.
///
/// # Errors
/// [`DecodeError`]; any bytes are answered.
pub fn decode_block(stamp: Timestamp, payload: &[u8]) -> Result<Gathered, DecodeError> {
    let (&[count, low, high], rest) = payload.split_first_chunk().ok_or(DecodeError::Short)?;
    let orders = u16::from_le_bytes([low, high]);
    let count = usize::from(count);
    if count == 0 || count > MAX_STEPS {
        return Err(DecodeError::Value { what: "a number of steps", value: count as i64 });
    }
    let mut bits = BitReader::new(rest);
    let mut column = |count| column::decode(&mut bits, count).ok_or(DecodeError::Short);
    let kinds = column(count)?;
    let of = |wanted| kinds.iter().filter(|kind| **kind == wanted).count();
    let (readings, ticks, vitals) = (of(READING), of(TICK), of(VITAL));
    let late = column(readings)?;
    let tick_times = column(ticks)?;
    let (vital_times, vital_kinds) = (column(vitals)?, column(vitals)?);
    let (firsts, seconds) = (column(vitals)?, column(vitals)?);
    let readings = match u8::try_from(readings) {
        Ok(0) => Vec::new(),
        Ok(count) if usize::from(count) <= MAX_READINGS => {
            let at = forth(stamp, bits.take_number().ok_or(DecodeError::Short)?);
            telemetry::read_columns(&mut bits, count, at)?
        }
        Ok(_) | Err(_) => {
            let value = readings as i64;
            return Err(DecodeError::Value { what: "a number of readings", value });
        }
    };
    if !bits.ends_here() {
        return Err(DecodeError::Long);
    }
    let mut readings = readings.into_iter().zip(late);
    let mut ticks = tick_times.into_iter();
    let mut vitals = vital_times.into_iter().zip(vital_kinds).zip(firsts.into_iter().zip(seconds));
    let steps = kinds
        .into_iter()
        .map(|kind| match kind {
            READING => {
                let (reading, late) = readings.next().ok_or(DecodeError::Short)?;
                Ok((back_from(reading.at, late), Often::Reading(reading)))
            }
            TICK => {
                let time = ticks.next().ok_or(DecodeError::Short)?;
                Ok((forth(stamp, time), Often::Tick))
            }
            VITAL => {
                let ((time, kind), numbers) = vitals.next().ok_or(DecodeError::Short)?;
                Ok((forth(stamp, time), Often::Vital(vital(kind, numbers)?)))
            }
            value => Err(DecodeError::Value { what: "a kind of step", value }),
        })
        .collect::<Result<_, _>>()?;
    Ok(Gathered { steps, orders })
}

/// What a block keeps of the orders: the half that hangs on every bit of the number before. The
/// lower one hangs on itself alone, so what it missed once it would miss for good.
const fn half(orders: Orders) -> u16 {
    (orders.number() >> 16) as u16
}

/// Milliseconds from `earlier` to `later`; wraps, so that any two stamps come back.
const fn back(later: Timestamp, earlier: Timestamp) -> i64 {
    later.as_millis().wrapping_sub(earlier.as_millis()).cast_signed()
}

/// The moment `by` before `stamp`.
const fn forth(stamp: Timestamp, by: i64) -> Timestamp {
    Timestamp::from_millis(stamp.as_millis().wrapping_sub(by.cast_unsigned()))
}

/// The moment `late` after `at`.
const fn back_from(at: Timestamp, late: i64) -> Timestamp {
    Timestamp::from_millis(at.as_millis().wrapping_add(late.cast_unsigned()))
}

const fn kind(step: &Often) -> i64 {
    match step {
        Often::Reading(_) => READING,
        Often::Tick => TICK,
        Often::Vital(_) => VITAL,
    }
}

const fn reading_of(step: &Often) -> Option<&Reading> {
    match step {
        Often::Reading(reading) => Some(reading),
        Often::Tick | Often::Vital(_) => None,
    }
}

const fn vital_of(step: &Often) -> Option<Vital> {
    match step {
        Often::Vital(vital) => Some(*vital),
        Often::Reading(_) | Often::Tick => None,
    }
}

const HEART_RATE: i64 = 0;
const BLOOD_PRESSURE: i64 = 1;
const OXYGEN: i64 = 2;
const LOST: i64 = 3;

/// The kind of a vital and its two numbers; zero where it has none.
fn vital_numbers(vital: Vital) -> [i64; 3] {
    match vital {
        Vital::HeartRate(rate) => [HEART_RATE, rate.into(), 0],
        Vital::BloodPressure { systolic, diastolic } => {
            [BLOOD_PRESSURE, systolic.into(), diastolic.into()]
        }
        Vital::OxygenSaturation(percent) => [OXYGEN, percent.into(), 0],
        Vital::Lost => [LOST, 0, 0],
    }
}

fn vital(kind: i64, (first, second): (i64, i64)) -> Result<Vital, DecodeError> {
    fn number<T: TryFrom<i64>>(what: &'static str, value: i64) -> Result<T, DecodeError> {
        T::try_from(value).map_err(|_| DecodeError::Value { what, value })
    }
    let vital = match kind {
        HEART_RATE => Vital::HeartRate(number("a heart rate", first)?),
        BLOOD_PRESSURE => Vital::BloodPressure {
            systolic: number("a blood pressure", first)?,
            diastolic: number("a blood pressure", second)?,
        },
        OXYGEN => Vital::OxygenSaturation(number("an oxygen saturation", first)?),
        LOST => Vital::Lost,
        value => return Err(DecodeError::Value { what: "a kind of vital sign", value }),
    };
    if vital_numbers(vital) == [kind, first, second] {
        Ok(vital)
    } else {
        Err(DecodeError::Value { what: "a vital sign", value: second })
    }
}
