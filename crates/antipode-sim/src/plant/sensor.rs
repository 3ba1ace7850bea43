//! The two angle sources and their faults.

use super::faults::SensorFault;
use crate::chance::{Stream, bell_of, draw_at};
use crate::number::whole;

/// Samples kept for a delayed source, 10 ms apart.
const PAST: usize = 64;

/// One angle source: noise, quantisation and whatever is wrong with it.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    seed: u64,
    stream: Stream,
    noise_mdeg: f64,
    step_mdeg: i32,
    fault: Option<SensorFault>,
    since_ms: u64,
    /// The value when the fault began; for a slow source the last one given.
    held_mdeg: i32,
    held_slot: u64,
    past: [i32; PAST],
    /// When it last gave a value that measures something.
    given_ms: u64,
}

impl Source {
    /// Longest delay that a source can have.
    const LONGEST_MS: u64 = 10 * (PAST as u64 - 1);
    /// A slow source renews its value this often.
    const SLOW_MS: u64 = 500;

    pub(crate) const fn new(seed: u64, stream: Stream, noise_mdeg: u16, step_mdeg: u16) -> Self {
        Self {
            seed,
            stream,
            noise_mdeg: noise_mdeg as f64,
            step_mdeg: if step_mdeg == 0 { 1 } else { step_mdeg as i32 },
            fault: None,
            since_ms: 0,
            held_mdeg: 0,
            held_slot: 0,
            past: [0; PAST],
            given_ms: 0,
        }
    }

    /// Lets `fault` begin (or end) now, with the healthy value `mdeg`.
    pub(crate) fn set_fault(&mut self, fault: Option<SensorFault>, now_ms: u64, mdeg: f64) {
        if fault == self.fault {
            return;
        }
        self.fault = fault;
        self.since_ms = now_ms;
        self.held_mdeg = self.healthy(now_ms, mdeg);
        self.held_slot = now_ms / Self::SLOW_MS;
        self.past = [self.held_mdeg; PAST];
    }

    /// Keeps the sample of slot `slot` (10 ms each); only a delayed source needs its past.
    #[inline]
    pub(crate) fn keep(&mut self, slot: u64, mdeg: f64) {
        if let Some(SensorFault::Delayed { .. }) = self.fault {
            self.past[slot as usize % PAST] = whole(mdeg);
        }
    }

    /// The value with noise and steps, in millidegrees; `index` numbers the sample.
    fn healthy(&self, index: u64, mdeg: f64) -> i32 {
        let noise = self.noise_mdeg * bell_of(draw_at(self.seed, self.stream, index));
        whole((mdeg + noise) / f64::from(self.step_mdeg)).saturating_mul(self.step_mdeg)
    }

    /// What the source says at `now_ms`, given the sample `index` of true value `mdeg`.
    pub(crate) fn read(&mut self, now_ms: u64, index: u64, mdeg: f64) -> Option<i32> {
        let value = self.value(now_ms, index, mdeg)?;
        // What is drawn at random measures nothing.
        if self.fault != Some(SensorFault::Garbage) {
            self.given_ms = now_ms;
        }
        Some(value)
    }

    /// When it last gave a value that measures something, in milliseconds.
    pub(crate) const fn given_ms(&self) -> u64 {
        self.given_ms
    }

    fn value(&mut self, now_ms: u64, index: u64, mdeg: f64) -> Option<i32> {
        let Some(fault) = self.fault else {
            return Some(self.healthy(index, mdeg));
        };
        let value = i64::from(self.healthy(index, mdeg));
        let wrong = match fault {
            SensorFault::Off => return None,
            SensorFault::Stuck => i64::from(self.held_mdeg),
            SensorFault::Garbage => self.draw(now_ms) as i64 % 180_001,
            SensorFault::Wrong { offset_mdeg } => value + i64::from(offset_mdeg),
            SensorFault::Slow => {
                if now_ms / Self::SLOW_MS != self.held_slot {
                    self.held_slot = now_ms / Self::SLOW_MS;
                    self.held_mdeg = self.healthy(index, mdeg);
                }
                i64::from(self.held_mdeg)
            }
            SensorFault::Delayed { by_ms } => i64::from(self.past_value(now_ms, u64::from(by_ms))),
            SensorFault::Intermittent => {
                if self.draw(now_ms / 10) & 1 == 0 {
                    return None;
                }
                value
            }
            SensorFault::Drift { mdeg_per_s } => {
                let elapsed = (now_ms - self.since_ms).min(3_600_000) as i64;
                value + i64::from(mdeg_per_s) * elapsed / 1_000
            }
            SensorFault::SignFlip => -value,
            SensorFault::Scale { permille } => value * i64::from(permille) / 1_000,
        };
        // A converter ends at half a turn.
        Some(wrong.clamp(-180_000, 180_000) as i32)
    }

    /// Draws for the fault, apart from those for the noise.
    fn draw(&self, index: u64) -> u64 {
        draw_at(!self.seed, self.stream, index)
    }

    fn past_value(&self, now_ms: u64, by_ms: u64) -> i32 {
        let then = now_ms.saturating_sub(by_ms.min(Self::LONGEST_MS));
        self.past[(then / 10) as usize % PAST]
    }
}

/// The inclinometer's filter: sampled 100 times a second, behind by its time constant.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    share: f64,
    value_deg: f64,
    slot: u64,
}

impl Filter {
    pub(crate) fn new(lag_ms: u16, tilt_deg: f64) -> Self {
        let share = crate::number::lag_share(10.0, f64::from(lag_ms.max(10)));
        Self { share, value_deg: tilt_deg, slot: 0 }
    }

    /// Follows the bed up to `now_ms`.
    #[inline]
    pub(crate) fn follow(&mut self, now_ms: u64, tilt_deg: f64) {
        let slot = now_ms / 10;
        while self.slot < slot {
            self.slot += 1;
            self.value_deg += (tilt_deg - self.value_deg) * self.share;
            if (tilt_deg - self.value_deg).abs() < 1e-9 {
                self.value_deg = tilt_deg;
                self.slot = slot;
            }
        }
    }

    pub(crate) const fn value_deg(&self) -> f64 {
        self.value_deg
    }

    pub(crate) const fn slot(&self) -> u64 {
        self.slot
    }
}
