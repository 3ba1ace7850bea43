//! One settings file, read strictly: what is wrong is shown under its line, all of it at once.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use config::{Value, ValueKind};
use toml::de::{DeTable, DeValue};

use super::key::{KEYS, Key, Kind, find};
use crate::near::near;
use crate::output::Paint;

/// What is wrong at one place of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) span: Range<usize>,
    pub(super) what: String,
    pub(super) help: Option<String>,
}

impl Problem {
    /// The problem under its line.
    pub(super) fn draw(&self, name: &str, text: &str, paint: Paint) -> String {
        let snippet = Snippet::source(text)
            .path(name)
            .annotation(AnnotationKind::Primary.span(self.span.clone()));
        let group = Group::with_title(Level::ERROR.primary_title(&self.what)).element(snippet);
        let report = match &self.help {
            Some(help) => vec![group.element(Level::HELP.message(help))],
            None => vec![group],
        };
        let renderer = match paint {
            Paint::Plain => Renderer::plain(),
            Paint::Colour => Renderer::styled(),
        };
        renderer.render(&report)
    }
}

/// The values of a settings file, each with the name of its setting.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn read(origin: &str, text: &str) -> Result<Vec<(&'static Key, Value)>, Vec<Problem>> {
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            let what = format!("this is not TOML: {}", error.message());
            return Err(vec![Problem { span, what, help: None }]);
        }
    };
    let mut reader = Reader { origin, values: Vec::new(), problems: Vec::new() };
    for (section, value) in table.get_ref() {
        reader.section(section.get_ref(), section.span(), value.get_ref(), value.span());
    }
    if reader.problems.is_empty() { Ok(reader.values) } else { Err(reader.problems) }
}

/// A name that somebody typed, as much of it as a message can carry.
fn shorten(name: &str) -> String {
    const MOST: usize = 40;
    let start: String = name.chars().take(MOST).collect();
    if start.len() < name.len() { format!("{start}…") } else { start }
}

struct Reader<'a> {
    origin: &'a str,
    values: Vec<(&'static Key, Value)>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn section(&mut self, name: &str, at: Range<usize>, value: &DeValue<'_>, span: Range<usize>) {
        let sections = || KEYS.iter().filter_map(|key| key.name.split('.').next());
        if !sections().any(|known| known == name) {
            self.problem(
                at,
                format!("there is no section `{}` in the settings", shorten(name)),
                sections(),
                name,
            );
            return;
        }
        let DeValue::Table(table) = value else {
            let what = format!("`{name}` is a section: write `[{name}]` and its keys below it");
            self.problems.push(Problem { span, what, help: None });
            return;
        };
        for (key, value) in table {
            self.value(name, key.get_ref(), key.span(), value.get_ref(), value.span());
        }
    }

    fn value(
        &mut self,
        section: &str,
        name: &str,
        at: Range<usize>,
        value: &DeValue<'_>,
        span: Range<usize>,
    ) {
        let Some(key) = find(&format!("{section}.{name}")) else {
            let of_section = KEYS
                .iter()
                .filter_map(|key| key.name.split_once('.'))
                .filter(|(other, _)| *other == section)
                .map(|(_, name)| name);
            self.problem(
                at,
                format!("there is no setting `{}` in [{section}]", shorten(name)),
                of_section,
                name,
            );
            return;
        };
        match taken(key, value) {
            Some(kind) => {
                self.values.push((key, Value::new(Some(&self.origin.to_owned()), kind)));
            }
            None => {
                let what = format!("`{}` must be {}", key.name, key.kind.in_words());
                self.problems.push(Problem { span, what, help: None });
            }
        }
    }

    fn problem<'n>(
        &mut self,
        span: Range<usize>,
        what: String,
        names: impl Iterator<Item = &'n str> + Clone,
        typed: &str,
    ) {
        let help = match near(typed, names.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let mut known: Vec<&str> = names.collect();
                known.dedup();
                format!("there are: {}", known.join(", "))
            }
        };
        self.problems.push(Problem { span, what, help: Some(help) });
    }
}

/// The value, if it is exactly of the key's kind.
fn taken(key: &Key, value: &DeValue<'_>) -> Option<ValueKind> {
    match (key.kind, value) {
        (Kind::Switch, DeValue::Boolean(on)) => Some(ValueKind::Boolean(*on)),
        (Kind::Number(least, most), DeValue::Integer(number)) => {
            i64::from_str_radix(number.as_str(), number.radix())
                .ok()
                .filter(|number| (least..=most).contains(number))
                .map(ValueKind::I64)
        }
        (Kind::Word(words), DeValue::String(word)) => {
            words.contains(&word.as_ref()).then(|| ValueKind::String(word.to_string()))
        }
        (Kind::Text, DeValue::String(text)) => {
            (!text.contains(char::is_control)).then(|| ValueKind::String(text.to_string()))
        }
        (Kind::Switch | Kind::Number(..) | Kind::Word(_) | Kind::Text, _) => None,
    }
}

/// The value of a text from the environment or of a default, by the same rules.
pub(super) fn from_text(key: &Key, text: &str, origin: &str) -> Option<Value> {
    let kind = match key.kind {
        Kind::Switch => match text {
            "true" => Some(ValueKind::Boolean(true)),
            "false" => Some(ValueKind::Boolean(false)),
            _ => None,
        },
        Kind::Number(least, most) => {
            text.parse().ok().filter(|number| (least..=most).contains(number)).map(ValueKind::I64)
        }
        Kind::Word(words) => words.contains(&text).then(|| ValueKind::String(text.to_owned())),
        Kind::Text => {
            (!text.contains(char::is_control)).then(|| ValueKind::String(text.to_owned()))
        }
    };
    kind.map(|kind| Value::new(Some(&origin.to_owned()), kind))
}
