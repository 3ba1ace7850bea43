//! Answers on their way from a board to its wire, and what a faulty board makes of them.

use std::collections::BTreeMap;

use super::crc;
use super::fault::{DeviceFault, DeviceFaults};
use crate::chance::Chance;

/// How late a late answer is, milliseconds.
const LATE_MS: u64 = 400;
/// Answers that may wait.
const MOST: usize = 64;

/// How an answer proves itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// Not at all.
    None,
    /// By a CRC-7 at its end.
    Pololu,
    /// By a CRC-16 at its end, over address and command of the question and the answer.
    PacketSerial {
        /// Address and command.
        asked: [u8; 2],
    },
    /// By a Modbus CRC-16 at its end.
    Modbus,
}

/// What a board says.
#[derive(Clone, Debug)]
pub(super) struct Replies {
    faults: DeviceFaults,
    chance: Chance,
    first: BTreeMap<Vec<u8>, Vec<u8>>,
    waiting: Vec<(u64, Vec<u8>)>,
}

impl Replies {
    pub(super) const fn new(chance: Chance) -> Self {
        Self { faults: DeviceFaults::NONE, chance, first: BTreeMap::new(), waiting: Vec::new() }
    }

    pub(super) fn set_faults(&mut self, faults: DeviceFaults) {
        if !faults.has(DeviceFault::StaleAnswer) {
            self.first.clear();
        }
        self.faults = faults;
    }

    /// Forgets what has not been said yet.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// Says `body` and its check in answer to the question `asked`.
    pub(super) fn say(&mut self, now_ms: u64, asked: &[u8], body: Vec<u8>, check: Check) {
        let faults = self.faults;
        let has = |fault| faults.has(fault);
        if has(DeviceFault::Mute) || self.waiting.len() >= MOST {
            return;
        }
        let (mut body, mut check) = (body, check);
        if has(DeviceFault::StaleAnswer) {
            body = self.first.entry(asked.to_vec()).or_insert(body).clone();
        }
        if has(DeviceFault::WrongUnit) {
            check = in_a_neighbours_name(&mut body, check);
        }
        if has(DeviceFault::OverLongAnswer) {
            lengthen(&mut body, check);
        }
        let mut answer = sealed(body, check);
        if has(DeviceFault::BadCheck)
            && let Some(last) = answer.last_mut()
        {
            *last ^= 0x01;
        }
        if has(DeviceFault::Garbage) {
            answer.fill_with(|| self.chance.below(256) as u8);
        }
        if has(DeviceFault::DoubleAnswer) {
            answer.extend_from_within(..);
        }
        let late_ms = if has(DeviceFault::LateAnswer) { LATE_MS } else { 0 };
        self.waiting.push((now_ms + late_ms, answer));
    }

    /// Hands over what is due by `now_ms`, in order.
    pub(super) fn deliver(&mut self, now_ms: u64, mut send: impl FnMut(&[u8])) {
        self.waiting.retain(|(due_ms, answer)| {
            let due = *due_ms <= now_ms;
            if due {
                send(answer);
            }
            !due
        });
    }
}

/// What goes on the wire.
fn sealed(mut body: Vec<u8>, check: Check) -> Vec<u8> {
    match check {
        Check::None => {}
        Check::Pololu => body.push(crc::pololu(&body)),
        Check::PacketSerial { asked } => {
            let covered = [&asked[..], &body].concat();
            body.extend(crc::packet_serial(&covered).to_be_bytes());
        }
        Check::Modbus => body.extend(crc::modbus(&body).to_le_bytes()),
    }
    body
}

/// Two bytes more: a register more where an answer says how long it is.
fn lengthen(body: &mut Vec<u8>, check: Check) {
    if check == Check::Modbus
        && let [_, 1..=4, count, ..] = body.as_mut_slice()
    {
        *count = count.wrapping_add(2);
    }
    body.extend([0x12, 0x34]);
}

/// The same in the name of the next address. An answer without a name in it has none to change.
fn in_a_neighbours_name(body: &mut [u8], check: Check) -> Check {
    match check {
        Check::None | Check::Pololu => check,
        Check::PacketSerial { asked: [address, code] } => {
            Check::PacketSerial { asked: [address.wrapping_add(1), code] }
        }
        Check::Modbus => {
            if let Some(unit) = body.first_mut() {
                *unit = unit.wrapping_add(1);
            }
            check
        }
    }
}
