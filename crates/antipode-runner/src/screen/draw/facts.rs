//! What is known of the session, in figures.

use antipode_core::session::{StateKind, View};
use antipode_safety::{Millis, Rate};
use ratatui::text::{Line, Span};

use super::text::wrapped;
use super::{Look, is_urgent};
use crate::screen::scene::{Freshness, Scene};
use crate::words;

/// Every line, most important first: small screens cut off the last ones.
pub(super) fn lines(scene: &Scene, width: usize, look: Look) -> Vec<Line<'static>> {
    let view = &scene.view;
    let mut lines = state(view, width, look);
    lines.push(tilt(scene, width, look));
    lines.extend(countdown(view, width));
    for (name, value) in [
        ("next", next(view)),
        ("head-down", dose(view, scene.about.simulated)),
        ("speed", speed(scene)),
        ("heart", heart(view)),
        ("table", table(view)),
    ] {
        lines.extend(fact(name, &value, width));
    }
    lines.extend(data(scene));
    lines
}

/// Below its own beginning where it takes more than one line.
fn fact(name: &str, value: &str, width: usize) -> Vec<Line<'static>> {
    let start = format!("{name:10}");
    let below = " ".repeat(start.len());
    let texts = wrapped("", value, width.saturating_sub(start.len()));
    let starts = std::iter::once(start).chain(std::iter::repeat(below));
    let line = |(start, text)| Line::from(vec![Span::styled(start, Look::dim()), Span::raw(text)]);
    starts.zip(texts).map(line).collect()
}

/// What the session is doing.
pub(super) fn state(view: &View, width: usize, look: Look) -> Vec<Line<'static>> {
    let style = if is_urgent(view) { look.alarm() } else { Look::strong() };
    let bout = view
        .bout
        .map(|bout| format!(", bout {} of {}", bout.saturating_add(1), view.bouts))
        .unwrap_or_default();
    let why = view.cause.map(|cause| format!(": {}", words::cause(cause))).unwrap_or_default();
    let text = format!("{}{bout}{why}", words::state(view.state));
    wrapped("", &text, width).into_iter().map(|line| Line::styled(line, style)).collect()
}

/// The tilt, where it goes and how deep it may go; greyed when old, blank when gone.
pub(super) fn tilt(scene: &Scene, width: usize, look: Look) -> Line<'static> {
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
    let limit = if view.tilt_limit.is_head_down() {
        format!("at most {}°", words::degrees(view.tilt_limit))
    } else {
        "no tilting".to_owned()
    };
    let whole = format!("{target}, {limit}");
    // What does not fit is left out whole: half a number is another number.
    let taken = 10 + value.chars().count();
    let fits = |rest: &String| taken + rest.chars().count() <= width;
    let rest = [whole, target].into_iter().find(fits).unwrap_or_default();
    Line::from(vec![
        Span::styled(format!("{:10}", "tilt"), Look::dim()),
        Span::styled(value, style),
        Span::raw(rest),
    ])
}

/// How long it takes until something else comes.
pub(super) fn countdown(view: &View, width: usize) -> Vec<Line<'static>> {
    let left = view.until.map(|until| words::clock(until.since(view.now)));
    let value = left.map_or_else(|| "-".to_owned(), |left| format!("{left} to go"));
    fact("time", &value, width)
}

/// What comes after this.
fn next(view: &View) -> String {
    let value = match (view.next_target, view.state) {
        (Some(to), _) => format!("to {}°", words::degrees(to)),
        (None, StateKind::Running) => "the last rest".to_owned(),
        (None, StateKind::Closing) => "over".to_owned(),
        (None, _) => return format!("{} of {} bouts done", view.bouts_done, view.bouts),
    };
    format!("{value} ({} of {} bouts done)", view.bouts_done, view.bouts)
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
        Freshness::Fresh(_) | Freshness::Old(_) if is_noise(&scene.view) => "about 0°/s".to_owned(),
        Freshness::Fresh(_) | Freshness::Old(_) => {
            format!("{}°/s", words::degrees_per_second(scene.view.rate))
        }
        Freshness::Gone => "--".to_owned(),
    }
}

/// A bed that is not ordered to move is read as moving by a little all the same.
fn is_noise(view: &View) -> bool {
    const NOISE: i32 = 300;
    let read = view.rate.millideg_per_s().abs();
    view.commanded == Rate::ZERO && (50..=NOISE).contains(&read)
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

/// The age of what is shown, where it matters. At rest the table reports twice a second.
fn data(scene: &Scene) -> Option<Line<'static>> {
    let value = match scene.freshness() {
        Freshness::Fresh(_) => return None,
        Freshness::Old(age) => format!("{} old", seconds(age)),
        Freshness::Gone => "too old to show".to_owned(),
    };
    let name = Span::styled(format!("{:10}", "data"), Look::dim());
    Some(Line::from(vec![name, Span::styled(value, Look::strong())]))
}

fn seconds(age: Millis) -> String {
    format!("{}.{} s", age.get() / 1_000, age.get() % 1_000 / 100)
}
