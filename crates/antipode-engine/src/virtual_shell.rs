//! The engine on a virtual clock: a plain loop on one thread, a table in the same process, a
//! journal that answers at once. An hour passes in a fraction of a second, and the same seed gives
//! the same run everywhere.

use antipode_core::{
    event::JournalEvent,
    session::SessionConfig,
    step::{Prompt, Record},
};
use antipode_device::{InProcessTable, TableCommand};
use antipode_safety::{Millis, Timestamp};

use crate::{
    core::{EngineCore, Input, Output, SessionLine},
    timing::TICK,
    watchdog::Watchdog,
};

/// Sees what passes. Every method may do nothing; none can change the run.
pub trait Observer {
    /// A line of the journal.
    fn line(&mut self, _now: Timestamp, _line: &SessionLine) {}
    /// A word for people.
    fn prompt(&mut self, _now: Timestamp, _prompt: Prompt) {}
    /// A command on its way to the table.
    fn command(&mut self, _now: Timestamp, _command: &TableCommand) {}
}

/// Sees nothing.
impl Observer for () {}

/// How the journal behaves in this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Journal {
    Good,
    Failed,
}

/// The virtual shell: engine core, in-process table and clock.
#[derive(Clone, Debug)]
pub struct VirtualShell<T> {
    core: EngineCore,
    table: T,
    now: Timestamp,
    next_tick: Timestamp,
    frozen_until: Option<Timestamp>,
    /// The machine sleeps since then.
    asleep_since: Option<Timestamp>,
    ticks: u64,
    watchdog: Watchdog,
    host_gone: bool,
    journal: Journal,
}

impl<T: InProcessTable> VirtualShell<T> {
    /// A shell around `table` for one session.
    #[must_use]
    pub fn new(config: SessionConfig, table: T) -> Self {
        Self {
            core: EngineCore::new(config),
            table,
            now: Timestamp::ZERO,
            next_tick: Timestamp::ZERO,
            frozen_until: None,
            asleep_since: None,
            ticks: 0,
            watchdog: Watchdog::new(Timestamp::ZERO),
            host_gone: false,
            journal: Journal::Good,
        }
    }

    /// The present moment.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The engine.
    #[must_use]
    pub const fn core(&self) -> &EngineCore {
        &self.core
    }

    /// The table and its world.
    #[must_use]
    pub const fn table(&self) -> &T {
        &self.table
    }

    /// The table and its world, to act on as hands and faults do.
    pub const fn table_mut(&mut self) -> &mut T {
        &mut self.table
    }

    /// Freezes the control loop for `time`; the watchdog lives (H-01).
    pub fn freeze(&mut self, time: Millis) {
        self.frozen_until = Some(self.now.plus(time));
    }

    /// Lets the whole machine sleep for `time`: on waking it knows that it did (H-03).
    pub fn suspend(&mut self, time: Millis) {
        self.asleep_since.get_or_insert(self.now);
        self.freeze(time);
    }

    /// Takes the host away for good: no loop, no watchdog.
    pub const fn kill_host(&mut self) {
        self.host_gone = true;
    }

    /// Whether the control loop turns.
    #[must_use]
    pub fn host_is_alive(&self) -> bool {
        !self.host_gone && self.frozen_until.is_none_or(|until| self.now >= until)
    }

    /// A new host after the old one died: a new engine that knows nothing, on the same table.
    pub fn restart_host(&mut self, config: SessionConfig) {
        self.core = EngineCore::new(config);
        self.host_gone = false;
        self.frozen_until = None;
        self.asleep_since = None;
        self.next_tick = self.now;
        self.watchdog = Watchdog::new(self.now);
    }

    /// Lets the journal fail or work again, and tells the engine.
    pub fn set_journal(&mut self, works: bool, observer: &mut impl Observer) {
        let journal = if works { Journal::Good } else { Journal::Failed };
        if journal != self.journal {
            self.journal = journal;
            let event = if works { JournalEvent::Recovered } else { JournalEvent::Failed };
            self.input(Input::Journal(event), observer);
        }
    }

    /// Hands one input to the engine now; lost while the host does not live.
    pub fn input(&mut self, input: Input, observer: &mut impl Observer) {
        if self.host_is_alive() {
            let output = self.core.poll(self.now, input);
            self.carry(output, observer);
        }
    }

    /// Runs the world and the engine on to `until`, in steps of `step`.
    pub fn run_until(&mut self, until: Timestamp, step: Millis, observer: &mut impl Observer) {
        while self.now < until {
            self.advance(self.now.plus(step).min(until), observer);
        }
    }

    /// Runs the world on to `now`, then hands what it said to the engine.
    pub fn advance(&mut self, now: Timestamp, observer: &mut impl Observer) {
        self.now = self.now.max(now);
        self.table.advance(self.now);
        if self.host_is_alive() {
            if let Some(since) = self.asleep_since.take() {
                self.input(Input::Slept(self.now.since(since)), observer);
            }
            self.turn(observer);
        }
        // One halt after 150 ms without a completed tick, then silence: a STOP would forbid the
        // table's own return.
        if !self.host_gone && self.watchdog.look(self.now, self.ticks) {
            self.table.send(TableCommand::Halt);
        }
    }

    /// One turn of the control loop: what the table said, then the tick if it is due.
    fn turn(&mut self, observer: &mut impl Observer) {
        while let Some(event) = self.table.next_event() {
            let output = self.core.poll(self.now, Input::Table(event));
            self.carry(output, observer);
        }
        if self.now >= self.next_tick {
            self.next_tick = self.now.plus(TICK);
            let output = self.core.poll(self.now, Input::Tick);
            self.carry(output, observer);
            self.ticks = self.ticks.wrapping_add(1);
        }
    }

    fn carry(&mut self, output: Output, observer: &mut impl Observer) {
        let Output { commands, prompts, lines } = output;
        for command in commands {
            observer.command(self.now, &command);
            self.table.send(command);
        }
        for prompt in prompts {
            observer.prompt(self.now, prompt);
        }
        let mut started = false;
        for line in lines {
            observer.line(self.now, &line);
            started |= line == SessionLine::Record(Record::SessionStart);
        }
        if started {
            let event = match self.journal {
                Journal::Good => JournalEvent::StartDurable,
                Journal::Failed => JournalEvent::Failed,
            };
            let output = self.core.poll(self.now, Input::Journal(event));
            self.carry(output, observer);
        }
    }
}
