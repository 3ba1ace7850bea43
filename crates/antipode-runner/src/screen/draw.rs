//! One picture of the session. Nothing in it hangs on colour.

mod alarms;
mod facts;
mod foot;
mod small;
mod text;

use antipode_core::session::{Question, StateKind, View};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::bed;
use super::menu::{Menu, page};
use super::scene::{Freshness, Scene};
use crate::words;

/// How the screen looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Use colour.
    pub colour: bool,
    /// Use ASCII characters alone.
    pub ascii: bool,
}

impl Look {
    /// `colour` where there is colour.
    fn tinted(self, colour: Color) -> Style {
        if self.colour { Style::new().fg(colour) } else { Style::new() }
    }

    /// What must be seen first.
    fn alarm(self) -> Style {
        self.tinted(Color::Red).add_modifier(Modifier::BOLD | Modifier::REVERSED)
    }

    const fn strong() -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What is there for completeness, or no longer sure.
    const fn dim() -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }
}

/// From this on there is room for the picture of the table beside the figures.
const PICTURE: (u16, u16) = (60, 20);
/// From this on there is room for everything.
const ROOMY: (u16, u16) = (80, 24);

/// Draws `scene`.
pub(super) fn draw(frame: &mut Frame<'_>, scene: &Scene, look: Look) {
    let area = frame.area();
    let holds = |(width, height)| area.width >= width && area.height >= height;
    if !holds(small::SMALLEST) {
        small::draw_too_small(frame, area, scene, look);
    } else if holds(PICTURE) {
        all(frame, area, scene, look, holds(ROOMY));
    } else {
        small::draw(frame, area, scene, look);
    }
}

/// The picture, the figures, the question, the alarms, what was said, the keys.
fn all(frame: &mut Frame<'_>, area: Rect, scene: &Scene, look: Look, roomy: bool) {
    let width = usize::from(area.width);
    let lists = if roomy { 4 } else { 3 };
    let [top, body, question, alarms, said, keys] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(6),
        Constraint::Length(2),
        Constraint::Length(lists),
        Constraint::Length(lists),
        Constraint::Length(2),
    ])
    .areas(area);
    frame.render_widget(Paragraph::new(header(scene, top.width)), top);
    if scene.menu == Menu::Closed {
        let picture = if roomy { 30 } else { 22 };
        let [left, right] =
            Layout::horizontal([Constraint::Length(picture), Constraint::Fill(1)]).areas(body);
        frame.render_widget(Paragraph::new(table(scene, left, look)), left);
        let figures = facts::lines(scene, right.width.into(), look);
        frame.render_widget(Paragraph::new(figures), right);
    } else {
        frame.render_widget(Paragraph::new(with_menu(scene, width, look)), body);
    }
    frame.render_widget(Paragraph::new(asked(scene, width, look)), question);
    let listed = alarms::lines(&scene.view, width, alarms.height.into(), look);
    frame.render_widget(Paragraph::new(listed), alarms);
    frame.render_widget(Paragraph::new(said_lines(scene, width, said.height.into())), said);
    frame.render_widget(Paragraph::new(foot::lines(scene, width, 2, roomy)), keys);
}

fn header(scene: &Scene, width: u16) -> Line<'static> {
    let about = &scene.about;
    let left = format!("Antipode  {}  {} on {}", about.plan, about.person, about.table);
    // The clock of a simulated session is simulated too.
    let simulated = if about.simulated { "simulated " } else { "" };
    let right = format!("{simulated}{}", scene.wall.strftime("%H:%M:%S"));
    let room = usize::from(width).saturating_sub(right.len() + 1);
    let left = text::fitted(&left, room);
    Line::styled(format!("{left:room$} {right}"), Look::strong())
}

/// The table, turning.
fn table(scene: &Scene, area: Rect, look: Look) -> Vec<Line<'static>> {
    let (tilt, style) = match scene.freshness() {
        Freshness::Fresh(_) => (scene.view.tilt, Style::new()),
        Freshness::Old(_) => (scene.view.tilt, Look::dim()),
        Freshness::Gone => (None, Look::dim()),
    };
    let dots = bed::draw(area.width.saturating_sub(2), area.height, tilt, scene.view.target);
    dots.lines(look.ascii).into_iter().map(|line| Line::styled(line, style)).collect()
}

/// The open menu takes the room of the picture; tilt, state and time stay above it.
fn with_menu(scene: &Scene, width: usize, look: Look) -> Vec<Line<'static>> {
    let mut lines = vec![facts::tilt(scene, width, look)];
    lines.extend(facts::state(&scene.view, width, look).into_iter().take(2));
    lines.extend(facts::countdown(&scene.view, width));
    lines.extend(menu_lines(scene.menu, width));
    lines
}

/// The question of the open menu and what can be chosen.
fn menu_lines(menu: Menu, width: usize) -> Vec<Line<'static>> {
    let Some((text, keys)) = menu_question(menu) else { return Vec::new() };
    // On one row where it fits: the choices take the others.
    let asked = text::wrapped("> ", &format!("{text} {keys}"), width).into_iter();
    let listed = text::packed(&choices(menu).join("  "), width);
    asked
        .map(|line| Line::styled(line, Look::strong()))
        .chain(listed.into_iter().map(Line::from))
        .collect()
}

/// What can be chosen in the open menu, each with its digit.
fn choices(menu: Menu) -> Vec<String> {
    let choices: Vec<&str> = match menu {
        Menu::Closed => Vec::new(),
        Menu::What { second } => {
            page(second).iter().map(|symptom| words::symptom(*symptom)).collect()
        }
        Menu::HowStrong(_) => antipode_core::symptom::Severity::ALL.map(words::severity).to_vec(),
    };
    (1..).zip(choices).map(|(digit, text): (u8, _)| format!("{digit} {text}")).collect()
}

/// The question that waits, with its keys.
fn asked(scene: &Scene, width: usize, look: Look) -> Vec<Line<'static>> {
    let question = |text: &str, keys: &str| question(text, keys, width);
    if let Some(way) = WayOut::of(&scene.view) {
        let (text, keys) = way.words();
        let mut lines = vec![Line::styled(text, look.alarm())];
        lines.extend(text::wrapped("", keys, width).into_iter().map(Line::from));
        return lines;
    }
    if let Some((text, keys)) = words::question_now(&scene.view) {
        return question(text, keys);
    }
    if scene.over {
        let outcome = scene.view.outcome.map_or("over", words::outcome);
        return question(&format!("The session is over: {outcome}."), "q quit, u hold to upright");
    }
    if scene.view.state == StateKind::Attended && scene.view.outcome.is_some() {
        return question("Hold u for upright, l for level.", "let go to stand; q quit then");
    }
    if scene.leaving {
        return question(&leaving(&scene.view), "Ctrl-C again is STOP");
    }
    Vec::new()
}

/// What the end of the program still waits for.
fn leaving(view: &View) -> String {
    if words::may_be_head_down(view) {
        return "Coming up; the program ends after that.".to_owned();
    }
    view.until.map_or_else(
        || "Ending as soon as the bed stands.".to_owned(),
        |until| format!("Ending after the last rest, {}.", words::clock(until.since(view.now))),
    )
}

/// The question of the open menu, with its keys beside the digits.
fn menu_question(menu: Menu) -> Option<(String, &'static str)> {
    match menu {
        Menu::Closed => None,
        Menu::What { .. } => Some(("What do you feel?".to_owned(), "0 more, b back")),
        Menu::HowStrong(symptom) => {
            Some((format!("How strong is it: {}?", words::symptom(symptom)), "b back"))
        }
    }
}

fn question(text: &str, keys: &str, width: usize) -> Vec<Line<'static>> {
    let asked = text::wrapped("> ", text, width).into_iter();
    let asked = asked.map(|line| Line::styled(line, Look::strong()));
    asked.chain(text::wrapped("  ", keys, width).into_iter().map(Line::from)).collect()
}

/// The last texts, newest at the bottom, each of them whole. A newest one that is longer than all
/// the room there is shows its beginning: the end alone may say the opposite of the whole.
fn said_lines(scene: &Scene, width: usize, rows: usize) -> Vec<Line<'static>> {
    let mut shown: Vec<Vec<String>> = Vec::new();
    let mut room = rows;
    for said in scene.said.iter().rev() {
        let seconds = said.at.as_millis() / 1_000;
        let time = format!("{:>3}:{:02}  ", seconds / 60, seconds % 60);
        let mut lines = text::wrapped(&time, &said.text, width);
        if lines.len() > room {
            if shown.is_empty() {
                lines.truncate(room);
                if let Some(last) = lines.last_mut() {
                    *last = text::cut(last, width);
                }
                shown.push(lines);
            }
            break;
        }
        room -= lines.len();
        shown.push(lines);
    }
    shown.into_iter().rev().flatten().map(Line::from).collect()
}

/// What a person at the terminal does next while STOP is on. The bed comes first: STOP that is let
/// go head-down still leaves a person there, and is not confirmed there (I18).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WayOut {
    /// Head-down, or nobody knows.
    ComeUp,
    /// Not head-down, STOP not let go; `clear` of level.
    LetGo { clear: bool },
    /// Not head-down, STOP let go; `clear` of level.
    Confirm { clear: bool },
}

impl WayOut {
    fn of(view: &View) -> Option<Self> {
        // STOP that is tried before a session has its own question.
        let tried = view.state != StateKind::Stopped && view.question.is_some();
        if !view.stopped || tried {
            return None;
        }
        let clear = view.tilt.is_some_and(|tilt| tilt <= words::CLEAR_OF_LEVEL);
        let up = view.tilt.is_some_and(|tilt| !tilt.is_head_down());
        Some(match (up, view.question) {
            (false, _) => Self::ComeUp,
            (true, Some(Question::AcknowledgeStop)) => Self::Confirm { clear },
            (true, _) => Self::LetGo { clear },
        })
    }

    /// What is so, and the keys.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::ComeUp => ("STOPPED", "keep pressing r to come up, then x and k"),
            Self::LetGo { clear: true } => {
                ("STOPPED. The bed is up.", "press x to let STOP go, then k to confirm")
            }
            Self::LetGo { clear: false } => {
                ("STOPPED. The bed is level.", "press x, then k; if k is refused, r and k again")
            }
            Self::Confirm { clear: true } => {
                ("STOPPED. The bed is up, STOP let go.", "press k to confirm")
            }
            Self::Confirm { clear: false } => (
                "STOPPED. The bed is level, STOP let go.",
                "press k to confirm; if refused, r and k again",
            ),
        }
    }

    const fn footer(self) -> &'static str {
        match self {
            Self::ComeUp => "space STOP  r come up (RETURN): keep pressing",
            Self::LetGo { .. } => "space STOP  x let STOP go, then k confirm",
            Self::Confirm { .. } => "space STOP  k confirm",
        }
    }
}

/// Whether somebody has to do something now.
const fn is_urgent(view: &View) -> bool {
    view.stopped || matches!(view.question, Some(Question::CheckIn))
}
