//! A table that a maker's own drive turns, with a sensor beside it, on lines of their own.

use antipode_safety::Timestamp;

use super::board::{Board, Felt, Push};
use super::fault::{DeviceFault, DeviceFaults};
use super::jrk::Jrk;
use super::modbus::ModbusDrive;
use super::reply::Replies;
use super::roboclaw::RoboClaw;
use super::sensor::Sensor;
use super::tic::Tic;
use super::{DeviceSetup, DriveSetup, Linkage};
use crate::chance::{Chance, Stream};
use crate::faults::{Fault, FaultKind, Struck};
use crate::person::VirtualPerson;
use crate::plant::{DriveInput, Plant, PlantFaults, Sensed};
use crate::pty::LineEnd;
use crate::wire::{Tag, Wire, WireFaults};

/// Rate of a line before its host sets one.
const BAUD: u32 = 115_200;
/// Most bytes of one piece on a simulated line.
const PIECE: usize = 64;
/// Bytes that a host may leave unread; what is more is lost, as in any full buffer.
const UNREAD: usize = 16 * 1_024;
/// The person lives this often, milliseconds.
const PERSON_MS: u64 = 10;
/// A board that hangs is restarted by its chip's watchdog after this long, milliseconds.
const WATCHDOG_MS: u64 = 500;
/// From a restart to the first turn of the loop, milliseconds.
const BOOT_MS: u64 = 100;
/// Time between two restarts of a reset loop, milliseconds.
const RESET_LOOP_MS: u64 = 2_000;
/// A slow loop turns this often, milliseconds.
const SLOW_MS: u64 = 50;
/// Speed lost per ampere, thousandths: a motor that pulls turns slower.
const DROOP_PERMILLE_PER_A: i64 = 20;

/// Both directions of one line.
#[derive(Clone, Debug)]
struct Line {
    down: Wire,
    up: Wire,
    unread: Vec<u8>,
}

impl Line {
    fn new(seed: u64, down: Stream, up: Stream) -> Self {
        Self {
            down: Wire::new(BAUD, 0, Chance::new(seed, down)),
            up: Wire::new(BAUD, 0, Chance::new(seed, up)),
            unread: Vec::new(),
        }
    }

    fn deliver(&mut self, now_ms: u64) {
        let unread = &mut self.unread;
        self.up.deliver(now_ms, |bytes, _| unread.extend_from_slice(bytes));
        self.unread.truncate(UNREAD);
    }
}

fn send(wire: &mut Wire, now_ms: u64, bytes: &[u8]) {
    for piece in bytes.chunks(PIECE) {
        wire.send(now_ms, piece, Tag::OTHER);
    }
}

/// What is wrong with the run of the board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Running {
    frozen: bool,
    slow: bool,
    reset_loop: bool,
    /// How much too fast its clock runs, in ten thousandths.
    clock: i64,
}

/// A table with a drive of another maker: plant, person, drive, sensor, and the lines to the host.
#[derive(Clone, Debug)]
pub struct SerialTable {
    now_ms: u64,
    plant: Plant,
    person: VirtualPerson,
    linkage: Linkage,
    board: Board,
    push: Push,
    replies: Replies,
    sensor: Option<Sensor>,
    drive_line: Option<Line>,
    sensor_line: Option<Line>,
    device: DeviceFaults,
    faults: Vec<(usize, Fault)>,
    next_change_ms: u64,
    running: Running,
    hangs_since_ms: Option<u64>,
    starts_at_ms: u64,
    reset_due_ms: Option<u64>,
    restarts: u32,
    clock_us: u64,
}

impl SerialTable {
    /// The table of `setup`, at rest at time 0. The same seed gives the same run.
    #[must_use]
    pub fn new(setup: &DeviceSetup, seed: u64) -> Self {
        let board = match &setup.drive {
            DriveSetup::Jrk(jrk) => Board::Jrk(Jrk::new(jrk)),
            DriveSetup::Tic(tic) => Board::Tic(Tic::new(tic)),
            DriveSetup::RoboClaw(claw) => Board::RoboClaw(RoboClaw::new(claw)),
            DriveSetup::Modbus(drive) => Board::Modbus(ModbusDrive::new(drive)),
            DriveSetup::None => Board::None,
        };
        let drive_line = (setup.drive != DriveSetup::None)
            .then(|| Line::new(seed, Stream::WireDown, Stream::WireUp));
        Self {
            now_ms: 0,
            plant: Plant::new(&setup.plant, &setup.person, seed),
            person: VirtualPerson::new(&setup.person, seed),
            linkage: setup.linkage.clone(),
            board,
            push: Push::Hold,
            replies: Replies::new(Chance::new(seed, Stream::Nonsense)),
            sensor: setup.sensor.map(Sensor::new),
            drive_line,
            sensor_line: setup
                .sensor
                .map(|_| Line::new(seed, Stream::SensorDown, Stream::SensorUp)),
            device: DeviceFaults::NONE,
            faults: Vec::new(),
            next_change_ms: u64::MAX,
            running: Running::default(),
            hangs_since_ms: None,
            starts_at_ms: 0,
            reset_due_ms: None,
            restarts: 0,
            clock_us: 0,
        }
    }

    /// Time that the table has reached, milliseconds.
    #[must_use]
    pub const fn now_ms(&self) -> u64 {
        self.now_ms
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

    /// From stroke to tilt.
    #[must_use]
    pub const fn linkage(&self) -> &Linkage {
        &self.linkage
    }

    /// The speed at which the drive runs its motor now, in thousandths of the stroke's unit a
    /// second; 0 when it does not drive.
    #[must_use]
    pub const fn motor_speed(&self) -> i32 {
        match self.push {
            Push::Speed(per_s) => per_s,
            Push::Hold | Push::Coast => 0,
        }
    }

    /// How often the drive's board has restarted.
    #[must_use]
    pub const fn restarts(&self) -> u32 {
        self.restarts
    }

    /// Lets a fault of the drive itself begin or end.
    pub fn set_device_fault(&mut self, fault: DeviceFault, present: bool) {
        self.device.set(fault, present);
        self.replies.set_faults(self.device);
    }

    /// Adds a fault to the run; one of the wire strikes line 0. Those of a host do nothing here.
    pub fn add_fault(&mut self, fault: Fault) {
        self.add_fault_on(0, fault);
    }

    /// Adds a fault to the run; one of the wire strikes `line`.
    pub fn add_fault_on(&mut self, line: usize, fault: Fault) {
        self.faults.push((line, fault));
        self.next_change_ms = self.next_change_ms.min(fault.at_ms);
    }

    /// Takes every fault away, those of the device too.
    pub fn heal(&mut self) {
        self.faults.clear();
        self.device = DeviceFaults::NONE;
        self.replies.set_faults(self.device);
        self.apply_faults();
    }

    /// The lines in their order.
    fn line(&mut self, line: usize) -> Option<&mut Line> {
        self.drive_line.iter_mut().chain(self.sensor_line.as_mut()).nth(line)
    }

    /// One millisecond.
    fn turn(&mut self, now_ms: u64) {
        self.now_ms = now_ms;
        if now_ms >= self.next_change_ms {
            self.apply_faults();
        }
        self.plant.advance(now_ms, self.drive_input());
        if now_ms.is_multiple_of(PERSON_MS) {
            let (tilt, rate) = (self.plant.true_tilt_mdeg(), self.plant.true_rate_mdeg_per_s());
            self.person.advance(now_ms, tilt, rate);
        }
        let sensed = self.plant.sense();
        self.turn_drive(&sensed);
        if let (Some(line), Some(sensor)) = (&mut self.sensor_line, &mut self.sensor) {
            line.down.deliver(now_ms, |bytes, _| sensor.hear(bytes));
            let up = &mut line.up;
            sensor.turn(now_ms, &sensed, &self.person, |bytes| send(up, now_ms, bytes));
            line.deliver(now_ms);
        }
    }

    /// The drive's board: power, restarts, and its loop.
    fn turn_drive(&mut self, sensed: &Sensed) {
        let now_ms = self.now_ms;
        let unpowered = self.unpowered();
        let Some(line) = &mut self.drive_line else { return };
        let runs = sensed.powered && now_ms >= self.starts_at_ms;
        let felt = Felt {
            now_ms: self.clock_us / 1_000,
            stroke: sensed.tilt_drive.map(|tilt| self.linkage.stroke_at(tilt)),
            current_ma: sensed.current_ma,
            supply_mv: if unpowered { 0 } else { sensed.supply_mv },
            temperature_c: sensed.temperature_c,
            faults: self.device,
        };
        self.clock_us = self.clock_us.saturating_add_signed(1_000 + self.running.clock / 10);
        let hears = runs && !self.running.frozen;
        let (board, replies) = (&mut self.board, &mut self.replies);
        line.down.deliver(now_ms, |bytes, _| {
            if hears {
                board.hear(&felt, bytes, replies);
            }
        });
        let up = &mut line.up;
        replies.deliver(felt.now_ms, |bytes| send(up, now_ms, bytes));
        line.deliver(now_ms);
        if !sensed.powered || self.reset_due_ms.is_some_and(|due| now_ms >= due) {
            let again = self.running.reset_loop.then_some(now_ms + RESET_LOOP_MS);
            self.reset_due_ms = again.filter(|_| sensed.powered);
            self.restart();
        } else if runs && !self.hangs() && self.loop_is_due() {
            self.push = self.board.turn(&felt);
        }
    }

    fn loop_is_due(&self) -> bool {
        !self.running.slow || self.now_ms.is_multiple_of(SLOW_MS)
    }

    /// A board that hangs leaves its motor as it is until the chip's watchdog restarts it.
    fn hangs(&mut self) -> bool {
        if !self.running.frozen {
            self.hangs_since_ms = None;
            return false;
        }
        let since = *self.hangs_since_ms.get_or_insert(self.now_ms);
        if self.now_ms.saturating_sub(since) >= WATCHDOG_MS {
            self.hangs_since_ms = None;
            self.restart();
        }
        true
    }

    fn restart(&mut self) {
        self.restarts = self.restarts.saturating_add(1);
        self.starts_at_ms = self.now_ms + BOOT_MS;
        self.push = Push::Hold;
        self.replies.clear();
        self.board.restart(self.clock_us / 1_000);
    }

    const fn unpowered(&self) -> bool {
        self.device.has(DeviceFault::NoMotorPower)
    }

    /// What the motor does to the bed. A drive train that stands is held as a screw that locks
    /// itself holds it, which in the plant is the brake.
    fn drive_input(&self) -> DriveInput {
        let per_s = match self.push {
            // A screw that locks itself holds without energy too.
            _ if self.unpowered() => return DriveInput::HELD,
            Push::Hold | Push::Speed(0) => return DriveInput::HELD,
            Push::Coast => return DriveInput::DEAD,
            Push::Speed(per_s) => per_s,
        };
        let tilt = self.plant.true_tilt_mdeg();
        let (first, last) = self.linkage.ends();
        let stroke = self.linkage.stroke_at(tilt);
        // The actuator's own switches cut its motor at the ends.
        if (per_s > 0 && stroke >= last) || (per_s < 0 && stroke <= first) {
            return DriveInput::HELD;
        }
        DriveInput::turn(self.linkage.rate_at(tilt, per_s))
    }

    /// Puts every present fault in its place and finds out when that changes next.
    fn apply_faults(&mut self) {
        let now_ms = self.now_ms;
        let mut wires = [(WireFaults::NONE, WireFaults::NONE); 2];
        let mut plant = PlantFaults::NONE;
        let mut running = Running::default();
        let mut next = u64::MAX;
        let mut ignores = false;
        for (line, fault) in &self.faults {
            next = next.min(fault.next_change_ms(now_ms).unwrap_or(u64::MAX));
            if !fault.is_present(now_ms) {
                continue;
            }
            match fault.kind.strikes() {
                Struck::Wire => {
                    if let Some((down, up)) = wires.get_mut(*line) {
                        fault.on_wires(down, up);
                    }
                }
                Struck::Plant => fault.on_plant(&mut plant),
                Struck::Controller => running.add(fault),
                Struck::Person | Struck::Host => {}
            }
            let restarts = matches!(fault.kind, FaultKind::TableReset | FaultKind::TableResetLoop);
            if restarts && fault.at_ms == now_ms {
                self.reset_due_ms = Some(now_ms);
            }
            ignores |= fault.kind == FaultKind::IgnoresQuestions;
            fault.on_person(&mut self.person, now_ms);
        }
        self.next_change_ms = next;
        for (line, (down, up)) in wires.into_iter().enumerate() {
            if let Some(line) = self.line(line) {
                (line.down.faults, line.up.faults) = (down, up);
            }
        }
        if *self.plant.faults() != plant {
            self.plant.raise_arms(plant.arms_overhead);
            *self.plant.faults_mut() = plant;
        }
        self.running = running;
        self.person.ignore_check_ins(ignores);
    }
}

impl Running {
    fn add(&mut self, fault: &Fault) {
        self.frozen |= fault.kind == FaultKind::TableFreeze;
        self.slow |= fault.kind == FaultKind::SlowLoop;
        self.reset_loop |= fault.kind == FaultKind::TableResetLoop;
        if fault.kind == FaultKind::TableClockDrift {
            self.clock = fault.value() / 100 * 10;
        }
    }
}

/// A motor that pulls `current_ma` reaches less of the speed `per_s` that its voltage stands for.
pub(super) fn under_load(per_s: i64, current_ma: u32) -> i32 {
    let lost = (i64::from(current_ma) * DROOP_PERMILLE_PER_A / 1_000).min(300);
    (per_s * (1_000 - lost) / 1_000) as i32
}

impl LineEnd for SerialTable {
    fn lines(&self) -> usize {
        usize::from(self.drive_line.is_some()) + usize::from(self.sensor_line.is_some())
    }

    fn advance(&mut self, now: Timestamp) {
        for turn in self.now_ms + 1..=now.as_millis() {
            self.turn(turn);
        }
    }

    fn set_baud(&mut self, line: usize, baud: u32) {
        if let Some(line) = self.line(line) {
            line.down.set_baud(baud);
            line.up.set_baud(baud);
        }
    }

    fn hear(&mut self, line: usize, bytes: &[u8]) {
        let now_ms = self.now_ms;
        if let Some(line) = self.line(line) {
            send(&mut line.down, now_ms, bytes);
        }
    }

    fn say(&mut self, line: usize, out: &mut Vec<u8>) {
        if let Some(line) = self.line(line) {
            out.append(&mut line.unread);
        }
    }
}
