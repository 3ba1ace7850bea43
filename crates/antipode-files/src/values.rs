//! Single values of a file, each taken as what it must be or noted as wrong.

use std::ops::Range;
use toml::Spanned;
use toml::de::DeValue;

use crate::finding::{Problem, Sink};
use crate::key::Key;
use crate::near::nearest;
use crate::number::{self, NumberProblem};

pub(crate) fn text_of<'v>(
    key: &'static Key,
    value: &'v Spanned<DeValue<'_>>,
    sink: &mut Sink,
) -> Option<&'v str> {
    if let DeValue::String(text) = value.get_ref() {
        return Some(text);
    }
    sink.error(value.span(), wrong_type(key, "text in quotes", value.get_ref()));
    None
}

pub(crate) fn known_word<'w>(
    key: &'static Key,
    word: &str,
    words: &[&'w str],
    span: Range<usize>,
    sink: &mut Sink,
) -> Option<&'w str> {
    if let Some(known) = words.iter().find(|known| **known == word) {
        return Some(known);
    }
    let problem = Problem::UnknownWord {
        key: key.name,
        word: shorten(word),
        near: nearest(word, words.iter().copied()).map(str::to_owned),
        known: words.iter().map(|&known| known.to_owned()).collect(),
    };
    sink.error(span, problem);
    None
}

pub(crate) fn decimal_of(
    key: &'static Key,
    value: &Spanned<DeValue<'_>>,
    sink: &mut Sink,
) -> Option<i64> {
    let (unit, least, most) = key.decimal_bounds();
    let read = if let DeValue::Integer(integer) = value.get_ref() {
        if integer.radix() == 10 {
            number::thousandths(integer.as_str())
        } else {
            Err(NumberProblem::NotDecimal)
        }
    } else if let DeValue::Float(float) = value.get_ref() {
        number::thousandths(float.as_str())
    } else {
        let problem = wrong_type(key, format!("a number of {unit}"), value.get_ref());
        sink.error(value.span(), problem);
        return None;
    };
    let thousandths = match read {
        Ok(thousandths) => thousandths,
        Err(cause) => {
            sink.error(value.span(), Problem::Number { key: key.name, cause });
            return None;
        }
    };
    if (least..=most).contains(&thousandths) {
        return Some(thousandths);
    }
    sink.error(
        value.span(),
        Problem::OutOfRange {
            key: key.name,
            value: format!("{} {unit}", number::plain(thousandths)),
            least: number::plain(least),
            most: format!("{} {unit}", number::plain(most)),
        },
    );
    None
}

pub(crate) fn wrong_type(
    key: &'static Key,
    expected: impl Into<String>,
    found: &DeValue<'_>,
) -> Problem {
    let found = match found {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    Problem::WrongType { key: key.name, expected: expected.into(), found }
}

/// A word from a file, short enough to show.
pub(crate) fn shorten(word: &str) -> String {
    const LONGEST: usize = 60;
    if word.chars().count() <= LONGEST {
        return word.to_owned();
    }
    let start: String = word.chars().take(LONGEST).collect();
    format!("{start}…")
}
