//! The proof tilt: three degrees, before anybody is lowered (H-08, H-33).

use antipode_safety::{DriveState, Effort, Latches};

use super::bench::{Bench, Going, config, plan};
use crate::event::Act;
use crate::session::{EndCause, Outcome, SessionConfig, StateKind};
use crate::step::{Prompt, Record};

/// A bench that was started and is on its way to the proof angle, its second angle off by `skew`.
fn begun(skew: i64) -> Bench {
    let mut bench = Bench::new(&plan(1, 30, 180));
    bench.skew = skew;
    bench.prepare();
    bench.run_while(5, |b| b.state() != StateKind::Proof);
    bench
}

#[track_caller]
fn is_refused(bench: &mut Bench) {
    bench.run_while(150, |b| b.state() != StateKind::Finished);
    assert_eq!(bench.session.outcome(), Some(Outcome::Refused));
    assert_eq!(bench.session.view().cause, Some(EndCause::ProofFailed));
    assert!(bench.deepest <= 3_000, "{}", bench.deepest);
    assert!((-10_000..=0).contains(&bench.tilt));
    assert!(!bench.records.iter().any(|(_, record)| matches!(record, Record::Segment(_))));
}

#[test]
fn a_second_angle_that_is_crooked_by_more_than_a_degree_is_found_by_the_proof_tilt() {
    // Far too little to contradict the first one, which takes five.
    for skew in [-2_000, -1_100, 1_100, 2_000] {
        let mut bench = begun(skew);
        is_refused(&mut bench);
    }
}

#[test]
fn a_second_angle_within_a_degree_passes() {
    for skew in [-900, 900] {
        let mut bench = begun(skew);
        bench.run_while(30, |b| b.state() != StateKind::Running);
    }
}

#[test]
fn heels_that_moved_end_it() {
    let mut bench = begun(0);
    bench.answers = false;
    bench.run_while(30, |b| !b.said(Prompt::HeelsHeld));
    bench.act(Act::No);
    is_refused(&mut bench);
}

#[test]
fn a_question_about_the_heels_that_nobody_answers_ends_it() {
    let mut bench = begun(0);
    bench.answers = false;
    is_refused(&mut bench);
}

#[test]
fn a_latch_that_opens_during_the_proof_tilt_lowers_nobody() {
    let mut bench = begun(0);
    bench.run_while(10, |b| b.tilt < 2_000);
    bench.latches = Latches { fitted: 2, first_closed: false, second_closed: true };
    bench.run_while(120, |b| b.state() != StateKind::Finished);
    assert!(bench.deepest <= 3_000);
    assert_eq!(bench.session.view().drive, Some(DriveState::Holding));
}

/// What becomes of a proof tilt of which the table expects an effort of 800 mA, with so much drawn
/// on the way down and up.
fn felt(effort: Option<i64>, down: u32, up: u32) -> Bench {
    let effort = effort.map(Effort::clamped);
    let mut bench = Bench::with(SessionConfig { effort, ..config(&plan(1, 30, 180)) });
    bench.prepare();
    let mut turns = 0;
    while !matches!(bench.state(), StateKind::Running | StateKind::Closing) && turns < 6_000 {
        bench.draws = match bench.going {
            Going::To(target, _) if target.is_head_down() => down,
            Going::To(..) => up,
            Going::Nowhere | Going::Home(_) => 0,
        };
        bench.run(10);
        turns += 1;
    }
    bench
}

#[test]
fn an_effort_that_is_not_that_of_the_weight_lowers_nobody() {
    for (down, up) in [(1_400, 300), (900, 300), (300, 1_100), (500, 500), (0, 0)] {
        let mut bench = felt(Some(800), down, up);
        assert_eq!(bench.session.view().cause, Some(EndCause::EffortMismatch), "{down} {up}");
        assert!(!bench.said(Prompt::HeelsHeld), "nothing more is asked");
        bench.run_while(150, |b| b.state() != StateKind::Finished);
        assert_eq!(bench.session.outcome(), Some(Outcome::Refused));
        assert!(bench.deepest <= 3_000 && (-10_000..=0).contains(&bench.tilt));
        assert!(!bench.records.iter().any(|(_, record)| matches!(record, Record::Segment(_))));
    }
}

#[test]
fn an_effort_within_a_fifth_goes_on_and_one_that_nobody_expects_is_only_shown() {
    for (expected, down, up) in
        [(Some(800), 1_100, 300), (Some(800), 1_250, 300), (None, 9_000, 0), (None, 0, 0)]
    {
        let bench = felt(expected, down, up);
        assert_eq!(bench.state(), StateKind::Running, "{expected:?} {down} {up}");
        let shown = bench.session.view().effort.map(Effort::ma);
        let seen = i64::from(down) - i64::from(up);
        assert_eq!(shown.map(i64::from), Some(seen).filter(|_| down + up > 0));
    }
}
