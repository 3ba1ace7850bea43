//! The real shell's control loop on a clock of its own: the world, the hands and the loop on one
//! thread, an hour in a second.
//!
//! The clock is the last thing that the loop looks at. When nothing else is to be done it lets the
//! world run on by one turn, or gives the tick that is due.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Poll;
use std::time::SystemTime;

use antipode_core::session::SessionConfig;
use antipode_device::{
    Capabilities, CommandId, InProcessTable, OpenTable, ReturnMotion, Stopper, Table, TableCommand,
    TableError, TableEvent,
};
use antipode_engine::real::{Clock, Control, Ended, Handle, JournalPort};
use antipode_safety::{FaultSet, Millis, Reading, Timestamp, guard::Permit};
use antipode_sim::{
    person::PersonConfig,
    world::{World, WorldSetup},
};
use async_trait::async_trait;

/// The clock does not begin at zero: a machine has been up for a while.
pub(crate) const BEGAN: Timestamp = Timestamp::from_millis(4_000_000_000);
const TURN: Millis = Millis::new(10);

/// What left for the table, in order, and by which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Arm,
    Disarm,
    Start,
    Halt,
    Return { held: bool },
    Stop,
    Heartbeat,
    AcknowledgeStop,
    ClearFaults,
    StopLane,
    HaltLane,
}

/// The world and what was sent to it.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    /// How long the machine has slept, by its own account.
    pub(crate) asleep_ms: u64,
    pub(crate) world: World,
    pub(crate) sent: Vec<(u64, Sent)>,
}

impl Scene {
    pub(crate) fn new(seed: u64) -> Self {
        let world = World::new(&WorldSetup::reference(PersonConfig::reference()), seed);
        Self { asleep_ms: 0, world, sent: Vec::new() }
    }

    /// The rate that the table's own controller asks of its drive.
    pub(crate) fn setpoint(&self) -> i32 {
        self.world.outputs().setpoint.millideg_per_s()
    }

    /// Milliseconds since the scene began.
    pub(crate) const fn now_ms(&self) -> u64 {
        self.world.now_ms()
    }

    pub(crate) fn tilt(&self) -> i32 {
        self.world.plant().true_tilt_mdeg()
    }

    pub(crate) fn count(&self, wanted: Sent) -> usize {
        self.sent.iter().filter(|(_, sent)| *sent == wanted).count()
    }

    fn send_as(&mut self, sent: Sent, command: TableCommand) {
        self.sent.push((self.world.now_ms(), sent));
        self.world.send(command);
    }
}

impl InProcessTable for Scene {
    fn advance(&mut self, now: Timestamp) {
        self.world.advance(now);
    }

    fn send(&mut self, command: TableCommand) {
        let sent = match command {
            TableCommand::Arm => Sent::Arm,
            TableCommand::Disarm => Sent::Disarm,
            TableCommand::Start(..) => Sent::Start,
            TableCommand::Halt => Sent::Halt,
            TableCommand::Return(motion) => Sent::Return { held: motion.held },
            TableCommand::Stop => Sent::Stop,
            TableCommand::Heartbeat => Sent::Heartbeat,
            TableCommand::AcknowledgeStop => Sent::AcknowledgeStop,
            TableCommand::ClearFaults(_) => Sent::ClearFaults,
        };
        self.send_as(sent, command);
    }

    fn next_event(&mut self) -> Option<TableEvent> {
        self.world.next_event()
    }
}

#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Scene>>);

impl Shared {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(Scene::new(seed))))
    }

    /// A table that measures one angle, and has greeted.
    pub(crate) fn with_one_angle(seed: u64) -> Self {
        let mut setup = WorldSetup::reference(PersonConfig::reference());
        setup.firmware.second_angle = false;
        setup.plant.angle.inclinometer = false;
        let mut world = World::new(&setup, seed);
        while world.port().capabilities().is_none() {
            world.advance(Timestamp::from_millis(world.now_ms()).plus(TURN));
        }
        Self(Arc::new(Mutex::new(Scene { asleep_ms: 0, world, sent: Vec::new() })))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Scene> {
        self.0.lock().unwrap()
    }

    /// The scene's table, open.
    pub(crate) fn open(&self) -> OpenTable {
        (Box::new(SceneTable(self.clone())), Arc::new(SceneStopper(self.clone())))
    }
}

struct SceneStopper(Shared);

impl Stopper for SceneStopper {
    fn stop(&self) {
        self.0.lock().send_as(Sent::StopLane, TableCommand::Stop);
    }

    fn halt(&self) {
        self.0.lock().send_as(Sent::HaltLane, TableCommand::Halt);
    }
}

struct SceneTable(Shared);

impl SceneTable {
    fn say(&self, command: TableCommand) -> Result<(), TableError> {
        self.0.lock().send(command);
        Ok(())
    }
}

#[async_trait]
impl Table for SceneTable {
    fn capabilities(&self) -> Capabilities {
        *self.0.lock().world.port().capabilities().unwrap()
    }

    async fn arm(&mut self) -> Result<(), TableError> {
        self.say(TableCommand::Arm)
    }

    async fn disarm(&mut self) -> Result<(), TableError> {
        self.say(TableCommand::Disarm)
    }

    async fn start(&mut self, id: CommandId, permit: Permit) -> Result<(), TableError> {
        self.say(TableCommand::Start(id, permit))
    }

    async fn halt(&mut self) -> Result<(), TableError> {
        self.say(TableCommand::Halt)
    }

    async fn return_to_rest(&mut self, motion: ReturnMotion) -> Result<(), TableError> {
        self.say(TableCommand::Return(motion))
    }

    async fn stop(&mut self) -> Result<(), TableError> {
        self.say(TableCommand::Stop)
    }

    async fn heartbeat(&mut self) -> Result<(), TableError> {
        self.say(TableCommand::Heartbeat)
    }

    async fn acknowledge_stop(&mut self) -> Result<(), TableError> {
        self.say(TableCommand::AcknowledgeStop)
    }

    async fn clear_faults(&mut self, faults: FaultSet) -> Result<(), TableError> {
        self.say(TableCommand::ClearFaults(faults))
    }

    async fn next_event(&mut self) -> Result<TableEvent, TableError> {
        poll_fn(|_| match self.0.lock().world.next_event() {
            Some(event) => Poll::Ready(Ok(on_host_clock(event))),
            // The clock wakes the loop when the world has run on.
            None => Poll::Pending,
        })
        .await
    }
}

/// The scene counts from zero, the host's clock from when its machine started.
pub(crate) fn on_host_clock(event: TableEvent) -> TableEvent {
    if let TableEvent::Reading(reading) = event {
        let at = BEGAN.plus(Millis::new(reading.at.as_millis()));
        TableEvent::Reading(Reading { at, ..reading })
    } else {
        event
    }
}

/// What a turn of the clock is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Hands,
    World,
    Tick,
}

/// Sees the scene before every turn of the world, and acts on the engine.
pub(crate) type Hands = Box<dyn FnMut(&Shared, &Handle) + Send>;

/// Acts while the control loop asks for the time: after it looked at its lane, and before it
/// decides and sends.
pub(crate) type Interruption = Box<dyn Fn(&Shared, &Handle) + Send>;

pub(crate) struct SceneClock {
    scene: Shared,
    handle: Option<Handle>,
    hands: Hands,
    interruption: Option<Interruption>,
    phase: Phase,
    odd: bool,
}

impl Clock for SceneClock {
    fn now(&self) -> Timestamp {
        if let (Some(interrupt), Some(handle)) = (&self.interruption, &self.handle) {
            interrupt(&self.scene, handle);
        }
        BEGAN.plus(Millis::new(self.scene.lock().now_ms()))
    }

    fn asleep(&self) -> Millis {
        Millis::new(self.scene.lock().asleep_ms)
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn tick(&mut self) -> impl Future<Output = ()> {
        poll_fn(|context| {
            context.waker().wake_by_ref();
            match self.phase {
                Phase::Hands => {
                    self.phase = Phase::World;
                    if let Some(handle) = &self.handle {
                        (self.hands)(&self.scene, handle);
                    }
                    Poll::Pending
                }
                Phase::World => {
                    let mut scene = self.scene.lock();
                    let now = Timestamp::from_millis(scene.now_ms()).plus(TURN);
                    scene.world.advance(now);
                    self.odd = !self.odd;
                    self.phase = if self.odd { Phase::Tick } else { Phase::Hands };
                    Poll::Pending
                }
                Phase::Tick => {
                    self.phase = Phase::Hands;
                    Poll::Ready(())
                }
            }
        })
    }
}

/// The loop of the real shell on a scene, with hands.
pub(crate) struct Bench {
    pub(crate) scene: Shared,
    pub(crate) handle: Handle,
    control: Control<SceneClock>,
}

impl Bench {
    pub(crate) fn new(
        config: SessionConfig,
        scene: &Shared,
        open: OpenTable,
        journal: Box<dyn JournalPort>,
        hands: Hands,
    ) -> Self {
        let clock = SceneClock {
            scene: scene.clone(),
            handle: None,
            hands,
            interruption: None,
            phase: Phase::Hands,
            odd: false,
        };
        let (mut control, handle) = Control::new(config, open, journal, clock);
        control.clock_mut().handle = Some(handle.clone());
        Self { scene: scene.clone(), handle, control }
    }

    pub(crate) fn interrupted(mut self, interruption: Interruption) -> Self {
        self.control.clock_mut().interruption = Some(interruption);
        self
    }

    /// Runs until the engine ends, or until the scene has reached `until_ms`.
    pub(crate) fn run(&mut self, until_ms: u64) -> Option<Ended> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let scene = self.scene.clone();
        runtime.block_on(async {
            let mut run = pin!(self.control.run());
            poll_fn(|context| match run.as_mut().poll(context) {
                Poll::Ready(ended) => Poll::Ready(Some(ended)),
                Poll::Pending if scene.lock().now_ms() >= until_ms => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            })
            .await
        })
    }
}
