//! The order in force and when to say it again.
//!
//! A motion lives one lease at a time: it is renewed only here, only by a step of the session, so
//! a frozen loop lets it run out (I7). A halt and a STOP are repeated until the table reports that
//! it obeys; a motion is never repeated as a retry, only renewed with a fresh permit.

use antipode_safety::limits::RETURN_DEFAULT;
use antipode_safety::{Angle, DriveState, Millis, Rate, Reading, Switch, Timestamp};

use super::state::fixed;
use crate::step::ReturnOrder;

/// What the table is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Nothing was ordered since the link opened.
    Nothing,
    /// Zero rate, hold.
    Hold,
    /// Turn to `target`.
    Move { target: Angle, rate: Rate },
    /// Turn below the rest band toward upright, or back; attended.
    Attended { target: Angle },
    /// Come back to the rest band.
    Return(ReturnOrder),
    /// Zero rate, hold, latch.
    Stop,
}

impl Order {
    /// Whether it turns the bed.
    const fn moves(self) -> bool {
        match self {
            Self::Move { .. } | Self::Attended { .. } | Self::Return(_) => true,
            Self::Nothing | Self::Hold | Self::Stop => false,
        }
    }

    /// Whether it is a move that somebody holds.
    pub(crate) const fn is_attended(self) -> bool {
        matches!(self, Self::Attended { .. })
    }
}

/// The order in force, when it was last sent, and how well the table follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Drive {
    order: Order,
    since: Timestamp,
    sent: Option<Timestamp>,
    /// It was said at least once: what follows is a renewal.
    begun: bool,
    obeyed: bool,
    agreeing: u8,
    unheard_since: Option<Timestamp>,
    /// The rate that was last allowed, signed; zero when nothing may move.
    commanded: Rate,
}

impl Drive {
    pub(crate) const fn new() -> Self {
        Self {
            order: Order::Nothing,
            since: Timestamp::ZERO,
            sent: None,
            begun: false,
            obeyed: false,
            agreeing: 0,
            unheard_since: None,
            commanded: Rate::ZERO,
        }
    }

    pub(crate) const fn order(&self) -> Order {
        self.order
    }

    /// When the order was last said.
    pub(crate) const fn said_at(&self) -> Option<Timestamp> {
        self.sent
    }

    /// Since when the order has been in force.
    pub(crate) const fn since(&self) -> Timestamp {
        self.since
    }

    /// The rate that was last allowed, signed.
    pub(crate) const fn commanded(&self) -> Rate {
        self.commanded
    }

    /// Puts `order` in force; the same order again changes nothing.
    pub(crate) fn set(&mut self, now: Timestamp, order: Order) {
        if self.order == order {
            return;
        }
        *self = Self { order, since: now, ..Self::new() };
    }

    /// Forgets that the order was obeyed, so that it is sent again: after a reconnect nothing that
    /// was said before holds.
    pub(crate) fn resend(&mut self) {
        self.sent = None;
        self.obeyed = false;
    }

    /// Whether the order must be said (again) at `now`. A motion is begun by whatever asks for it;
    /// its lease is renewed by a turn of the control loop and by nothing else, so that a loop that
    /// hears and does not turn moves nobody (H-01).
    pub(crate) fn is_due(&self, now: Timestamp, on_tick: bool) -> bool {
        let renews = self.begun && self.order.moves();
        self.next_due().is_some_and(|due| now >= due) && (on_tick || !renews)
    }

    /// When the order must be said again.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let again = match self.order {
            Order::Nothing => return None,
            Order::Hold if self.obeyed => return None,
            Order::Stop if self.obeyed => return None,
            Order::Hold => fixed::HALT_REPEAT,
            Order::Stop => fixed::STOP_REPEAT,
            Order::Move { .. } | Order::Attended { .. } => fixed::RENEW,
            Order::Return(_) => fixed::RENEW_RETURN,
        };
        Some(self.sent.map_or(self.since, |sent| sent.plus(again)))
    }

    /// The order was said at `now`, at `commanded`.
    pub(crate) fn said(&mut self, now: Timestamp, commanded: Rate) {
        self.sent = Some(now);
        self.begun = true;
        self.commanded = commanded;
    }

    /// Looks at a fresh reading: is the order obeyed, is the target reached and at rest?
    pub(crate) fn observe(&mut self, reading: &Reading, tilt: Option<Angle>) {
        // The table says that it wants no motion, or the measured rate says that there is none.
        let speed = reading.rate.millideg_per_s().abs();
        let wants_none = !reading.drive.may_move() && speed < fixed::STILL_IF_HELD_BELOW;
        let still = wants_none || speed < fixed::STILL_BELOW;
        // Two healthy sources differ a little; the table steers by the drive's.
        let near = |target: Angle, within: u32| {
            [tilt, reading.tilt].into_iter().flatten().any(|t| t.distance(target) <= within)
        };
        let (obeyed, there) = match self.order {
            Order::Nothing => (true, false),
            Order::Hold => (!reading.drive.may_move(), still),
            Order::Stop => (reading.drive == DriveState::Stopped, still),
            Order::Move { target, .. } | Order::Attended { target } => (
                reading.drive == DriveState::Moving
                    || (reading.drive == DriveState::Holding && near(target, fixed::NEAR)),
                still && near(target, fixed::ARRIVED_WITHIN),
            ),
            Order::Return(_) => (
                reading.drive == DriveState::Returning
                    || reading.drive == DriveState::HostLossReturn
                    || tilt.is_some_and(|tilt| !tilt.is_head_down()),
                still
                    && tilt.is_some_and(|tilt| {
                        // At level a table takes no return any more; there it is home.
                        tilt <= fixed::HOME_BELOW
                            || (!tilt.is_head_down() && !reading.drive.may_move())
                    }),
            ),
        };
        // What was sent after the table spoke cannot be obeyed in what it said.
        let answered = self.sent.is_some_and(|sent| sent < reading.at);
        self.obeyed = obeyed && answered;
        self.agreeing = if there && answered { self.agreeing.saturating_add(1) } else { 0 };
        // Under STOP the table lets a person at it come up by holding RETURN: that is no deaf table.
        let by_hand = self.order == Order::Stop
            && reading.drive == DriveState::Returning
            && reading.switches.has(Switch::Return);
        let heard = obeyed || by_hand || !answered;
        self.unheard_since = if heard { None } else { self.unheard_since.or(Some(reading.at)) };
    }

    /// The rate at which the table really follows: none where it reports that it does not.
    pub(crate) fn followed(&self, reading: &Reading) -> Rate {
        let follows = match self.order {
            Order::Nothing | Order::Hold | Order::Stop => !reading.drive.may_move(),
            Order::Move { .. } | Order::Attended { .. } => reading.drive == DriveState::Moving,
            Order::Return(_) => {
                matches!(reading.drive, DriveState::Returning | DriveState::HostLossReturn)
            }
        };
        let way_home = matches!(reading.drive, DriveState::Returning | DriveState::HostLossReturn);
        if follows {
            self.commanded
        } else if way_home {
            // The table brings the bed home by itself: nobody runs away with it.
            Rate::clamped(-i64::from(RETURN_DEFAULT.millideg_per_s()))
        } else if reading.drive.may_move() {
            self.commanded
        } else {
            Rate::ZERO
        }
    }

    /// Whether the table reports that it obeys the order as it was last said.
    pub(crate) const fn is_obeyed(&self) -> bool {
        self.obeyed
    }

    /// Whether the table stands still where the order wants it, by several fresh readings.
    pub(crate) const fn has_arrived(&self) -> bool {
        self.agreeing >= fixed::AGREEING_READINGS
    }

    /// Since when the table reports and does not follow.
    pub(crate) const fn unheard_since(&self) -> Option<Timestamp> {
        self.unheard_since
    }

    /// How long a turn of `millideg` at `rate` may take before it counts as stuck.
    pub(crate) fn move_limit(millideg: u32, rate: Rate) -> Millis {
        let speed = u64::from(rate.magnitude().millideg_per_s().unsigned_abs()).max(1);
        Millis::new(u64::from(millideg) * 1_000 / speed).plus(fixed::MOVE_GRACE)
    }
}
