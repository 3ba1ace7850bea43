//! From orders to the writes that move.

use antipode_device::ModbusMotion;
use antipode_guardian::{Actuation, Direction, Order, Sample};
use antipode_safety::{Millis, Timestamp};

use super::registers::{command, target, verify};
use crate::codec::modbus::{Ticket, Verify, Write};

/// An order that could not be said for so long is one of another moment.
const ORDER_KEEPS: Millis = Millis::new(60);
/// The second half of an order may come this long after it was given: a write and its read-back at
/// 9600 baud, and a position between them.
const HALF_KEEPS: Millis = Millis::new(200);
/// A place older than this is no place to set a target from.
const PLACE_KEEPS: Millis = Millis::new(250);

/// One write of an order, and the one that follows it once it is proved.
#[derive(Clone, Copy, Debug)]
pub(super) struct Half {
    pub(super) write: Write,
    pub(super) verify: Verify,
    then: Option<(Write, Verify)>,
    given: Timestamp,
}

/// The order in force on its way out.
#[derive(Clone, Debug, Default)]
pub(super) struct Motion {
    /// The newest order, and when it was given.
    newest: Option<(Timestamp, Order)>,
    /// What was written and is not proved yet.
    under_way: Option<(Ticket, Half)>,
    /// What follows a half that was proved.
    second: Option<Half>,
}

impl Motion {
    pub(super) fn order(&mut self, now: Timestamp, order: Order) {
        self.newest = Some((now, order));
    }

    /// Nothing of what was ordered moves any more.
    pub(super) fn drop_all(&mut self) {
        *self = Self::default();
    }

    /// The next write, for a drive that was seen at `place`. It must be said now or not at all.
    pub(super) fn next(
        &mut self,
        now: Timestamp,
        motion: &ModbusMotion,
        place: Option<Sample<i32>>,
    ) -> Option<Half> {
        if self.under_way.is_some() {
            return None;
        }
        if let Some(second) = self.second.take_if(|half| now.since(half.given) <= HALF_KEEPS) {
            return Some(second);
        }
        self.second = None;
        let (given, order) = self.newest.take_if(|(given, _)| now.since(*given) <= ORDER_KEEPS)?;
        first_half(given, order, motion, place.filter(|at| now.since(at.at) <= PLACE_KEEPS))
    }

    pub(super) fn said(&mut self, ticket: Ticket, half: Half) {
        self.under_way = Some((ticket, half));
    }

    /// Takes the end of a job; whether it was a write of a motion.
    pub(super) fn answered(&mut self, ticket: Ticket, proved: bool) -> bool {
        let Some((_, half)) = self.under_way.take_if(|(said, _)| *said == ticket) else {
            return false;
        };
        self.second = half.then.filter(|_| proved).map(|(write, verify)| Half {
            write,
            verify,
            then: None,
            given: half.given,
        });
        true
    }
}

fn first_half(
    given: Timestamp,
    order: Order,
    motion: &ModbusMotion,
    place: Option<Sample<i32>>,
) -> Option<Half> {
    match (order, motion) {
        (Order::Position(to), ModbusMotion::Position { target: at, run }) => Some(Half {
            write: target(at, place?.value, to)?,
            verify: verify(at.proof),
            then: Some((command(run)?, verify(run.proof))),
            given,
        }),
        (Order::Jog(way), ModbusMotion::Jog { out, inward }) => {
            let jog = match way {
                Direction::Out => out,
                Direction::In => inward,
            };
            let (write, verify) = (command(jog)?, verify(jog.proof));
            Some(Half { write, verify, then: None, given })
        }
        (
            Order::Hold
            | Order::Cut
            | Order::Duty(_)
            | Order::Speed(_)
            | Order::Position(_)
            | Order::Jog(_),
            ModbusMotion::Position { .. } | ModbusMotion::Jog { .. },
        ) => None,
    }
}

pub(super) const fn actuation(motion: &ModbusMotion) -> Actuation {
    match motion {
        ModbusMotion::Position { .. } => Actuation::Position,
        ModbusMotion::Jog { .. } => Actuation::Jog,
    }
}

/// Whether a drive of this kind can do what `order` says.
pub(super) const fn is_taken(motion: &ModbusMotion, order: Order) -> bool {
    matches!(
        (order, motion),
        (Order::Position(_), ModbusMotion::Position { .. })
            | (Order::Jog(_), ModbusMotion::Jog { .. })
    )
}
