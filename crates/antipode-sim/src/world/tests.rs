//! The world behind its own wire, driven by hand.

use antipode_device::{InProcessTable, ReturnMotion, TableCommand, TableEvent};
use antipode_safety::{Fault as Told, Rate, Timestamp};

use super::{World, WorldSetup};
use crate::faults::{Fault, FaultKind};
use crate::person::PersonConfig;

fn world() -> World {
    World::new(&WorldSetup::reference(PersonConfig::reference()), 1)
}

fn run(world: &mut World, until_ms: u64) -> Vec<TableEvent> {
    let mut events = Vec::new();
    while world.now_ms() < until_ms {
        world.advance(Timestamp::from_millis(world.now_ms() + 10));
        while let Some(event) = world.next_event() {
            events.push(event);
        }
        if world.now_ms().is_multiple_of(100) {
            world.send(TableCommand::Heartbeat);
        }
    }
    events
}

#[test]
fn the_table_greets_and_reports() {
    let mut world = world();
    let events = run(&mut world, 2_000);
    assert!(matches!(events.first(), Some(TableEvent::Connected(stated)) if stated.simulated));
    let readings = events.iter().filter(|e| matches!(e, TableEvent::Reading(_))).count();
    assert!(readings >= 3, "{readings}");
}

#[test]
fn a_cut_cable_is_told_as_lost_and_a_mended_one_connects_again() {
    let mut world = world();
    world.add_fault(Fault::at(FaultKind::LinkCut, 1_000).lasting(4_000));
    let events = run(&mut world, 7_000);
    let lost = events.iter().position(|e| matches!(e, TableEvent::Lost(_))).unwrap();
    assert!(events[lost..].iter().any(|e| matches!(e, TableEvent::Connected(_))));
}

#[test]
fn a_reset_controller_ends_the_session() {
    let mut world = world();
    world.add_fault(Fault::at(FaultKind::TableReset, 1_000));
    let events = run(&mut world, 4_000);
    assert!(events.contains(&TableEvent::SessionLost));
    assert_eq!(world.boots(), 2);
}

#[test]
fn how_a_fault_began_is_told_once_with_the_angle_of_that_moment() {
    let mut world = world();
    world.add_fault(Fault::at(FaultKind::EncoderOff, 1_000));
    let began: Vec<_> = run(&mut world, 4_000)
        .into_iter()
        .filter_map(
            |event| {
                if let TableEvent::FaultBegan(began) = event { Some(began) } else { None }
            },
        )
        .filter(|began| began.fault == Told::AngleInvalid)
        .collect();
    let [began] = began.as_slice() else { panic!("{began:?}") };
    let tilt = began.tilt.expect("the second source is well");
    assert!((tilt.millideg() - world.plant().true_tilt_mdeg()).abs() < 1_000, "{began:?}");
    assert_eq!(began.count, 1);
}

#[test]
fn what_a_slow_loop_had_not_looked_at_is_gone_with_the_reset() {
    let mut world = world();
    world.add_fault(Fault::at(FaultKind::SlowLoop, 500));
    world.add_fault(Fault::at(FaultKind::TableReset, 980));
    run(&mut world, 900);
    let mut heard = false;
    while world.controller().is_some() {
        world.send(TableCommand::Stop);
        world.advance(Timestamp::from_millis(world.now_ms() + 10));
        heard |= world.arrived().stop;
    }
    assert!(heard);
    while world.controller().is_none() {
        world.advance(Timestamp::from_millis(world.now_ms() + 10));
    }
    let latched = world.controller().is_some_and(|board| board.inspect().stop_latched);
    assert_eq!((world.boots(), world.arrived().stop, latched), (2, false, false));
}

#[test]
fn level_there_is_nothing_to_return_from() {
    let mut world = world();
    run(&mut world, 1_000);
    world.send(TableCommand::Return(ReturnMotion { rate: Rate::clamped(3_000), held: false }));
    run(&mut world, 3_000);
    assert_eq!(world.plant().true_tilt_mdeg(), -3_000);
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let trace = |seed| {
        let mut world = World::new(&WorldSetup::reference(PersonConfig::reference()), seed);
        world.add_fault(Fault { rate_permille: Some(200), ..Fault::at(FaultKind::Drop, 500) });
        format!("{:?}", run(&mut world, 5_000))
    };
    assert_eq!(trace(5), trace(5));
    assert_ne!(trace(5), trace(6));
}
