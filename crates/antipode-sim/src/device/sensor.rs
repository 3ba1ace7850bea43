//! Sensors beside the table, fed by its inclinometer and its person. They are mounted so that the
//! table's axis is the one whose angle goes all the way round, and head-down counts up.

mod frames;
#[cfg(test)]
mod tests;

use crate::person::VirtualPerson;
use crate::plant::Sensed;
use frames::{Bno, Quarter, Wit};

/// Which sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SensorModel {
    /// A WitMotion inclinometer: acceleration, turn rate, angle and quaternion, 50 times a second.
    WitMotion,
    /// A BNO08x in UART-RVC mode, 100 times a second.
    BnoRvc,
    /// A Nonin oximeter with ASCII output, once a second.
    Nonin,
}

/// Time between two frames of a rate that a WitMotion can be set to, milliseconds.
const fn wit_period_ms(code: u8) -> Option<u64> {
    Some(match code {
        0x03 => 1_000,
        0x04 => 500,
        0x05 => 200,
        0x06 => 100,
        0x07 => 50,
        0x08 => 20,
        0x09 => 10,
        0x0b => 5,
        _ => return None,
    })
}

/// A sensor and its state.
#[derive(Clone, Debug)]
pub(super) struct Sensor {
    model: SensorModel,
    period_ms: u64,
    index: u8,
    heard: Vec<u8>,
    unlocked: bool,
    last_mdeg: Option<i32>,
}

impl Sensor {
    pub(super) const fn new(model: SensorModel) -> Self {
        let period_ms = match model {
            SensorModel::WitMotion => 20,
            SensorModel::BnoRvc => 10,
            SensorModel::Nonin => 1_000,
        };
        Self { model, period_ms, index: 0, heard: Vec::new(), unlocked: false, last_mdeg: None }
    }

    /// Takes what a host says. Only a WitMotion listens: `FF AA` register, value.
    pub(super) fn hear(&mut self, bytes: &[u8]) {
        if self.model != SensorModel::WitMotion {
            return;
        }
        self.heard.extend_from_slice(bytes);
        while let Some(place) = self.heard.windows(2).position(|pair| pair == [0xff, 0xaa]) {
            let Some(&[register, low, high]) = self.heard.get(place + 2..place + 5) else {
                return;
            };
            self.heard.drain(..place + 5);
            self.obey(register, [low, high]);
        }
        let kept = self.heard.len().saturating_sub(1);
        self.heard.drain(..kept);
    }

    fn obey(&mut self, register: u8, value: [u8; 2]) {
        match (register, value) {
            (0x69, [0x88, 0xb5]) => self.unlocked = true,
            (0x03, [code, _]) if self.unlocked => {
                self.period_ms = wit_period_ms(code).unwrap_or(self.period_ms);
            }
            // "Save" locks it again.
            (0x00, _) => self.unlocked = false,
            _ => {}
        }
    }

    /// Says what is due at `now_ms`.
    pub(super) fn turn(
        &mut self,
        now_ms: u64,
        sensed: &Sensed,
        person: &VirtualPerson,
        mut say: impl FnMut(&[u8]),
    ) {
        if !now_ms.is_multiple_of(self.period_ms) || !sensed.powered {
            return;
        }
        if self.model == SensorModel::Nonin {
            let vitals = person.vitals();
            say(frames::nonin(Some(vitals.spo2), Some(vitals.heart_rate)).as_bytes());
            return;
        }
        let Some(tilt_mdeg) = sensed.tilt_imu else { return };
        let turned = self.last_mdeg.replace(tilt_mdeg).map_or(0, |last| tilt_mdeg - last);
        let quarter = Quarter::of(tilt_mdeg);
        if self.model == SensorModel::WitMotion {
            let rate = i64::from(turned) * 1_000 / self.period_ms as i64;
            let wit = Wit::of(tilt_mdeg, rate as i32, quarter, sensed.temperature_c);
            say(&wit.burst());
        } else {
            say(&Bno::of(self.index, tilt_mdeg, quarter).frame());
            self.index = self.index.wrapping_add(1);
        }
    }
}
