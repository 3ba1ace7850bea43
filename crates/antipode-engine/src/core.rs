//! The engine without clock, thread or device.

use antipode_core::{
    event::{Act, Event, JournalEvent, LinkEvent, Source, StopEvent, Vital},
    inline::InlineList,
    orders::Orders,
    session::{Session, SessionConfig, View},
    step::{Command, Prompt, Record, Step},
    symptom::{Severity, Symptom},
};
use antipode_device::{Capabilities, CommandId, ReturnMotion, TableCommand, TableEvent};
use antipode_safety::{FaultBegan, Millis, Timestamp};

use crate::faults_told::FaultsTold;
use crate::fit::fits;
use crate::timing::{HEARTBEAT, SUSPENDED, WATCHDOG};

/// One thing that reaches the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The control loop turns: the only input that may renew a lease or send a heartbeat.
    Tick,
    /// The machine slept for this long and woke.
    Slept(Millis),
    /// The table or its link spoke.
    Table(TableEvent),
    /// Somebody did something.
    Act(Act, Source),
    /// The STOP lane.
    Stop(StopEvent, Source),
    /// A symptom was reported.
    Symptom(Symptom, Severity),
    /// A body sensor measured.
    Vital(Vital),
    /// The journal answered.
    Journal(JournalEvent),
}

/// What one poll gives.
#[derive(Debug, Default)]
#[must_use = "an output that is dropped is a STOP that is dropped"]
pub struct Output {
    /// For the table, in order.
    pub commands: InlineList<TableCommand, 6>,
    /// For people, in order.
    pub prompts: InlineList<Prompt, 16>,
    /// For the journal, in order.
    pub lines: InlineList<SessionLine, 24>,
}

/// A line of the journal: what reached the session and what it put on record. Events are what a
/// replay runs again; records are what it compares;
/// the rest is for people who look for a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionLine {
    /// An event was handed to the session; these are all its orders to the table by then, those of
    /// this step included.
    Event(Event, Orders),
    /// The session put this on record.
    Record(Record),
    /// The table told how a fault began; no event of the session.
    FaultBegan(FaultBegan),
}

/// The engine: one session, its table's link and its deadlines. `Clone` forks the state, so that a
/// simulation can try every moment of a run.
#[derive(Clone, Debug)]
pub struct EngineCore {
    session: Session,
    capabilities: Option<Capabilities>,
    connected: bool,
    next_id: u32,
    wake: Option<Timestamp>,
    last_tick: Option<Timestamp>,
    last_heartbeat: Option<Timestamp>,
    steps: u64,
    orders: Orders,
    told: FaultsTold,
}

impl EngineCore {
    /// An engine that waits for its table.
    #[must_use]
    pub fn new(config: SessionConfig) -> Self {
        Self {
            session: Session::new(config),
            capabilities: None,
            connected: false,
            next_id: 1,
            wake: None,
            last_tick: None,
            last_heartbeat: None,
            steps: 0,
            orders: Orders::NONE,
            told: FaultsTold::NONE,
        }
    }

    /// Takes one input at `now` and gives what is to be done about it.
    pub fn poll(&mut self, now: Timestamp, input: Input) -> Output {
        let mut output = Output::default();
        match input {
            Input::Tick => self.tick(now, &mut output),
            Input::Slept(time) => {
                if time >= SUSPENDED {
                    self.step(now, Event::HostSuspended(time), &mut output);
                }
            }
            Input::Table(event) => self.table(now, event, &mut output),
            Input::Act(act, source) => self.step(now, Event::Act(act, source), &mut output),
            Input::Stop(stop, source) => self.step(now, Event::Stop(stop, source), &mut output),
            Input::Symptom(symptom, severity) => {
                self.step(now, Event::Symptom(symptom, severity), &mut output);
            }
            Input::Vital(vital) => self.step(now, Event::Vital(vital), &mut output),
            Input::Journal(journal) => self.step(now, Event::Journal(journal), &mut output),
        }
        output
    }

    /// A copy of what is known now.
    #[must_use]
    pub fn view(&self) -> View {
        self.session.view()
    }

    /// The session.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// What the table said of itself when it connected.
    #[must_use]
    pub const fn capabilities(&self) -> Option<&Capabilities> {
        self.capabilities.as_ref()
    }

    /// When the session wants to be called although nothing happens.
    #[must_use]
    pub const fn wake(&self) -> Option<Timestamp> {
        self.wake
    }

    /// Steps of the session so far.
    #[must_use]
    pub const fn steps(&self) -> u64 {
        self.steps
    }

    /// A completed tick is what keeps the table's leases alive; nothing else does (H-01).
    fn tick(&mut self, now: Timestamp, output: &mut Output) {
        if let Some(last) = self.last_tick {
            let late = now.since(last);
            if late >= WATCHDOG {
                self.step(now, Event::LoopWasLate(late), output);
            }
        }
        self.last_tick = Some(now);
        if self.wake.is_some_and(|wake| now >= wake) {
            self.step(now, Event::Tick, output);
        }
        let due = self.last_heartbeat.is_none_or(|last| now.since(last) >= HEARTBEAT);
        if self.connected && due {
            self.last_heartbeat = Some(now);
            output.commands.push(TableCommand::Heartbeat);
        }
    }

    fn table(&mut self, now: Timestamp, event: TableEvent, output: &mut Output) {
        let mut other = false;
        let event = match event {
            TableEvent::Connected(capabilities) => {
                // Another table, or another firmware or setting in the midst of a session (H-36).
                let before = self.capabilities.unwrap_or(capabilities);
                let boot_count = capabilities.boot_count;
                let changed = Capabilities { boot_count, ..before } != capabilities;
                other = changed || !fits(self.session.config(), &capabilities);
                if before.boot_count != boot_count {
                    // It was dark long enough for the link to be gone first (H-14, H-15).
                    self.step(now, Event::Link(LinkEvent::Restarted), output);
                }
                self.capabilities = Some(capabilities);
                self.connected = true;
                Event::Link(LinkEvent::Connected)
            }
            TableEvent::FaultBegan(began) => {
                if self.told.is_news(&began) {
                    output.lines.push(SessionLine::FaultBegan(began));
                }
                return;
            }
            TableEvent::Reading(reading) => Event::Reading(reading),
            TableEvent::Armed => Event::Link(LinkEvent::Armed),
            TableEvent::Refused => Event::Link(LinkEvent::Refused),
            TableEvent::Mismatch => Event::Link(LinkEvent::Mismatch),
            TableEvent::SessionLost => {
                self.connected = false;
                Event::Link(LinkEvent::Restarted)
            }
            TableEvent::Lost(_) => {
                self.connected = false;
                Event::Link(LinkEvent::Lost)
            }
        };
        self.step(now, event, output);
        if other {
            self.step(now, Event::Link(LinkEvent::Mismatch), output);
        }
    }

    fn step(&mut self, now: Timestamp, event: Event, output: &mut Output) {
        self.steps = self.steps.wrapping_add(1);
        let Step { commands, prompts, records, next_wake } = self.session.step(now, event);
        self.orders = self.orders.after(now, &commands);
        output.lines.push(SessionLine::Event(event, self.orders));
        self.wake = next_wake;
        for command in commands {
            output.commands.push(self.translate(command));
        }
        for prompt in prompts {
            output.prompts.push(prompt);
        }
        for record in records {
            output.lines.push(SessionLine::Record(record));
        }
    }

    fn translate(&mut self, command: Command) -> TableCommand {
        match command {
            Command::Arm => TableCommand::Arm,
            Command::Disarm => TableCommand::Disarm,
            Command::Start(permit) => {
                let id = CommandId(self.next_id);
                self.next_id = self.next_id.wrapping_add(1);
                TableCommand::Start(id, permit)
            }
            Command::Halt => TableCommand::Halt,
            Command::Return(order) => {
                TableCommand::Return(ReturnMotion { rate: order.rate, held: order.held })
            }
            Command::Stop => TableCommand::Stop,
            Command::AcknowledgeStop => TableCommand::AcknowledgeStop,
            Command::ClearFaults(faults) => TableCommand::ClearFaults(faults),
        }
    }
}
