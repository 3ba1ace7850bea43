//! A table that answers is not a lost link (H-01): whatever it refuses, and however slowly it reports.

use antipode_core::alarm::AlarmCause;
use antipode_core::session::{Outcome, StateKind};
use antipode_core::step::Record;
use antipode_engine::SessionLine;
use antipode_sim::faults::{Fault, FaultKind};
use antipode_sim::person::Button;

use crate::hand_return::at_depth;
use crate::hands::Run;

fn strikes(run: &mut Run, kind: FaultKind) {
    let now_ms = run.shell.now().as_millis();
    run.shell.table_mut().world.add_fault(Fault::at(kind, now_ms));
}

fn raised(run: &Run, cause: AlarmCause) -> usize {
    let is = |line: &SessionLine| *line == SessionLine::Record(Record::Alarm(cause));
    run.notes.lines.iter().filter(|(_, line)| is(line)).count()
}

#[test]
fn a_table_that_came_home_with_a_fault_and_reports_slowly_is_not_lost() {
    let mut run = at_depth();
    strikes(&mut run, FaultKind::LatchSensor);
    run.until(60, |run| run.tilt() <= 0);
    run.until(90, |run| run.state() == StateKind::Finished);
    assert_eq!(run.shell.core().view().outcome, Some(Outcome::Fault));
    assert_eq!(raised(&run, AlarmCause::LatchOpen), 1);
    assert_eq!(raised(&run, AlarmCause::LinkLost), 0);
}

#[test]
fn a_table_that_refuses_to_push_against_an_obstacle_is_stalled_and_not_lost() {
    let mut run = at_depth();
    strikes(&mut run, FaultKind::ObstacleBack);
    for pressed in 0..8 {
        let now_ms = run.shell.now().as_millis();
        run.shell.table_mut().world.person_mut().press_at(Button::Return, now_ms, 4_000);
        run.until(20, |run| run.shell.now().as_millis() >= now_ms + 9_000);
        assert!(run.tilt() > 2_000, "it stands in the way: {} at press {pressed}", run.tilt());
    }
    assert!(raised(&run, AlarmCause::Stalled) >= 1);
    assert_eq!(raised(&run, AlarmCause::LinkLost), 0);
}

#[test]
fn a_table_that_does_not_hear_its_host_is_lost() {
    let mut run = at_depth();
    strikes(&mut run, FaultKind::DeafTable);
    run.input(antipode_engine::Input::Act(
        antipode_core::event::Act::Return,
        antipode_core::event::Source::Terminal,
    ));
    run.until(2, |run| raised(run, AlarmCause::LinkLost) == 1);
    run.until(45, |run| run.tilt() <= 0);
}
