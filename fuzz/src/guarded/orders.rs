//! What a guardian orders, and whether it may: judged by what its hosts have said, not by what it
//! makes of it.

use std::sync::{Arc, Mutex};

use antipode_guardian::{Actuation, Direction, Drive, Fitness, Inspection, Order, Request, Status};
use antipode_link::{Frame, Message};
use antipode_safety::{Millis, Timestamp};

use super::is_motion;

/// The longest lease of these tables.
const LEASE: Millis = Millis::new(250);
/// A write that an order begins may have a second half, which comes so much later at most.
const ON_ITS_WAY: Millis = Millis::new(200);

/// From a place to a tilt and back, thousandths of the stroke's unit: two millidegrees of any of these
/// tables.
const ROUNDING: i32 = 100;

/// What hosts have given leave for. Counted generously: what a host said may have been refused.
#[derive(Debug, Default)]
pub(super) struct Leave {
    armed: bool,
    /// When a motion was last asked for.
    asked: Option<Timestamp>,
    /// It was asked to come back, at some time.
    any_return: bool,
}

impl Leave {
    pub(super) fn hears(&mut self, now: Timestamp, frame: &Frame, told: u32) {
        match frame.message {
            Message::Arm { nonce } => self.armed |= nonce == told,
            Message::SetTarget { .. } | Message::Jog { .. } => self.asked = Some(now),
            Message::ReturnToRest { .. } => self.any_return = true,
            // From anyone, in any session.
            Message::Stop => self.armed = false,
            Message::Hello(_)
            | Message::Disarm
            | Message::Hold
            | Message::Heartbeat { .. }
            | Message::AcknowledgeStop
            | Message::ClearFaults { .. }
            | Message::ReadFaultLog { .. }
            | Message::ReadLimits
            | Message::SetLimits(_)
            | Message::HelloAck(_)
            | Message::Ack(_)
            | Message::HeartbeatEcho { .. }
            | Message::Telemetry(_)
            | Message::FaultEntry(_)
            | Message::Limits(_) => {}
        }
    }

    pub(super) fn begins_anew(&mut self) {
        self.armed = false;
    }

    fn lasts(&self, now: Timestamp) -> bool {
        self.armed && self.asked.is_some_and(|at| now.since(at) <= LEASE)
    }
}

/// The orders that the drive was given.
#[derive(Debug, Default)]
pub(super) struct Given {
    new: Vec<Seen>,
    last: Option<Seen>,
    before: Option<Order>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    at: Timestamp,
    order: Order,
    fit: bool,
    /// Where the drive said that it stood.
    place: Option<i32>,
}

impl Given {
    pub(super) const fn newest(&self) -> Option<impl std::fmt::Debug + use<>> {
        self.last
    }

    /// Whether what stands is a motion, young enough to be said still.
    pub(super) fn stands_as_motion(&self, now: Timestamp) -> bool {
        self.last.is_some_and(|seen| is_motion(seen.order) && now.since(seen.at) <= ON_ITS_WAY)
    }

    /// Holds everything that was ordered in this turn against what `leave` there was.
    pub(super) fn check(&mut self, inside: &Inspection, leave: &Leave, now: Timestamp) {
        for seen in std::mem::take(&mut self.new) {
            if is_motion(seen.order) {
                assert!(seen.fit, "a drive that is not known to be fit was told {:?}", seen.order);
            }
            if self.points_down(&seen) {
                assert!(leave.lasts(now), "{:?} without a lease: {leave:?} {inside:?}", seen.order);
                assert!(!inside.stop_latched && inside.armed, "{:?}: {inside:?}", seen.order);
            } else if self.points_up(&seen) {
                self.may_come_up(&seen, inside, leave, now);
            }
            self.before = Some(seen.order);
            self.last = Some(seen);
        }
    }

    /// Up goes a bed for a motion of its host, a return of its host, or a return of its own, and a
    /// bed whose STOP is latched only for a held one.
    fn may_come_up(&self, seen: &Seen, inside: &Inspection, leave: &Leave, now: Timestamp) {
        let may = match inside.request {
            Request::Target | Request::Jog => leave.lasts(now) && inside.armed,
            Request::HostReturn => leave.any_return && !inside.stop_latched,
            Request::HeldReturn => leave.any_return,
            Request::OwnReturn => !inside.stop_latched,
            Request::None => false,
        };
        assert!(may, "{:?} up for nobody: {leave:?} {inside:?}", seen.order);
    }

    /// Every stroke of these tables grows head-down.
    fn points_down(&self, seen: &Seen) -> bool {
        match seen.order {
            Order::Hold | Order::Cut => false,
            Order::Duty(duty) => duty > 0,
            Order::Speed(speed) => speed > 0,
            Order::Jog(way) => way == Direction::Out,
            // Held where it stands is no motion; a place of before may be held on.
            Order::Position(to) => {
                let held = matches!(self.before, Some(Order::Position(before)) if to <= before);
                !held && seen.place.is_none_or(|place| to > place + ROUNDING)
            }
        }
    }

    /// A drive that holds a place lifts the bed back to it, so places are not judged.
    fn points_up(&self, seen: &Seen) -> bool {
        match seen.order {
            Order::Hold | Order::Cut | Order::Position(_) => false,
            Order::Duty(duty) => duty < 0,
            Order::Speed(speed) => speed < 0,
            Order::Jog(way) => way == Direction::In,
        }
    }
}

/// A drive whose orders are seen.
pub(super) struct Watched {
    inner: Box<dyn Drive>,
    given: Arc<Mutex<Given>>,
}

impl Watched {
    pub(super) fn new(inner: Box<dyn Drive>, given: Arc<Mutex<Given>>) -> Self {
        Self { inner, given }
    }
}

impl Drive for Watched {
    fn actuation(&self) -> Actuation {
        self.inner.actuation()
    }

    fn poll(&mut self, now: Timestamp, out: &mut Vec<u8>) {
        self.inner.poll(now, out);
    }

    fn next_poll(&self) -> Timestamp {
        self.inner.next_poll()
    }

    fn receive(&mut self, now: Timestamp, bytes: &[u8]) {
        self.inner.receive(now, bytes);
    }

    fn order(&mut self, now: Timestamp, order: Order, out: &mut Vec<u8>) {
        let fit = matches!(self.inner.fitness(), Fitness::Fit { .. });
        let place = self.inner.status().position.map(|sample| sample.value);
        let seen = Seen { at: now, order, fit, place };
        self.given.lock().expect("one thread").new.push(seen);
        self.inner.order(now, order, out);
    }

    fn fitness(&self) -> Fitness {
        self.inner.fitness()
    }

    fn feeds(&self) -> bool {
        self.inner.feeds()
    }

    fn status(&self) -> Status {
        self.inner.status()
    }

    fn forget_faults(&mut self, now: Timestamp, out: &mut Vec<u8>) {
        self.inner.forget_faults(now, out);
    }

    fn reopen(&mut self) {
        self.inner.reopen();
    }
}
