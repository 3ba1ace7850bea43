//! What is known of the session, in figures.

use antipode_core::session::{StateKind, View};
use antipode_safety::Millis;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{Look, is_urgent};
use crate::screen::scene::{Freshness, Scene};
use crate::words;

/// Every line, most important first: small screens cut off the last ones.
pub(super) fn lines(scene: &Scene, look: Look) -> Vec<Line<'static>> {
    let view = &scene.view;
    vec![
        state(view, look),
        tilt(scene, look),
        countdown(view),
        next(view),
        fact("head-down", dose(view, scene.about.simulated)),
        fact("speed", speed(scene)),
        fact("heart", heart(view)),
        fact("table", table(view)),
        data(scene),
    ]
}

fn fact(name: &'static str, value: String) -> Line<'static> {
    Line::from(vec![Span::styled(format!("{name:10}"), Look::dim()), Span::raw(value)])
}

/// What the session is doing.
pub(super) fn state(view: &View, look: Look) -> Line<'static> {
    let style = if is_urgent(view) { look.alarm() } else { Look::strong() };
    let bout = view
        .bout
        .map(|bout| format!(", bout {} of {}", bout.saturating_add(1), view.bouts))
        .unwrap_or_default();
    let why = view.cause.map(|cause| format!(": {}", words::cause(cause))).unwrap_or_default();
    Line::styled(format!("{}{bout}{why}", words::state(view.state)), style)
}

/// The tilt, where it goes and how deep it may go; greyed when old, blank when gone.
pub(super) fn tilt(scene: &Scene, look: Look) -> Line<'static> {
    let view = &scene.view;
    let (value, style) = match (scene.freshness(), view.tilt) {
        (Freshness::Fresh(_), Some(tilt)) => {
            (format!("{:>5}°", words::degrees(tilt)), Look::strong())
        }
        (Freshness::Old(age), Some(tilt)) => {
            (format!("{:>5}° ({} old)", words::degrees(tilt), seconds(age)), Look::dim())
        }
        (Freshness::Gone, _) | (_, None) => ("   --".to_owned(), look.alarm()),
    };
    let target =
        view.target.map(|target| format!(" to {}°", words::degrees(target))).unwrap_or_default();
    let rest = format!("{target}, at most {}°", words::degrees(view.tilt_limit));
    Line::from(vec![
        Span::styled(format!("{:10}", "tilt"), Look::dim()),
        Span::styled(value, style),
        Span::raw(rest),
    ])
}

fn countdown(view: &View) -> Line<'static> {
    let left = view.until.map(|until| words::clock(until.since(view.now)));
    let value = left.map_or_else(|| "-".to_owned(), |left| format!("{left} to go"));
    fact("time", value)
}

/// What comes after this.
fn next(view: &View) -> Line<'static> {
    let value = match (view.next_target, view.state) {
        (Some(to), _) => format!("to {}°", words::degrees(to)),
        (None, StateKind::Running) => "the last rest".to_owned(),
        (None, StateKind::Closing) => "over".to_owned(),
        (None, _) => "-".to_owned(),
    };
    fact("next", format!("{value}  ({} of {} bouts done)", view.bouts_done, view.bouts))
}

/// A simulated session begins an empty day and counts in nobody's: "today" would be wrong there.
fn dose(view: &View, simulated: bool) -> String {
    let (session, limit) = (words::clock(view.head_down), words::clock(view.day_limit));
    if simulated {
        return format!("{session} of {limit} (simulated)");
    }
    format!("{session}, today {} of {limit}", words::clock(view.head_down_day))
}

fn speed(scene: &Scene) -> String {
    match scene.freshness() {
        Freshness::Fresh(_) | Freshness::Old(_) => {
            format!("{}°/s", words::degrees_per_second(scene.view.rate))
        }
        Freshness::Gone => "--".to_owned(),
    }
}

fn heart(view: &View) -> String {
    view.heart_rate.map_or_else(|| "no sensor".to_owned(), |rate| format!("{rate} a minute"))
}

fn table(view: &View) -> String {
    let drive = match (view.connected, view.drive) {
        (false, _) => "no connection",
        (true, Some(drive)) => words::drive(drive),
        (true, None) => "connected",
    };
    drive.to_owned()
}

fn data(scene: &Scene) -> Line<'static> {
    let (value, style) = match scene.freshness() {
        Freshness::Fresh(age) => (format!("{} ms old", age.get()), Style::new()),
        Freshness::Old(age) => (format!("{} old", seconds(age)), Look::strong()),
        Freshness::Gone => ("too old to show".to_owned(), Look::strong()),
    };
    Line::from(vec![
        Span::styled(format!("{:10}", "data"), Look::dim()),
        Span::styled(value, style),
    ])
}

fn seconds(age: Millis) -> String {
    format!("{}.{} s", age.get() / 1_000, age.get() % 1_000 / 100)
}
