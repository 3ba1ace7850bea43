//! What a table says: its limits, its answers, its reports.

use antipode_safety::{Angle, DriveState, Fault, FaultSet, Latches, Millis, Rate, Switches};

use crate::message::MessageType;

/// A table's own description, in its answer to a greeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableInfo {
    /// Protocol version that both will speak.
    pub proto: u8,
    /// Firmware version, maker's own count.
    pub firmware: u16,
    /// The board's serial number; a host refuses to arm a table other than the commissioned one.
    pub serial: u32,
    /// Hash of every setting; a change voids the commissioning record.
    pub config_hash: u32,
    /// To be repeated in [`crate::Message::Arm`].
    pub nonce: u32,
    /// The greeting's `host_id`, repeated.
    pub host_id: u32,
    /// What the table has and can do.
    pub capabilities: TableCapabilities,
    /// The table's own head-up end.
    pub tilt_min: Angle,
    /// The table's own head-down end.
    pub tilt_max: Angle,
    /// The table's own fastest commanded rate.
    pub max_rate: Rate,
    /// The longest lease that the table honours; a longer one counts as this.
    pub max_lease: Millis,
    /// How often the controller has started; a change since last time means that it restarted.
    pub boot_count: u16,
}

/// How the person comes back to the rest band when no power is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rescue {
    /// Not at all: such a table may not go head-down.
    None,
    /// A spotter turns a crank.
    Crank,
    /// A battery drives the return.
    Battery,
    /// The bed falls back by its own weight under a damper.
    Gravity,
}

/// What a table has and can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TableCapabilities {
    /// Comes back by itself when the host is lost.
    pub returns_without_host: bool,
    /// Reports a second, independent angle.
    pub second_angle: bool,
    /// Has a connector for a hand control.
    pub hand_control: bool,
    /// Runs a return on a battery when the mains fail.
    pub battery: bool,
    /// Holds by a brake that needs no power.
    pub brake: bool,
    /// Ankle latch sensors fitted: 0, 1 or 2.
    pub latches_fitted: u8,
    /// The way back without power.
    pub rescue: Rescue,
}

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ack {
    /// The command's sequence number.
    pub of_seq: u16,
    /// The command's type.
    pub of_type: MessageType,
    /// What became of it.
    pub result: AckResult,
}

/// What became of a command, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AckResult {
    /// It acts.
    Accepted = 0,
    /// Its number was the last accepted one: it acted before and does not act again.
    Duplicate = 1,
    /// Its number is older than the last accepted one: it does not act.
    Stale = 2,
    /// It belongs to no session or another one.
    WrongSession = 3,
    /// The table is not armed.
    NotArmed = 4,
    /// STOP is latched.
    Stopped = 5,
    /// A latched or present fault forbids it.
    Faulted = 6,
    /// The target lies beyond the table's own range.
    OutOfRange = 7,
    /// It counts only in the rest band, or level and head-up for faults.
    NotInRest = 8,
    /// A STOP input is still pressed.
    StopHeld = 9,
    /// The nonce is not the table's.
    WrongNonce = 10,
    /// No protocol version in common.
    Unsupported = 11,
    /// A return that the table or the hand control began has the bed.
    Returning = 12,
    /// The hand control has the bed; the host yields.
    Yielded = 13,
    /// There is no such entry.
    NoSuchEntry = 14,
    /// No angle is valid, so nothing may turn.
    NoAngle = 15,
    /// The bed is level or head-up, where a return is a hold.
    AlreadyUp = 16,
    /// It counts only while somebody at the table holds a button.
    ButtonNotHeld = 17,
    /// It counts only while the table is disarmed.
    StillArmed = 18,
    /// It would widen a limit.
    WouldWiden = 19,
}

impl AckResult {
    /// Every result, in wire order.
    pub const ALL: [Self; 20] = [
        Self::Accepted,
        Self::Duplicate,
        Self::Stale,
        Self::WrongSession,
        Self::NotArmed,
        Self::Stopped,
        Self::Faulted,
        Self::OutOfRange,
        Self::NotInRest,
        Self::StopHeld,
        Self::WrongNonce,
        Self::Unsupported,
        Self::Returning,
        Self::Yielded,
        Self::NoSuchEntry,
        Self::NoAngle,
        Self::AlreadyUp,
        Self::ButtonNotHeld,
        Self::StillArmed,
        Self::WouldWiden,
    ];
}

/// One report of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Telemetry {
    /// The table's clock in milliseconds since its start; wraps.
    pub table_ms: u32,
    /// What the controller is doing.
    pub state: DriveState,
    /// Switches that are on.
    pub switches: Switches,
    /// Ankle latches.
    pub latches: Latches,
    /// Other single facts.
    pub flags: TableFlags,
    /// Faults present or latched.
    pub faults: FaultSet,
    /// The drive's angle while valid; rounded away from level on the wire.
    pub tilt: Option<Angle>,
    /// The second angle while fitted and valid.
    pub tilt_second: Option<Angle>,
    /// Measured rate.
    pub rate: Rate,
    /// Motor current in milliamperes.
    pub current_ma: u32,
    /// Supply in millivolts.
    pub supply_mv: u32,
    /// Drive temperature in degrees Celsius.
    pub temperature_c: i8,
    /// Sequence number of the last command that the table accepted.
    pub accepted: u16,
}

/// A single fact in a report, beside the latches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum TableFlag {
    /// Motion frames act.
    Armed = 1 << 4,
    /// STOP is latched.
    StopLatched = 1 << 5,
    /// A STOP input is pressed or the STOP loop is open at this moment.
    StopPressed = 1 << 6,
    /// The brake is set.
    Brake = 1 << 7,
    /// The motor relay is closed.
    Relay = 1 << 8,
    /// The buzzer sounds.
    Buzzer = 1 << 9,
    /// Mains present.
    Mains = 1 << 10,
    /// A return that the hand control began has the bed.
    HandReturn = 1 << 11,
    /// The table heard its host within the longest lease.
    HostPresent = 1 << 12,
}

impl TableFlag {
    /// Every flag.
    pub const ALL: [Self; 9] = [
        Self::Armed,
        Self::StopLatched,
        Self::StopPressed,
        Self::Brake,
        Self::Relay,
        Self::Buzzer,
        Self::Mains,
        Self::HandReturn,
        Self::HostPresent,
    ];
}

/// The set of [`TableFlag`]s that hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TableFlags(u16);

impl TableFlags {
    /// None holds.
    pub const NONE: Self = Self(0);
    /// Bits that mean a flag; the four lowest are the latches', the others are free.
    const KNOWN: u16 = 0x1ff0;

    /// The flags among the wire bits `bits`; all others are dropped.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits & Self::KNOWN)
    }

    /// The wire bits.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether `flag` holds.
    #[must_use]
    pub const fn has(self, flag: TableFlag) -> bool {
        self.0 & flag as u16 != 0
    }

    /// This set with `flag` in or out.
    #[must_use]
    pub const fn with(self, flag: TableFlag, on: bool) -> Self {
        if on { Self(self.0 | flag as u16) } else { Self(self.0 & !(flag as u16)) }
    }
}

/// One entry of a table's fault log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultEntry {
    /// 0 is the newest at the time of sending.
    pub index: u16,
    /// Which fault.
    pub fault: Fault,
    /// The table's clock when it began.
    pub table_ms: u32,
    /// The angle then, while valid.
    pub tilt: Option<Angle>,
    /// The motor current then, in milliamperes.
    pub current_ma: u32,
    /// How often this fault has begun since the controller started.
    pub count: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_keep_apart_and_leave_the_latch_bits_alone() {
        for flag in TableFlag::ALL {
            let set = TableFlags::NONE.with(flag, true);
            assert_eq!(set.bits(), flag as u16);
            assert_eq!(set.bits() & 0x0f, 0);
            for other in TableFlag::ALL {
                assert_eq!(set.has(other), other == flag);
            }
            assert_eq!(set.with(flag, false), TableFlags::NONE);
        }
        let all =
            TableFlag::ALL.into_iter().fold(TableFlags::NONE, |set, flag| set.with(flag, true));
        assert_eq!(TableFlags::from_bits(u16::MAX), all);
    }
}
