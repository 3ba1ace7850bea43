//! What the monitor is told is the truth, not what a controller makes of it.

use antipode_core::event::{Act, Source as From};
use antipode_engine::Input;
use antipode_sim::faults::{Fault, FaultKind};

use super::super::draw;
use super::super::{SimRun, SimSetup};

/// A plain run of a table with both sources.
fn plain() -> SimSetup {
    let mut setup = draw::setup(1);
    setup.world.plant.angle.inclinometer = true;
    setup.world.firmware.second_angle = true;
    setup.faults.clear();
    setup.acts.clear();
    setup
}

fn run_to(setup: SimSetup, ms: u64) -> SimRun {
    let mut run = SimRun::new(setup, false);
    while run.now_ms() < ms {
        run.step();
    }
    run
}

#[test]
fn a_source_that_measures_nothing_ages_in_the_trace_and_a_good_one_does_not() {
    for (kind, first_is_old) in [
        (FaultKind::EncoderOff, true),
        (FaultKind::EncoderGarbage, true),
        (FaultKind::InclinometerOff, false),
        (FaultKind::InclinometerGarbage, false),
    ] {
        let mut setup = plain();
        setup.faults.push(Fault::at(kind, 2_000));
        let firmware = run_to(setup, 3_000).row().firmware;
        let ages = [firmware.tilt_age_ms, firmware.second_tilt_age_ms];
        let (old, new) = if first_is_old { (ages[0], ages[1]) } else { (ages[1], ages[0]) };
        assert!((1_000..=1_020).contains(&old), "{}: {ages:?}", kind.name());
        assert_eq!(new, 0, "{}: {ages:?}", kind.name());
    }
}

#[test]
fn heat_in_the_trace_is_the_drives_own() {
    let mut setup = plain();
    setup.faults.push(Fault::at(FaultKind::Overheat, 2_000));
    let mut run = run_to(setup, 2_000);
    let cold = run.row().plant.drive_mc;
    assert!((15_000..30_000).contains(&cold), "{cold}");
    while run.now_ms() < 12_000 {
        run.step();
    }
    let hot = run.row().plant.drive_mc;
    assert!((cold + 17_000..cold + 23_000).contains(&hot), "{hot}");
}

#[test]
fn only_a_control_that_is_held_at_the_table_counts_as_held() {
    let held = |act: Act, from: From, after_ms: u64| {
        let mut run = run_to(plain(), 2_000);
        run.input(Input::Act(act, from));
        let until = run.now_ms() + after_ms;
        while run.now_ms() < until {
            run.step();
        }
        run.row().people.return_held
    };
    assert!(held(Act::HoldReturn, From::Terminal, 690));
    assert!(!held(Act::HoldReturn, From::Terminal, 700), "a tap holds for 700 ms");
    assert!(!held(Act::HoldReturn, From::Network, 10));
    assert!(!held(Act::Return, From::Terminal, 10), "a press is no hold");
    assert!(!held(Act::Return, From::Network, 10));
}

#[test]
fn some_later_seeds_have_somebody_alone_and_no_other_does() {
    let alone = |seed: u64| draw::setup(seed).company.is_alone();
    let later: Vec<u64> = (0..640).filter(|seed| alone(*seed)).collect();
    assert!(later.iter().all(|seed| seed % 32 == 7), "{later:?}");
    assert!((5..=15).contains(&later.len()), "{later:?}");
}
