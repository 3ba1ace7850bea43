//! From a text to a checked value, whatever the text is.

use toml::de::{DeTable, Error};

use crate::comma::{self, Comma};
use crate::fields::Fields;
use crate::finding::{Findings, Problem, Sink};
use crate::key::Shape;
use crate::source::{MOST_MARKS, Source};

/// Texts up to this size are gone through to their end after the first syntax error; of larger
/// ones only the first is reported, since they are no one's mistake of the pen.
const RECOVER_UP_TO: usize = 64 * 1024;

/// A value read from a file, with the warnings about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read<T> {
    /// The value.
    pub value: T,
    /// What is unusual about it; no errors.
    pub warnings: Findings,
}

/// Reads `source` as one table of `shape`; `value` makes the value from it.
///
/// # Errors
/// Every finding, when one of them is an error.
pub(crate) fn read<T>(
    source: &Source,
    shape: &'static Shape,
    value: impl FnOnce(&Fields<'_, '_>, &mut Sink) -> Option<T>,
) -> Result<Read<T>, Findings> {
    let mut sink = Sink::default();
    let value = read_into(source, shape, value, &mut sink);
    let failed = sink.has_error();
    let findings = sink.finish(source.clone());
    match value {
        Some(value) if !failed => Ok(Read { value, warnings: findings }),
        Some(_) | None => Err(findings),
    }
}

fn read_into<T>(
    source: &Source,
    shape: &'static Shape,
    value: impl FnOnce(&Fields<'_, '_>, &mut Sink) -> Option<T>,
    sink: &mut Sink,
) -> Option<T> {
    let text = source.text();
    if text.trim().is_empty() {
        sink.error(0..0, Problem::Empty);
        return None;
    }
    if source.is_too_intricate() {
        sink.error(0..0, Problem::TooIntricate { most: MOST_MARKS });
        return None;
    }
    let parsed = match DeTable::parse(text) {
        Ok(parsed) => parsed,
        Err(first) => {
            let errors = if text.len() <= RECOVER_UP_TO {
                DeTable::parse_recoverable(text).1
            } else {
                vec![first]
            };
            tell(text, &errors, sink);
            return None;
        }
    };
    // A finding about the file as a whole is shown at its first line, not under all of it.
    let fields = Fields::open(parsed.get_ref(), 0..0, shape, sink);
    fields.schema(sink);
    let made = value(&fields, sink);
    debug_assert!(made.is_some() || sink.has_error(), "a value is missing without a finding");
    made
}

/// What the parser found. A decimal comma is named once, and nothing else on its number: all that
/// comes after the comma is an error to the parser, too.
fn tell(text: &str, errors: &[Error], sink: &mut Sink) {
    let mut commas: Vec<usize> = Vec::new();
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let Some(Comma { span, written, meant }) = comma::before(text, span.start) else {
            sink.error(span, Problem::Syntax { detail: error.message().to_owned() });
            continue;
        };
        if !commas.contains(&span.start) {
            commas.push(span.start);
            sink.error(span, Problem::DecimalComma { written, meant });
        }
    }
}
