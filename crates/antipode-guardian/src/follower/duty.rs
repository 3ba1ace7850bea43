//! A drive that takes a share of full power: the rate is held by measuring it.

use antipode_safety::Millis;

use super::measured::Measured;
use super::{Ask, ms, narrow};
use crate::{Order, StrokeTable};

/// Full power, thousandths.
const FULL: i64 = 1_000;
/// Share of the missing rate that is added at once, thousandths.
const AT_ONCE: i64 = 300;
/// A missing rate is made up for in about this long, milliseconds.
const IN_TIME: i64 = 800;
/// The sum may add or take away this much power, thousandths.
const SUM: i64 = 700;

/// What was missing so far.
#[derive(Clone, Debug)]
pub(super) struct Duty {
    full_rate: i64,
    /// Millionths of full power.
    sum: i64,
    way: i32,
    /// Where a bed would be that always turns as it is asked to, millionths of a degree.
    ideal: i64,
    /// How fast that bed turns, measured as the true one is. A rate that is measured lags; held against
    /// what is asked for now, every slowing would look like a bed that is too fast, and the power taken
    /// away for it would be missing at the end: a bed that stands just short of its aim is blocked.
    asked: Measured,
}

impl Duty {
    pub(super) fn new(full_rate: i32) -> Self {
        Self {
            full_rate: i64::from(full_rate.unsigned_abs().max(1)),
            sum: 0,
            way: 0,
            ideal: 0,
            asked: Measured::default(),
        }
    }

    pub(super) fn forget(&mut self) {
        *self = Self { full_rate: self.full_rate, ..Self::new(0) };
    }

    pub(super) fn order(
        &mut self,
        ask: &Ask,
        table: &StrokeTable,
        rate: Option<i32>,
        dt: Millis,
    ) -> Order {
        let way = ask.setpoint.signum();
        if way != self.way {
            self.forget();
            self.way = way;
        }
        if way == 0 {
            return Order::Hold;
        }
        let asked = i64::from(ask.setpoint.abs());
        let ahead = asked * FULL / self.full_rate;
        self.ideal += i64::from(ask.setpoint) * ms(dt);
        if let Some((at, _)) = ask.tilts.into_iter().flatten().next() {
            self.asked.take(at, narrow(self.ideal / 1_000));
        }
        // Without a measured rate nothing is added: a creep without an angle stays a creep.
        let missing = rate
            .zip(self.asked.rate(ask.now))
            .map_or(0, |(rate, asked)| i64::from(asked - rate) * i64::from(way));
        let share = (missing * FULL / self.full_rate).clamp(-FULL, FULL);
        let power = ahead + share * AT_ONCE / 1_000 + self.sum / 1_000;
        // What the power cannot give is not summed up: it would be given back much too late.
        let stuck = (power >= FULL && share > 0) || (power <= 0 && share < 0);
        if !stuck {
            let sum = self.sum + share * 1_000 * ms(dt) / IN_TIME;
            self.sum = sum.clamp(-SUM * 1_000, SUM * 1_000);
        }
        let power = power.clamp(0, FULL);
        let out = if table.out_is_down() { way } else { -way };
        Order::Duty(i16::try_from(power * i64::from(out)).unwrap_or(0))
    }
}
