use antipode_safety::{Angle, DriveState, FaultSet, Latches, Rate, Switch, Switches, Timestamp};

use super::*;
use crate::{LinkLoss, fixture};

fn report(seq: u32, switches: Switches) -> TableEvent {
    TableEvent::Reading(Reading {
        at: Timestamp::from_millis(u64::from(seq)),
        seq,
        table_ms: seq,
        tilt: Some(Angle::LEVEL),
        tilt_second: None,
        rate: Rate::ZERO,
        drive: DriveState::Holding,
        latches: Latches { fitted: 2, first_closed: true, second_closed: true },
        switches,
        faults: FaultSet::NONE,
        accepted: 0,
        current_ma: 0,
        supply_mv: 24_000,
        temperature_c: 25,
    })
}

fn connected() -> TableEvent {
    TableEvent::Connected(fixture::table())
}

fn taken(mut queue: EventQueue) -> Vec<TableEvent> {
    std::iter::from_fn(|| queue.pop()).collect()
}

#[test]
fn in_time_everything_comes_out_as_it_went_in() {
    let mut queue = EventQueue::new();
    let said = [connected(), TableEvent::Armed, report(1, Switches::NONE), TableEvent::Refused];
    for event in said {
        queue.push(event);
    }
    assert_eq!(taken(queue), said);
}

#[test]
fn a_loop_that_falls_behind_hears_of_a_lost_link_and_of_the_newest_report() {
    let mut queue = EventQueue::new();
    queue.push(connected());
    for seq in 0..1_000 {
        queue.push(report(seq, Switches::NONE));
        assert!(queue.0.len() <= MOST_EVENTS);
    }
    queue.push(TableEvent::Lost(LinkLoss::HungUp));
    let taken = taken(queue);
    assert_eq!(taken.first(), Some(&connected()));
    assert_eq!(taken.last(), Some(&TableEvent::Lost(LinkLoss::HungUp)));
    assert_eq!(taken.iter().rev().nth(1), Some(&report(999, Switches::NONE)));
}

#[test]
fn a_press_among_many_reports_is_not_lost() {
    let stop = Switches::NONE.with(Switch::Stop, true);
    let mut queue = EventQueue::new();
    for seq in 0..1_000 {
        queue.push(report(seq, if seq == 3 { stop } else { Switches::NONE }));
    }
    let pressed = |event: &TableEvent| *event == report(3, stop);
    assert_eq!(taken(queue).iter().filter(|event| pressed(event)).count(), 1);
}

#[test]
fn reports_that_all_differ_give_way_to_the_newest() {
    let mut queue = EventQueue::new();
    queue.push(TableEvent::SessionLost);
    for seq in 0..1_000 {
        queue.push(report(seq, Switches::NONE.with(Switch::Ok, seq % 2 == 0)));
    }
    let taken = taken(queue);
    assert_eq!(taken.len(), MOST_EVENTS);
    assert_eq!(taken.first(), Some(&TableEvent::SessionLost));
    assert_eq!(taken.last(), Some(&report(999, Switches::NONE)));
}

#[test]
fn a_link_that_flaps_for_ever_ends_as_it_is() {
    for last in [connected(), TableEvent::Lost(LinkLoss::Silent)] {
        let mut queue = EventQueue::new();
        queue.push(TableEvent::SessionLost);
        for _ in 0..1_000 {
            queue.push(TableEvent::Lost(LinkLoss::Silent));
            queue.push(connected());
            assert!(queue.0.len() <= MOST_EVENTS);
        }
        queue.push(last);
        let taken = taken(queue);
        assert_eq!(taken.last(), Some(&last));
        assert!(taken.contains(&TableEvent::SessionLost), "what is said once stays");
    }
}

#[test]
fn the_last_report_outlives_a_flood_of_changes_of_the_link() {
    let mut queue = EventQueue::new();
    queue.push(report(1, Switches::NONE));
    for _ in 0..200 {
        queue.push(TableEvent::SessionLost);
        queue.push(TableEvent::Lost(crate::LinkLoss::Silent));
    }
    let mut found = false;
    while let Some(event) = queue.pop() {
        found |= matches!(event, TableEvent::Reading(_));
    }
    assert!(found);
}
