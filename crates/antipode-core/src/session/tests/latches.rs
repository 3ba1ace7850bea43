//! Ankle holds without a sensor: the spotter's word before each bout, or nobody is lowered.

use super::bench::{Bench, config, plan};
use crate::event::{Act, Event, Source};
use crate::session::{EndCause, Outcome, Question, SessionConfig, StateKind};
use crate::step::Prompt;

const ASKED: Prompt = Prompt::ConfirmLatches;

fn without_sensors(bouts: u16) -> Bench {
    let config = config(&plan(bouts, 15, 60));
    let table = crate::session::TableFacts { latch_sensors: 0, ..config.table };
    let mut bench = Bench::with(SessionConfig { table, ..config });
    bench.latches =
        antipode_safety::Latches { fitted: 0, first_closed: false, second_closed: false };
    bench.prepare();
    bench
}

/// The question is open, in the rest band.
fn asked(bench: &mut Bench) {
    bench.run_while(200, |b| b.session.view().question != Some(Question::Latches));
    assert!((-10_000..=0).contains(&bench.tilt), "{}", bench.tilt);
}

#[test]
fn without_the_spotters_word_nobody_is_lowered_and_the_session_ends_in_the_rest_band() {
    let mut bench = without_sensors(1);
    asked(&mut bench);
    bench.deepest = i64::MIN;
    bench.run(299_000);
    assert_eq!(bench.state(), StateKind::Running);
    bench.run(70_000);
    assert!(bench.deepest <= 0, "{}", bench.deepest);
    let view = bench.session.view();
    assert_eq!((view.outcome, view.cause), (Some(Outcome::Returned), Some(EndCause::NoAnswer)));
    assert_eq!(view.bouts_done, 0);
}

#[test]
fn a_press_of_the_strapped_person_and_a_word_from_afar_are_no_word_of_the_spotter() {
    let mut bench = without_sensors(1);
    asked(&mut bench);
    bench.deepest = i64::MIN;
    for source in [Source::Hand, Source::Network, Source::Signal] {
        bench.event(Event::Act(Act::Ok, source));
        bench.run(10_000);
        assert!(bench.deepest <= 0, "{source:?}: {}", bench.deepest);
        assert_eq!(bench.session.view().question, Some(Question::Latches), "{source:?}");
    }
    bench.act(Act::Ok);
    bench.run(20_000);
    assert!(bench.tilt > 14_000, "{}", bench.tilt);
}

#[test]
fn the_word_counts_for_one_bout_and_is_asked_for_again_after_the_rest() {
    let mut bench = without_sensors(3);
    for bout in 0..3_u16 {
        asked(&mut bench);
        let view = bench.session.view();
        assert_eq!((view.bouts_done, view.state), (bout, StateKind::Running));
        assert_eq!(view.next_target.map(|tilt| tilt.millideg()), Some(15_000));
        bench.run(40_000);
        assert!(bench.tilt <= 0, "bout {bout}: {}", bench.tilt);
        bench.act(Act::Ok);
        bench.run_while(60, |b| b.tilt < 14_000);
    }
    bench.run_while(600, |b| b.session.view().outcome.is_none());
    assert_eq!(bench.session.view().outcome, Some(Outcome::Completed));
    assert_eq!(bench.prompts.iter().filter(|(_, said)| *said == ASKED).count(), 3);
}

#[test]
fn a_key_that_is_held_too_long_is_no_word_of_the_spotter() {
    let mut bench = without_sensors(1);
    asked(&mut bench);
    bench.deepest = i64::MIN;
    for _ in 0..20 {
        bench.act(Act::Ok);
        bench.run(40);
    }
    bench.run(20_000);
    assert!(bench.deepest <= 0, "{}", bench.deepest);
    assert_eq!(bench.session.view().question, Some(Question::Latches));
}

/// What the session is once `acts` have been done while the question was open.
fn after(acts: &[Act]) -> crate::session::View {
    let mut bench = without_sensors(1);
    asked(&mut bench);
    bench.deepest = i64::MIN;
    acts.iter().for_each(|act| bench.act(*act));
    bench.run(70_000);
    assert!(bench.deepest <= 0, "{acts:?}: {}", bench.deepest);
    bench.session.view()
}

#[test]
fn a_no_of_the_spotter_and_a_gentler_plan_end_nothing_head_down() {
    assert_eq!(after(&[Act::No]).cause, Some(EndCause::LatchOpen));
    // Fifteen degrees, then five, then nothing is left.
    assert_eq!(after(&[Act::Easier; 3]).outcome, Some(Outcome::Returned));
    assert_eq!(after(&[Act::Shorter]).question, Some(Question::Latches));
}

#[test]
fn where_sensors_see_the_ankle_holds_nobody_is_asked() {
    let mut bench = Bench::started(&plan(2, 15, 60));
    bench.run_while(600, |b| b.session.view().outcome.is_none());
    assert_eq!(bench.session.view().outcome, Some(Outcome::Completed));
    assert!(!bench.said(ASKED));
}
