//! One field of all readings of a block.
//!
//! ```text
//! column       mode 2 bits: 0 all zero · 1 constant | number
//!              · 2 around a base | tens 1 bit | differences
//!              · 3 steps around a base | tens 1 bit | first | differences of the steps
//! differences  base | width 5 bits: 0 to 24 Rice codes around the base · 25 to 30 that many bits
//!              less 24 above the base · 31 none
//! ```
//! `tens` says that every value is ten times what stands there: a table speaks in hundredths of a
//! degree and tens of milliamperes, a reading in thousandths and single ones. It is a fact of the
//! values at hand, so a table that speaks finer loses nothing.

use super::bits::{BitReader, BitWriter, unzigzag, zigzag};

const ZERO: u64 = 0;
const CONSTANT: u64 = 1;
const AROUND_BASE: u64 = 2;
const STEPS: u64 = 3;

/// Stands for "every difference is zero" where the width of a difference would stand.
const NO_DIFFERENCES: u32 = 31;
const MAX_WIDTH: u32 = 24;
/// Widths above [`MAX_WIDTH`] stand for up to so many plain bits.
const MAX_PLAIN: u32 = NO_DIFFERENCES - 1 - MAX_WIDTH;
/// A quotient so large means that the number follows as it is: an outlier.
const ESCAPE: u64 = 20;

/// Writes the column; nothing for an empty one.
pub(crate) fn encode(out: &mut BitWriter, values: &[i64]) {
    let Some((&first, rest)) = values.split_first() else { return };
    if rest.iter().all(|value| *value == first) {
        if first == 0 {
            out.put(ZERO, 2);
        } else {
            out.put(CONSTANT, 2);
            out.put_number(first);
        }
        return;
    }
    let tens = values.iter().all(|value| value % 10 == 0);
    let unit = if tens { 10 } else { 1 };
    let around = Differences::from(values.iter().map(|value| value / unit));
    let steps = Differences::from(values.windows(2).map(|pair| match pair {
        [before, after] => (after / unit).wrapping_sub(before / unit),
        _ => 0,
    }));
    if around.cost <= steps.cost {
        out.put(AROUND_BASE, 2);
        out.put(tens.into(), 1);
        around.write(out);
    } else {
        out.put(STEPS, 2);
        out.put(tens.into(), 1);
        out.put_number(first / unit);
        steps.write(out);
    }
}

/// Reads a column of `count` values.
pub(crate) fn decode(bits: &mut BitReader<'_>, count: usize) -> Option<Vec<i64>> {
    if count == 0 {
        return Some(Vec::new());
    }
    match bits.take(2)? {
        ZERO => Some(vec![0; count]),
        CONSTANT => Some(vec![bits.take_number()?; count]),
        AROUND_BASE => {
            let unit = take_unit(bits)?;
            let values = read_differences(bits, count)?;
            Some(values.into_iter().map(|value| value.wrapping_mul(unit)).collect())
        }
        _ => {
            let unit = take_unit(bits)?;
            let mut value = bits.take_number()?;
            let steps = read_differences(bits, count - 1)?;
            let mut values = vec![value.wrapping_mul(unit)];
            for step in steps {
                value = value.wrapping_add(step);
                values.push(value.wrapping_mul(unit));
            }
            Some(values)
        }
    }
}

fn take_unit(bits: &mut BitReader<'_>) -> Option<i64> {
    Some(if bits.take(1)? == 1 { 10 } else { 1 })
}

/// Values as differences from a typical one, or from the smallest.
struct Differences {
    base: i64,
    /// Without sign: zigzag around a typical base, as they are above the smallest.
    codes: Vec<u64>,
    width: u32,
    /// Bits of all codes.
    cost: u64,
}

impl Differences {
    fn from(values: impl Iterator<Item = i64>) -> Self {
        let values: Vec<i64> = values.collect();
        let mut sorted = values.clone();
        sorted.sort_unstable();
        let least = sorted.first().copied().unwrap_or(0);
        let span = sorted.last().copied().unwrap_or(0).wrapping_sub(least).cast_unsigned();
        if span == 0 {
            return Self { base: least, codes: Vec::new(), width: NO_DIFFERENCES, cost: 0 };
        }
        let base = sorted.get(sorted.len() / 2).copied().unwrap_or(0);
        let codes: Vec<u64> = values.iter().map(|v| zigzag(v.wrapping_sub(base))).collect();
        // Wider than the largest code only costs more.
        let widest = codes.iter().map(|code| u64::BITS - code.leading_zeros()).max();
        let (width, cost) = (0..=widest.unwrap_or(0).min(MAX_WIDTH))
            .map(|width| (width, bits_of(&codes, width)))
            .min_by_key(|(_, bits)| *bits)
            .unwrap_or((MAX_WIDTH, u64::MAX));
        let plain = u64::BITS - span.leading_zeros();
        let plain_cost = u64::from(plain) * values.len() as u64;
        if plain <= MAX_PLAIN && plain_cost < cost {
            let codes = values.iter().map(|v| v.wrapping_sub(least).cast_unsigned()).collect();
            return Self { base: least, codes, width: MAX_WIDTH + plain, cost: plain_cost };
        }
        Self { base, codes, width, cost }
    }

    fn write(&self, out: &mut BitWriter) {
        out.put_number(self.base);
        out.put(u64::from(self.width), 5);
        for &code in &self.codes {
            if self.width > MAX_WIDTH {
                out.put(code, self.width - MAX_WIDTH);
                continue;
            }
            let quotient = code >> self.width;
            if quotient < ESCAPE {
                // As many ones, then a zero.
                out.put(u64::MAX << 1, quotient as u32 + 1);
                out.put(code, self.width);
            } else {
                out.put(u64::MAX, ESCAPE as u32);
                out.put(code, 64);
            }
        }
    }
}

fn bits_of(codes: &[u64], width: u32) -> u64 {
    let bits = |code: &u64| match code >> width {
        quotient if quotient < ESCAPE => quotient + 1 + u64::from(width),
        _ => ESCAPE + 64,
    };
    codes.iter().map(bits).sum()
}

fn read_differences(bits: &mut BitReader<'_>, count: usize) -> Option<Vec<i64>> {
    let base = bits.take_number()?;
    let width = bits.take(5)? as u32;
    if width == NO_DIFFERENCES {
        return Some(vec![base; count]);
    }
    let mut values = Vec::with_capacity(count);
    for _ in 0..count {
        if width > MAX_WIDTH {
            values.push(base.wrapping_add_unsigned(bits.take(width - MAX_WIDTH)?));
            continue;
        }
        let mut quotient = 0;
        while quotient < ESCAPE && bits.take(1)? == 1 {
            quotient += 1;
        }
        let code =
            if quotient < ESCAPE { quotient << width | bits.take(width)? } else { bits.take(64)? };
        values.push(base.wrapping_add(unzigzag(code)));
    }
    Some(values)
}
