//! What each frame of a host does.

use antipode_link::{
    Ack, AckResult, Frame, Hello, Lease as WireLease, Message, MessageType, TableInfo, VERSION,
};
use antipode_safety::{Angle, Fault, FaultSet, Millis, Rate};

use crate::controller::Controller;
use crate::demand::{Asker, Demand};
use crate::rules::Motion;
use crate::session::{Greeting, Order};
use crate::timer::Lease;

impl Controller {
    pub(crate) fn command(&mut self, now_ms: u32, frame: Frame) {
        let result = match frame.message {
            Message::Stop => self.stop_frame(&frame),
            Message::Hello(hello) => match self.greet(frame.seq, hello) {
                Ok(info) => {
                    self.outbox.answer(Message::HelloAck(info));
                    return;
                }
                Err(refusal) => refusal,
            },
            Message::Heartbeat { host_ms } => {
                self.heartbeat(now_ms, &frame, host_ms);
                return;
            }
            Message::ReadFaultLog { index } => match self.faults.entry(index) {
                Some(entry) => {
                    self.outbox.answer(Message::FaultEntry(entry));
                    return;
                }
                None => AckResult::NoSuchEntry,
            },
            Message::ReadLimits => {
                self.outbox.answer(Message::Limits(self.limits()));
                return;
            }
            Message::Arm { .. }
            | Message::Disarm
            | Message::SetTarget { .. }
            | Message::Jog { .. }
            | Message::Hold
            | Message::ReturnToRest { .. }
            | Message::AcknowledgeStop
            | Message::ClearFaults { .. }
            | Message::SetLimits(_) => self.session_command(now_ms, &frame),
            // A table's own words come back only from a looped wire.
            Message::HelloAck(_)
            | Message::Ack(_)
            | Message::HeartbeatEcho { .. }
            | Message::Telemetry(_)
            | Message::FaultEntry(_)
            | Message::Limits(_) => return,
        };
        self.answer(frame.seq, frame.message.message_type(), result);
    }

    fn answer(&mut self, of_seq: u16, of_type: MessageType, result: AckResult) {
        self.outbox.answer(Message::Ack(Ack { of_seq, of_type, result }));
    }

    /// STOP acts from any session and in any order (I3). While it is latched it ends a return that
    /// a host holds, at once, and none that the person on the bed holds: a flood of frames must not
    /// take that one away.
    fn stop_frame(&mut self, frame: &Frame) -> AckResult {
        let owned = self.session.owns(frame.session);
        let new = owned && self.session.order(frame.seq) == Order::New;
        // A copy of a STOP from before the hold is no answer to it.
        let press = new || !owned;
        let held_by_host = matches!(self.demand, Demand::HostReturn { .. });
        if !self.stop.latched() || (press && held_by_host) {
            self.stop.latch();
            self.halt_for_stop();
        }
        if new {
            self.session.accept(frame.seq);
        }
        AckResult::Accepted
    }

    /// A greeting begins a new session: disarmed, the old host's motion ended. A return goes on: the
    /// table's own and the hand control's as they are, the old host's to the end of its lease, so
    /// that a line that drops every second does not stop the way home every second (H-02).
    fn greet(&mut self, seq: u16, hello: Hello) -> Result<TableInfo, AckResult> {
        if !(hello.proto_min..=hello.proto_max).contains(&VERSION) {
            return Err(AckResult::Unsupported);
        }
        match self.session.greeting(seq, hello.host_id) {
            Greeting::New => {
                self.session.begin(seq, hello.host_id);
                self.outbox.forget();
                self.greeted = true;
                if !matches!(self.demand, Demand::HostReturn { held: false, .. }) {
                    self.end_host_motion();
                }
            }
            // The wire repeated it, or the answer was lost: the same answer again.
            Greeting::Repeated => {}
            Greeting::Overtaken => return Err(AckResult::Stale),
        }
        Ok(self.info(hello.host_id))
    }

    fn info(&self, host_id: u32) -> TableInfo {
        let config = &self.config;
        TableInfo {
            proto: VERSION,
            firmware: config.firmware,
            serial: config.serial,
            config_hash: self.commissioned.hash(),
            nonce: self.session.nonce(),
            host_id,
            capabilities: config.capabilities(),
            tilt_min: config.tilt_min,
            tilt_max: config.tilt_max,
            max_rate: config.max_rate,
            max_lease: Millis::new(u64::from(config.lease_cap_ms)),
            boot_count: self.boot.boot_count,
        }
    }

    fn heartbeat(&mut self, now_ms: u32, frame: &Frame, host_ms: u32) {
        if !self.session.owns(frame.session) {
            self.answer(frame.seq, MessageType::Heartbeat, AckResult::WrongSession);
        } else if self.session.order(frame.seq) == Order::New {
            self.session.renew();
            self.session.time(host_ms, now_ms);
            if self.late() {
                self.end_host_turning();
            }
            self.outbox.answer(Message::HeartbeatEcho { host_ms, table_ms: now_ms });
        }
    }

    /// Commands that only the host of this session may give.
    fn session_command(&mut self, now_ms: u32, frame: &Frame) -> AckResult {
        if !self.session.owns(frame.session) {
            return AckResult::WrongSession;
        }
        let order = self.session.order(frame.seq);
        let result = match (frame.message, order) {
            // Ending a motion is never too late (I13).
            (Message::Hold, _) => self.hold(),
            (Message::Disarm, _) => {
                self.session.disarm();
                self.end_host_motion();
                AckResult::Accepted
            }
            (_, Order::Same) => AckResult::Duplicate,
            (_, Order::Older) => AckResult::Stale,
            (message, Order::New) => self.fresh_command(now_ms, message),
        };
        if result == AckResult::Accepted && order == Order::New {
            self.session.accept(frame.seq);
        }
        result
    }

    fn fresh_command(&mut self, now_ms: u32, message: Message) -> AckResult {
        match message {
            Message::Arm { nonce } => self.arm(nonce),
            Message::SetTarget { target, rate, lease } => {
                self.session.renew();
                self.set_target(target, rate, self.motion_lease(now_ms, lease))
            }
            Message::Jog { rate, lease } => {
                self.session.renew();
                self.jog(rate, self.motion_lease(now_ms, lease))
            }
            Message::ReturnToRest { rate, lease, held } => {
                self.session.renew();
                let cap =
                    if held { self.config.held_lease_cap_ms } else { self.config.lease_cap_ms };
                let lease = Lease { at_ms: now_ms, ms: u32::from(lease.ms()).min(cap) };
                self.host_return(rate, lease, held)
            }
            Message::AcknowledgeStop => self.acknowledge_stop(),
            Message::ClearFaults { faults } => self.clear_faults(faults),
            Message::SetLimits(limits) => self.set_limits(&limits),
            Message::Hello(_)
            | Message::Disarm
            | Message::Hold
            | Message::Stop
            | Message::Heartbeat { .. }
            | Message::ReadFaultLog { .. }
            | Message::ReadLimits
            | Message::HelloAck(_)
            | Message::Ack(_)
            | Message::HeartbeatEcho { .. }
            | Message::Telemetry(_)
            | Message::FaultEntry(_)
            | Message::Limits(_) => AckResult::Unsupported,
        }
    }

    fn motion_lease(&self, now_ms: u32, lease: WireLease) -> Lease {
        Lease { at_ms: now_ms, ms: u32::from(lease.ms()).min(self.config.lease_cap_ms) }
    }

    /// A new human start, only level or head-up (I18).
    fn arm(&mut self, nonce: u32) -> AckResult {
        if nonce != self.session.nonce() {
            return AckResult::WrongNonce;
        }
        if self.stop.latched() {
            return AckResult::Stopped;
        }
        if self.at.is_none() {
            return AckResult::NoAngle;
        }
        if !self.level_or_up() {
            return AckResult::NotInRest;
        }
        if !self.faults.reported().is_empty() || self.reset_loop() {
            return AckResult::Faulted;
        }
        self.session.arm();
        AckResult::Accepted
    }

    fn set_target(&mut self, target: Angle, rate: Rate, lease: Lease) -> AckResult {
        if let Some(refusal) = self.motion_refusal(Motion::Target) {
            return refusal;
        }
        if self.late() {
            return AckResult::Stale;
        }
        if target < self.config.tilt_min || target > self.config.tilt_max {
            return AckResult::OutOfRange;
        }
        let target = target.millideg();
        let rate = rate.slower(self.config.max_rate).millideg_per_s();
        let (way, arrived) = if let Demand::Target { target: same, way, arrived, .. } = self.demand
            && same == target
        {
            (way, arrived)
        } else {
            (self.at.map_or(0, |at| (target - at.control).signum()), false)
        };
        self.demand = Demand::Target { target, rate, lease, way, arrived };
        AckResult::Accepted
    }

    fn jog(&mut self, rate: Rate, lease: Lease) -> AckResult {
        if let Some(refusal) = self.motion_refusal(Motion::Jog) {
            return refusal;
        }
        if self.late() {
            return AckResult::Stale;
        }
        let max = self.config.max_rate.millideg_per_s();
        self.demand = Demand::Jog { rate: rate.millideg_per_s().clamp(-max, max), lease };
        AckResult::Accepted
    }

    fn host_return(&mut self, rate: Rate, lease: Lease, held: bool) -> AckResult {
        let asker = if held { Asker::HostHeld } else { Asker::Host };
        // Somebody who knows for how long it was dark has decided, whatever forbids it now.
        self.boot_hold = false;
        if held {
            self.automatic.renew();
        }
        self.unblock(asker);
        match self.demand {
            // The table or the person does it already, without a lease that could end.
            Demand::HandReturn { .. } | Demand::AutoReturn { .. } => return AckResult::Accepted,
            Demand::Hold
            | Demand::Target { .. }
            | Demand::Jog { .. }
            | Demand::HostReturn { .. } => {}
        }
        if let Some(refusal) = self.return_refusal(asker) {
            return refusal;
        }
        if !self.head_down() && !self.demand.is_return() {
            self.end_host_motion();
            return AckResult::AlreadyUp;
        }
        let rate = match rate.magnitude() {
            Rate::ZERO => self.config.return_rate,
            rate => rate,
        };
        self.demand = Demand::HostReturn { rate: rate.millideg_per_s(), lease, held };
        AckResult::Accepted
    }

    /// Zero rate, no latch. What the hand control or the table itself began is not a host's to end:
    /// nobody may block a return; STOP does.
    fn hold(&mut self) -> AckResult {
        match self.demand {
            Demand::HandReturn { .. } => AckResult::Yielded,
            Demand::AutoReturn { .. } => AckResult::Returning,
            Demand::Hold
            | Demand::Target { .. }
            | Demand::Jog { .. }
            | Demand::HostReturn { .. } => {
                self.end_host_motion();
                AckResult::Accepted
            }
        }
    }

    /// Whether the wire holds frames back: what comes out of a jam was meant for another moment
    /// (H-02). Returns are let through.
    fn late(&self) -> bool {
        self.session.late_ms() > self.config.lease_cap_ms
    }

    fn end_host_turning(&mut self) {
        if matches!(self.demand, Demand::Target { .. } | Demand::Jog { .. }) {
            self.demand = Demand::Hold;
        }
    }

    fn end_host_motion(&mut self) {
        if self.demand.lease().is_some() {
            self.demand = Demand::Hold;
        }
    }

    fn acknowledge_stop(&mut self) -> AckResult {
        if !self.stop.latched() {
            return AckResult::Accepted;
        }
        if self.at.is_none() {
            return AckResult::NoAngle;
        }
        if !self.in_rest_band() {
            return AckResult::NotInRest;
        }
        if self.stop.pressed() {
            return AckResult::StopHeld;
        }
        self.stop.unlatch();
        self.session.disarm();
        AckResult::Accepted
    }

    /// Only level or head-up; what is still present stays reported.
    fn clear_faults(&mut self, faults: FaultSet) -> AckResult {
        if self.head_down() {
            return AckResult::NotInRest;
        }
        if faults.has(Fault::AngleInvalid) {
            self.sources.forgive();
            self.blind.forgive();
        }
        if faults.has(Fault::BrakeSlip) {
            self.automatic.trust_brake();
        }
        if faults.has(Fault::StallBack) {
            self.back_blocked = false;
        }
        if self.faults.clear(faults) { AckResult::Accepted } else { AckResult::Faulted }
    }
}
