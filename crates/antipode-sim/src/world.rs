//! The whole simulated table: plant, person, the table's own controller, and the wire to the host,
//! behind the same table link that real tables speak.
//!
//! ```text
//!   host's LinkPort --bytes--> wire --bytes--> Controller --setpoint, brake--> Plant <--> Person
//!                   <--bytes-- wire <--bytes--            <--angles, switches--
//! ```
//! Nothing here short-cuts the wire or the controller: what the last layer does is tested, not
//! assumed.

mod board;
mod line;
mod served;
mod setup;
mod trouble;

#[cfg(test)]
mod tests;

pub use line::Arrived;
pub use served::Served;
pub use setup::WorldSetup;

use antipode_device::{InProcessTable, LinkPort, TableCommand, TableEvent};
use antipode_firmware::Controller;
use antipode_safety::Timestamp;

use crate::chance::{Chance, Stream};
use crate::faults::{Fault, FaultKind};
use crate::person::VirtualPerson;
use crate::plant::Plant;
use crate::wire::{FrameKind, Tag, Wire};
use board::Board;

/// The controller's loop turns this often, milliseconds.
const CONTROLLER_MS: u64 = 10;
/// Baud rate of the simulated line.
const BAUD: u32 = 115_200;
/// Delay of the simulated line and its buffers, milliseconds.
const LINE_MS: u64 = 1;

/// A simulated table with a person on it, and the line to the host.
#[derive(Clone, Debug)]
pub struct World {
    now_ms: u64,
    plant: Plant,
    person: VirtualPerson,
    board: Board,
    port: LinkPort,
    /// What a host outside this process has to read, where one has the line; none otherwise.
    outside: Option<Vec<u8>>,
    down: Wire,
    up: Wire,
    out: Vec<u8>,
    faults: Vec<Fault>,
    /// When the set of present faults changes next.
    next_change_ms: u64,
    reconnect_ms: Option<u64>,
    rival_ms: Option<u64>,
    spotter_stop: bool,
    sent: u32,
    arrived: Arrived,
    highest: u32,
    /// A frame waits for a delimiter to stand in for the one it lost.
    open: bool,
}

impl World {
    /// The world of `setup`, at rest in the rest band at time 0. The same seed gives the same run.
    #[must_use]
    pub fn new(setup: &WorldSetup, seed: u64) -> Self {
        Self {
            now_ms: 0,
            plant: Plant::new(&setup.plant, &setup.person, seed),
            person: VirtualPerson::new(&setup.person, seed),
            board: Board::new(setup.firmware, Chance::new(seed, Stream::Entropy)),
            port: LinkPort::new(1, true),
            outside: None,
            down: Wire::new(BAUD, LINE_MS, Chance::new(seed, Stream::WireDown)),
            up: Wire::new(BAUD, LINE_MS, Chance::new(seed, Stream::WireUp)),
            out: Vec::with_capacity(256),
            faults: Vec::new(),
            next_change_ms: u64::MAX,
            reconnect_ms: None,
            rival_ms: None,
            spotter_stop: false,
            sent: 0,
            arrived: Arrived::default(),
            highest: 0,
            open: false,
        }
    }

    /// Adds a fault to the run. Those of the host are the shell's to carry out.
    pub fn add_fault(&mut self, fault: Fault) {
        self.faults.push(fault);
        self.next_change_ms = self.next_change_ms.min(fault.at_ms);
    }

    /// Takes every fault away: the world heals.
    pub fn heal(&mut self) {
        self.faults.clear();
        self.apply_faults();
    }

    /// Every fault of the run.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Whether a fault of `kind` is present now.
    #[must_use]
    pub fn has_fault(&self, kind: FaultKind) -> bool {
        self.faults.iter().any(|fault| fault.kind == kind && fault.is_present(self.now_ms))
    }

    /// The table and its true angle.
    #[must_use]
    pub const fn plant(&self) -> &Plant {
        &self.plant
    }

    /// The table, to work it by hand as a spotter does.
    pub const fn plant_mut(&mut self) -> &mut Plant {
        &mut self.plant
    }

    /// The person.
    #[must_use]
    pub const fn person(&self) -> &VirtualPerson {
        &self.person
    }

    /// The person, to be asked and scripted.
    pub const fn person_mut(&mut self) -> &mut VirtualPerson {
        &mut self.person
    }

    /// The table's own controller; `None` while it has no power or restarts.
    #[must_use]
    pub const fn controller(&self) -> Option<&Controller> {
        self.board.controller()
    }

    /// What the controller puts out.
    #[must_use]
    pub const fn outputs(&self) -> antipode_firmware::Outputs {
        self.board.outputs()
    }

    /// How often the controller has started.
    #[must_use]
    pub const fn boots(&self) -> u16 {
        self.board.boots()
    }

    /// The host's end of the line.
    #[must_use]
    pub const fn port(&self) -> &LinkPort {
        &self.port
    }

    /// Time that the world has reached, milliseconds.
    #[must_use]
    pub const fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// Presses or lets go the fixed STOP button beside the table.
    pub const fn press_fixed_stop(&mut self, pressed: bool) {
        self.spotter_stop = pressed;
    }

    /// Whether the fixed STOP button beside the table is pressed.
    #[must_use]
    pub const fn fixed_stop(&self) -> bool {
        self.spotter_stop
    }

    /// The settings commissioned into the controller.
    #[must_use]
    pub const fn firmware(&self) -> &antipode_firmware::Config {
        self.board.config()
    }

    /// A new host program opens the line: a new port that knows nothing.
    pub fn reopen_host(&mut self) {
        self.port = LinkPort::new(2, true);
        self.up.clear();
    }

    /// Runs one turn of the controller's loop.
    fn turn(&mut self, now_ms: u64) {
        self.now_ms = now_ms;
        if now_ms >= self.next_change_ms {
            self.apply_faults();
        }
        let drive = self.board.drive();
        self.plant.advance(now_ms, drive);
        let (tilt, rate) = (self.plant.true_tilt_mdeg(), self.plant.true_rate_mdeg_per_s());
        self.person.advance(now_ms, tilt, rate);
        self.disturb(now_ms);
        self.hear(now_ms);
        let switches = board::switches(&self.person, self.spotter_stop);
        let up = &mut self.up;
        self.board.turn(now_ms, &mut self.plant, switches, |bytes| {
            up.send(now_ms, bytes, Tag::OTHER);
        });
        let (port, outside) = (&mut self.port, &mut self.outside);
        self.up.deliver(now_ms, |bytes, _| match outside {
            Some(unread) => unread.extend_from_slice(bytes),
            None => port.receive(Timestamp::from_millis(now_ms), bytes),
        });
        if self.outside.is_none() && now_ms >= self.port.next_poll().as_millis() {
            self.port.poll(Timestamp::from_millis(now_ms), &mut self.out);
            self.flush(FrameKind::Other);
        }
    }

    /// Frames that the host has put on the line since the start.
    #[must_use]
    pub const fn frames_sent(&self) -> u32 {
        self.sent
    }

    /// What arrived at the table in the last turn.
    #[must_use]
    pub const fn arrived(&self) -> Arrived {
        self.arrived
    }
}

impl InProcessTable for World {
    fn advance(&mut self, now: Timestamp) {
        let now_ms = now.as_millis();
        let mut turn = (self.now_ms / CONTROLLER_MS + 1) * CONTROLLER_MS;
        while turn <= now_ms {
            self.turn(turn);
            turn += CONTROLLER_MS;
        }
    }

    fn send(&mut self, command: TableCommand) {
        let kind = match command {
            TableCommand::Start(..) => FrameKind::Motion,
            TableCommand::Return(_) => FrameKind::Return,
            TableCommand::Stop => FrameKind::Stop,
            TableCommand::Heartbeat => FrameKind::Heartbeat,
            TableCommand::Arm
            | TableCommand::Disarm
            | TableCommand::Halt
            | TableCommand::AcknowledgeStop
            | TableCommand::ClearFaults(_) => FrameKind::Other,
        };
        self.port.send(Timestamp::from_millis(self.now_ms), command, &mut self.out);
        self.flush(kind);
    }

    fn next_event(&mut self) -> Option<TableEvent> {
        self.port.next_event()
    }
}
