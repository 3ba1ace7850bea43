//! The alarms: shape, word, whether each is still so, and what to do, most urgent first.

use antipode_core::alarm::AlarmCause;
use antipode_core::session::View;
use antipode_safety::Priority;
use ratatui::style::{Color, Style};
use ratatui::text::Line;

use super::Look;
use super::text::{fitted, wrapped};
use crate::words;

/// As many alarms as fit into `rows`, whole where there is room and else without what to do; how
/// many more there are is said, and which key says that they were seen.
pub(super) fn lines(view: &View, width: usize, rows: usize, look: Look) -> Vec<Line<'static>> {
    let mut causes: Vec<AlarmCause> = view.alarms.causes().collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.priority()));
    if causes.is_empty() {
        return vec![Line::styled("no alarm", Look::dim())];
    }
    let rows = rows.max(1);
    // The key has a row of its own as soon as one is to spare.
    let asks = causes.iter().any(|cause| !view.alarms.is_acknowledged(*cause));
    let hint = usize::from(asks && rows > 1);
    let room = rows - hint;
    let shown = if causes.len() > room && hint == 0 { room - 1 } else { room };
    let shown = shown.min(causes.len());
    let hidden = causes.len() - shown;
    let mut spare = room - shown;
    let mut lines = Vec::new();
    for cause in causes.iter().take(shown) {
        let mut texts = whole(*cause, view, width);
        if texts.len() - 1 > spare {
            texts = vec![on_one_line(*cause, view, width)];
        }
        spare -= texts.len() - 1;
        let style = style(cause.priority(), view.alarms.is_acknowledged(*cause), look);
        lines.extend(texts.into_iter().map(|text| Line::styled(text, style)));
    }
    let more = if hidden > 0 { format!("and {hidden} more; ") } else { String::new() };
    if hint > 0 {
        lines.push(Line::from(fitted(&format!("    {more}press a once you have seen it"), width)));
    } else if hidden > 0 {
        lines.push(Line::from(fitted(&format!("    {}", more.trim_end_matches("; ")), width)));
    }
    lines
}

/// Shape and word: no colour is needed.
fn head(cause: AlarmCause) -> String {
    let priority = cause.priority();
    format!("{} {:6} ", words::priority_shape(priority), words::priority(priority))
}

/// What is wrong, or was: an alarm stays until somebody says so, also when its cause has
/// gone.
fn what(cause: AlarmCause, view: &View) -> String {
    let when = if view.alarms.holds(cause) { "now" } else { "was" };
    let seen = if view.alarms.is_acknowledged(cause) { " (seen)" } else { "" };
    format!("{when}: {}{seen}", words::alarm(cause))
}

/// What to do, as far as it still is.
fn todo(cause: AlarmCause, view: &View) -> String {
    if view.alarms.holds(cause) || words::alarm_todo_remains(cause) {
        words::name_keys(words::alarm_todo(cause))
    } else {
        String::new()
    }
}

/// All of it, in as many lines as it takes.
fn whole(cause: AlarmCause, view: &View, width: usize) -> Vec<String> {
    wrapped(&head(cause), &format!("{}. {}", what(cause, view), todo(cause, view)), width)
}

/// What is wrong, and as many sentences of what to do as fit behind it.
fn on_one_line(cause: AlarmCause, view: &View, width: usize) -> String {
    let mut line = format!("{}{}.", head(cause), what(cause, view));
    for sentence in todo(cause, view).split_inclusive(". ") {
        if line.chars().count() + 1 + sentence.trim_end().chars().count() > width {
            break;
        }
        line = format!("{line} {}", sentence.trim_end());
    }
    fitted(&line, width)
}

fn style(priority: Priority, seen: bool, look: Look) -> Style {
    match priority {
        Priority::High if !seen => look.alarm(),
        Priority::High => look.tinted(Color::Red),
        Priority::Medium => look.tinted(Color::Yellow),
        Priority::Low => look.tinted(Color::Cyan),
        Priority::None => Style::new(),
    }
}
