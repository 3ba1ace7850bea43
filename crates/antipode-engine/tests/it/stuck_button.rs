//! A button of the hand control that stays down says nothing about the person (H-24).

use std::num::NonZeroU16;

use antipode_core::alarm::AlarmCause;
use antipode_core::plan::{Block, Plan, SelfPaced, Travel};
use antipode_core::session::StateKind;
use antipode_core::step::Prompt;
use antipode_safety::{Angle, Millis, Rate};
use antipode_sim::person::Button;

use crate::hands::{Run, plan};

/// Long enough to stay down for the rest of the run.
const FOR_EVER_MS: u64 = 3_600_000;

/// Waits for OK, then the person lowers by holding it.
fn self_paced() -> Plan {
    let rate = |value| Rate::from_millideg_per_s(value).unwrap();
    let bout = SelfPaced {
        repeat: NonZeroU16::MIN,
        ceiling: Angle::from_deg(15).unwrap(),
        limit: Millis::from_secs(240),
        travel: Travel::new(rate(1_500), rate(1_000)).unwrap(),
        rest: Millis::from_secs(60),
    };
    let wait = Block::WaitForPerson { limit: Millis::from_secs(120) };
    Plan { blocks: vec![wait, Block::SelfPaced(bout)], ..plan(1, 15, 60) }
}

fn sticks(run: &mut Run, button: Button) {
    let now_ms = run.shell.now().as_millis();
    assert!(run.shell.table_mut().world.person_mut().press_at(button, now_ms, FOR_EVER_MS));
}

/// From where she hangs at 5 degrees: asked after 30 s, 15 s to answer, and the way up.
#[track_caller]
fn comes_up_for_silence(run: &mut Run) {
    run.until(90, |run| run.tilt() >= 5_000);
    run.helpful = false;
    run.until(10, |run| run.tilt() >= 14_000);
    run.until(30 + 15 + 10, |run| run.tilt() <= 0);
    assert!(run.shell.core().view().alarms.has(AlarmCause::NoAnswer));
}

#[test]
fn a_stuck_ok_lowers_nobody_for_longer_than_a_question_goes_unanswered() {
    let mut run = Run::new(&self_paced(), 5);
    run.until(120, |run| run.notes.prompts.iter().any(|(_, said)| *said == Prompt::OkToGoOn));
    run.until(30, |run| run.notes.prompts.iter().any(|(_, said)| *said == Prompt::OwnPace));
    run.helpful = false;
    sticks(&mut run, Button::Ok);
    comes_up_for_silence(&mut run);
}

#[test]
fn a_return_stuck_since_its_test_keeps_nobody_down() {
    let mut run = Run::new(&plan(1, 15, 240), 5);
    run.until(60, |run| run.state() == StateKind::Ready);
    sticks(&mut run, Button::Return);
    comes_up_for_silence(&mut run);
}
