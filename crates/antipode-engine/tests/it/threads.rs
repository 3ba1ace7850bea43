//! The threads of the real shell: what they do when one of them hangs or panics.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use antipode_core::event::{Act, JournalEvent, Source};
use antipode_core::session::StateKind;
use antipode_device::{
    Capabilities, CommandId, OpenTable, Rates, ReturnMotion, Stopper, Table, TableError,
    TableEvent, fixture,
};
use antipode_engine::SessionLine;
use antipode_engine::real::{Ended, Engine, JournalPort, MemoryJournal, NotTaken};
use antipode_safety::{Angle, FaultSet, Rate, Timestamp, guard::Permit};
use antipode_sim::driver::SimDriver;
use antipode_sim::{person::PersonConfig, world::WorldSetup};
use async_trait::async_trait;

use crate::bench::Sent;
use crate::hands::{config, plan};

/// A table that connects, then says nothing, and tells the test what it is sent.
struct Quiet {
    sent: Sender<Sent>,
    greeted: bool,
}

impl Quiet {
    fn open() -> (OpenTable, Receiver<Sent>) {
        let (sent, told) = channel();
        let stopper = QuietStopper { sent: sent.clone() };
        ((Box::new(Self { sent, greeted: false }), Arc::new(stopper)), told)
    }

    fn say(&self, sent: Sent) -> Result<(), TableError> {
        // The test may be over.
        self.sent.send(sent).unwrap_or(());
        Ok(())
    }
}

#[async_trait]
impl Table for Quiet {
    fn capabilities(&self) -> Capabilities {
        // It stays level.
        Capabilities {
            rates: Rates::Fixed(Rate::clamped(1_000)),
            tilt_min: Angle::LEVEL,
            tilt_max: Angle::LEVEL,
            ..fixture::table()
        }
    }

    async fn arm(&mut self) -> Result<(), TableError> {
        self.say(Sent::Arm)
    }

    async fn disarm(&mut self) -> Result<(), TableError> {
        self.say(Sent::Disarm)
    }

    async fn start(&mut self, _: CommandId, _: Permit) -> Result<(), TableError> {
        self.say(Sent::Start)
    }

    async fn halt(&mut self) -> Result<(), TableError> {
        self.say(Sent::Halt)
    }

    async fn return_to_rest(&mut self, motion: ReturnMotion) -> Result<(), TableError> {
        self.say(Sent::Return { held: motion.held })
    }

    async fn stop(&mut self) -> Result<(), TableError> {
        self.say(Sent::Stop)
    }

    async fn heartbeat(&mut self) -> Result<(), TableError> {
        self.say(Sent::Heartbeat)
    }

    async fn acknowledge_stop(&mut self) -> Result<(), TableError> {
        self.say(Sent::AcknowledgeStop)
    }

    async fn clear_faults(&mut self, _: FaultSet) -> Result<(), TableError> {
        self.say(Sent::ClearFaults)
    }

    async fn next_event(&mut self) -> Result<TableEvent, TableError> {
        if std::mem::replace(&mut self.greeted, true) {
            std::future::pending::<()>().await;
        }
        Ok(TableEvent::Connected(self.capabilities()))
    }
}

struct QuietStopper {
    sent: Sender<Sent>,
}

impl Stopper for QuietStopper {
    fn stop(&self) {
        self.sent.send(Sent::StopLane).unwrap_or(());
    }

    fn halt(&self) {
        self.sent.send(Sent::HaltLane).unwrap_or(());
    }
}

/// Reads what was sent up to the first `wanted`, and gives it all.
fn until(told: &Receiver<Sent>, wanted: Sent) -> Vec<Sent> {
    let mut all = Vec::new();
    while all.last() != Some(&wanted) {
        all.push(told.recv().unwrap());
    }
    all
}

fn count(all: &[Sent], wanted: Sent) -> usize {
    all.iter().filter(|sent| **sent == wanted).count()
}

/// A journal that hangs at the first act of a person, until it is let go.
struct Stalling {
    stalled: Sender<()>,
    go: Receiver<()>,
}

impl JournalPort for Stalling {
    fn line(&mut self, _: Timestamp, line: &SessionLine) -> bool {
        if matches!(line, SessionLine::Event(antipode_core::event::Event::Act(..), _)) {
            self.stalled.send(()).unwrap();
            self.go.recv().unwrap();
        }
        true
    }

    fn poll_answer(&mut self) -> Option<JournalEvent> {
        None
    }
}

#[test]
fn a_stalled_journal_holds_up_neither_stop_nor_the_watchdog_nor_a_screen() {
    let (open, told) = Quiet::open();
    let (stalled, has_stalled) = channel();
    let (let_go, go) = channel();
    let journal = Box::new(Stalling { stalled, go });
    let engine = Engine::spawn(config(&plan(1, 20, 60)), open, journal).unwrap();
    let handle = engine.handle();
    until(&told, Sent::Heartbeat);
    handle.act(Act::Ok, Source::Terminal).unwrap();
    has_stalled.recv().unwrap();
    while told.try_recv().is_ok() {}

    // The loop hangs: STOP does not care. Its frame has left when the call returns.
    handle.stop(Source::Network);
    let mut seen: Vec<Sent> = told.try_iter().collect();
    assert_eq!(count(&seen, Sent::StopLane), 1, "{seen:?}");
    assert!(handle.view().connected);

    // Nothing else but one halt of the watchdog: no heartbeat, no lease.
    if !seen.contains(&Sent::HaltLane) {
        seen.push(told.recv().unwrap());
    }
    assert_eq!((seen.len(), count(&seen, Sent::HaltLane)), (2, 1), "{seen:?}");
    assert!(handle.is_frozen());
    assert!(told.try_recv().is_err());

    let_go.send(()).unwrap();
    let since = until(&told, Sent::Heartbeat);
    assert_eq!(count(&since, Sent::Start), 0, "{since:?}");
    while handle.is_frozen() {
        std::thread::yield_now();
    }
    handle.shutdown();
    drop(let_go);
}

/// A journal with a defect.
struct Panicking;

impl JournalPort for Panicking {
    fn line(&mut self, _: Timestamp, line: &SessionLine) -> bool {
        assert!(
            !matches!(line, SessionLine::Event(antipode_core::event::Event::Act(..), _)),
            "a defect, on purpose"
        );
        true
    }

    fn poll_answer(&mut self) -> Option<JournalEvent> {
        None
    }
}

#[test]
fn a_panic_in_the_loop_ends_in_one_halt_and_silence_and_stop_still_works() {
    let (open, told) = Quiet::open();
    let engine = Engine::spawn(config(&plan(1, 20, 60)), open, Box::new(Panicking)).unwrap();
    let handle = engine.handle();
    until(&told, Sent::Heartbeat);
    handle.act(Act::Ok, Source::Terminal).unwrap();
    while handle.ended().is_none() {
        std::thread::yield_now();
    }
    assert_eq!(handle.ended(), Some(Ended::Panicked));
    assert_eq!(handle.act(Act::Ok, Source::Terminal), Err(NotTaken::Ended));
    handle.stop(Source::Terminal);
    assert_eq!(engine.join(), Ended::Panicked);
    drop(handle);
    // The table is closed now, so this is all there ever was. On a starved machine the watchdog may
    // have halted a late loop before.
    let all: Vec<Sent> = told.iter().collect();
    let last = all.iter().rposition(|sent| *sent == Sent::HaltLane).unwrap();
    assert!(all[last + 1..].iter().all(|sent| *sent == Sent::StopLane), "{all:?}");
    assert_eq!(count(&all, Sent::StopLane), 1, "{all:?}");
}

#[test]
fn a_session_on_the_simulated_table_connects_and_ends_level() {
    let driver = SimDriver::new(WorldSetup::reference(PersonConfig::reference()), 31);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (open, door) = runtime.block_on(driver.open_with_door()).unwrap();
    let journal = MemoryJournal::new();
    let engine = Engine::spawn(config(&plan(1, 20, 60)), open, Box::new(journal.clone())).unwrap();
    let handle = engine.handle();
    let mut prompts = handle.prompts();
    while handle.view().state != StateKind::SelfTest {
        std::thread::yield_now();
    }
    assert!(prompts.try_next().is_some());
    assert!(handle.snapshot().capabilities.is_some_and(|stated| stated.simulated));
    assert_eq!(handle.realtime_granted(), handle.realtime().priority);
    assert_eq!(door.true_tilt_mdeg(), Some(-3_000));
    handle.shutdown();
    assert_eq!(engine.join(), Ended::Shutdown);
    assert!(!journal.lines().is_empty());
}
