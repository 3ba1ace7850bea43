//! The effort of the motor in the proof tilt, as the simulated motor draws it (H-29).

use antipode_core::session::{EndCause, Outcome, StateKind};
use antipode_safety::{Effort, EffortFigure};
use antipode_sim::person::{PersonConfig, Sex};
use antipode_sim::plant::PlantConfig;
use antipode_sim::world::WorldSetup;

use super::super::{SimRun, SimSetup};
use super::setup;

fn person(sex: Sex, height_cm: u16, mass_kg: u16) -> PersonConfig {
    PersonConfig { sex, height_cm, mass_kg, ..PersonConfig::reference() }
}

/// Runs up to the end of the proof tilt.
fn proved(body: PersonConfig, plant: PlantConfig, expected: Option<Effort>, seed: u64) -> SimRun {
    let world = WorldSetup::of(plant, body);
    let setup = SimSetup { world, effort: expected, ..setup("first-week", seed) };
    let mut run = SimRun::new(setup, false);
    let is_over =
        |run: &SimRun| matches!(run.view().state, StateKind::Running | StateKind::Finished);
    while !run.is_over() && !is_over(&run) && run.now_ms() < 600_000 {
        run.step();
    }
    run
}

fn measured(run: &SimRun) -> Effort {
    run.view().effort.expect("the test tilt was made")
}

/// What a maker measures with two loads of sandbags: the figure of the reference table.
fn figure() -> EffortFigure {
    let of = |kg| {
        let load = person(Sex::Male, 170, kg);
        i64::from(measured(&proved(load, PlantConfig::reference(), None, 1)).ma())
    };
    let (light, heavy) = (of(40), of(120));
    let microamps_per_kg = u32::try_from((heavy - light) * 1_000 / 80).expect("more is more");
    let empty_ma = i32::try_from(light - i64::from(microamps_per_kg) * 40 / 1_000).expect("small");
    EffortFigure { empty_ma, microamps_per_kg }
}

#[test]
fn the_right_weight_passes_for_everybody_who_may_lie_there() {
    let figure = figure();
    let people = [
        (Sex::Female, 147, 35),
        (Sex::Male, 198, 136),
        (Sex::Female, 160, 55),
        (Sex::Male, 175, 80),
        (Sex::Female, 185, 120),
        (Sex::Male, 150, 40),
    ];
    for (sex, height_cm, mass_kg) in people {
        let expected = figure.expected(mass_kg);
        for seed in 0..8 {
            let body = person(sex, height_cm, mass_kg);
            let run = proved(body, PlantConfig::reference(), Some(expected), seed);
            let view = run.view();
            let told = measured(&run);
            assert_eq!(view.state, StateKind::Running, "{mass_kg} kg: {told}, expected {expected}");
        }
    }
}

#[test]
fn another_weight_or_another_height_setting_lowers_nobody() {
    let figure = figure();
    let reference = PlantConfig::reference();
    let set = |boom_offset_mm| PlantConfig { boom_offset_mm, ..reference.clone() };
    let cases = [
        // Said 80: it is 60, or 105, or the setting is 5 cm off either way, or 1 cm.
        (60, reference.clone(), 80),
        (105, reference.clone(), 80),
        (80, set(75), 80),
        (80, set(-25), 80),
        (80, set(35), 80),
        (80, set(15), 80),
    ];
    for (really, plant, said) in cases {
        let expected = figure.expected(said);
        for seed in 0..8 {
            let body = person(Sex::Male, 175, really);
            let mut run = proved(body, plant.clone(), Some(expected), seed);
            let mut deepest = i32::MIN;
            while !run.is_over() && run.now_ms() < 900_000 {
                run.step();
                deepest = deepest.max(run.true_tilt().millideg());
            }
            let told = measured(&run);
            let ended = run.ended();
            assert_eq!(
                ended,
                Some((Outcome::Refused, EndCause::EffortMismatch)),
                "{really} kg at {}: {told}, expected {expected}",
                plant.boom_offset_mm
            );
            assert!(deepest < 3_500, "{deepest}");
            assert!((-10_000..=0).contains(&run.true_tilt().millideg()));
        }
    }
}

#[test]
fn without_a_figure_whoever_lies_there_may_go_on() {
    for (really, seed) in [(40, 0), (130, 1)] {
        let body = person(Sex::Male, 175, really);
        let run = proved(body, PlantConfig::reference(), None, seed);
        assert_eq!(run.view().state, StateKind::Running);
    }
}
