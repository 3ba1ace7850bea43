//! The host's half of table link as every driver needs it: commands in, bytes out; bytes in,
//! events out. Pure: a driver around it only moves bytes and tells the time.

use antipode_link::{
    AckResult, FaultEntry, HostEvent, HostLink, MessageType, Rescue as LinkRescue, TableInfo,
};
use antipode_safety::{FaultBegan, Millis, Rate, Timestamp};

use crate::event_queue::EventQueue;
use crate::{Capabilities, LinkLoss, Rates, Rescue, TableCommand, TableEvent};

/// A greeting is repeated this often until the table answers.
const HELLO_EVERY: Millis = Millis::new(250);
/// Without an intact frame for this long the link counts as lost and is greeted anew.
const SILENT_AFTER: Millis = Millis::new(1_500);
/// Added to the host's number for each new connection.
const CONNECTION_STEP: u32 = 0x9e37_79b1;
/// What table link asks of every board that speaks it, millidegrees a second squared.
const STOP_DECEL: u32 = 8_000;
/// Time between two reports of an armed table.
const REPORT_EVERY: Millis = Millis::new(50);

/// On a line that was opened again a STOP waits for so long to learn whose line it is. The table that
/// was there has stood since its lease ended; another one would be latched with somebody on it. Who
/// has not said its name by then is told: a STOP too many is better than one too few (H-19, C-01).
const STOP_WAITS: Millis = Millis::new(500);
/// A moment that never comes.
const NEVER: Timestamp = Timestamp::from_millis(u64::MAX);

/// One end of a link.
///
/// It is of the table that answered first, by its serial number: a name that another table got
/// meanwhile leads to that one, which is told nothing at all, not even STOP (H-19).
#[derive(Clone, Debug)]
pub struct LinkPort {
    host_id: u32,
    link: HostLink,
    simulated: bool,
    capabilities: Option<Capabilities>,
    /// Another table answers here.
    foreign: bool,
    /// The line was opened again, and has not said yet whose it is.
    unnamed: bool,
    /// When the STOP that waits for that is said.
    stop_at: Option<Timestamp>,
    greeted: Option<Timestamp>,
    heard: Timestamp,
    events: EventQueue,
}

impl LinkPort {
    /// A port that has not said anything yet. `host_id` tells this host from others; `simulated`
    /// says that no person can be on the table.
    #[must_use]
    pub fn new(host_id: u32, simulated: bool) -> Self {
        Self {
            host_id,
            link: HostLink::new(host_id),
            simulated,
            capabilities: None,
            foreign: false,
            unnamed: false,
            stop_at: None,
            greeted: None,
            heard: Timestamp::ZERO,
            events: EventQueue::new(),
        }
    }

    /// What the table said of itself when it last connected.
    #[must_use]
    pub const fn capabilities(&self) -> Option<&Capabilities> {
        self.capabilities.as_ref()
    }

    /// Whether a link session is open.
    #[must_use]
    pub const fn is_connected(&self) -> bool {
        self.link.is_connected()
    }

    /// Whether another table answers on this line than the one that was connected first. Whoever moves
    /// the bytes closes it; nothing is said to it until [`LinkPort::reopen`].
    #[must_use]
    pub const fn is_foreign(&self) -> bool {
        self.foreign
    }

    /// The link session in force, 0 for none.
    #[must_use]
    pub const fn session(&self) -> u32 {
        self.link.session()
    }

    /// Frames that could not be understood, and other counts of the line.
    #[must_use]
    pub const fn stats(&self) -> antipode_link::DecoderStats {
        self.link.stats()
    }

    /// Lets time pass: greets where no session is open, notices silence. It never renews a lease
    /// and never sends a heartbeat; only the control loop's own commands do.
    pub fn poll(&mut self, now: Timestamp, out: &mut impl Extend<u8>) {
        if self.foreign {
            return;
        }
        if self.stop_at.is_some_and(|at| !self.unnamed || now >= at) {
            self.stop_at = None;
            self.link.stop(out);
        }
        if self.link.is_connected() {
            if now.since(self.heard) >= SILENT_AFTER {
                self.events.push(TableEvent::Lost(LinkLoss::Silent));
                self.greet(now, out);
            }
        } else if self.greeted.is_none_or(|at| now.since(at) >= HELLO_EVERY) {
            self.greet(now, out);
        }
    }

    /// When [`LinkPort::poll`] has something to do next.
    #[must_use]
    pub fn next_poll(&self) -> Timestamp {
        if self.foreign {
            return NEVER;
        }
        let next = if self.link.is_connected() {
            self.heard.plus(SILENT_AFTER)
        } else {
            self.greeted.map_or(Timestamp::ZERO, |at| at.plus(HELLO_EVERY))
        };
        self.stop_at.map_or(next, |at| next.min(at))
    }

    fn greet(&mut self, now: Timestamp, out: &mut impl Extend<u8>) {
        self.greeted = Some(now);
        self.heard = now;
        self.link.hello(out);
    }

    /// Takes bytes from the line.
    pub fn receive(&mut self, now: Timestamp, bytes: &[u8]) {
        let mut heard = false;
        let (simulated, capabilities) = (self.simulated, &mut self.capabilities);
        let (events, foreign) = (&mut self.events, &mut self.foreign);
        let unnamed = &mut self.unnamed;
        self.link.receive(now, bytes, &mut |event| {
            if *foreign {
                return;
            }
            heard = true;
            let event = match event {
                HostEvent::Connected(info)
                    if capabilities.is_some_and(|known| known.serial != info.serial) =>
                {
                    *foreign = true;
                    Some(TableEvent::Mismatch)
                }
                HostEvent::Connected(info) => {
                    *unnamed = false;
                    let stated = capabilities_of(&info, simulated);
                    *capabilities = Some(stated);
                    Some(TableEvent::Connected(stated))
                }
                HostEvent::Reading(reading) => Some(TableEvent::Reading(reading)),
                HostEvent::Acked { of, result, .. } => answer(of, result),
                HostEvent::SessionLost => Some(TableEvent::SessionLost),
                HostEvent::ReadOnly => Some(TableEvent::Mismatch),
                HostEvent::Fault(entry) => Some(TableEvent::FaultBegan(began(&entry))),
                HostEvent::Echo { .. } | HostEvent::Limits(_) => None,
            };
            if let Some(event) = event {
                events.push(event);
            }
        });
        if heard {
            self.heard = now;
        }
        if self.foreign {
            self.link = HostLink::new(self.host_id);
        }
    }

    /// Encodes one command. STOP goes out whatever the state of the link, only half a second later where
    /// it is not known yet whose line it is; everything else only
    /// means something in a session, and the table refuses it otherwise. Nothing at all goes to a table
    /// that is another one.
    pub fn send(&mut self, now: Timestamp, command: TableCommand, out: &mut impl Extend<u8>) {
        if self.foreign {
            return;
        }
        if self.unnamed && matches!(command, TableCommand::Stop) {
            self.stop_at = Some(self.stop_at.unwrap_or(now.plus(STOP_WAITS)));
            return;
        }
        match command {
            TableCommand::Arm => self.link.arm(out),
            TableCommand::Disarm => self.link.disarm(out),
            TableCommand::Start(_, permit) => self.link.start(permit, out),
            TableCommand::Halt => self.link.halt(out),
            TableCommand::Return(motion) => {
                let lease = self.lease(motion.held);
                self.link.return_to_rest(motion.rate, lease, motion.held, out)
            }
            TableCommand::Stop => self.link.stop(out),
            TableCommand::Heartbeat => self.link.heartbeat(now, out),
            TableCommand::AcknowledgeStop => self.link.acknowledge_stop(out),
            TableCommand::ClearFaults(faults) => self.link.clear_faults(faults, out),
        };
    }

    /// The next event, oldest first.
    pub fn next_event(&mut self) -> Option<TableEvent> {
        self.events.pop()
    }

    /// Tells that the line itself is gone.
    pub fn hung_up(&mut self) {
        self.events.push(TableEvent::Lost(LinkLoss::HungUp));
    }

    /// The line was closed and opened again: a new session, disarmed, whatever was said before.
    pub fn reopen(&mut self) {
        // Every connection has a number of its own: a table takes a repeated greeting of the same
        // host for an echo of the first and would not hear the new one.
        self.host_id = self.host_id.wrapping_add(CONNECTION_STEP);
        self.link = HostLink::new(self.host_id);
        if self.foreign {
            // It was never meant for whoever answered.
            self.stop_at = None;
        }
        // A STOP that waits goes on waiting from when it was pressed: a line that comes and goes puts
        // it off no further.
        (self.foreign, self.greeted) = (false, None);
        self.unnamed = self.capabilities.is_some();
    }

    /// A return is renewed like a motion; a held one as long as one pulse of the button grants.
    fn lease(&self, held: bool) -> Millis {
        let own = self.capabilities.map_or(Millis::new(250), |stated| stated.lease);
        if held { Millis::new(300) } else { own }
    }
}

/// Nobody asks for older entries here, so each is told as it begins.
const fn began(entry: &FaultEntry) -> FaultBegan {
    let FaultEntry { index: _, fault, table_ms, tilt, current_ma, count } = *entry;
    FaultBegan { fault, table_ms, tilt, current_ma, count }
}

const fn answer(of: MessageType, result: AckResult) -> Option<TableEvent> {
    match (of, result) {
        (MessageType::Arm, AckResult::Accepted | AckResult::Duplicate) => Some(TableEvent::Armed),
        (_, AckResult::Accepted | AckResult::Duplicate | AckResult::Stale) => None,
        (_, AckResult::OutOfRange | AckResult::Unsupported) => Some(TableEvent::Mismatch),
        (
            _,
            AckResult::WrongSession
            | AckResult::NotArmed
            | AckResult::Stopped
            | AckResult::Faulted
            | AckResult::NotInRest
            | AckResult::StopHeld
            | AckResult::WrongNonce
            | AckResult::Returning
            | AckResult::Yielded
            | AckResult::NoAngle
            | AckResult::AlreadyUp
            | AckResult::NoSuchEntry
            | AckResult::ButtonNotHeld
            | AckResult::StillArmed
            | AckResult::WouldWiden,
        ) => Some(TableEvent::Refused),
    }
}

fn capabilities_of(info: &TableInfo, simulated: bool) -> Capabilities {
    let stated = info.capabilities;
    Capabilities {
        simulated,
        rescue: match stated.rescue {
            LinkRescue::None => Rescue::None,
            LinkRescue::Crank => Rescue::Crank,
            LinkRescue::Battery => Rescue::Battery,
            LinkRescue::Gravity => Rescue::Gravity,
        },
        returns_without_host: stated.returns_without_host,
        latch_sensors: stated.latches_fitted,
        second_angle: stated.second_angle,
        hand_control: stated.hand_control,
        rates: Rates::Range { slowest: Rate::clamped(100), fastest: info.max_rate },
        tilt_min: info.tilt_min,
        tilt_max: info.tilt_max,
        lease: info.max_lease,
        stop_decel: STOP_DECEL,
        report_every: REPORT_EVERY,
        serial: info.serial,
        firmware: info.firmware,
        config_hash: info.config_hash,
        boot_count: info.boot_count,
    }
}
