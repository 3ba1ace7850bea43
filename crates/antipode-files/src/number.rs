//! Numbers as they are written: decimals to thousandths and lengths of time, without floating
//! point, so that 30.1 degrees is 30100 millidegrees and never 30099.999.

use antipode_safety::Millis;

/// Why a number cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NumberProblem {
    /// `nan`, `inf`, and their signed forms.
    #[error("is not a finite number")]
    NotFinite,
    /// `1e3`.
    #[error("is written with an exponent; write it out")]
    Exponent,
    /// More than three digits after the point.
    #[error("is finer than a thousandth")]
    TooFine,
    /// Hexadecimal, octal or binary.
    #[error("is not written in decimal")]
    NotDecimal,
    /// More digits than any value of ours has.
    #[error("is far out of range")]
    TooLarge,
    /// Not digits at all.
    #[error("is not a number")]
    NotDigits,
}

/// The decimal `text` in thousandths: `30` is 30000, `-1.5` is -1500.
///
/// # Errors
/// [`NumberProblem`] for anything but an optional sign, digits and at most three decimals that
/// matter.
pub(crate) fn thousandths(text: &str) -> Result<i64, NumberProblem> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    match digits {
        "nan" | "inf" => return Err(NumberProblem::NotFinite),
        _ if digits.starts_with(|first: char| first.is_ascii_digit())
            && digits.contains(['e', 'E']) =>
        {
            return Err(NumberProblem::Exponent);
        }
        _ => {}
    }
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    if whole.is_empty() || part.is_empty() || !is_digits(whole) || !is_digits(part) {
        return Err(NumberProblem::NotDigits);
    }
    let part = part.trim_end_matches('0');
    if part.len() > 3 {
        return Err(NumberProblem::TooFine);
    }
    let whole: i64 = whole.parse().map_err(|_| NumberProblem::TooLarge)?;
    let part: i64 = format!("{part:0<3}").parse().map_err(|_| NumberProblem::NotDigits)?;
    let value = whole
        .checked_mul(1_000)
        .and_then(|whole| whole.checked_add(part))
        .ok_or(NumberProblem::TooLarge)?;
    Ok(if negative { -value } else { value })
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Why a text is not a length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DurationProblem {
    /// Nothing there.
    #[error("is empty")]
    Empty,
    /// `"90"`.
    #[error("has a number without a unit")]
    NoUnit,
    /// `"s"`, `"m 30s"`.
    #[error("has a unit without a number")]
    NoNumber,
    /// `"3 weeks"`.
    #[error("has a unit that is not known")]
    UnknownUnit,
    /// `"30s 1m"`, `"1m 1m"`.
    #[error("names its units out of order or twice")]
    Order,
    /// `"0.1ms"`.
    #[error("is finer than a millisecond")]
    TooFine,
    /// Beyond any clock.
    #[error("is far out of range")]
    TooLarge,
    /// The number is not one.
    #[error("has a number that {0}")]
    Number(NumberProblem),
}

/// The decimal `text` in thousandths, exact.
///
/// # Errors
/// [`NumberProblem`] for anything else.
pub fn decimal(text: &str) -> Result<i64, NumberProblem> {
    thousandths(text)
}

/// The length of time `text`: numbers each followed by `h`, `m`, `s` or `ms` (or the words),
/// largest unit first, with or without spaces. `"1m 30s"`, `"90 s"` and `"1.5 min"` are the same.
///
/// # Errors
/// [`DurationProblem`] for anything else.
pub fn duration(text: &str) -> Result<Millis, DurationProblem> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(DurationProblem::Empty);
    }
    let (mut total, mut last_unit) = (0_u64, u64::MAX);
    while !rest.is_empty() {
        let number;
        (number, rest) = split_where(rest, |c| !(c.is_ascii_digit() || c == '.'));
        if number.is_empty() {
            let negative = rest.starts_with(['-', '+']);
            return Err(if negative {
                DurationProblem::Number(NumberProblem::NotDigits)
            } else {
                DurationProblem::NoNumber
            });
        }
        let unit;
        (unit, rest) = split_where(rest.trim_start(), |c| !c.is_ascii_alphabetic());
        rest = rest.trim_start();
        let unit = millis_in(unit)?;
        if unit >= last_unit {
            return Err(DurationProblem::Order);
        }
        last_unit = unit;
        total = total.checked_add(part(number, unit)?).ok_or(DurationProblem::TooLarge)?;
    }
    Ok(Millis::new(total))
}

fn split_where(text: &str, ends: impl FnMut(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

fn millis_in(unit: &str) -> Result<u64, DurationProblem> {
    match unit {
        "h" | "hour" | "hours" => Ok(3_600_000),
        "m" | "min" | "minute" | "minutes" => Ok(60_000),
        "s" | "sec" | "second" | "seconds" => Ok(1_000),
        "ms" => Ok(1),
        "" => Err(DurationProblem::NoUnit),
        _ => Err(DurationProblem::UnknownUnit),
    }
}

fn part(number: &str, unit: u64) -> Result<u64, DurationProblem> {
    let thousandths = thousandths(number).map_err(DurationProblem::Number)?;
    let thousandths = u64::try_from(thousandths).map_err(|_| DurationProblem::TooLarge)?;
    let micros = thousandths.checked_mul(unit).ok_or(DurationProblem::TooLarge)?;
    if micros % 1_000 == 0 { Ok(micros / 1_000) } else { Err(DurationProblem::TooFine) }
}

/// A number of thousandths as people write it: `30`, `1.5`.
pub(crate) fn plain(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let (whole, part) = (thousandths.unsigned_abs() / 1_000, thousandths.unsigned_abs() % 1_000);
    let text = format!("{sign}{whole}.{part:03}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_to_the_thousandth() {
        for (text, expect) in [
            ("30", Ok(30_000)),
            ("30.10", Ok(30_100)),
            ("+0.001", Ok(1)),
            ("-1.5", Ok(-1_500)),
            ("30.100000000000000000000", Ok(30_100)),
            ("30.0001", Err(NumberProblem::TooFine)),
            ("60.000000000000001", Err(NumberProblem::TooFine)),
            ("nan", Err(NumberProblem::NotFinite)),
            ("-inf", Err(NumberProblem::NotFinite)),
            ("1e308", Err(NumberProblem::Exponent)),
            ("3.", Err(NumberProblem::NotDigits)),
            ("", Err(NumberProblem::NotDigits)),
            ("9223372036854775807", Err(NumberProblem::TooLarge)),
            ("99999999999999999999", Err(NumberProblem::TooLarge)),
        ] {
            assert_eq!(thousandths(text), expect, "{text}");
        }
    }

    #[test]
    fn durations_name_their_units_largest_first() {
        for (text, expect) in [
            ("90s", Ok(90_000)),
            ("1m 30s", Ok(90_000)),
            ("1m30s", Ok(90_000)),
            ("1.5 min", Ok(90_000)),
            (" 3 minutes ", Ok(180_000)),
            ("1h", Ok(3_600_000)),
            ("250ms", Ok(250)),
            ("0s", Ok(0)),
            ("90", Err(DurationProblem::NoUnit)),
            ("m", Err(DurationProblem::NoNumber)),
            ("-5s", Err(DurationProblem::Number(NumberProblem::NotDigits))),
            ("3 weeks", Err(DurationProblem::UnknownUnit)),
            ("3µs", Err(DurationProblem::NoUnit)),
            ("30s 1m", Err(DurationProblem::Order)),
            ("1m 1m", Err(DurationProblem::Order)),
            ("0.1ms", Err(DurationProblem::TooFine)),
            ("", Err(DurationProblem::Empty)),
            ("99999999999999h", Err(DurationProblem::TooLarge)),
        ] {
            assert_eq!(duration(text).map(Millis::get), expect, "{text}");
        }
    }

    #[test]
    fn plain_numbers_carry_no_idle_zeros() {
        assert_eq!(plain(30_000), "30");
        assert_eq!(plain(-1_500), "-1.5");
        assert_eq!(plain(5), "0.005");
        assert_eq!(plain(0), "0");
    }
}
