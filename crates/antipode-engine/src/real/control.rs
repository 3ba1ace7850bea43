//! The control loop.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use antipode_core::event::{Act, Source, StopEvent};
use antipode_core::session::{NotReady, SessionConfig};
use antipode_core::step::Prompt;
use antipode_device::{OpenTable, TableCommand, TableEvent};
use antipode_safety::{Angle, Millis, Rate, Timestamp};
use tokio::sync::mpsc;

use super::clock::Clock;
use super::handle::{Handle, Message, Said};
use super::journal::{JournalPort, Keeper};
use super::lane::Taken;
use super::shared::{Counts, Ended, Shared, Snapshot};
use super::table_port::TablePort;
use crate::core::{EngineCore, Input, Output};

/// Acts that may wait; STOP and RETURN never do.
const QUEUE: usize = 64;
/// Most that is taken of each kind between two ticks, so that no flood keeps the loop from its tick,
/// nor one kind from another's turn. A table reports once in two ticks, people act seldom.
const MOST: Turns = Turns { lane: 8, local: 16, table: 16, remote: 8 };
/// Prompts that wait for a place that a sleeping reader holds.
const BACKLOG: usize = 32;
/// Answers of journal and link that may follow one input; the rest comes with the next.
const MOST_FOLLOWING: u8 = 4;

/// The control loop: the engine core, its table and its journal, on any clock.
///
/// [`super::Engine`] runs it on a thread of its own. A test runs it on a clock of its own.
pub struct Control<C> {
    core: EngineCore,
    clock: C,
    table: TablePort,
    journal: Keeper,
    shared: Arc<Shared>,
    local: mpsc::Receiver<Message>,
    remote: mpsc::Receiver<Message>,
    /// The count of the STOP word up to which the core knows every press.
    told: u32,
    taken: Turns,
    asleep: Millis,
    withheld: u32,
    last_tilt: Option<Angle>,
    backlog: VecDeque<Said>,
    prompts: u64,
    prompts_lost: u32,
    snapshots: u64,
}

impl<C> std::fmt::Debug for Control<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control").field("core", &self.core).finish_non_exhaustive()
    }
}

/// How often the loop turned for each kind of input since its last tick.
#[derive(Clone, Copy, Debug)]
struct Turns {
    lane: u8,
    local: u8,
    table: u8,
    remote: u8,
}

impl Turns {
    const NONE: Self = Self { lane: 0, local: 0, table: 0, remote: 0 };
}

/// What the loop turns for.
enum Next {
    Lane,
    Local(Message),
    Remote(Message),
    Table(TableEvent),
    Tick,
}

impl<C: Clock> Control<C> {
    /// The loop of one session on an open table, and the handle to it.
    #[must_use]
    pub fn new(
        config: SessionConfig,
        (table, stopper): OpenTable,
        journal: Box<dyn JournalPort>,
        clock: C,
    ) -> (Self, Handle) {
        let shared = Arc::new(Shared::new(stopper));
        let (local_in, local) = mpsc::channel(QUEUE);
        let (remote_in, remote) = mpsc::channel(QUEUE);
        let asleep = clock.asleep();
        let mut control = Self {
            core: EngineCore::new(config),
            clock,
            table: TablePort::new(table),
            journal: Keeper::new(journal),
            shared: Arc::clone(&shared),
            local,
            remote,
            told: 0,
            taken: Turns::NONE,
            asleep,
            withheld: 0,
            last_tilt: None,
            backlog: VecDeque::with_capacity(BACKLOG),
            prompts: 0,
            prompts_lost: 0,
            snapshots: 0,
        };
        control.publish();
        (control, Handle::new(shared, local_in, remote_in))
    }

    /// The clock, before the loop runs.
    pub const fn clock_mut(&mut self) -> &mut C {
        &mut self.clock
    }

    pub(super) const fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Runs until it is asked to end with the bed level or head-up.
    pub async fn run(&mut self) -> Ended {
        loop {
            let next = self.next().await;
            // Before anything else, whatever it was that woke the loop.
            self.take_lane().await;
            match next {
                Next::Lane => self.taken.lane = self.taken.lane.saturating_add(1),
                Next::Local(message) => {
                    self.taken.local = self.taken.local.saturating_add(1);
                    self.message(message).await;
                }
                Next::Remote(message) => {
                    self.taken.remote = self.taken.remote.saturating_add(1);
                    self.message(message).await;
                }
                Next::Table(event) => {
                    self.taken.table = self.taken.table.saturating_add(1);
                    self.input(Input::Table(event)).await;
                }
                Next::Tick => self.tick().await,
            }
            self.publish();
            if self.may_end() {
                self.send(TableCommand::Halt).await;
                self.send(TableCommand::Disarm).await;
                return Ended::Shutdown;
            }
        }
    }

    /// In order: STOP and RETURN, people at the table, the table, people elsewhere, the tick. Who has
    /// had all their turns waits for the tick; STOP does not even then, since every turn takes its
    /// lane first and the table was told on the press itself.
    async fn next(&mut self) -> Next {
        let taken = self.taken;
        tokio::select! {
            biased;
            () = self.shared.lane.woken(), if taken.lane < MOST.lane => Next::Lane,
            Some(message) = self.local.recv(), if taken.local < MOST.local => Next::Local(message),
            event = self.table.next_event(), if taken.table < MOST.table => Next::Table(event),
            Some(message) = self.remote.recv(), if taken.remote < MOST.remote => {
                Next::Remote(message)
            }
            () = self.clock.tick() => Next::Tick,
        }
    }

    /// A tick counts as completed only here, after its commands have left.
    async fn tick(&mut self) {
        // Before anything is renewed: nobody watched while the machine slept (H-03).
        let before = std::mem::replace(&mut self.asleep, self.clock.asleep());
        let slept = self.asleep.less(before);
        if slept > Millis::ZERO {
            self.input(Input::Slept(slept)).await;
        }
        self.input(Input::Tick).await;
        self.taken = Turns::NONE;
        self.say_backlog();
        self.shared.ticks.fetch_add(1, Ordering::Release);
    }

    async fn take_lane(&mut self) {
        let taken: Taken = self.shared.lane.take();
        self.told = taken.told;
        for source in Source::ALL {
            if taken.pressed(source) {
                self.input(Input::Stop(StopEvent::Pressed, source)).await;
            }
        }
        for source in Source::ALL {
            // A press that came after the letting go stands, and so does another control.
            if taken.released(source) && !self.shared.lane.is_pressed() {
                self.input(Input::Stop(StopEvent::Released, source)).await;
            }
            if taken.home(source) {
                self.input(Input::Act(Act::Return, source)).await;
            }
        }
    }

    async fn message(&mut self, message: Message) {
        match message {
            Message::Act(act, source) => self.input(Input::Act(act, source)).await,
            Message::Acknowledge(source, seen) if seen == self.shared.lane.generation() => {
                self.input(Input::Stop(StopEvent::Acknowledged, source)).await;
            }
            Message::Acknowledge(..) => {
                // STOP was pressed again behind the person's back.
                let prompt = Prompt::NotTaken(NotReady::StopLatched);
                self.say(Said { at: self.clock.now(), prompt });
            }
            Message::Symptom(symptom, severity) => {
                self.input(Input::Symptom(symptom, severity)).await;
            }
            Message::Vital(vital) => self.input(Input::Vital(vital)).await,
        }
    }

    /// Hands one input to the core, and what follows from it.
    async fn input(&mut self, input: Input) {
        let mut next = Some(input);
        let mut followed = 0;
        while let Some(input) = next {
            let now = self.clock.now();
            let output = self.core.poll(now, input);
            self.carry(now, output).await;
            next = if followed < MOST_FOLLOWING { self.following() } else { None };
            followed += 1;
        }
    }

    fn following(&mut self) -> Option<Input> {
        if let Some(loss) = self.table.take_loss() {
            return Some(Input::Table(TableEvent::Lost(loss)));
        }
        self.journal.answer().map(Input::Journal)
    }

    /// The table first: neither a journal nor a screen stands before a STOP.
    async fn carry(&mut self, now: Timestamp, output: Output) {
        let Output { commands, prompts, lines } = output;
        for command in commands {
            self.send(command).await;
        }
        for prompt in prompts {
            self.say(Said { at: now, prompt });
        }
        for line in lines {
            self.journal.line(now, &line);
        }
    }

    async fn send(&mut self, command: TableCommand) {
        if self.is_overtaken(&command) {
            self.withheld = self.withheld.saturating_add(1);
            return;
        }
        self.table.send(command, self.shared.lane.stopper()).await;
    }

    /// Whether STOP was pressed after the core decided this: then it was decided in ignorance, and
    /// the core will hear of the STOP before it decides again (I4).
    fn is_overtaken(&self, command: &TableCommand) -> bool {
        match command {
            // Held by somebody at the table, it is what STOP allows.
            TableCommand::Return(motion) if motion.held => false,
            TableCommand::Arm | TableCommand::Start(..) | TableCommand::Return(_) => {
                self.shared.lane.generation() != self.told
            }
            TableCommand::AcknowledgeStop => !self.shared.lane.acknowledge(self.told),
            TableCommand::Disarm
            | TableCommand::Halt
            | TableCommand::Stop
            | TableCommand::Heartbeat
            | TableCommand::ClearFaults(_) => false,
        }
    }

    fn say(&mut self, said: Said) {
        self.say_backlog();
        if self.backlog.is_empty() && self.shared.prompts.put(self.prompts + 1, said) {
            self.prompts += 1;
        } else if self.backlog.len() < BACKLOG {
            self.backlog.push_back(said);
        } else {
            self.prompts_lost = self.prompts_lost.saturating_add(1);
        }
    }

    /// A place that a sleeping reader holds is tried again with every tick.
    fn say_backlog(&mut self) {
        while let Some(said) = self.backlog.front() {
            if !self.shared.prompts.put(self.prompts + 1, *said) {
                return;
            }
            self.prompts += 1;
            self.backlog.pop_front();
        }
    }

    /// Shows what is known, unless readers sleep in every place; then the next turn does.
    fn publish(&mut self) {
        let view = self.core.view();
        self.last_tilt = view.tilt.or(self.last_tilt);
        let snapshot = Snapshot {
            seq: self.snapshots,
            view,
            wall: self.clock.wall(),
            capabilities: self.core.capabilities().copied(),
            ticks: self.shared.ticks.load(Ordering::Acquire),
            counts: Counts {
                table_errors: self.table.errors(),
                withheld: self.withheld,
                journal_refused: self.journal.refused(),
                prompts_lost: self.prompts_lost,
            },
        };
        for _ in 0..self.shared.snapshots.size() {
            self.snapshots += 1;
            let snapshot = Snapshot { seq: self.snapshots, ..snapshot };
            if self.shared.snapshots.put(self.snapshots, snapshot) {
                return;
            }
        }
    }

    /// Asked to, and nobody can be left head-down by it: by the last tilt that is known, and while
    /// the link is open by a present one that is not being lowered.
    fn may_end(&self) -> bool {
        if !self.shared.shutdown.load(Ordering::Acquire) {
            return false;
        }
        if self.last_tilt.is_some_and(Angle::is_head_down) {
            return false;
        }
        let view = self.core.view();
        !view.connected || (view.tilt.is_some() && view.commanded <= Rate::ZERO)
    }
}
