//! A drive with one speed: it runs or it stands. A rate is never faked by pulsing (design of
//! `Rates::Fixed`): what is slower than its speed by too much is not done at all on the way down.

use antipode_safety::Millis;

use super::{Ask, narrow, place};
use crate::{Direction, Order, StrokeTable};

/// How much faster than asked it may turn the bed: the controller takes more, for longer than a
/// moment, for a runaway (H-09).
const FASTER: i32 = 1_400;
/// Slower than this is the end of a motion.
const LEAST: i32 = 200;
/// A motion that ends asks for less and less; only what asks for too little for longer is one that
/// was slowed.
const ENDING: Millis = Millis::new(100);

/// Whether it runs.
#[derive(Clone, Debug)]
pub(super) struct Jog {
    speed: i32,
    runs: Option<i32>,
    slowed: Millis,
}

impl Jog {
    pub(super) fn new(speed: i32) -> Self {
        Self { speed: narrow(i64::from(speed.unsigned_abs())), runs: None, slowed: Millis::new(0) }
    }

    pub(super) fn forget(&mut self) {
        self.runs = None;
        self.slowed = Millis::new(0);
    }

    pub(super) fn order(&mut self, ask: &Ask, table: &StrokeTable, dt: Millis) -> Order {
        let way = ask.setpoint.signum();
        let turns = table.rate_mdeg_s(place(ask, table), self.speed).abs();
        // The way home is never refused for being quicker than asked.
        let enough = if way > 0 { (turns - FASTER).max(LEAST) } else { LEAST };
        let asked = ask.setpoint.abs() >= enough;
        if way == 0 || self.runs.is_some_and(|runs| runs != way) {
            self.forget();
        }
        self.slowed = if asked { Millis::new(0) } else { self.slowed.plus(dt) };
        if self.slowed >= ENDING {
            self.runs = None;
        }
        if asked && way != 0 {
            self.runs = Some(way);
        }
        match self.runs {
            None => Order::Hold,
            Some(way) if (way > 0) == table.out_is_down() => Order::Jog(Direction::Out),
            Some(_) => Order::Jog(Direction::In),
        }
    }
}
