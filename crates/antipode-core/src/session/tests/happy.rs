//! Nothing goes wrong.

use antipode_safety::Millis;

use super::bench::{Bench, deg, plan};
use crate::event::{Act, Event, Source};
use crate::session::{EndCause, NotReady, Outcome, StateKind};
use crate::step::{Prompt, Record};

#[test]
fn a_whole_session_ends_completed_in_the_rest_band() {
    let plan = plan(3, 20, 60);
    let mut bench = Bench::new(&plan);
    bench.prepare();
    bench.run_while(1_200, |b| b.state() != StateKind::Finished);
    assert_eq!(bench.session.outcome(), Some(Outcome::Completed));
    assert!((-10_000..=0).contains(&bench.tilt), "{}", bench.tilt);
    assert_eq!(bench.deepest, 20_000);
    let ended = bench.records.iter().find_map(|(_, record)| match record {
        Record::SessionEnd { outcome, cause, bouts, head_down } => {
            Some((*outcome, *cause, *bouts, *head_down))
        }
        Record::SessionStart
        | Record::State { .. }
        | Record::Segment(_)
        | Record::BoutDone { .. }
        | Record::Alarm(_)
        | Record::AlarmAgain(..)
        | Record::Refused(_)
        | Record::Asked
        | Record::Answered
        | Record::Symptom(..)
        | Record::Eased(_)
        | Record::Shortened
        | Record::LockedOut => None,
    });
    let (outcome, cause, bouts, head_down) = ended.expect("the session ends on record");
    assert_eq!((outcome, cause, bouts), (Outcome::Completed, EndCause::PlanDone, 3));
    // Three minutes of hold, and 15 degrees down at 1.5 and up at 1.0 degrees a second each time.
    let travel = 3 * (10_000 + 15_000);
    assert!(head_down >= Millis::new(180_000 + travel), "{head_down}");
    assert!(head_down <= Millis::new(180_000 + travel + 6_000), "{head_down}");
}

#[test]
fn nothing_moves_before_the_buttons_are_tried_and_a_person_starts() {
    let mut bench = Bench::new(&plan(1, 20, 60));
    bench.run(60_000);
    assert_eq!(bench.state(), StateKind::SelfTest);
    bench.act(Act::Start);
    bench.run(60_000);
    assert_eq!(bench.motions, []);
    assert_eq!(bench.tilt, -3_000);
}

#[test]
fn no_to_a_question_of_the_first_steps_begins_no_session() {
    for (yes, why) in [(0, NotReady::PersonNotConfirmed), (1, NotReady::AreaNotConfirmed)] {
        let mut bench = Bench::new(&plan(1, 20, 60));
        bench.run(100);
        for _ in 0..yes {
            bench.act(Act::Ok);
        }
        bench.act(Act::No);
        assert!(bench.said(Prompt::NotReady(why)), "{why:?}");
        assert!(bench.said(Prompt::Done(Outcome::Refused)));
        assert_eq!(bench.state(), StateKind::Finished);
        for act in [Act::Ok, Act::ConfirmPerson, Act::ConfirmAreaClear, Act::Start, Act::Ok] {
            bench.act(act);
        }
        bench.run(60_000);
        assert_eq!(bench.motions, []);
        assert_eq!(bench.tilt, -3_000);
    }
}

#[test]
fn the_network_cannot_start_a_session() {
    let mut bench = Bench::new(&plan(1, 20, 60));
    bench.run(100);
    bench.act(Act::ConfirmPerson);
    bench.act(Act::ConfirmAreaClear);
    bench.stop(crate::event::StopEvent::Pressed);
    bench.run(200);
    bench.stop(crate::event::StopEvent::Released);
    bench.act(Act::Ok);
    bench.run(400);
    bench.act(Act::Return);
    assert_eq!(bench.state(), StateKind::Ready);
    for act in Act::ALL {
        if act.needs_local() {
            bench.event(Event::Act(act, Source::Network));
            bench.event(Event::Act(act, Source::Signal));
        }
    }
    bench.run(10_000);
    assert_eq!(bench.motions, []);
    assert_eq!(bench.state(), StateKind::Ready);
}

#[test]
fn easier_takes_ten_degrees_off_now_and_later() {
    let plan = plan(2, 25, 60);
    let mut bench = Bench::in_first_hold(&plan);
    assert_eq!(bench.tilt, 25_000);
    bench.act(Act::Easier);
    assert!(bench.said(Prompt::Eased(deg(15))));
    bench.run(20_000);
    assert_eq!(bench.tilt, 15_000);
    bench.deepest = i64::MIN;
    bench.run_while(600, |b| b.state() != StateKind::Finished);
    assert_eq!(bench.deepest, 15_000);
    assert_eq!(bench.session.outcome(), Some(Outcome::Completed));
}

#[test]
fn shorter_rests_and_then_halves_what_is_left() {
    let plan = plan(2, 20, 120);
    let mut bench = Bench::in_first_hold(&plan);
    bench.act(Act::Shorter);
    bench.run_while(60, |b| b.tilt > 0);
    bench.run_while(900, |b| b.state() != StateKind::Finished);
    let holds: Vec<_> = bench
        .prompts
        .iter()
        .filter(|(_, p)| *p == Prompt::Holding(Millis::from_secs(60)))
        .collect();
    assert_eq!(holds.len(), 1, "{:?}", bench.prompts);
    assert_eq!(bench.session.outcome(), Some(Outcome::Completed));
}

#[test]
fn a_pause_head_down_becomes_a_return_after_thirty_seconds() {
    let mut bench = Bench::in_first_hold(&plan(1, 20, 120));
    bench.act(Act::Pause);
    bench.run(29_900);
    assert_eq!(bench.state(), StateKind::Paused);
    bench.run(200);
    assert_eq!(bench.state(), StateKind::Returning);
    bench.run_while(120, |b| b.state() != StateKind::Finished);
    assert_eq!(bench.session.outcome(), Some(Outcome::Returned));
}

#[test]
fn a_short_pause_goes_on_where_it_was() {
    let mut bench = Bench::in_first_hold(&plan(1, 20, 60));
    bench.act(Act::Pause);
    bench.run(10_000);
    bench.act(Act::Resume);
    assert_eq!(bench.state(), StateKind::Running);
    bench.run_while(400, |b| b.state() != StateKind::Finished);
    assert_eq!(bench.session.outcome(), Some(Outcome::Completed));
}

#[test]
fn every_motion_is_announced_once() {
    let mut bench = Bench::new(&plan(2, 20, 60));
    bench.prepare();
    bench.run_while(900, |b| b.state() != StateKind::Finished);
    for (prompt, times) in [(Prompt::Lowering(deg(20)), 2), (Prompt::Raising(deg(-3)), 2)] {
        let said = bench.prompts.iter().filter(|(_, said)| *said == prompt).count();
        assert_eq!(said, times, "{prompt:?}: {:?}", bench.prompts);
    }
}

#[test]
fn a_motion_that_was_put_off_is_announced_again() {
    let mut bench = Bench::in_first_hold(&plan(1, 20, 60));
    let raising = Prompt::Raising(deg(-3));
    bench.run_while(70, |b| !b.said(raising));
    bench.act(Act::Pause);
    bench.run(10_000);
    bench.act(Act::Resume);
    bench.run_while(400, |b| b.state() != StateKind::Finished);
    let said = bench.prompts.iter().filter(|(_, said)| *said == raising).count();
    assert_eq!(said, 2, "{:?}", bench.prompts);
}
