use crate::invariant::Invariant;
use crate::testing::Run;
use crate::trace::{Event, Motion};

#[test]
fn head_down_needs_a_confirmed_person_and_a_session() {
    let lowers = |tilt: i32, confirmed: bool, active: bool, on_table: bool| {
        let mut run = Run::at(tilt);
        run.tick.host.person_confirmed = confirmed;
        run.tick.host.session_active = active;
        run.tick.plant.person_on_table = on_table;
        run.pass(600).drive(Motion::Plan, 1_000, 300);
        run
    };
    lowers(20_000, true, true, true).clean();
    lowers(20_000, false, true, false).clean();
    lowers(-9_000, false, true, true).clean();
    lowers(20_000, false, true, true).breaks(Invariant::I9, "without confirmed person");
    lowers(20_000, true, false, true).breaks(Invariant::I9, "without confirmed person");
}

#[test]
fn the_self_test_is_recent_at_the_start_of_the_session() {
    let tested_before = |ms: u32| {
        let mut run = Run::at(-3_000);
        run.event(Event::SessionEnded { cause: 1 }).event(Event::SessionStarted);
        run.step(|_| {});
        // Head-down an hour later: the age counts at the start only.
        run.tick.host.self_test_age_ms = ms + 3_600_000;
        run.tick.t_ms += 3_600_000 - 10;
        run.tick.plant.tilt_mdeg = 20_000;
        run.drive(Motion::Plan, 1_000, 300);
        run
    };
    tested_before(600_000).clean();
    tested_before(600_001).breaks(Invariant::I9, "self-test");
}

#[test]
fn nothing_of_the_plan_moves_before_the_start_record() {
    let moves = |durable: bool, motion: Motion, mdeg_s: i32| {
        let mut run = Run::at(20_000);
        run.tick.host.journal_acknowledged = durable;
        run.pass(600).drive(motion, mdeg_s, 300);
        run
    };
    moves(true, Motion::Plan, 1_000).clean();
    moves(false, Motion::Return, -1_000).clean();
    moves(false, Motion::Plan, 1_000).breaks(Invariant::I14, "start record");
    moves(false, Motion::Plan, -1_000).breaks(Invariant::I14, "start record");
}

#[test]
fn a_session_that_moved_has_an_end() {
    let ends = |moves: bool, ended: bool| {
        let mut run = Run::at(20_000);
        if moves {
            run.drive(Motion::Plan, 1_000, 300).drive(Motion::None, 0, 20);
        }
        run.tick.plant.tilt_mdeg = -3_000;
        run.step(|tick| tick.host.session_active = false);
        if ended {
            run.event(Event::SessionEnded { cause: 1 });
        }
        run.pass(20);
        let verdict = run.monitor.finish();
        (verdict.safety.len(), verdict.liveness.len())
    };
    assert_eq!(ends(true, true), (0, 0));
    assert_eq!(ends(false, false), (0, 0));
    assert_eq!(ends(true, false), (0, 1));
}

#[test]
fn a_new_session_does_not_hide_an_unended_one() {
    let mut run = Run::at(20_000);
    run.drive(Motion::Plan, 1_000, 300).drive(Motion::None, 0, 20);
    let mut interrupted = run.clone();
    run.event(Event::SessionStarted).pass(20);
    run.breaks(Invariant::I14, "no end");
    interrupted.event(Event::SessionEnded { cause: 9 }).event(Event::SessionStarted).pass(20);
    interrupted.clean();
}

#[test]
fn a_session_that_never_moved_owes_nothing() {
    let mut run = Run::at(20_000);
    // A raise of the host without the plan, and a plan that stands, are no motion of the session.
    run.drive(Motion::Return, -1_000, 300).drive(Motion::Plan, 0, 300);
    run.event(Event::SessionStarted).pass(20);
    run.clean();
}

#[test]
fn durable_records_rise_and_survive() {
    let journal = |events: &[Event]| {
        let mut run = Run::at(-3_000);
        for event in events {
            run.event(*event).pass(10);
        }
        run
    };
    let durable = |seq| Event::RecordDurable { seq };
    let recovered = |last_seq, torn_records, chain_intact| Event::JournalRecovered {
        last_seq,
        torn_records,
        chain_intact,
    };
    journal(&[durable(4), durable(5), recovered(5, 1, true), durable(6)]).clean();
    journal(&[durable(5), durable(5)]).breaks(Invariant::I15, "did not rise");
    journal(&[durable(5), recovered(4, 0, true)]).breaks(Invariant::I15, "did not survive");
    journal(&[durable(5), recovered(5, 2, true)]).breaks(Invariant::I15, "torn record");
    journal(&[durable(5), recovered(5, 0, false)]).breaks(Invariant::I15, "broken chain");
}

#[test]
fn every_refusal_names_its_rule() {
    let reasons = |code: u16| {
        [
            Event::Refused { rule_code: code },
            Event::LimitsChanged { rule_code: code },
            Event::SessionEnded { cause: code },
            Event::AlarmRaised { cause: code, priority: 1 },
        ]
    };
    for event in reasons(1) {
        Run::at(-3_000).event(event).pass(10).clean();
    }
    for event in reasons(0) {
        Run::at(-3_000).event(event).pass(10).breaks(Invariant::I24, "without a reason");
    }
}
