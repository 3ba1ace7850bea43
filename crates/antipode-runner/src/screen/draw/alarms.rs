//! The alarms: shape, word and what to do, most urgent first.

use antipode_core::alarm::AlarmCause;
use antipode_core::session::View;
use antipode_safety::Priority;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::text::Line;

use super::Look;
use super::text::fitted;
use crate::words;

/// As many alarms as fit; how many more there are is said.
pub(super) fn lines(view: &View, area: Rect, look: Look) -> Vec<Line<'static>> {
    let mut causes: Vec<AlarmCause> = view.alarms.causes().collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.priority()));
    if causes.is_empty() {
        return vec![Line::styled("no alarm", Look::dim())];
    }
    let rows = usize::from(area.height).max(1);
    let shown = if causes.len() > rows { rows - 1 } else { rows };
    let hidden = causes.len().saturating_sub(shown);
    let mut lines: Vec<Line<'static>> =
        causes.iter().take(shown).map(|cause| line(*cause, view, area.width, look)).collect();
    if hidden > 0 {
        lines.push(Line::from(format!("    and {hidden} more")));
    }
    lines
}

fn line(cause: AlarmCause, view: &View, width: u16, look: Look) -> Line<'static> {
    let priority = cause.priority();
    let seen = view.alarms.acknowledged_bits() & (1 << cause as u8) != 0;
    let text = format!(
        "{} {:6} {}{}. {}",
        words::priority_shape(priority),
        words::priority(priority),
        words::alarm(cause),
        if seen { " (seen)" } else { "" },
        words::alarm_todo(cause)
    );
    Line::styled(fitted(&text, width.into()), style(priority, seen, look))
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
