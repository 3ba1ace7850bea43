//! A drive that takes a speed of its stroke: the local slope, and a slow correction.

use antipode_safety::Millis;

use super::{Ask, ms, narrow, place};
use crate::{Order, StrokeTable};

/// The correction is at most this, thousandths: what a belt or a load takes, not a wrong table.
const MOST: i64 = 200;
/// Slower than this the measured rate says too little (millidegrees a second).
const SLOWEST: i32 = 300;
/// The setpoint must have been about the same for so long.
const STEADY_MS: i64 = 500;
/// ... to within this much.
const SAME: u32 = 100;
/// How slowly it corrects: a whole error in this many milliseconds.
const SLOWLY: i64 = 4_000;

/// A correction, and what it was told last.
#[derive(Clone, Debug, Default)]
pub(super) struct Speed {
    /// Millionths.
    trim: i64,
    near: i32,
    steady_ms: i64,
}

impl Speed {
    pub(super) fn order(
        &mut self,
        ask: &Ask,
        table: &StrokeTable,
        rate: Option<i32>,
        dt: Millis,
    ) -> Order {
        if ask.setpoint == 0 {
            self.steady_ms = 0;
            return Order::Hold;
        }
        self.correct(ask, rate, dt);
        let base = i64::from(table.speed(place(ask, table), ask.setpoint));
        Order::Speed(narrow(base * (1_000_000 + self.trim) / 1_000_000))
    }

    /// Only while the bed has been told the same for a while: on a ramp it always lags.
    fn correct(&mut self, ask: &Ask, rate: Option<i32>, dt: Millis) {
        if ask.setpoint.abs_diff(self.near) > SAME {
            self.near = ask.setpoint;
            self.steady_ms = 0;
        }
        self.steady_ms += ms(dt);
        let Some(rate) = rate.filter(|_| self.steady_ms >= STEADY_MS) else { return };
        if ask.setpoint.abs() < SLOWEST {
            return;
        }
        let missing = i64::from(ask.setpoint) - i64::from(rate);
        let share = (missing * 1_000_000 / i64::from(ask.setpoint)).clamp(-1_000_000, 1_000_000);
        let most = MOST * 1_000;
        self.trim = (self.trim + share * ms(dt) / SLOWLY).clamp(-most, most);
    }
}
