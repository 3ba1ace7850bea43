//! A look at one run, step by step: `ANTIPODE_SEED=57 cargo test ... one_seed -- --nocapture`.
//!
//! `ANTIPODE_FAULT` looks at that fault alone instead, and `ANTIPODE_FROM` shows every 20 ms of the
//! 2.5 seconds from there.

use antipode_core::event::Event;
use antipode_engine::SessionLine;
use antipode_sim::faults::{Fault, FaultKind};

use crate::sim_run::soak::{LIVENESS_MS, SAFETY_MS, shrink};
use crate::sim_run::{SimRun, SimSetup};

/// How much `ANTIPODE_FROM` shows, and how often, milliseconds.
const FINE_MS: u64 = 2_500;
const FINE_EVERY_MS: u64 = 20;
/// How often a line says where everything is, milliseconds.
const OVERVIEW_EVERY_MS: u64 = 2_000;

#[test]
fn one_seed_can_be_looked_at() {
    let Some(seed) = number("ANTIPODE_SEED") else { return };
    let setup = looked_at(seed);
    println!("{:?}\n{:?}\n{:?}", setup.faults, setup.acts, setup.world);
    let mut run = SimRun::new(setup, true);
    run.recorder.keep_lines = true;
    let mut healed = false;
    while run.now_ms() < SAFETY_MS + LIVENESS_MS {
        run.step();
        if !healed && run.now_ms() >= SAFETY_MS {
            healed = true;
            println!("{} HEAL", run.now_ms());
            run.heal();
        }
        print_lines(&mut run);
        let fine = number("ANTIPODE_FROM")
            .is_some_and(|from| (from..from + FINE_MS).contains(&run.now_ms()));
        if fine && run.now_ms().is_multiple_of(FINE_EVERY_MS) {
            print_fine(&run);
        }
        if run.now_ms().is_multiple_of(OVERVIEW_EVERY_MS) {
            print_overview(&run);
        }
    }
    println!("{:?}", run.verdict());
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|text| text.parse().ok())
}

fn looked_at(seed: u64) -> SimSetup {
    let Ok(name) = std::env::var("ANTIPODE_FAULT") else { return shrink(seed) };
    let mut setup = super::setup("first-week", 11);
    let kind = FaultKind::from_name(&name).unwrap();
    setup.faults.push(Fault { rate_permille: Some(300), ..Fault::at(kind, 60_000) });
    setup
}

fn print_lines(run: &mut SimRun) {
    for (at, line) in run.recorder.lines.split_off(0) {
        match line {
            SessionLine::Event(Event::Reading(_) | Event::Tick, _) => {}
            line @ (SessionLine::Event(..)
            | SessionLine::Record(_)
            | SessionLine::FaultBegan(_)) => {
                println!("{at} {line:?} tilt {}", run.true_tilt());
            }
        }
    }
    run.recorder.shown.clear();
}

fn print_fine(run: &SimRun) {
    let world = run.shell().table();
    let board = world.controller().map(|controller| {
        let seen = controller.inspect();
        (
            seen.request,
            seen.faults,
            seen.back_blocked,
            seen.lease_ms_left,
            seen.tilt_mdeg,
            seen.commands_accepted,
            seen.last_accepted,
            seen.session,
        )
    });
    println!(
        "FINE {} {} {:?} {board:?} cmd {:?}",
        run.now_ms(),
        run.true_tilt(),
        world.outputs(),
        run.view().commanded,
    );
}

fn print_overview(run: &SimRun) {
    let view = run.view();
    let board = run.shell().table().controller().map(|controller| {
        let seen = controller.inspect();
        (
            seen.request,
            seen.faults,
            seen.stop_latched,
            seen.tilt_mdeg,
            seen.second_tilt_mdeg,
            seen.setpoint_mdeg_s,
        )
    });
    println!(
        "{} tilt {} read {:?} state {:?} drive {:?} {:?} {board:?}",
        run.now_ms(),
        run.true_tilt(),
        view.tilt,
        view.state,
        view.drive,
        view.cause,
    );
}
