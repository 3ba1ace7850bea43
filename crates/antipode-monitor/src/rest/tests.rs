use crate::invariant::Invariant;
use crate::testing::Run;
use crate::trace::{Motion, Source};

#[test]
fn an_automatic_raise_ends_in_the_rest_band() {
    let raised_to = |tilt: i32, motion: Motion| {
        let mut run = Run::at(tilt + 100);
        run.drive(motion, -100, 50);
        run.tick.plant.tilt_mdeg = tilt;
        run.step(|tick| tick.plant.tilt_mdeg = tilt);
        run
    };
    raised_to(-10_500, Motion::Return).clean();
    raised_to(-10_501, Motion::Return).breaks(Invariant::I19, "nobody holds");
    raised_to(-10_501, Motion::Plan).breaks(Invariant::I19, "nobody holds");
    raised_to(-10_501, Motion::OwnReturn).breaks(Invariant::I19, "nobody holds");
}

#[test]
fn one_faulty_source_moves_the_edge_by_a_degree() {
    let raised_to = |tilt: i32| {
        let mut run = Run::at(-9_000);
        run.tick.plant.second_source = Source::FaultSilent;
        run.drive(Motion::Return, -100, 50);
        run.step(|tick| tick.plant.tilt_mdeg = tilt);
        run
    };
    raised_to(-11_500).clean();
    raised_to(-11_501).breaks(Invariant::I19, "nobody holds");
}

#[test]
fn upright_comes_after_a_minute_of_rest() {
    let rested = |ms: u64| {
        let mut run = Run::at(20_000);
        run.tick.plant.tilt_mdeg = -9_000;
        run.pass(ms);
        run.tick.people.upright_held = true;
        run.step(|tick| tick.plant.tilt_mdeg = -10_501).drive(Motion::Upright, -1_000, 500);
        run
    };
    // The controller's clock may be 1 s ahead.
    rested(59_000).clean();
    rested(58_990).breaks(Invariant::I19, "long enough");
}

#[test]
fn rest_counts_in_the_band_of_a_healthy_source() {
    let rested_at = |tilt: i32| {
        let mut run = Run::at(20_000);
        run.tick.plant.tilt_mdeg = tilt;
        run.pass(60_000);
        run.tick.people.upright_held = true;
        run.step(|tick| tick.plant.tilt_mdeg = -10_501).drive(Motion::Upright, -1_000, 500);
        run
    };
    rested_at(1_000).clean();
    rested_at(-10_500).clean();
    rested_at(1_001).breaks(Invariant::I19, "long enough");
    rested_at(-10_501).breaks(Invariant::I19, "long enough");
}

#[test]
fn whoever_never_came_to_rest_may_go_back_up() {
    let mut run = Run::at(-75_000);
    run.tick.people.upright_held = true;
    run.tick.plant.tilt_mdeg = -40_000;
    run.drive(Motion::Upright, -1_000, 500).clean();
}

#[test]
fn letting_go_stops_and_keeps_the_rest() {
    let goes_on_for = |ms: u64| {
        let mut run = Run::at(-9_000);
        run.pass(61_000);
        run.tick.people.upright_held = true;
        run.drive(Motion::Upright, -1_000, 3_000);
        run.tick.people.upright_held = false;
        run.drive(Motion::Upright, -1_000, ms).drive(Motion::None, 0, 20_000);
        run.tick.people.upright_held = true;
        run.drive(Motion::Upright, -1_000, 1_000);
        run
    };
    goes_on_for(530).clean();
    goes_on_for(580).breaks(Invariant::I19, "let go");
}

#[test]
fn a_claim_of_rest_is_true() {
    let claims = |tilt: i32, ms: u64| {
        let mut run = Run::at(tilt);
        run.tick.host.at_rest = true;
        run.pass(ms);
        run
    };
    claims(500, 5_000).clean();
    claims(1_700, 1_010).clean();
    claims(1_700, 1_020).breaks(Invariant::I19, "although it does not");
    claims(-10_501, 1_020).breaks(Invariant::I19, "although it does not");
}
