//! RETURN on the hand control: one press comes up, and nobody is alarmed by it.

use antipode_core::alarm::AlarmCause;
use antipode_core::event::{Act, Source};
use antipode_core::session::StateKind;
use antipode_engine::Input;
use antipode_sim::person::Button;

use crate::hands::{Run, plan};

/// In the hold at 20 degrees.
pub(crate) fn at_depth() -> Run {
    let mut run = Run::new(&plan(1, 20, 180), 5);
    run.until(120, |run| run.tilt() >= 19_500);
    let from = run.shell.now().as_millis();
    run.until(5, |run| run.shell.now().as_millis() >= from + 2_000);
    run
}

fn alarms(run: &Run) -> Vec<AlarmCause> {
    run.shell.core().view().alarms.causes().collect()
}

#[test]
fn one_press_of_the_wired_button_comes_up_without_an_alarm() {
    for held_ms in [80, 300, 1_500] {
        let mut run = at_depth();
        let now_ms = run.shell.now().as_millis();
        run.shell.table_mut().world.person_mut().press_at(Button::Return, now_ms, held_ms);
        run.until(12, |run| run.tilt() <= 0);
        run.until(120, |run| run.state() == StateKind::Finished);
        assert_eq!(alarms(&run), [], "{held_ms} ms");
    }
}

#[test]
fn one_press_of_a_keypad_that_repeats_while_it_is_down_comes_up_all_the_way() {
    let mut run = at_depth();
    run.input(Input::Act(Act::Return, Source::Hand));
    for _ in 0..3 {
        run.input(Input::Act(Act::HoldReturn, Source::Hand));
        run.step();
    }
    run.until(12, |run| run.tilt() <= 0);
    assert_eq!(alarms(&run), []);
}
