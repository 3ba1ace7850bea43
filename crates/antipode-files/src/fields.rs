//! Reading the values of one table by its shape, noting everything that is wrong on the way.

use antipode_safety::{Angle, Millis, Rate};
use jiff::civil::Date;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::finding::{Problem, Sink};
use crate::key::{Key, Kind, Need, SCHEMA, SCHEMA_VERSION, Shape, Variants, is_name};
use crate::near::nearest;
use crate::number::{self, NumberProblem};
use crate::values::{decimal_of, known_word, shorten, text_of, wrong_type};

/// The most tables that one array is read for; a plan of 500 segments has fewer.
const MOST_TABLES: usize = 500;

/// One table of a file with its shape. Each getter gives `None` for a key that is left out and for
/// one whose value was noted as wrong; a missing key that must be there was noted on opening.
pub(crate) struct Fields<'t, 'i> {
    table: &'t DeTable<'i>,
    /// Where the table is.
    pub span: Range<usize>,
    shape: &'static Shape,
}

impl<'t, 'i> Fields<'t, 'i> {
    /// Opens `table`, noting keys that it does not have and keys that are missing.
    pub(crate) fn open(
        table: &'t DeTable<'i>,
        span: Range<usize>,
        shape: &'static Shape,
        sink: &mut Sink,
    ) -> Self {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if shape.key(name).is_none() {
                let names = shape.keys.iter().map(|key| key.name);
                let near = if sink.is_full() { None } else { nearest(name, names) };
                let key_name = shorten(name);
                sink.error(key.span(), Problem::UnknownKey { key: key_name, near });
            }
        }
        for key in shape.keys {
            if key.need == Need::Must && table.get(key.name).is_none() {
                let problem = Problem::MissingKey { key: key.name, about: key.about };
                sink.error(span.clone(), problem);
            }
        }
        Self { table, span, shape }
    }

    /// Opens a table whose shape one of its own keys picks; gives that shape's name too.
    pub(crate) fn open_variant(
        table: &'t DeTable<'i>,
        span: Range<usize>,
        variants: &'static Variants,
        sink: &mut Sink,
    ) -> Option<(&'static str, Self)> {
        let name = match table.get(variants.tag.name) {
            None => variants.default,
            Some(value) => {
                let words: Vec<&str> = variants.shapes.iter().map(|(name, _)| *name).collect();
                let word = text_of(variants.tag, value, sink)?;
                known_word(variants.tag, word, &words, value.span(), sink)?
            }
        };
        let (name, shape) = variants.shapes.iter().find(|(known, _)| *known == name)?;
        Some((name, Self::open(table, span, shape, sink)))
    }

    /// Where `key` is: its value, or the table where it is left out.
    pub(crate) fn span_of(&self, key: &Key) -> Range<usize> {
        self.table.get(key.name).map_or_else(|| self.span.clone(), Spanned::span)
    }

    /// Whether `key` is there at all.
    pub(crate) fn has(&self, key: &Key) -> bool {
        self.get(key).is_some()
    }

    /// Checks the version of the format.
    pub(crate) fn schema(&self, sink: &mut Sink) {
        let Some(value) = self.get(&SCHEMA) else { return };
        let DeValue::Integer(version) = value.get_ref() else {
            let problem = wrong_type(&SCHEMA, "the whole number 1", value.get_ref());
            return sink.error(value.span(), problem);
        };
        let found = version.to_string();
        if found != SCHEMA_VERSION.to_string() {
            sink.error(value.span(), Problem::Version { found: shorten(&found) });
        }
    }

    /// One line of text.
    pub(crate) fn text(&self, key: &'static Key, sink: &mut Sink) -> Option<String> {
        let value = self.get(key)?;
        let text = text_of(key, value, sink)?;
        let most = key.longest_text();
        if text.trim().is_empty() || text.len() > most || text.chars().any(char::is_control) {
            sink.error(value.span(), Problem::Text { key: key.name, most });
            return None;
        }
        Some(text.to_owned())
    }

    /// A name that can also be a file's name.
    pub(crate) fn name(&self, key: &'static Key, sink: &mut Sink) -> Option<String> {
        let value = self.get(key)?;
        let text = text_of(key, value, sink)?;
        if is_name(text) {
            return Some(text.to_owned());
        }
        sink.error(value.span(), Problem::Name { key: key.name });
        None
    }

    /// One of `choices` by its word.
    pub(crate) fn choice<T: Copy>(
        &self,
        key: &'static Key,
        choices: &[T],
        word_of: impl Fn(T) -> &'static str,
        sink: &mut Sink,
    ) -> Option<T> {
        let value = self.get(key)?;
        let text = text_of(key, value, sink)?;
        let words: Vec<&'static str> = choices.iter().map(|choice| word_of(*choice)).collect();
        let word = known_word(key, text, &words, value.span(), sink)?;
        choices.iter().copied().find(|choice| word_of(*choice) == word)
    }

    /// One of the words that the caller lists.
    pub(crate) fn listed<'w>(
        &self,
        key: &'static Key,
        words: &[&'w str],
        sink: &mut Sink,
    ) -> Option<&'w str> {
        let value = self.get(key)?;
        let text = text_of(key, value, sink)?;
        known_word(key, text, words, value.span(), sink)
    }

    /// A tilt in degrees.
    pub(crate) fn tilt(&self, key: &'static Key, sink: &mut Sink) -> Option<Angle> {
        let thousandths = self.decimal(key, sink)?;
        Angle::from_millideg(i32::try_from(thousandths).ok()?)
    }

    /// A speed in degrees a second.
    pub(crate) fn rate(&self, key: &'static Key, sink: &mut Sink) -> Option<Rate> {
        let thousandths = self.decimal(key, sink)?;
        Rate::from_millideg_per_s(i32::try_from(thousandths).ok()?)
    }

    /// A decimal in thousandths.
    pub(crate) fn decimal(&self, key: &'static Key, sink: &mut Sink) -> Option<i64> {
        decimal_of(key, self.get(key)?, sink)
    }

    /// A whole number.
    pub(crate) fn whole(&self, key: &'static Key, sink: &mut Sink) -> Option<i64> {
        let value = self.get(key)?;
        let DeValue::Integer(integer) = value.get_ref() else {
            sink.error(value.span(), wrong_type(key, "a whole number", value.get_ref()));
            return None;
        };
        let Ok(number) = i64::from_str_radix(integer.as_str(), integer.radix()) else {
            let cause = NumberProblem::TooLarge;
            sink.error(value.span(), Problem::Number { key: key.name, cause });
            return None;
        };
        let Kind::Whole { least, most } = key.kind else { return Some(number) };
        if (least..=most).contains(&number) {
            return Some(number);
        }
        sink.error(
            value.span(),
            Problem::OutOfRange {
                key: key.name,
                value: number.to_string(),
                least: least.to_string(),
                most: most.to_string(),
            },
        );
        None
    }

    /// A length of time.
    pub(crate) fn duration(&self, key: &'static Key, sink: &mut Sink) -> Option<Millis> {
        let value = self.get(key)?;
        let DeValue::String(text) = value.get_ref() else {
            let expected = "a length of time in quotes, such as \"90s\"";
            sink.error(value.span(), wrong_type(key, expected, value.get_ref()));
            return None;
        };
        let time = match number::duration(text) {
            Ok(time) => time,
            Err(cause) => {
                sink.error(value.span(), Problem::Duration { key: key.name, cause });
                return None;
            }
        };
        let Kind::Duration { least, most } = key.kind else { return Some(time) };
        if (least..=most).contains(&time.get()) {
            return Some(time);
        }
        let shown = |ms: u64| antipode_core::plan::Quantity::Time(Millis::new(ms)).to_string();
        sink.error(
            value.span(),
            Problem::OutOfRange {
                key: key.name,
                value: shown(time.get()),
                least: shown(least),
                most: shown(most),
            },
        );
        None
    }

    /// A day of the calendar.
    pub(crate) fn date(&self, key: &'static Key, sink: &mut Sink) -> Option<Date> {
        let value = self.get(key)?;
        let text = text_of(key, value, sink)?;
        // The parser takes other forms too, and one form is enough to write and to read.
        let date = text.parse().ok().filter(|date: &Date| date.to_string() == text);
        if date.is_none() {
            let why = "must be a date: year, month and day, such as 2026-01-31";
            sink.error(value.span(), Problem::Conflict { key: key.name, why });
        }
        date
    }

    /// Two tilts, the lower first.
    pub(crate) fn tilt_range(&self, key: &'static Key, sink: &mut Sink) -> Option<[Angle; 2]> {
        let value = self.get(key)?;
        let ends = value.get_ref().as_array().map(|array| array.iter().collect::<Vec<_>>());
        let Some([low, high]) = ends.as_deref() else {
            let expected = "two tilts in degrees, such as [-10, 0]";
            sink.error(value.span(), wrong_type(key, expected, value.get_ref()));
            return None;
        };
        let tilt = |end: &Spanned<DeValue<'_>>, sink: &mut Sink| {
            let thousandths = decimal_of(key, end, sink)?;
            Angle::from_millideg(i32::try_from(thousandths).ok()?)
        };
        let (low, high) = (tilt(low, sink), tilt(high, sink));
        let (low, high) = (low?, high?);
        if low > high {
            sink.error(value.span(), Problem::RangeOrder { key: key.name });
            return None;
        }
        Some([low, high])
    }

    /// The table under `key`.
    pub(crate) fn table(&self, key: &'static Key, sink: &mut Sink) -> Option<Fields<'t, 'i>> {
        let value = self.get(key)?;
        let Kind::Table(shape) = key.kind else { return None };
        let DeValue::Table(table) = value.get_ref() else {
            let expected = format!("a table: [{}]", key.name);
            sink.error(value.span(), wrong_type(key, expected, value.get_ref()));
            return None;
        };
        Some(Fields::open(table, value.span(), shape, sink))
    }

    /// The tables under `key`, unopened.
    pub(crate) fn tables(
        &self,
        key: &'static Key,
        sink: &mut Sink,
    ) -> Vec<(&'t DeTable<'i>, Range<usize>)> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(array) = value.get_ref() else {
            let expected = format!("tables: [[{}]]", key.name);
            sink.error(value.span(), wrong_type(key, expected, value.get_ref()));
            return Vec::new();
        };
        if array.len() > MOST_TABLES {
            let problem = Problem::TooMany { key: key.name, count: array.len(), most: MOST_TABLES };
            sink.error(value.span(), problem);
        }
        let mut tables = Vec::new();
        for item in array.iter().take(MOST_TABLES) {
            if let DeValue::Table(table) = item.get_ref() {
                tables.push((table, item.span()));
            } else {
                let expected = format!("tables: [[{}]]", key.name);
                sink.error(item.span(), wrong_type(key, expected, item.get_ref()));
            }
        }
        tables
    }

    /// What stands in the table under `key`, whose keys only the caller knows.
    pub(crate) fn entries(
        &self,
        key: &'static Key,
        sink: &mut Sink,
    ) -> Vec<(&'t str, Range<usize>, &'t Spanned<DeValue<'i>>)> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Table(table) = value.get_ref() else {
            let expected = format!("a table: [{}]", key.name);
            sink.error(value.span(), wrong_type(key, expected, value.get_ref()));
            return Vec::new();
        };
        table.iter().map(|(name, value)| (name.get_ref().as_ref(), name.span(), value)).collect()
    }

    fn get(&self, key: &Key) -> Option<&'t Spanned<DeValue<'i>>> {
        debug_assert!(self.shape.key(key.name).is_some(), "{} is not in the shape", key.name);
        self.table.get(key.name)
    }
}
