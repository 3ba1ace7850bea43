//! STOP and RETURN at every moment of three sessions, forked from their state.
//!
//! In a quick run every second is tried; with `ANTIPODE_FULL=1`, or in a release build, every tenth
//! of a second.

use std::collections::BTreeSet;

use antipode_core::event::{Act, Source, StopEvent};
use antipode_core::session::StateKind;
use antipode_engine::Input;
use antipode_safety::Angle;
use antipode_sim::faults::{Fault, FaultKind};

use crate::hands::{Run, plan};

/// Until the motor's command is zero: one control tick.
const TICK_MS: u64 = 20;
const HOME_WITHIN_MS: u64 = 45_000;
/// A bed that was being lowered through level when it was halted coasts so far beyond it,
/// millidegrees.
const COAST: i32 = 250;

fn step_ms() -> u64 {
    let full = std::env::var_os("ANTIPODE_FULL").is_some() || !cfg!(debug_assertions);
    if full { 100 } else { 1_000 }
}

/// A session with what people do in it beyond answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Story {
    /// Three bouts, nothing happens.
    Plain,
    /// A pause head-down, gone on from; in the second bout the person wants up; then upright.
    Interrupted,
    /// One ankle latch opens for a while.
    LatchOpens,
}

impl Story {
    fn begin(self) -> Run {
        match self {
            Self::Plain => Run::new(&plan(3, 20, 60), 11),
            Self::Interrupted => Run::new(&plan(2, 30, 60), 12),
            Self::LatchOpens => {
                let mut run = Run::new(&plan(1, 20, 60), 13);
                let fault = Fault::at(FaultKind::LatchSensor, 60_000).lasting(20_000);
                run.shell.table_mut().world.add_fault(fault);
                run
            }
        }
    }

    /// What people do at this moment.
    fn act(self, run: &mut Run) {
        if self != Self::Interrupted {
            return;
        }
        let view = run.shell.core().view();
        let now_ms = run.shell.now().as_millis();
        match view.state {
            StateKind::Running if view.bout == Some(0) && now_ms == 70_000 => run.act(Act::Pause),
            StateKind::Running if view.bout == Some(1) && run.tilt() > 25_000 => {
                run.act(Act::Return);
            }
            StateKind::Paused if now_ms == 80_000 => run.act(Act::Resume),
            StateKind::Finished | StateKind::Attended if now_ms.is_multiple_of(500) => {
                run.act(Act::HoldUpright);
            }
            StateKind::Connecting
            | StateKind::SelfTest
            | StateKind::Ready
            | StateKind::Starting
            | StateKind::Proof
            | StateKind::Running
            | StateKind::Paused
            | StateKind::Returning
            | StateKind::Held
            | StateKind::Stopped
            | StateKind::Closing
            | StateKind::Finished
            | StateKind::Attended => {}
        }
    }

    /// Calls `at` at every moment to try, with a fork to spoil.
    fn at_every_moment(self, mut at: impl FnMut(Run)) -> BTreeSet<StateKind> {
        let mut run = self.begin();
        let mut states = BTreeSet::new();
        let mut over_ms = 0;
        while over_ms < 25_000 {
            if run.shell.now().as_millis().is_multiple_of(step_ms()) {
                let mut fork = run.clone();
                fork.helpful = false;
                fork.notes = Default::default();
                states.insert(fork.state());
                at(fork);
            }
            run.step();
            self.act(&mut run);
            run.shell.table_mut().sent.clear();
            run.notes = Default::default();
            let over = matches!(run.state(), StateKind::Finished | StateKind::Attended);
            over_ms += if over { 10 } else { 0 };
        }
        states
    }
}

impl Run {
    fn moment(&self) -> String {
        let (now, tilt) = (self.shell.now(), self.tilt());
        format!("{now}, true tilt {tilt} in {:?}", self.shell.core().view())
    }

    #[track_caller]
    fn must_not_move(&mut self, ms: u64) {
        for _ in 0..ms / 10 {
            self.step();
            assert_eq!(self.shell.table().setpoint(), 0, "{}", self.moment());
        }
    }

    fn stop(&mut self, event: StopEvent) {
        self.input(Input::Stop(event, Source::Terminal));
    }
}

/// Zero within one tick, nothing more moves it, the held local RETURN does, and after the
/// acknowledgement it rests until somebody starts anew.
fn stop_holds(mut run: Run) {
    let (before, moment) = (run.tilt(), run.moment());
    let connected = run.shell.core().view().connected;
    run.stop(StopEvent::Pressed);
    for _ in 0..TICK_MS / 10 {
        run.step();
    }
    run.must_not_move(1_000);
    assert!((run.tilt() - before).abs() <= 1_500, "{before} at {moment}, now {}", run.tilt());
    run.stop(StopEvent::Released);
    for act in [Act::Start, Act::Resume, Act::Ok, Act::HoldUpright, Act::HoldLevel] {
        run.act(act);
    }
    run.input(Input::Act(Act::Return, Source::Network));
    run.input(Input::Act(Act::HoldReturn, Source::Network));
    run.must_not_move(1_000);
    come_up_held(&mut run, &moment);
    // The last tap runs out.
    for _ in 0..100 {
        run.step();
    }
    acknowledge(&mut run);
    assert!(run.tilt() <= COAST, "{} from {moment}", run.moment());
    let state = run.state();
    let over = matches!(
        state,
        StateKind::Closing | StateKind::Finished | StateKind::SelfTest | StateKind::Ready
    );
    // Head-up of the rest band the table keeps its latch until people have levelled it.
    let upright = run.tilt() < -9_500;
    assert!(over || !connected || upright, "{state:?} after a STOP at {moment}");
}

/// As people do, again until it is taken: close to level one of two angles may still say head-down.
fn acknowledge(run: &mut Run) {
    for _ in 0..20 {
        run.stop(StopEvent::Acknowledged);
        run.must_not_move(500);
        if run.state() != StateKind::Stopped {
            break;
        }
    }
    run.must_not_move(1_000);
}

fn come_up_held(run: &mut Run, moment: &str) {
    let start = run.shell.now();
    // What the session measures may lag behind or err toward head-down.
    while run.tilt() > 0 || run.shell.core().view().tilt.is_some_and(Angle::is_head_down) {
        if run.shell.now().since(start).get().is_multiple_of(500) {
            run.act(Act::HoldReturn);
        }
        run.step();
        let took = run.shell.now().since(start).get();
        assert!(took <= HOME_WITHIN_MS, "{} from {moment}", run.moment());
    }
}

/// In the rest band within 45 s from head-down; level or head-up it only halts.
fn return_comes_home(mut run: Run) {
    let (before, moment) = (run.tilt(), run.moment());
    if run.state() == StateKind::Stopped {
        return;
    }
    run.act(Act::Return);
    run.deepest = run.tilt();
    for _ in 0..HOME_WITHIN_MS / 10 {
        run.step();
    }
    assert!(run.tilt() <= COAST, "{} from {moment}", run.moment());
    assert!(before < -9_000 || run.tilt() >= -10_000, "{} from {moment}", run.moment());
    assert!(run.deepest <= before.max(0) + 1_500, "{} from {moment}", run.deepest);
}

#[test]
fn stop_at_every_moment_of_a_plain_session_holds_until_a_person_acts() {
    let states = Story::Plain.at_every_moment(stop_holds);
    for state in [StateKind::SelfTest, StateKind::Proof, StateKind::Running, StateKind::Finished] {
        assert!(states.contains(&state), "{state:?} was not tried");
    }
}

#[test]
fn stop_at_every_moment_of_an_interrupted_session_holds_until_a_person_acts() {
    let states = Story::Interrupted.at_every_moment(stop_holds);
    for state in [StateKind::Paused, StateKind::Returning, StateKind::Attended] {
        assert!(states.contains(&state), "{state:?} was not tried");
    }
}

#[test]
fn stop_at_every_moment_of_a_session_with_an_open_latch_holds_until_a_person_acts() {
    let states = Story::LatchOpens.at_every_moment(stop_holds);
    assert!(states.contains(&StateKind::Held), "{states:?}");
}

#[test]
fn return_at_every_moment_of_three_sessions_comes_home() {
    for story in [Story::Plain, Story::Interrupted, Story::LatchOpens] {
        let states = story.at_every_moment(return_comes_home);
        assert!(states.len() >= 5, "{states:?}");
    }
}
