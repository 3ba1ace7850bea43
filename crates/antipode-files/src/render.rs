//! Findings for people's eyes, drawn under the line, and for programs.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use antipode_core::plan::Severity;
use serde_json::{Value, json};
use std::ops::Range;

use crate::finding::{Finding, Findings, Problem};

/// Lines longer than this are named but not drawn.
const LONGEST_LINE: usize = 400;

impl Findings {
    /// Every finding drawn under its line, with colours where `colour` says so.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let mut drawn: Vec<String> =
            self.list().iter().map(|finding| self.draw(finding, &renderer)).collect();
        if self.more() > 0 {
            drawn.push(format!("{} more findings in {}", self.more(), self.source().name()));
        }
        drawn.join("\n\n")
    }

    fn draw(&self, finding: &Finding, renderer: &Renderer) -> String {
        let level = match finding.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(finding.problem.to_string());
        let name = self.source().name();
        let line_start = finding.line;
        let mut group = match self.excerpt(&finding.span) {
            Some((lines, span)) => Group::with_title(title).element(
                Snippet::source(lines)
                    .line_start(line_start)
                    .path(name)
                    .annotation(mark(span, label(&finding.problem))),
            ),
            None => Group::with_title(title)
                .element(Origin::path(name).line(line_start).char_column(finding.column)),
        };
        // A suggestion stands under the mark already.
        let help = finding.problem.help().filter(|help| *help != label(&finding.problem));
        if let Some(help) = help {
            group = group.element(Level::HELP.message(help));
        }
        renderer.render(&[group])
    }

    /// The first line of `span` and the part of it to mark; `None` when it is too long to draw.
    /// Only that line is handed on, so that drawing takes no longer for a long file.
    fn excerpt(&self, span: &Range<usize>) -> Option<(&str, Range<usize>)> {
        let text = self.source().text();
        let start = text.get(..span.start)?.rfind('\n').map_or(0, |newline| newline + 1);
        let length = text.get(start..)?.find(['\n', '\r']).unwrap_or(text.len() - start);
        let line = text.get(start..start + length)?;
        if line.len() > LONGEST_LINE || line.is_empty() {
            return None;
        }
        let from = (span.start - start).min(line.len());
        let to = (span.end.max(span.start) - start).min(line.len());
        Some((line, from..to))
    }

    /// Every finding as an object, for `--json`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let list: Vec<Value> = self.list().iter().map(|finding| self.object(finding)).collect();
        json!({ "file": self.source().name(), "findings": list, "more": self.more() })
    }

    fn object(&self, finding: &Finding) -> Value {
        let mut object = json!({
            "severity": match finding.severity() {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            "code": finding.problem.code(),
            "message": finding.problem.to_string(),
            "file": self.source().name(),
            "line": finding.line,
            "column": finding.column,
        });
        let mut set = |key: &str, value: Option<String>| {
            if let (Some(object), Some(value)) = (object.as_object_mut(), value) {
                object.insert(key.to_owned(), Value::String(value));
            }
        };
        set("help", finding.problem.help());
        if let Problem::Plan(plan) = &finding.problem {
            set("rule", Some(plan.rule.code().to_owned()));
            set("source", Some(plan.rule.source().to_owned()));
            set("at", Some(plan.at.to_string()));
            set("value", Some(plan.value.to_string()));
            set("limit", Some(plan.limit.to_string()));
            set("layer", plan.binding.map(|(layer, _)| layer.to_string()));
            set("why", plan.binding.map(|(_, why)| why.to_string()));
        }
        object
    }
}

fn mark(span: Range<usize>, words: String) -> Annotation<'static> {
    let mark = AnnotationKind::Primary.span(span);
    if words.is_empty() { mark } else { mark.label(words) }
}

/// The few words under the mark.
fn label(problem: &Problem) -> String {
    match problem {
        Problem::Syntax { .. } => "here".to_owned(),
        Problem::DecimalComma { meant, .. } => format!("write `{meant}`"),
        Problem::Empty => "nothing here".to_owned(),
        Problem::TooIntricate { .. } => "not a file of ours".to_owned(),
        Problem::UnknownKey { near: Some(near), .. } => format!("did you mean `{near}`?"),
        Problem::UnknownKey { near: None, .. } => "not a key of this table".to_owned(),
        Problem::MissingKey { key, .. } => format!("`{key}` belongs here"),
        Problem::WrongType { expected, .. } => format!("must be {expected}"),
        Problem::Version { .. } => "must be 1".to_owned(),
        Problem::OutOfRange { least, most, .. } => format!("must be {least} to {most}"),
        Problem::UnknownWord { near: Some(near), .. } => format!("did you mean `{near}`?"),
        Problem::UnknownWord { near: None, .. } => "not a word that is known here".to_owned(),
        Problem::RangeOrder { .. } => "lower value first".to_owned(),
        Problem::TooMany { most, .. } => format!("at most {most}"),
        Problem::TooDeep => "too deep".to_owned(),
        Problem::Plan(finding) => match finding.severity {
            Severity::Error => format!("the limit is {}", finding.limit),
            Severity::Warning => format!("usual: {}", finding.limit),
        },
        // The title says it all.
        Problem::Number { .. }
        | Problem::Duration { .. }
        | Problem::Name { .. }
        | Problem::Text { .. }
        | Problem::Conflict { .. }
        | Problem::Sheet(_)
        | Problem::Person(_)
        | Problem::Programme(_) => String::new(),
    }
}
