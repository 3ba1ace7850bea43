//! The thread in which a simulated table lives.

use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;

use antipode_device::{BootClock, InProcessTable, Orders, TableEvent};
use antipode_safety::{Millis, Reading, Timestamp};
use tokio::sync::mpsc::Sender;

use super::Request;
use crate::world::World;

/// The world's loop turns this often.
const TURN_MS: u64 = 10;
/// A world this far behind was suspended with its machine: its time stood still.
const SUSPENDED_MS: u64 = 1_000;
/// A controller that has not answered by then will not, milliseconds of the world.
const GREETING_MS: u64 = 3_000;

/// A world and its ends of the channels.
pub(super) struct TableThread {
    world: World,
    /// The moment of the machine's clock at which the world began; none before its first turn.
    began: Option<Timestamp>,
    orders: Orders,
    requests: Receiver<Request>,
    events: Sender<TableEvent>,
    greeted: bool,
}

impl TableThread {
    pub(super) const fn new(
        world: World,
        orders: Orders,
        requests: Receiver<Request>,
        events: Sender<TableEvent>,
    ) -> Self {
        Self { world, began: None, orders, requests, events, greeted: false }
    }

    /// Runs on the machine's clock until nobody listens.
    pub(super) fn run(mut self) {
        while let Some(next) = self.turn(BootClock.now()) {
            let wait = next.since(BootClock.now());
            // Woken early by a command, a STOP or the side door.
            thread::park_timeout(Duration::from_millis(wait.get()));
        }
    }

    /// Sends what is to be sent, lets the world run on to `now` and hands over what it said. Gives
    /// the moment of its next turn; `None` when it is over.
    pub(super) fn turn(&mut self, now: Timestamp) -> Option<Timestamp> {
        while let Some(command) = self.orders.take() {
            self.world.send(command);
        }
        while let Ok(request) = self.requests.try_recv() {
            request(&mut self.world);
        }
        let began = self.began(now);
        self.world.advance(Timestamp::from_millis(now.since(began).get()));
        self.hand_over(began);
        let unanswered = !self.greeted && self.world.now_ms() >= GREETING_MS;
        if self.events.is_closed() || unanswered {
            return None;
        }
        let next = (self.world.now_ms() / TURN_MS + 1) * TURN_MS;
        Some(began.plus(Millis::new(next)))
    }

    /// When the world began, by the machine's clock. Suspended time does not pass in it.
    fn began(&mut self, now: Timestamp) -> Timestamp {
        let began = *self.began.get_or_insert(now);
        let behind = now.since(began).get().saturating_sub(self.world.now_ms());
        let skipped = if behind >= SUSPENDED_MS { behind } else { 0 };
        let began = began.plus(Millis::new(skipped));
        self.began = Some(began);
        began
    }

    /// Events that find no room wait at the link's end, which keeps as many and no more.
    fn hand_over(&mut self, began: Timestamp) {
        while let Ok(room) = self.events.try_reserve() {
            let Some(event) = self.world.next_event() else { return };
            self.greeted |= matches!(event, TableEvent::Connected(_));
            room.send(on_host_clock(event, began));
        }
    }
}

/// The world counts from its own beginning; a reading's stamp is of the host's clock.
const fn on_host_clock(event: TableEvent, began: Timestamp) -> TableEvent {
    match event {
        TableEvent::Reading(reading) => {
            let at = began.plus(Millis::new(reading.at.as_millis()));
            TableEvent::Reading(Reading { at, ..reading })
        }
        TableEvent::Connected(_)
        | TableEvent::Armed
        | TableEvent::Refused
        | TableEvent::Mismatch
        | TableEvent::SessionLost
        | TableEvent::FaultBegan(_)
        | TableEvent::Lost(_) => event,
    }
}
