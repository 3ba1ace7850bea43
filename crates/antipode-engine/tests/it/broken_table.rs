//! Tables that fail in ways the simulated one does not.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use antipode_core::event::{Act, Source};
use antipode_core::session::StateKind;
use antipode_device::{
    Capabilities, CommandId, InProcessTable, LinkLoss, MockStopper, MockTable, OpenTable,
    ReturnMotion, Table, TableCommand, TableError, TableEvent,
};
use antipode_engine::real::{Handle, MemoryJournal};
use antipode_safety::{FaultSet, guard::Permit};
use async_trait::async_trait;

use crate::bench::{Bench, Hands, Sent, Shared, on_host_clock};
use crate::hands::{config, plan};
use crate::two_shells::help;

fn write_error(command: &'static str) -> TableError {
    TableError::Write { command, cause: std::io::ErrorKind::BrokenPipe.into() }
}

/// A table that reports as the simulated one does and takes commands as the mock says. Once it has
/// reported and `talks`, it never rests: it repeats its last report, as a driver with a defect does.
struct Half {
    reports: Shared,
    commands: MockTable,
    talks: bool,
    last: Option<TableEvent>,
}

impl Half {
    fn open(scene: &Shared, commands: MockTable, stopper: MockStopper) -> OpenTable {
        let half = Self { reports: scene.clone(), commands, talks: false, last: None };
        (Box::new(half), Arc::new(stopper))
    }
}

#[async_trait]
impl Table for Half {
    fn capabilities(&self) -> Capabilities {
        self.commands.capabilities()
    }

    async fn arm(&mut self) -> Result<(), TableError> {
        self.commands.arm().await
    }

    async fn disarm(&mut self) -> Result<(), TableError> {
        self.commands.disarm().await
    }

    async fn start(&mut self, id: CommandId, permit: Permit) -> Result<(), TableError> {
        self.commands.start(id, permit).await
    }

    async fn halt(&mut self) -> Result<(), TableError> {
        self.commands.halt().await
    }

    async fn return_to_rest(&mut self, motion: ReturnMotion) -> Result<(), TableError> {
        self.commands.return_to_rest(motion).await
    }

    async fn stop(&mut self) -> Result<(), TableError> {
        self.commands.stop().await
    }

    async fn heartbeat(&mut self) -> Result<(), TableError> {
        self.commands.heartbeat().await
    }

    async fn acknowledge_stop(&mut self) -> Result<(), TableError> {
        self.commands.acknowledge_stop().await
    }

    async fn clear_faults(&mut self, faults: FaultSet) -> Result<(), TableError> {
        self.commands.clear_faults(faults).await
    }

    async fn next_event(&mut self) -> Result<TableEvent, TableError> {
        poll_fn(|_| {
            let event = self.reports.lock().world.next_event().map(on_host_clock);
            if let Some(TableEvent::Reading(_)) = event {
                self.last = event;
            }
            match event.or(self.last.filter(|_| self.talks)) {
                Some(event) => Poll::Ready(Ok(event)),
                // The clock wakes the loop when the world has run on.
                None => Poll::Pending,
            }
        })
        .await
    }
}

/// Commands that every test here lets through.
fn commands(scene: &Shared) -> MockTable {
    let mut table = MockTable::new();
    let send = |scene: &Shared, command: TableCommand| {
        scene.lock().send(command);
        Ok(())
    };
    let theirs = scene.clone();
    table.expect_heartbeat().returning(move || send(&theirs, TableCommand::Heartbeat));
    let theirs = scene.clone();
    table.expect_stop().returning(move || send(&theirs, TableCommand::Stop));
    let theirs = scene.clone();
    table.expect_acknowledge_stop().returning(move || send(&theirs, TableCommand::AcknowledgeStop));
    table
}

fn stopper(scene: &Shared) -> MockStopper {
    let mut stopper = MockStopper::new();
    let theirs = scene.clone();
    stopper.expect_stop().returning(move || theirs.lock().send(TableCommand::Stop));
    stopper
}

fn run(scene: &Shared, open: OpenTable, until_ms: u64, mut extra: Hands) -> Bench {
    let hands: Hands = Box::new(move |scene, handle| {
        let now = scene.lock().now_ms();
        if now > 0 && now.is_multiple_of(500) {
            help(handle);
        }
        extra(scene, handle);
    });
    let journal = Box::new(MemoryJournal::new());
    let mut bench = Bench::new(config(&plan(1, 20, 60)), scene, open, journal, hands);
    assert_eq!(bench.run(until_ms), None);
    bench
}

#[test]
fn a_halt_that_cannot_be_written_goes_over_the_stop_lane() {
    let scene = Shared::new(21);
    let mut table = commands(&scene);
    table.expect_halt().returning(|| Err(write_error("halt")));
    table.expect_arm().returning(|| Ok(()));
    table.expect_disarm().returning(|| Ok(()));
    let mut stopper = stopper(&scene);
    stopper.expect_halt().times(1..).return_const(());
    let hands: Hands = Box::new(|_: &Shared, handle: &Handle| {
        if handle.view().state == StateKind::Ready {
            handle.act(Act::Return, Source::Terminal).unwrap();
        }
    });
    let bench = run(&scene, Half::open(&scene, table, stopper), 6_000, hands);
    assert!(bench.handle.snapshot().counts.table_errors >= 1);
}

#[test]
fn a_table_that_cannot_be_armed_is_not_moved_and_the_session_ends() {
    let scene = Shared::new(22);
    let mut table = commands(&scene);
    table.expect_arm().times(1..).returning(|| Err(write_error("arm")));
    table.expect_disarm().returning(|| Ok(()));
    table.expect_halt().returning(|| Ok(()));
    table.expect_start().never();
    let mut stopper = stopper(&scene);
    stopper.expect_halt().never();
    let bench = run(&scene, Half::open(&scene, table, stopper), 30_000, Box::new(|_, _| {}));
    let state = bench.handle.view().state;
    assert!(matches!(state, StateKind::Closing | StateKind::Finished), "{state:?}");
    assert_eq!(scene.lock().tilt(), -3_000);
}

#[test]
fn a_driver_that_is_gone_counts_as_a_lost_link_once() {
    let scene = Shared::new(23);
    let mut table = MockTable::new();
    table
        .expect_next_event()
        .times(1)
        .returning(|| Err(TableError::Lost { loss: LinkLoss::HungUp, doing: "reading" }));
    let bench =
        run(&scene, (Box::new(table), Arc::new(MockStopper::new())), 2_000, Box::new(|_, _| {}));
    assert!(!bench.handle.view().connected);
    assert_eq!(bench.handle.view().state, StateKind::Connecting);
}

#[test]
fn a_loss_that_a_command_finds_ends_the_motion() {
    let scene = Shared::new(24);
    let mut table = commands(&scene);
    let theirs = scene.clone();
    table.expect_arm().returning(move || {
        theirs.lock().send(TableCommand::Arm);
        Ok(())
    });
    table.expect_disarm().returning(|| Ok(()));
    table.expect_halt().returning(|| Ok(()));
    table.expect_return_to_rest().returning(|_: ReturnMotion| Ok(()));
    let lost = || TableError::Lost { loss: LinkLoss::HungUp, doing: "start" };
    // One try: the session does not go on over a link that is gone.
    table.expect_start().times(1).returning(move |_, _| Err(lost()));
    let mut stopper = stopper(&scene);
    stopper.expect_halt().returning(|| ());
    let bench = run(&scene, Half::open(&scene, table, stopper), 10_000, Box::new(|_, _| {}));
    assert!(!bench.handle.view().connected);
    assert_eq!(scene.lock().count(Sent::Start), 0);
}

#[test]
fn a_driver_that_never_rests_does_not_keep_the_loop_from_its_tick() {
    let scene = Shared::new(25);
    let stopper = stopper(&scene);
    let mut commands = commands(&scene);
    commands.expect_halt().returning(|| Ok(()));
    let half = Half { reports: scene.clone(), commands, talks: true, last: None };
    let open: OpenTable = (Box::new(half), Arc::new(stopper));
    let bench = run(&scene, open, 2_900, Box::new(|_, _| {}));
    assert!(bench.handle.snapshot().ticks >= 140, "{}", bench.handle.snapshot().ticks);
    assert!(scene.lock().count(Sent::Heartbeat) >= 25);
}
