//! Nobody stands by: the strapped person has the hand control and nothing else. Every claim is
//! about the plant's true tilt, and the monitor watches.

use antipode_core::alarm::AlarmCause;
use antipode_core::event::{Source as From, StopEvent};
use antipode_core::session::{ALONE_LIMITS, AfterStopAlone, Company, EndCause, Outcome, StateKind};
use antipode_engine::Input;
use antipode_safety::{Layer, Millis, Why};
use antipode_sim::faults::{Fault, FaultKind};
use antipode_sim::person::Button;

use super::super::{SimRun, SimSetup};
use super::setup;

const AFTER_30_S: Company = Company::Alone(AfterStopAlone::ReturnAfter(Millis::from_secs(30)));
/// The plan asks for 20 degrees, the limit of a person alone; the bed stands within the hold band of
/// that, this deep or a little deeper, millidegrees.
const DEEP: i32 = 18_500;

fn setup_alone(company: Company) -> SimSetup {
    let setup = setup("first-week", 7);
    SimSetup {
        limits: setup.limits.narrow(Layer::Site, Why::Alone, ALONE_LIMITS),
        company,
        effort: None,
        ..setup
    }
}

fn alone(company: Company) -> SimRun {
    SimRun::new(setup_alone(company), true)
}

#[track_caller]
fn nothing_is_broken(run: &mut SimRun) {
    let verdict = run.verdict().unwrap();
    assert!(verdict.safety.is_empty(), "{:#?}", verdict.safety);
    assert!(verdict.liveness.is_empty(), "{:#?}", verdict.liveness);
}

fn tilt(run: &SimRun) -> i32 {
    run.true_tilt().millideg()
}

#[track_caller]
fn run_while(run: &mut SimRun, secs: u64, holds: impl Fn(&SimRun) -> bool) {
    let until = run.now_ms() + secs * 1_000;
    while holds(run) {
        assert!(run.now_ms() < until, "still so after {secs} s: {:?}", run.view());
        run.step();
    }
}

fn run_for(run: &mut SimRun, ms: u64) {
    let until = run.now_ms() + ms;
    while run.now_ms() < until {
        run.step();
    }
}

/// Alone in the hold of the first bout.
fn in_first_hold(company: Company) -> SimRun {
    let mut run = alone(company);
    run_while(&mut run, 120, |r| tilt(r) < DEEP - 100);
    run_for(&mut run, 2_000);
    run
}

fn faints_now(run: &mut SimRun) {
    let now = run.now_ms();
    run.shell_mut().table_mut().person_mut().faint_at(now, 3_600_000);
    run_for(run, 200);
    assert!(!run.shell().table().person().is_conscious());
}

fn presses(run: &mut SimRun, button: Button, for_ms: u64) {
    let now = run.now_ms();
    run.shell_mut().table_mut().person_mut().press_at(button, now, for_ms);
}

#[test]
fn a_session_alone_is_completed_with_the_hand_control_only() {
    let setup = setup_alone(AFTER_30_S);
    let mut run = SimRun::new(setup, true);
    assert!(run.run(3_600_000), "{:?}", run.view());
    let verdict = run.verdict().unwrap();
    assert!(verdict.is_clean(), "{:#?}\n{:?}", verdict.safety, verdict.liveness);
    assert_eq!(run.ended(), Some((Outcome::Completed, EndCause::PlanDone)));
    assert!(run.deepest().millideg() >= DEEP - 500);
    assert!((-10_000..=0).contains(&tilt(&run)));
}

#[test]
fn silence_alone_comes_up_within_a_question_ten_seconds_and_the_way() {
    let mut run = in_first_hold(AFTER_30_S);
    faints_now(&mut run);
    let from = run.now_ms();
    run_while(&mut run, 120, |r| r.true_tilt().is_head_down());
    // Asked within 30 s, 10 s to answer (people.md 7), 45 s for the way (I6).
    assert!(run.now_ms() - from <= (30 + 10 + 45) * 1_000, "{} ms", run.now_ms() - from);
    run_while(&mut run, 120, |r| r.ended().is_none());
    assert_eq!(run.ended(), Some((Outcome::Returned, EndCause::NoAnswer)));
    let alarms: Vec<AlarmCause> = run.view().alarms.causes().collect();
    assert!(alarms.contains(&AlarmCause::CallContact), "the contact is called: {alarms:?}");
}

#[test]
fn stop_alone_and_then_fainting_comes_up_by_itself_after_the_delay() {
    let mut run = in_first_hold(AFTER_30_S);
    presses(&mut run, Button::Stop, 400);
    run_for(&mut run, 1_000);
    faints_now(&mut run);
    let there = tilt(&run);
    let stopped_ms = run.now_ms() - 1_200;
    run_while(&mut run, 30, |r| r.now_ms() < stopped_ms + 29_000);
    assert!((tilt(&run) - there).abs() < 200, "nothing moves before: {}", tilt(&run));
    assert_eq!(run.view().state, StateKind::Stopped);
    // Then up at creep, 1 degree a second (hazards, S3): never past level.
    run_while(&mut run, 35, |r| r.true_tilt().is_head_down());
    assert!(run.now_ms() - stopped_ms >= 30_000 + 15_000, "no faster than creep");
    run_for(&mut run, 60_000);
    assert!((-10_000..=0).contains(&tilt(&run)), "{}", tilt(&run));
    assert_eq!(run.view().state, StateKind::Stopped, "STOP stays latched");
    nothing_is_broken(&mut run);
}

#[test]
fn pressing_stop_again_puts_the_way_up_off_and_stops_it() {
    let mut run = in_first_hold(AFTER_30_S);
    presses(&mut run, Button::Stop, 400);
    run_for(&mut run, 1_000);
    faints_now(&mut run);
    run_while(&mut run, 40, |r| tilt(r) > DEEP - 3_000);
    // Somebody near presses the fixed STOP and pulls it out again.
    run.shell_mut().table_mut().press_fixed_stop(true);
    run_for(&mut run, 1_000);
    run.shell_mut().table_mut().press_fixed_stop(false);
    let there = tilt(&run);
    run_for(&mut run, 28_000);
    assert!((tilt(&run) - there).abs() < 200, "{} from {there}", tilt(&run));
    run_while(&mut run, 40, |r| r.true_tilt().is_head_down());
    nothing_is_broken(&mut run);
}

/// Every 100 ms, from another machine.
fn stops_from_afar(run: &mut SimRun) {
    for event in [StopEvent::Pressed, StopEvent::Released] {
        run.input(Input::Stop(event, From::Network));
    }
    run_for(run, 100);
}

#[test]
fn stop_from_afar_for_ever_keeps_nobody_who_fainted_head_down() {
    for by_hand in [true, false] {
        let mut run = in_first_hold(AFTER_30_S);
        if by_hand {
            presses(&mut run, Button::Stop, 400);
            run_for(&mut run, 1_000);
        }
        faints_now(&mut run);
        let from = run.now_ms();
        while run.true_tilt().is_head_down() {
            stops_from_afar(&mut run);
            // Twice the delay and 20 degrees at creep.
            assert!(run.now_ms() < from + (30 + 30 + 25) * 1_000, "still at {}", tilt(&run));
        }
        run_for(&mut run, 60_000);
        assert!((-10_000..=0).contains(&tilt(&run)), "{}", tilt(&run));
        assert_eq!(run.view().state, StateKind::Stopped, "STOP stays latched");
    }
}

#[test]
fn a_stop_held_at_the_bed_is_not_let_go_from_afar() {
    let mut run = in_first_hold(AFTER_30_S);
    faints_now(&mut run);
    run.shell_mut().table_mut().press_fixed_stop(true);
    run_for(&mut run, 500);
    let there = tilt(&run);
    for _ in 0..1_000 {
        stops_from_afar(&mut run);
    }
    assert!((tilt(&run) - there).abs() < 200, "{} from {there}", tilt(&run));
}

#[test]
fn a_stop_that_stays_pressed_is_never_moved_under() {
    let mut run = in_first_hold(AFTER_30_S);
    faints_now(&mut run);
    run.shell_mut().table_mut().press_fixed_stop(true);
    run_for(&mut run, 500);
    let there = tilt(&run);
    run_for(&mut run, 300_000);
    assert!((tilt(&run) - there).abs() < 200, "{} from {there}", tilt(&run));
    nothing_is_broken(&mut run);
}

#[test]
fn where_hold_was_decided_stop_alone_holds_and_alarms() {
    let mut run = in_first_hold(Company::Alone(AfterStopAlone::Hold));
    presses(&mut run, Button::Stop, 400);
    run_for(&mut run, 1_000);
    faints_now(&mut run);
    let there = tilt(&run);
    run_for(&mut run, 300_000);
    assert!((tilt(&run) - there).abs() < 200, "{} from {there}", tilt(&run));
    assert!(run.recorder.alarms.contains(&AlarmCause::StoppedHeadDown));
    nothing_is_broken(&mut run);
}

#[test]
fn awake_alone_the_person_comes_up_by_holding_return() {
    let mut run = in_first_hold(Company::Alone(AfterStopAlone::Hold));
    presses(&mut run, Button::Stop, 400);
    run_while(&mut run, 90, |r| r.true_tilt().is_head_down());
    run_while(&mut run, 180, |r| r.ended().is_none());
    assert_eq!(run.ended(), Some((Outcome::Stopped, EndCause::StopPressed)));
    assert!((-10_000..=0).contains(&tilt(&run)));
    nothing_is_broken(&mut run);
}

#[test]
fn alone_without_a_hand_control_nothing_moves() {
    let mut setup = setup_alone(AFTER_30_S);
    setup.world.firmware.hand_control = false;
    let mut run = SimRun::new(setup, false);
    run_for(&mut run, 120_000);
    assert!(run.deepest().millideg() <= 0, "{}", run.deepest());
    assert!(run.duration().is_none(), "no session began");
}

#[test]
fn alone_a_lost_link_still_comes_home_by_the_table_itself() {
    let mut setup = setup_alone(AFTER_30_S);
    setup.faults.push(Fault::at(FaultKind::LinkCut, 90_000));
    let mut run = SimRun::new(setup, true);
    run_while(&mut run, 120, |r| r.now_ms() < 90_000);
    assert!(run.true_tilt().is_head_down());
    run_while(&mut run, 60, |r| r.true_tilt().is_head_down());
    assert!((-10_000..=0).contains(&tilt(&run)));
    assert!(run.verdict().unwrap().safety.is_empty());
}

#[test]
fn a_current_that_reads_too_high_in_passing_takes_nobody_the_way_home() {
    for for_ms in (1_000..1_400).step_by(20) {
        let mut run = in_first_hold(AFTER_30_S);
        let fault = Fault::at(FaultKind::CurrentStuckHigh, run.now_ms() + 100).lasting(for_ms);
        run.shell_mut().table_mut().add_fault(fault);
        run_for(&mut run, 10_000);
        presses(&mut run, Button::Return, 400);
        run_while(&mut run, 60, |r| r.true_tilt().is_head_down());
        nothing_is_broken(&mut run);
    }
}
