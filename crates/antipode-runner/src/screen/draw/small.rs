//! What a window shows that has no room for the picture: one thing below the other, what matters
//! most first, STOP and RETURN always on the last rows.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::text::wrapped;
use super::{Look, alarms, asked, facts, foot, menu_lines, said_lines};
use crate::screen::menu::Menu;
use crate::screen::scene::Scene;

/// The smallest window in which everything can be done by sight: columns and rows.
pub(super) const SMALLEST: (u16, u16) = (40, 10);

/// From this many rows on, more than one of them is for keys.
const ROWS_FOR_KEYS: u16 = 16;

/// Draws `scene` in a window of at least [`SMALLEST`].
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, scene: &Scene, look: Look) {
    let width = usize::from(area.width);
    let most = if area.height >= ROWS_FOR_KEYS { 3 } else { 1 };
    let keys = foot::lines(scene, width, most, false);
    let [top, bottom] =
        Layout::vertical([Constraint::Fill(1), Constraint::Length(rows(keys.len()))]).areas(area);
    frame.render_widget(Paragraph::new(lines(scene, width, top.height.into(), look)), top);
    frame.render_widget(Paragraph::new(keys), bottom);
}

/// Everything above the keys, in `height` rows.
fn lines(scene: &Scene, width: usize, height: usize, look: Look) -> Vec<Line<'static>> {
    let mut lines = vec![facts::tilt(scene, width, look)];
    if scene.menu != Menu::Closed {
        lines.extend(menu_lines(scene.menu, width));
        if scene.view.alarms.causes().next().is_some() {
            lines.extend(alarms::lines(&scene.view, width, 1, look));
        }
        lines.extend(facts::state(&scene.view, width, look).into_iter().take(2));
        lines.extend(facts::countdown(&scene.view, width));
        return lines;
    }
    lines.extend(facts::state(&scene.view, width, look).into_iter().take(2));
    lines.extend(asked(scene, width, look));
    let left = height.saturating_sub(lines.len());
    let some = scene.view.alarms.causes().count() > 0;
    let share = if some { left.div_ceil(2).max(2) } else { 1 };
    lines.extend(alarms::lines(&scene.view, width, share, look));
    lines.extend(facts::countdown(&scene.view, width));
    let left = height.saturating_sub(lines.len());
    lines.extend(said_lines(scene, width, left));
    lines
}

/// Draws what a window below [`SMALLEST`] can show, and says that it is too small.
pub(super) fn draw_too_small(frame: &mut Frame<'_>, area: Rect, scene: &Scene, look: Look) {
    let width = usize::from(area.width);
    let (columns, high) = SMALLEST;
    let small = format!(
        "This window is too small: make it at least {columns} columns wide and {high} rows high. \
         Every key works."
    );
    let mut lines = vec![
        facts::tilt(scene, width, look),
        Line::styled("space STOP r RETURN o OK", Look::strong()),
    ];
    lines.extend(facts::state(&scene.view, width, look).into_iter().take(1));
    lines.extend(wrapped("", &small, width).into_iter().map(Line::from));
    lines.extend(asked(scene, width, look));
    lines.extend(alarms::lines(&scene.view, width, 2, look));
    frame.render_widget(Paragraph::new(lines), area);
}

fn rows(lines: usize) -> u16 {
    u16::try_from(lines).unwrap_or(u16::MAX)
}
