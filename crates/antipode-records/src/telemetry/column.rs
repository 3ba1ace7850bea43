//! One field of all readings of a block.

use super::bits::{BitReader, BitWriter, unzigzag, zigzag};

const ZERO: u64 = 0;
const CONSTANT: u64 = 1;
const AROUND_BASE: u64 = 2;
const STEPS: u64 = 3;

/// Stands for "every difference is zero" where the width of a difference would stand.
const NO_DIFFERENCES: u32 = 31;
const MAX_WIDTH: u32 = 24;
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
    let around = Differences::from(values.iter().copied());
    let steps = Differences::from(values.windows(2).map(|pair| match pair {
        [before, after] => after.wrapping_sub(*before),
        _ => 0,
    }));
    if around.cost() <= steps.cost() {
        out.put(AROUND_BASE, 2);
        around.write(out);
    } else {
        out.put(STEPS, 2);
        out.put_number(first);
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
        AROUND_BASE => read_differences(bits, count),
        _ => {
            let mut value = bits.take_number()?;
            let steps = read_differences(bits, count - 1)?;
            let mut values = vec![value];
            for step in steps {
                value = value.wrapping_add(step);
                values.push(value);
            }
            Some(values)
        }
    }
}

/// Values as differences from a typical one.
struct Differences {
    base: i64,
    /// Without sign, see [`zigzag`].
    codes: Vec<u64>,
    width: u32,
}

impl Differences {
    fn from(values: impl Iterator<Item = i64>) -> Self {
        let values: Vec<i64> = values.collect();
        let mut sorted = values.clone();
        sorted.sort_unstable();
        let base = sorted.get(sorted.len() / 2).copied().unwrap_or(0);
        let codes: Vec<u64> = values.iter().map(|v| zigzag(v.wrapping_sub(base))).collect();
        let width = if codes.iter().all(|code| *code == 0) {
            NO_DIFFERENCES
        } else {
            (0..=MAX_WIDTH).min_by_key(|width| bits_of(&codes, *width)).unwrap_or(MAX_WIDTH)
        };
        Self { base, codes, width }
    }

    fn cost(&self) -> u64 {
        if self.width == NO_DIFFERENCES { 0 } else { bits_of(&self.codes, self.width) }
    }

    fn write(&self, out: &mut BitWriter) {
        out.put_number(self.base);
        out.put(u64::from(self.width), 5);
        if self.width == NO_DIFFERENCES {
            return;
        }
        for &code in &self.codes {
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
    if width > MAX_WIDTH {
        return None;
    }
    let mut values = Vec::with_capacity(count);
    for _ in 0..count {
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
