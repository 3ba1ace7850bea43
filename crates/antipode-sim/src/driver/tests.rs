//! The driver's thread turned by hand, and once for real.

use std::sync::Arc;

use antipode_device::{ControlEnd, Stopper, TableCommand, TableEvent};
use antipode_safety::{DriveState, Millis, Timestamp};

use super::*;
use crate::person::PersonConfig;

/// A table thread without its thread, at a moment far from zero as a real clock gives it.
struct Bench {
    thread: TableThread,
    end: ControlEnd,
    stopper: Arc<dyn Stopper>,
    requests: SyncSender<Request>,
    now: Timestamp,
}

impl Bench {
    fn new() -> Self {
        let (end, orders, events) = threaded();
        let stopper = end.stopper(thread::current());
        let (requests, requests_in) = sync_channel(REQUESTS);
        let world = World::new(&WorldSetup::reference(PersonConfig::reference()), 1);
        let thread = TableThread::new(world, orders, requests_in, events);
        let now = Timestamp::from_millis(987_654_321);
        Self { thread, end, stopper, requests, now }
    }

    fn run(&mut self, ms: u64) -> Vec<TableEvent> {
        let mut all = Vec::new();
        for _ in 0..ms / 10 {
            self.now = self.now.plus(Millis::new(10));
            assert!(self.thread.turn(self.now).is_some());
            while let Some(event) = self.end.try_event() {
                all.push(event);
            }
        }
        all
    }
}

fn stopped(events: &[TableEvent]) -> bool {
    events.iter().any(|event| {
        matches!(event, TableEvent::Reading(reading) if reading.drive == DriveState::Stopped)
    })
}

#[test]
fn readings_are_stamped_by_the_hosts_clock() {
    let mut bench = Bench::new();
    let start = bench.now;
    let events = bench.run(3_000);
    assert!(matches!(events.first(), Some(TableEvent::Connected(_))));
    let stamps: Vec<_> = events
        .iter()
        .filter_map(|event| if let TableEvent::Reading(r) = event { Some(r.at) } else { None })
        .collect();
    assert!(stamps.len() >= 3);
    assert!(stamps.is_sorted() && stamps.iter().all(|at| *at > start && *at <= bench.now));
}

#[test]
fn a_stop_overtakes_what_is_queued_and_nothing_queued_before_it_follows() {
    let mut bench = Bench::new();
    bench.run(1_000);
    bench.end.say("arm", TableCommand::Arm).unwrap();
    bench.stopper.stop();
    bench.end.say("acknowledgestop", TableCommand::AcknowledgeStop).unwrap();
    let events = bench.run(1_000);
    assert!(stopped(&events));
    assert!(!events.contains(&TableEvent::Armed) && !events.contains(&TableEvent::Refused));
    assert!(matches!(
        events.last(),
        Some(TableEvent::Reading(reading)) if reading.drive == DriveState::Stopped
    ));
}

#[test]
fn a_halt_latches_nothing_and_swallows_no_stop() {
    let mut bench = Bench::new();
    bench.run(1_000);
    bench.stopper.halt();
    assert!(!stopped(&bench.run(1_000)));
    bench.end.say("stop", TableCommand::Stop).unwrap();
    bench.stopper.halt();
    assert!(stopped(&bench.run(1_000)));
}

#[test]
fn the_world_sleeps_with_its_machine() {
    let mut bench = Bench::new();
    bench.run(1_000);
    bench.now = bench.now.plus(Millis::from_secs(36_000));
    let events = bench.run(2_000);
    let last = events.iter().rev().find_map(|event| {
        if let TableEvent::Reading(reading) = event { Some(reading.at) } else { None }
    });
    assert!(last.is_some_and(|at| bench.now.since(at) <= Millis::from_secs(1)), "{last:?}");
}

#[test]
fn faults_come_in_by_the_side_door() {
    let mut bench = Bench::new();
    bench.run(1_000);
    let cut: Request = Box::new(|world| {
        let now = world.now_ms();
        world.add_fault(crate::faults::Fault::at(crate::faults::FaultKind::LinkCut, now));
    });
    bench.requests.try_send(cut).unwrap();
    assert!(bench.run(3_000).iter().any(|event| matches!(event, TableEvent::Lost(_))));
}

#[test]
fn a_table_that_nobody_listens_to_ends() {
    let mut bench = Bench::new();
    bench.run(100);
    drop(bench.end);
    assert_eq!(bench.thread.turn(bench.now), None);
}

#[test]
fn a_controller_that_does_not_answer_is_given_up() {
    let mut bench = Bench::new();
    bench.thread.turn(bench.now);
    let cut: Request = Box::new(|world| {
        world.add_fault(crate::faults::Fault::at(crate::faults::FaultKind::LinkCut, 0));
    });
    bench.requests.try_send(cut).unwrap();
    let turns = (0..400).take_while(|_| {
        bench.now = bench.now.plus(Millis::new(10));
        bench.thread.turn(bench.now).is_some()
    });
    assert_eq!(turns.count(), 299);
}

#[test]
fn the_opened_table_answers_and_obeys_its_stop_lane() {
    let driver = SimDriver::new(WorldSetup::reference(PersonConfig::reference()), 1);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let ((mut table, stopper), door) = driver.open_with_door().await.unwrap();
        assert!(table.capabilities().simulated);
        let first = table.next_event().await.unwrap();
        assert_eq!(first, TableEvent::Connected(table.capabilities()));
        stopper.stop();
        while !stopped(&[table.next_event().await.unwrap()]) {}
        assert_eq!(door.true_tilt_mdeg(), Some(-3_000));
        drop(table);
    });
}
