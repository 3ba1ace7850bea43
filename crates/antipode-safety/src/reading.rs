//! What a table last said of itself.

use core::fmt;

use crate::units::{Angle, Rate, Timestamp};

/// One report of a table, stamped on arrival with the host's clock.
///
/// A reading is never taken as the present: the guard ages it to the worst case that its age
/// allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// When it reached the host.
    pub at: Timestamp,
    /// Rises with every report of one link session; a repeat or a step back is a fault.
    pub seq: u32,
    /// The table's own clock in milliseconds since its start; wraps.
    pub table_ms: u32,
    /// The drive's angle, `None` while the table itself holds it invalid. Rounded away from level.
    pub tilt: Option<Angle>,
    /// The second, independent angle (an inclinometer), where one is fitted and valid.
    pub tilt_second: Option<Angle>,
    /// Measured rate of turn.
    pub rate: Rate,
    /// What the table's controller is doing.
    pub drive: DriveState,
    /// Ankle latches.
    pub latches: Latches,
    /// Hand control and fixed switches.
    pub switches: Switches,
    /// Faults that the table holds latched or sees now.
    pub faults: FaultSet,
    /// Sequence number of the last command that the table accepted; settles an unanswered one.
    pub accepted: u16,
    /// Motor current in milliamperes, without direction.
    pub current_ma: u32,
    /// Supply in millivolts.
    pub supply_mv: u32,
    /// Drive temperature in degrees Celsius.
    pub temperature_c: i8,
}

/// What a table's controller is doing, as it reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DriveState {
    /// Held, deaf to motion commands until armed; return and STOP still work.
    Disarmed,
    /// Held, ready for a motion command.
    Holding,
    /// Following a motion command under its lease.
    Moving,
    /// Coming back to the rest band on a host's order.
    Returning,
    /// STOP is latched: held, whatever else arrives but a held local return.
    Stopped,
    /// The lease ran out: held, waiting before the return that no host asked for.
    HostLossHold,
    /// Coming back to the rest band by itself after the host was lost.
    HostLossReturn,
    /// A fault holds it; only return (where the fault allows it) and people help.
    Faulted,
}

impl DriveState {
    /// Every state, in wire order.
    pub const ALL: [Self; 8] = [
        Self::Disarmed,
        Self::Holding,
        Self::Moving,
        Self::Returning,
        Self::Stopped,
        Self::HostLossHold,
        Self::HostLossReturn,
        Self::Faulted,
    ];

    /// Whether the controller may be turning the bed in this state.
    #[must_use]
    pub const fn may_move(self) -> bool {
        match self {
            Self::Moving | Self::Returning | Self::HostLossReturn => true,
            Self::Disarmed | Self::Holding | Self::Stopped | Self::HostLossHold | Self::Faulted => {
                false
            }
        }
    }
}

/// The ankle latches: how many sensors are fitted and what they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Latches {
    /// Sensors fitted: 0, 1 or 2. Full limits need two independent ones.
    pub fitted: u8,
    /// First sensor says closed; false when not fitted.
    pub first_closed: bool,
    /// Second sensor says closed; false when not fitted.
    pub second_closed: bool,
}

impl Latches {
    /// How many fitted sensors say open.
    #[must_use]
    pub const fn open(self) -> u8 {
        let first = self.fitted >= 1 && !self.first_closed;
        let second = self.fitted >= 2 && !self.second_closed;
        first as u8 + second as u8
    }

    /// Whether every fitted sensor says closed. True with none fitted: then a person confirms.
    #[must_use]
    pub const fn closed(self) -> bool {
        self.open() == 0
    }
}

/// A switch that the table reports: the hand control within reach of the strapped person, and the
/// fixed ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Switch {
    /// Hand control: bring me up.
    Return = 0,
    /// Hand control: STOP.
    Stop = 1,
    /// Hand control: OK or start.
    Ok = 2,
    /// Hand control: easier.
    Easier = 3,
    /// The fixed STOP loop is closed, as it must be; open means pressed or a broken wire.
    StopLoopClosed = 4,
    /// The bed sits in the rest band by its own switch.
    Rest = 5,
    /// A hand control is plugged in and answers.
    HandControl = 6,
}

/// The set of switches that are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Switches(u8);

impl Switches {
    /// None on.
    pub const NONE: Self = Self(0);

    /// The set with the wire bits `bits`; bits of no known switch are dropped.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 0x7f)
    }

    /// The wire bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether `switch` is on.
    #[must_use]
    pub const fn has(self, switch: Switch) -> bool {
        self.0 & (1 << switch as u8) != 0
    }

    /// This set with `switch` on or off.
    #[must_use]
    pub const fn with(self, switch: Switch, on: bool) -> Self {
        let bit = 1 << switch as u8;
        if on { Self(self.0 | bit) } else { Self(self.0 & !bit) }
    }

    /// Switches on here that were off in `before`: the presses.
    #[must_use]
    pub const fn pressed_since(self, before: Self) -> Self {
        Self(self.0 & !before.0)
    }
}

/// How a fault began, as the table tells it at that moment and keeps it in its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultBegan {
    /// Which fault.
    pub fault: Fault,
    /// The table's clock then, in milliseconds.
    pub table_ms: u32,
    /// The angle then, while valid.
    pub tilt: Option<Angle>,
    /// The motor current then, in milliamperes.
    pub current_ma: u32,
    /// How often this fault has begun since the controller started.
    pub count: u16,
}

/// A fault that a table reports. Causes are a set, never a list that can be full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Fault {
    /// The drive's own angle is invalid.
    AngleInvalid = 0,
    /// The two angle sources differ by more than 5 degrees for 300 ms.
    AngleDisagrees = 1,
    /// Driven but not turning, on the way down.
    StallDown = 2,
    /// Driven but not turning, on the way back.
    StallBack = 3,
    /// Motor current above its limit.
    OverCurrent = 4,
    /// Drive hot, or one that says what nobody knows: finish a return, start nothing.
    HotSoft = 5,
    /// Drive that must not run: too hot, or not known to stop by itself.
    HotHard = 6,
    /// Mains lost, running on the battery.
    MainsLost = 7,
    /// Supply too low to trust a return.
    SupplyLow = 8,
    /// One of two latch sensors says open.
    OneLatchOpen = 9,
    /// Every fitted latch sensor says open.
    LatchesOpen = 10,
    /// Turning without or faster than the command.
    Runaway = 11,
    /// Turning against a set brake.
    BrakeSlip = 12,
    /// The fixed STOP loop is open.
    StopLoopOpen = 13,
    /// The controller restarted; nothing it was told before holds.
    Restarted = 14,
    /// The lease ran out while moving; latched against motion, never against return.
    LeaseExpired = 15,
}

impl Fault {
    /// Every fault, in wire order.
    pub const ALL: [Self; 16] = [
        Self::AngleInvalid,
        Self::AngleDisagrees,
        Self::StallDown,
        Self::StallBack,
        Self::OverCurrent,
        Self::HotSoft,
        Self::HotHard,
        Self::MainsLost,
        Self::SupplyLow,
        Self::OneLatchOpen,
        Self::LatchesOpen,
        Self::Runaway,
        Self::BrakeSlip,
        Self::StopLoopOpen,
        Self::Restarted,
        Self::LeaseExpired,
    ];
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AngleInvalid => "angle unknown",
            Self::AngleDisagrees => "angle sensors contradict each other",
            Self::StallDown => "stalled on the way down",
            Self::StallBack => "stalled on the way back",
            Self::OverCurrent => "motor current too high",
            Self::HotSoft => "drive hot",
            Self::HotHard => "drive must not run (too hot, or not fit)",
            Self::MainsLost => "mains lost",
            Self::SupplyLow => "supply low",
            Self::OneLatchOpen => "one ankle latch sensor open",
            Self::LatchesOpen => "ankle latches open",
            Self::Runaway => "turning without command",
            Self::BrakeSlip => "brake slips",
            Self::StopLoopOpen => "STOP loop open",
            Self::Restarted => "controller restarted",
            Self::LeaseExpired => "command ran out",
        })
    }
}

/// A set of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FaultSet(u16);

impl FaultSet {
    /// No fault.
    pub const NONE: Self = Self(0);

    /// The set with the wire bits `bits`; all sixteen bits have a meaning.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// The wire bits.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether `fault` is in the set.
    #[must_use]
    pub const fn has(self, fault: Fault) -> bool {
        self.0 & (1 << fault as u8) != 0
    }

    /// This set with `fault` in or out.
    #[must_use]
    pub const fn with(self, fault: Fault, present: bool) -> Self {
        let bit = 1 << fault as u8;
        if present { Self(self.0 | bit) } else { Self(self.0 & !bit) }
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Every fault of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The faults here that are not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl fmt::Display for FaultSet {
    /// The faults in wire order, separated by commas; "no fault" for none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("no fault");
        }
        let mut between = "";
        for fault in Fault::ALL.into_iter().filter(|&fault| self.has(fault)) {
            write!(f, "{between}{fault}")?;
            between = ", ";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latch_that_is_not_fitted_is_not_open() {
        let latches =
            |fitted, first_closed, second_closed| Latches { fitted, first_closed, second_closed };
        assert_eq!(latches(0, false, false).open(), 0);
        assert_eq!(latches(1, false, false).open(), 1);
        assert_eq!(latches(1, true, false).open(), 0);
        assert_eq!(latches(2, true, false).open(), 1);
        assert_eq!(latches(2, false, true).open(), 1);
        assert_eq!(latches(2, false, false).open(), 2);
        assert!(latches(2, true, true).closed());
        assert!(!latches(2, true, false).closed());
    }

    #[test]
    fn a_press_is_on_now_and_off_before() {
        let before = Switches::NONE.with(Switch::Ok, true);
        let now = before.with(Switch::Stop, true);
        assert!(now.pressed_since(before).has(Switch::Stop));
        assert!(!now.pressed_since(before).has(Switch::Ok));
        assert!(!now.with(Switch::Ok, false).has(Switch::Ok));
        assert_eq!(Switches::from_bits(0xff).bits(), 0x7f);
    }

    #[test]
    fn a_switch_or_fault_told_twice_is_on_all_the_same() {
        let stop = Switches::NONE.with(Switch::Stop, true);
        assert_eq!(stop.with(Switch::Stop, true), stop);
        let hot = FaultSet::NONE.with(Fault::HotSoft, true);
        assert_eq!(hot.with(Fault::HotSoft, true), hot);
        assert_eq!(hot.union(hot), hot, "the table and the host may see the same fault");
    }

    #[test]
    fn a_fault_set_keeps_every_cause_apart() {
        for (i, fault) in Fault::ALL.into_iter().enumerate() {
            let set = FaultSet::NONE.with(fault, true);
            assert_eq!(set.bits(), 1 << i);
            for other in Fault::ALL {
                assert_eq!(set.has(other), other == fault);
            }
            assert!(set.with(fault, false).is_empty());
            assert!(!set.is_empty());
        }
        let both = FaultSet::NONE.with(Fault::HotSoft, true).union(FaultSet::from_bits(1));
        assert!(both.has(Fault::AngleInvalid) && both.has(Fault::HotSoft));
        assert_eq!(both.without(FaultSet::from_bits(1)).bits(), 1 << 5);
    }

    #[test]
    fn only_three_states_turn_the_bed() {
        let moving: Vec<_> = DriveState::ALL.into_iter().filter(|s| s.may_move()).collect();
        assert_eq!(moving, [DriveState::Moving, DriveState::Returning, DriveState::HostLossReturn]);
    }
}
