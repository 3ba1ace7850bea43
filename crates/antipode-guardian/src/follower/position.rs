//! A drive that goes to a place at its own speed: a place that moves, never further ahead of the
//! bed than it may travel in one lease.

use antipode_safety::Millis;

use super::{Ask, ms, narrow};
use crate::{Order, StrokeTable};

/// The fastest that any table turns, millidegrees a second. A drive that closes its own loop is only
/// as fast as its place is ahead, so the place may be ahead by what a bed travels at most in one
/// lease, whatever the rate ...
const FASTEST: i64 = 6_000;
/// ... and by so many leases of its own rate.
const LEASES: i64 = 4;
/// It is ahead by so much of the rate from the beginning, or a drive whose loop is soft would be taken
/// for stalled before it has begun to move. More would let one whose loop is stiff run away with the
/// bed (H-09): while the controller speeds up, such a bed turns faster than it by this much of its
/// acceleration.
const BEGIN_MS: i64 = 500;
/// After a motion the drive is told to stop for so long before it is told a place again.
const COME_TO_REST_MS: i64 = 150;
/// Held at a place, the drive lifts the bed back by at most this, millidegrees.
const LIFT: i32 = 1_000;

/// Where it is going.
#[derive(Clone, Debug, Default)]
pub(super) struct Position {
    /// The moving place, millionths of a degree, and the way it goes.
    ahead: Option<(i64, i32)>,
    /// Standing for so long.
    stands_ms: i64,
    /// The place at which it is held, millidegrees.
    held: Option<i32>,
}

impl Position {
    pub(super) fn order(&mut self, ask: &Ask, table: &StrokeTable, dt: Millis) -> Order {
        // Its own position, and no other: the drive steers by it.
        let Some(here) = ask.stroke.and_then(|stroke| table.tilt_mdeg(stroke)) else {
            *self = Self::default();
            return Order::Hold;
        };
        if ask.setpoint == 0 {
            self.stand(ask, table, here, dt)
        } else {
            self.go(ask, table, here, dt)
        }
    }

    fn go(&mut self, ask: &Ask, table: &StrokeTable, here: i32, dt: Millis) -> Order {
        self.stands_ms = 0;
        self.held = None;
        let way = ask.setpoint.signum();
        let here = i64::from(here) * 1_000;
        let from = self.ahead.filter(|&(_, before)| before == way).map_or(here, |(place, _)| place);
        let step = i64::from(ask.setpoint) * ms(dt);
        let own = LEASES * i64::from(ask.setpoint.abs()) * ms(ask.lease);
        let most = i64::from(way) * own.min(FASTEST * ms(ask.lease));
        let (low, high) = (here.min(here + most), here.max(here + most));
        let begin = i64::from(ask.setpoint) * BEGIN_MS;
        // What a bed that keeps up has in hand stays as it is: pulled along with the bed it would be
        // pushed ahead anew with every turn, and the bed with it.
        let place = (from + step + begin).clamp(low, high);
        self.ahead = Some((place - begin, way));
        Order::Position(table.stroke(narrow(place.div_euclid(1_000))))
    }

    /// Never more head-down than the bed is: what was turned up by hand is not turned down again.
    fn stand(&mut self, ask: &Ask, table: &StrokeTable, here: i32, dt: Millis) -> Order {
        self.ahead = None;
        self.stands_ms += ms(dt);
        if !ask.keep || self.stands_ms < COME_TO_REST_MS {
            self.held = None;
            return Order::Hold;
        }
        let held = self.held.unwrap_or(here).min(here).max(here.saturating_sub(LIFT));
        self.held = Some(held);
        Order::Position(table.stroke(held))
    }
}
