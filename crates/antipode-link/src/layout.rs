//! Where each field of a body stands, as data. From it come the C header and the names in the
//! golden frames; a test holds it equal to what the codec of this crate does.
//!
//! Bytes that no field covers are reserved: sent as 0, not looked at.

use crate::message::MessageType;

/// How a field is written; little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One byte.
    U8,
    /// One byte, signed.
    I8,
    /// Two bytes.
    U16,
    /// Two bytes, signed.
    I16,
    /// Four bytes.
    U32,
}

impl Kind {
    /// Bytes on the wire.
    #[must_use]
    pub const fn len(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 => 4,
        }
    }

    /// Never: every field has at least one byte.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        false
    }
}

/// One field of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Offset in the body.
    pub at: usize,
    /// How it is written.
    pub kind: Kind,
    /// What it is called in C and in the golden frames; a unit is part of the name.
    pub name: &'static str,
}

const fn u8(at: usize, name: &'static str) -> Field {
    Field { at, kind: Kind::U8, name }
}

const fn u16(at: usize, name: &'static str) -> Field {
    Field { at, kind: Kind::U16, name }
}

const fn i16(at: usize, name: &'static str) -> Field {
    Field { at, kind: Kind::I16, name }
}

const fn u32(at: usize, name: &'static str) -> Field {
    Field { at, kind: Kind::U32, name }
}

const HELLO: &[Field] = &[u8(0, "proto_min"), u8(1, "proto_max"), u32(4, "host_id")];
const SET_TARGET: &[Field] = &[i16(0, "angle_cdeg"), u16(2, "rate_cdeg_s"), u16(4, "lease_ms")];
const JOG: &[Field] = &[i16(0, "rate_cdeg_s"), u16(2, "lease_ms")];
const RETURN: &[Field] = &[u16(0, "rate_cdeg_s"), u16(2, "lease_ms"), u8(4, "flags")];
const ACK: &[Field] = &[u16(0, "of_seq"), u8(2, "of_type"), u8(3, "result")];

const SET_LIMITS: &[Field] = &[
    i16(0, "tilt_min_cdeg"),
    i16(2, "tilt_max_cdeg"),
    u16(4, "max_rate_cdeg_s"),
    u16(6, "head_down_s"),
];

const LIMITS: &[Field] = &[
    i16(0, "tilt_min_cdeg"),
    i16(2, "tilt_max_cdeg"),
    u16(4, "max_rate_cdeg_s"),
    u16(6, "head_down_s"),
    i16(8, "commissioned_tilt_min_cdeg"),
    i16(10, "commissioned_tilt_max_cdeg"),
    u16(12, "commissioned_max_rate_cdeg_s"),
    u16(14, "commissioned_head_down_s"),
    u32(16, "config_hash"),
];

const HELLO_ACK: &[Field] = &[
    u8(0, "proto"),
    u16(2, "firmware"),
    u32(4, "serial"),
    u32(8, "config_hash"),
    u32(12, "nonce"),
    u32(16, "host_id"),
    u16(20, "capabilities"),
    i16(22, "tilt_min_cdeg"),
    i16(24, "tilt_max_cdeg"),
    u16(26, "max_rate_cdeg_s"),
    u16(28, "max_lease_ms"),
    u16(30, "boot_count"),
];

const TELEMETRY: &[Field] = &[
    u32(0, "table_ms"),
    u8(4, "state"),
    u8(5, "switches"),
    u16(6, "flags"),
    u16(8, "faults"),
    i16(10, "angle_cdeg"),
    i16(12, "angle2_cdeg"),
    i16(14, "rate_cdeg_s"),
    u16(16, "current_10ma"),
    u16(18, "supply_10mv"),
    Field { at: 20, kind: Kind::I8, name: "temperature_c" },
    u16(22, "accepted"),
];

const FAULT_ENTRY: &[Field] = &[
    u16(0, "index"),
    u8(2, "fault"),
    u32(4, "table_ms"),
    i16(8, "angle_cdeg"),
    u16(10, "current_10ma"),
    u16(12, "count"),
];

/// The fields of a message's body, by offset.
#[must_use]
pub const fn fields(of: MessageType) -> &'static [Field] {
    match of {
        MessageType::Disarm
        | MessageType::Hold
        | MessageType::Stop
        | MessageType::AcknowledgeStop
        | MessageType::ReadLimits => &[],
        MessageType::Hello => HELLO,
        MessageType::Arm => const { &[u32(0, "nonce")] },
        MessageType::SetTarget => SET_TARGET,
        MessageType::Jog => JOG,
        MessageType::ReturnToRest => RETURN,
        MessageType::Heartbeat => const { &[u32(0, "host_ms")] },
        MessageType::ClearFaults => const { &[u16(0, "faults")] },
        MessageType::ReadFaultLog => const { &[u16(0, "index")] },
        MessageType::SetLimits => SET_LIMITS,
        MessageType::HelloAck => HELLO_ACK,
        MessageType::Ack => ACK,
        MessageType::HeartbeatEcho => const { &[u32(0, "host_ms"), u32(4, "table_ms")] },
        MessageType::Telemetry => TELEMETRY,
        MessageType::FaultEntry => FAULT_ENTRY,
        MessageType::Limits => LIMITS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_lie_in_order_inside_their_body_and_do_not_overlap() {
        for of in MessageType::ALL {
            let mut free = 0;
            for field in fields(of) {
                assert!(field.at >= free, "{of:?} {}", field.name);
                assert_eq!(field.at % field.kind.len(), 0, "{of:?} {} is aligned", field.name);
                free = field.at + field.kind.len();
            }
            assert!(free <= of.body_len(), "{of:?}");
        }
    }
}
