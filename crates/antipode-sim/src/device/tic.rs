//! A Pololu Tic that turns a screw with a stepper: it counts steps and feels nothing.
//!
//! # Source
//! Pololu's user's guide 0J71 (sections 5.4, 6 to 9), `tic_protocol.h` and the Arduino library.
//! What none of them says is chosen here and marked.

mod memory;
#[cfg(test)]
mod tests;

use super::board::{Felt, Push};
use super::fault::DeviceFault;
use super::pololu::{Framer, Heard, Rules, Size};
use super::reply::{Check, Replies};
pub use memory::TicSetup;
use memory::{Memory, Response};

const DEENERGIZED: u16 = 1 << 0;
const MOTOR_DRIVER: u16 = 1 << 1;
const LOW_VIN: u16 = 1 << 2;
const SERIAL: u16 = 1 << 5;
const COMMAND_TIMEOUT: u16 = 1 << 6;
const SAFE_START: u16 = 1 << 7;
const OCCURRED_FORMAT: u32 = 1 << 18;
const OCCURRED_CRC: u32 = 1 << 19;
/// "Exit safe start" holds for so long, milliseconds.
const SAFE_START_MS: u64 = 200;
/// Units of speed in a step a second.
const PER_STEP: i64 = 10_000;
/// The board's loop turns this often, milliseconds.
const TURN_MS: i64 = 1;

/// What it plans its steps for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    Hold,
    Position(i32),
    Velocity(i32),
}

/// The board.
#[derive(Clone, Debug)]
pub(super) struct Tic {
    memory: Memory,
    steps_per_unit: u32,
    framer: Framer,
    plan: Plan,
    /// Place in ten thousandths of a thousandth of a step: what speed and milliseconds make.
    place: i64,
    velocity: i32,
    uncertain: bool,
    deenergized: bool,
    safe_start: bool,
    safe_until_ms: u64,
    serial_error: bool,
    errors: u16,
    occurred: u32,
    supply_mv: u16,
    fed_ms: u64,
    started_ms: u64,
}

impl Tic {
    pub(super) fn new(setup: &TicSetup) -> Self {
        Self {
            memory: Memory::new(setup),
            steps_per_unit: setup.steps_per_unit.max(1),
            framer: Framer::default(),
            plan: Plan::Hold,
            place: 0,
            velocity: 0,
            uncertain: true,
            // Chosen: after power it waits for "energize", the most that a host must know.
            deenergized: true,
            safe_start: true,
            safe_until_ms: 0,
            serial_error: false,
            errors: DEENERGIZED | SAFE_START,
            occurred: 0,
            supply_mv: 0,
            fed_ms: 0,
            started_ms: 0,
        }
    }

    pub(super) fn restart(&mut self, now_ms: u64) {
        let setup = self.memory.setup(self.steps_per_unit);
        *self = Self { started_ms: now_ms, fed_ms: now_ms, ..Self::new(&setup) };
    }

    pub(super) fn hear(&mut self, felt: &Felt, bytes: &[u8], replies: &mut Replies) {
        let number =
            u16::from(self.memory.number()) ^ u16::from(felt.has(DeviceFault::WrongIdentity));
        let rules =
            Rules { crc: self.memory.checks_commands(), compact: true, wide: false, number };
        for byte in bytes {
            match self.framer.take(*byte, rules, size) {
                None => {}
                Some(Heard::Command { frame, command, data }) => {
                    self.obey(felt, &frame, command, &data, replies);
                }
                Some(Heard::BadCheck) => self.damaged(OCCURRED_CRC),
                Some(Heard::Malformed) => self.damaged(OCCURRED_FORMAT),
            }
        }
    }

    const fn damaged(&mut self, how: u32) {
        self.serial_error = true;
        self.occurred |= how;
    }

    fn obey(&mut self, felt: &Felt, frame: &[u8], command: u8, data: &[u8], replies: &mut Replies) {
        // A valid command takes the error of the line off.
        self.serial_error = false;
        let feeds = matches!(command, 0x83 | 0x85 | 0x89 | 0x8c | 0xb0 | 0xe0 | 0xe3 | 0xec);
        if feeds {
            self.fed_ms = felt.now_ms;
        }
        match (command, data) {
            (0xe0, data) => self.plan = Plan::Position(signed(data)),
            (0xe3, data) => {
                let top = self.memory.speed();
                self.plan = Plan::Velocity(signed(data).clamp(-top, top));
            }
            (0xec, data) => {
                self.halt();
                self.place = i64::from(signed(data)) * PER_STEP * 1_000;
                self.uncertain = false;
            }
            (0x89, []) => self.halt(),
            (0x83, []) => {
                self.safe_start = false;
                self.safe_until_ms = felt.now_ms + SAFE_START_MS;
            }
            (0x8f, []) => self.safe_start = true,
            (0x85, []) => self.deenergized = false,
            (0x86, []) => {
                self.deenergized = true;
                self.uncertain = true;
                (self.velocity, self.plan) = (0, Plan::Hold);
            }
            (0xb0, []) => self.halt(),
            (0x8a | 0x8c, []) => {}
            (0xe6, data) => self.memory.set_speed(signed(data)),
            (0xe9, data) => self.memory.set_deceleration(signed(data)),
            (0xea, data) => self.memory.set_acceleration(signed(data)),
            (0xa1 | 0xa2, &[offset, len]) => {
                let variables = self.variables(felt);
                if command == 0xa2 {
                    self.occurred = 0;
                }
                self.give(felt, frame, &variables, (offset, len), replies);
            }
            (0xa8, &[offset, len]) => {
                let settings = self.memory.shown(felt);
                self.give(felt, frame, &settings, (offset, len), replies);
            }
            // Step mode, current limit, decay: they change nothing that is modelled.
            (0x91 | 0x92 | 0x94 | 0xe5, _) => {}
            _ => self.damaged(OCCURRED_FORMAT),
        }
    }

    fn give(
        &self,
        felt: &Felt,
        frame: &[u8],
        from: &[u8],
        (offset, len): (u8, u8),
        replies: &mut Replies,
    ) {
        let end = usize::from(offset) + usize::from(len);
        let Some(part) = from.get(usize::from(offset)..end).filter(|part| !part.is_empty()) else {
            return;
        };
        let check = if self.memory.checks_answers() { Check::Pololu } else { Check::None };
        replies.say(felt.now_ms, frame, part.to_vec(), check);
    }

    /// Stops at once and holds: where it moved, it no longer knows where it is.
    const fn halt(&mut self) {
        self.uncertain |= self.velocity != 0;
        self.velocity = 0;
        self.plan = Plan::Hold;
    }

    fn position(&self) -> i32 {
        (self.place / (PER_STEP * 1_000)).clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
    }

    fn energized(&self) -> bool {
        !self.deenergized && self.errors & LOW_VIN == 0
    }

    /// The variables as they lie from offset 0 on.
    fn variables(&self, felt: &Felt) -> [u8; 0x50] {
        let mut all = [0; 0x50];
        let mut put = |at: usize, bytes: &[u8]| all[at..at + bytes.len()].copy_from_slice(bytes);
        let operation = match (self.energized(), self.errors) {
            (false, _) => 2,
            (true, 0) => 10,
            (true, _) => 4,
        };
        let flags = u8::from(self.energized()) | u8::from(self.uncertain) << 1;
        put(0x00, &[operation, flags]);
        put(0x02, &self.errors.to_le_bytes());
        put(0x04, &self.occurred.to_le_bytes());
        let (plan, position, velocity) = match self.plan {
            Plan::Hold => (0, 0, 0),
            Plan::Position(to) => (1, to, 0),
            Plan::Velocity(at) => (2, 0, at),
        };
        put(0x09, &[plan]);
        put(0x0a, &position.to_le_bytes());
        put(0x0e, &velocity.to_le_bytes());
        put(0x16, &self.memory.speed().to_le_bytes());
        put(0x1a, &self.memory.deceleration().to_le_bytes());
        put(0x1e, &self.memory.acceleration().to_le_bytes());
        put(0x22, &self.position().to_le_bytes());
        put(0x26, &self.velocity.to_le_bytes());
        put(0x33, &self.supply_mv.to_le_bytes());
        let up_ms = felt.now_ms.saturating_sub(self.started_ms) as u32;
        put(0x35, &up_ms.to_le_bytes());
        all
    }

    pub(super) fn turn(&mut self, felt: &Felt) -> Push {
        self.supply_mv = felt.supply_mv.min(65_535) as u16;
        self.watch(felt);
        if !self.energized() {
            self.velocity = 0;
            return Push::Coast;
        }
        if self.errors == 0 {
            self.follow();
        } else {
            self.give_up();
        }
        self.place += i64::from(self.velocity) * TURN_MS;
        if self.velocity == 0 && !self.energized() {
            return Push::Coast;
        }
        let per_s = i64::from(self.velocity) * 1_000 / PER_STEP / i64::from(self.steps_per_unit);
        Push::Speed(per_s.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32)
    }

    /// What stops it now.
    fn watch(&mut self, felt: &Felt) {
        let mut errors = 0;
        let mut when = |present: bool, error: u16| errors |= if present { error } else { 0 };
        when(self.deenergized, DEENERGIZED);
        when(felt.has(DeviceFault::LatchedFault), MOTOR_DRIVER);
        when(felt.supply_mv < 5_000, LOW_VIN);
        when(self.serial_error, SERIAL);
        let off = felt.has(DeviceFault::TimeoutOff) || felt.has(DeviceFault::TimeoutDead);
        let timeout_ms = self.memory.timeout_ms();
        let silent_ms = felt.now_ms.saturating_sub(self.fed_ms);
        when(!off && timeout_ms > 0 && silent_ms >= timeout_ms, COMMAND_TIMEOUT);
        // Whatever stops it, safe start then keeps it from starting by itself.
        if errors != 0 && felt.now_ms >= self.safe_until_ms && self.memory.safe_start() {
            self.safe_start = true;
        }
        if self.safe_start && self.memory.safe_start() {
            errors |= SAFE_START;
        }
        self.errors = errors;
        self.occurred |= u32::from(errors);
    }

    /// Steps toward what is planned.
    fn follow(&mut self) {
        let top = i64::from(self.memory.speed());
        match self.plan {
            Plan::Hold => self.velocity = self.memory.ramped(self.velocity, 0),
            Plan::Velocity(at) => self.velocity = self.memory.ramped(self.velocity, at.into()),
            Plan::Position(to) => {
                let left = i64::from(to) * PER_STEP * 1_000 - self.place;
                let wanted = self.approach_speed(left).clamp(-top, top);
                let next = self.memory.ramped(self.velocity, wanted);
                // What is left it steps and no further; one turn is a millisecond.
                let passes =
                    i64::from(next).signum() == left.signum() && i64::from(next).abs() > left.abs();
                self.velocity = if passes { left as i32 } else { next };
            }
        }
    }

    /// The speed from which it can still stop within `left`: its square is twice the way times the
    /// deceleration, which is in hundredths of a step a second squared.
    fn approach_speed(&self, left: i64) -> i64 {
        let way = left.unsigned_abs() as f64 / (PER_STEP * 1_000) as f64;
        let speed = libm::sqrt(2.0 * way * f64::from(self.memory.deceleration()) / 100.0);
        (speed * PER_STEP as f64) as i64 * left.signum()
    }

    /// What an error makes it do.
    fn give_up(&mut self) {
        match self.memory.response() {
            Response::Deenergize => {
                self.deenergized = true;
                self.uncertain = true;
                (self.velocity, self.plan) = (0, Plan::Hold);
            }
            Response::HaltAndHold => self.halt(),
            Response::DecelerateToHold => {
                self.plan = Plan::Hold;
                self.velocity = self.memory.ramped(self.velocity, 0);
            }
            Response::GoTo(position) => {
                self.plan = Plan::Position(position);
                self.follow();
            }
        }
    }
}

/// A signed number of 32 bits: the top bits of its bytes first, the lowest byte's lowest.
fn signed(data: &[u8]) -> i32 {
    let [tops, b0, b1, b2, b3] = data else { return 0 };
    let byte = |low: u8, index: u8| low & 0x7f | (tops >> index & 1) << 7;
    i32::from_le_bytes([byte(*b0, 0), byte(*b1, 1), byte(*b2, 2), byte(*b3, 3)])
}

/// How many data bytes a command has.
fn size(command: u8) -> Size {
    match command {
        0xe0 | 0xe3 | 0xe5 | 0xe6 | 0xe9 | 0xea | 0xec => Size::Fixed(5),
        0xa1 | 0xa2 | 0xa8 => Size::Fixed(2),
        0x91 | 0x92 | 0x94 | 0x97 => Size::Fixed(1),
        _ => Size::Fixed(0),
    }
}
