//! Pictures of the main states, and what the screen does with keys and ends.

mod windows;

use antipode_core::alarm::{AlarmCause, Alarms};
use antipode_core::session::{EndCause, Outcome, Question, StateKind, View};
use antipode_core::symptom::Symptom;
use antipode_safety::{Angle, DriveState, FaultSet, Millis, Rate, Timestamp};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::{Color, Modifier};

use super::draw::{Look, draw};
use super::menu::Menu;
use super::scene::{Freshness, Said, Scene};
use crate::live::About;

const PLAIN: Look = Look { colour: false, ascii: false };

/// In the middle of the second bout.
pub(crate) fn view() -> View {
    View {
        now: Timestamp::from_millis(252_000),
        state: StateKind::Running,
        cause: None,
        outcome: None,
        bout: Some(1),
        bouts_done: 1,
        bouts: 3,
        tilt: Angle::from_millideg(29_800),
        tilt_at: Some(Timestamp::from_millis(251_960)),
        faults: FaultSet::NONE,
        worst_case: Angle::from_millideg(29_900),
        rate: Rate::ZERO,
        target: Angle::from_deg(30),
        until: Some(Timestamp::from_millis(344_000)),
        next_target: Some(Angle::REST_AIM),
        question: None,
        alarms: Alarms::NONE,
        head_down: Millis::from_secs(192),
        head_down_day: Millis::from_secs(192),
        day_limit: Millis::from_secs(1_500),
        tilt_limit: Angle::clamped(60_000),
        connected: true,
        armed: true,
        drive: Some(DriveState::Holding),
        commanded: Rate::ZERO,
        heart_rate: Some(72),
        live: true,
        stopped: false,
        effort: None,
    }
}

fn scene(view: View) -> Scene {
    let wall: jiff::Timestamp = "2026-11-23T09:30:12Z".parse().unwrap();
    Scene {
        about: About {
            plan: "kim-2013-30".into(),
            person: "virtual".into(),
            table: "sim".into(),
            simulated: true,
            ballast_kg: None,
        },
        view,
        view_age: Millis::ZERO,
        wall: wall.to_zoned(jiff::tz::TimeZone::UTC),
        said: vec![
            Said {
                at: Timestamp::from_millis(221_000),
                text: "Lowering to 30 degrees now. Press RETURN to come up.".into(),
            },
            Said {
                at: Timestamp::from_millis(251_000),
                text: "Staying here for 2 minutes. Breathe slowly.".into(),
            },
        ],
        menu: Menu::Closed,
        over: false,
        leaving: false,
    }
}

fn terminal(scene: &Scene, size: (u16, u16), look: Look) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    terminal.draw(|frame| draw(frame, scene, look)).unwrap();
    terminal
}

fn picture(scene: &Scene, size: (u16, u16), look: Look) -> String {
    terminal(scene, size, look).backend().to_string()
}

/// STOP pressed at 12 degrees, with more alarms than fit.
fn stopped() -> Scene {
    let mut view = view();
    view.state = StateKind::Stopped;
    view.cause = Some(EndCause::StopPressed);
    view.stopped = true;
    view.tilt = Angle::from_deg(12);
    view.target = None;
    view.until = None;
    view.drive = Some(DriveState::Stopped);
    for cause in [
        AlarmCause::JournalLost,
        AlarmCause::Hot,
        AlarmCause::StoppedHeadDown,
        AlarmCause::NoAnswer,
        AlarmCause::DoseSpent,
    ] {
        view.alarms.set(cause, true);
    }
    scene(view)
}

#[test]
fn bout_on_a_usual_terminal() {
    insta::assert_snapshot!(picture(&scene(view()), (80, 24), PLAIN));
}

#[test]
fn check_in_on_a_small_terminal() {
    let mut view = view();
    view.question = Some(Question::CheckIn);
    insta::assert_snapshot!(picture(&scene(view), (60, 20), PLAIN));
}

#[test]
fn stop_with_many_alarms() {
    insta::assert_snapshot!(picture(&stopped(), (80, 24), PLAIN));
}

#[test]
fn stop_on_a_small_ascii_terminal() {
    insta::assert_snapshot!(picture(&stopped(), (60, 20), Look { colour: false, ascii: true }));
}

/// The picture of a STOP at `millideg`, with STOP let go or not.
fn stopped_at(millideg: i32, let_go: bool) -> String {
    let mut scene = stopped();
    scene.view.tilt = Angle::from_millideg(millideg);
    scene.view.question = let_go.then_some(Question::AcknowledgeStop);
    picture(&scene, (80, 24), PLAIN)
}

#[test]
fn under_stop_r_is_asked_for_until_the_bed_is_up_and_then_x_and_k() {
    for let_go in [false, true] {
        for millideg in [1, 12_000, 30_000] {
            let text = stopped_at(millideg, let_go);
            assert!(text.contains("keep pressing r to come up"), "{millideg} {let_go}\n{text}");
            assert!(text.contains("space STOP  r come up"), "{text}");
        }
        // At level and above, a return is a halt: r would be asked for for ever.
        for millideg in [0, -1, -400, -499] {
            let text = stopped_at(millideg, let_go);
            assert!(text.contains("The bed is level"), "{millideg} {let_go}\n{text}");
            assert!(!text.contains("keep pressing r"), "{millideg} {let_go}\n{text}");
            assert!(text.contains("press x, then k") != let_go, "{text}");
            assert!(text.contains("press k to confirm") == let_go, "{text}");
            assert!(text.contains("r and k again"), "{text}");
        }
        for millideg in [-500, -900, -1_000, -3_000, -40_000] {
            let text = stopped_at(millideg, let_go);
            assert!(text.contains("The bed is up"), "{millideg} {let_go}\n{text}");
            assert!(!text.contains("keep pressing r"), "{millideg} {let_go}\n{text}");
            assert_eq!(text.contains("press x to let STOP go, then k"), !let_go, "{text}");
            assert_eq!(text.contains("press k to confirm"), let_go, "{text}");
        }
    }
    let mut unknown = stopped();
    unknown.view.tilt = None;
    assert!(picture(&unknown, (80, 24), PLAIN).contains("keep pressing r to come up"));
}

#[test]
fn symptom_menu() {
    let scene = Scene { menu: Menu::What { second: false }, ..scene(view()) };
    insta::assert_snapshot!(picture(&scene, (60, 20), PLAIN));
}

#[test]
fn over() {
    let mut view = view();
    view.state = StateKind::Finished;
    view.outcome = Some(Outcome::Completed);
    view.cause = Some(EndCause::PlanDone);
    view.live = false;
    view.tilt = Some(Angle::REST_AIM);
    view.target = None;
    view.until = None;
    view.bout = None;
    view.bouts_done = 3;
    let scene = Scene { over: true, ..scene(view) };
    insta::assert_snapshot!(picture(&scene, (80, 24), PLAIN));
}

#[test]
fn old_data_is_greyed_and_older_data_is_gone() {
    let aged = |ms: u64| Scene { view_age: Millis::new(ms), ..scene(view()) };
    assert_eq!(aged(0).freshness(), Freshness::Fresh(Millis::new(40)));
    assert_eq!(aged(461).freshness(), Freshness::Old(Millis::new(501)));
    assert_eq!(aged(1_961).freshness(), Freshness::Gone);
    assert!(picture(&aged(1_000), (80, 24), PLAIN).contains("29.8° (1.0 s old)"));
    let gone = picture(&aged(3_000), (80, 24), PLAIN);
    assert!(!gone.contains("29.8") && gone.contains("--"), "{gone}");
    let mut future = view();
    future.tilt_at = Some(Timestamp::from_millis(252_001));
    assert_eq!(scene(future).freshness(), Freshness::Gone);
}

#[test]
fn without_colour_no_cell_has_one_and_an_alarm_still_stands_out() {
    let terminal = terminal(&stopped(), (80, 24), PLAIN);
    let cells = terminal.backend().buffer().content();
    assert!(cells.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    assert!(cells.iter().any(|cell| cell.modifier.contains(Modifier::REVERSED)));
}

#[test]
fn ascii_look_needs_no_other_character_but_the_degree_sign() {
    let text = picture(&scene(view()), (80, 24), Look { colour: false, ascii: true });
    assert!(text.replace('°', "").is_ascii(), "{text}");
}

#[test]
fn every_size_shows_stop_and_return_and_the_tilt() {
    for size in [(20, 6), (43, 13), (44, 14), (60, 20), (80, 24), (300, 90)] {
        let text = picture(&scene(view()), size, PLAIN);
        for word in ["29.8", "STOP", "RETURN"] {
            assert!(text.contains(word), "{size:?} {word}\n{text}");
        }
    }
    for size in [(1, 1), (2, 1), (1, 40), (200, 1)] {
        picture(&stopped(), size, PLAIN);
    }
}

#[test]
fn a_move_after_the_session_that_stands_and_nobody_holds_may_be_left() {
    let mut stands = view();
    stands.state = StateKind::Attended;
    stands.outcome = Some(Outcome::Completed);
    stands.live = false;
    stands.target = None;
    stands.tilt = Angle::from_deg(-5);
    // A sensor's noise.
    stands.rate = Rate::clamped(-100);
    assert!(super::stands_unheld(&stands));
    let held = View { target: Some(Angle::UPRIGHT), ..stands };
    let moves = View { rate: Rate::clamped(-2_000), ..stands };
    let head_down = View { tilt: Angle::from_deg(1), ..stands };
    let before = View { outcome: None, ..stands };
    let unknown = View { tilt: None, ..stands };
    for other in [held, moves, head_down, before, unknown] {
        assert!(!super::stands_unheld(&other), "{other:?}");
    }
}

#[test]
fn a_held_ok_key_answers_one_question() {
    use std::time::{Duration, Instant};
    let begin = Instant::now();
    let mut ok = super::OkKey { last: None };
    let at = |ms: u64| begin + Duration::from_millis(ms);
    assert!(ok.is_new_press(at(0)));
    // The keyboard waits, then repeats thirty times a second.
    for repeat in 0..100 {
        assert!(!ok.is_new_press(at(660 + repeat * 33)), "{repeat}");
    }
    assert!(ok.is_new_press(at(660 + 99 * 33 + 700)));
}
