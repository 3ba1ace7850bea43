//! Things go wrong while the person hangs head-down.

use antipode_safety::{Fault, FaultSet, Latches, Millis, Rate, Switch, Timestamp};

use super::bench::{Bench, Going, plan};
use crate::alarm::AlarmCause;
use crate::event::{Act, Event, JournalEvent, LinkEvent, Source, Vital};
use crate::session::{EndCause, Outcome, StateKind};
use crate::step::{Prompt, Record};
use crate::symptom::{Severity, Symptom};

pub(super) fn hold() -> Bench {
    Bench::in_first_hold(&plan(1, 30, 180))
}

#[track_caller]
pub(super) fn comes_home(bench: &mut Bench, secs: u64, outcome: Outcome) {
    bench.run_while(secs, |b| b.tilt > 0);
    bench.run_while(120, |b| b.state() != StateKind::Finished);
    assert_eq!(bench.session.outcome(), Some(outcome));
}

#[test]
fn return_comes_home_at_three_degrees_a_second_from_anyone() {
    for source in Source::ALL {
        let mut bench = hold();
        bench.event(Event::Act(Act::Return, source));
        assert_eq!(bench.going, Going::Home(Rate::clamped(3_000)));
        comes_home(&mut bench, 11, Outcome::Returned);
    }
}

#[test]
fn one_press_of_return_on_the_hand_control_comes_home_however_long_it_is_held() {
    for held_ms in [50, 100, 300, 550, 700, 2_000] {
        let mut bench = hold();
        bench.switches = bench.switches.with(Switch::Return, true);
        bench.run(held_ms);
        bench.switches = bench.switches.with(Switch::Return, false);
        bench.run_while(11, |b| b.tilt > 0);
        assert_eq!(bench.motions.last().map(|(_, what)| what.as_str()), Some("home at 3.000°/s"));
        let held = |record: &Record| matches!(record, Record::State { to: StateKind::Held, .. });
        assert!(!bench.records.iter().any(|(_, record)| held(record)), "{held_ms} ms");
        let alarms: Vec<AlarmCause> = bench.session.view().alarms.causes().collect();
        assert_eq!(alarms, [], "a person who comes up by a press is no alarm: {held_ms} ms");
    }
}

#[test]
fn silence_after_a_question_comes_home_and_calls_the_contact() {
    let mut bench = hold();
    bench.answers = false;
    bench.run_while(46, |b| b.state() != StateKind::Returning);
    assert!(bench.session.view().alarms.has(AlarmCause::NoAnswer));
    bench.run_while(20, |b| b.state() != StateKind::Closing);
    bench.run(29_000);
    assert!(!bench.session.view().alarms.has(AlarmCause::CallContact));
    bench.run(2_000);
    assert!(bench.session.view().alarms.has(AlarmCause::CallContact));
    bench.run_while(60, |b| b.state() != StateKind::Finished);
    let called = |record: &Record| *record == Record::Alarm(AlarmCause::CallContact);
    assert_eq!(bench.records.iter().filter(|(_, r)| called(r)).count(), 1, "on record, once");
}

#[test]
fn no_alarm_is_latched_that_is_not_on_record() {
    for refuse in [false, true] {
        let mut bench = hold();
        bench.answers = false;
        bench.run_while(46, |b| b.state() != StateKind::Returning);
        bench.deaf = refuse;
        bench.run(60_000);
        bench.deaf = false;
        bench.run_while(120, |b| b.state() != StateKind::Finished);
        for cause in bench.session.view().alarms.causes() {
            let told = bench.records.iter().any(|(_, record)| *record == Record::Alarm(cause));
            assert!(told, "{cause:?}");
        }
    }
}

#[test]
fn a_question_that_was_missed_is_put_again_and_its_answer_counts() {
    let mut bench = hold();
    bench.answers = false;
    let again = |b: &Bench| {
        b.prompts.iter().find(|(_, prompt)| *prompt == Prompt::CheckInAgain).map(|(at, _)| *at)
    };
    bench.run_while(46, |b| again(b).is_none());
    let asked = bench.prompts.iter().rev().find(|(_, prompt)| *prompt == Prompt::CheckIn);
    assert_eq!(again(&bench), asked.map(|(at, _)| at + 5_000));
    bench.event(Event::Act(Act::Ok, Source::Hand));
    bench.run(20_000);
    assert_eq!(bench.state(), StateKind::Running);
    assert!(!bench.session.view().alarms.has(AlarmCause::NoAnswer));
}

#[test]
fn the_question_about_the_heels_is_put_again_and_no_answer_in_a_minute_lowers_nobody() {
    for answer_after in [None, Some(50)] {
        let mut bench = Bench::new(&plan(1, 20, 60));
        bench.answers = false;
        bench.prepare();
        let asked = |b: &Bench, what| b.prompts.iter().filter(|(_, said)| *said == what).count();
        bench.run_while(30, |b| asked(b, Prompt::HeelsHeld) == 0);
        let (from, low) = (bench.now, bench.tilt);
        bench.deepest = bench.tilt;
        if let Some(secs) = answer_after {
            bench.run(secs * 1_000);
            bench.event(Event::Act(Act::Ok, Source::Hand));
            bench.run(1_000);
            assert_eq!(bench.state(), StateKind::Running);
        } else {
            bench.run_while(61, |b| b.state() == StateKind::Proof);
            assert_eq!((bench.now - from) / 1_000, 60);
            bench.run(90_000);
            assert_eq!(bench.deepest, low);
            assert_eq!(bench.session.view().cause, Some(EndCause::ProofFailed));
        }
        assert_eq!(asked(&bench, Prompt::HeelsHeld), 1);
        assert_eq!(asked(&bench, Prompt::HeelsHeldAgain), 3, "at 15, 30 and 45 seconds");
    }
}

#[test]
fn a_silent_table_is_halted_at_once_and_called_home_after_five_seconds() {
    let mut bench = hold();
    bench.silent = true;
    bench.run(300);
    assert_eq!(bench.state(), StateKind::Held);
    assert!(bench.session.view().alarms.has(AlarmCause::LinkLost));
    bench.run(4_600);
    assert_eq!(bench.going, Going::Nowhere);
    bench.run(400);
    assert!(matches!(bench.going, Going::Home(_)));
}

#[test]
fn a_deaf_table_counts_as_lost() {
    let mut bench = hold();
    bench.deaf = true;
    bench.act(Act::Return);
    bench.run(2_000);
    assert!(bench.session.view().alarms.has(AlarmCause::LinkLost));
}

#[test]
fn both_latches_open_hold_and_only_a_held_return_moves() {
    let mut bench = hold();
    bench.latches = Latches { fitted: 2, first_closed: false, second_closed: false };
    bench.run(60_000);
    assert_eq!(bench.state(), StateKind::Held);
    assert_eq!(bench.tilt, 30_000);
    bench.act(Act::HoldReturn);
    assert_eq!(bench.going, Going::Home(Rate::clamped(1_000)));
    for _ in 0..62 {
        bench.act(Act::HoldReturn);
        bench.run(500);
    }
    assert!(bench.tilt <= 0);
}

#[test]
fn a_held_return_stops_when_let_go() {
    let mut bench = hold();
    bench.latches = Latches { fitted: 2, first_closed: false, second_closed: false };
    bench.run(1_000);
    bench.act(Act::HoldReturn);
    bench.run(760);
    let there = bench.tilt;
    assert!(there < 30_000);
    bench.run(5_000);
    assert_eq!(bench.tilt, there);
}

#[test]
fn one_latch_open_waits_five_seconds_and_creeps_home() {
    let mut bench = hold();
    bench.latches = Latches { fitted: 2, first_closed: false, second_closed: true };
    bench.run(4_800);
    assert_eq!(bench.tilt, 30_000);
    bench.run(1_000);
    assert_eq!(bench.going, Going::Home(Rate::clamped(1_000)));
    comes_home(&mut bench, 35, Outcome::Fault);
}

#[test]
fn slipping_feet_halt_and_then_creep() {
    let mut bench = hold();
    bench.act(Act::FeetSlipping);
    assert_eq!(bench.state(), StateKind::Held);
    comes_home(&mut bench, 35, Outcome::Returned);
}

#[test]
fn a_red_flag_symptom_comes_home_at_any_severity_and_locks_out() {
    let mut bench = hold();
    bench.event(Event::Symptom(Symptom::VisionLoss, Severity::Mild));
    assert_eq!(bench.state(), StateKind::Returning);
    assert!(bench.records.iter().any(|(_, r)| *r == crate::step::Record::LockedOut));
    comes_home(&mut bench, 12, Outcome::Returned);
}

#[test]
fn bad_vitals_come_home() {
    let mut bench = hold();
    bench.event(Event::Vital(Vital::BloodPressure { systolic: 185, diastolic: 90 }));
    assert_eq!(bench.state(), StateKind::Returning);
    comes_home(&mut bench, 12, Outcome::Returned);
}

#[test]
fn a_lost_journal_ends_the_session_after_two_seconds() {
    let mut bench = hold();
    bench.event(Event::Journal(JournalEvent::Failed));
    bench.run(1_900);
    assert_eq!(bench.tilt, 30_000);
    comes_home(&mut bench, 14, Outcome::Fault);
}

#[test]
fn a_stall_on_the_way_back_waits_for_people() {
    let mut bench = hold();
    bench.act(Act::Return);
    bench.run(1_000);
    bench.faults = FaultSet::NONE.with(Fault::StallBack, true);
    bench.run(200);
    assert_eq!((bench.state(), bench.going), (StateKind::Held, Going::Nowhere));
    let there = bench.tilt;
    bench.run(60_000);
    assert_eq!(bench.tilt, there);
    // A person presses RETURN: never refused.
    bench.faults = FaultSet::NONE;
    comes_home(&mut bench, 20, Outcome::Fault);
}

#[test]
fn a_table_that_was_away_for_a_moment_is_brought_home_after_five_seconds() {
    let mut bench = hold();
    bench.event(Event::Link(LinkEvent::Restarted));
    bench.going = Going::Nowhere;
    bench.event(Event::Link(LinkEvent::Connected));
    bench.run(4_900);
    assert_eq!((bench.state(), bench.tilt), (StateKind::Held, 30_000));
    comes_home(&mut bench, 25, Outcome::Fault);
}

/// Held head-down after five seconds of darkness, in which RETURN may have been pressed, until a person
/// says otherwise.
fn after_a_long_darkness(pressed_in_it: bool) -> Bench {
    let mut bench = hold();
    (bench.silent, bench.deaf) = (true, true);
    bench.run(4_000);
    if pressed_in_it {
        // Before anybody went to the crank.
        bench.act(Act::Return);
    }
    bench.run(1_100);
    (bench.silent, bench.deaf) = (false, false);
    bench.event(Event::Link(LinkEvent::Restarted));
    bench.going = Going::Nowhere;
    bench.event(Event::Link(LinkEvent::Connected));
    bench.run(30_000);
    assert_eq!((bench.state(), bench.tilt), (StateKind::Held, 30_000));
    bench
}

#[test]
fn a_table_that_was_away_for_long_moves_only_when_a_person_says_so() {
    let mut bench = after_a_long_darkness(true);
    bench.act(Act::Return);
    comes_home(&mut bench, 12, Outcome::Fault);
}

#[test]
fn a_return_that_was_held_after_a_long_darkness_leaves_nobody_when_it_is_let_go() {
    let mut bench = after_a_long_darkness(false);
    for _ in 0..6 {
        bench.act(Act::HoldReturn);
        bench.run(500);
    }
    let there = bench.tilt;
    assert!(there < 29_000, "{there}");
    // Whoever held it has gone; nobody's hand is at the crank.
    bench.run(4_500);
    assert!(bench.tilt > there - 2_000, "it waits first: {} from {there}", bench.tilt);
    comes_home(&mut bench, 20, Outcome::Fault);
}

#[test]
fn who_was_asked_to_help_is_told_before_the_bed_moves_by_itself_again() {
    let mut bench = hold();
    bench.faults = FaultSet::NONE.with(Fault::HotHard, true);
    bench.run(60_000);
    assert_eq!((bench.state(), bench.tilt), (StateKind::Held, 30_000));
    bench.faults = FaultSet::NONE;
    bench.run(9_900);
    assert_eq!(bench.tilt, 30_000, "a hand may be at the crank");
    assert!(bench.said(Prompt::ComingUpIn(Millis::from_secs(10))), "{:?}", bench.prompts);
    comes_home(&mut bench, 15, Outcome::Fault);
}

#[test]
fn a_late_loop_ends_the_session() {
    let mut bench = hold();
    bench.event(Event::LoopWasLate(antipode_safety::Millis::new(200)));
    comes_home(&mut bench, 20, Outcome::Fault);
}

#[test]
fn a_day_that_is_used_up_comes_home_in_time() {
    let plan = plan(1, 30, 180);
    let mut config = super::bench::config(&plan);
    config.day_before = antipode_safety::Millis::from_secs(1_500 - 60);
    let mut bench = Bench::with(config);
    bench.prepare();
    bench.run_while(200, |b| b.state() != StateKind::Closing);
    let used = bench.session.view().head_down_day;
    assert!(used <= antipode_safety::Millis::from_secs(1_500), "{used}");
    assert_eq!(bench.session.outcome(), Some(Outcome::Returned));
}

#[test]
fn only_a_turn_of_the_loop_renews_a_motion() {
    let lowering = || {
        let mut bench = Bench::started(&plan(1, 30, 180));
        bench.run(5_000);
        bench
    };
    let coming_up = || {
        let mut bench = hold();
        bench.act(Act::Return);
        bench.run(500);
        bench
    };
    for mut bench in [lowering(), coming_up()] {
        let (asked, began) = (bench.asked_to_move, bench.now);
        while bench.now < began + 200 {
            bench.now += 5;
            bench.report(0);
            bench.act(Act::SilenceAlarms);
            bench.event(Event::Vital(Vital::HeartRate(70)));
            bench.event(Event::Journal(JournalEvent::Recovered));
        }
        assert_eq!(bench.asked_to_move, asked);
        let step = bench.session.step(Timestamp::from_millis(bench.now), Event::Tick);
        assert_eq!(step.commands.len(), 1, "and a turn does");
    }
}

#[test]
fn a_lowering_is_halted_one_lease_after_the_last_report_whenever_it_was_last_renewed() {
    for offset in 0..8 {
        let mut bench = Bench::started(&plan(1, 30, 180));
        bench.run(1_000 + 10 * offset);
        assert!(matches!(bench.going, Going::To(..)));
        bench.run(50 - bench.now % 50);
        let heard = bench.now;
        bench.silent = true;
        bench.run_while(1, |b| matches!(b.going, Going::To(..)));
        assert!(bench.now - heard <= 270, "{} after {offset}", bench.now - heard);
    }
}

#[test]
fn a_table_whose_lease_ran_out_while_the_bed_is_held_is_no_place_to_stay() {
    let mut bench = hold();
    // It disarmed itself with it, and tells of both in one report.
    bench.disarmed = true;
    bench.faults = FaultSet::NONE.with(Fault::LeaseExpired, true);
    comes_home(&mut bench, 25, Outcome::Fault);
}

#[test]
fn a_start_that_was_pressed_while_the_loop_was_away_is_none() {
    let mut bench = Bench::new(&plan(1, 30, 180));
    bench.prepare_to_start();
    bench.event(Event::LoopWasLate(antipode_safety::Millis::new(900)));
    bench.act(Act::Start);
    bench.run(1_000);
    assert_eq!((bench.state(), bench.asked_to_move), (StateKind::Ready, 0));
    bench.act(Act::Start);
    bench.run_while(30, |b| b.state() != StateKind::Running);
}

#[test]
fn latches_that_were_both_open_and_are_closed_again_creep_home_after_five_seconds() {
    let mut bench = hold();
    bench.latches = Latches { fitted: 2, first_closed: false, second_closed: false };
    bench.faults = FaultSet::NONE.with(Fault::LatchesOpen, true);
    bench.run(200);
    bench.latches = Latches { fitted: 2, first_closed: true, second_closed: true };
    bench.run(4_500);
    assert_eq!((bench.state(), bench.tilt), (StateKind::Held, 30_000));
    bench.run(1_000);
    assert_eq!(bench.going, Going::Home(Rate::clamped(1_000)));
    bench.run_while(40, |b| b.tilt > 0);
}

#[test]
fn a_bed_that_was_not_seen_for_a_while_is_not_stalled() {
    let mut bench = hold();
    bench.act(Act::Return);
    bench.run(2_000);
    // The host halts it after a lease, unheard; the bed stands.
    bench.silent = true;
    bench.run(1_200);
    bench.silent = false;
    bench.run(200);
    assert!(!bench.session.view().alarms.has(AlarmCause::Stalled));
    bench.run_while(40, |b| b.tilt > 0);
}
