//! A RoboClaw in packet serial mode with a quadrature encoder on motor 1.
//!
//! # Source
//! Basicmicro's user manual and the bytes of its Python package. What neither says is chosen here
//! and marked.

mod packet;
#[cfg(test)]
mod tests;

use super::bench::under_load;
use super::board::{Feeding, Felt, Push};
use super::fault::DeviceFault;
use super::reply::{Check, Replies};
use packet::Buffer;

/// Full duty.
const FULL: i64 = 32_767;
const E_STOP: u32 = 0x0000_0001;
const CURRENT_M1: u32 = 0x0000_1000;
const MAIN_LOW: u32 = 0x0000_4000;
const MAIN_LOW_WARNING: u32 = 0x0008_0000;
const STARTING: u32 = 0x2000_0000;
/// Below this the power stage lets the motors go, millivolts.
const MAIN_LOW_MV: u32 = 10_000;
/// Below this it warns, millivolts.
const MAIN_WARNS_MV: u32 = 18_000;

/// How a simulated RoboClaw is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoboClawSetup {
    /// Its address, 0x80 to 0x87.
    pub address: u8,
    /// Its timeout in tenths of a second; 0 is off. It forgets what it was told when it restarts.
    pub timeout_tenths: u8,
    /// Which packets feed the timeout. The maker's manual speaks of serial bytes.
    pub feeding: Feeding,
    /// Whether a packet after the timeout lets the motor go on as before. Not stated by the maker.
    pub resumes: bool,
    /// Counts of the encoder in one unit of the stroke.
    pub counts_per_unit: u32,
    /// Speed of the stroke at full duty without load, thousandths of its unit a second.
    pub top_per_s: i32,
    /// Largest current, milliamperes; above it the motor is cut off.
    pub most_ma: u32,
    /// Its encoder knows its place without power. One that counts edges starts anew from 0, wherever
    /// the bed is.
    pub keeps_place: bool,
    /// After a restart it says for so long that it has just started, milliseconds; 0 is not at all. The
    /// maker names the bit and not how long it lasts.
    pub tells_start_ms: u64,
}

impl RoboClawSetup {
    /// As delivered: address 0x80, the timeout off.
    #[must_use]
    pub const fn delivered() -> Self {
        Self {
            address: 0x80,
            timeout_tenths: 0,
            feeding: Feeding::Any,
            resumes: false,
            counts_per_unit: 500,
            top_per_s: 10_000,
            most_ma: 15_000,
            keeps_place: false,
            tells_start_ms: 500,
        }
    }
}

/// What motor 1 does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Task {
    Duty(i16),
    /// Counts a second.
    Speed(i32),
    Position {
        accel: u32,
        speed: u32,
        decel: u32,
        to: i32,
    },
}

const STOP: Task = Task::Duty(0);

/// The board.
#[derive(Clone, Debug)]
pub(super) struct RoboClaw {
    setup: RoboClawSetup,
    timeout_tenths: u8,
    buffer: Buffer,
    task: Task,
    stalled_task: Option<Task>,
    /// Speed of a controlled motion now, counts a second.
    velocity: i64,
    counts: i32,
    /// What the counter was set off by; at first somebody has set it to the place.
    offset: i64,
    /// It starts counting from 0 where it is.
    counts_anew: bool,
    started_ms: Option<u64>,
    backward: bool,
    status: u32,
    fed_ms: u64,
}

impl RoboClaw {
    pub(super) fn new(setup: &RoboClawSetup) -> Self {
        Self {
            setup: setup.clone(),
            timeout_tenths: setup.timeout_tenths,
            buffer: Buffer::default(),
            task: STOP,
            stalled_task: None,
            velocity: 0,
            counts: 0,
            offset: 0,
            counts_anew: false,
            started_ms: None,
            backward: false,
            status: 0,
            fed_ms: 0,
        }
    }

    pub(super) fn restart(&mut self, now_ms: u64) {
        let setup = self.setup.clone();
        *self = Self {
            fed_ms: now_ms,
            started_ms: Some(now_ms),
            counts_anew: !setup.keeps_place,
            offset: if setup.keeps_place { self.offset } else { 0 },
            ..Self::new(&setup)
        };
    }

    pub(super) fn hear(&mut self, felt: &Felt, bytes: &[u8], replies: &mut Replies) {
        self.buffer.take(felt.now_ms, bytes);
        while let Some(packet) = self.buffer.next() {
            let [address, code, data @ ..] = packet.as_slice() else { return };
            let other = felt.has(DeviceFault::WrongIdentity);
            if *address == self.setup.address.wrapping_add(u8::from(other)) {
                self.obey(felt, [*address, *code], data, replies);
            }
        }
    }

    fn obey(&mut self, felt: &Felt, asked: [u8; 2], data: &[u8], replies: &mut Replies) {
        let [_, code] = asked;
        let moves = matches!(code, 0 | 1 | 6 | 32 | 34 | 35 | 37 | 65);
        if moves || self.setup.feeding == Feeding::Any {
            self.fed_ms = felt.now_ms;
            if let Some(task) = self.stalled_task.take().filter(|_| self.setup.resumes) {
                self.task = task;
            }
        }
        let done = match (code, data) {
            (14, &[tenths]) => {
                self.timeout_tenths = tenths;
                true
            }
            (0..=40 | 65 | 66, data) if packet::is_write(code) => self.carry_out(code, data),
            _ => false,
        };
        if done {
            replies.say(felt.now_ms, &asked, vec![0xff], Check::None);
        } else if let Some(answer) = self.answer(felt, code) {
            replies.say(felt.now_ms, &asked, answer, Check::PacketSerial { asked });
        }
    }

    /// A command that moves or sets; those of motor 2, which is not there, are taken and do nothing.
    fn carry_out(&mut self, code: u8, data: &[u8]) -> bool {
        match (code, data) {
            (0, &[share]) => self.task = Task::Duty(parts(i16::from(share.min(127)))),
            (1, &[share]) => self.task = Task::Duty(-parts(i16::from(share.min(127)))),
            (6, &[share]) => self.task = Task::Duty(parts(i16::from(share.min(127)) - 64) * 2),
            (20, []) => self.offset -= i64::from(self.counts),
            (22, &[a, b, c, d]) => {
                let wanted = i64::from(i32::from_be_bytes([a, b, c, d]));
                self.offset += wanted - i64::from(self.counts);
            }
            (32, &[a, b]) | (34, &[a, b, _, _]) => {
                self.task = Task::Duty(i16::from_be_bytes([a, b]).max(-32_767));
            }
            (35, &[a, b, c, d]) | (37, &[a, b, c, d, _, _, _, _]) => {
                self.task = Task::Speed(i32::from_be_bytes([a, b, c, d]));
            }
            (65, data) => {
                // Chosen: a move that is to wait its turn is not taken; nothing here queues.
                let Some((&[_, .., 1], fields)) = Some((data, data.as_chunks::<4>().0)) else {
                    return false;
                };
                let [accel, speed, decel, to] = fields else { return false };
                self.task = Task::Position {
                    accel: u32::from_be_bytes(*accel),
                    speed: u32::from_be_bytes(*speed),
                    decel: u32::from_be_bytes(*decel),
                    to: i32::from_be_bytes(*to),
                };
            }
            _ => {}
        }
        true
    }

    /// What a question is answered; none for a code that it does not know.
    fn answer(&self, felt: &Felt, code: u8) -> Option<Vec<u8>> {
        let tenths_of_a_volt = (felt.supply_mv / 100).min(65_535) as u16;
        let tenths_of_a_degree = i16::from(felt.temperature_c) * 10;
        let tens_of_ma = (felt.current_ma / 10).min(32_767) as u16;
        Some(match code {
            15 if felt.has(DeviceFault::TimeoutOff) => vec![0],
            15 => vec![self.timeout_tenths],
            16 => {
                let mut answer = self.counts.to_be_bytes().to_vec();
                answer.push(u8::from(self.backward) << 1);
                answer
            }
            17 => vec![0; 5],
            18 => {
                let mut answer = (self.velocity as i32).to_be_bytes().to_vec();
                answer.push(u8::from(self.velocity < 0));
                answer
            }
            21 if felt.has(DeviceFault::WrongIdentity) => b"USB MCP266 2x60A v1.0.0\n\0".to_vec(),
            21 => b"USB Roboclaw 2x15A v4.2.4\n\0".to_vec(),
            24 => tenths_of_a_volt.to_be_bytes().to_vec(),
            25 => 50_u16.to_be_bytes().to_vec(),
            49 => [tens_of_ma.to_be_bytes(), [0, 0]].concat(),
            82 | 83 => tenths_of_a_degree.to_be_bytes().to_vec(),
            90 => self.status.to_be_bytes().to_vec(),
            _ => return None,
        })
    }

    pub(super) fn turn(&mut self, felt: &Felt) -> Push {
        self.count(felt);
        self.watch(felt);
        if self.status & MAIN_LOW != 0 {
            self.velocity = 0;
            return Push::Coast;
        }
        if self.status & (E_STOP | CURRENT_M1) != 0 {
            (self.task, self.velocity) = (STOP, 0);
            return Push::Hold;
        }
        let per_s = match self.task {
            Task::Duty(duty) => {
                let free = i64::from(duty) * i64::from(self.setup.top_per_s) / FULL;
                self.velocity = free * i64::from(self.setup.counts_per_unit) / 1_000;
                return pushed(under_load(free, felt.current_ma));
            }
            Task::Speed(counts) => i64::from(counts),
            Task::Position { accel, speed, decel, to } => {
                self.approach(accel, i64::from(speed), decel, i64::from(to))
            }
        };
        let top = self.top_counts();
        self.velocity = per_s.clamp(-top, top);
        pushed((self.velocity * 1_000 / i64::from(self.setup.counts_per_unit)) as i32)
    }

    fn top_counts(&self) -> i64 {
        i64::from(self.setup.top_per_s) * i64::from(self.setup.counts_per_unit) / 1_000
    }

    /// Speed of a move to `to`, one millisecond on.
    fn approach(&self, accel: u32, speed: i64, decel: u32, to: i64) -> i64 {
        let left = to - i64::from(self.counts);
        let braking = libm::sqrt(2.0 * left.unsigned_abs() as f64 * f64::from(decel.max(1)));
        let wanted = (braking as i64).min(speed) * left.signum();
        let slows = wanted.abs() < self.velocity.abs();
        let step = i64::from(if slows { decel } else { accel } / 1_000).max(1);
        if left.abs() <= 2 {
            0
        } else {
            self.velocity + (wanted - self.velocity).clamp(-step, step)
        }
    }

    fn count(&mut self, felt: &Felt) {
        if let Some(stroke) = felt.stroke {
            let true_counts = i64::from(stroke) * i64::from(self.setup.counts_per_unit) / 1_000;
            if std::mem::take(&mut self.counts_anew) {
                self.offset = -true_counts;
            }
            let counts = (true_counts + self.offset).clamp(i32::MIN.into(), i32::MAX.into()) as i32;
            if counts != self.counts {
                self.backward = counts < self.counts;
            }
            self.counts = counts;
        }
    }

    /// Status bits come and go by themselves: nothing latches but an emergency stop.
    fn watch(&mut self, felt: &Felt) {
        let mut status = 0;
        let mut when = |present: bool, bit: u32| status |= if present { bit } else { 0 };
        when(felt.has(DeviceFault::LatchedFault), E_STOP);
        when(felt.current_ma > self.setup.most_ma, CURRENT_M1);
        when(felt.supply_mv < MAIN_LOW_MV, MAIN_LOW);
        when(felt.supply_mv < MAIN_WARNS_MV, MAIN_LOW_WARNING);
        let up_ms = self.started_ms.map(|started| felt.now_ms.saturating_sub(started));
        when(up_ms.is_some_and(|up| up < self.setup.tells_start_ms), STARTING);
        self.status = status;
        let off = felt.has(DeviceFault::TimeoutOff) || felt.has(DeviceFault::TimeoutDead);
        let timeout_ms = u64::from(self.timeout_tenths) * 100;
        let silent = timeout_ms > 0 && felt.now_ms.saturating_sub(self.fed_ms) >= timeout_ms;
        if silent && !off && self.task != STOP {
            self.stalled_task = Some(self.task);
            (self.task, self.velocity) = (STOP, 0);
        }
    }
}

fn pushed(per_s: i32) -> Push {
    if per_s == 0 { Push::Hold } else { Push::Speed(per_s) }
}

/// A share of 127 as a duty.
fn parts(share: i16) -> i16 {
    share * 258
}
