//! What the two ends can say. The set is closed: a type byte that is not here is counted and
//! dropped, never guessed.

use core::num::NonZeroU16;

use antipode_safety::{Angle, FaultSet, Millis, Rate};

pub use crate::message::limits::{LimitsReport, TableLimits};
pub use crate::message::table::{
    Ack, AckResult, FaultEntry, Rescue, TableCapabilities, TableFlag, TableFlags, TableInfo,
    Telemetry,
};

pub(crate) mod body;
mod limits;
mod table;

/// How long a motion frame may turn the bed without being followed by another: the time-to-live
/// that every motion frame carries. Never zero, never over one second; a table caps it further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lease(NonZeroU16);

impl Lease {
    /// The longest lease that the link can carry, in milliseconds.
    pub const MAX_MS: u16 = 1_000;

    /// A lease of `ms` milliseconds, or `None` for zero or more than [`Lease::MAX_MS`].
    ///
    /// # Example
    /// ```
    /// use antipode_link::Lease;
    /// assert!(Lease::from_ms(250).is_some());
    /// assert!(Lease::from_ms(0).is_none());
    /// assert!(Lease::from_ms(1_001).is_none());
    /// ```
    #[must_use]
    pub const fn from_ms(ms: u16) -> Option<Self> {
        if ms > Self::MAX_MS {
            return None;
        }
        match NonZeroU16::new(ms) {
            Some(ms) => Some(Self(ms)),
            None => None,
        }
    }

    /// The lease nearest to `length` that the link can carry: never longer, except that less than
    /// one millisecond becomes one.
    #[must_use]
    pub fn clamped(length: Millis) -> Self {
        let ms = length.get().clamp(1, u64::from(Self::MAX_MS));
        u16::try_from(ms).ok().and_then(Self::from_ms).unwrap_or(Self(NonZeroU16::MIN))
    }

    /// The lease in milliseconds.
    #[must_use]
    pub const fn ms(self) -> u16 {
        self.0.get()
    }
}

/// A host's greeting. Each greeting asks for a new session and disarms the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hello {
    /// Lowest protocol version that the host speaks.
    pub proto_min: u8,
    /// Highest protocol version that the host speaks.
    pub proto_max: u8,
    /// Chosen afresh by the host for each connection; the answer repeats it, so that an answer
    /// left in a buffer is not taken for this one's.
    pub host_id: u32,
}

/// Everything that can be said on the link.
///
/// A frame that turns the bed carries a [`Lease`], or it cannot be written down:
/// ```
/// use antipode_link::{Lease, Message};
/// use antipode_safety::Rate;
/// let lease = Lease::from_ms(250).expect("1 to 1000 ms");
/// let jog = Message::Jog { rate: Rate::clamped(500), lease };
/// # assert_eq!(jog.message_type().byte(), 0x11);
/// ```
/// The same without a lease does not compile:
/// ```compile_fail
/// use antipode_link::{Lease, Message};
/// use antipode_safety::Rate;
/// let lease = Lease::from_ms(250).expect("1 to 1000 ms");
/// let jog = Message::Jog { rate: Rate::clamped(500) };
/// # assert_eq!(jog.message_type().byte(), 0x11);
/// ```
/// Nor is there a lease of nothing or without an end that could be put in its place:
/// ```compile_fail
/// use antipode_link::{Lease, Message};
/// use antipode_safety::Rate;
/// let lease = Lease::default();
/// let jog = Message::Jog { rate: Rate::clamped(500), lease };
/// # assert_eq!(jog.message_type().byte(), 0x11);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// Host: greeting, asks for a session.
    Hello(Hello),
    /// Host: let motion frames act; `nonce` repeats the one of the table's answer.
    Arm {
        /// The nonce of [`TableInfo`].
        nonce: u32,
    },
    /// Host: let no motion frame act.
    Disarm,
    /// Host: turn to `target` and hold there, while the lease is renewed.
    SetTarget {
        /// Where to; rounded toward level on the wire.
        target: Angle,
        /// How fast at most, without direction.
        rate: Rate,
        /// How long this frame counts.
        lease: Lease,
    },
    /// Host: turn at `rate` while the lease is renewed. For setting up without a person.
    Jog {
        /// How fast and which way.
        rate: Rate,
        /// How long this frame counts.
        lease: Lease,
    },
    /// Host: zero rate, no latch. Ends what a host began, never a return that the table or the
    /// hand control began.
    Hold,
    /// Host: come back to the rest band. Needs no arming.
    ReturnToRest {
        /// How fast at most, without direction.
        rate: Rate,
        /// How long this frame counts.
        lease: Lease,
        /// A person at this machine holds the control: the only return while STOP is latched.
        held: bool,
    },
    /// Host: STOP. From anyone, any session, any sequence number.
    Stop,
    /// Host: the control loop is alive; answered by [`Message::HeartbeatEcho`].
    Heartbeat {
        /// The host's clock, repeated in the answer.
        host_ms: u32,
    },
    /// Host: a person lets STOP go. Counts only in the rest band with every STOP input released.
    AcknowledgeStop,
    /// Host: forget these latched faults, where their cause is gone.
    ClearFaults {
        /// Which.
        faults: FaultSet,
    },
    /// Host: send one entry of the fault log.
    ReadFaultLog {
        /// 0 is the newest.
        index: u16,
    },
    /// Host: say which limits are in force, and which were commissioned.
    ReadLimits,
    /// Host: narrow the limits until the next start. Counts only while disarmed, level or head-up,
    /// and while somebody at the table holds OK; nothing widens a limit.
    SetLimits(TableLimits),
    /// Table: answer to a greeting; the header holds the new session.
    HelloAck(TableInfo),
    /// Table: what became of a command.
    Ack(Ack),
    /// Table: answer to a heartbeat.
    HeartbeatEcho {
        /// As the host sent it.
        host_ms: u32,
        /// The table's clock.
        table_ms: u32,
    },
    /// Table: one report.
    Telemetry(Telemetry),
    /// Table: one entry of the fault log.
    FaultEntry(FaultEntry),
    /// Table: its limits.
    Limits(LimitsReport),
}

/// The type byte of each message; the table's own have the top bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum MessageType {
    /// [`Message::Hello`].
    Hello = 0x01,
    /// [`Message::Arm`].
    Arm = 0x02,
    /// [`Message::Disarm`].
    Disarm = 0x03,
    /// [`Message::SetTarget`].
    SetTarget = 0x10,
    /// [`Message::Jog`].
    Jog = 0x11,
    /// [`Message::Hold`].
    Hold = 0x12,
    /// [`Message::ReturnToRest`].
    ReturnToRest = 0x13,
    /// [`Message::Stop`].
    Stop = 0x1f,
    /// [`Message::Heartbeat`].
    Heartbeat = 0x20,
    /// [`Message::AcknowledgeStop`].
    AcknowledgeStop = 0x21,
    /// [`Message::ClearFaults`].
    ClearFaults = 0x22,
    /// [`Message::ReadFaultLog`].
    ReadFaultLog = 0x23,
    /// [`Message::ReadLimits`].
    ReadLimits = 0x24,
    /// [`Message::SetLimits`].
    SetLimits = 0x25,
    /// [`Message::HelloAck`].
    HelloAck = 0x81,
    /// [`Message::Ack`].
    Ack = 0x82,
    /// [`Message::HeartbeatEcho`].
    HeartbeatEcho = 0xa0,
    /// [`Message::Telemetry`].
    Telemetry = 0xb0,
    /// [`Message::FaultEntry`].
    FaultEntry = 0xb1,
    /// [`Message::Limits`].
    Limits = 0xb2,
}

impl MessageType {
    /// Every type.
    pub const ALL: [Self; 20] = [
        Self::Hello,
        Self::Arm,
        Self::Disarm,
        Self::SetTarget,
        Self::Jog,
        Self::Hold,
        Self::ReturnToRest,
        Self::Stop,
        Self::Heartbeat,
        Self::AcknowledgeStop,
        Self::ClearFaults,
        Self::ReadFaultLog,
        Self::ReadLimits,
        Self::SetLimits,
        Self::HelloAck,
        Self::Ack,
        Self::HeartbeatEcho,
        Self::Telemetry,
        Self::FaultEntry,
        Self::Limits,
    ];

    /// The type of a wire byte, `None` for one that no message has.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0x01 => Self::Hello,
            0x02 => Self::Arm,
            0x03 => Self::Disarm,
            0x10 => Self::SetTarget,
            0x11 => Self::Jog,
            0x12 => Self::Hold,
            0x13 => Self::ReturnToRest,
            0x1f => Self::Stop,
            0x20 => Self::Heartbeat,
            0x21 => Self::AcknowledgeStop,
            0x22 => Self::ClearFaults,
            0x23 => Self::ReadFaultLog,
            0x24 => Self::ReadLimits,
            0x25 => Self::SetLimits,
            0x81 => Self::HelloAck,
            0x82 => Self::Ack,
            0xa0 => Self::HeartbeatEcho,
            0xb0 => Self::Telemetry,
            0xb1 => Self::FaultEntry,
            0xb2 => Self::Limits,
            _ => return None,
        })
    }

    /// The wire byte.
    #[must_use]
    pub const fn byte(self) -> u8 {
        self as u8
    }

    /// How many bytes the body of this message has, always.
    #[must_use]
    pub const fn body_len(self) -> usize {
        match self {
            Self::Disarm | Self::Hold | Self::Stop | Self::AcknowledgeStop | Self::ReadLimits => 0,
            Self::ClearFaults | Self::ReadFaultLog => 2,
            Self::Arm | Self::Jog | Self::Heartbeat | Self::Ack => 4,
            Self::SetTarget | Self::ReturnToRest => 6,
            Self::Hello | Self::HeartbeatEcho | Self::SetLimits => 8,
            Self::FaultEntry => 16,
            Self::Limits => 20,
            Self::Telemetry => 24,
            Self::HelloAck => 32,
        }
    }
}

impl Message {
    /// The type byte's meaning for this message.
    #[must_use]
    pub const fn message_type(&self) -> MessageType {
        match self {
            Self::Hello(_) => MessageType::Hello,
            Self::Arm { .. } => MessageType::Arm,
            Self::Disarm => MessageType::Disarm,
            Self::SetTarget { .. } => MessageType::SetTarget,
            Self::Jog { .. } => MessageType::Jog,
            Self::Hold => MessageType::Hold,
            Self::ReturnToRest { .. } => MessageType::ReturnToRest,
            Self::Stop => MessageType::Stop,
            Self::Heartbeat { .. } => MessageType::Heartbeat,
            Self::AcknowledgeStop => MessageType::AcknowledgeStop,
            Self::ClearFaults { .. } => MessageType::ClearFaults,
            Self::ReadFaultLog { .. } => MessageType::ReadFaultLog,
            Self::ReadLimits => MessageType::ReadLimits,
            Self::SetLimits(_) => MessageType::SetLimits,
            Self::HelloAck(_) => MessageType::HelloAck,
            Self::Ack(_) => MessageType::Ack,
            Self::HeartbeatEcho { .. } => MessageType::HeartbeatEcho,
            Self::Telemetry(_) => MessageType::Telemetry,
            Self::FaultEntry(_) => MessageType::FaultEntry,
            Self::Limits(_) => MessageType::Limits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_bytes_and_meanings_are_one_to_one() {
        let known = (0..=u8::MAX).filter_map(MessageType::from_byte).count();
        assert_eq!(known, MessageType::ALL.len());
        for message_type in MessageType::ALL {
            assert_eq!(MessageType::from_byte(message_type.byte()), Some(message_type));
        }
    }

    #[test]
    fn a_lease_is_never_zero_and_never_endless() {
        assert_eq!(Lease::from_ms(0), None);
        assert_eq!(Lease::from_ms(1).map(Lease::ms), Some(1));
        assert_eq!(Lease::from_ms(1_000).map(Lease::ms), Some(1_000));
        assert_eq!(Lease::from_ms(1_001), None);
        assert_eq!(Lease::clamped(Millis::ZERO).ms(), 1);
        assert_eq!(Lease::clamped(Millis::new(250)).ms(), 250);
        assert_eq!(Lease::clamped(Millis::new(u64::MAX)).ms(), 1_000);
    }
}
