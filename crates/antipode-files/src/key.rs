//! What a file may say: one table of keys, from which the readers, the suggestions for mistyped
//! keys and the JSON Schemas are all made.

/// A table of a file: the keys it may have.
#[derive(Debug)]
pub(crate) struct Shape {
    /// What it is, for the schema.
    pub about: &'static str,
    /// Its keys in the order people write them.
    pub keys: &'static [&'static Key],
}

/// One key.
#[derive(Debug)]
pub(crate) struct Key {
    /// Its name.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// Whether it can be left out.
    pub need: Need,
    /// What it means, with the default where it can be left out.
    pub about: &'static str,
}

/// Whether a key can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// It must be there.
    Must,
    /// It may be left out.
    May,
}

/// What a key's value is. Ranges are of what can be meant at all; what is allowed for a person, a
/// table and a day is narrower and is checked afterwards, with its reasons.
#[derive(Debug)]
pub(crate) enum Kind {
    /// The version of the format.
    Schema,
    /// Text of up to so many bytes, on one line.
    Text(usize),
    /// A name that can also be a file's name.
    Name,
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of the words that the reader's caller knows.
    Listed(List),
    /// A decimal in thousandths, exact, within these bounds.
    Decimal {
        /// Its unit, in words.
        unit: &'static str,
        /// Least, in thousandths.
        least: i64,
        /// Most, in thousandths.
        most: i64,
    },
    /// A whole number within these bounds.
    Whole {
        /// Least.
        least: i64,
        /// Most.
        most: i64,
    },
    /// A length of time as text, within these bounds in milliseconds.
    Duration {
        /// Least.
        least: u64,
        /// Most.
        most: u64,
    },
    /// A day of the calendar as text: year, month, day.
    Date,
    /// Two tilts in degrees, the lower first.
    TiltRange,
    /// Answers by the ids of their questions.
    Answers,
    /// A table.
    Table(&'static Shape),
    /// Tables, each of the same shape.
    Tables(&'static Shape),
    /// Tables, each of a shape that one of its own keys picks.
    Variants(&'static Variants),
}

/// Words that are not known to this crate, because the crate that acts on them is not known to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    /// Kinds of simulated fault.
    Faults,
    /// Kinds of act in a scenario.
    Acts,
}

/// Tables of several shapes, told apart by one key.
#[derive(Debug)]
pub(crate) struct Variants {
    /// The key that tells them apart; its kind is a [`Kind::Word`] with the shapes' names.
    pub tag: &'static Key,
    /// The shape that is meant when the key is left out.
    pub default: &'static str,
    /// Name and shape of each.
    pub shapes: &'static [(&'static str, &'static Shape)],
}

impl Shape {
    /// The key called `name`.
    pub(crate) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name).copied()
    }
}

impl Key {
    /// The most bytes that a text of this key may have.
    pub(crate) const fn longest_text(&self) -> usize {
        if let Kind::Text(most) = self.kind { most } else { LINE }
    }

    /// Unit, least and most of a decimal of this key, the last two in thousandths.
    pub(crate) const fn decimal_bounds(&self) -> (&'static str, i64, i64) {
        if let Kind::Decimal { unit, least, most } = self.kind {
            (unit, least, most)
        } else {
            ("degrees", -90_000, 90_000)
        }
    }
}

/// A key that must be there.
pub(crate) const fn must(name: &'static str, kind: Kind, about: &'static str) -> Key {
    Key { name, kind, need: Need::Must, about }
}

/// A key that may be left out.
pub(crate) const fn may(name: &'static str, kind: Kind, about: &'static str) -> Key {
    Key { name, kind, need: Need::May, about }
}

/// The version of every file format.
pub(crate) const SCHEMA_VERSION: i64 = 1;

/// The first key of every file.
pub(crate) static SCHEMA: Key = must("schema", Kind::Schema, "Version of the format; always 1.");

/// Longest one-line text.
pub(crate) const LINE: usize = 200;

/// Whether `name` can be a file's name everywhere: letters, digits, `-` and `_`, no more than 64,
/// the first a letter or digit.
pub(crate) fn is_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// The form of [`is_name`] for the schema.
pub(crate) const NAME_PATTERN: &str = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$";
