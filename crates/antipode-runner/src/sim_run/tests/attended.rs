//! After the rest band: upright, held by somebody at the table, and the stand before the ankles
//! are let go (H-40, I-19). Judged on the true tilt.

use antipode_core::event::{Act, Source};
use antipode_core::session::{Outcome, StateKind};
use antipode_core::step::Prompt;
use antipode_engine::Input;
use antipode_safety::Angle;

use super::setup;
use crate::sim_run::SimRun;

/// A terminal repeats a held key about this often.
const KEY_MS: u64 = 300;
/// The fastest way to upright, millidegrees a second (evidence.md section 8), and what a tick adds.
const FASTEST: i32 = 1_500 + 50;

/// A session that is over, after its last rest.
fn over() -> SimRun {
    let mut run = SimRun::new(setup("first-week", 7), true);
    run.recorder.keep_lines = true;
    assert!(run.run(3_600_000));
    assert_eq!(run.ended().map(|(outcome, _)| outcome), Some(Outcome::Completed));
    assert!(run.true_tilt().in_rest_band());
    run.recorder.shown.clear();
    run
}

fn tilt(run: &SimRun) -> i32 {
    run.true_tilt().millideg()
}

/// Holds the upright control for `for_ms`, or until `done`; the fastest true rate seen.
fn hold(run: &mut SimRun, source: Source, for_ms: u64, done: impl Fn(&SimRun) -> bool) -> i32 {
    let (from, mut fastest) = (run.now_ms(), 0);
    while run.now_ms() < from + for_ms && !done(run) {
        if (run.now_ms() - from).is_multiple_of(KEY_MS) {
            run.input(Input::Act(Act::HoldUpright, source));
        }
        run.step();
        let rate = run.shell().table().plant().true_rate_mdeg_per_s();
        fastest = fastest.max(rate.abs());
    }
    fastest
}

fn wait(run: &mut SimRun, for_ms: u64) {
    let until = run.now_ms() + for_ms;
    while run.now_ms() < until {
        run.step();
    }
}

/// When `prompt` was said.
fn said(run: &SimRun, of: impl Fn(Prompt) -> bool) -> Option<u64> {
    run.recorder.shown.iter().find(|(_, prompt)| of(*prompt)).map(|(at, _)| at.as_millis())
}

fn is_clean(mut run: SimRun) {
    let verdict = run.verdict().unwrap();
    assert!(verdict.is_clean(), "{:#?}\n{:?}", verdict.safety, verdict.liveness);
}

#[test]
fn upright_is_slow_and_the_ankles_are_let_go_only_after_a_minute_of_standing() {
    let mut run = over();
    let fastest = hold(&mut run, Source::Terminal, 120_000, |run| {
        said(run, |p| matches!(p, Prompt::DwellUpright(_))).is_some()
    });
    assert!((1_000..=FASTEST).contains(&fastest), "{fastest}");
    assert!((tilt(&run) - Angle::UPRIGHT.millideg()).abs() < 1_500, "{}", tilt(&run));
    let stood_from = said(&run, |p| matches!(p, Prompt::DwellUpright(_))).unwrap();
    let half = said(&run, |p| p == Prompt::HalfWayUpright).unwrap();
    assert!(half < stood_from);

    // Standing, the hand may go: the bed waits, and the ankles stay closed for a minute.
    wait(&mut run, 59_000);
    assert_eq!(said(&run, |p| p == Prompt::MayReleaseAnkles), None);
    assert_eq!(run.view().state, StateKind::Attended);
    wait(&mut run, 2_000);
    let free = said(&run, |p| p == Prompt::MayReleaseAnkles).unwrap();
    assert!((60_000..60_100).contains(&(free - stood_from)), "{}", free - stood_from);
    assert_eq!(run.view().state, StateKind::Finished);
    assert!((tilt(&run) - Angle::UPRIGHT.millideg()).abs() < 1_500, "{}", tilt(&run));
    is_clean(run);
}

#[test]
fn letting_go_on_the_way_upright_just_waits_and_a_new_hold_goes_on() {
    let mut run = over();
    hold(&mut run, Source::Terminal, 20_000, |run| tilt(run) < -20_000);
    assert!(tilt(&run) < -20_000, "{}", tilt(&run));
    wait(&mut run, 2_000);
    let stood = tilt(&run);
    assert!((-23_500..-20_000).contains(&stood), "{stood}");
    wait(&mut run, 120_000);
    assert!((tilt(&run) - stood).abs() < 200, "{stood} {}", tilt(&run));
    assert_eq!(said(&run, |p| matches!(p, Prompt::DwellUpright(_))), None);
    hold(&mut run, Source::Terminal, 120_000, |run| {
        said(run, |p| matches!(p, Prompt::DwellUpright(_))).is_some()
    });
    assert!((tilt(&run) - Angle::UPRIGHT.millideg()).abs() < 1_500, "{}", tilt(&run));
    is_clean(run);
}

#[test]
fn nobody_far_from_the_table_and_nobody_during_the_last_rest_brings_anybody_upright() {
    let mut run = over();
    let from = tilt(&run);
    hold(&mut run, Source::Network, 30_000, |_| false);
    assert!((tilt(&run) - from).abs() < 200, "{}", tilt(&run));
    is_clean(run);

    let mut run = SimRun::new(setup("first-week", 7), true);
    run.run(60_000);
    assert!(run.true_tilt().is_head_down());
    run.input(Input::Act(Act::Return, Source::Terminal));
    while run.view().state != StateKind::Closing {
        run.step();
        assert!(run.now_ms() < 100_000);
    }
    let from = tilt(&run);
    hold(&mut run, Source::Terminal, 30_000, |_| false);
    assert!((tilt(&run) - from).abs() < 200, "{}", tilt(&run));
    is_clean(run);
}
