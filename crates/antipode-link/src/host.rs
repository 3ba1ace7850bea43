//! The host's half of the link as a pure state machine, shared by every driver that speaks it.
//!
//! ```text
//!              hello()                 HelloAck for this host_id
//!   no session --------> greeting ---------------------------> session
//!        ^                                                        |
//!        '--- two foreign frames in a row (restart, other host) ---'
//! ```
//! It holds no clock and no port: bytes and the time of their arrival come in, frames go out. It
//! never repeats a command by itself: an unanswered command is *uncertain*, and
//! [`Reading::accepted`] settles it.

use antipode_safety::{FaultSet, Millis, Permit, Rate, Reading, Timestamp};

use crate::frame::{Decoder, DecoderStats, Frame, FrameBuf, VERSION};
use crate::message::{
    Ack, AckResult, FaultEntry, Hello, Lease, LimitsReport, Message, MessageType, TableFlags,
    TableInfo, TableLimits, Telemetry,
};

/// Frames of another session in a row that mean that this one is over. One alone may be an old
/// frame that the wire delivered late.
const FOREIGN_FRAMES: u8 = 2;
/// Reports in a row that seem older than the last one before the numbering counts as broken. Half
/// the numbers are "older", so after a very long silence true reports could seem old for long.
const OLD_REPORTS: u8 = 8;

/// What the table's bytes meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostEvent {
    /// The table answered the greeting: a new session, disarmed.
    Connected(TableInfo),
    /// A new report.
    Reading(Reading),
    /// What became of a command.
    Acked {
        /// The number that the encoder returned.
        seq: u16,
        /// The command's type.
        of: MessageType,
        /// What became of it.
        result: AckResult,
    },
    /// The table answered a heartbeat.
    Echo {
        /// The host's clock as sent, its low 32 bits in milliseconds.
        host_ms: u32,
        /// The table's clock.
        table_ms: u32,
    },
    /// A fault that began, or an entry of the log that was asked for.
    Fault(FaultEntry),
    /// The table's limits, after they were asked for.
    Limits(LimitsReport),
    /// The table restarted or greets another host; nothing sent before holds. Greet again.
    SessionLost,
    /// The table speaks no protocol version of this host. It can be read as far as it is
    /// understood, and STOP acts; nothing else does. Told once for each connection.
    ReadOnly,
}

/// The host's half of one connection. Reopening a port takes a new one.
#[derive(Clone, Debug)]
pub struct HostLink {
    host_id: u32,
    decoder: Decoder,
    state: State,
    /// The session before this one; its frames may still be under way and mean nothing.
    retired: u32,
    foreign: u8,
    /// Number of the last frame sent.
    sent: u16,
    /// Table's number of the last report of this session.
    last_report: Option<u16>,
    old_reports: u8,
    /// Extension of the report numbers, over all sessions of this connection.
    reading_seq: u32,
    flags: TableFlags,
    /// A greeting was refused for its version.
    read_only: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Idle,
    /// Greeted under this number, not answered yet.
    Greeting {
        seq: u16,
    },
    Session {
        id: u32,
        nonce: u32,
    },
}

impl HostLink {
    /// A connection that has said nothing yet. `host_id` must differ from connection to connection
    /// (random is best), so that an old answer in a buffer is not taken for this one's.
    #[must_use]
    pub const fn new(host_id: u32) -> Self {
        Self {
            host_id,
            decoder: Decoder::new(),
            state: State::Idle,
            retired: 0,
            foreign: 0,
            sent: 0,
            last_report: None,
            old_reports: 0,
            reading_seq: 0,
            flags: TableFlags::NONE,
            read_only: false,
        }
    }

    /// Whether the table answered the last greeting.
    #[must_use]
    pub const fn is_connected(&self) -> bool {
        matches!(self.state, State::Session { .. })
    }

    /// The session number for frames of a stop lane that has no access to this; 0 without one.
    #[must_use]
    pub const fn session(&self) -> u32 {
        match self.state {
            State::Session { id, .. } => id,
            State::Idle | State::Greeting { .. } => 0,
        }
    }

    /// Single facts of the last report.
    #[must_use]
    pub const fn flags(&self) -> TableFlags {
        self.flags
    }

    /// What the decoder saw; the error counts tell a bad cable.
    #[must_use]
    pub const fn stats(&self) -> DecoderStats {
        self.decoder.stats()
    }

    /// Takes bytes that arrived at `now` and hands what they mean to `sink`, in order.
    pub fn receive(&mut self, now: Timestamp, bytes: &[u8], sink: &mut dyn FnMut(HostEvent)) {
        // The decoder leaves for a moment, so that the frames can change the rest.
        let mut decoder = core::mem::take(&mut self.decoder);
        decoder.feed(bytes, |frame| {
            if let Some(event) = self.accept(now, frame) {
                sink(event);
            }
        });
        self.decoder = decoder;
    }

    /// Takes one frame that arrived at `now`, for links that frame by themselves.
    pub fn accept(&mut self, now: Timestamp, frame: Frame) -> Option<HostEvent> {
        if let Message::HelloAck(info) = frame.message {
            return self.greeted(frame.session, info);
        }
        let State::Session { id, .. } = self.state else {
            return self.outside_a_session(now, frame);
        };
        if frame.session != id {
            return self.foreign(frame.session);
        }
        self.foreign = 0;
        match frame.message {
            Message::Telemetry(telemetry) => self.report(now, frame.seq, &telemetry),
            // The answer to a stranger on the same wire, whose numbers are not ours.
            Message::Ack(ack) if ack.result == AckResult::WrongSession => None,
            Message::Ack(ack) => {
                Some(HostEvent::Acked { seq: ack.of_seq, of: ack.of_type, result: ack.result })
            }
            Message::HeartbeatEcho { host_ms, table_ms } => {
                Some(HostEvent::Echo { host_ms, table_ms })
            }
            Message::FaultEntry(entry) => Some(HostEvent::Fault(entry)),
            Message::Limits(report) => Some(HostEvent::Limits(report)),
            // A host's own words come back only from a looped wire.
            Message::Hello(_)
            | Message::Arm { .. }
            | Message::Disarm
            | Message::SetTarget { .. }
            | Message::Jog { .. }
            | Message::Hold
            | Message::ReturnToRest { .. }
            | Message::Stop
            | Message::Heartbeat { .. }
            | Message::AcknowledgeStop
            | Message::ClearFaults { .. }
            | Message::ReadFaultLog { .. }
            | Message::ReadLimits
            | Message::SetLimits(_)
            | Message::HelloAck(_) => None,
        }
    }

    /// What a table says that has no session with this host. Nothing it says there is about a
    /// command of this host but the refusal of its greeting.
    fn outside_a_session(&mut self, now: Timestamp, frame: Frame) -> Option<HostEvent> {
        if let Message::Telemetry(telemetry) = frame.message
            && self.read_only
        {
            return self.report(now, frame.seq, &telemetry);
        }
        let Message::Ack(Ack { of_seq, of_type, result }) = frame.message else {
            return None;
        };
        let refused = self.state == State::Greeting { seq: of_seq }
            && of_type == MessageType::Hello
            && result == AckResult::Unsupported;
        if !refused || self.read_only {
            return None;
        }
        self.read_only = true;
        Some(HostEvent::ReadOnly)
    }

    fn greeted(&mut self, session: u32, info: TableInfo) -> Option<HostEvent> {
        let awaited = matches!(self.state, State::Greeting { .. }) && info.host_id == self.host_id;
        if !awaited || session == 0 || info.proto != VERSION {
            return None;
        }
        self.state = State::Session { id: session, nonce: info.nonce };
        self.read_only = false;
        self.foreign = 0;
        self.last_report = None;
        self.old_reports = 0;
        Some(HostEvent::Connected(info))
    }

    fn foreign(&mut self, session: u32) -> Option<HostEvent> {
        if session == self.retired && session != 0 {
            return None;
        }
        self.foreign += 1;
        if self.foreign < FOREIGN_FRAMES { None } else { Some(self.lose()) }
    }

    fn lose(&mut self) -> HostEvent {
        self.retire();
        self.state = State::Idle;
        HostEvent::SessionLost
    }

    fn retire(&mut self) {
        if let State::Session { id, .. } = self.state {
            self.retired = id;
        }
        self.foreign = 0;
    }

    /// A report counts once and only forward.
    fn report(&mut self, now: Timestamp, seq: u16, telemetry: &Telemetry) -> Option<HostEvent> {
        let step = self.last_report.map_or(1, |last| seq.wrapping_sub(last));
        if step == 0 || step > u16::MAX / 2 {
            self.old_reports += 1;
            return if self.old_reports < OLD_REPORTS { None } else { Some(self.lose()) };
        }
        self.old_reports = 0;
        self.last_report = Some(seq);
        self.reading_seq = self.reading_seq.saturating_add(u32::from(step));
        self.flags = telemetry.flags;
        Some(HostEvent::Reading(Reading {
            at: now,
            seq: self.reading_seq,
            table_ms: telemetry.table_ms,
            tilt: telemetry.tilt,
            tilt_second: telemetry.tilt_second,
            rate: telemetry.rate,
            drive: telemetry.state,
            latches: telemetry.latches,
            switches: telemetry.switches,
            faults: telemetry.faults,
            accepted: telemetry.accepted,
            current_ma: telemetry.current_ma,
            supply_mv: telemetry.supply_mv,
            temperature_c: telemetry.temperature_c,
        }))
    }
}

/// Commands. Each appends one frame to `out` and returns the frame's number.
impl HostLink {
    /// Greets: asks for a new session, which ends any other and disarms the table. A greeting that
    /// has no answer yet is said again under its own number: the answer may take longer than the
    /// patience of the caller, and a new number would end the session that it brings.
    pub fn hello(&mut self, out: &mut impl Extend<u8>) -> u16 {
        self.retire();
        let seq = match self.state {
            State::Greeting { seq } => seq,
            State::Idle | State::Session { .. } => self.next_number(),
        };
        self.state = State::Greeting { seq };
        let hello = Hello { proto_min: VERSION, proto_max: VERSION, host_id: self.host_id };
        self.write(seq, Message::Hello(hello), out);
        seq
    }

    /// Lets motion frames act. Refused by the table outside a session.
    pub fn arm(&mut self, out: &mut impl Extend<u8>) -> u16 {
        let nonce = match self.state {
            State::Session { nonce, .. } => nonce,
            State::Idle | State::Greeting { .. } => 0,
        };
        self.send(Message::Arm { nonce }, out)
    }

    /// Lets no motion frame act; the bed halts.
    pub fn disarm(&mut self, out: &mut impl Extend<u8>) -> u16 {
        self.send(Message::Disarm, out)
    }

    /// Turns toward the permit's target under its lease. Only a permit becomes a motion frame, and
    /// it is spent by that.
    pub fn start(&mut self, permit: Permit, out: &mut impl Extend<u8>) -> u16 {
        let lease = Lease::clamped(permit.lease());
        let rate = permit.rate().magnitude();
        self.send(Message::SetTarget { target: permit.target(), rate, lease }, out)
    }

    /// Zero rate, no latch.
    pub fn halt(&mut self, out: &mut impl Extend<u8>) -> u16 {
        self.send(Message::Hold, out)
    }

    /// Back to the rest band, for `lease`. `held`: a person at this machine holds the control,
    /// the only return that acts while STOP is latched.
    pub fn return_to_rest(
        &mut self,
        rate: Rate,
        lease: Millis,
        held: bool,
        out: &mut impl Extend<u8>,
    ) -> u16 {
        let lease = Lease::clamped(lease);
        self.send(Message::ReturnToRest { rate: rate.magnitude(), lease, held }, out)
    }

    /// STOP. Works in every state of this link; [`crate::STOP_FRAME`] does without one.
    pub fn stop(&mut self, out: &mut impl Extend<u8>) -> u16 {
        self.send(Message::Stop, out)
    }

    /// Tells the table that the control loop completed a tick.
    pub fn heartbeat(&mut self, now: Timestamp, out: &mut impl Extend<u8>) -> u16 {
        self.send(Message::Heartbeat { host_ms: now.wrapping_millis() }, out)
    }

    /// A person lets STOP go.
    pub fn acknowledge_stop(&mut self, out: &mut impl Extend<u8>) -> u16 {
        self.send(Message::AcknowledgeStop, out)
    }

    /// A person clears latched faults.
    pub fn clear_faults(&mut self, faults: FaultSet, out: &mut impl Extend<u8>) -> u16 {
        self.send(Message::ClearFaults { faults }, out)
    }

    /// Asks for one entry of the fault log, 0 being the newest.
    pub fn read_fault_log(&mut self, index: u16, out: &mut impl Extend<u8>) -> u16 {
        self.send(Message::ReadFaultLog { index }, out)
    }

    /// Asks for the limits in force and the commissioned ones.
    pub fn read_limits(&mut self, out: &mut impl Extend<u8>) -> u16 {
        self.send(Message::ReadLimits, out)
    }

    /// Narrows the table's limits until its next start. Acts only while it is disarmed and level or
    /// head-up, and somebody there holds OK; the table refuses whatever is wider.
    pub fn set_limits(&mut self, limits: TableLimits, out: &mut impl Extend<u8>) -> u16 {
        self.send(Message::SetLimits(limits), out)
    }

    fn send(&mut self, message: Message, out: &mut impl Extend<u8>) -> u16 {
        let seq = self.next_number();
        self.write(seq, message, out);
        seq
    }

    const fn next_number(&mut self) -> u16 {
        self.sent = self.sent.wrapping_add(1);
        self.sent
    }

    fn write(&self, seq: u16, message: Message, out: &mut impl Extend<u8>) {
        let mut frame = FrameBuf::new();
        Frame { seq, session: self.session(), message }.encode(&mut frame);
        out.extend(frame.as_bytes().iter().copied());
    }
}

#[cfg(test)]
mod tests;
