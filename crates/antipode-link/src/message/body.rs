//! Bodies to bytes and back. Every field has a fixed place, little-endian; reserved bytes are sent
//! as zero and not looked at on receipt.

use antipode_safety::{Angle, DriveState, Fault, FaultSet, Latches, Millis, Switches};

use crate::message::{
    Ack, AckResult, FaultEntry, Hello, Lease, LimitsReport, Message, MessageType, Rescue,
    TableCapabilities, TableFlags, TableInfo, TableLimits, Telemetry,
};
use crate::wire;

/// Longest body of any message.
pub(crate) const MAX_BODY: usize = MessageType::HelloAck.body_len();

/// Bit 0 of the flags byte of a return.
const HELD: u8 = 1;

/// Fields written one after another.
pub(crate) struct Writer<'a> {
    rest: &'a mut [u8],
}

impl<'a> Writer<'a> {
    pub(crate) fn new(out: &'a mut [u8]) -> Self {
        Self { rest: out }
    }

    /// Appends a field. The buffer holds the longest packet, so the field always fits.
    pub(crate) fn put<const N: usize>(&mut self, field: [u8; N]) -> &mut Self {
        let rest = core::mem::take(&mut self.rest);
        if let Some((to, rest)) = rest.split_first_chunk_mut::<N>() {
            *to = field;
            self.rest = rest;
        }
        self
    }
}

impl Message {
    /// Writes the body.
    pub(crate) fn put_body(&self, w: &mut Writer<'_>) {
        match *self {
            Self::Disarm | Self::Hold | Self::Stop | Self::AcknowledgeStop | Self::ReadLimits => {}
            Self::Hello(hello) => {
                w.put([hello.proto_min, hello.proto_max, 0, 0]).put(hello.host_id.to_le_bytes());
            }
            Self::Arm { nonce } => {
                w.put(nonce.to_le_bytes());
            }
            Self::SetTarget { target, rate, lease } => {
                w.put(wire::target_to_wire(target).to_le_bytes())
                    .put(wire::speed_to_wire(rate).to_le_bytes())
                    .put(lease.ms().to_le_bytes());
            }
            Self::Jog { rate, lease } => {
                w.put(wire::rate_to_wire(rate).to_le_bytes()).put(lease.ms().to_le_bytes());
            }
            Self::ReturnToRest { rate, lease, held } => {
                w.put(wire::speed_to_wire(rate).to_le_bytes())
                    .put(lease.ms().to_le_bytes())
                    .put([if held { HELD } else { 0 }, 0]);
            }
            Self::Heartbeat { host_ms } => {
                w.put(host_ms.to_le_bytes());
            }
            Self::ClearFaults { faults } => {
                w.put(faults.bits().to_le_bytes());
            }
            Self::ReadFaultLog { index } => {
                w.put(index.to_le_bytes());
            }
            Self::HelloAck(info) => put_info(&info, w),
            Self::Ack(ack) => {
                w.put(ack.of_seq.to_le_bytes()).put([ack.of_type.byte(), ack.result as u8]);
            }
            Self::HeartbeatEcho { host_ms, table_ms } => {
                w.put(host_ms.to_le_bytes()).put(table_ms.to_le_bytes());
            }
            Self::Telemetry(telemetry) => put_telemetry(&telemetry, w),
            Self::FaultEntry(entry) => put_fault(&entry, w),
            Self::SetLimits(limits) => put_limits(&limits, w),
            Self::Limits(report) => {
                put_limits(&report.in_force, w);
                put_limits(&report.commissioned, w);
                w.put(report.config_hash.to_le_bytes());
            }
        }
    }

    /// Reads the body of a message of type `message_type`; `None` when the length is wrong or a
    /// field holds what no sender may say.
    pub(crate) fn parse_body(message_type: MessageType, body: &[u8]) -> Option<Self> {
        Some(match message_type {
            MessageType::Hello => {
                let [proto_min, proto_max, _, _, id @ ..] = fixed::<8>(body)?;
                Self::Hello(Hello { proto_min, proto_max, host_id: u32::from_le_bytes(id) })
            }
            MessageType::Arm => Self::Arm { nonce: u32::from_le_bytes(fixed(body)?) },
            MessageType::Disarm => empty(body, Self::Disarm)?,
            MessageType::SetTarget => {
                let [a, b, c, d, e, f] = fixed(body)?;
                Self::SetTarget {
                    target: wire::angle_from_wire(i16::from_le_bytes([a, b]))?,
                    rate: wire::speed_from_wire(u16::from_le_bytes([c, d]))?,
                    lease: Lease::from_ms(u16::from_le_bytes([e, f]))?,
                }
            }
            MessageType::Jog => {
                let [a, b, c, d] = fixed(body)?;
                Self::Jog {
                    rate: wire::rate_from_wire(i16::from_le_bytes([a, b]))?,
                    lease: Lease::from_ms(u16::from_le_bytes([c, d]))?,
                }
            }
            MessageType::Hold => empty(body, Self::Hold)?,
            MessageType::ReturnToRest => {
                let [a, b, c, d, flags, _] = fixed(body)?;
                Self::ReturnToRest {
                    rate: wire::speed_from_wire(u16::from_le_bytes([a, b]))?,
                    lease: Lease::from_ms(u16::from_le_bytes([c, d]))?,
                    held: flags & HELD != 0,
                }
            }
            // A later version may say more in a STOP; it is a STOP all the same.
            MessageType::Stop => Self::Stop,
            MessageType::Heartbeat => Self::Heartbeat { host_ms: u32::from_le_bytes(fixed(body)?) },
            MessageType::AcknowledgeStop => empty(body, Self::AcknowledgeStop)?,
            MessageType::ClearFaults => {
                Self::ClearFaults { faults: FaultSet::from_bits(u16::from_le_bytes(fixed(body)?)) }
            }
            MessageType::ReadFaultLog => {
                Self::ReadFaultLog { index: u16::from_le_bytes(fixed(body)?) }
            }
            MessageType::HelloAck => Self::HelloAck(parse_info(&fixed(body)?)?),
            MessageType::Ack => {
                let [a, b, of_type, result] = fixed(body)?;
                Self::Ack(Ack {
                    of_seq: u16::from_le_bytes([a, b]),
                    of_type: MessageType::from_byte(of_type)?,
                    result: *AckResult::ALL.get(usize::from(result))?,
                })
            }
            MessageType::HeartbeatEcho => {
                let [a, b, c, d, table @ ..] = fixed::<8>(body)?;
                Self::HeartbeatEcho {
                    host_ms: u32::from_le_bytes([a, b, c, d]),
                    table_ms: u32::from_le_bytes(table),
                }
            }
            MessageType::Telemetry => Self::Telemetry(parse_telemetry(&fixed(body)?)?),
            MessageType::FaultEntry => Self::FaultEntry(parse_fault(&fixed(body)?)?),
            MessageType::ReadLimits => empty(body, Self::ReadLimits)?,
            MessageType::SetLimits => Self::SetLimits(parse_limits(fixed(body)?)?),
            MessageType::Limits => Self::Limits(parse_limits_report(&fixed(body)?)?),
        })
    }
}

/// The body as an array of the one length that its type has.
fn fixed<const N: usize>(body: &[u8]) -> Option<[u8; N]> {
    body.try_into().ok()
}

/// `message` when the body is empty, as it must be.
fn empty(body: &[u8], message: Message) -> Option<Message> {
    if body.is_empty() { Some(message) } else { None }
}

fn put_info(info: &TableInfo, w: &mut Writer<'_>) {
    w.put([info.proto, 0])
        .put(info.firmware.to_le_bytes())
        .put(info.serial.to_le_bytes())
        .put(info.config_hash.to_le_bytes())
        .put(info.nonce.to_le_bytes())
        .put(info.host_id.to_le_bytes())
        .put(info.capabilities.bits().to_le_bytes())
        .put(wire::target_to_wire(info.tilt_min).to_le_bytes())
        .put(wire::target_to_wire(info.tilt_max).to_le_bytes())
        .put(wire::speed_to_wire(info.max_rate).to_le_bytes())
        .put(u16::try_from(info.max_lease.get()).unwrap_or(u16::MAX).to_le_bytes())
        .put(info.boot_count.to_le_bytes());
}

fn parse_info(b: &[u8; 32]) -> Option<TableInfo> {
    Some(TableInfo {
        proto: b[0],
        firmware: u16::from_le_bytes([b[2], b[3]]),
        serial: u32::from_le_bytes([b[4], b[5], b[6], b[7]]),
        config_hash: u32::from_le_bytes([b[8], b[9], b[10], b[11]]),
        nonce: u32::from_le_bytes([b[12], b[13], b[14], b[15]]),
        host_id: u32::from_le_bytes([b[16], b[17], b[18], b[19]]),
        capabilities: TableCapabilities::from_bits(u16::from_le_bytes([b[20], b[21]]))?,
        tilt_min: wire::angle_from_wire(i16::from_le_bytes([b[22], b[23]]))?,
        tilt_max: wire::angle_from_wire(i16::from_le_bytes([b[24], b[25]]))?,
        max_rate: wire::speed_from_wire(u16::from_le_bytes([b[26], b[27]]))?,
        max_lease: Millis::new(u64::from(u16::from_le_bytes([b[28], b[29]]))),
        boot_count: u16::from_le_bytes([b[30], b[31]]),
    })
}

fn put_telemetry(t: &Telemetry, w: &mut Writer<'_>) {
    w.put(t.table_ms.to_le_bytes())
        .put([t.state as u8, t.switches.bits()])
        .put((t.flags.bits() | latch_bits(t.latches)).to_le_bytes())
        .put(t.faults.bits().to_le_bytes())
        .put(wire::reading_to_wire(t.tilt).to_le_bytes())
        .put(wire::reading_to_wire(t.tilt_second).to_le_bytes())
        .put(wire::measured_rate_to_wire(t.rate).to_le_bytes())
        .put(wire::current_to_wire(t.current_ma).to_le_bytes())
        .put(wire::supply_to_wire(t.supply_mv).to_le_bytes())
        .put(t.temperature_c.to_le_bytes())
        .put([0])
        .put(t.accepted.to_le_bytes());
}

fn parse_telemetry(b: &[u8; 24]) -> Option<Telemetry> {
    let flags = u16::from_le_bytes([b[6], b[7]]);
    Some(Telemetry {
        table_ms: u32::from_le_bytes([b[0], b[1], b[2], b[3]]),
        state: *DriveState::ALL.get(usize::from(b[4]))?,
        switches: Switches::from_bits(b[5]),
        latches: latches(flags)?,
        flags: TableFlags::from_bits(flags),
        faults: FaultSet::from_bits(u16::from_le_bytes([b[8], b[9]])),
        tilt: parse_reading([b[10], b[11]])?,
        tilt_second: parse_reading([b[12], b[13]])?,
        rate: wire::rate_from_wire(i16::from_le_bytes([b[14], b[15]]))?,
        current_ma: u32::from(u16::from_le_bytes([b[16], b[17]])) * 10,
        supply_mv: u32::from(u16::from_le_bytes([b[18], b[19]])) * 10,
        temperature_c: i8::from_le_bytes([b[20]]),
        accepted: u16::from_le_bytes([b[22], b[23]]),
    })
}

/// An angle field of a report: a value, none, or (the outer `None`) what no table may say.
fn parse_reading(bytes: [u8; 2]) -> Option<Option<Angle>> {
    match i16::from_le_bytes(bytes) {
        wire::NO_ANGLE => Some(None),
        centideg => wire::angle_from_wire(centideg).map(Some),
    }
}

/// Latches as the four lowest flag bits: sensors fitted, first closed, second closed.
const fn latch_bits(latches: Latches) -> u16 {
    (latches.fitted & 3) as u16
        | (latches.first_closed as u16) << 2
        | (latches.second_closed as u16) << 3
}

/// The latches of the flag bits, `None` for three sensors.
const fn latches(flags: u16) -> Option<Latches> {
    let fitted = (flags & 3) as u8;
    if fitted > 2 {
        return None;
    }
    let first_closed = flags & 1 << 2 != 0;
    let second_closed = flags & 1 << 3 != 0;
    Some(Latches { fitted, first_closed, second_closed })
}

fn put_fault(entry: &FaultEntry, w: &mut Writer<'_>) {
    w.put(entry.index.to_le_bytes())
        .put([entry.fault as u8, 0])
        .put(entry.table_ms.to_le_bytes())
        .put(wire::reading_to_wire(entry.tilt).to_le_bytes())
        .put(wire::current_to_wire(entry.current_ma).to_le_bytes())
        .put(entry.count.to_le_bytes())
        .put([0, 0]);
}

fn parse_fault(b: &[u8; 16]) -> Option<FaultEntry> {
    Some(FaultEntry {
        index: u16::from_le_bytes([b[0], b[1]]),
        fault: *Fault::ALL.get(usize::from(b[2]))?,
        table_ms: u32::from_le_bytes([b[4], b[5], b[6], b[7]]),
        tilt: parse_reading([b[8], b[9]])?,
        current_ma: u32::from(u16::from_le_bytes([b[10], b[11]])) * 10,
        count: u16::from_le_bytes([b[12], b[13]]),
    })
}

fn put_limits(limits: &TableLimits, w: &mut Writer<'_>) {
    w.put(wire::target_to_wire(limits.tilt_min).to_le_bytes())
        .put(wire::target_to_wire(limits.tilt_max).to_le_bytes())
        .put(wire::speed_to_wire(limits.max_rate).to_le_bytes())
        .put(u16::try_from(limits.head_down.get() / 1_000).unwrap_or(u16::MAX).to_le_bytes());
}

fn parse_limits_report(b: &[u8; 20]) -> Option<LimitsReport> {
    let (in_force, rest) = b.split_first_chunk::<8>()?;
    let (commissioned, hash) = rest.split_first_chunk::<8>()?;
    Some(LimitsReport {
        in_force: parse_limits(*in_force)?,
        commissioned: parse_limits(*commissioned)?,
        config_hash: u32::from_le_bytes(fixed(hash)?),
    })
}

fn parse_limits(b: [u8; 8]) -> Option<TableLimits> {
    Some(TableLimits {
        tilt_min: wire::angle_from_wire(i16::from_le_bytes([b[0], b[1]]))?,
        tilt_max: wire::angle_from_wire(i16::from_le_bytes([b[2], b[3]]))?,
        max_rate: wire::speed_from_wire(u16::from_le_bytes([b[4], b[5]]))?,
        head_down: Millis::new(u64::from(u16::from_le_bytes([b[6], b[7]])) * 1_000),
    })
}

impl TableCapabilities {
    /// The wire bits: five single facts, two bits of latch sensors, two bits of rescue.
    const fn bits(self) -> u16 {
        let rescue: u16 = match self.rescue {
            Rescue::None => 0,
            Rescue::Crank => 1,
            Rescue::Battery => 2,
            Rescue::Gravity => 3,
        };
        self.returns_without_host as u16
            | (self.second_angle as u16) << 1
            | (self.hand_control as u16) << 2
            | (self.battery as u16) << 3
            | (self.brake as u16) << 4
            | ((self.latches_fitted & 3) as u16) << 5
            | rescue << 7
    }

    const fn from_bits(bits: u16) -> Option<Self> {
        let latches_fitted = (bits >> 5 & 3) as u8;
        if latches_fitted > 2 {
            return None;
        }
        let rescue = match bits >> 7 & 3 {
            0 => Rescue::None,
            1 => Rescue::Crank,
            2 => Rescue::Battery,
            _ => Rescue::Gravity,
        };
        Some(Self {
            returns_without_host: bits & 1 != 0,
            second_angle: bits & 1 << 1 != 0,
            hand_control: bits & 1 << 2 != 0,
            battery: bits & 1 << 3 != 0,
            brake: bits & 1 << 4 != 0,
            latches_fitted,
            rescue,
        })
    }
}

#[cfg(test)]
mod tests {
    use antipode_safety::Rate;

    use super::*;

    #[test]
    fn a_speed_field_carries_no_direction() {
        let message = Message::ReturnToRest {
            rate: Rate::clamped(-3_000),
            lease: Lease::clamped(Millis::new(250)),
            held: true,
        };
        let mut body = [0u8; 6];
        message.put_body(&mut Writer::new(&mut body));
        assert_eq!(body, [0x2c, 0x01, 0xfa, 0x00, 0x01, 0x00]);
    }

    #[test]
    fn what_no_sender_may_say_is_refused() {
        let parse = Message::parse_body;
        assert_eq!(parse(MessageType::SetTarget, &[0, 0, 0, 0, 0, 0]), None, "no lease");
        assert_eq!(parse(MessageType::Jog, &[0, 0, 0xe9, 0x03]), None, "lease of 1001 ms");
        assert_eq!(
            parse(MessageType::SetTarget, &[0x51, 0x46, 0, 0, 1, 0]),
            None,
            "180.01 degrees"
        );
        assert_eq!(parse(MessageType::Hold, &[0]), None, "a body where none belongs");
        assert_eq!(parse(MessageType::Arm, &[0; 3]), None, "short");
        assert_eq!(parse(MessageType::Ack, &[0, 0, 0x7f, 0]), None, "unknown type");
        assert_eq!(parse(MessageType::Ack, &[0, 0, 0x12, 20]), None, "unknown result");
        let mut telemetry = [0u8; 24];
        assert!(parse(MessageType::Telemetry, &telemetry).is_some());
        telemetry[4] = 8;
        assert_eq!(parse(MessageType::Telemetry, &telemetry), None, "unknown state");
        telemetry[4] = 0;
        telemetry[6] = 3;
        assert_eq!(parse(MessageType::Telemetry, &telemetry), None, "three latches");
        let mut fault = [0u8; 16];
        assert!(parse(MessageType::FaultEntry, &fault).is_some());
        fault[2] = 16;
        assert_eq!(parse(MessageType::FaultEntry, &fault), None, "unknown fault");
        let mut info = [0u8; 32];
        assert!(parse(MessageType::HelloAck, &info).is_some());
        info[20] = 0x60;
        assert_eq!(parse(MessageType::HelloAck, &info), None, "three latches fitted");
    }

    #[test]
    fn a_stop_with_anything_in_it_is_a_stop() {
        assert_eq!(Message::parse_body(MessageType::Stop, &[1, 2, 3]), Some(Message::Stop));
    }
}
